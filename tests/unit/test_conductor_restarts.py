"""A service that starts late, stops, crashes or fails: the next one looks first, and does only what is missing."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from broadcaster.season.errors import JournalError
from broadcaster.show.observed import Lifecycle
from broadcaster.show.orders import Word
from broadcaster.show.records import (
    RUN_ENDED,
)
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan, segment, show_plan
from tests.playing import MS, OVER, SHORT, SHOWN, START, assert_whole, play, record_a_show
from tests.world import Snapshot, World

HELLO = "day-1/posts/post/hello/youtube-chat/en"


async def test_a_service_that_starts_mid_show_takes_only_the_current_scene() -> None:
    async with World(season_plan(), GO_LIVE + 3 * MINUTE) as world:
        await world.to(GO_LIVE + 3 * MINUTE + 30 * SECOND)
        assert [scene for _, scene in world.studio.on_air] == ["Runway"]
        assert world.show().phase == "live"
        await play(world)
        assert_whole(world)
        assert world.ends()["day-1/program/take/film"] == world.ends()["day-1/program/take/standby"] == "skipped"
        assert world.ends()["day-1/posts/post/soon/telegram/en"] == "skipped"


async def test_a_service_that_starts_after_the_show_misses_it() -> None:
    async with World(season_plan(), OVER) as world:
        await world.to(OVER + MINUTE)
        assert world.show().phase == "missed"
        assert set(world.ends().values()) == {"skipped"}
        assert world.youtube.calls == world.channel.calls == world.studio.calls == []


async def test_a_service_that_comes_back_hours_later_still_completes_the_broadcast() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 3 * MINUTE)
        await world.kill()
        await world.to(GO_LIVE + timedelta(hours=3))
        await world.restart()
        await world.to(GO_LIVE + timedelta(hours=3) + 20 * MINUTE)
        if world.show().phase == "live":  # the manual segment waits for its GO
            await world.order(Word.GO)
        await world.to(GO_LIVE + timedelta(hours=4))
        assert_whole(world)


async def test_a_show_whose_end_was_slept_through_is_closed_properly() -> None:
    plan = show_plan(segments=(segment("film", "Film", GO_LIVE),))
    async with World(season_plan(plan), START) as world:
        await world.to(GO_LIVE + MINUTE)
        await world.kill()
        await world.to(GO_LIVE + timedelta(hours=3))
        await world.restart()
        await world.to(GO_LIVE + timedelta(hours=3) + MINUTE)
        assert world.youtube.videos[0].lifecycle is Lifecycle.COMPLETE
        assert not world.studio.state.is_streaming
        assert world.show().phase == "done"


async def test_a_crash_at_every_record_repeats_nothing_and_finishes_everything() -> None:
    """Both just after each record and just before the next, so also between an act and its outcome."""
    undisturbed, snapshots = await record_a_show()
    records = list(undisturbed.journal.records)
    assert len(records) > 60
    for down in (2 * SECOND, 45 * SECOND):
        points = snapshots if down == 2 * SECOND else snapshots[::6]
        for snapshot in points:
            await crash_and_go_on(snapshot, records, down, finds=snapshot.count % 2 == 0)


async def crash_and_go_on(snapshot: Snapshot, records: list, down: timedelta, *, finds: bool) -> None:
    where = f"after record {snapshot.count} ({records[snapshot.count - 1].kind if snapshot.count else ''}), {down} down"
    world = World(season_plan(SHORT), snapshot.at + down, latency=20 * MS)
    world.youtube.live_takes = 7 * SECOND
    world.restore(snapshot, records)
    world.channel.finds = finds
    async with world:
        await play(world)
        assert world.show().phase == "done", where
        assert world.doubled() == [], where
        ends = world.ends()
        asking = {cue for cue, post in world.show().posts.items() if post.asks}
        assert set(ends) | asking == {cue.id for cue in SHORT.cues}, where
        assert not set(ends) & asking, where
        assert asking <= {HELLO} or not finds, where
        assert len(world.youtube.videos) == len(world.youtube.streams) == 1, where
        assert world.youtube.videos[0].lifecycle is Lifecycle.COMPLETE, where
        assert len(world.youtube.videos[0].went_live) == 1, where
        assert max(Counter(world.channel.posts).values(), default=1) == 1, where
        page = world.youtube.videos[0]
        assert page.category == "24", where
        assert set(page.thumbnails) == {b"a picture"}, where
        assert world.youtube.playlists == {"PL-season": ["video-1"], "PL-replays": ["video-1"]}, where
        chapters = [line.split(" ", 1) for line in page.description.splitlines()[:-2]]
        assert chapters[0][0] == "0:00", where
        assert [title for _, title in chapters if title != "Day-1"] == ["Film", "Runway", "Talk"], where
        assert world.youtube.chat in ([], ["hello https://youtu.be/video-1"]), where
        assert (ends.get(HELLO) == "done") <= bool(world.youtube.chat), where
        for cue, end in ends.items():
            if "/posts/" in cue and cue != HELLO:
                posted = any(post.startswith(cue.split("/")[3]) for post in world.channel.posts)
                assert posted, (where, cue, end)
                assert end == "done", (where, cue, end)
        scenes = [scene for _, scene in world.studio.on_air]
        assert scenes == [scene for scene in SHOWN if scene in scenes], where
        assert scenes[-1] == "Thank you", where
        if down < 10 * SECOND:
            assert scenes == SHOWN, where
        assert not world.studio.state.is_streaming, where
        assert len(world.studio.applied("start")) == len(world.studio.applied("stop")) == 1, where
        assert "lane_held/1" not in world.kinds(), where


async def test_stop_hands_over_and_the_next_run_carries_on() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + MINUTE)
        await world.conductor.stop()
        await world.settle()
        assert world.running is not None
        assert world.running.done()
        assert world.journal.records[-1].kind == RUN_ENDED
        assert world.studio.state.is_streaming
        assert world.youtube.videos[0].lifecycle is Lifecycle.LIVE
        await world.restart()
        await play(world)
        assert_whole(world)
        assert [scene for _, scene in world.studio.on_air] == SHOWN
        assert "lane_held/1" not in world.kinds()


async def test_stop_lets_an_armed_take_end_and_begins_nothing_more() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - 300 * MS)
        assert world.program == "Countdown"
        task = asyncio.create_task(world.conductor.stop())
        await world.settle()
        assert not task.done()
        await world.to(GO_LIVE + SECOND)
        await task
        assert world.program == "Film"
        assert world.show().open == {}
        await world.settle()
        assert world.running is not None
        assert world.running.done()


async def test_a_journal_that_cannot_be_written_ends_the_run_with_its_error() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - 30 * MINUTE)
        world.journal.is_full = True
        with pytest.raises(BaseException) as caught:
            await world.to(GO_LIVE)
        assert (
            caught.group_contains(JournalError)
            if isinstance(caught.value, BaseExceptionGroup)
            else isinstance(caught.value, JournalError)
        )
        await world.conductor.stop()  # does not hang
