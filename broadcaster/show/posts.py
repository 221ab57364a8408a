"""Which announcements are due, and which have had their chance?

A post cannot be undone or searched for, so it is sent at most once: where the answer was lost, people are told to look.
The live chat of the broadcast is a channel like any other, as long as it is open.
"""

from datetime import datetime

from broadcaster.season.plan import CHAT, Action, Cue, Lane, Late, Trigger
from broadcaster.show.observed import Lifecycle
from broadcaster.show.records import End, Result
from broadcaster.show.turn import Turn, Verb


def posts(turn: Turn) -> None:
    """Ask for every post that is due; end those that were answered, refused or too late."""
    for cue in turn.plan.cues_of(Lane.POSTS, Action.POST):
        if not turn.is_settled(cue):
            _post(turn, cue)


def _post(turn: Turn, cue: Cue) -> None:
    if end_answered(turn, cue):
        return
    verb = _verb(cue)
    data = turn.state.ended_acts.get(f"{cue.id}:{verb}", (None, {}))[1]
    due = _due(turn, cue)
    if due is None:
        complete = turn.plan.cues_of(Lane.BROADCAST, Action.COMPLETE)
        if all(turn.is_settled(other) for other in complete):
            turn.settle(cue, End.SKIPPED, why=f"the show was never {cue.trigger}")
    elif due > turn.now:
        turn.wake(due)
    elif turn.is_held(Lane.POSTS):
        return
    elif turn.now > due + cue.late.grace and cue.late.then is not Late.FIRE:
        why = str(data.get("reason", "")) or "the service was not there in time"
        turn.settle(cue, End.SKIPPED, why=f"more than {cue.late.grace} late: {why}")
    elif verb is Verb.SAY:
        _say(turn, cue)
    else:
        turn.ask(cue.id, Verb.POST, what=cue.what, why=_why(cue))


def end_answered(turn: Turn, cue: Cue) -> bool:
    """End a post that is out, that may be, or that was refused; False: it was none of these."""
    result, data = turn.state.ended_acts.get(f"{cue.id}:{_verb(cue)}", (None, {}))
    if result is Result.DONE:
        turn.settle(cue, End.DONE, why=f"posted as {data.get('post', '')}")
    elif result is Result.UNKNOWN:
        turn.settle(cue, End.UNKNOWN, why=f"{data.get('reason', '')}; look in the channel before posting it by hand")
    elif result is Result.REFUSED:
        turn.settle(cue, End.FAILED, why=str(data.get("reason", "")))
    else:
        return False
    return True


def _verb(cue: Cue) -> Verb:
    return Verb.SAY if cue.post is not None and cue.post.channel == CHAT else Verb.POST


def _say(turn: Turn, cue: Cue) -> None:
    """Write into the live chat, which opens with the broadcast and closes with it."""
    seen = turn.observed.broadcast
    if turn.plan.broadcast is None:
        turn.settle(cue, End.SKIPPED, why="the show has no broadcast on YouTube, so no live chat")
    elif not turn.state.broadcast_id:
        turn.settle(cue, End.SKIPPED, why="there is no broadcast yet, so no live chat")
    elif seen is None:
        return  # it is being looked at
    elif seen.lifecycle in (Lifecycle.COMPLETE, Lifecycle.REVOKED):
        turn.settle(cue, End.SKIPPED, why="the live chat has closed with the broadcast")
    elif not seen.chat_id:
        turn.settle(cue, End.SKIPPED, why="the broadcast has no live chat: is it switched off, or made for kids?")
    else:
        turn.ask(cue.id, Verb.SAY, what=seen.chat_id, why=_why(cue))


def _due(turn: Turn, cue: Cue) -> datetime | None:
    """When the post may go out; None while what it tells of has not happened."""
    if turn.plan.broadcast is None:
        return turn.off_air if cue.trigger is Trigger.ENDED else cue.at
    if cue.trigger is Trigger.LIVE:
        return turn.state.live_at
    if cue.trigger is Trigger.ENDED:
        return turn.state.complete_at
    return cue.at


def _why(cue: Cue) -> str:
    return "its time has come" if cue.trigger is Trigger.CLOCK else f"YouTube says {cue.trigger}"
