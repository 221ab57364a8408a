"""Does the emulated Telegram answer as the Bot API does?"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from broadcaster.adapters.clock.adapter import ManualClock
from broadcaster.emulators.telegram import EmulatedTelegram

START = datetime(2027, 10, 20, 14, 0, tzinfo=UTC)
BOT = "/bot123456:AAH-secret_token/"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
async def telegram(clock: ManualClock) -> AsyncIterator[EmulatedTelegram]:
    async with EmulatedTelegram(clock) as emulator:
        yield emulator


class Bot:
    """Calls methods; answers (status, body)."""

    def __init__(self, telegram: EmulatedTelegram, session: aiohttp.ClientSession) -> None:
        self.url = telegram.url
        self.session = session

    async def call(self, method: str, path: str = BOT, **parameters: Any) -> tuple[int, dict[str, Any]]:
        async with self.session.post(self.url + path + method, json=parameters) as response:
            return response.status, await response.json()

    async def result(self, method: str, **parameters: Any) -> Any:
        status, body = await self.call(method, **parameters)
        assert (status, body["ok"]) == (200, True), body
        return body["result"]

    async def error(self, method: str, **parameters: Any) -> str:
        status, body = await self.call(method, **parameters)
        assert (status, body["ok"], body["error_code"]) == (400, False, 400)
        return str(body["description"])


@pytest.fixture
async def bot(telegram: EmulatedTelegram) -> AsyncIterator[Bot]:
    async with aiohttp.ClientSession() as session:
        yield Bot(telegram, session)


async def test_a_message_is_sent_edited_and_deleted(bot: Bot, telegram: EmulatedTelegram) -> None:
    sent = await bot.result("sendMessage", chat_id="@aspara", text="Сегодня в 19:00")
    assert (sent["message_id"], sent["text"], sent["date"]) == (1, "Сегодня в 19:00", int(START.timestamp()))
    assert sent["chat"]["type"] == "channel" and sent["chat"]["username"] == "aspara"
    edited = await bot.result("editMessageText", chat_id="@aspara", message_id=1, text="В 19:05")
    assert edited["edit_date"] == int(START.timestamp())
    assert (await bot.result("sendMessage", chat_id="@aspara", text="Ещё"))["message_id"] == 2
    assert await bot.result("deleteMessage", chat_id="@aspara", message_id=2) is True
    first, second = telegram.snapshot()["chats"]["@aspara"]
    assert (first["text"], first["earlier"], first["deleted"]) == ("В 19:05", ["Сегодня в 19:00"], False)
    assert (second["text"], second["deleted"]) == ("Ещё", True)


async def test_parameters_come_by_query_form_or_json(bot: Bot, telegram: EmulatedTelegram) -> None:
    url = bot.url + BOT + "sendmessage"
    async with bot.session.get(url, params={"chat_id": "-100123", "text": "query"}) as response:
        assert response.status == 200
    async with bot.session.post(url, data={"chat_id": "-100123", "text": "form"}) as response:
        assert response.status == 200
    await bot.result("SendMessage", chat_id=-100123, text="json")
    assert [one["text"] for one in telegram.snapshot()["chats"]["-100123"]] == ["query", "form", "json"]


@pytest.mark.parametrize(
    ("parameters", "description"),
    [
        ({"chat_id": "@a_chat"}, "Bad Request: message text is empty"),
        ({"chat_id": "@a_chat", "text": "  \n"}, "Bad Request: message text is empty"),
        ({"text": "x"}, "Bad Request: chat_id is empty"),
        ({"chat_id": "somewhere", "text": "x"}, "Bad Request: chat not found"),
        ({"chat_id": 5, "text": "x" * 4097}, "Bad Request: message is too long"),
        ({"chat_id": 5, "text": "😀" * 2049}, "Bad Request: message is too long"),
        (
            {"chat_id": 5, "text": "a <x>", "parse_mode": "HTML"},
            'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 2',
        ),
        ({"chat_id": 5, "text": "x", "parse_mode": "RTF"}, "Bad Request: unsupported parse_mode"),
    ],
)
async def test_a_message_that_cannot_be_sent_is_refused(bot: Bot, parameters: dict[str, Any], description: str) -> None:
    assert await bot.error("sendMessage", **parameters) == description


async def test_length_counts_what_is_left_of_entities(bot: Bot) -> None:
    sent = await bot.result("sendMessage", chat_id=5, text="<b>" + "x" * 4095 + "</b>&amp;", parse_mode="HTML")
    assert sent["text"] == "x" * 4095 + "&"
    sent = await bot.result("sendMessage", chat_id=5, text="*" + "x" * 4095 + "*\\.", parse_mode="MarkdownV2")
    assert sent["text"] == "x" * 4095 + "."


async def test_an_edit_must_find_its_message_and_change_it(bot: Bot) -> None:
    await bot.result("sendMessage", chat_id=5, text="same")
    assert (await bot.error("editMessageText", chat_id=5, message_id=1, text="same")).startswith(
        "Bad Request: message is not modified"
    )
    assert (
        await bot.error("editMessageText", chat_id=5, message_id=9, text="x")
        == "Bad Request: message to edit not found"
    )
    assert "identifier" in await bot.error("editMessageText", chat_id=5, text="x")
    status, _ = await bot.call("editMessageText", "/bot99:other/", chat_id=5, message_id=1, text="not mine")
    assert status == 400


async def test_unknown_methods_and_malformed_tokens(bot: Bot) -> None:
    assert await bot.call("sendMassage") == (404, {"ok": False, "error_code": 404, "description": "Not Found"})
    status, body = await bot.call("getMe", "/botnonsense/")
    assert (status, body["description"]) == (401, "Unauthorized")
    assert (await bot.result("getMe"))["id"] == 123456
    assert (await bot.result("getChat", chat_id="-5"))["type"] == "group"


async def test_a_body_that_is_not_json_is_refused(bot: Bot) -> None:
    headers = {"Content-Type": "application/json"}
    async with bot.session.post(bot.url + BOT + "sendMessage", data=b"{", headers=headers) as response:
        assert (await response.json())["description"] == "Bad Request: can't parse JSON object"


async def test_flood_control_says_how_long_to_wait(bot: Bot, clock: ManualClock) -> None:
    for number in range(20):
        await bot.result("sendMessage", chat_id=5, text=f"{number}")
    await clock.advance_to(START + timedelta(seconds=18))
    status, body = await bot.call("sendMessage", chat_id=5, text="one more")
    assert (status, body["parameters"], body["description"]) == (
        429,
        {"retry_after": 42},
        "Too Many Requests: retry after 42",
    )
    await bot.result("sendMessage", chat_id=6, text="another chat")
    await clock.advance_to(START + timedelta(seconds=60))
    await bot.result("sendMessage", chat_id=5, text="one more")


async def test_faults_answer_in_telegrams_shape(bot: Bot, telegram: EmulatedTelegram) -> None:
    telegram.room.add_fault({"kind": "refuse", "match": "sendMessage", "status": 429, "seconds": 7})
    telegram.room.add_fault({"kind": "lose_refuse", "match": "sendMessage", "status": 502})
    status, body = await bot.call("sendMessage", chat_id=5, text="a")
    assert (status, body["parameters"]) == (429, {"retry_after": 7})
    assert await bot.call("sendMessage", chat_id=5, text="b") == (
        502,
        {"ok": False, "error_code": 502, "description": "Bad Gateway"},
    )
    assert [one["text"] for one in telegram.snapshot()["chats"]["5"]] == ["b"]


async def test_a_hand_makes_a_chat_unknown_until_reset(bot: Bot, telegram: EmulatedTelegram) -> None:
    async with bot.session.post(bot.url + "/control/hand", json={"do": "forget_chat", "chat": "@a_chat"}) as response:
        assert response.status == 200
    assert await bot.error("sendMessage", chat_id="@a_chat", text="x") == "Bad Request: chat not found"
    async with bot.session.post(bot.url + "/control/hand", json={"do": "dance", "chat": "@a_chat"}) as response:
        assert response.status == 400
    telegram.room.reset()
    await bot.result("sendMessage", chat_id="@a_chat", text="x")
