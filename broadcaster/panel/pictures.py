"""What does OBS show, for those who cannot see its screen? JPEGs, as few as will do.

A picture costs OBS some milliseconds of drawing and packing, so one is taken only while somebody asks, at most one a
second of each scene and one at a time of all, never within a second of a take; everybody who asks gets the same one.
"""

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from aiohttp import web

from broadcaster.panel.guard import answer
from broadcaster.panel.pause import pause
from broadcaster.ports import Clock
from broadcaster.season.errors import FarEndError, Refused
from broadcaster.season.wording import quoted
from broadcaster.show.records import stamp

log = logging.getLogger(__name__)

WIDTH = 640
EVERY_SECONDS = 1.0
ASK_AGAIN_SECONDS = 0.25
"""After a take was in the way."""
LONG_POLL_SECONDS = 10.0
MOST_SCENES = 32
"""Of so many scenes the last picture is kept."""


class Camera(Protocol):
    """What is needed of the conductor."""

    async def picture(self, scene: str | None, width: int) -> bytes:
        """A JPEG of a scene, or of the program; Unavailable with reason `take` around a take."""
        ...

    def screen(self) -> dict[str, Any]:
        """The document, see show.screen."""
        ...


@dataclass(eq=False, slots=True)
class Shot:
    """The last picture of one scene, or of the program.

    `number` counts all pictures; `trouble` is why there is no newer one.
    """

    jpeg: bytes = b""
    number: int = 0
    at: datetime | None = None
    tried_at: float = float("-inf")
    trouble: str = ""
    is_refused: bool = False
    is_under_way: bool = False
    tried: asyncio.Event = field(default_factory=asyncio.Event)


class Pictures:
    """The pictures of one desk, taken in turn."""

    def __init__(self, desk: Camera, *, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock
        self._shots: OrderedDict[str | None, Shot] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()
        self._number = 0

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [
            web.get("/api/v1/picture/program.jpg", self._program),
            web.get("/api/v1/picture/next.jpg", self._next),
            web.get("/api/v1/picture/scene.jpg", self._scene),
        ]

    async def _program(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, None)

    async def _next(self, request: web.Request) -> web.StreamResponse:
        document = self._desk.screen()
        preview = document.get("program", {}).get("preview")
        coming = document.get("rundown", {}).get(document.get("next", {}).get("id"), {}).get("scene")
        if (scene := preview or coming) is None:
            return answer({"error": "nothing comes next"}, status=404)
        return await self._answer(request, scene)

    async def _scene(self, request: web.Request) -> web.StreamResponse:
        scene = request.query.get("scene", "")
        if not scene:
            return answer({"error": "name the scene: scene.jpg?scene=Runway"}, status=400)
        if scene not in (known := self._desk.screen().get("scenes", {})):
            said = f"OBS shows no scene {quoted(scene)}" if known else "OBS is away"
            return answer({"error": said}, status=404 if known else 503)
        return await self._answer(request, scene)

    async def _answer(self, request: web.Request, scene: str | None) -> web.StreamResponse:
        after = request.query.get("after", "")
        if after and not (after.isascii() and after.isdecimal() and len(after) < 16):
            return answer({"error": "after= is the number of the last picture, from its header X-Picture"}, status=400)
        shot = self._shots.setdefault(scene, Shot())
        self._shots.move_to_end(scene)
        while len(self._shots) > MOST_SCENES:
            self._shots.popitem(last=False)
        known = int(after or 0)
        try:
            async with asyncio.timeout(LONG_POLL_SECONDS):
                # a number above all of ours is from before a restart
                is_new = await self._newer(shot, scene, known if known <= self._number else 0)
        except TimeoutError:
            is_new = False
        return _shown(shot, is_new=is_new, is_polled=bool(after))

    async def _newer(self, shot: Shot, scene: str | None, after: int) -> bool:
        """Whether there is a picture after that number; returns at once when none can be had."""
        loop = asyncio.get_running_loop()
        while True:
            age = loop.time() - shot.tried_at
            if shot.is_under_way:
                await shot.tried.wait()
            elif age >= EVERY_SECONDS:
                await self._take(shot, scene)
            elif shot.number <= after and not shot.trouble:
                await pause(EVERY_SECONDS - age)
                continue
            if shot.trouble:
                return False
            if shot.number > after:
                return True

    async def _take(self, shot: Shot, scene: str | None) -> None:
        """Take one picture, for everybody who waits for it."""
        shot.is_under_way, shot.tried = True, asyncio.Event()
        loop = asyncio.get_running_loop()
        try:
            async with self._one_at_a_time:
                while True:
                    try:
                        jpeg = await self._desk.picture(scene, WIDTH)
                    except FarEndError as error:
                        if error.reason == "take":
                            await pause(ASK_AGAIN_SECONDS)
                            continue
                        shot.trouble, shot.is_refused = str(error), isinstance(error, Refused)
                        return
                    self._number += 1
                    shot.jpeg, shot.number, shot.at = jpeg, self._number, self._clock.now()
                    shot.trouble, shot.is_refused = "", False
                    return
        finally:
            shot.tried_at = loop.time()
            shot.is_under_way = False
            shot.tried.set()


def _shown(shot: Shot, *, is_new: bool, is_polled: bool) -> web.StreamResponse:
    if shot.at is None or (not is_new and shot.trouble):
        # never an old picture as if it were new: the page marks the one that it has
        status = 404 if shot.is_refused else 503
        return answer({"error": shot.trouble or "no picture yet"}, status=status, headers={"Retry-After": "2"})
    headers = {"X-Picture": str(shot.number), "X-Taken-At": stamp(shot.at)}
    if not is_new and is_polled:
        return web.Response(status=304, headers=headers)
    return web.Response(body=shot.jpeg, content_type="image/jpeg", headers=headers)
