"""How are requests and events carried to and from one OBS, so that no trap of its client can hurt a show?

One thread owns the client (obsws-python): it connects, sends, and waits for the instants of armed requests, one
request in flight at a time. Requests and events have a socket each, since obs-websocket leaves Nagle's algorithm on
and a mixed socket stalls for 40 ms. Any exception ends both sockets; nothing is read from a socket that failed, for
obsws-python does not compare request ids and would take a late answer for the next one.

Time-outs here are real seconds, not the Clock's: the far end lives in real time, also in a rehearsal at sixty times
its speed. Only the instants of cues are show time.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from obsws_python.baseclient import ObsClient
from obsws_python.error import OBSSDKError
from obsws_python.events import EventClient
from obsws_python.subs import Subs
from websocket import WebSocketException

from broadcaster.adapters.obs import translate
from broadcaster.ports import Clock, Secret
from broadcaster.season.errors import FarEndError, Unavailable, Withdrawn

log = logging.getLogger(__name__)

HOP_SECONDS = 0.25
"""A longer wait is cut into hops, so that a stepped clock is noticed."""

QUIET_SECONDS = 0.1
"""No other request begins this long before an armed one, so that none is in its way."""

LOST = (OSError, WebSocketException, OBSSDKError, ValueError, KeyError, TypeError, AttributeError)
"""What obsws-python and websocket-client raise when the far end goes, is no OBS, or is closed under them."""

# They log the password and the stream key at INFO and DEBUG, and a traceback at ERROR for each attempt to connect;
# all they know reaches us as exceptions and is logged once, in our words.
for _name in ("baseclient.ObsClient", "events.EventClient", "reqs.ReqClient"):
    logging.getLogger(f"obsws_python.{_name}").addFilter(lambda record: record.levelno >= logging.CRITICAL)
logging.getLogger("obsws_python").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for one request. `sent` is when it left; None: it was not needed any more and did not leave."""

    data: Mapping[str, Any]
    sent: datetime | None


class Socket(ObsClient):  # type: ignore[misc]  # obsws_python is untyped
    """One identified websocket. The password stays a Secret, so that the client's own messages show dots."""

    def __init__(self, *, host: str, port: int, password: Secret, subs: int, timeout: float) -> None:
        place = f"{host}:{port}"
        try:
            super().__init__(host=host, port=port, password=password, subs=subs, timeout=timeout)
            # UTF-8 is checked in Python otherwise: 0.6 s and the interpreter lock for one screenshot.
            self.ws.frame_buffer.skip_utf8_validation = True
            self.ws.cont_frame.skip_utf8_validation = True
            asks = "authentication" in self.server_hello["d"]
        except LOST as error:
            self.end()
            raise translate.away(place, error, timeout=timeout) from error
        try:
            self.authenticate()
        except OBSSDKError as error:
            # A wrong password is answered by closing the socket, and the close code is lost on the way.
            self.end()
            if asks:
                raise translate.wrong_password(place, given=bool(password)) from error
            raise translate.away(place, error, timeout=timeout) from error
        except LOST as error:
            self.end()
            raise translate.away(place, error, timeout=timeout) from error

    def end(self) -> None:
        """Close at once. `close` would wait seconds for a frozen far end; `abort` wakes a thread that reads."""
        ws = getattr(self, "ws", None)
        if ws is not None:
            ws.abort()
            ws.shutdown()


class _Events(EventClient):  # type: ignore[misc]  # obsws_python is untyped
    """obsws-python's event thread on a socket of ours; `deliver` gets every event as it came, in that thread."""

    def __init__(self, socket: Socket, *, deliver: Callable[[str, Any], None], ended: Callable[[], None]) -> None:
        self.logger = logging.getLogger("obsws_python.events.EventClient")
        self.base_client = socket
        self.callback = _Receiver(deliver)
        self._ended = ended
        self.subscribe()

    def trigger(self, stop_event: threading.Event) -> None:
        """Read events until the socket ends, and say so; left alone, the thread would die in silence."""
        try:
            super().trigger(stop_event)
        except LOST as error:
            log.debug("the event thread ended: %s", error)
        finally:
            self._ended()


