"""The pictures of posts: drawn in a child that is ended in time, kept, or read from a file as each channel takes it."""

import asyncio
import io
import os
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from broadcaster.adapters.cards.adapter import Cards
from broadcaster.adapters.cards.connection import draw_in_child
from broadcaster.adapters.cards.order import Order
from broadcaster.adapters.clock import ManualClock
from broadcaster.adapters.files import parse_season
from broadcaster.cli.stage import shelf_of
from broadcaster.cli.wiring import ObsAddress, far_ends
from broadcaster.ports import Secret
from broadcaster.season.build import build_plan
from broadcaster.season.cards import CardWords
from broadcaster.season.errors import Refused, TemplateError, Unavailable
from broadcaster.season.frames import Size
from broadcaster.season.look import LookPlan
from broadcaster.season.plan import Cue, Plan
from tests.card_season import SEASON
from tests.waiting import until

WORDS = CardWords(language="en", kicker="K", headline="H", under="", badge="", date="D", time="", place="")
KINDS = {"telegram": "telegram", "insta": "instagram"}
ENDLESS = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{ width }} {{ height }}">
{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{% endfor %}{% endfor %}{% endfor %}</svg>"""


def plan(picture: str, channel: str = "telegram", look: str = "") -> Plan:
    more = f"""
[[announcement]]
id = "pictured"
at = {{ before = "1h" }}
audiences = ["italy"]
channels = ["{channel}"]
picture = "{picture}"
text.en = "..."
"""
    return build_plan(parse_season(SEASON + more + look, "season.toml"))


def post(season: Plan) -> Cue:
    return next(cue for cue in season.shows[0].cues if cue.subject == "pictured")


def order(folder: Path, **look: str) -> Order:
    return Order(words=WORDS, look=LookPlan(**look), size=Size.LINK, media="image/png", folder=folder)  # type: ignore[arg-type]


async def test_a_card_goes_with_its_post_in_the_shape_of_its_channel_and_is_drawn_once(tmp_path: Path) -> None:
    season = plan("card", "insta")
    cards = Cards(tmp_path, KINDS)
    card = cards.of(season)
    one, two = await asyncio.gather(card(season.shows[0], post(season)), card(season.shows[0], post(season)))
    assert one is not None and two is not None
    assert one.media == "image/jpeg"
    image = Image.open(io.BytesIO(one.content))
    assert (image.format, image.size) == ("JPEG", (1080, 1350))
    assert one.content is two.content
    assert one.about.endswith("Saturday, March 27, 2027, 15:00 Rome · UTC+1.")


async def test_the_loop_goes_on_while_a_card_is_drawn(tmp_path: Path) -> None:
    began = time.process_time()
    assert (await draw_in_child(order(tmp_path))).startswith(b"\x89PNG")
    assert time.process_time() - began < 0.5, "drawing alone takes longer than that"


async def test_a_season_on_a_slow_drive_does_not_stop_the_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("RGB", (1000, 1000)).save(tmp_path / "own.png")
    drawn, file = plan("card", look='[look]\nlogo = "own.png"'), plan("own.png")
    clock = ManualClock(file.shows[0].go_live)
    async with far_ends(
        file,
        clock,
        obs=ObsAddress(host="127.0.0.1", port=1, password=Secret("")),
        youtube=None,
        channels={},
        shelf=shelf_of(None, clock),
        stream_title="stream-1",
        folder=tmp_path,
    ) as ends:
        touched = []

        def watched(name: str) -> None:
            method = getattr(Path, name)

            def touch(path: Path, *arguments: object, **more: object) -> object:
                if path.is_relative_to(tmp_path):
                    touched.append(name)
                    assert threading.current_thread() is not threading.main_thread(), f"{name} in the loop"
                return method(path, *arguments, **more)

            monkeypatch.setattr(Path, name, touch)

        for name in ("stat", "resolve", "read_bytes", "open"):
            watched(name)
        cards = Cards(tmp_path, KINDS)
        assert await cards.of(drawn)(drawn.shows[0], post(drawn)) is not None
        assert await cards.of(file)(file.shows[0], post(file)) is not None
        assert await ends.picture("own.png")
    assert {"stat", "resolve", "read_bytes"} <= set(touched)


async def test_a_template_that_never_ends_is_ended(tmp_path: Path) -> None:
    (tmp_path / "own.svg").write_text(ENDLESS)
    with pytest.raises(TemplateError, match="not drawn within 3 seconds"):
        await draw_in_child(order(tmp_path, template="own.svg"), seconds=3)


@pytest.mark.skipif(not hasattr(os, "kill") or sys.platform == "win32", reason="looks for the process by its number")
async def test_no_child_is_left_behind_when_the_show_is_stopped(tmp_path: Path) -> None:
    said = tmp_path / "pid"
    sleeper = ("-c", f"import os, time; open({str(said)!r}, 'w').write(str(os.getpid())); time.sleep(60)")
    async with asyncio.TaskGroup() as group:
        drawing = group.create_task(draw_in_child(order(tmp_path), command=sleeper))
        child = int(await until(lambda: said.exists() and said.read_text(), seconds=20))
        drawing.cancel()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


async def test_the_child_knows_no_secret_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "123:secret")
    teller = ("-c", "import os, sys; sys.stdout.write(' '.join(os.environ))")
    assert b"BOT_TOKEN" not in await draw_in_child(order(tmp_path), command=teller)


async def test_a_child_that_dies_or_cannot_be_started_is_told_as_trouble_of_the_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Unavailable, match="ended with 7: boom"):
        await draw_in_child(order(tmp_path), command=("-c", "import sys; print('boom', file=sys.stderr); sys.exit(7)"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    with pytest.raises(Unavailable, match="cannot be started: No such file"):
        await draw_in_child(order(tmp_path))


async def test_a_template_that_cannot_be_used_is_refused_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "own.svg").write_text("<svg>{{ nothing }}</svg>")
    season = plan("card", look='[look]\ntemplate = "own.svg"')
    with pytest.raises(Refused, match="'nothing' is undefined") as refused:
        await Cards(tmp_path, KINDS).of(season)(season.shows[0], post(season))
    assert refused.value.reason == "noPicture"


async def test_a_post_without_a_picture_has_none(tmp_path: Path) -> None:
    season = plan("card")
    cue = post(season)
    assert cue.post is not None
    cue = replace(cue, post=replace(cue.post, picture=""))
    assert await Cards(tmp_path, KINDS).of(season)(season.shows[0], cue) is None


async def test_a_file_is_posted_as_it_is_or_as_its_channel_takes_it(tmp_path: Path) -> None:
    Image.new("RGBA", (1000, 1000), (10, 200, 30, 255)).save(tmp_path / "own.png")
    as_it_is, changed = plan("own.png"), plan("own.png", "insta")
    cards = Cards(tmp_path, KINDS)
    telegram = await cards.of(as_it_is)(as_it_is.shows[0], post(as_it_is))
    instagram = await cards.of(changed)(changed.shows[0], post(changed))
    assert telegram is not None and instagram is not None
    assert telegram.content == (tmp_path / "own.png").read_bytes()
    assert instagram.media == "image/jpeg"
    assert Image.open(io.BytesIO(instagram.content)).format == "JPEG"
    assert "60 designers" in telegram.about


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("none.png", b"", "cannot be read"),
        ("text.png", b"no picture", "no whole PNG or JPEG"),
        ("half.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no whole PNG or JPEG"),
    ],
)
async def test_a_file_that_is_no_picture_is_refused(name: str, content: bytes, why: str, tmp_path: Path) -> None:
    if content:
        (tmp_path / name).write_bytes(content)
    season = plan(name)
    with pytest.raises(Refused, match=why):
        await Cards(tmp_path, KINDS).of(season)(season.shows[0], post(season))


async def test_a_file_of_a_shape_that_instagram_crops_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (300, 1000)).save(tmp_path / "tall.jpg")
    season = plan("tall.jpg", "insta")
    with pytest.raises(Refused, match="width by height has to lie between"):
        await Cards(tmp_path, KINDS).of(season)(season.shows[0], post(season))


async def test_a_small_file_of_very_many_pixels_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("1", (9000, 9000)).save(tmp_path / "huge.png")
    monkeypatch.setattr(Image.Image, "convert", lambda *_: pytest.fail("it was unpacked"))
    season = plan("huge.png", "insta")
    with pytest.raises(Refused, match="both together may be 10000 pixels"):
        await Cards(tmp_path, KINDS).of(season)(season.shows[0], post(season))


async def test_another_look_is_another_card(tmp_path: Path) -> None:
    cards = Cards(tmp_path, KINDS)
    first = await cards.draw(order(tmp_path))
    assert await cards.draw(replace(order(tmp_path), look=LookPlan(background="#000040"))) != first
