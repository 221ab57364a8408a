"""How does one run of the service reach what is outside? Through ports that are away, slow, silent, late or wrong.

A run has its own ends of the wires: when it is killed they go silent, but what it had sent still arrives.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any, Literal, TypeVar

from broadcaster.adapters.journal.translate import Head, Row, record, seal
from broadcaster.ports import BroadcastChange, Ingest, Message, OnTrouble, Secret, Taken, VideoChange
from broadcaster.season.errors import JournalUnavailable, OutcomeUnknown, Refused, Unavailable
from broadcaster.season.plan import BroadcastPlan
from broadcaster.show.observed import BroadcastSeen, EncoderVitals, StreamSeen, StudioSeen, VideoSeen
from broadcaster.show.records import Record
from tests.far_ends import ArmedTakes
from tests.simulation.outside import OBS, REFUSALS, Channel, Places, key_of
from tests.simulation.seasons import EDITS, FINDS
from tests.simulation.virtual import SteppedClock, TrueTime, VirtualLoop, micro
from tests.simulation.weather import TIMEOUT, Weather

Answer = TypeVar("Answer")
STREAM = "stream-1"
HEARTBEAT = 1.0
WORD_OVERTAKES = 6.0
"""In so many seconds, on a slow disk, a word that the video is bad may overtake what was decided before it."""
VIDEO_WORD_MAY_BE = 20.0
"""How old, in seconds, what YouTube said of the video may be when a broadcast is moved to testing or live."""


@dataclass
class Life:
    """One run of the service, from its start to its end or its death."""

    number: int
    loop: VirtualLoop
    time: TrueTime
    clock: SteppedClock
    weather: Weather
    chance: Random
    tell: Callable[[str], None]
    on_step: Callable[[str, str], None]
    """Called at the moments at which a run may be killed: a request sent, applied, a record committed."""
    is_alive: bool = True
    calls: int = 0
    broken: list[str] = field(default_factory=list)
    """Promises that were broken in asking."""

    def future(self) -> "asyncio.Future[Any]":
        return self.loop.create_future()

    def settle(self, future: "asyncio.Future[Any]", result: Any = None, error: BaseException | None = None) -> None:
        """Let an answer in, if anybody still waits for it."""
        if not self.is_alive or future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)

    async def ask(
        self, end: str, method: str, about: str, apply: Callable[[], Answer], *, changes: bool, can_reach: bool = True
    ) -> Answer:
        """Send a request and wait for its answer, as the adapters do: with a time-out, and sent once."""
        if not self.is_alive:
            raise Unavailable("this run is over")
        self.calls += 1
        course = self.weather.course(end, method, self.time.now, changes=changes)
        answer: asyncio.Future[Any] = self.future()
        silence = OutcomeUnknown(f"{method}: no answer") if changes else Unavailable(f"{method}: no answer")
        if not can_reach or course.fate == "away":
            error: Exception = Unavailable(f"{method}: cannot be reached")
            self.time.after(course.there, lambda: self.settle(answer, error=error))
        elif course.fate in ("unavailable", "refuse"):
            said = REFUSALS[end]
            error = Unavailable(f"{method}: busy") if course.fate == "unavailable" else self.chance.choice(said)
            again = type(error)(str(error), **vars(error))
            self.time.after(course.there + course.back, lambda: self.settle(answer, error=again))
        else:
            if course.fate == "drop" or course.there + course.back >= TIMEOUT[end]:
                self.time.after(TIMEOUT[end], lambda: self.settle(answer, error=silence))
            if course.fate != "drop":
                self.time.after(course.there, lambda: self._arrive(answer, end, method, about, apply, course.back))
            if course.fate == "lose":  # the connection breaks while the request is on its way, or just after
                self.time.after(self.chance.uniform(0.02, course.there), lambda: self.settle(answer, error=silence))
        if course.fate != "well":
            self.tell(f"{end} {course.fate}: {method} {about}")
        self.on_step("sent", method)
        return await answer  # type: ignore[no-any-return]

    def _arrive(
        self,
        answer: "asyncio.Future[Any]",
        end: str,
        method: str,
        about: str,
        apply: Callable[[], Answer],
        back: float,
    ) -> None:
        try:
            result = apply()
        except (Refused, Unavailable, OutcomeUnknown) as problem:
            error = problem
            self.time.after(back, lambda: self.settle(answer, error=error))
            return
        if not self.is_alive:
            self.tell(f"{end}: {method} {about} of the dead run arrives")
        self.on_step("applied", method)
        if answer.done() or not self.is_alive:
            return
        self.time.after(back, lambda: self.settle(answer, result))


class StudioWire:
    """The way to OBS: `seen` is what its events have told, which come a little late, twice or in the wrong order."""

    name = "obs"

    def __init__(self, life: Life, obs: OBS, faults: "Lies") -> None:
        self.life = life
        self.obs = obs
        self.faults = faults
        self._armed = ArmedTakes(life.clock)
        self._seen: StudioSeen | None = None
        self._connection = 0
        self._is_connected = False
        self._last_event = 0
        self._on_change: Callable[[], None] = lambda: None

    @property
    def seen(self) -> StudioSeen | None:
        return self._seen

    @property
    def vitals(self) -> EncoderVitals | None:
        return None

    async def preview(self, scene: str) -> None:
        raise Refused("a simulated OBS is in no studio mode", reason="studioModeOff")

    async def picture(self, scene: str | None, width: int) -> bytes:
        raise Unavailable("a simulated OBS has no picture")

    async def run(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._connect_in(self.life.chance.uniform(0.01, 0.3))
        await self.life.future()

    def _connect_in(self, seconds: float) -> None:
        connection = self._connection

        def connect() -> None:
            if not self.life.is_alive or connection != self._connection:
                return
            if self.obs.can_be_reached:
                self._is_connected = True
                self._set(self.obs.state)
            else:
                self._connect_in(self.life.chance.uniform(0.5, 2))

        self.life.time.after(seconds, connect)

    def lose(self) -> None:
        """The connection is cut; that is noticed at once, or by the next heartbeat."""
        self._connection += 1
        self._is_connected = False
        connection = self._connection

        def notice() -> None:
            if self.life.is_alive and connection == self._connection:
                self._set(None)
                self._connect_in(self.life.chance.uniform(0.3, 1))

        self.life.time.after(self.life.chance.choice((0.001, 0.5, HEARTBEAT)), notice)

    def event(self) -> None:
        """OBS has changed: its event is on the way."""
        if not self.life.is_alive or not self._is_connected:
            return
        delay = self.faults.event_delay(self.life.chance)
        due = max(self.life.time.now + micro(delay), self._last_event)
        connection, told = self._connection, self.obs.state
        stale = self._seen if self.faults.reorders(self.life.chance) else None
        self._last_event = due
        self.life.time.at(due, lambda: self._hear(connection, told))
        if stale is not None and stale.program != told.program:
            self.life.tell(f"lie: OBS events in the wrong order, {stale.program} again")
            earlier = replace(told, program=stale.program)  # each sort of event tells one thing
            self.life.time.at(due + 2000, lambda: self._hear(connection, earlier))
            self.life.time.at(due + micro(HEARTBEAT), lambda: self._hear_now(connection))
        elif self.faults.repeats(self.life.chance):
            self.life.time.at(due + 1000, lambda: self._hear(connection, told, is_repeat=True))

    def _hear(self, connection: int, told: StudioSeen, *, is_repeat: bool = False) -> None:
        if self.life.is_alive and connection == self._connection and self._seen is not None:
            if is_repeat:
                self._on_change()
            else:
                self._set(told)

    def _hear_now(self, connection: int) -> None:
        if self.life.time.now >= self._last_event:
            self._hear(connection, self.obs.state)

    def _set(self, seen: StudioSeen | None) -> None:
        if seen != self._seen:
            self._seen = seen
            self._on_change()

    def _here(self) -> StudioSeen:
        if self._seen is None:
            raise Unavailable("OBS is away", reason="lost")
        return self._seen

    async def _ask(self, method: str, about: str, apply: Callable[[], None]) -> None:
        """Ask OBS, and return after its event has been heard."""
        connection = self._connection
        reach = self._is_connected

        def arrive() -> None:
            if connection != self._connection:
                raise OutcomeUnknown(f"{method} was sent and OBS went away")
            apply()

        await self.life.ask("obs", method, about, arrive, changes=True, can_reach=reach)
        if self._last_event >= self.life.time.now:
            heard = self.life.future()
            self.life.time.at(self._last_event, lambda: self.life.settle(heard))
            await heard
        if connection != self._connection:
            raise OutcomeUnknown(f"{method} was sent and OBS went away")

    async def take(self, scene: str, at: datetime | None = None) -> Taken:
        if scene not in self._here().scenes:
            raise Refused(f"OBS has no scene {scene!r}", reason="600")
        if self._here().program == scene:
            return Taken(scene=scene, began=self.life.clock.now())
        if at is not None:
            await self._armed.wait(scene, at)
        if self._here().program == scene:
            return Taken(scene=scene, began=self.life.clock.now())
        await self._ask("take", scene, lambda: self._apply(program=scene))
        return Taken(scene=scene, began=self.life.clock.now())

    def withdraw(self, scene: str, at: datetime) -> None:
        self._armed.withdraw(scene, at)

    def _apply(self, **changes: Any) -> None:
        if any(getattr(self.obs.state, name) != value for name, value in changes.items()):
            self.obs.change(**changes)

    async def point(self, ingest: Ingest) -> None:
        seen = self._here()
        if seen.target == ingest.fingerprint:
            return
        if seen.is_streaming:
            raise Refused("OBS streams elsewhere", reason="500")

        def apply() -> None:
            if self.obs.state.is_streaming:
                raise Refused("OBS streams elsewhere", reason="500")
            self.obs.key = ingest.key.reveal()
            self._apply(target=ingest.fingerprint)

        await self._ask("point", ingest.fingerprint, apply)

    async def start_stream(self) -> None:
        if not self._here().is_streaming:
            await self._ask("start", "", lambda: self._apply(is_streaming=True))

    async def stop_stream(self) -> None:
        if self._here().is_streaming:
            await self._ask("stop", "", lambda: self._apply(is_streaming=False, is_reconnecting=False))


@dataclass
class Lies:
    """How the far ends' words are wrong at the moment."""

    late_until: int = 0
    repeats_until: int = 0
    reorders_until: int = 0
    time: TrueTime | None = None

    def _now(self) -> int:
        return self.time.now if self.time else 0

    def event_delay(self, chance: Random) -> float:
        return chance.uniform(0.05, 0.8) if self._now() < self.late_until else chance.uniform(0.0005, 0.01)

    def repeats(self, chance: Random) -> bool:
        return self._now() < self.repeats_until and chance.random() < 0.7

    def reorders(self, chance: Random) -> bool:
        return self._now() < self.reorders_until and chance.random() < 0.7


