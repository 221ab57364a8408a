"""Far ends in memory, on a manual clock: they can be away, slow, refuse, lose answers, and be changed by hand."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from broadcaster.adapters.clock import ManualClock
from broadcaster.ports import BroadcastChange, Ingest, Message, OnTrouble, Secret, Taken, VideoChange
from broadcaster.season.channels import LATEST, LOCKED, SOONEST
from broadcaster.season.errors import JournalError, OutcomeUnknown, Refused, Unavailable, Withdrawn
from broadcaster.season.plan import BroadcastPlan, LowerThirdPlan
from broadcaster.show.bound import marked
from broadcaster.show.observed import (
    BroadcastSeen,
    EncoderVitals,
    GraphicsSeen,
    Health,
    Lifecycle,
    StreamSeen,
    StudioSeen,
    VideoSeen,
)
from broadcaster.show.records import Record
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


class ArmedTakes:
    """Takes that wait for their instant, and may be taken back until then."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._waiting: dict[tuple[str, datetime], asyncio.Task[None]] = {}

    async def wait(self, scene: str, at: datetime) -> None:
        """Return at the instant. Raises Withdrawn."""
        sleep = asyncio.get_running_loop().create_task(self._clock.sleep_until(at), name=f"armed: {scene}")
        self._waiting[scene, at] = sleep
        try:
            await sleep
        except asyncio.CancelledError:
            if (scene, at) in self._waiting:
                raise
            raise Withdrawn("taken back") from None
        finally:
            self._waiting.pop((scene, at), None)

    def withdraw(self, scene: str, at: datetime) -> None:
        """Take it back, if it waits."""
        if (sleep := self._waiting.pop((scene, at), None)) is not None:
            sleep.cancel()


