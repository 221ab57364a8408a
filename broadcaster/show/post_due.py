"""When may an announcement go out, and which will never be, since what it tells of has not happened?

What tells of a fact follows the fact: live is what the platform says, a segment is on air when its scene is seen there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcaster.season.channels import LATEST, SOONEST
from broadcaster.season.example import LEAST_DELAY
from broadcaster.season.plan import Action, Cue, Lane, Trigger
from broadcaster.show.phases import Phase
from broadcaster.show.records import End
from broadcaster.show.state import ShowState
from broadcaster.show.turn import Turn

A_MOMENT = timedelta(minutes=1)
"""What it takes to hand a post over, and between a channel's clock and ours."""
ASKED_FOR = timedelta(hours=24)
"""How long people are asked about a post before it is left as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """From when on a post may go out; None: not yet. `never`: why it will not."""

    at: datetime | None = None
    never: str = ""
    doubt: str = ""
    """Why people are asked before it goes out."""
    is_ahead: bool = False
    """It is handed over then, and its channel publishes it at the cue's instant."""


def due(turn: Turn, cue: Cue) -> Due:
    """When the post may go out, by what has happened so far."""
    cancelled_at = turn.state.cancelled_at
    if cue.trigger is Trigger.CANCELLED:
        if cancelled_at is not None:
            return Due(at=cancelled_at)
        return Due(never="the show was not cancelled") if is_begun(turn.state) else Due()
    if cancelled_at is not None:
        return Due(never="the show is cancelled")
    return _BY_TRIGGER[cue.trigger](turn, cue)


def looked_at(cue: Cue) -> datetime:
    """The instant of a post by the clock, or of its hand-over: nothing is to be done about it before."""
    if cue.post is None or cue.post.hand_over is None:
        return cue.at
    return cue.at - min(max(cue.post.hand_over, SOONEST + 2 * A_MOMENT), LATEST - A_MOMENT)


def is_begun(state: ShowState) -> bool:
    """The show is live, was live, or is over."""
    return state.live_at is not None or state.phase in (Phase.LIVE, Phase.CLOSING) or state.phase.is_over


def tells_what_is_to_come(turn: Turn, cue: Cue) -> bool:
    """It was to be told before the show."""
    return cue.trigger is Trigger.CLOCK and cue.at < turn.plan.go_live


def is_past(turn: Turn) -> bool:
    """Nobody can watch it live any more."""
    state = turn.state
    return state.complete_at is not None or state.phase is Phase.CLOSING or state.phase.is_over


def _clock(turn: Turn, cue: Cue) -> Due:
    phase = turn.state.phase
    is_ahead = looked_at(cue) < cue.at and turn.now <= cue.at - SOONEST - A_MOMENT
    is_ahead = is_ahead and not turn.state.post(cue.id).not_ahead
    in_time = Due(at=looked_at(cue), is_ahead=True) if is_ahead else Due(at=cue.at)
    if tells_what_is_to_come(turn, cue):
        return Due(never="the show was missed") if phase is Phase.MISSED else in_time
    if phase is Phase.MISSED:
        return Due(at=cue.at, doubt="the show was missed here: nobody knows whether there was one")
    if phase is Phase.DONE and turn.plan.broadcast is not None and turn.state.live_at is None:
        return Due(at=cue.at, doubt="the show was never seen live")
    return in_time if phase.is_over else Due(at=cue.at)  # what tells of a show is not given away before it was


def _live(turn: Turn, cue: Cue) -> Due:
    state = turn.state
    if turn.plan.broadcast is None:  # nobody reports it: the show is taken for live at its time
        live_at = state.phase_since if state.phase is Phase.LIVE else None
    else:
        live_at = state.live_at
    if live_at is not None and not is_past(turn):
        return Due(at=live_at)
    if is_past(turn) and (state.live_at is not None or turn.plan.broadcast is None):
        return Due(never="the show is not live any more")
    return Due(never="the show was never live") if _will_never_be_live(turn) else Due()


def _will_never_be_live(turn: Turn) -> bool:
    complete = turn.plan.cues_of(Lane.BROADCAST, Action.COMPLETE)
    return turn.state.phase.is_over or (bool(complete) and all(turn.is_settled(cue) for cue in complete))


def _ended(turn: Turn, cue: Cue) -> Due:
    state = turn.state
    if turn.plan.broadcast is None:
        if state.phase is Phase.MISSED:
            return Due(never="the show was missed")
        return Due(at=turn.off_air) if state.phase in (Phase.CLOSING, Phase.DONE) else Due()
    if state.complete_at is not None:
        return Due(at=state.complete_at) if state.live_at is not None else Due(never="the show was never live")
    return Due(never="the show was never ended") if _will_never_be_live(turn) else Due()


def _delayed(turn: Turn, cue: Cue) -> Due:
    if is_begun(turn.state):
        return Due(never="the show was not delayed, or is live already")
    moved_at = turn.state.live_moved_at
    is_delayed = turn.plan.delay >= LEAST_DELAY and moved_at is not None and turn.now < turn.plan.go_live
    return Due(at=moved_at) if is_delayed else Due()


def _segment(turn: Turn, cue: Cue) -> Due:
    segment = cue.post.segment if cue.post is not None else ""
    state, current, since = turn.state, turn.rundown.current, turn.rundown.current_since
    if is_past(turn):
        return Due(never=f"the segment {segment} is not on air")
    if current is not None and current.id == segment and since is not None:
        if since > turn.now:
            return Due(at=since)
        taken = state.settled.get(f"{turn.plan.id}/{Lane.PROGRAM}/{Action.TAKE}/{segment}")
        was_taken = taken is not None and taken.end is End.DONE
        if state.scene != current.scene:
            return Due()  # its scene is not on air, or not any more; it may still come
        return Due(at=taken.at if taken is not None and was_taken else since)
    if segment in state.started:
        return Due(never=f"the segment {segment} is over")
    is_coming = any(each.id == segment for each in turn.plan.segments) and segment not in state.skipped
    is_passed = current is not None and is_coming and _is_before(turn, segment, current.id)
    return Due() if is_coming and not is_passed else Due(never=f"the segment {segment} was not on air")


def _is_before(turn: Turn, segment: str, current: str) -> bool:
    order = [each.id for each in turn.plan.segments]
    return order.index(segment) < order.index(current)


_BY_TRIGGER = {
    Trigger.CLOCK: _clock,
    Trigger.LIVE: _live,
    Trigger.ENDED: _ended,
    Trigger.DELAYED: _delayed,
    Trigger.SEGMENT: _segment,
}
