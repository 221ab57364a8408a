"""The whole service as a crew has it: `broadcaster run` in a process of its own, on emulators that the test can ask.

It shares a clock with the emulators. That stands still while a process is started, so that what a show is given stays
the same on a busy machine; with real far ends the time is the machine's.
"""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, closing, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from broadcaster.adapters.journal import read_journal
from broadcaster.emulators.obs import EmulatedOBS
from broadcaster.emulators.telegram import EmulatedTelegram
from broadcaster.emulators.youtube import EmulatedYouTube
from broadcaster.ports import Clock
from broadcaster.show.records import Record
from tests.emulated.shared_clock import SharedClock
from tests.real_obs import RealOBS
from tests.waiting import until

SCENES = ("Before", "Countdown", "Opening film", "Runway", "Finale", "Please stand by", "Thank you")
ZONE_OFFSET = timedelta(hours=5)  # Asia/Almaty, all year since 2024
START_SECONDS, SHOW_SECONDS = 60.0, 90.0
SPEED = 3.0
ROOT = Path(__file__).parents[2]

SEASON = """
[season]
id = "shifted"
title = "A season shifted to now"
timezone = "Asia/Almaty"
languages = ["en"]

[scenes]
standby = "Countdown"
fallback = "Please stand by"
closing = "Thank you"

[destinations.main]
kind = "youtube"
privacy = "unlisted"

[[show]]
id = "tonight"
title = "Tonight"
date = {date}
go_live = "{clock}"
standby = "{standby}s"
closing = "2s"
destinations = ["main"]

  [[show.segment]]
  id = "opening"
  title = "Opening film"
  scene = "Opening film"
  duration = "{seconds[0]}s"

  [[show.segment]]
  id = "designer-1"
  title = "Collection one"
  scene = "Runway"
  duration = "{seconds[1]}s"
  advance = "{advance}"

  [[show.segment]]
  id = "finale"
  title = "Finale"
  scene = "Finale"
  duration = "{seconds[2]}s"

[[announcement]]
id = "soon"
shows = ["*"]
at = {{ before = "1s" }}
channels = ["news"]
text.en = "{{{{ show.title }}}} begins"

[[announcement]]
id = "live"
shows = ["*"]
at = {{ when = "live" }}
channels = ["news"]
text.en = "{{{{ show.title }}}} is live: {{{{ link }}}}"
"""

CONFIG = """
[state]
dir = "state"

[obs]
port = {obs}
password = {{ env = "TEST_OBS_PASSWORD" }}

[youtube]
endpoint = "{youtube}/"
bearer = {{ env = "TEST_BEARER" }}

[channels.news]
kind = "telegram"
token = {{ env = "TEST_TELEGRAM_TOKEN" }}
chat = "@news"
endpoint = "{telegram}"

[api]
port = 0
token = {{ env = "BROADCASTER_TOKEN" }}
"""

ENVIRONMENT = {
    "TEST_OBS_PASSWORD": "obs secret",
    "TEST_BEARER": "bearer",
    "TEST_TELEGRAM_TOKEN": "1234:telegram",
    "BROADCASTER_TOKEN": "api-token-of-the-test",
    "TEST_MASTODON_TOKEN": "mastodon-token",
}


@dataclass
class Far:
    """The emulators, as the test's eyes and hands."""

    obs: EmulatedOBS | RealOBS
    youtube: EmulatedYouTube
    telegram: EmulatedTelegram

    @property
    def posts(self) -> list[str]:
        """The texts in the channel, in order."""
        chats = self.telegram.snapshot()["chats"]
        return [message["text"] for chat in chats.values() for message in chat]

    @property
    def broadcasts(self) -> list[dict[str, Any]]:
        """The channel's broadcasts."""
        return list(self.youtube.snapshot()["broadcasts"])

    @property
    def scenes_taken(self) -> list[str]:
        """The scenes that were put on program of the emulated OBS, in order."""
        assert isinstance(self.obs, EmulatedOBS)
        return [take["scene"] for take in self.obs.snapshot()["takes"]]


