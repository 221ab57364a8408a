"""Does the emulated Telegram answer as the Bot API does?"""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from apprise import Apprise, AppriseAttachment
from apprise.plugins.telegram import NotifyTelegram
from PIL import Image

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


def drawn(size: tuple[int, int], kind: str) -> bytes:
    packed = io.BytesIO()
    Image.new("1", size).convert("L").save(packed, kind)
    return packed.getvalue()


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


async def send_photo(bot: Bot, content: bytes) -> dict[str, Any]:
    form = aiohttp.FormData({"chat_id": "@a_chat"})
    form.add_field("photo", content, filename="card", content_type="image/png")
    async with bot.session.post(bot.url + BOT + "sendPhoto", data=form) as response:
        return dict(await response.json())


async def hand(bot: Bot, do: str, chat: str) -> None:
    async with bot.session.post(bot.url + "/control/hand", json={"do": do, "chat": chat}) as response:
        assert response.status == 200


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


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # a plugin goes on without it
async def test_a_client_that_others_wrote_posts_and_learns_of_each_no(
    telegram: EmulatedTelegram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NotifyTelegram, "notify_url", f"{telegram.url}/bot")
    card, banner = tmp_path / "card.png", tmp_path / "banner.png"
    card.write_bytes(drawn((40, 30), "PNG"))
    banner.write_bytes(drawn((2100, 100), "PNG"))

    def notify(words: str, picture: Path | None = None) -> bool:
        client = Apprise.instantiate("tgram://123456789:abcdefghijklmnop/@a_chat/?content=after")
        return bool(client.notify(body=words, attach=AppriseAttachment(str(picture)) if picture else None))

    async def told(*words: Any) -> tuple[bool, int]:
        took = await asyncio.to_thread(notify, *words)
        return took, telegram.room.requests[-1]["status"]

    assert [await told("Бүгін 19:00"), await told("Карточка", card)] == [(True, 200)] * 2
    assert await told("Баннер", banner) == (False, 400)
    assert await told("Қазір") == (True, 200)
    assert [each["photo"] > 0 for each in telegram.snapshot()["chats"]["@a_chat"]] == [False, True, False]
    assert await told("Бүгін 19:05") == (False, 429)
    telegram.state.expelled.add("@a_chat")
    assert await told("Бүгін 19:10") == (False, 403)


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
    async def wait(method: str = "sendMessage", **parameters: Any) -> int:
        status, body = await bot.call(method, **parameters)
        seconds = body.get("parameters", {}).get("retry_after", 0)
        said = {429: f"Too Many Requests: retry after {seconds}", 200: ""}
        assert body.get("description", "") == said[status]
        return int(seconds)

    for number in range(3):  # a short burst
        assert await wait(chat_id="@a_chat", text=f"{number}") == 0
    assert await wait(chat_id="@a_chat", text="one more") == 3
    assert await wait("editMessageText", chat_id="@a_chat", message_id=1, text="edited") == 3
    assert await wait("pinChatMessage", chat_id="@a_chat", message_id=1) == 3
    assert await wait(chat_id=6, text="another chat") == 0
    for number in range(3, 20):
        await clock.advance_to(START + timedelta(seconds=number))
        assert await wait(chat_id="@a_chat", text=f"{number}") == 0, "one a second is no flood"
    await clock.advance_to(START + timedelta(seconds=22))
    assert await wait(chat_id="@a_chat", text="the 21st within a minute") == 38
    await clock.advance_to(START + timedelta(seconds=60))
    assert await wait(chat_id="@a_chat", text="the 21st") == 0


async def test_a_person_alone_is_told_more_a_minute_than_a_group(bot: Bot, clock: ManualClock) -> None:
    for number in range(30):
        await clock.advance_to(START + timedelta(seconds=number))
        await bot.result("sendMessage", chat_id=5, text=f"{number}")


async def test_thirty_chats_a_second_are_told_and_no_more(bot: Bot, clock: ManualClock) -> None:
    sent = [(await bot.call("sendMessage", chat_id=f"@chat{number}", text="x"))[0] for number in range(32)]
    assert sent == [200] * 30 + [429] * 2
    status, _ = await bot.call("sendMessage", "/bot99:another/", chat_id="@chat31", text="x")
    assert status == 200, "another bot has its own thirty"
    await clock.advance_to(START + timedelta(seconds=1))
    await bot.result("sendMessage", chat_id="@chat31", text="x")


async def test_a_faster_far_end_forgets_sooner(clock: ManualClock) -> None:
    async with EmulatedTelegram(clock, speed=10) as telegram, aiohttp.ClientSession() as session:
        quick = Bot(telegram, session)
        for number in range(6):
            await clock.advance_to(START + timedelta(seconds=0.1 * number))
            await quick.result("sendMessage", chat_id="@a_chat", text=f"{number}")


