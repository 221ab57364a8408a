"""When is the conductor to look again? See ports.Alarm.

APScheduler holds one date job. It never re-reads a clock while it waits, so the alarm pokes it every quarter second
and sets the job anew from the injected clock: steps, suspends and a rehearsal's jumps are followed within that time,
and a job that did not ring is rung from here.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from broadcaster.adapters.alarm.translate import StepWatch
from broadcaster.adapters.clock import WallClock
from broadcaster.ports import Clock, OnTrouble

POKE_SECONDS = 0.25
STALL_SECONDS = 1.0
"""A loop that pokes so much later than meant has stood still: nothing was looked at meanwhile."""

log = logging.getLogger(__name__)


class APSchedulerAlarm:
    """One instant at which to ring, on the injected clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._machine = WallClock()
        self._instant: datetime | None = None
        self._waits = 0
        self._on_ring: Callable[[], None] = lambda: None
        self._scheduler: AsyncIOScheduler | None = None
        self._failure: asyncio.Future[None] | None = None

    def ring_at(self, instant: datetime | None) -> None:
        """Ring at that instant, instead of any set before; None: do not ring. May be called before run()."""
        self._instant = instant
        self._waits = 0
        self._arm()

    async def run(self, on_ring: Callable[[], None], on_trouble: OnTrouble | None = None) -> None:
        """Call `on_ring` in the event loop until cancelled; raises what `on_ring` raises.

        `on_trouble` is told of a clock that jumped and of a loop that stood still for longer than STALL_SECONDS.
        """
        loop = asyncio.get_running_loop()
        self._on_ring = on_ring
        self._failure = loop.create_future()
        # In memory: the journal knows what is due. A late ring is still a ring, so nothing counts as missed.
        self._scheduler = AsyncIOScheduler(
            event_loop=loop,
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True},
        )
        self._scheduler.add_listener(self._on_trouble, EVENT_JOB_ERROR | EVENT_JOB_MISSED)
        self._scheduler.start()
        # A rehearsal's clock jumps and changes its speed on purpose; the machine's should not.
        watch = StepWatch() if isinstance(self._clock, WallClock) else None
        fixed = self._clock.now()
        due = loop.time()
        try:
            while not self._failure.done():
                before = loop.time()
                if (stalled := before - due) > STALL_SECONDS:
                    said = "Nothing ran for %.1f s; looking again at what is due."
                    log.warning(said, stalled, extra={"event": "loop_stalled", "seconds": stalled})
                    if on_trouble is not None:
                        on_trouble("stalled", stalled)
                    self._ring()
                delay = self._clock.delay(fixed)
                if watch and (jump := watch.step(before=before, delay=delay, after=loop.time())):
                    said = "The clock jumped by %+.2f s; looking again at what is due."
                    log.warning(said, jump, extra={"event": "clock_stepped", "seconds": jump})
                    if on_trouble is not None:
                        on_trouble("stepped", jump)
                    self._ring()
                elif self._is_overdue():
                    log.error("The timer did not ring; ringing without it.", extra={"event": "timer_late"})
                    self._ring()
                self._arm()
                due = loop.time() + POKE_SECONDS
                await asyncio.wait({self._failure}, timeout=POKE_SECONDS)
            self._failure.result()
        finally:
            scheduler, self._scheduler = self._scheduler, None
            scheduler.remove_all_jobs()
            scheduler.shutdown(wait=False)
            # APScheduler shuts down in the loop's next turn: give it that turn, also when cancelled.
            turn = loop.create_future()
            loop.call_soon(turn.set_result, None)
            await turn

    def _arm(self) -> None:
        """Set the job for the machine's time at which our clock will show the instant."""
        scheduler = self._scheduler
        if scheduler is None:
            return
        # Each setting is a job of its own: APScheduler counts one as running until the loop's turn after it ended, and
        # would not run the same job again in that turn, when a ring has set the next instant in the past.
        scheduler.remove_all_jobs()
        if self._instant is not None:
            due = self._machine.now() + timedelta(seconds=self._clock.delay(self._instant))
            scheduler.add_job(self._due, DateTrigger(due, timezone=UTC))

    def _is_overdue(self) -> bool:
        """Whether the timer has had two pokes' time to ring and did not; see run()."""
        if self._instant is None or self._clock.delay(self._instant) > 0:
            self._waits = 0
        else:
            self._waits += 1
        return self._waits > 2

    async def _due(self) -> None:
        # A coroutine, so that APScheduler runs it in the loop and not on a thread.
        self._ring()

    def _ring(self) -> None:
        if self._instant is not None and self._clock.delay(self._instant) <= 0:
            self._instant = None
            self._waits = 0
        try:
            self._on_ring()
        except Exception as error:  # noqa: BLE001 - handed to run(), which raises it
            if self._failure is not None and not self._failure.done():
                self._failure.set_exception(error)

    def _on_trouble(self, event: JobEvent) -> None:
        if self._scheduler is None:
            return  # shutting down cancels a job that was about to ring
        log.error("The timer failed (event %s); ringing without it.", event.code, extra={"event": "timer_failed"})
        self._ring()