class YouTubeWire:
    """The way to YouTube."""

    name = "youtube"

    def __init__(self, life: Life, channel: Channel) -> None:
        self.life = life
        self.channel = channel
        self._video_word: StreamSeen | None = None
        self._healthy_at = 0

    async def _ask(self, method: str, about: str, apply: Callable[[], Answer], *, changes: bool = True) -> Answer:
        return await self.life.ask("youtube", method, about, apply, changes=changes)

    async def find(self, marker: str) -> BroadcastSeen | None:
        return await self._ask("find", marker, lambda: self.channel.find(marker), changes=False)

    async def create(self, plan: BroadcastPlan) -> BroadcastSeen:
        return await self._ask("create", plan.marker, lambda: self.channel.create(plan))

    async def look(self, broadcast_id: str) -> BroadcastSeen | None:
        return await self._ask("look", broadcast_id, lambda: self.channel.look(broadcast_id), changes=False)

    async def update(self, seen: BroadcastSeen, change: BroadcastChange) -> BroadcastSeen:
        names = ("title", "description", "privacy", "scheduled_start", "latency", "has_dvr", "captions", "is_monitored")
        changes = {name: value for name in names if (value := getattr(change, name)) is not None}
        if change.is_manual:
            changes |= {"starts_itself": False, "stops_itself": False}
        return await self._ask("update", seen.id, lambda: self.channel.update(seen.id, **changes))

    async def delete(self, broadcast_id: str) -> None:
        await self._ask("delete", broadcast_id, lambda: self.channel.delete(broadcast_id, by="service"))

    async def look_video(self, video_id: str) -> VideoSeen | None:
        return await self._ask("look_video", video_id, lambda: self.channel.details(video_id), changes=False)

    async def update_video(self, seen: VideoSeen, change: VideoChange) -> VideoSeen:
        names = ("description", "category", "tags", "language", "privacy", "is_made_for_kids")
        changes = {name: value for name in names if (value := getattr(change, name)) is not None}
        return await self._ask("update_video", seen.id, lambda: self.channel.update_details(seen.id, **changes))

    async def set_thumbnail(self, video_id: str, image: bytes) -> None:
        await self._ask("set_thumbnail", video_id, lambda: self.channel.thumbnails.append(video_id))

    async def is_in_playlist(self, playlist_id: str, video_id: str) -> bool:
        held = self.channel.playlists
        return await self._ask("in_playlist", video_id, lambda: video_id in held.get(playlist_id, []), changes=False)

    async def add_to_playlist(self, playlist_id: str, video_id: str) -> None:
        held = self.channel.playlists
        await self._ask("add_to_playlist", video_id, lambda: held.setdefault(playlist_id, []).append(video_id))

    async def say(self, chat_id: str, text: str) -> str:
        return await self._ask("say", chat_id, lambda: self.channel.said.append(text) or f"line-{text}")

    async def find_stream(self, title: str) -> StreamSeen | None:
        return await self._ask("find_stream", title, lambda: self.channel.find_stream(title), changes=False)

    async def create_stream(self, title: str) -> StreamSeen:
        return await self._ask("create_stream", title, lambda: self.channel.create_stream(title))

    async def look_stream(self, stream_id: str) -> StreamSeen | None:
        seen = await self._ask("look_stream", stream_id, lambda: self.channel.look_stream(stream_id), changes=False)
        self._video_word = seen
        if seen is not None and seen.is_healthy:
            self._healthy_at = self.life.time.now
        return seen

    async def ingest(self, stream_id: str) -> Ingest:
        return await self._ask("ingest", stream_id, lambda: ingest_of(stream_id), changes=False)

    async def bind(self, broadcast_id: str, stream_id: str) -> BroadcastSeen:
        return await self._ask("bind", broadcast_id, lambda: self.channel.bind(broadcast_id, stream_id))

    async def transition(self, broadcast_id: str, to: Literal["testing", "live", "complete"]) -> BroadcastSeen:
        if to != "complete" and self.life.is_alive:
            word, age = self._video_word, (self.life.time.now - self._healthy_at) / 1_000_000
            if word is None or age > (VIDEO_WORD_MAY_BE if word.is_healthy else WORD_OVERTAKES):
                self.life.broken.append(
                    f"{to} of {broadcast_id} asked for {age:.0f} s after the last good word on the video; now {word}"
                )
        return await self._ask(to, broadcast_id, lambda: self.channel.transition(broadcast_id, to))


