"""How does somebody sign in, and what happens to those who guess?

One password is looked at at a time. Wrong ones are counted in the file of people, under the name and place together,
under the place, and under the name: waits grow, survive a restart, and never keep anybody out for longer than minutes.
"""

import asyncio
import hashlib
import ipaddress
import logging
import math
from collections import deque
from datetime import datetime, timedelta

from aiohttp import web

from broadcaster.panel.forms import Form, read_form, way_on
from broadcaster.panel.guard import answer, person
from broadcaster.panel.origin import Access, source_of
from broadcaster.panel.pages import render
from broadcaster.panel.sessions import Sessions, cookie_name
from broadcaster.ports import Clock, People
from broadcaster.season.errors import PeopleError
from broadcaster.season.wording import shown
from broadcaster.show.people import (
    BY_NAME,
    BY_PLACE,
    BY_PLACE_AND_NAME,
    NAME_LETTERS,
    PASSWORD_MOST,
    Deed,
    folded,
    wait_of,
)

log = logging.getLogger(__name__)

MOST_WAITING = 8
"""Passwords take a fifth of a second each; who comes when so many wait is asked to come back."""
MOST_TOLD_AN_HOUR = 200
"""Failures that go into the journal; a flood of them goes into the log only."""


class SignIn:
    """The part that lets people in and out."""

    def __init__(self, sessions: Sessions, *, clock: Clock, access: Access) -> None:
        self._sessions = sessions
        self._clock = clock
        self._access = access
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0
        self._told: deque[datetime] = deque()

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [
            web.get("/signin", self._page),
            web.post("/signin", self._sign_in),
            web.post("/signout", self._sign_out),
            web.get("/me", self._me),
        ]

    async def _page(self, request: web.Request) -> web.StreamResponse:
        wanted = way_on(request.query.get("next", ""))
        if self._sessions.who(request) is not None or self._sessions.is_open_to(request):
            return _see(wanted)
        return self._asked(request, wanted)

    def _asked(
        self, request: web.Request, wanted: str, *, name: str = "", trouble: str = "", wait: int = 0, status: int = 200
    ) -> web.Response:
        page = render(
            request,
            "signin.html",
            status=status,
            has_users=self._sessions.has_users,
            next=wanted,
            name=name,
            trouble=trouble,
            wait=wait,
        )
        if wait:
            page.headers["Retry-After"] = str(wait)
        return page

    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        form = await read_form(request)
        wanted, name = way_on(form.text("next")), form.text("name")[: NAME_LETTERS * 2]
        if self._sessions.people is None or not self._sessions.has_users:
            return self._asked(request, wanted, trouble="nobody", status=403)
        if self._waiting >= MOST_WAITING:
            return self._asked(request, wanted, name=name, trouble="busy", wait=2, status=503)
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                return await self._try(self._sessions.people, request, form, wanted, name)
        except PeopleError as error:
            log.error("nobody can sign in: %s", error, extra={"event": "people_trouble"})
            return self._asked(request, wanted, name=name, trouble="broken", status=503)
        finally:
            self._waiting -= 1

    async def _try(
        self, people: People, request: web.Request, form: Form, wanted: str, name: str
    ) -> web.StreamResponse:
        place, now = _place(source_of(request, self._access)), self._clock.now()
        keys = [f"both {_mark(place, folded(name))}", f"place {place}", f"name {_mark(folded(name))}"]
        patience = [BY_PLACE_AND_NAME, BY_PLACE, BY_NAME]
        if self._is_known(name, place):
            keys, patience = keys[:2], patience[:2]
        counted = list(zip(await people.attempts(keys), patience, strict=True))
        wait = max(wait_of(attempts, each, now) for attempts, each in counted)
        if wait > timedelta():
            seconds = math.ceil(wait.total_seconds())
            await self._tell(people, "sign_in_held", name, request, seconds=seconds)
            return self._asked(request, wanted, name=name, trouble="wait", wait=seconds, status=429)
        password = form.secret("password")
        is_right = len(password.reveal()) <= PASSWORD_MOST and await people.has_password(name, password)
        user = self._sessions.roster.user(name)
        if not is_right or user is None:
            await people.failed(keys, self._clock.now())
            await self._tell(people, "sign_in_failed", name, request, wrong=counted[0][0].count + 1)
            return self._asked(request, wanted, name=name, trouble="wrong", status=403)
        response = _see(wanted)
        await self._sessions.open(user.name, request, response)
        await people.forget([keys[0], *keys[2:]])
        log.info("%s has signed in from %s", shown(user.name), place, extra={"event": "signed_in"})
        return response

    def _is_known(self, name: str, place: str) -> bool:
        """Whether that person is signed in at that place: whoever hammers at a name elsewhere is not them."""
        sessions = self._sessions.roster.sessions
        return any(folded(each.user) == folded(name) and _place(each.source) == place for each in sessions)

    async def _tell(self, people: People, act: str, name: str, request: web.Request, **data: int) -> None:
        source, now = source_of(request, self._access), self._clock.now()
        log.warning("%s: %s from %s", act, shown(name), source, extra={"event": act, **data})
        while self._told and now - self._told[0] >= timedelta(hours=1):
            self._told.popleft()
        if len(self._told) < MOST_TOLD_AN_HOUR:
            self._told.append(now)
            by = shown(name, NAME_LETTERS)
            await people.note(Deed(act=act, by=by, kind="unknown", source=source, at=now, data=data))
            self._sessions.has_untold = True

    async def _sign_out(self, request: web.Request) -> web.StreamResponse:
        await self._sessions.close(person(request))
        response = _see("/signin")
        response.del_cookie(cookie_name(request), path="/")
        return response

    async def _me(self, request: web.Request) -> web.StreamResponse:
        found = person(request)
        document = {"name": found.name, "role": found.role, "kind": found.kind, "words": sorted(found.words)}
        return answer(document | {"can_sign_out": bool(self._sessions.has_users and found.id)})


def _see(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path})


def _place(address: str) -> str:
    """The address as one place: of IPv6 the network, since a single machine has as many addresses as it likes."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is None:
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def _mark(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()
