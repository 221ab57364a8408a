"""Hands at the far ends and words of operators: they win, and automation comes back by its rule."""

from datetime import timedelta

import pytest

from broadcaster.ports import Ingest, Secret
from broadcaster.show.commands import Stale
from broadcaster.show.observed import Lifecycle
from broadcaster.show.orders import Word
from broadcaster.show.records import (
    BROADCAST_GONE,
    COMMAND_GIVEN,
    INTENT,
    LANE_HELD,
    LANE_RELEASED,
)
from tests.plans import GO_LIVE, LATE_ASK, MINUTE, SECOND, season_plan, segment, show_plan
from tests.playing import OVER, SHOWN, START, TALK_AT, assert_whole, play
from tests.world import World


async def test_a_hand_cut_holds_the_program_until_the_next_cue_and_is_never_fought() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        world.studio.change(program="Somewhere else")
        await world.to(GO_LIVE + 40 * SECOND)
        assert "program" in world.show().lanes_held
        await world.to(GO_LIVE + 119 * SECOND)
        assert world.program == "Somewhere else"
        await world.to(GO_LIVE + 121 * SECOND)
        assert world.program == "Runway"
        assert "program" not in world.show().lanes_held
        await play(world)
        assert_whole(world)
        assert len(world.studio.applied("take")) == 5
        assert world.kinds()[LANE_HELD] == world.kinds()[LANE_RELEASED] == 1


async def test_a_program_given_back_is_put_right_and_a_later_cut_holds_it_again() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        world.studio.change(program="Somewhere else")
        await world.to(GO_LIVE + 40 * SECOND)
        await world.order(Word.RESUME, lane="program")
        await world.to(GO_LIVE + 41 * SECOND)
        assert world.program == "Film"
        assert "program" not in world.show().lanes_held
        world.studio.change(program="Somewhere else")
        await world.to(GO_LIVE + 60 * SECOND)
        assert world.program == "Somewhere else"
        assert "program" in world.show().lanes_held


async def test_a_stream_stopped_by_hand_holds_the_encoder_until_it_is_given_back() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        world.studio.change(is_streaming=False)
        await world.to(GO_LIVE + 60 * SECOND)
        assert not world.studio.state.is_streaming
        assert "encoder" in world.show().lanes_held
        await world.order(Word.RESUME, lane="encoder")
        await world.to(GO_LIVE + 62 * SECOND)
        assert world.studio.state.is_streaming
        await play(world)
        assert_whole(world)
        assert len(world.studio.applied("start")) == 2


async def test_a_stream_that_failed_on_its_own_is_started_again() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        world.studio.change(is_reconnecting=True)
        world.studio.change(is_reconnecting=False, is_streaming=False)
        await world.to(GO_LIVE + 40 * SECOND)
        assert world.studio.state.is_streaming
        assert "lane_held/1" not in world.kinds()


async def test_a_crew_that_starts_the_stream_early_is_recognised() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - 30 * MINUTE)
        ingest = Ingest(server="rtmp://there", key=Secret("key of stream-1"))
        world.studio.key = ingest.key.reveal()
        world.studio.change(target=ingest.fingerprint, is_streaming=True)
        await play(world)
        assert_whole(world)
        assert world.studio.applied("start") == []
        assert world.ends()["day-1/encoder/start/obs"] == "done"


async def test_a_stream_to_another_key_is_not_touched_and_is_said() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - 30 * MINUTE)
        world.studio.key = "another"
        world.studio.change(target="another", is_streaming=True)
        await world.to(GO_LIVE - 5 * MINUTE)
        assert world.studio.state.is_streaming
        assert any("another server or key" in alert for alert in world.conductor.view()["alerts"])
        assert world.kinds()[INTENT] < 30
        world.studio.change(is_streaming=False)
        await play(world)
        assert_whole(world)


async def test_a_broadcast_ended_in_studio_holds_its_lane_and_the_rundown_goes_on() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        world.youtube.videos[0].lifecycle = Lifecycle.COMPLETE
        await world.to(GO_LIVE + 60 * SECOND)
        assert "broadcast" in world.show().lanes_held
        await play(world)
        assert_whole(world)
        assert [scene for _, scene in world.studio.on_air] == SHOWN


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_deleted_broadcast_holds_its_lane_and_is_made_anew_once_given_back(is_restarted: bool) -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - 20 * MINUTE)
        if is_restarted:
            await world.kill()
        world.youtube.videos.clear()
        if is_restarted:
            await world.restart()
        await world.to(GO_LIVE - 8 * MINUTE)
        assert world.kinds()[BROADCAST_GONE] == 1
        assert "broadcast" in world.show().lanes_held
        assert len(world.youtube.calls) < 300
        assert world.youtube.videos == []
        await world.order(Word.RESUME, lane="broadcast")
        await play(world)
        assert world.show().phase == "done"
        assert [video.lifecycle for video in world.youtube.videos] == [Lifecycle.COMPLETE]
        assert world.ends()["day-1/broadcast/live/main"] == "done"


async def test_a_broadcast_that_a_list_leaves_out_once_is_not_taken_for_deleted() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - 5 * MINUTE)
        hidden, world.youtube.videos = world.youtube.videos, []
        await world.to(GO_LIVE - 5 * MINUTE + 3 * SECOND)
        world.youtube.videos = hidden
        await play(world)
        assert_whole(world)
        assert BROADCAST_GONE not in world.kinds()


