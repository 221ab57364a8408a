"""What the simulation found, each made small: see tests/simulation."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broadcaster.conductor.perform import Answered
from broadcaster.season.plan import Late, Overrun
from broadcaster.show.dressing import LATE_BY, LATE_STEP
from broadcaster.show.observed import Health
from broadcaster.show.orders import Word
from broadcaster.show.records import INTENT, LANE_HELD
from broadcaster.show.turn import Command, Verb
from tests.far_ends import Video
from tests.plans import GO_LIVE, LATE, MINUTE, SECOND, season_plan, segment, show_plan
from tests.playing import MS, START, TALK_AT
from tests.unit.test_decide_broadcast import prepared
from tests.unit.test_decide_dressing import changes, planned
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


async def test_live_is_not_asked_for_on_an_old_word_about_the_video() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - 2 * MINUTE)
        world.youtube.is_away = True
        world.youtube.health = Health.BAD  # nobody can tell
        await world.to(GO_LIVE + MINUTE)
        assert [call for call in world.youtube.calls if call.method == "live"] == []
        world.youtube.health = Health.GOOD
        world.youtube.is_away = False
        await world.to(GO_LIVE + 2 * MINUTE)
        assert len(world.youtube.applied("live")) == 1


async def test_what_a_dead_run_had_sent_may_arrive_after_the_next_has_begun() -> None:
    world = World(season_plan(), START, latency=100 * MS)
    async with world:
        asked = GO_LIVE - 60 * MINUTE
        while not any(call.method == "create" for call in world.youtube.calls):
            asked += 50 * MS
            await world.to(asked)
        await world.kill()  # on its way
        await world.to(asked + 300 * MS)
        await world.restart()
        await world.to(asked + 2 * SECOND)
        marker = "broadcaster:season/day-1"
        world.youtube.videos.append(Video(id="video-1", marker=marker, description=marker))
        await world.to(GO_LIVE - 50 * MINUTE)
        assert len(world.youtube.videos) == 1
        assert world.ends()["day-1/broadcast/create/main"] == "done"


@pytest.mark.parametrize("word", [Word.HOLD, Word.EXTEND])
async def test_an_order_that_comes_while_the_next_scene_is_armed_is_no_hand_in_the_studio(word: Word) -> None:
    plan = show_plan(segments=[segment("film", "Film", GO_LIVE)], with_broadcast=False, with_posts=False)
    async with World(season_plan(plan), START) as world:
        await world.to(GO_LIVE + 2 * MINUTE - 200 * MS)
        await world.order(word, **({"by": "30s"} if word is Word.EXTEND else {}))
        await world.to(GO_LIVE + 2 * MINUTE + 2 * SECOND)
        assert world.program == "Film"  # the closing scene was under way already, and is taken back
        assert LANE_HELD not in world.kinds()
        if word is Word.HOLD:
            await world.to(GO_LIVE + 2 * MINUTE + 30 * SECOND)
            await world.order(Word.RESUME)
        await world.to(GO_LIVE + 2 * MINUTE + 31 * SECOND)
        assert world.program == "Thank you"
        assert world.ends()["day-1/program/take/closing"] == "done"
        assert LANE_HELD not in world.kinds()
        assert world.doubled() == []


async def test_a_post_that_may_have_gone_out_is_not_called_skipped_when_the_show_was_missed() -> None:
    async with World(season_plan(), GO_LIVE - 16 * MINUTE) as world:
        await world.to(GO_LIVE - 15 * MINUTE)
        await world.to(GO_LIVE - 15 * MINUTE + 25 * MS)
        snapshot = world.snapshot()
        records = [record for record in world.journal.records if "/posts/" not in record.ids.get("cue", "")]
        posted = [record for record in world.journal.records if record not in records]
        assert [record.kind for record in posted[:1]] == [INTENT]
        await world.kill()
        world.restore(snapshot, world.journal.records)
        kept = [record for record in world.journal.records if record not in posted[1:]]
        world.journal.records = [replace(record, seq=seq) for seq, record in enumerate(kept, start=1)]
        await world.to(GO_LIVE + 20 * MINUTE)
        await world.restart()
        await world.to(GO_LIVE + 21 * MINUTE)
        assert world.show().phase == "missed"
        soon = "day-1/posts/post/soon/telegram/en"
        assert soon not in world.ends()
        assert world.conductor.screen()["posts"][soon]["standing"] == "asks"
        assert world.ends()["day-1/posts/post/now/telegram/en"] == "skipped"
        assert world.doubled() == []


async def test_a_broadcast_made_anew_is_not_tested_on_what_was_said_of_the_video_before() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - 3 * MINUTE)
        world.youtube.videos.clear()
        await world.to(GO_LIVE - 2 * MINUTE)
        assert "broadcast" in world.show().lanes_held
        world.youtube.health = Health.BAD
        asked = len(world.youtube.applied("testing"))
        await world.order(Word.RESUME, lane="broadcast")
        await world.to(GO_LIVE - MINUTE)
        assert len(world.youtube.applied("testing")) == asked
        world.youtube.health = Health.GOOD
        await world.to(GO_LIVE + MINUTE)
        assert world.show().phase == "live"


async def test_an_obs_that_dies_after_the_broadcast_had_its_time_leaves_no_lane_on_hold() -> None:
    async with World(season_plan(), START) as world:
        await world.to(TALK_AT)
        await world.order(Word.GO)
        world.youtube.is_away = True
        await world.to(TALK_AT + 3 * MINUTE)
        assert world.show().phase == "closing"
        world.studio.go_away()
        await world.to(TALK_AT + 3 * MINUTE + 5 * SECOND)
        world.studio.come_back(is_streaming=False)
        await world.to(TALK_AT + 4 * MINUTE)
        assert LANE_HELD not in world.kinds()
        world.youtube.is_away = False
        await world.to(TALK_AT + 6 * MINUTE)
        assert world.show().phase == "done"
        assert world.ends()["day-1/encoder/stop/obs"] == "done"


async def test_youtube_is_looked_at_also_after_the_clock_was_set_back() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - 2 * MINUTE - SECOND)
        world.clock._now -= 30 * MINUTE
        world.conductor.look_again()
        await world.to(GO_LIVE - 32 * MINUTE + 10 * SECOND)
        looks = [call for call in world.youtube.calls if call.method == "look_stream"]
        assert looks[-1].at < GO_LIVE - 30 * MINUTE


async def test_a_machine_that_slept_until_after_go_live_looks_at_the_video_before_it_asks_for_live() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - MINUTE - SECOND)
        assert world.show().lifecycle == "testing"
        world.youtube.health = Health.BAD
        world.clock._now += 10 * MINUTE
        world.alarm.trouble("stalled", 600.0)
        world.alarm.ring()
        await world.to(GO_LIVE + 10 * MINUTE)
        assert [call for call in world.youtube.calls if call.method == "live"] == []
        world.youtube.health = Health.GOOD
        await world.to(GO_LIVE + 11 * MINUTE)
        assert len(world.youtube.applied("live")) == 1


async def test_a_clock_set_back_an_hour_delays_no_try_by_an_hour() -> None:
    async with World(season_plan(), START) as world:
        world.youtube.fail("find_stream", "unavailable", "unavailable")
        await world.to(GO_LIVE - 60 * MINUTE + SECOND)
        tried = len([call for call in world.youtube.calls if call.method == "find_stream"])
        assert tried
        world.clock._now -= 60 * MINUTE
        world.alarm.trouble("stepped", -3600.0)
        world.alarm.ring()
        set_back_to = world.clock.now()
        await world.to(set_back_to + 10 * SECOND)
        assert len([call for call in world.youtube.calls if call.method == "find_stream"]) > tried


async def test_what_was_seen_of_the_video_before_youtube_was_away_does_not_count_after_it() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - 2 * MINUTE)
        show, sight = world.conductor.plan.show("day-1"), world.conductor._sight
        assert sight.observed(show).stream is not None
        sight.lost("youtube", "no answer to a look")
        update = Command(show="day-1", cue="day-1/broadcast/create/main", verb=Verb.UPDATE, why="another title")
        sight.take_in(update, Answered())  # an act got through; looks did not
        assert "youtube" not in sight.observed(show).away
        assert sight.observed(show).stream is None
        await world.to(GO_LIVE + MINUTE)
        assert len(world.youtube.applied("live")) == 1


def test_a_start_that_has_passed_is_announced_anew_at_the_very_moment_for_which_it_is_woken() -> None:
    at = GO_LIVE + LATE_BY
    assert changes(prepared("ready"), planned(), at) == {"scheduled_start": GO_LIVE + LATE_STEP}


async def test_an_obs_that_died_in_a_take_and_comes_back_with_another_scene_was_cut_by_nobody() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 2 * MINUTE - 100 * MS)
        world.studio.fail("take", "lose")  # it went on air, and OBS died before it said so
        await world.to(GO_LIVE + 2 * MINUTE + 100 * MS)
        world.studio.go_away()
        await world.to(GO_LIVE + 2 * MINUTE + SECOND)
        world.studio.come_back(program="Somewhere else", is_streaming=False)
        await world.to(GO_LIVE + 2 * MINUTE + 3 * SECOND)
        assert world.kinds()[LANE_HELD] == 0
        assert world.program == "Runway"
        assert world.studio.state.is_streaming


async def test_a_show_that_was_taken_out_of_the_file_while_it_was_on_stage_does_not_keep_the_next_from_it() -> None:
    first = show_plan(with_broadcast=False, with_posts=False)
    later = timedelta(hours=2)
    film = segment("film", "Film", GO_LIVE + later)
    second = show_plan("day-2", go_live=GO_LIVE + later, segments=[film], with_broadcast=False, with_posts=False)
    async with World(season_plan(first, second), START) as world:
        await world.to(GO_LIVE + MINUTE)
        await world.kill()
        world.plan = season_plan(second)
        await world.restart()
        await world.to(GO_LIVE + later + SECOND)
        assert world.show("day-2").phase == "live"
        assert world.program == "Film"


async def test_a_wall_that_stood_back_while_a_segment_waited_for_go_is_kept_when_it_is_in_its_place_again() -> None:
    waiting = segment("opening", "Film", GO_LIVE, 0.5, is_manual=True, late=replace(LATE, then=Late.ASK))
    pushing = replace(segment("talk", "Talk", GO_LIVE + 30 * SECOND, 1), overrun=Overrun.PUSH)
    wall = segment("runway", "Runway", GO_LIVE + 90 * SECOND, is_hard=True)
    plan = show_plan(segments=[waiting, pushing, wall], with_broadcast=False, with_posts=False)
    async with World(season_plan(plan), START) as world:
        await world.to(GO_LIVE + 40 * SECOND)
        world.conductor.look_again()  # talk would begin at 70 s now, and push the wall to 130 s
        await world.to(GO_LIVE + 91 * SECOND)
        assert world.program == "Runway"


async def test_what_the_season_is_given_for_a_show_that_is_over_has_its_end_at_once() -> None:
    film, runway = segment("film", "Film", GO_LIVE), segment("runway", "Runway", GO_LIVE + 12 * MINUTE)
    plan = show_plan(segments=[film], with_broadcast=False, with_posts=False)
    async with World(season_plan(plan), START) as world:
        await world.to(GO_LIVE + 30 * MINUTE)
        assert world.show().phase == "done"
        await world.kill()
        world.plan = season_plan(show_plan(segments=[film, runway], with_broadcast=False, with_posts=False))
        await world.restart()
        assert world.ends()["day-1/program/take/runway"] == "skipped"
        assert world.program != "Runway"


async def test_a_segment_that_waits_for_go_and_is_given_to_a_show_that_closes_keeps_it_from_no_end() -> None:
    film = segment("film", "Film", GO_LIVE)
    talk = segment("talk", "Talk", GO_LIVE + 2 * MINUTE, is_manual=True, late=replace(LATE, then=Late.ASK))
    async with World(season_plan(show_plan(segments=[film])), START) as world:
        await world.to(GO_LIVE + 2 * MINUTE + 10 * SECOND)
        assert world.show().phase == "closing"
        await world.kill()
        world.plan = season_plan(show_plan(segments=[film, talk]))
        await world.restart()
        await world.to(GO_LIVE + 40 * MINUTE)
        assert world.show().phase == "done"
        assert world.youtube.videos[0].lifecycle == "complete"
