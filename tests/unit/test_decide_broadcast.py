"""What is the next missing step of the broadcast?"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from broadcaster.show.attention import AT_REST, DENSE, ON_AIR, SOON, STARTING, pace
from broadcaster.show.decide import decide
from broadcaster.show.observed import Health, Lifecycle, Observed
from broadcaster.show.records import (
    BROADCAST_GONE,
    BROADCAST_SEEN,
    COMMAND_GIVEN,
    INTENT,
    LANE_HELD,
    End,
    Note,
    Result,
    cue_settled,
    lane_held,
    outcome,
    phase_entered,
    segment_started,
)
from broadcaster.show.turn import Answer, Verb
from tests.plans import GO_LIVE, MINUTE, SECOND, Story, on_youtube, seen, show_plan, studio, video

PLAN = show_plan(with_posts=False)
CREATE, LIVE, COMPLETE = (f"day-1/broadcast/{action}/main" for action in ("create", "live", "complete"))
STANDBY = GO_LIVE - 5 * MINUTE


def turn(story: Story, observed: Observed, now: datetime, plan: Any = PLAN) -> Answer:
    for _ in range(20):
        answer = decide(plan, story.state, observed, now=now, arm_ahead=0.4 * SECOND, busy=frozenset())
        if not answer.notes:
            return answer
        story.add(*answer.notes, at=now)
    raise AssertionError("does not come to rest")


def verbs(answer: Answer) -> list[Verb]:
    of_youtube = (Verb.TAKE, Verb.START, Verb.STOP, Verb.POINT, Verb.POST)
    return [each.verb for each in answer.commands if each.verb not in of_youtube]


def did(verb: str, result: Result = Result.DONE, cue: str = CREATE, **data: str) -> list[Note]:
    ids = {"show": "day-1", "cue": cue, "act": f"{cue}:{verb}#1"}
    return [
        Note(kind=INTENT, ids=ids, data={"verb": verb}),
        outcome("day-1", cue, ids["act"], verb, result, **data),
    ]


def prepared(phase: str = "standby") -> Story:
    """Our stream and our broadcast are there and bound."""
    story = Story().add(phase_entered("day-1", phase, why=""), *did("find_stream", stream="stream-1"))
    story.add(*did("find", broadcast="video-1", bound="stream-1"))
    return story.add(cue_settled("day-1", CREATE, End.DONE, at=GO_LIVE, planned=GO_LIVE, why=""))


def test_a_stream_is_looked_for_anew_once_another_show_has_one_and_never_made_beside_one_in_doubt() -> None:
    story, now = Story(), PLAN.prepare_at
    nothing = seen(studio(is_streaming=False))
    turn(story.add(*did("find_stream", stream="")), nothing, now)
    other = [replace(note, ids=note.ids | {"show": "day-0"}) for note in did("create_stream", Result.UNKNOWN)]
    story.add(other[0])
    assert verbs(turn(story, nothing, now)) == []
    story.add(other[1])
    assert verbs(turn(story, nothing, now)) == []
    found = [replace(note, ids=note.ids | {"show": "day-0"}) for note in did("find_stream", stream="stream-1")]
    story.add(*found)
    asked = turn(story, nothing, now)
    assert [(each.verb, each.what) for each in asked.commands if each.verb is not Verb.TAKE] == [
        (Verb.FIND_STREAM, "stream-1")
    ]
    story.add(*did("find_stream", stream="", known="stream-1"))  # it was deleted since
    assert verbs(turn(story, nothing, now)) == [Verb.CREATE_STREAM]


def test_the_steps_to_a_bound_broadcast_come_one_by_one_and_searches_come_first() -> None:
    story, now = Story(), PLAN.prepare_at
    nothing = seen(studio(is_streaming=False))
    assert verbs(turn(story, nothing, now)) == [Verb.FIND_STREAM]
    assert verbs(turn(story.add(*did("find_stream", stream="")), nothing, now)) == [Verb.CREATE_STREAM]
    assert verbs(turn(story.add(*did("create_stream", stream="stream-1")), nothing, now)) == [Verb.FIND]
    assert verbs(turn(story.add(*did("find", broadcast="")), nothing, now)) == [Verb.CREATE]
    story.add(*did("create", broadcast="video-1", bound=""))
    assert verbs(turn(story, nothing, now)) == []  # it is looked at first
    created = seen(studio(is_streaming=False), on_youtube(Lifecycle.CREATED, stream=None))
    assert verbs(turn(story, created, now)) == [Verb.BIND]
    story.add(*did("bind", broadcast="video-1", bound="stream-1"))
    assert verbs(turn(story, seen(None, on_youtube()), now)) == []
    assert story.state.show("day-1").phase == "ready"


def test_a_create_of_unknown_outcome_is_followed_by_a_search_and_never_by_a_create() -> None:
    story = Story().add(phase_entered("day-1", "preparing", why=""), *did("find_stream", stream="stream-1"))
    story.add(*did("find", broadcast=""), *did("create", Result.UNKNOWN))
    assert verbs(turn(story, Observed(), PLAN.prepare_at)) == [Verb.FIND]


def test_what_is_found_is_used() -> None:
    story = Story().add(phase_entered("day-1", "preparing", why=""), *did("find_stream", stream="stream-1"))
    story.add(*did("find", broadcast="video-1", bound="stream-1"))
    assert verbs(turn(story, seen(None, on_youtube()), PLAN.prepare_at)) == []
    assert story.state.show("day-1").settled[CREATE].end is End.DONE


@pytest.mark.parametrize("stream", [None, video(Health.BAD), video(Health.NO_DATA), video(is_active=False)])
@pytest.mark.parametrize("lifecycle", [Lifecycle.READY, Lifecycle.TESTING])
def test_there_is_no_transition_without_healthy_video(stream: Any, lifecycle: Lifecycle) -> None:
    assert verbs(turn(prepared(), seen(studio(), on_youtube(lifecycle), stream), GO_LIVE + SECOND)) == []


def test_testing_follows_healthy_video_at_once_and_live_its_instant() -> None:
    assert verbs(turn(prepared(), seen(studio(), on_youtube(), video()), STANDBY)) == [Verb.TESTING]
    testing = seen(studio(), on_youtube(Lifecycle.TESTING), video(Health.OK))
    waiting = turn(prepared(), testing, STANDBY)
    assert verbs(waiting) == []
    assert GO_LIVE - 8 * SECOND in waiting.wakes
    assert verbs(turn(prepared(), testing, GO_LIVE - 8 * SECOND)) == [Verb.LIVE]


def test_a_broadcast_without_a_preview_goes_live_from_ready() -> None:
    unmonitored = replace(on_youtube(), is_monitored=False)
    assert verbs(turn(prepared(), seen(studio(), unmonitored, video()), GO_LIVE - 9 * SECOND)) == []
    assert verbs(turn(prepared(), seen(studio(), unmonitored, video()), GO_LIVE)) == [Verb.LIVE]


@pytest.mark.parametrize(("delays", "ahead"), [((2.0, 3.0, 50.0), 3.0), ((40.0, 40.0), 15.0), ((), 8.0)])
def test_live_is_asked_for_ahead_by_the_median_and_at_most_15_s(delays: tuple[float, ...], ahead: float) -> None:
    story = prepared()
    story.state = replace(story.state, live_delays=delays)
    testing = seen(studio(), on_youtube(Lifecycle.TESTING), video())
    at = GO_LIVE - timedelta(seconds=ahead)
    assert verbs(turn(story, testing, at - 0.01 * SECOND)) == []
    assert verbs(turn(story, testing, at)) == [Verb.LIVE]


@pytest.mark.parametrize("lifecycle", [Lifecycle.TEST_STARTING, Lifecycle.LIVE_STARTING, Lifecycle.LIVE])
def test_what_is_under_way_is_not_asked_for_again(lifecycle: Lifecycle) -> None:
    assert verbs(turn(prepared(), seen(studio(), on_youtube(lifecycle), video()), GO_LIVE)) == []


def test_a_skipped_first_segment_does_not_move_go_live() -> None:
    story = prepared()
    story.add(Note(kind=COMMAND_GIVEN, ids={"show": "day-1"}, data={"verb": "skip", "who": "a", "segment": "film"}))
    testing = seen(studio(), on_youtube(Lifecycle.TESTING), video())
    assert verbs(turn(story, testing, GO_LIVE - 8 * SECOND)) == [Verb.LIVE]


def test_a_hold_before_go_live_holds_live_back() -> None:
    story = prepared()
    story.add(Note(kind=COMMAND_GIVEN, ids={"show": "day-1"}, data={"verb": "hold", "who": "a"}), at=STANDBY)
    assert verbs(turn(story, seen(studio(), on_youtube(Lifecycle.TESTING), video()), GO_LIVE)) == []


def test_a_held_lane_asks_for_nothing() -> None:
    story = prepared().add(lane_held("day-1", "broadcast", by="a", why="", until="released"))
    assert verbs(turn(story, seen(studio(), on_youtube(), video()), GO_LIVE)) == []


def test_a_broadcast_that_lost_its_stream_is_bound_again_before_it_is_live() -> None:
    assert verbs(turn(prepared(), seen(studio(), on_youtube(stream="other"), video()), STANDBY)) == [Verb.BIND]


def test_a_deleted_broadcast_is_noted_once_and_holds_the_lane() -> None:
    story = prepared()
    gone = Observed(studio=studio(), is_broadcast_gone=True)
    for second in range(3):
        assert verbs(turn(story, gone, STANDBY + second * SECOND)) == []
    kinds = [record.kind for record in story.records]
    assert kinds.count(BROADCAST_GONE) == kinds.count(LANE_HELD) == 1


def closing(lifecycle: Lifecycle = Lifecycle.LIVE) -> tuple[Story, Observed]:
    story = prepared("live").add(segment_started("day-1", "talk", at=GO_LIVE + 4 * MINUTE, why=""))
    data = {"id": "video-1", "lifecycle": Lifecycle.LIVE, "stream": "stream-1"}
    if lifecycle in (Lifecycle.LIVE, Lifecycle.COMPLETE):
        story.add(Note(kind=BROADCAST_SEEN, ids={"show": "day-1"}, data=data))
    return story, seen(studio("Thank you"), on_youtube(lifecycle), video())


def test_complete_is_asked_for_once_the_closing_scene_has_had_its_time() -> None:
    story, observed = closing()
    assert verbs(turn(story, observed, PLAN.off_air - SECOND)) == []
    assert verbs(turn(story, observed, PLAN.off_air)) == [Verb.COMPLETE]
    assert verbs(turn(story, Observed(studio=studio("Thank you")), PLAN.off_air)) == []  # not seen: nothing is asked


@pytest.mark.parametrize("lifecycle", [Lifecycle.CREATED, Lifecycle.READY])
def test_a_broadcast_of_ours_that_never_went_live_is_deleted(lifecycle: Lifecycle) -> None:
    story, observed = closing(lifecycle)
    assert verbs(turn(story, observed, PLAN.off_air)) == [Verb.DELETE]
    turn(story.add(*did("delete", cue=COMPLETE)), observed, PLAN.off_air)
    settled = story.state.show("day-1").settled
    assert (settled[LIVE].end, settled[COMPLETE].end) == (End.FAILED, End.SKIPPED)
    assert "deleted" in settled[COMPLETE].why


def test_one_that_was_tested_and_never_went_live_is_completed_or_named() -> None:
    story, observed = closing(Lifecycle.TESTING)
    assert verbs(turn(story, observed, PLAN.off_air)) == [Verb.COMPLETE]
    story.add(*did("complete", Result.REFUSED, cue=COMPLETE, reason="no"))
    assert verbs(turn(story, observed, PLAN.off_air)) == [Verb.DELETE]
    turn(story.add(*did("delete", Result.REFUSED, cue=COMPLETE, reason="not this one")), observed, PLAN.off_air)
    settled = story.state.show("day-1").settled[COMPLETE]
    assert (settled.end, settled.why) == (End.SKIPPED, "it never went live; delete it in YouTube Studio (not this one)")


@pytest.mark.parametrize("more", [{"adopt": "video-1"}, {"is_deleted_unused": False}])
def test_what_is_not_ours_to_delete_is_left(more: dict[str, Any]) -> None:
    story, observed = closing(Lifecycle.READY)
    assert PLAN.broadcast is not None
    plan = replace(PLAN, broadcast=replace(PLAN.broadcast, **more))
    assert verbs(turn(story, observed, PLAN.off_air, plan)) == []
    assert "left as it is" in story.state.show("day-1").settled[COMPLETE].why


def test_one_that_is_just_going_live_at_the_end_is_waited_for() -> None:
    story, observed = closing(Lifecycle.LIVE_STARTING)
    assert verbs(turn(story, observed, PLAN.off_air)) == []
    assert COMPLETE not in story.state.show("day-1").settled


def test_a_show_that_youtube_never_had_says_so() -> None:
    story = Story().add(phase_entered("day-1", "live", why=""))
    story.add(segment_started("day-1", "talk", at=GO_LIVE + 4 * MINUTE, why=""))
    turn(story, seen(studio("Thank you")), PLAN.off_air)
    assert story.state.show("day-1").settled[CREATE].end is End.FAILED


def test_looks_are_rare_at_rest_and_dense_around_go_live() -> None:
    def every(story: Story, observed: Observed, now: datetime) -> timedelta | None:
        return pace(PLAN, story.state.show("day-1"), observed, now)

    there = seen(studio(), on_youtube(), video())
    assert every(Story(), there, GO_LIVE) is None
    assert every(prepared("ready"), Observed(), GO_LIVE - 60 * MINUTE) == timedelta()
    assert every(prepared("ready"), there, GO_LIVE - 60 * MINUTE) == AT_REST
    assert every(prepared("ready"), there, GO_LIVE - 20 * MINUTE) == SOON
    assert every(prepared("standby"), there, STANDBY) == DENSE
    assert every(prepared("standby").add(*did("live", cue=LIVE)), there, GO_LIVE) == STARTING
    assert every(prepared("live"), there, GO_LIVE) == ON_AIR
    assert every(prepared("live"), seen(studio(), on_youtube(), video(Health.BAD)), GO_LIVE) == DENSE
    assert every(prepared("done"), there, GO_LIVE) is None
