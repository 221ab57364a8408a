"""Does an overlay page hear of each lower third, and is it believed only once it has answered?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType
from aiohttp.test_utils import TestClient, TestServer

from broadcaster.adapters.clock import WallClock
from broadcaster.panel import Overlays, overlays, server
from broadcaster.ports import Secret
from broadcaster.season.errors import OutcomeUnknown, Unavailable
from broadcaster.season.plan import LowerThirdPlan
from tests.plans import GO_LIVE, season_plan
from tests.waiting import until
from tests.world import World

NAME = ("Айгерім Сәрсен", "Қазақстан")
BEARER = {"Authorization": "Bearer secret"}


class Page:
    """A page in a browser source, as far as the service knows it; `silent` answers nothing."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.heard: list[dict[str, Any]] = []
        self.is_silent = False

    async def run(self) -> None:
        async for message in self.socket:
            said = message.json()
            if said:
                self.heard.append(said)
            if said and not self.is_silent:
                await self.socket.send_json({"id": said["id"]})

    @property
    def shows(self) -> str:
        return self.heard[-1].get("show", {}).get("title", "") if self.heard else "nothing said"


class House:
    """Overlays behind the panel's own guards."""

    def __init__(self, client: TestClient[Any, Any], tasks: asyncio.TaskGroup, part: Overlays) -> None:
        self.client = client
        self.tasks = tasks
        self.part = part

    async def open(self, *, is_silent: bool = False) -> Page:
        pages = self.part.seen.pages
        page = Page(await self.client.ws_connect("/api/v1/overlay", headers=BEARER))
        page.is_silent = is_silent
        self.tasks.create_task(page.run())
        await until(lambda: self.part.seen.pages == pages + 1)
        return page


@asynccontextmanager
async def housed(part: Overlays) -> AsyncIterator[House]:
    world = World(season_plan(), GO_LIVE)
    panel = server.Panel(world.conductor, token=Secret("secret"), clock=WallClock(), overlays=part)
    async with (
        asyncio.timeout(20),
        TestClient(TestServer(panel.application(), host="127.0.0.1")) as client,
        asyncio.TaskGroup() as tasks,
    ):
        yield House(client, tasks, part)
        await part.close(panel.application())


async def test_it_is_shown_once_a_page_says_so_and_hidden_once_all_do() -> None:
    part, changes = Overlays(), []
    part.watch(lambda: changes.append(part.seen.shown))
    async with housed(part) as house:
        quick, slow = await house.open(), await house.open(is_silent=True)
        await part.show(*NAME)
        assert changes[-1] == LowerThirdPlan(title=NAME[0], subtitle=NAME[1])
        await until(lambda: slow.shows == quick.shows == NAME[0])
        assert "at_once" not in quick.heard[0]
        late = await house.open()
        await until(lambda: late.shows == NAME[0])
        assert late.heard[0]["at_once"] is True
        slow.is_silent = False
        await part.hide()
        assert part.seen.shown is None
        assert {slow.shows, quick.shows, late.shows} == {""}


async def test_without_a_page_it_says_where_the_page_is_and_hiding_is_done_at_once() -> None:
    part = Overlays()
    async with housed(part) as house:
        part.page = "http://127.0.0.1:8787/overlay/lower-third"
        with pytest.raises(Unavailable, match=r"add http://127\.0\.0\.1:8787/overlay/lower-third as") as caught:
            await part.show(*NAME)
        assert caught.value.reason == "noPage"
        page = await house.open()
        await part.show(*NAME)
        await page.socket.close()
        await until(lambda: part.seen.pages == 0)
        await part.hide()
        assert part.seen.shown is None
        back = await house.open()
        await until(lambda: back.shows == "")
        assert back.heard == [{"id": 2, "hide": True, "at_once": True}]


async def test_a_service_that_has_just_started_leaves_a_page_as_it_is() -> None:
    part = Overlays()
    async with housed(part) as house:
        page = await house.open()
        await part.show(*NAME)
        assert [said["id"] for said in page.heard] == [1]
        assert "at_once" not in page.heard[0]


async def test_a_page_that_does_not_answer_leaves_the_outcome_unknown_until_it_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(overlays, "ACK_SECONDS", 0.05)
    part = Overlays()
    async with housed(part) as house:
        page = await house.open(is_silent=True)
        with pytest.raises(OutcomeUnknown, match="did not answer"):
            await part.show(*NAME)
        assert part.seen.shown is None
        await page.socket.send_json({"id": 1})
        await until(lambda: part.seen.shown is not None)
        with pytest.raises(OutcomeUnknown):
            await part.hide()


async def test_a_newer_word_ends_the_waiting_for_an_older_one() -> None:
    part = Overlays()
    async with housed(part) as house:
        page = await house.open(is_silent=True)
        waiting = house.tasks.create_task(_raised(part.show(*NAME)))
        await until(lambda: page.shows == NAME[0])
        page.is_silent = False
        await part.hide()
        error = await waiting
        assert isinstance(error, Unavailable)
        assert error.reason == "overtaken"


@pytest.mark.parametrize("said", ["[]", "{", '{"id": "1"}', "[" * 200, "x" * 300])
async def test_who_says_anything_else_is_let_go_and_only_people_with_a_right_come_in(said: str) -> None:
    part = Overlays()
    async with housed(part) as house:
        page = await house.open()
        await page.socket.send_str(said)
        await until(lambda: page.socket.closed)
        await until(lambda: part.seen.pages == 0)
        stranger = await house.client.ws_connect("/api/v1/overlay")
        message = await stranger.receive()
        assert (message.type, message.data) == (WSMsgType.CLOSE, 4401)
        assert part.seen.pages == 0
        plain = await house.client.get("/api/v1/overlay", headers=BEARER)
        assert plain.status == 426


async def _raised(work: Any) -> Exception:
    with pytest.raises(Unavailable) as caught:
        await work
    return caught.value
