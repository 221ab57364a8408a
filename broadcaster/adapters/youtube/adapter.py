"""How does a show's broadcast come to be on YouTube, and where does it stand? The port, in YouTube's verbs."""

import logging
from collections.abc import Mapping
from typing import Any, Literal

from broadcaster.adapters.youtube.answers import refused
from broadcaster.adapters.youtube.changes import broadcast_update, parts_of
from broadcaster.adapters.youtube.translate import (
    BROADCAST_PARTS,
    NEW_STREAM_PARTS,
    STREAM_PARTS,
    broadcast_body,
    broadcast_seen,
    carries,
    ingest,
    still_open,
    stream_body,
    stream_seen,
)
from broadcaster.adapters.youtube.videos import YouTubeVideos
from broadcaster.ports import BroadcastChange, Ingest
from broadcaster.season.errors import NeedsHuman, Refused
from broadcaster.season.plan import BroadcastPlan
from broadcaster.show.observed import BroadcastSeen, StreamSeen

log = logging.getLogger(__name__)


class YouTubeBroadcasts(YouTubeVideos):
    """One YouTube channel, as ports.Broadcasts. Use it as a context manager, or close it.

    Everything that changes something is sent exactly once; a sign-in that fails raises NeedsHuman.
    """

    async def channel(self) -> str:
        """The title of the channel that is signed in to; NeedsHuman where the account has none."""
        doing = "ask for the channel"
        answer = await self._connection.call("channels.list", doing, part="snippet", mine=True)
        with self._understanding(doing):
            titles = [str(item["snippet"]["title"]) for item in answer.get("items", [])]
        if not titles:
            raise NeedsHuman(f"{self.name}: {doing}: this Google account has no YouTube channel: create one there")
        return titles[0]

    async def find(self, marker: str) -> BroadcastSeen | None:
        """The broadcast, not over, that carries our marker as a line of its own; the newest of several."""
        doing = "look for the show's broadcast"
        self._markers.add(marker)
        items = await self._all("liveBroadcasts.list", doing, part=BROADCAST_PARTS, mine=True, broadcastType="all")
        with self._understanding(doing):
            ours = still_open(item for item in items if carries(item["snippet"].get("description", ""), marker))
            seen = broadcast_seen(ours[0], (marker,)) if ours else None
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
        """Create the broadcast, marked, with auto start and stop off. Sent once."""
        self._markers.add(plan.marker)
        body = broadcast_body(plan, self._clock.now())
        return await self._change("insert", "create the broadcast", part=BROADCAST_PARTS, body=body)

    async def look(self, broadcast_id: str) -> BroadcastSeen | None:
        """The broadcast as it is now; None when the channel has none of that id."""
        doing = f"look at broadcast {broadcast_id}"
        item = await self._one("liveBroadcasts.list", doing, part=BROADCAST_PARTS, id=broadcast_id)
        with self._understanding(doing):
            return broadcast_seen(item, self._markers) if item else None

    async def update(self, seen: BroadcastSeen, change: BroadcastChange) -> BroadcastSeen:
        """Change what `change` names, of the broadcast as it is now; nothing is sent when it is so already.

        A description keeps our marker. A scheduled start that has passed is moved to a minute from now.
        """
        doing = f"change broadcast {seen.id}"
        if seen.marker:
            self._markers.add(seen.marker)
        async with self._editing:
            item = await self._one("liveBroadcasts.list", doing, part=BROADCAST_PARTS, id=seen.id)
            if item is None:
                raise refused(f"{self.name}: {doing}", "liveBroadcastNotFound")
            with self._understanding(doing):
                body = broadcast_update(item, change, self._clock.now(), self._markers)
                if not body:
                    return broadcast_seen(item, self._markers)
            answer = await self._connection.call("liveBroadcasts.update", doing, part=parts_of(body), body=body)
        with self._understanding(doing, changes=True):
            # the answer has the parts that were sent; the others are as they were read
            return broadcast_seen({**item, **answer}, self._markers)

    async def delete(self, broadcast_id: str) -> None:
        """Return once the broadcast is deleted. Sent once."""
        await self._connection.call("liveBroadcasts.delete", f"delete broadcast {broadcast_id}", id=broadcast_id)

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
            raise refused(f"{self.name}: {doing}", "liveStreamNotFound")
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
        return await self._one("liveStreams.list", doing, part=STREAM_PARTS, id=stream_id)

    async def _change(self, verb: str, doing: str, **arguments: Any) -> BroadcastSeen:
        answer = await self._connection.call(f"liveBroadcasts.{verb}", doing, **arguments)
        with self._understanding(doing, changes=True):
            return broadcast_seen(answer, self._markers)
