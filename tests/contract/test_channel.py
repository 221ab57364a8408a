"""Do the port's promises about announcements hold against a Telegram that answers, stumbles and says no?"""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from broadcaster.adapters.clock.adapter import ScaledClock
from broadcaster.adapters.posts import TelegramChannel
from broadcaster.emulators.telegram import EmulatedTelegram
from broadcaster.ports import Message, Secret
from broadcaster.season.errors import FarEndError, NeedsHuman, OutcomeUnknown, Refused, Unavailable
from tests.waiting import until

CHAT = "@aspara_fashion"
TOKEN = Secret("123456:AAE-very-secret")
TIMEOUT = 1.0
"""Real seconds; the emulator on the same machine answers within a few hundredths."""


@pytest.fixture
async def far_end(no_leaked_tasks: None) -> AsyncIterator[EmulatedTelegram]:
    before = len(asyncio.all_tasks())
    clock = ScaledClock(start=datetime(2027, 10, 20, 12, 0, tzinfo=UTC), speed=1)
    async with EmulatedTelegram(clock) as emulator:
        yield emulator
    # an answer that a fault delays past our time-out is still on its way to nobody
    await until(lambda: len(asyncio.all_tasks()) <= before)


@pytest.fixture
async def channel(far_end: EmulatedTelegram) -> TelegramChannel:
    return TelegramChannel(name="telegram", token=TOKEN, chat=CHAT, endpoint=far_end.url, timeout=TIMEOUT)


def posted(far_end: EmulatedTelegram) -> list[str]:
    return [message.text for message in far_end.state.chats.get(CHAT, [])]


def shown(error: BaseException) -> str:
    return repr(error) + "".join(traceback.format_exception(error))


async def test_a_post_stands_in_the_chat_as_written(channel: TelegramChannel, far_end: EmulatedTelegram) -> None:
    text = "Сән апталығы *басталды* <19:00> & жалғасады\nhttps://youtu.be/abc_def"
    first, second = await channel.post(Message(text=text), key="k"), await channel.post(Message(text="Екінші"), key="k")
    assert posted(far_end) == [text, "Екінші"]
    assert [first, second] == [str(message.id) for message in far_end.state.chats[CHAT]]


@pytest.mark.parametrize(
    ("fault", "applied"),
    [
        ({"kind": "drop"}, 0),
        ({"kind": "lose"}, 1),
        ({"kind": "delay", "seconds": TIMEOUT * 1.5}, 1),
        ({"kind": "refuse", "status": 500}, 0),
        ({"kind": "refuse", "status": 502}, 0),
        ({"kind": "lose_refuse", "status": 500}, 1),
    ],
    ids=lambda value: "-".join(str(each) for each in value.values()) if isinstance(value, dict) else str(value),
)
async def test_a_post_without_a_clear_answer_is_sent_once(
    channel: TelegramChannel,
    far_end: EmulatedTelegram,
    caplog: pytest.LogCaptureFixture,
    fault: dict[str, Any],
    applied: int,
) -> None:
    caplog.set_level(logging.DEBUG, logger="broadcaster.adapters")
    far_end.room.add_fault(fault)
    with pytest.raises(OutcomeUnknown) as caught:
        await channel.post(Message(text="Tonight"), key="k")
    assert len(far_end.room.requests) == 1
    assert len(posted(far_end)) == applied
    assert TOKEN.reveal() not in shown(caught.value) + caplog.text
    await channel.post(Message(text="The next one goes out"), key="k")
    assert posted(far_end)[-1] == "The next one goes out"


async def test_while_telegram_is_away_nothing_is_posted(channel: TelegramChannel, far_end: EmulatedTelegram) -> None:
    port = far_end.port
    await far_end.stop()
    with pytest.raises(Unavailable) as caught:
        await channel.post(Message(text="Tonight"), key="k")
    assert TOKEN.reveal() not in shown(caught.value)
    await far_end.start(port=port)
    await channel.post(Message(text="Tonight"), key="k")
    assert posted(far_end) == ["Tonight"]


async def test_a_flood_is_told_how_long_to_wait(channel: TelegramChannel, far_end: EmulatedTelegram) -> None:
    for number in range(20):
        await channel.post(Message(text=f"Post {number}"), key="k")
    with pytest.raises(Unavailable) as caught:
        await channel.post(Message(text="One too many"), key="k")
    assert 0 < caught.value.retry_after <= 60
    assert len(posted(far_end)) == 20


@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        ({"status": 403, "message": "Forbidden: bot was kicked from the channel chat"}, Refused, "administrator"),
        ({"status": 404}, Refused, "token"),
        ({"status": 401}, NeedsHuman, "@BotFather"),
    ],
)
async def test_a_refusal_names_its_remedy_and_not_the_token(
    channel: TelegramChannel, far_end: EmulatedTelegram, fault: dict[str, Any], kind: type[FarEndError], says: str
) -> None:
    far_end.room.add_fault({"kind": "refuse", **fault})
    with pytest.raises(kind, match=says) as caught:
        await channel.post(Message(text="Tonight"), key="k")
    assert TOKEN.reveal() not in shown(caught.value)
    assert len(far_end.room.requests) == 1


async def test_an_unknown_chat_and_a_text_too_long_or_empty_are_refused(
    channel: TelegramChannel, far_end: EmulatedTelegram
) -> None:
    with pytest.raises(Refused, match="shorten the announcement"):
        await channel.post(Message(text="ә" * 4097), key="k")
    with pytest.raises(Refused, match="give the announcement a text"):
        await channel.post(Message(text=" "), key="k")
    far_end.state.unknown.add(CHAT)
    with pytest.raises(Refused, match=r"check the chat in config\.toml"):
        await channel.post(Message(text="Tonight"), key="k")
    assert posted(far_end) == []


async def test_a_malformed_token_needs_a_human(far_end: EmulatedTelegram) -> None:
    bad = Secret("not a token/secret?")
    channel = TelegramChannel(name="telegram", token=bad, chat=CHAT, endpoint=far_end.url)
    with pytest.raises(NeedsHuman, match="BotFather") as caught:
        await channel.post(Message(text="Tonight"), key="k")
    assert "secret" not in shown(caught.value)
