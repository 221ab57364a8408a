"""How far has the YouTube broadcast come, how far should it be, and what is the next step?

Ours is looked for by its marker before one is made, or by the id that the season names. Live is asked for ahead of
go-live by what this channel has taught us, only while healthy video arrives and everything belongs together. What
YouTube says is so; what we sent is not.
"""

from datetime import timedelta

from broadcaster.season.plan import Action, Cue, Lane
from broadcaster.show.bound import mismatches
from broadcaster.show.dressing import dress
from broadcaster.show.holds import RELEASED, until
from broadcaster.show.left_live import is_overdue
from broadcaster.show.observed import Lifecycle
from broadcaster.show.phases import Phase
from broadcaster.show.records import BROADCAST_GONE, End, Note, Result, instant, lane_held
from broadcaster.show.replay import replay
from broadcaster.show.turn import Turn, Verb

STUDIO_HAND = "a hand in YouTube Studio"
BINDS = 3
"""So often is the broadcast bound to our stream; whoever binds it elsewhere after that means it."""
REFUSED_AGAIN = timedelta(minutes=30)
"""How long an end that YouTube has refused all the time is left to people, before it is asked for again: it costs."""
CANCELLED = "the show is cancelled"
TEST_STARTS_FOR = timedelta(minutes=2)
"""How long a test that is just starting is waited for at the end of a show."""


def broadcast(turn: Turn) -> None:
    """Prepare, test, go live, complete: whatever is the next missing step."""
    if turn.plan.broadcast is None or turn.state.phase is Phase.PLANNED or turn.state.phase.is_over:
        return
    if turn.state.cancelled_at is not None and not turn.state.phase.is_on_stage:
        _withdraw(turn)
        return
    create, live, complete = (
        turn.plan.cues_of(Lane.BROADCAST, action)[0] for action in (Action.CREATE, Action.LIVE, Action.COMPLETE)
    )
    seen = turn.observed.broadcast
    if turn.observed.is_broadcast_gone and turn.state.broadcast_id:
        if turn.state.attempts.get(f"{complete.id}:{Verb.DELETE}"):
            turn.settle(complete, End.SKIPPED, why="it never went live, and was deleted")
        else:
            _gone(turn, create.id)
        return
    if seen is not None and turn.state.live_at is not None:
        by_whom = "" if turn.state.live_asked_at is not None else f", started by {STUDIO_HAND}"
        turn.settle(live, End.DONE, at=turn.state.live_at, why=f"YouTube says live{by_whom}")
    if turn.state.phase is Phase.CLOSING:
        _complete(turn)
        replay(turn)
    elif seen is not None and seen.lifecycle in (Lifecycle.COMPLETE, Lifecycle.REVOKED):
        _ended_elsewhere(turn, seen.lifecycle)
    elif turn.is_held(Lane.BROADCAST):
        return
    elif not (turn.state.broadcast_id and turn.state.bound_stream) or not turn.is_settled(create):
        _prepare(turn)
    else:
        dress(turn)
        if turn.state.phase.is_on_stage and complete.id not in turn.state.settled:
            _go_live(turn)


def _withdraw(turn: Turn) -> None:
    """Clear away what was made for a show that is cancelled before it came on stage."""
    create, live, complete = (
        turn.plan.cues_of(Lane.BROADCAST, action)[0] for action in (Action.CREATE, Action.LIVE, Action.COMPLETE)
    )
    plan, state, seen = turn.plan.broadcast, turn.state, turn.observed.broadcast
    if plan is None or turn.is_busy(create.id, Verb.CREATE, Verb.FIND):
        return
    has_tried = state.attempts.get(f"{create.id}:{Verb.CREATE}", 0) > 0
    if not state.broadcast_id and has_tried and turn.result(create.id, Verb.FIND) is not Result.DONE:
        turn.ask(create.id, Verb.FIND, what=plan.marker, why="one may have been made before the show was cancelled")
    elif not state.broadcast_id:
        for cue in (create, live, complete):
            turn.settle(cue, End.SKIPPED, why=CANCELLED)
    elif turn.result(complete.id, Verb.DELETE) is Result.DONE:
        turn.settle(complete, End.SKIPPED, why="the show is cancelled: it was deleted")
    elif seen is not None:
        turn.settle(create, End.SKIPPED, why=CANCELLED)
        turn.settle(live, End.SKIPPED, why=CANCELLED)
        _clear_away(turn, seen.lifecycle)


