"""How do the shows get into people's calendars, and follow when they move? By addresses that calendar programs ask.

Such a program cannot sign in, so the address holds a link that opens /calendar. Whoever asks again gets 304 and no text
while nothing has changed; what has is written once for all who ask, on a thread, so that the show does not wait.
"""

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Thread
from typing import Any, Protocol
from urllib.parse import urlencode

from aiohttp import web

from broadcaster.panel.guard import answer, person
from broadcaster.panel.languages import LANGUAGES, NAMES, day_text, language_of
from broadcaster.panel.origin import Access, is_secure
from broadcaster.panel.pages import render
from broadcaster.ports import Clock
from broadcaster.season.plan import AudiencePlan, Plan
from broadcaster.season.wording import quoted
from broadcaster.show.calendar import CalendarText, ShowCalendar, show_calendar
from broadcaster.show.dated import Dated
from broadcaster.show.people import Kind
from broadcaster.show.state import SeasonState

ALL = "season"
"""The name of the calendar that is for no audience in particular."""
KEEP = "private, no-cache"
EMPTY = ShowCalendar(season="", title="", city="", zone="UTC", language="en", events=())


class Season(Protocol):
    """What calendars need of the conductor."""

    plan: Plan

    @property
    def state(self) -> SeasonState:
        """Where the season stands."""
        ...

    def screen(self) -> dict[str, Any]:
        """What everybody backstage sees, see show.screen."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A calendar's text, and what it was written from."""

    plan: Plan
    dated: Mapping[str, Dated]
    body: bytes
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One row of the page: who it is for, in which language, and its addresses."""

    place: str
    language: str
    webcal: str
    address: str


class Calendars:
    """The feeds of one season and the page that leads to them. Without `write` there are none."""

    def __init__(self, season: Season, write: CalendarText | None, *, clock: Clock, access: Access) -> None:
        self._season = season
        self._write = write
        self._access = access
        self._read_at = clock.now()
        self._written: dict[str, Written] = {}
        self._one_at_a_time = asyncio.Lock()
        for language in LANGUAGES:  # before the show: reading how they write days takes tens of milliseconds
            day_text(language, "2000-01-01")
        if write is not None:  # the first that is written loads what writes: longer than the show can wait
            Thread(target=write, args=(EMPTY,), name="first calendar").start()

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [web.get("/calendar", self._page), web.get("/calendar/{name}.ics", self._feed)]

    async def _feed(self, request: web.Request) -> web.Response:
        plan, name = self._season.plan, request.match_info["name"]
        asked = _asked(plan, name)
        if self._write is None or asked is None:
            known = ", ".join(_names(plan))
            said = (
                f"there is no calendar {quoted(name)}; there are: {known}" if self._write else "there are no calendars"
            )
            return answer({"error": said}, status=404)
        if not self._season.state.seq:
            said = "the service is just starting: the journal is not open yet; try again"
            return answer({"error": said}, status=503, headers={"Retry-After": "2"})
        written = await self._fresh(name, self._write, *asked)
        headers = {"ETag": f'"{written.tag}"', "Cache-Control": KEEP}
        if any(tag.value in ("*", written.tag) for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        headers["Content-Disposition"] = f'inline; filename="{plan.season}-{name}.ics"'
        return web.Response(body=written.body, headers=headers, content_type="text/calendar", charset="utf-8")

    async def _fresh(self, name: str, write: CalendarText, audience: AudiencePlan | None, language: str) -> Written:
        """The text as of now; nothing else than the plan and what is dated goes into it."""
        async with self._one_at_a_time:
            plan, state = self._season.plan, self._season.state
            known = self._written.get(name)
            if known is not None and known.plan is plan and known.dated is state.dated:
                return known
            is_rehearsal = bool(self._season.screen().get("rehearsal"))

            def work() -> bytes:
                calendar: ShowCalendar = show_calendar(
                    plan,
                    state,
                    audience=audience,
                    language=language,
                    read_at=self._read_at,
                    is_rehearsal=is_rehearsal,
                )
                return write(calendar)

            body = await asyncio.to_thread(work)
            tag = hashlib.sha256(body).hexdigest()[:32]
            self._written[name] = Written(plan=plan, dated=state.dated, body=body, tag=tag)
            return self._written[name]

    async def _page(self, request: web.Request) -> web.Response:
        """Every feed's address, to be handed out by whoever may; a person without a link gets addresses without one."""
        origin = self._access.origin
        if not origin:
            origin = f"{'https' if is_secure(request, self._access) else 'http'}://{request.headers['Host']}"
        link = request.query.get("link", "") if person(request).kind is Kind.LINK else ""
        plan, own = self._season.plan, language_of(request)
        feeds = [
            _feed(f"{origin}/calendar/{name}.ics", link, audience, language)
            for name, audience, language in sorted(_feeds(plan), key=lambda feed: feed[2] != own)
        ]
        is_rehearsal = bool(self._season.screen().get("rehearsal"))
        return render(
            request,
            "calendar.html",
            view="stage",
            title=plan.title,
            feeds=feeds,
            has_link=bool(link),
            is_rehearsal=is_rehearsal,
        )


def _feed(address: str, link: str, audience: AudiencePlan | None, language: str) -> Feed:
    if link:
        address += f"?{urlencode({'link': link})}"
    return Feed(
        place=audience.city if audience else "",
        language=NAMES[language],
        webcal=f"webcal://{address.partition('://')[2]}",
        address=address,
    )


def _feeds(plan: Plan) -> Iterator[tuple[str, AudiencePlan | None, str]]:
    for audience in (None, *plan.audiences):
        for language in LANGUAGES:
            yield f"{audience.id if audience else ALL}.{language}", audience, language


def _names(plan: Plan) -> Iterator[str]:
    yield ALL
    yield from (f"{audience.id}.LANGUAGE" for audience in plan.audiences)


def _asked(plan: Plan, name: str) -> tuple[AudiencePlan | None, str] | None:
    """Who reads it, and in which language; None: there is no such calendar."""
    who, _, language = name.partition(".")
    audience = next((each for each in plan.audiences if each.id == who), None)
    if audience is None and who != ALL:
        return None
    usual = (audience.language if audience else "") or next(iter(plan.languages), "")
    language = language or (usual if usual in LANGUAGES else "en")
    return (audience, language) if language in LANGUAGES else None
