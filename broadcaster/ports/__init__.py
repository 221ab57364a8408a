"""What a show needs from outside.

Every method says when it returns and what it raises. All may raise Unavailable (not applied, try later), Refused
(applied nothing, do not repeat), NeedsHuman, and, for those that change something, OutcomeUnknown (sent, no answer:
read back first). See season/errors.py.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from broadcaster.ports.posts import Channel as Channel
from broadcaster.ports.posts import Message as Message
from broadcaster.ports.posts import Picture as Picture
from broadcaster.ports.posts import Shelf as Shelf
from broadcaster.season.plan import BroadcastPlan
from broadcaster.season.secret import Secret as Secret
from broadcaster.show.observed import BroadcastSeen, EncoderVitals, GraphicsSeen, StreamSeen, StudioSeen, VideoSeen
from broadcaster.show.people import Attempts, Deed, Link, Role, Roster, Session, Token, User
from broadcaster.show.people import Person as Person
from broadcaster.show.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """Where an encoder sends its video."""

    server: str
    key: Secret

    @property
    def fingerprint(self) -> str:
        """A hash of server and key, safe to print and to compare with what the encoder holds."""
        return hashlib.sha256(f"{self.server}\n{self.key.reveal()}".encode()).hexdigest()[:16]


class Clock(Protocol):
    """The only source of time; wall, scaled (rehearsal) or manual (tests)."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def delay(self, instant: datetime) -> float:
        """Real seconds from now until `instant` on this clock; negative when past."""
        ...

    async def sleep_until(self, instant: datetime) -> None:
        """Return at or just after `instant`, also when the clock is stepped meanwhile."""
        ...

    async def sleep(self, duration: timedelta) -> None:
        """Return once `duration` has passed on this clock."""
        ...


OnTrouble = Callable[[Literal["stepped", "stalled"], float], None]
"""The clock has jumped ahead by so many seconds (below zero: back), or nothing ran for so many."""


class Alarm(Protocol):
    """Wakes the conductor. It may ring early or twice, never not at all; what is due is decided elsewhere."""

    def ring_at(self, instant: datetime | None) -> None:
        """Ring at that instant, instead of any set before; None: do not ring."""
        ...

    async def run(self, on_ring: Callable[[], None], on_trouble: "OnTrouble | None" = None) -> None:
        """Ring until cancelled; `on_trouble` is told when time itself misbehaved, before the ring that follows."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Proof that a scene went on air: when the transition began, as seen from here."""

    scene: str
    began: datetime


class Studio(Protocol):
    """One vision mixer with its encoder (an OBS)."""

    name: str

    @property
    def seen(self) -> StudioSeen | None:
        """The state as of the last event or answer; None while away."""
        ...

    async def run(self, on_change: Callable[[], None]) -> None:
        """Connect and stay connected until cancelled, calling `on_change` after every change of `seen`.

        Never raises for a far end that is away; it tries again with back-off and reads everything anew.
        """
        ...

    @property
    def vitals(self) -> EncoderVitals | None:
        """How the encoder does, as of about a second ago; None while it does not stream. No change of it is told."""
        ...

    async def picture(self, scene: str | None, width: int) -> bytes:
        """A JPEG of the scene, or of what is on program, `width` pixels wide. Never in the way of a take.

        Unavailable with reason `take` while a take is about to leave.
        """
        ...

    async def take(self, scene: str, at: datetime | None = None) -> Taken:
        """Put the scene on program at `at` (now, if None or past) and return once the far end reports it begun.

        A scene that is on program already returns at once. Raises Withdrawn after `withdraw`.
        """
        ...

    def withdraw(self, scene: str, at: datetime) -> None:
        """Take back the take of the scene at `at`, if it has not left: it then raises Withdrawn at once.

        One that has left goes on as if nothing was said; what became of it is told by the take itself. Raises nothing.
        """
        ...

    async def preview(self, scene: str) -> None:
        """Put the scene on preview, where the crew sees it before it is taken; returns once it is seen there.

        Refused while studio mode is off, with reason studioModeOff, and for a scene that is not there, with reason 600.
        """
        ...

    async def point(self, ingest: Ingest) -> None:
        """Return once the encoder holds this server and key, read back."""
        ...

    async def start_stream(self) -> None:
        """Return once the encoder reports that it streams; one that streams already returns at once."""
        ...

    async def stop_stream(self) -> None:
        """Return once the encoder reports that it stopped; one that is stopped already returns at once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastChange:
    """What to change about a broadcast; None leaves it."""

    title: str | None = None
    description: str | None = None
    privacy: str | None = None
    scheduled_start: datetime | None = None
    latency: str | None = None
    has_dvr: bool | None = None
    captions: str | None = None
    is_monitored: bool | None = None
    is_manual: bool = False
    """Force auto start and auto stop off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoChange:
    """What to change about a video; None leaves it."""

    description: str | None = None
    category: str | None = None
    tags: tuple[str, ...] | None = None
    language: str | None = None
    privacy: str | None = None
    is_made_for_kids: bool | None = None


