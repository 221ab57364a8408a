"""Does the emulated Meta answer as the Graph API does, also to a client that others wrote?"""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from PIL import Image

from broadcaster.adapters.clock.adapter import ManualClock
from broadcaster.emulators.meta import EmulatedMeta
from tests.waiting import until

START = datetime(2027, 10, 20, 14, 0, tzinfo=UTC)
PAGE, ACCOUNT = "1029384756", "17841405822304914"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
async def meta(clock: ManualClock, no_leaked_tasks: None) -> AsyncIterator[EmulatedMeta]:
    async with EmulatedMeta(clock) as emulator:
        yield emulator


class Client:
    """Calls the API; answers (status, body)."""

    def __init__(self, meta: EmulatedMeta, session: aiohttp.ClientSession) -> None:
        self.url, self.session, self.token = meta.url, session, "EAAB-token"

    async def call(self, method: str, path: str, **asked: Any) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        body = {"json": asked} if method == "POST" else {"params": asked}
        async with self.session.request(
            method, f"{self.url}/{path}" if "control" in path else f"{self.url}/v25.0/{path}", headers=headers, **body
        ) as response:
            return response.status, await response.json()

    async def done(self, method: str, path: str, **asked: Any) -> dict[str, Any]:
        status, body = await self.call(method, path, **asked)
        assert status == 200, body
        return body

    async def error(self, method: str, path: str, **asked: Any) -> tuple[int, int]:
        status, body = await self.call(method, path, **asked)
        assert status >= 400 and body["error"]["fbtrace_id"] and body["error"]["type"] == "OAuthException", body
        return body["error"]["code"], body["error"].get("error_subcode", 0)


@pytest.fixture
async def client(meta: EmulatedMeta) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(meta, session)


def picture(kind: str = "JPEG", size: tuple[int, int] = (1080, 1080)) -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", size, "#a03").save(packed, kind)
    return packed.getvalue()


async def test_a_client_of_others_posts_edits_and_reads(meta: EmulatedMeta) -> None:
    from pyfacebook import FacebookError, GraphAPI

    def play() -> None:
        api = GraphAPI(access_token="EAAB-token", base_url=f"{meta.url}/", version="v24.0")
        made = api.post_object(PAGE, "feed", data={"message": "Бүгін кешке", "access_token": "EAAB-token"})
        assert made["id"].startswith(f"{PAGE}_")
        api.post_object(made["id"], data={"message": "Бүгін 19:05-те", "access_token": "EAAB-token"})
        photo = api.post_object(
            PAGE,
            "photos",
            data={"caption": "Карточка", "access_token": "EAAB-token"},
            files={"source": ("card.png", picture("PNG"), "image/png")},
        )
        assert {"id", "post_id"} <= set(photo)
        assert api.get_object(made["id"], fields="message")["message"] == "Бүгін 19:05-те"
        feed = api.get_full_connections(PAGE, "feed", limit=1, fields="id,message,created_time")
        assert [each["message"] for each in feed["data"]] == ["Карточка", "Бүгін 19:05-те"]
        assert feed["data"][0]["created_time"] == "2027-10-20T14:00:00+0000"
        with pytest.raises(FacebookError) as caught:
            api.post_object(made["id"], data={"message": "", "access_token": "EAAB-token"})
        assert caught.value.code == 100

    await asyncio.to_thread(play)


async def test_a_scheduled_post_waits_among_the_scheduled(client: Client, clock: ManualClock) -> None:
    for ahead in (timedelta(minutes=9), timedelta(days=31)):
        late = int((START + ahead).timestamp())
        asked = {"message": "m", "published": False, "scheduled_publish_time": late}
        assert await client.error("POST", f"{PAGE}/feed", **asked) == (100, 0)
    at = int((START + timedelta(minutes=30)).timestamp())
    await client.done("POST", f"{PAGE}/feed", message="m", published=False, scheduled_publish_time=at)
    assert (await client.done("GET", f"{PAGE}/feed"))["data"] == []
    waiting = await client.done("GET", f"{PAGE}/scheduled_posts", fields="message,scheduled_publish_time")
    assert [each["scheduled_publish_time"] for each in waiting["data"]] == [at]
    await clock.advance_to(clock.now() + timedelta(minutes=31))
    assert len((await client.done("GET", f"{PAGE}/feed"))["data"]) == 1


