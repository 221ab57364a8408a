"""Should the encoder send video now, and to where?"""

from datetime import timedelta

from broadcaster.season.plan import Action, Lane
from broadcaster.show.bound import POINT_AHEAD
from broadcaster.show.holds import until
from broadcaster.show.observed import Lifecycle
from broadcaster.show.phases import Phase
from broadcaster.show.records import End, Result, lane_held
from broadcaster.show.turn import Turn, Verb

STOP_WITHOUT_WORD_AFTER = timedelta(minutes=10)
"""How long the closing scene goes on when the platform does not confirm the end."""
STUCK_AFTER = timedelta(seconds=60)
"""To testing or live takes up to a minute (platform-facts 1.2, LIFE); after that somebody should look."""
RESTART_AFTER = timedelta(seconds=90)
"""After so long in between, the encoder is restarted, once a show."""


def encoder(turn: Turn) -> None:
    """Give the encoder its key ahead of standby, start it at standby, stop it once the broadcast is over."""
    start, stop = turn.plan.cues_of(Lane.ENCODER, Action.START), turn.plan.cues_of(Lane.ENCODER, Action.STOP)
    if not start or not stop:
        return
    if turn.plan.broadcast is None:
        if turn.state.phase.is_on_stage:
            for cue in (start[0], stop[0]):
                turn.settle(cue, End.SKIPPED, why="no destination of this show is driven by this version")
        return
    if turn.state.phase is Phase.CLOSING and _may_stop(turn):
        _stop(turn)
    elif turn.state.phase.is_on_stage:
        _run(turn)
    elif turn.state.phase is Phase.READY:
        _point_ahead(turn)


def _point_ahead(turn: Turn) -> None:
    point_at = turn.plan.standby_at - POINT_AHEAD
    studio = turn.observed.studio
    if turn.now < point_at:
        turn.wake(point_at)
    elif turn.around.is_stage_taken or turn.state.target:
        return  # it is another show's until that is over; what was changed since is set right at standby
    elif studio is not None and not studio.is_streaming and not turn.is_held(Lane.ENCODER):
        _point(turn, why=f"standby begins at {turn.plan.standby_at:%H:%M:%S}Z")


def _run(turn: Turn) -> None:
    start = turn.plan.cues_of(Lane.ENCODER, Action.START)[0]
    studio = turn.observed.studio
    if studio is None or turn.is_held(Lane.ENCODER) or turn.is_busy(start.id, Verb.RESTART):
        return
    if studio.is_streaming:
        if _is_pointed(turn):
            turn.settle(start, End.DONE, why="OBS reports that it streams to this show's key")
            _restart_if_stuck(turn, start.id)
        elif not turn.state.target:
            _point(turn, why="it streams already: is it to this show's key?")
        return
    if turn.state.phase is Phase.CLOSING and turn.now >= turn.plan.cues_of(Lane.ENCODER, Action.STOP)[0].at:
        return  # there is nothing left to send
    was_cut_short = turn.result(start.id, Verb.RESTART) in (Result.FAILED, Result.UNKNOWN)
    is_ours_to_mend = (
        turn.observed.is_studio_fresh
        or turn.observed.has_stream_failed
        or was_cut_short
        or Lane.ENCODER in turn.state.given_back
    )
    if turn.is_settled(start) and not is_ours_to_mend:
        if f"{start.id}:{Verb.START}" not in turn.busy:
            note = lane_held(
                turn.plan.id,
                Lane.ENCODER,
                by="a hand in OBS",
                until=until(turn.plan, Lane.ENCODER, turn.now),
                why="the stream was stopped in OBS",
            )
            turn.answer.notes.append(note)
    elif not _is_pointed(turn):
        _point(turn, why="the encoder holds another key")
    elif turn.now < turn.plan.standby_at:
        turn.wake(turn.plan.standby_at)  # standby is entered early, to arm its take
    else:
        why = "OBS does not stream any more" if turn.is_settled(start) else "standby has begun"
        turn.ask(start.id, Verb.START, why=why)


def stuck_for(turn: Turn) -> timedelta | None:
    """How long YouTube has been on its way to testing or live; None when it is not."""
    if turn.state.lifecycle not in (Lifecycle.TEST_STARTING, Lifecycle.LIVE_STARTING):
        return None
    return turn.now - turn.state.lifecycle_since if turn.state.lifecycle_since else None


def _restart_if_stuck(turn: Turn, start: str) -> None:
    """New video often frees a transition that hangs. Once; after that only people can tell."""
    stuck = stuck_for(turn)
    if stuck is None or turn.state.attempts.get(f"{start}:{Verb.RESTART}") or turn.is_held(Lane.BROADCAST):
        return
    if stuck >= RESTART_AFTER:
        state = str(turn.state.lifecycle).replace("_", " ")
        turn.ask(start, Verb.RESTART, why=f"YouTube has been {state} for {stuck.total_seconds():.0f} s")
    else:
        turn.wake(turn.now - stuck + RESTART_AFTER)


def _stop(turn: Turn) -> None:
    start = turn.plan.cues_of(Lane.ENCODER, Action.START)[0]
    stop = turn.plan.cues_of(Lane.ENCODER, Action.STOP)[0]
    studio = turn.observed.studio
    if turn.is_settled(stop) or studio is None:
        return
    if not studio.is_streaming:
        turn.settle(start, End.FAILED, why="the encoder never reported that it streams")
        started = turn.state.settled.get(start.id)
        if started is not None and started.end is End.DONE:
            turn.settle(stop, End.DONE, why="OBS reports that it stopped")
        else:
            turn.settle(stop, End.SKIPPED, why="nothing was streaming")
    elif not turn.is_held(Lane.ENCODER) and _is_pointed(turn):
        turn.ask(stop.id, Verb.STOP, why="the broadcast is over")


def _may_stop(turn: Turn) -> bool:
    """The platform has confirmed the end, or there is nothing left to wait for."""
    complete = turn.plan.cues_of(Lane.BROADCAST, Action.COMPLETE)
    given_up = turn.closing_from + STOP_WITHOUT_WORD_AFTER
    if all(turn.is_settled(cue) for cue in complete):
        return True
    turn.wake(given_up)
    return turn.now >= given_up


def _point(turn: Turn, *, why: str) -> None:
    start = turn.plan.cues_of(Lane.ENCODER, Action.START)[0]
    if turn.state.stream_id:
        turn.ask(start.id, Verb.POINT, what=turn.state.stream_id, why=why)


def _is_pointed(turn: Turn) -> bool:
    studio = turn.observed.studio
    return studio is not None and bool(turn.state.target) and studio.target == turn.state.target
