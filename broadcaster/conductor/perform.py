"""How is each act done through the ports, and what does its answer say for the record?"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from errno import ENOENT
from typing import Any

from broadcaster.conductor.posting import Card, Said, port_of
from broadcaster.conductor.spending import Meter
from broadcaster.ports import BroadcastChange, Broadcasts, Channel, Graphics, Message, Picture, Studio, VideoChange
from broadcaster.season.channels import Reach
from broadcaster.season.errors import Refused, Unavailable
from broadcaster.season.plan import Cue, ShowPlan
from broadcaster.show.graphics import lower_third
from broadcaster.show.observed import BroadcastSeen, Lifecycle, VideoSeen
from broadcaster.show.quota import Budget
from broadcaster.show.records import stamp
from broadcaster.show.state import ShowState
from broadcaster.show.turn import OF_CHANNELS, Command, Verb

log = logging.getLogger(__name__)

ADOPT_PAUSE, ADOPT_PAUSE_ON_STAGE = timedelta(minutes=5), timedelta(seconds=20)
"""How long after a broadcast that is to be adopted was not there to look for it again."""

Words = Callable[[ShowPlan, Cue, str], Message]
"""What a post says, for its show as it is expected, its cue and the link to the broadcast."""


async def _no_picture(name: str) -> bytes:
    raise FileNotFoundError(ENOENT, "no pictures are read here", name)


@dataclass(frozen=True, slots=True, kw_only=True)
class FarEnds:
    """The far ends of one season. `broadcasts` None: no show of it goes to YouTube."""

    studio: Studio
    broadcasts: Broadcasts | None
    channels: Mapping[str, Channel]
    words: Words
    stream_title: str
    reaches: Mapping[str, Reach] = field(default_factory=dict)
    """Channel -> what it can do, as far as that is known."""
    closed: Callable[[], Mapping[str, str]] = dict
    """Channel -> what a person has to do before it can be opened."""
    season: str = ""
    """The season's id, of which the keys of posts are made."""
    graphics: Graphics | None = None
    """None: nothing here can show lower thirds."""
    picture: Callable[[str], Awaitable[bytes]] = _no_picture
    """The bytes of a picture that the season file names; raises OSError."""
    card: Card | None = None
    """Makes the pictures of posts; None: they go without."""
    budget: Budget = field(default_factory=Budget)
    meter: Meter = field(default_factory=Meter)
    """What YouTube's calls cost, as `broadcasts` reports it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What an act brought back: data for the record (no secrets), and the broadcast or video as it is then."""

    data: Mapping[str, Any] = field(default_factory=dict)
    broadcast: BroadcastSeen | None = None
    video: VideoSeen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A command with what it is about."""

    command: Command
    show: ShowPlan
    state: ShowState
    ends: FarEnds
    now: Callable[[], datetime]
    said: Said | None = None
    """What an act on a channel says."""
    picture: Picture | None = None
    """What it shows beside the words."""
    others: frozenset[str] = frozenset()
    """Posts that are not the one that it looks for."""


async def perform(act: Act) -> Answered:
    """Do it; return once the far end has answered. Raises FarEndError, see ports."""
    return await _VERBS[act.command.verb](act)


def far_end_of(verb: Verb) -> str:
    """The name of the far end that the verb speaks to."""
    if verb in (Verb.TAKE, Verb.START, Verb.STOP, Verb.RESTART):
        return "obs"
    if verb in (Verb.SHOW, Verb.HIDE):
        return "graphics"
    return "youtube" if verb not in OF_CHANNELS or verb in (Verb.SAY, Verb.SAY_AGAIN) else "posts"


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


async def _restart(act: Act) -> Answered:
    await act.ends.studio.stop_stream()
    await act.ends.studio.start_stream()
    return Answered()


async def _find(act: Act) -> Answered:
    plan = act.show.broadcast
    if plan is not None and plan.adopt:
        return _broadcast(await _adopt(act, plan.adopt))
    seen = await _youtube(act).find(act.command.what)
    return _broadcast(seen) if seen else Answered(data={"broadcast": ""})


async def _adopt(act: Act, broadcast_id: str) -> BroadcastSeen:
    """The broadcast that somebody made for this show; none is ever made in its place."""
    seen = await _youtube(act).look(broadcast_id)
    if seen is None:
        pause = ADOPT_PAUSE_ON_STAGE if act.state.phase.is_on_stage else ADOPT_PAUSE
        raise Unavailable(
            f"the channel has no broadcast {broadcast_id}: check youtube_id of show {act.show.id} in the season file, "
            "and that the sign-in is the channel's",
            reason="liveBroadcastNotFound",
            retry_after=pause.total_seconds(),
        )
    return seen


async def _create(act: Act) -> Answered:
    if act.show.broadcast is None or act.show.broadcast.adopt:
        raise Refused(f"{act.show.id} has no YouTube destination")
    return _broadcast(await _youtube(act).create(act.show.broadcast))


async def _find_stream(act: Act) -> Answered:
    youtube, known = _youtube(act), act.command.what
    seen = await youtube.look_stream(known) if known else None  # one just made may not be listed yet
    seen = seen or await youtube.find_stream(act.ends.stream_title)
    return Answered(data={"stream": seen.id if seen else "", "known": known})


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


def _said(act: Act) -> Said:
    if act.said is None:
        raise Refused("it has no words", reason="noWords")
    return act.said


async def _post(act: Act) -> Answered:
    said, cue = _said(act), act.show.cue(act.command.cue)
    if said.is_unchanged:
        return Answered()
    message = replace(said.message, picture=act.picture)
    post = await port_of(act.ends, cue).post(message, key=said.key)
    data = {"post": post, "text": message.text, "posted": stamp(message.at or act.now())}
    return Answered(data=data | ({"handed_over": True} if message.at is not None else {}))


async def _find_post(act: Act) -> Answered:
    said, cue = _said(act), act.show.cue(act.command.cue)
    lost = act.state.post(cue.id).lost
    if lost is None:
        raise Refused("nothing of it is in doubt", reason="noPost")
    since = min(lost.sent, act.now())  # our clock may have been set back meanwhile
    found = await port_of(act.ends, cue).find(said.message, since=since, others=act.others)
    return Answered(data={"post": found or ""})


async def _edit(act: Act) -> Answered:
    said, cue = _said(act), act.show.cue(act.command.cue)
    if act.picture is not None or not said.is_unchanged:
        message = replace(said.message, picture=act.picture)
        await port_of(act.ends, cue).edit(act.command.what, message)
    moved = {"posted": stamp(said.message.at)} if said.message.at is not None else {}
    return Answered(data={"text": said.message.text, **moved})


async def _picture(act: Act) -> Answered:
    if act.picture is None:
        raise Refused("it has no picture", reason="noPicture")
    return await _edit(act)


async def _pin(act: Act) -> Answered:
    await port_of(act.ends, act.show.cue(act.command.cue)).pin(act.command.what)
    return Answered()


async def _say(act: Act) -> Answered:
    said = _said(act)
    if said.is_unchanged:
        return Answered()
    line = await _youtube(act).say(act.command.what, said.message.text)
    return Answered(data={"post": line, "text": said.message.text, "posted": stamp(act.now())})


async def _update(act: Act) -> Answered:
    """Look first: what is not to be changed is sent as it is now."""
    youtube = _youtube(act)
    seen = await youtube.look(act.state.broadcast_id)
    if seen is None:
        raise Unavailable("YouTube does not show the broadcast", reason="liveBroadcastNotFound")
    return _broadcast(await youtube.update(seen, BroadcastChange(**act.command.change)))


async def _dress(act: Act) -> Answered:
    youtube = _youtube(act)
    seen = await youtube.look_video(act.state.broadcast_id)
    if seen is None:
        raise Unavailable("YouTube does not show the video yet", reason="videoNotFound")
    return Answered(video=await youtube.update_video(seen, VideoChange(**act.command.change)))


async def _thumbnail(act: Act) -> Answered:
    name = act.show.broadcast.thumbnail if act.show.broadcast else ""
    try:
        picture = await act.ends.picture(name)
    except OSError as error:
        raise Refused(f"the picture {name!r} cannot be read: {error.strerror or error}", reason="noPicture") from error
    await _youtube(act).set_thumbnail(act.state.broadcast_id, picture)
    return Answered(data={"file": name, "bytes": len(picture)})


async def _playlist(act: Act) -> Answered:
    """Look first: a second entry would show the video twice."""
    youtube, playlist, video = _youtube(act), act.command.what, act.state.broadcast_id
    was_in = await youtube.is_in_playlist(playlist, video)
    if not was_in:
        await youtube.add_to_playlist(playlist, video)
    return Answered(data={"was_in": was_in})


async def _delete(act: Act) -> Answered:
    """Look first: what has gone live meanwhile is kept, and what is gone already is done."""
    youtube = _youtube(act)
    seen = await youtube.look(act.command.what)
    if seen is not None and seen.lifecycle in (Lifecycle.LIVE_STARTING, Lifecycle.LIVE, Lifecycle.COMPLETE):
        raise Refused(f"the broadcast is {seen.lifecycle.replace('_', ' ')} after all", reason="wentLive")
    try:
        await youtube.delete(act.command.what)
    except Refused as refusal:
        if refusal.reason != "liveBroadcastNotFound":
            raise
    return Answered(data={"deleted": act.command.what})


def _graphics(act: Act) -> Graphics:
    if act.ends.graphics is None:
        raise Refused("no panel serves the lower-third page")
    return act.ends.graphics


async def _show(act: Act) -> Answered:
    if not act.show.knows(act.command.cue):
        raise Refused("the season has no such lower third any more")
    said = lower_third(act.show.cue(act.command.cue))
    await _graphics(act).show(said.title, said.subtitle)
    return Answered(data={"title": said.title, "subtitle": said.subtitle, "at": stamp(act.now())})


async def _hide(act: Act) -> Answered:
    await _graphics(act).hide()
    return Answered(data={"at": stamp(act.now())})


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
    Verb.SAY: _say,
    Verb.FIND_POST: _find_post,
    Verb.EDIT: _edit,
    Verb.PICTURE: _picture,
    Verb.PIN: _pin,
    Verb.FOLLOW: _post,
    Verb.FIND_FOLLOW: _find_post,
    Verb.SAY_AGAIN: _say,
    Verb.UPDATE: _update,
    Verb.DRESS: _dress,
    Verb.THUMBNAIL: _thumbnail,
    Verb.PLAYLIST: _playlist,
    Verb.DELETE: _delete,
    Verb.RESTART: _restart,
    Verb.SHOW: _show,
    Verb.HIDE: _hide,
}