async def test_a_scheduled_post_is_moved_or_deleted_until_three_minutes_before_it_comes_out(
    client: Client, clock: ManualClock
) -> None:
    async def waiting() -> list[int]:
        listed = await client.done("GET", f"{PAGE}/scheduled_posts", fields="scheduled_publish_time")
        return [each["scheduled_publish_time"] for each in listed["data"]]

    first, later, now = (int((START + timedelta(minutes=by)).timestamp()) for by in (30, 90, 0))
    made = await client.done("POST", f"{PAGE}/feed", message="m", published=False, scheduled_publish_time=first)
    for wrong in (now + 9 * 60, now + 31 * 86_400, "soon"):
        assert await client.error("POST", made["id"], message="no", scheduled_publish_time=wrong) == (100, 0)
    await client.done("POST", made["id"], message="moved", scheduled_publish_time=later)
    assert await waiting() == [later]
    await client.done("POST", made["id"], scheduled_publish_time=first)  # without new words
    await clock.advance_to(START + timedelta(minutes=27, seconds=1))
    assert await client.error("POST", made["id"], message="late", scheduled_publish_time=later) == (100, 0)
    assert await client.error("DELETE", made["id"]) == (100, 0)
    shown = await client.done("GET", made["id"], fields="message,is_published,scheduled_publish_time")
    assert (shown["message"], shown["is_published"]) == ("moved", False)
    assert await waiting() == [first]
    await clock.advance_to(START + timedelta(minutes=30))
    assert (await client.done("GET", made["id"], fields="is_published"))["is_published"] is True
    assert await client.error("POST", made["id"], message="out", scheduled_publish_time=later) == (100, 0)
    await client.done("DELETE", made["id"])


async def test_what_came_out_at_its_hour_is_as_if_posted_then(client: Client, clock: ManualClock) -> None:
    at = int((START + timedelta(minutes=30)).timestamp())
    made = await client.done("POST", f"{PAGE}/feed", message="later", published=False, scheduled_publish_time=at)
    await client.done("POST", f"{PAGE}/feed", message="at once")
    await clock.advance_to(START + timedelta(minutes=89))
    listed = (await client.done("GET", f"{PAGE}/feed", fields="message,is_published,created_time"))["data"]
    assert [each["message"] for each in listed] == ["later", "at once"]
    assert (listed[0]["is_published"], listed[0]["created_time"]) == (True, "2027-10-20T14:30:00+0000")
    assert await client.error("POST", f"{PAGE}/feed", message="later") == (506, 0)
    await clock.advance_to(START + timedelta(minutes=90))
    assert (await client.done("POST", f"{PAGE}/feed", message="later"))["id"] != made["id"]


async def test_a_list_is_bound_by_since_and_until(client: Client, clock: ManualClock) -> None:
    async def listed(**asked: object) -> list[str]:
        return [each["message"] for each in (await client.done("GET", f"{PAGE}/feed", limit=1, **asked))["data"]]

    for number in range(3):
        await client.done("POST", f"{PAGE}/feed", message=f"{number}")
        await clock.advance_to(clock.now() + timedelta(hours=1))
    first = int(START.timestamp())
    assert await listed(since=first) == await listed(since=first + 7200) == ["2"]
    assert await listed(since=first + 7201) == []
    assert await listed(until=first + 3600) == ["1"]
    assert await listed(since=first, until=first) == await listed(until="2027-10-20T16:59:59+02:00") == ["0"]
    for wrong in ("garbage", "2027-10-20", "1" * 30, "-1"):
        assert await client.error("GET", f"{PAGE}/feed", since=wrong) == (100, 0)


async def test_a_picture_on_the_shelf_is_gone_after_half_an_hour_or_a_reset(
    client: Client, meta: EmulatedMeta, clock: ManualClock
) -> None:
    async def look(address: str) -> int:
        async with client.session.get(address) as response:
            return response.status

    first = meta.offer(picture(), "image/jpeg")
    await clock.advance_to(START + timedelta(minutes=29))
    second = meta.offer(picture("PNG"), "image/png")
    assert await look(first) == 200
    await clock.advance_to(START + timedelta(minutes=30))
    assert (await look(first), await look(second)) == (404, 200)
    meta.room.reset()
    assert await look(second) == 404


