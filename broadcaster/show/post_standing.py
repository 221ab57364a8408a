"""Where does one announcement stand, in a word for people, when is it to come, and which one waits for their word?"""

from collections.abc import Collection, Iterator
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from broadcaster.season.example import LEAST_DELAY
from broadcaster.season.plan import CHAT, Action, Cue, Lane, Late, ShowPlan, Trigger
from broadcaster.season.quiet import QuietHours
from broadcaster.season.said import say
from broadcaster.show.observed import Lifecycle
from broadcaster.show.post_state import FIRST, SEARCHES
from broadcaster.show.records import End
from broadcaster.show.state import ShowState


class PostStanding(StrEnum):
    """Where a post stands."""

    PLANNED = "planned"
    ONLY_IF = "only_if"
    """It goes out if its show is delayed, or cancelled, which has not happened."""
    WILL_SKIP = "will_skip"
    """It is known by now that it will be left out, or refused; see `left_out_ahead`."""
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


def standing(show: ShowPlan, cue: Cue, state: ShowState, channels: Collection[str] | None = None) -> PostStanding:
    """Where the post stands by the record; what the clock adds is seen from its instant.

    `show` is as it is expected. `channels`: those that the settings have; None: nobody has said.
    """
    post, settled = state.post(cue.id), state.settled.get(cue.id)
    if _is_asking(state, cue.id):
        return PostStanding.ASKS
    if settled is not None:
        return _ended(settled.end, is_corrected=post.is_corrected)
    if any(act.cue == cue.id and act.verb in (*FIRST, *SEARCHES) for act in state.open.values()):
        return PostStanding.SENDING
    if post.is_lost:
        return PostStanding.UNKNOWN
    if post.held_by:
        return PostStanding.HELD
    if post.sent_by:  # by name: a lane that is held does not keep it
        return PostStanding.WAITING
    if was_tried(state, cue):
        return PostStanding.HELD if Lane.POSTS in state.lanes_held else PostStanding.WAITING
    if _is_only_if(show, cue, state):
        return PostStanding.ONLY_IF
    if Lane.POSTS in state.lanes_held:
        return PostStanding.HELD
    return PostStanding.WILL_SKIP if left_out_ahead(show, cue, state, channels) else PostStanding.PLANNED


def was_tried(state: ShowState, cue: Cue) -> bool:
    """It could not be put out; not so where only its hand-over failed, and it waits for its instant."""
    return not state.post(cue.id).is_put_off and any(state.failures.get(f"{cue.id}:{verb}") for verb in FIRST)


def _is_only_if(show: ShowPlan, cue: Cue, state: ShowState) -> bool:
    """What it tells of may never happen, and has not."""
    match cue.trigger:
        case Trigger.CANCELLED:
            return state.cancelled_at is None
        case Trigger.DELAYED:
            return state.live_moved_at is None or show.delay < LEAST_DELAY
    return False


def left_out_ahead(show: ShowPlan, cue: Cue, state: ShowState, channels: Collection[str] | None = None) -> str:
    """Why a post that is to come will be left out, as far as that is known before; empty: it goes out.

    Arguments as for `standing`.
    """
    if cue.channel == CHAT:
        if show.broadcast is None:
            return say("the show has no broadcast on YouTube, so no live chat")
        if state.phase.is_over or state.lifecycle in (Lifecycle.COMPLETE, Lifecycle.REVOKED):
            return say("the live chat has closed with the broadcast")
    elif channels is not None and cue.channel not in channels:
        return say("config.toml has no [channels.{channel}]", channel=cue.channel)
    if _is_only_if(show, cue, state):
        return ""  # nobody knows yet at which hour that would be
    quiet = cue.post.quiet if cue.post is not None and not cue.post.is_urgent else None
    if quiet is not None and cue.is_left_out_when_quiet and _quiet_until(quiet, cue.zone, instant_of(show, cue, state)):
        return say("its readers have quiet hours then, {hours}", hours=str(quiet))
    return ""


def too_late_to_give_back(cue: Cue, state: ShowState, at: datetime, now: datetime) -> str:
    """What becomes of a post that is held, once it is given back; empty: it goes out, or asks."""
    is_held = bool(state.post(cue.id).held_by) and cue.id not in state.settled
    if is_held and cue.trigger is Trigger.CLOCK and cue.late.then is Late.SKIP and now > at + cue.late.grace:
        return say("its time has passed: given back, it is left out; `post send` sends it still")
    return ""


def instant_of(show: ShowPlan, cue: Cue, state: ShowState) -> datetime:
    """When the post went out; for one to come, when it is expected to, or was due. A delay moves no post that is out.

    What tells of a segment has its start, what tells of the end has that, in the show as it is expected.
    """
    if (posted := state.post(cue.id).posted) is not None:
        return posted
    match cue.trigger:
        case Trigger.SEGMENT if cue.post is not None:
            started = state.started.get(cue.post.segment)
            start = next((each.start for each in show.segments if each.id == cue.post.segment), cue.at)
            return started or start
        case Trigger.LIVE:
            return state.live_at or cue.at
        case Trigger.ENDED if cue.post is not None and cue.post.wanted_at is None:
            at = state.complete_at or show.off_air
            waits_for = None if cue.post.quiet is None or cue.post.is_urgent else cue.post.quiet
            quiet_until = _quiet_until(waits_for, cue.zone, at) if waits_for is not None else None
            return at if cue.is_left_out_when_quiet else quiet_until or at
        case Trigger.DELAYED if not _is_only_if(show, cue, state):
            return state.live_moved_at or cue.at
        case Trigger.CANCELLED:
            return state.cancelled_at or cue.at
    return cue.at


@lru_cache(maxsize=4096)
def _quiet_until(quiet: QuietHours, zone: str, at: datetime) -> datetime | None:
    """As QuietHours.until; kept, since a show is looked at many times and may have many posts."""
    return quiet.until(at, zone)


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
