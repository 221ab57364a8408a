"""How often should the platform be asked how a broadcast stands?

Every look costs quota, and none may be missed around go-live: rare at rest, dense from standby until live.
"""

from datetime import datetime, timedelta

from broadcaster.season.plan import ShowPlan
from broadcaster.show.observed import Observed
from broadcaster.show.phases import Phase
from broadcaster.show.state import ShowState

AT_REST = timedelta(minutes=30)
SOON = timedelta(minutes=1)
DENSE = timedelta(seconds=2)
STARTING = timedelta(seconds=1)
ON_AIR = timedelta(seconds=10)
DENSE_BEFORE_STANDBY = timedelta(minutes=1)
SOON_BEFORE_STANDBY = timedelta(minutes=15)


def pace(plan: ShowPlan, state: ShowState, observed: Observed, now: datetime) -> timedelta | None:
    """How long after the last look to look again; None: there is nothing to look at."""
    if plan.broadcast is None or not state.broadcast_id or state.phase.is_over or state.phase is Phase.PLANNED:
        return None
    if observed.broadcast is None:
        return timedelta()
    if not state.phase.is_on_stage:
        if now >= plan.standby_at - DENSE_BEFORE_STANDBY:
            return DENSE
        return SOON if now >= plan.standby_at - SOON_BEFORE_STANDBY else AT_REST
    if state.phase is Phase.LIVE and observed.stream is not None and observed.stream.is_healthy:
        return ON_AIR
    return STARTING if state.live_asked_at is not None and state.live_at is None else DENSE


def is_needed(plan: ShowPlan, state: ShowState, now: datetime) -> bool:
    """The show is on stage or about to be: without looks it can neither go live nor be ended."""
    return state.phase.is_on_stage or now >= plan.standby_at - DENSE_BEFORE_STANDBY
