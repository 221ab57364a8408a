"""What happened, beside what was planned, for eyes at a terminal."""

from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from broadcaster.reports.as_run import ShowRun
from broadcaster.season.walltime import local

END_STYLE = {"done": "green", "skipped": "dim", "failed": "bold red", "unknown": "bold yellow"}
ON_TIME = timedelta(seconds=1)


def print_summary(runs: list[ShowRun], journal: Path, *, speed: float = 1.0) -> None:
    """Print each show's as-run table, then one line a show."""
    console = Console()
    for run in runs:
        console.print(_table(run))
        for outage in run.outages:
            console.print(Text(f"away: {outage}", style="yellow"))
    for run in runs:
        console.print(_verdict(run))
    if speed > 1:
        console.print(Text(f"At x{speed:g}, a delay of 10 ms here shows as {speed / 100:.1f} s.", style="dim"))
    console.print(Text(f"record: {journal}", style="dim"), soft_wrap=True)


def _table(run: ShowRun) -> Table:
    table = Table(title=Text(f"{run.title} ({run.id}), {run.zone}"), title_justify="left", title_style="bold")
    table.add_column("planned", no_wrap=True)
    table.add_column("actual", no_wrap=True)
    table.add_column("late", justify="right", no_wrap=True)
    table.add_column("lane", style="dim", no_wrap=True)
    table.add_column("what", no_wrap=True)
    table.add_column("end", no_wrap=True)
    table.add_column("why", overflow="fold")
    for cue in run.cues:
        table.add_row(
            _clock(cue.planned, run),
            _clock(cue.actual, run) if cue.end == "done" else "-",
            _late(cue.late) if cue.end == "done" else Text("-"),
            cue.lane,
            Text(f"{cue.action} {cue.subject}"),
            Text(cue.end, style=END_STYLE[cue.end]),
            Text(cue.why),
        )
    return table


def _verdict(run: ShowRun) -> Text:
    good = run.phase == "done" and not run.count("failed") and not run.count("unknown")
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
    return Text(f"{late.total_seconds():+.0f} s", style="yellow")


def _clock(moment: datetime, run: ShowRun) -> str:
    there = local(moment, run.zone)
    same_day = there.date() == local(run.planned_live, run.zone).date()
    return f"{there:%H:%M:%S}" if same_day else f"{there:%m-%d %H:%M:%S}"
