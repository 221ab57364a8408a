"""Is a show over, and its broadcast still live on the platform? Why, and what ends it?

Viewers would go on watching a scene that nobody looks after, so such a show does not come to its end: it is said until
the broadcast is over, and the loop ends it as soon as it may.
"""

from datetime import datetime, timedelta

from broadcaster.season.plan import Action, Lane, ShowPlan
from broadcaster.show.observed import Lifecycle, Observed
from broadcaster.show.phases import Phase
from broadcaster.show.records import Result
from broadcaster.show.state import ShowState
from broadcaster.show.turn import Verb

GIVE_UP_AFTER = timedelta(minutes=30)
"""How long after its end a show is still brought to a proper close; what is live is never given up."""
CONFIRMED_WITHIN = timedelta(minutes=1)
"""How long the platform may take to confirm the end before people are called."""


def may_be_live(plan: ShowPlan, state: ShowState) -> bool:
    """By the last word of the platform viewers can watch the broadcast."""
    is_ours = plan.broadcast is not None and bool(state.broadcast_id)
    return is_ours and state.complete_at is None and state.lifecycle is Lifecycle.LIVE


def late_for(plan: ShowPlan, state: ShowState, now: datetime) -> timedelta:
    """How long ago the closing scene had its time; below zero while the show has not come so far."""
    if state.phase is not Phase.CLOSING or state.phase_since is None:
        return timedelta(microseconds=-1)
    return now - state.phase_since - (plan.off_air - plan.end)


def is_overdue(plan: ShowPlan, state: ShowState, now: datetime) -> bool:
    """It should have come to its end long ago: nobody works on it any more, and the next show comes first."""
    return late_for(plan, state, now) >= GIVE_UP_AFTER


def is_refused(plan: ShowPlan, state: ShowState) -> bool:
    """The platform has said no to the end of the broadcast."""
    complete = plan.cues_of(Lane.BROADCAST, Action.COMPLETE)
    return bool(complete) and state.result(complete[0].id, Verb.COMPLETE) is Result.REFUSED


def left_live_alert(plan: ShowPlan, state: ShowState, seen: Observed, now: datetime) -> str:
    """The sentence for the crew, with its remedy; empty while all is well."""
    late = late_for(plan, state, now)
    hold = state.lanes_held.get(Lane.BROADCAST)
    if not may_be_live(plan, state) or late < (timedelta() if hold else CONFIRMED_WITHIN):
        return ""
    studio = "end it in YouTube Studio"
    if hold is not None:
        resume = f"`resume --lane {Lane.BROADCAST} --show {plan.id}`"
        why = f"the lane is held by {hold.by} ({hold.why}); {resume} ends it, or {studio}"
    elif "youtube" in seen.away:
        why = f"YouTube does not answer; {studio} from another network, or it is ended by itself once YouTube answers"
    elif is_refused(plan, state):
        said = state.ended_acts[f"{plan.cues_of(Lane.BROADCAST, Action.COMPLETE)[0].id}:{Verb.COMPLETE}"][1]
        why = f"YouTube refuses to end it ({str(said.get('reason', '')).rstrip('.')}); {studio}"
    else:
        why = f"YouTube has not confirmed the end; it is tried again by itself, or {studio}"
    return f"ALARM: {plan.id} is over, and its broadcast {state.broadcast_id} is STILL LIVE on YouTube: {why}"
