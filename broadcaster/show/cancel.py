"""When can a show be cancelled, who cancels it, and when is nothing left of it to clear away?"""

from broadcaster.season.plan import Lane, ShowPlan
from broadcaster.season.said import say
from broadcaster.show.left_live import GIVE_UP_AFTER
from broadcaster.show.moves import NotNow
from broadcaster.show.observed import Lifecycle
from broadcaster.show.phases import Phase
from broadcaster.show.records import COMMAND_GIVEN, Note
from broadcaster.show.state import ShowState
from broadcaster.show.turn import Turn, Verb
from broadcaster.show.words import PHASES

BY_THE_FILE = "the season file"


def is_cancelled(state: ShowState) -> bool:
    """It will not take place."""
    return state.cancelled_at is not None or state.phase is Phase.CANCELLED


def check_cancel(show: ShowPlan, state: ShowState) -> None:
    """Raise NotNow for a show that is live, about to be, or over."""
    if state.phase.is_over or state.phase is Phase.CLOSING:
        over = "{show} is {phase}: there is nothing left to cancel"
        raise NotNow(say(over, show=show.id, phase=PHASES[state.phase]))
    is_starting = state.lifecycle is Lifecycle.LIVE_STARTING or any(a.verb == Verb.LIVE for a in state.open.values())
    if state.phase is Phase.LIVE or state.live_at is not None or is_starting:
        raise NotNow(say("{show} is live, or about to be: `end` ends it", show=show.id))


def cancel(turn: Turn) -> None:
    """Cancel a show that the season calls off, as the order does."""
    written, state = turn.written or turn.plan, turn.state
    if not written.is_cancelled or state.cancelled_at is not None:
        return
    may_be = state.phase in (Phase.PLANNED, Phase.PREPARING, Phase.READY, Phase.STANDBY)
    if may_be and state.live_at is None and state.live_asked_at is None:
        data = {"verb": "cancel", "who": BY_THE_FILE, "from": BY_THE_FILE}
        turn.answer.notes.append(Note(kind=COMMAND_GIVEN, ids={"show": turn.plan.id}, data=data))


def is_withdrawn(turn: Turn) -> bool:
    """Nothing of a cancelled show is left on the platform, or it was tried for long enough."""
    cancelled_at = turn.state.cancelled_at
    if cancelled_at is None:
        return False
    given_up_at = cancelled_at + GIVE_UP_AFTER
    turn.wake(given_up_at)
    left = [cue for cue in turn.plan.cues_of(Lane.BROADCAST) if not turn.is_settled(cue)]
    return turn.state.phase is Phase.PLANNED or not left or turn.now >= given_up_at
