"""Does each service's no name what a person has to do?"""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image

from broadcaster.adapters.clock.adapter import ManualClock
from broadcaster.adapters.posts.telegram import TelegramChannel
from broadcaster.cli.channels import KINDS, open_channel
from broadcaster.cli.stage import shelf_of
from broadcaster.emulators.telegram import EmulatedTelegram
from broadcaster.ports import Message, Picture, Secret
from broadcaster.season.errors import FarEndError, NeedsHuman, OutcomeUnknown, Refused, Unavailable

CLOCK = ManualClock(datetime(2027, 10, 20, 12, 0, tzinfo=UTC))
NO_PICTURE = Picture(content=b"GIF?", about="")


def drawn(width: int, height: int) -> bytes:
    packed = io.BytesIO()
    Image.new("L", (width, height)).save(packed, "PNG")
    return packed.getvalue()


def fault(**what: Any) -> Callable[[Any], None]:
    return lambda emulator: emulator.room.add_fault({"kind": "refuse", **what})


def in_the_chat(state: str) -> Callable[[Any], None]:
    return lambda emulator: getattr(emulator.state, state).add("@crew_rehearsal")


def every_webhook(state: str) -> Callable[[Any], None]:
    return lambda emulator: getattr(emulator.state, state).update(map(str, [3275651193, *_numbers(emulator)]))


def _numbers(emulator: Any) -> list[str]:
    table: Any = KINDS["discord"].stand_in("crew", emulator)
    return [table.webhook.reveal().reveal().split("/")[-2]]


@pytest.mark.parametrize(
    ("kind", "trouble", "error", "says"),
    [
        ("telegram", in_the_chat("unknown"), Refused, "check the chat in config.toml, and add the bot"),
        ("telegram", fault(status=404), Refused, "the bot's token, or Telegram's address"),
        ("telegram", in_the_chat("expelled"), Refused, "make the bot an administrator"),
        ("telegram", fault(status=403, message="Forbidden: bot is not a member of the channel chat"), Refused, "admin"),
        ("telegram", fault(status=401), NeedsHuman, "@BotFather"),
        ("discord", every_webhook("unknown"), Refused, "somebody has deleted the webhook"),
        ("discord", every_webhook("muted"), Refused, "the right to send messages"),
        ("mastodon", fault(status=403), Refused, "scopes read, write and profile"),
        ("mastodon", fault(status=401), NeedsHuman, "make a new one in Preferences"),
        ("mastodon", fault(status=503), OutcomeUnknown, "it may be done"),
        ("webhook", fault(status=404), Refused, "check the channel's url"),
        ("webhook", fault(status=413), Refused, "shorten the announcement, or take its picture away"),
        ("webhook", fault(status=302), Refused, "has moved: write its new address"),
        ("webhook", fault(status=429), Unavailable, "asks to wait"),
    ],
)
async def test_a_refusal_names_its_remedy(
    kind: str, trouble: Callable[[Any], None], error: type[FarEndError], says: str
) -> None:
    async with KINDS[kind].emulator(CLOCK, 1.0) as emulator:
        trouble(emulator)
        channel = open_channel("crew", KINDS[kind].stand_in("crew", emulator), CLOCK, shelf_of(emulator, CLOCK))
        with pytest.raises(error, match=says):
            await channel.post(Message(text="Tonight"), key="k")
        assert len(emulator.room.requests) == 1


@pytest.mark.parametrize("kind", ["telegram", "mastodon"])
async def test_a_file_that_is_no_picture_is_refused_and_nothing_is_posted(kind: str) -> None:
    async with KINDS[kind].emulator(CLOCK, 1.0) as emulator:
        channel = open_channel("crew", KINDS[kind].stand_in("crew", emulator), CLOCK, shelf_of(emulator, CLOCK))
        with pytest.raises(Refused, match="another picture"):
            await channel.post(Message(text="Tonight", picture=NO_PICTURE), key="k")
        assert len(emulator.room.requests) == 1


async def test_a_caption_is_shorter_than_a_text_and_a_sixth_pin_is_one_too_many() -> None:
    picture = Picture(content=drawn(40, 30), about="")
    async with KINDS["telegram"].emulator(CLOCK, 1.0) as telegram:
        channel = open_channel("crew", KINDS["telegram"].stand_in("crew", telegram), CLOCK, shelf_of(telegram, CLOCK))
        assert await channel.post(Message(text="ә" * 1024, picture=picture), key="k") == "1/caption"
        with pytest.raises(Refused, match="shorten the announcement to 1024 characters"):
            await channel.post(Message(text="ә" * 1025, picture=picture), key="k")
    async with KINDS["mastodon"].emulator(CLOCK, 1.0) as mastodon:
        channel = open_channel("crew", KINDS["mastodon"].stand_in("crew", mastodon), CLOCK, shelf_of(mastodon, CLOCK))
        posts = [await channel.post(Message(text=f"{number}"), key=f"{number}") for number in range(6)]
        for post in posts[:5]:
            await channel.pin(post)
        with pytest.raises(Refused, match="unpin an older post"):
            await channel.pin(posts[5])


async def test_a_flood_in_one_telegram_chat_is_told_how_long_to_wait() -> None:
    async with EmulatedTelegram(CLOCK) as telegram:
        channel = TelegramChannel(name="t", token=Secret("1:rehearsal"), chat="@a_chat", endpoint=telegram.url)
        for number in range(3):
            await channel.post(Message(text=f"{number}"), key="k")
        for speak in (channel.post(Message(text="more"), key="k"), channel.edit("1", Message(text="more"))):
            with pytest.raises(Unavailable) as caught:
                await speak
            assert caught.value.retry_after == 3


async def test_a_picture_that_is_too_long_for_telegram_wants_another() -> None:
    picture = Picture(content=drawn(2100, 100), about="")
    async with EmulatedTelegram(CLOCK) as telegram:
        channel = TelegramChannel(name="t", token=Secret("1:rehearsal"), chat="@a_chat", endpoint=telegram.url)
        with pytest.raises(Refused, match="give the announcement another picture"):
            await channel.post(Message(text="Tonight", picture=picture), key="k")


async def test_a_bot_that_lost_its_office_is_to_be_made_administrator_again() -> None:
    async with EmulatedTelegram(CLOCK) as telegram:
        channel = TelegramChannel(name="t", token=Secret("1:rehearsal"), chat="@a_chat", endpoint=telegram.url)
        post = await channel.post(Message(text="Tonight"), key="k")
        telegram.state.dismissed.add("@a_chat")
        for act in (channel.post(Message(text="x"), key="k"), channel.edit(post, Message(text="x"))):
            with pytest.raises(Refused, match="make the bot an administrator"):
                await act
        with pytest.raises(Refused, match="allow the bot to pin messages"):
            await channel.pin(post)


async def test_a_malformed_token_needs_a_human() -> None:
    bad = Secret("not a token/secret?")
    async with EmulatedTelegram(CLOCK) as telegram:
        channel = TelegramChannel(name="t", token=bad, chat="@a_chat", endpoint=telegram.url)
        with pytest.raises(NeedsHuman, match="BotFather") as caught:
            await channel.post(Message(text="Tonight"), key="k")
        assert "secret" not in str(caught.value)
