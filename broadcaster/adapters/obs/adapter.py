"""How does one OBS serve a show as its vision mixer and encoder? (ports.Studio)

`seen` is what OBS reported, never what was asked for. While OBS fades, it names the new scene only at the end; so at
SceneTransitionStarted of a take of our own, which viewers see as the new scene coming, `seen.program` becomes the
scene taken. A hand's cut is believed when OBS names the scene.

Pauses and limits here are real seconds (asyncio.timeout), not the Clock's: the far end lives in real time, also in a
rehearsal. Only the instants of takes are show time.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from broadcaster.adapters.obs import translate
from broadcaster.adapters.obs.connection import Connection
from broadcaster.adapters.obs.pictures import Pictures
from broadcaster.adapters.obs.takes import Take, Takes
from broadcaster.ports import Clock, Ingest, Secret, Taken
from broadcaster.season.errors import FarEndError, NeedsHuman, OutcomeUnknown, Refused, Unavailable
from broadcaster.show.observed import EncoderVitals, StudioSeen

log = logging.getLogger(__name__)

FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS, PASSWORD_RETRY_SECONDS = 0.2, 5.0, 10.0
HEARTBEAT_SECONDS = 1.0
CONFIRM_SECONDS = 0.5
"""On top of the transition's own time; a take not reported by then is asked for."""
OUTPUT_SECONDS = 10.0
COLLECTION_SECONDS = 15.0
"""A scene collection that is still changing after this long is asked again."""