@pytest.mark.parametrize(
    ("size", "kind", "says"),
    [
        ((9000, 1000), "PNG", ""),
        ((2000, 100), "JPEG", ""),
        ((9000, 1001), "PNG", "PHOTO_INVALID_DIMENSIONS"),
        ((100, 2001), "JPEG", "PHOTO_INVALID_DIMENSIONS"),
        ((30, 30), "BMP", "IMAGE_PROCESS_FAILED"),
    ],
)
async def test_a_photo_is_taken_as_large_and_as_long_as_telegram_takes_it(
    bot: Bot, size: tuple[int, int], kind: str, says: str
) -> None:
    answer = await send_photo(bot, drawn(size, kind))
    assert answer.get("description", "") == (f"Bad Request: {says}" if says else "")
    if not says:
        (photo,) = answer["result"]["photo"]
        assert (photo["width"], photo["height"]) == size


async def test_a_photo_is_also_given_by_its_id_or_by_an_address(bot: Bot, telegram: EmulatedTelegram) -> None:
    content = drawn((40, 30), "PNG")

    async def served(request: web.Request) -> web.Response:
        if request.path == "/moved":
            return web.Response(status=302, headers={"Location": "/card.png"})
        return web.Response(body=content, content_type="image/png" if request.path == "/card.png" else "text/html")

    app = web.Application()
    app.router.add_get("/{name}", served)
    async with TestServer(app) as site:
        sent = await bot.result("sendPhoto", chat_id=5, photo=str(site.make_url("/card.png")), caption="by address")
        id = sent["photo"][0]["file_id"]
        assert (await bot.result("sendPhoto", chat_id=5, photo=id))["photo"][0]["width"] == 40
        assert "wrong type" in await bot.error("sendPhoto", chat_id=6, photo=str(site.make_url("/page")))
        moved = await bot.error("sendPhoto", chat_id=6, photo=str(site.make_url("/moved")))
    assert moved == "Bad Request: failed to get HTTP URL content"
    assert "wrong file identifier" in await bot.error("sendPhoto", chat_id=6, photo="AgAC-nobodys")
    assert "no photo" in await bot.error("sendPhoto", chat_id=6)
    media = {"type": "photo", "media": "AgAC-nobodys", "caption": "x"}
    assert "wrong file identifier" in await bot.error(
        "editMessageMedia", chat_id=5, message_id=1, media=json.dumps(media)
    )
    assert [each["photo"] for each in telegram.snapshot()["chats"]["5"]] == [len(content)] * 2


@pytest.mark.parametrize(
    "address", ["https://example.org/a.png", "http://127.0.0.1.example.org/a.png", "http://10.0.0.1/a.png", "http://["]
)
async def test_no_address_outside_of_this_machine_is_asked(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr("broadcaster.emulators.telegram.photos.aiohttp", None)  # whoever asks, fails
    assert await bot.error("sendPhoto", chat_id=5, photo=address) == "Bad Request: failed to get HTTP URL content"


async def test_a_bot_that_is_no_administrator_may_do_less(bot: Bot, clock: ManualClock) -> None:
    for chat in ("@a_chat", "-5", "5"):
        await bot.result("sendMessage", chat_id=chat, text="before")
        await hand(bot, "dismiss", chat)
    post = {"chat_id": "@a_chat", "message_id": 1}
    assert (
        await bot.error("sendMessage", chat_id="@a_chat", text="x")
        == "Bad Request: need administrator rights in the channel chat"
    )
    assert await bot.error("editMessageText", **post, text="x") == "Bad Request: message can't be edited"
    assert "not enough rights to manage pinned" in await bot.error("pinChatMessage", **post)
    for chat in ("-5", "5"):  # whoever is a member may talk
        await bot.result("sendMessage", chat_id=chat, text="x")
        await bot.result("editMessageText", chat_id=chat, message_id=1, text="x")
    await clock.advance_to(START + timedelta(seconds=3))
    assert "not enough rights to manage pinned" in await bot.error("pinChatMessage", chat_id="-5", message_id=1)
    await bot.result("pinChatMessage", chat_id="5", message_id=1)
    await hand(bot, "appoint", "@a_chat")
    await bot.result("pinChatMessage", **post)


async def test_a_bot_that_was_shown_the_door_is_forbidden_everything(bot: Bot, telegram: EmulatedTelegram) -> None:
    said = {"@a_chat": "kicked from the channel chat", "-5": "kicked from the group chat", "5": "blocked by the user"}
    for chat, words in said.items():
        await hand(bot, "expel", chat)
        for method in ("getChat", "sendMessage"):
            status, body = await bot.call(method, chat_id=chat, text="x")
            assert (status, body["description"]) == (403, f"Forbidden: bot was {words}")
    assert telegram.snapshot()["expelled"] == ["-5", "5", "@a_chat"]
    await hand(bot, "appoint", "5")
    await bot.result("sendMessage", chat_id="5", text="x")


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
