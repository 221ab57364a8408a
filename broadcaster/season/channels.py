"""What can each kind of channel do, and how much does it take? Facts of the services, for rules and previews."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from broadcaster.season.frames import Frame, Size
from broadcaster.season.wording import quoted

SOONEST, LATEST = timedelta(minutes=10), timedelta(days=30)
"""How far ahead a Facebook Page schedules. https://developers.facebook.com/docs/pages-api/posts"""
LOCKED = timedelta(minutes=3)
"""So long before it comes out a scheduled post is neither moved nor deleted any more (their blog, July 2012)."""


def letters(text: str) -> int:
    """The length in Unicode code points."""
    return len(text)


def utf16(text: str) -> int:
    """The length in UTF-16 units, as Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


_ADDRESS = re.compile(r"(https?://\S+)")
_FORMATTING = re.compile(r"([\\*_~`|\[\]<]|^[ \t]*(?:>|#|-|\d+(?=\.)))", re.MULTILINE)


def plain_discord(text: str) -> str:
    """The text with what Discord reads as formatting escaped, but within addresses."""
    parts = _ADDRESS.split(text)
    return "".join(part if at % 2 else _FORMATTING.sub(_escaped, part) for at, part in enumerate(parts))


def _escaped(found: re.Match[str]) -> str:
    mark = found[0].lstrip()
    return found[0][: len(found[0]) - len(mark)] + (f"{mark}\\" if mark.isdecimal() else f"\\{mark}")


def discord(text: str) -> int:
    """The length as Discord counts what we send it."""
    return len(plain_discord(text))


def mastodon(text: str) -> int:
    """The length as Mastodon counts: 23 for an address of any length, and only the name of whom it mentions."""
    text = re.sub(r"https?://\S*[^\s.,;:!?)\]»\"']", "x" * 23, text)
    return len(re.sub(r"(@\w+)@[\w.-]+\w", r"\1", text))


_HASHTAG = re.compile(r"(?<!\w)#\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """Of what a text has more than its channel takes."""

    of: Literal["characters", "hashtags"]
    count: int
    most: int

    @property
    def over(self) -> int:
        """How many are too many."""
        return self.count - self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What one kind of channel can do. `most` is the longest text, `most_beside` the longest beside a picture."""

    kind: str
    called: str
    """Its name in a sentence."""
    most: int
    most_beside: int
    length: Callable[[str], int] = letters
    edits: bool = False
    edits_picture: bool = False
    """It puts another picture in the place of a post's; the words are edited without it."""
    pins: bool = False
    has_title: bool = False
    frame: Frame | None = None
    """What picture it takes; None: none at all."""
    needs_picture: bool = False
    schedules: bool = False
    """It takes a post ahead of its instant and publishes it then itself, from SOONEST to LATEST ahead."""
    most_hashtags: int = 0
    """0: as many as there is room for."""

    @property
    def takes_picture(self) -> bool:
        """It shows a picture beside the text."""
        return self.frame is not None

    def most_with(self, *, has_picture: bool) -> int:
        """The longest text, beside a picture or alone."""
        return self.most_beside if has_picture and self.takes_picture else self.most

    def excess(self, text: str, *, has_picture: bool) -> Excess | None:
        """In what the text is more than such a channel takes; None: it takes it."""
        most = self.most_with(has_picture=has_picture)
        if (length := self.length(text)) > most:
            return Excess(of="characters", count=length, most=most)
        tags = len(_HASHTAG.findall(text))
        if self.most_hashtags and tags > self.most_hashtags:
            return Excess(of="hashtags", count=tags, most=self.most_hashtags)
        return None

    def fault(self, text: str, channel: str, *, has_picture: bool) -> str:
        """The same as the end of a sentence, with the channel's name; empty: it takes it."""
        if (found := self.excess(text, has_picture=has_picture)) is None:
            return ""
        called = self.called if channel == self.kind else f"channel {quoted(channel)} ({self.called})"
        if found.of == "hashtags":
            return f"has {found.count} hashtags; {called} takes {found.most}"
        beside = " beside a picture" if found.most < self.most else ""
        return f"is {found.count} characters long; {called} takes {found.most}{beside}"


REACH: Mapping[str, Reach] = {
    each.kind: each
    for each in (
        # https://core.telegram.org/bots/api#sendmessage and #sendphoto
        Reach(
            kind="telegram",
            called="Telegram",
            most=4096,
            most_beside=1024,
            length=utf16,
            edits=True,
            edits_picture=True,
            pins=True,
            # 10 MB, 10000 pixels together, 20 times as long as wide
            frame=Frame(size=Size.POST, most_bytes=10_000_000),
        ),
        # No service's limit: nobody reads a longer one.
        Reach(kind="email", called="e-mail", most=100_000, most_beside=100_000, has_title=True, frame=Frame()),
        # https://developers.facebook.com/docs/pages-api/posts; the length is what its pages take in a browser
        Reach(
            kind="facebook",
            called="a Facebook Page",
            most=63_206,
            most_beside=63_206,
            edits=True,
            # https://developers.facebook.com/docs/graph-api/reference/page/photos/: larger PNG is made coarse
            frame=Frame(size=Size.POST, media="image/jpeg", most_bytes=4_000_000),
            schedules=True,
        ),
        # https://developers.facebook.com/docs/instagram-platform/content-publishing
        Reach(
            kind="instagram",
            called="Instagram",
            most=2200,
            most_beside=2200,
            length=utf16,
            # JPEG alone, 8 MB, from 4:5 to 1.91:1
            frame=Frame(size=Size.POST, media="image/jpeg", ratios=(0.8, 1.91)),
            needs_picture=True,
            most_hashtags=30,
        ),
        # Each service has its own limit; a channel's settings may name another than this.
        Reach(kind="apprise", called="Apprise", most=2000, most_beside=2000, has_title=True, frame=Frame()),
        # https://docs.discord.com/developers/resources/webhook#execute-webhook
        Reach(
            kind="discord",
            called="Discord",
            most=2000,
            most_beside=2000,
            length=discord,
            edits=True,
            edits_picture=True,
            # https://docs.discord.com/developers/reference#uploading-files: 10 MiB
            frame=Frame(most_bytes=10_000_000, longest=16_000),
        ),
        # https://docs.joinmastodon.org/user/posting/#text; most servers take 500, some more
        Reach(
            kind="mastodon",
            called="Mastodon",
            most=500,
            most_beside=500,
            length=mastodon,
            edits=True,
            edits_picture=True,
            pins=True,
            # https://docs.joinmastodon.org/user/posting/#media: 16 MB, 33 megapixels
            frame=Frame(most_bytes=16_000_000, longest=11_000),
        ),
        # ours: a receiver may say in config.toml that it takes less
        Reach(
            kind="webhook",
            called="the webhook",
            most=10_000,
            most_beside=10_000,
            edits=True,
            edits_picture=True,
            has_title=True,
            frame=Frame(),
        ),
        # https://developers.google.com/youtube/v3/live/docs/liveChatMessages
        Reach(kind="youtube-chat", called="a line in YouTube's chat", most=200, most_beside=200, length=utf16),
    )
}
"""Kind -> what it can do."""


def reach_of(name: str, channels: Collection[str] | None) -> Reach | None:
    """What a channel of that name can do; None where nobody knows.

    `channels` are those of the settings with their reach; of names alone, one called like a kind is taken for it.
    """
    if isinstance(channels, Mapping) and name in channels:
        found = channels[name]
        return found if isinstance(found, Reach) else None
    return REACH.get(name)