class _Receiver:
    """Stands where obsws-python keeps its callbacks; theirs build a new class for each event."""

    def __init__(self, deliver: Callable[[str, Any], None]) -> None:
        self._deliver = deliver

    def trigger(self, event: str, data: Any) -> None:
        self._deliver(event, data)


class _Session:
    """Both sockets of one connection, which live and end together."""

    def __init__(self, connect: Callable[[int], Socket], *, deliver: Callable[[str, Any], None],
                 ended: Callable[["_Session"], None]) -> None:  # fmt: skip
        self.is_broken = False
        self.requests = connect(0)
        try:
            self.events = _Events(connect(int(Subs.LOW_VOLUME)), deliver=deliver, ended=lambda: ended(self))
        except FarEndError:
            self.requests.end()
            raise

    @property
    def is_good(self) -> bool:
        """Whether a request may be sent; events must flow too, or a take could not be confirmed."""
        return not self.is_broken and bool(self.events.worker.is_alive())

    def end(self) -> None:
        self.is_broken = True
        self.requests.end()
        self.events.base_client.end()


@dataclass(eq=False, slots=True, kw_only=True)
class _Job:
    work: Callable[[], Any]
    future: "asyncio.Future[Any]"
    wait: Callable[[], float]
    about: object = None
    """By what it is known to who may take it back."""


