"""Do the port's promises about announcements hold on every kind of channel that answers, stumbles and says no?"""

import asyncio
import io
import logging
import re
import traceback
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from broadcaster.adapters.clock.adapter import ScaledClock
from broadcaster.cli.channels import KINDS, PostChannel, open_channel
from broadcaster.cli.config_channels import TABLES, ChannelTable
from broadcaster.cli.stage import shelf_of
from broadcaster.emulators.control import Emulator
from broadcaster.ports import Message, Picture
from broadcaster.season.channels import REACH
from broadcaster.season.errors import NeedsHuman, OutcomeUnknown, Refused, Unavailable
from tests.contract.channels import CASES, NAME, Case, Standing, secrets_of, table_for
from tests.waiting import until


def drawn(kind: str) -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", (320, 320), "#a00303").save(packed, kind)
    return packed.getvalue()


def catch_breath(clock: ScaledClock) -> None:
    """No service's flood control counts what was before."""
    clock.skip_to(clock.now() + timedelta(seconds=10))


CARD = Picture(content=drawn("PNG"), about="Карточка: ашылу кеші, 19:00")
LATER = Picture(content=drawn("JPEG"), about="Карточка: 19:30", media="image/jpeg")
TEXT = "Сән апталығы *басталды* <19:00> & [жалғасады]_!\n\n1. Қазақша # @everyone\nhttps://youtu.be/abc_def-_g?x=1&y=2"


@pytest.fixture(params=CASES.values(), ids=lambda case: case.kind)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture
def clock(case: Case) -> ScaledClock:
    return ScaledClock(start=datetime(2027, 10, 20, 12, 0, tzinfo=UTC), speed=case.speed)


@pytest.fixture
async def far_end(no_leaked_tasks: None, case: Case, clock: ScaledClock) -> AsyncIterator[Emulator]:
    before = len(asyncio.all_tasks())
    async with KINDS[case.kind].emulator(clock, 1.0) as emulator:
        yield emulator
    await until(lambda: len(asyncio.all_tasks()) <= before)


@pytest.fixture
def table(case: Case, far_end: Emulator) -> ChannelTable:
    return table_for(case, far_end)


@pytest.fixture
def channel(table: ChannelTable, far_end: Emulator, clock: ScaledClock) -> "PostChannel | Pictured":
    channel = open_channel(NAME, table, clock, shelf_of(far_end, clock))
    return Pictured(channel) if table.reach().needs_picture else channel


class Pictured:
    """A channel that takes nothing without a picture, given one where a test has none: a JPEG."""

    def __init__(self, channel: PostChannel) -> None:
        self.channel = channel

    def __getattr__(self, name: str) -> Any:
        return getattr(self.channel, name)

    async def post(self, message: Message, *, key: str) -> str:
        picture = replace(message.picture or CARD, content=LATER.content, media=LATER.media)
        return await self.channel.post(replace(message, picture=picture), key=key)


def texts(case: Case, far_end: Emulator) -> list[str]:
    return [each.text for each in case.standing(far_end)]


def asked(far_end: Emulator, pattern: str) -> int:
    return sum(1 for each in far_end.room.requests if re.search(pattern, f"{each['method']} {each['path']}"))


def hidden(table: ChannelTable, error: BaseException, *more: str) -> bool:
    shown = repr(error) + str(error) + "".join(traceback.format_exception(error)) + "".join(more)
    return not any(secret in shown for secret in secrets_of(table))


def test_every_kind_that_the_settings_know_can_be_opened_and_rehearsed() -> None:
    assert set(KINDS) == set(TABLES) <= set(REACH)


async def test_posts_stand_there_as_written(case: Case, channel: PostChannel, far_end: Emulator) -> None:
    first = await channel.post(Message(text=TEXT, title="Ашылу кеші", language="kk"), key="k1")
    second = await channel.post(Message(text="Екінші хабарлама", language="kk"), key="k2")
    assert texts(case, far_end) == [TEXT, "Екінші хабарлама"]
    assert first and second and first != second


@pytest.mark.parametrize(
    ("fault", "applied"),
    [
        ({"kind": "drop"}, 0),
        ({"kind": "lose"}, 1),
        ({"kind": "refuse", "status": 500}, 0),
        ({"kind": "lose_refuse", "status": 502}, 1),
    ],
    ids=["drop", "lose", "refuse", "lose_refuse"],
)
async def test_a_post_without_a_clear_answer_is_sent_once_and_never_twice(
    case: Case,
    table: ChannelTable,
    channel: PostChannel,
    far_end: Emulator,
    clock: ScaledClock,
    caplog: pytest.LogCaptureFixture,
    fault: dict[str, Any],
    applied: int,
) -> None:
    if "status" in fault and not case.is_http:
        return
    caplog.set_level(logging.DEBUG, logger="broadcaster.adapters")
    message, sent = Message(text=TEXT, language="kk"), clock.now()
    far_end.room.add_fault({**fault, "match": case.posts})
    with pytest.raises(OutcomeUnknown) as caught:
        await channel.post(message, key="k")
    assert asked(far_end, case.posts) == 1
    assert len(texts(case, far_end)) == applied
    assert hidden(table, caught.value, caplog.text, repr(channel))
    if case.finds == "nobody":
        with pytest.raises(Refused) as refused:
            await channel.find(message, since=sent, others=())
        assert refused.value.reason == "noFind"
    else:
        found = await channel.find(message, since=sent, others=())
        assert (found is not None) == (applied == 1 and case.finds == "found")
        if found is None:
            await channel.post(message, key="k")
        assert texts(case, far_end) == [TEXT]
    await channel.post(Message(text="The next one goes out"), key="k2")
    assert texts(case, far_end)[-1] == "The next one goes out"


