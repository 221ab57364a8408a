"""How does the outside reach the emulated services? POST /notices/NAME, in the shape of Apprise's `json://`."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from broadcaster.emulators.control import Emulator, Fault, json_response
from broadcaster.ports import Clock


class EmulatedNotices(Emulator):
    """Any number of services, by name, each of which keeps what it is told."""

    def __init__(self, clock: Clock, *, speed: float = 1.0) -> None:
        self.notices: dict[str, list[dict[str, Any]]] = {}
        super().__init__(clock, speed=speed)

    def routes(self) -> list[web.RouteDef]:
        """The services."""
        return [web.post("/notices/{name}", self._told)]

    def snapshot(self) -> Mapping[str, Any]:
        """Every notice of every service."""
        return {"notices": self.notices}

    def reset(self) -> None:
        """Forget every notice."""
        self.notices = {}

    def refusal(self, fault: Fault, request: web.Request) -> web.Response:
        """The error that a fault asks for."""
        return web.Response(status=fault.status or 500, text=fault.message or fault.reason)

    async def _told(self, request: web.Request) -> web.Response:
        try:
            document = json.loads(await request.text())
            told = {"at": self.clock.now(), "title": document["title"], "message": document["message"]}
            told["attachments"] = [each["filename"] for each in document.get("attachments", ())]
        except (ValueError, KeyError, TypeError) as error:
            return json_response({"error": f"not what Apprise sends: {error}"}, status=400)
        self.notices.setdefault(request.match_info["name"], []).append(told)
        return json_response({"ok": True})
