"""Which announcements are due, what became of those that were sent, and which have had their chance?

A post cannot be undone, so it is sent once: where the answer was lost it is looked for at the channel, and where nobody
can look there, people are asked. The live chat of the broadcast is a channel like any other, as long as it is open.
"""

from datetime import datetime, timedelta

from broadcaster.season.plan import CHAT, Action, Cue, Lane, Late, Trigger
from broadcaster.season.wording import span_text
from broadcaster.show.observed import Lifecycle
from broadcaster.show.phases import Phase
from broadcaster.show.post_ahead import clock_text
from broadcaster.show.post_correct import correct
from broadcaster.show.post_due import ASKED_FOR, Due, due, is_begun, is_past, looked_at, tells_what_is_to_come
from broadcaster.show.post_state import PostState
from broadcaster.show.post_turn import ask
from broadcaster.show.records import End, Result, rule_applied
from broadcaster.show.turn import Turn, Verb


def posts(turn: Turn) -> None:
    """Ask for every post that is due, end those that had their chance, correct what is out and not true any more."""
    coming: datetime | None = None
    for cue in turn.plan.cues_of(Lane.POSTS, Action.POST):
        if _only_waits(turn, cue):
            coming = min(coming, looked_at(cue)) if coming is not None else looked_at(cue)
        elif not turn.is_settled(cue):
            _post(turn, cue)
    turn.wake(coming)
    correct(turn)


def _only_waits(turn: Turn, cue: Cue) -> bool:
    """Nothing is to be said of it but when it comes: so it is with most, and a season may have thousands."""
    is_to_come = cue.trigger is Trigger.CLOCK and looked_at(cue) > turn.now and cue.id not in turn.state.posts
    if not is_to_come or turn.is_settled(cue):
        return False
    return turn.state.cancelled_at is None and turn.state.phase is not Phase.MISSED


def _post(turn: Turn, cue: Cue) -> None:
    post, verb = turn.state.post(cue.id), first_verb(cue)
    if _was_sent(turn, cue, post, verb):
        return
    if post.skipped_by:
        turn.settle(cue, End.SKIPPED, why=f"skipped by {post.skipped_by}")
        return
    when = due(turn, cue)
    if when.never:
        turn.settle(cue, End.SKIPPED, why=when.never)
    elif when.at is not None and (post.sent_by or _may_go(turn, cue, post, when, when.at)):
        why = f"{post.sent_by} sends it now" if post.sent_by else _why(cue, post, when)
        if verb is Verb.SAY:
            _say(turn, cue, why)
        else:
            ask(turn, cue, verb, why=why, what=cue.what)


def first_verb(cue: Cue) -> Verb:
    """The act that puts the post out."""
    return Verb.SAY if cue.channel == CHAT else Verb.POST


def _was_sent(turn: Turn, cue: Cue, post: PostState, verb: Verb) -> bool:
    """It is out, on its way, refused, or may be out; False: it was not sent, or did not arrive."""
    if post.is_out:
        turn.settle(cue, End.DONE, at=post.posted, why=_out(cue, post))
    elif turn.is_busy(cue.id, verb, Verb.FIND_POST):
        return True
    elif post.lost is not None:
        _look_for(turn, cue, post, post.lost.at)
    elif turn.result(cue.id, verb) is Result.REFUSED and not post.is_put_off:
        turn.settle(cue, End.FAILED, why=turn.reason(cue.id, verb))
    else:
        return False
    return True


def _out(cue: Cue, post: PostState) -> str:
    if post.resolved == "sent":
        return f"{post.resolved_by} says that it is out"
    if post.is_handed_over and post.posted is not None:
        return f"handed over as {post.post}, {cue.channel} publishes it at {clock_text(post.posted, cue.zone)}"
    return f"posted as {post.post}"


def _look_for(turn: Turn, cue: Cue, post: PostState, since: datetime) -> None:
    """Its answer was lost: look, or wait for people who look."""
    if turn.now >= since + ASKED_FOR:
        turn.settle(cue, End.UNKNOWN, why="its answer was lost; look in the channel whether it is out")
        return
    turn.wake(since + ASKED_FOR)
    if not post.asks:
        ask(turn, cue, Verb.FIND_POST, why="its answer was lost: it may be out", what=cue.what)


