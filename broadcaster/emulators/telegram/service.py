"""How does the outside reach the emulated Telegram? `/bot<token>/METHOD`, GET or POST, as the Bot API answers."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from broadcaster.emulators.control import Emulator, Fault, json_response
from broadcaster.emulators.hand import do_by_hand
from broadcaster.emulators.telegram import text as texts
from broadcaster.emulators.telegram.answers import ApiError, bot_document, chat_document, message_document, too_many
from broadcaster.emulators.telegram.flood import Flood
from broadcaster.emulators.telegram.photos import photo_of
from broadcaster.emulators.telegram.state import Message, Photo, TelegramState
from broadcaster.ports import Clock

TOKEN = re.compile(r"\d{1,20}:[\w-]{3,}")
CHAT = re.compile(r"-?\d{1,20}|@[^\W\d][\w-]{2,63}")  # wider than Telegram's names: rehearsals make theirs up

Parameters = Mapping[str, Any]

NO_ADMINISTRATOR = "Bad Request: need administrator rights in the channel chat"
NO_PIN = "Bad Request: not enough rights to manage pinned messages in the chat"
FORBIDDEN: Mapping[str, Mapping[str, str]] = {
    # UNVERIFIED: the words for edits and deletions
    "channel": {
        "edit": "Bad Request: message can't be edited",
        "delete": "Bad Request: message can't be deleted",
        "pin": NO_PIN,
    },
    "group": {"pin": NO_PIN},
    "private": {},
}
"""Kind of chat -> what a bot that is no administrator of it may not do with its own messages, and the answer."""


class EmulatedTelegram(Emulator):
    """A Bot API server where every chat exists, with the bot as an administrator, until a hand says otherwise."""

    def __init__(self, clock: Clock, *, speed: float = 1.0) -> None:
        self.state = TelegramState()
        self._flood = Flood(speed=speed)
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
            "dismissed": sorted(self.state.dismissed),
            "expelled": sorted(self.state.expelled),
        }

    def reset(self) -> None:
        """Forget every message."""
        self.state = TelegramState()
        self._flood = Flood(speed=self.speed)

    def refusal(self, fault: Fault, request: web.Request) -> web.Response:
        """The error that a fault asks for; 429 carries `retry_after`, the fault's `seconds` or 5."""
        status = fault.status or 500
        if status == 429:
            return too_many(max(1, round(fault.seconds)) if fault.seconds else 5).response()
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
            **bot_document(bot),
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    async def _get_chat(self, bot: str, parameters: Parameters) -> dict[str, Any]:
        return chat_document(self._known_chat(parameters))

    async def _send_message(self, bot: str, parameters: Parameters) -> dict[str, Any]:
        chat = self._known_chat(parameters)
        return self._sent(bot, chat, _text(parameters))

    async def _send_photo(self, bot: str, parameters: Parameters) -> dict[str, Any]:
        chat = self._known_chat(parameters)
        caption = _caption(parameters)
        return self._sent(bot, chat, caption, await self._photo(parameters.get("photo"), parameters))

    async def _photo(self, given: object, parameters: Parameters) -> Photo:
        return await photo_of(given, parameters, self.state.photos)

    def _sent(self, bot: str, chat: str, text: str, photo: Photo | None = None) -> dict[str, Any]:
        if chat in self.state.dismissed and _kind(chat) == "channel":
            raise ApiError(400, NO_ADMINISTRATOR)
        self._slow_down(bot, chat)
        return message_document(self.state.send(chat, text, self.clock.now(), bot, photo))

    async def _edit_message_text(self, bot: str, parameters: Parameters) -> dict[str, Any]:
        message = self._message(bot, parameters, "edit")
        if message.photo is not None:
            raise ApiError(400, "Bad Request: there is no text in the message to edit")
        return self._edited(message, _text(parameters), None)

    async def _edit_message_caption(self, bot: str, parameters: Parameters) -> dict[str, Any]:
        message = self._message(bot, parameters, "edit")
        if message.photo is None:
            raise ApiError(400, "Bad Request: there is no caption in the message to edit")
        return self._edited(message, _caption(parameters), message.photo)

    async def _edit_message_media(self, bot: str, parameters: Parameters) -> dict[str, Any]:
        message = self._message(bot, parameters, "edit")
        try:
            media = json.loads(str(parameters.get("media", "")))
            given = str(media["media"])
            if media["type"] != "photo":
                raise ValueError("only photos are known here")
        except (ValueError, KeyError, TypeError) as error:
            raise ApiError(400, "Bad Request: can't parse InputMedia: can't find field \"media\"") from error
        return self._edited(message, _caption(media), await self._photo(given, parameters))

    def _edited(self, message: Message, text: str, photo: Photo | None) -> dict[str, Any]:
        if (text, photo) == (message.text, message.photo):
            raise ApiError(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        self._slow_down(message.bot, message.chat)
        message.earlier.append(message.text)
        message.text, message.edited = text, self.clock.now()
        self.state.illustrate(message, photo)
        return message_document(message)

    async def _pin_chat_message(self, bot: str, parameters: Parameters) -> bool:
        message = self._message(bot, parameters, "pin")
        self._slow_down(bot, message.chat)
        message.is_pinned = True
        return True

    async def _delete_message(self, bot: str, parameters: Parameters) -> bool:
        self._message(bot, parameters, "delete").is_deleted = True
        return True

    def _slow_down(self, bot: str, chat: str) -> None:
        """Count one more act of the bot in the chat; raises ApiError for one too many."""
        if wait := self._flood.wait(bot, chat, self.clock.now(), is_crowd=_kind(chat) != "private"):
            raise too_many(wait)

    def _known_chat(self, parameters: Parameters) -> str:
        chat = str(parameters.get("chat_id", "")).strip()
        if not chat:
            raise ApiError(400, "Bad Request: chat_id is empty")
        if not CHAT.fullmatch(chat) or chat in self.state.unknown:
            raise ApiError(400, "Bad Request: chat not found")
        if chat in self.state.expelled:
            kind = _kind(chat)
            did = "blocked by the user" if kind == "private" else f"kicked from the {kind} chat"
            raise ApiError(403, f"Forbidden: bot was {did}")
        return chat

    def _message(self, bot: str, parameters: Parameters, verb: str) -> Message:
        chat = self._known_chat(parameters)
        number = str(parameters.get("message_id", ""))
        if not number.isdigit():
            raise ApiError(400, "Bad Request: message identifier is not specified")
        message = self.state.find(chat, int(number), bot)
        if message is None:
            raise ApiError(400, f"Bad Request: message to {verb} not found")
        if chat in self.state.dismissed and (said := FORBIDDEN[_kind(chat)].get(verb)):
            raise ApiError(400, said)
        return message

    async def _hand(self, request: web.Request) -> web.Response:
        state = self.state
        verbs = {
            "forget_chat": state.unknown.add,
            "know_chat": state.unknown.discard,
            "dismiss": state.dismissed.add,
            "expel": state.expelled.add,
            "appoint": state.appoint,
        }
        return await do_by_hand(request, "chat", verbs)


def _kind(chat: str) -> str:
    return str(chat_document(chat)["type"])


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
