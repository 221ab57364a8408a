"""Is the state clear at a glance, with and without colours?"""

from typing import Any

import pytest
from rich.console import Console

from broadcaster.cli.glance import glance
from broadcaster.panel.openapi import STATE

LIVE: dict[str, Any] = dict.fromkeys(STATE) | {
    "shows": [
        {"id": "day-1", "title": "Opening night", "phase": "live", "planned_live_local": "2027-10-20T19:00:00+05:00"},
        {"id": "day-2", "title": "Second night", "phase": "planned", "planned_live_local": "2027-10-21T19:00:00+05:00"},
    ],
    "show": "day-1",
    "show_now": "2027-10-20T19:34:12+05:00",
    "zone": "Asia/Almaty",
    "phase": "live",
    "go_live_in": "-34:12",
    "is_live": True,
    "program": "Runway",
    "segment": "designer-1",
    "segment_title": "Collection one",
    "segment_left": "07:48",
    "next": "designer-2",
    "next_title": "Collection two",
    "next_in": "07:48",
    "over_by": "00:30",
    "is_held": False,
    "lanes_held": {},
    "obs": "connected",
    "is_streaming": True,
    "is_reconnecting": False,
    "youtube": "connected",
    "broadcast": "abc",
    "link": "https://youtu.be/abc",
    "lifecycle": "live",
    "is_receiving": True,
    "health": "good",
    "posts_sent": 2,
    "posts_planned": 3,
    "alerts": [],
    "in_a_line": 'day-1 live, on air "Runway", 04:12 into designer-1, 00:30 late',
    "about": {"rehearsal": False},
}


def plain(**changes: object) -> str:
    console = Console(width=80, color_system=None, highlight=False)
    with console.capture() as captured:
        console.print(glance(LIVE | changes))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def coloured(**changes: object) -> str:
    console = Console(width=80, force_terminal=True, color_system="standard", highlight=False, no_color=False)
    with console.capture() as captured:
        console.print(glance(LIVE | changes))
    return captured.get()


def test_what_is_left_of_the_quota_is_told() -> None:
    quota = {"quota_left": 7654, "quota_spent": 2346, "quota_resets_local": "2027-10-21T12:00:00+05:00"}
    assert "quota      7,654 units left until 12:00, 2,346 spent" in plain(**quota)


def test_a_live_show_in_words() -> None:
    assert plain() == (
        'day-1 live, on air "Runway", 04:12 into designer-1, 00:30 late\n'
        "  ● ON AIR   Runway\n"
        "  segment    Collection one, 07:48 left\n"
        "  ▶ NEXT     Collection two in 07:48\n"
        "  clock      19:34:12 Asia/Almaty, 2027-10-20; 00:30 late\n"
        "  AUTO       automation runs\n"
        "  OBS        connected, streaming\n"
        "  YouTube    live, receives video, health good, https://youtu.be/abc\n"
        "  posts      2 of 3 sent"
    )


def test_on_air_is_red_and_next_is_green(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    text = coloured()
    assert "\x1b[1;37;41m● ON AIR" in text
    assert "\x1b[1;32m▶ NEXT" in text


def test_what_viewers_do_not_see_is_never_called_on_air(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    standby: dict[str, object] = {"phase": "standby", "is_live": False, "go_live_in": "04:10", "in_a_line": "x"}
    assert "○ off air  Runway is on program" in plain(**standby)
    assert "live in 04:10 (19:00:00)" in plain(**standby)
    assert "ON AIR" not in plain(**standby)
    assert ";41m" not in coloured(**standby)
    assert "live 00:30 ago by the plan" in plain(**standby | {"go_live_in": "-00:30"})


def test_the_closing_scene_is_on_air_until_the_broadcast_is_complete() -> None:
    closing: dict[str, object] = {"phase": "closing", "is_live": False, "program": "Thank you", "override": "Runway 2"}
    assert "● ON AIR   Thank you" in plain(**closing)
    assert "○ off air" in plain(**closing, lifecycle="complete")
    assert "○ off air" in plain(**closing, is_streaming=False)
    assert "nothing" in plain(**closing)
    assert "Collection" not in plain(**closing)
    assert "by hand" not in plain(**closing)


def test_every_alert_is_a_warning_in_amber(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    alerts = ["OBS does not answer: start it, and check Tools > obs-websocket Settings", "designer-2 waits for GO"]
    text = plain(alerts=alerts, obs="away", program=None)
    assert text.count("▲ WARNING") == 2
    assert "AWAY: does not answer" in text
    assert "which scene is unknown" in text
    assert "\x1b[1;93m▲ WARNING" in coloured(alerts=alerts)


def test_what_is_held_and_what_waits_is_said() -> None:
    text = plain(is_held=True, lanes_held={"posts": "Aigerim: held by hand"}, next_in=None, next_waits="waits for GO")
    assert "■ HOLD     the rundown; posts (Aigerim: held by hand)" in text
    assert "Collection two: waits for GO" in text
    assert "AUTO" not in text
    assert "Runway 2 is on by hand until the next cue" in plain(override="Runway 2")
    assert "Slate is on by hand until `resume` or `take`" in plain(override="Slate", is_panic=True)


def test_what_youtube_received_is_no_news_once_the_broadcast_is_complete() -> None:
    assert "  YouTube    complete, https://youtu.be/abc\n" in plain(lifecycle="complete")


@pytest.mark.parametrize(
    ("over_by", "said"), [("00:00", "on time"), ("-01:30", "01:30 early"), ("02:00", "02:00 late")]
)
def test_the_offset_to_the_plan_is_always_there(over_by: str, said: str) -> None:
    assert f"; {said}\n" in plain(over_by=over_by)


def test_a_rehearsal_says_so_first() -> None:
    assert plain(about={"rehearsal": True}).startswith(" REHEARSAL  day-1 live")


def test_names_cannot_steer_the_terminal() -> None:
    text = plain(program="\x1b[2JRunway[red]", alerts=["\x1b]0;x\x07"])
    assert "\x1b" not in text
    assert "\\u001b[2JRunway[red]" in text


def test_a_show_without_youtube_posts_or_rest_leaves_them_out() -> None:
    text = plain(youtube="none", posts_planned=0, next=None, segment=None, phase="done", is_live=False)
    assert "YouTube" not in text
    assert "posts" not in text
    assert "▷ next     nothing" in text
