"""How long is a far end left alone after it has not done what was asked?"""

from datetime import datetime, timedelta

from broadcaster.conductor.sight import BACK_OFF_MOST, MANY, back_off
from broadcaster.season.errors import FarEndError, NeedsHuman, OutcomeUnknown, Refused, Unavailable
from broadcaster.show.outlook import PROBE
from broadcaster.show.quota import USED_UP, resets_at
from broadcaster.show.records import Result

LONGEST = timedelta(hours=1)
"""However long a far end asks us to wait, it is asked again after so much: a limit may be lifted, or a mistake.
Where YouTube's quota is used up that goes for what is posted there; the rest waits for the next quota day."""
SETTLE = timedelta(seconds=5)
"""How long what may have been applied is given to show before it is looked for."""


def after_failure(
    error: FarEndError, failures: int, now: datetime, *, on_stage: bool, is_channel: bool = False
) -> tuple[Result, timedelta]:
    """What the failure means for the act, and the pause before the next try; `failures` in a row came before.

    `is_channel`: what failed is a post.
    """
    pause = back_off(failures, on_stage=on_stage)
    if isinstance(error, Unavailable) and error.retry_after:
        pause = max(pause, timedelta(seconds=min(LONGEST.total_seconds(), error.retry_after)))
    if error.reason in USED_UP:  # nothing is had before the next quota day, unless somebody raises the quota
        pause = PROBE if on_stage else resets_at(now) - now
        pause = min(pause, LONGEST) if is_channel else pause
    if isinstance(error, OutcomeUnknown):
        return Result.UNKNOWN, max(pause, SETTLE)
    if isinstance(error, Refused):
        return Result.REFUSED, BACK_OFF_MOST
    if isinstance(error, NeedsHuman):
        pause = back_off(MANY, on_stage=on_stage)  # nothing changes before somebody acts
    return Result.FAILED, pause
