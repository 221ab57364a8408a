"""How does the crew look at a scene in OBS itself, before it is taken? On its preview, in studio mode.

Nothing is written into the journal: only the crew sees it, and the show stays as it is.
"""

import logging

from aiohttp import web

from broadcaster.panel.api import Desk, giver_of
from broadcaster.panel.guard import answer
from broadcaster.panel.orders import BadOrder, read_scene
from broadcaster.season.errors import FarEndError, Refused

log = logging.getLogger(__name__)

UNKNOWN_SCENE = "600"


class Previews:
    """OBS's preview, as one desk steers it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [web.post("/api/v1/preview", self._preview)]

    async def _preview(self, request: web.Request) -> web.StreamResponse:
        try:
            scene = read_scene(await request.read())
        except BadOrder as error:
            return answer({"error": error.args[0]}, status=400)
        try:
            await self._desk.preview_scene(scene)
        except Refused as error:
            return answer({"error": error.args[0]}, status=404 if error.reason == UNKNOWN_SCENE else 409)
        except FarEndError as error:
            return answer({"error": error.args[0]}, status=503)
        giver = giver_of(request)
        log.info("%s on preview by %s from %s", scene, giver.who, giver.source, extra={"event": "scene_previewed"})
        return answer({"ok": True, "scene": scene})
