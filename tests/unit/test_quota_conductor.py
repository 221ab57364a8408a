"""Does a running season record what it spends, heed what is left, and come to its end all the same?"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from broadcaster.conductor.patience import LONGEST, after_failure
from broadcaster.season.errors import Unavailable
from broadcaster.show.phases import Phase
from broadcaster.show.quota import LOST_AT_MOST, Budget
from broadcaster.show.records import INTENT, QUOTA_SEEN, QUOTA_SPENT, RUN_ENDED
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan, show_plan, three_segments
from tests.world import World

START = GO_LIVE - timedelta(hours=2)
PLAN = season_plan(show_plan(segments=three_segments()[:2]))  # without the one that waits for GO
COSTS = {
    "find": ("liveBroadcasts.list", 1),
    "create": ("liveBroadcasts.insert", 50),
    "look": ("liveBroadcasts.list", 1),
    "find_stream": ("liveStreams.list", 1),
    "create_stream": ("liveStreams.insert", 50),
    "look_stream": ("liveStreams.list", 1),
    "ingest": ("liveStreams.list", 1),
    "bind": ("liveBroadcasts.bind", 50),
    "transition": ("liveBroadcasts.transition", 50),
}


class Project:
    """The Google project's ledger, as Google keeps it."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch, units: int = 10_000) -> None:
        self.world, self.units, self.used = world, units, 0
        for method, (name, cost) in COSTS.items():
            monkeypatch.setattr(world.youtube, method, self._paid(getattr(world.youtube, method), name, cost))

    def _paid(self, method: Callable[..., Awaitable[Any]], name: str, cost: int) -> Callable[..., Awaitable[Any]]:
        async def paid(*arguments: Any) -> Any:
            if self.used + cost > self.units:
                raise Unavailable("the quota is used up", reason="quotaExceeded", retry_after=3600)
            self.used += cost
            self.world.conductor._ends.meter.spent(name, cost)
            return await method(*arguments)

        return paid


async def test_what_is_spent_is_recorded_in_few_records_and_before_every_act(monkeypatch: pytest.MonkeyPatch) -> None:
    async with World(PLAN, START) as world:
        project = Project(world, monkeypatch)
        await world.to(GO_LIVE + 20 * MINUTE)
        assert world.show().phase is Phase.DONE
        await world.conductor.stop()
        assert world.running is not None
        await world.running
        spent = world.journal.of(QUOTA_SPENT)
        assert sum(record.data["units"] for record in spent) == project.used
        assert world.conductor.state.quota.spent(world.clock.now()) == project.used
        assert world.journal.records[-1].kind == RUN_ENDED
        assert len(spent) < project.used / 8
        owed = 0
        for record in world.journal.records:
            if record.kind == QUOTA_SPENT:
                owed = max(owed, record.data["units"])
        assert owed <= 100, "a crash must not lose more than is charged for it"
        assert any(record.kind == INTENT for record in world.journal.records)


async def test_the_view_tells_what_is_left_and_until_when(monkeypatch: pytest.MonkeyPatch) -> None:
    async with World(PLAN, START) as world:
        project = Project(world, monkeypatch)
        await world.to(GO_LIVE + MINUTE)
        shown = world.conductor.view()
        assert shown["quota_spent"] == project.used > 300
        assert shown["quota_left"] == 10_000 - project.used
        assert shown["quota_resets_at"] == "2027-10-21T07:00:00.000Z"
        assert shown["quota_resets_local"] == "2027-10-21T12:00:00+05:00"
        assert not any("quota" in alert for alert in shown["alerts"])


async def test_a_crash_is_charged_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async with World(PLAN, START) as world:
        project = Project(world, monkeypatch)
        await world.to(GO_LIVE - 5 * MINUTE)
        used = project.used
        await world.restart()
        left = world.conductor.view()["quota_spent"]
        assert used <= left <= used + LOST_AT_MOST + 4


async def test_a_small_quota_still_brings_the_show_live_and_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async with World(PLAN, START) as world:
        project = Project(world, monkeypatch, units=560)
        object.__setattr__(world.conductor._ends, "budget", Budget(units_a_day=560, reserve=20))
        await world.to(GO_LIVE + 20 * MINUTE)
        assert world.show().phase is Phase.DONE
        assert world.show().live_at is not None
        assert world.show().live_at - GO_LIVE < 20 * SECOND
        assert world.show().complete_at is not None
        assert project.used <= 560
        assert not world.journal.of(QUOTA_SEEN)


async def test_a_used_up_quota_is_said_with_the_time_of_the_next_and_heals_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with World(PLAN, START) as world:
        project = Project(world, monkeypatch)
        await world.to(GO_LIVE - 8 * MINUTE)
        project.units = 0
        await world.to(GO_LIVE - 7 * MINUTE)
        shown = world.conductor.view()
        assert shown["youtube"] == "connected"
        assert shown["quota_left"] == 0
        [alert] = [alert for alert in shown["alerts"] if "quota" in alert]
        assert "used up" in alert
        assert "12:00 Asia/Almaty" in alert
        calls = len(world.youtube.calls)
        await world.restart()
        project.units = 10_000
        assert world.conductor.view()["quota_left"] == 0
        await world.to(GO_LIVE + MINUTE)
        assert len(world.youtube.calls) > calls
        assert world.conductor.view()["quota_left"] > 0
        assert [record.data["empty"] for record in world.journal.of(QUOTA_SEEN)] == [True, False]
        assert world.show().phase is Phase.LIVE


def test_a_post_waits_for_no_quota_day_and_the_rest_does() -> None:
    used_up = Unavailable("the quota is used up", reason="quotaExceeded")
    pauses = [after_failure(used_up, 0, GO_LIVE, on_stage=False, is_channel=each)[1] for each in (True, False)]
    assert pauses[0] == LONGEST < pauses[1]
