"""Was every post sent once, only when it was true, and put right where it was not true any more?"""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from broadcaster.season.plan import Cue, Lane, ShowPlan, Trigger
from broadcaster.show.phases import Phase
from broadcaster.show.post_ahead import moves_to
from broadcaster.show.records import End
from broadcaster.show.rundown import rundown
from broadcaster.show.state import ShowState
from tests.simulation.seasons import EDITS
from tests.simulation.virtual import micro

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

SHOWN_AHEAD = micro(0.5)
"""A take is armed so long before its instant at most."""


def posts_in_the_end(sim: "Simulation") -> list[str]:
    """Of a season that is over."""
    counted = [*_first(sim).items(), *Counter(sim.places.keys).items()]
    found = [f"{what} was posted {count} times to {where}" for (where, what), count in counted if count > 1]
    if sim.conductor is None:
        return found
    for show in sim.over.values():
        state = sim.conductor.state.show(show.id)
        for cue in show.cues_of(Lane.POSTS):
            found += _told_truly(cue, state, sim)
            found += _only_when_true(show, cue, sim)
            found += _where_it_waits(cue, state, sim)
        if state.phase is Phase.CANCELLED and Lane.POSTS not in state.lanes_held:
            found += _last_truth(show, state, "Cancelled", sim)
    return found


def posts_true(sim: "Simulation") -> list[str]:
    """While nothing goes wrong, what is out of the shows to come says the time at which they are expected."""
    if sim.conductor is None:
        return []
    found, now = [], sim.clock.now()
    if any(pause.until > now for pause in sim.conductor.state.channels.pauses.values()):
        return []
    for show in sim.plan.shows:
        state = sim.conductor.state.show(show.id)
        is_begun = state.live_at is not None or state.phase in (Phase.LIVE, Phase.CLOSING) or state.phase.is_over
        if is_begun or state.cancelled_at is not None or Lane.POSTS in state.lanes_held:
            continue
        found += _in_its_place(show, state, sim)
        go_live = rundown(show, state, now).plan.go_live
        if now < go_live and not any(at > now for at in state.retry_at.values()):
            found += _last_truth(show, state, f"{go_live:%H:%M:%S}", sim)
    return found


def _last_truth(show: ShowPlan, state: ShowState, truth: str, sim: "Simulation") -> Iterator[str]:
    """What readers were told last, and what can be edited, says so; unless a channel or a person would not have it."""
    last: dict[str, str] = {}
    for place, (_, channel, text) in enumerate(sim.places.posts):
        cue = next((each for each in show.cues_of(Lane.POSTS) if _is_of(each, channel, text)), None)
        if cue is None or cue.trigger in (Trigger.LIVE, Trigger.ENDED, Trigger.SEGMENT):
            continue
        post, now = state.post(cue.id), sim.places.said[place]
        is_in_hands = post.held_by or post.text or post.asks or post.lost is not None
        is_in_hands = is_in_hands or post.unedited is not None or post.refused is not None
        is_excused = is_in_hands or cue.trigger is Trigger.CANCELLED
        last[channel] = "" if is_excused else now
        is_first = text.split(" ")[0] == cue.id
        is_edited = is_first and not post.is_fixed and not post.follows
        if channel in EDITS and is_edited and not is_excused and truth not in now:
            yield f"{cue.id} says {now!r}, and the truth is {truth}"
    for channel, now in last.items():
        if now and truth not in now:
            yield f"the last word of {show.id} on {channel} is {now!r}, and the truth is {truth}"


def _where_it_waits(cue: Cue, state: ShowState, sim: "Simulation") -> Iterator[str]:
    """What was handed over comes out when the record says, unless the last answer never came."""
    post = state.post(cue.id)
    if post.is_handed_over and post.post and post.moving is None and post.stays_from is None:
        if sim.places.waiting[post.post] != post.posted:
            yield f"{cue.id} comes out at {sim.places.waiting[post.post]}, and is recorded for {post.posted}"


def _in_its_place(show: ShowPlan, state: ShowState, sim: "Simulation") -> Iterator[str]:
    """What waits with its channel, and could be moved to its instant, was."""
    now = sim.clock.now()
    for cue in show.cues_of(Lane.POSTS):
        post = state.post(cue.id)
        at = moves_to(cue, post, now, is_cancelled=False) if not post.held_by else None
        if at is not None and not any(retry > now for retry in state.retry_at.values()):
            yield f"{cue.id} waits for {post.posted}, and was not moved to {at}"


def _is_of(cue: Cue, channel: str, text: str) -> bool:
    is_here = cue.post is not None and cue.post.channel == channel
    return is_here and (cue.id in text.split(" ") or text == f"Cancelled: {cue.show}")


def _first(sim: "Simulation") -> Counter[tuple[str, str]]:
    heads = ((where, text.split(" ")[0]) for _, where, text in sim.places.posts)
    return Counter((where, head) for where, head in heads if "/posts/" in head)


def _told_truly(cue: Cue, state: ShowState, sim: "Simulation") -> Iterator[str]:
    """A post that is recorded as done was sent, and one that is recorded as left out was not."""
    settled = state.settled.get(cue.id)
    sent = any(text.split(" ")[0] == cue.id for _, _, text in sim.places.posts)
    if settled is None:
        return
    if settled.end is End.DONE and not sent:
        yield f"{cue.id} is recorded as done and was never posted"
    if settled.end in (End.SKIPPED, End.FAILED) and sent:
        yield f"{cue.id} is recorded as {settled.end} ({settled.why}) and was posted"


def _only_when_true(show: ShowPlan, cue: Cue, sim: "Simulation") -> Iterator[str]:
    """What tells that the show is live, or a segment, was posted after it was so."""
    at = next((at for at, _, text in sim.places.posts if text.split(" ")[0] == cue.id), None)
    if at is None:
        return
    if cue.trigger is Trigger.LIVE and show.broadcast is not None:
        ours = [video for video in sim.channel.videos if video.marker == show.broadcast.marker]
        if all(video.went_live_at is None or video.went_live_at > at for video in ours):
            yield f"{cue.id} was posted, and the show was not live"
    if cue.trigger is Trigger.SEGMENT and cue.post is not None and sim.conductor is not None:
        aired = sim.conductor.state.show(show.id).shifts.aired.get(cue.post.segment)
        if aired is None or all(scene != aired.scene or since > at for since, scene in sim.obs.on_air):
            yield f"{cue.id} was posted, and its segment was not on air"
