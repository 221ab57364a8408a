"""`go` in standby: the show goes live as soon as it can."""

import pytest

from broadcaster.show.commands import NotNow
from broadcaster.show.observed import Health, Lifecycle
from broadcaster.show.orders import Order, Word
from broadcaster.show.records import COMMAND_GIVEN
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan, show_plan
from tests.playing import OVER, START, assert_whole, play
from tests.world import World

PRESSED = GO_LIVE - 5 * MINUTE
SOONEST = PRESSED + 8 * SECOND
GO = Order(word=Word.GO, who="Aigul", source="test", preview=True)


async def test_go_in_standby_brings_go_live_forward_by_what_the_channel_needs_and_walls_stay() -> None:
    async with World(season_plan(), START) as world:
        world.youtube.live_takes = 6 * SECOND
        await world.to(PRESSED)
        ripple = world.conductor.preview(GO)
        assert ripple.live == SOONEST
        assert ripple.youtube == (
            "live is asked for in time for that; viewers see the standby scene until it says live",
        )
        assert [each.id for each in ripple.walls] == ["runway"]
        assert world.show().shifts.are_none
        await world.order(Word.GO)
        await world.to(SOONEST + SECOND)
        assert world.youtube.videos[0].went_live == [PRESSED + world.youtube.latency + 6 * SECOND]
        assert world.show().phase == "live"
        assert (world.program, world.show().started) == ("Film", {"film": SOONEST})
        (given,) = world.journal.of(COMMAND_GIVEN)
        assert given.data["verb"] == "go"
        assert given.data["seconds"] == (SOONEST - GO_LIVE).total_seconds()
        await world.to(GO_LIVE + 2 * MINUTE + SECOND)
        assert world.program == "Runway"
        await play(world)
        assert_whole(world)


async def test_it_never_goes_live_before_healthy_video_was_tested() -> None:
    async with World(season_plan(), START) as world:
        world.youtube.health = Health.BAD
        await world.to(PRESSED)
        (said,) = world.conductor.preview(GO).youtube
        assert said.startswith("the broadcast is ready: live is asked for as soon as healthy video was tested")
        await world.order(Word.GO)
        await world.to(PRESSED + MINUTE)
        assert [call for call in world.youtube.calls if call.method in ("testing", "live")] == []
        world.youtube.health = Health.GOOD
        await world.to(PRESSED + MINUTE + 30 * SECOND)
        assert world.youtube.videos[0].lifecycle is Lifecycle.LIVE
        assert world.youtube.live_unhealthy == []
        assert OVER > world.clock.now()


async def test_with_no_youtube_or_when_it_is_live_already_the_first_segment_begins_at_once() -> None:
    async with World(season_plan(show_plan(with_broadcast=False)), START) as world:
        await world.to(PRESSED)
        await world.order(Word.GO)
        await world.to(PRESSED + SECOND)
        assert (world.program, world.show().phase) == ("Film", "live")
    async with World(season_plan(), START) as world:
        await world.to(PRESSED - MINUTE)
        world.youtube.videos[0].lifecycle = Lifecycle.LIVE
        await world.to(PRESSED)
        await world.order(Word.GO)
        await world.to(PRESSED + SECOND)
        assert world.program == "Film"


async def test_what_was_brought_forward_can_be_put_back_until_live_is_asked_for_and_a_hold_comes_first() -> None:
    async with World(season_plan(), START) as world:
        await world.to(PRESSED)
        await world.order(Word.HOLD)
        with pytest.raises(NotNow, match="resume it first"):
            await world.order(Word.GO)
        await world.order(Word.RESUME)
        world.youtube.health = Health.BAD
        await world.to(PRESSED + MINUTE)
        await world.order(Word.GO)
        await world.order(Word.DELAY, by="3m")
        assert world.conductor.view()["expected_live"] == "2027-10-20T13:59:08.000Z"
