"""What does another go-live do to the announcements: which move, which are sent now, which are put right?"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from broadcaster.season.channels import Reach
from broadcaster.season.example import LEAST_DELAY
from broadcaster.season.plan import Action, Lane, ShowPlan, Trigger
from broadcaster.season.said import say
from broadcaster.season.walltime import local
from broadcaster.show.post_correct import Way, stale_posts, tells_the_time
from broadcaster.show.post_state import Told
from broadcaster.show.state import ShowState


def moved_posts(state: ShowState, old: ShowPlan, new: ShowPlan) -> Iterator[str]:
    """Every post to come that moves, or that will tell the new time; each on its readers' clock."""
    for cue in new.cues_of(Lane.POSTS, Action.POST):
        theirs = state.post(cue.id)
        if cue.id in state.settled or theirs.is_out or theirs.skipped_by:
            continue
        was = old.cue(cue.id).at if old.knows(cue.id) else cue.at
        post = {"post": cue.subject, "channel": cue.what, "time": f"{local(cue.at, cue.zone):%H:%M}"}
        if cue.trigger is Trigger.DELAYED:
            if old.delay < LEAST_DELAY <= new.delay:
                yield say("{post} to {channel} goes out at once", **post)
        elif cue.at != was:
            yield say("{post} to {channel} moves to {time}", **post)
        elif cue.trigger is Trigger.CLOCK and tells_the_time(cue.post) and not theirs.text and cue.at < new.go_live:
            yield say("{post} to {channel} stays at {time} and tells the new time", **post)


def corrections(state: ShowState, new: ShowPlan, reaches: Mapping[str, Reach], now: datetime) -> Iterator[str]:
    """Every post that is out with another time, and how that is put right."""
    for stale in stale_posts(new, state, Told(go_live=new.go_live), now, reaches):
        post = {"post": stale.cue.subject, "channel": stale.cue.what}
        match stale.way:
            case Way.EDIT:
                yield say("{post} to {channel} is out with the old time: it is edited", **post)
            case Way.FOLLOW:
                follows = "{post} to {channel} is out with the old time: another post with the new one follows it"
                yield say(follows, **post)
            case Way.THEIRS:
                theirs = "{post} to {channel} is out in an operator's words, which stay: do they tell the old time?"
                yield say(theirs, **post)
