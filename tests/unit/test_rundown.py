"""Which segment is on, which is next, and when?"""

from datetime import datetime

from broadcaster.season.plan import Late, LateRule, SegmentPlan, ShowPlan
from broadcaster.show.orders import Word
from broadcaster.show.records import COMMAND_GIVEN, Note, segment_started
from broadcaster.show.rundown import Rundown, rundown
from tests.plans import GO_LIVE, LATE_ASK, MINUTE, SECOND, Story, segment, show_plan

PLAN = show_plan()


def word(verb: Word, **data: str) -> Note:
    return Note(kind=COMMAND_GIVEN, ids={"show": "day-1"}, data={"verb": verb, "who": "Aigul", **data})


def begun(name: str, at: datetime) -> Note:
    return segment_started("day-1", name, at=at, why="test")


def at(story: Story, now: datetime, plan: ShowPlan = PLAN) -> Rundown:
    return rundown(plan, story.state.show("day-1"), now)


def test_before_the_show_the_first_segment_is_due_at_go_live() -> None:
    view = at(Story(), GO_LIVE - 5 * MINUTE)
    assert view.current is None
    assert view.next is not None
    assert (view.next.segment.id, view.next.due) == ("film", GO_LIVE)
    assert view.expected_end == PLAN.end


def test_the_wall_does_not_move_when_the_segment_before_it_is_late() -> None:
    view = at(Story().add(begun("film", GO_LIVE + 90 * SECOND)), GO_LIVE + 91 * SECOND)
    assert view.current_until == GO_LIVE + 210 * SECOND
    assert view.next is not None
    assert (view.next.segment.id, view.next.due) == ("runway", GO_LIVE + 2 * MINUTE)


def test_soft_segments_follow_a_late_one() -> None:
    plan = show_plan(segments=(segment("a", "Film", GO_LIVE), segment("b", "Talk", GO_LIVE + 2 * MINUTE)))
    view = at(Story().add(begun("a", GO_LIVE + MINUTE)), GO_LIVE + 2 * MINUTE, plan)
    assert view.next is not None
    assert view.next.due == GO_LIVE + 3 * MINUTE
    assert view.expected_end == plan.end + MINUTE


def test_a_manual_segment_waits_for_go() -> None:
    story = Story().add(begun("film", GO_LIVE), begun("runway", GO_LIVE + 2 * MINUTE))
    view = at(story, GO_LIVE + 5 * MINUTE)
    assert view.next is not None
    assert (view.next.due, view.next.expected, view.next.at_latest) == (None, GO_LIVE + 5 * MINUTE, None)
    assert view.expected_end == GO_LIVE + 7 * MINUTE


def with_manual(late: LateRule) -> ShowPlan:
    return show_plan(
        segments=(
            segment("a", "Film", GO_LIVE),
            segment("b", "Talk", GO_LIVE + 2 * MINUTE, is_manual=True, late=late),
            segment("c", "Runway", GO_LIVE + 6 * MINUTE, is_hard=True),
        )
    )


def test_a_manual_segment_that_may_fire_begins_when_its_grace_is_over() -> None:
    plan = with_manual(LateRule(grace=30 * SECOND, then=Late.FIRE))
    story, latest = Story().add(begun("a", GO_LIVE)), GO_LIVE + 150 * SECOND
    waiting = at(story, GO_LIVE + 140 * SECOND, plan).next
    assert waiting is not None
    assert (waiting.due, waiting.at_latest) == (None, latest)
    fired = at(story, latest, plan).next
    assert fired is not None
    assert (fired.due, fired.why) == (latest, "no GO in time")


def test_a_wall_overtakes_a_segment_that_waits_for_go() -> None:
    story = Story().add(begun("a", GO_LIVE))
    view = at(story, GO_LIVE + 6 * MINUTE, with_manual(LATE_ASK))
    assert view.next is not None
    assert (view.next.segment.id, view.next.due) == ("c", GO_LIVE + 6 * MINUTE)


