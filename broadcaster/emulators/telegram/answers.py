"""In what shape does Telegram answer? Errors, bots, chats and messages, as the Bot API writes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiohttp import web

from broadcaster.emulators.control import json_response
from broadcaster.emulators.telegram.state import Message


class ApiError(Exception):
    """An answer with `ok: false`."""

    def __init__(self, status: int, description: str, parameters: Mapping[str, Any] | None = None) -> None:
        self.status = status
        self.description = description
        self.parameters = parameters
        super().__init__(description)

    def response(self) -> web.Response:
        """The answer as the Bot API shapes it."""
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        if self.parameters:
            body["parameters"] = dict(self.parameters)
        return json_response(body, status=self.status)


def too_many(seconds: int) -> ApiError:
    """Flood control's answer."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def bot_document(bot: str) -> dict[str, Any]:
    """The bot as a User."""
    return {"id": int(bot), "is_bot": True, "first_name": "Broadcaster", "username": f"broadcaster_{bot}_bot"}


def chat_document(chat: str) -> dict[str, Any]:
    """The chat; a name is a channel's, and its number follows from it."""
    if chat.startswith("@"):
        number = -1_000_000_000_000 - sum(ord(letter) * 31**index for index, letter in enumerate(chat)) % 10**9
        return {"id": number, "title": chat[1:], "username": chat[1:], "type": "channel"}
    number = int(chat)
    if number < 0:
        return {"id": number, "title": f"Chat {chat}", "type": "channel" if chat.startswith("-100") else "group"}
    return {"id": number, "first_name": f"Person {chat}", "type": "private"}


def message_document(message: Message) -> dict[str, Any]:
    """The message."""
    chat = chat_document(message.chat)
    sender = {"sender_chat": chat} if chat["type"] == "channel" else {"from": bot_document(message.bot)}
    document = {"message_id": message.id, **sender, "chat": chat, "date": _seconds(message.sent)}
    if message.photo is not None:
        document |= {"photo": [message.photo.document()], "caption": message.text}
    else:
        document |= {"text": message.text}
    if message.edited is not None:
        document["edit_date"] = _seconds(message.edited)
    return document


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