def ingest_of(stream_id: str) -> Ingest:
    """Where YouTube wants the video of that stream."""
    return Ingest(server="rtmp://there", key=Secret(key_of(stream_id)))


class PostWire:
    """The way to one channel for announcements."""

    def __init__(self, life: Life, places: Places, name: str) -> None:
        self.life = life
        self.places = places
        self.name = name

    async def post(self, message: Message, *, key: str) -> str:
        places, name, text = self.places, self.name, message.text
        return await self._ask("post", text, lambda: places.post(self.life.time.now, name, text, key, message.at))

    async def find(self, message: Message, *, since: datetime, others: Collection[str]) -> str | None:
        if self.name not in FINDS:
            raise Refused("nobody can look here", reason="noFind")
        places, name = self.places, self.name
        return await self._ask(
            "find_post", message.text, lambda: places.find(name, message, since, others), changes=False
        )

    async def edit(self, post: str, message: Message) -> None:
        if self.name not in EDITS:
            raise Refused("nothing is edited here", reason="noEdit")
        await self._ask(
            "edit", message.text, lambda: self.places.edit(self.life.time.now, post, message.text, message.at)
        )

    async def pin(self, post: str) -> None:
        raise Refused("nothing is pinned here", reason="noPin")

    async def _ask(self, method: str, about: str, apply: Callable[[], Answer], *, changes: bool = True) -> Answer:
        return await self.life.ask("posts", method, about, apply, changes=changes)


