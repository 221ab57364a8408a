"""May this post be sent by hand now: is what it tells so, and would it not be left out at once?

What is told of a show follows what the far ends say of it, also when somebody sends it.
"""

from broadcaster.season.plan import CHAT, Cue, ShowPlan, Trigger
from broadcaster.season.said import say
from broadcaster.show.cancel import is_cancelled
from broadcaster.show.expected import current_segment
from broadcaster.show.moves import NotNow
from broadcaster.show.observed import Lifecycle
from broadcaster.show.phases import Phase
from broadcaster.show.post_due import is_begun
from broadcaster.show.state import ShowState
from broadcaster.show.words import PHASES


def check_true(show: ShowPlan, state: ShowState, cue: Cue, name: str) -> None:
    """Raise NotNow for a post that would tell what is not so; `name` is how sentences call it."""
    said: dict[str, object] = {"post": name, "show": show.id, "phase": PHASES[state.phase]}
    will_not_be = is_cancelled(state)
    is_over = state.phase.is_over or state.phase is Phase.CLOSING or state.complete_at is not None
    match cue.trigger:
        case Trigger.CANCELLED:
            if not will_not_be:
                raise NotNow(say("{post} tells that {show} is cancelled, and it is not: `cancel` does that", **said))
            return
        case Trigger.LIVE:
            is_live = state.live_at is not None if show.broadcast is not None else state.phase is Phase.LIVE
            if not is_live or is_over:
                raise NotNow(say("{post} tells that {show} is live, and it is {phase}: it waits for that", **said))
        case Trigger.ENDED:
            if not is_over or will_not_be:
                raise NotNow(say("{post} tells that {show} has ended, and it is {phase}: it waits for that", **said))
        case Trigger.DELAYED:
            if show.planned_live is None or show.go_live <= show.planned_live:
                raise NotNow(say("{post} tells that {show} is delayed, and it is not: `delay` does that", **said))
        case Trigger.SEGMENT:
            segment = cue.post.segment if cue.post is not None else ""
            if segment not in state.started:
                begun = "{post} tells that {segment} begins, and it has not begun: it waits for that"
                raise NotNow(say(begun, segment=segment, **said))
    if will_not_be:
        raise NotNow(say("{show} is cancelled: {post} would tell what is not so", **said))


def check_has_a_chance(show: ShowPlan, state: ShowState, cue: Cue, name: str) -> None:
    """Raise NotNow for a post whose moment has passed, so that it would be left out at once; see post_due and posts."""
    over = state.phase.is_over
    said: dict[str, object] = {"post": name, "show": show.id, "phase": PHASES[state.phase]}
    if cue.channel == CHAT:
        is_closed = over or state.lifecycle in (Lifecycle.COMPLETE, Lifecycle.REVOKED)
        if show.broadcast is None or not state.broadcast_id or is_closed:
            raise NotNow(say("{post} goes into the live chat of {show}, which is not open", **said))
    match cue.trigger:
        case Trigger.CLOCK if state.phase is Phase.MISSED and cue.at < show.go_live:
            raise NotNow(say("{show} was missed: {post} would tell what is not so", **said))
        case Trigger.ENDED if not _is_end_seen(show, state):
            raise NotNow(say("{post} tells that {show} has ended, and that was never seen: post it by hand", **said))
        case Trigger.DELAYED if is_begun(state):
            raise NotNow(say("{post} tells that {show} is delayed, and it is {phase}", **said))
        case Trigger.SEGMENT if over or state.phase is Phase.CLOSING or state.complete_at is not None:
            raise NotNow(say("{post} tells that a segment begins, and {show} is {phase}", **said))
        case Trigger.SEGMENT:
            segment, now_on = cue.post.segment if cue.post is not None else "", current_segment(show, state)
            if now_on is None or now_on.id != segment:
                raise NotNow(say("{post} tells that {segment} begins, and it is over", segment=segment, **said))


def _is_end_seen(show: ShowPlan, state: ShowState) -> bool:
    """The show has ended as far ends tell it, or may still be seen to."""
    if show.broadcast is None:
        return state.phase is not Phase.MISSED
    return state.live_at is not None and (state.complete_at is not None or not state.phase.is_over)
