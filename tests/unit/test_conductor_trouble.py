"""Far ends that are away, lose answers or refuse: the show goes on, and nothing is done twice."""

from datetime import timedelta
from itertools import pairwise

import pytest

from broadcaster.show.orders import Word
from broadcaster.show.records import (
    FAR_END_BACK,
    FAR_END_LOST,
)
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan, segment, show_plan
from tests.playing import OVER, SHOWN, START, TALK_AT, assert_whole, play
from tests.world import World


async def test_obs_away_for_minutes_is_said_once_and_then_put_right() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 90 * SECOND)
        world.studio.go_away()
        await world.to(GO_LIVE + 3 * MINUTE)
        assert world.kinds()[FAR_END_LOST] == 1
        assert world.conductor.view()["obs"] == "away"
        world.studio.come_back()
        await world.to(GO_LIVE + 3 * MINUTE + SECOND)
        assert world.program == "Runway"
        await play(world)
        assert_whole(world)
        assert world.kinds()[FAR_END_BACK] == 1
        assert world.ends()["day-1/program/take/runway"] == "done"
        assert "lane_held/1" not in world.kinds()


async def test_an_obs_that_died_is_brought_back_to_what_should_be_on_air() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + MINUTE)
        world.studio.go_away()
        world.studio.change(is_streaming=False, program="Somewhere else")
        await world.to(GO_LIVE + 80 * SECOND)
        world.studio.fail("start", "unavailable", "unavailable")
        world.studio.come_back(is_streaming=False, program="Somewhere else")
        await world.to(GO_LIVE + 100 * SECOND)
        assert world.program == "Film"
        assert world.studio.state.is_streaming
        assert "lane_held/1" not in world.kinds()
        await play(world)
        assert_whole(world)


async def test_an_obs_that_only_lost_our_connection_is_left_as_a_hand_left_it() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + MINUTE)
        world.studio.go_away()
        await world.to(GO_LIVE + 80 * SECOND)
        world.studio.come_back(program="Somewhere else")
        await world.to(GO_LIVE + 100 * SECOND)
        assert world.program == "Somewhere else"
        assert world.show().lanes_held["program"].until == "next_cue"
        await world.to(GO_LIVE + 121 * SECOND)
        assert world.program == "Runway"
        await play(world)
        assert_whole(world)


async def test_an_obs_that_was_never_there_leaves_a_show_that_ends() -> None:
    async with World(season_plan(), START) as world:
        world.studio.go_away()
        await world.to(TALK_AT)
        await world.order(Word.GO)
        await world.to(GO_LIVE + timedelta(hours=2))
        assert world.show().phase == "done"
        assert set(world.ends()) == {cue.id for cue in world.plan.show("day-1").cues}
        assert world.studio.calls == []
        assert len(world.journal.records) < 120


@pytest.mark.parametrize(("away", "back"), [(-2, 2), (-0.2, 3), (-65, -30), (-11, -9)])
async def test_youtube_away_around_go_live_delays_live_and_nothing_else(away: float, back: float) -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + away * MINUTE)
        world.youtube.is_away = True
        if back > 0:
            await world.to(GO_LIVE + MINUTE)
            assert world.program == "Film"
        await world.to(GO_LIVE + back * MINUTE)
        world.youtube.is_away = False
        await play(world)
        assert_whole(world)
        assert set(world.ends().values()) == {"done"}
        assert world.kinds()[FAR_END_LOST] == world.kinds()[FAR_END_BACK] == 1


async def test_youtube_away_at_the_end_keeps_the_closing_scene_until_it_is_back() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 5 * MINUTE)
        await play(world, GO_LIVE + 6 * MINUTE)
        await world.order(Word.GO) if "talk" not in world.show().started else None
        world.youtube.is_away = True
        await world.to(GO_LIVE + 14 * MINUTE)
        assert world.show().phase == "closing"
        assert world.program == "Thank you"
        assert world.studio.state.is_streaming
        world.youtube.is_away = False
        await world.to(GO_LIVE + 16 * MINUTE)
        assert_whole(world)
        assert world.ends()["day-1/posts/post/thanks/telegram/en"] == "done"


