"""A disk that is full, or read-only, for a while: the show stays as it is, and goes on where it is by then."""

import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from broadcaster.season.errors import JournalError, JournalUnavailable
from broadcaster.show.orders import Word
from broadcaster.show.records import INTENT, JOURNAL_BACK, OUTCOME, Record
from tests.far_ends import MemoryJournal
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan
from tests.playing import SHOWN, START, assert_whole, play
from tests.world import World

WHY = "the disk is full. Free some space"


class Disk(MemoryJournal):
    """A journal on a disk that may be full; it accepts `room` more records after that."""

    def __init__(self) -> None:
        super().__init__()
        self.room: int | None = None
        self.refusals = 0

    async def append(self, kind: str, ids: Mapping[str, str], data: Mapping[str, Any], *, at: datetime) -> Record:
        if self.room == 0:
            self.refusals += 1
            raise JournalUnavailable(WHY)
        if self.room is not None:
            self.room -= 1
        return await super().append(kind, ids, data, at=at)


class FullWorld(World):
    """A world whose journal is on such a disk."""

    def __init__(self) -> None:
        self.disk = Disk()
        super().__init__(season_plan(), START)
        self.journal = self.disk
        self.conductor = self._conductor()

    async def order_refused(self) -> None:
        with pytest.raises(JournalUnavailable):
            await self.order(Word.TAKE, scene="Film")

    async def __aenter__(self) -> "FullWorld":
        await super().__aenter__()
        return self


async def test_nothing_is_begun_while_nothing_can_be_written_and_then_the_show_goes_on() -> None:
    async with FullWorld() as world:
        await world.to(GO_LIVE + 30 * SECOND)
        world.disk.room, acts, looks = 0, len(world.studio.calls), len(world.disk.records)
        await world.to(GO_LIVE + 150 * SECOND)  # the cue of Runway was at 120
        assert world.running is not None and not world.running.done()
        assert (world.program, len(world.studio.calls), len(world.disk.records)) == ("Film", acts, looks)
        assert world.conductor.view()["journal_trouble"] == WHY
        assert any(WHY in alert for alert in world.conductor.view()["alerts"])
        assert 5 <= world.disk.refusals <= 60
        world.disk.room = None
        await world.to(GO_LIVE + 156 * SECOND)
        assert world.program == "Runway"
        assert world.conductor.view()["journal_trouble"] is None
        await play(world)
        assert_whole(world)
        (back,) = world.journal.of(JOURNAL_BACK)
        assert back.data["why"] == WHY
        assert [scene for _, scene in world.studio.on_air] == SHOWN


@pytest.mark.parametrize("room", range(0, 34, 3))
async def test_wherever_the_disk_fills_up_nothing_is_lost_and_nothing_doubled(room: int) -> None:
    async with FullWorld() as world:
        await world.to(GO_LIVE - 11 * MINUTE)
        world.disk.room = room
        while world.disk.refusals < 3:
            await world.to(world.clock.now() + 10 * SECOND)
        world.disk.room = None
        await play(world)
        assert_whole(world)
        acts = [record.ids["act"] for record in world.journal.of(OUTCOME)]
        assert len(acts) == len(set(acts))
        assert set(acts) == {record.ids["act"] for record in world.journal.of(INTENT)}
        assert len(world.youtube.videos) == 1


async def test_an_outcome_that_could_not_be_written_is_written_first() -> None:
    async with FullWorld() as world:
        await world.to(GO_LIVE + 110 * SECOND)
        world.disk.around = lambda: _fill_after_the_intent(world.disk)
        await world.to(GO_LIVE + 130 * SECOND)
        assert world.program == "Runway"  # the take was meant and written down: it is done
        assert world.disk.records[-1].kind == INTENT
        world.disk.around, world.disk.room = (lambda: None), None
        await world.to(GO_LIVE + 140 * SECOND)
        after = world.disk.records[world.disk.records.index(world.journal.of(INTENT)[-1]) + 1 :]
        assert OUTCOME in [record.kind for record in after][:2]
        assert len(world.studio.applied("take")) == len({call.about for call in world.studio.applied("take")})
        await play(world)
        assert_whole(world)


def _fill_after_the_intent(disk: Disk) -> None:
    if disk.records[-1].kind == INTENT:
        disk.room = 0


