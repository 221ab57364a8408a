"""What does a Mastodon server remember? Statuses, media, pins, and the idempotency keys of the last hour."""

import html
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

KEY_LASTS = timedelta(hours=1)
MOST_PINS = 5
_LINK = re.compile(r"https?://[^\s<]+")
_MENTION = re.compile(r"@(\w+)@([\w.-]+\w)")


@dataclass
class Media:
    """A picture; `ready_at` is when the server has made its sizes."""

    id: str
    media: str
    size: int
    about: str
    ready_at: datetime

    def document(self, url: str, now: datetime) -> dict[str, Any]:
        """A MediaAttachment; without its address while it is in work."""
        address = f"{url}/media/{self.id}" if now >= self.ready_at else None
        return {"id": self.id, "type": "image", "url": address, "preview_url": address, "description": self.about}


@dataclass
class Status:
    """One post."""

    id: str
    text: str
    language: str | None
    visibility: str
    media: list[str]
    created: datetime
    edited: datetime | None = None
    earlier: list[str] = field(default_factory=list)
    is_pinned: bool = False
    is_deleted: bool = False

    @property
    def content(self) -> str:
        """The HTML of the text: paragraphs, links whose ends are hidden, and mentions without their server."""
        paragraphs = (f"<p>{_marked_up(each)}</p>" for each in re.split(r"\n{2,}", self.text.strip()))
        return "".join(paragraphs)


def _marked_up(text: str) -> str:
    text = html.escape(text, quote=False)
    text = _MENTION.sub(r'<span class="h-card"><a href="https://\2/@\1">@<span>\1</span></a></span>', text)
    parts = re.split(r"(<span.*?</span></a></span>)", text)
    return "".join(each if each.startswith("<span") else _LINK.sub(_link, each) for each in parts).replace(
        "\n", "<br />"
    )


def _link(found: re.Match[str]) -> str:
    scheme, _, rest = found[0].partition("://")
    shown = f'<span class="ellipsis">{rest[:30]}</span><span class="invisible">{rest[30:]}</span>'
    return f'<a href="{found[0]}" rel="nofollow"><span class="invisible">{scheme}://</span>{shown}</a>'


class MastodonState:
    """Everything of one server."""

    def __init__(self) -> None:
        self.statuses: dict[str, Status] = {}
        self.media: dict[str, Media] = {}
        self.revoked: set[str] = set()
        self._keys: dict[str, tuple[datetime, str]] = {}
        self._count = 0

    def next_id(self, now: datetime) -> str:
        """Ids that grow with time, as the server's do."""
        self._count += 1
        return str((int(now.timestamp() * 1000) << 16) + self._count)

    def repeated(self, key: str, now: datetime) -> Status | None:
        """What was posted under the key within the hour."""
        at, id = self._keys.get(key, (None, ""))
        return self.statuses[id] if key and at is not None and now < at + KEY_LASTS else None

    def post(self, status: Status, key: str) -> Status:
        """Keep a new status."""
        self.statuses[status.id] = status
        if key:
            self._keys[key] = (status.created, status.id)
        return status

    def find(self, id: str) -> Status | None:
        """The status of that id, unless it was deleted."""
        status = self.statuses.get(id)
        return status if status is not None and not status.is_deleted else None

    def newest(self, limit: int, before: str = "") -> list[Status]:
        """The newest first, of those that were made before that one."""
        there = [each for each in self.statuses.values() if not each.is_deleted]
        if before.isdecimal():
            there = [each for each in there if int(each.id) < int(before)]
        return list(reversed(there))[:limit]

    @property
    def pinned(self) -> int:
        """How many statuses are pinned."""
        return sum(each.is_pinned for each in self.statuses.values() if not each.is_deleted)
