"""Does the alarm ring, whatever the clocks do?"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from broadcaster.adapters.alarm import APSchedulerAlarm
from broadcaster.adapters.alarm.translate import StepWatch
from broadcaster.adapters.clock import ManualClock, ScaledClock, WallClock
from tests.waiting import until

NOON = datetime(2027, 10, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class SteppedClock(WallClock):
    """The machine's clock as somebody with the right to set it sees it."""

    ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


@asynccontextmanager
async def running(alarm: APSchedulerAlarm, on_ring: Callable[[], None]) -> AsyncIterator[None]:
    task = asyncio.create_task(alarm.run(on_ring))
    await asyncio.sleep(0)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_it_rings_at_its_instant_on_a_fast_clock_and_not_before() -> None:
    clock = ScaledClock(start=NOON, speed=3600)
    alarm = APSchedulerAlarm(clock)
    rings: list[datetime] = []
    alarm.ring_at(NOON + HOUR / 4)  # a quarter of a second; also before run()
    async with running(alarm, lambda: rings.append(clock.now())):
        await until(lambda: rings)
    assert rings[0] >= NOON + HOUR / 4 - timedelta(seconds=1)


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_clock_that_steps_is_told_before_the_ring_that_follows(hours: int) -> None:
    clock = SteppedClock()
    alarm = APSchedulerAlarm(clock)
    told: list[tuple[str, float]] = []
    rings: list[list[tuple[str, float]]] = []
    task = asyncio.create_task(
        alarm.run(lambda: rings.append(list(told)), lambda what, seconds: told.append((what, seconds)))
    )
    await asyncio.sleep(0)
    clock.ahead = hours * HOUR
    await until(lambda: any(what == "stepped" for what, _ in told))
    await until(lambda: rings)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    seconds = next(seconds for what, seconds in told if what == "stepped")
    assert abs(seconds - hours * 3600) < 5
    assert rings[-1]


async def test_a_loop_that_stood_still_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broadcaster.adapters.alarm.adapter.STALL_SECONDS", 0.1)
    alarm = APSchedulerAlarm(WallClock())
    told: list[tuple[str, float]] = []
    rings: list[int] = []
    task = asyncio.create_task(alarm.run(lambda: rings.append(1), lambda what, seconds: told.append((what, seconds))))
    await asyncio.sleep(0)
    time.sleep(0.6)  # noqa: ASYNC251 - something blocks the loop
    await until(lambda: told)
    await until(lambda: rings)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert told[0][0] == "stalled"
    assert 0.1 < told[0][1]


async def test_the_last_instant_counts_and_none_takes_it_back() -> None:
    clock = ScaledClock(start=NOON, speed=1)
    alarm = APSchedulerAlarm(clock)
    rings: list[datetime] = []
    async with running(alarm, lambda: rings.append(clock.now())):
        alarm.ring_at(clock.now() + timedelta(seconds=0.05))
        alarm.ring_at(None)
        alarm.ring_at(clock.now() + timedelta(seconds=0.05))
        alarm.ring_at(wanted := clock.now() + timedelta(seconds=0.3))
        await until(lambda: rings)
    assert rings[0] >= wanted - timedelta(milliseconds=1)