@dataclass
class Service:
    """One folder with season, settings and journal, and the process that runs it."""

    folder: Path
    far: Far
    go_live: datetime
    clock: Clock
    process: asyncio.subprocess.Process | None = None
    api: str = ""
    log: list[str] = field(default_factory=list)
    _read: list[Record] = field(default_factory=list)

    @property
    def journal(self) -> Path:
        """The journal's file."""
        return self.folder / "state" / "journal.sqlite"

    def records(self) -> list[Record]:
        """Everything written down so far."""
        if self._count() != len(self._read):
            self._read = read_journal(self.journal)
        return list(self._read)

    def _count(self) -> int:
        """How many records there are; asking so is cheap enough to be done all the time."""
        if not self.journal.exists():
            return 0
        with closing(sqlite3.connect(f"{self.journal.as_uri()}?mode=ro", uri=True)) as journal:
            try:
                return int(journal.execute("SELECT count(*) FROM records").fetchone()[0])
            except sqlite3.OperationalError:  # it is being made, or was left by a kill: the reader knows what to do
                return -1

    def has(self, kind: str, **facts: str) -> bool:
        """A record of that kind with those ids or data is there."""
        return any(
            record.kind == kind and all({**record.ids, **record.data}.get(key) == value for key, value in facts.items())
            for record in self.records()
        )

    async def start(self) -> None:
        """Start `broadcaster run` and return once it says where its API is, and an emulated OBS that it is there."""
        with self._still():
            await self._start()
            if isinstance(self.far.obs, EmulatedOBS):
                obs = self.far.obs
                await until(lambda: obs.snapshot()["connections"], START_SECONDS)

    def _still(self) -> AbstractContextManager[None]:
        return self.clock.still() if isinstance(self.clock, SharedClock) else nullcontext()

    async def _start(self) -> None:
        clock = self.clock
        shared = ("tests.emulated.shared_clock", str(self.folder / "clock"), str(SPEED))
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *(shared if isinstance(clock, SharedClock) else ("broadcaster",)),
            "run",
            "season.toml",
            "--json",
            cwd=self.folder,
            env={**os.environ, **ENVIRONMENT, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            text = ""
            while not text.rstrip().endswith("}"):
                line = await self.process.stdout.readline()
                if not line:
                    raise AssertionError(f"the service did not start: {await self.errors()}")
                text += line.decode()
        self.api = json.loads(text)["api"]

    async def errors(self) -> str:
        """What it said on standard error until it ended."""
        assert self.process is not None and self.process.stderr is not None
        return (await self.process.stderr.read()).decode()

    async def kill(self) -> None:
        """SIGKILL: no chance to tidy up."""
        assert self.process is not None
        self.process.kill()
        await self.process.communicate()

    async def terminate(self) -> int:
        """SIGTERM, and its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(START_SECONDS):
            self.log.append((await self.process.communicate())[1].decode())
        assert self.process.returncode is not None
        return self.process.returncode

    async def command(self, *words: str) -> dict[str, Any]:
        """A command of the remote control, by the command line that operators use."""
        with self._still():
            return await self._command(*words)

    async def _command(self, *words: str) -> dict[str, Any]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "broadcaster",
            *words,
            "--url",
            self.api,
            "--json",
            cwd=self.folder,
            env={**os.environ, **ENVIRONMENT},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
        answer: dict[str, Any] = json.loads(out)
        return answer

    async def alerts(self) -> str:
        """What the crew is told now."""
        who = {"Authorization": f"Bearer {ENVIRONMENT['BROADCASTER_TOKEN']}"}
        async with ClientSession(headers=who) as session, session.get(f"{self.api}/api/v1/state") as answer:
            return "\n".join((await answer.json())["alerts"])

    async def until_done(self) -> None:
        """Return once the journal says that the show is done."""
        await until(lambda: self.has("phase_entered/1", phase="done"), SHOW_SECONDS)


@asynccontextmanager
async def service(
    folder: Path, *, live_in: float = 16.0, standby: int = 10, advance: str = "manual"
) -> AsyncIterator[Service]:
    """A season whose show goes live in about `live_in` seconds, not yet started; emulators at ten times their speed."""
    SharedClock.make(folder / "clock", datetime.now(UTC))
    clock = SharedClock(folder / "clock", speed=SPEED)
    clock.go_on()
    async with AsyncExitStack() as stack:
        obs = EmulatedOBS(clock, password=ENVIRONMENT["TEST_OBS_PASSWORD"], scenes=SCENES)
        far = Far(
            obs=await stack.enter_async_context(obs),
            youtube=await stack.enter_async_context(EmulatedYouTube(clock, speed=10)),
            telegram=await stack.enter_async_context(EmulatedTelegram(clock)),
        )
        async with service_at(folder, far, clock, live_in=live_in, standby=standby, advance=advance) as played:
            yield played


@asynccontextmanager
async def service_at(
    folder: Path,
    far: Far,
    clock: Clock,
    *,
    live_in: float,
    standby: int,
    advance: str,
    seconds: tuple[int, int, int] = (8, 6, 2),
) -> AsyncIterator[Service]:
    """The service for those far ends, not yet started; killed at the end if it still runs."""
    go_live = (clock.now() + timedelta(seconds=live_in)).replace(microsecond=0)
    local = go_live + ZONE_OFFSET
    season = SEASON.format(
        date=f"{local:%Y-%m-%d}", clock=f"{local:%H:%M:%S}", standby=standby, advance=advance, seconds=seconds
    )
    config = CONFIG.format(obs=far.obs.port, youtube=far.youtube.url, telegram=far.telegram.url)
    (folder / "season.toml").write_text(season, "utf-8")
    (folder / "config.toml").write_text(config, "utf-8")
    played = Service(folder=folder, far=far, go_live=go_live, clock=clock)
    try:
        yield played
    finally:
        if played.process is not None and played.process.returncode is None:
            await played.kill()
