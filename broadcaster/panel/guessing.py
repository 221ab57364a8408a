"""Is this the password, and what happens to those who guess?

One password is looked at at a time. Wrong ones are counted in the file of people, under the name and place together,
under the place, and under the name: waits grow, survive a restart, and never keep anybody out for longer than minutes.
"""

import asyncio
import hashlib
import ipaddress
import logging
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from broadcaster.panel.origin import Access, source_of
from broadcaster.panel.pause import pause
from broadcaster.panel.sessions import Sessions
from broadcaster.ports import Clock, People, Secret
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
REFUSED_SECONDS = 2.0
"""Before a guess is answered, in real time: a flood of them waits here instead of taking the loop from the show."""
MOST_TOLD_AN_HOUR = 200
"""Failures that go into the journal; a flood of them goes into the log only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is wrong, for the page: wrong, wait, busy or broken; empty: nothing is. `wait` is in seconds."""

    trouble: str = ""
    wait: int = 0
    status: int = 200


class Passwords:
    """Looks at passwords, for signing in and for changing one's own."""

    def __init__(self, sessions: Sessions, *, clock: Clock, access: Access) -> None:
        self._sessions = sessions
        self._clock = clock
        self._access = access
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0
        self._told: deque[datetime] = deque()

    async def check(self, people: People, request: web.Request, name: str, password: Secret) -> Checked:
        """Whether it is the password of that user, or why the question is not answered."""
        checked = await self._checked(people, request, name, password)
        if checked.trouble:
            await pause(REFUSED_SECONDS)
        return checked

    async def _checked(self, people: People, request: web.Request, name: str, password: Secret) -> Checked:
        if self._waiting >= MOST_WAITING:
            return Checked(trouble="busy", wait=2, status=503)
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                return await self._try(people, request, name, password)
        except PeopleError as error:
            log.error("no password can be checked: %s", error, extra={"event": "people_trouble"})
            return Checked(trouble="broken", status=503)
        finally:
            self._waiting -= 1

    def place(self, request: web.Request) -> str:
        """Where the request came from."""
        return _place(source_of(request, self._access))

    async def _try(self, people: People, request: web.Request, name: str, password: Secret) -> Checked:
        place, now = self.place(request), self._clock.now()
        keys, patience = _keys(place, name), [BY_PLACE_AND_NAME, BY_PLACE, BY_NAME]
        if self._is_known(name, place):
            keys, patience = keys[:2], patience[:2]
        counted = list(zip(await people.attempts(keys), patience, strict=True))
        wait = max(wait_of(attempts, each, now) for attempts, each in counted)
        if wait > timedelta():
            seconds = math.ceil(wait.total_seconds())
            await self._tell(people, "sign_in_held", name, request, seconds=seconds)
            return Checked(trouble="wait", wait=seconds, status=429)
        is_right = len(password.reveal()) <= PASSWORD_MOST and await people.has_password(name, password)
        if not is_right or self._sessions.roster.user(name) is None:
            await people.failed(keys, self._clock.now())
            await self._tell(people, "sign_in_failed", name, request, wrong=counted[0][0].count + 1)
            return Checked(trouble="wrong", status=403)
        await people.forget([keys[0], *keys[2:]])
        return Checked()

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


def _place(address: str) -> str:
    """The address as one place: of IPv6 the network, since a single machine has as many addresses as it likes."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is None:
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def _keys(place: str, name: str) -> Sequence[str]:
    """What wrong passwords are counted under."""
    return [f"both {_mark(place, folded(name))}", f"place {place}", f"name {_mark(folded(name))}"]


def _mark(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()
