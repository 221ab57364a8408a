"""How does the show stand, at a glance in a dark room?

Red is on air, green is next, amber is a warning, grey is off: each also in words, for eyes and terminals without
colours.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from broadcaster.season.wording import shown

ON_AIR, RED, GREEN, AMBER, GREY = "bold white on red", "bold bright_red", "bold green", "bold #ffb000", "bright_black"
LONGEST = 300
LABEL_WIDTH = 9
ENDING = ("closing", "done", "missed", "cancelled")

Row = tuple[Text, Text]


def glance(state: Mapping[str, Any]) -> RenderableType:
    """The state, as GET /api/v1/state gives it, for a terminal."""
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=LABEL_WIDTH, no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in _rows(state):
        table.add_row(label, text)
    head = Text(_safe(state["in_a_line"]), style="bold")
    if (state.get("about") or {}).get("rehearsal"):
        head = Text.assemble((" REHEARSAL ", "bold white on magenta"), " ", head)
    return Group(head, Padding(table, (0, 0, 0, 2), expand=False))


def _rows(state: Mapping[str, Any]) -> Iterator[Row]:
    yield _program(state)
    if state["segment"] and state["phase"] not in ENDING:
        left = f", {state['segment_left']} left" if state["segment_left"] else ""
        yield _label("segment"), Text(_safe(state["segment_title"] or state["segment"]) + left)
    yield _next(state)
    yield _label("clock"), Text(_clock(state))
    yield _automation(state)
    yield _label("OBS"), _far_end(state["obs"], _obs(state))
    if state["youtube"] != "none":
        yield _label("YouTube"), _far_end(state["youtube"], _youtube(state))
    if state["youtube"] != "none" and state.get("quota_left") is not None:
        yield _label("quota"), Text(_quota(state))
    if state["posts_planned"]:
        yield _label("posts"), Text(f"{state['posts_sent']} of {state['posts_planned']} sent")
    for alert in state["alerts"]:
        yield Text("▲ WARNING", style=AMBER), Text(_safe(alert), style=AMBER)


def _program(state: Mapping[str, Any]) -> Row:
    scene = state["program"]
    if _is_on_air(state):
        label = Text("● ON AIR", style=ON_AIR)
        known = Text(_safe(scene), style=RED)
        return label, known if scene is not None else Text("which scene is unknown: OBS is away", style=AMBER)
    text = "OBS is away" if scene is None else f"{_safe(scene)} is on program"
    return Text("○ off air", style=GREY), Text(text, style=GREY)


def _is_on_air(state: Mapping[str, Any]) -> bool:
    """Whether viewers see the program: while live, and still while the closing scene is sent."""
    is_closing = state["phase"] == "closing" and state["is_streaming"] and state["lifecycle"] != "complete"
    return bool(state["is_live"] or is_closing)


def _next(state: Mapping[str, Any]) -> Row:
    if not state["next"] or state["phase"] in ENDING:
        return Text("▷ next", style=GREY), Text("nothing", style=GREY)
    if state["next_in"]:
        when = f" in {state['next_in']}"
    else:
        when = f": {_safe(state['next_waits'])}" if state["next_waits"] else ""
    return Text("▶ NEXT", style=GREEN), Text(_safe(state["next_title"] or state["next"]) + when, style=GREEN)


def _clock(state: Mapping[str, Any]) -> str:
    day, _, time = state["show_now"].partition("T")
    text = f"{time[:8]} {_safe(state['zone'])}, {day}"
    planned = next((line["planned_live_local"] for line in state["shows"] if line["id"] == state["show"]), "")
    if state["phase"] in ("planned", "preparing", "ready", "standby"):
        late = state["go_live_in"].startswith("-")
        wait = f"{state['go_live_in'][1:]} ago by the plan" if late else f"in {state['go_live_in']}"
        return f"{text}; live {wait} ({planned[11:19]})"
    if state["phase"] == "live":
        over = state["over_by"]
        if over == "00:00":
            return f"{text}; on time"
        return f"{text}; {over[1:]} early" if over.startswith("-") else f"{text}; {over} late"
    return text


def _automation(state: Mapping[str, Any]) -> Row:
    held = ["the rundown"] if state["is_held"] else []
    held += [f"{_safe(lane)} ({_safe(why)})" for lane, why in state["lanes_held"].items()]
    if held:
        return Text("■ HOLD", style=AMBER), Text("; ".join(held), style=AMBER)
    if not state["override"] or state["phase"] in ENDING:
        return Text("AUTO"), Text("automation runs")
    until = "`resume` or `take`" if state.get("is_panic") else "the next cue"
    return Text("AUTO"), Text(f"automation runs, but {_safe(state['override'])} is on by hand until {until}")


def _obs(state: Mapping[str, Any]) -> str:
    if state["is_reconnecting"]:
        return "connected, RECONNECTING to the stream's server"
    return "connected, streaming" if state["is_streaming"] else "connected, not streaming"


def _youtube(state: Mapping[str, Any]) -> str:
    parts = [_safe(state["lifecycle"] or "no broadcast yet")]
    is_over = state["lifecycle"] == "complete"  # what came before is no news any more
    if state["broadcast"] and not is_over:
        parts.append("receives video" if state["is_receiving"] else "receives nothing")
    if state["health"] and not is_over:
        parts.append(f"health {_safe(state['health'])}")
    if state["link"]:
        parts.append(_safe(state["link"]))
    return ", ".join(parts)


def _quota(state: Mapping[str, Any]) -> str:
    until = (state["quota_resets_local"] or "")[11:16]
    return f"{state['quota_left']:,} units left until {until}, {state['quota_spent']:,} spent"


def _far_end(connected: str, text: str) -> Text:
    return Text("AWAY: does not answer", style=AMBER) if connected == "away" else Text(text)


def _label(text: str) -> Text:
    return Text(text, style=GREY)


def _safe(value: object) -> str:
    """What a far end wrote, without letters that could steer the terminal."""
    return shown(value, LONGEST)