@dataclass
class Disk:
    """What is on the disk: the chain of records, as the journal's adapter seals them."""

    rows: list[Row] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    is_full: bool = False
    is_slow: bool = False
    busy_until: int = 0

    @property
    def head(self) -> Head:
        return Head(seq=self.rows[-1].seq, hash=self.rows[-1].hash) if self.rows else Head(seq=0, hash="")


class JournalWire:
    """The journal as one run holds it."""

    def __init__(self, life: Life, disk: Disk) -> None:
        self.life = life
        self.disk = disk

    async def append(self, kind: str, ids: Mapping[str, str], data: Mapping[str, Any], *, at: datetime) -> Record:
        life, disk = self.life, self.disk
        if not life.is_alive:
            return Record(run="dead", seq=0, at=at, kind=kind, ids=ids, data=data)
        answer = life.future()
        took = life.chance.uniform(0.05, 1.5) if disk.is_slow else life.chance.choice((0.001, 0.001, 0.003, 0.02))

        def commit() -> None:
            if not life.is_alive:
                return
            if disk.is_full:
                life.settle(answer, error=JournalUnavailable("the disk is full"))
                return
            row = seal(disk.head, run=f"run-{life.number}", at=at, kind=kind, ids=ids, data=data, epoch=life.number)
            disk.rows.append(row)
            disk.records.append(record(row))
            life.on_step("committed", kind)
            life.settle(answer, disk.records[-1])

        disk.busy_until = max(disk.busy_until, life.time.now) + micro(took)
        life.time.at(disk.busy_until, commit)
        return await answer  # type: ignore[no-any-return]

    async def read(self, *, after: int = 0) -> Sequence[Record]:
        answer = self.life.future()
        self.life.time.after(0.002, lambda: self.life.settle(answer))
        await answer
        return self.disk.records[after:]


class VirtualAlarm:
    """The timer: it rings a little late, and sometimes for nothing."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.at: datetime | None = None
        self.on_ring: Callable[[], None] = lambda: None
        self.on_trouble: OnTrouble = lambda what, seconds: None

    def ring_at(self, instant: datetime | None) -> None:
        self.at = instant

    async def run(self, on_ring: Callable[[], None], on_trouble: OnTrouble | None = None) -> None:
        self.on_ring = on_ring
        if on_trouble is not None:
            self.on_trouble = on_trouble
        await self.life.future()

    def ring(self) -> None:
        if self.at is not None and self.at <= self.life.clock.now():
            self.at = None
        self.on_ring()
