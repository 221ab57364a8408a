"""How does the outside reach the emulated OBS? obs-websocket 5 on `GET /`, the control room beside it."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from broadcaster.emulators.control import Emulator, Fault, json_response
from broadcaster.emulators.obs import batch
from broadcaster.emulators.obs.codes import CloseCode, CloseSocket, Intent, Op, RequestRefused, Status
from broadcaster.emulators.obs.encoder import Phase
from broadcaster.emulators.obs.machine import Machine
from broadcaster.emulators.obs.requests import Requests
from broadcaster.emulators.obs.requests_inputs import inputs
from broadcaster.emulators.obs.requests_outputs import outputs
from broadcaster.emulators.obs.requests_scenes import scenes
from broadcaster.emulators.obs.session import JSON_PROTOCOL, MSGPACK_PROTOCOL, Lock, Session
from broadcaster.emulators.obs.state import ObsState
from broadcaster.emulators.obs.usecases import UseCases
from broadcaster.ports import Clock

log = logging.getLogger(__name__)

REQUESTS = Requests(scenes, outputs, inputs)
GOODBYE_SECONDS = 1.0


class Unanswered(Exception):
    """A fault took the socket before the answer."""


class EmulatedOBS(Emulator):
    """An OBS with its encoder. `transition_ms` 0 means Cut, else a Fade of that length."""

    def __init__(
        self,
        clock: Clock,
        *,
        password: str = "",
        scenes: tuple[str, ...] = ("Scene",),
        speed: float = 1.0,
        transition_ms: int = 0,
        version: str = "5.5.2",
    ) -> None:
        self._scene_names = tuple(scenes)
        self._transition_ms = transition_ms
        self._version = version
        self._lock = Lock(password)
        self._running = asyncio.Event()
        self._running.set()
        self.is_ready = True
        self.sessions: list[Session] = []
        self.state = ObsState(self._scene_names, fade_ms=transition_ms)
        super().__init__(clock, speed=speed)
        self.usecases = UseCases(self)
        self._stream_starts = 0
        self.machine = self._new_machine()

    def _new_machine(self) -> Machine:
        machine = Machine(
            self.clock, self.state, version=self._version, pause=self.pause, spawn=self.spawn, emit=self.emit
        )
        machine.available_requests = (*REQUESTS.handlers, "Sleep")
        return machine

    def start_machine(self) -> None:
        """Be launched again: the saved scene on program, no studio mode, outputs stopped."""
        self._stream_starts += self.machine.encoder.starts
        self.state.program = self.state.saved
        self.state.preview = None
        self.is_ready = True
        self._running.set()
        self.machine = self._new_machine()

    def routes(self) -> list[web.RouteDef]:
        """The websocket, and the hand."""
        return [web.get("/", self._socket), web.post("/control/hand", self.usecases.answer)]

    def snapshot(self) -> Mapping[str, Any]:
        """Everything that it remembers; the stream key is among it."""
        state, encoder = self.state, self.machine.encoder
        return {
            "program": state.program.name,
            "preview": state.preview.name if state.preview else None,
            "studio_mode": state.preview is not None,
            "scenes": [scene.name for scene in state.scenes],
            "transition": state.transition,
            "transition_ms": 0 if state.transition == "Cut" else state.fade_ms,
            "streaming": encoder.phase in (Phase.STREAMING, Phase.RECONNECTING),
            "reconnecting": encoder.phase is Phase.RECONNECTING,
            "stream_phase": encoder.phase,
            "stream_starts": self._stream_starts + encoder.starts,
            "stream": encoder.document(),
            "recording": self.machine.recorder.active,
            "service": {"type": state.service_type, "server": "", "key": "", **state.service},
            "takes": [{"at": take.at, "scene": take.scene, "changed": take.changed} for take in state.takes],
            "inputs": [
                {
                    "name": each.name,
                    "kind": each.kind,
                    "settings": each.settings,
                    "muted": each.muted,
                    "volume_db": each.volume_db,
                }
                for each in state.inputs
            ],
            "items": {
                scene.name: [
                    {"id": item.id, "source": item.source.name, "enabled": item.enabled} for item in scene.items
                ]
                for scene in state.scenes
            },
            "connections": len(self.sessions),
            "frozen": not self._running.is_set(),
            "down": self.room.is_down,
        }

    def reset(self) -> None:
        """Forget everything, as freshly installed; clients are disconnected."""
        self.cancel_tasks()
        self.close_connections()
        self.state = ObsState(self._scene_names, fade_ms=self._transition_ms)
        self.start_machine()
        self._stream_starts = 0

    def refusal(self, fault: Fault, request: web.Request) -> web.Response:
        """The answer to something that is no websocket."""
        return json_response({"error": fault.message or fault.reason or "refused"}, status=fault.status or 500)

    def emit(self, event: str, intent: Intent, data: Mapping[str, Any]) -> None:
        """Send an event to every client that subscribed to its kind."""
        for session in self.sessions:
            if session.is_identified and session.subscriptions & intent:
                session.send(Op.EVENT, {"eventType": event, "eventIntent": int(intent), "eventData": dict(data)})

    def freeze(self, seconds: float) -> None:
        """Neither read nor say anything for `seconds` of the clock."""
        self._running.clear()
        self.spawn(self._thaw(seconds), name="thaw")

    async def _thaw(self, seconds: float) -> None:
        await self.clock.sleep(timedelta(seconds=seconds))
        self._running.set()

    async def say_goodbye(self) -> None:
        """Do what OBS does when it is quit: stop the outputs, tell the clients, close their sockets."""
        encoder = self.machine.encoder
        if encoder.active:
            await encoder.stop()
        else:
            await encoder.die()
        self.emit("ExitStarted", Intent.GENERAL, {})
        leaving = list(self.sessions)
        for session in leaving:
            session.close(CloseCode.GOING_AWAY, "Server stopping.")
        for session in leaving:
            await session.wait_closed(GOODBYE_SECONDS)

    async def stop(self) -> None:
        """Quit, with a goodbye to the ingest and to the clients."""
        if self.is_started:
            self._running.set()
            await self.machine.encoder.die()
            await self.say_goodbye()
        await super().stop()

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        await self._running.wait()
        ws = web.WebSocketResponse(
            protocols=(JSON_PROTOCOL, MSGPACK_PROTOCOL), autoping=False, timeout=GOODBYE_SECONDS, compress=False
        )
        await ws.prepare(request)
        session = Session(ws, request.transport, self._lock, version=self._version, running=self._running)
        self.sessions.append(session)
        try:
            await session.run(self._asked)
        finally:
            self.sessions.remove(session)
        return ws

    async def _asked(self, session: Session, op: int, body: dict[str, Any]) -> None:
        if body.get("requestId") is None:
            raise CloseSocket(CloseCode.MISSING_FIELD, "Your payload data is missing a `requestId`.")
        if op == Op.BATCH:
            batch.check(body)
            work = self._answer_batch(session, body)
        else:
            if not isinstance(body.get("requestType", ""), str):
                raise CloseSocket(CloseCode.FIELD_TYPE, "Your `requestType` is not a string.")
            work = self._answer(session, body)
        # Not a task of the socket: OBS goes on with a request whose client has left.
        self.spawn(work, name=f"obs request {body.get('requestType', 'batch')}")

    async def _answer(self, session: Session, body: dict[str, Any]) -> None:
        try:
            result = await self._ask(session, body.get("requestType", ""), body.get("requestData"))
        except Unanswered:
            return
        session.send(Op.RESPONSE, {**result, "requestId": body["requestId"]})

    async def _answer_batch(self, session: Session, body: dict[str, Any]) -> None:
        async def ask(request_type: str, data: Any) -> dict[str, Any]:
            return await self._ask(session, request_type, data)

        results: list[dict[str, Any]] | None = None
        try:
            results = await batch.run(body, ask, self.pause)
        except* Unanswered as lost:  # a parallel batch may lose several
            log.debug("a batch stays without answer: %s", lost)
        if results is not None:
            session.send(Op.BATCH_RESPONSE, {"requestId": body["requestId"], "results": results})

    async def _ask(self, session: Session, request_type: str, data: Any) -> dict[str, Any]:
        """Answer one request, with the fault that waits for it; raises Unanswered when no answer is to leave."""
        fault = self.room.fault_for(request_type)
        entry = self.room.note(type=request_type, data=data)
        kind = fault.kind if fault is not None else ""
        if fault is not None:
            entry["fault"] = kind
            if kind == "down":
                self.room.go_down(fault.seconds)
                raise Unanswered
        if kind == "drop":
            session.abort()
            raise Unanswered
        outcome: RequestRefused | dict[str, Any] | None
        try:
            if fault is not None and kind == "refuse":
                raise self._refused(fault)
            if not self.is_ready:
                raise RequestRefused(Status.NOT_READY, "OBS is not ready to perform the request.")
            outcome = await REQUESTS.call(self.machine, request_type, data)
            if fault is not None and kind == "lose_refuse":
                raise self._refused(fault)
        except RequestRefused as refused:
            outcome = refused
        if kind == "lose":
            session.abort()
            raise Unanswered
        if fault is not None and kind == "delay":
            await self.clock.sleep(timedelta(seconds=fault.seconds))
        entry["status"] = outcome.code if isinstance(outcome, RequestRefused) else int(Status.SUCCESS)
        return batch.result_of(request_type, outcome)

    @staticmethod
    def _refused(fault: Fault) -> RequestRefused:
        return RequestRefused(fault.status or Status.GENERIC, fault.message or fault.reason or "A fault was asked for.")
