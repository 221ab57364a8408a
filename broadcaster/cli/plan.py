"""What will happen, and when?"""

import sys
from pathlib import Path
from typing import Any

import click

from broadcaster.cli.options import check_known, print_json, shared
from broadcaster.cli.seasons import AWAITS, season_and_channels, utc_text
from broadcaster.season.plan import Cue, Plan
from broadcaster.season.walltime import offset_text
from broadcaster.season.wording import shown, span_text

WIDTH_OF_A_FILE = 160
"""Into a file or a pipe a cue stays on its line, so that grep finds it."""


@click.command()
@click.argument("season", type=click.Path(path_type=Path))
@click.option("--show", "show_id", default=None, help="Only this show.")
@shared
def plan(season: Path, show_id: str | None, config_path: Path | None, as_json: bool) -> None:
    """List the cues of SEASON in the order of their instants."""
    from broadcaster.season.build import build_plan

    found = build_plan(season_and_channels(season, config_path))
    check_known("show", show_id, found.names)
    shows = [show for show in found.shows if show_id in (None, show.id)]
    cues = sorted(
        (cue for show in shows for cue in show.cues), key=lambda cue: cue.at
    )  # stable: keeps each show's order
    if as_json:
        print_json(
            {"season": found.season, "tzdata": found.tzdata, "cues": [cue_document(cue) for cue in cues]},
        )
    else:
        _print_table(found, cues)


def cue_document(cue: Cue) -> dict[str, Any]:
    """The cue as the contract's JSON."""
    return {
        "id": cue.id,
        "show": cue.show,
        "lane": str(cue.lane),
        "action": str(cue.action),
        "at": utc_text(cue.at),
        "local": cue.local.isoformat(),
        "zone": cue.zone,
        "what": cue.what,
        "subject": cue.subject,
        "trigger": str(cue.trigger),
        "manual": cue.manual,
        "late": {"grace_s": cue.late.grace.total_seconds(), "then": str(cue.late.then)},
        "detail": cue.post.as_json() if cue.post is not None else dict(cue.detail),
    }


def _print_table(plan: Plan, cues: list[Cue]) -> None:
    """A line a cue, in eighty columns: the day stands above its cues, on the clocks that they are written for."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE, highlight=False)
    console.print(Text(f"{shown(plan.title)} · tzdata {plan.tzdata}", style="bold"))
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("local", "UTC"):
        table.add_column(heading, no_wrap=True)
    table.add_column("show", overflow="fold")
    table.add_column("cue", overflow="fold", min_width=28)
    table.add_column("due", overflow="fold")
    day = ""
    for cue in cues:
        if day != (day := f"{cue.local:%a %Y-%m-%d}"):
            table.add_row(Text(day, style="bold"))
        cells = (
            f"{cue.local:%H:%M:%S} {offset_text(cue.local)}",
            f"{cue.at:%H:%M:%SZ}",
            cue.show,
            f"{cue.lane} {cue.action} {shown(cue.what)}{_about(cue)}",
            _due(cue),
        )
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)


def _about(cue: Cue) -> str:
    """Of a post: which announcement, and of which segment."""
    if cue.post is None:
        return ""
    return f": {cue.post.announcement}" + (f", {cue.post.segment}" if cue.post.segment else "")


def _due(cue: Cue) -> str:
    """What it waits for, and what becomes of it when it is late, or as its readers sleep."""
    awaits = "on GO" if cue.manual else AWAITS.get(cue.trigger, "")
    if cue.is_left_out_at(cue.at):
        return f"{awaits}{'; ' if awaits else ''}left out: quiet hours"
    return f"{awaits}{'; ' if awaits else ''}{cue.late.then} after {span_text(cue.late.grace)}"
