"""How does a hand look into an emulator, and break it, while it answers?

One aiohttp server carries the far end's own protocol and, beside it on the same port, `/control`: the state it
remembers, the requests it was asked, and the faults it should have. What each fault means is in docs/emulators.md.
"""

import asyncio
import difflib
import json
import logging
import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from broadcaster.ports import Clock

log = logging.getLogger(__name__)

KINDS = ("drop", "delay", "refuse", "lose", "lose_refuse", "down")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def stamp(instant: datetime) -> str:
    """The instant as RFC 3339 in UTC with Z, to the millisecond."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def json_response(document: object, *, status: int = 200) -> web.Response:
    """A JSON answer; datetimes are written by `stamp`."""

    def plain(value: object) -> object:
        return stamp(value) if isinstance(value, datetime) else str(value)

    return web.json_response(text=json.dumps(document, ensure_ascii=False, default=plain), status=status)


def _suggest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to misbehave, for requests whose text `match` finds: "METHOD PATH?QUERY", or OBS's request type.

    `times` 0 means until reset. `seconds` are seconds of the emulator's clock. `status`, `reason` and `message` go
    into the far end's own shape of error; 0 and "" leave the choice to the emulator.
    """

    kind: str
    match: str = ".*"
    times: int = 1
    seconds: float = 0.0
    status: int = 0
    reason: str = ""
    message: str = ""

    @classmethod
    def parse(cls, document: object) -> "Fault":
        """Read a fault from JSON; raises ValueError that says what is wrong with it."""
        if not isinstance(document, dict):
            raise ValueError('a fault is a JSON object, such as {"kind": "drop", "match": "POST .*"}')
        wanted: dict[str, type | tuple[type, ...]] = {
            "kind": str,
            "match": str,
            "times": int,
            "seconds": (int, float),
            "status": int,
            "reason": str,
            "message": str,
        }
        for key, value in document.items():
            if key not in wanted:
                raise ValueError(f"unknown key {key!r} ({_suggest(str(key), tuple(wanted))})")
            if isinstance(value, bool) or not isinstance(value, wanted[key]):
                raise ValueError(f"{key!r} has the wrong type: {value!r}")
        kind = document.get("kind")
        if kind not in KINDS:
            raise ValueError(f"unknown kind {kind!r} ({_suggest(str(kind), KINDS)})")
        fault = cls(**document)
        try:
            re.compile(fault.match)
        except re.error as error:
            raise ValueError(f"'match' is not a regular expression: {error}") from error
        if fault.times < 0 or not 0 <= fault.seconds < 1e9:
            raise ValueError("'times' and 'seconds' cannot be negative or endless")
        if fault.kind in ("delay", "down") and not fault.seconds:
            raise ValueError(f"{fault.kind!r} needs 'seconds' above zero")
        return fault

    def document(self) -> dict[str, Any]:
        """The fault as JSON."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


class ControlRoom:
    """What an emulator was asked, and the faults it still has to show."""

    def __init__(self, clock: Clock, *, snapshot: Callable[[], Mapping[str, Any]], reset: Callable[[], None]) -> None:
        self.clock = clock
        self.requests: list[dict[str, Any]] = []
        self.on_down: Callable[[], None] = lambda: None
        self._snapshot = snapshot
        self._reset = reset
        self._faults: list[tuple[Fault, int]] = []
        self._down_until: datetime | None = None

    def note(self, *, status: int = 0, **what: Any) -> dict[str, Any]:
        """Append a request and return its entry, whose `status` may be set later; 0 means that no answer left."""
        entry = {"at": stamp(self.clock.now()), **what, "status": status}
        self.requests.append(entry)
        return entry

    def add_fault(self, document: Mapping[str, Any]) -> Fault:
        """Add a fault; a `down` without a `match` begins at once. Raises ValueError, see Fault.parse."""
        fault = Fault.parse(dict(document))
        if fault.kind == "down" and "match" not in document:
            self.go_down(fault.seconds)
        else:
            self._faults.append((fault, fault.times))
        return fault

    def fault_for(self, text: str) -> Fault | None:
        """The first fault whose `match` is found in `text`, using up one of its times."""
        for index, (fault, left) in enumerate(self._faults):
            if re.search(fault.match, text):
                if left == 1:
                    del self._faults[index]
                elif left:
                    self._faults[index] = (fault, left - 1)
                return fault
        return None

    @property
    def faults(self) -> list[Fault]:
        """The faults that wait to be used."""
        return [fault for fault, _ in self._faults]

    @property
    def is_down(self) -> bool:
        """Whether the far end is away now."""
        return self._down_until is not None and self.clock.now() < self._down_until

    def go_down(self, seconds: float) -> None:
        """Be away for `seconds` of the clock: every connection is closed, new ones are too, the state is kept."""
        self._down_until = self.clock.now() + timedelta(seconds=seconds)
        self.on_down()

    def reset(self) -> None:
        """Forget requests, faults and everything that the emulator remembers."""
        self.requests.clear()
        self._faults.clear()
        self._down_until = None
        self._reset()

    def routes(self) -> list[web.RouteDef]:
        """The control endpoints that every emulator has."""
        return [
            web.get("/control/state", self._get_state),
            web.get("/control/requests", self._get_requests),
            web.get("/control/faults", self._get_faults),
            web.post("/control/faults", self._post_faults),
            web.post("/control/reset", self._post_reset),
        ]

    async def _get_state(self, request: web.Request) -> web.Response:
        return json_response(self._snapshot())

    async def _get_requests(self, request: web.Request) -> web.Response:
        return json_response(self.requests)

    async def _get_faults(self, request: web.Request) -> web.Response:
        waiting = [{**fault.document(), "left": left} for fault, left in self._faults]
        return json_response({"down": self.is_down, "faults": waiting})

    async def _post_faults(self, request: web.Request) -> web.Response:
        try:
            document = await read_json(request)
            documents = document if isinstance(document, list) else [document]
            for each in documents:  # all or none
                Fault.parse(each)
        except ValueError as error:
            return json_response({"error": str(error)}, status=400)
        return json_response({"added": [self.add_fault(each).document() for each in documents]})

    async def _post_reset(self, request: web.Request) -> web.Response:
        self.reset()
        return json_response({"reset": True})


async def read_json(request: web.Request) -> Any:
    """The request's body as JSON; raises ValueError with a message for the one who wrote it."""
    try:
        return json.loads(await request.text())
    except ValueError as error:
        raise ValueError(f"the body is not JSON: {error}") from error


