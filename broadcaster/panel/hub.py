"""How does one document reach a thousand screens at once, and none of them hold up the others or the show?

There is no queue: a client is its socket and whether all of the last message has left. Who is behind gets the latest
document whole as soon as its socket has room, who stays behind is dropped. A message is encoded once for all, and
sent in small groups with the rest of the loop's work in between.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from broadcaster.panel.patches import diff
from broadcaster.ports import Clock
from broadcaster.show.records import stamp

log = logging.getLogger(__name__)

GROUP = 50
"""Sockets written to before the loop does something else: about half a millisecond."""
BEHIND_SECONDS = 10.0
"""Who has not taken a message in by then is dropped."""
BEAT_SECONDS = 5.0
"""After so long without a change a short message says that all is well."""
FAST_BEAT_SECONDS = 1.0
"""The same while a rehearsal runs faster than time, and a browser's clock would soon be wrong."""
MINOR = frozenset({"seq", "quota"})
"""Counts that nobody acts on: not worth a message to everybody each time."""
PACE_SPAN = timedelta(hours=1)


@dataclass(eq=False, slots=True, kw_only=True)
class Client:
    """One socket; `drop` ends it without a word."""

    transport: asyncio.Transport
    drop: Callable[[], None]
    number: int = -1
    """Of the last document it was sent."""
    behind_since: float | None = None

    @property
    def has_room(self) -> bool:
        """All that was sent before has left this process."""
        return self.transport.get_write_buffer_size() == 0


def frame(text: str) -> bytes:
    """A text message as RFC 6455 has it on the wire, from a server: unmasked, in one piece."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        head = bytes((0x81, size))
    elif size < 1 << 16:
        head = b"\x81\x7e" + size.to_bytes(2, "big")
    else:
        head = b"\x81\x7f" + size.to_bytes(8, "big")
    return head + payload


def encode(document: Mapping[str, Any]) -> str:
    """Compact JSON in its own letters."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


@dataclass(eq=False, slots=True)
class Hub:
    """The screens of one view. Call `show` with every new document, `beat` about once a second."""

    clock: Clock
    clients: set[Client] = field(default_factory=set)
    document: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0
    sent_at: float = 0.0
    is_sending: bool = False
    """A round is under way: not everybody was sent the latest message yet."""
    _full: str = ""
    _pace: float = 1.0
    _waiting: list[Client] = field(default_factory=list)
    _frame: bytes = b""
    _base: int = 0
    _behind: set[Client] = field(default_factory=set)

    def join(self, client: Client) -> None:
        """Send the document whole, and keep the client up to date from now on."""
        self.clients.add(client)
        self._send_full(client)

    def leave(self, client: Client) -> None:
        """Forget the client."""
        self.clients.discard(client)
        self._behind.discard(client)

    def show(self, document: Mapping[str, Any], *, flush: bool = False) -> None:
        """Send what has changed since the last document to all. What is MINOR alone waits for more, or for `flush`."""
        patch = diff(self.document, document)
        if not patch or (patch.keys() <= MINOR and not flush and self.number):
            return
        self.document, self._full = document, ""
        self.number += 1
        self._send({"n": self.number, "patch": patch}, base=self.number - 1)

    def beat(self) -> None:
        """Say that all is well where nothing was said for long or the clock's pace has changed; look after the slow."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        pace = self._paced()
        limit = BEAT_SECONDS if pace == 1.0 else FAST_BEAT_SECONDS
        if self.clients and (now - self.sent_at >= limit - 0.1 or pace != self._pace):
            self._send({"n": self.number}, base=self.number)
        self._catch_up()
        for client in list(self._behind):
            if client.behind_since is not None and now - client.behind_since > BEHIND_SECONDS:
                log.info("a screen took nothing in for %g s and is dropped", BEHIND_SECONDS, extra={"event": "slow"})
                self.leave(client)
                client.drop()

    # -- sending --------------------------------------------------------------------------------------------------

    def _paced(self) -> float:
        """How many seconds of the show pass in a real one."""
        now: datetime = self.clock.now()
        real = self.clock.delay(now + PACE_SPAN)
        pace = PACE_SPAN.total_seconds() / real if real > 0 else 1.0
        return float(f"{pace:.3g}")

    def _stamped(self, message: dict[str, Any]) -> str:
        self._pace = self._paced()
        return encode(message | {"now": stamp(self.clock.now()), "pace": self._pace})

    def _send(self, message: dict[str, Any], *, base: int) -> None:
        """Begin a round: for all who have the document `base`. Whom the round before did not reach falls behind."""
        if not self.clients:
            return
        self.sent_at = asyncio.get_running_loop().time()
        self._frame, self._base = frame(self._stamped(message)), base
        self._waiting = list(self.clients)
        if not self.is_sending:
            self.is_sending = True
            self._next_group()

    def _next_group(self) -> None:
        for _ in range(min(GROUP, len(self._waiting))):
            client = self._waiting.pop()
            if client not in self.clients or client in self._behind:
                continue
            if client.number == self._base and client.has_room and not client.transport.is_closing():
                client.number = self.number
                self._write(client, self._frame)
            elif client.number != self.number:  # else it has joined since, with this very document
                self._behind.add(client)
                client.behind_since = self.sent_at
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._next_group)
        else:
            self.is_sending = False
            self._catch_up()

    def _catch_up(self) -> None:
        """Send the document whole to those behind whose sockets have room again."""
        ready = [client for client in self._behind if client.has_room]
        for client in ready[:GROUP]:
            self._send_full(client)
        if len(ready) > GROUP:
            asyncio.get_running_loop().call_soon(self._catch_up)

    def _send_full(self, client: Client) -> None:
        self._behind.discard(client)
        client.behind_since, client.number = None, self.number
        if client.transport.is_closing():
            return
        if not self._full:
            self._full = encode(self.document)
        text = self._stamped({"n": self.number})
        self._write(client, frame(f'{text[:-1]},"full":{self._full}}}'))

    def _write(self, client: Client, data: bytes) -> None:
        try:
            client.transport.write(data)
        except (OSError, RuntimeError) as error:  # one broken socket must not end the round of all
            log.info("a screen is dropped: %s", error, extra={"event": "screen_broken"})
            self.leave(client)
            client.drop()
