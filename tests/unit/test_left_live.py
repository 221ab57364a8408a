"""A broadcast that is still live after its show: it is said until it is over, and ended as soon as it may be."""

from datetime import timedelta

import pytest

from broadcaster.show.observed import Lifecycle
from broadcaster.show.orders import Word
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan, show_plan
from tests.playing import OVER, START, assert_whole, play
from tests.world import World

HOUR = timedelta(hours=1)
STILL = "ALARM: day-1 is over, and its broadcast video-1 is STILL LIVE on YouTube: "


def still_live(world: World) -> list[str]:
    return [alert.removeprefix(STILL) for alert in world.conductor.view()["alerts"] if alert.startswith(STILL)]


async def test_a_broadcast_that_a_hand_keeps_is_an_alarm_until_the_lane_is_given_back_and_then_ended() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + MINUTE)
        await world.order(Word.HOLD, lane="broadcast", until="never")
        assert still_live(world) == []
        await play(world)
        remedy = "`resume --lane broadcast --show day-1` ends it, or end it in YouTube Studio"
        assert still_live(world) == [f"the lane is held by Aigul (held by hand); {remedy}"]
        looks = len(world.youtube.calls)
        await world.to(OVER + 2 * HOUR)
        assert still_live(world)[0].endswith(remedy)
        assert world.show().phase == "closing"
        assert len(world.youtube.calls) - looks < 800  # rarer than while somebody works on it
        await world.order(Word.RESUME, lane="broadcast", show="day-1")
        await world.to(OVER + 2 * HOUR + 2 * MINUTE)
        assert still_live(world) == []
        assert_whole(world)
        assert world.ends()["day-1/broadcast/complete/main"] == "done"


async def test_what_a_hand_ends_in_studio_after_all_is_over_too() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + MINUTE)
        await world.order(Word.HOLD, lane="broadcast")
        await play(world, OVER + HOUR)
        world.youtube.videos[0].lifecycle = Lifecycle.COMPLETE
        await world.to(OVER + HOUR + 2 * MINUTE)
        assert still_live(world) == []
        assert_whole(world)


async def test_youtube_away_for_hours_at_the_end_is_an_alarm_and_the_broadcast_is_ended_once_it_is_back() -> None:
    async with World(season_plan(), START) as world:
        await play(world, GO_LIVE + 6 * MINUTE)
        world.youtube.is_away = True
        await world.to(OVER + 50 * MINUTE)
        assert still_live(world)[0].startswith("YouTube does not answer; end it in YouTube Studio")
        assert world.youtube.videos[0].lifecycle is Lifecycle.LIVE
        world.youtube.is_away = False
        await world.to(OVER + 51 * MINUTE)
        assert still_live(world) == []
        assert_whole(world)


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_refused_end_is_asked_for_rarely_after_a_while_and_its_reason_is_said(is_restarted: bool) -> None:
    async with World(season_plan(), START) as world:
        await play(world, GO_LIVE + 6 * MINUTE)
        world.youtube.fail("complete", *["refuse"] * 80)
        await world.to(OVER + 40 * MINUTE)
        assert still_live(world) == ["YouTube refuses to end it (complete: no); end it in YouTube Studio"]
        asked = len([call for call in world.youtube.calls if call.method == "complete"])
        if is_restarted:
            await world.restart()
        await world.to(OVER + 3 * HOUR)
        assert len([call for call in world.youtube.calls if call.method == "complete"]) - asked in (4, 5)
        world.youtube._faults.clear()
        await world.to(OVER + 4 * HOUR)
        assert_whole(world)


async def test_the_next_show_goes_on_as_planned_and_the_alarm_of_the_last_one_stays_above_it() -> None:
    second_live = GO_LIVE + 4 * HOUR
    plan = season_plan(show_plan(), show_plan("day-2", go_live=second_live, prepare=60 * MINUTE))
    async with World(plan, START) as world:
        await world.to(GO_LIVE + MINUTE)
        await world.order(Word.HOLD, lane="broadcast")
        await play(world, GO_LIVE + 3 * HOUR)
        assert world.conductor.view()["show"] == "day-2"
        assert still_live(world)
        scenes = len(world.journal.of("scene_seen/1"))
        await world.to(second_live + MINUTE)
        assert world.show("day-2").phase == "live"
        assert world.program == "Film"
        assert still_live(world)
        told = [record.ids["show"] for record in world.journal.of("scene_seen/1")[scenes:]]
        assert set(told) == {"day-2"}
        await world.order(Word.RESUME, lane="broadcast", show="day-1")
        await world.to(second_live + MINUTE + 10 * SECOND)
        assert world.youtube.videos[0].lifecycle is Lifecycle.COMPLETE
        assert world.youtube.videos[1].lifecycle is Lifecycle.LIVE
        assert still_live(world) == []
