"""A panel with users, as a browser and a program see it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from broadcaster.adapters.clock import ManualClock
from broadcaster.adapters.people import SQLPeople
from broadcaster.panel import Panel
from broadcaster.panel.origin import Access
from broadcaster.ports import People, Secret
from broadcaster.show.people import Deed, Kind, Role, Roster, User
from tests.unit.test_panel_api import NOW, TOKEN, FakeDesk

Client = TestClient[web.Request, web.Application]
PASSWORD = "correct horse"
NAMES = {Role.VIEWER: "Vera", Role.OPERATOR: "Oral", Role.DIRECTOR: "Dana", Role.ADMIN: "Aliya"}


@dataclass
class House:
    """A panel, its people and its clock."""

    panel: Panel
    client: Client
    people: People
    desk: FakeDesk
    clock: ManualClock

    async def ask(self, method: str, path: str, cookie: str = "", **headers: str) -> tuple[int, str, Any]:
        """Status, body and headers of an answer."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | (
            {"Cookie": cookie} if cookie else {}
        )
        async with self.client.request(method, path, headers=sent, allow_redirects=False) as response:
            return response.status, (await response.read()).decode(errors="replace"), response.headers

    async def fill_in(self, path: str, fields: Any, cookie: str = "", **headers: str) -> tuple[int, str, Any]:
        """Send a form as a browser does."""
        body = urlencode(fields, doseq=True)
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()} | (
            {"Cookie": cookie} if cookie else {}
        )
        async with self.client.post(path, data=body, headers=sent, allow_redirects=False) as response:
            return response.status, await response.text(), response.headers

    async def sign_in(self, name: str, password: str = PASSWORD, **headers: str) -> str:
        """The cookie of somebody who has signed in."""
        status, _, answered = await self.fill_in("/signin", {"name": name, "password": password}, **headers)
        assert status == 303, name
        cookie: str = answered["Set-Cookie"].partition(";")[0]
        return cookie

    def panel_roster(self) -> Roster:
        """Who may come in, as the panel knows it."""
        return self.panel._sessions.roster


def _headers(cookie: str, named: dict[str, str]) -> dict[str, str]:
    sent = {name.replace("_", "-"): value for name, value in named.items()}
    return sent | ({"Cookie": cookie} if cookie else {})


def made(name: str, role: Role) -> User:
    """A user of that name."""
    return User(name=name, role=role, made_at=NOW, made_by="test")


def deed(act: str = "test") -> Deed:
    """Something that was done."""
    return Deed(act=act, by="test", kind=Kind.MACHINE, source="here", at=NOW)


@asynccontextmanager
async def house(
    path: Path, *, users: dict[Role, str] | None = None, access: Access | None = None, clock: ManualClock | None = None
) -> AsyncIterator[House]:
    """A panel with a user of each role, or with those that are named. Passwords are hashed as quickly as argon2 can."""
    clock, desk = clock or ManualClock(NOW), FakeDesk()
    async with SQLPeople.open(path / "people.sqlite") as people:
        for role, name in (NAMES if users is None else users).items():
            if (await people.read()).user(name) is None:
                await people.add_user(made(name, role), Secret(PASSWORD), deed("user_added"))
        panel = Panel(desk, token=TOKEN, clock=clock, people=people, access=access)
        desk.turn()
        await panel.refresh()
        async with TestClient(TestServer(panel.application()), cookie_jar=DummyCookieJar()) as client:
            yield House(panel=panel, client=client, people=people, desk=desk, clock=clock)
