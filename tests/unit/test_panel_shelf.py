"""Does a picture on the shelf reach whoever was told its address, and nobody else, and not for long?"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from broadcaster.adapters.clock import ManualClock
from broadcaster.panel import Panel
from broadcaster.panel.shelf import MOST, PictureShelf
from broadcaster.season.errors import Refused
from tests.unit.test_panel_api import NOW, TOKEN, FakeDesk


async def test_a_picture_is_fetched_by_its_address_alone_and_for_half_an_hour(tmp_path: Path) -> None:
    clock, desk = ManualClock(NOW), FakeDesk()
    shelf = PictureShelf(public_url="https://show.test/", clock=clock)
    url = shelf.offer(b"jpeg", "image/jpeg")
    assert url.startswith("https://show.test/pictures/") and url != shelf.offer(b"jpeg", "image/jpeg")
    path = urlsplit(url).path
    assert len(path) > len("/pictures/") + 40
    panel = Panel(desk, token=TOKEN, clock=clock, shelf=shelf)
    desk.turn()
    async with panel.serve("127.0.0.1", 0) as port, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as stranger:

        async def seen(path: str) -> tuple[int, bytes]:
            async with stranger.get(path) as response:
                assert response.headers["X-Content-Type-Options"] == "nosniff"
                return response.status, await response.read()

        assert await seen(path) == (200, b"jpeg")
        assert (await seen(path[:-5] + "x.jpg"))[0] == 404
        await clock.advance_to(NOW + timedelta(minutes=31))
        assert (await seen(path))[0] == 404


def test_a_shelf_never_grows_without_end_and_says_when_nobody_can_reach_it() -> None:
    shelf = PictureShelf(public_url="https://show.test", clock=ManualClock(NOW))
    for number in range(MOST + 5):
        shelf.offer(str(number).encode(), "image/png")
    assert len(shelf._offered) == MOST
    with pytest.raises(Refused, match="public_url") as caught:
        PictureShelf(public_url="", clock=ManualClock(NOW)).offer(b"", "image/png")
    assert caught.value.reason == "noPublicUrl"
