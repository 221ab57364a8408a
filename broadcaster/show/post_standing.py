"""Where does one announcement stand, in a word for people, and which one waits for their word?"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from broadcaster.season.plan import Action, Cue, Lane
from broadcaster.season.said import say
from broadcaster.show.post_state import FIRST, SEARCHES
from broadcaster.show.records import End
from broadcaster.show.state import ShowState


class PostStanding(StrEnum):
    """Where a post stands."""

    PLANNED = "planned"
    HELD = "held"
    """By an operator: this one, or the lane."""
    WAITING = "waiting"
    """Its channel could not take it yet: it is tried again."""
    SENDING = "sending"
    OUT = "out"
    CORRECTED = "corrected"
    """It is out, and was edited or followed up since."""
    ASKS = "asks"
    """An operator has to say whether it is out, or is still to go out."""
    SKIPPED = "skipped"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Its answer was lost."""


def standing(cue: Cue, state: ShowState) -> PostStanding:
    """Where the post stands by the record; what the clock adds is seen from its instant."""
    post, settled = state.post(cue.id), state.settled.get(cue.id)
    if _is_asking(state, cue.id):
        return PostStanding.ASKS
    if settled is not None:
        return _ended(settled.end, is_corrected=post.is_corrected)
    if any(act.cue == cue.id and act.verb in (*FIRST, *SEARCHES) for act in state.open.values()):
        return PostStanding.SENDING
    if post.is_lost:
        return PostStanding.UNKNOWN
    if post.held_by or Lane.POSTS in state.lanes_held:
        return PostStanding.HELD
    if post.sent_by or any(state.failures.get(f"{cue.id}:{verb}") for verb in FIRST):
        return PostStanding.WAITING
    return PostStanding.PLANNED


def instant_of(cue: Cue, state: ShowState) -> datetime:
    """When the post went out; for one to come, when it is expected to. A delay moves no post that is out."""
    return state.post(cue.id).posted or cue.at


def _is_asking(state: ShowState, cue: str) -> bool:
    """The post, or what follows one that is out, waits for people."""
    post, settled = state.post(cue), state.settled.get(cue)
    is_followed_up = settled is not None and settled.end is End.DONE and post.lost is not None
    return post.asks and (settled is None or is_followed_up)


def asking_alerts(state: ShowState) -> Iterator[str]:
    """A sentence for each post that waits for people, with what they can do."""
    for cue, post in state.posts.items():
        if not _is_asking(state, cue):
            continue
        name = cue.partition(f"/{Lane.POSTS}/{Action.POST}/")[2]
        if post.lost is not None:
            unsure = "nobody knows whether {post} is out: look in the channel, then say `post sent` or `post again`"
            yield say(unsure, post=name)
        else:
            yield say("{post} is late and asks: `post send` sends it still, `post skip` leaves it out", post=name)


def _ended(end: End, *, is_corrected: bool) -> PostStanding:
    match end:
        case End.DONE:
            return PostStanding.CORRECTED if is_corrected else PostStanding.OUT
        case End.SKIPPED:
            return PostStanding.SKIPPED
        case End.FAILED:
            return PostStanding.FAILED
        case End.UNKNOWN:
            return PostStanding.UNKNOWN
