"""What does a Telegram remember: which bot posted what to which chat, and how fast?"""

import math
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

WINDOW_SECONDS = 60.0


@dataclass
class Message:
    """One post, with the texts it had before it was edited."""

    id: int
    chat: str
    text: str
    sent: datetime
    bot: str
    edited: datetime | None = None
    earlier: list[str] = field(default_factory=list)
    is_deleted: bool = False
    photo: int = 0
    """The size of its picture in bytes; 0: it has none, and its text is no caption."""
    is_pinned: bool = False

    def document(self) -> dict[str, Any]:
        """For /control/state."""
        return {
            "message_id": self.id,
            "text": self.text,
            "sent": self.sent,
            "bot": self.bot,
            "edited": self.edited,
            "earlier": list(self.earlier),
            "deleted": self.is_deleted,
            "photo": self.photo,
            "pinned": self.is_pinned,
        }


class TelegramState:
    """Messages by chat, and the instants of the last minute's sends."""

    def __init__(self) -> None:
        self.chats: dict[str, list[Message]] = {}
        self.unknown: set[str] = set()
        self._sends: dict[str, deque[datetime]] = {}

    def retry_after(self, chat: str, now: datetime, *, limit: int, window_seconds: float) -> int:
        """Seconds to wait before the chat takes one more, at least 1; 0 when it takes it now."""
        sends = self._sends.setdefault(chat, deque())
        window = timedelta(seconds=window_seconds)
        while sends and sends[0] + window <= now:
            sends.popleft()
        if limit and len(sends) >= limit:
            return max(1, math.ceil((sends[0] + window - now).total_seconds()))
        return 0

    def send(self, chat: str, text: str, now: datetime, bot: str, photo: int = 0) -> Message:
        """Keep a new message; ids grow within a chat."""
        messages = self.chats.setdefault(chat, [])
        message = Message(len(messages) + 1, chat, text, now, bot, photo=photo)
        messages.append(message)
        self._sends.setdefault(chat, deque()).append(now)
        return message

    def find(self, chat: str, message_id: int, bot: str) -> Message | None:
        """The bot's message of that id, unless it was deleted."""
        for message in self.chats.get(chat, ()):
            if message.id == message_id and message.bot == bot and not message.is_deleted:
                return message
        return None
