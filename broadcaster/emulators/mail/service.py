"""How does the outside reach the emulated mail server? SMTP (RFC 5321), plain: it is for this machine only."""

import asyncio
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from broadcaster.emulators.control import Emulator, Fault
from broadcaster.emulators.hand import do_by_hand
from broadcaster.emulators.mail.state import Letter, MailState
from broadcaster.ports import Clock

PATH = re.compile(r"(?i)(FROM|TO):\s*<([^<>\s]*)>(?:\s+(.*))?")
MOST_BYTES = 32 * 1024 * 1024
MOST_READERS = 100
IDLE_SECONDS = 300


class EmulatedMail(Emulator):
    """An SMTP server on `mail_port`, beside its control room; every mailbox is there until a hand says otherwise.

    A fault is matched against `RCPT address`, and against `DATA` once a letter has come.
    """

    def __init__(self, clock: Clock, *, speed: float = 1.0) -> None:
        self.state = MailState()
        self.mail_port = 0
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.StreamWriter] = set()
        super().__init__(clock, speed=speed)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Return once both answer; SMTP is at the port above `port`, or at a free one for 0."""
        self.mail_port = self.mail_port or (port + 1 if port else 0)
        await super().start(host, port)
        try:
            self._server = await asyncio.start_server(self._talk, host, self.mail_port, limit=MOST_BYTES)
        except OSError:
            await super().stop()
            raise
        self.mail_port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close every connection and return once all is quiet."""
        if self._server is not None:
            server, self._server = self._server, None
            server.close()
            self.close_connections()
            await server.wait_closed()
        await super().stop()

    def close_connections(self) -> None:
        """Cut every talk at once."""
        super().close_connections()
        for writer in list(self._talks):
            writer.transport.abort()

    def routes(self) -> list[web.RouteDef]:
        """The hand; the rest is SMTP."""
        return [web.post("/control/hand", self._hand)]

    def snapshot(self) -> Mapping[str, Any]:
        """Every letter, and where SMTP is."""
        return {
            "mail_port": self.mail_port,
            "letters": [each.document() for each in self.state.letters],
            "unknown": sorted(self.state.unknown),
        }

    def reset(self) -> None:
        """Forget every letter."""
        self.state = MailState()

    def refusal(self, fault: Fault, request: web.Request) -> web.Response:
        """Nothing but the control room speaks HTTP here."""
        return web.Response(status=fault.status or 500, text=_no(fault))

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.room.is_down:
            writer.transport.abort()
            return
        self._talks.add(writer)
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await _Talk(self, reader, writer).run()
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.transport.abort()
        finally:
            self._talks.discard(writer)
            writer.close()

    async def _hand(self, request: web.Request) -> web.Response:
        verbs = {
            "forget": lambda address: self.state.unknown.add(address.lower()),
            "know": lambda address: self.state.unknown.discard(address.lower()),
        }
        return await do_by_hand(request, "address", verbs)


class _Talk:
    """One client's talk."""

    def __init__(self, mail: EmulatedMail, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._mail = mail
        self._reader = reader
        self._writer = writer
        self._sender: str | None = None
        self._readers: list[str] = []

    async def run(self) -> None:
        await self._say("220 emulated ESMTP")
        while line := await self._reader.readline():
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            match verb.upper():
                case "EHLO":
                    await self._say("250-emulated", f"250-SIZE {MOST_BYTES}", "250 8BITMIME")
                case "HELO":
                    await self._say("250 emulated")
                case "NOOP":
                    await self._say("250 2.0.0 OK")
                case "RSET":
                    self._forget()
                    await self._say("250 2.0.0 OK")
                case "MAIL":
                    await self._from(rest)
                case "RCPT":
                    await self._to(rest)
                case "DATA":
                    await self._data()
                case "QUIT":
                    await self._say("221 2.0.0 bye")
                    return
                case _:
                    await self._say("502 5.5.2 not understood")

    async def _from(self, rest: str) -> None:
        found = PATH.fullmatch(rest)
        if found is None or found[1].upper() != "FROM":
            await self._say("501 5.5.4 MAIL FROM:<address>")
            return
        self._forget()
        self._sender = found[2]
        await self._say("250 2.1.0 OK")

    async def _to(self, rest: str) -> None:
        found = PATH.fullmatch(rest)
        if self._sender is None:
            await self._say("503 5.5.1 MAIL first")
        elif found is None or found[1].upper() != "TO":
            await self._say("501 5.5.4 RCPT TO:<address>")
        elif (fault := await self._fault(f"RCPT {found[2]}")) is not None:
            await self._stumble(fault)
        elif found[2].lower() in self._mail.state.unknown:
            await self._say("550 5.1.1 no such mailbox")
        elif len(self._readers) >= MOST_READERS:
            await self._say("452 4.5.3 too many recipients")
        else:
            self._readers.append(found[2])
            await self._say("250 2.1.5 OK")

    async def _data(self) -> None:
        if not self._readers:
            await self._say("503 5.5.1 RCPT first")
            return
        await self._say("354 end with <CRLF>.<CRLF>")
        raw = await self._reader.readuntil(b"\r\n.\r\n")
        content = re.sub(rb"(?m)^\.", b"", raw[:-3])
        fault = await self._fault("DATA", status=250)
        if fault is not None and fault.kind in ("drop", "down", "refuse"):
            await self._stumble(fault)
            return
        letter = Letter(at=self._mail.clock.now(), sender=self._sender or "", readers=list(self._readers), raw=content)
        self._mail.state.letters.append(letter)
        self._forget()
        if fault is not None and fault.kind != "delay":
            await self._stumble(fault)
            return
        if fault is not None:
            await self._mail.clock.sleep(timedelta(seconds=fault.seconds))
        await self._say("250 2.0.0 taken")

    async def _fault(self, what: str, *, status: int = 0) -> Fault | None:
        fault = self._mail.room.fault_for(what)
        entry = self._mail.room.note(status=status, method="SMTP", path=what)
        if fault is not None:
            entry["fault"] = fault.kind
            entry["status"] = 0
        return fault

    async def _stumble(self, fault: Fault) -> None:
        """Say no, or nothing."""
        if fault.kind in ("refuse", "lose_refuse"):
            await self._say(_no(fault))
            return
        if fault.kind == "down":
            self._mail.room.go_down(fault.seconds)
        self._writer.transport.abort()
        raise ConnectionAbortedError

    def _forget(self) -> None:
        self._sender, self._readers = None, []

    async def _say(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()


def _no(fault: Fault) -> str:
    """The reply that a fault asks for: `status` is SMTP's own, 451 if it is none of those."""
    status = fault.status if 400 <= fault.status < 600 else 451
    return f"{status} {' '.join((fault.message or fault.reason or 'refused').split())}"
