"""What does the video that an encoder sends do to a stream, and to the broadcasts that wait for it?"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from broadcaster.emulators.youtube.health import Feed, health_of, issues_of
from broadcaster.emulators.youtube.streams import Stream

if TYPE_CHECKING:
    from broadcaster.emulators.youtube.broadcasts import Broadcast
    from broadcaster.emulators.youtube.state import State


class Ingest:
    """The far end of every encoder's connection."""

    def __init__(self, state: "State") -> None:
        self._state = state

    def video_arrives(self, stream: Stream, feed: Feed) -> None:
        """An encoder began to send to this stream, or began anew."""
        now = self._state.clock.now()
        stream.is_receiving, stream.is_starved, stream.feed = True, False, feed
        stream.turn += 1
        stream.stalls += 1
        self._state.later("active_delay", now, partial(self._become_active, stream, stream.turn))
        self._watch_for_a_stall(stream, now)

    def video_changes(self, stream: Stream, feed: Feed) -> None:
        """The encoder that sends to this stream sends something else from now on."""
        now, before, stream.feed = self._state.clock.now(), stream.feed, feed
        if before.stalled and not feed.stalled:
            stream.is_starved = False
            stream.stalls += 1
        if stream.status == "active":
            self._state.later("health_delay", now, partial(self._look, stream, stream.turn))
        elif feed != before:
            self._state.later("active_delay", now, partial(self._become_active, stream, stream.turn))
        if feed.stalled and not before.stalled:
            self._watch_for_a_stall(stream, now)

    def video_stops(self, stream: Stream) -> None:
        """The encoder stopped, or its connection broke."""
        if stream.is_receiving:
            stream.is_receiving = False
            stream.turn += 1
            stopped = partial(self._become_inactive, stream, stream.turn)
            self._state.later("inactive_delay", self._state.clock.now(), stopped)

    def bound_to(self, stream: Stream) -> "Iterator[Broadcast]":
        """The broadcasts that the stream is bound to."""
        return (each for each in self._state.broadcasts.values() if each.stream_id == stream.id)

    def _become_active(self, stream: Stream, turn: int, at: datetime) -> None:
        if stream.turn != turn or stream.id not in self._state.streams or self._is_spent(stream):
            return
        self._state.later("health_delay", at, partial(self._look, stream, turn))
        if not stream.feed.can_be_shown(needs_audio=self._state.settings.needs_audio):
            return
        stream.status = "active"
        for broadcast in list(self.bound_to(stream)):
            if broadcast.awaits:
                broadcast.enter(broadcast.awaits, at)
            self._state.consider_auto_start(broadcast, at)

    def _look(self, stream: Stream, turn: int, at: datetime) -> None:
        if stream.turn != turn or (stream.feed.stalled and stream.status != "active"):
            return
        stream.issues = issues_of(
            stream.feed, resolution=stream.resolution, frame_rate=stream.frame_rate, is_starved=stream.is_starved
        )
        stream.health, stream.health_at = health_of(stream.issues), at

    def _watch_for_a_stall(self, stream: Stream, at: datetime) -> None:
        if stream.feed.stalled:
            stream.stalls += 1
            self._state.later("starved_delay", at, partial(self._starve, stream, stream.turn, stream.stalls))
            self._state.later("stall_delay", at, partial(self._give_up, stream, stream.turn, stream.stalls))

    def _starve(self, stream: Stream, turn: int, stalls: int, at: datetime) -> None:
        if stream.stalls == stalls:
            stream.is_starved = True
            self._look(stream, turn, at)

    def _give_up(self, stream: Stream, turn: int, stalls: int, at: datetime) -> None:
        if stream.stalls == stalls:
            self._become_inactive(stream, turn, at)

    def _become_inactive(self, stream: Stream, turn: int, at: datetime) -> None:
        if stream.turn != turn:
            return
        stream.health, stream.health_at, stream.issues = "noData", at, []
        if stream.status == "active":
            stream.status = "inactive"
            stream.absences += 1
            self._state.later("auto_stop_delay", at, partial(self._auto_stop, stream, stream.absences))

    def _auto_stop(self, stream: Stream, absences: int, at: datetime) -> None:
        needs_audio = self._state.settings.needs_audio
        is_back = stream.is_receiving and stream.feed.can_be_shown(needs_audio=needs_audio)
        if stream.absences != absences or is_back:
            return
        for broadcast in self.bound_to(stream):
            if broadcast.status == "live" and broadcast.details["enableAutoStop"]:
                broadcast.enter("complete", at)

    def _is_spent(self, stream: Stream) -> bool:
        """Whether it was made for one broadcast, and that is over: its key takes video and nothing comes of it."""
        bound = list(self.bound_to(stream))
        return not stream.is_reusable and bool(bound) and all(each.status == "complete" for each in bound)