class Emulator(ABC):
    """One far end as a server: its protocol and its control room on one port.

    `speed` divides the far end's own delays; faults keep the seconds they were given.
    """

    def __init__(self, clock: Clock, *, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError("speed must be above zero")
        self.clock = clock
        self.speed = speed
        self.room = ControlRoom(clock, snapshot=self.snapshot, reset=self.reset)
        self.room.on_down = self.close_connections
        self.host = ""
        self.port = 0
        self._runner: web.AppRunner | None = None
        self._owner: asyncio.Task[None] | None = None
        self._is_stopping = asyncio.Event()
        self._task_group: asyncio.TaskGroup | None = None
        self._spawned: set[asyncio.Task[None]] = set()
        self._control_transports: set[asyncio.BaseTransport] = set()

    @abstractmethod
    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The protocol's routes, and any /control routes besides those of the control room."""

    @abstractmethod
    def snapshot(self) -> Mapping[str, Any]:
        """Everything that it remembers, for /control/state."""

    @abstractmethod
    def reset(self) -> None:
        """Forget everything, as freshly started."""

    @abstractmethod
    def refusal(self, fault: Fault, request: web.Request) -> web.Response:
        """The error that `fault` asks for, in the far end's own shape."""

    @property
    def url(self) -> str:
        """Where it answers, as http://HOST:PORT."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def is_started(self) -> bool:
        """Whether it was started and not stopped since."""
        return self._runner is not None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Return once it answers; port 0 takes a free one. Raises OSError when the address cannot be had."""
        app = web.Application(middlewares=[self._guard], client_max_size=64 * 1024 * 1024)
        app.add_routes([*self.room.routes(), *self.routes()])
        runner = web.AppRunner(app, handle_signals=False, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self.host, self.port = runner.addresses[0][:2]
        self._is_stopping = asyncio.Event()
        ready = asyncio.Event()
        # start() and stop() may be called from different tasks, and a TaskGroup belongs to one: this task owns it.
        self._owner = asyncio.create_task(self._own_tasks(ready), name=f"{type(self).__name__} tasks")  # noqa: TID251
        await ready.wait()

    async def stop(self) -> None:
        """Close every connection and return once all is quiet; raises what went wrong in a task meanwhile."""
        if self._runner is None or self._owner is None:
            return
        runner, owner, self._runner, self._owner = self._runner, self._owner, None, None
        for connection in runner.server.connections if runner.server else ():
            if connection.transport is not None:
                connection.transport.close()
        await runner.cleanup()
        self._is_stopping.set()
        await owner

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def spawn(self, work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
        """Run `work` beside the server; stop() cancels what is left."""
        if self._task_group is None:
            work.close()
            raise RuntimeError(f"{type(self).__name__} was not started")
        task = self._task_group.create_task(work, name=name)
        self._spawned.add(task)
        task.add_done_callback(self._spawned.discard)
        return task

    def cancel_tasks(self) -> None:
        """Stop whatever runs beside the server, as at a reset."""
        for task in self._spawned:
            task.cancel()

    async def pause(self, seconds: float) -> None:
        """Wait as long as the far end would take."""
        await self.clock.sleep(timedelta(seconds=seconds / self.speed))

    def close_connections(self) -> None:
        """Close every connection at once, but those that speak to the control room."""
        for connection in self._runner.server.connections if self._runner and self._runner.server else ():
            transport = connection.transport
            if transport is not None and transport not in self._control_transports:
                transport.abort()

    async def _own_tasks(self, ready: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as tasks:
            self._task_group = tasks
            ready.set()
            try:
                await self._is_stopping.wait()
            finally:
                self._task_group = None
                self.cancel_tasks()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let control through; turn the rest away while down; show plain HTTP requests their fault."""
        transport = request.transport
        if transport is None:
            return await handler(request)
        self._control_transports = {each for each in self._control_transports if not each.is_closing()}
        if request.path.startswith("/control/"):
            self._control_transports.add(transport)
            return await handler(request)
        self._control_transports.discard(transport)
        if self.room.is_down:
            return self._cut(transport)
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await handler(request)  # its messages are what is asked, and the emulator's to note
        return await self._answer_http(request, handler, transport)

    async def _answer_http(
        self, request: web.Request, handler: Handler, transport: asyncio.Transport
    ) -> web.StreamResponse:
        query = f"?{request.query_string}" if request.query_string else ""
        fault = self.room.fault_for(f"{request.method} {request.path}{query}")
        entry = self.room.note(method=request.method, path=request.path, query=dict(request.query))
        if fault is not None:
            entry["fault"] = fault.kind
            log.info("%s %s meets the fault %s", request.method, request.path, fault.kind)
        kind = fault.kind if fault is not None else ""
        if fault is not None and kind == "down":
            self.room.go_down(fault.seconds)
        if kind in ("drop", "down"):
            return self._cut(transport)
        if fault is not None and kind == "refuse":
            await request.read()
            refusal = self.refusal(fault, request)
            entry["status"] = refusal.status
            return refusal
        try:
            response = await handler(request)
        except web.HTTPException as error:
            entry["status"] = error.status
            raise
        if kind == "lose":
            return self._cut(transport)
        if fault is not None and kind == "lose_refuse":
            response = self.refusal(fault, request)
        if fault is not None and kind == "delay":
            await self.clock.sleep(timedelta(seconds=fault.seconds))
        if not transport.is_closing():
            entry["status"] = response.status
        return response

    @staticmethod
    def _cut(transport: asyncio.Transport) -> web.Response:
        transport.abort()
        return web.Response(status=503)  # never leaves: the connection is gone