async def test_youtube_away_for_ever_lets_the_encoder_stop_and_never_a_live_broadcast_be_forgotten() -> None:
    async with World(season_plan(), START) as world:
        await world.to(TALK_AT)
        await world.order(Word.GO)
        world.youtube.is_away = True
        await world.to(GO_LIVE + 20 * MINUTE)
        assert not world.studio.state.is_streaming
        await world.to(GO_LIVE + 40 * MINUTE)
        assert world.show().phase == "closing"
        assert "day-1/broadcast/complete/main" not in world.ends()


async def test_back_off_bounds_the_tries_of_a_youtube_that_is_away() -> None:
    async with World(season_plan(), START) as world:
        world.youtube.is_away = True
        await world.to(GO_LIVE - 30 * MINUTE)
        tries = [call.at for call in world.youtube.calls]
        assert 60 <= len(tries) <= 75
        assert max(later - earlier for earlier, later in pairwise(tries)) <= 31 * SECOND


@pytest.mark.parametrize("fault", ["lose", "drop"])
@pytest.mark.parametrize("method", ["create", "create_stream", "bind", "testing", "live", "complete"])
async def test_a_lost_answer_of_youtube_is_looked_up_before_anything_is_repeated(method: str, fault: str) -> None:
    async with World(season_plan(), START) as world:
        world.youtube.fail(method, fault)  # type: ignore[arg-type]
        await play(world)
        assert_whole(world)
        assert set(world.ends().values()) == {"done"}
        assert len(world.youtube.applied(method)) == 1
        calls = [call.method for call in world.youtube.calls]
        first = calls.index(method)
        again = [index for index, name in enumerate(calls) if name == method][1:]
        looks = {"create": "find", "create_stream": "find_stream"}.get(method, "look")
        assert len(again) == (0 if fault == "lose" else 1)
        for index in again:
            assert looks in calls[first + 1 : index]


@pytest.mark.parametrize("method", ["take", "start", "stop", "point"])
@pytest.mark.parametrize("fault", ["lose", "drop", "unavailable"])
async def test_an_act_in_obs_that_went_wrong_is_mended(method: str, fault: str) -> None:
    async with World(season_plan(), START) as world:
        world.studio.fail(method, fault)  # type: ignore[arg-type]
        await play(world)
        assert_whole(world)
        assert set(world.ends().values()) == {"done"}
        assert [scene for _, scene in world.studio.on_air] == SHOWN
        assert "lane_held/1" not in world.kinds()


@pytest.mark.parametrize("fault", ["lose", "drop"])
async def test_a_post_with_an_unknown_outcome_is_never_repeated(fault: str) -> None:
    async with World(season_plan(), START) as world:
        world.channel.fail("post", fault)  # type: ignore[arg-type]
        await play(world)
        assert_whole(world)
        assert len(world.channel.calls) == 3
        assert world.show().post("day-1/posts/post/soon/telegram/en").asks
        assert any("look in the channel" in alert for alert in world.conductor.view()["alerts"])


async def test_a_post_that_was_not_applied_is_tried_again_until_it_is_too_late() -> None:
    async with World(season_plan(), START) as world:
        world.channel.fail("post", "unavailable", "unavailable")
        await world.to(GO_LIVE - 14 * MINUTE)
        assert world.ends()["day-1/posts/post/soon/telegram/en"] == "done"
        world.channel.is_away = True
        await play(world)
        await world.to(GO_LIVE + 30 * MINUTE)
        assert world.show().phase == "done"
        assert world.ends()["day-1/posts/post/now/telegram/en"] == "skipped"


async def test_a_take_that_obs_refuses_fails_and_the_show_goes_on() -> None:
    plan = show_plan(
        segments=(segment("film", "No such scene", GO_LIVE), segment("runway", "Runway", GO_LIVE + 2 * MINUTE))
    )
    async with World(season_plan(plan), START) as world:
        await world.to(GO_LIVE + MINUTE)
        assert world.program == "Countdown"
        assert world.ends()["day-1/program/take/film"] == "failed"
        assert len([call for call in world.studio.calls if call.about == "No such scene"]) == 1
        await world.to(OVER)
        assert world.show().phase == "done"
        assert world.ends()["day-1/program/take/runway"] == "done"


async def test_an_accepted_change_that_does_not_show_yet_is_not_asked_for_again_at_once() -> None:
    async with World(season_plan(), START) as world:
        world.youtube.complete_takes = 8 * SECOND
        await play(world)
        assert_whole(world)
        assert len(world.youtube.applied("complete")) == 1
