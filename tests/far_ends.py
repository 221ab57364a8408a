"""Far ends in memory, on a manual clock: they can be away, slow, refuse, lose answers, and be changed by hand."""

import asyncio
import copy
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from broadcaster.adapters.clock import ManualClock
from broadcaster.conductor.conductor import Conductor
from broadcaster.conductor.perform import FarEnds
from broadcaster.ports import Ingest, Secret, Taken
from broadcaster.season.errors import JournalError, OutcomeUnknown, Refused, Unavailable
from broadcaster.season.plan import BroadcastPlan, Cue, Plan
from broadcaster.show.commands import Order, Word
from broadcaster.show.observed import BroadcastSeen, Health, Lifecycle, StreamSeen, StudioSeen
from broadcaster.show.records import CUE_SETTLED, Note, Record
from tests.plans import SCENES

Answer = TypeVar("Answer")
Fault = Literal["unavailable", "refuse", "lose", "drop"]
"""unavailable, refuse: not applied. lose: applied, no answer. drop: not applied, no answer."""


@dataclass
class Call:
    """One request as the far end saw it."""

    at: datetime
    method: str
    about: str
    is_applied: bool = False


class FarEnd:
    """What all far ends share: a clock, a log of calls, latency and faults."""

    def __init__(self, clock: ManualClock, latency: timedelta) -> None:
        self.clock = clock
        self.latency = latency
        self.calls: list[Call] = []
        self.is_away = False
        self._faults: dict[str, list[Fault]] = {}

    def fail(self, method: str, *faults: Fault) -> None:
        """Have the next calls of the method fail so, one after the other."""
        self._faults.setdefault(method, []).extend(faults)

    def applied(self, method: str) -> list[Call]:
        """The calls of a method that changed something (or answered)."""
        return [call for call in self.calls if call.method == method and call.is_applied]

    async def _call(self, method: str, about: str, apply: Callable[[], Answer]) -> Answer:
        call = Call(at=self.clock.now(), method=method, about=about)
        self.calls.append(call)
        if self.latency:
            await self.clock.sleep(self.latency)
        if self.is_away:
            raise Unavailable(f"{method}: no answer")
        queue = self._faults.get(method)
        fault = queue.pop(0) if queue else None
        if fault == "unavailable":
            raise Unavailable(f"{method}: busy")
        if fault == "refuse":
            raise Refused(f"{method}: no")
        if fault == "drop":
            raise OutcomeUnknown(f"{method}: time-out")
        answer = apply()
        call.is_applied = True
        if fault == "lose":
            raise OutcomeUnknown(f"{method}: time-out")
        return answer


