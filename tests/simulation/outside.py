"""What is really so outside: one OBS, one YouTube channel and the places for posts, in true time.

They know nothing of the service. Hands change them; `far_ends.py` carries requests to them and their word back.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from broadcaster.ports import Message
from broadcaster.season.channels import LATEST, LOCKED, SOONEST
from broadcaster.season.errors import NeedsHuman, Refused, Unavailable
from broadcaster.season.plan import BroadcastPlan
from broadcaster.show.observed import BroadcastSeen, Health, Lifecycle, StreamSeen, StudioSeen, VideoSeen
from tests.far_ends import CLOCKS_DIFFER
from tests.simulation.seasons import OTHER_SCENES, SCENES
from tests.simulation.virtual import TrueTime, micro
from tests.simulation.weather import LATE_LIST

OVER = (Lifecycle.COMPLETE, Lifecycle.REVOKED)


class OBS:
    """The vision mixer and its encoder."""

    def __init__(self, time: TrueTime) -> None:
        self.time = time
        self.state = StudioSeen(program="Somewhere else", scenes=SCENES + OTHER_SCENES, is_streaming=False)
        self.is_up = True
        self.is_linked = True
        self.has_uplink = True
        """What it sends gets through; if not, it does not notice."""
        self.key = ""
        self.sent: list[tuple[int, str]] = [(0, "")]
        """From when on to which key it sends; empty: to none."""
        self.on_air: list[tuple[int, str]] = [(0, "Somewhere else")]
        self.tell: Callable[[], None] = lambda: None
        """Called after each change, by whoever listens."""

    @property
    def can_be_reached(self) -> bool:
        return self.is_up and self.is_linked

    def change(self, **changes: Any) -> None:
        """It is so now."""
        before, self.state = self.state, replace(self.state, **changes)
        if self.state.program != before.program:
            self.on_air.append((self.time.now, self.state.program))
        self._send()
        self.tell()

    def _send(self) -> None:
        is_sending = self.is_up and self.has_uplink and self.state.is_streaming and not self.state.is_reconnecting
        sends = self.key if is_sending else ""
        if sends != self.sent[-1][1]:
            self.sent.append((self.time.now, sends))

    def set_uplink(self, *, is_there: bool) -> None:
        """The way to the internet breaks, or is mended."""
        self.has_uplink = is_there
        self._send()

    def die(self) -> None:
        """It is gone, with its stream."""
        self.is_up = False
        self.change(is_streaming=False, is_reconnecting=False)

    def rise(self, program: str) -> None:
        """It is started again, with the scene that it had saved; its settings are kept."""
        self.is_up = True
        self.change(program=program)


@dataclass
class Video:
    """One broadcast on the channel, with all that it ever was."""

    id: str
    marker: str
    made_at: int
    plan: BroadcastPlan
    history: list[tuple[int, BroadcastSeen]] = field(default_factory=list)
    deleted_at: int | None = None
    deleted_by: str = ""
    went_live_at: int | None = None
    touched_by_hand: bool = False
    details: VideoSeen | None = None

    @property
    def now(self) -> BroadcastSeen:
        return self.history[-1][1]

    def at(self, micros: int) -> BroadcastSeen | None:
        """As it was then."""
        if self.made_at > micros or (self.deleted_at is not None and self.deleted_at <= micros):
            return None
        return next((seen for when, seen in reversed(self.history) if when <= micros), None)


class Channel:
    """A YouTube channel with its live broadcasts and streams."""

    def __init__(self, time: TrueTime, obs: OBS) -> None:
        self.time = time
        self.obs = obs
        self.videos: list[Video] = []
        self.streams: list[tuple[int, str]] = []
        self.health: list[tuple[int, Health]] = [(0, Health.GOOD)]
        self.video_takes, self.testing_takes, self.live_takes = micro(2.5), 4.0, 6.0
        self.complete_takes = 0.0
        self.lag = 0
        """How old its word is at the moment, in microseconds."""
        self.is_list_late = False
        self.ignores_transitions = False
        self.thumbnails: list[str] = []
        self.playlists: dict[str, list[str]] = {}
        self.said: list[str] = []

    # -- looking -------------------------------------------------------------------------------------------------------

    def _then(self) -> int:
        return self.time.now - self.lag

    def find(self, marker: str) -> BroadcastSeen | None:
        """The newest of that marker that is not over, else the newest."""
        listed = [video.at(self._listed_then()) for video in self.videos if video.marker == marker]
        ours = [seen for seen in listed if seen is not None]
        return next((seen for seen in reversed(ours) if seen.lifecycle not in OVER), ours[-1] if ours else None)

    def _listed_then(self) -> int:
        return self.time.now - micro(LATE_LIST) if self.is_list_late else self._then()

    def look(self, broadcast_id: str) -> BroadcastSeen | None:
        video = next((video for video in self.videos if video.id == broadcast_id), None)
        return video.at(self._then()) if video else None

    def find_stream(self, title: str) -> StreamSeen | None:
        is_there = any(name == title and made <= self._listed_then() for made, name in self.streams)
        return self.stream(title, self._then()) if is_there else None

    def look_stream(self, stream_id: str) -> StreamSeen | None:
        is_there = any(name == stream_id and made <= self._then() for made, name in self.streams)
        return self.stream(stream_id, self._then()) if is_there else None

    def stream(self, stream_id: str, micros: int) -> StreamSeen:
        """What YouTube knows of the video at that moment."""
        since, key = next((one for one in reversed(self.obs.sent) if one[0] <= micros), (0, ""))
        is_active = key == key_of(stream_id) and micros - since >= self.video_takes
        health = next((health for when, health in reversed(self.health) if when <= micros), Health.GOOD)
        return StreamSeen(id=stream_id, is_active=is_active, health=health if is_active else Health.NO_DATA)

    # -- changing ------------------------------------------------------------------------------------------------------

    def create(self, plan: BroadcastPlan) -> BroadcastSeen:
        number = len(self.videos) + 1
        seen = BroadcastSeen(
            id=f"video-{number}",
            lifecycle=Lifecycle.CREATED,
            stream_id=None,
            title=plan.title,
            marker=plan.marker,
            scheduled_start=plan.scheduled_start,
            is_monitored=plan.is_monitored,
            description=f"{plan.description}\n\n{plan.marker}".strip(),
            privacy=plan.privacy,
            latency=plan.latency,
            captions=plan.captions,
            has_dvr=plan.dvr,
            chat_id=f"chat-{number}",
        )
        details = VideoSeen(
            id=seen.id,
            title=plan.title,
            description=seen.description,
            category="22",
            tags=(),
            language="",
            privacy=plan.privacy,
            is_made_for_kids=plan.made_for_kids,
        )
        now = self.time.now
        video = Video(id=seen.id, marker=plan.marker, made_at=now, plan=plan, history=[(now, seen)], details=details)
        self.videos.append(video)
        return seen

    def create_stream(self, title: str) -> StreamSeen:
        self.streams.append((self.time.now, title))
        return self.stream(title, self.time.now)

    def _there(self, broadcast_id: str) -> Video:
        video = next((video for video in self.videos if video.id == broadcast_id and video.deleted_at is None), None)
        if video is None:
            raise Refused(f"there is no broadcast {broadcast_id}", reason="liveBroadcastNotFound")
        return video

    def set(self, video: Video, **changes: Any) -> BroadcastSeen:
        """The broadcast is so from now on."""
        video.history.append((self.time.now, replace(video.now, **changes)))
        if video.now.lifecycle is Lifecycle.LIVE and video.went_live_at is None:
            video.went_live_at = self.time.now
        return video.now

    def update(self, broadcast_id: str, **changes: Any) -> BroadcastSeen:
        return self.set(self._there(broadcast_id), **changes)

    def delete(self, broadcast_id: str, *, by: str) -> None:
        video = self._there(broadcast_id)
        video.deleted_at, video.deleted_by = self.time.now, by

    def details(self, video_id: str) -> VideoSeen | None:
        video = next((video for video in self.videos if video.id == video_id and video.deleted_at is None), None)
        return video.details if video is not None and video.made_at + micro(3) <= self.time.now else None

    def update_details(self, video_id: str, **changes: Any) -> VideoSeen:
        video = self._there(video_id)
        if video.details is None:
            raise AssertionError(video_id)
        video.details = replace(video.details, **changes)
        return video.details

    def bind(self, broadcast_id: str, stream_id: str) -> BroadcastSeen:
        video = self._there(broadcast_id)
        if video.now.lifecycle not in (Lifecycle.CREATED, Lifecycle.READY):
            raise Refused("it cannot be bound now", reason="liveBroadcastBindingNotAllowed")
        return self.set(video, stream_id=stream_id, lifecycle=Lifecycle.READY)

    def transition(self, broadcast_id: str, to: str) -> BroadcastSeen:
        video = self._there(broadcast_id)
        stream = self.stream(video.now.stream_id or "", self.time.now)
        lifecycle = video.now.lifecycle
        on_the_way = {
            "testing": (Lifecycle.TEST_STARTING, Lifecycle.TESTING),
            "live": (Lifecycle.LIVE_STARTING, Lifecycle.LIVE),
            "complete": (Lifecycle.COMPLETE,),
        }
        if lifecycle in on_the_way[to]:
            return video.now  # YouTube says redundantTransition; the adapter then looks
        if to != "complete" and not stream.is_active:
            raise Refused("Stream is inactive", reason="errorStreamInactive")
        before = {
            "testing": (Lifecycle.READY,) if video.now.is_monitored else (),
            "live": (Lifecycle.TESTING,) if video.now.is_monitored else (Lifecycle.READY,),
            "complete": (Lifecycle.LIVE,),
        }
        if lifecycle not in before[to]:
            raise Refused(f"from {lifecycle} to {to}", reason="invalidTransition")
        if not self.ignores_transitions:
            self.move(video, to)
        return video.now

    def move(self, video: Video, to: str) -> None:
        """It goes there, in its time."""
        if to == "complete":
            done = self.complete_takes
            if not done:
                self.set(video, lifecycle=Lifecycle.COMPLETE)
            else:
                self._later(done, video, Lifecycle.LIVE, Lifecycle.COMPLETE)
            return
        begins, becomes, takes = {
            "testing": (Lifecycle.TEST_STARTING, Lifecycle.TESTING, self.testing_takes),
            "live": (Lifecycle.LIVE_STARTING, Lifecycle.LIVE, self.live_takes),
        }[to]
        self.set(video, lifecycle=begins)
        self._later(takes, video, begins, becomes)

    def _later(self, seconds: float, video: Video, begins: Lifecycle, becomes: Lifecycle) -> None:
        def become() -> None:
            if video.now.lifecycle is begins and video.deleted_at is None:
                self.set(video, lifecycle=becomes)

        self.time.after(seconds, become)


def key_of(stream_id: str) -> str:
    """The stream key that YouTube gives to that stream."""
    return f"key of {stream_id}"


@dataclass
class Places:
    """Where announcements go; `start` is the true instant of the beginning."""

    start: datetime
    posts: list[tuple[int, str, str]] = field(default_factory=list)
    """When, where, and the text, as it was posted."""
    said: list[str] = field(default_factory=list)
    """The same, as they are now."""
    keys: list[tuple[str, str]] = field(default_factory=list)
    """Where, and under which key."""

    waiting: dict[str, datetime] = field(default_factory=dict)
    """Post -> when it comes out, or came, of those that were handed over."""

    def post(self, micros: int, channel: str, text: str, key: str, at: datetime | None) -> str:
        if at is not None:
            self._check(micros, at)
            self.waiting[f"m{len(self.posts) + 1}"] = at
        self.posts.append((micros, channel, text))
        self.said.append(text)
        self.keys.append((channel, key))
        return f"m{len(self.posts)}"

    def find(self, channel: str, message: Message, since: datetime, others: Collection[str]) -> str | None:
        """By what a reader sees, the newest first, as real ones do, and not by our key."""
        for place, (micros, where, _) in reversed(list(enumerate(self.posts))):
            post, made = f"m{place + 1}", self.start + timedelta(microseconds=micros)
            is_same = self.said[place] == message.text and self.waiting.get(post) == message.at
            if where == channel and is_same and made >= since - CLOCKS_DIFFER and post not in others:
                return post
        return None

    def edit(self, micros: int, post: str, text: str, at: datetime | None) -> None:
        waits_for = self.waiting.get(post)
        if at is not None and at != waits_for:
            now = self.start + timedelta(microseconds=micros)
            if waits_for is None or waits_for <= now:
                raise Refused("it is out", reason="isOut")
            if waits_for - now < LOCKED:
                raise Refused("it is too late", reason="notSchedulable")
            self._check(micros, at)
            self.waiting[post] = at
        self.said[int(post[1:]) - 1] = text

    def _check(self, micros: int, at: datetime) -> None:
        if not SOONEST <= at - self.start - timedelta(microseconds=micros) <= LATEST:
            raise Refused("it is too near, or too far", reason="notSchedulable")


REFUSALS: dict[str, list[Exception]] = {
    "youtube": [
        Refused("the request is not allowed", reason="forbidden"),
        Refused("the title is too long", reason="invalidTitle"),
        Unavailable("slow down", reason="rateLimitExceeded", retry_after=5.0),
        Unavailable("the day's quota is spent", reason="quotaExceeded", retry_after=60.0),
        NeedsHuman("sign in again", reason="invalid_grant"),
    ],
    "obs": [Refused("OBS refused", reason="700"), Unavailable("OBS is not ready", reason="207", retry_after=1.0)],
    "posts": [
        Refused("the chat was not found", reason="400"),
        Unavailable("slow down", reason="429", retry_after=7.0),
        NeedsHuman("the bot was blocked", reason="403"),
    ],
}
