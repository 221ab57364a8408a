"""How does YouTube answer on the wire, and how does a hand reach into it?"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from broadcaster.emulators.control import Emulator, Fault, json_response, read_json
from broadcaster.emulators.youtube.calls import Call
from broadcaster.emulators.youtube.errors import Refusal
from broadcaster.emulators.youtube.methods import METHODS, Method
from broadcaster.emulators.youtube.queries import read_parts, read_query
from broadcaster.emulators.youtube.settings import Settings
from broadcaster.emulators.youtube.shapes import read_body
from broadcaster.emulators.youtube.state import State
from broadcaster.emulators.youtube.usecases import UnknownKey, UseCases
from broadcaster.ports import Clock

log = logging.getLogger(__name__)

FAULT_REASONS = {401: "authError", 403: "forbidden", 404: "notFound", 409: "alreadyExists", 429: "rateLimitExceeded"}
"""The reason of a fault that names only a status."""


class EmulatedYouTube(Emulator):
    """One YouTube channel as a server: Live Streaming API, uploads of thumbnails, token endpoint, control.

    `ingest` is the RTMP address that its streams tell encoders, without the key; by default this server's own host
    and port with /live2. The same `seed` gives the same ids, keys and delays.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        speed: float = 1.0,
        ingest: str | None = None,
        seed: int = 0,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self._seed = seed
        self._ingest = ingest
        self._first_settings = Settings().changed(settings or {})
        self.state = State(clock, speed=speed, seed=seed, settings=self._first_settings)
        self.use = UseCases(lambda: self.state)
        super().__init__(clock, speed=speed)

    @property
    def ingest(self) -> str:
        """Where encoders are told to send their video."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self._ingest or f"rtmp://{host}:{self.port}/live2"

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The API, the token endpoint, and YouTube's own controls."""
        paths = dict.fromkeys(method.path for method in METHODS)
        return [
            *(web.route("*", path, self._serve) for path in paths),
            web.post("/token", self._serve_token),
            web.post("/control/ingest", self._post_ingest),
            web.post("/control/publish", self._post_publish),
            web.post("/control/publish_done", self._post_publish_done),
            web.post("/control/tokens", self._post_tokens),
            web.get("/control/settings", self._get_settings),
            web.post("/control/settings", self._post_settings),
            web.post("/control/hand", self._post_hand),
        ]

    def reset(self) -> None:
        """Forget everything, as freshly started."""
        self.state = State(self.clock, speed=self.speed, seed=self._seed, settings=self._first_settings)

    def snapshot(self) -> Mapping[str, Any]:
        """Everything that it remembers."""
        state = self.state
        state.settle()
        return {
            "channel": {"id": state.channel_id, "title": state.channel_title},
            "broadcasts": [
                {
                    "id": each.id,
                    "title": each.title,
                    "description": each.description,
                    "privacyStatus": each.privacy,
                    "scheduledStartTime": each.scheduled_start,
                    "lifeCycleStatus": each.status,
                    "boundStreamId": each.stream_id,
                    "actualStartTime": each.actual_start,
                    "actualEndTime": each.actual_end,
                    "history": [{"at": at, "status": status} for at, status in each.history],
                    "messages": [message["snippet"]["displayMessage"] for message in each.messages],
                    "thumbnailBytes": each.thumbnail_bytes,
                }
                for each in state.broadcasts.values()
            ],
            "streams": [
                {
                    "id": each.id,
                    "title": each.title,
                    "streamName": each.key,
                    "streamStatus": each.status,
                    "health": each.health,
                    "issues": each.issues,
                    "receiving": each.is_receiving,
                    "feed": asdict(each.feed),
                }
                for each in state.streams.values()
            ],
            "inserts": state.inserts,
            "transitions": state.transitions,
            "quota": state.quota.document(state.settings),
            "settings": state.settings.document(),
        }

    def refusal(self, fault: Fault, request: web.Request) -> web.Response:
        """The fault's error in YouTube's envelope, or in the token endpoint's."""
        if request.path == "/token":
            body = {"error": fault.reason or "internal_failure", "error_description": fault.message or "Backend Error"}
            return json_response(body, status=fault.status or 503)
        reason = fault.reason or FAULT_REASONS.get(fault.status, "backendError")
        refusal = Refusal(reason, fault.message, status=fault.status)
        return self._refuse(refusal, _method_of(request.method, request.path))

    async def _serve(self, request: web.Request) -> web.Response:
        raw = await request.read()
        verb, pairs = request.method, list(request.query.items())
        override = request.headers.get("X-HTTP-Method-Override", "").upper()
        if verb == "POST" and override:  # a query too long for an address comes as a form
            verb, pairs = override, pairs + parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
            raw = b""
        method = _method_of(verb, request.path)
        if method is None:
            return self._refuse(Refusal("notFound", "Method not found.", status=404), None)
        try:
            answer = self._call(method, request, pairs, raw)
        except Refusal as refusal:
            log.debug("%s is refused: %s", method.name, refusal.reason)
            return self._refuse(refusal, method)
        return web.Response(status=204) if answer is None else json_response(answer)

    def _call(
        self, method: Method, request: web.Request, pairs: list[tuple[str, str]], raw: bytes
    ) -> dict[str, Any] | None:
        now = self.state.settle()
        self.state.tokens.check(_bearer(request, pairs), now)
        is_valid = False
        try:
            call = self._read(method, request, pairs, raw)
            is_valid = True
        finally:  # a request that makes no sense costs too
            self.state.quota.charge(method.name, self.state.settings, is_write=method.verb != "GET", is_valid=is_valid)
        if self.state.settings.live_refusal and method.is_live:
            raise Refusal(self.state.settings.live_refusal)
        return method.do(call)

    def _read(self, method: Method, request: web.Request, pairs: list[tuple[str, str]], raw: bytes) -> Call:
        values = read_query(pairs, method.parameters, ignored=method.ignored, refused=method.refused)
        parts = read_parts(values.get("part", []), method.parts)
        body: dict[str, Any] = {}
        if method.shape is not None:
            try:
                document = json.loads(raw or b"{}")
            except ValueError as error:
                raise Refusal("parseError", f"Invalid JSON payload received. {error}") from error
            if isinstance(document, dict):  # parts that the query does not name are not looked at
                document = {name: value for name, value in document.items() if name in parts | {"id"}}
            body = read_body(document, method.shape)
        return Call(
            state=self.state,
            ingest=self.ingest,
            parts=parts,
            values=values,
            body=body,
            raw=raw,
            content_type=request.content_type,
        )

    def _refuse(self, refusal: Refusal, method: Method | None) -> web.Response:
        domain, page = (method.domain, method.help) if method else ("global", "")
        envelope = refusal.envelope(domain=domain, page=page, newer=self.state.settings.newer_errors)
        response = json_response(envelope, status=refusal.status)
        if refusal.status == 401:
            response.headers["WWW-Authenticate"] = 'Bearer realm="https://accounts.google.com/"'
        return response

    async def _serve_token(self, request: web.Request) -> web.Response:
        form = await request.post()
        lifetime = self.state.settings.token_lifetime
        status, body = self.state.tokens.answer(form, self.clock.now(), lifetime=lifetime)
        return json_response(body, status=status)

    async def _post_ingest(self, request: web.Request) -> web.Response:
        try:
            document = await read_json(request)
        except ValueError as error:
            return _mistake(error)
        if (
            not isinstance(document, dict)
            or not isinstance(document.get("streamName"), str)
            or not isinstance(document.get("active"), bool)
        ):
            return _mistake('wanted is {"streamName": KEY, "active": true or false}, and what the video carries')
        key, active = document.pop("streamName"), document.pop("active")
        return self._video(key, arrives=active, carries=document)

    async def _post_publish(self, request: web.Request) -> web.Response:
        return self._video(str((await request.post()).get("name", "")), arrives=True)

    async def _post_publish_done(self, request: web.Request) -> web.Response:
        return self._video(str((await request.post()).get("name", "")), arrives=False)

    def _video(self, key: str, *, arrives: bool, carries: Mapping[str, Any] | None = None) -> web.Response:
        try:
            if not arrives:
                self.use.video_stops(key)
            elif carries is not None and self.use.is_receiving(key):  # told of what comes, not of a new connection
                self.use.video_changes(key, **carries)
            else:
                self.use.video_arrives(key, **carries or {})
        except ValueError as error:
            return _mistake(error)
        except UnknownKey:  # the answer reaches the RTMP server, which then turns the encoder away
            return json_response({"error": "no stream has this key"}, status=404)
        return json_response({"active": arrives})

    async def _post_tokens(self, request: web.Request) -> web.Response:
        try:
            document = await read_json(request)
        except ValueError as error:
            return _mistake(error)
        known = {"valid", "grant"}
        if (
            not isinstance(document, dict)
            or not set(document) <= known
            or not all(isinstance(value, bool) for value in document.values())
        ):
            return _mistake('wanted is {"valid": true or false, "grant": true or false}, or one of them')
        self.use.set_tokens(**document)
        return json_response(document)

    async def _get_settings(self, request: web.Request) -> web.Response:
        return json_response(self.state.settings.document())

    async def _post_settings(self, request: web.Request) -> web.Response:
        try:
            self.state.settings = self.state.settings.changed(await read_json(request))
        except ValueError as error:
            return _mistake(error)
        return json_response(self.state.settings.document())

    async def _post_hand(self, request: web.Request) -> web.Response:
        try:
            return json_response(self.use.by_name(await read_json(request)))
        except UnknownKey:
            return json_response({"error": "no stream has this key"}, status=404)
        except ValueError as error:
            return _mistake(error)


def _method_of(verb: str, path: str) -> Method | None:
    return next((each for each in METHODS if each.verb == verb and each.path == path), None)


def _bearer(request: web.Request, pairs: list[tuple[str, str]]) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return next((text for name, text in pairs if name in ("access_token", "oauth_token")), "")


def _mistake(error: object) -> web.Response:
    return json_response({"error": str(error)}, status=400)
