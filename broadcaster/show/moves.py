"""What does it take to delay a show, or to make a segment longer, and what speaks against it?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from broadcaster.season.errors import BroadcastError
from broadcaster.season.plan import SegmentPlan
from broadcaster.season.said import say, span_said
from broadcaster.season.walltime import local
from broadcaster.season.wording import near_or_listed, quoted
from broadcaster.show.phases import Phase
from broadcaster.show.rundown import Rundown
from broadcaster.show.spans import read_span, signed
from broadcaster.show.state import ShowState
from broadcaster.show.words import PHASES

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
        raise NotNow(say("no segment of {show} is on air: name one, or `delay` the show", show=run.plan.id))
    return _longer(run, state, run.current, by, now)


def _by(run: Rundown, state: ShowState, typed: str) -> timedelta:
    if state.phase.is_over or state.phase is Phase.CLOSING or run.is_over:
        over = "{show} is {phase}: there is nothing left to move"
        raise NotNow(say(over, show=run.plan.id, phase=PHASES[state.phase]))
    try:
        return read_span(typed)
    except ValueError as error:
        raise NotNow(error.args[0]) from None


def _find(run: Rundown, name: str) -> SegmentPlan:
    known = {segment.id: segment for segment in run.plan.segments}
    if name not in known:
        hint = near_or_listed(name, known, what="segments")
        if hint:
            raise NotNow(
                say("{show} has no segment {segment}; {hint}", show=run.plan.id, segment=quoted(name), hint=hint)
            )
        raise NotNow(say("{show} has no segment {segment}", show=run.plan.id, segment=quoted(name)))
    return known[name]


def _live(run: Rundown, state: ShowState, by: timedelta, now: datetime) -> Move:
    ahead = run.plan.go_live - now
    if ahead + by < timedelta():
        if ahead <= timedelta():
            raise NotNow(say("{show} is going live: there is nothing left to bring forward", show=run.plan.id))
        soon = "{show} goes live in {left}: it cannot be brought forward by {span}"
        raise NotNow(say(soon, show=run.plan.id, left=span_said(ahead), span=span_said(-by)))
    return Move(moves="live", by=by)


def live_now(run: Rundown, state: ShowState, ahead: timedelta, now: datetime) -> Move:
    """Go live as soon as the platform can, which needs `ahead` for it. Raises NotNow."""
    is_waited_for = run.plan.broadcast is not None and state.live_at is None
    at = now + ahead if is_waited_for else now
    if at >= run.plan.go_live:
        when = f"{local(run.plan.go_live, run.plan.zone):%H:%M:%S}"
        raise NotNow(say("{show} goes live by itself at {time}, and cannot any sooner", show=run.plan.id, time=when))
    return Move(moves="live", by=at - run.plan.go_live)


def _delay_segment(run: Rundown, state: ShowState, segment: SegmentPlan, by: timedelta, now: datetime) -> Move:
    if segment.id in state.started:
        raise NotNow(say("{segment} has begun already: `extend` it, or delay one that has not", segment=segment.id))
    if segment.id in state.skipped:
        raise NotNow(say("{segment} is skipped", segment=segment.id))
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
            say(
                "the wall of {segment} is {span} ahead: `go` starts it now",
                segment=segment.id,
                span=span_said(max(segment.start - now, LEAST)),
            )
        )
    if not state.started and at < run.plan.go_live:
        raise NotNow(say("the wall of {segment} would stand before go-live: delay the show", segment=segment.id))
    place = run.plan.segments.index(segment)
    for other in run.plan.segments[:place]:
        if other.is_hard and other.id not in state.started and other.start > at:
            before = "the wall of {segment} would stand before that of {other}, which comes first"
            raise NotNow(say(before, segment=segment.id, other=other.id))
    for other in run.plan.segments[place + 1 :]:
        if other.is_hard and other.start < at:
            behind = "the wall of {segment} would stand behind that of {other}: move that one first"
            raise NotNow(say(behind, segment=segment.id, other=other.id))
    return Move(moves="wall", by=by, segment=segment.id)


def _longer(run: Rundown, state: ShowState, segment: SegmentPlan, by: timedelta, now: datetime) -> Move:
    if segment is run.current and run.current_until is not None:
        left = run.current_until - now
        if left + by < timedelta() and by < timedelta():
            if left <= timedelta():
                raise NotNow(say("{segment} has had its time: `go` starts the next segment now", segment=segment.id))
            said = "{segment} has {span} left: `go` starts the next segment now"
            raise NotNow(say(said, segment=segment.id, span=span_said(left)))
    elif segment.id in state.started:
        raise NotNow(say("{segment} is over", segment=segment.id))
    elif segment.id in state.skipped:
        raise NotNow(say("{segment} is skipped", segment=segment.id))
    elif segment.duration + by < LEAST:
        short = "{segment} lasts {length}: {span} leaves nothing of it; `skip` it"
        raise NotNow(say(short, segment=segment.id, length=span_said(segment.duration), span=signed(by)))
    return Move(moves="segment", by=by, segment=segment.id)
