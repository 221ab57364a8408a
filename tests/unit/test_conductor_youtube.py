"""A broadcast's whole life in the loop: its page, its key, hands in Studio, what hangs, what drops, and the replay."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from broadcaster.ports import Ingest, Secret
from broadcaster.show.observed import Lifecycle
from broadcaster.show.orders import Word
from broadcaster.show.records import ALARM, ALARM_OVER, INTENT, LANE_HELD, MISMATCH_SEEN, REPLAY_OVER
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan, show_plan
from tests.playing import OVER, SHOWN, START, TALK_AT, assert_whole, play
from tests.world import World

PAGE: dict[str, Any] = {
    "title": "Opening night",
    "description": "Come",
    "category": "24",
    "tags": ("fashion", "Taraz"),
    "language": "kk",
    "thumbnail": "poster.png",
    "playlist": "PL-season",
    "has_chapters": True,
    "replay_privacy": "unlisted",
    "replay_playlist": "PL-replays",
}
LIVE, COMPLETE = "day-1/broadcast/live/main", "day-1/broadcast/complete/main"


def world_of(start: datetime = START, **page: Any) -> World:
    return World(season_plan(show_plan(page=page)), start)


def verbs(world: World) -> list[str]:
    return [record.data["verb"] for record in world.journal.of(INTENT)]


async def play_unseen(world: World, until: datetime = OVER) -> None:
    """A show that is never live on YouTube: GO is given all the same."""
    await world.to(TALK_AT)
    await world.order(Word.GO)
    await world.to(until)


def alerts(world: World) -> list[str]:
    found: list[str] = world.conductor.view()["alerts"]
    return found


async def test_a_broadcast_gets_its_whole_page_once_and_its_chapters_after_the_show() -> None:
    async with World(season_plan(show_plan(page=PAGE, with_chat=True)), START) as world:
        await world.to(GO_LIVE - 50 * MINUTE)
        video = world.youtube.videos[0]
        assert (video.category, video.tags, video.language) == ("24", ("fashion", "Taraz"), "kk")
        assert video.thumbnails == [b"a picture"]
        assert world.youtube.playlists == {"PL-season": ["video-1"]}
        await play(world)
        assert_whole(world)
        assert world.youtube.chat == ["hello https://youtu.be/video-1"]
        lines = video.description.splitlines()
        assert lines[0] == "Come"
        assert [line.split(" ", 1)[1] for line in lines[2:5]] == ["Film", "Runway", "Talk"]
        assert lines[2].startswith("0:00 ")
        assert lines[-1] == "broadcaster:season/day-1"
        assert video.privacy == "unlisted"
        assert world.youtube.playlists["PL-replays"] == ["video-1"]
        counts = {name: len(world.youtube.applied(name)) for name in ("update", "update_video", "set_thumbnail", "say")}
        assert counts == {"update": 0, "update_video": 2, "set_thumbnail": 1, "say": 1}
        assert set(world.ends().values()) == {"done"}
        (over,) = world.journal.of(REPLAY_OVER)
        assert over.data == {"chapters": 3, "why": ""}
        assert len(world.youtube.applied("look_video")) < 12


async def test_a_page_that_the_season_changes_is_kept_in_step_after_a_restart() -> None:
    async with world_of(title="Old title", description="Old") as world:
        await world.to(GO_LIVE - 50 * MINUTE)
        world.plan = season_plan(show_plan(page={"title": "New title", "description": "New", "latency": "low"}))
        await world.restart()
        await world.to(GO_LIVE - 49 * MINUTE)
        video = world.youtube.videos[0]
        assert (video.title, video.latency) == ("New title", "low")
        assert video.description == "New\n\nbroadcaster:season/day-1"
        assert len(world.youtube.applied("update")) == 1
        await play(world)
        assert_whole(world)


@pytest.mark.parametrize("method", ["update", "update_video", "set_thumbnail", "add_to_playlist"])
@pytest.mark.parametrize("fault", ["lose", "drop", "unavailable", "refuse"])
async def test_a_page_that_cannot_be_dressed_is_never_in_the_way_of_the_show(method: str, fault: Any) -> None:
    async with world_of(**PAGE) as world:
        world.youtube.fail(method, fault)
        await world.to(GO_LIVE - 50 * MINUTE)
        world.youtube.videos[0].latency = "low"  # as if YouTube had made it so
        world.plan = season_plan(show_plan(page=PAGE | {"title": "New"}))
        await world.restart()
        await play(world)
        assert_whole(world)
        video = world.youtube.videos[0]
        assert (len(video.thumbnails), world.youtube.playlists.get("PL-season", [])[1:]) in ((1, []), (2, []), (0, []))
        assert set(world.ends().values()) == {"done"}
        assert "lane_held/1" not in world.kinds()


async def test_an_update_that_youtube_swallows_ends_in_an_alert() -> None:
    async with world_of(title="Opening") as world:
        await world.to(GO_LIVE - 50 * MINUTE)
        world.youtube.ignored.add("title")
        world.plan = season_plan(show_plan(page={"title": "New"}))
        await world.restart()
        await world.to(GO_LIVE - 40 * MINUTE)
        assert len(world.youtube.applied("update")) == 3
        assert any("does not take the title" in alert for alert in alerts(world))
        await play(world)
        assert_whole(world)


# -- adoption ----------------------------------------------------------------------------------------------------------


async def test_a_broadcast_made_by_hand_is_adopted_by_its_id_and_another_is_never_made() -> None:
    world = world_of(adopt="video-1", title="Plan")
    world.youtube.add("By hand", description="Our text", starts_itself=True, scheduled_start=GO_LIVE)
    async with world:
        await play(world)
        assert_whole(world)
        video = world.youtube.videos[0]
        assert (video.title, video.description, video.starts_itself) == ("By hand", "Our text", False)
        assert world.youtube.applied("create") == world.youtube.applied("find") == []
        assert set(world.ends().values()) == {"done"}


async def test_an_id_that_the_channel_does_not_have_is_said_and_waited_for() -> None:
    async with world_of(adopt="video-1") as world:
        await world.to(GO_LIVE - 30 * MINUTE)
        assert any("check youtube_id of show day-1" in alert for alert in alerts(world))
        assert len([call for call in world.youtube.calls if call.method == "look"]) < 10
        world.youtube.add("By hand", scheduled_start=GO_LIVE)
        await play(world)
        assert_whole(world)
        assert world.youtube.applied("create") == []


async def test_an_adopted_one_that_is_live_on_another_stream_is_held_and_not_touched() -> None:
    world = world_of(adopt="video-1")
    world.youtube.streams.append("their stream")
    world.youtube.add("By hand", stream="their stream", lifecycle=Lifecycle.TESTING, scheduled_start=GO_LIVE)
    async with world:
        await world.to(GO_LIVE - 5 * MINUTE)
        assert "broadcast" in world.show().lanes_held
        assert world.youtube.applied("bind") == world.youtube.applied("live") == []
        assert any("on another stream" in alert for alert in alerts(world))


async def test_an_adopted_one_that_never_went_live_is_not_deleted() -> None:
    world = world_of(adopt="video-1")
    world.youtube.add("By hand", scheduled_start=GO_LIVE)
    async with world:
        world.youtube.is_deaf = True
        await play_unseen(world)
        assert world.show().phase == "done"
        assert world.youtube.applied("delete") == []
        assert len(world.youtube.videos) == 1


# -- the bound truth ---------------------------------------------------------------------------------------------------


async def test_a_stream_to_another_shows_key_never_goes_live_and_is_put_right_by_stopping_it() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - 9 * MINUTE)
        other = Ingest(server="rtmp://there", key=Secret("key of another"))
        world.studio.change(is_streaming=False, target=other.fingerprint)
        world.studio.key = other.key.reveal()
        world.studio.change(is_streaming=True)
        await world.to(GO_LIVE + 30 * SECOND)
        assert world.youtube.applied("live") == []
        assert any("another server or key" in alert for alert in alerts(world))
        assert world.kinds()[MISMATCH_SEEN] == 1
        world.studio.change(is_streaming=False)
        await world.to(GO_LIVE + 40 * SECOND)
        await world.order(Word.RESUME, lane="encoder") if "encoder" in world.show().lanes_held else None
        await play(world)
        assert_whole(world)
        assert world.ends()[LIVE] == "done"
        assert world.journal.of(MISMATCH_SEEN)[-1].data == {"mismatches": []}


async def test_a_marker_that_a_hand_dropped_is_back_before_go_live() -> None:
    async with world_of(description="Come") as world:
        await world.to(GO_LIVE - 30 * MINUTE)
        world.youtube.videos[0].description = "By hand"
        await play(world)
        assert_whole(world)
        assert world.youtube.videos[0].description == "By hand\n\nbroadcaster:season/day-1"
        assert set(world.ends().values()) == {"done"}


async def test_a_hand_that_binds_it_elsewhere_again_and_again_is_let_be() -> None:
    async with World(season_plan(), START) as world:
        world.youtube.streams.append("their stream")
        for minutes in range(30, 15, -1):
            await world.to(GO_LIVE - minutes * MINUTE)
            world.youtube.videos[0].stream = "their stream"
            await world.to(GO_LIVE - minutes * MINUTE + 30 * SECOND)
        await world.to(GO_LIVE - 6 * MINUTE)
        assert len(world.youtube.applied("bind")) <= 4
        await world.to(GO_LIVE - MINUTE)
        assert world.youtube.applied("live") == []


# -- hands, hangs and drops --------------------------------------------------------------------------------------------


async def test_a_test_that_a_hand_started_is_gone_on_from() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - 9 * MINUTE - 57 * SECOND)
        world.youtube.videos[0].lifecycle = Lifecycle.TESTING
        await play(world)
        assert_whole(world)
        assert world.youtube.applied("testing") == []
        assert world.ends()[LIVE] == "done"


async def test_a_broadcast_that_a_hand_took_live_is_live() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - 5 * MINUTE)
        world.youtube.videos[0].lifecycle = Lifecycle.LIVE
        world.youtube.videos[0].went_live.append(world.clock.now())
        await play(world)
        assert_whole(world)
        assert world.youtube.applied("live") == []
        assert "a hand in YouTube Studio" in world.show().settled[LIVE].why


async def test_a_revoked_broadcast_holds_its_lane_and_the_show_goes_on() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + MINUTE)
        world.youtube.videos[0].lifecycle = Lifecycle.REVOKED
        await world.to(GO_LIVE + 90 * SECOND)
        assert any("revoked" in alert for alert in alerts(world))
        await play(world)
        assert world.show().phase == "done"
        assert [scene for _, scene in world.studio.on_air] == SHOWN
        assert world.youtube.applied("create")[1:] == []


@pytest.mark.parametrize("hangs", ["testing", "live"])
async def test_a_transition_that_hangs_restarts_the_encoder_once_and_then_only_asks(hangs: str) -> None:
    async with World(season_plan(), START) as world:
        world.youtube.hanging.add(hangs)
        begins = GO_LIVE - 10 * MINUTE if hangs == "testing" else GO_LIVE
        await world.to(begins + 80 * SECOND)
        assert any("look in YouTube Studio" in alert for alert in alerts(world))
        assert "restart" not in verbs(world)
        await world.to(begins + 5 * MINUTE)
        assert verbs(world).count("restart") == 1
        assert len(world.studio.applied("stop")) == 1
        assert LANE_HELD not in world.kinds()
        assert world.studio.state.is_streaming
        await play_unseen(world, OVER + 45 * MINUTE)
        assert world.show().phase == "done"
        assert len(world.youtube.videos) <= 1


async def test_an_encoder_whose_restart_was_cut_short_streams_again() -> None:
    async with World(season_plan(), START) as world:
        world.youtube.hanging.add("testing")
        await world.to(GO_LIVE - 9 * MINUTE)
        world.studio.fail("start", "unavailable")
        await world.to(GO_LIVE - 7 * MINUTE)
        assert verbs(world).count("restart") == 1
        assert world.studio.state.is_streaming
        assert LANE_HELD not in world.kinds()


async def test_a_drop_keeps_the_same_broadcast_and_is_an_alarm_within_15_s() -> None:
    async with World(season_plan(), START) as world:
        dropped = GO_LIVE + 63 * SECOND
        await world.to(dropped)
        world.youtube.is_deaf = True
        await world.to(dropped + 16 * SECOND)
        assert world.kinds()[ALARM] == 1
        assert any("ALARM" in alert for alert in alerts(world))
        await world.to(dropped + 90 * SECOND)
        world.youtube.is_deaf = False
        await world.to(dropped + 100 * SECOND)
        assert world.kinds()[ALARM] == world.kinds()[ALARM_OVER] == 1
        await play(world)
        assert_whole(world)
        assert [scene for _, scene in world.studio.on_air] == SHOWN  # by default nothing but the alarm
        assert len(world.youtube.applied("create")) == len(world.youtube.applied("complete")) == 1


async def test_a_show_that_wants_it_falls_back_and_comes_back_each_as_its_own_act() -> None:
    async with World(season_plan(show_plan(falls_back=True)), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        world.youtube.is_deaf = True
        await world.to(GO_LIVE + 60 * SECOND)
        assert world.program == "Please stand by"
        world.youtube.is_deaf = False
        await world.to(GO_LIVE + 75 * SECOND)
        assert world.program == "Film"
        acts = [record.ids["cue"].split("/")[2] for record in world.journal.of(INTENT) if record.data["verb"] == "take"]
        assert acts[-2:] == ["fallback", "back"]
        await play(world)
        assert_whole(world)
        assert LANE_HELD not in world.kinds()


async def test_a_cue_that_comes_while_fallen_back_is_on_air_after_it() -> None:
    async with World(season_plan(show_plan(falls_back=True)), START) as world:
        await world.to(GO_LIVE + 90 * SECOND)
        world.youtube.is_deaf = True
        await world.to(GO_LIVE + 140 * SECOND)
        assert world.program == "Please stand by"
        world.youtube.is_deaf = False
        await world.to(GO_LIVE + 160 * SECOND)
        assert world.program == "Runway"
        await play(world)
        assert_whole(world)


@pytest.mark.parametrize("is_cut_after", [False, True])
async def test_a_fallback_is_never_against_a_hand(is_cut_after: bool) -> None:
    async with World(season_plan(show_plan(falls_back=True)), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        if not is_cut_after:
            world.studio.change(program="Somewhere else")
        world.youtube.is_deaf = True
        await world.to(GO_LIVE + 60 * SECOND)
        if is_cut_after:
            assert world.program == "Please stand by"
            world.studio.change(program="Somewhere else")
        await world.to(GO_LIVE + 110 * SECOND)
        assert world.program == "Somewhere else"
        assert "program" in world.show().lanes_held


async def test_a_hold_before_go_live_moves_the_announced_start() -> None:
    async with world_of(title="Opening") as world:
        await world.to(GO_LIVE - MINUTE)
        await world.order(Word.HOLD)
        await world.to(GO_LIVE + 3 * MINUTE)
        assert world.youtube.videos[0].scheduled_start == GO_LIVE + 10 * MINUTE
        assert [call.about for call in world.youtube.applied("update")] == ["scheduled_start"]
        await world.order(Word.RESUME)
        await world.to(GO_LIVE + 4 * MINUTE)
        assert world.show().phase == "live"


# -- the end -----------------------------------------------------------------------------------------------------------


async def test_what_never_went_live_is_deleted_and_that_is_no_hands_work() -> None:
    async with World(season_plan(), START) as world:
        world.youtube.is_deaf = True
        await play_unseen(world)
        assert world.show().phase == "done"
        assert world.youtube.videos == []
        assert len(world.youtube.applied("delete")) == 1
        assert (world.ends()[LIVE], world.ends()[COMPLETE]) == ("failed", "skipped")
        assert LANE_HELD not in world.kinds()


@pytest.mark.parametrize("fault", ["lose", "drop"])
async def test_a_deletion_whose_answer_was_lost_is_looked_up(fault: Any) -> None:
    async with World(season_plan(), START) as world:
        world.youtube.is_deaf = True
        world.youtube.fail("delete", fault)
        await play_unseen(world, OVER + 2 * MINUTE)
        assert world.show().phase == "done"
        assert world.youtube.videos == []
        assert len(world.youtube.applied("delete")) == 1
        assert LANE_HELD not in world.kinds()


async def test_a_replay_that_youtube_never_shows_is_given_up_and_the_show_ends() -> None:
    async with world_of(has_chapters=True) as world:
        world.youtube.shows_after = timedelta(days=1)
        await play(world)
        assert world.show().phase == "closing"
        assert world.program == "Thank you"
        world.studio.change(program="Somewhere else")  # the studio is its people's again
        await world.to(OVER + 10 * MINUTE)
        assert LANE_HELD not in world.kinds()
        await world.to(OVER + 16 * MINUTE)
        assert world.show().phase == "done"
        assert "not ready" in world.journal.of(REPLAY_OVER)[0].data["why"]
        assert len([call for call in world.youtube.calls if call.method == "look_video"]) < 60


async def test_a_replay_without_enough_chapters_says_why() -> None:
    async with world_of(has_chapters=True) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        await world.order(Word.END)
        await world.to(GO_LIVE + 3 * MINUTE)
        assert world.show().phase == "done"
        assert world.journal.of(REPLAY_OVER)[0].data["why"].startswith("fewer than 3")
        assert world.youtube.applied("update_video") == []


@pytest.mark.parametrize("fault", ["lose", "drop"])
async def test_a_line_in_the_chat_with_an_unknown_outcome_is_never_repeated(fault: Any) -> None:
    async with World(season_plan(show_plan(with_chat=True)), START) as world:
        world.youtube.fail("say", fault)
        await play(world)
        assert_whole(world)
        assert len([call for call in world.youtube.calls if call.method == "say"]) == 1
        assert world.show().post("day-1/posts/post/hello/youtube-chat/en").asks


async def test_the_next_show_does_not_wait_for_a_replay() -> None:
    second = OVER + 3 * MINUTE
    plan = season_plan(
        show_plan(page={"has_chapters": True}),
        show_plan("day-2", go_live=second, standby=MINUTE, prepare=2 * MINUTE),
    )
    async with World(plan, START) as world:
        world.youtube.shows_after = timedelta(days=1)
        await world.to(TALK_AT)
        await world.order(Word.GO)
        await world.to(second + 20 * SECOND)
        assert world.show().phase == "closing"
        assert world.show("day-2").phase == "live"
        assert world.conductor.view()["show"] == "day-2"
