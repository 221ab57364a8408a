"""When does the encoder send, to where, and when is it in somebody's hands?"""

from datetime import datetime

import pytest

from broadcaster.show.decide import decide
from broadcaster.show.encoder import STOP_WITHOUT_WORD_AFTER
from broadcaster.show.left_live import GIVE_UP_AFTER
from broadcaster.show.observed import Observed
from broadcaster.show.records import INTENT, End, Note, Result, cue_settled, lane_released, outcome, phase_entered
from broadcaster.show.turn import Answer, Verb
from tests.plans import GO_LIVE, MINUTE, SECOND, Story, on_youtube, seen, show_plan, studio

PLAN = show_plan(with_posts=False)
START, STOP = "day-1/encoder/start/obs", "day-1/encoder/stop/obs"
POINT_AT = PLAN.standby_at - 2 * MINUTE


def turn(story: Story, observed: Observed, now: datetime, busy: frozenset[str] = frozenset()) -> Answer:
    for _ in range(20):
        answer = decide(PLAN, story.state, observed, now=now, arm_ahead=0.4 * SECOND, busy=busy)
        if not answer.notes:
            return answer
        story.add(*answer.notes, at=now)
    raise AssertionError("does not come to rest")


def verbs(answer: Answer) -> list[Verb]:
    return [each.verb for each in answer.commands if each.verb in (Verb.POINT, Verb.START, Verb.STOP)]


def at_phase(phase: str, *, is_pointed: bool = True, is_started: bool = False) -> Story:
    story = Story().add(phase_entered("day-1", phase, why=""), at=GO_LIVE - 20 * MINUTE)
    acts = [("find_stream", {"stream": "stream-1"}), ("find", {"broadcast": "video-1", "bound": "stream-1"})]
    for verb, data in acts + ([("point", {"target": "key"})] if is_pointed else []):
        cue = START if verb == "point" else "day-1/broadcast/create/main"
        ids = {"show": "day-1", "cue": cue, "act": f"{cue}:{verb}#1"}
        story.add(Note(kind=INTENT, ids=ids, data={"verb": verb}))
        story.add(outcome("day-1", cue, ids["act"], verb, Result.DONE, **data))
    if is_started:
        story.add(cue_settled("day-1", START, End.DONE, at=GO_LIVE, planned=GO_LIVE, why=""))
    create = "day-1/broadcast/create/main"
    return story.add(cue_settled("day-1", create, End.DONE, at=GO_LIVE, planned=GO_LIVE, why=""))


def off(**more: str) -> Observed:
    return seen(studio(is_streaming=False, **more), on_youtube())


def test_the_key_is_given_ahead_of_standby() -> None:
    story = at_phase("ready", is_pointed=False)
    early = turn(story, off(target=""), POINT_AT - SECOND)
    assert verbs(early) == []
    assert POINT_AT in early.wakes
    assert verbs(turn(story, off(target=""), POINT_AT)) == [Verb.POINT]


def test_a_running_stream_is_not_pointed_elsewhere_ahead_of_standby() -> None:
    assert verbs(turn(at_phase("ready", is_pointed=False), seen(studio(target="x"), on_youtube()), POINT_AT)) == []


def test_the_key_is_given_ahead_once_and_never_while_another_show_has_the_stage() -> None:
    """Two shows that follow each other closely, with two keys, would take it from each other without end."""
    assert verbs(turn(at_phase("ready"), off(target="another show's"), POINT_AT)) == []
    assert verbs(turn(at_phase("standby"), off(target="another show's"), PLAN.standby_at)) == [Verb.POINT]
    for phase in ("standby", "live"):
        story = at_phase("ready", is_pointed=False).add(phase_entered("day-0", phase, why=""))
        assert verbs(turn(story, off(target=""), POINT_AT)) == []


