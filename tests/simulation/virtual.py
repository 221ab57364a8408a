"""How does a whole run happen in one thread, in no time, and every time the same?

An event loop that runs what is ready, in order, and can be stopped between any two awaits; and a clock that is moved.
Nothing here waits for the machine: whoever asks the loop for a timer or a socket is told that there is none.
"""

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from datetime import datetime, timedelta
from typing import Any

from broadcaster.adapters.clock import ManualClock

MICROSECOND = timedelta(microseconds=1)


class Broken(AssertionError):
    """A promise was broken; the simulation stops there."""


def micro(seconds: float) -> int:
    """Seconds as whole microseconds, the unit of true time."""
    return round(seconds * 1_000_000)


class VirtualLoop(asyncio.AbstractEventLoop):
    """Runs callbacks in the order in which they became ready, one at a time, when told."""

    def __init__(self) -> None:
        self.ready: deque[asyncio.Handle] = deque()
        self.trouble: list[dict[str, Any]] = []

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self.ready.append(handle)
        return handle

    def create_future(self) -> "asyncio.Future[Any]":
        return asyncio.Future(loop=self)

    def create_task(self, coro: Coroutine[Any, Any, Any], **how: Any) -> "asyncio.Task[Any]":  # type: ignore[override]
        return asyncio.Task(coro, loop=self, **how)

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self.trouble.append(context)

    def step(self) -> None:
        """Run the next callback: a task up to its next await."""
        handle = self.ready.popleft()
        if not handle.cancelled():
            handle._run()


class SteppedClock(ManualClock):
    """The machine's clock: it goes with true time, and somebody may set it forward or back."""

    def go(self, micros: int) -> None:
        """Let so much true time pass."""
        self._now += micros * MICROSECOND

    def step(self, by: timedelta) -> None:
        """Set the clock, as NTP or a hand does."""
        self._now += by

    def wake(self) -> bool:
        """Wake those whose time has come."""
        is_awake = False
        while (due := self.next_sleeper()) is not None and due <= self._now:
            heapq.heappop(self._sleepers)[2].set_result(None)
            is_awake = True
        return is_awake

    def micros_until(self, instant: datetime) -> int:
        """True microseconds until the clock shows `instant`, if nobody sets it."""
        return max(0, (instant - self._now) // MICROSECOND)


class TrueTime:
    """What happens outside, at its true time, in order; in microseconds since the beginning."""

    def __init__(self) -> None:
        self.now = 0
        self._order = itertools.count()
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []

    def at(self, micros: int, act: Callable[[], None]) -> None:
        """Have `act` happen then."""
        heapq.heappush(self._agenda, (max(micros, self.now), next(self._order), act))

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Have `act` happen so much later."""
        self.at(self.now + micro(seconds), act)

    @property
    def next(self) -> int | None:
        """When the next thing happens."""
        return self._agenda[0][0] if self._agenda else None

    def happen(self) -> None:
        """Do what is due now."""
        while self._agenda and self._agenda[0][0] <= self.now:
            heapq.heappop(self._agenda)[2]()
