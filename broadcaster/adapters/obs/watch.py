"""What does one OBS report at this moment, for as long as it is there?

`seen` is what OBS reported, never what was asked for. While OBS fades, it names the new scene only at the end; so at
SceneTransitionStarted of a take of our own, which viewers see as the new scene coming, `seen.program` becomes the
scene taken. A hand's cut is believed when OBS names the scene.

Pauses and limits here are real seconds (asyncio.timeout), not the Clock's: the far end lives in real time, also in a
rehearsal.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from broadcaster.adapters.obs import translate
from broadcaster.adapters.obs.connection import Connection
from broadcaster.adapters.obs.takes import CONFIRM_SECONDS, Takes
from broadcaster.ports import Clock, Secret
from broadcaster.season.errors import FarEndError, NeedsHuman, Unavailable
from broadcaster.show.observed import EncoderVitals, StudioSeen

log = logging.getLogger(__name__)

FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS, PASSWORD_RETRY_SECONDS = 0.2, 5.0, 10.0
HEARTBEAT_SECONDS = 1.0
COLLECTION_SECONDS = 15.0
"""A scene collection that is still changing after this long is asked again."""


class Watch:
    """Stays connected to one OBS and keeps what it says; `on_away` is called each time it is found away."""

    def __init__(
        self,
        *,
        name: str,
        host: str,
        port: int,
        password: Secret,
        clock: Clock,
        timeout: float,
        takes: Takes,
    ) -> None:
        self.connection = Connection(
            host=host,
            port=port,
            password=password,
            timeout=timeout,
            clock=clock,
            on_event=self._on_event,
            on_lost=self._on_lost,
        )
        self.seen: StudioSeen | None = None
        """The state as of the last event or answer; None while away."""
        self.trouble: FarEndError | None = Unavailable(f"OBS {name} is not connected yet", reason="lost")
        """Why OBS is away, with its remedy; None while it is there."""
        self.vitals: EncoderVitals | None = None
        """How the encoder does; see ports.Studio."""
        self.on_away: Callable[[], None] = lambda: None
        self._name = name
        self._clock = clock
        self._takes = takes
        self._on_change: Callable[[], None] = lambda: None
        self._told = False
        self._encoder: tuple[datetime, Mapping[str, Any]] | None = None  # the last word of it, and when
        self._changed = asyncio.Event()
        self._wake = asyncio.Event()  # something for `run` to look at before the next heartbeat
        self._lost: str | None = None
        self._is_stale = False
        self._collection_changes_until: float | None = None
        self._stream_states: set[asyncio.Queue[str]] = set()
        self._events = 0  # and what was taken in; an answer that one of them overtook is not believed

    async def run(self, on_change: Callable[[], None]) -> None:
        """Stay connected until cancelled, calling `on_change` after every change of `seen`."""
        self._on_change = on_change
        pause = FIRST_RETRY_SECONDS
        async with self.connection:
            try:
                while True:
                    try:
                        await self._connect()
                        pause = FIRST_RETRY_SECONDS
                        await self._stay()
                    except FarEndError as error:
                        self._away(error)
                    except Exception as error:  # what OBS said was not understood: it is connected and read anew
                        log.exception("OBS %s", self._name, extra={"event": "code_broken"})
                        what = f"our code for OBS {self._name} failed ({type(error).__name__})"
                        self._away(Unavailable(f"{what}; the log of the service says where", reason="lost"))
                    await self._pause(PASSWORD_RETRY_SECONDS if isinstance(self.trouble, NeedsHuman) else pause)
                    pause = min(pause * 2, LAST_RETRY_SECONDS)
            finally:
                self.seen = None

    def here(self) -> StudioSeen:
        """The state of an OBS that is there and can be asked; raises Unavailable or NeedsHuman."""
        if self.seen is None and self.trouble is not None:
            raise type(self.trouble)(str(self.trouble), reason=self.trouble.reason)
        if self.seen is None or self._lost is not None:
            raise Unavailable(f"OBS {self._name} is away: {self._lost or 'it is being connected'}", reason="lost")
        if self._collection_changes_until is not None:
            raise Unavailable(f"OBS {self._name} is changing its scene collection; try again in a moment",
                              reason=str(translate.NOT_READY), retry_after=1.0)  # fmt: skip
        return self.seen

    def see(self, **changes: Any) -> None:
        """Take in what an answer of OBS says."""
        if self.seen is not None:
            self._set(replace(self.seen, **changes))

    async def until(self, is_so: Callable[[StudioSeen], bool]) -> None:
        """Return once OBS has reported that it is so."""
        while self.seen is None or not is_so(self.seen):
            self._changed.clear()
            await self._changed.wait()

    @contextmanager
    def stream_states(self) -> Iterator["asyncio.Queue[str]"]:
        """Every state of the stream that OBS reports meanwhile; an empty one when it goes away."""
        states: asyncio.Queue[str] = asyncio.Queue()
        self._stream_states.add(states)
        try:
            yield states
        finally:
            self._stream_states.discard(states)

    async def read(self) -> None:
        """Read everything anew, again when an event came in between, since the answers may be older than it."""
        for _ in range(5):
            events = self._events
            ask = self.connection.ask
            read = translate.studio_seen(
                scene_list=await ask("GetSceneList"),
                stream=await ask("GetStreamStatus"),
                service=await ask("GetStreamServiceSettings"),
                transition=await ask("GetCurrentSceneTransition"),
            )
            self._takes.half_frame = translate.half_frame(await ask("GetVideoSettings"))
            if events == self._events:
                break
        if self.seen is not None and self.is_moving():
            read = replace(read, program=self.seen.program)
        self._set(read)

    def is_moving(self) -> bool:
        """Whether a take of ours is under way, so that an answer may be of before or after it."""
        return self._takes.is_any(asyncio.get_running_loop().time())

    # Staying connected

    async def _connect(self) -> None:
        self._lost, self._is_stale = None, False
        self._collection_changes_until = None
        self._takes.clear()
        await self.connection.open()
        await self.read()
        self.trouble, self._told = None, False
        log.info("OBS %s is there: %s", self._name, self.connection.place, extra={"event": "obs_back"})

    async def _stay(self) -> None:
        """Look after the connection until it is lost."""
        loop = asyncio.get_running_loop()
        while True:
            with suppress(TimeoutError):  # nothing changed for so long: look again
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            if self._lost is not None:
                raise Unavailable(f"OBS {self._name} at {self.connection.place} is away: {self._lost}", reason="lost")
            if self._collection_changes_until is not None:
                # Requests between Changing and Changed are undefined and may crash OBS: leave it alone.
                if loop.time() < self._collection_changes_until:
                    continue
                self._collection_changes_until, self._is_stale = None, True
            if self._is_stale:
                self._is_stale = False
                await self.read()
            else:
                await self._heartbeat()

    async def _heartbeat(self) -> None:
        """Ask something each second: a frozen OBS keeps its sockets open and says nothing.

        What is asked also heals a state that events left wrong: OBS sends them from a pool of threads, so that two
        quick cuts may be reported in the wrong order.
        """
        events = self._events
        stream = await self.connection.ask("GetStreamStatus")
        self._feel(stream)
        is_studio_mode = self.seen is not None and self.seen.preview is not None
        shown = await self.connection.ask("GetSceneList" if is_studio_mode else "GetCurrentProgramScene")
        if events != self._events or self.is_moving() or self.seen is None:
            return
        self.see(
            program=str(shown.get("currentProgramSceneName") or self.seen.program),
            preview=shown.get("currentPreviewSceneName") or None,
            is_streaming=bool(stream.get("outputActive")),
            is_reconnecting=bool(stream.get("outputReconnecting")),
        )

    def _feel(self, stream: Mapping[str, Any]) -> None:
        at, before = self._clock.now(), self._encoder
        self._encoder = (at, stream)
        seconds = (at - before[0]).total_seconds() if before else 0.0
        self.vitals = translate.encoder_vitals(stream, before[1] if before else {}, seconds)

    def _away(self, error: FarEndError) -> None:
        if not self._told or (isinstance(error, NeedsHuman) and not isinstance(self.trouble, NeedsHuman)):
            # Once when it is lost, not at each attempt; once more when somebody has to come.
            log.warning("OBS %s is away: %s", self._name, error, extra={"event": "obs_away"})
            self._told = True
        self.trouble = error
        for states in self._stream_states:
            states.put_nowait("")
        self.vitals = self._encoder = None
        self.on_away()
        self._set(None)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):  # the pause is over
            async with asyncio.timeout(seconds * random.uniform(0.8, 1.2)):  # noqa: S311  # spread, not secrecy
                await asyncio.get_running_loop().create_future()

    # What OBS says, in the loop

    def _on_lost(self, reason: str) -> None:
        self._lost = reason
        self._wake.set()

    def _on_event(self, event: str, data: Mapping[str, Any], at: datetime) -> None:
        match event:
            case "SceneTransitionStarted":
                self._events += 1
                self._started(at)
            case "CurrentProgramSceneChanged":
                self._events += 1
                if self._takes.named(str(data["sceneName"]), at):
                    self.see(program=str(data["sceneName"]))
            case "CurrentPreviewSceneChanged":
                self._events += 1
                if self.seen is not None and self.seen.preview is not None:  # else it is off, or just coming on
                    self.see(preview=str(data["sceneName"]))
            case "StreamStateChanged":
                self._events += 1
                state = str(data["outputState"])
                if self.seen is not None:
                    self._set(translate.after_stream_event(self.seen, state))
                for states in self._stream_states:
                    states.put_nowait(state)
            case "CurrentSceneCollectionChanging":
                self._collection_changes_until = asyncio.get_running_loop().time() + COLLECTION_SECONDS
            case "ExitStarted":
                self._on_lost("it is closing")
            case _ if event in translate.STRUCTURE_EVENTS:
                if event == "CurrentSceneCollectionChanged":
                    self._collection_changes_until = None
                if event == "StudioModeStateChanged" and not data["studioModeEnabled"]:
                    self.see(preview=None)
                self._events += 1
                self._is_stale = True
                self._wake.set()

    def _started(self, at: datetime) -> None:
        transition = self.seen.transition if self.seen is not None else 0.0
        until = asyncio.get_running_loop().time() + CONFIRM_SECONDS + transition
        take = self._takes.started(at, until=until)
        if take is not None:
            self._takes.learn(self._clock.delay(at) - self._clock.delay(take.sent))
            self.see(program=take.scene)

    def _set(self, seen: StudioSeen | None) -> None:
        if seen != self.seen:
            self._events += 1
            self.seen = seen
            self._changed.set()
            self._on_change()
