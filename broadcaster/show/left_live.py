"""Is a show over, and its broadcast still live on the platform? Why, and what ends it?

Viewers would go on watching a scene that nobody looks after, so such a show does not come to its end: it is said until
the broadcast is over, and the loop ends it as soon as it may.
"""

from datetime import datetime, timedelta

from broadcaster.season.plan import Action, Lane, ShowPlan
from broadcaster.season.said import say
from broadcaster.show.observed import Lifecycle, Observed
from broadcaster.show.phases import Phase
from broadcaster.show.records import Result
from broadcaster.show.state import ShowState
from broadcaster.show.turn import Verb
from broadcaster.show.words import who_said, why_said

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
    if hold is not None:
        why = say(
            "the lane is held by {who} ({why}); `resume --lane broadcast --show {show}` ends it, or end it in YouTube "
            "Studio",
            who=who_said(hold.by),
            why=why_said(hold.why),
            show=plan.id,
        )
    elif "youtube" in seen.away:
        why = say(
            "YouTube does not answer; end it in YouTube Studio from another network, or it is ended by itself once "
            "YouTube answers"
        )
    elif is_refused(plan, state):
        said = state.ended_acts[f"{plan.cues_of(Lane.BROADCAST, Action.COMPLETE)[0].id}:{Verb.COMPLETE}"][1]
        reason = str(said.get("reason", "")).rstrip(".")
        why = say("YouTube refuses to end it ({why}); end it in YouTube Studio", why=reason)
    else:
        why = say("YouTube has not confirmed the end; it is tried again by itself, or end it in YouTube Studio")
    return say(
        "ALARM: {show} is over, and its broadcast {broadcast} is STILL LIVE on YouTube: {why}",
        show=plan.id,
        broadcast=state.broadcast_id,
        why=why,
    )