class OBSStudio:
    """One OBS Studio behind obs-websocket 5. Implements ports.Studio."""

    def __init__(
        self, *, name: str, host: str, port: int, password: Secret, clock: Clock, timeout: float = 2.0
    ) -> None:
        self.name = name
        self._clock = clock
        self._connection = Connection(
            host=host,
            port=port,
            password=password,
            timeout=timeout,
            clock=clock,
            on_event=self._on_event,
            on_lost=self._on_lost,
        )
        self._pictures = Pictures(self._connection.connect, timeout=timeout)
        self._seen: StudioSeen | None = None
        self._trouble: FarEndError | None = Unavailable(f"OBS {name} is not connected yet", reason="lost")
        self._told = False
        self._vitals: EncoderVitals | None = None
        self._encoder: tuple[datetime, Mapping[str, Any]] | None = None  # the last word of it, and when
        self._on_change: Callable[[], None] = lambda: None
        self._wake = asyncio.Event()  # something for `run` to look at before the next heartbeat
        self._lost: str | None = None
        self._is_stale = False
        self._collection_changes_until: float | None = None
        self._stream_states: set[asyncio.Queue[str]] = set()
        self._events = 0  # of the program; an answer that an event overtook is not believed
        self._takes = Takes()

    def __repr__(self) -> str:
        return f"OBSStudio({self.name!r}, {self._connection.place})"

    @property
    def seen(self) -> StudioSeen | None:
        """The state as of the last event or answer; None while away."""
        return self._seen

    @property
    def trouble(self) -> str:
        """Why OBS is away, with its remedy; empty while it is there."""
        return "" if self._trouble is None else str(self._trouble)

    @property
    def lead(self) -> float:
        """How long before its instant a take is sent, in real seconds; learned from the takes before."""
        return self._takes.lead

    async def run(self, on_change: Callable[[], None]) -> None:
        """Stay connected until cancelled; see ports.Studio."""
        self._on_change = on_change
        pause = FIRST_RETRY_SECONDS
        async with self._connection:
            try:
                while True:
                    try:
                        await self._connect()
                        pause = FIRST_RETRY_SECONDS
                        await self._stay()
                    except FarEndError as error:
                        self._away(error)
                    await self._pause(PASSWORD_RETRY_SECONDS if isinstance(self._trouble, NeedsHuman) else pause)
                    pause = min(pause * 2, LAST_RETRY_SECONDS)
            finally:
                self._seen = None
                self._pictures.close()

    @property
    def vitals(self) -> EncoderVitals | None:
        """How the encoder does; see ports.Studio."""
        return self._vitals

    async def machine(self) -> translate.Machine:
        """How OBS and its machine do; changes nothing. Raises Unavailable or NeedsHuman."""
        self._here()
        return translate.machine(await self._connection.ask("GetVersion"), await self._connection.ask("GetStats"))

    async def picture(self, scene: str | None, width: int) -> bytes:
        """A JPEG of a scene or of the program; see ports.Studio. Raises Refused for a scene that OBS does not have."""
        seen = self._here()
        if scene is not None and scene not in seen.scenes:
            raise translate.unknown_scene(scene, seen.scenes)
        if self._connection.is_armed or self._is_moving():
            raise Unavailable("a take is about to leave", reason="take", retry_after=1.0)
        return await self._pictures.take(scene or seen.program, width)

    async def take(self, scene: str, at: datetime | None = None) -> Taken:
        """Put `scene` on program at `at`; see ports.Studio. The request is armed at once and leaves `lead` early.

        Raises Refused for a scene that OBS does not have, Unavailable when OBS is away at the instant, Withdrawn, and
        OutcomeUnknown when it was sent and OBS neither began it within the transition's time + 0.5 s nor shows it.
        """
        seen = self._here()
        if seen.program == scene:
            return Taken(scene=scene, began=self._clock.now())
        if scene not in seen.scenes:
            raise translate.unknown_scene(scene, seen.scenes)
        flying: list[Take] = []
        loop = asyncio.get_running_loop()

        def wait() -> float:
            return 0.0 if at is None else self._clock.delay(at) - self.lead

        def begin(sent: datetime) -> bool:
            if self._seen is not None and self._seen.program == scene:
                return False  # a hand was quicker; OBS would answer with no event
            flying.append(Take(scene=scene, sent=sent, began=loop.create_future()))
            self._takes.sent(flying[0])
            return True

        try:
            try:
                data = {"sceneName": scene}
                about = (scene, at)
                await self._connection.ask_at("SetCurrentProgramScene", data, wait=wait, begin=begin, about=about)
            except Refused as error:
                if error.reason == str(translate.RESOURCE_NOT_FOUND):
                    raise translate.unknown_scene(scene, seen.scenes) from error
                raise
            except OutcomeUnknown:
                if not (flying and flying[0].began.done()):  # OBS may have begun it all the same
                    raise
            if not flying:
                return Taken(scene=scene, began=self._clock.now())
            return await self._confirmed(flying[0])
        finally:
            for one in flying:
                self._takes.forget(one)

    def withdraw(self, scene: str, at: datetime) -> None:
        """Take back an armed take; see ports.Studio."""
        self._connection.withdraw((scene, at))

    async def point(self, ingest: Ingest) -> None:
        """Have the encoder hold `ingest`; see ports.Studio. Refused while it streams elsewhere."""
        seen = self._here()
        if seen.target == ingest.fingerprint:
            return
        if seen.is_streaming:
            raise Refused(
                f"OBS {self.name} is streaming to another server or key; stop that stream before pointing it elsewhere",
                reason=str(translate.OUTPUT_RUNNING),
            )
        await self._connection.ask("SetStreamServiceSettings", translate.service_settings(ingest))
        service = await self._connection.ask("GetStreamServiceSettings")
        self._see(target=translate.target(service))
        if translate.target(service) != ingest.fingerprint:
            raise Refused(f"OBS {self.name} holds another server or key than it was given; look at Settings > Stream")

    async def start_stream(self) -> None:
        """Start the encoder; see ports.Studio. Unavailable when OBS gave up, within about 10 s."""
        if not self._here().is_streaming:
            await self._output("StartStream", translate.STARTED, already=translate.OUTPUT_RUNNING)

    async def stop_stream(self) -> None:
        """Stop the encoder; see ports.Studio."""
        if self._here().is_streaming:
            await self._output("StopStream", translate.STOPPED, already=translate.OUTPUT_NOT_RUNNING)

    # Taking

    async def _confirmed(self, take: Take) -> Taken:
        seen = self._seen
        limit = CONFIRM_SECONDS + (seen.transition if seen is not None else 0.0)
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                return Taken(scene=take.scene, began=await take.began)
        answer = await self._ask_after(take.scene, "GetCurrentProgramScene")
        if answer.get("currentProgramSceneName") == take.scene:
            self._see(program=take.scene)
            return Taken(scene=take.scene, began=self._clock.now())
        raise OutcomeUnknown(f'OBS accepted the take of "{take.scene}" and shows another scene', reason="not_seen")

    async def _ask_after(self, scene: str, request: str) -> Mapping[str, Any]:
        try:
            return await self._connection.ask(request)
        except Unavailable as error:
            raise OutcomeUnknown(f'the take of "{scene}" was sent, and OBS went away: {error}') from error

    # The encoder

    async def _output(self, request: str, wanted: str, *, already: int) -> None:
        states: asyncio.Queue[str] = asyncio.Queue()
        self._stream_states.add(states)
        try:
            try:
                await self._connection.ask(request)
            except Refused as error:
                if error.reason != str(already):
                    raise
                await self._read()
                if self._here().is_streaming == (wanted == translate.STARTED):
                    return
                # A hand asked first, and it is still under way.
            async with asyncio.timeout(OUTPUT_SECONDS):
                while (state := await states.get()) != wanted:
                    if not state:
                        raise OutcomeUnknown(f"{request} was sent and OBS {self.name} went away")
                    if state == translate.STOPPED:
                        raise Unavailable(
                            f"OBS {self.name} could not reach the ingest, or it refused the stream key; "
                            "look at the server and key, and at the network",
                            reason="ingest",
                        )
        except TimeoutError:
            raise OutcomeUnknown(
                f"{request} was accepted and OBS {self.name} did not report it done within {OUTPUT_SECONDS:g} s"
            ) from None
        finally:
            self._stream_states.discard(states)

    # Staying connected

    async def _connect(self) -> None:
        self._lost, self._is_stale = None, False
        self._collection_changes_until = None
        self._takes.clear()
        await self._connection.open()
        await self._read()
        self._trouble, self._told = None, False
        log.info("OBS %s is there: %s", self.name, self._connection.place, extra={"event": "obs_back"})

    async def _stay(self) -> None:
        """Look after the connection until it is lost."""
        loop = asyncio.get_running_loop()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            if self._lost is not None:
                raise Unavailable(f"OBS {self.name} at {self._connection.place} is away: {self._lost}", reason="lost")
            if self._collection_changes_until is not None:
                # Requests between Changing and Changed are undefined and may crash OBS: leave it alone.
                if loop.time() < self._collection_changes_until:
                    continue
                self._collection_changes_until, self._is_stale = None, True
            if self._is_stale:
                self._is_stale = False
                await self._read()
            else:
                await self._heartbeat()

    async def _heartbeat(self) -> None:
        """Ask something each second: a frozen OBS keeps its sockets open and says nothing.

        What is asked also heals a state that events left wrong: OBS sends them from a pool of threads, so that two
        quick cuts may be reported in the wrong order.
        """
        events = self._events
        stream = await self._connection.ask("GetStreamStatus")
        self._feel(stream)
        program = await self._connection.ask("GetCurrentProgramScene")
        if events != self._events or self._is_moving() or self._seen is None:
            return
        self._see(
            program=str(program.get("currentProgramSceneName") or self._seen.program),
            is_streaming=bool(stream.get("outputActive")),
            is_reconnecting=bool(stream.get("outputReconnecting")),
        )

    def _feel(self, stream: Mapping[str, Any]) -> None:
        at, before = self._clock.now(), self._encoder
        self._encoder = (at, stream)
        seconds = (at - before[0]).total_seconds() if before else 0.0
        self._vitals = translate.encoder_vitals(stream, before[1] if before else {}, seconds)

    async def _read(self) -> None:
        """Read everything anew, again when an event came in between, since the answers may be older than it."""
        for _ in range(5):
            events = self._events
            ask = self._connection.ask
            read = translate.studio_seen(
                scene_list=await ask("GetSceneList"),
                stream=await ask("GetStreamStatus"),
                service=await ask("GetStreamServiceSettings"),
                transition=await ask("GetCurrentSceneTransition"),
            )
            self._takes.half_frame = translate.half_frame(await ask("GetVideoSettings"))
            if events == self._events:
                break
        if self._seen is not None and self._is_moving():
            read = replace(read, program=self._seen.program)
        self._set(read)

    def _is_moving(self) -> bool:
        return self._takes.is_any(asyncio.get_running_loop().time())

    def _away(self, error: FarEndError) -> None:
        if not self._told or (isinstance(error, NeedsHuman) and not isinstance(self._trouble, NeedsHuman)):
            # Once when it is lost, not at each attempt; once more when somebody has to come.
            log.warning("OBS %s is away: %s", self.name, error, extra={"event": "obs_away"})
            self._told = True
        self._trouble = error
        for states in self._stream_states:
            states.put_nowait("")
        self._vitals = self._encoder = None
        self._pictures.drop()
        self._set(None)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds * random.uniform(0.8, 1.2)):  # noqa: S311  # spread, not secrecy
                await asyncio.get_running_loop().create_future()

    def _here(self) -> StudioSeen:
        if self._seen is None and self._trouble is not None:
            raise type(self._trouble)(str(self._trouble), reason=self._trouble.reason)
        if self._seen is None or self._lost is not None:
            raise Unavailable(f"OBS {self.name} is away: {self._lost or 'it is being connected'}", reason="lost")
        if self._collection_changes_until is not None:
            raise Unavailable(f"OBS {self.name} is changing its scene collection; try again in a moment",
                              reason=str(translate.NOT_READY), retry_after=1.0)  # fmt: skip
        return self._seen

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
                    self._see(program=str(data["sceneName"]))
            case "CurrentPreviewSceneChanged":
                self._see(preview=str(data["sceneName"]))
            case "StreamStateChanged":
                self._events += 1
                state = str(data["outputState"])
                if self._seen is not None:
                    self._set(translate.after_stream_event(self._seen, state))
                for states in self._stream_states:
                    states.put_nowait(state)
            case "CurrentSceneCollectionChanging":
                self._collection_changes_until = asyncio.get_running_loop().time() + COLLECTION_SECONDS
            case "ExitStarted":
                self._on_lost("it is closing")
            case _ if event in translate.STRUCTURE_EVENTS:
                if event == "CurrentSceneCollectionChanged":
                    self._collection_changes_until = None
                self._events += 1
                self._is_stale = True
                self._wake.set()

    def _started(self, at: datetime) -> None:
        transition = self._seen.transition if self._seen is not None else 0.0
        until = asyncio.get_running_loop().time() + CONFIRM_SECONDS + transition
        take = self._takes.started(at, until=until)
        if take is not None:
            self._takes.learn(self._clock.delay(at) - self._clock.delay(take.sent))
            self._see(program=take.scene)

    def _see(self, **changes: Any) -> None:
        if self._seen is not None:
            self._set(replace(self._seen, **changes))

    def _set(self, seen: StudioSeen | None) -> None:
        if seen != self._seen:
            self._seen = seen
            self._on_change()