def _may_go(turn: Turn, cue: Cue, post: PostState, when: Due, at: datetime) -> bool:
    """Its time has come, nobody holds it, its readers are awake, and it is not too late."""
    if when.is_ahead:
        return _may_be_handed_over(turn, cue, post, at)
    if not cue.is_left_out_when_quiet:
        at = cue.quiet_until(at) or at  # also for a fact that came true while they have quiet hours
    if at > turn.now:
        turn.wake(at)
        return False
    if post.held_by or turn.is_held(Lane.POSTS):
        return False
    if when.doubt:
        return _asks(turn, cue, post, at, when.doubt)
    quiet_until = cue.quiet_until(turn.now)
    if quiet_until is not None and cue.is_left_out_when_quiet:
        turn.settle(cue, End.SKIPPED, why="its readers have quiet hours")
        return False
    is_of_what_comes = tells_what_is_to_come(turn, cue)
    if is_of_what_comes and is_past(turn):
        turn.settle(cue, End.SKIPPED, why="the show is over")
        return False
    is_fired = cue.late.then is Late.FIRE and not (is_of_what_comes and is_begun(turn.state))
    if turn.now > at + cue.late.grace and not is_fired:
        reason = turn.reason(cue.id, first_verb(cue)) or _paused(turn, cue) or "the service was not there in time"
        why = f"more than {span_text(cue.late.grace)} late: {reason}"
        if cue.late.then is Late.ASK:
            return _asks(turn, cue, post, at, why)
        turn.settle(cue, End.SKIPPED, why=why)
        return False
    if quiet_until is not None:
        turn.wake(quiet_until)
        turn.wake(at + cue.late.grace + timedelta(seconds=1))
        return False
    turn.wake(at + cue.late.grace + timedelta(seconds=1))  # also while its channel is left alone for longer
    return True


def _may_be_handed_over(turn: Turn, cue: Cue, post: PostState, at: datetime) -> bool:
    """As _may_go, but its readers have to be awake as it comes out, and it is too late for nothing but this."""
    turn.wake(cue.at)
    if at > turn.now:
        turn.wake(at)
        return False
    if post.held_by or turn.is_held(Lane.POSTS):
        return False
    if cue.quiet_until(cue.at) is not None and cue.is_left_out_when_quiet:
        turn.settle(cue, End.SKIPPED, why="its readers have quiet hours")
        return False
    return True


def _paused(turn: Turn, cue: Cue) -> str:
    return "its channel was not to be reached" if cue.channel in turn.around.channels.pauses else ""


def _asks(turn: Turn, cue: Cue, post: PostState, at: datetime, why: str) -> bool:
    """People have to say whether it is still to go out; an order sends it."""
    if turn.now >= at + cue.late.grace + ASKED_FOR:
        turn.settle(cue, End.SKIPPED, why=f"{why}; it asked, and nobody answered in {span_text(ASKED_FOR)}")
    else:
        turn.wake(at + cue.late.grace + ASKED_FOR)
        if not post.asks and cue.id not in turn.state.ruled:
            turn.answer.notes.append(rule_applied(turn.plan.id, cue.id, Late.ASK, why=why))
    return False


def _say(turn: Turn, cue: Cue, why: str) -> None:
    """Write into the live chat, which opens with the broadcast and closes with it."""
    seen = turn.observed.broadcast
    if turn.plan.broadcast is None:
        turn.settle(cue, End.SKIPPED, why="the show has no broadcast on YouTube, so no live chat")
    elif not turn.state.broadcast_id:
        turn.settle(cue, End.SKIPPED, why="there is no broadcast yet, so no live chat")
    elif turn.state.phase.is_over:
        turn.settle(cue, End.SKIPPED, why="the live chat has closed with the broadcast")
    elif seen is None:
        return  # it is being looked at
    elif seen.lifecycle in (Lifecycle.COMPLETE, Lifecycle.REVOKED):
        turn.settle(cue, End.SKIPPED, why="the live chat has closed with the broadcast")
    elif not seen.chat_id:
        turn.settle(cue, End.SKIPPED, why="the broadcast has no live chat: is it switched off, or made for kids?")
    else:
        ask(turn, cue, Verb.SAY, why=why, what=seen.chat_id)


_WHY = {
    Trigger.CLOCK: "its time has come",
    Trigger.LIVE: "YouTube says live",
    Trigger.ENDED: "YouTube says ended",
    Trigger.DELAYED: "the show is delayed",
    Trigger.CANCELLED: "the show is cancelled",
    Trigger.SEGMENT: "its segment is on air",
}


def _why(cue: Cue, post: PostState, when: Due) -> str:
    if when.is_ahead:
        return f"its channel publishes it at {clock_text(cue.at, cue.zone)}"
    if post.not_ahead:
        return f"{_WHY[cue.trigger]}, and its channel did not take it ahead: {post.not_ahead}"
    return _WHY[cue.trigger]