class MemoryStudio(FarEnd):
    """A vision mixer with its encoder."""

    name = "obs"

    def __init__(self, clock: ManualClock, latency: timedelta) -> None:
        super().__init__(clock, latency)
        self.state = StudioSeen(program="Somewhere else", scenes=SCENES, is_streaming=False)
        self.streaming_since: datetime | None = None
        self.key = ""
        self.on_air: list[tuple[datetime, str]] = []
        self._armed = ArmedTakes(clock)
        self.vitals: EncoderVitals | None = None
        self.pictures = 0
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

    async def picture(self, scene: str | None, width: int) -> bytes:
        if self.is_away:
            raise Unavailable("OBS is away")
        self.pictures += 1
        return f"picture {self.pictures} of {scene or self.state.program}".encode()

    async def take(self, scene: str, at: datetime | None = None) -> Taken:
        if at is not None:
            await self._armed.wait(scene, at)

        def apply() -> Taken:
            if scene not in self.state.scenes:
                raise Refused(f"OBS has no scene {scene!r}")
            self.change(program=scene)
            return Taken(scene=scene, began=self.clock.now())

        if self.state.program == scene and not self.is_away:
            return Taken(scene=scene, began=self.clock.now())
        return await self._call("take", scene, apply)

    def withdraw(self, scene: str, at: datetime) -> None:
        self._armed.withdraw(scene, at)

    async def preview(self, scene: str) -> None:
        def apply() -> None:
            if self.state.preview is None:
                raise Refused("OBS shows no preview: switch Studio Mode on in OBS", reason="studioModeOff")
            if scene not in self.state.scenes:
                raise Refused(f"OBS has no scene {scene!r}", reason="600")
            self.change(preview=scene)

        await self._call("preview", scene, apply)

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
    title: str = ""
    description: str = ""
    privacy: str = "public"
    scheduled_start: datetime | None = None
    latency: str = "normal"
    captions: str = "none"
    has_dvr: bool = True
    is_monitored: bool = True
    starts_itself: bool = False
    stops_itself: bool = False
    category: str = "22"
    tags: tuple[str, ...] = ()
    language: str = ""
    is_made_for_kids: bool = False
    thumbnails: list[bytes] = field(default_factory=list)
    shows_from: datetime | None = None
    """When the video can be seen; the broadcast can at once."""
    lifecycle: Lifecycle = Lifecycle.CREATED
    stream: str | None = None
    becomes: tuple[datetime, Lifecycle] | None = None
    went_live: list[datetime] = field(default_factory=list)
    ended: datetime | None = None


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
        self.shows_after = timedelta(seconds=8)
        self.ignored: set[str] = set()
        """Fields that an update accepts and does not change."""
        self.frozen: set[str] = set()
        """Fields that an update refuses."""
        self.hanging: set[str] = set()
        """Transitions that never end, until the encoder is started anew."""
        self.playlists: dict[str, list[str]] = {}
        self.chat: list[str] = []
        self.live_unhealthy: list[str] = []
        self.is_deaf = False
        """No video arrives, whatever the studio sends."""

    def video(self, broadcast_id: str) -> Video | None:
        """The broadcast as it is at this moment."""
        for each in self.videos:
            if each.becomes and each.becomes[0] <= self.clock.now():
                if each.becomes[1] is Lifecycle.LIVE:
                    each.went_live.append(each.becomes[0])
                if each.becomes[1] is Lifecycle.COMPLETE:
                    each.ended = each.becomes[0]
                each.lifecycle, each.becomes = each.becomes[1], None
        return next((each for each in self.videos if each.id == broadcast_id), None)

    def _seen(self, video: Video) -> BroadcastSeen:
        self.video(video.id)
        return BroadcastSeen(
            id=video.id,
            lifecycle=video.lifecycle,
            stream_id=video.stream,
            title=video.title,
            description=video.description,
            privacy=video.privacy,
            scheduled_start=video.scheduled_start,
            actual_start=video.went_live[0] if video.went_live else None,
            actual_end=video.ended,
            is_monitored=video.is_monitored,
            latency=video.latency,
            captions=video.captions,
            has_dvr=video.has_dvr,
            starts_itself=video.starts_itself,
            stops_itself=video.stops_itself,
            chat_id=f"chat of {video.id}",
        )

    def _video_seen(self, video: Video) -> VideoSeen:
        return VideoSeen(
            id=video.id,
            title=video.title,
            description=video.description,
            category=video.category,
            tags=video.tags,
            language=video.language,
            privacy=video.privacy,
            is_made_for_kids=video.is_made_for_kids,
        )

    def add(self, title: str = "By hand", **more: Any) -> Video:
        """A broadcast that somebody makes in YouTube Studio."""
        now = self.clock.now()
        video = Video(id=f"video-{len(self.videos) + 1}", marker="", title=title, shows_from=now, **more)
        self.videos.append(video)
        return video

    def _stream(self, stream_id: str) -> StreamSeen:
        since = self.studio.streaming_since
        arrives = since is not None and self.clock.now() >= since + self.video_takes
        is_active = arrives and self.studio.key == f"key of {stream_id}" and not self.is_deaf
        return StreamSeen(id=stream_id, is_active=is_active, health=self.health if is_active else Health.NO_DATA)

    async def find(self, marker: str) -> BroadcastSeen | None:
        def apply() -> BroadcastSeen | None:
            ours = [each for each in self.videos if marker in each.description.splitlines()]
            return self._seen(ours[-1]) if ours else None

        return await self._call("find", marker, apply)

    async def create(self, plan: BroadcastPlan) -> BroadcastSeen:
        def apply() -> BroadcastSeen:
            video = self.add(
                plan.title,
                description=marked(plan.description, plan.marker),
                privacy=plan.privacy,
                scheduled_start=max(plan.scheduled_start, self.clock.now() + timedelta(minutes=1)),
                latency=plan.latency,
                captions=plan.captions,
                has_dvr=plan.dvr,
                is_monitored=plan.is_monitored,
            )
            video.marker, video.shows_from = plan.marker, self.clock.now() + self.shows_after
            return self._seen(video)

        return await self._call("create", plan.marker, apply)

    async def look(self, broadcast_id: str) -> BroadcastSeen | None:
        def apply() -> BroadcastSeen | None:
            video = self.video(broadcast_id)
            return self._seen(video) if video else None

        return await self._call("look", broadcast_id, apply)

    def _changed(self, video: Video, change: BroadcastChange | VideoChange) -> None:
        wanted = {name: getattr(change, name) for name in change.__slots__}
        named = {name for name, value in wanted.items() if value not in (None, False) or name == "has_dvr"}
        named = {name for name in named if wanted[name] is not None}
        if refused := named & self.frozen:
            raise Refused(f"not {', '.join(sorted(refused))}", reason="invalidValue")
        for name in named - self.ignored:
            if name == "is_manual":
                video.starts_itself = video.stops_itself = False
            else:
                value = wanted[name]
                setattr(video, name, value.strip() if isinstance(value, str) else value)

    async def update(self, seen: BroadcastSeen, change: BroadcastChange) -> BroadcastSeen:
        def apply() -> BroadcastSeen:
            video = self.video(seen.id)
            assert video is not None
            self._changed(video, change)
            return self._seen(video)

        names = [name for name in change.__slots__ if getattr(change, name) not in (None, False)]
        return await self._call("update", ", ".join(names), apply)

    async def delete(self, broadcast_id: str) -> None:
        def apply() -> None:
            video = self.video(broadcast_id)
            if video is None:
                raise Refused("there is none", reason="liveBroadcastNotFound")
            if video.lifecycle not in (Lifecycle.CREATED, Lifecycle.READY):
                raise Refused(f"it is {video.lifecycle}", reason="liveBroadcastDeletionNotAllowed")
            self.videos.remove(video)

        await self._call("delete", broadcast_id, apply)

    async def look_video(self, video_id: str) -> VideoSeen | None:
        def apply() -> VideoSeen | None:
            video = self.video(video_id)
            is_shown = video is not None and video.shows_from is not None and video.shows_from <= self.clock.now()
            return self._video_seen(video) if video is not None and is_shown else None

        return await self._call("look_video", video_id, apply)

    async def update_video(self, seen: VideoSeen, change: VideoChange) -> VideoSeen:
        def apply() -> VideoSeen:
            video = self.video(seen.id)
            assert video is not None
            self._changed(video, change)
            return self._video_seen(video)

        names = [name for name in change.__slots__ if getattr(change, name) is not None]
        return await self._call("update_video", ", ".join(names), apply)

    async def set_thumbnail(self, video_id: str, image: bytes) -> None:
        video = self.video(video_id)
        assert video is not None
        await self._call("set_thumbnail", video_id, lambda: video.thumbnails.append(image))

    async def is_in_playlist(self, playlist_id: str, video_id: str) -> bool:
        return await self._call("is_in_playlist", playlist_id, lambda: video_id in self.playlists.get(playlist_id, ()))

    async def add_to_playlist(self, playlist_id: str, video_id: str) -> None:
        def apply() -> None:
            self.playlists.setdefault(playlist_id, []).append(video_id)

        await self._call("add_to_playlist", playlist_id, apply)

    async def say(self, chat_id: str, text: str) -> str:
        def apply() -> str:
            self.chat.append(text)
            return f"line {len(self.chat)}"

        return await self._call("say", chat_id, apply)

    async def find_stream(self, title: str) -> StreamSeen | None:
        return await self._call("find_stream", title, lambda: self._stream(title) if title in self.streams else None)

    async def create_stream(self, title: str) -> StreamSeen:
        def apply() -> StreamSeen:
            self.streams.append(f"{title} ({len(self.streams) + 1})" if title in self.streams else title)
            return self._stream(self.streams[-1])

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
                video.lifecycle = Lifecycle.TEST_STARTING
                video.becomes = None if to in self.hanging else (now + self.testing_takes, Lifecycle.TESTING)
            case "live", Lifecycle.TESTING:
                video.lifecycle = Lifecycle.LIVE_STARTING
                video.becomes = None if to in self.hanging else (now + self.live_takes, Lifecycle.LIVE)
            case "complete", Lifecycle.LIVE if self.complete_takes:
                video.becomes = video.becomes or (now + self.complete_takes, Lifecycle.COMPLETE)
            case "complete", Lifecycle.LIVE | Lifecycle.TESTING:
                video.lifecycle, video.ended = Lifecycle.COMPLETE, now
            case _:
                raise Refused(f"from {video.lifecycle} to {to}", reason="invalidTransition")
        return self._seen(video)


