"""Which scene is asked for, and when is the program in somebody's hands?"""

from datetime import datetime
from typing import Any

from broadcaster.show.decide import decide
from broadcaster.show.observed import Observed
from broadcaster.show.records import (
    INTENT,
    LANE_HELD,
    SEGMENT_STARTED,
    End,
    Note,
    Result,
    cue_settled,
    lane_held,
    outcome,
    phase_entered,
    segment_started,
    stamp,
)
from broadcaster.show.turn import Answer, Command, Verb
from tests.plans import GO_LIVE, MINUTE, SECOND, Story, seen, show_plan, studio

PLAN = show_plan(with_broadcast=False, with_posts=False)
FILM, RUNWAY = "day-1/program/take/film", "day-1/program/take/runway"
AHEAD = 0.4 * SECOND


def turn(story: Story, observed: Observed, now: datetime, busy: frozenset[str] = frozenset()) -> Answer:
    """As the conductor does: record the notes and look again until there are none."""
    for _ in range(20):
        answer = decide(PLAN, story.state, observed, now=now, arm_ahead=AHEAD, busy=busy)
        if not answer.notes:
            return answer
        story.add(*answer.notes, at=now)
    raise AssertionError("does not come to rest")


def takes(answer: Answer) -> list[tuple[str, str]]:
    return [(each.cue, each.what) for each in answer.commands if each.verb is Verb.TAKE]


def settled(cue: str, end: End = End.DONE) -> Note:
    return cue_settled("day-1", cue, end, at=GO_LIVE, planned=GO_LIVE, why="test")


def on_film(**more: Any) -> Story:
    story = Story().add(phase_entered("day-1", "live", why=""))
    story.add(segment_started("day-1", "film", at=GO_LIVE, why=""))
    return story.add(settled("day-1/program/take/standby"), settled(FILM))


def held(story: Story) -> bool:
    return "program" in story.state.show("day-1").lanes_held


def test_a_cue_is_armed_ahead_with_its_instant() -> None:
    story = Story().add(phase_entered("day-1", "standby", why=""), settled("day-1/program/take/standby"))
    early = turn(story, seen(studio()), GO_LIVE - SECOND)
    assert early.commands == []
    assert GO_LIVE - AHEAD in early.wakes
    answer = turn(story, seen(studio()), GO_LIVE - AHEAD)
    assert [(each.cue, each.what, each.at) for each in answer.commands] == [(FILM, "Film", GO_LIVE)]


def test_a_take_under_way_is_not_asked_for_again() -> None:
    story = Story().add(phase_entered("day-1", "standby", why=""), settled("day-1/program/take/standby"))
    busy = frozenset({f"{FILM}:take"})
    assert takes(turn(story, seen(studio()), GO_LIVE, busy)) == []


def test_a_take_whose_outcome_was_lost_in_a_crash_is_done_if_its_scene_is_on_air() -> None:
    def cut_off() -> Story:
        story = Story().add(phase_entered("day-1", "live", why=""), settled("day-1/program/take/standby"))
        story.add(segment_started("day-1", "film", at=GO_LIVE, why=""))
        ids = {"show": "day-1", "cue": FILM, "act": f"{FILM}:take#1"}
        return story.add(Note(kind=INTENT, ids=ids, data={"verb": "take"}))

    there = cut_off()
    assert takes(turn(there, seen(studio("Film")), GO_LIVE + SECOND)) == []
    assert there.state.show("day-1").settled[FILM].end is End.DONE
    missing = cut_off()
    assert takes(turn(missing, seen(studio("Countdown")), GO_LIVE + SECOND)) == [(FILM, "Film")]