class Connection:
    """One OBS, owned by one thread for as long as the context lasts.

    `on_event` and `on_lost` are called in the loop; an event carries the instant at which it was read.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        password: Secret,
        timeout: float,
        clock: Clock,
        on_event: Callable[[str, Mapping[str, Any], datetime], None],
        on_lost: Callable[[str], None],
    ) -> None:
        self.place = f"{host}:{port}"
        self.connect: Callable[[int], Socket] = lambda subs: Socket(
            host=host, port=port, password=password, subs=subs, timeout=timeout
        )
        self._timeout = timeout
        self._clock = clock
        self._on_event = on_event
        self._on_lost = on_lost
        self._changed = threading.Condition()
        self._queue: deque[_Job] = deque()
        self._armed: list[_Job] = []
        self._stopping = False
        self._session: _Session | None = None

    async def __aenter__(self) -> "Connection":
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        threading.Thread(target=self._own, name=f"obs {self.place}", daemon=True).start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._session is not None:
            self._session.end()  # wakes the owner, should it be reading
        with suppress(TimeoutError):  # the owner hangs in a call: nobody waits longer for it
            async with asyncio.timeout(self._timeout * 2):
                await self._ended

    async def open(self) -> None:
        """Return once both sockets are identified. Raises Unavailable or NeedsHuman."""
        await self._do(self._open)

    async def close(self) -> None:
        """End both sockets; the thread stays, for the next `open`."""
        await self._do(self._end_session)

    async def ask(self, request: str, data: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """The answer's data. Raises as the port says; OutcomeUnknown for a change that was not answered."""
        answer: Mapping[str, Any] = await self._do(lambda: self._exchange(request, data))
        return answer

    async def ask_at(
        self,
        request: str,
        data: Mapping[str, Any],
        *,
        wait: Callable[[], float],
        begin: Callable[[datetime], bool],
        about: object = None,
    ) -> Answer:
        """Send when `wait()`, in real seconds, has come down to zero, and return the answer.

        `begin` is called in the owner's thread with the instant of sending; when it says no, nothing is sent.
        Cancelling before that withdraws the request, and so does `withdraw` of what it is `about`.
        """

        def work() -> Answer:
            session = self._good_session()
            sent = self._clock.now()
            if not begin(sent):
                return Answer(data={}, sent=None)
            return Answer(data=self._exchange_on(session, request, data), sent=sent)

        answer: Answer = await self._do(work, wait=wait, about=about)
        return answer

    def withdraw(self, about: object) -> None:
        """Take back an armed request that has not begun to leave; it raises Withdrawn."""
        with self._changed:
            jobs = [job for job in self._armed if job.about == about]
            for job in jobs:
                self._armed.remove(job)
            self._changed.notify()
        for job in jobs:
            _settle(job.future, None, Withdrawn("it was taken back before it was sent"))

    @property
    def is_armed(self) -> bool:
        """Whether a request waits for its instant."""
        return bool(self._armed)

    async def _do(
        self, work: Callable[[], Any], *, wait: Callable[[], float] | None = None, about: object = None
    ) -> Any:
        job = _Job(work=work, future=self._loop.create_future(), wait=wait or _at_once, about=about)
        line = self._queue if wait is None else self._armed
        with self._changed:
            if self._stopping:
                raise Unavailable(f"the connection to OBS at {self.place} is closed", reason="closed")
            line.append(job)
            self._changed.notify()
        try:
            return await job.future
        finally:
            with self._changed, suppress(ValueError):  # the owner has taken it off the line
                line.remove(job)

    # Below, all runs in the owner's thread.

    def _own(self) -> None:
        while (job := self._next_job()) is not None:
            try:
                result = job.work()
            except Exception as error:  # noqa: BLE001  # a mistake of ours belongs to the caller, not to this thread
                self._tell(_settle, job.future, None, error)
            else:
                self._tell(_settle, job.future, result, None)
        self._end_session()
        gone = Unavailable(f"the connection to OBS at {self.place} was closed", reason="closed")
        for job in [*self._queue, *self._armed]:
            self._tell(_settle, job.future, None, gone)
        self._tell(_settle, self._ended, None, None)

    def _next_job(self) -> _Job | None:
        """Wait for the next job: an armed one at its instant, any other while no armed one is near."""
        with self._changed:
            while not self._stopping:
                left = HOP_SECONDS
                for job in self._armed:
                    left = min(left, job.wait())
                    if left <= 0:
                        self._armed.remove(job)
                        return job
                if self._queue and left > QUIET_SECONDS:
                    return self._queue.popleft()
                self._changed.wait(left if self._armed else None)
            return None

    def _tell(self, callback: Callable[..., None], *args: Any) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(callback, *args)

    def _open(self) -> None:
        self._end_session()
        self._session = _Session(self.connect, deliver=self._deliver, ended=self._events_ended)

    def _end_session(self) -> None:
        if self._session is not None:
            self._session.end()
            self._session = None

    def _deliver(self, event: str, data: Any) -> None:
        self._tell(self._on_event, event, data or {}, self._clock.now())

    def _events_ended(self, session: _Session) -> None:
        if not session.is_broken:
            session.is_broken = True
            self._tell(self._on_lost, "OBS closed the connection")

    def _good_session(self) -> _Session:
        if self._session is None or not self._session.is_good:
            raise Unavailable(f"OBS at {self.place} is not connected", reason="lost")
        return self._session

    def _exchange(self, request: str, data: Mapping[str, Any] | None) -> Mapping[str, Any]:
        return self._exchange_on(self._good_session(), request, data)

    def _exchange_on(self, session: _Session, request: str, data: Mapping[str, Any] | None) -> Mapping[str, Any]:
        try:
            answer = session.requests.req(request, dict(data or {}))
            asked, status = answer["requestType"], answer["requestStatus"]
            code, comment = int(status["code"]), str(status.get("comment") or "")
            if asked != request:
                raise ValueError(f"it answered {asked}")
        except LOST as error:
            session.end()
            lost = translate.no_answer(request, error, timeout=self._timeout)
            self._tell(self._on_lost, str(lost))
            raise lost from error
        if not status["result"]:
            raise translate.refusal(request, code, comment)
        return answer.get("responseData") or {}


def _at_once() -> float:
    return 0.0


def _settle(future: "asyncio.Future[Any]", result: Any, error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
