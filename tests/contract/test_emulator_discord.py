"""Does the emulated Discord answer as Discord's reference says, also to a client that others wrote?"""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from discord_webhook import DiscordWebhook
from multidict import CIMultiDictProxy

from broadcaster.adapters.clock.adapter import ManualClock, WallClock
from broadcaster.emulators.discord import EmulatedDiscord
from tests.waiting import until

START = datetime(2027, 10, 20, 14, 0, tzinfo=UTC)
HOOK = "/api/v10/webhooks/4200/a-token_1"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
async def discord(clock: ManualClock) -> AsyncIterator[EmulatedDiscord]:
    async with EmulatedDiscord(clock) as emulator:
        yield emulator


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def call(
    discord: EmulatedDiscord, session: aiohttp.ClientSession, method: str, path: str, **body: Any
) -> tuple[int, dict[str, Any]]:
    async with session.request(method, discord.url + path, json=body or None) as response:
        return response.status, await response.json() if response.status != 204 else {}


async def test_a_client_that_others_wrote_posts_edits_and_deletes() -> None:
    async with EmulatedDiscord(WallClock()) as discord:
        webhook = DiscordWebhook(
            url=discord.url + HOOK, content="Бүгін 19:00 @everyone", allowed_mentions={"parse": []}, timeout=5
        )

        def drive() -> None:
            webhook.add_file(file=PNG, filename="card.png")
            assert webhook.execute().status_code == 200
            webhook.remove_files()
            webhook.content = "Бүгін 19:30"
            assert webhook.edit().status_code == 200

        await asyncio.to_thread(drive)
        (message,) = discord.state.webhooks["4200"]
        assert (message.id, message.content, message.earlier) == (webhook.id, "Бүгін 19:30", ["Бүгін 19:00 @everyone"])
        assert message.mentions == []
        await asyncio.to_thread(webhook.delete)
        assert discord.snapshot()["webhooks"]["4200"][0]["deleted"] is True


async def test_who_may_be_mentioned_is_what_the_post_allows(
    discord: EmulatedDiscord, session: aiohttp.ClientSession
) -> None:
    _, loud = await call(discord, session, "POST", HOOK + "?wait=true", content="@everyone <@12>")
    assert loud["mention_everyone"] is True
    allowed = {"parse": []}
    _, quiet = await call(
        discord, session, "POST", HOOK + "?wait=true", content="@everyone <@12>", allowed_mentions=allowed
    )
    assert quiet["mention_everyone"] is False
    # an edit without the field parses as if none had ever been given
    _, edited = await call(discord, session, "PATCH", f"{HOOK}/messages/{quiet['id']}", content="@here")
    assert edited["mention_everyone"] is True


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code", "says"),
    [
        ("POST", HOOK, {"content": "ә" * 2001}, 400, 50035, "2000 or fewer"),
        ("POST", HOOK, {"content": "  "}, 400, 50006, "empty message"),
        ("POST", "/api/webhooks/4200/short", {"content": "x"}, 401, 50027, "Invalid Webhook Token"),
        ("POST", "/api/webhooks/99/a-token_1", {"content": "x"}, 404, 10015, "Unknown Webhook"),
        ("POST", "/api/webhooks/98/a-token_1", {"content": "x"}, 403, 50013, "Missing Permissions"),
        ("PATCH", HOOK + "/messages/12", {"content": "x"}, 404, 10008, "Unknown Message"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_discords_code(
    discord: EmulatedDiscord,
    session: aiohttp.ClientSession,
    method: str,
    path: str,
    body: dict[str, Any],
    status: int,
    code: int,
    says: str,
) -> None:
    await call(discord, session, "POST", "/control/hand", do="delete", webhook="99")
    await call(discord, session, "POST", "/control/hand", do="mute", webhook="98")
    answered, document = await call(discord, session, method, path, **body)
    assert (answered, document["code"]) == (status, code)
    assert says in json.dumps(document)


async def test_a_sixth_call_within_two_seconds_has_to_wait(
    discord: EmulatedDiscord, session: aiohttp.ClientSession, clock: ManualClock
) -> None:
    async def headers(
        method: str = "POST", path: str = HOOK + "?wait=true", status: int = 200
    ) -> CIMultiDictProxy[str]:
        async with session.request(method, discord.url + path, json={"content": "x"}) as response:
            assert response.status == status
            answers.append(await response.json())
            return response.headers

    answers: list[dict[str, Any]] = []
    for number in range(5):
        said = await headers()
        assert (said["X-RateLimit-Limit"], said["X-RateLimit-Remaining"]) == ("5", str(4 - number))
    await clock.advance_to(START + timedelta(seconds=0.5))
    refused = await headers(status=429)
    assert (refused["Retry-After"], refused["X-RateLimit-Reset-After"]) == ("2", "1.500")
    assert (refused["X-RateLimit-Remaining"], refused["X-RateLimit-Scope"]) == ("0", "user")
    assert float(refused["X-RateLimit-Reset"]) == START.timestamp() + 2
    assert answers[-1]["retry_after"] == 1.5
    edits = f"{HOOK}/messages/{answers[0]['id']}"
    for _ in range(5):
        said = await headers("PATCH", edits)
    assert said["X-RateLimit-Bucket"] != refused["X-RateLimit-Bucket"], "edits are counted apart"
    await headers("PATCH", edits, 429)
    await headers(path="/api/webhooks/77/a-token_1?wait=true")
    await clock.advance_to(START + timedelta(seconds=2))
    assert (await headers())["X-RateLimit-Remaining"] == "4"


async def test_a_client_that_others_wrote_waits_as_it_is_told(clock: ManualClock) -> None:
    async with EmulatedDiscord(clock, speed=10) as discord:
        webhook = DiscordWebhook(url=discord.url + HOOK, content="Бүгін 19:00", timeout=5, rate_limit_retry=True)
        asked = discord.room.requests

        def drive() -> list[int]:
            return [webhook.execute().status_code for _ in range(6)]

        posting = asyncio.create_task(asyncio.to_thread(drive))
        await until(lambda: [each["status"] for each in asked] == [200] * 5 + [429])
        await clock.advance_to(START + timedelta(seconds=0.2))
        assert await posting == [200] * 6
        assert (asked[-1]["status"], len(discord.state.webhooks["4200"])) == (200, 6)


async def test_without_wait_the_answer_brings_nothing(discord: EmulatedDiscord, session: aiohttp.ClientSession) -> None:
    assert await call(discord, session, "POST", HOOK, content="x") == (204, {})
    _, webhook = await call(discord, session, "GET", HOOK)
    assert (webhook["id"], webhook["token"]) == ("4200", "a-token_1")
