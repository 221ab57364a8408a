"""How is each act done through the ports, and what does its answer say for the record?"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from broadcaster.conductor.spending import Meter
from broadcaster.ports import Broadcasts, Channel, Studio
from broadcaster.season.errors import Refused
from broadcaster.season.plan import Cue, ShowPlan
from broadcaster.show.observed import BroadcastSeen
from broadcaster.show.quota import Budget
from broadcaster.show.records import stamp
from broadcaster.show.state import ShowState
from broadcaster.show.turn import Command, Verb

log = logging.getLogger(__name__)

Words = Callable[[Cue, str], str]
"""The text of a post, for its cue and the link to the broadcast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FarEnds:
    """The far ends of one season. `broadcasts` None: no show of it goes to YouTube."""

    studio: Studio
    broadcasts: Broadcasts | None
    channels: Mapping[str, Channel]
    words: Words
    stream_title: str
    budget: Budget = field(default_factory=Budget)
    meter: Meter = field(default_factory=Meter)
    """What YouTube's calls cost, as `broadcasts` reports it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What an act brought back: data for the record (no secrets), and the broadcast as it is now, if it was asked."""

    data: Mapping[str, Any] = field(default_factory=dict)
    broadcast: BroadcastSeen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A command with what it is about."""

    command: Command
    show: ShowPlan
    state: ShowState
    ends: FarEnds
    now: Callable[[], datetime]


async def perform(act: Act) -> Answered:
    """Do it; return once the far end has answered. Raises FarEndError, see ports."""
    return await _VERBS[act.command.verb](act)


def far_end_of(verb: Verb) -> str:
    """The name of the far end that the verb speaks to."""
    if verb in (Verb.TAKE, Verb.START, Verb.STOP):
        return "obs"
    return "posts" if verb is Verb.POST else "youtube"


def _youtube(act: Act) -> Broadcasts:
    if act.ends.broadcasts is None:
        raise Refused("no YouTube channel is set up: see [youtube] in config.toml")
    return act.ends.broadcasts


async def _take(act: Act) -> Answered:
    taken = await act.ends.studio.take(act.command.what, act.command.at)
    return Answered(data={"scene": taken.scene, "began": stamp(taken.began)})


async def _point(act: Act) -> Answered:
    ingest = await _youtube(act).ingest(act.command.what)
    await act.ends.studio.point(ingest)
    return Answered(data={"server": ingest.server, "target": ingest.fingerprint})


async def _start(act: Act) -> Answered:
    await act.ends.studio.start_stream()
    return Answered()


async def _stop(act: Act) -> Answered:
    await act.ends.studio.stop_stream()
    return Answered()


async def _find(act: Act) -> Answered:
    seen = await _youtube(act).find(act.command.what)
    return _broadcast(seen) if seen else Answered(data={"broadcast": ""})


async def _create(act: Act) -> Answered:
    if act.show.broadcast is None:
        raise Refused(f"{act.show.id} has no YouTube destination")
    return _broadcast(await _youtube(act).create(act.show.broadcast))


async def _find_stream(act: Act) -> Answered:
    seen = await _youtube(act).find_stream(act.ends.stream_title)
    return Answered(data={"stream": seen.id if seen else ""})


async def _create_stream(act: Act) -> Answered:
    return Answered(data={"stream": (await _youtube(act).create_stream(act.ends.stream_title)).id})


async def _bind(act: Act) -> Answered:
    return _broadcast(await _youtube(act).bind(act.state.broadcast_id, act.command.what))


async def _transition(act: Act) -> Answered:
    to = act.command.verb
    youtube = _youtube(act)
    match to:
        case Verb.TESTING:
            seen = await youtube.transition(act.state.broadcast_id, "testing")
        case Verb.LIVE:
            seen = await youtube.transition(act.state.broadcast_id, "live")
        case _:
            seen = await youtube.transition(act.state.broadcast_id, "complete")
    return _broadcast(seen)


async def _post(act: Act) -> Answered:
    cue = act.show.cue(act.command.cue)
    name = cue.detail["channel"]
    channel = act.ends.channels.get(name)
    if channel is None:
        raise Refused(f"config.toml has no [channels.{name}]")
    link = f"https://youtu.be/{act.state.broadcast_id}" if act.state.broadcast_id else ""
    text = act.ends.words(cue, link)
    return Answered(data={"post": await channel.post(text), "text": text, "posted": stamp(act.now())})


def _broadcast(seen: BroadcastSeen) -> Answered:
    data = {"broadcast": seen.id, "bound": seen.stream_id or "", "lifecycle": seen.lifecycle}
    return Answered(data=data, broadcast=seen)


_VERBS: dict[Verb, Callable[[Act], Awaitable[Answered]]] = {
    Verb.TAKE: _take,
    Verb.POINT: _point,
    Verb.START: _start,
    Verb.STOP: _stop,
    Verb.FIND: _find,
    Verb.CREATE: _create,
    Verb.FIND_STREAM: _find_stream,
    Verb.CREATE_STREAM: _create_stream,
    Verb.BIND: _bind,
    Verb.TESTING: _transition,
    Verb.LIVE: _transition,
    Verb.COMPLETE: _transition,
    Verb.POST: _post,
}
