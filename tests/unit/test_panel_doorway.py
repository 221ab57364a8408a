"""Does the panel stay open for the crew while others connect and say nothing, little, or nonsense?"""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from broadcaster.adapters.clock import ManualClock
from broadcaster.panel import Panel, doorway
from broadcaster.panel.doorway import Doorway
from broadcaster.panel.seats import make_room
from tests.unit.test_panel_api import NOW, TOKEN, FakeDesk
from tests.waiting import until

HEAD = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
BODY = b"POST /signin HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture
async def port() -> AsyncIterator[int]:
    desk = FakeDesk()
    panel = Panel(desk, token=TOKEN, clock=ManualClock(NOW))
    desk.turn()
    async with panel.serve("127.0.0.1", 0) as port:
        yield port


async def said(port: int, data: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    await writer.drain()
    return reader, writer


async def answered(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    await reader.readexactly(int(length.split(b":")[1]))
    return head.split(b"\r\n")[0]


async def is_closed(reader: asyncio.StreamReader) -> bool:
    async with asyncio.timeout(10):
        try:
            return await reader.read() == b""
        except ConnectionError:
            return True


async def test_who_never_finishes_a_request_is_put_out_and_who_did_stays(
    monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    monkeypatch.setattr(doorway, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(doorway, "BODY_SECONDS", 0.2)
    good, writer = await said(port, HEAD + b"\r\n")
    assert await answered(good) == b"HTTP/1.1 200 OK"
    silent, half_head = await said(port, b""), await said(port, HEAD + b"X-A: ")
    half_body = await said(port, BODY + b"Content-Length: 50\r\n\r\nname=")
    for reader, late in (silent, half_head, half_body):
        assert await is_closed(reader)
        late.close()
    writer.write(HEAD + b"\r\n")
    assert await answered(good) == b"HTTP/1.1 200 OK"
    writer.close()


class Line:
    """A connection as the doorway sees it."""

    def __init__(self, address: str) -> None:
        self.address, self.is_aborted = address, False

    def get_extra_info(self, name: str) -> tuple[str, int]:
        return (self.address, 1)

    def abort(self) -> None:
        self.is_aborted = True


async def test_when_it_is_full_who_has_asked_nothing_yet_goes_first_and_who_has_asked_stays() -> None:
    door = Doorway(2, is_known=lambda address: False)
    first, second, third, fourth = (Line(f"10.0.0.{number}") for number in range(4))
    assert door.let_in(first) and door.let_in(second)  # type: ignore[arg-type]
    door.asked(first)  # type: ignore[arg-type]
    assert door.let_in(third)  # type: ignore[arg-type]
    assert (first.is_aborted, second.is_aborted) == (False, True)
    door.asked(third)  # type: ignore[arg-type]
    assert not door.let_in(fourth), "everybody there has asked for something"  # type: ignore[arg-type]
    door.gone(first)  # type: ignore[arg-type]
    assert door.let_in(fourth)  # type: ignore[arg-type]
    door.gone(fourth)  # type: ignore[arg-type]


async def test_one_machine_elsewhere_cannot_have_all_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorway, "MOST_OF_AN_ADDRESS", 2)
    door = Doorway(100, is_known=lambda address: address == "127.0.0.1")
    lines = [Line("10.0.0.9") for _ in range(3)]
    assert [door.let_in(line) for line in lines] == [True, True, False]  # type: ignore[arg-type]
    near = [Line("127.0.0.1") for _ in range(5)]
    assert all(door.let_in(line) for line in near), "a proxy here has everybody behind it"  # type: ignore[arg-type]
    door.gone(lines[0])  # type: ignore[arg-type]
    assert door.let_in(lines[2])  # type: ignore[arg-type]
    for line in (*lines, *near):
        door.gone(line)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("soft", "hard", "fit"), [(1024, 1024, 524), (256, 512, 256), (1024, 1 << 20, 3300), (1 << 20, 1 << 20, 3300)]
)
def test_so_many_connections_fit_that_files_are_left_for_the_far_ends(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, fit: int
) -> None:
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    monkeypatch.setattr(resource, "getrlimit", lambda which: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda which, limits: None)
    assert make_room() == fit


async def test_a_broken_request_is_told_once_without_the_token_in_it(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    for broken in (
        b"GET /panel HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer bc_SECRET\x00\r\n\r\n",
        b"GET /api/v1/go?token=bc_SECRET HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
        BODY + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nbc_SECRET",
    ):
        for _ in range(2):
            reader, writer = await said(port, broken)
            assert b" 400 " in (await reader.read()).partition(b"\r\n")[0]
            writer.close()
    await until(lambda: "no HTTP" in caplog.text)
    assert "SECRET" not in caplog.text
    loud = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(loud) <= 2, "once for each sender"
