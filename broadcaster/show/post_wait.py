"""Which posts wait for a channel that takes nothing for now, and what do people have to know of it?"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from broadcaster.season.channels import Reach
from broadcaster.season.plan import Action, Cue, Lane, Plan, ShowPlan, Trigger
from broadcaster.season.said import say
from broadcaster.season.walltime import local, offset_text
from broadcaster.show.expected import expected
from broadcaster.show.post_correct import Way, stale_posts
from broadcaster.show.post_standing import was_tried
from broadcaster.show.post_state import Pause, Told
from broadcaster.show.state import SeasonState, ShowState

LONG = timedelta(minutes=3)
"""Shorter pauses pass by themselves before anybody could do anything."""


def pause_alerts(
    plan: Plan, season: SeasonState, now: datetime, told: Collection[str], reaches: Mapping[str, Reach]
) -> Iterator[str]:
    """A sentence for each channel that keeps posts waiting for long, with until when and what people can do.

    `told` are channels of which people know already that they wait for them; `reaches`, what each can do.
    """
    pauses = {
        name: pause for name, pause in season.channels.pauses.items() if name not in told and _is_long(pause, now)
    }
    if not pauses:
        return
    waiting: dict[str, list[ShowPlan]] = {}
    for each in plan.shows:
        state = season.show(each.id)
        show = expected(each, state, now)
        for cue in _waiting(show, state, pauses, now, reaches):
            waiting.setdefault(cue.channel, []).append(show)
    for name, shows in waiting.items():
        pause = pauses[name]
        yield say(
            "{channel} has taken nothing since {since} and is asked again at {until}; posts that wait: {count} ({why})"
            ": wait, or post by hand there and `post skip` here",
            channel=name,
            since=_clock(pause.began or pause.since, shows[0].zone),
            until=_clock(pause.until, shows[0].zone),
            count=len(shows),
            why=pause.why,
        )


def why_paused(show: ShowPlan, state: ShowState, cue: Cue, pauses: Mapping[str, Pause], now: datetime) -> str:
    """Why a post is not out, and when its channel is asked again; empty: its channel is not what it waits for."""
    if (pause := pauses.get(cue.channel)) is None or not _waits(cue, state, pause, now):
        return ""
    until = _clock(pause.until, show.zone)
    return say("{channel} is asked again at {until}: {why}", channel=cue.channel, until=until, why=pause.why)


def _is_long(pause: Pause, now: datetime) -> bool:
    """Nothing was taken there for long, or will be, and something was tried lately."""
    return now < pause.until + LONG and max(pause.until, now) - (pause.began or pause.since) >= LONG


def _waiting(
    show: ShowPlan, state: ShowState, pauses: Mapping[str, Pause], now: datetime, reaches: Mapping[str, Reach]
) -> Iterator[Cue]:
    """The posts that are due there, and those that are out and not true any more."""
    for cue in show.cues_of(Lane.POSTS, Action.POST):
        if cue.channel in pauses and _waits(cue, state, pauses[cue.channel], now):
            yield cue
    truth = Told(go_live=show.go_live, is_cancelled=state.cancelled_at is not None)
    if Lane.POSTS not in state.lanes_held:
        yield from (
            stale.cue
            for stale in stale_posts(show, state, truth, now, reaches)
            if stale.cue.channel in pauses and stale.way in (Way.EDIT, Way.FOLLOW)
        )


def _waits(cue: Cue, state: ShowState, pause: Pause, now: datetime) -> bool:
    """Nothing but the channel keeps it."""
    post = state.post(cue.id)
    if cue.id in state.settled or post.is_out or post.asks or post.held_by:
        return False
    if post.sent_by:
        return True  # by name, also past a lane that is held
    if Lane.POSTS in state.lanes_held:
        return False
    if was_tried(state, cue):
        return True
    is_due = cue.trigger is Trigger.CLOCK and cue.at <= now < pause.until
    return is_due and cue.quiet_until(now) is None


def _clock(at: datetime, zone: str) -> str:
    there = local(at, zone)
    return f"{there:%H:%M} {offset_text(there)}"
