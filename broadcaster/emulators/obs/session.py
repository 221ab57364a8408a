"""How does one websocket client speak with OBS, from Hello to the close code?"""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import WSMsgType, web

from broadcaster.emulators.obs.codes import ALL_LOW_VOLUME, CloseCode, CloseSocket, Op
from broadcaster.emulators.obs.packing import PackingError, pack, unpack

log = logging.getLogger(__name__)

JSON_PROTOCOL = "obswebsocket.json"
MSGPACK_PROTOCOL = "obswebsocket.msgpack"


class Lock:
    """The password, as the server keeps it: a salt, and the secret made of both."""

    def __init__(self, password: str) -> None:
        self.required = bool(password)
        self.salt = base64.b64encode(secrets.token_bytes(32)).decode()
        self._secret = _digest(password + self.salt)

    def opens(self, challenge: str, answer: object) -> bool:
        """Whether the answer to a challenge shows knowledge of the password."""
        expected = _digest(self._secret + challenge)
        return isinstance(answer, str) and hmac.compare_digest(expected.encode(), answer.encode())


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class Session:
    """One socket. What leaves it goes through one queue, so replies and events keep their order."""

    def __init__(
        self,
        ws: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        lock: Lock,
        *,
        version: str,
        running: asyncio.Event,
    ) -> None:
        self._ws = ws
        self._lock = lock
        self._version = version
        self._running = running
        self._challenge = base64.b64encode(secrets.token_bytes(32)).decode()
        self._outgoing: asyncio.Queue[dict[str, Any] | CloseSocket] = asyncio.Queue()
        self._is_packed = ws.ws_protocol == MSGPACK_PROTOCOL
        self._is_closing = False
        self._is_over = asyncio.Event()
        self._transport = transport
        self.is_identified = False
        self.subscriptions = 0

    def send(self, op: Op, data: dict[str, Any]) -> None:
        """Queue a message; one for a socket that is closing is dropped."""
        if not self._is_closing:
            self._outgoing.put_nowait({"op": int(op), "d": data})

    def close(self, code: CloseCode, reason: str) -> None:
        """Close the socket once everything queued before has left."""
        if not self._is_closing:
            self._is_closing = True
            self._outgoing.put_nowait(CloseSocket(code, reason))

    def abort(self) -> None:
        """Cut the connection without a word."""
        self._is_closing = True
        if self._transport is not None:
            self._transport.abort()

    async def wait_closed(self, seconds: float) -> None:
        """Return once the socket is closed; cut it when it is not after that many real seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._is_over.wait()
        except TimeoutError:
            self.abort()

    async def run(self, on_message: Callable[["Session", int, dict[str, Any]], Awaitable[None]]) -> None:
        """Speak until the socket is closed; `on_message` gets what an identified client asks."""
        hello: dict[str, Any] = {"obsWebSocketVersion": self._version, "rpcVersion": 1}
        if self._lock.required:
            hello["authentication"] = {"challenge": self._challenge, "salt": self._lock.salt}
        self.send(Op.HELLO, hello)
        async with asyncio.TaskGroup() as tasks:
            writer = tasks.create_task(self._write(), name="obs socket writer")
            try:
                await self._read(on_message)
            finally:
                self._is_closing = True
                writer.cancel()
                self._is_over.set()

    async def _write(self) -> None:
        while True:
            message = await self._outgoing.get()
            await self._running.wait()  # a frozen process sends nothing
            try:
                if isinstance(message, CloseSocket):
                    await self._ws.close(code=message.code, message=message.reason.encode())
                    return
                if self._is_packed:
                    await self._ws.send_bytes(pack(message))
                else:
                    await self._ws.send_str(json.dumps(message, ensure_ascii=False))
            except ConnectionError as error:
                log.debug("a client was gone before its message left: %s", error)
                return

    async def _read(self, on_message: Callable[["Session", int, dict[str, Any]], Awaitable[None]]) -> None:
        while True:
            frame = await self._ws.receive()
            if frame.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return
            await self._running.wait()  # nor does it read, or answer a ping
            if frame.type == WSMsgType.PING:
                await self._ws.pong(frame.data)
            if frame.type not in (WSMsgType.TEXT, WSMsgType.BINARY) or self._is_closing:
                continue
            try:
                await self._take_in(frame.type, frame.data, on_message)
            except CloseSocket as end:
                log.info("closing a socket: %s", end)
                self.close(end.code, end.reason)

    async def _take_in(
        self,
        kind: WSMsgType,
        data: str | bytes,
        on_message: Callable[["Session", int, dict[str, Any]], Awaitable[None]],
    ) -> None:
        if (kind == WSMsgType.BINARY) != self._is_packed:
            raise CloseSocket(CloseCode.DECODE, "Your message type does not match your subprotocol.")
        try:
            message = unpack(data) if isinstance(data, bytes) else json.loads(data)
        except (PackingError, ValueError, RecursionError) as error:
            raise CloseSocket(CloseCode.DECODE, "Unable to decode your message.") from error
        if not isinstance(message, dict):
            raise CloseSocket(CloseCode.FIELD_TYPE, "You sent a non-object payload.")
        op = message.get("op")
        if isinstance(op, bool) or not isinstance(op, int):
            raise CloseSocket(CloseCode.UNKNOWN_OP, "Your request is missing an `op`.")
        body = message.get("d")
        if body is None:
            raise CloseSocket(CloseCode.MISSING_FIELD, "Your payload is missing data (`d`).")
        if not isinstance(body, dict):
            raise CloseSocket(CloseCode.FIELD_TYPE, "Your payload's data (`d`) is not an object.")
        if not self.is_identified and op != Op.IDENTIFY:
            raise CloseSocket(
                CloseCode.NOT_IDENTIFIED, "You attempted to send a non-Identify message while not identified."
            )
        if op == Op.IDENTIFY:
            self._identify(body)
        elif op == Op.REIDENTIFY:
            self._subscribe(body)
            self.send(Op.IDENTIFIED, {"negotiatedRpcVersion": 1})
        elif op in (Op.REQUEST, Op.BATCH):
            await on_message(self, op, body)
        else:
            raise CloseSocket(CloseCode.UNKNOWN_OP, f"Unknown OpCode: {op}")

    def _identify(self, body: dict[str, Any]) -> None:
        if self.is_identified:
            raise CloseSocket(CloseCode.ALREADY_IDENTIFIED, "You are already Identified with the obs-websocket server.")
        if self._lock.required and not self._lock.opens(self._challenge, body.get("authentication")):
            raise CloseSocket(CloseCode.AUTHENTICATION, "Authentication failed.")
        rpc = body.get("rpcVersion")
        if rpc is None:
            raise CloseSocket(CloseCode.MISSING_FIELD, "Your payload's data is missing an `rpcVersion`.")
        if isinstance(rpc, bool) or not isinstance(rpc, int) or rpc < 0:
            raise CloseSocket(CloseCode.FIELD_TYPE, "Your `rpcVersion` is not an unsigned number.")
        if rpc != 1:
            raise CloseSocket(CloseCode.RPC_VERSION, "Your requested RPC version is not supported by this server.")
        self.subscriptions = ALL_LOW_VOLUME
        self._subscribe(body)
        self.is_identified = True
        self.send(Op.IDENTIFIED, {"negotiatedRpcVersion": 1})

    def _subscribe(self, body: dict[str, Any]) -> None:
        if "eventSubscriptions" not in body:
            return
        bits = body["eventSubscriptions"]
        if isinstance(bits, bool) or not isinstance(bits, int) or bits < 0:
            raise CloseSocket(CloseCode.FIELD_TYPE, "Your `eventSubscriptions` is not an unsigned number.")
        self.subscriptions = bits