async def test_while_the_service_is_away_nothing_is_posted(
    case: Case, table: ChannelTable, channel: PostChannel, far_end: Emulator
) -> None:
    port = far_end.port
    await far_end.stop()
    for call in (channel.post(Message(text="Tonight"), key="k"), channel.check()):
        with pytest.raises(Unavailable) as caught:
            await call
        assert hidden(table, caught.value)
    await far_end.start(port=port)
    await channel.post(Message(text="Tonight"), key="k")
    assert texts(case, far_end) == ["Tonight"]


async def test_a_flood_is_told_how_long_to_wait(case: Case, channel: PostChannel, far_end: Emulator) -> None:
    if not case.is_http:
        return
    far_end.room.add_fault({"kind": "refuse", "status": 429, "seconds": 7, "match": case.posts})
    with pytest.raises(Unavailable) as caught:
        await channel.post(Message(text="One too many"), key="k")
    shortest, longest = case.wait
    assert shortest < caught.value.retry_after <= longest
    assert texts(case, far_end) == []


async def test_a_picture_goes_along_with_what_it_shows(case: Case, channel: PostChannel, far_end: Emulator) -> None:
    await channel.post(Message(text=TEXT, picture=CARD), key="k")
    await channel.post(Message(text="JPEG", picture=LATER), key="k2")
    assert [each.text for each in case.standing(far_end)] == [TEXT, "JPEG"]
    assert [each.about for each in case.standing(far_end)] in ([CARD.about, LATER.about], ["?", "?"])


async def test_an_edit_changes_the_words_and_keeps_or_changes_the_picture(
    case: Case, table: ChannelTable, channel: PostChannel, far_end: Emulator, clock: ScaledClock
) -> None:
    if not table.reach().edits:
        with pytest.raises(Refused) as refused:
            await channel.edit("1", Message(text="At 19:30"))
        assert refused.value.reason == "noEdit"
        return
    bare = await channel.post(Message(text="At 19:00"), key="k")
    carded = await channel.post(Message(text="At 19:00, with a card", picture=CARD), key="k2")
    for _ in range(2):  # said already is done
        catch_breath(clock)
        await channel.edit(bare, Message(text=TEXT))
    await channel.edit(carded, Message(text="At 19:30"))
    first, second = case.standing(far_end)
    assert first == Standing(text=TEXT)
    assert second.text == "At 19:30"
    catch_breath(clock)
    await channel.edit(carded, Message(text="At 20:00", picture=LATER))
    last = case.standing(far_end)[1]
    assert last.text == "At 20:00"
    assert last.about in ((LATER.about, "?") if case.swaps else (CARD.about,))
    if case.kind != "webhook":  # which is told each edit whole
        assert second.about in (CARD.about, "?")


async def test_an_edit_of_a_post_that_is_gone_is_refused(case: Case, table: ChannelTable, channel: PostChannel) -> None:
    if table.reach().edits and case.misses:
        with pytest.raises(Refused, match="deleted"):
            await channel.edit("99999", Message(text="At 19:30"))


async def test_a_post_is_pinned_where_that_can_be(
    case: Case, table: ChannelTable, channel: PostChannel, far_end: Emulator, clock: ScaledClock
) -> None:
    await channel.post(Message(text="Before"), key="k")
    posts = [
        await channel.post(Message(text="Tonight"), key="k2"),
        await channel.post(Message(text="Tonight, with a card", picture=CARD), key="k3"),
    ]
    catch_breath(clock)
    for post in posts:
        if table.reach().pins:
            await channel.pin(post)
        else:
            with pytest.raises(Refused) as refused:
                await channel.pin(post)
            assert refused.value.reason == "noPin"
    assert [each.is_pinned for each in case.standing(far_end)] == [False, *[table.reach().pins] * 2]


async def test_a_text_that_is_too_long_is_refused_with_the_remedy(
    case: Case, channel: PostChannel, far_end: Emulator
) -> None:
    if not case.too_long:
        return
    with pytest.raises(Refused, match="shorten the announcement"):
        await channel.post(Message(text="ә" * (REACH[case.kind].most + 1)), key="k")
    await channel.post(Message(text="ә" * REACH[case.kind].most), key="k2")
    with pytest.raises(Refused, match="give the announcement a text"):
        await channel.post(Message(text=" "), key="k3")
    assert len(texts(case, far_end)) == 1


async def test_a_key_that_is_not_good_needs_a_human_and_is_not_shown(
    case: Case, table: ChannelTable, channel: PostChannel, far_end: Emulator
) -> None:
    if not case.is_http:
        return
    far_end.room.add_fault({"kind": "refuse", "status": 401, "match": case.posts})
    with pytest.raises(NeedsHuman, match=case.sign_in) as caught:
        await channel.post(Message(text="Tonight"), key="k")
    assert hidden(table, caught.value, repr(channel), repr(vars(channel)), repr(table))


async def test_before_a_show_it_says_who_we_are_and_posts_nothing(
    case: Case, table: ChannelTable, channel: PostChannel, far_end: Emulator
) -> None:
    said = await channel.check()
    assert len(said) > 10
    assert not any(secret in said for secret in secrets_of(table))
    assert texts(case, far_end) == []
