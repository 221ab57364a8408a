"""What does another go-live do to the announcements: which move, which are sent now, which are put right?"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from broadcaster.season.channels import Reach
from broadcaster.season.example import LEAST_DELAY
from broadcaster.season.plan import CHAT, Action, Cue, Lane, ShowPlan, Trigger
from broadcaster.season.said import say
from broadcaster.season.walltime import local
from broadcaster.show.post_correct import Stale, stale_posts, tells_the_time
from broadcaster.show.post_state import Told
from broadcaster.show.state import ShowState


def moved_posts(state: ShowState, old: ShowPlan, new: ShowPlan) -> Iterator[str]:
    """Every post to come that moves, or that will tell the new time; each on its readers' clock."""
    for cue in new.cues_of(Lane.POSTS, Action.POST):
        if cue.id in state.settled or state.post(cue.id).is_out or state.post(cue.id).skipped_by:
            continue
        was = old.cue(cue.id).at if old.knows(cue.id) else cue.at
        post = {"post": cue.subject, "channel": cue.what, "time": f"{local(cue.at, cue.zone):%H:%M}"}
        if cue.trigger is Trigger.DELAYED:
            if old.delay < LEAST_DELAY <= new.delay:
                yield say("{post} to {channel} goes out at once", **post)
        elif cue.at != was:
            yield say("{post} to {channel} moves to {time}", **post)
        elif cue.trigger is Trigger.CLOCK and tells_the_time(cue.post) and cue.at < new.go_live:
            yield say("{post} to {channel} stays at {time} and tells the new time", **post)


def corrections(
    state: ShowState, old: ShowPlan, new: ShowPlan, reaches: Mapping[str, Reach], now: datetime
) -> Iterator[str]:
    """Every post that is out with another time, and how that is put right."""
    is_told = {cue.post.channel + cue.post.reader for cue in _to_be_told(state, old, new) if cue.post is not None}
    for stale in stale_posts(new, state, Told(go_live=new.go_live), now):
        cue = stale.cue
        post = {"post": cue.subject, "channel": cue.what}
        if _is_edited(stale, reaches):
            yield say("{post} to {channel} is out with the old time: it is edited", **post)
        elif stale.is_last and cue.post is not None and cue.post.channel + cue.post.reader not in is_told:
            follows = "{post} to {channel} is out with the old time: another post with the new one follows it"
            yield say(follows, **post)


def _to_be_told(state: ShowState, old: ShowPlan, new: ShowPlan) -> Iterator[Cue]:
    """Posts of the season's own for a delay, which go out now."""
    if new.delay >= LEAST_DELAY:
        for cue in new.cues_of(Lane.POSTS, Action.POST):
            if cue.trigger is Trigger.DELAYED and cue.id not in state.settled:
                yield cue


def _is_edited(stale: Stale, reaches: Mapping[str, Reach]) -> bool:
    channel = stale.cue.channel
    reach = reaches.get(channel)
    can_edit = channel != CHAT and (reach is None or reach.edits)
    return can_edit and bool(stale.post.post) and not stale.post.is_fixed
