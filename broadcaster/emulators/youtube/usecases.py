"""What happens at YouTube that no request of ours brought about: video, people in Studio, administrators, time?

The verbs are methods here, and each may be asked for by `POST /control/hand` with {"do": ..., ...}.
"""

import difflib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from broadcaster.emulators.youtube.broadcasts import STATUSES, Broadcast
from broadcaster.emulators.youtube.chat import text_details, write_message
from broadcaster.emulators.youtube.errors import Refusal
from broadcaster.emulators.youtube.health import HEALTHS, Feed
from broadcaster.emulators.youtube.playlists import make_playlist
from broadcaster.emulators.youtube.resources import when
from broadcaster.emulators.youtube.shapes import BROADCAST, read_body
from broadcaster.emulators.youtube.state import State
from broadcaster.emulators.youtube.streams import Stream


class UnknownKey(KeyError):
    """No stream has this key."""


class UseCases:
    """The hands on the state. Each settles first, so that it acts on the present."""

    def __init__(self, state: Callable[[], State]) -> None:
        self._state = state

    def video_arrives(self, key: str, **carries: Any) -> None:
        """An encoder begins to send, with that key, what `Feed` names; raises UnknownKey, ValueError."""
        state, stream = self._stream(key)
        state.ingest.video_arrives(stream, Feed().changed(carries))

    def video_changes(self, key: str, **carries: Any) -> None:
        """The encoder that sends already sends something else from now on; raises UnknownKey, ValueError."""
        state, stream = self._stream(key)
        if not stream.is_receiving:
            raise ValueError("no encoder sends with this key")
        state.ingest.video_changes(stream, stream.feed.changed(carries))

    def is_receiving(self, key: str) -> bool:
        """Whether an encoder sends with that key; raises UnknownKey."""
        return self._stream(key)[1].is_receiving

    def video_stops(self, key: str) -> None:
        """The encoder stops, or its connection breaks; raises UnknownKey."""
        state, stream = self._stream(key)
        state.ingest.video_stops(stream)

    def set_health(self, key: str, status: str, issues: Sequence[Mapping[str, Any]] = ()) -> None:
        """YouTube finds something, until the video stops or changes; raises UnknownKey, ValueError."""
        if status not in HEALTHS:
            raise ValueError(f"unknown health {status!r}; known: {', '.join(HEALTHS)}")
        state, stream = self._stream(key)
        stream.health, stream.health_at = status, state.clock.now()
        stream.issues = [dict(each) for each in issues]

    def transition_by_hand(self, broadcast_id: str, status: str) -> None:
        """Somebody in Studio moves a broadcast, at once and past every rule; raises ValueError."""
        if status not in STATUSES:
            raise ValueError(f"unknown status {status!r}; known: {', '.join(STATUSES)}")
        state, broadcast = self._broadcast(broadcast_id)
        broadcast.enter(status, state.clock.now())

    def revoke(self, broadcast_id: str) -> None:
        """An administrator takes the broadcast away; raises ValueError."""
        self.transition_by_hand(broadcast_id, "revoked")

    def delete_by_hand(self, broadcast_id: str) -> None:
        """Somebody in Studio deletes a broadcast, whatever its state; raises ValueError."""
        state, broadcast = self._broadcast(broadcast_id)
        del state.broadcasts[broadcast.id]

    def bind_by_hand(self, broadcast_id: str, stream_id: str) -> None:
        """Somebody in Studio chooses another stream, whatever the state; raises ValueError."""
        state, broadcast = self._broadcast(broadcast_id)
        broadcast.stream_id, broadcast.bound_at = stream_id, state.clock.now()

    def schedule_by_hand(self, title: str, *, privacy: str = "public", in_seconds: float = 3600.0) -> str:
        """Somebody in Studio schedules a broadcast; returns its id. Raises ValueError."""
        state = self._state()
        start = state.settle() + timedelta(seconds=in_seconds)
        snippet = {"title": title, "scheduledStartTime": when(start)}
        try:
            body = read_body({"snippet": snippet, "status": {"privacyStatus": privacy}}, BROADCAST)
            broadcast = state.insert_broadcast(body)
        except Refusal as refusal:
            raise ValueError(f"YouTube refuses this: {refusal.reason}, {refusal.message}") from refusal
        state.inserts -= 1  # counted are those of the API
        return broadcast.id

    def set_viewers(self, broadcast_id: str, count: int) -> None:
        """So many people watch; raises ValueError."""
        _, broadcast = self._broadcast(broadcast_id)
        broadcast.viewers = count

    def say_in_chat(self, broadcast_id: str, text: str, author: str = "A viewer") -> str:
        """A viewer writes into the chat; returns the message's id. Raises ValueError."""
        state, broadcast = self._broadcast(broadcast_id)
        try:
            message = write_message(state, broadcast, "textMessageEvent", text_details(text), author=author)
        except Refusal as refusal:
            raise ValueError(f"YouTube refuses this: {refusal.reason}") from refusal
        return str(message["id"])

    def make_playlist(self, title: str) -> str:
        """Somebody in Studio makes a playlist; returns its id. Raises ValueError."""
        try:
            return make_playlist(self._state(), title).id
        except Refusal as refusal:
            raise ValueError(f"YouTube refuses this: {refusal.reason}") from refusal

    def delete_playlist(self, playlist_id: str) -> None:
        """Somebody in Studio deletes a playlist; raises ValueError."""
        if self._state().playlists.pop(playlist_id, None) is None:
            raise ValueError(f"no playlist has the id {playlist_id!r}")

    def answer_device(self, user_code: str, *, yes: bool) -> None:
        """The owner types the code that a device shows, and allows it or not; raises ValueError."""
        state = self._state()
        state.sign_in.answer_device(user_code, yes=yes, now=state.clock.now())

    def approve(self, user_code: str) -> None:
        """The owner allows the device that shows this code; raises ValueError."""
        self.answer_device(user_code, yes=True)

    def deny(self, user_code: str) -> None:
        """The owner does not allow the device that shows this code; raises ValueError."""
        self.answer_device(user_code, yes=False)

    def expire_tokens(self) -> None:
        """Every access token in anybody's hands ends now; new ones are good."""
        self._state().tokens.expire()

    def revoke_grant(self) -> None:
        """The owner withdraws consent: no token is good, and none can be had without signing in again."""
        self.set_tokens(valid=False, grant=False)

    def set_tokens(self, *, valid: bool | None = None, grant: bool | None = None) -> None:
        """Whether the tokens in use are good, and whether the refresh tokens given so far are."""
        tokens = self._state().tokens
        if valid is False:
            tokens.expire()
        elif valid:
            tokens.strangers_are_good = True
        if grant is False:
            tokens.revoke_grants()
        elif grant:
            tokens.restore_grants()

    def by_name(self, document: object) -> dict[str, Any]:
        """Do what a /control/hand document asks for; raises ValueError and UnknownKey."""
        if not isinstance(document, dict) or not isinstance(document.get("do"), str):
            raise ValueError('a hand is a JSON object, such as {"do": "revoke", "id": "..."}')
        verbs: dict[str, Callable[..., Any]] = {
            "video_arrives": self.video_arrives,
            "video_changes": self.video_changes,
            "video_stops": self.video_stops,
            "health": self.set_health,
            "transition": self.transition_by_hand,
            "revoke": self.revoke,
            "delete": self.delete_by_hand,
            "bind": self.bind_by_hand,
            "schedule": self.schedule_by_hand,
            "viewers": self.set_viewers,
            "say": self.say_in_chat,
            "make_playlist": self.make_playlist,
            "delete_playlist": self.delete_playlist,
            "approve": self.approve,
            "deny": self.deny,
            "expire_tokens": self.expire_tokens,
            "revoke_grant": self.revoke_grant,
        }
        verb = document["do"]
        if verb not in verbs:
            near = difflib.get_close_matches(verb, verbs, n=1) or sorted(verbs)
            raise ValueError(f"unknown verb {verb!r}; perhaps {', '.join(near)}")
        names = {"id": "playlist_id" if verb == "delete_playlist" else "broadcast_id"}
        arguments = {names.get(name, str(name)): value for name, value in document.items() if name != "do"}
        try:
            done = verbs[verb](**arguments)
        except TypeError as error:  # a missing, superfluous or mistyped argument
            raise ValueError(f"{verb}: {error}") from error
        return {"done": verb} | ({"id": done} if isinstance(done, str) else {})

    def _stream(self, key: str) -> tuple[State, Stream]:
        state = self._state()
        state.settle()
        stream = state.stream_of_key(key)
        if stream is None:
            raise UnknownKey(key)
        return state, stream

    def _broadcast(self, broadcast_id: str) -> tuple[State, Broadcast]:
        state = self._state()
        state.settle()
        if broadcast_id not in state.broadcasts:
            raise ValueError(f"no broadcast has the id {broadcast_id!r}")
        return state, state.broadcasts[broadcast_id]
