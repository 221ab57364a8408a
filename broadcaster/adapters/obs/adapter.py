"""How does one OBS serve a show as its vision mixer and encoder? (ports.Studio)

Limits here are real seconds (asyncio.timeout), not the Clock's: the far end lives in real time, also in a rehearsal.
Only the instants of takes are show time.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from broadcaster.adapters.obs import translate
from broadcaster.adapters.obs.pictures import Pictures
from broadcaster.adapters.obs.takes import CONFIRM_SECONDS, Take, Takes
from broadcaster.adapters.obs.watch import Watch
from broadcaster.ports import Clock, Ingest, Secret, Taken
from broadcaster.season.errors import OutcomeUnknown, Refused, Unavailable
from broadcaster.show.observed import EncoderVitals, StudioSeen

OUTPUT_SECONDS = 10.0


class OBSStudio:
    """One OBS Studio behind obs-websocket 5. Implements ports.Studio."""

    def __init__(
        self, *, name: str, host: str, port: int, password: Secret, clock: Clock, timeout: float = 2.0
    ) -> None:
        self.name = name
        self._clock = clock
        self._takes = Takes()
        self._watch = Watch(
            name=name,
            host=host,
            port=port,
            password=password,
            clock=clock,
            timeout=timeout,
            takes=self._takes,
        )
        self._connection = self._watch.connection
        self._pictures = Pictures(self._connection.connect, timeout=timeout)
        self._watch.on_away = self._pictures.drop

    def __repr__(self) -> str:
        return f"OBSStudio({self.name!r}, {self._connection.place})"

    @property
    def seen(self) -> StudioSeen | None:
        """The state as of the last event or answer; None while away."""
        return self._watch.seen

    @property
    def trouble(self) -> str:
        """Why OBS is away, with its remedy; empty while it is there."""
        return "" if self._watch.trouble is None else str(self._watch.trouble)

    @property
    def lead(self) -> float:
        """How long before its instant a take is sent, in real seconds; learned from the takes before."""
        return self._takes.lead

    async def run(self, on_change: Callable[[], None]) -> None:
        """Stay connected until cancelled; see ports.Studio."""
        try:
            await self._watch.run(on_change)
        finally:
            self._pictures.close()

    @property
    def vitals(self) -> EncoderVitals | None:
        """How the encoder does; see ports.Studio."""
        return self._watch.vitals

    async def machine(self) -> translate.Machine:
        """How OBS and its machine do; changes nothing. Raises Unavailable or NeedsHuman."""
        self._watch.here()
        return translate.machine(await self._connection.ask("GetVersion"), await self._connection.ask("GetStats"))

    async def picture(self, scene: str | None, width: int) -> bytes:
        """A JPEG of a scene or of the program; see ports.Studio. Raises Refused for a scene that OBS does not have."""
        seen = self._watch.here()
        if scene is not None and scene not in seen.scenes:
            raise translate.unknown_scene(scene, seen.scenes)
        if self._connection.is_armed or self._watch.is_moving():
            raise Unavailable("a take is about to leave", reason="take", retry_after=1.0)
        return await self._pictures.take(scene or seen.program, width)

    async def take(self, scene: str, at: datetime | None = None) -> Taken:
        """Put `scene` on program at `at`; see ports.Studio. The request is armed at once and leaves `lead` early.

        Raises Refused for a scene that OBS does not have, Unavailable when OBS is away at the instant, Withdrawn, and
        OutcomeUnknown when it was sent and OBS neither began it within the transition's time + 0.5 s nor shows it.
        """
        seen = self._watch.here()
        if seen.program == scene:
            return Taken(scene=scene, began=self._clock.now())
        if scene not in seen.scenes:
            raise translate.unknown_scene(scene, seen.scenes)
        flying: list[Take] = []
        loop = asyncio.get_running_loop()

        def wait() -> float:
            return 0.0 if at is None else self._clock.delay(at) - self.lead

        def begin(sent: datetime) -> bool:
            if self._watch.seen is not None and self._watch.seen.program == scene:
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

    async def preview(self, scene: str) -> None:
        """Put `scene` on preview; see ports.Studio."""
        seen = self._watch.here()
        if seen.preview is None:
            raise translate.no_studio_mode()
        if scene not in seen.scenes:
            raise translate.unknown_scene(scene, seen.scenes)
        try:
            await self._connection.ask("SetCurrentPreviewScene", {"sceneName": scene})
            with suppress(TimeoutError):  # OBS answers before it has done it
                async with asyncio.timeout(CONFIRM_SECONDS):
                    return await self._watch.until(lambda now: now.preview == scene)
            answer = await self._connection.ask("GetCurrentPreviewScene")
        except Refused as error:
            if error.reason == str(translate.STUDIO_MODE_NOT_ACTIVE):  # a hand was quicker
                raise translate.no_studio_mode() from error
            if error.reason == str(translate.RESOURCE_NOT_FOUND):
                raise translate.unknown_scene(scene, seen.scenes) from error
            raise
        if answer.get("currentPreviewSceneName") != scene:
            raise OutcomeUnknown(f'OBS accepted "{scene}" for its preview and shows another there', reason="not_seen")
        self._watch.see(preview=scene)

    async def point(self, ingest: Ingest) -> None:
        """Have the encoder hold `ingest`; see ports.Studio. Refused while it streams elsewhere."""
        seen = self._watch.here()
        if seen.target == ingest.fingerprint:
            return
        if seen.is_streaming:
            raise Refused(
                f"OBS {self.name} is streaming to another server or key; stop that stream before pointing it elsewhere",
                reason=str(translate.OUTPUT_RUNNING),
            )
        await self._connection.ask("SetStreamServiceSettings", translate.service_settings(ingest))
        service = await self._connection.ask("GetStreamServiceSettings")
        self._watch.see(target=translate.target(service))
        if translate.target(service) != ingest.fingerprint:
            raise Refused(f"OBS {self.name} holds another server or key than it was given; look at Settings > Stream")

    async def start_stream(self) -> None:
        """Start the encoder; see ports.Studio. Unavailable when OBS gave up, within about 10 s."""
        if not self._watch.here().is_streaming:
            await self._output("StartStream", translate.STARTED, already=translate.OUTPUT_RUNNING)

    async def stop_stream(self) -> None:
        """Stop the encoder; see ports.Studio."""
        if self._watch.here().is_streaming:
            await self._output("StopStream", translate.STOPPED, already=translate.OUTPUT_NOT_RUNNING)

    # Taking

    async def _confirmed(self, take: Take) -> Taken:
        seen = self._watch.seen
        limit = CONFIRM_SECONDS + (seen.transition if seen is not None else 0.0)
        with suppress(TimeoutError):  # OBS did not tell: it is asked
            async with asyncio.timeout(limit):
                return Taken(scene=take.scene, began=await take.began)
        answer = await self._ask_after(take.scene, "GetCurrentProgramScene")
        if answer.get("currentProgramSceneName") == take.scene:
            self._watch.see(program=take.scene)
            return Taken(scene=take.scene, began=self._clock.now())
        raise OutcomeUnknown(f'OBS accepted the take of "{take.scene}" and shows another scene', reason="not_seen")

    async def _ask_after(self, scene: str, request: str) -> Mapping[str, Any]:
        try:
            return await self._connection.ask(request)
        except Unavailable as error:
            raise OutcomeUnknown(f'the take of "{scene}" was sent, and OBS went away: {error}') from error

    # The encoder

    async def _output(self, request: str, wanted: str, *, already: int) -> None:
        with self._watch.stream_states() as states:
            try:
                await self._connection.ask(request)
            except Refused as error:
                if error.reason != str(already):
                    raise
                await self._watch.read()
                if self._watch.here().is_streaming == (wanted == translate.STARTED):
                    return
                # A hand asked first, and it is still under way.
            try:
                async with asyncio.timeout(OUTPUT_SECONDS):
                    await self._reported(request, wanted, states)
            except TimeoutError:
                raise OutcomeUnknown(
                    f"{request} was accepted and OBS {self.name} did not report it done within {OUTPUT_SECONDS:g} s"
                ) from None

    async def _reported(self, request: str, wanted: str, states: "asyncio.Queue[str]") -> None:
        while (state := await states.get()) != wanted:
            if not state:
                raise OutcomeUnknown(f"{request} was sent and OBS {self.name} went away")
            if state == translate.STOPPED:
                raise Unavailable(
                    f"OBS {self.name} could not reach the ingest, or it refused the stream key; "
                    "look at the server and key, and at the network",
                    reason="ingest",
                )
