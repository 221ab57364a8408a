"""Does OSC carry orders from who may, and nothing else, and tell what is on air without waiting for anybody?"""

import asyncio
import logging
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from broadcaster.panel import Panel
from broadcaster.panel.glance import Glance
from broadcaster.panel.orders import BadOrder
from broadcaster.panel.osc import Address, Osc, OscSettings
from broadcaster.panel.osc_words import read_message, read_osc_order, words_for
from broadcaster.season.errors import BroadcastError
from broadcaster.show.commands import NotNow
from broadcaster.show.orders import Order, Word
from tests.plans import seen, studio
from tests.unit.test_panel_api import TOKEN
from tests.unit.test_panel_tiles import StageDesk, live
from tests.waiting import until

HERE = "127.0.0.1"
OPERATOR = words_for(is_director=False)


def packed(address: str, *values: Any) -> bytes:
    message = OscMessageBuilder(address=address)
    for value in values:
        message.add_arg(value)
    return message.build().dgram


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((HERE, 0))
        port: int = probe.getsockname()[1]
    return port


class Remote:
    """A controller: it sends, and keeps what it is told."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((HERE, 0))
        self.socket.setblocking(False)
        self.told: list[tuple[str, list[Any]]] = []

    @property
    def address(self) -> Address:
        host, port = self.socket.getsockname()
        return host, port

    def send(self, datagram: bytes, to: Address) -> None:
        self.socket.sendto(datagram, to)

    def hears(self, address: str) -> list[Any] | None:
        """The latest arguments that came to the address."""
        while True:
            try:
                message = OscMessage(self.socket.recv(65536))
            except BlockingIOError:
                break
            self.told.append((message.address, message.params))
        said = [values for name, values in self.told if name == f"/broadcaster/{address}"]
        return said[-1] if said else None


@pytest.fixture
def remote() -> Any:
    remote = Remote()
    yield remote
    remote.socket.close()


@asynccontextmanager
async def served(desk: StageDesk, **said: Any) -> AsyncIterator[Address]:
    settings = OscSettings(**({"listen": (HERE, 0), "allowed": frozenset({HERE})} | said))
    osc = Osc(desk, Glance(desk, clock=desk.clock), settings, clock=desk.clock)
    async with osc.serve() as address:
        desk.turn()
        assert address is not None
        yield address


async def test_an_order_is_carried_out_once_and_answered(remote: Remote) -> None:
    desk = live(StageDesk())
    async with served(desk) as at:
        remote.send(packed("/broadcaster/take", "Подиум"), at)
        assert "day-1 live" in (await until(lambda: remote.hears("ok")))[0]
        [order] = desk.carried_out
        assert (order.word, order.scene, order.who, order.kind) == (Word.TAKE, "Подиум", "OSC", "osc")
        assert order.source == f"{HERE}:{remote.address[1]}"
        desk.refuse_with = NotNow("the rundown is on hold: resume it first")
        remote.send(packed("/broadcaster/go"), at)
        assert await until(lambda: remote.hears("error")) == ["the rundown is on hold: resume it first"]


@pytest.mark.parametrize(
    ("address", "values", "said"),
    [
        ("/broadcaster/go", (), {"word": Word.GO}),
        ("/broadcaster/go", (1.0,), {"word": Word.GO}),
        ("/broadcaster/go", (True,), {"word": Word.GO}),
        ("/broadcaster/take/Runway", (1,), {"word": Word.TAKE, "scene": "Runway"}),
        ("/broadcaster/hold", ("posts", "5m"), {"word": Word.HOLD, "lane": "posts", "until": "5m"}),
        ("/broadcaster/delay", ("5m",), {"word": Word.DELAY, "by": "5m"}),
        ("/broadcaster/delay", (5.0,), {"word": Word.DELAY, "by": "5"}),
        ("/broadcaster/delay/-3m", (1.0,), {"word": Word.DELAY, "by": "-3m"}),
        ("/broadcaster/panic", (), {"word": Word.PANIC}),
    ],
)
def test_buttons_faders_and_texts_are_understood(address: str, values: tuple[Any, ...], said: dict[str, Any]) -> None:
    told, arguments = read_message(packed(address, *values))
    order = read_osc_order(told, arguments, source="", words=OPERATOR)
    assert order == Order(who="OSC", kind="osc", source="", **said)


@pytest.mark.parametrize("address", ["/broadcaster/go", "/broadcaster/take/Runway", "/broadcaster/panic"])
@pytest.mark.parametrize("value", [0, 0.0, False])
def test_a_button_that_is_let_go_orders_nothing(address: str, value: object) -> None:
    told, arguments = read_message(packed(address, value))
    assert read_osc_order(told, arguments, source="", words=OPERATOR) is None


@pytest.mark.parametrize(
    ("address", "values", "said"),
    [
        ("/broadcaster/end", (), "nothing is done at '/broadcaster/end'"),
        ("/broadcaster/season", (), "nothing is done at"),
        ("/broadcaster/tak", (), "did you mean '/broadcaster/take'?"),
        ("/elsewhere/go", (), "nothing is done at '/elsewhere/go'"),
        ("/broadcaster/take", (), "'take' needs 'scene'"),
        ("/broadcaster/go", ("now",), "'go' takes no arguments"),
        ("/broadcaster/delay", ("soon",), "is no span of time"),
        ("/broadcaster/take", ("x" * 300,), "1 to 200 letters"),
        ("/broadcaster/hold", ("everything",), "is one of"),
    ],
)
def test_what_may_not_be_ordered_so_is_said(address: str, values: tuple[Any, ...], said: str) -> None:
    with pytest.raises(BadOrder, match=said.replace("?", r"\?")):
        read_osc_order(address, values, source="", words=OPERATOR)


def test_only_a_director_ends_a_show_by_osc() -> None:
    order = read_osc_order("/broadcaster/end", (), source="", words=words_for(is_director=True))
    assert order is not None
    assert order.word is Word.END


def test_no_datagram_breaks_the_reader() -> None:
    chance = random.Random(5)
    good = [packed("/broadcaster/take", "Runway", 1, 2.0, True), packed("/broadcaster/hold", "posts", "5m")]
    bundle = OscBundleBuilder(IMMEDIATELY)
    bundle.add_content(OscMessageBuilder(address="/broadcaster/go").build())
    good.append(bundle.build().dgram)
    for _ in range(20_000):
        data = bytearray(chance.choice(good))
        for _ in range(chance.randrange(1, 4)):
            place = chance.randrange(len(data) + 1)
            if chance.random() < 0.5:
                data[place : place + 1] = bytes([chance.randrange(256)])
            else:
                del data[place : place + chance.randrange(5)]
        try:
            address, arguments = read_message(bytes(data))
            read_osc_order(address, arguments, source="", words=OPERATOR)
        except BadOrder:
            pass


async def test_strangers_and_noise_are_ignored_with_one_line_each(
    remote: Remote, caplog: pytest.LogCaptureFixture
) -> None:
    desk = live(StageDesk())
    caplog.set_level(logging.INFO)
    async with served(desk, allowed=frozenset({"192.0.2.1"})) as at:
        for _ in range(5):
            remote.send(packed("/broadcaster/go"), at)
        await until(lambda: any("is not in [osc] from" in line for line in caplog.messages))
    async with served(desk) as at:
        for _ in range(5):
            remote.send(b"\xff" * 3000, at)
        remote.send(packed("/broadcaster/skip"), at)
        await until(lambda: remote.hears("ok"))
    assert [order.word for order in desk.carried_out] == [Word.SKIP]
    assert len([line for line in caplog.messages if "is ignored" in line]) == 2


async def test_it_tells_changes_at_once_and_the_countdown_each_second(remote: Remote) -> None:
    desk = live(StageDesk(far=seen(studio("Film"))))
    gone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    gone.bind((HERE, 0))
    nobody = gone.getsockname()
    gone.close()
    async with served(desk, send_to=(nobody, remote.address)):
        assert await until(lambda: remote.hears("program")) == ["Film"]
        assert await until(lambda: remote.hears("live")) == [1]
        assert await until(lambda: remote.hears("over")) == [0]
        desk.far = seen(studio("Runway"))
        desk.turn()
        await until(lambda: remote.hears("program") == ["Runway"])
        assert [values for name, values in remote.told if name.endswith("/phase")] == [["live"]]
        await desk.clock.advance_to(desk.clock.now() + timedelta(seconds=1))
        assert await until(lambda: remote.hears("countdown")) == ["01:59", 119]
        for second in range(12):  # a message that was lost is said again
            await desk.clock.advance_to(desk.clock.now() + timedelta(seconds=1))
            await until(lambda left=107 - second + 11: remote.hears("countdown") == [f"01:{left - 60:02}", left])
        assert len([values for name, values in remote.told if name.endswith("/phase")]) == 2


@pytest.mark.parametrize("is_director", [False, True])
async def test_going_live_before_the_time_is_a_directors_by_osc_too(remote: Remote, is_director: bool) -> None:
    desk = StageDesk()
    desk.clock._now -= timedelta(minutes=5)
    async with served(desk, is_director=is_director) as at:
        remote.send(packed("/broadcaster/go"), at)
        said = await until(lambda: remote.hears("ok" if is_director else "error"))
        assert ("needs the role director" in said[0]) is not is_director
    assert len(desk.carried_out) == is_director


async def test_the_panel_opens_and_closes_it_and_looks_at_nothing_while_nobody_is_told(remote: Remote) -> None:
    desk = live(StageDesk())
    settings = OscSettings(listen=(HERE, free_port()), allowed=frozenset({HERE}))
    panel = Panel(desk, token=TOKEN, clock=desk.clock, osc=settings)
    assert settings.listen is not None
    async with panel.serve(HERE, 0):
        desk.turn()
        await desk.clock.advance_to(desk.clock.now() + timedelta(seconds=5))
        assert desk.looks == 0
        remote.send(packed("/broadcaster/hold"), settings.listen)
        await until(lambda: remote.hears("ok"))
    again = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    again.bind(settings.listen)
    again.close()


async def test_no_order_is_taken_before_the_first_turn_and_a_taken_port_is_said(remote: Remote) -> None:
    desk = live(StageDesk())
    settings = OscSettings(listen=(HERE, 0), allowed=frozenset({HERE}))
    async with Osc(desk, Glance(desk, clock=desk.clock), settings, clock=desk.clock).serve() as at:
        assert at is not None
        remote.send(packed("/broadcaster/go"), at)
        assert "just starting" in (await until(lambda: remote.hears("error")))[0]
        second = OscSettings(listen=at, allowed=frozenset({HERE}))
        with pytest.raises(BroadcastError, match=r"another \[osc\] listen"):
            async with Osc(desk, Glance(desk, clock=desk.clock), second, clock=desk.clock).serve():
                await asyncio.sleep(0)
    assert not desk.carried_out
