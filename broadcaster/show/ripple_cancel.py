"""What does it change when a show is cancelled? Sentences for a crew, before it is done."""

from collections.abc import Iterator
from dataclasses import dataclass

from broadcaster.season.plan import Action, Cue, Lane, ShowPlan, Trigger
from broadcaster.season.said import say
from broadcaster.show.phases import Phase
from broadcaster.show.post_orders import is_out
from broadcaster.show.state import ShowState

_OF_THE_SHOW_ITSELF = (Trigger.LIVE, Trigger.ENDED, Trigger.SEGMENT)
"""What tells of something that has happened stays true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """What a cancel changes; each part as in ripple.Ripple."""

    youtube: tuple[str, ...]
    posts: tuple[str, ...]
    corrections: tuple[str, ...]
    tell: tuple[str, ...]

    def in_a_line(self, show: str) -> str:
        """Such as `day-1: cancelled, 3 posts change, 2 that are out are corrected`."""
        posts, out = len(self.posts), len(self.corrections)
        changes = f", {posts} post{'s' * (posts != 1)} to come change{'s' * (posts == 1)}" if posts else ""
        corrected = f", {out} that {'is' if out == 1 else 'are'} out {'is' if out == 1 else 'are'} corrected"
        return f"{show}: cancelled{changes}{corrected if out else ''}"


def cancelled(show: ShowPlan, state: ShowState) -> Cancelled:
    """What is different once the show, which stands like this, is cancelled."""
    cues = show.cues_of(Lane.POSTS, Action.POST)
    return Cancelled(
        youtube=tuple(_youtube(show, state)),
        posts=tuple(_coming(state, cue) for cue in cues if cue.id not in state.settled and not is_out(state, cue)),
        corrections=tuple(
            say("{post} to {channel} is out: it will be told there that the show is cancelled", **_named(cue))
            for cue in cues
            if is_out(state, cue) and cue.trigger not in _OF_THE_SHOW_ITSELF
        ),
        tell=tuple(_tell(show)),
    )


def _named(cue: Cue) -> dict[str, str]:
    return {"post": cue.subject, "channel": cue.what}


def _coming(state: ShowState, cue: Cue) -> str:
    post = state.post(cue.id)
    if cue.trigger is not Trigger.CANCELLED or post.skipped_by:
        return say("{post} to {channel} is left out", **_named(cue))
    if post.held_by or Lane.POSTS in state.lanes_held:
        return say("{post} to {channel} goes out once it is not held any more", **_named(cue))
    return say("{post} to {channel} goes out at once", **_named(cue))


def _youtube(show: ShowPlan, state: ShowState) -> Iterator[str]:
    if state.phase is Phase.STANDBY:
        yield say("the show leaves the stage: closing scene, encoder off, nothing goes live")
    if show.broadcast is None or not state.broadcast_id:
        return
    is_ours = show.broadcast.is_deleted_unused and not show.broadcast.adopt
    if is_ours and Lane.BROADCAST not in state.lanes_held:
        yield say("the broadcast {broadcast} is deleted", broadcast=state.broadcast_id)
    else:
        stays = "the broadcast {broadcast} stays as it is: delete it in YouTube Studio, or say there what happened"
        yield say(stays, broadcast=state.broadcast_id)


def _tell(show: ShowPlan) -> Iterator[str]:
    guests = {guest.name: None for segment in show.segments for guest in segment.guests}
    for name in guests:
        yield say("{guest}: the show is cancelled", guest=name)
    for name in sorted({cue.what for cue in show.cues if cue.lane is Lane.DESTINATION}):
        yield say("whoever drives {name} by hand: the show is cancelled", name=name)
