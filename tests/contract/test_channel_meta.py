"""Do posts stand on a Page and on Instagram as written, once, and is a lost answer looked up rather than repeated?"""

import asyncio
import dataclasses
import io
import logging
import socket
import traceback
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from broadcaster.adapters.clock.adapter import ScaledClock
from broadcaster.adapters.posts.facebook import FacebookChannel
from broadcaster.adapters.posts.graph import Graph
from broadcaster.adapters.posts.instagram import InstagramChannel
from broadcaster.emulators.meta import EmulatedMeta
from broadcaster.panel import Panel
from broadcaster.panel.shelf import PictureShelf
from broadcaster.ports import Message, Picture, Secret
from broadcaster.season.errors import FarEndError, NeedsHuman, OutcomeUnknown, Refused, Unavailable
from tests.unit.test_panel_api import FakeDesk
from tests.waiting import until

NOON = datetime(2027, 10, 20, 12, 0, tzinfo=UTC)
TOKEN = Secret("EAAB-very-secret")
PAGE, ACCOUNT = "1029384756", "17841405822304914"
TIMEOUT = 1.0
SPEED = 20
"""How much faster the clock goes that the far end and the waiting share; time-outs are in real seconds."""
TEXT = "Сән апталығы <b>бүгін</b> & 19:00-де\nhttps://youtu.be/abc?x=1"


def drawn(kind: str) -> bytes:
    packed = io.BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", (1080, 1080), "#a0030380" if kind == "PNG" else "#a03").save(
        packed, kind
    )
    return packed.getvalue()


CARD = Picture(content=drawn("JPEG"), about="Карточка: 19:00", media="image/jpeg")


@pytest.fixture
def clock() -> ScaledClock:
    return ScaledClock(start=NOON, speed=SPEED)


@pytest.fixture
async def meta(no_leaked_tasks: None, clock: ScaledClock) -> AsyncIterator[EmulatedMeta]:
    before = len(asyncio.all_tasks())
    async with EmulatedMeta(clock, speed=100) as emulator:
        yield emulator
    await until(lambda: len(asyncio.all_tasks()) <= before)


def graph(meta: EmulatedMeta) -> Graph:
    return Graph(called="Meta", token=TOKEN, endpoint=meta.url, timeout=TIMEOUT)


@pytest.fixture
def facebook(meta: EmulatedMeta, clock: ScaledClock) -> FacebookChannel:
    return FacebookChannel(name="page", graph=graph(meta), page=PAGE, clock=clock)


@pytest.fixture
def instagram(meta: EmulatedMeta, clock: ScaledClock) -> InstagramChannel:
    return InstagramChannel(name="insta", graph=graph(meta), account=ACCOUNT, shelf=meta, clock=clock)


def shown(error: BaseException) -> str:
    return repr(error) + "".join(traceback.format_exception(error))


def sent(meta: EmulatedMeta, end: str) -> int:
    return sum(1 for each in meta.room.requests if each["method"] == "POST" and each["path"].endswith(end))


async def test_a_page_shows_what_was_written_and_what_it_was_changed_to(
    facebook: FacebookChannel, meta: EmulatedMeta, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="broadcaster")
    assert await facebook.check() == f'the Page "Page {PAGE}"'
    post = await facebook.post(Message(text=TEXT, link="https://youtu.be/abc"), key="k")
    assert (meta.state.posts[post].message, meta.state.posts[post].link) == (TEXT, "https://youtu.be/abc")
    await facebook.edit(post, Message(text="19:05"))
    assert (meta.state.posts[post].message, meta.state.posts[post].earlier) == ("19:05", [TEXT])
    assert TOKEN.reveal() not in str(meta.room.requests) + caplog.text + repr(facebook)


async def test_a_picture_goes_up_unseen_and_stands_in_the_post(facebook: FacebookChannel, meta: EmulatedMeta) -> None:
    meta.room.add_fault({"kind": "lose", "match": "photos"})
    with pytest.raises(Unavailable, match="nothing is out"):
        await facebook.post(Message(text=TEXT, picture=CARD), key="k")
    assert meta.state.posts == {}
    post = await facebook.post(Message(text=TEXT, picture=CARD), key="k")
    photo = meta.state.photos[meta.state.posts[post].photos[0]]
    assert (photo.size, photo.about, photo.is_published) == (len(CARD.content), CARD.about, False)