def test_a_wall_can_be_armed_ahead_of_its_instant() -> None:
    story = Story().add(begun("a", GO_LIVE))
    now = GO_LIVE + 6 * MINUTE - 0.4 * SECOND
    plan = with_manual(LATE_ASK)
    assert at(story, now, plan).next.segment.id == "b"  # type: ignore[union-attr]
    armed = rundown(plan, story.state.show("day-1"), now, ahead=0.4 * SECOND).next
    assert armed is not None
    assert (armed.segment.id, armed.due) == ("c", GO_LIVE + 6 * MINUTE)


def test_a_soft_segment_with_no_room_before_the_wall_is_not_next() -> None:
    plan = show_plan(
        segments=(
            segment("a", "Film", GO_LIVE),
            segment("b", "Talk", GO_LIVE + 2 * MINUTE),
            segment("c", "Runway", GO_LIVE + 4 * MINUTE, is_hard=True),
        )
    )
    view = at(Story().add(begun("a", GO_LIVE + 150 * SECOND)), GO_LIVE + 160 * SECOND, plan)
    assert view.next is not None
    assert (view.next.segment.id, view.next.due) == ("c", GO_LIVE + 4 * MINUTE)


def test_a_hold_freezes_what_is_left_and_ripples() -> None:
    plan = show_plan(segments=(segment("a", "Film", GO_LIVE), segment("b", "Talk", GO_LIVE + 2 * MINUTE)))
    story = Story().add(begun("a", GO_LIVE)).add(word(Word.HOLD), at=GO_LIVE + 60 * SECOND)
    held = at(story, GO_LIVE + 90 * SECOND, plan)
    assert held.next is not None
    assert held.next.due is None
    assert held.current_until == GO_LIVE + 150 * SECOND
    story.add(word(Word.RESUME), at=GO_LIVE + 100 * SECOND)
    resumed = at(story, GO_LIVE + 110 * SECOND, plan)
    assert resumed.next is not None
    assert resumed.next.due == GO_LIVE + 160 * SECOND
    assert resumed.expected_end == plan.end + 40 * SECOND


def test_a_hold_over_go_live_starts_the_show_at_the_resume() -> None:
    story = Story().add(word(Word.HOLD), at=GO_LIVE - 10 * SECOND).add(word(Word.RESUME), at=GO_LIVE + 20 * SECOND)
    view = at(story, GO_LIVE + 20 * SECOND)
    assert view.next is not None
    assert view.next.due == GO_LIVE + 20 * SECOND


def test_a_held_last_segment_never_ends_by_itself() -> None:
    story = Story().add(begun("talk", GO_LIVE)).add(word(Word.HOLD), at=GO_LIVE + MINUTE)
    assert not at(story, GO_LIVE + 60 * MINUTE).is_over


def test_skip_drops_the_next_segment() -> None:
    story = Story().add(begun("film", GO_LIVE), word(Word.SKIP, segment="runway"))
    view = at(story, GO_LIVE + MINUTE)
    assert view.next is not None
    assert view.next.segment.id == "talk"


def test_end_ends_the_rundown_at_once() -> None:
    story = Story().add(begun("film", GO_LIVE)).add(word(Word.END), at=GO_LIVE + MINUTE)
    view = at(story, GO_LIVE + MINUTE)
    assert view.is_over
    assert view.expected_end == GO_LIVE + MINUTE


def test_the_rundown_is_over_once_the_last_segment_has_had_its_time() -> None:
    last: SegmentPlan = PLAN.segments[-1]
    story = Story().add(begun(last.id, GO_LIVE + 5 * MINUTE))
    assert not at(story, GO_LIVE + 7 * MINUTE - SECOND).is_over
    assert at(story, GO_LIVE + 7 * MINUTE).is_over


def test_everything_skipped_ends_at_the_planned_end() -> None:
    story = Story().add(*(word(Word.SKIP, segment=each.id) for each in PLAN.segments))
    assert at(story, GO_LIVE).expected_end == PLAN.end
    assert at(story, PLAN.end).is_over