def test_a_refused_take_fails_and_a_failed_one_waits_for_its_back_off() -> None:
    def after(result: Result, **data: str) -> Story:
        story = Story().add(phase_entered("day-1", "live", why=""), settled("day-1/program/take/standby"))
        story.add(segment_started("day-1", "film", at=GO_LIVE, why=""))
        act = f"{FILM}:take#1"
        story.add(Note(kind=INTENT, ids={"show": "day-1", "cue": FILM, "act": act}, data={"verb": "take"}))
        return story.add(outcome("day-1", FILM, act, "take", result, reason="no such scene", **data))

    refused = after(Result.REFUSED)
    assert takes(turn(refused, seen(studio()), GO_LIVE + SECOND)) == []
    assert refused.state.show("day-1").settled[FILM].why == "no such scene"
    retry_at = GO_LIVE + 5 * SECOND
    failed = after(Result.FAILED, retry_at=stamp(retry_at))
    waiting = turn(failed, seen(studio()), GO_LIVE + SECOND)
    assert takes(waiting) == []
    assert retry_at in waiting.wakes
    assert [each.verb for each in waiting.waiting] == [Verb.TAKE]
    assert takes(turn(failed, seen(studio()), retry_at)) == [(FILM, "Film")]


def test_nothing_is_asked_of_a_studio_that_is_away() -> None:
    story = on_film()
    answer = turn(story, Observed(), GO_LIVE + 2 * MINUTE)
    assert answer.commands == []
    assert not held(story)


def test_another_scene_than_wanted_is_a_hand_and_is_noted_once() -> None:
    story = on_film()
    for second in (30, 40, 50):
        answer = turn(story, seen(studio("Talk")), GO_LIVE + second * SECOND)
        assert answer.commands == []
    assert held(story)
    assert [record.kind for record in story.records].count(LANE_HELD) == 1


def test_a_hold_until_the_next_cue_is_released_by_it_and_one_until_released_is_not() -> None:
    for until, expected in (("next_cue", [(RUNWAY, "Runway")]), ("released", [])):
        story = on_film().add(lane_held("day-1", "program", by="hand", why="", until=until), at=GO_LIVE + SECOND)
        assert takes(turn(story, seen(studio("Talk")), GO_LIVE + 2 * MINUTE)) == expected
        assert held(story) is (until == "released")


def test_a_studio_back_from_the_dead_is_put_right_and_one_that_still_streams_is_not() -> None:
    dead = seen(studio("Talk", is_streaming=False), is_studio_fresh=True)
    assert takes(turn(on_film(), dead, GO_LIVE + 30 * SECOND)) == [(FILM, "Film")]
    alive = on_film()
    assert takes(turn(alive, seen(studio("Talk"), is_studio_fresh=True), GO_LIVE + 30 * SECOND)) == []
    assert held(alive)


def test_a_late_start_passes_over_what_is_past() -> None:
    plan_start = GO_LIVE + 3 * MINUTE
    story = Story()
    answer = turn(story, seen(studio("Somewhere else")), plan_start)
    assert takes(answer) == [(RUNWAY, "Runway")]
    state = story.state.show("day-1")
    assert {cue.rpartition("/")[2] for cue, end in state.settled.items() if end.end is End.SKIPPED} >= {
        "film",
        "standby",
    }
    started = [record.ids["segment"] for record in story.records if record.kind == SEGMENT_STARTED]
    assert started == ["runway"]  # its wall is past: film is not even begun


def test_a_cue_that_was_on_air_already_counts_from_when_it_was_due() -> None:
    story = Story().add(phase_entered("day-1", "live", why=""), settled("day-1/program/take/standby"))
    early = GO_LIVE + MINUTE
    story.add(segment_started("day-1", "film", at=GO_LIVE, why=""), settled(FILM))
    story.add(segment_started("day-1", "runway", at=early, why="GO"))
    turn(story, seen(studio("Runway")), early)
    assert story.state.show("day-1").settled[RUNWAY].at == early


def test_a_command_names_what_is_tried() -> None:
    command = Command(show="day-1", cue=FILM, verb=Verb.TAKE, why="")
    assert command.name == f"{FILM}:take"