async def test_every_ring_can_set_the_next_one_also_a_past_one(caplog: pytest.LogCaptureFixture) -> None:
    clock = ScaledClock(start=NOON, speed=1)
    alarm = APSchedulerAlarm(clock)
    rings: list[datetime] = []

    def on_ring() -> None:
        rings.append(clock.now())
        if len(rings) < 20:
            alarm.ring_at(NOON - HOUR if len(rings) % 2 else clock.now() + timedelta(milliseconds=2))

    alarm.ring_at(NOON)
    async with running(alarm, on_ring):
        await until(lambda: len(rings) >= 20)
    assert not [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


async def test_a_rehearsals_jump_is_followed() -> None:
    clock = ScaledClock(start=NOON, speed=1)
    alarm = APSchedulerAlarm(clock)
    rings: list[datetime] = []
    alarm.ring_at(NOON + HOUR)
    async with running(alarm, lambda: rings.append(clock.now())):
        clock.skip_to(NOON + HOUR - timedelta(seconds=0.1))
        await until(lambda: rings and rings[-1] >= NOON + HOUR, 2)


async def test_a_rehearsals_jumps_and_changes_of_speed_are_no_trouble(caplog: pytest.LogCaptureFixture) -> None:
    clock = ScaledClock(start=NOON, speed=1)
    alarm = APSchedulerAlarm(clock)
    rings: list[datetime] = []
    caplog.set_level(logging.INFO)
    async with running(alarm, lambda: rings.append(clock.now())):
        for hour in range(1, 4):
            clock.pace(600, stop=NOON + HOUR * hour)
            alarm.ring_at(NOON + HOUR * hour)
            clock.skip_to(NOON + HOUR * hour - timedelta(minutes=3))
            await until(lambda wanted=NOON + HOUR * hour: rings and rings[-1] >= wanted, 2)
            clock.pace(1)
    assert len(rings) == 3
    ours = [record for record in caplog.records if record.name.startswith("broadcaster")]
    assert not [record.getMessage() for record in ours]


async def test_a_clock_that_is_moved_by_hand_is_followed() -> None:
    clock = ManualClock(NOON)
    alarm = APSchedulerAlarm(clock)
    rings: list[datetime] = []
    alarm.ring_at(NOON + HOUR)
    async with running(alarm, lambda: rings.append(clock.now())):
        await clock.advance_to(NOON + HOUR)
        await until(lambda: NOON + HOUR in rings, 2)


@pytest.mark.parametrize("seconds", [3600, -3600, 0.2])
async def test_a_step_of_the_clock_is_told_and_rings_within_a_second(
    seconds: float, caplog: pytest.LogCaptureFixture
) -> None:
    clock = SteppedClock()
    alarm = APSchedulerAlarm(clock)
    rings: list[datetime] = []
    alarm.ring_at(clock.now() + 2 * HOUR)
    async with running(alarm, lambda: rings.append(clock.now())):
        await asyncio.sleep(0)
        clock.ahead = timedelta(seconds=seconds)
        await until(lambda: rings, 2)
    stepped = [record for record in caplog.records if getattr(record, "event", "") == "clock_stepped"]
    assert [record.levelno for record in stepped] == [logging.WARNING]
    assert f"{seconds:+.1f}"[:3] in stepped[0].getMessage()


async def test_an_instant_is_not_forgotten_when_the_clock_is_set_back() -> None:
    clock = SteppedClock()
    alarm = APSchedulerAlarm(clock)
    rings: list[datetime] = []
    alarm.ring_at(wanted := clock.now() + timedelta(seconds=0.4))
    async with running(alarm, lambda: rings.append(clock.now())):
        clock.ahead = timedelta(seconds=-0.5)
        await until(lambda: rings and rings[-1] >= wanted, 3)


async def test_a_timer_that_stopped_is_noticed_and_rung_without(caplog: pytest.LogCaptureFixture) -> None:
    clock = ScaledClock(start=NOON, speed=1)
    alarm = APSchedulerAlarm(clock)
    rings: list[datetime] = []
    async with running(alarm, lambda: rings.append(clock.now())):
        assert alarm._scheduler is not None
        alarm._scheduler.pause()
        alarm.ring_at(clock.now() + timedelta(milliseconds=10))
        await until(lambda: rings, 3)
    assert "timer_late" in [getattr(record, "event", "") for record in caplog.records]


async def test_what_the_conductor_raises_comes_out_of_run() -> None:
    alarm = APSchedulerAlarm(ScaledClock(start=NOON, speed=1))

    def on_ring() -> None:
        raise RuntimeError("the conductor fell")

    alarm.ring_at(NOON)
    with pytest.raises(RuntimeError, match="the conductor fell"):
        await asyncio.wait_for(alarm.run(on_ring), 5)


async def test_after_the_end_nothing_rings_and_it_can_run_again() -> None:
    clock = ScaledClock(start=NOON, speed=1)
    alarm = APSchedulerAlarm(clock)
    rings: list[str] = []
    alarm.ring_at(clock.now())
    async with running(alarm, lambda: rings.append("first")):
        await until(lambda: rings)
    told = len(rings)
    alarm.ring_at(clock.now())
    assert len(rings) == told
    async with running(alarm, lambda: rings.append("second")):
        await until(lambda: "second" in rings)


def test_readings_far_apart_in_time_but_alike_are_no_step() -> None:
    watch = StepWatch()
    for moment in range(0, 1000, 7):
        assert watch.step(before=moment, delay=500.0 - moment, after=moment) == 0.0


@pytest.mark.parametrize("jump", [0.06, -0.06, 3600.0])
def test_a_jump_above_fifty_milliseconds_is_a_step_once(jump: float) -> None:
    watch = StepWatch()
    watch.step(before=0.0, delay=10.0, after=0.0)
    assert watch.step(before=1.0, delay=9.0 - jump, after=1.0) == pytest.approx(jump)
    assert watch.step(before=2.0, delay=8.0 - jump, after=2.0) == 0.0


def test_a_reading_that_was_interrupted_is_not_taken_for_a_step() -> None:
    watch = StepWatch()
    watch.step(before=0.0, delay=10.0, after=0.0)
    assert watch.step(before=1.0, delay=8.7, after=1.4) == 0.0  # read at 1.3, within a pause of 0.4
