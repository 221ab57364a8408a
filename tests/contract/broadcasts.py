"""What the contract tests of YouTube's broadcasts share."""

from datetime import UTC, datetime, timedelta
from typing import Any

from broadcaster.adapters.clock.adapter import ScaledClock
from broadcaster.adapters.youtube import YouTubeBroadcasts, static_token
from broadcaster.emulators.youtube import EmulatedYouTube
from broadcaster.ports import Broadcasts, Secret
from broadcaster.season.plan import BroadcastPlan
from broadcaster.show.observed import BroadcastSeen, Lifecycle, StreamSeen, VideoSeen
from tests.waiting import until

NOON = datetime(2027, 10, 20, 12, 0, tzinfo=UTC)
MARKER = "broadcaster:aspara-x/day-1"
TIMEOUT = 1.0
"""Real seconds; the emulator on the same machine answers within a few hundredths."""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(1000)


def client(far_end: EmulatedYouTube, clock: ScaledClock, **more: Any) -> YouTubeBroadcasts:
    tokens = static_token(Secret("sesame"))
    return YouTubeBroadcasts(
        name="main", endpoint=far_end.url, credentials=tokens, clock=clock, **({"timeout": TIMEOUT} | more)
    )


def plan(show: str = "day-1", **changes: Any) -> BroadcastPlan:
    marker = f"broadcaster:aspara-x/{show}"
    values: dict[str, Any] = {
        "destination": "main",
        "title": f"Сән апталығы, {show}",
        "description": f"Fashion week\n\n{marker}",
        "privacy": "unlisted",
        "scheduled_start": NOON + timedelta(hours=2),
        "marker": marker,
        "latency": "low",
    }
    return BroadcastPlan(**(values | changes))


def sent(far_end: EmulatedYouTube, path: str) -> list[str]:
    """The requests of that path that would change something, as `path status`."""
    return [
        f"{entry['path']} {entry['status']}"
        for entry in far_end.room.requests
        if entry["method"] != "GET" and entry["path"] == path
    ]


async def bound(youtube: Broadcasts, show: str = "day-1") -> tuple[BroadcastSeen, StreamSeen]:
    broadcast, stream = await youtube.create(plan(show)), await youtube.create_stream("Stage")
    return await youtube.bind(broadcast.id, stream.id), stream


async def with_video(
    youtube: Broadcasts, far_end: EmulatedYouTube, show: str = "day-1"
) -> tuple[BroadcastSeen, StreamSeen]:
    broadcast, stream = await bound(youtube, show)
    far_end.use.video_arrives((await youtube.ingest(stream.id)).key.reveal())
    return broadcast, await until(lambda: healthy(youtube, stream.id))


async def healthy(youtube: Broadcasts, stream_id: str) -> StreamSeen | None:
    seen = await youtube.look_stream(stream_id)
    return seen if seen and seen.is_healthy else None


async def reached(youtube: Broadcasts, broadcast_id: str, lifecycle: Lifecycle) -> BroadcastSeen | None:
    seen = await youtube.look(broadcast_id)
    return seen if seen and seen.lifecycle is lifecycle else None


async def shown(youtube: Broadcasts, video_id: str) -> VideoSeen:
    return await until(lambda: youtube.look_video(video_id))
