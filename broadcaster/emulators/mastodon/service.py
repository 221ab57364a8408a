"""How does the outside reach the emulated Mastodon? `/api/v1` and `/api/v2`, as docs.joinmastodon.org says."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from broadcaster.emulators.control import Emulator, Fault, json_response, read_json, stamp
from broadcaster.emulators.mastodon.limits import Limits
from broadcaster.emulators.mastodon.state import MOST_PINS, MastodonState, Media, Status
from broadcaster.ports import Clock

ACCOUNT = "1"
MOST_BYTES = 16 * 1024 * 1024
PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")
LINK_LENGTH = 23
SLOW_SECONDS = 1.0

Method = Callable[[web.Request], Awaitable[object]]
"""Raises ApiError."""


class ApiError(Exception):
    """An answer with `error`."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)

    def response(self) -> web.Response:
        """The answer as Mastodon shapes it."""
        return json_response({"error": str(self)}, status=self.status)


class EmulatedMastodon(Emulator):
    """A server whose one account any token signs in to, until a hand revokes it.

    `longest` is the longest text, but for tokens of which `take` said otherwise. Media are ready at once, or after a
    second where `is_slow`.
    """

    def __init__(self, clock: Clock, *, speed: float = 1.0, longest: int = 500) -> None:
        self.longest = longest
        self.is_slow = False
        self.state = MastodonState()
        self._takes: dict[str, int] = {}
        self._limits = Limits(speed=speed)
        super().__init__(clock, speed=speed)

    def take(self, token: str, longest: int) -> None:
        """Take so long texts of the token's account, as if it were on a server of its own."""
        self._takes[token] = longest

    def routes(self) -> list[web.RouteDef]:
        """What a client of one account asks, and the hand."""
        return [
            web.get("/api/v2/instance", self._limited(self._instance)),
            web.get("/api/v1/accounts/verify_credentials", self._signed_in(self._who)),
            web.get("/api/v1/accounts/{account}/statuses", self._signed_in(self._statuses)),
            web.post("/api/v1/statuses", self._signed_in(self._post)),
            web.get("/api/v1/statuses/{id}", self._signed_in(self._get)),
            web.put("/api/v1/statuses/{id}", self._signed_in(self._edit)),
            web.delete("/api/v1/statuses/{id}", self._signed_in(self._delete)),
            web.post("/api/v1/statuses/{id}/pin", self._signed_in(self._pin)),
            web.post("/api/v1/statuses/{id}/unpin", self._signed_in(self._unpin)),
            web.post("/api/v2/media", self._signed_in(self._upload)),
            web.post("/api/v1/media", self._signed_in(self._upload)),
            web.get("/api/v1/media/{id}", self._signed_in(self._media)),
            web.post("/control/hand", self._hand),
        ]

    def snapshot(self) -> Mapping[str, Any]:
        """Every status, deleted ones too, and the media."""
        return {
            "statuses": [self._kept(each) for each in self.state.statuses.values()],
            "media": [{"id": each.id, "size": each.size, "about": each.about} for each in self.state.media.values()],
            "longest": self.longest,
        }

    def reset(self) -> None:
        """Forget every status."""
        self.state = MastodonState()
        self._limits = Limits(speed=self.speed)

    def refusal(self, fault: Fault, request: web.Request) -> web.Response:
        """The error that a fault asks for; 429 says when to come again, after the fault's `seconds` or 300."""
        status = fault.status or 500
        usual = {
            401: "The access token is invalid",
            403: "This action is outside the authorized scopes",
            404: "Record not found",
            429: "Too many requests",
            503: "There was a temporary problem serving your request, please try again",
        }
        response = ApiError(status, fault.message or usual.get(status, "Internal Server Error")).response()
        if status == 429:
            reset = self.clock.now() + timedelta(seconds=fault.seconds or 300)
            response.headers["X-RateLimit-Limit"] = "300"
            response.headers["X-RateLimit-Remaining"] = "0"
            response.headers["X-RateLimit-Reset"] = stamp(reset)
        return response

    def _signed_in(self, method: Method) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> object:
            token = _token(request)
            if not re.fullmatch(r"[\w-]{8,}", token):
                raise ApiError(401, "The access token is invalid")
            if token in self.state.revoked:
                raise ApiError(401, "The access token was revoked")
            return await method(request)

        return self._limited(answer)

    def _limited(self, method: Method) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            call = f"{request.method} {request.path}"
            may_be, headers = self._limits.count(_token(request), call, self.clock.now())
            try:
                if not may_be:
                    raise ApiError(429, "Too many requests")
                found = await method(request)
            except ApiError as error:
                found = error.response()
            response = found if isinstance(found, web.Response) else json_response(found)
            response.headers.update(headers)
            return response

        return answer

    async def _instance(self, request: web.Request) -> object:
        statuses = {
            "max_characters": self._longest(request),
            "max_media_attachments": 4,
            "characters_reserved_per_url": LINK_LENGTH,
        }
        media = {"supported_mime_types": list(PICTURES), "image_size_limit": MOST_BYTES}
        pins = {"max_pinned_statuses": MOST_PINS}
        return {
            "domain": "mastodon.example",
            "title": "Emulated",
            "version": "4.4.0",
            "configuration": {"statuses": statuses, "media_attachments": media, "accounts": pins},
        }

    async def _who(self, request: web.Request) -> object:
        return {"id": ACCOUNT, "username": "aspara", "acct": "aspara", "display_name": "Aspara", "source": {}}

    async def _statuses(self, request: web.Request) -> object:
        if request.match_info["account"] != ACCOUNT:
            raise ApiError(404, "Record not found")
        limit = min(40, int(request.query.get("limit", "20")))
        return [self._shown(each) for each in self.state.newest(limit, request.query.get("max_id", ""))]

    async def _post(self, request: web.Request) -> object:
        said = await _body(request)
        now = self.clock.now()
        key = request.headers.get("Idempotency-Key", "")
        if (before := self.state.repeated(key, now)) is not None:
            return self._shown(before)
        visibility = str(said.get("visibility") or "public")
        if visibility not in ("public", "unlisted", "private", "direct"):
            raise ApiError(422, f"'{visibility}' is not a valid visibility")
        media = self._named_media(said)
        status = Status(
            id=self.state.next_id(now),
            text=self._text(request, said, media),
            language=said.get("language"),
            visibility=visibility,
            media=media,
            created=now,
        )
        return self._shown(self.state.post(status, key))

    async def _get(self, request: web.Request) -> object:
        return self._shown(self._status(request))

    async def _edit(self, request: web.Request) -> object:
        status, said = self._status(request), await _body(request)
        media = self._named_media(said)
        text = self._text(request, said, media)
        status.earlier.append(status.text)
        status.text, status.media, status.edited = text, media, self.clock.now()
        status.language = said.get("language", status.language)
        return self._shown(status)

    async def _delete(self, request: web.Request) -> object:
        status = self._status(request)
        status.is_deleted = True
        return self._shown(status) | {"text": status.text}

    async def _pin(self, request: web.Request) -> object:
        status = self._status(request)
        if not status.is_pinned and self.state.pinned >= MOST_PINS:
            raise ApiError(422, "Validation failed: You have already pinned the maximum number of posts")
        status.is_pinned = True
        return self._shown(status)

    async def _unpin(self, request: web.Request) -> object:
        status = self._status(request)
        status.is_pinned = False
        return self._shown(status)

    async def _upload(self, request: web.Request) -> object:
        form = await request.post() if request.content_type == "multipart/form-data" else {}
        file = form.get("file")
        if not isinstance(file, web.FileField):
            raise ApiError(422, "Validation failed: File can't be blank")
        content = file.file.read()
        if file.content_type not in PICTURES or not content.startswith((b"\x89PNG", b"\xff\xd8", b"GIF8", b"RIFF")):
            raise ApiError(422, "Validation failed: File content type is invalid, File is invalid")
        if len(content) > MOST_BYTES:
            raise ApiError(413, "Payload Too Large")
        now = self.clock.now()
        is_slow = self.is_slow and request.path.startswith("/api/v2/")  # v1 answers once it is done
        wait = timedelta(seconds=SLOW_SECONDS / self.speed) if is_slow else timedelta()
        about = str(form.get("description", ""))
        media = Media(self.state.next_id(now), file.content_type, len(content), about, now + wait)
        self.state.media[media.id] = media
        return json_response(media.document(self.url, now), status=202 if is_slow else 200)

    async def _media(self, request: web.Request) -> object:
        media = self.state.media.get(request.match_info["id"])
        if media is None:
            raise ApiError(404, "Record not found")
        now = self.clock.now()
        return json_response(media.document(self.url, now), status=200 if now >= media.ready_at else 206)

    def _status(self, request: web.Request) -> Status:
        status = self.state.find(request.match_info["id"])
        if status is None:
            raise ApiError(404, "Record not found")
        return status

    def _named_media(self, said: Mapping[str, Any]) -> list[str]:
        media = [str(each) for each in said.get("media_ids") or ()]
        if any(each not in self.state.media or self.clock.now() < self.state.media[each].ready_at for each in media):
            raise ApiError(422, "Cannot attach files that have not finished processing. Try again in a moment!")
        return media

    def _longest(self, request: web.Request) -> int:
        return self._takes.get(_token(request), self.longest)

    def _text(self, request: web.Request, said: Mapping[str, Any], media: list[str]) -> str:
        text = str(said.get("status") or "").strip()
        if not text and not media:
            raise ApiError(422, "Validation failed: Text can't be blank")
        counted = re.sub(r"https?://\S+", "x" * LINK_LENGTH, text)
        counted = re.sub(r"@(\w+)@[\w.-]+", r"@\1", counted)
        if len(counted) > (most := self._longest(request)):
            raise ApiError(422, f"Validation failed: Text character limit of {most} exceeded")
        return text

    def _shown(self, status: Status) -> dict[str, Any]:
        now = self.clock.now()
        media = [self.state.media[each].document(self.url, now) for each in status.media]
        return {
            "id": status.id,
            "created_at": status.created,
            "edited_at": status.edited,
            "visibility": status.visibility,
            "language": status.language,
            "content": status.content,
            "url": f"{self.url}/@aspara/{status.id}",
            "uri": f"{self.url}/users/aspara/statuses/{status.id}",
            "account": {"id": ACCOUNT, "username": "aspara", "acct": "aspara"},
            "media_attachments": media,
            "pinned": status.is_pinned,
            "reblog": None,
        }

    def _kept(self, status: Status) -> dict[str, Any]:
        about = [self.state.media[each].about for each in status.media]
        kept = {"text": status.text, "earlier": status.earlier, "deleted": status.is_deleted, "about": about}
        return self._shown(status) | kept

    async def _hand(self, request: web.Request) -> web.Response:
        """POST /control/hand {"do": "revoke" | "delete" | "slow" | "quick", "what": TOKEN or STATUS}."""
        try:
            document = await read_json(request)
            do, what = (document.get("do"), str(document.get("what", ""))) if isinstance(document, dict) else ("", "")
            if do == "revoke":
                self.state.revoked.add(what)
            elif do == "delete" and what in self.state.statuses:
                self.state.statuses[what].is_deleted = True
            elif do in ("slow", "quick"):
                self.is_slow = do == "slow"
            else:
                raise ValueError('say {"do": "revoke", "delete", "slow" or "quick", "what": TOKEN or STATUS}')
        except ValueError as error:
            return json_response({"error": str(error)}, status=400)
        return json_response({"done": document})


def _token(request: web.Request) -> str:
    """The bearer token; "" without one."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if kind == "Bearer" else ""


async def _body(request: web.Request) -> dict[str, Any]:
    """The fields of a JSON or form body; `media_ids[]` is the list `media_ids`. Raises ApiError."""
    if request.content_type == "application/json":
        try:
            said = json.loads(await request.text() or "{}")
        except ValueError as error:
            raise ApiError(400, "Error occurred while parsing request parameters") from error
        return said if isinstance(said, dict) else {}
    form = await request.post()
    named = {name: value for name, value in form.items() if not name.endswith("[]")}
    lists = {name.removesuffix("[]"): form.getall(name) for name in set(form) if name.endswith("[]")}
    return {**named, **lists}
