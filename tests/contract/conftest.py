"""An emulated YouTube, and our adapter that speaks to it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from broadcaster.adapters.clock.adapter import ScaledClock
from broadcaster.adapters.youtube import YouTubeBroadcasts
from broadcaster.emulators.youtube import EmulatedYouTube
from tests.contract.broadcasts import NOON, client
from tests.waiting import until


@pytest.fixture
def clock() -> ScaledClock:
    return ScaledClock(start=NOON, speed=1)


@pytest.fixture
async def far_end(no_leaked_tasks: None, clock: ScaledClock) -> AsyncIterator[EmulatedYouTube]:
    before = len(asyncio.all_tasks())
    async with EmulatedYouTube(clock, speed=500, ingest="rtmp://127.0.0.1/live2") as emulator:
        yield emulator
    # an answer that a fault delays past our time-out is still on its way to nobody
    await until(lambda: len(asyncio.all_tasks()) <= before)


@pytest.fixture
async def youtube(far_end: EmulatedYouTube, clock: ScaledClock) -> AsyncIterator[YouTubeBroadcasts]:
    async with client(far_end, clock) as broadcasts:
        yield broadcasts
