"""What time is it, and when has a moment come? The one module that asks the machine.

Long waits are cut into hops, so that a stepped or suspended wall clock is noticed within one hop.
"""

import asyncio
import heapq
import itertools
import time
from datetime import UTC, datetime, timedelta

HOP_SECONDS = 0.25
LEAST_HOP_SECONDS = 0.001


class WallClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)

    def delay(self, instant: datetime) -> float:
        """Real seconds until `instant`."""
        return (instant - self.now()).total_seconds()

    async def sleep_until(self, instant: datetime) -> None:
        """Return at or just after `instant`."""
        while (left := self.delay(instant)) > 0:
            await asyncio.sleep(min(left, HOP_SECONDS))

    async def sleep(self, duration: timedelta) -> None:
        """Return once `duration` has passed."""
        await asyncio.sleep(max(0.0, duration.total_seconds()))


class ScaledClock:
    """A clock that starts at `start` and runs `speed` times as fast as the machine's; for rehearsals.

    `skip_to` jumps forward, so that a rehearsal need not wait through idle hours; `pace` changes the speed and says
    where time stops until it is called again, so that work that takes 5 ms here is not 10 minutes late there.
    Threads may read it.
    """

    def __init__(self, *, start: datetime, speed: float) -> None:
        if speed <= 0:
            raise ValueError("speed must be above zero")
        self.speed = speed
        # Changed as a whole, because threads read it: from when, on which reading, how fast, no further than.
        self._line: tuple[datetime, float, float, datetime | None] = (start, time.monotonic(), speed, None)

    def now(self) -> datetime:
        """The present instant of the rehearsal."""
        origin, began, speed, stop = self._line
        now = origin + timedelta(seconds=(time.monotonic() - began) * speed)
        return now if stop is None else min(now, max(stop, origin))

    def delay(self, instant: datetime) -> float:
        """Real seconds until `instant`, if the speed stays as it is."""
        return (instant - self.now()).total_seconds() / self._line[2]

    def pace(self, speed: float, *, stop: datetime | None = None) -> None:
        """Run on at `speed`, and no further than `stop`."""
        self._line = (self.now(), time.monotonic(), speed, stop)

    def skip_to(self, instant: datetime) -> None:
        """Jump forward to `instant`; a past one changes nothing."""
        _, _, speed, stop = self._line
        self._line = (max(self.now(), instant), time.monotonic(), speed, stop)

    async def sleep_until(self, instant: datetime) -> None:
        """Return at or just after `instant`."""
        while (left := self.delay(instant)) > 0:
            await asyncio.sleep(min(max(left, LEAST_HOP_SECONDS), HOP_SECONDS / 10))

    async def sleep(self, duration: timedelta) -> None:
        """Return once `duration` has passed on this clock."""
        await self.sleep_until(self.now() + duration)


class ManualClock:
    """A clock that moves only when told; `advance_to` wakes sleepers one at a time, in order."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._order = itertools.count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """The instant last moved to."""
        return self._now

    def delay(self, instant: datetime) -> float:
        """Seconds of this clock until `instant`."""
        return (instant - self._now).total_seconds()

    async def sleep_until(self, instant: datetime) -> None:
        """Return once the clock was moved to `instant`."""
        if instant <= self._now:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (instant, next(self._order), future))
        await future

    async def sleep(self, duration: timedelta) -> None:
        """Return once `duration` has passed on this clock."""
        await self.sleep_until(self._now + duration)

    def next_sleeper(self) -> datetime | None:
        """When the next waiter wants to wake; None when nobody waits."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    async def advance_to(self, instant: datetime, *, settle: int = 20) -> None:
        """Move to `instant`, waking each sleeper at its own time and letting the loop run `settle` turns between."""
        while (due := self.next_sleeper()) is not None and due <= instant:
            self._now = max(self._now, due)
            heapq.heappop(self._sleepers)[2].set_result(None)
            for _ in range(settle):
                await asyncio.sleep(0)
        self._now = max(self._now, instant)
        for _ in range(settle):
            await asyncio.sleep(0)
