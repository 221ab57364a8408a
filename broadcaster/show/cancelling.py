"""When can a show be cancelled?"""

from broadcaster.season.plan import ShowPlan
from broadcaster.season.said import say
from broadcaster.show.moves import NotNow
from broadcaster.show.observed import Lifecycle
from broadcaster.show.phases import Phase
from broadcaster.show.state import ShowState
from broadcaster.show.turn import Verb
from broadcaster.show.words import PHASES


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
