"""When does an OBS stream, and what does it do when the network goes?

STARTING, then STARTED once the server takes the video, or STOPPED when it does not. A connection that is lost makes
RECONNECTING; it is tried again after 2 s, each time half as long again, 25 times; then RECONNECTED or STOPPED.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from broadcaster.emulators.obs.ingest import Ingest, IngestUnreachable
from broadcaster.emulators.obs.recorder import timecode
from broadcaster.emulators.obs.state import ObsState
from broadcaster.ports import Clock

log = logging.getLogger(__name__)

CONNECT_SECONDS = 0.8
STOP_SECONDS = 0.1
RETRY_SECONDS = 2.0
RETRY_GROWTH = 1.5
RETRY_LONGEST_SECONDS = 900.0
RETRIES = 25
BYTES_PER_SECOND = 312_500
FRAMES_PER_SECOND = 30


class Phase(StrEnum):
    """Where the stream output stands."""

    STOPPED = "stopped"
    STARTING = "starting"
    STREAMING = "streaming"
    RECONNECTING = "reconnecting"
    STOPPING = "stopping"


class Spawn(Protocol):
    """Runs something beside the server."""

    def __call__(self, work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
        """Start it."""
        ...


class Encoder:
    """The stream output."""

    def __init__(
        self,
        clock: Clock,
        state: ObsState,
        *,
        pause: Callable[[float], Coroutine[Any, Any, None]],
        spawn: Spawn,
        emit: Callable[[str, str, bool], None],
    ) -> None:
        self._clock = clock
        self._state = state
        self._pause = pause
        self._spawn = spawn
        self._emit = emit
        self.phase = Phase.STOPPED
        self.starts = 0
        self._task: asyncio.Task[None] | None = None
        self._ingest: Ingest | None = None
        self._target = ("", "")
        self._network_back: datetime | None = None
        self._began: datetime | None = None
        self._flowing_since: datetime | None = None
        self._flowed = timedelta()
        self._lasted = timedelta()

    @property
    def active(self) -> bool:
        """Whether OBS calls the output active: not while it only connects."""
        return self.phase in (Phase.STREAMING, Phase.RECONNECTING, Phase.STOPPING)

    def start(self) -> None:
        """Begin to connect; one that connects already goes on."""
        if self.phase is not Phase.STOPPED:
            return
        self.phase = Phase.STARTING
        self.starts += 1
        self._target = (str(self._state.service.get("server", "")), str(self._state.service.get("key", "")))
        self._began = None
        self._flowed = self._lasted = timedelta()
        self._task = self._spawn(self._stream(), name="stream output")

    def stop(self) -> asyncio.Task[None]:
        """Begin to stop; the task ends when it has stopped."""
        if self.phase is Phase.STOPPING and self._task is not None:
            return self._task
        if self._task is not None:
            self._task.cancel()
        self._count()
        self.phase = Phase.STOPPING
        self._task = self._spawn(self._end(), name="stream output stops")
        return self._task

    async def lose_network(self, seconds: float) -> None:
        """Cut the way to the ingest for `seconds`; the ingest notices that the video ended."""
        self._network_back = self._clock.now() + timedelta(seconds=seconds)
        if self.phase is Phase.STREAMING and self._ingest is not None:
            self._ingest.close()
            await Ingest.publish_done(*self._target)

    async def die(self) -> None:
        """Be gone at once, without a word to any client."""
        had_video = self.phase in (Phase.STREAMING, Phase.STOPPING)
        if self._task is not None:
            self._task.cancel()
        self._close()
        self._count()
        self.phase = Phase.STOPPED
        if had_video:
            await Ingest.publish_done(*self._target)

    def document(self) -> dict[str, Any]:
        """The answer of GetStreamStatus."""
        now = self._clock.now()
        flowed = self._flowed + (now - self._flowing_since if self._flowing_since else timedelta())
        lasted = now - self._began if self._began is not None and self.active else self._lasted
        milliseconds = int(lasted.total_seconds() * 1000)
        frames = int(lasted.total_seconds() * FRAMES_PER_SECOND)
        return {
            "outputActive": self.active,
            "outputReconnecting": self.phase is Phase.RECONNECTING,
            "outputTimecode": timecode(milliseconds),
            "outputDuration": milliseconds,
            "outputCongestion": 0.0,
            "outputBytes": int(flowed.total_seconds() * BYTES_PER_SECOND),
            "outputSkippedFrames": max(0, frames - int(flowed.total_seconds() * FRAMES_PER_SECOND)),
            "outputTotalFrames": frames,
        }

    async def _stream(self) -> None:
        self._tell("STARTING")
        try:
            await self._pause(CONNECT_SECONDS)
            await self._connect()
        except IngestUnreachable as error:
            log.info("the stream did not start: %s", error)
            self._finish()
            return
        self._began = self._clock.now()
        self._tell("STARTED")
        while self._ingest is not None:
            await self._ingest.gone()
            self._count()
            try:
                await self._connect()  # an idle connection may have been closed: not lost while it is taken back
                continue
            except IngestUnreachable as error:
                log.info("the stream is lost: %s", error)
            if not await self._reconnect():
                self._finish()
                return

    async def _reconnect(self) -> bool:
        self.phase = Phase.RECONNECTING
        self._tell("RECONNECTING")
        wait = RETRY_SECONDS
        for _ in range(RETRIES):
            await self._pause(wait)
            wait = min(wait * RETRY_GROWTH, RETRY_LONGEST_SECONDS)
            try:
                await self._connect()
            except IngestUnreachable as error:
                log.debug("still lost: %s", error)
                continue
            self._tell("RECONNECTED")
            return True
        return False

    async def _connect(self) -> None:
        self._close()
        if self._network_back is not None and self._clock.now() < self._network_back:
            raise IngestUnreachable("the network is away")
        self._ingest = await Ingest.publish(*self._target)
        self.phase = Phase.STREAMING
        self._flowing_since = self._clock.now()

    async def _end(self) -> None:
        self._tell("STOPPING")
        self._close()
        await Ingest.publish_done(*self._target)
        await self._pause(STOP_SECONDS)
        self._finish()

    def _finish(self) -> None:
        self._close()
        self._count()
        self.phase = Phase.STOPPED
        self._tell("STOPPED")

    def _close(self) -> None:
        if self._ingest is not None:
            self._ingest.close()
            self._ingest = None

    def _count(self) -> None:
        now = self._clock.now()
        if self._flowing_since is not None:
            self._flowed += now - self._flowing_since
            self._flowing_since = None
        if self._began is not None and self.active:
            self._lasted = now - self._began

    def _tell(self, state: str) -> None:
        self._emit("StreamStateChanged", state, state in ("STARTED", "RECONNECTED"))
