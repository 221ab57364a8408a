"""What can each kind of channel do, and how much does it take? Facts of the services, for rules and previews."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


def letters(text: str) -> int:
    """The length in Unicode code points."""
    return len(text)


def utf16(text: str) -> int:
    """The length in UTF-16 units, as Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


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
    pins: bool = False
    has_title: bool = False
    takes_picture: bool = False
    needs_picture: bool = False


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
            pins=True,
            takes_picture=True,
        ),
        # No service's limit: nobody reads a longer one.
        Reach(kind="email", called="e-mail", most=100_000, most_beside=100_000, has_title=True, takes_picture=True),
        # https://developers.facebook.com/docs/pages-api/posts; the length is what its pages take in a browser
        Reach(
            kind="facebook", called="a Facebook Page", most=63_206, most_beside=63_206, edits=True, takes_picture=True
        ),
        # https://developers.facebook.com/docs/instagram-platform/content-publishing
        Reach(
            kind="instagram",
            called="Instagram",
            most=2200,
            most_beside=2200,
            length=utf16,
            takes_picture=True,
            needs_picture=True,
        ),
        # Each service has its own limit; a channel's settings may name another than this.
        Reach(kind="apprise", called="Apprise", most=2000, most_beside=2000, has_title=True, takes_picture=True),
        # https://developers.google.com/youtube/v3/live/docs/liveChatMessages
        Reach(kind="youtube-chat", called="a line in YouTube's chat", most=200, most_beside=200, length=utf16),
    )
}
"""Kind -> what it can do."""
