"""What does this YouTube remember, and how does it move: by request, by video, by time, and by hand?"""

import base64
import string
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from broadcaster.emulators.youtube import broadcasts, streams
from broadcaster.emulators.youtube.agenda import Agenda, Happening
from broadcaster.emulators.youtube.broadcasts import ALLOWED, EDITABLE, MOVES, ON_THE_WAY, Broadcast
from broadcaster.emulators.youtube.errors import Refusal
from broadcaster.emulators.youtube.ingest import Ingest
from broadcaster.emulators.youtube.quota import DAY, MINUTE, Quota, Rates
from broadcaster.emulators.youtube.settings import Settings
from broadcaster.emulators.youtube.signin import SignIn
from broadcaster.emulators.youtube.streams import Stream
from broadcaster.emulators.youtube.tokens import Tokens
from broadcaster.emulators.youtube.uploads import Uploads
from broadcaster.ports import Clock

if TYPE_CHECKING:
    from broadcaster.emulators.youtube.playlists import Playlist

KEY_LETTERS = string.ascii_lowercase + string.digits


class State:
    """One channel with its broadcasts and streams. Call `settle` before looking."""

    def __init__(self, clock: Clock, *, speed: float, seed: int, settings: Settings) -> None:
        self.clock = clock
        self.speed = speed
        self.settings = settings
        self.chance = Random(seed)  # noqa: S311 - for delays and ids that repeat from run to run
        self.channel_id = "UC" + self.letters(22)
        self.channel_title = "Emulated channel"
        self.broadcasts: dict[str, Broadcast] = {}
        self.streams: dict[str, Stream] = {}
        self.playlists: dict[str, Playlist] = {}
        self.uploads = Uploads()
        self.tokens = Tokens()
        self.sign_in = SignIn(self.tokens, self.chance)
        self.quota = Quota()
        self.rates = Rates()
        self.ingest = Ingest(self)
        self.inserts = 0
        self.transitions: list[dict[str, Any]] = []
        self._agenda = Agenda()

    def settle(self) -> datetime:
        """Let everything due happen and return the present instant."""
        now = self.clock.now()
        self._agenda.settle(now)
        self.quota.settle(now)
        return now

    # What requests do.

    def insert_broadcast(self, body: Mapping[str, Any]) -> Broadcast:
        """Make a broadcast; raises Refusal."""
        now = self.clock.now()
        broadcasts.check_insert(body, now, self.settings)
        limit = self.settings.max_broadcasts
        open_ones = [each for each in self.broadcasts.values() if each.status not in ("complete", "revoked")]
        if limit is not None and len(open_ones) >= limit:
            raise Refusal("userBroadcastsExceedLimit")
        self.rates.spend(
            "inserts", now, limit=self.settings.max_inserts_a_day, within=DAY, reason="userRequestsExceedRateLimit"
        )
        delay = self.settings.draw("video_delay", self.chance, speed=self.speed)
        broadcast = Broadcast(
            id=self.letters(11),
            chat_id="Ki" + self.letters(50),
            title=body["snippet"]["title"],
            scheduled_start=body["snippet"]["scheduledStartTime"],
            privacy=body["status"]["privacyStatus"],
            published_at=now,
            visible_at=datetime.max.replace(tzinfo=now.tzinfo) if delay is None else now + timedelta(seconds=delay),
        )
        broadcast.write_insert(body)
        broadcast.enter("created", now)
        self.broadcasts[broadcast.id] = broadcast
        self.inserts += 1
        return broadcast

    def update_broadcast(self, body: Mapping[str, Any], parts: frozenset[str]) -> Broadcast:
        """Change a broadcast; raises Refusal."""
        if not body.get("id"):
            raise Refusal("idRequired")
        broadcast = self.broadcast(body["id"])
        now = self.clock.now()
        broadcast.write_update(body, parts, now, self.settings)
        self.consider_auto_start(broadcast, now)
        return broadcast

    def delete_broadcast(self, broadcast_id: str) -> None:
        """Remove a broadcast that is not on its way; raises Refusal."""
        broadcast = self.broadcast(broadcast_id)
        may = {*EDITABLE, "complete"} | ({"testStarting"} if self.settings.lenient_starting else set())
        if broadcast.status not in may:
            raise Refusal("liveBroadcastDeletionNotAllowed")
        del self.broadcasts[broadcast_id]

    def bind(self, broadcast_id: str, stream_id: str) -> Broadcast:
        """Bind a stream to a broadcast, or unbind it when `stream_id` is empty; raises Refusal."""
        broadcast = self.broadcast(broadcast_id)
        stream = self.stream(stream_id) if stream_id else None
        allowed = EDITABLE | ({"testing"} if self.settings.bind_while_testing else set())
        if broadcast.status not in allowed:
            raise Refusal("liveBroadcastBindingNotAllowed")
        if stream and not stream.is_reusable and any(each is not broadcast for each in self.ingest.bound_to(stream)):
            raise Refusal("liveBroadcastBindingNotAllowed")
        now = self.clock.now()
        broadcast.stream_id = stream_id
        broadcast.bound_at = now if stream else None
        status = "ready" if stream else "created"
        if broadcast.status in EDITABLE and broadcast.status != status:
            broadcast.enter(status, now)
        self.consider_auto_start(broadcast, now)
        return broadcast

    def transition(self, broadcast_id: str, target: str) -> Broadcast:
        """Ask for testing, live or complete; raises Refusal."""
        now = self.clock.now()
        entry = {"at": now, "id": broadcast_id, "to": target, "accepted": False, "reason": ""}
        self.transitions.append(entry)
        try:
            broadcast = self.broadcast(broadcast_id)
            entry["from"] = broadcast.status
            self._check_move(broadcast, target)
        except Refusal as refusal:
            entry["reason"] = refusal.reason
            raise
        entry["accepted"] = True
        if target == "complete":
            broadcast.enter("complete", now)
        else:
            self._begin(broadcast, target, now)
        return broadcast

    def insert_stream(self, body: Mapping[str, Any]) -> Stream:
        """Make a stream; raises Refusal."""
        streams.check_insert(body)
        key = "-".join("".join(self.chance.choices(KEY_LETTERS, k=4)) for _ in range(5))
        stream = Stream(
            id=self.channel_id[2:] + "".join(self.chance.choices(string.digits, k=16)),
            key=key,
            title=body["snippet"]["title"],
            description=body["snippet"].get("description", ""),
            frame_rate=body["cdn"]["frameRate"],
            resolution=body["cdn"]["resolution"],
            ingestion_type=body["cdn"]["ingestionType"],
            is_reusable=body.get("contentDetails", {}).get("isReusable", True),
            published_at=self.clock.now(),
        )
        self.streams[stream.id] = stream
        return stream

    def update_stream(self, body: Mapping[str, Any], parts: frozenset[str]) -> Stream:
        """Change a stream's texts; raises Refusal."""
        if not body.get("id"):
            raise Refusal("idRequired")
        stream = self.stream(body["id"])
        stream.write_update(body, parts)
        return stream

    def delete_stream(self, stream_id: str) -> None:
        """Remove a stream that no unfinished broadcast needs; raises Refusal."""
        stream = self.stream(stream_id)
        if any(each.status not in ("complete", "revoked") for each in self.ingest.bound_to(stream)):
            raise Refusal("liveStreamDeletionNotAllowed")
        del self.streams[stream_id]

    # How a broadcast moves.

    def _check_move(self, broadcast: Broadcast, target: str) -> None:
        reason = MOVES[broadcast.status][target]
        if self.settings.lenient_starting and broadcast.status.endswith("Starting") and target == "complete":
            reason = ALLOWED
        if reason != ALLOWED:
            raise Refusal(reason)
        if target == "complete":
            return
        if not self._has_video(broadcast):
            raise Refusal("errorStreamInactive")
        if broadcast.status == "ready" and broadcast.has_monitor != (target == "testing"):
            raise Refusal("invalidTransition")
        self._check_concurrency(broadcast)

    def _check_concurrency(self, broadcast: Broadcast) -> None:
        others = [each for each in self.broadcasts.values() if each is not broadcast and each.status in ON_THE_WAY]
        sharing = [each for each in others if each.stream_id == broadcast.stream_id]
        per_channel, per_key = self.settings.max_concurrent, self.settings.max_shared_ingestion
        if per_channel is not None and len(others) >= per_channel:
            raise Refusal("concurrentBroadcastsExceedLimit")
        if per_key is not None and len(sharing) >= per_key:
            raise Refusal("sharedIngestionBroadcastsExceedLimit")

    def check_rate(self) -> None:
        """Count a write to a live method; raises Refusal when there were too many within a minute."""
        limit = self.settings.max_requests_a_minute
        reason = "userRequestsExceedRateLimit"
        self.rates.spend("live writes", self.clock.now(), limit=limit, within=MINUTE, reason=reason)

    def consider_auto_start(self, broadcast: Broadcast, at: datetime) -> None:
        """Go live by itself: from ready, and also when a test was meant."""
        if not broadcast.details["enableAutoStart"] or broadcast.status not in ("ready", "testing"):
            return
        if not self._has_video(broadcast):
            return
        try:
            self._check_concurrency(broadcast)
        except Refusal:
            return  # nobody asked, so nobody is told: the broadcast just does not start
        self._begin(broadcast, "live", at)

    def _begin(self, broadcast: Broadcast, target: str, at: datetime) -> None:
        broadcast.enter("testStarting" if target == "testing" else "liveStarting", at)
        name = "test_delay" if target == "testing" else "live_delay"
        if getattr(self.settings, name) == "restart":
            broadcast.awaits = target
        self.later(name, at, partial(self._arrive, broadcast, len(broadcast.history), target))

    def _arrive(self, broadcast: Broadcast, turn: int, target: str, at: datetime) -> None:
        if len(broadcast.history) != turn:
            return  # it was moved otherwise meanwhile
        if self._has_video(broadcast):
            broadcast.enter(target, at)
        else:
            broadcast.awaits = target  # stuck, until the encoder is started again

    def _has_video(self, broadcast: Broadcast) -> bool:
        stream = self.streams.get(broadcast.stream_id)
        return stream is not None and stream.status == "active"

    # Looking up.

    def broadcast(self, broadcast_id: str) -> Broadcast:
        """The broadcast of that id; raises Refusal."""
        if broadcast_id not in self.broadcasts:
            raise Refusal("liveBroadcastNotFound")
        return self.broadcasts[broadcast_id]

    def stream(self, stream_id: str) -> Stream:
        """The stream of that id; raises Refusal."""
        if stream_id not in self.streams:
            raise Refusal("liveStreamNotFound")
        return self.streams[stream_id]

    def video(self, video_id: str) -> Broadcast:
        """The broadcast as a video, which appears a little later; raises Refusal."""
        broadcast = self.broadcasts.get(video_id)
        if broadcast is None or self.clock.now() < broadcast.visible_at:
            raise Refusal("videoNotFound")
        return broadcast

    def stream_of_key(self, key: str) -> Stream | None:
        """The stream that this key belongs to."""
        return next((each for each in self.streams.values() if each.key == key), None)

    def later(self, name: str, at: datetime, happening: Happening) -> None:
        """Let that happen when the delay of that name is over, if it ever is."""
        seconds = self.settings.draw(name, self.chance, speed=self.speed)
        if seconds is not None:
            self._agenda.add(at + timedelta(seconds=seconds), happening)

    def letters(self, count: int) -> str:
        """So many letters of an id, drawn by chance."""
        return base64.urlsafe_b64encode(self.chance.randbytes(count)).decode()[:count]