class MemoryGraphics(FarEnd):
    """Overlay pages that are open; `screen` is what they have shown, `seen.shown` what this run has heard of it."""

    def __init__(self, clock: ManualClock, latency: timedelta) -> None:
        super().__init__(clock, latency)
        self.seen = GraphicsSeen(pages=1, page="http://panel/overlay/lower-third")
        self.screen: list[tuple[datetime, str]] = []
        self._on_change: Callable[[], None] = lambda: None

    def watch(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change

    def change(self, **changes: Any) -> None:
        """Let pages come and go, or the run forget what it has heard."""
        self.seen = replace(self.seen, **changes)
        self._on_change()

    async def show(self, title: str, subtitle: str) -> None:
        if not self.seen.pages:
            raise Unavailable("no page", reason="noPage")
        await self._call("show", title, lambda: self._put(title, LowerThirdPlan(title=title, subtitle=subtitle)))

    async def hide(self) -> None:
        await self._call("hide", "", lambda: self._put("", None))

    def _put(self, title: str, shown: LowerThirdPlan | None) -> None:
        if not self.screen or self.screen[-1][1] != title:
            self.screen.append((self.clock.now(), title))
        self.change(shown=shown)


CLOCKS_DIFFER = timedelta(hours=1)
"""So much older posts than it was asked for a channel looks through: a clock may be wrong."""


class MemoryChannel(FarEnd):
    """A place for announcements: what was posted, in order, and what it says now."""

    def __init__(self, clock: ManualClock, latency: timedelta, name: str = "telegram") -> None:
        super().__init__(clock, latency)
        self.name = name
        self.posts: list[str] = []
        """The texts, as they were posted."""
        self.said: dict[str, str] = {}
        """Post -> what it says now."""
        self.keys: list[tuple[str, str]] = []
        """(key, post) of each."""
        self.pinned: list[str] = []
        self.pictures: list[str] = []
        """What those of posts show."""
        self.waiting: dict[str, datetime] = {}
        """Post -> when it is published, of those that it was given ahead."""
        self.made: dict[str, datetime] = {}
        self.finds = self.edits = self.pins = False
        self.takes_ahead = True

    def _add(self, key: str, text: str, at: datetime | None) -> str:
        if at is not None and not self.takes_ahead:
            raise Refused("nothing is scheduled here", reason="notSchedulable")
        self.posts.append(text)
        post = f"m{len(self.posts)}"
        if at is not None:
            self.waiting[post] = at
        self.keys.append((key, post))
        self.said[post] = text
        self.made[post] = self.clock.now()
        return post

    async def post(self, message: Message, *, key: str) -> str:
        if message.picture is not None:
            self.pictures.append(message.picture.about)
        return await self._call("post", message.text, lambda: self._add(key, message.text, message.at))

    async def find(self, message: Message, *, since: datetime, others: Collection[str]) -> str | None:
        if not self.finds:
            raise Refused("nobody can look here", reason="noFind")
        return await self._call("find", message.text, lambda: self._found(message, since, others))

    def _found(self, message: Message, since: datetime, others: Collection[str]) -> str | None:
        """By what a reader sees, the newest first, as real ones do, and not by our key."""
        for post, text in reversed(self.said.items()):
            is_same = text == message.text and self.waiting.get(post) == message.at
            if is_same and self.made[post] >= since - CLOCKS_DIFFER and post not in others:
                return post
        return None

    async def edit(self, post: str, message: Message) -> None:
        if not self.edits:
            raise Refused("nothing is edited here", reason="noEdit")
        if message.picture is not None:
            self.pictures.append(message.picture.about)
        await self._call("edit", message.text, lambda: self._edited(post, message))

    def _edited(self, post: str, message: Message) -> None:
        """As ports.Channel, with the limits of a Page."""
        now, waits_for = self.clock.now(), self.waiting.get(post)
        if message.at is not None and message.at != waits_for:
            if waits_for is None or waits_for <= now:
                raise Refused("it is out", reason="isOut")
            if waits_for - now < LOCKED or not SOONEST <= message.at - now <= LATEST:
                raise Refused("it is too late", reason="notSchedulable")
            self.waiting[post] = message.at
        self.said[post] = message.text

    async def pin(self, post: str) -> None:
        if not self.pins:
            raise Refused("nothing is pinned here", reason="noPin")
        await self._call("pin", post, lambda: self.pinned.append(post))


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
        self.trouble: OnTrouble = lambda what, seconds: None

    def ring_at(self, instant: datetime | None) -> None:
        self.at = instant

    async def run(self, on_ring: Callable[[], None], on_trouble: OnTrouble | None = None) -> None:
        self.ring = on_ring
        self.trouble = on_trouble or self.trouble
        await asyncio.Event().wait()
