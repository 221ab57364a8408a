"""Does a button show what is true, in the colours that are law, and cost the show nothing?"""

import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image

from broadcaster.adapters.clock import ManualClock
from broadcaster.panel.glance import KEPT_FOR, Glance
from broadcaster.panel.orders import Giver, read_order
from broadcaster.panel.tile_drawing import FONT, Look, Tile, draw
from broadcaster.panel.tiles import TILES, Tiles, shown
from broadcaster.show.orders import Word
from broadcaster.show.records import lane_held, phase_entered, segment_started
from broadcaster.show.view import view
from tests.plans import GO_LIVE, Story, on_youtube, season_plan, seen, studio, video
from tests.unit.test_panel_api import FakeDesk

Client = TestClient[web.Request, web.Application]
COMPANION = Path(__file__).parents[2] / "docs" / "companion" / "broadcaster.companionconfig"


@dataclass
class StageDesk(FakeDesk):
    """A desk whose view is the real one, of a story that a test tells."""

    clock: ManualClock = field(default_factory=lambda: ManualClock(GO_LIVE))
    story: Story = field(default_factory=Story)
    far: Any = None
    about: dict[str, Any] = field(default_factory=dict)
    looks: int = 0

    def view(self) -> dict[str, Any]:
        self.looks += 1
        far = {"day-1": self.far or seen(studio("Film"), on_youtube(), video())}
        return view(season_plan(), self.story.state, far, self.clock.now()) | {"about": self.about}


def live(desk: StageDesk) -> StageDesk:
    for phase in ("preparing", "ready", "standby", "live"):
        desk.story.add(phase_entered("day-1", phase, why=""))
    desk.story.add(segment_started("day-1", "film", at=GO_LIVE, why=""))
    return desk


def app_of(desk: StageDesk) -> web.Application:
    app = web.Application()
    app.add_routes(Tiles(Glance(desk, clock=desk.clock)).routes())
    return app


async def test_the_colour_and_the_word_say_what_is_on_air_and_what_is_next() -> None:
    desk = StageDesk()
    before = {name: shown(name, desk.view()) for name in TILES}
    assert (before["program"].look, before["live"].look, before["go"].look) == (Look.GREY, Look.GREY, Look.GREY)
    now = {name: shown(name, live(desk).view()) for name in TILES}
    assert (now["program"].look, now["program"].word, now["program"].text) == (Look.RED, "ON AIR", "Film")
    assert (now["next"].look, now["next"].text, now["next"].small) == (Look.GREEN, "Runway", "02:00")
    assert (now["live"].look, now["live"].word) == (Look.RED, "LIVE")
    assert (now["hold"].word, now["lane-posts"].word, now["clock"].text) == ("AUTO", "AUTO", "19:00:00")
    assert {tile.look for name, tile in now.items() if name not in ("program", "live")} <= {Look.GREEN, Look.PLAIN}
    desk.story.add(lane_held("day-1", "posts", by="Aliya", why="x", until="next_cue"))
    held = shown("lane-posts", desk.view())
    assert (held.look, held.word, held.small) == (Look.AMBER, "HELD", "until the next cue")
    desk.far = seen(None)
    away = shown("program", desk.view())
    assert (away.look, away.text) == (Look.AMBER, "away")


