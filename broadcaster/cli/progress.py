"""What does a crew see while a show is rehearsed? One block drawn anew, or plain lines where there is no screen."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from broadcaster.conductor.conductor import Conductor
    from broadcaster.season.plan import Plan

PHASE_STYLE = {
    "planned": "dim",
    "preparing": "cyan",
    "ready": "cyan",
    "standby": "bold yellow",
    "live": "bold white on red",
    "closing": "bold yellow",
    "done": "green",
    "missed": "bold red",
    "cancelled": "dim",
}
REDRAWS_A_SECOND = 8


@contextlib.contextmanager
def progress(conductor: "Conductor", plan: "Plan", *, speed: float, quiet: bool) -> Iterator[None]:
    """Show how the rehearsal goes until the block ends; `quiet`: on standard error, and only changes of phase."""
    console = Console(stderr=quiet)
    told: dict[str, str] = {}

    def lines() -> None:
        for show in plan.shows:
            phase = conductor.state.show(show.id).phase
            if told.get(show.id) != phase:
                told[show.id] = phase
                now = conductor.view()["show_now"]
                console.print(f"REHEARSAL x{speed:g}  {now}  {show.id}: {phase}", highlight=False)

    if quiet or not console.is_terminal:
        conductor.on_turn.append(lines)
        yield
        lines()
        return
    with Live(
        get_renderable=lambda: _picture(conductor.view(), plan, speed),
        console=console,
        refresh_per_second=REDRAWS_A_SECOND,
        transient=True,
    ):
        yield


def _picture(view: dict[str, Any], plan: "Plan", speed: float) -> RenderableType:
    show = next((each for each in plan.shows if each.id == view["show"]), plan.shows[0])
    body: list[RenderableType] = [_shows(view), Text()]
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim")
    facts.add_column()
    facts.add_row("clock", Text(view["show_now"][:19].replace("T", "  "), style="bold"))
    facts.add_row("on air", Text(view["program"] or "OBS is away", style="bold red" if view["program"] else "yellow"))
    left = f"  {view['segment_left']} left" if view["segment_left"] else ""
    facts.add_row("segment", Text((view["segment_title"] or "-") + left))
    coming = view["next_in"] or view["next_waits"] or ""
    facts.add_row("next", Text(f"{view['next_title'] or '-'}  {coming}", style="green"))
    facts.add_row("YouTube", Text(f"{view['lifecycle'] or '-'}, video {view['health'] or '-'}"))
    facts.add_row("posts", f"{view['posts_sent']} of {view['posts_planned']}")
    body.append(facts)
    total = (show.off_air - show.standby_at).total_seconds()
    done = (datetime.fromisoformat(view["now"]) - show.standby_at).total_seconds()
    body.append(ProgressBar(total=total, completed=max(0.0, min(total, done)), width=60))
    body += [Text(f"WARNING  {alert}", style="yellow") for alert in view["alerts"]]
    title = f"REHEARSAL x{speed:g}: {plan.title}"
    return Panel(Group(*body), title=Text(title), border_style="magenta", expand=False, width=100)


def _shows(view: dict[str, Any]) -> Text:
    line = Text()
    for show in view["shows"]:
        line.append(f" {show['id']} {show['phase'].upper()} ", style=PHASE_STYLE[show["phase"]])
        line.append(" ")
    return line
