"""How does a lower third come over the picture? By pages that OBS shows as a browser source, each with a socket here.

The service sends `{"id": 7, "show": {"title": ..., "subtitle": ...}}` or `{"id": 8, "hide": true}`, and the page
answers `{"id": 7}` once its animation has begun. A page that connects anew is told the present state, with
`"at_once": true`: it then shows it without animation. A service that has just started knows of none before it is told
itself, so a page goes on showing what it has shown, for as long as it may without a service.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from broadcaster.panel.guard import SIGN_IN_AGAIN, answer, still
from broadcaster.panel.pages import render
from broadcaster.season.errors import OutcomeUnknown, Unavailable
from broadcaster.season.plan import LowerThirdPlan
from broadcaster.show.graphics import NO_PAGE, OVERTAKEN, no_page
from broadcaster.show.observed import GraphicsSeen

log = logging.getLogger(__name__)

ACK_SECONDS = 2.0
"""How long a page may take from hearing of a lower third to showing it."""
BEAT_SECONDS = 5.0
"""So often the service says something, if only `{}`: a page takes longer silence for a lost connection."""
PING_SECONDS = 10.0
CLOSE_SECONDS = 1.0
CHECK_SECONDS = 5.0
"""How soon a page is let go whose session or link was ended."""
MOST_PAGES = 50
MOST_BYTES = 256
"""A page says nothing but a number."""
PATH = "/overlay/lower-third"


@dataclass(eq=False, slots=True)
class _Page:
    """One open page; `heard` is the last word that it has answered."""

    socket: web.WebSocketResponse
    news: asyncio.Event = field(default_factory=asyncio.Event)
    heard: int = 0


class Overlays:
    """The lower thirds of one service: the port Graphics, and a part of the panel. Make it before both."""

    def __init__(self) -> None:
        self.page = PATH
        """The address of the page, for people; the panel knows it once it answers."""
        self._pages: set[_Page] = set()
        self._told: LowerThirdPlan | None = None
        self._shown: LowerThirdPlan | None = None
        self._word = 0
        self._answered = 0
        self._heard = asyncio.Event()
        self._on_change: Callable[[], None] = lambda: None

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [web.get(PATH, self._page), web.get("/api/v1/overlay", self._connect)]

    # -- the port -------------------------------------------------------------------------------------------------

    @property
    def seen(self) -> GraphicsSeen:
        """What is shown, as far as a page has said so, and how many pages are open."""
        return GraphicsSeen(shown=self._shown, pages=len(self._pages), page=self.page)

    def watch(self, on_change: Callable[[], None]) -> None:
        """Call `on_change` after every change of `seen`."""
        self._on_change = on_change

    async def show(self, title: str, subtitle: str) -> None:
        """Return once a page has said that it shows this, see ports.Graphics."""
        if not self._pages:
            raise Unavailable(no_page(self.page), reason=NO_PAGE)
        wanted = LowerThirdPlan(title=title, subtitle=subtitle)
        if self._told == self._shown == wanted:
            return
        word = self._tell(wanted)
        await self._until(word, lambda: self._answered >= word)

    async def hide(self) -> None:
        """Return once every open page has said that it shows nothing, see ports.Graphics."""
        word = self._tell(None)
        await self._until(word, lambda: all(page.heard >= word for page in self._pages))
        if self._word == word and self._shown is not None:  # there was no page left to say so
            self._shown = None
            self._on_change()

    def _tell(self, wanted: LowerThirdPlan | None) -> int:
        self._told = wanted
        self._word += 1
        self._heard.set()  # whoever waits for an older word is overtaken
        for page in self._pages:
            page.news.set()
        return self._word

    async def _until(self, word: int, is_done: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(ACK_SECONDS):
                while self._word == word and not is_done():
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            said = f"the lower-third page did not answer within {ACK_SECONDS:g} s: does its source in OBS hang?"
            raise OutcomeUnknown(said) from None
        if self._word != word:
            raise Unavailable("another lower third, or none, was wanted before a page answered", reason=OVERTAKEN)

    # -- the pages ------------------------------------------------------------------------------------------------

    async def _page(self, request: web.Request) -> web.Response:
        return render(request, "overlay_lower_third.html")

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        if len(self._pages) >= MOST_PAGES:
            said = f"{MOST_PAGES} lower-third pages are open, and no more fit: close some"
            return answer({"error": said}, status=503, headers={"Retry-After": "10"})
        socket = web.WebSocketResponse(heartbeat=PING_SECONDS, max_msg_size=MOST_BYTES, timeout=CLOSE_SECONDS)
        if not socket.can_prepare(request):
            return answer({"error": "this is a WebSocket: connect with ws:// or wss://"}, status=426)
        await socket.prepare(request)
        page = _Page(socket)
        self._pages.add(page)
        self._on_change()
        try:
            async with asyncio.TaskGroup() as tasks:
                writing = tasks.create_task(self._write(page), name="overlay")
                await self._read(request, page)
                writing.cancel()
        finally:
            self._pages.discard(page)
            self._heard.set()
            self._on_change()
        return socket

    async def _write(self, page: _Page) -> None:
        """Tell the page the newest word, and only that: one that is slow misses what is over already."""
        told, is_first = 0, True
        with suppress(ConnectionError):  # the page has gone
            while True:
                is_news, told = told != self._word, self._word
                await page.socket.send_str(self._message(at_once=is_first) if is_news else "{}")
                is_first = False
                with suppress(TimeoutError):  # no news: the page is told that we are here
                    async with asyncio.timeout(BEAT_SECONDS):
                        await page.news.wait()
                page.news.clear()

    def _message(self, *, at_once: bool) -> str:
        said: dict[str, Any] = {"id": self._word}
        if self._told is None:
            said["hide"] = True
        else:
            said["show"] = {"title": self._told.title, "subtitle": self._told.subtitle}
        if at_once:
            said["at_once"] = True
        return json.dumps(said, ensure_ascii=False)

    async def _read(self, request: web.Request, page: _Page) -> None:
        """Take answers until the page has gone, says something else, or may not stay."""
        while still(request) is not None:
            try:
                message = await page.socket.receive(timeout=CHECK_SECONDS)
            except TimeoutError:
                continue
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            if not self._take_in(page, message.data):
                await page.socket.close(code=WSCloseCode.UNSUPPORTED_DATA, message=b"only the number of a word")
                return
        await page.socket.close(code=SIGN_IN_AGAIN, message=b"sign in again")

    def _take_in(self, page: _Page, said: str | bytes) -> bool:
        try:
            document = json.loads(said)
        except (ValueError, RecursionError):
            return False
        word = document.get("id") if isinstance(document, dict) else None
        if not isinstance(word, int):
            return False
        page.heard = word
        if word == self._word:
            self._answered, before, self._shown = word, self._shown, self._told
            if self._shown != before:
                self._on_change()
        self._heard.set()
        return True

    async def close(self, app: web.Application) -> None:
        """Say goodbye to the pages: the service stops, and they go on by themselves."""
        for page in list(self._pages):
            with suppress(ConnectionError):  # it has gone before
                await page.socket.close(code=WSCloseCode.GOING_AWAY, message=b"the service stops")
