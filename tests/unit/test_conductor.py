"""The whole loop on a manual clock, with far ends in memory: a show, its video, two shows."""

from datetime import timedelta

import pytest

from broadcaster.season.plan import ShowPlan
from broadcaster.show.fold import fold
from broadcaster.show.observed import Health, Lifecycle
from broadcaster.show.orders import Word
from broadcaster.show.records import (
    INTENT,
    OUTCOME,
)
from broadcaster.show.state import SeasonState
from broadcaster.show.view import view
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan, segment, show_plan
from tests.playing import OVER, POSTS, SHOWN, START, TALK_AT, assert_whole, play, record_a_show
from tests.world import World


async def test_an_undisturbed_show_does_everything_once() -> None:
    async with World(season_plan(), START) as world:
        await play(world)
        assert_whole(world)
        assert set(world.ends().values()) == {"done"}
        assert set(world.channel.posts) == POSTS
        assert [scene for _, scene in world.studio.on_air] == SHOWN
        for method in ("create", "create_stream", "bind", "testing", "live", "complete"):
            assert len(world.youtube.applied(method)) == 1, method
        for method in ("point", "start", "stop"):
            assert len(world.studio.applied(method)) == 1, method
        assert len(world.studio.applied("take")) == 5
        assert len(world.journal.of(INTENT)) == len(world.journal.of(OUTCOME))
        assert len(world.journal.records) < 90


async def test_scenes_are_taken_at_their_instants() -> None:
    async with World(season_plan(), START, latency=timedelta()) as world:
        await play(world)
        planned = [GO_LIVE - 10 * MINUTE, GO_LIVE, GO_LIVE + 2 * MINUTE, TALK_AT, TALK_AT + 2 * MINUTE]
        assert [at for at, _ in world.studio.on_air] == planned


async def test_the_encoder_starts_at_standby_and_not_while_the_cue_is_armed() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - 9 * MINUTE)
        assert world.studio.applied("start")[0].at == GO_LIVE - 10 * MINUTE


async def test_nothing_is_written_while_nothing_changes() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - 5 * MINUTE)
        before = world.kinds()
        await world.to(GO_LIVE - MINUTE)
        assert world.kinds() == before


@pytest.mark.parametrize(("took", "ahead"), [(3, 3), (12, 12), (40, 15)])
async def test_the_second_show_asks_for_live_ahead_by_what_the_first_one_taught(took: int, ahead: int) -> None:
    second_live = GO_LIVE + timedelta(days=1)
    plan = season_plan(show_plan(), show_plan("day-2", go_live=second_live))
    async with World(plan, START) as world:
        world.youtube.live_takes = took * SECOND
        await play(world)
        assert_whole_first_of_two(world)
        await world.to(second_live)
        asked = world.youtube.applied("live")[1].at
        assert abs((second_live - ahead * SECOND - asked).total_seconds()) < 1.2
        assert (second_live - asked) <= 15 * SECOND


def assert_whole_first_of_two(world: World) -> None:
    assert world.show().phase == "done"
    assert world.show("day-2").phase in ("planned", "preparing", "ready")


async def test_two_shows_on_two_days_each_have_their_own_broadcast_and_one_stream() -> None:
    second_live = GO_LIVE + timedelta(days=1)
    plan = season_plan(show_plan(), show_plan("day-2", go_live=second_live))
    async with World(plan, START) as world:
        await play(world)
        await world.to(second_live + 4 * MINUTE + 5 * SECOND)
        await world.order(Word.GO)
        await world.to(second_live + 10 * MINUTE)
        assert world.show("day-2").phase == "done"
        assert [video.lifecycle for video in world.youtube.videos] == [Lifecycle.COMPLETE] * 2
        assert world.youtube.streams == ["stream-1"]
        assert [scene for _, scene in world.studio.on_air] == SHOWN * 2
        assert set(world.ends().values()) == {"done"}
        assert world.doubled() == []


def close_together(count: int, apart: timedelta) -> list[ShowPlan]:
    """Shows that are all prepared at once, each shorter than it is to the next one's standby."""
    lives = [GO_LIVE + number * apart for number in range(count)]
    return [
        show_plan(
            f"day-{number + 1}",
            go_live=live,
            standby=20 * SECOND,
            segments=(segment("film", "Film", live, 1),),
            outro=2 * SECOND,
        )
        for number, live in enumerate(lives)
    ]


@pytest.mark.parametrize("down", [2, 10])
async def test_shows_prepared_at_once_share_one_stream_and_all_go_live_through_crashes(down: int) -> None:
    """A service that is killed all the time: in standby, as the encoder starts, as the broadcast is asked for live."""
    apart = 2 * MINUTE
    plan = season_plan(*close_together(3, apart))
    async with World(plan, GO_LIVE - 4 * MINUTE) as world:
        for number in range(3):
            live = GO_LIVE + number * apart
            for ahead in (-21, -20, -8, 1) if down == 2 else (-20, -7):
                await world.to(live + ahead * SECOND + 0.05 * SECOND)
                await world.kill()
                await world.to(live + (ahead + down) * SECOND)
                await world.restart()
            await world.to(live + 80 * SECOND)
        await world.to(GO_LIVE + 3 * apart + MINUTE)
        assert world.youtube.streams == ["stream-1"]
        assert len(world.youtube.applied("create_stream")) == 1
        assert [video.lifecycle for video in world.youtube.videos] == [Lifecycle.COMPLETE] * 3
        assert {world.show(f"day-{number + 1}").phase for number in range(3)} == {"done"}
        assert all(world.show(f"day-{number + 1}").live_at for number in range(3))
        assert len([record for record in world.journal.of(INTENT) if record.data["verb"] == "point"]) <= 12


async def test_there_is_no_transition_without_healthy_video() -> None:
    async with World(season_plan(), START) as world:
        world.youtube.health = Health.BAD
        await world.to(GO_LIVE + MINUTE)
        assert world.youtube.applied("testing") == world.youtube.applied("live") == []
        assert world.program == "Film"  # the programme does not wait for the platform
        world.youtube.health = Health.OK
        await play(world)
        assert_whole(world)
        assert world.ends()["day-1/broadcast/live/main"] == "done"


async def test_a_show_whose_video_never_gets_well_ends_all_the_same() -> None:
    async with World(season_plan(), START) as world:
        world.youtube.health = Health.BAD
        await world.to(TALK_AT)
        await world.order(Word.GO)
        await world.to(OVER)
        assert world.show().phase == "done"
        assert world.youtube.applied("live") == []
        ends = world.ends()
        assert ends["day-1/broadcast/live/main"] == "failed"
        assert ends["day-1/broadcast/complete/main"] == "skipped"
        assert ends["day-1/posts/post/now/telegram/en"] == ends["day-1/posts/post/thanks/telegram/en"] == "skipped"
        assert not world.studio.state.is_streaming


async def test_the_view_can_be_read_at_every_record_of_a_show() -> None:
    undisturbed, _ = await record_a_show()
    state, lines, keys = SeasonState(), [], set()
    for record in undisturbed.journal.records:
        state = fold(state, [record])
        document = view(undisturbed.plan, state, {}, record.at)
        lines.append(document["in_a_line"])
        keys.add(frozenset(document))
    assert lines[-1] == "day-1 done"
    assert len(keys) == 1
