"""How does a page stay true to the running show? One WebSocket: the document whole, then what changes in it.

The protocol is told to page builders in docs/api.md.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

from aiohttp import WSCloseCode, WSMsgType, web

from broadcaster.panel.guard import SIGN_IN_AGAIN, answer, person, still
from broadcaster.panel.hub import BEAT_SECONDS, Client, Hub
from broadcaster.panel.languages import spelled
from broadcaster.panel.seats import Seat, Seats
from broadcaster.ports import Clock
from broadcaster.show.records import stamp
from broadcaster.show.screen import stage

log = logging.getLogger(__name__)

GAP_SECONDS = 0.05
"""Between two changes that are sent: what happens together is sent together."""
AFTER_ROUND_SECONDS = 0.005
TICK_SECONDS = 1.0
PING_SECONDS = 15.0
"""A socket whose other end has silently gone is closed after one and a half times this."""
CLOSE_SECONDS = 1.0
MOST_BYTES = 1024
"""Nothing is read from clients, so that much is plenty."""
CHECK_SECONDS = 5.0
"""How soon a screen goes dark whose session was ended or whose role was taken away."""


class Watched(Protocol):
    """What the socket needs of the conductor."""

    on_turn: list[Callable[[], None]]
    """Called after every turn of the loop."""

    def screen(self) -> dict[str, Any]:
        """The document, see show.screen."""
        ...


class Live:
    """The socket of one desk, with a hub for each view. It does nothing while nobody is connected.

    Make it before the desk runs.
    """

    def __init__(self, desk: Watched, *, clock: Clock, seats: Seats | None = None) -> None:
        self._desk = desk
        self._clock = clock
        self._hubs = {"desk": Hub(clock), "stage": Hub(clock)}
        self._seats = seats or Seats()
        self._people: Mapping[str, Any] = {}
        self._refresh_timer: asyncio.TimerHandle | None = None
        self._tick_timer: asyncio.TimerHandle | None = None
        self._refreshed_at = 0.0
        desk.on_turn.append(self.look_again)

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [web.get("/api/v1/live", self._live)]

    @property
    def screens(self) -> int:
        """How many are connected."""
        return len(self._seats.taken)

    async def close(self, app: web.Application) -> None:
        """Say goodbye to everybody: the service stops."""
        for timer in (self._refresh_timer, self._tick_timer):
            if timer is not None:
                timer.cancel()
        async with asyncio.TaskGroup() as goodbyes:
            for seat in list(self._seats.taken):
                goodbyes.create_task(_goodbye(seat.socket), name="goodbye")

    async def _live(self, request: web.Request) -> web.StreamResponse:
        view = request.query.get("view", "desk")
        if view not in self._hubs:
            return answer({"error": "there are two views: view=desk and view=stage"}, status=400)
        found = person(request)
        address = found.source
        if (refusal := self._seats.refusal(address)) is not None:
            status, said = refusal
            log.warning("a screen is refused: %s", said, extra={"event": "screen_refused"})
            return answer({"error": said}, status=status, headers={"Retry-After": "10"})
        socket = web.WebSocketResponse(
            heartbeat=PING_SECONDS, max_msg_size=MOST_BYTES, compress=False, timeout=CLOSE_SECONDS
        )
        if not socket.can_prepare(request):
            return answer({"error": "this is a WebSocket: connect with ws:// or wss://"}, status=426)
        await socket.prepare(request)
        transport = request.transport
        if transport is None:
            return socket  # gone already
        seat = Seat(
            socket=socket,
            client=Client(transport=transport, drop=transport.abort),
            hub=self._hubs[view],
            address=address,
            request=request,
            name=found.name,
            role=found.role,
            since=stamp(self._clock.now()),
        )
        try:
            self._enter(seat)
            await _until_over(seat)
        finally:
            self._leave(seat)
        return socket

    # -- who is there ---------------------------------------------------------------------------------------------

    def _enter(self, seat: Seat) -> None:
        is_first = not self._seats.taken
        self._seats.take(seat)
        if is_first:
            self._people = self._seats.people()
            if self._tick_timer is None:
                self._tick_timer = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)
        if not seat.hub.clients:
            self._refresh(seat.hub)
        seat.hub.join(seat.client)

    def _leave(self, seat: Seat) -> None:
        self._seats.free(seat)
        seat.hub.leave(seat.client)

    # -- what is new ----------------------------------------------------------------------------------------------

    def look_again(self) -> None:
        """The desk has made a turn."""
        if self._refresh_timer is None and self._seats.taken:
            loop = asyncio.get_running_loop()
            wait = self._refreshed_at + GAP_SECONDS - loop.time()
            self._refresh_timer = loop.call_later(max(wait, 0.0), self._refresh)

    def _refresh(self, joined: Hub | None = None, *, flush: bool = False) -> None:
        """Look anew and send what has changed; `joined` is about to have its first screen, see Hub.show for `flush`."""
        if self._refresh_timer is not None:
            self._refresh_timer.cancel()
            self._refresh_timer = None
        if joined is None and any(hub.is_sending for hub in self._hubs.values()):
            # what is new now goes with the next round; to overtake this one would send many the whole document
            self._refresh_timer = asyncio.get_running_loop().call_later(AFTER_ROUND_SECONDS, self._refresh)
            return
        self._refreshed_at = asyncio.get_running_loop().time()
        document = spelled(self._desk.screen())
        self._hubs["desk"].show(document | {"people": self._people}, flush=flush or joined is not None)
        if self._hubs["stage"].clients or self._hubs["stage"] is joined:
            self._hubs["stage"].show(stage(document))
        for hub in self._hubs.values():
            hub.beat()  # the turn may have changed the pace of a rehearsal, and nothing else

    def _tick(self) -> None:
        """Once a second while somebody is connected."""
        self._tick_timer = None
        if not self._seats.taken:
            return
        loop = asyncio.get_running_loop()
        self._tick_timer = loop.call_later(TICK_SECONDS, self._tick)
        people = self._seats.people()
        is_old = loop.time() - self._refreshed_at >= BEAT_SECONDS
        if is_old or people != self._people or moves(self._hubs["desk"].document):
            self._people = people
            self._refresh(flush=is_old)
            return
        for hub in self._hubs.values():
            hub.beat()


async def _until_over(seat: Seat) -> None:
    """Return once the other end has gone, has said anything (nothing is read here), or may not stay."""
    while still(seat.request) is not None:
        with suppress(TimeoutError):  # time to look whether it may still stay
            message = await seat.socket.receive(timeout=CHECK_SECONDS)
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                await seat.socket.close(code=WSCloseCode.UNSUPPORTED_DATA, message=b"orders are sent by POST")
            return
    await seat.socket.close(code=SIGN_IN_AGAIN, message=b"sign in again")


async def _goodbye(socket: web.WebSocketResponse) -> None:
    with suppress(ConnectionError):  # it has gone before
        await socket.close(code=WSCloseCode.GOING_AWAY, message=b"the service stops")


def moves(document: Mapping[str, Any]) -> bool:
    """Whether its times move on by themselves: the rundown is held, or waits for somebody."""
    if document.get("phase") not in ("standby", "live"):
        return False
    return bool(document.get("is_held")) or "waits_since" in document.get("next", {})
