"""How does an emulated encoder's video reach an emulated ingest?

As an nginx-rtmp would tell it: a form is posted to `/control/publish` of the server's host and port when video
begins, and to `/control/publish_done` when it ends. The connection then stays open as the video's own would, so
either side notices when the other is gone. Only this machine's own addresses are ever spoken to.
"""

import asyncio
import ipaddress
import logging
from urllib.parse import urlencode, urlsplit

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 5.0


class IngestUnreachable(Exception):
    """The server cannot be reached, or does not want this video."""


def _address(server: str) -> tuple[str, int, str]:
    try:
        parts = urlsplit(server)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise IngestUnreachable(f"not an address: {server}") from error
    if parts.scheme not in ("rtmp", "rtmps") or not host or port is None:
        raise IngestUnreachable(f"an emulated encoder speaks to rtmp://HOST:PORT/APP only, not to {server!r}")
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise IngestUnreachable(f"an emulated encoder sends nothing to {host}: it is not this machine")
    return host, port, parts.path.strip("/")


class Ingest:
    """One connection over which video flows."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def publish(cls, server: str, key: str) -> "Ingest":
        """Return once the server takes the video; raises IngestUnreachable."""
        return await cls._call(server, key, "publish")

    @classmethod
    async def publish_done(cls, server: str, key: str) -> None:
        """Tell the server that the video ended; one that is away needs no telling."""
        try:
            (await cls._call(server, key, "publish_done")).close()
        except IngestUnreachable as error:
            log.info("the ingest was not told that the video ended: %s", error)

    @classmethod
    async def _call(cls, server: str, key: str, call: str) -> "Ingest":
        host, port, app = _address(server)
        form = urlencode({"name": key, "app": app, "call": call, "addr": "127.0.0.1"}).encode()
        head = (
            f"POST /control/{call} HTTP/1.1\r\nHost: {host}:{port}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n"
        )
        writer: asyncio.StreamWriter | None = None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                reader, writer = await asyncio.open_connection(host, port)
                writer.write(head.encode() + form)
                status = await cls._read_answer(reader)
        except (OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError) as error:
            if writer is not None:
                writer.close()
            raise IngestUnreachable(f"{host}:{port}: {error or type(error).__name__}") from error
        if not 200 <= status < 300:
            writer.close()
            raise IngestUnreachable(f"{host}:{port} answered {status}")
        return cls(reader, writer)

    @staticmethod
    async def _read_answer(reader: asyncio.StreamReader) -> int:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        for line in head[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                await reader.readexactly(int(value))
        return int(head[0].split()[1])

    async def gone(self) -> None:
        """Return when the server closes the connection."""
        try:
            while await self._reader.read(4096):
                pass
        except OSError:
            return  # reset: gone all the same

    def close(self) -> None:
        """End the connection."""
        self._writer.close()
