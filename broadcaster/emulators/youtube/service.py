"""How does YouTube answer on the wire?"""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from broadcaster.emulators.control import Emulator, Fault, json_response
from broadcaster.emulators.youtube.calls import Answer, Call
from broadcaster.emulators.youtube.controls import Controls
from broadcaster.emulators.youtube.errors import Refusal
from broadcaster.emulators.youtube.method import Method
from broadcaster.emulators.youtube.methods import METHODS
from broadcaster.emulators.youtube.queries import read_parts, read_query
from broadcaster.emulators.youtube.settings import Settings
from broadcaster.emulators.youtube.shapes import read_body
from broadcaster.emulators.youtube.snapshot import snapshot
from broadcaster.emulators.youtube.state import State
from broadcaster.emulators.youtube.uploads import whole_upload
from broadcaster.emulators.youtube.usecases import UseCases
from broadcaster.ports import Clock

log = logging.getLogger(__name__)

Pairs = list[tuple[str, str]]

FAULT_REASONS = {401: "authError", 403: "forbidden", 404: "notFound", 409: "alreadyExists", 429: "rateLimitExceeded"}
"""The reason of a fault that names only a status."""
RESUMABLE = "/resumable"


class EmulatedYouTube(Emulator):
    """One YouTube channel as a server: Data and Live Streaming API, uploads of thumbnails, sign-in, control.

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
        self._controls = Controls(lambda: self.state, self.use, lambda: self.url)
        super().__init__(clock, speed=speed)

    @property
    def ingest(self) -> str:
        """Where encoders are told to send their video."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self._ingest or f"rtmp://{host}:{self.port}/live2"

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The API, the sign-in, and YouTube's own controls."""
        paths = dict.fromkeys(method.path for method in METHODS)
        uploads = dict.fromkeys(RESUMABLE + method.path for method in METHODS if method.before_upload is not None)
        return [*(web.route("*", path, self._serve) for path in (*paths, *uploads)), *self._controls.routes()]

    def reset(self) -> None:
        """Forget everything, as freshly started."""
        self.state = State(self.clock, speed=self.speed, seed=self._seed, settings=self._first_settings)

    def snapshot(self) -> Mapping[str, Any]:
        """Everything that it remembers."""
        return snapshot(self.state)

    def refusal(self, fault: Fault, request: web.Request) -> web.Response:
        """The fault's error in YouTube's envelope, or in the token endpoint's."""
        if request.path in ("/token", "/device/code", "/revoke", "/tokeninfo"):
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
        is_piece = verb == "PUT" and "upload_id" in request.query
        method = _method_of("POST" if is_piece else verb, request.path)
        if method is None:
            return self._refuse(Refusal("notFound", "Method not found.", status=404), None)
        try:
            if is_piece:
                return self._take_piece(request, raw)
            call = self._admit(method, request, pairs, raw)
            if method.before_upload is None:
                answer = method.do(call)
            elif request.query.get("uploadType") == "resumable" or request.path.startswith(RESUMABLE):
                return self._begin_upload(method, call, request)
            else:
                whole = whole_upload(call, request.query.get("uploadType", ""), request.headers.get("Content-Type", ""))
                answer = method.do(whole)
        except Refusal as refusal:
            log.debug("%s is refused: %s", method.name, refusal.reason)
            return self._refuse(refusal, method)
        return _answered(answer)

    def _admit(self, method: Method, request: web.Request, pairs: Pairs, raw: bytes) -> Call:
        """Read a request that may be made, and charge for it; raises Refusal."""
        now, state = self.state.settle(), self.state
        scopes = state.tokens.check(_bearer(request, pairs), now)
        is_valid = False
        try:
            call = self._read(method, request, pairs, raw)
            is_valid = True
        finally:  # a request that makes no sense costs too
            state.quota.charge(method.name, state.settings, is_write=method.is_write, is_valid=is_valid)
        if not scopes & method.scopes:
            raise Refusal("insufficientPermissions")
        if state.settings.account_refusal:
            raise Refusal(state.settings.account_refusal)
        if state.settings.live_refusal and method.is_live:
            raise Refusal(state.settings.live_refusal)
        if method.is_live and method.is_write:
            state.check_rate()
        return call

    def _read(self, method: Method, request: web.Request, pairs: Pairs, raw: bytes) -> Call:
        values = read_query(pairs, method.parameters, ignored=method.ignored, refused=method.refused)
        parts = read_parts(values.get("part", []), method.parts)
        body: dict[str, Any] = {}
        if method.shape is not None:
            try:
                document = json.loads(raw or b"{}")
            except ValueError as error:
                raise Refusal("parseError", f"Invalid JSON payload received. {error}") from error
            if isinstance(document, dict) and "snippet" in method.shape:  # parts that the query leaves out do not count
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

    def _begin_upload(self, method: Method, call: Call, request: web.Request) -> web.Response:
        upload_id = self.state.uploads.begin(method, call, request.headers)
        query = [*request.query.items(), ("upload_id", upload_id)]
        address = f"{self.url}{request.path}?{urlencode(query)}"
        return web.Response(status=200, headers={"Location": address, "X-GUploader-UploadID": upload_id})

    def _take_piece(self, request: web.Request, raw: bytes) -> web.Response:
        now, uploads, upload_id = self.state.settle(), self.state.uploads, request.query["upload_id"]
        self.state.tokens.check(_bearer(request, list(request.query.items())), now)
        upload = uploads.find(upload_id)
        whole = uploads.take(upload_id, raw, request.headers.get("Content-Range", ""))
        if whole is not None:
            return _answered(upload.method.do(whole))
        held = len(upload.content)
        headers = {"Range": f"bytes=0-{held - 1}"} if held else {}
        return web.Response(status=308, headers=headers)

    def _refuse(self, refusal: Refusal, method: Method | None) -> web.Response:
        domain, page = (method.domain, method.help) if method else ("global", "")
        envelope = refusal.envelope(domain=domain, page=page, newer=self.state.settings.newer_errors)
        response = json_response(envelope, status=refusal.status)
        if refusal.status == 401:
            response.headers["WWW-Authenticate"] = 'Bearer realm="https://accounts.google.com/"'
        return response


def _answered(answer: Answer) -> web.Response:
    return web.Response(status=204) if answer is None else json_response(answer)


def _method_of(verb: str, path: str) -> Method | None:
    path = path.removeprefix(RESUMABLE)
    return next((each for each in METHODS if each.verb == verb and each.path == path), None)


def _bearer(request: web.Request, pairs: Pairs) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return next((text for name, text in pairs if name in ("access_token", "oauth_token")), "")
