"""How often should the platform be asked how a broadcast stands?

Every look costs quota, and none may be missed around go-live: rare at rest, dense from standby until live.
"""

from datetime import datetime, timedelta

from broadcaster.season.plan import Action, Lane, ShowPlan
from broadcaster.show.left_live import is_overdue, is_refused
from broadcaster.show.observed import Observed
from broadcaster.show.phases import Phase
from broadcaster.show.replay import has_replay
from broadcaster.show.state import ShowState

AT_REST = timedelta(minutes=30)
SOON = timedelta(minutes=1)
DENSE = timedelta(seconds=2)
STARTING = timedelta(seconds=1)
ON_AIR = timedelta(seconds=10)
VIDEO, VIDEO_MOST = timedelta(seconds=15), timedelta(minutes=5)
"""A video shows some seconds after its broadcast was made (platform-facts 1.2); one that does not is asked for less."""
DENSE_BEFORE_STANDBY = timedelta(minutes=1)
SOON_BEFORE_STANDBY = timedelta(minutes=15)


def pace(plan: ShowPlan, state: ShowState, observed: Observed, now: datetime) -> timedelta | None:
    """How long after the last look to look again; None: there is nothing to look at."""
    if plan.broadcast is None or not state.broadcast_id or state.phase.is_over or state.phase is Phase.PLANNED:
        return None
    if observed.broadcast is None:
        return timedelta()
    if not state.phase.is_on_stage:
        if now >= plan.standby_at + state.shifts.standby - DENSE_BEFORE_STANDBY:
            return DENSE
        return SOON if now >= plan.standby_at + state.shifts.standby - SOON_BEFORE_STANDBY else AT_REST
    if state.phase is Phase.CLOSING and state.complete_at is not None:
        return SOON
    if state.phase is Phase.CLOSING and (Lane.BROADCAST in state.lanes_held or is_refused(plan, state)):
        return SOON if is_overdue(plan, state, now) else ON_AIR  # people have to act; that may take all night
    is_reconnecting = observed.studio is not None and observed.studio.is_reconnecting
    if state.phase is Phase.LIVE and observed.stream is not None and observed.stream.is_healthy and not is_reconnecting:
        return ON_AIR
    return STARTING if state.live_asked_at is not None and state.live_at is None else DENSE


def video_pace(plan: ShowPlan, state: ShowState, observed: Observed, now: datetime) -> timedelta | None:
    """How long after the last look at the video to look again: until it shows, and after the show until it is done."""
    if plan.broadcast is None or not state.broadcast_id:
        return None
    if state.phase is Phase.CLOSING:
        return VIDEO if has_replay(plan, state) else None
    create = plan.cues_of(Lane.BROADCAST, Action.CREATE)[0].id
    is_dressed_here = state.phase in (Phase.PREPARING, Phase.READY, Phase.STANDBY, Phase.LIVE)
    is_to_be_seen = observed.video is None and create in state.settled and not plan.broadcast.adopt
    return VIDEO if is_dressed_here and is_to_be_seen else None


def is_needed(plan: ShowPlan, state: ShowState, now: datetime) -> bool:
    """The show is on stage or about to be: without looks it can neither go live nor be ended."""
    return state.phase.is_on_stage or now >= plan.standby_at + state.shifts.standby - DENSE_BEFORE_STANDBY
