"""How does the outside reach the emulated receiver? POST /hooks/NAME, verified as standardwebhooks.com asks."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from broadcaster.emulators.control import Emulator, Fault, json_response
from broadcaster.emulators.hand import do_by_hand
from broadcaster.emulators.webhook.state import WebhookState
from broadcaster.ports import Clock

TOLERANCE_SECONDS = 300
MOST_BYTES = 16 * 1024 * 1024


class EmulatedWebhook(Emulator):
    """A receiver for any number of hooks, all with one `secret`: `whsec_` and Base64."""

    def __init__(self, clock: Clock, *, speed: float = 1.0, secret: str) -> None:
        self._key = base64.b64decode(secret.removeprefix("whsec_"))
        self.state = WebhookState()
        super().__init__(clock, speed=speed)

    def routes(self) -> list[web.RouteDef]:
        """The hooks, and the hand."""
        return [
            web.post("/hooks/{hook}", self._told),
            web.get("/hooks/{hook}", self._looked_at),
            web.post("/control/hand", self._hand),
        ]

    def snapshot(self) -> Mapping[str, Any]:
        """Every event of every hook, and what its posts say now."""
        return {
            "hooks": {hook: [each.shown() for each in events.values()] for hook, events in self.state.hooks.items()},
            "posts": {hook: self.state.posts(hook) for hook in self.state.hooks},
            "gone": sorted(self.state.gone),
        }

    def reset(self) -> None:
        """Forget every event."""
        self.state = WebhookState()

    def refusal(self, fault: Fault, request: web.Request) -> web.Response:
        """The error that a fault asks for; 429 and 503 carry Retry-After when the fault has `seconds`."""
        headers = {"Retry-After": str(round(fault.seconds))} if fault.seconds else None
        return web.Response(status=fault.status or 500, text=fault.message or fault.reason, headers=headers)

    async def _looked_at(self, request: web.Request) -> web.Response:
        is_gone = request.match_info["hook"] in self.state.gone
        return web.Response(status=410 if is_gone else 405, headers=None if is_gone else {"Allow": "POST"})

    async def _told(self, request: web.Request) -> web.Response:
        hook = request.match_info["hook"]
        if hook in self.state.gone:
            return web.Response(status=410)
        body = await request.read()
        if len(body) > MOST_BYTES:
            return web.Response(status=413)
        id, timestamp = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
        if not id or not timestamp.isdecimal() or "webhook-signature" not in request.headers:
            return json_response({"error": "Missing required headers"}, status=400)
        if abs(self.clock.now().timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
            return json_response({"error": "Message timestamp too old or too new"}, status=401)
        if not self._is_signed(request.headers["webhook-signature"], id, timestamp, body):
            return json_response({"error": "No matching signature found"}, status=401)
        try:
            document = json.loads(body)
        except ValueError:
            return json_response({"error": "not JSON"}, status=400)
        self.state.take(hook, id, document, self.clock.now())
        return web.Response(status=204)

    def _is_signed(self, header: str, id: str, timestamp: str, body: bytes) -> bool:
        wanted = base64.b64encode(
            hmac.digest(self._key, b".".join((id.encode(), timestamp.encode(), body)), hashlib.sha256)
        )
        pairs = (each.split(",", 1) for each in header.split(" ") if "," in each)
        return any(version == "v1" and hmac.compare_digest(given.encode(), wanted) for version, given in pairs)

    async def _hand(self, request: web.Request) -> web.Response:
        return await do_by_hand(request, "hook", {"leave": self.state.gone.add, "return": self.state.gone.discard})
