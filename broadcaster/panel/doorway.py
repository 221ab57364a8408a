"""How many may be connected, and how long may they take to say what they want?

A connection costs this process one of its few files, which the way to OBS and the journal need too. Whoever connects
and says nothing, or says it letter by letter, is put out; when it gets full, those are the first to go.
"""

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler, Middleware

log = logging.getLogger(__name__)

HEAD_SECONDS = 10.0
"""From the connection to the end of the first request's head."""
BODY_SECONDS = 30.0
"""From its head to the end of a body: a season of 4 MiB at a megabit a second."""
IDLE_SECONDS = 75.0
"""Between two requests, the second one's head included."""
MOST_OF_AN_ADDRESS = 400
"""Of one machine elsewhere: twice as many as it may have screens."""
MOST_AT_ONCE = 64
"""Accepted at one blow; four times as many may be open beside the rest before the doorway has refused the first."""
MOST_REMEMBERED = 256


class Doorway:
    """Who is connected. `is_known` are addresses that many may share: this machine, and proxies."""

    def __init__(self, most: int, *, is_known: Callable[[str], bool]) -> None:
        self._most = most
        self._is_known = is_known
        self._open: dict[asyncio.BaseTransport, str] = {}
        self._silent: dict[asyncio.BaseTransport, asyncio.TimerHandle] = {}
        self._of: Counter[str] = Counter()
        self._is_full = False

    def let_in(self, transport: asyncio.Transport) -> bool:
        """Whether one more connection may stay; it has to say what it wants."""
        address = str((transport.get_extra_info("peername") or ("",))[0])
        if len(self._open) >= self._most:
            if not self._is_full:
                log.warning("%d connections are open, and no more fit", self._most, extra={"event": "connections_full"})
            self._is_full = True
            if not self._silent:
                return False
            oldest = next(iter(self._silent))
            self.gone(oldest)
            cast(asyncio.Transport, oldest).abort()
        if self._of[address] >= MOST_OF_AN_ADDRESS and not self._is_known(address):
            return False
        self._open[transport] = address
        self._of[address] += 1
        self._silent[transport] = asyncio.get_running_loop().call_later(HEAD_SECONDS, transport.abort)
        return True

    def gone(self, transport: asyncio.BaseTransport) -> None:
        """It is closed; nothing for one that was not let in."""
        self.asked(transport)
        address = self._open.pop(transport, None)
        if address is not None:
            self._of[address] -= 1
            if not self._of[address]:
                del self._of[address]
            self._is_full = self._is_full and len(self._open) > self._most * 0.9

    def asked(self, transport: asyncio.BaseTransport) -> None:
        """It has said what it wants."""
        if (timer := self._silent.pop(transport, None)) is not None:
            timer.cancel()

    @property
    def check(self) -> Middleware:
        """The outermost middleware: a request has come, and its body has to follow soon."""

        @web.middleware
        async def has_come(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.transport is not None:
                self.asked(request.transport)
            if not request.body_exists:
                return await handler(request)
            late = asyncio.get_running_loop().call_later(BODY_SECONDS, _put_out, request)
            try:
                return await handler(request)
            finally:
                late.cancel()

        return has_come


class Runner(web.AppRunner):
    """Runs an application behind a doorway."""

    def __init__(self, app: web.Application, doorway: Doorway, *, shutdown_timeout: float) -> None:
        super().__init__(
            app,
            handle_signals=False,
            access_log=None,
            logger=wire,
            keepalive_timeout=IDLE_SECONDS,
            shutdown_timeout=shutdown_timeout,
        )
        self._doorway = doorway

    @property
    def server(self) -> web.Server | None:
        """What makes the protocol of each connection: a guest in front of aiohttp's own."""
        inner = super().server
        if inner is None:
            return None
        return cast(web.Server, lambda: _Guest(self._doorway, inner()))


class _Guest(asyncio.Protocol):
    """One connection: counted, and handed on to aiohttp."""

    def __init__(self, doorway: Doorway, inner: web.RequestHandler) -> None:
        self._doorway = doorway
        self._inner = inner
        self._is_in = False
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._is_in = self._doorway.let_in(cast(asyncio.Transport, transport))
        if self._is_in:
            self._inner.connection_made(transport)
        else:
            cast(asyncio.Transport, transport).abort()

    def data_received(self, data: bytes) -> None:
        if self._is_in:
            self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        if self._is_in:
            self._inner.eof_received()
        return None

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._transport is not None:
            self._doorway.gone(self._transport)
        if self._is_in:
            self._inner.connection_lost(exc)


def _put_out(request: web.Request) -> None:
    if not request.content.is_eof() and request.transport is not None:
        request.transport.abort()


class _Discreet(logging.Filter):
    """What is no HTTP is told once for each sender, and never what was sent: a token may be in it."""

    def __init__(self) -> None:
        super().__init__()
        self._told: OrderedDict[str, None] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if not isinstance(error, HttpProcessingError | web.RequestPayloadError):
            return True
        sender = str(record.args[0]) if isinstance(record.args, tuple) and record.args else "somebody"
        if sender in self._told:
            return False
        self._told[sender] = None
        if len(self._told) > MOST_REMEMBERED:
            self._told.popitem(last=False)
        record.exc_info, record.levelno, record.levelname = None, logging.WARNING, "WARNING"
        record.msg, record.args = "%s sends what is no HTTP request", (sender,)
        return True


wire = logging.getLogger(f"{__name__}.wire")
wire.addFilter(_Discreet())
