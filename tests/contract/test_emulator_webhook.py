"""Do our webhooks keep the Standard Webhooks specification, as libraries that others wrote see it?"""

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from broadcaster.adapters.clock.adapter import ManualClock, WallClock
from broadcaster.adapters.posts.webhook import WebhookChannel
from broadcaster.emulators.webhook import EmulatedWebhook
from broadcaster.ports import Message, Picture, Secret
from broadcaster.season.errors import Refused, Unavailable

START = datetime(2027, 10, 20, 14, 0, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(32)).decode()


@pytest.fixture
async def receiver() -> AsyncIterator[EmulatedWebhook]:
    async with EmulatedWebhook(ManualClock(START), secret=SECRET) as emulator:
        yield emulator


async def told(
    receiver: EmulatedWebhook, *, id: str = "m1", at: datetime = START, secret: str = SECRET, tampered: bytes = b""
) -> int:
    body = json.dumps({"type": "announcement.posted", "data": {"id": id, "text": "Бүгін"}}, ensure_ascii=False)
    headers = {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": f"v1a,AAAA {Webhook(secret).sign(id, at, body)}",
    }
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{receiver.url}/hooks/a", data=body.encode() + tampered, headers=headers) as response:
            return response.status


async def test_what_a_library_that_others_wrote_has_signed_is_taken_once(receiver: EmulatedWebhook) -> None:
    assert [await told(receiver), await told(receiver), await told(receiver, id="m2")] == [204] * 3
    assert [(each.id, each.times) for each in receiver.state.hooks["a"].values()] == [("m1", 2), ("m2", 1)]


async def test_what_is_not_signed_by_the_secret_now_is_not_taken(receiver: EmulatedWebhook) -> None:
    assert await told(receiver, secret=OTHER) == 401
    assert await told(receiver, tampered=b" ") == 401
    assert await told(receiver, at=START - timedelta(minutes=6)) == 401
    async with aiohttp.ClientSession() as session, session.post(f"{receiver.url}/hooks/a", data=b"{}") as response:
        assert response.status == 400
    assert receiver.snapshot()["hooks"] == {}


async def test_a_library_that_others_wrote_takes_what_we_have_signed() -> None:
    taken: list[tuple[dict[str, str], bytes]] = []

    async def take(request: web.Request) -> web.Response:
        taken.append((dict(request.headers), await request.read()))
        return web.Response(status=202)

    app = web.Application()
    app.add_routes([web.post("/in", take)])
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = Secret(f"http://127.0.0.1:{runner.addresses[0][1]}/in?key=of-theirs")
        channel = WebhookChannel(name="w", url=url, secret=Secret(SECRET), clock=WallClock())
        picture = Picture(content=b"\x89PNG", about="Карточка")
        message = Message(text="Бүгін 19:00", title="Ашылу", language="kk", link="https://youtu.be/x", picture=picture)
        assert await channel.post(message, key="k1") == "k1"
        await channel.edit("k1", Message(text="Бүгін 19:30"))
    finally:
        await runner.cleanup()
    (posted_headers, posted), (edited_headers, edited) = taken
    found = Webhook(SECRET).verify(posted, posted_headers)
    assert found["type"] == "announcement.posted"
    data = found["data"]
    assert (data["id"], data["text"], data["title"], data["language"]) == ("k1", "Бүгін 19:00", "Ашылу", "kk")
    assert base64.b64decode(data["picture"]["base64"]) == b"\x89PNG"
    edit = Webhook(SECRET).verify(edited, edited_headers)
    assert (edit["type"], edit["data"]["id"], edit["data"]["text"]) == ("announcement.edited", "k1", "Бүгін 19:30")
    assert posted_headers["webhook-id"] == "k1" != edited_headers["webhook-id"]
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(posted, posted_headers)


async def test_a_receiver_that_left_or_is_overloaded_is_told_apart(receiver: EmulatedWebhook) -> None:
    url = Secret(f"{receiver.url}/hooks/a")
    channel = WebhookChannel(name="w", url=url, secret=Secret(SECRET), clock=receiver.clock)
    receiver.room.add_fault({"kind": "refuse", "status": 503, "seconds": 30})
    with pytest.raises(Unavailable) as caught:
        await channel.post(Message(text="x"), key="k")
    assert caught.value.retry_after == 30
    async with aiohttp.ClientSession() as session:
        await session.post(f"{receiver.url}/control/hand", json={"do": "leave", "hook": "a"})
    for call in (channel.post(Message(text="x"), key="k"), channel.check()):
        with pytest.raises(Refused, match="wants no more"):
            await call


def test_the_check_that_the_docs_show_tells_ours_from_others() -> None:
    page = (Path(__file__).parents[2] / "docs" / "channels.md").read_text("utf-8")
    shown: dict[str, Any] = {}
    exec(page.split("```python\n")[1].split("```")[0], shown)
    body = '{"text":"Бүгін"}'
    headers = {
        "webhook-id": "m1",
        "webhook-timestamp": str(int(START.timestamp())),
        "webhook-signature": f"v1,AAAA v1a,BBBB {Webhook(SECRET).sign('m1', START, body)}",
    }
    now = START.timestamp() + 200
    assert shown["is_ours"](headers, body.encode(), SECRET, now)
    assert not shown["is_ours"](headers, body.encode(), OTHER, now)
    assert not shown["is_ours"](headers, body.encode() + b" ", SECRET, now)
    assert not shown["is_ours"](headers, body.encode(), SECRET, now + 200)


@pytest.mark.parametrize("secret", ["hunter2", "whsec_", "whsec_" + base64.b64encode(bytes(8)).decode(), "whsec_ä"])
def test_a_secret_that_is_none_is_refused_without_being_shown(secret: str) -> None:
    with pytest.raises(ValueError, match="24 to 64 bytes") as caught:
        WebhookChannel(name="w", url=Secret("https://x/"), secret=Secret(secret), clock=WallClock())
    assert secret not in str(caught.value).replace("whsec_ and", "")
