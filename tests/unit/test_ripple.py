"""What a delay moves, what stays, and that it is done as it was shown."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.season.plan import Cue, GuestPlan, Lane, Overrun, Plan, SegmentPlan, ShowPlan
from broadcaster.show.commands import NotNow, Stale, operate
from broadcaster.show.expected import SHORTEST_PART, Standing, lay_out
from broadcaster.show.orders import Order, Word
from broadcaster.show.records import (
    INTENT,
    Note,
    Result,
    outcome,
    phase_entered,
    segment_started,
    stamp,
)
from broadcaster.show.ripple import Ripple, preview
from broadcaster.show.rundown import rundown
from broadcaster.show.state import ShowState
from tests.plans import GO_LIVE, MINUTE, SECOND, Story, season_plan, segment, show_plan

H = timedelta(hours=1)


def rule(one: SegmentPlan, overrun: Overrun) -> SegmentPlan:
    return replace(one, overrun=overrun)


def evening(overrun: Overrun = Overrun.CUT) -> Plan:
    """Film and talk, ten minutes each, then a wall at +20, then a soft one."""
    return season_plan(
        show_plan(
            segments=(
                rule(segment("film", "Film", GO_LIVE, 10), overrun),
                rule(segment("talk", "Talk", GO_LIVE + 10 * MINUTE, 10), overrun),
                segment("runway", "Runway", GO_LIVE + 20 * MINUTE, 10, is_hard=True),
                segment("music", "Film", GO_LIVE + 30 * MINUTE, 10),
            )
        )
    )


def on_film(plan: Plan) -> Story:
    story = Story().add(phase_entered("day-1", "live", why=""))
    return story.add(segment_started("day-1", "film", at=GO_LIVE, why=""))


def order(word: Word, by: str = "", **more: Any) -> Order:
    return Order(word=word, who="Aigul", source="test", by=by, **more)


def look(plan: Plan, story: Story, word: Word, by: str = "", now: datetime = GO_LIVE + MINUTE, **more: Any) -> Ripple:
    return preview(plan, story.state, order(word, by, **more), (), now)


def do(plan: Plan, story: Story, word: Word, by: str = "", now: datetime = GO_LIVE + MINUTE, **more: Any) -> None:
    story.add(*operate(plan, story.state, order(word, by, **more), (), now), at=now)


def starts(found: Ripple) -> dict[str, int]:
    return {each.id: round((each.start - GO_LIVE) / MINUTE) for each in found.segments}


def test_a_delay_in_the_show_holds_the_segment_on_air_and_moves_what_is_soft() -> None:
    plan = evening()
    found = look(plan, on_film(plan), Word.DELAY, "3m")
    assert starts(found) == {"film": 0, "talk": 13, "runway": 20, "music": 30}
    assert [each.id for each in found.moving] == ["talk"]
    assert [each.id for each in found.walls] == ["runway"]
    assert found.conflicts == ("talk runs 3m into runway at 19:20: cut (cut)",)
    assert found.end == found.planned_end
    assert (found.youtube, found.posts, found.corrections, found.tell) == ((), (), (), ())
    assert "1 segment moves by +3m, 1 wall stays" in found.in_a_line()


def test_push_moves_the_wall_and_all_behind_it() -> None:
    plan = evening(Overrun.PUSH)
    found = look(plan, on_film(plan), Word.DELAY, "3m")
    assert starts(found) == {"film": 0, "talk": 13, "runway": 23, "music": 33}
    assert found.conflicts == ("the wall of runway is pushed by 3m, to 19:23",)
    assert found.over_by == 3 * MINUTE


def test_shorten_shortens_what_has_not_begun_and_the_wall_stays() -> None:
    plan = evening(Overrun.SHORTEN)
    found = look(plan, on_film(plan), Word.DELAY, "3m")
    assert starts(found) == {"film": 0, "talk": 13, "runway": 20, "music": 30}
    assert found.conflicts == ("talk is shortened by 3m, to 7m",)


def test_shorten_goes_no_lower_than_half_and_cuts_the_rest() -> None:
    plan = evening(Overrun.SHORTEN)
    found = look(plan, on_film(plan), Word.DELAY, "8m")
    assert "talk is shortened by 5m, to 5m" in found.conflicts
    assert "talk runs 3m into runway at 19:20: cut (shorten)" in found.conflicts


def test_shorten_shares_the_loss_in_proportion_and_keeps_to_it_once_begun() -> None:
    plan = season_plan(
        show_plan(
            segments=(
                segment("film", "Film", GO_LIVE, 4),
                rule(segment("a", "Talk", GO_LIVE + 4 * MINUTE, 8), Overrun.SHORTEN),
                rule(segment("b", "Film", GO_LIVE + 12 * MINUTE, 4), Overrun.SHORTEN),
                segment("wall", "Runway", GO_LIVE + 16 * MINUTE, 4, is_hard=True),
            )
        )
    )
    story = on_film(plan)
    do(plan, story, Word.EXTEND, "3m")
    show, now = plan.shows[0], GO_LIVE + 7 * MINUTE
    a, b = (rundown(show, story.state.show("day-1"), now).plan.segments[place] for place in (1, 2))
    assert (a.duration, b.duration) == (6 * MINUTE, 3 * MINUTE)
    do(plan, story, Word.GO, now=now)
    view = rundown(show, story.state.show("day-1"), now + 5 * MINUTE)
    assert view.current_until == now + 6 * MINUTE
    assert view.plan.segments[2].duration == 3 * MINUTE


def test_a_segment_with_no_room_left_is_dropped_and_named() -> None:
    plan = evening()
    found = look(plan, on_film(plan), Word.DELAY, "11m")
    assert "talk is dropped: no room is left before runway at 19:20" in found.conflicts
    assert {each.id: each.standing for each in found.segments}["talk"] is Standing.DROPPED


def test_a_delay_before_the_show_moves_go_live_the_broadcast_and_the_posts_that_lead_up_to_it() -> None:
    plan = evening()
    show = plan.shows[0]
    cues = tuple(replace(cue, follows_live=True) if cue.subject == "soon" else cue for cue in show.cues)
    plan = season_plan(replace(show, cues=cues))
    story = Story().add(phase_entered("day-1", "ready", why=""))
    now = GO_LIVE - H
    found = look(plan, story, Word.DELAY, "12m", now)
    assert found.live == GO_LIVE + 12 * MINUTE
    assert starts(found) == {"film": 12, "talk": 22, "runway": 20, "music": 30}
    assert found.youtube == ("scheduledStartTime of the broadcast, once it is made: 19:00 -> 19:12",)
    assert "soon to telegram/en moves to 18:57" in found.posts
    do(plan, story, Word.DELAY, "12m", now)
    moved = rundown(plan.shows[0], story.state.show("day-1"), now).plan
    assert moved.standby_at == show.standby_at + 12 * MINUTE
    assert moved.broadcast is not None
    assert moved.broadcast.scheduled_start == GO_LIVE + 12 * MINUTE
    soon = next(cue for cue in moved.cues if cue.subject == "soon")
    assert soon.at == GO_LIVE - 3 * MINUTE
    assert rundown(plan.shows[0], story.state.show("day-1"), now).next.due == GO_LIVE + 12 * MINUTE  # type: ignore[union-attr]


def test_a_post_that_is_out_with_the_old_time_needs_a_correction() -> None:
    plan = evening()
    show = plan.shows[0]

    def told(cue: Cue) -> Cue:
        is_told = cue.lane is Lane.POSTS and cue.subject == "soon"
        if not is_told or cue.post is None:
            return cue
        return replace(cue, post=replace(cue.post, text="{{ go_live | local_time }}"))

    plan = season_plan(replace(show, cues=tuple(told(cue) for cue in show.cues)))
    out = "day-1/posts/post/soon/telegram/en"
    ids, told = {"show": "day-1", "cue": out, "act": "1"}, {"text": "22:00", "go_live": stamp(GO_LIVE)}
    story = Story().add(phase_entered("day-1", "standby", why=""))
    story.add(Note(kind=INTENT, ids=ids, data={"verb": "post", "told": told}))
    story.add(outcome("day-1", out, "1", "post", Result.DONE, post="m1", text="22:00"))
    found = look(plan, story, Word.DELAY, "5m", GO_LIVE - 5 * MINUTE)
    assert found.corrections == ("soon to telegram/en is out with the old time: it is edited",)
    story.add(outcome("day-1", out, "2", "edit", Result.REFUSED))
    found = look(plan, story, Word.DELAY, "5m", GO_LIVE - 5 * MINUTE)
    assert found.corrections == (
        "soon to telegram/en is out with the old time: another post with the new one follows it",
    )


def test_guests_of_moved_segments_are_to_be_told_on_their_own_clock() -> None:
    guest = GuestPlan(id="g", name="Giulia", zone="Europe/Rome")
    show = evening().shows[0]
    segments = tuple(replace(each, guests=(guest,)) if each.id == "talk" else each for each in show.segments)
    plan = season_plan(replace(show, segments=segments))
    found = look(plan, on_film(plan), Word.EXTEND, "2m")
    assert found.tell == ("Giulia: talk begins at 16:12 Europe/Rome (+2m)",)


def test_a_wall_that_is_named_moves_and_never_past_its_neighbours() -> None:
    plan = evening()
    found = look(plan, on_film(plan), Word.DELAY, "4m", segment="runway")
    assert starts(found) == {"film": 0, "talk": 10, "runway": 24, "music": 34}
    with pytest.raises(NotNow, match="`go` starts it now"):
        look(plan, on_film(plan), Word.DELAY, "-30m", segment="runway")


def test_a_soft_segment_that_is_named_begins_later_by_keeping_the_one_before() -> None:
    plan = evening()
    found = look(plan, on_film(plan), Word.DELAY, "2m", segment="music")
    assert starts(found) == {"film": 0, "talk": 10, "runway": 20, "music": 32}


def test_start_now_and_skip_are_previewed_too() -> None:
    plan = evening()
    assert starts(look(plan, on_film(plan), Word.GO))["talk"] == 1
    assert {each.id: each.standing for each in look(plan, on_film(plan), Word.SKIP).segments}[
        "talk"
    ] is Standing.SKIPPED


def test_what_cannot_be_moved_is_refused_with_the_reason() -> None:
    plan = evening()
    with pytest.raises(NotNow, match="has 9m left: `go` starts the next segment now"):
        look(plan, on_film(plan), Word.EXTEND, "-10m")
    with pytest.raises(NotNow, match="film has begun already"):
        look(plan, on_film(plan), Word.DELAY, "5m", segment="film")
    with pytest.raises(NotNow, match="did you mean 'runway'"):
        look(plan, on_film(plan), Word.EXTEND, "5m", segment="runwey")
    with pytest.raises(NotNow, match="`skip` it"):
        look(plan, on_film(plan), Word.EXTEND, "-10m", segment="talk")
    ready = Story().add(phase_entered("day-1", "ready", why=""))
    with pytest.raises(NotNow, match="cannot be brought forward by 6m"):
        look(plan, ready, Word.DELAY, "-6m", GO_LIVE - 5 * MINUTE)
    with pytest.raises(NotNow, match="name one, or `delay` the show"):
        look(plan, ready, Word.EXTEND, "6m", GO_LIVE - 5 * MINUTE)
    with pytest.raises(Stale):
        look(plan, on_film(plan), Word.DELAY, "5m", revision=1)
    closing = Story().add(phase_entered("day-1", "closing", why=""))
    with pytest.raises(NotNow, match="nothing left to move"):
        look(plan, closing, Word.DELAY, "5m")


def test_two_shows_on_one_encoder_that_a_delay_makes_meet_are_named() -> None:
    first = evening().shows[0]
    plan = season_plan(first, show_plan("day-2", go_live=GO_LIVE + H))
    ready = Story().add(phase_entered("day-1", "ready", why=""))
    found = look(plan, ready, Word.DELAY, "3h", GO_LIVE - H)
    assert any("after the standby of day-2" in each for each in found.conflicts)


# -- properties -------------------------------------------------------------------------------------------------------


@st.composite
def shows(draw: st.DrawFn) -> ShowPlan:
    """A rundown of soft and hard segments that fits its walls, as the rules of a season demand."""
    segments: list[SegmentPlan] = []
    cursor = GO_LIVE
    for number in range(draw(st.integers(2, 9))):
        is_hard = number > 0 and draw(st.booleans())
        if is_hard:
            cursor += draw(st.integers(0, 5)) * MINUTE
        minutes = draw(st.integers(1, 30))
        overrun = draw(st.sampled_from(list(Overrun)))
        segments.append(rule(segment(f"s{number}", "Film", cursor, minutes, is_hard=is_hard), overrun))
        cursor += minutes * MINUTE
    return show_plan(segments=segments)


SPANS = st.integers(-20, 40).filter(bool)


def running(show: ShowPlan, begun: int) -> Story:
    story = Story().add(phase_entered("day-1", "live" if begun else "ready", why=""))
    for each in show.segments[:begun]:
        story.add(segment_started("day-1", each.id, at=each.start, why=""), at=each.start)
    return story


def state_of(story: Story) -> ShowState:
    return story.state.show("day-1")


@settings(max_examples=150, deadline=None)
@given(show=shows(), begun=st.integers(0, 3), minutes=SPANS, seconds_in=st.integers(0, 50), data=st.data())
def test_the_preview_is_what_the_order_does_and_a_look_changes_nothing(
    show: ShowPlan, begun: int, minutes: int, seconds_in: int, data: st.DataObject
) -> None:
    begun = min(begun, len(show.segments) - 1)
    plan, story = season_plan(show), running(show, begun)
    now = show.segments[begun - 1].start + seconds_in * SECOND if begun else GO_LIVE - H
    named = data.draw(st.sampled_from(["", *(each.id for each in show.segments)]))
    word = data.draw(st.sampled_from([Word.DELAY, Word.EXTEND]))
    before = story.state
    try:
        shown = look(plan, story, word, f"{minutes}m", now, segment=named)
    except NotNow:
        with pytest.raises(NotNow):
            do(plan, story, word, f"{minutes}m", now, segment=named)
        return
    assert story.state == before
    do(plan, story, word, f"{minutes}m", now, segment=named)
    slots = lay_out(show, state_of(story), now)
    assert [(each.id, each.start, each.end) for each in shown.segments] == [
        (slot.segment.id, slot.start, slot.until) for slot in slots
    ]
    view = rundown(show, state_of(story), now)
    assert (shown.live, shown.end) == (view.plan.go_live, view.expected_end)


@settings(max_examples=150, deadline=None)
@given(show=shows(), begun=st.integers(0, 3), minutes=st.integers(1, 40))
def test_a_delay_keeps_order_walls_and_lengths_unless_a_rule_says_otherwise(
    show: ShowPlan, begun: int, minutes: int
) -> None:
    begun = min(begun, len(show.segments) - 1)
    plan, story = season_plan(show), running(show, begun)
    now = show.segments[begun - 1].start if begun else GO_LIVE - H
    do(plan, story, Word.DELAY, f"{minutes}m", now)
    slots = lay_out(show, state_of(story), now)
    coming = [slot for slot in slots if slot.standing is Standing.COMING]
    assert [slot.segment.id for slot in slots] == [each.id for each in show.segments]
    assert all(one.until <= other.start for one, other in pairwise(coming))
    delayed = rundown(show, state_of(story), now).plan.go_live
    for slot in coming:
        planned = slot.segment.duration
        assert slot.end - slot.start == planned - slot.shortened_by
        assert slot.shortened_by <= planned - planned // SHORTEST_PART + timedelta(microseconds=1)
        if slot.segment.is_hard:
            wall = slot.segment.start if begun else max(slot.segment.start, delayed)
            assert slot.due >= wall + slot.pushed_by
            assert slot.pushed_by >= timedelta()
    rules = {each.overrun for each in show.segments}
    if Overrun.PUSH not in rules:
        assert not any(slot.pushed_by for slot in coming)
        walls = [slot for slot in coming if slot.segment.is_hard]
        assert all(slot.due == (slot.segment.start if begun else max(slot.segment.start, delayed)) for slot in walls)
    if Overrun.SHORTEN not in rules:
        assert not any(slot.shortened_by for slot in slots)


@settings(max_examples=150, deadline=None)
@given(show=shows(), begun=st.integers(0, 3), minutes=st.integers(1, 40), data=st.data())
def test_a_delay_and_its_negative_give_the_same_rundown(
    show: ShowPlan, begun: int, minutes: int, data: st.DataObject
) -> None:
    begun = min(begun, len(show.segments) - 1)
    plan, story = season_plan(show), running(show, begun)
    now = show.segments[begun - 1].start if begun else GO_LIVE - H
    named = data.draw(st.sampled_from(["", *(each.id for each in show.segments)]))
    before = lay_out(show, state_of(story), now), rundown(show, state_of(story), now)
    try:
        do(plan, story, Word.DELAY, f"{minutes}m", now, segment=named)
        do(plan, story, Word.DELAY, f"-{minutes}m", now, segment=named)
    except NotNow:
        return
    after = lay_out(show, state_of(story), now), rundown(show, state_of(story), now)
    assert after[0] == before[0]
    assert (after[1].expected_end, after[1].next) == (before[1].expected_end, before[1].next)
