"""How does the outside reach the emulated Discord? `/api[/vN]/webhooks/ID/TOKEN`, as Discord's reference says."""

import json
import math
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from broadcaster.emulators.control import Emulator, Fault, json_response
from broadcaster.emulators.discord.limits import Limits
from broadcaster.emulators.discord.state import DiscordState, Message
from broadcaster.emulators.hand import do_by_hand
from broadcaster.ports import Clock

LONGEST = 2000
LONGEST_ABOUT = 1024
MOST_BYTES = 10 * 1024 * 1024
MENTIONS = re.compile(r"@everyone|@here|<@[!&]?\d+>")


class ApiError(Exception):
    """An answer with a code of Discord's, and details where a field is wrong."""

    def __init__(self, status: int, code: int, message: str, errors: Mapping[str, Any] | None = None) -> None:
        self.status = status
        self.body: dict[str, Any] = {"message": message, "code": code} | ({"errors": errors} if errors else {})
        super().__init__(message)

    def response(self) -> web.Response:
        """The answer as Discord shapes it."""
        return json_response(self.body, status=self.status)


class EmulatedDiscord(Emulator):
    """A Discord where every webhook of a number and a token exists until a hand deletes it."""

    def __init__(self, clock: Clock, *, speed: float = 1.0) -> None:
        self.state = DiscordState()
        self._limits = Limits(speed=speed)
        super().__init__(clock, speed=speed)

    def routes(self) -> list[web.RouteDef]:
        """A webhook's own methods, with and without a version, and the hand."""
        found = []
        for base in ("/api/webhooks", r"/api/v{version:\d+}/webhooks"):
            webhook = base + "/{id}/{token}"
            found += [
                web.get(webhook, self._get_webhook),
                web.post(webhook, self._limited(self._execute)),
                web.get(webhook + "/messages/{message}", self._get_message),
                web.patch(webhook + "/messages/{message}", self._limited(self._edit)),
                web.delete(webhook + "/messages/{message}", self._limited(self._delete)),
            ]
        return [*found, web.post("/control/hand", self._hand)]

    def snapshot(self) -> Mapping[str, Any]:
        """Every message of every webhook, deleted ones too."""
        return {
            "webhooks": {id: [each.document() for each in posts] for id, posts in self.state.webhooks.items()},
            "unknown": sorted(self.state.unknown),
            "muted": sorted(self.state.muted),
        }

    def reset(self) -> None:
        """Forget every message."""
        self.state = DiscordState()
        self._limits = Limits(speed=self.speed)

    def refusal(self, fault: Fault, request: web.Request) -> web.Response:
        """The error that a fault asks for; 429 says to wait the fault's `seconds`, or 5."""
        status = fault.status or 500
        if status == 429:
            return _too_many(fault.seconds or 5.0)
        usual = {401: "401: Unauthorized", 403: "Missing Permissions", 404: "404: Not Found"}
        code = int(fault.reason) if fault.reason.isdecimal() else {403: 50013}.get(status, 0)
        return ApiError(status, code, fault.message or usual.get(status, f"{status}: Internal Server Error")).response()

    def _webhook(self, request: web.Request) -> str:
        id = request.match_info["id"]
        if not id.isdecimal() or len(id) > 20:
            raise ApiError(
                400, 50035, "Invalid Form Body", _wrong("webhook_id", "NUMBER_TYPE_COERCE", "not snowflake.")
            )
        if id in self.state.unknown:
            raise ApiError(404, 10015, "Unknown Webhook")
        if not re.fullmatch(r"[\w-]{8,}", request.match_info["token"]):
            raise ApiError(401, 50027, "Invalid Webhook Token")
        return id

    def _limited(
        self, method: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            try:
                bucket = self._limits.bucket(self._webhook(request), request.method)
            except ApiError as error:
                return error.response()
            wait = bucket.wait(self.clock.now())
            response = _too_many(wait) if wait else await method(request)
            response.headers.update(bucket.headers(self.clock.now()))
            return response

        return answer

    async def _get_webhook(self, request: web.Request) -> web.Response:
        try:
            id = self._webhook(request)
        except ApiError as error:
            return error.response()
        token = request.match_info["token"]
        found = {"id": id, "type": 1, "name": f"Broadcaster {id}", "avatar": None, "channel_id": f"9{id}"}
        return json_response(found | {"guild_id": "1", "application_id": None, "token": token})

    async def _execute(self, request: web.Request) -> web.Response:
        try:
            webhook = self._webhook(request)
            said, files = await _body(request)
            if webhook in self.state.muted:
                raise ApiError(403, 50013, "Missing Permissions")
            content, attachments = _content(said), _attachments(said, files)
            if not content.strip() and not attachments:
                raise ApiError(400, 50006, "Cannot send an empty message")
            message = self.state.post(webhook, content, attachments, self.clock.now())
            message.mentions = _mentioned(said, content)
        except ApiError as error:
            return error.response()
        return _shown(message) if request.query.get("wait", "").lower() in ("true", "1") else web.Response(status=204)

    async def _get_message(self, request: web.Request) -> web.Response:
        try:
            return _shown(self._message(request))
        except ApiError as error:
            return error.response()

    async def _edit(self, request: web.Request) -> web.Response:
        try:
            message = self._message(request)
            said, files = await _body(request)
            content = _content(said) if "content" in said else message.content
            attachments = message.attachments
            if "attachments" in said:
                kept = [each for each in message.attachments if each["id"] in _ids(said)]
                attachments = kept + _attachments(said, files)
            if not content.strip() and not attachments:
                raise ApiError(400, 50006, "Cannot send an empty message")
        except ApiError as error:
            return error.response()
        message.earlier.append(message.content)
        message.content, message.attachments, message.edited = content, attachments, self.clock.now()
        message.mentions = _mentioned(said, content)
        return _shown(message)

    async def _delete(self, request: web.Request) -> web.Response:
        try:
            self._message(request).is_deleted = True
        except ApiError as error:
            return error.response()
        return web.Response(status=204)

    def _message(self, request: web.Request) -> Message:
        message = self.state.find(self._webhook(request), request.match_info["message"])
        if message is None:
            raise ApiError(404, 10008, "Unknown Message")
        return message

    async def _hand(self, request: web.Request) -> web.Response:
        state = self.state
        verbs = {
            "delete": state.unknown.add,
            "restore": state.unknown.discard,
            "mute": state.muted.add,
            "unmute": state.muted.discard,
        }
        return await do_by_hand(request, "webhook", verbs)


async def _body(request: web.Request) -> tuple[dict[str, Any], dict[int, web.FileField]]:
    """The JSON fields, and the files by the number in their name `files[n]`; raises ApiError."""
    files: dict[int, web.FileField] = {}
    if request.content_type == "multipart/form-data":
        form = await request.post()
        for name, value in form.items():
            number = re.fullmatch(r"files\[(\d+)\]", name)
            if isinstance(value, web.FileField):
                files[int(number[1]) if number else len(files)] = value
        text = form.get("payload_json", "{}")
    else:
        text = await request.text() or "{}"
    try:
        said = json.loads(text if isinstance(text, str | bytes | bytearray) else "")
    except ValueError as error:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from error
    if not isinstance(said, dict):
        raise ApiError(400, 50035, "Invalid Form Body", _wrong("_", "DICT_TYPE_CONVERT", "Only dictionaries."))
    return said, files


def _content(said: Mapping[str, Any]) -> str:
    content = str(said.get("content") or "")
    if len(content) > LONGEST:
        problem = _wrong("content", "BASE_TYPE_MAX_LENGTH", f"Must be {LONGEST} or fewer in length.")
        raise ApiError(400, 50035, "Invalid Form Body", problem)
    return content.strip()


def _ids(said: Mapping[str, Any]) -> set[str]:
    return {str(each.get("id")) for each in said.get("attachments") or ()}


def _attachments(said: Mapping[str, Any], files: Mapping[int, web.FileField]) -> list[dict[str, Any]]:
    told = {str(each.get("id")): each for each in said.get("attachments") or ()}
    found = []
    for number, file in files.items():
        about = str(told.get(str(number), {}).get("description", ""))
        content = file.file.read()
        if len(content) > MOST_BYTES:
            raise ApiError(413, 40005, "Request entity too large")
        if len(about) > LONGEST_ABOUT:
            problem = _wrong("attachments", "BASE_TYPE_MAX_LENGTH", f"Must be {LONGEST_ABOUT} or fewer in length.")
            raise ApiError(400, 50035, "Invalid Form Body", problem)
        known = {"filename": file.filename, "content_type": file.content_type, "size": len(content)}
        found.append({"id": f"{len(content)}{number}7", "description": about, **known})
    return found


def _mentioned(said: Mapping[str, Any], content: str) -> list[str]:
    """Whom the message rings; nobody where `allowed_mentions` parses nothing."""
    allowed = said.get("allowed_mentions")
    return [] if isinstance(allowed, dict) and not allowed.get("parse") else MENTIONS.findall(content)


def _wrong(field: str, code: str, message: str) -> dict[str, Any]:
    return {field: {"_errors": [{"code": code, "message": message}]}}


def _too_many(wait: float) -> web.Response:
    response = json_response(
        {"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": False}, status=429
    )
    response.headers["Retry-After"] = str(math.ceil(wait))
    response.headers["X-RateLimit-Scope"] = "user"
    response.headers["Via"] = "1.1 google"  # without it, clients take the answer for a ban by Cloudflare
    return response


def _shown(message: Message) -> web.Response:
    return json_response(
        {
            "id": message.id,
            "type": 0,
            "content": message.content,
            "channel_id": f"9{message.webhook}",
            "author": {"id": message.webhook, "username": f"Broadcaster {message.webhook}", "bot": True},
            "attachments": message.attachments,
            "embeds": [],
            "mentions": [],
            "mention_everyone": bool({"@everyone", "@here"} & set(message.mentions)),
            "timestamp": message.sent,
            "edited_timestamp": message.edited,
            "webhook_id": message.webhook,
        }
    )
