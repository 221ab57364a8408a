"""Do show, broadcast, stream and key belong together, and is nothing tested or taken live where they do not?"""

from dataclasses import replace
from typing import Any

import pytest

from broadcaster.show.bound import POINT_AHEAD, is_ours, marked, mismatches
from broadcaster.show.decide import decide
from broadcaster.show.observed import Lifecycle, Observed
from broadcaster.show.records import MISMATCH_SEEN, lane_held, outcome, phase_entered
from broadcaster.show.turn import Verb
from broadcaster.show.view import view
from tests.plans import GO_LIVE, MINUTE, SECOND, Story, on_youtube, season_plan, seen, show_plan, studio, video
from tests.unit.test_decide_broadcast import did, prepared, turn, verbs

PLAN = show_plan(with_posts=False)
START = "day-1/encoder/start/obs"
GOOD = seen(studio(target="ours"), on_youtube(), video())
MARKER = "broadcaster:season/day-1"


def pointed(phase: str = "standby") -> Story:
    return prepared(phase).add(*did("point", cue=START, target="ours"))


def found(observed: Observed, story: Story | None = None, now: Any = GO_LIVE - MINUTE) -> tuple[str, ...]:
    return mismatches(PLAN, (story or pointed()).state.show("day-1"), observed, now)


def test_what_belongs_together_is_no_mismatch() -> None:
    assert found(GOOD) == ()
    assert found(seen(None, on_youtube(), video())) == ()  # OBS is away: our stream's healthy video is proof enough
    assert found(Observed()) == ()


def test_the_key_that_obs_holds_is_that_of_the_show_on_stage() -> None:
    """Nobody is told to stop the stream of the show that is live, because the next one has another key."""
    story, observed = pointed("ready"), replace(GOOD, studio=studio(target="another"))
    at = PLAN.standby_at - MINUTE
    turn(story.add(phase_entered("day-0", "live", why="")), observed, at)
    assert [record for record in story.records if record.kind == MISMATCH_SEEN] == []
    turn(story.add(phase_entered("day-0", "closing", why="")), observed, at)
    assert len([record for record in story.records if record.kind == MISMATCH_SEEN]) == 1


WRONG = [
    (replace(GOOD, broadcast=replace(on_youtube(), id="video-2")), "this show's is video-1"),
    (replace(GOOD, broadcast=replace(on_youtube(), marker="broadcaster:season/day-2")), "does not carry the line"),
    (replace(GOOD, broadcast=on_youtube(stream="another")), "bound to another stream (another)"),
    (replace(GOOD, broadcast=on_youtube(stream=None)), "bound to no stream"),
    (replace(GOOD, stream=replace(video(), id="another")), "YouTube shows stream another"),
    (replace(GOOD, studio=studio(target="another")), "OBS streams to another server or key"),
]


@pytest.mark.parametrize(("observed", "sentence"), WRONG)
def test_each_mismatch_is_one_sentence(observed: Observed, sentence: str) -> None:
    assert [sentence in each for each in found(observed)] == [True]


@pytest.mark.parametrize(("observed", "sentence"), WRONG)
@pytest.mark.parametrize("lifecycle", [Lifecycle.READY, Lifecycle.TESTING])
def test_no_mismatch_is_tested_or_taken_live_by_itself(observed: Observed, sentence: str, lifecycle: Lifecycle) -> None:
    assert observed.broadcast is not None
    observed = replace(observed, broadcast=replace(observed.broadcast, lifecycle=lifecycle))
    asked = verbs(turn(pointed(), observed, GO_LIVE))
    assert Verb.TESTING not in asked
    assert Verb.LIVE not in asked


def test_a_mismatch_is_recorded_as_it_comes_and_as_it_goes_and_said_meanwhile() -> None:
    story = pointed()
    for second in range(5):
        turn(story, WRONG[5][0], GO_LIVE - MINUTE + second * SECOND)
    alerts = view(season_plan(PLAN), story.state, {"day-1": WRONG[5][0]}, GO_LIVE)["alerts"]
    assert sum("another server or key" in alert for alert in alerts) == 1
    turn(story, GOOD, GO_LIVE - 30 * SECOND)
    records = [record.data["mismatches"] for record in story.records if record.kind == MISMATCH_SEEN]
    assert [len(each) for each in records] == [1, 0]


def test_they_are_compared_from_shortly_before_standby_until_the_end() -> None:
    wrong, at = WRONG[5][0], PLAN.standby_at - POINT_AHEAD
    assert found(wrong, pointed("ready"), at - SECOND) == ()
    assert found(wrong, pointed("ready"), at) != ()
    assert found(wrong, pointed("live"), GO_LIVE) != ()
    assert found(wrong, pointed("closing"), GO_LIVE) == ()
    waiting = decide(PLAN, pointed("ready").state, GOOD, now=at - MINUTE, arm_ahead=0.4 * SECOND, busy=frozenset())
    assert at in waiting.wakes


def test_an_encoder_that_is_just_being_given_its_key_is_no_mismatch() -> None:
    idle = replace(GOOD, studio=studio(target="old", is_streaming=False))
    assert found(idle, pointed("ready")) == ()
    held = pointed("ready").add(lane_held("day-1", "encoder", by="Aigul", why="", until="released"))
    assert "resume --lane encoder" in found(idle, held)[0]
    streams = replace(GOOD, studio=studio(target="old"))
    assert found(streams, prepared("standby")) == ()  # it is asked first whether it is our key
    refused = outcome("day-1", START, "a", "point", "refused")  # type: ignore[arg-type]
    assert found(streams, prepared("standby").add(refused)) != ()


def test_ours_is_known_by_its_marker_line_or_by_the_id_that_the_season_names() -> None:
    plan, theirs = PLAN.broadcast, replace(on_youtube(), marker="", title="day-1")
    assert plan is not None
    assert not is_ours(plan, theirs)
    assert not is_ours(plan, replace(theirs, description=f"see {MARKER} too"))
    assert is_ours(plan, replace(theirs, description=f"Text\n  {MARKER}\nmore"))
    assert is_ours(replace(plan, adopt="video-1"), theirs)
    assert not is_ours(replace(plan, adopt="video-2"), replace(theirs, marker=plan.marker))


def test_the_marker_is_added_once() -> None:
    assert marked("Text", MARKER) == f"Text\n\n{MARKER}"
    assert marked(marked("", MARKER), MARKER) == MARKER
