"""How does a show's broadcast come to be on YouTube, and where does it stand? The port, in YouTube's verbs."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Literal, Self

from broadcaster.adapters.youtube.connection import Tokens, YouTubeConnection, garbled
from broadcaster.adapters.youtube.translate import (
    BROADCAST_PARTS,
    NEW_STREAM_PARTS,
    REMEDIES,
    STREAM_PARTS,
    best,
    broadcast_body,
    broadcast_seen,
    carries,
    ingest,
    stream_body,
    stream_seen,
)
from broadcaster.ports import Clock, Ingest
from broadcaster.season.errors import Refused, Unavailable
from broadcaster.season.plan import BroadcastPlan
from broadcaster.show.observed import BroadcastSeen, StreamSeen

log = logging.getLogger(__name__)

PAGE_SIZE = 50
MAX_PAGES = 200
"""Ten thousand broadcasts; beyond that something is wrong, and a quota is being eaten."""


class YouTubeBroadcasts:
    """One YouTube channel, as ports.Broadcasts. Use it as a context manager, or close it.

    `endpoint` is https://youtube.googleapis.com/ or an emulator's base address; `timeout` is in real seconds.
    Everything that changes something is sent exactly once; a sign-in that fails raises NeedsHuman.
    """

    def __init__(self, *, name: str, endpoint: str, credentials: Tokens, clock: Clock, timeout: float = 10.0) -> None:
        self.name = name
        self._clock = clock
        self._connection = YouTubeConnection(
            name=name, endpoint=endpoint, credentials=credentials, clock=clock, timeout=timeout
        )
        self._markers: set[str] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Return once the connection is closed; closing twice is harmless."""
        await self._connection.close()

    @property
    def spent(self) -> Mapping[str, int]:
        """Quota units used since the start, by method; see translate.COSTS."""
        return dict(self._connection.spent)

    async def find(self, marker: str) -> BroadcastSeen | None:
        """The broadcast that carries our marker as a line of its own: the newest not over, else the newest."""
        doing = "look for the show's broadcast"
        self._markers.add(marker)
        items = await self._all("liveBroadcasts.list", doing, part=BROADCAST_PARTS, mine=True, broadcastType="all")
        with self._understanding(doing):
            ours = [item for item in items if carries(item["snippet"].get("description", ""), marker)]
            found = best(ours)
            seen = broadcast_seen(found, (marker,)) if found else None
        if seen and len(ours) > 1:
            log.warning(
                "%s: %d broadcasts carry the marker %s; %s is used",
                self.name,
                len(ours),
                marker,
                seen.id,
                extra={"event": "broadcast_doubled"},
            )
        return seen

    async def create(self, plan: BroadcastPlan) -> BroadcastSeen:
        """Create the broadcast, marked, with auto start and stop off and the private preview on. Sent once."""
        self._markers.add(plan.marker)
        body = broadcast_body(plan, self._clock.now())
        return await self._change("insert", "create the broadcast", part=BROADCAST_PARTS, body=body)

    async def look(self, broadcast_id: str) -> BroadcastSeen | None:
        """The broadcast as it is now; None when the channel has none of that id."""
        doing = f"look at broadcast {broadcast_id}"
        answer = await self._connection.call("liveBroadcasts.list", doing, part=BROADCAST_PARTS, id=broadcast_id)
        with self._understanding(doing):
            items = answer.get("items", [])
            return broadcast_seen(items[0], self._markers) if items else None

    async def find_stream(self, title: str) -> StreamSeen | None:
        """The reusable stream of exactly that title."""
        doing = f"look for the stream {title!r}"
        items = await self._all("liveStreams.list", doing, part=STREAM_PARTS, mine=True)
        with self._understanding(doing):
            found = next((item for item in items if item["snippet"]["title"] == title), None)
            return stream_seen(found) if found else None

    async def create_stream(self, title: str) -> StreamSeen:
        """Create a reusable RTMP stream. Sent once."""
        doing = f"create the stream {title!r}"
        body = stream_body(title)
        answer = await self._connection.call("liveStreams.insert", doing, part=NEW_STREAM_PARTS, body=body)
        with self._understanding(doing, changes=True):
            return stream_seen(answer)

    async def look_stream(self, stream_id: str) -> StreamSeen | None:
        """The stream as it is now; None when the channel has none of that id."""
        doing = f"look at stream {stream_id}"
        item = await self._stream(stream_id, doing)
        with self._understanding(doing):
            return stream_seen(item) if item else None

    async def ingest(self, stream_id: str) -> Ingest:
        """Where to send the video of that stream; Refused when there is none of that id."""
        doing = f"read where to send the video of stream {stream_id}"
        item = await self._stream(stream_id, doing)
        if item is None:
            say = REMEDIES["liveStreamNotFound"].say
            raise Refused(f"{self.name}: {doing}: {say}", reason="liveStreamNotFound")
        with self._understanding(doing):
            return ingest(item)

    async def bind(self, broadcast_id: str, stream_id: str) -> BroadcastSeen:
        """Bind the stream to the broadcast and return it as it is then."""
        doing = f"bind the stream to broadcast {broadcast_id}"
        return await self._change("bind", doing, part=BROADCAST_PARTS, id=broadcast_id, streamId=stream_id)

    async def transition(self, broadcast_id: str, to: Literal["testing", "live", "complete"]) -> BroadcastSeen:
        """Ask for the transition; one that has been asked for already is looked at instead."""
        doing = f"move broadcast {broadcast_id} to {to}"
        try:
            return await self._change("transition", doing, part=BROADCAST_PARTS, id=broadcast_id, broadcastStatus=to)
        except Refused as refusal:
            if refusal.reason != "redundantTransition":
                raise
            seen = await self.look(broadcast_id)
            if seen is None:
                raise
            return seen

    async def _stream(self, stream_id: str, doing: str) -> Mapping[str, Any] | None:
        answer = await self._connection.call("liveStreams.list", doing, part=STREAM_PARTS, id=stream_id)
        with self._understanding(doing):
            items: list[Mapping[str, Any]] = answer.get("items", [])
            return items[0] if items else None

    async def _change(self, verb: str, doing: str, **arguments: Any) -> BroadcastSeen:
        answer = await self._connection.call(f"liveBroadcasts.{verb}", doing, **arguments)
        with self._understanding(doing, changes=True):
            return broadcast_seen(answer, self._markers)

    async def _all(self, method: str, doing: str, **arguments: Any) -> list[Mapping[str, Any]]:
        items: list[Mapping[str, Any]] = []
        more: dict[str, str] = {}
        for _ in range(MAX_PAGES):
            answer = await self._connection.call(method, doing, maxResults=PAGE_SIZE, **arguments, **more)
            items += answer.get("items", [])
            if not answer.get("nextPageToken"):
                return items
            more = {"pageToken": answer["nextPageToken"]}
        # returning what there is could say "there is none", and a second one would be created
        raise Unavailable(f"{self.name}: {doing}: the list does not end after {MAX_PAGES} pages", reason="endlessList")

    @contextmanager
    def _understanding(self, doing: str, *, changes: bool = False) -> Iterator[None]:
        try:
            yield
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            why = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
            raise garbled(f"{self.name}: {doing}", why, changes=changes) from error