async def test_a_post_is_left_with_the_page_for_its_hour(
    facebook: FacebookChannel, meta: EmulatedMeta, clock: ScaledClock
) -> None:
    at = (clock.now() + timedelta(hours=2)).replace(microsecond=0)
    message = Message(text=TEXT, at=at, picture=CARD)
    post = await facebook.post(message, key="k")
    assert (meta.state.posts[post].at, meta.state.posts[post].is_published) == (at, False)
    again = FacebookChannel(name="page", graph=graph(meta), page=PAGE, clock=clock)
    other = Message(text=TEXT, at=at + timedelta(hours=1))
    assert await again.find(other, since=clock.now(), others=()) is None
    assert await again.find(message, since=clock.now(), others=()) == post
    await again.edit(post, Message(text="19:05", at=at))
    assert (meta.state.posts[post].message, meta.state.posts[post].at) == ("19:05", at)
    for ahead in (timedelta(minutes=5), timedelta(days=31)):
        with pytest.raises(Refused, match="10 minutes") as caught:
            await facebook.post(Message(text="b", at=clock.now() + ahead), key="b")
        assert caught.value.reason == "notSchedulable"


async def test_what_waits_is_moved_with_its_words_and_a_lost_answer_is_asked_for_again(
    facebook: FacebookChannel, meta: EmulatedMeta, clock: ScaledClock
) -> None:
    def ahead(**by: float) -> datetime:
        return (clock.now() + timedelta(**by)).replace(microsecond=0)

    post = await facebook.post(Message(text=TEXT, at=ahead(hours=2)), key="k")
    there, moved = meta.state.posts[post], Message(text="moved", at=ahead(hours=5))
    meta.room.add_fault({"kind": "lose", "match": f"POST .*/{post}"})
    with pytest.raises(OutcomeUnknown):
        await facebook.edit(post, moved)
    before = sent(meta, post)
    there.at = ahead(minutes=2)
    await facebook.edit(post, Message(text="late words", at=there.at))  # it is where it was to be moved
    assert (there.message, sent(meta, post)) == ("late words", before + 1)
    there.at = ahead(hours=1)
    for wrong, waits_for in (
        (ahead(minutes=5), there.at),
        (ahead(days=31), there.at),
        (ahead(hours=3), ahead(minutes=2)),
        (ahead(hours=3), None),
    ):
        there.at = waits_for
        with pytest.raises(Refused) as caught:
            await facebook.edit(post, Message(text="no", at=wrong))
        assert (caught.value.reason, there.at, there.message) == ("notSchedulable", waits_for, "late words")
    there.at = ahead(minutes=-1)
    with pytest.raises(Refused, match="out already") as caught:
        await facebook.edit(post, Message(text="no", at=ahead(hours=3)))
    assert (caught.value.reason, there.message) == ("isOut", "late words")
    await facebook.edit(post, Message(text="corrected"))
    assert there.message == "corrected"


async def test_a_scheduled_post_whose_answer_was_lost_is_found_before_and_after_it_came_out(
    facebook: FacebookChannel, meta: EmulatedMeta, clock: ScaledClock
) -> None:
    sent = clock.now()
    message = Message(text=TEXT, at=(sent + timedelta(hours=2)).replace(microsecond=0))
    meta.room.add_fault({"kind": "lose", "match": "POST .*/feed"})
    with pytest.raises(OutcomeUnknown):
        await facebook.post(message, key="k")
    (name,) = meta.state.posts
    assert await facebook.find(message, since=sent, others=()) == name
    assert await facebook.find(message, since=sent, others={name}) is None
    clock.skip_to(sent + timedelta(hours=30))
    assert await facebook.find(message, since=sent, others=()) == name
    assert await facebook.find(Message(text=TEXT), since=clock.now(), others=()) is None


