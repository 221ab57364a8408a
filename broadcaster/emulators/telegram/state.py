"""What does a Telegram remember: which bot posted what to which chat, and where it may not?"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture; the same file has the same id. `size` is in bytes."""

    id: str
    size: int
    width: int
    height: int

    def document(self) -> dict[str, Any]:
        """The picture as a PhotoSize."""
        size = {"width": self.width, "height": self.height, "file_size": self.size}
        return {"file_id": self.id, "file_unique_id": self.id[-16:], **size}


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
    photo: Photo | None = None
    """With one, the text is its caption."""
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
            "photo": self.photo.size if self.photo is not None else 0,
            "pinned": self.is_pinned,
        }


class TelegramState:
    """Messages by chat, pictures by file id, and the chats where bots may do less."""

    def __init__(self) -> None:
        self.chats: dict[str, list[Message]] = {}
        self.photos: dict[str, Photo] = {}
        self.unknown: set[str] = set()
        self.dismissed: set[str] = set()
        """Where bots are no administrators."""
        self.expelled: set[str] = set()
        """Where bots are no members, or a person has blocked them."""

    def send(self, chat: str, text: str, now: datetime, bot: str, photo: Photo | None) -> Message:
        """Keep a new message; ids grow within a chat."""
        messages = self.chats.setdefault(chat, [])
        message = Message(len(messages) + 1, chat, text, now, bot)
        self.illustrate(message, photo)
        messages.append(message)
        return message

    def illustrate(self, message: Message, photo: Photo | None) -> None:
        """Give the message the picture, or none."""
        message.photo = photo
        if photo is not None:
            self.photos[photo.id] = photo

    def appoint(self, chat: str) -> None:
        """Make bots administrators of the chat again."""
        self.dismissed.discard(chat)
        self.expelled.discard(chat)

    def find(self, chat: str, message_id: int, bot: str) -> Message | None:
        """The bot's message of that id, unless it was deleted."""
        for message in self.chats.get(chat, ()):
            if message.id == message_id and message.bot == bot and not message.is_deleted:
                return message
        return None