async def test_an_order_is_refused_at_once_and_works_as_soon_as_the_disk_does() -> None:
    async with FullWorld() as world:
        await world.to(GO_LIVE + 30 * SECOND)
        world.disk.room = 0
        with pytest.raises(JournalUnavailable):
            await world.order(Word.TAKE, scene="Please stand by")
        assert world.program == "Film"
        world.disk.room = None
        await world.order(Word.TAKE, scene="Please stand by")
        await world.to(world.clock.now() + SECOND)
        assert world.program == "Please stand by"


async def test_an_order_half_written_is_completed() -> None:
    async with FullWorld() as world:
        await world.to(GO_LIVE + 30 * SECOND)
        world.disk.room = 1
        await world.order(Word.HOLD, lane="program", key="abc")
        assert world.show().lanes_held == {}
        world.disk.room = None
        await world.to(world.clock.now() + 6 * SECOND)
        assert "program" in world.show().lanes_held


async def test_a_hand_meanwhile_is_respected(caplog: pytest.LogCaptureFixture) -> None:
    async with FullWorld() as world:
        await world.to(GO_LIVE + 30 * SECOND)
        world.disk.room = 0
        world.studio.change(program="Somewhere else")
        await world.to(GO_LIVE + 60 * SECOND)
        world.disk.room = None
        await world.to(GO_LIVE + 70 * SECOND)
        assert world.program == "Somewhere else"
        assert "program" in world.show().lanes_held
    said = [record for record in caplog.records if getattr(record, "event", "") == "journal_trouble"]
    assert [record.levelno for record in said] == [logging.CRITICAL]


async def test_the_service_can_be_stopped_while_nothing_can_be_written() -> None:
    async with FullWorld() as world:
        await world.to(GO_LIVE + 110 * SECOND)
        world.disk.around = lambda: _fill_after_the_intent(world.disk)
        await world.to(GO_LIVE + 130 * SECOND)
        await world.conductor.stop()
        assert world.running is not None
        await world.running
        world.disk.around, world.disk.room = (lambda: None), None
        await world.restart()
        await play(world)
        assert_whole(world)
        assert len(world.studio.applied("take")) == 5


FILLS = """
import asyncio, resource, sys
from pathlib import Path
from broadcaster.adapters.clock import WallClock
from broadcaster.adapters.journal import SQLJournal, verify
from broadcaster.season.errors import JournalUnavailable

async def main(path):
    clock = WallClock()
    async with SQLJournal.open(path, run="r", clock=clock) as journal:
        await journal.append("noted/1", {}, {}, at=clock.now())
        size = max(each.stat().st_size for each in path.parent.iterdir())
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20_000, resource.RLIM_INFINITY))
        written = 1
        try:
            for _ in range(1000):
                await journal.append("noted/1", {}, {"text": "x" * 5000}, at=clock.now())
                written += 1
        except JournalUnavailable as error:
            print(error)
        try:
            await journal.append("noted/1", {}, {}, at=clock.now())
            written += 1
        except JournalUnavailable:
            pass
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        record = await journal.append("noted/1", {}, {}, at=clock.now())
        assert record.seq == written + 1 < 1000, (record.seq, written)
    assert verify(path).is_good

asyncio.run(main(Path(sys.argv[1])))
"""


async def test_a_clock_set_back_meanwhile_does_not_put_the_next_try_off() -> None:
    async with FullWorld() as world:
        await world.to(GO_LIVE + MINUTE)
        world.disk.room = 0
        world.alarm.ring()
        await world.order_refused()
        world.disk.room = None
        world.clock._now -= 60 * MINUTE
        world.alarm.trouble("stepped", -3600.0)
        world.alarm.ring()
        await world.settle()
        assert world.conductor.view()["journal_trouble"] is None


@pytest.mark.skipif(os.name != "posix", reason="limits of a file's size are POSIX's")
def test_a_real_file_that_cannot_grow_is_for_now_and_nothing_is_lost(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILLS, str(tmp_path / "journal.sqlite")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "cannot be used" in done.stdout


async def test_a_journal_that_is_broken_ends_the_run() -> None:
    async with FullWorld() as world:
        await world.to(GO_LIVE + 30 * SECOND)
        world.disk.is_full = True
        assert world.running is not None
        with pytest.raises((JournalError, ExceptionGroup)):
            await world.to(GO_LIVE + 150 * SECOND)
            await world.running
        assert world.running.done()
