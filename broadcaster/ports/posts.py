"""What does a show need from the places where announcements go?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from broadcaster.season.frames import ENDINGS, Media


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image to go with a post; `media` is its type, `about` what it shows, for those who cannot see it."""

    content: bytes
    about: str
    media: Media = "image/png"

    @property
    def file(self) -> str:
        """What it is called where it needs a file's name."""
        return f"announcement{ENDINGS[self.media]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a channel is given to post. `title` is for those that have one (an e-mail's subject)."""

    text: str
    title: str = ""
    language: str = ""
    link: str = ""
    """Where to watch; a text that wants it shown says it itself."""
    picture: Picture | None = None
    at: datetime | None = None
    """When the far end shall publish it, where its kind schedules; None: at once, or, of an edit, as it was."""
    follows: str = ""
    """The id of the post that this one corrects, for channels that thread (an e-mail's In-Reply-To)."""


class Shelf(Protocol):
    """A place on the public internet where a far end fetches a picture that it cannot be handed."""

    def offer(self, content: bytes, media: Media) -> str:
        """An address, not to be guessed, that gives this content for some minutes.

        Raises Refused with reason `noPublicUrl` where nothing of ours can be reached from outside.
        """
        ...


class Channel(Protocol):
    """One place where announcements go. What its kind can do and takes is in season.channels.

    `key` is derived from season, show and cue: the same for every try of one post, and for no other.
    """

    name: str

    async def post(self, message: Message, *, key: str) -> str:
        """Post, sent once, and return the far end's id of the post."""
        ...

    async def find(self, message: Message, *, since: datetime, others: Collection[str]) -> str | None:
        """The id of the post that was sent at `since` and whose answer was lost; it is none of the `others`.

        None: it may be posted again under its key, and is not there twice then. Raises Refused with reason `noFind`
        where nobody can tell, also where it cannot be seen so far back.
        """
        ...

    async def edit(self, post: str, message: Message) -> None:
        """Return once the post says this instead; raises Refused with reason `noEdit` where it cannot.

        With `at` a post that waits to be published is moved there too, or nothing is changed: raises Refused with
        reason `isOut` for one that readers have, and `notSchedulable` where it is too late or out of range. One that
        waits for that instant already is in its place, also within the minutes in which it cannot be moved.
        """
        ...

    async def pin(self, post: str) -> None:
        """Return once the post is pinned at the top; raises Refused with reason `noPin` where nothing is."""
        ...
