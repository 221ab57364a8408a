"""How far has the YouTube broadcast come, how far should it be, and what is the next step?

Ours is looked for by its marker before one is made. Live is asked for ahead of go-live by what this channel has
taught us, and only while healthy video arrives. What YouTube says is so; what we sent is not.
"""

from broadcaster.season.plan import Action, Lane
from broadcaster.show.observed import Lifecycle
from broadcaster.show.phases import Phase
from broadcaster.show.records import BROADCAST_GONE, End, Note, Result, lane_held
from broadcaster.show.turn import Turn, Verb

STUDIO_HAND = "a hand in YouTube Studio"


def broadcast(turn: Turn) -> None:
    """Prepare, test, go live, complete: whatever is the next missing step."""
    if turn.plan.broadcast is None or turn.state.phase in (Phase.PLANNED, Phase.DONE, Phase.MISSED):
        return
    create, live, complete = (
        turn.plan.cues_of(Lane.BROADCAST, action)[0] for action in (Action.CREATE, Action.LIVE, Action.COMPLETE)
    )
    seen = turn.observed.broadcast
    if turn.observed.is_broadcast_gone and turn.state.broadcast_id:
        _gone(turn, create.id)
        return
    if seen is not None and turn.state.live_at is not None:
        turn.settle(live, End.DONE, at=turn.state.live_at, why="YouTube says live")
    if turn.state.phase is Phase.CLOSING:
        _complete(turn)
    elif seen is not None and seen.lifecycle in (Lifecycle.COMPLETE, Lifecycle.REVOKED):
        _ended_elsewhere(turn, seen.lifecycle)
    elif turn.is_held(Lane.BROADCAST):
        return
    elif not (turn.state.broadcast_id and turn.state.bound_stream) or not turn.is_settled(create):
        _prepare(turn)
    elif turn.state.phase.is_on_stage and complete.id not in turn.state.settled:
        _go_live(turn)


def _prepare(turn: Turn) -> None:
    create = turn.plan.cues_of(Lane.BROADCAST, Action.CREATE)[0]
    plan, state = turn.plan.broadcast, turn.state
    if plan is None:
        return
    if not state.stream_id:
        if turn.result(create.id, Verb.FIND_STREAM) is not Result.DONE:
            turn.ask(create.id, Verb.FIND_STREAM, why="the show needs its stream")
        else:
            turn.ask(create.id, Verb.CREATE_STREAM, why="the channel has no stream of ours yet")
    elif not state.broadcast_id:
        if turn.result(create.id, Verb.FIND) is not Result.DONE:
            turn.ask(create.id, Verb.FIND, what=plan.marker, why="one may be there already")
        else:
            turn.ask(create.id, Verb.CREATE, what=plan.title, why="none on the channel carries our marker")
    elif turn.observed.broadcast is None:
        return  # found or made in an earlier run, or by an act whose answer was lost: it is being looked at
    elif state.bound_stream != state.stream_id:
        turn.ask(create.id, Verb.BIND, what=state.stream_id, why="the broadcast has no stream, or another")
    else:
        turn.settle(create, End.DONE, why="YouTube has the broadcast, bound to our stream")


def _go_live(turn: Turn) -> None:
    live = turn.plan.cues_of(Lane.BROADCAST, Action.LIVE)[0]
    seen, stream = turn.observed.broadcast, turn.observed.stream
    if seen is None or stream is None or turn.state.is_held:
        return
    if seen.stream_id != turn.state.stream_id:
        create = turn.plan.cues_of(Lane.BROADCAST, Action.CREATE)[0]
        if seen.lifecycle in (Lifecycle.CREATED, Lifecycle.READY):
            turn.ask(create.id, Verb.BIND, what=turn.state.stream_id, why="the broadcast lost its stream")
        return
    if not stream.is_healthy:
        return
    ask_at = turn.plan.go_live - turn.live_ahead
    is_startable = seen.lifecycle is Lifecycle.TESTING or (seen.lifecycle is Lifecycle.READY and not seen.is_monitored)
    if seen.lifecycle is Lifecycle.READY and seen.is_monitored:
        turn.ask(live.id, Verb.TESTING, why="healthy video arrives")
    elif is_startable and turn.now >= ask_at:
        turn.ask(live.id, Verb.LIVE, why=f"live takes {turn.live_ahead.total_seconds():.1f} s on this channel")
    elif is_startable:
        turn.wake(ask_at)


def _complete(turn: Turn) -> None:
    create, live, complete = (
        turn.plan.cues_of(Lane.BROADCAST, action)[0] for action in (Action.CREATE, Action.LIVE, Action.COMPLETE)
    )
    seen = turn.observed.broadcast
    off_air = turn.off_air
    if not turn.state.broadcast_id:
        turn.settle(create, End.FAILED, why="YouTube never had the broadcast")
        turn.settle(live, End.SKIPPED, why="there was no broadcast")
        turn.settle(complete, End.SKIPPED, why="there was no broadcast")
        return
    if seen is None:
        return
    turn.settle(create, End.DONE, why="YouTube has the broadcast")
    if seen.lifecycle is Lifecycle.COMPLETE:
        turn.settle(live, End.FAILED, why="YouTube was never seen live")
        turn.settle(complete, End.DONE, at=turn.state.complete_at, why="YouTube says complete")
    elif seen.lifecycle is Lifecycle.REVOKED:
        turn.settle(live, End.FAILED, why="YouTube was never seen live")
        turn.settle(complete, End.SKIPPED, why="YouTube has revoked the broadcast")
    elif turn.now < off_air:
        turn.wake(off_air)
    elif seen.lifecycle is Lifecycle.LIVE and not turn.is_held(Lane.BROADCAST):
        turn.ask(complete.id, Verb.COMPLETE, why="the closing scene has had its time")
    elif seen.lifecycle in (Lifecycle.CREATED, Lifecycle.READY, Lifecycle.TESTING, Lifecycle.TEST_STARTING):
        turn.settle(live, End.FAILED, why=_why_not_live(turn))
        turn.settle(complete, End.SKIPPED, why="it never went live; delete it in YouTube Studio")


def _why_not_live(turn: Turn) -> str:
    stream = turn.observed.stream
    if stream is None or not stream.is_active:
        return "YouTube received no video"
    if not stream.is_healthy:
        return f"the video was not healthy ({stream.health})"
    return "YouTube did not go live in time"


def _gone(turn: Turn, create: str) -> None:
    """Somebody deleted it. Another is made only once somebody gives the lane back."""
    ids = {"show": turn.plan.id, "cue": create}
    turn.answer.notes.append(Note(kind=BROADCAST_GONE, ids=ids, data={"broadcast": turn.state.broadcast_id}))
    if not turn.is_held(Lane.BROADCAST):
        why = f"the broadcast {turn.state.broadcast_id} was deleted; given back, the lane makes another"
        turn.answer.notes.append(lane_held(turn.plan.id, Lane.BROADCAST, by=STUDIO_HAND, until="released", why=why))


def _ended_elsewhere(turn: Turn, lifecycle: Lifecycle) -> None:
    if not turn.is_held(Lane.BROADCAST):
        by = STUDIO_HAND if lifecycle is Lifecycle.COMPLETE else "YouTube"
        note = lane_held(
            turn.plan.id, Lane.BROADCAST, by=by, until="released", why=f"the broadcast is {lifecycle} before its end"
        )
        turn.answer.notes.append(note)
