"""Does the control room show and break an emulator as docs/emulators.md says?"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from broadcaster.adapters.clock.adapter import ManualClock
from broadcaster.emulators.control import Emulator, Fault

START = datetime(2027, 10, 20, 14, 0, tzinfo=UTC)


class Counter(Emulator):
    """A far end that counts POST /count."""

    def __init__(self, clock: ManualClock) -> None:
        self.count = 0
        super().__init__(clock)

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/count", self._count), web.get("/count", self._show)]

    def snapshot(self) -> dict[str, int]:
        return {"count": self.count}

    def reset(self) -> None:
        self.count = 0

    def refusal(self, fault: Fault, request: web.Request) -> web.Response:
        return web.json_response({"why": fault.reason}, status=fault.status or 500)

    async def _count(self, request: web.Request) -> web.Response:
        self.count += 1
        return web.json_response({"count": self.count})

    async def _show(self, request: web.Request) -> web.Response:
        return web.json_response({"count": self.count})


@pytest.fixture
async def counter() -> AsyncIterator[Counter]:
    async with Counter(ManualClock(START)) as emulator:
        yield emulator


@pytest.fixture
async def web_client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def post(
    session: aiohttp.ClientSession, counter: Counter, path: str, document: object = None
) -> tuple[int, object]:
    async with session.post(counter.url + path, json=document) as response:
        return response.status, await response.json()


async def test_state_and_requests_can_be_read_in_order(counter: Counter, web_client: aiohttp.ClientSession) -> None:
    await post(web_client, counter, "/count?x=1")
    async with web_client.get(counter.url + "/count") as response:
        assert response.status == 200
    async with web_client.get(counter.url + "/control/state") as response:
        assert await response.json() == {"count": 1}
    async with web_client.get(counter.url + "/control/requests") as response:
        seen = await response.json()
    assert [(one["method"], one["path"], one["status"]) for one in seen] == [
        ("POST", "/count", 200),
        ("GET", "/count", 200),
    ]
    assert seen[0]["at"] == "2027-10-20T14:00:00.000Z"
    assert seen[0]["query"] == {"x": "1"}


@pytest.mark.parametrize(("kind", "applied"), [("drop", 0), ("lose", 1)])
async def test_drop_and_lose_close_without_an_answer(
    counter: Counter, web_client: aiohttp.ClientSession, kind: str, applied: int
) -> None:
    await post(web_client, counter, "/control/faults", {"kind": kind, "match": "POST /count"})
    with pytest.raises(aiohttp.ClientError):
        await post(web_client, counter, "/count")
    assert counter.count == applied
    assert counter.room.requests[0]["status"] == 0
    assert await post(web_client, counter, "/count") == (200, {"count": applied + 1})


@pytest.mark.parametrize(("kind", "applied"), [("refuse", 0), ("lose_refuse", 1)])
async def test_refusals_answer_in_the_far_ends_shape(
    counter: Counter, web_client: aiohttp.ClientSession, kind: str, applied: int
) -> None:
    counter.room.add_fault({"kind": kind, "match": r"\?second", "times": 2, "status": 403, "reason": "quota"})
    assert (await post(web_client, counter, "/count"))[0] == 200
    for _ in range(2):
        assert await post(web_client, counter, "/count?second") == (403, {"why": "quota"})
    assert (await post(web_client, counter, "/count?second"))[0] == 200
    assert counter.count == 2 + 2 * applied


async def test_delay_applies_at_once_and_answers_later(counter: Counter, web_client: aiohttp.ClientSession) -> None:
    clock = counter.clock
    assert isinstance(clock, ManualClock)
    counter.room.add_fault({"kind": "delay", "seconds": 5})
    waiting = asyncio.ensure_future(post(web_client, counter, "/count"))
    async with asyncio.timeout(5):
        while clock.next_sleeper() is None:
            await asyncio.sleep(0)
    assert counter.count == 1 and not waiting.done()
    await clock.advance_to(START + timedelta(seconds=5))
    assert await waiting == (200, {"count": 1})


async def test_down_closes_open_connections_and_keeps_the_state(
    counter: Counter, web_client: aiohttp.ClientSession
) -> None:
    clock = counter.clock
    assert isinstance(clock, ManualClock)
    reader, writer = await asyncio.open_connection(counter.host, counter.port)
    writer.write(b"POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    await post(web_client, counter, "/control/faults", {"kind": "down", "seconds": 10})
    async with asyncio.timeout(5):
        await reader.read()  # ends: an idle connection is closed as well
    writer.close()
    with pytest.raises(aiohttp.ClientError):
        await post(web_client, counter, "/count")
    async with web_client.get(counter.url + "/control/state") as response:
        assert await response.json() == {"count": 1}
    await clock.advance_to(START + timedelta(seconds=10))
    assert await post(web_client, counter, "/count") == (200, {"count": 2})


async def test_down_with_a_match_begins_at_that_request(counter: Counter, web_client: aiohttp.ClientSession) -> None:
    counter.room.add_fault({"kind": "down", "seconds": 10, "match": "GET"})
    assert (await post(web_client, counter, "/count"))[0] == 200
    with pytest.raises(aiohttp.ClientError):
        await web_client.get(counter.url + "/count")
    assert counter.room.is_down


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"kind": "dorp"}, "did you mean 'drop'?"),
        ({"kind": "drop", "matches": "x"}, "did you mean 'match'?"),
        ({"kind": "drop", "match": "("}, "not a regular expression"),
        ({"kind": "drop", "times": True}, "wrong type"),
        ({"kind": "down"}, "needs 'seconds'"),
        ({"kind": "drop", "times": -1}, "negative"),
        ("drop", "a fault is a JSON object"),
    ],
)
async def test_a_fault_that_cannot_be_read_is_refused_with_a_reason(
    counter: Counter, web_client: aiohttp.ClientSession, document: object, said: str
) -> None:
    status, answer = await post(web_client, counter, "/control/faults", [{"kind": "drop"}, document])
    assert status == 400
    assert isinstance(answer, dict) and said in answer["error"]
    assert counter.room.faults == []


async def test_a_body_that_is_not_json_is_refused(counter: Counter, web_client: aiohttp.ClientSession) -> None:
    async with web_client.post(counter.url + "/control/faults", data=b"\xff{") as response:
        assert response.status == 400
        assert "not JSON" in (await response.json())["error"]


async def test_reset_forgets_everything(counter: Counter, web_client: aiohttp.ClientSession) -> None:
    await post(web_client, counter, "/count")
    counter.room.add_fault({"kind": "drop", "times": 0})
    counter.room.go_down(60)
    async with aiohttp.ClientSession() as other:  # the first connection was closed by the fault
        assert await post(other, counter, "/control/reset") == (200, {"reset": True})
    assert (counter.count, counter.room.requests, counter.room.faults, counter.room.is_down) == (0, [], [], False)


async def test_a_task_that_fails_is_not_swallowed() -> None:
    async def fail() -> None:
        raise RuntimeError("broken")

    emulator = Counter(ManualClock(START))
    await emulator.start()
    emulator.spawn(fail(), name="fails")
    with pytest.raises(ExceptionGroup):
        await emulator.stop()


async def test_a_port_in_use_is_an_error_and_leaves_nothing_behind(counter: Counter) -> None:
    with pytest.raises(OSError):
        await Counter(ManualClock(START)).start(port=counter.port)