@pytest.mark.parametrize(
    ("fault", "applied"),
    [
        ({"kind": "drop"}, 0),
        ({"kind": "lose"}, 1),
        ({"kind": "delay", "seconds": TIMEOUT * 1.5 * SPEED}, 1),
        ({"kind": "refuse", "reason": "1"}, 0),
        ({"kind": "lose_refuse", "reason": "2"}, 1),
        ({"kind": "refuse", "status": 502}, 0),
        ({"kind": "refuse", "reason": "-1/2207001"}, 0),
    ],
    ids=str,
)
async def test_a_post_without_a_clear_answer_is_sent_once_and_then_looked_up(
    facebook: FacebookChannel,
    instagram: InstagramChannel,
    meta: EmulatedMeta,
    clock: ScaledClock,
    fault: dict[str, Any],
    applied: int,
) -> None:
    message, sent_at = Message(text=TEXT, picture=CARD), clock.now()
    for channel, last, made in (
        (facebook, "feed", meta.state.posts),
        (instagram, "media_publish", meta.state.media),
    ):
        meta.room.add_fault({**fault, "match": f"POST .*/{last}"})
        with pytest.raises(OutcomeUnknown) as caught:
            await channel.post(message, key="k")
        assert TOKEN.reveal() not in shown(caught.value)
        assert (sent(meta, last), len(made)) == (1, applied)
        found = await channel.find(message, since=sent_at, others=())
        assert found == (next(iter(made)) if applied else None)
        assert await channel.find(Message(text="another", picture=CARD), since=sent_at, others=()) is None


async def test_what_was_lost_yesterday_is_found_by_whoever_knows_the_others_and_can_see_so_far_back(
    facebook: FacebookChannel, instagram: InstagramChannel, meta: EmulatedMeta, clock: ScaledClock
) -> None:
    message, sent = Message(text="We are live", picture=CARD), clock.now()
    posts, media = meta.state.posts, meta.state.media
    rome, lost = [(await facebook.post(message, key=key), await instagram.post(message, key=key)) for key in "ab"]
    clock.skip_to(sent + timedelta(hours=20))
    for number in range(500):
        if number in (120, 499):
            for place, channel in enumerate((facebook, instagram)):
                if number == 499:
                    with pytest.raises(Refused, match="look at Meta") as refused:
                        await channel.find(message, since=sent, others=())
                    assert refused.value.reason == "noFind"
                    continue
                for others, found in (((), lost), (lost, rome), ((*lost, *rome), (None, None))):
                    assert await channel.find(message, since=sent, others=others) == found[place]
                assert await channel.find(message, since=clock.now(), others=()) is None
        page = dataclasses.replace(posts[rome[0]], id=f"{PAGE}_{number}", message="More", created=clock.now())
        posts[page.id] = page
        item = dataclasses.replace(media[rome[1]], id=f"{number}", caption="More", timestamp=clock.now())
        media[item.id] = item


async def test_a_duplicate_that_facebook_refuses_is_said(facebook: FacebookChannel, meta: EmulatedMeta) -> None:
    await facebook.post(Message(text=TEXT), key="k")
    with pytest.raises(Refused, match="look whether it is out, or change its words"):
        await facebook.post(Message(text=TEXT), key="other")
    assert len(meta.state.posts) == 1


@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        ({"reason": "190/463"}, NeedsHuman, "token"),
        ({"reason": "200"}, NeedsHuman, "permission"),
        ({"reason": "10"}, NeedsHuman, "permission"),
        ({"reason": "4", "seconds": 600}, Unavailable, "10m"),
        ({"reason": "17"}, Unavailable, "5m"),
        ({"reason": "32", "seconds": 60}, Unavailable, "1m"),
        ({"reason": "613"}, Unavailable, "wait"),
        ({"reason": "368/1390008"}, Unavailable, "wait"),
        ({"reason": "368"}, Refused, "abuse"),
        ({"reason": "100", "message": "x" * 999}, Refused, "refuses"),
        ({"status": 404}, Refused, "refuses"),
    ],
    ids=str,
)
async def test_a_no_is_what_it_means_and_shows_no_token(
    facebook: FacebookChannel,
    instagram: InstagramChannel,
    meta: EmulatedMeta,
    fault: dict[str, Any],
    kind: type[FarEndError],
    says: str,
) -> None:
    for channel, last in ((facebook, "feed"), (instagram, "media_publish")):
        meta.room.add_fault({"kind": "refuse", "match": f"POST .*/{last}", **fault})
        with pytest.raises(kind, match=says) as caught:
            await channel.post(Message(text=TEXT, picture=CARD), key="k")
        assert TOKEN.reveal() not in shown(caught.value) and len(str(caught.value)) < 700
        if isinstance(caught.value, Unavailable):
            assert caught.value.retry_after > 0
    assert not meta.state.posts and not meta.state.media