def _prepare(turn: Turn) -> None:
    create = turn.plan.cues_of(Lane.BROADCAST, Action.CREATE)[0]
    plan, state = turn.plan.broadcast, turn.state
    if plan is None:
        return
    if not state.stream_id:
        _find_or_make_stream(turn, create)
    elif not state.broadcast_id:
        if plan.adopt:
            turn.ask(create.id, Verb.FIND, what=plan.adopt, why="the season names the broadcast of this show")
        elif turn.result(create.id, Verb.FIND) is not Result.DONE:
            turn.ask(create.id, Verb.FIND, what=plan.marker, why="one may be there already")
        else:
            turn.ask(create.id, Verb.CREATE, what=plan.title, why="none on the channel carries our marker")
    elif turn.observed.broadcast is None:
        return  # found or made in an earlier run, or by an act whose answer was lost: it is being looked at
    elif state.bound_stream != state.stream_id:
        _bind(turn, why="the broadcast has no stream, or another")
    else:
        turn.settle(create, End.DONE, why="YouTube has the broadcast, bound to our stream")


def _find_or_make_stream(turn: Turn, create: Cue) -> None:
    """One stream for all shows: two would have two keys, and the encoder holds only one."""
    others = turn.around.stream_id
    result, data = turn.state.ended_acts.get(f"{create.id}:{Verb.FIND_STREAM}", (None, {}))
    if result is not Result.DONE or data.get("known", "") != others:  # it was looked for before there was another's
        turn.ask(create.id, Verb.FIND_STREAM, what=others, why="the show needs its stream")
    elif turn.around.is_stream_in_doubt and turn.result(create.id, Verb.CREATE_STREAM) is None:
        return  # that show looks for it, or makes it again
    else:
        turn.ask(create.id, Verb.CREATE_STREAM, why="the channel has no stream of ours yet")


def _bind(turn: Turn, *, why: str) -> None:
    """Bind our stream while that is allowed; one that has begun with another, or is bound elsewhere again, is held."""
    create, seen = turn.plan.cues_of(Lane.BROADCAST, Action.CREATE)[0], turn.observed.broadcast
    if seen is None:
        return
    bound = turn.state.attempts.get(f"{create.id}:{Verb.BIND}", 0)
    is_contested = bound >= BINDS and turn.result(create.id, Verb.BIND) is Result.DONE
    if seen.lifecycle in (Lifecycle.CREATED, Lifecycle.READY) and not is_contested:
        turn.ask(create.id, Verb.BIND, what=turn.state.stream_id, why=why)
    elif Lane.BROADCAST not in turn.state.given_back:
        state = seen.lifecycle.replace("_", " ")
        why = f"the broadcast {seen.id} is {state} on another stream ({seen.stream_id})"
        _hold(turn, by=STUDIO_HAND, until=until(turn.plan, Lane.BROADCAST, turn.now), why=why)


def _go_live(turn: Turn) -> None:
    live = turn.plan.cues_of(Lane.BROADCAST, Action.LIVE)[0]
    seen, stream = turn.observed.broadcast, turn.observed.stream
    if seen is None or stream is None or turn.state.is_held:
        return
    if seen.stream_id != turn.state.stream_id:
        _bind(turn, why="the broadcast lost its stream")
        return
    if "youtube" in turn.observed.away:
        return  # what was seen of the video is old
    if not stream.is_healthy or mismatches(turn.plan, turn.state, turn.observed, turn.now):
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
    if turn.result(complete.id, Verb.DELETE) is Result.DONE:
        turn.settle(complete, End.SKIPPED, why="it never went live, and was deleted")
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
        _end(turn, complete.id)
    elif seen.lifecycle not in (Lifecycle.LIVE, Lifecycle.LIVE_STARTING):
        turn.settle(live, End.FAILED, why=_why_not_live(turn))
        _clear_away(turn, seen.lifecycle)