async def test_a_tile_is_a_picture_of_the_size_asked_for_and_the_same_one_is_not_sent_twice() -> None:
    desk = live(StageDesk())
    async with TestClient(TestServer(app_of(desk))) as client:
        for name in TILES:
            async with client.get(f"/api/v1/tile/{name}.png", params={"size": "96"}) as response:
                assert (response.status, response.content_type) == (200, "image/png")
                picture = Image.open(io.BytesIO(await response.read()))
                assert picture.size == (96, 96)
        async with client.get("/api/v1/tile/program.png") as response:
            tag, first = response.headers["ETag"], Image.open(io.BytesIO(await response.read()))
        assert first.getpixel((1, 1)) == (0xC1, 0x12, 0x1F)
        async with client.get("/api/v1/tile/program.png", headers={"If-None-Match": tag}) as response:
            assert (response.status, await response.read()) == (304, b"")
        desk.far = seen(studio("Runway"))
        desk.turn()
        async with client.get("/api/v1/tile/program.png", headers={"If-None-Match": tag}) as response:
            assert response.status == 200


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("programm.png", 404, "did you mean 'program'?"),
        ("%00.png", 404, "there is no tile"),
        ("program.png?size=0", 400, "24 to 512"),
        ("program.png?size=1e9", 400, "24 to 512"),
        ("program.png?size=99999999999", 400, "24 to 512"),
        ("program.png?size=٧٢", 400, "24 to 512"),
    ],
)
async def test_what_is_no_tile_is_said_with_the_remedy(path: str, status: int, said: str) -> None:
    async with TestClient(TestServer(app_of(StageDesk()))) as client, client.get(f"/api/v1/tile/{path}") as response:
        assert response.status == status
        assert said in (await response.json())["error"]


def test_every_kazakh_letter_has_its_shape_and_any_text_can_be_drawn() -> None:
    from PIL import ImageFont

    face = ImageFont.truetype(FONT, 40)
    missing = bytes(face.getmask("\U0010ffff"))
    for letter in "әғқңөұүһіӘҒҚҢӨҰҮҺІ":
        assert bytes(face.getmask(letter)) != missing, letter
    hostile = ("W" * 10_000, "\u202eabc\u0000\n\r", "", " ", "😀", "مرحبا", "\ud800", "<b>&amp;")
    for text in hostile:
        for size in (24, 72, 512):
            tile = Tile(look=Look.PLAIN, word=text, text=text, small=text)
            state = StageDesk().view() | {"obs": "connected", "program": text, "is_live": True}
            assert draw(shown("program", state), size).startswith(b"\x89PNG")
            assert draw(tile if len(text) < 100 else shown("program", state), size).startswith(b"\x89PNG")


def test_a_rehearsal_is_written_on_every_tile() -> None:
    desk = StageDesk(about={"rehearsal": True})
    for name in TILES:
        picture = Image.open(io.BytesIO(draw(shown(name, desk.view()), 72)))
        assert picture.getpixel((0, 40)) == picture.getpixel((71, 40)) == (0xFF, 0xB3, 0x00), name


def test_many_who_ask_cost_one_look_until_something_happens() -> None:
    desk = live(StageDesk())
    glance = Glance(desk, clock=desk.clock)
    first = glance.encoded()
    assert all(glance.encoded() is first for _ in range(100))
    assert desk.looks == 1
    desk.turn()
    assert glance.encoded() is not first
    desk.clock._now += KEPT_FOR
    glance.document()
    desk.clock._now -= 10 * KEPT_FOR
    glance.document()
    assert desk.looks == 4


def test_the_companion_page_asks_only_for_what_there_is() -> None:
    page = json.loads(COMPANION.read_text("utf-8"))
    buttons = [button for row in page["page"]["controls"].values() for button in row.values()]
    entities = [each for button in buttons for each in button["feedbacks"]]
    for button in buttons:
        for action in button["steps"]["0"]["action_sets"]["down"]:
            entities.append(action)
            word = Word(action["options"]["url"].removeprefix("/api/v1/"))
            giver = Giver(who="", kind="", source="")
            assert read_order(word, action["options"]["body"].encode(), key=None, giver=giver).word is word
    tiles = [each["options"]["url"] for each in entities if each["definitionId"] == "imageFromUrl"]
    assert {url.removeprefix("/api/v1/tile/").removesuffix(".png?size=288") for url in tiles} <= set(TILES)
    assert len(buttons) == 15
    for each in entities:
        assert each["connectionId"] in page["instances"]
        assert json.loads(each["options"]["header"]) == {"Authorization": "Bearer $(custom:broadcaster_token)"}
