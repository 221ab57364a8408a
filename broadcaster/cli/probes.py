"""What do the far ends say before a show? Looks only: nothing is written to OBS, YouTube, channels or the journal."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.cli.wiring import ObsAddress, YouTubeAddress
from broadcaster.ports import Clock
from broadcaster.reports.board import Line, clock_line, go, no_go, warn
from broadcaster.reports.board_panel import ServiceFound
from broadcaster.season.errors import BroadcastError, FarEndError, JournalError, SeasonError
from broadcaster.season.plan import ShowPlan
from broadcaster.show.fold import fold
from broadcaster.show.observed import BroadcastSeen, StreamSeen, StudioSeen
from broadcaster.show.people import Roster
from broadcaster.show.records import RUN_STARTED, Record
from broadcaster.show.state import SeasonState

if TYPE_CHECKING:
    from broadcaster.adapters.obs.translate import Machine
    from broadcaster.cli.config import Config
    from broadcaster.cli.config_channels import ChannelTable

OBS_SECONDS = 5.0
SERVICE_SECONDS = 5.0
LITTLE_DISK = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ObsFound:
    """What OBS says; `trouble` says why it does not."""

    seen: StudioSeen | None = None
    machine: "Machine | None" = None
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class YouTubeFound:
    """What YouTube says, as far as it came; `trouble` says what stopped it. `target` is the stream's fingerprint."""

    channel: str = ""
    stream: StreamSeen | None = None
    target: str = ""
    broadcast: BroadcastSeen | None = None
    units: int = 0
    trouble: str = ""


async def look_at_obs(address: ObsAddress, clock: Clock) -> ObsFound:
    """Connect, read everything, and leave."""
    from broadcaster.adapters.obs import OBSStudio

    studio = OBSStudio(name="main", host=address.host, port=address.port, password=address.password, clock=clock)
    news = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(studio.run(news.set), name="obs")
        try:
            async with asyncio.timeout(OBS_SECONDS):
                while studio.seen is None:
                    await news.wait()
                    news.clear()
                return ObsFound(seen=studio.seen, machine=await studio.machine())
        except TimeoutError:
            return ObsFound(trouble=studio.trouble or f"OBS did not answer within {OBS_SECONDS:g} s")
        except FarEndError as error:
            return ObsFound(seen=studio.seen, trouble=str(error))
        finally:
            running.cancel()


async def look_at_youtube(
    address: YouTubeAddress, clock: Clock, show: ShowPlan, state_id: str, stream_title: str
) -> YouTubeFound:
    """Ask for the channel, the stream and the show's broadcast; a handful of units."""
    from broadcaster.adapters.youtube import YouTubeBroadcasts

    channel, target, trouble = "", "", ""
    stream: StreamSeen | None = None
    broadcast: BroadcastSeen | None = None
    async with YouTubeBroadcasts(
        name="main",
        endpoint=address.endpoint,
        credentials=address.tokens,
        clock=clock,
        costs=address.budget.costs,
    ) as youtube:
        try:
            channel = await youtube.channel()
            stream = await youtube.find_stream(stream_title)
            if stream is not None:
                target = (await youtube.ingest(stream.id)).fingerprint
            if show.broadcast is not None:
                known = state_id or show.broadcast.adopt
                broadcast = await (youtube.look(known) if known else youtube.find(show.broadcast.marker))
        except FarEndError as error:
            trouble = str(error)
        units = sum(youtube.spent.values())
    return YouTubeFound(
        channel=channel, stream=stream, target=target, broadcast=broadcast, units=units, trouble=trouble
    )


async def look_at_channel(name: str, table: "ChannelTable", clock: Clock) -> Line:
    """Ask the service who we are there, and what the channel is called."""
    from broadcaster.cli.channels import open_channel
    from broadcaster.cli.closed_channel import remedy
    from broadcaster.panel.shelf import PictureShelf

    shelf = PictureShelf(public_url="", clock=clock)  # nothing is posted, so nothing is fetched
    try:
        return go("posts", name, await open_channel(name, table, clock, shelf).check())
    except SeasonError as error:
        return no_go("posts", name, remedy(error))
    except FarEndError as error:
        return no_go("posts", name, str(error))


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFound:
    """What the journal says, and what there is to say of it."""

    state: SeasonState = field(default_factory=SeasonState)
    lines: tuple[Line, ...] = ()


def look_at_journal(path: Path, season: str) -> JournalFound:
    """Read and verify the journal where there is one, and see whether its folder can be written."""
    from broadcaster.adapters.journal import read_journal, verify

    lines = [_room(path)]
    if not path.exists():
        lines.append(go("machine", "record", f"{path.name} begins with the first run"))
        return JournalFound(lines=tuple(lines))
    try:
        verdict = verify(path)
        records = read_journal(path)
    except JournalError as error:
        return JournalFound(lines=(*lines, no_go("machine", "record", str(error))))
    if verdict.is_good:
        lines.append(go("machine", "record", f"{verdict.count} records, none changed, none missing"))
    else:
        fault = verdict.faults[0].message
        lines.append(no_go("machine", "record", f"NOT good: {fault}; see `broadcaster journal verify`"))
    state = fold(SeasonState(), records)
    lines += _other_season(records, season)
    return JournalFound(state=state, lines=tuple(lines))


def _other_season(records: list[Record], season: str) -> Iterator[Line]:
    last = next((record for record in reversed(records) if record.kind == RUN_STARTED), None)
    if last is not None and last.ids.get("season", season) != season:
        yield warn("machine", "record of", f"the last run in this journal was of season {last.ids['season']}")


def _room(path: Path) -> Line:
    """Whether the journal's folder, or the one that it will be made in, can be written, and has room."""
    folder = path.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return no_go("machine", "journal", f"{folder} cannot be written: {error.strerror}; see [state] dir")
    if path.exists() and not os.access(path, os.W_OK):
        return no_go("machine", "journal", f"{path} cannot be written: mend its rights")
    room = f"{folder} can be written, {free / 1e9:,.1f} GB free"
    return go("machine", "journal", room) if free >= LITTLE_DISK else warn("machine", "journal", f"{room}: too little")


async def look_at_service(config: "Config") -> ServiceFound:
    """Ask the service of these settings how it stands, if it runs."""
    from broadcaster.cli.service import NoService, find_service

    try:
        service = replace(find_service(None, None, who="", settings=config), patience=SERVICE_SECONDS)
        state = await asyncio.to_thread(service.look)
    except NoService:
        return ServiceFound()
    except BroadcastError as error:
        return ServiceFound(trouble=str(error))
    return ServiceFound(season=str(state.get("season")), pages=state.get("graphics_pages"))


def look_at_people(path: Path) -> Roster | None:
    """Read who may sign in; None: there is no such file. Raises PeopleError."""
    from broadcaster.adapters.people import SQLPeople

    async def read() -> Roster:
        async with SQLPeople.open(path) as people:
            return await people.read()

    return asyncio.run(read()) if path.exists() else None


def look_at_clock() -> Line:
    """Ask the system whether its clock is held to the world's."""
    from broadcaster.adapters.clock import synchronised

    found = synchronised()
    if found is None:
        return clock_line(None, timedelta())
    return clock_line(found.is_synchronised, found.error)
