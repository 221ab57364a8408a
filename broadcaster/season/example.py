"""With what is a text tried and shown, while there is no link yet, or no delay of which it tells?"""

from dataclasses import replace
from datetime import timedelta

from broadcaster.season.plan import Cue, ShowPlan, Trigger

SOME_DELAY = timedelta(hours=1, minutes=25)
"""As long to say as delays get: texts that speak of one are tried and shown so."""
LEAST_DELAY = timedelta(minutes=1)
"""A show that is less late than this is not called delayed: clocks on walls show minutes."""
LINK = "https://www.youtube.com/watch?v=xxxxxxxxxxx"
"""As long as a real one, to render texts with before there is one."""
LONG_LINK = "https://www.facebook.com/100000000000000/videos/1000000000000000/?ref=share&mibextid=xxxxxx"
"""As long as links get, for a show that is not on YouTube."""


def longest_link(*, is_on_youtube: bool) -> str:
    """The longest that may stand in a text about a show, for which there is none yet."""
    return LINK if is_on_youtube else LONG_LINK


def delayed(show: ShowPlan, by: timedelta = SOME_DELAY) -> ShowPlan:
    """The show, so much later than it was planned."""
    return replace(show, go_live=show.go_live + by, planned_live=show.planned_live or show.go_live)


def example_delay(show: ShowPlan, cue: Cue) -> timedelta | None:
    """The delay that the post is shown as after, since it tells of one and there is none; None: it needs no example."""
    return SOME_DELAY if cue.trigger is Trigger.DELAYED and show.delay < LEAST_DELAY else None


def as_shown(show: ShowPlan, cue: Cue) -> ShowPlan:
    """The show that the text of a post to come is shown for."""
    return show if (by := example_delay(show, cue)) is None else delayed(show, by)