class MemoryStudio(FarEnd):
    """A vision mixer with its encoder."""

    name = "obs"

    def __init__(self, clock: ManualClock, latency: timedelta) -> None:
        super().__init__(clock, latency)
        self.state = StudioSeen(program="Somewhere else", scenes=SCENES, is_streaming=False)
        self.streaming_since: datetime | None = None
        self.key = ""
        self.on_air: list[tuple[datetime, str]] = []
        self._on_change: Callable[[], None] = lambda: None

    @property
    def seen(self) -> StudioSeen | None:
        return None if self.is_away else self.state

    async def run(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        on_change()
        try:
            await asyncio.Event().wait()
        finally:
            self._on_change = lambda: None

    def change(self, **changes: Any) -> None:
        """Change by a hand (or by ourselves): the studio then reports it."""
        if changes.get("program", self.state.program) != self.state.program:
            self.on_air.append((self.clock.now(), changes["program"]))
        if "is_streaming" in changes and changes["is_streaming"] != self.state.is_streaming:
            self.streaming_since = self.clock.now() if changes["is_streaming"] else None
        self.state = replace(self.state, **changes)
        self._on_change()

    def go_away(self) -> None:
        self.is_away = True
        self._on_change()

    def come_back(self, **changes: Any) -> None:
        """Answer again, in this state."""
        self.is_away = False
        self.change(**changes)

    async def take(self, scene: str, at: datetime | None = None) -> Taken:
        if at is not None:
            await self.clock.sleep_until(at)

        def apply() -> Taken:
            if scene not in self.state.scenes:
                raise Refused(f"OBS has no scene {scene!r}")
            self.change(program=scene)
            return Taken(scene=scene, began=self.clock.now())

        if self.state.program == scene and not self.is_away:
            return Taken(scene=scene, began=self.clock.now())
        return await self._call("take", scene, apply)

    async def point(self, ingest: Ingest) -> None:
        def apply() -> None:
            if self.state.target == ingest.fingerprint:
                return
            if self.state.is_streaming:
                raise Refused("OBS streams elsewhere")
            self.key = ingest.key.reveal()
            self.change(target=ingest.fingerprint)

        await self._call("point", ingest.fingerprint, apply)

    async def start_stream(self) -> None:
        await self._call("start", "", lambda: self.change(is_streaming=True))

    async def stop_stream(self) -> None:
        await self._call("stop", "", lambda: self.change(is_streaming=False))


@dataclass
class Video:
    """One broadcast on the platform."""

    id: str
    marker: str
    lifecycle: Lifecycle = Lifecycle.CREATED
    stream: str | None = None
    becomes: tuple[datetime, Lifecycle] | None = None
    went_live: list[datetime] = field(default_factory=list)


class MemoryYouTube(FarEnd):
    """A channel; video arrives when the studio streams to a stream's key."""

    name = "youtube"

    def __init__(self, clock: ManualClock, latency: timedelta, studio: MemoryStudio) -> None:
        super().__init__(clock, latency)
        self.studio = studio
        self.videos: list[Video] = []
        self.streams: list[str] = []
        self.health = Health.GOOD
        self.live_takes = timedelta(seconds=6)
        self.testing_takes = timedelta(seconds=4)
        self.video_takes = timedelta(seconds=3)
        self.complete_takes = timedelta()
        self.live_unhealthy: list[str] = []

    def video(self, broadcast_id: str) -> Video | None:
        """The broadcast as it is at this moment."""
        for each in self.videos:
            if each.becomes and each.becomes[0] <= self.clock.now():
                if each.becomes[1] is Lifecycle.LIVE:
                    each.went_live.append(each.becomes[0])
                each.lifecycle, each.becomes = each.becomes[1], None
        return next((each for each in self.videos if each.id == broadcast_id), None)

    def _seen(self, video: Video) -> BroadcastSeen:
        self.video(video.id)
        return BroadcastSeen(id=video.id, lifecycle=video.lifecycle, stream_id=video.stream, marker=video.marker)

    def _stream(self, stream_id: str) -> StreamSeen:
        since = self.studio.streaming_since
        arrives = since is not None and self.clock.now() >= since + self.video_takes
        is_active = arrives and self.studio.key == f"key of {stream_id}"
        return StreamSeen(id=stream_id, is_active=is_active, health=self.health if is_active else Health.NO_DATA)

    async def find(self, marker: str) -> BroadcastSeen | None:
        def apply() -> BroadcastSeen | None:
            ours = [each for each in self.videos if each.marker == marker]
            return self._seen(ours[-1]) if ours else None

        return await self._call("find", marker, apply)

    async def create(self, plan: BroadcastPlan) -> BroadcastSeen:
        def apply() -> BroadcastSeen:
            self.videos.append(Video(id=f"video-{len(self.videos) + 1}", marker=plan.marker))
            return self._seen(self.videos[-1])

        return await self._call("create", plan.marker, apply)

    async def look(self, broadcast_id: str) -> BroadcastSeen | None:
        def apply() -> BroadcastSeen | None:
            video = self.video(broadcast_id)
            return self._seen(video) if video else None

        return await self._call("look", broadcast_id, apply)

    async def find_stream(self, title: str) -> StreamSeen | None:
        return await self._call("find_stream", title, lambda: self._stream(title) if title in self.streams else None)

    async def create_stream(self, title: str) -> StreamSeen:
        def apply() -> StreamSeen:
            self.streams.append(title)
            return self._stream(title)

        return await self._call("create_stream", title, apply)

    async def look_stream(self, stream_id: str) -> StreamSeen | None:
        def apply() -> StreamSeen | None:
            return self._stream(stream_id) if stream_id in self.streams else None

        return await self._call("look_stream", stream_id, apply)

    async def ingest(self, stream_id: str) -> Ingest:
        return await self._call(
            "ingest", stream_id, lambda: Ingest(server="rtmp://there", key=Secret(f"key of {stream_id}"))
        )

    async def bind(self, broadcast_id: str, stream_id: str) -> BroadcastSeen:
        def apply() -> BroadcastSeen:
            video = self.video(broadcast_id)
            assert video is not None
            video.stream = stream_id
            if video.lifecycle is Lifecycle.CREATED:
                video.lifecycle = Lifecycle.READY
            return self._seen(video)

        return await self._call("bind", broadcast_id, apply)

    async def transition(self, broadcast_id: str, to: Literal["testing", "live", "complete"]) -> BroadcastSeen:
        return await self._call(to, broadcast_id, lambda: self._move(broadcast_id, to))

    def _move(self, broadcast_id: str, to: str) -> BroadcastSeen:
        video, now = self.video(broadcast_id), self.clock.now()
        assert video is not None
        stream = self._stream(video.stream or "")
        if to != "complete" and not stream.is_active:
            raise Refused("Stream is inactive", reason="errorStreamInactive")
        if to != "complete" and not stream.is_healthy:
            self.live_unhealthy.append(to)
        match to, video.lifecycle:
            case "testing", Lifecycle.READY:
                video.lifecycle, video.becomes = Lifecycle.TEST_STARTING, (now + self.testing_takes, Lifecycle.TESTING)
            case "live", Lifecycle.TESTING:
                video.lifecycle, video.becomes = Lifecycle.LIVE_STARTING, (now + self.live_takes, Lifecycle.LIVE)
            case "complete", Lifecycle.LIVE if self.complete_takes:
                video.becomes = video.becomes or (now + self.complete_takes, Lifecycle.COMPLETE)
            case "complete", Lifecycle.LIVE:
                video.lifecycle = Lifecycle.COMPLETE
            case _:
                raise Refused(f"from {video.lifecycle} to {to}", reason="invalidTransition")
        return self._seen(video)


class MemoryChannel(FarEnd):
    """A place for announcements."""

    name = "telegram"

    def __init__(self, clock: ManualClock, latency: timedelta) -> None:
        super().__init__(clock, latency)
        self.posts: list[str] = []

    async def post(self, text: str) -> str:
        def apply() -> str:
            self.posts.append(text)
            return f"m{len(self.posts)}"

        return await self._call("post", text, apply)


class MemoryJournal:
    """A journal that keeps a list; `around` is told before and after each append."""

    def __init__(self, records: Sequence[Record] = ()) -> None:
        self.records = list(records)
        self.around: Callable[[], None] = lambda: None
        self.is_full = False

    async def append(self, kind: str, ids: Mapping[str, str], data: Mapping[str, Any], *, at: datetime) -> Record:
        if self.is_full:
            raise JournalError("the disk is full")
        self.around()
        record = Record(run="test", seq=len(self.records) + 1, at=at, kind=kind, ids=dict(ids), data=dict(data))
        self.records.append(record)
        self.around()
        return record

    async def read(self, *, after: int = 0) -> Sequence[Record]:
        return self.records[after:]

    def of(self, kind: str) -> list[Record]:
        return [record for record in self.records if record.kind == kind]


class MemoryAlarm:
    """An alarm that the World rings as it moves the clock."""

    def __init__(self) -> None:
        self.at: datetime | None = None
        self.ring: Callable[[], None] = lambda: None

    def ring_at(self, instant: datetime | None) -> None:
        self.at = instant

    async def run(self, on_ring: Callable[[], None]) -> None:
        self.ring = on_ring
        await asyncio.Event().wait()


@dataclass
class Snapshot:
    """The far ends at one moment, after `count` records."""

    count: int
    at: datetime
    studio: dict[str, Any]
    youtube: dict[str, Any]
    channel: dict[str, Any]


_OF_STUDIO = ("state", "streaming_since", "key", "on_air", "calls")
_OF_YOUTUBE = ("videos", "streams", "calls", "live_unhealthy")
_OF_CHANNEL = ("posts", "calls")


class World:
    """A season, its far ends, its clock and a conductor that runs it."""

    def __init__(self, plan: Plan, start: datetime, *, latency: timedelta = timedelta(milliseconds=20)) -> None:
        self.plan = plan
        self.clock = ManualClock(start)
        self.studio = MemoryStudio(self.clock, latency)
        self.youtube = MemoryYouTube(self.clock, latency, self.studio)
        self.channel = MemoryChannel(self.clock, latency)
        self.journal = MemoryJournal()
        self.alarm = MemoryAlarm()
        self.conductor = self._conductor()
        self.turns = 0
        self.running: asyncio.Task[None] | None = None

    def _conductor(self) -> Conductor:
        ends = FarEnds(
            studio=self.studio,
            broadcasts=self.youtube,
            channels={"telegram": self.channel},
            words=_words,
            stream_title="stream-1",
        )
        conductor = Conductor(
            self.plan, ends, journal=self.journal, clock=self.clock, alarm=self.alarm, about={"version": "test"}
        )
        conductor.on_turn.append(self._count)
        return conductor

    def _count(self) -> None:
        self.turns += 1

    async def __aenter__(self) -> "World":
        self.running = asyncio.create_task(self.conductor.run(), name="conductor")
        await self.settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    async def kill(self) -> None:
        """End the conductor with no hand-over; what the run itself recorded at its end is left out."""
        count = len(self.journal.records)
        if self.running is not None and not self.running.done():
            self.running.cancel()
            await asyncio.wait({self.running})
            del self.journal.records[count:]

    async def restart(self) -> None:
        """A new conductor on the same journal and the same far ends."""
        await self.kill()
        self.alarm = MemoryAlarm()
        self.conductor = self._conductor()
        await self.__aenter__()

    async def settle(self) -> None:
        """Let the loop run until nothing is left to do at this instant."""
        ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
        quiet, steps = 0, 0
        while quiet < 3:
            await asyncio.sleep(0)
            quiet = 0 if ready else quiet + 1
            steps += 1
            assert steps < 20_000, "the loop does not come to rest at one instant"

    async def to(self, instant: datetime) -> None:
        """Move the clock, stopping wherever somebody wants to wake."""
        while True:
            if self.running is not None and self.running.done():
                self.running.result()
                return
            moments = [at for at in (self.alarm.at, self.clock.next_sleeper()) if at is not None]
            due = min(moments, default=instant)
            if due >= instant:
                break
            await self._step(due)
        await self._step(instant)

    async def _step(self, instant: datetime) -> None:
        await self.clock.advance_to(max(instant, self.clock.now()), settle=1)
        if self.alarm.at is not None and self.alarm.at <= self.clock.now():
            self.alarm.at = None
            self.alarm.ring()
        await self.settle()

    async def order(self, word: Word, **more: Any) -> int:
        """An operator's word, carried out at this instant."""
        revision = await self.conductor.order(Order(word=word, who="Aigul", source="test", **more))
        await self.settle()
        return revision

    def snapshot(self) -> Snapshot:
        """The far ends as they are."""
        return Snapshot(
            count=len(self.journal.records),
            at=self.clock.now(),
            studio={name: copy.deepcopy(getattr(self.studio, name)) for name in _OF_STUDIO},
            youtube={name: copy.deepcopy(getattr(self.youtube, name)) for name in _OF_YOUTUBE},
            channel={name: copy.deepcopy(getattr(self.channel, name)) for name in _OF_CHANNEL},
        )

    def restore(self, snapshot: Snapshot, records: Sequence[Record]) -> None:
        """Make the far ends and the journal what they were."""
        self.journal.records = list(records[: snapshot.count])
        for end, values in (
            (self.studio, snapshot.studio),
            (self.youtube, snapshot.youtube),
            (self.channel, snapshot.channel),
        ):
            for name, value in copy.deepcopy(values).items():
                setattr(end, name, value)

    # -- what came of it --------------------------------------------------------------------------------------------

    def ends(self) -> dict[str, str]:
        """Cue -> how it ended."""
        return {record.ids["cue"]: record.data["end"] for record in self.journal.of(CUE_SETTLED)}

    def doubled(self) -> list[str]:
        """Cues that were settled more than once."""
        counts = Counter(record.ids["cue"] for record in self.journal.of(CUE_SETTLED))
        return [cue for cue, count in counts.items() if count > 1]

    def kinds(self) -> Counter[str]:
        """How many records of each kind there are."""
        return Counter(record.kind for record in self.journal.records)

    @property
    def program(self) -> str:
        return self.studio.state.program

    def show(self, name: str = "day-1") -> Any:
        return self.conductor.state.show(name)


def note(record: Record) -> Note:
    """The note that the record was."""
    return Note(kind=record.kind, ids=record.ids, data=record.data)


def _words(cue: Cue, link: str) -> str:
    return f"{cue.subject} {link}".strip()
