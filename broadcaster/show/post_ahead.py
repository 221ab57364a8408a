"""Which posts that were handed over wait for another instant than they should, and can they still be moved?

A channel that publishes by itself moves a post until shortly before it comes out, and to no instant that is too near or
too far. What cannot be moved stays, with its words put right, and people are told as long as it waits.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from broadcaster.season.channels import LATEST, LOCKED, SOONEST
from broadcaster.season.plan import Action, Cue, Lane, ShowPlan
from broadcaster.season.said import say
from broadcaster.season.walltime import local, offset_text
from broadcaster.show.post_due import A_MOMENT
from broadcaster.show.post_state import PostState
from broadcaster.show.records import End
from broadcaster.show.state import ShowState

SAME = timedelta(seconds=1)
"""Channels keep whole seconds."""
IN_DOUBT_FOR = timedelta(days=1)
"""How long after both instants are past a lost answer is still asked for."""


def waits(post: PostState, now: datetime) -> bool:
    """Its channel has it, and readers have not."""
    return post.is_handed_over and post.posted is not None and post.posted > now


def is_astray(cue: Cue, post: PostState, now: datetime, *, is_cancelled: bool) -> bool:
    """It waits for another instant than its own. Of a show that is cancelled none is."""
    if post.posted is None or not waits(post, now) or is_cancelled:
        return False
    return abs(cue.at - post.posted) >= SAME


def moves_to(cue: Cue, post: PostState, now: datetime, *, is_cancelled: bool) -> datetime | None:
    """The instant that its channel is to be asked for; None: it is in its place, or cannot be moved.

    While the answer to a move is lost it is the instant of that one, so that the next answer tells where it waits.
    """
    if post.posted is None or not post.post:
        return None
    if post.moving is not None:
        return post.moving if now < max(post.posted, post.moving) + IN_DOUBT_FOR else None
    if not is_astray(cue, post, now, is_cancelled=is_cancelled) or post.stays_from == cue.at:
        return None
    is_still_free = now <= post.posted - LOCKED - A_MOMENT
    is_in_range = now + SOONEST + A_MOMENT <= cue.at <= now + LATEST - A_MOMENT
    return cue.at if is_still_free and is_in_range else None


def astray_alerts(show: ShowPlan, state: ShowState, now: datetime) -> Iterator[str]:
    """A sentence for each post that comes out at another instant than its own, with what people can do."""
    for name, post in state.posts.items():
        if post.posted is None or not waits(post, now):
            continue
        if not show.knows(name):
            gone = "{post} is not in the season any more and comes out at {waits}: remove it in the channel's planner"
            short = name.partition(f"/{Lane.POSTS}/{Action.POST}/")[2]
            yield say(gone, post=short, waits=clock_text(post.posted, show.zone))
        elif _is_left_astray(cue := show.cue(name), state, now):
            yield _astray(cue, post.posted)


def _is_left_astray(cue: Cue, state: ShowState, now: datetime) -> bool:
    """Nobody but people will move it."""
    post, is_cancelled = state.post(cue.id), state.cancelled_at is not None
    if not is_astray(cue, post, now, is_cancelled=is_cancelled):
        return False
    return Lane.POSTS in state.lanes_held or moves_to(cue, post, now, is_cancelled=is_cancelled) is None


def _astray(cue: Cue, waits_for: datetime) -> str:
    stays = (
        "{post} comes out at {waits}, is due at {due}, and is not moved from here: move, publish or remove it in the "
        "channel's planner"
    )
    short = cue.id.partition(f"/{Lane.POSTS}/{Action.POST}/")[2]
    return say(stays, post=short, waits=clock_text(waits_for, cue.zone), due=clock_text(cue.at, cue.zone))


def told(cue: Cue, state: ShowState, now: datetime) -> str:
    """Where a post stands that was handed over, or could not be; empty for any other."""
    post, channel = state.post(cue.id), cue.channel
    if post.not_ahead and not post.is_out and cue.id not in state.settled:
        not_ahead = "{channel} did not take it ahead, so it is posted at its instant: {why}"
        return say(not_ahead, channel=channel, why=post.not_ahead)
    settled = state.settled.get(cue.id)
    if not post.is_handed_over or post.posted is None or settled is None or settled.end is not End.DONE:
        return ""
    at = clock_text(post.posted, cue.zone)
    if not waits(post, now):
        return say("handed over as {post}, {channel} published it at {at}", post=post.post, channel=channel, at=at)
    if _is_left_astray(cue, state, now):
        return _astray(cue, post.posted)
    if is_astray(cue, post, now, is_cancelled=state.cancelled_at is not None):
        due = clock_text(cue.at, cue.zone)
        return say("handed over for {at}; {channel} is asked to move it to {due}", at=at, channel=channel, due=due)
    return say("handed over as {post}, {channel} publishes it at {at}", post=post.post, channel=channel, at=at)


def after_edit(cue: Cue, state: ShowState, now: datetime) -> tuple[str, str] | None:
    """What becomes of a post that waits with its channel and has `cue` from now on: a word, and why.

    None: it does not wait there, or stays in its place.
    """
    post = state.post(cue.id)
    if post.posted is None or not is_astray(cue, post, now, is_cancelled=state.cancelled_at is not None):
        return None
    at, due = clock_text(post.posted, cue.zone), clock_text(cue.at, cue.zone)
    if _is_left_astray(cue, state, now):
        return "kept", f"handed over for {at}, and due {due}: move, publish or remove it in the channel's planner"
    return "moved", f"{at} -> {due}, by the channel that it was handed over to"


def clock_text(at: datetime, zone: str) -> str:
    """The instant as people read it."""
    there = local(at, zone)
    return f"{there:%Y-%m-%d %H:%M} {offset_text(there)}"
