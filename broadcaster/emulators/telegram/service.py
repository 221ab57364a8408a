"""How does the outside reach the emulated Telegram? `/bot<token>/METHOD`, GET or POST, as the Bot API answers."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from aiohttp import web

from broadcaster.emulators.control import Emulator, Fault, json_response
from broadcaster.emulators.hand import do_by_hand
from broadcaster.emulators.telegram import text as texts
from broadcaster.emulators.telegram.state import WINDOW_SECONDS, Message, TelegramState
from broadcaster.ports import Clock

TOKEN = re.compile(r"\d{1,20}:[\w-]{3,}")
CHAT = re.compile(r"-?\d{1,20}|@[^\W\d][\w-]{2,63}")  # wider than Telegram's names: rehearsals make theirs up
LIMIT_PER_MINUTE = 20
MOST_PHOTO_BYTES = 10 * 1024 * 1024

Parameters = Mapping[str, Any]


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


class EmulatedTelegram(Emulator):
    """A Bot API server where every chat exists until a hand says otherwise.

    `limit` messages a minute go to one chat, then 429 with `retry_after`; 0 sets no limit.
    """

    def __init__(self, clock: Clock, *, speed: float = 1.0, limit: int = LIMIT_PER_MINUTE) -> None:
        self._limit = limit
        self.state = TelegramState()
        super().__init__(clock, speed=speed)
        self._methods: dict[str, Callable[[str, Parameters], Awaitable[object]]] = {
            "getme": self._get_me,
            "getchat": self._get_chat,
            "sendmessage": self._send_message,
            "sendphoto": self._send_photo,
            "editmessagetext": self._edit_message_text,
            "editmessagecaption": self._edit_message_caption,
            "editmessagemedia": self._edit_message_media,
            "pinchatmessage": self._pin_chat_message,
            "deletemessage": self._delete_message,
        }

    def routes(self) -> list[web.RouteDef]:
        """The Bot API, and the hand."""
        return [
            web.route("*", r"/bot{token:[^/]*}/{method}", self._called),
            web.post("/control/hand", self._hand),
        ]

    def snapshot(self) -> Mapping[str, Any]:
        """Every message of every chat, deleted ones too."""
        return {
            "chats": {
                chat: [message.document() for message in messages] for chat, messages in self.state.chats.items()
            },
            "unknown": sorted(self.state.unknown),
            "limit": self._limit,
        }

    def reset(self) -> None:
        """Forget every message."""
        self.state = TelegramState()

    def refusal(self, fault: Fault, request: web.Request) -> web.Response:
        """The error that a fault asks for; 429 carries `retry_after`, the fault's `seconds` or 5."""
        status = fault.status or 500
        if status == 429:
            return _too_many(max(1, round(fault.seconds)) if fault.seconds else 5).response()
        usual = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 502: "Bad Gateway"}
        description = fault.message or fault.reason or usual.get(status, "Internal Server Error")
        return ApiError(status, description).response()

    async def _called(self, request: web.Request) -> web.Response:
        try:
            if not TOKEN.fullmatch(request.match_info["token"]):
                raise ApiError(401, "Unauthorized")
            method = self._methods.get(request.match_info["method"].lower())
            if method is None or request.method not in ("GET", "POST"):
                raise ApiError(404, "Not Found")
            bot = request.match_info["token"].partition(":")[0]
            result = await method(bot, await _parameters(request))
        except ApiError as error:
            return error.response()
        return json_response({"ok": True, "result": result})

    async def _get_me(self, bot: str, parameters: Parameters) -> dict[str, Any]:
        return {
            **_bot(bot),
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    async def _get_chat(self, bot: str, parameters: Parameters) -> dict[str, Any]:
        return _chat(self._known_chat(parameters))

    async def _send_message(self, bot: str, parameters: Parameters) -> dict[str, Any]:
        chat = self._known_chat(parameters)
        return self._sent(bot, chat, _text(parameters))

    async def _send_photo(self, bot: str, parameters: Parameters) -> dict[str, Any]:
        chat = self._known_chat(parameters)
        photo = _photo(parameters, "photo")
        return self._sent(bot, chat, _caption(parameters), photo)

    def _sent(self, bot: str, chat: str, text: str, photo: int = 0) -> dict[str, Any]:
        now = self.clock.now()
        wait = self.state.retry_after(chat, now, limit=self._limit, window_seconds=WINDOW_SECONDS / self.speed)
        if wait:
            raise _too_many(wait)
        return _document(self.state.send(chat, text, now, bot, photo))

    async def _edit_message_text(self, bot: str, parameters: Parameters) -> dict[str, Any]:
        message = self._message(bot, parameters, "edit")
        if message.photo:
            raise ApiError(400, "Bad Request: there is no text in the message to edit")
        return self._edited(message, _text(parameters), 0)

    async def _edit_message_caption(self, bot: str, parameters: Parameters) -> dict[str, Any]:
        message = self._message(bot, parameters, "edit")
        if not message.photo:
            raise ApiError(400, "Bad Request: there is no caption in the message to edit")
        return self._edited(message, _caption(parameters), message.photo)

    async def _edit_message_media(self, bot: str, parameters: Parameters) -> dict[str, Any]:
        message = self._message(bot, parameters, "edit")
        try:
            media = json.loads(str(parameters.get("media", "")))
            name = str(media["media"]).removeprefix("attach://")
            if media["type"] != "photo":
                raise ValueError("only photos are known here")
        except (ValueError, KeyError, TypeError) as error:
            raise ApiError(400, "Bad Request: can't parse InputMedia: can't find field \"media\"") from error
        return self._edited(message, _caption(media), _photo(parameters, name))

    def _edited(self, message: Message, text: str, photo: int) -> dict[str, Any]:
        if (text, photo) == (message.text, message.photo):
            raise ApiError(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        message.earlier.append(message.text)
        message.text, message.photo, message.edited = text, photo, self.clock.now()
        return _document(message)

    async def _pin_chat_message(self, bot: str, parameters: Parameters) -> bool:
        message = self._message(bot, parameters, "pin")
        message.is_pinned = True
        return True

    async def _delete_message(self, bot: str, parameters: Parameters) -> bool:
        self._message(bot, parameters, "delete").is_deleted = True
        return True

    def _known_chat(self, parameters: Parameters) -> str:
        chat = str(parameters.get("chat_id", "")).strip()
        if not chat:
            raise ApiError(400, "Bad Request: chat_id is empty")
        if not CHAT.fullmatch(chat) or chat in self.state.unknown:
            raise ApiError(400, "Bad Request: chat not found")
        return chat

    def _message(self, bot: str, parameters: Parameters, verb: str) -> Message:
        chat = self._known_chat(parameters)
        number = str(parameters.get("message_id", ""))
        if not number.isdigit():
            raise ApiError(400, "Bad Request: message identifier is not specified")
        message = self.state.find(chat, int(number), bot)
        if message is None:
            raise ApiError(400, f"Bad Request: message to {verb} not found")
        return message

    async def _hand(self, request: web.Request) -> web.Response:
        verbs = {"forget_chat": self.state.unknown.add, "know_chat": self.state.unknown.discard}
        return await do_by_hand(request, "chat", verbs)


def _too_many(seconds: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


async def _parameters(request: web.Request) -> Parameters:
    """Query parameters, then those of a JSON or form body, as the Bot API takes them."""
    parameters: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            document = json.loads(await request.text() or "{}")
        except ValueError as error:
            raise ApiError(400, "Bad Request: can't parse JSON object") from error
        if not isinstance(document, dict):
            raise ApiError(400, "Bad Request: object expected")
        parameters |= document
    elif request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        parameters |= dict(await request.post())
    return parameters


def _text(parameters: Parameters) -> str:
    """The text of a message as readers see it; raises ApiError."""
    try:
        text = texts.visible(str(parameters.get("text", "")), str(parameters.get("parse_mode", "") or "")).strip()
    except texts.EntityError as error:
        raise ApiError(400, f"Bad Request: {error}") from error
    if not text:
        raise ApiError(400, "Bad Request: message text is empty")
    if texts.length(text) > texts.LONGEST:
        raise ApiError(400, "Bad Request: message is too long")
    return text


def _caption(parameters: Parameters) -> str:
    """The caption of a picture as readers see it; may be empty. Raises ApiError."""
    given = str(parameters.get("caption", ""))
    try:
        caption = texts.visible(given, str(parameters.get("parse_mode", "") or "")).strip()
    except texts.EntityError as error:
        raise ApiError(400, f"Bad Request: {error}") from error
    if texts.length(caption) > texts.LONGEST_CAPTION:
        raise ApiError(400, "Bad Request: message caption is too long")
    return caption


def _photo(parameters: Parameters, name: str) -> int:
    """The size of the uploaded picture; raises ApiError for none, or one that is no picture."""
    file = parameters.get(name)
    if not isinstance(file, web.FileField):
        raise ApiError(400, "Bad Request: there is no photo in the request")
    content = file.file.read()
    if not content.startswith((b"\x89PNG", b"\xff\xd8")):
        raise ApiError(400, "Bad Request: IMAGE_PROCESS_FAILED")
    if len(content) > MOST_PHOTO_BYTES:
        raise ApiError(413, "Request Entity Too Large")
    return len(content)


def _bot(bot: str) -> dict[str, Any]:
    return {"id": int(bot), "is_bot": True, "first_name": "Broadcaster", "username": f"broadcaster_{bot}_bot"}


def _chat(chat: str) -> dict[str, Any]:
    if chat.startswith("@"):
        number = -1_000_000_000_000 - sum(ord(letter) * 31**index for index, letter in enumerate(chat)) % 10**9
        return {"id": number, "title": chat[1:], "username": chat[1:], "type": "channel"}
    number = int(chat)
    if number < 0:
        return {"id": number, "title": f"Chat {chat}", "type": "channel" if chat.startswith("-100") else "group"}
    return {"id": number, "first_name": f"Person {chat}", "type": "private"}


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def _document(message: Message) -> dict[str, Any]:
    chat = _chat(message.chat)
    sender = {"sender_chat": chat} if chat["type"] == "channel" else {"from": _bot(message.bot)}
    document = {"message_id": message.id, **sender, "chat": chat, "date": _seconds(message.sent)}
    if message.photo:
        sizes = [{"file_id": f"{message.id}-photo", "width": 1280, "height": 720, "file_size": message.photo}]
        document |= {"photo": sizes, "caption": message.text}
    else:
        document |= {"text": message.text}
    if message.edited is not None:
        document["edit_date"] = _seconds(message.edited)
    return document