def test_the_start_waits_for_standby_itself() -> None:
    story = at_phase("ready")
    early = turn(story, off(), PLAN.standby_at - 0.3 * SECOND)
    assert story.state.show("day-1").phase == "standby"
    assert verbs(early) == []
    assert PLAN.standby_at in early.wakes
    assert verbs(turn(story, off(), PLAN.standby_at)) == [Verb.START]


def test_another_key_is_replaced_before_the_start() -> None:
    assert verbs(turn(at_phase("standby"), off(target="other"), GO_LIVE - MINUTE)) == [Verb.POINT]


def test_a_start_is_done_when_obs_streams_to_our_key() -> None:
    story = at_phase("standby")
    assert verbs(turn(story, seen(studio(target="key"), on_youtube()), GO_LIVE - MINUTE)) == []
    assert story.state.show("day-1").settled[START].end is End.DONE


def test_a_stream_to_another_key_is_not_ours() -> None:
    story = at_phase("standby")
    assert verbs(turn(story, seen(studio(target="other"), on_youtube()), GO_LIVE - MINUTE)) == []
    assert START not in story.state.show("day-1").settled


def test_a_stream_that_runs_before_ours_was_known_is_compared() -> None:
    story = at_phase("standby", is_pointed=False)
    assert verbs(turn(story, seen(studio(target="key"), on_youtube()), GO_LIVE - MINUTE)) == [Verb.POINT]


def test_a_stream_stopped_by_hand_holds_the_lane_and_given_back_it_starts_again() -> None:
    story = at_phase("standby", is_started=True)
    assert verbs(turn(story, off(), GO_LIVE - MINUTE)) == []
    assert "encoder" in story.state.show("day-1").lanes_held
    story.add(lane_released("day-1", "encoder", why=""))
    assert verbs(turn(story, off(), GO_LIVE - MINUTE)) == [Verb.START]


@pytest.mark.parametrize("why", ["is_studio_fresh", "has_stream_failed"])
def test_a_stream_that_ended_without_a_hand_is_started_again(why: str) -> None:
    story = at_phase("standby", is_started=True)
    observed = seen(studio(is_streaming=False), on_youtube(), **{why: True})
    assert verbs(turn(story, observed, GO_LIVE - MINUTE)) == [Verb.START]
    assert story.state.show("day-1").lanes_held == {}


def test_the_stream_goes_on_until_the_platform_confirms_the_end_or_long_enough() -> None:
    def closing() -> Story:
        return at_phase("closing", is_started=True)

    away = seen(studio("Thank you", target="key"))
    story = closing()
    assert verbs(turn(story, away, PLAN.off_air + MINUTE)) == []
    assert verbs(turn(story, away, PLAN.off_air + STOP_WITHOUT_WORD_AFTER)) == [Verb.STOP]
    confirmed = closing()
    confirmed.add(cue_settled("day-1", "day-1/broadcast/complete/main", End.DONE, at=GO_LIVE, planned=GO_LIVE, why=""))
    assert verbs(turn(confirmed, away, PLAN.off_air)) == [Verb.STOP]
    turn(confirmed, off(), PLAN.off_air)
    assert confirmed.state.show("day-1").settled[STOP].end is End.DONE


def test_giving_up_counts_from_when_closing_began() -> None:
    story = at_phase("standby", is_started=True)
    late = PLAN.off_air + GIVE_UP_AFTER + MINUTE
    story.add(phase_entered("day-1", "closing", why="found late"), at=late)
    turn(story, seen(studio("Thank you", target="key")), late)
    assert story.state.show("day-1").phase == "closing"
    turn(story, seen(studio("Thank you", target="key")), late + GIVE_UP_AFTER)
    assert story.state.show("day-1").phase == "done"


def test_a_show_with_no_platform_leaves_the_encoder_alone() -> None:
    plan = show_plan(with_broadcast=False, with_posts=False)
    story = Story().add(phase_entered("day-1", "standby", why=""))
    answer = decide(plan, story.state, off(), now=GO_LIVE - MINUTE, arm_ahead=SECOND, busy=frozenset())
    assert verbs(answer) == []
