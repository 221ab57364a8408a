"""Does the emulated Mastodon answer as its documentation says, also to a client that others wrote?"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from mastodon import Mastodon
from mastodon.errors import MastodonAPIError, MastodonRatelimitError, MastodonUnauthorizedError

from broadcaster.adapters.clock.adapter import ManualClock, WallClock
from broadcaster.adapters.posts.mastodon import MastodonChannel
from broadcaster.emulators.mastodon import EmulatedMastodon
from broadcaster.ports import Message, Picture, Secret
from broadcaster.season.errors import Refused, Unavailable
from tests.waiting import until

START = datetime(2027, 10, 20, 14, 0, tzinfo=UTC)
TOKEN = "a-token_of-ours"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[EmulatedMastodon]:
    async with EmulatedMastodon(clock) as emulator:
        yield emulator


def channel(server: EmulatedMastodon, clock: ManualClock | WallClock, longest: int = 500) -> MastodonChannel:
    return MastodonChannel(name="m", server=server.url, token=Secret(TOKEN), clock=clock, longest=longest)


async def test_a_client_that_others_wrote_posts_edits_and_pins() -> None:
    async with EmulatedMastodon(WallClock()) as server:

        def drive() -> None:
            client = Mastodon(
                access_token=TOKEN, api_base_url=server.url, mastodon_version="4.4.0", ratelimit_method="throw"
            )
            try:
                assert client.account_verify_credentials()["acct"] == "aspara"
                media = client.media_post(PNG, mime_type="image/png", description="Карточка")
                posted = client.status_post("Бүгін 19:00", media_ids=media, language="kk", idempotency_key="k")
                again = client.status_post("Бүгін 19:00", media_ids=media, language="kk", idempotency_key="k")
                assert posted["id"] == again["id"]
                assert posted["media_attachments"][0]["description"] == "Карточка"
                edited = client.status_update(posted["id"], "Бүгін 19:30")
                assert (edited["content"], edited["media_attachments"]) == ("<p>Бүгін 19:30</p>", [])
                assert client.status_pin(posted["id"])["pinned"] is True
                assert [each["id"] for each in client.account_statuses("1")] == [posted["id"]]
                with pytest.raises(MastodonAPIError, match="character limit of 500"):
                    client.status_post("ә" * 501)
                client.status_delete(posted["id"])
                server.state.revoked.add(TOKEN)
                with pytest.raises(MastodonUnauthorizedError, match="revoked"):
                    client.account_verify_credentials()
            finally:
                client.session.close()

        await asyncio.to_thread(drive)


async def test_a_client_that_others_wrote_is_told_when_it_may_upload_again(server: EmulatedMastodon) -> None:
    def drive() -> None:
        client = Mastodon(
            access_token=TOKEN, api_base_url=server.url, mastodon_version="4.4.0", ratelimit_method="throw"
        )
        try:
            client.account_verify_credentials()
            assert (client.ratelimit_limit, client.ratelimit_remaining) == (300, 299)
            for number in range(30):
                client.media_post(PNG, mime_type="image/png")
                assert (client.ratelimit_limit, client.ratelimit_remaining) == (30, 29 - number)
            assert client.ratelimit_reset >= (START + timedelta(minutes=30)).timestamp()
            client.ratelimit_remaining = 1  # as a client that did not listen
            with pytest.raises(MastodonRatelimitError):
                client.media_post(PNG, mime_type="image/png")
            client.ratelimit_remaining = 1
            assert client.status_post("words alone")["id"]
        finally:
            client.session.close()

    await asyncio.to_thread(drive)
    assert [each["status"] for each in server.room.requests[-2:]] == [429, 200]
    assert len(server.state.media) == 30


async def test_a_token_is_good_for_300_calls_in_each_five_minutes_of_the_hour(
    server: EmulatedMastodon, clock: ManualClock
) -> None:
    await clock.advance_to(START + timedelta(minutes=4))
    posting = channel(server, clock)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as session:
        for left in range(299, -1, -1):
            async with session.get(server.url + "/api/v2/instance") as response:
                assert (response.status, response.headers["X-RateLimit-Remaining"]) == (200, str(left))
    with pytest.raises(Unavailable) as caught:
        await posting.post(Message(text="x"), key="k")
    assert caught.value.retry_after == 60, "until the slot ends, not five minutes"
    other = MastodonChannel(name="o", server=server.url, token=Secret("another-token"), clock=clock)
    await other.post(Message(text="x"), key="k")
    await clock.advance_to(START + timedelta(minutes=5))
    await posting.post(Message(text="x"), key="k")


@pytest.mark.parametrize(
    ("text", "length"),
    [("ә" * 500, 500), ("x" * 476 + " https://youtu.be/" + "a" * 200, 500), ("x" * 493 + " @abcde@some.server", 500)],
)
async def test_length_counts_links_and_mentions_as_mastodon_does(
    server: EmulatedMastodon, clock: ManualClock, text: str, length: int
) -> None:
    from broadcaster.season.channels import REACH

    assert REACH["mastodon"].length(text) == length
    await channel(server, clock).post(Message(text=text), key="k")
    with pytest.raises(Refused, match="shorten"):
        await channel(server, clock).post(Message(text="x" + text), key="k2")


async def test_a_post_is_found_by_its_words_whatever_its_html(server: EmulatedMastodon, clock: ManualClock) -> None:
    text = "Ашылу <кеші> & @aspara@mastodon.example:\n19:00\n\nhttps://youtu.be/abc_def?list=" + "x" * 40
    server.room.add_fault({"kind": "lose", "match": "POST /api/v1/statuses"})
    posting = channel(server, clock)
    with pytest.raises(Exception, match="may be done"):
        await posting.post(Message(text=text), key="k")
    (status,) = server.state.statuses.values()
    assert "invisible" in status.content and "h-card" in status.content
    assert await posting.find(Message(text=text), since=START, others=()) == status.id
    assert await posting.find(Message(text=text + "!"), since=START, others=()) is None


async def test_what_was_lost_yesterday_is_found_by_whoever_knows_the_others_and_can_see_so_far_back(
    server: EmulatedMastodon, clock: ManualClock
) -> None:
    message, posting = Message(text="We are live"), channel(server, clock)
    rome, lost = [await posting.post(message, key=key) for key in "ab"]
    await clock.advance_to(START + timedelta(hours=20))
    for number in range(400):
        if number == 120:
            for others, found in (((), lost), ((lost,), rome), ((lost, rome), None)):
                assert await posting.find(message, since=START, others=others) == found
            assert await posting.find(message, since=clock.now(), others=()) is None
        made = replace(server.state.statuses[rome], id=server.state.next_id(clock.now()), text="x", created=clock.now())
        server.state.post(made, "")
    with pytest.raises(Refused, match="too much was posted since") as refused:
        await posting.find(message, since=START, others=())
    assert refused.value.reason == "noFind"


async def test_a_key_is_good_for_an_hour(server: EmulatedMastodon, clock: ManualClock) -> None:
    posting = channel(server, clock)
    first = await posting.post(Message(text="x"), key="k")
    await clock.advance_to(START + timedelta(minutes=59))
    assert await posting.post(Message(text="x"), key="k") == first
    await clock.advance_to(START + timedelta(minutes=61))
    assert await posting.post(Message(text="x"), key="k") != first


async def test_a_picture_that_the_server_works_on_is_waited_for(server: EmulatedMastodon, clock: ManualClock) -> None:
    server.is_slow = True
    picture = Picture(content=PNG, about="Карточка")
    posting = asyncio.create_task(channel(server, clock).post(Message(text="x", picture=picture), key="k"))
    for _ in range(2):  # looks after half a second, and after a whole one
        await clock.advance_to(await until(clock.next_sleeper))
    await posting
    paths = [(each["method"], each["path"], each["status"]) for each in server.room.requests]
    assert [paths[0][2], paths[1][2]] == [202, 206]
    assert paths[-1][1:] == ("/api/v1/statuses", 200)


async def test_a_picture_whose_answer_is_lost_posts_nothing(server: EmulatedMastodon, clock: ManualClock) -> None:
    server.room.add_fault({"kind": "lose", "match": "/media"})
    with pytest.raises(Unavailable, match="nothing is posted"):
        await channel(server, clock).post(Message(text="x", picture=Picture(content=PNG, about="")), key="k")
    assert not server.state.statuses


async def test_a_server_that_takes_less_than_the_settings_say_is_told(
    server: EmulatedMastodon, clock: ManualClock
) -> None:
    assert await channel(server, clock).check() == "@aspara at mastodon.example, up to 500 characters"
    with pytest.raises(Refused, match="write longest = 500"):
        await channel(server, clock, longest=5000).check()


async def test_errors_have_mastodons_shape(server: EmulatedMastodon) -> None:
    async def call(method: str, path: str, token: str = TOKEN, **body: Any) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {token}"}
        async with session.request(method, server.url + path, json=body, headers=headers) as response:
            return response.status, (await response.json())["error"]

    async with aiohttp.ClientSession() as session:
        assert await call("POST", "/api/v1/statuses", "") == (401, "The access token is invalid")
        assert await call("POST", "/api/v1/statuses") == (422, "Validation failed: Text can't be blank")
        assert await call("PUT", "/api/v1/statuses/12", status="x") == (404, "Record not found")
        status, said = await call("POST", "/api/v1/statuses", status="x", media_ids=["12"])
        assert (status, "not finished processing" in said) == (422, True)
