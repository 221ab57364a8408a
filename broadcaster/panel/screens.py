"""What do screens backstage get that is more than a template: the cue sheet, the season, a way in for phones?"""

import asyncio
import io
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from broadcaster.panel.guard import answer, person
from broadcaster.panel.languages import day_names, language_names, language_of
from broadcaster.panel.origin import Access, is_secure
from broadcaster.panel.pages import render
from broadcaster.panel.views import season_rows, sheet
from broadcaster.ports import Clock
from broadcaster.season.plan import Plan
from broadcaster.season.wording import quoted
from broadcaster.show.people import SCREEN_PAGES, Role
from broadcaster.show.state import SeasonState

MOST_LETTERS = 500
QR_HEADERS = {"Cache-Control": "private, max-age=3600"}


class Stage(Protocol):
    """What these pages need of the conductor."""

    plan: Plan

    @property
    def state(self) -> SeasonState:
        """Where the season stands."""
        ...

    def screen(self) -> dict[str, Any]:
        """What everybody backstage sees, see show.screen."""
        ...


class Screens:
    """The pages whose tables are made here, and QR codes of the pages that a phone may open."""

    def __init__(self, stage: Stage, *, clock: Clock, access: Access) -> None:
        self._stage = stage
        self._clock = clock
        self._access = access

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [
            web.get("/cuesheet", self._cuesheet),
            web.get("/season", self._season),
            web.get("/announcements", self._announcements),
            web.get("/qr.svg", self._qr),
        ]

    async def _cuesheet(self, request: web.Request) -> web.Response:
        made = sheet(
            self._stage.plan,
            self._stage.state,
            self._clock.now(),
            show=request.query.get("show"),
            zone=request.query.get("zone"),
            with_notes=_is_of_the_crew(request),
        )
        return render(request, "cuesheet.html", view="stage", sheet=made, **self._shared(request))

    async def _season(self, request: web.Request) -> web.Response:
        plan = self._stage.plan
        rows = season_rows(
            plan,
            self._stage.state,
            self._clock.now(),
            zone=request.query.get("zone"),
            only_public=not _is_of_the_crew(request),
        )
        return render(
            request,
            "season.html",
            view="stage",
            title=plan.title,
            tzdata=plan.tzdata,
            rows=rows,
            **self._shared(request),
            has_sheets=_opens(request, "/cuesheet"),
        )

    async def _announcements(self, request: web.Request) -> web.Response:
        language = language_of(request)
        written = {cue.post.language for show in self._stage.plan.shows for cue in show.cues if cue.post is not None}
        names = {**day_names(language), "languages": language_names(language, sorted(written))}
        view = "desk" if _is_of_the_crew(request) else "stage"
        return render(request, "announcements.html", view=view, names=json.dumps(names, ensure_ascii=False))

    def _shared(self, request: web.Request) -> dict[str, Any]:
        return {"address": _address(request), "is_rehearsal": self._stage.screen()["rehearsal"]}

    async def _qr(self, request: web.Request) -> web.Response:
        asked = request.query.get("for", "")
        path = _own_page(asked)
        if path is None:
            known = ", ".join(SCREEN_PAGES)
            said = f"a QR code leads to a screen of this service only, not {quoted(asked)}: for= is one of {known}"
            return answer({"error": said}, status=400)
        scheme = "https" if is_secure(request, self._access) else "http"
        origin = self._access.origin or f"{scheme}://{request.headers['Host']}"
        picture = await asyncio.to_thread(qr_code, origin + path)
        return web.Response(body=picture, content_type="image/svg+xml", headers=QR_HEADERS)


def _is_of_the_crew(request: web.Request) -> bool:
    """Whether a person looks, who may read notes, and not a screen that a link let in."""
    return person(request).role.covers(Role.VIEWER)


def _opens(request: web.Request, page: str) -> bool:
    who = person(request)
    return who.role is not Role.SCREEN or page in who.pages


def _address(request: web.Request) -> Callable[..., str]:
    """The query of this page with other options in it; a screen keeps its language, its link and the rest."""
    return lambda **options: f"?{urlencode({**request.query, **options})}"


def _own_page(asked: str) -> str | None:
    """The path and query, if they are a screen's of this service."""
    if len(asked) > MOST_LETTERS or not asked.startswith("/") or not asked.isprintable():
        return None
    try:
        parts = urlsplit(asked)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or parts.path not in SCREEN_PAGES:
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@lru_cache(maxsize=64)
def qr_code(address: str) -> bytes:
    """The address as an SVG for a phone's camera; black on white with the quiet zone it needs."""
    import segno

    picture = io.BytesIO()
    made = segno.make_qr(address, error="m")
    made.save(picture, kind="svg", border=4, xmldecl=False, omitsize=True, dark="#000", light="#fff")
    return picture.getvalue()
