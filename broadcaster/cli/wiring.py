"""Which adapter stands behind which port? The one place that joins them, for a run and for a rehearsal alike."""

import asyncio
import os
import platform
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadcaster.ports import Clock, Message, Secret, Shelf
from broadcaster.season.announce import render
from broadcaster.season.channels import Reach
from broadcaster.season.plan import CHAT, Cue, Plan, ShowPlan
from broadcaster.show.dated import facts
from broadcaster.show.quota import Budget

if TYPE_CHECKING:
    from broadcaster.adapters.youtube.connection import Tokens
    from broadcaster.cli.config import Config
    from broadcaster.cli.config_channels import ChannelTable
    from broadcaster.conductor.perform import FarEnds, Words
    from broadcaster.conductor.posting import Card
    from broadcaster.ports import Graphics


@dataclass(frozen=True, slots=True, kw_only=True)
class ObsAddress:
    """Where the vision mixer is."""

    host: str
    port: int
    password: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class YouTubeAddress:
    """Where the channel is, and how we sign in."""

    endpoint: str
    tokens: "Tokens"
    budget: Budget = field(default_factory=Budget)


@asynccontextmanager
async def far_ends(
    plan: Plan,
    clock: Clock,
    *,
    obs: ObsAddress,
    youtube: YouTubeAddress | None,
    channels: Mapping[str, "ChannelTable"],
    shelf: Shelf,
    stream_title: str,
    folder: Path,
    graphics: "Graphics | None" = None,
) -> AsyncIterator["FarEnds"]:
    """The far ends of a season, closed at the end. The heavy clients are imported here, not before.

    `folder` is where the season file is, and with it the pictures that it names; `shelf` is where services fetch those
    of posts.
    """
    from broadcaster.adapters.obs import OBSStudio
    from broadcaster.adapters.youtube import YouTubeBroadcasts
    from broadcaster.cli.channels import open_or_closed
    from broadcaster.cli.closed_channel import closed_of
    from broadcaster.conductor.perform import FarEnds
    from broadcaster.conductor.spending import Meter

    meter = Meter()
    async with AsyncExitStack() as stack:
        studio = OBSStudio(name="main", host=obs.host, port=obs.port, password=obs.password, clock=clock)
        broadcasts = None
        if youtube is not None:
            broadcasts = await stack.enter_async_context(
                YouTubeBroadcasts(
                    name="main",
                    endpoint=youtube.endpoint,
                    credentials=youtube.tokens,
                    clock=clock,
                    costs=youtube.budget.costs,
                    on_spent=meter.spent,
                )
            )
        posted_to = {name: open_or_closed(name, table, clock, shelf) for name, table in channels.items()}
        yield FarEnds(
            studio=studio,
            broadcasts=broadcasts,
            channels=posted_to,
            closed=lambda: closed_of(posted_to.values()),
            reaches={name: table.reach() for name, table in channels.items()},
            words=words_of(plan),
            card=card_of(plan, folder, {name: table.reach() for name, table in channels.items()}),
            stream_title=stream_title,
            season=plan.season,
            graphics=graphics,
            picture=lambda name: asyncio.to_thread((folder / name).read_bytes),
            budget=youtube.budget if youtube is not None else Budget(),
            meter=meter,
        )


def words_of(plan: Plan) -> "Words":
    """The texts of the season's posts."""

    def words(show: ShowPlan, cue: Cue, link: str) -> Message:
        language = cue.post.language if cue.post is not None else ""
        said = render(plan, show, cue, link=link)
        return Message(text=said.text, title=said.title, language=language, link=link)

    return words


def card_of(plan: Plan, folder: Path, reaches: Mapping[str, Reach]) -> "Card":
    """The pictures of the season's posts; `folder` is the season file's."""
    from broadcaster.adapters.cards.adapter import Cards

    return Cards(folder, {name: reach.kind for name, reach in reaches.items()}).of(plan)


def about(plan: Plan, *, rehearsal: bool, speed: float = 1.0) -> dict[str, Any]:
    """What a run says of itself at the head of its records."""
    from importlib.metadata import version

    return {
        "broadcaster": version("broadcaster"),
        "rehearsal": rehearsal,
        "speed": speed,
        "tzdata": plan.tzdata,
        "host": socket.gethostname(),
        "system": platform.platform(),
        "pid": os.getpid(),
        "shows": facts(plan),
    }


def has_broadcasts(plan: Plan) -> bool:
    """Some show of the season goes to YouTube."""
    return any(show.broadcast is not None for show in plan.shows)


def sign_in_warning(plan: Plan, config: "Config", now: datetime) -> str | None:
    """What is wrong with the channel's sign-in for the shows to come: not there, or not for long enough."""
    coming = [show.off_air for show in plan.shows if show.broadcast is not None and show.off_air > now]
    token = config.youtube_secret().file
    if not coming or config.youtube.bearer is not None or token is None:
        return None
    from broadcaster.adapters.youtube.token_store import outlives

    return outlives(token, max(coming))


def channels_of(plan: Plan) -> set[str]:
    """The names of the channels that the announcements go to, but the one that is built in."""
    return {cue.post.channel for show in plan.shows for cue in show.cues if cue.post is not None} - {CHAT}


def scenes_of(plan: Plan) -> list[str]:
    """Every scene that the season takes, each once, in order of appearance."""
    names: dict[str, None] = {}
    for show in plan.shows:
        for name in (
            show.standby_scene,
            *(segment.scene for segment in show.segments),
            show.closing_scene,
            show.fallback_scene,
        ):
            names[name] = None
    return list(names)
