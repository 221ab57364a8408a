"""What does a Discord remember? What each webhook posted, and which were deleted or muted."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

EPOCH = datetime.fromisoformat("2015-01-01T00:00:00+00:00")
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")


@dataclass
class Message:
    """One post; `content` is raw, as it was sent."""

    id: str
    webhook: str
    content: str
    attachments: list[dict[str, Any]]
    mentions: list[str]
    sent: datetime
    edited: datetime | None = None
    earlier: list[str] = field(default_factory=list)
    is_deleted: bool = False

    @property
    def shown(self) -> str:
        """What readers see of a text whose formatting is all escaped."""
        return _ESCAPED.sub(r"\1", self.content)

    def document(self) -> dict[str, Any]:
        """For /control/state."""
        return {
            "id": self.id,
            "content": self.content,
            "shown": self.shown,
            "attachments": self.attachments,
            "mentions": self.mentions,
            "sent": self.sent,
            "edited": self.edited,
            "earlier": list(self.earlier),
            "deleted": self.is_deleted,
        }


class DiscordState:
    """Messages by webhook, the webhooks that somebody deleted, and those that may not post."""

    def __init__(self) -> None:
        self.webhooks: dict[str, list[Message]] = {}
        self.unknown: set[str] = set()
        self.muted: set[str] = set()
        self._count = 0

    def post(self, webhook: str, content: str, attachments: list[dict[str, Any]], now: datetime) -> Message:
        """Keep a new message under the next snowflake."""
        self._count += 1
        snowflake = (int((now - EPOCH).total_seconds() * 1000) << 22) + self._count
        message = Message(str(snowflake), webhook, content, attachments, [], now)
        self.webhooks.setdefault(webhook, []).append(message)
        return message

    def find(self, webhook: str, id: str) -> Message | None:
        """The webhook's message of that id, unless it was deleted."""
        found = (each for each in self.webhooks.get(webhook, ()) if each.id == id and not each.is_deleted)
        return next(found, None)