async def test_instagram_shows_the_picture_with_its_words(instagram: InstagramChannel, meta: EmulatedMeta) -> None:
    assert await instagram.check() == f"@account_{ACCOUNT}, 0 of 100 posts used in a day"
    for picture in (CARD, replace(CARD, about="")):
        post = await instagram.post(Message(text=TEXT, picture=picture), key=f"k{picture.about}")
        assert (meta.state.media[post].caption, meta.state.media[post].about) == (TEXT, picture.about)
    fetched = [each for each in meta.room.requests if each["path"].startswith("/shelf/")]
    assert [each["status"] for each in fetched] == [200, 200]


async def test_instagram_says_when_its_posts_are_used_up(
    instagram: InstagramChannel, meta: EmulatedMeta, clock: ScaledClock
) -> None:
    await instagram.post(Message(text=TEXT, picture=CARD), key="k")
    next(iter(meta.state.media.values())).timestamp -= timedelta(hours=23)
    meta.state.used_elsewhere = 99
    with pytest.raises(Unavailable, match=r"100 of 100 .* free at 13:00 UTC") as caught:
        await instagram.post(Message(text="b", picture=CARD), key="b")
    assert 3500 < caught.value.retry_after <= 3600
    assert sent(meta, "/media") == 1


async def test_instagram_leaves_nothing_seen_behind_when_a_picture_cannot_be_taken(
    instagram: InstagramChannel, meta: EmulatedMeta
) -> None:
    with pytest.raises(Refused, match="without a picture"):
        await instagram.post(Message(text=TEXT), key="k")
    with pytest.raises(Refused, match="takes JPEG pictures only"):
        await instagram.post(Message(text=TEXT, picture=Picture(content=drawn("PNG"), about="")), key="k")
    wide = io.BytesIO()
    Image.new("RGB", (1000, 100)).save(wide, "JPEG")
    with pytest.raises(Refused, match=r"4:5 and 1\.91:1"):
        await instagram.post(
            Message(text=TEXT, picture=Picture(content=wide.getvalue(), about="", media="image/jpeg")), key="k"
        )
    with pytest.raises(Refused, match="JPEG"):
        await instagram.post(Message(text=TEXT, picture=Picture(content=b"no", about="")), key="k")
    meta.room.add_fault({"kind": "refuse", "match": "GET /shelf", "times": 1})
    with pytest.raises(Refused, match="public_url"):
        await instagram.post(Message(text=TEXT, picture=CARD), key="k")
    meta.room.add_fault({"kind": "lose", "match": "POST .*/media$"})
    with pytest.raises(Unavailable, match="nothing is out"):
        await instagram.post(Message(text=TEXT, picture=CARD), key="k")
    assert meta.state.media == {}


async def test_while_meta_is_away_nothing_is_posted(
    facebook: FacebookChannel, instagram: InstagramChannel, meta: EmulatedMeta
) -> None:
    await meta.stop()
    for channel in (facebook, instagram):
        with pytest.raises(Unavailable) as caught:
            await channel.post(Message(text=TEXT, picture=CARD), key="k")
        assert TOKEN.reveal() not in shown(caught.value)
    for attempt, reason in (
        (facebook.pin("x"), "noPin"),
        (instagram.pin("x"), "noPin"),
        (instagram.edit("x", Message(text="t")), "noEdit"),
    ):
        with pytest.raises(Refused) as caught_too:
            await attempt
        assert caught_too.value.reason == reason


async def test_instagram_fetches_the_picture_from_the_panel_without_signing_in(
    meta: EmulatedMeta, clock: ScaledClock
) -> None:
    desk = FakeDesk()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shelf = PictureShelf(public_url=f"http://127.0.0.1:{port}", clock=clock)
    panel = Panel(desk, token=TOKEN, clock=clock, shelf=shelf)
    desk.turn()
    channel = InstagramChannel(name="insta", graph=graph(meta), account=ACCOUNT, shelf=shelf, clock=clock)
    async with panel.serve("127.0.0.1", port):
        post = await channel.post(Message(text=TEXT, picture=CARD), key="k")
    assert meta.state.media[post].caption == TEXT
    (container,) = meta.state.containers.values()
    assert container.image_url.startswith(f"http://127.0.0.1:{port}/pictures/")
