"""Which segment is on, which is next and when, given what was planned and what has happened?

Soft segments follow the one before, however late it was; walls do not move; manual ones wait for GO; a hold
freezes what is left of the segment on air. Pure arithmetic on UTC instants.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from broadcaster.season.plan import Late, SegmentPlan, ShowPlan
from broadcaster.season.said import say
from broadcaster.show.expected import current_segment, expected, resumed_at
from broadcaster.show.phases import Phase
from broadcaster.show.state import ShowState


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """The segment that comes next. `due` None: it waits, for GO or for the end of a hold.

    `expected` is when it would start if nothing else happened. `at_latest` is when a manual one begins without GO;
    None: never. `awaited` is since when a manual one could have begun, `rule_at` when its late rule decides.
    """

    segment: SegmentPlan
    due: datetime | None
    expected: datetime
    why: str
    at_latest: datetime | None = None
    awaited: datetime | None = None
    rule_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rundown:
    """The rundown at one moment. `expected_end` is when the last segment will be over.

    `plan` is the show's plan as it is expected to go, delays and edits of the running show included.
    """

    plan: ShowPlan
    current: SegmentPlan | None
    current_since: datetime | None
    current_until: datetime | None
    next: Next | None
    expected_end: datetime
    is_over: bool


def rundown(plan: ShowPlan, state: ShowState, now: datetime, *, ahead: timedelta = timedelta()) -> Rundown:
    """The rundown at `now`. Segments count as begun only once the record says so; see segment_started.

    `ahead` is how long before its instant a wall already counts as reached, so that it can be armed.
    """
    plan = expected(plan, state, now)
    current = current_segment(plan, state)
    since = state.started[current.id] if current else None
    until = since + current.duration + state.held_between(since, now) if current and since else None
    coming = None if _has_closed(state) else _next(plan, state, current, until, now, now + ahead)
    expected_end = state.ended_at or _expected_end(plan, state, until, coming, now)
    all_begun = coming is None
    is_over = state.ended_at is not None or (all_begun and not state.is_held and now >= expected_end)
    return Rundown(
        plan=plan,
        current=current,
        current_since=since,
        current_until=until,
        next=coming,
        expected_end=expected_end,
        is_over=is_over,
    )


def as_seen(run: Rundown, state: ShowState) -> Rundown:
    """The rundown for people: once a show closes, or is over, no segment is on and none is next."""
    if not _has_closed(state):
        return run
    return replace(run, current=None, current_since=None, current_until=None, next=None)


def _has_closed(state: ShowState) -> bool:
    """Nothing begins any more, also of what the season is given now."""
    return state.phase is Phase.CLOSING or state.phase.is_over


def coming_segments(plan: ShowPlan, state: ShowState) -> tuple[SegmentPlan, ...]:
    """The segments after the current one that are neither begun nor skipped, in rundown order."""
    current = current_segment(plan, state)
    after = plan.segments.index(current) + 1 if current else 0
    return tuple(s for s in plan.segments[after:] if s.id not in state.skipped and s.id not in state.started)


def _next(
    plan: ShowPlan,
    state: ShowState,
    current: SegmentPlan | None,
    until: datetime | None,
    now: datetime,
    horizon: datetime,
) -> Next | None:
    coming = coming_segments(plan, state)
    if not coming:
        return None
    wall = next((segment for segment in reversed(coming) if segment.is_hard and segment.start <= horizon), None)
    segment = wall or coming[0]
    if not segment.is_hard:
        # a soft one that could begin only at the next wall or later has no room left before it
        soft_from = until if until is not None else plan.go_live
        segment = next((each for each in coming if each.is_hard and each.start <= soft_from), segment)
    if segment.is_hard:
        expected, why = segment.start, say("its wall")
    elif current is None:
        expected, why = resumed_at(state, plan.go_live), say("go-live")
    else:
        expected, why = until or now, say("the end of {segment}", segment=current.id)
    if state.is_held:
        return Next(segment=segment, due=None, expected=max(expected, now), why=say("the rundown is on hold"))
    expected = resumed_at(state, expected) if segment.is_hard else expected
    if segment.is_manual:
        rule_at, awaited = expected + segment.late.grace, expected
        at_latest = rule_at if segment.late.then is Late.FIRE else None
        if at_latest is not None and horizon >= at_latest:
            return Next(segment=segment, due=at_latest, expected=expected, why=say("no GO in time"))
        return Next(
            segment=segment,
            due=None,
            expected=max(expected, now),
            why=say("it waits for GO"),
            at_latest=at_latest,
            awaited=awaited,
            rule_at=rule_at,
        )
    return Next(segment=segment, due=expected, expected=expected, why=why)


def _expected_end(
    plan: ShowPlan, state: ShowState, until: datetime | None, coming: Next | None, now: datetime
) -> datetime:
    if coming is None:
        return max(until, now) if until and state.is_held else until or plan.end
    end = coming.expected
    segments = coming_segments(plan, state)
    for segment in segments[segments.index(coming.segment) :]:
        if segment.is_hard and segment is not coming.segment:
            end = segment.start if segment.start >= coming.expected else end
        end += segment.duration
    return end
