"""When is each segment expected to begin and end, by the plan, the orders, and what has happened?

Soft segments follow the one before; walls stay where they are. Where a segment would still be on air at a wall, its
own `overrun` rule decides: `cut` ends it there, `push` moves the wall to the end of all that comes before it,
`shorten` shortens what has not begun before the wall, each in proportion and to no less than half.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from broadcaster.season.plan import Action, Cue, Lane, Late, LateRule, Overrun, SegmentPlan, ShowPlan, Trigger
from broadcaster.show.state import ShowState

SHORTEST_PART = 2
"""A segment is shortened to no less than its length divided by this."""


class Standing(StrEnum):
    """Where a segment stands in the rundown."""

    OVER = "over"
    ON_AIR = "on air"
    COMING = "coming"
    SKIPPED = "skipped"
    DROPPED = "dropped"
    """No room is left for it before the wall after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One segment's place in time.

    `due` is when it should begin; `start` is later while it waits. `end` is when it would end by itself, `until` when
    it leaves the air.
    """

    segment: SegmentPlan
    due: datetime
    start: datetime
    end: datetime
    until: datetime
    standing: Standing
    shortened_by: timedelta = timedelta()
    pushed_by: timedelta = timedelta()

    @property
    def cut_by(self) -> timedelta:
        """How much of it the next wall takes away."""
        return max(self.end - self.until, timedelta())

    @property
    def is_to_come(self) -> bool:
        """It has not begun, and will."""
        return self.standing is Standing.COMING


def expected(plan: ShowPlan, state: ShowState, now: datetime) -> ShowPlan:
    """The plan as it is expected to go: go-live, walls, lengths and the posts that lead up to go-live.

    Times that only lateness has moved stay as planned, apart from walls that are pushed; see rundown.
    """
    shifts = state.shifts
    plan = _as_told(_with_aired(plan, state), state)
    is_as_planned = (
        shifts.are_none
        and all(segment.overrun is Overrun.CUT for segment in plan.segments)
        and not _is_current_changed(plan, state)
    )
    if is_as_planned:
        return plan
    slots = {slot.segment.id: slot for slot in lay_out(plan, state, now)}
    segments = tuple(_as_laid(slots[segment.id], state) for segment in plan.segments)
    if shifts.are_none and all(laid is segment for laid, segment in zip(segments, plan.segments, strict=True)):
        return plan
    end = segments[-1].end if segments else plan.end
    broadcast = plan.broadcast and replace(plan.broadcast, scheduled_start=plan.broadcast.scheduled_start + shifts.live)
    standby_at = plan.standby_at + shifts.standby
    return replace(
        plan,
        prepare_at=plan.prepare_at + min(shifts.live, timedelta()),
        standby_at=standby_at,
        go_live=plan.go_live + shifts.live,
        end=end,
        off_air=end + (plan.off_air - plan.end),
        broadcast=broadcast,
        segments=segments,
        cues=_moved_cues(_Same(plan.cues), plan.go_live + shifts.live, shifts.live, shifts.standby),
    )


def _as_told(plan: ShowPlan, state: ShowState) -> ShowPlan:
    """With what texts say of it: the go-live that was planned first, and whether it is cancelled."""
    first = state.first_live or plan.go_live
    planned = first if first != plan.go_live + state.shifts.live else None
    is_cancelled = plan.is_cancelled or state.cancelled_at is not None
    if (planned, is_cancelled) == (plan.planned_live, plan.is_cancelled):
        return plan
    return replace(plan, planned_live=planned, is_cancelled=is_cancelled)


def _as_laid(slot: Slot, state: ShowState) -> SegmentPlan:
    """The segment at its expected time; waiting and holds are reckoned by the rundown."""
    if slot.standing not in (Standing.ON_AIR, Standing.COMING, Standing.DROPPED):
        return slot.segment
    segment = slot.segment
    end = slot.due + (aired_for(segment, state) if slot.standing is Standing.ON_AIR else slot.end - slot.start)
    if (slot.due, end) == (segment.start, segment.end):
        return segment
    return replace(segment, start=slot.due, end=end)


class _Same:
    """Cues by which they are, not by what they hold: a plan is never changed, only replaced."""

    def __init__(self, cues: tuple[Cue, ...]) -> None:
        self.cues = cues

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.cues is self.cues

    def __hash__(self) -> int:
        return id(self.cues)


@lru_cache(maxsize=128)
def _moved_cues(cues: _Same, go_live: datetime, live: timedelta, standby: timedelta) -> tuple[Cue, ...]:
    """The cues of a show that was moved so; kept, since a show is looked at many times and may have many posts."""
    return tuple(_moved(cue, go_live, live, standby) for cue in cues.cues) if live or standby else cues.cues


def _moved(cue: Cue, go_live: datetime, live: timedelta, standby: timedelta) -> Cue:
    if cue.follows_live or cue.trigger is Trigger.LIVE or cue.action is Action.LIVE:
        return _later(cue, live, go_live) if live else cue
    is_standby = cue.action is Action.START or (cue.lane is Lane.PROGRAM and cue.subject == "standby")
    return replace(cue, at=cue.at + standby) if is_standby and standby else cue


def _later(cue: Cue, by: timedelta, go_live: datetime) -> Cue:
    """The cue moved; a post that would come into its readers' quiet hours waits for their end.

    What is told ahead of the show does not wait past its go-live, but is left out; see season.posts.hours_of.
    """
    if cue.post is None:
        return replace(cue, at=cue.at + by)
    wanted, post = (cue.post.wanted_at or cue.at) + by, cue.post
    until = None if cue.is_left_out_when_quiet else cue.quiet_until(wanted)
    if until is not None and post.quiet is not None and wanted < go_live <= until:
        until, post = None, replace(post, quiet=replace(post.quiet, skips=True))
    return replace(cue, at=until or wanted, post=replace(post, wanted_at=wanted if until is not None else None))


def lay_out(plan: ShowPlan, state: ShowState, now: datetime) -> tuple[Slot, ...]:
    """Every segment's place, in the rundown's order."""
    plan = _with_aired(plan, state)
    current = current_segment(plan, state)
    place = plan.segments.index(current) if current else -1
    passed = tuple(_passed(plan, state, place, now))
    on_air = passed[-1] if current else None
    go_live = plan.go_live + state.shifts.live
    cursor = on_air.end if on_air else resumed_at(state, go_live)
    block: list[Slot] = [on_air] if on_air else []
    laid: list[Slot] = list(passed[:-1]) if on_air else list(passed)
    is_next, last_wall = True, on_air.start if on_air else go_live
    for segment in plan.segments[place + 1 :]:
        if segment.id in state.skipped or segment.id in state.started:
            is_skipped = segment.id in state.skipped
            block.append(_slot(segment, cursor, Standing.SKIPPED if is_skipped else Standing.OVER, timedelta()))
            continue
        lasts = max(segment.duration + state.shifts.longer.get(segment.id, timedelta()), timedelta())
        start = cursor
        if segment.is_hard:
            wall = segment.start + state.shifts.walls.get(segment.id, timedelta())
            # never before go-live, nor before the wall above it, however far that was pushed
            wall = max(wall, last_wall)
            kept, start = _meet_wall(block, wall, cursor, behind=laid)
            start = resumed_at(state, start) if is_next else start
            laid += kept
            block, last_wall = [], start
        due = start
        if is_next and (state.is_held or segment.is_manual):
            start = max(start, now)  # it waits, and so does what follows
        is_next = False
        slot = _slot(segment, start, Standing.COMING, lasts)
        if due != start:
            slot = replace(slot, due=due)
        if segment.is_hard and due != wall:
            slot = replace(slot, pushed_by=due - wall)
        block.append(slot)
        cursor = slot.end
    return (*laid, *block)


def resumed_at(state: ShowState, due: datetime) -> datetime:
    """The end of the hold that lay over `due`, or `due` itself."""
    for hold in state.holds:
        if hold.until and hold.since <= due <= hold.until:
            return hold.until
    return due


def _slot(segment: SegmentPlan, start: datetime, standing: Standing, lasts: timedelta) -> Slot:
    end = start + lasts
    return Slot(segment=segment, due=start, start=start, end=end, until=end, standing=standing)


def _meet_wall(
    block: list[Slot], wall: datetime, cursor: datetime, *, behind: list[Slot]
) -> tuple[list[Slot], datetime]:
    """The segments before a wall as the rule of the one on air there has them, and where the wall then stands.

    That one may be `behind` an earlier wall, which it has pushed this far.
    """
    over = next((slot for slot in (*behind, *block) if slot.due < wall < slot.until), None)
    if over is None or cursor <= wall:
        return [_cut(slot, wall) for slot in block], wall
    if over.segment.overrun is Overrun.PUSH:
        return block, cursor
    if over.segment.overrun is Overrun.SHORTEN:
        block = _shorten(block, wall)
    return [_cut(slot, wall) for slot in block], wall


def _cut(slot: Slot, wall: datetime) -> Slot:
    if slot.end <= wall and slot.start < wall:
        return slot
    if slot.standing is Standing.COMING and slot.start >= wall:
        return replace(slot, standing=Standing.DROPPED, until=slot.start)
    return replace(slot, until=max(min(slot.end, wall), slot.start)) if slot.standing is not Standing.OVER else slot


def _shorten(block: list[Slot], wall: datetime) -> list[Slot]:
    coming = [slot for slot in block if slot.is_to_come]
    if not coming:
        return block
    total = sum((slot.end - slot.start for slot in coming), timedelta())
    room = max(wall - coming[0].start, total // SHORTEST_PART)
    done, start = timedelta(), coming[0].start
    shorter: list[Slot] = []
    for slot in block:
        if not slot.is_to_come:
            shorter.append(slot)
            continue
        lasts = slot.end - slot.start
        done += lasts
        # all from the whole, so that the parts add up to it exactly
        end = coming[0].start + timedelta(microseconds=_part(done, room, total))
        shorter.append(replace(slot, due=start, start=start, end=end, until=end, shortened_by=lasts - (end - start)))
        start = end
    return shorter


def _part(done: timedelta, room: timedelta, total: timedelta) -> int:
    one = timedelta(microseconds=1)
    return (done // one) * (room // one) // max(total // one, 1)


def _passed(plan: ShowPlan, state: ShowState, place: int, now: datetime) -> Iterator[Slot]:
    """The segments up to the one on air, at the times they had."""
    begun = [(segment, state.started.get(segment.id)) for segment in plan.segments[: place + 1]]
    for number, (segment, start) in enumerate(begun):
        if start is None:
            standing = Standing.SKIPPED if segment.id in state.skipped else Standing.DROPPED
            yield replace(_slot(segment, segment.start, standing, segment.duration), until=segment.start)
            continue
        if number < place:
            after = next(at for _, at in begun[number + 1 :] if at is not None)
            yield _slot(segment, start, Standing.OVER, max(after - start, timedelta()))
        else:
            lasts = max(aired_for(segment, state), timedelta()) + state.held_between(start, now)
            end = max(start + lasts, now) if state.is_held else start + lasts
            yield _slot(segment, start, Standing.ON_AIR, end - start)


def current_segment(plan: ShowPlan, state: ShowState) -> SegmentPlan | None:
    """The segment that began last; the plan has to have it."""
    if not state.started:
        return None
    last = list(state.started)[-1]
    return next((segment for segment in plan.segments if segment.id == last), None)


def aired_for(segment: SegmentPlan, state: ShowState) -> timedelta:
    """How long a segment that has begun lasts, holds apart; `segment` is as written."""
    aired = state.shifts.aired.get(segment.id)
    return aired.lasts if aired else segment.duration + state.shifts.longer.get(segment.id, timedelta())


def as_begun(segment: SegmentPlan) -> dict[str, Any]:
    """What the record keeps of a segment as it begins, see shifts.Aired."""
    return {"lasts": segment.duration.total_seconds(), "scene": segment.scene, "title": segment.title}


def _is_current_changed(plan: ShowPlan, state: ShowState) -> bool:
    current = current_segment(plan, state)
    return current is not None and aired_for(current, state) != current.duration


def _with_aired(plan: ShowPlan, state: ShowState) -> ShowPlan:
    """The plan with the segment on air in it, as it began, whatever an edit has made of it."""
    if not state.started:
        return plan
    last = list(state.started)[-1]
    aired = state.shifts.aired.get(last)
    if aired is None:
        return plan
    for place, segment in enumerate(plan.segments):
        if segment.id != last:
            continue
        if segment.scene == aired.scene:
            return plan
        as_begun = replace(segment, scene=aired.scene)
        return replace(plan, segments=(*plan.segments[:place], as_begun, *plan.segments[place + 1 :]))
    return _with_removed(plan, state, last)


def _with_removed(plan: ShowPlan, state: ShowState, name: str) -> ShowPlan:
    """The plan with a segment that is on air and that the season's file does not know any more."""
    aired, start = state.shifts.aired[name], state.started[name]
    rule = LateRule(grace=timedelta(seconds=30), then=Late.FIRE)
    segment = SegmentPlan(
        id=name,
        title=aired.title,
        scene=aired.scene,
        start=start,
        end=start + aired.lasts,
        is_hard=False,
        is_manual=False,
        late=rule,
    )
    behind = [number for number, each in enumerate(plan.segments) if each.id in state.started]
    place = behind[-1] + 1 if behind else 0
    cue = Cue(
        id=f"{plan.id}/{Lane.PROGRAM}/{Action.TAKE}/{name}",
        show=plan.id,
        lane=Lane.PROGRAM,
        action=Action.TAKE,
        at=start,
        zone=plan.zone,
        what=aired.scene,
        subject=name,
        late=rule,
    )
    subject = plan.segments[place - 1].id if place else "standby"
    takes = [number for number, each in enumerate(plan.cues) if each.lane is Lane.PROGRAM and each.subject == subject]
    at = takes[-1] + 1 if takes else 0
    return replace(
        plan,
        segments=(*plan.segments[:place], segment, *plan.segments[place:]),
        cues=(*plan.cues[:at], cue, *plan.cues[at:]),
    )
