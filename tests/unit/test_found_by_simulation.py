"""What the simulation found, each made small: see tests/simulation."""

from datetime import timedelta

import pytest

from broadcaster.show.commands import Word
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan, segment, show_plan
from tests.playing import MS, START
from tests.world import World


@pytest.mark.parametrize("left", [10 * MS, 410 * MS, 2 * SECOND])
@pytest.mark.parametrize("is_last", [False, True])
async def test_a_hold_just_before_the_end_of_a_segment_waits_without_looking_all_the_time(
    left: timedelta, is_last: bool
) -> None:
    segments = [segment("film", "Film", GO_LIVE), segment("talk", "Talk", GO_LIVE + 2 * MINUTE)]
    plan = show_plan(segments=segments[: 1 if is_last else 2], with_broadcast=False, with_posts=False)
    async with World(season_plan(plan), START, latency=timedelta()) as world:
        await world.to(GO_LIVE + 2 * MINUTE - left - (400 * MS if left < SECOND else timedelta()) - 5 * MS)
        await world.order(Word.HOLD)
        before = world.turns
        await world.to(GO_LIVE + 12 * MINUTE)
        assert world.turns - before < 10
        await world.order(Word.RESUME)
        await world.to(GO_LIVE + 20 * MINUTE)
        assert world.show().phase == "done"
