"""How does a lighting desk, a show controller or a phone with faders take part? Open Sound Control over UDP, both ways.

UDP says nothing true about who sent it: only the addresses that are named are heard, and the desk decides as always.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from broadcaster.panel.glance import EARLY, Glance, is_early
from broadcaster.panel.orders import BadOrder
from broadcaster.panel.osc_words import PREFIX, read_message, read_osc_order, words_for
from broadcaster.ports import Clock
from broadcaster.season.errors import BroadcastError
from broadcaster.show.records import instant

if TYPE_CHECKING:
    from broadcaster.panel.api import Desk

log = logging.getLogger(__name__)

Address = tuple[str, int]
MOST_WAITING = 32
"""Orders that are read and not yet given; more are refused."""
MOST_REMEMBERED = 256
AGAIN_EVERY = 10
"""Seconds after which all is said again: a message that is lost on the way is not missed for long."""
SAID_LETTERS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class OscSettings:
    """What [osc] in config.toml says. `allowed` are the addresses that are heard; hosts are numbers, never names."""

    listen: Address | None = None
    allowed: frozenset[str] = frozenset()
    send_to: tuple[Address, ...] = ()
    is_director: bool = False


class Osc:
    """OSC for one desk. Make it before the desk runs: it gives no order before the first turn."""

    def __init__(self, desk: "Desk", glance: Glance, settings: OscSettings, *, clock: Clock) -> None:
        self._desk = desk
        self._glance = glance
        self._settings = settings
        self._clock = clock
        self._words = words_for(is_director=settings.is_director)
        self._waiting: asyncio.Queue[tuple[bytes, Address]] = asyncio.Queue(MOST_WAITING)
        self._turned = asyncio.Event()
        self._has_turned = False
        self._said: dict[str, tuple[Any, ...]] = {}
        self._complained: OrderedDict[str, None] = OrderedDict()
        self._senders: dict[bool, asyncio.DatagramTransport] = {}
        desk.on_turn.append(self._on_turn)

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Address | None]:
        """Hear and tell for as long as the context lasts; gives the address it listens at.

        Raises BroadcastError when that cannot be had.
        """
        loop, ear = asyncio.get_running_loop(), None
        try:
            if (listen := self._settings.listen) is not None:
                try:
                    ear, _ = await loop.create_datagram_endpoint(lambda: _Ear(self._heard), local_addr=listen)
                except OSError as error:
                    raise BroadcastError(
                        f"OSC cannot have {listen[0]}:{listen[1]} ({error.strerror}): stop what has it, or set another "
                        "[osc] listen"
                    ) from error
                log.info("OSC is heard at %s:%d", *ear.get_extra_info("sockname")[:2], extra={"event": "osc_open"})
            async with asyncio.TaskGroup() as tasks:
                work = [tasks.create_task(self._give_orders(), name="osc orders")]
                if self._settings.send_to:  # looking costs, so only when somebody is told
                    work.append(tasks.create_task(self._tell_turns(), name="osc turns"))
                    work.append(tasks.create_task(self._tell_seconds(), name="osc seconds"))
                yield ear.get_extra_info("sockname")[:2] if ear is not None else None
                for task in work:
                    task.cancel()
        finally:
            for transport in (ear, *self._senders.values()):
                if transport is not None:
                    transport.close()
            self._senders.clear()

    # -- in -------------------------------------------------------------------------------------------------------

    def _heard(self, datagram: bytes, sender: Address) -> None:
        host = sender[0].partition("%")[0].removeprefix("::ffff:")
        if host not in self._settings.allowed:
            self._complain(host, "it is not in [osc] from")
            return
        try:
            self._waiting.put_nowait((datagram, sender))
        except asyncio.QueueFull:
            self._complain(host, "it sends faster than orders can be carried out")

    def _complain(self, host: str, why: str) -> None:
        """Once for each sender, however much it sends."""
        if host in self._complained:
            return
        self._complained[host] = None
        if len(self._complained) > MOST_REMEMBERED:
            self._complained.popitem(last=False)
        log.warning("OSC from %s is ignored: %s", host, why, extra={"event": "osc_ignored"})

    async def _give_orders(self) -> None:
        while True:
            datagram, sender = await self._waiting.get()
            try:
                address, arguments = read_message(datagram)
            except BadOrder as error:
                self._complain(sender[0], str(error))
                continue
            try:
                said = await self._give(address, arguments, sender)
            except BroadcastError as error:
                said = None
                await self._send(f"{PREFIX}error", (str(error)[:SAID_LETTERS],), sender)
            except BadOrder as error:
                said = None
                await self._send(f"{PREFIX}error", (str(error)[:SAID_LETTERS],), sender)
            if said is not None:
                await self._send(f"{PREFIX}ok", (said[:SAID_LETTERS],), sender)

    async def _give(self, address: str, arguments: Sequence[Any], sender: Address) -> str | None:
        order = read_osc_order(address, arguments, source=f"{sender[0]}:{sender[1]}", words=self._words)
        if order is None:
            return None
        if not self._has_turned:
            raise BroadcastError("the service is just starting; try again")
        if not self._settings.is_director and is_early(self._desk, order, self._clock.now()):
            raise BroadcastError(EARLY)
        await self._desk.order(order)
        self._glance.forget()
        log.info("%s by %s from %s", order.word, order.who, order.source, extra={"event": "order_given"})
        return str(self._glance.document()["in_a_line"])

    # -- out ------------------------------------------------------------------------------------------------------

    def _on_turn(self) -> None:
        self._has_turned = True
        self._turned.set()

    async def _tell_turns(self) -> None:
        while True:
            await self._turned.wait()
            self._turned.clear()
            await self._tell(_state_of(self._glance.document()))

    async def _tell_seconds(self) -> None:
        number = 0
        while True:
            now = self._clock.now()
            await self._clock.sleep_until(now.replace(microsecond=0) + timedelta(seconds=1))
            if not self._has_turned:
                continue
            number += 1
            if number % AGAIN_EVERY == 0:
                self._said.clear()
            state = self._glance.document()
            await self._tell(_state_of(state))
            for target in self._settings.send_to:
                await self._send(f"{PREFIX}countdown", _countdown(state), target)

    async def _tell(self, said: Mapping[str, tuple[Any, ...]]) -> None:
        changed = {name: values for name, values in said.items() if self._said.get(name) != values}
        self._said.update(changed)
        for name, values in changed.items():
            for target in self._settings.send_to:
                await self._send(PREFIX + name, values, target)

    async def _send(self, address: str, values: Sequence[Any], target: Address) -> None:
        """Send, or let it be: whoever listens badly holds up nobody."""
        from pythonosc.osc_message_builder import OscMessageBuilder

        message = OscMessageBuilder(address=address)
        for value in values:
            message.add_arg(value)
        try:
            transport = await self._sender(is_six=":" in target[0])
            transport.sendto(message.build().dgram, target)
        except OSError as error:
            self._complain(f"{target[0]}:{target[1]}", f"it cannot be sent to: {error.strerror}")

    async def _sender(self, *, is_six: bool) -> asyncio.DatagramTransport:
        # A socket of its own: on Windows, an answer to a port that is gone would deafen the one that listens.
        if is_six not in self._senders:
            loop, host = asyncio.get_running_loop(), "::" if is_six else "0.0.0.0"  # noqa: S104 it only sends
            transport, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=(host, 0))
            self._senders[is_six] = transport
        return self._senders[is_six]


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, heard: Any) -> None:
        self._heard = heard

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self._heard(data, cast(Address, addr[:2]))


def _state_of(state: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    planned, expected = state["planned_end"], state["expected_end"]
    over = (instant(expected) - instant(planned)).total_seconds() if planned and expected else 0.0
    return {
        "program": (state["program"] or "",),
        "next": (state["next_title"] or "",),
        "phase": (str(state["phase"] or ""),),
        "live": (int(bool(state["is_live"])),),
        "over": (round(over),),
        "segment": (state["segment_title"] or "",),
        "held": (int(bool(state["is_held"])),),
    }


def _countdown(state: Mapping[str, Any]) -> tuple[Any, ...]:
    """The text, and the whole seconds; an empty text and 0 when nothing has a time."""
    if state["next_at"] is None:
        return "", 0
    left = (instant(state["next_at"]) - instant(state["now"])).total_seconds()
    return state["next_in"] or "", round(left)
