"""What does it take to delay a show, or to make a segment longer, and what speaks against it?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from broadcaster.season.errors import BroadcastError
from broadcaster.season.plan import SegmentPlan
from broadcaster.season.walltime import local
from broadcaster.season.wording import near_or_listed, quoted, span_text
from broadcaster.show.phases import Phase
from broadcaster.show.rundown import Rundown
from broadcaster.show.spans import read_span, signed
from broadcaster.show.state import ShowState

LEAST = timedelta(seconds=1)


class NotNow(BroadcastError):
    """The command makes no sense at this moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What an order moves: `live`, the `wall` of a segment, or the end of a `segment`; see shifts.moved."""

    moves: str
    by: timedelta
    segment: str = ""

    @property
    def data(self) -> dict[str, Any]:
        """As the record keeps it."""
        return {"moves": self.moves, "segment": self.segment, "seconds": self.by.total_seconds()}


def delay(run: Rundown, state: ShowState, typed: str, segment: str, now: datetime) -> Move:
    """Begin `segment` later, or all that follows the one on air, or the show itself. Raises NotNow."""
    by = _by(run, state, typed)
    if segment:
        return _delay_segment(run, state, _find(run, segment), by, now)
    if run.current is not None:
        return _longer(run, state, run.current, by, now)
    return _live(run, state, by, now)


def extend(run: Rundown, state: ShowState, typed: str, segment: str, now: datetime) -> Move:
    """Keep the segment on air, or the named one, on for longer. Raises NotNow."""
    by = _by(run, state, typed)
    if segment:
        return _longer(run, state, _find(run, segment), by, now)
    if run.current is None:
        raise NotNow(f"no segment of {run.plan.id} is on air: name one, or `delay` the show")
    return _longer(run, state, run.current, by, now)


def _by(run: Rundown, state: ShowState, typed: str) -> timedelta:
    if state.phase.is_over or state.phase is Phase.CLOSING or run.is_over:
        raise NotNow(f"{run.plan.id} is {state.phase}: there is nothing left to move")
    try:
        return read_span(typed)
    except ValueError as error:
        raise NotNow(str(error)) from None


def _find(run: Rundown, name: str) -> SegmentPlan:
    known = {segment.id: segment for segment in run.plan.segments}
    if name not in known:
        hint = near_or_listed(name, known, what="segments")
        raise NotNow(f"{run.plan.id} has no segment {quoted(name)}" + (f"; {hint}" if hint else ""))
    return known[name]


def _live(run: Rundown, state: ShowState, by: timedelta, now: datetime) -> Move:
    ahead = run.plan.go_live - now
    if ahead + by < timedelta():
        if ahead <= timedelta():
            raise NotNow(f"{run.plan.id} is going live: there is nothing left to bring forward")
        raise NotNow(f"{run.plan.id} goes live in {span_text(ahead)}: it cannot be brought forward by {span_text(-by)}")
    return Move(moves="live", by=by)


def live_now(run: Rundown, state: ShowState, ahead: timedelta, now: datetime) -> Move:
    """Go live as soon as the platform can, which needs `ahead` for it. Raises NotNow."""
    is_waited_for = run.plan.broadcast is not None and state.live_at is None
    at = now + ahead if is_waited_for else now
    if at >= run.plan.go_live:
        when = f"{local(run.plan.go_live, run.plan.zone):%H:%M:%S}"
        raise NotNow(f"{run.plan.id} goes live by itself at {when}, and cannot any sooner")
    return Move(moves="live", by=at - run.plan.go_live)


def _delay_segment(run: Rundown, state: ShowState, segment: SegmentPlan, by: timedelta, now: datetime) -> Move:
    if segment.id in state.started:
        raise NotNow(f"{segment.id} has begun already: `extend` it, or delay one that has not")
    if segment.id in state.skipped:
        raise NotNow(f"{segment.id} is skipped")
    if segment.is_hard:
        return _wall(run, state, segment, by, now)
    place = run.plan.segments.index(segment)
    before = [each for each in run.plan.segments[:place] if each.id not in state.skipped]
    if not before:
        return _live(run, state, by, now)
    return _longer(run, state, before[-1], by, now)


def _wall(run: Rundown, state: ShowState, segment: SegmentPlan, by: timedelta, now: datetime) -> Move:
    at = segment.start + by
    if at < now:
        raise NotNow(
            f"the wall of {segment.id} is {span_text(max(segment.start - now, LEAST))} ahead: `go` starts it now"
        )
    if not state.started and at < run.plan.go_live:
        raise NotNow(f"the wall of {segment.id} would stand before go-live: delay the show")
    place = run.plan.segments.index(segment)
    for other in run.plan.segments[:place]:
        if other.is_hard and other.id not in state.started and other.start > at:
            raise NotNow(f"the wall of {segment.id} would stand before that of {other.id}, which comes first")
    for other in run.plan.segments[place + 1 :]:
        if other.is_hard and other.start < at:
            raise NotNow(f"the wall of {segment.id} would stand behind that of {other.id}: move that one first")
    return Move(moves="wall", by=by, segment=segment.id)


def _longer(run: Rundown, state: ShowState, segment: SegmentPlan, by: timedelta, now: datetime) -> Move:
    if segment is run.current and run.current_until is not None:
        left = run.current_until - now
        if left + by < timedelta() and by < timedelta():
            said = f"has {span_text(left)} left" if left > timedelta() else "has had its time"
            raise NotNow(f"{segment.id} {said}: `go` starts the next segment now")
    elif segment.id in state.started:
        raise NotNow(f"{segment.id} is over")
    elif segment.id in state.skipped:
        raise NotNow(f"{segment.id} is skipped")
    elif segment.duration + by < LEAST:
        raise NotNow(f"{segment.id} lasts {span_text(segment.duration)}: {signed(by)} leaves nothing of it; `skip` it")
    return Move(moves="segment", by=by, segment=segment.id)
