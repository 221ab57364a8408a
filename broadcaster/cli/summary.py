"""What happened, beside what was planned, for eyes at a terminal."""

from datetime import datetime, timedelta
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from broadcaster.reports.as_run import ShowRun
from broadcaster.season.walltime import local
from broadcaster.season.wording import span_text

END_STYLE = {"done": "green", "skipped": "dim", "failed": "bold red", "unknown": "bold yellow"}
ON_TIME = timedelta(seconds=1)
IN_MINUTES = timedelta(minutes=2)
"""From here on nobody counts in seconds."""


def print_summary(runs: list[ShowRun], journal: Path, *, speed: float = 1.0) -> None:
    """Print each show's as-run table with the reasons of what was not done, then one line a show."""
    console = Console()
    for run in runs:
        console.print(_table(run))
        for reason, cues in _reasons(run).items():
            console.print(Text(f"  {cues}: {reason}", style="dim"))
        for outage in run.outages:
            console.print(Text(f"  away: {outage}", style="yellow"))
        console.print()
    for run in runs:
        console.print(_verdict(run))
    if speed != 1:
        console.print(Text(f"Waiting was played at x{speed:g}, work at its own pace: lateness is real.", style="dim"))
    console.print(Text(f"record: {journal}", style="dim"), soft_wrap=True)


def _table(run: ShowRun) -> Table:
    table = Table(
        title=Text(f"{run.title} ({run.id}), {run.zone}"), title_justify="left", title_style="bold", box=SIMPLE
    )
    for name in ("planned", "actual"):
        table.add_column(name, no_wrap=True, min_width=len("10-19 19:00"))
    table.add_column("late", justify="right", no_wrap=True, min_width=len("on time"))
    table.add_column("end", no_wrap=True, min_width=len("skipped"))
    table.add_column("cue", overflow="fold")
    for cue in run.cues:
        is_done = cue.end == "done"
        table.add_row(
            _clock(cue.planned, run),
            _clock(cue.actual, run) if is_done else "-",
            _late(cue.late) if is_done else Text("-"),
            Text(cue.end, style=END_STYLE[cue.end]),
            Text(f"{cue.lane} {cue.action} {cue.subject}"),
        )
    return table


def _reasons(run: ShowRun) -> dict[str, str]:
    """Why cues were not done: reason -> how many, or which."""
    found: dict[str, list[str]] = {}
    for cue in run.cues:
        if cue.end != "done":
            found.setdefault(cue.why, []).append(f"{cue.lane} {cue.action} {cue.subject}")
    return {why: names[0] if len(names) == 1 else f"{len(names)} cues" for why, names in found.items()}


def _verdict(run: ShowRun) -> Text:
    good = run.phase in ("done", "cancelled") and not run.count("failed") and not run.count("unknown")
    line = Text(f"{run.id}: {run.phase.upper()}", style="bold green" if good else "bold red")
    planned = _clock(run.planned_live, run)
    actual = "never"
    if run.actual_live:
        actual = f"{_clock(run.actual_live, run)} ({(run.actual_live - run.planned_live).total_seconds():+.1f} s)"
    counts = ", ".join(f"{run.count(end)} {end}" for end in END_STYLE if run.count(end))
    line.append(f"  live planned {planned}, actual {actual}; cues: {counts}", style="default not bold")
    return line


def _late(late: timedelta) -> Text:
    if abs(late) < ON_TIME:
        return Text("on time", style="green")
    seconds = late.total_seconds()
    if abs(late) >= IN_MINUTES:
        to = 60 if abs(late) >= timedelta(hours=1) else 1
        span = span_text(timedelta(seconds=round(abs(seconds) / to) * to))
        return Text(f"{'-' if seconds < 0 else '+'}{span}", style="yellow")
    return Text(f"{seconds:+.0f} s", style="yellow")


def _clock(moment: datetime, run: ShowRun) -> str:
    there = local(moment, run.zone)
    same_day = there.date() == local(run.planned_live, run.zone).date()
    return f"{there:%H:%M:%S}" if same_day else f"{there:%m-%d %H:%M}"
