"""Who may hold a socket of the real panel, and does a foreign page get one?"""

from typing import Any

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError, web
from aiohttp.test_utils import TestClient, TestServer

from broadcaster.adapters.clock import ManualClock
from broadcaster.panel import Panel
from tests.unit.test_panel_api import BEARER, NOW, TOKEN, FakeDesk


@pytest.fixture
def app() -> web.Application:
    return Panel(FakeDesk(), token=TOKEN, clock=ManualClock(NOW)).application()


async def test_the_token_opens_both_views_and_says_who_it_is(app: web.Application) -> None:
    async with TestClient(TestServer(app)) as client:
        for view in ("desk", "stage"):
            async with client.ws_connect(f"/api/v1/live?view={view}", headers=BEARER) as socket:
                first: dict[str, Any] = await socket.receive_json(timeout=5)
                assert first["full"]["phase"] == "live"
                assert ("people" in first["full"]) == (view == "desk")


async def test_who_shows_nothing_is_told_to_sign_in(app: web.Application) -> None:
    async with TestClient(TestServer(app)) as client, client.ws_connect("/api/v1/live") as socket:
        message = await socket.receive(timeout=5)
        assert (message.type, message.data) == (WSMsgType.CLOSE, 4401)


async def test_a_foreign_page_gets_no_socket(app: web.Application) -> None:
    async with TestClient(TestServer(app)) as client:
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            with pytest.raises(WSServerHandshakeError) as refused:
                await client.ws_connect("/api/v1/live", headers=headers)
            assert refused.value.status == 403


async def test_what_is_no_socket_and_no_view_is_told(app: web.Application) -> None:
    async with TestClient(TestServer(app)) as client:
        for path, status in (("/api/v1/live", 426), ("/api/v1/live?view=../desk", 400)):
            async with client.get(path, headers=BEARER) as response:
                assert response.status == status
                assert (await response.json())["error"]