async def test_a_wall_cuts_a_waiting_segment_even_when_youtube_gives_no_turns() -> None:
    plan = show_plan(
        segments=(
            segment("a", "Film", GO_LIVE),
            segment("b", "Talk", GO_LIVE + MINUTE * 2, is_manual=True, late=LATE_ASK),
            segment("c", "Runway", GO_LIVE + 6 * MINUTE, is_hard=True),
        ),
        with_broadcast=False,
        with_posts=False,
    )
    async with World(season_plan(plan), START, latency=timedelta()) as world:
        await world.to(OVER)
        assert world.studio.on_air[-2] == (GO_LIVE + 6 * MINUTE, "Runway")
        assert world.ends()["day-1/program/take/b"] == "skipped"
        assert world.show().phase == "done"
        assert world.turns < 60


async def test_hold_freezes_the_rundown_and_resume_ripples_it() -> None:
    plan = show_plan(segments=(segment("a", "Film", GO_LIVE), segment("b", "Talk", GO_LIVE + 2 * MINUTE)))
    async with World(season_plan(plan), START, latency=timedelta()) as world:
        await world.to(GO_LIVE + MINUTE)
        await world.order(Word.HOLD)
        await world.to(GO_LIVE + 4 * MINUTE)
        assert world.program == "Film"
        await world.order(Word.RESUME)
        await world.to(GO_LIVE + 20 * MINUTE)
        at = dict(reversed(pair) for pair in world.studio.on_air)  # type: ignore[misc]
        assert at["Talk"] == GO_LIVE + 5 * MINUTE
        assert at["Thank you"] == GO_LIVE + 7 * MINUTE
        assert_whole(world)


async def test_manual_waits_for_go() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 9 * MINUTE)
        assert world.program == "Runway"
        assert any("waits for GO" in alert for alert in world.conductor.view()["alerts"])
        await world.order(Word.GO)
        await world.to(GO_LIVE + 9 * MINUTE + SECOND)
        assert world.program == "Talk"


async def test_skip_leaves_a_segment_out() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + MINUTE)
        await world.order(Word.SKIP)
        await play(world)
        assert "Runway" not in [scene for _, scene in world.studio.on_air]
        await world.order(Word.GO) if "talk" not in world.show().started else None
        await world.to(OVER)
        assert world.ends()["day-1/program/take/runway"] == "skipped"


@pytest.mark.parametrize("minutes", [-5, 1])
async def test_end_ends_the_show_early(minutes: int) -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + minutes * MINUTE)
        await world.order(Word.END)
        await world.to(GO_LIVE + (minutes + 2) * MINUTE)
        assert world.show().phase == "done"
        assert world.program == "Thank you"
        assert not world.studio.state.is_streaming
        assert world.ends()["day-1/program/take/runway"] == "skipped"
        assert set(world.ends()) == {cue.id for cue in world.plan.show("day-1").cues}


async def test_a_take_rules_until_the_next_cue() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + MINUTE)
        await world.order(Word.TAKE, scene="Please stand by")
        await world.to(GO_LIVE + 110 * SECOND)
        assert world.program == "Please stand by"
        assert "lane_held/1" not in world.kinds()
        await world.to(GO_LIVE + 121 * SECOND)
        assert world.program == "Runway"
        await play(world)
        assert_whole(world)


async def test_a_hand_cut_after_a_take_of_the_scene_on_air_is_not_reverted() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        await world.order(Word.TAKE, scene="Film")
        await world.to(GO_LIVE + 40 * SECOND)
        world.studio.change(program="Somewhere else")
        await world.to(GO_LIVE + 60 * SECOND)
        assert world.program == "Somewhere else"


async def test_a_repeated_key_is_harmless_and_a_stale_revision_is_refused() -> None:
    async with World(season_plan(), START) as world:
        await world.to(TALK_AT)
        revision = world.conductor.state.revision
        first = await world.order(Word.GO, key="abc", revision=revision)
        assert first > revision
        await world.order(Word.GO, key="abc", revision=revision)
        assert len(world.journal.of(COMMAND_GIVEN)) == 1
        with pytest.raises(Stale):
            await world.order(Word.END, key="def", revision=revision)
        assert world.show().ended_at is None


async def test_a_repeated_key_is_known_after_a_restart() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + MINUTE)
        await world.order(Word.HOLD, key="abc")
        await world.restart()
        await world.order(Word.HOLD, key="abc")
        assert len(world.journal.of(COMMAND_GIVEN)) == 1
        await world.order(Word.HOLD, key="other")
        assert len(world.journal.of(COMMAND_GIVEN)) == 1


async def test_a_show_that_runs_late_keeps_the_stage_until_it_is_over() -> None:
    second_live = GO_LIVE + 30 * MINUTE
    plan = season_plan(show_plan(), show_plan("day-2", go_live=second_live, prepare=20 * MINUTE))
    async with World(plan, START) as world:
        await world.to(GO_LIVE + 28 * MINUTE)  # nobody gave GO
        assert world.program == "Runway"
        assert world.show("day-2").phase == "ready"
        await world.order(Word.END)
        await world.to(second_live + MINUTE)
        assert world.show().phase == "done"
        assert world.show("day-2").phase == "live"
        assert world.program == "Film"
        assert world.studio.state.is_streaming
        assert world.youtube.videos[0].lifecycle is Lifecycle.COMPLETE
        assert world.youtube.videos[1].lifecycle is Lifecycle.LIVE