class Broadcasts(Protocol):
    """A channel's broadcasts and streams (YouTube Live)."""

    name: str

    async def find(self, marker: str) -> BroadcastSeen | None:
        """The broadcast, neither complete nor revoked, that carries our marker, looked for on all pages; the newest.

        One that is over is none: it belongs to a show that was, so a new one is to be made.
        """
        ...

    async def create(self, plan: BroadcastPlan) -> BroadcastSeen:
        """Create the broadcast, marked, with auto start and stop off. Sent once; see OutcomeUnknown."""
        ...

    async def look(self, broadcast_id: str) -> BroadcastSeen | None:
        """The broadcast as it is now; None when there is none of that id."""
        ...

    async def update(self, seen: BroadcastSeen, change: BroadcastChange) -> BroadcastSeen:
        """Change what `change` names and nothing else, and return the broadcast as it is then."""
        ...

    async def delete(self, broadcast_id: str) -> None:
        """Return once the broadcast is deleted; one that is not there is Refused with reason liveBroadcastNotFound."""
        ...

    async def look_video(self, video_id: str) -> VideoSeen | None:
        """The video of a broadcast; None while YouTube does not show it yet (some seconds after creation)."""
        ...

    async def update_video(self, seen: VideoSeen, change: VideoChange) -> VideoSeen:
        """Change what `change` names and keep everything else, and return the video as it is then."""
        ...

    async def set_thumbnail(self, video_id: str, image: bytes) -> None:
        """Return once YouTube has taken the picture (JPEG or PNG, under 2 MB)."""
        ...

    async def is_in_playlist(self, playlist_id: str, video_id: str) -> bool:
        """Whether the playlist holds the video, looked for on all pages."""
        ...

    async def add_to_playlist(self, playlist_id: str, video_id: str) -> None:
        """Add the video at the end; one that is in it already is done."""
        ...

    async def say(self, chat_id: str, text: str) -> str:
        """Write a line into the live chat and return its id. Sent once."""
        ...

    async def find_stream(self, title: str) -> StreamSeen | None:
        """The reusable stream of that title, looked for on all pages."""
        ...

    async def create_stream(self, title: str) -> StreamSeen:
        """Create a reusable RTMP stream. Sent once."""
        ...

    async def look_stream(self, stream_id: str) -> StreamSeen | None:
        """The stream as it is now; None when there is none of that id."""
        ...

    async def ingest(self, stream_id: str) -> Ingest:
        """Where to send the video of that stream."""
        ...

    async def bind(self, broadcast_id: str, stream_id: str) -> BroadcastSeen:
        """Bind the stream to the broadcast and return it as it is then."""
        ...

    async def transition(self, broadcast_id: str, to: Literal["testing", "live", "complete"]) -> BroadcastSeen:
        """Ask for the transition and return as soon as it was accepted; look() tells when it has happened."""
        ...


