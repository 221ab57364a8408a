"""Does the board say GO only where everything is right?"""

from datetime import timedelta

import pytest

from broadcaster.reports.board import (
    Board,
    Line,
    Verdict,
    broadcast_line,
    clock_line,
    go,
    key_line,
    no_go,
    quota_line,
    scene_line,
    season_lines,
    stream_line,
    streaming_line,
    warn,
)
from broadcaster.show.observed import BroadcastSeen, Lifecycle
from broadcaster.show.outlook import outlook, price
from broadcaster.show.quota import Budget, seen_note
from tests.plans import GO_LIVE, MINUTE, Story, on_youtube, season_plan, show_plan, studio, video

SHOW = show_plan()
PLAN = season_plan(SHOW)
BEFORE = GO_LIVE - timedelta(hours=2)


def verdicts(*lines: Line) -> list[str]:
    return [str(line.verdict) for line in lines]


def test_one_no_go_stops_the_show_and_a_warning_does_not() -> None:
    assert Board(lines=(go("a", "b", "c"), warn("a", "b", "c"))).is_go
    assert not Board(lines=(go("a", "b", "c"), no_go("a", "b", "c"))).is_go
    assert not Board(lines=()).is_go
    line = {"group": "OBS", "name": "scenes", "verdict": "NO-GO", "evidence": "none"}
    assert Board(lines=(no_go("OBS", "scenes", "none"),)).document() == {"go": False, "lines": [line]}


def test_the_shows_time_is_told_with_its_offset() -> None:
    file, live, tz = season_lines(PLAN, SHOW, BEFORE)
    assert verdicts(file, live, tz) == ["GO", "GO", "GO"]
    assert live.evidence == "Wed 2027-10-20 19:00:00 Asia/Almaty, 14:00:00 UTC, in 2:00:00"
    assert "UTC+5" in tz.evidence
    assert verdicts(*season_lines(PLAN, SHOW, GO_LIVE))[1] == "WARN"
    assert verdicts(*season_lines(PLAN, SHOW, GO_LIVE + 60 * MINUTE))[1] == "NO-GO"


def test_a_missing_scene_is_named_with_the_one_that_was_perhaps_meant() -> None:
    there = studio().__class__(
        program="", scenes=("Countdown", "Film", "Runwy", "Talk", "Thank you"), is_streaming=False
    )
    [line] = scene_line(PLAN, SHOW, there)
    assert line.verdict is Verdict.NO_GO
    assert "\"Runway\" (did you mean 'Runwy'?)" in line.evidence
    assert '"Please stand by"' in line.evidence
    assert verdicts(*scene_line(PLAN, SHOW, studio())) == ["GO"]


@pytest.mark.parametrize(
    ("is_streaming", "held", "target", "now", "verdict"),
    [
        (False, "key", "key", BEFORE, "GO"),
        (True, "key", "key", BEFORE, "NO-GO"),
        (True, "key", "key", GO_LIVE, "GO"),
        (True, "other", "key", GO_LIVE, "NO-GO"),
        (True, "key", "", GO_LIVE, "NO-GO"),
    ],
)
def test_obs_must_not_stream_before_its_time(
    is_streaming: bool, held: str, target: str, now: object, verdict: str
) -> None:
    line = streaming_line(SHOW, studio(is_streaming=is_streaming, target=held), target, now)  # type: ignore[arg-type]
    assert line.verdict == verdict


def test_the_key_is_compared_by_hash() -> None:
    assert verdicts(key_line(studio(), "key"), key_line(studio(), "other"), key_line(studio(), "")) == [
        "GO",
        "WARN",
        "WARN",
    ]


def test_the_broadcast_is_there_or_will_be_made() -> None:
    soon = SHOW.prepare_at - MINUTE
    assert broadcast_line(SHOW, None, soon).verdict is Verdict.GO
    assert "19:00" not in broadcast_line(SHOW, None, soon).evidence
    assert broadcast_line(SHOW, None, SHOW.prepare_at).verdict is Verdict.WARN
    assert broadcast_line(SHOW, on_youtube(), BEFORE).verdict is Verdict.GO
    assert broadcast_line(SHOW, on_youtube(Lifecycle.COMPLETE), BEFORE).verdict is Verdict.NO_GO
    assert broadcast_line(SHOW, on_youtube(Lifecycle.LIVE), BEFORE).verdict is Verdict.WARN
    moved = BroadcastSeen(
        id="v", lifecycle=Lifecycle.READY, stream_id="s", scheduled_start=GO_LIVE + timedelta(hours=1)
    )
    line = broadcast_line(SHOW, moved, BEFORE)
    assert (line.verdict, "20:00 Asia/Almaty" in line.evidence) == (Verdict.WARN, True)


def test_video_that_arrives_too_early_is_looked_at() -> None:
    assert stream_line("main", None, is_expected=False).verdict is Verdict.GO
    assert stream_line("main", video(), is_expected=False).verdict is Verdict.WARN
    assert stream_line("main", video(), is_expected=True).verdict is Verdict.GO


@pytest.mark.parametrize(("units", "verdict"), [(10_000, "GO"), (1_100, "WARN"), (700, "NO-GO"), (200, "NO-GO")])
def test_the_quota_has_to_last_for_the_show(units: int, verdict: str) -> None:
    budget = Budget(units_a_day=units)
    [day] = price(PLAN, budget)
    line = quota_line(day, outlook(PLAN, Story().state, budget, BEFORE), SHOW)
    assert line.verdict == verdict, line.evidence
    assert "Thu 12:00 Asia/Almaty" in line.evidence


def test_a_used_up_quota_is_no_go() -> None:
    state = Story().add(seen_note(is_empty=True, now=BEFORE)).state
    assert quota_line(None, outlook(PLAN, state, Budget(), BEFORE), SHOW).verdict is Verdict.NO_GO


def test_a_clock_that_nobody_knows_of_is_not_called_good() -> None:
    assert clock_line(None, timedelta()).verdict is Verdict.WARN
    assert clock_line(False, timedelta()).verdict is Verdict.WARN
    assert clock_line(True, timedelta(milliseconds=3)).verdict is Verdict.GO
    assert clock_line(True, timedelta(seconds=3)).verdict is Verdict.WARN
