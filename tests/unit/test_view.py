"""What does a crew see at a glance?"""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from broadcaster.show.observed import Lifecycle, Observed
from broadcaster.show.orders import Word
from broadcaster.show.records import COMMAND_GIVEN, End, Note, cue_settled, lane_held, phase_entered, segment_started
from broadcaster.show.state import SeasonState
from broadcaster.show.view import clock_text, view
from tests.plans import GO_LIVE, MINUTE, SECOND, Story, on_youtube, season_plan, seen, studio, video

PLAN = season_plan()


def look(story: Story, observed: Observed | None = None, now: datetime = GO_LIVE) -> dict[str, Any]:
    return view(PLAN, story.state, {"day-1": observed} if observed else {}, now)


def live() -> Story:
    return Story().add(phase_entered("day-1", "live", why=""), segment_started("day-1", "film", at=GO_LIVE, why=""))


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "00:00"), (72, "01:12"), (-72, "-01:12"), (3872, "1:04:32"), (-0.2, "00:00")]
)
def test_a_span_reads_as_a_clock(seconds: float, text: str) -> None:
    assert clock_text(timedelta(seconds=seconds)) == text


def test_the_state_is_plain_json_and_its_keys_never_vanish() -> None:
    early, late = look(Story(), now=GO_LIVE - 60 * MINUTE), look(live(), seen(studio(), on_youtube(), video()))
    json.dumps(early), json.dumps(late)
    assert early.keys() == late.keys()


def test_the_line_says_what_is_on_air_how_far_and_how_late() -> None:
    observed = seen(studio("Film"))
    assert (
        look(live(), observed, GO_LIVE + 30 * SECOND)["in_a_line"]
        == 'day-1 live, on air "Film", 00:30 into film, on time'
    )
    assert look(Story(), now=GO_LIVE - MINUTE)["in_a_line"] == "day-1 planned, OBS away, live in 01:00"
    story = Story().add(phase_entered("day-1", "live", why=""))
    story.add(segment_started("day-1", "talk", at=GO_LIVE + 4 * MINUTE + 30 * SECOND, why="GO"))
    line = look(story, observed, GO_LIVE + 5 * MINUTE)["in_a_line"]
    assert line == 'day-1 live, on air "Film", 00:30 into talk, 00:30 late'


def test_what_comes_next_and_what_it_waits_for() -> None:
    document = look(live(), now=GO_LIVE + MINUTE)
    assert (document["next"], document["next_in"], document["next_waits"]) == ("runway", "01:00", None)
    story = live().add(segment_started("day-1", "runway", at=GO_LIVE + 2 * MINUTE, why=""))
    waiting = look(story, now=GO_LIVE + 5 * MINUTE)
    assert (waiting["next"], waiting["next_in"], waiting["next_waits"]) == ("talk", None, "it waits for GO")
    assert waiting["over_by"] == "01:00"
    assert "talk waits for GO" in waiting["alerts"]


@pytest.mark.parametrize("phase", ["closing", "done"])
def test_once_a_show_closes_no_segment_is_on_and_none_is_next_and_the_keys_stay(phase: str) -> None:
    ended = Note(kind=COMMAND_GIVEN, ids={"show": "day-1"}, data={"verb": Word.END, "who": "Aigul"})
    story = live().add(ended, at=GO_LIVE + MINUTE).add(phase_entered("day-1", phase, why=""), at=GO_LIVE + MINUTE)
    document = look(story, seen(studio("Thank you")), GO_LIVE + MINUTE + SECOND)
    assert document.keys() == look(live()).keys()
    of_segments = ("segment", "next", "wall", "go_", "asks")
    given = {key: value for key, value in document.items() if key.startswith(of_segments) and key != "go_live"}
    assert {key for key, value in given.items() if value is not None} == {"go_live_in"}
    assert document["conflicts"] == []
    if phase == "closing":
        assert document["in_a_line"] == 'day-1 closing, on air "Thank you", 05:00 early'


def test_every_trouble_is_a_sentence_with_its_remedy() -> None:
    story = live().add(lane_held("day-1", "program", by="a hand in OBS", why="X was put on air", until="next_cue"))
    story.add(Note(kind=COMMAND_GIVEN, ids={"show": "day-1"}, data={"verb": Word.HOLD, "who": "Aigul"}))
    post = "day-1/posts/post/now/telegram/en"
    story.add(cue_settled("day-1", post, End.UNKNOWN, at=GO_LIVE, planned=GO_LIVE, why="look in the channel"))
    alerts = look(story, Observed(away=frozenset({"youtube"})))["alerts"]
    wanted = (
        "OBS does not answer",
        "YouTube does not answer",
        "`resume --lane program`",
        "`resume` lets",
        "look in the",
    )
    for part in wanted:
        assert any(part in alert for alert in alerts), part


def test_a_stream_to_another_key_is_said_even_before_ours_is_known() -> None:
    alerts = look(live(), seen(studio(target="another"), on_youtube(), video()))["alerts"]
    assert any("another server or key" in alert for alert in alerts)


def test_the_link_and_the_platform_are_shown() -> None:
    note = Note(kind="broadcast_seen/1", ids={"show": "day-1"}, data={"lifecycle": Lifecycle.LIVE, "stream": "s"})
    document = look(live().add(note), seen(studio(), on_youtube(Lifecycle.LIVE), video()))
    assert (document["lifecycle"], document["youtube"], document["obs"]) == ("live", "connected", "connected")


def test_a_season_that_is_over_still_has_a_view() -> None:
    story = Story().add(phase_entered("day-1", "missed", why=""))
    assert look(story, now=GO_LIVE + 60 * MINUTE)["in_a_line"] == "day-1 missed"
    assert view(PLAN, SeasonState(), {}, GO_LIVE + 600 * MINUTE)["show"] == "day-1"