class Graphics(Protocol):
    """The pages that show lower thirds over the picture (browser sources of the vision mixer)."""

    @property
    def seen(self) -> GraphicsSeen:
        """What is shown, as far as a page has said so, and how many pages are open."""
        ...

    def watch(self, on_change: Callable[[], None]) -> None:
        """Call `on_change` after every change of `seen`."""
        ...

    async def show(self, title: str, subtitle: str) -> None:
        """Return once a page has said that it shows this, and nothing else; a page that opens later shows it too.

        Raises Unavailable with reason noPage when no page is open, and with reason overtaken when another word came
        before a page answered.
        """
        ...

    async def hide(self) -> None:
        """Return once every open page has said that it shows nothing; one that opens later shows nothing either."""
        ...


class Journal(Protocol):
    """The record of what was meant and what happened: append-only, durable, hash-chained."""

    async def append(self, kind: str, ids: Mapping[str, str], data: Mapping[str, Any], *, at: datetime) -> Record:
        """Return once the record is on the disk; raises JournalError when it cannot be.

        JournalUnavailable: not for now, and nothing was written.
        """
        ...

    async def read(self, *, after: int = 0) -> Sequence[Record]:
        """All records with `seq` above `after`, in order."""
        ...


class People(Protocol):
    """Who may come in: users, sessions, tokens and links, and the passwords that were mistyped.

    Every method returns once it is on the disk, and raises PeopleError with a sentence for people. A `deed` is kept in
    the same step as the change, until `told` says that the journal has it.
    """

    async def read(self) -> Roster:
        """Everybody."""
        ...

    async def is_changed(self) -> bool:
        """Whether another process has written since the last `read`."""
        ...

    async def has_password(self, name: str, password: Secret) -> bool:
        """Whether the user is there and this is the password; takes as long where there is no such user."""
        ...

    async def add_user(self, user: User, password: Secret, deed: Deed) -> None:
        """Add a user; raises PeopleError when the name is taken."""
        ...

    async def set_role(self, name: str, role: Role, deed: Deed) -> None:
        """Give a user another role, from now on; the last admin stays one while there are other users."""
        ...

    async def set_password(self, name: str, password: Secret, deed: Deed) -> None:
        """Give a user another password, and end every session of theirs."""
        ...

    async def remove_user(self, name: str, deed: Deed) -> None:
        """Remove a user and end every session of theirs; the last admin goes last."""
        ...

    async def open_session(self, session: Session, deed: Deed) -> None:
        """Remember a browser that has signed in."""
        ...

    async def renew_session(self, id: str, *, seen_at: datetime, expires_at: datetime) -> None:
        """Remember that the browser was here; nothing for one that is gone."""
        ...

    async def close_session(self, id: str, deed: Deed) -> None:
        """End a session; raises PeopleError when there is none."""
        ...

    async def add_token(self, token: Token, deed: Deed) -> None:
        """Add a token; raises PeopleError when the name is taken."""
        ...

    async def revoke_token(self, id: str, deed: Deed) -> None:
        """End a token, by its id or name; raises PeopleError when there is none."""
        ...

    async def add_link(self, link: Link, deed: Deed) -> None:
        """Add a link; raises PeopleError when the name is taken."""
        ...

    async def revoke_link(self, id: str, deed: Deed) -> None:
        """End a link, by its id or name; raises PeopleError when there is none."""
        ...

    async def attempts(self, keys: Sequence[str]) -> Sequence[Attempts]:
        """The passwords that were wrong under each key, in the order of the keys."""
        ...

    async def failed(self, keys: Sequence[str], at: datetime) -> None:
        """One more under each key."""
        ...

    async def forget(self, keys: Sequence[str]) -> None:
        """Start anew under these keys."""
        ...

    async def untold(self) -> Sequence[Deed]:
        """The deeds that the journal does not have yet, in order."""
        ...

    async def told(self, deeds: Sequence[Deed]) -> None:
        """The journal has these now."""
        ...

    async def note(self, deed: Deed) -> None:
        """Keep a deed that changes nothing here."""
        ...
