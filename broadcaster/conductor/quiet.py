"""Is a take about to leave, so that OBS should be asked for nothing else?"""

from datetime import timedelta

from broadcaster.ports import Clock
from broadcaster.season.plan import Plan
from broadcaster.show.rundown import rundown
from broadcaster.show.state import SeasonState

QUIET_SECONDS = 1.0
"""Real ones: a picture takes OBS up to a tenth of that, and more on a busy machine."""
SPAN = timedelta(hours=1)


def is_take_near(plan: Plan, season: SeasonState, clock: Clock) -> bool:
    """Whether a show that is on stage, or is about to be, takes a scene within QUIET_SECONDS."""
    now = clock.now()
    for show in plan.shows:
        state = season.show(show.id)
        if state.phase.is_over or not (state.phase.is_on_stage or abs(show.standby_at - now) < SPAN):
            continue
        run = rundown(show, state, now)
        takes = [run.plan.standby_at, run.expected_end]
        if run.next is not None and run.next.due is not None:
            takes.append(run.next.due)
        if any(0 <= clock.delay(take) < QUIET_SECONDS for take in takes):
            return True
    return False