def _end(turn: Turn, complete: str) -> None:
    result, data = turn.state.ended_acts.get(f"{complete}:{Verb.COMPLETE}", (None, {}))
    if result is Result.REFUSED and is_overdue(turn.plan, turn.state, turn.now):
        again = instant(data["retry_at"]) + REFUSED_AGAIN
        if turn.now < again:
            turn.wake(again)
            return
    turn.ask(complete, Verb.COMPLETE, why="the closing scene has had its time")


def _clear_away(turn: Turn, lifecycle: Lifecycle) -> None:
    """What never went live is deleted if it is ours to delete; what is testing can only be completed."""
    plan, complete = turn.plan.broadcast, turn.plan.cues_of(Lane.BROADCAST, Action.COMPLETE)[0]
    if plan is None or turn.is_settled(complete):
        return
    refusals = [turn.reason(complete.id, verb) for verb in (Verb.COMPLETE, Verb.DELETE)]
    is_refused = {verb: turn.result(complete.id, verb) is Result.REFUSED for verb in (Verb.COMPLETE, Verb.DELETE)}
    waited_until = turn.closing_from + TEST_STARTS_FOR
    if plan.adopt or not plan.is_deleted_unused:
        whose = "it was made by hand" if plan.adopt else "the season keeps what was never live"
        turn.settle(complete, End.SKIPPED, why=f"it never went live, and is left as it is: {whose}")
    elif turn.is_held(Lane.BROADCAST):
        turn.settle(complete, End.SKIPPED, why="it never went live, and the lane is held; delete it in YouTube Studio")
    elif lifecycle is Lifecycle.TEST_STARTING and turn.now < waited_until:
        turn.wake(waited_until)
    elif lifecycle is Lifecycle.TESTING and not is_refused[Verb.COMPLETE]:
        turn.ask(complete.id, Verb.COMPLETE, why="it was tested and never went live")
    elif not is_refused[Verb.DELETE]:
        turn.ask(complete.id, Verb.DELETE, what=turn.state.broadcast_id, why="it never went live")
    else:
        said = next((reason for reason in reversed(refusals) if reason), "YouTube refused")
        turn.settle(complete, End.SKIPPED, why=f"it never went live; delete it in YouTube Studio ({said})")


def _why_not_live(turn: Turn) -> str:
    stream = turn.observed.stream
    if turn.state.mismatches:
        return turn.state.mismatches[0]
    if stream is None or not stream.is_active:
        return "YouTube received no video"
    if not stream.is_healthy:
        return f"the video was not healthy ({stream.health})"
    return "YouTube did not go live in time"


def _gone(turn: Turn, create: str) -> None:
    """Somebody deleted it. Another is made only once somebody gives the lane back."""
    ids = {"show": turn.plan.id, "cue": create}
    turn.answer.notes.append(Note(kind=BROADCAST_GONE, ids=ids, data={"broadcast": turn.state.broadcast_id}))
    plan = turn.plan.broadcast
    then = "looks for it again" if plan is not None and plan.adopt else "makes another"
    why = f"the broadcast {turn.state.broadcast_id} was deleted; given back, the lane {then}"
    _hold(turn, by=STUDIO_HAND, why=why)


def _ended_elsewhere(turn: Turn, lifecycle: Lifecycle) -> None:
    if lifecycle is Lifecycle.REVOKED:
        why = "the broadcast was revoked: look in YouTube Studio for why, the scenes and the encoder go on"
        _hold(turn, by="YouTube", why=why)
    else:
        _hold(turn, by=STUDIO_HAND, why="the broadcast was ended before its time; the scenes and the encoder go on")


def _hold(turn: Turn, *, by: str, why: str, until: str = RELEASED) -> None:
    """What was ended, revoked or deleted comes back by somebody's word alone, whatever the season's rule."""
    if not turn.is_held(Lane.BROADCAST):
        turn.answer.notes.append(lane_held(turn.plan.id, Lane.BROADCAST, by=by, until=until, why=why))
