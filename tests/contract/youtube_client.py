"""The stock Google client and a control client, pointed at an emulated YouTube."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import httplib2
import pytest
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError

from broadcaster.adapters.clock import ManualClock
from broadcaster.emulators.youtube import EmulatedYouTube
from tests.contract.youtube_declared import declared_answer, discovery_document, strays

START = datetime(2027, 10, 20, 13, 0, tzinfo=UTC)
PARTS = "id,snippet,contentDetails,status"
ANY = {"Authorization": "Bearer any"}
BROADCASTS = "/youtube/v3/liveBroadcasts"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
JPEG = b"\xff\xd8\xff\xe0" + bytes(64)


class Bearer(httplib2.Http):
    """The stock transport with a token in every request."""

    token = "any"

    def request(self, uri, method="GET", body=None, headers=None, **more):
        headers = dict(headers or {}) | ({"authorization": f"Bearer {self.token}"} if self.token else {})
        return super().request(uri, method, body=body, headers=headers, **more)


def reason_of(error: dict[str, Any]) -> str:
    return error["errors"][0]["reason"]


class Stage:
    """An emulator, its clock, and clients on both of its sides."""

    def __init__(self, youtube: EmulatedYouTube, clock, api, http: Bearer, session: aiohttp.ClientSession) -> None:
        self.youtube = youtube
        self.clock = clock
        self.api = api
        self.http = http
        self.session = session

    async def run(self, request: Any, **more: Any) -> Any:
        """The answer, which is held to what the discovery document declares."""
        answer = await asyncio.to_thread(request.execute, **more)
        assert strays(answer, declared_answer(request.methodId)) == []
        return answer

    async def refused(self, request: Any) -> dict[str, Any]:
        with pytest.raises(HttpError) as caught:
            await self.run(request)
        return json.loads(caught.value.content)["error"]

    async def advance(self, seconds: float) -> None:
        assert isinstance(self.clock, ManualClock)
        await self.clock.advance_to(self.clock.now() + timedelta(seconds=seconds))

    def body(self, title: str = "Opening night", **details: Any) -> dict[str, Any]:
        return {
            "snippet": {
                "title": title,
                "scheduledStartTime": (self.clock.now() + timedelta(hours=1)).isoformat(),
            },
            "status": {"privacyStatus": "public"},
            "contentDetails": details,
        }

    async def insert_broadcast(self, title: str = "Opening night", **details: Any) -> dict[str, Any]:
        return await self.run(self.api.liveBroadcasts().insert(part=PARTS, body=self.body(title, **details)))

    async def insert_stream(self, title: str = "Main", *, is_reusable: bool = True) -> dict[str, Any]:
        body = {
            "snippet": {"title": title},
            "cdn": {"frameRate": "variable", "resolution": "variable", "ingestionType": "rtmp"},
            "contentDetails": {"isReusable": is_reusable},
        }
        return await self.run(self.api.liveStreams().insert(part="id,snippet,cdn,contentDetails,status", body=body))

    async def bind(self, broadcast_id: str, stream_id: str | None) -> dict[str, Any]:
        return await self.run(self.api.liveBroadcasts().bind(id=broadcast_id, part=PARTS, streamId=stream_id))

    async def transition(self, broadcast_id: str, to: str) -> dict[str, Any]:
        return await self.run(self.api.liveBroadcasts().transition(id=broadcast_id, broadcastStatus=to, part=PARTS))

    async def look(self, broadcast_id: str) -> dict[str, Any]:
        return (await self.run(self.api.liveBroadcasts().list(id=broadcast_id, part=PARTS)))["items"][0]

    async def life(self, broadcast_id: str) -> str:
        return (await self.look(broadcast_id))["status"]["lifeCycleStatus"]

    async def stream(self, stream_id: str) -> dict[str, Any]:
        return (await self.run(self.api.liveStreams().list(id=stream_id, part="status")))["items"][0]["status"]

    def life_is(self, broadcast_id: str, status: str) -> Callable[[], Awaitable[bool]]:
        async def true() -> bool:
            return await self.life(broadcast_id) == status

        return true

    def stream_is(self, stream_id: str, status: str) -> Callable[[], Awaitable[bool]]:
        async def true() -> bool:
            return (await self.stream(stream_id))["streamStatus"] == status

        return true

    async def control(self, path: str, **body: Any) -> aiohttp.ClientResponse:
        async with self.session.post(self.youtube.url + path, **body) as answer:
            await answer.read()
            return answer

    async def settings(self, **values: Any) -> None:
        assert (await self.control("/control/settings", json=values)).status == 200

    async def fault(self, **fault: Any) -> None:
        assert (await self.control("/control/faults", json=fault)).status == 200

    async def state(self) -> dict[str, Any]:
        async with self.session.get(self.youtube.url + "/control/state") as answer:
            return await answer.json()

    async def requests(self) -> list[dict[str, Any]]:
        async with self.session.get(self.youtube.url + "/control/requests") as answer:
            return await answer.json()


async def get(stage: Stage, path: str, headers=ANY, **query) -> tuple[int, dict]:
    pairs = [(name, each) for name, value in query.items() for each in (value if isinstance(value, list) else [value])]
    async with stage.session.get(stage.youtube.url + path, params=pairs, headers=headers) as answer:
        return answer.status, await answer.json()


async def post(stage: Stage, path: str, body: object, *, verb: str = "POST", **query) -> tuple[int, dict]:
    address = stage.youtube.url + path
    async with stage.session.request(verb, address, params=query, headers=ANY, json=body) as answer:
        return answer.status, await answer.json()


@asynccontextmanager
async def staged(clock: Any, **options: Any) -> AsyncIterator[Stage]:
    """A stage that is cleared away afterwards."""
    async with EmulatedYouTube(clock, **options) as youtube, aiohttp.ClientSession() as session:
        http = Bearer(timeout=10)
        document = discovery_document() | {"rootUrl": youtube.url + "/", "baseUrl": youtube.url + "/"}
        api = build_from_document(document, http=http)
        try:
            yield Stage(youtube, clock, api, http, session)
        finally:
            http.close()