async def test_no_is_said_with_code_and_subcode(client: Client, meta: EmulatedMeta) -> None:
    await client.done("POST", f"{PAGE}/feed", message="Tonight")
    assert await client.error("POST", f"{PAGE}/feed", message="Tonight ") == (506, 0)
    assert await client.error("POST", f"{PAGE}/feed") == (100, 0)
    assert await client.error("GET", f"{PAGE}/nothing") == (2500, 0)
    await client.done("POST", "control/hand", do="forbid", value="pages_manage_posts")
    assert await client.error("POST", f"{PAGE}/feed", message="x") == (200, 0)
    await client.done("POST", "control/hand", do="forget", value=PAGE)
    assert await client.error("GET", PAGE) == (100, 33)
    await client.done("POST", "control/hand", do="revoke", value="*")
    assert await client.error("GET", ACCOUNT) == (190, 463)
    client.token = ""
    assert await client.error("GET", ACCOUNT) == (104, 0)
    meta.room.add_fault({"kind": "refuse", "reason": "-1/2207001"})
    assert await client.error("GET", ACCOUNT) == (-1, 2207001)


async def test_too_many_calls_are_told_when_to_come_again(clock: ManualClock) -> None:
    async with EmulatedMeta(clock, limit=2) as meta, aiohttp.ClientSession() as session:
        client = Client(meta, session)
        for _ in range(2):
            await client.done("GET", PAGE)
        url = f"{meta.url}/v25.0/{PAGE}?access_token=t"
        async with session.get(url) as response:
            assert (response.status, (await response.json())["error"]["code"]) == (403, 32)
            assert '"estimated_time_to_regain_access": 60' in response.headers["X-Business-Use-Case-Usage"]
        await clock.advance_to(clock.now() + timedelta(hours=1))
        await client.done("GET", PAGE)


async def test_a_container_is_taken_in_then_published_once(
    client: Client, meta: EmulatedMeta, clock: ManualClock
) -> None:
    url = meta.offer(picture(), "image/jpeg")
    made = await client.done("POST", f"{ACCOUNT}/media", image_url=url, caption="Кеш", alt_text="A card")
    assert (await client.done("GET", made["id"], fields="status_code"))["status_code"] == "IN_PROGRESS"
    assert await client.error("POST", f"{ACCOUNT}/media_publish", creation_id=made["id"]) == (9007, 2207027)
    await clock.advance_to(clock.now() + timedelta(seconds=2))
    await until(lambda: meta.state.containers[made["id"]].status_code == "FINISHED")
    out = await client.done("POST", f"{ACCOUNT}/media_publish", creation_id=made["id"])
    assert await client.error("POST", f"{ACCOUNT}/media_publish", creation_id=made["id"]) == (9007, 2207027)
    seen = await client.done("GET", f"{ACCOUNT}/media", fields="caption,timestamp")
    assert seen["data"] == [{"id": out["id"], "caption": "Кеш", "timestamp": "2027-10-20T14:00:02+0000"}]
    quota = await client.done("GET", f"{ACCOUNT}/content_publishing_limit", fields="config,quota_usage")
    assert quota["data"] == [{"config": {"quota_total": 100, "quota_duration": 86400}, "quota_usage": 1}]


async def test_pictures_that_instagram_does_not_take(client: Client, meta: EmulatedMeta, clock: ManualClock) -> None:
    async def tried(url: str, caption: str = "") -> tuple[int, int]:
        return await client.error("POST", f"{ACCOUNT}/media", image_url=url, caption=caption)

    good = meta.offer(picture(), "image/jpeg")
    assert await tried(f"{meta.url}/shelf/none") == (9004, 2207052)
    assert await tried("http://127.0.0.1:9/x.jpg") == (9004, 2207052)
    assert await tried(meta.offer(picture("PNG"), "image/png")) == (36001, 2207005)
    assert await tried(meta.offer(b"nothing", "image/jpeg")) == (36001, 2207005)
    assert await tried(meta.offer(picture(size=(1080, 1920)), "image/jpeg")) == (36003, 2207009)
    assert await tried(good, "ә" * 2201) == (36004, 2207010)
    made = await client.done("POST", f"{ACCOUNT}/media", image_url=good)
    await clock.advance_to(clock.now() + timedelta(hours=25))
    assert (await client.done("GET", made["id"], fields="status_code"))["status_code"] == "EXPIRED"
    assert await client.error("POST", f"{ACCOUNT}/media_publish", creation_id=made["id"]) == (-2, 2207020)
