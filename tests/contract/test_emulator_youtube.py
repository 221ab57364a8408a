"""The emulated YouTube, driven through a whole life by the client that Google ships."""

from datetime import timedelta

import pytest

from broadcaster.adapters.clock import ManualClock, ScaledClock
from tests.contract.youtube_client import START, Stage, reason_of, staged
from tests.waiting import until


@pytest.fixture
async def stage():
    async with staged(ManualClock(START)) as stage:
        yield stage


async def ready(stage: Stage, **details) -> tuple[str, str, str]:
    """A bound broadcast: its id, its stream's id and key."""
    stream = await stage.insert_stream()
    broadcast = await stage.insert_broadcast(**details)
    await stage.bind(broadcast["id"], stream["id"])
    return broadcast["id"], stream["id"], stream["cdn"]["ingestionInfo"]["streamName"]


async def with_video(stage: Stage, **details) -> tuple[str, str]:
    """A bound broadcast whose stream is active: its id and key."""
    broadcast_id, _, key = await ready(stage, **details)
    stage.youtube.use.video_arrives(key)
    await stage.advance(10)
    return broadcast_id, key


async def on_air(stage: Stage, **details) -> tuple[str, str]:
    """A live broadcast: its id and key."""
    broadcast_id, key = await with_video(stage, **details)
    await stage.transition(broadcast_id, "testing")
    await stage.advance(8)
    await stage.transition(broadcast_id, "live")
    await stage.advance(10)
    assert await stage.life(broadcast_id) == "live"
    return broadcast_id, key


async def test_a_broadcast_lives_from_created_to_complete(stage):
    stream = await stage.insert_stream()
    info = stream["cdn"]["ingestionInfo"]
    assert info["ingestionAddress"] == f"rtmp://127.0.0.1:{stage.youtube.port}/live2"
    broadcast = await stage.insert_broadcast()
    assert broadcast["status"]["lifeCycleStatus"] == "created"
    bound = await stage.bind(broadcast["id"], stream["id"])
    assert bound["status"]["lifeCycleStatus"] == "ready"
    assert bound["contentDetails"]["boundStreamId"] == stream["id"]

    answer = await stage.control("/control/ingest", json={"streamName": info["streamName"], "active": True})
    assert answer.status == 200
    seen = await stage.stream(stream["id"])
    assert (seen["streamStatus"], seen["healthStatus"]["status"]) == ("ready", "noData")
    await stage.advance(4)
    assert (await stage.stream(stream["id"]))["streamStatus"] == "active"
    await stage.advance(4)
    assert (await stage.stream(stream["id"]))["healthStatus"]["status"] == "good"

    asked = await stage.transition(broadcast["id"], "testing")
    assert asked["status"]["lifeCycleStatus"] == "testStarting"
    await stage.advance(2)
    assert await stage.life(broadcast["id"]) == "testStarting"
    await stage.advance(6)
    assert await stage.life(broadcast["id"]) == "testing"
    asked = await stage.transition(broadcast["id"], "live")
    assert asked["status"]["lifeCycleStatus"] == "liveStarting"
    assert "actualStartTime" not in asked["snippet"]
    await stage.advance(4)
    assert await stage.life(broadcast["id"]) == "liveStarting"
    await stage.advance(6)
    live = await stage.look(broadcast["id"])
    assert live["status"] | {"madeForKids": None} == {
        "lifeCycleStatus": "live",
        "privacyStatus": "public",
        "recordingStatus": "recording",
        "madeForKids": None,
        "selfDeclaredMadeForKids": False,
    }
    assert live["snippet"]["actualStartTime"].endswith("Z")

    done = await stage.transition(broadcast["id"], "complete")
    assert done["status"]["lifeCycleStatus"] == "complete"
    assert done["snippet"]["actualEndTime"] > done["snippet"]["actualStartTime"]
    state = await stage.state()
    history = [each["status"] for each in state["broadcasts"][0]["history"]]
    assert history == ["created", "ready", "testStarting", "testing", "liveStarting", "live", "complete"]
    assert state["inserts"] == 1
    assert [(each["to"], each["accepted"]) for each in state["transitions"]] == [
        ("testing", True),
        ("live", True),
        ("complete", True),
    ]


async def test_the_moment_of_a_state_is_when_it_fell_due_not_when_somebody_looked(stage):
    await stage.settings(test_delay=5)
    broadcast_id, _ = await with_video(stage)
    asked_at = stage.clock.now()
    await stage.transition(broadcast_id, "testing")
    await stage.advance(500)
    assert await stage.life(broadcast_id) == "testing"
    at, status = stage.youtube.state.broadcasts[broadcast_id].history[-1]
    assert (at, status) == (asked_at + timedelta(seconds=5), "testing")


REFUSED_MOVES = {
    "created": {"testing": "invalidTransition", "live": "invalidTransition", "complete": "invalidTransition"},
    "ready": {"complete": "invalidTransition", "live": "invalidTransition"},
    "testStarting": {"testing": "redundantTransition", "live": "invalidTransition", "complete": "invalidTransition"},
    "testing": {"testing": "redundantTransition"},
    "liveStarting": {"testing": "invalidTransition", "live": "redundantTransition", "complete": "invalidTransition"},
    "live": {"testing": "invalidTransition", "live": "redundantTransition"},
    "complete": {"testing": "invalidTransition", "live": "invalidTransition", "complete": "redundantTransition"},
    "revoked": {"testing": "invalidTransition", "live": "invalidTransition", "complete": "invalidTransition"},
}
ALLOWED_MOVES = {"ready": ["testing"], "testing": ["live", "complete"], "live": ["complete"]}


@pytest.mark.parametrize(
    ("status", "to", "reason"), [(s, t, r) for s, moves in REFUSED_MOVES.items() for t, r in moves.items()]
)
async def test_an_illegal_move_is_refused_with_its_reason(stage, status, to, reason):
    broadcast_id, _ = await with_video(stage)
    stage.youtube.use.transition_by_hand(broadcast_id, status)
    error = await stage.refused(stage.api.liveBroadcasts().transition(id=broadcast_id, broadcastStatus=to, part="id"))
    assert (error["code"], reason_of(error)) == (403, reason)
    assert await stage.life(broadcast_id) == status


@pytest.mark.parametrize(("status", "to"), [(s, t) for s, moves in ALLOWED_MOVES.items() for t in moves])
async def test_a_legal_move_is_taken(stage, status, to):
    broadcast_id, _ = await with_video(stage)
    stage.youtube.use.transition_by_hand(broadcast_id, status)
    await stage.transition(broadcast_id, to)
    await stage.advance(60)
    assert await stage.life(broadcast_id) == to


async def test_without_video_neither_testing_nor_live_can_be_asked_for(stage):
    broadcast_id, _, _ = await ready(stage)
    for to in ("testing", "live"):
        request = stage.api.liveBroadcasts().transition(id=broadcast_id, broadcastStatus=to, part="status")
        assert await stage.refused(request) == {
            "code": 403,
            "message": "Stream is inactive",
            "errors": [
                {
                    "domain": "youtube.liveBroadcast",
                    "reason": "errorStreamInactive",
                    "message": "Stream is inactive",
                    "extendedHelp": "https://developers.google.com/youtube/v3/live/docs/liveBroadcasts/transition",
                }
            ],
        }


async def test_an_invalid_transition_has_the_recorded_body(stage):
    broadcast_id, _ = await with_video(stage)
    error = await stage.refused(
        stage.api.liveBroadcasts().transition(id=broadcast_id, broadcastStatus="live", part="status")
    )
    assert error["message"] == "Invalid transition"
    assert error["errors"][0]["extendedHelp"].endswith("/liveBroadcasts/transition#params")


async def test_without_monitor_stream_ready_goes_straight_to_live_and_cannot_be_tested(stage):
    broadcast_id, _ = await with_video(stage, monitorStream={"enableMonitorStream": False})
    error = await stage.refused(
        stage.api.liveBroadcasts().transition(id=broadcast_id, broadcastStatus="testing", part="status")
    )
    assert reason_of(error) == "invalidTransition"
    await stage.transition(broadcast_id, "live")
    await stage.advance(10)
    assert await stage.life(broadcast_id) == "live"


async def test_a_start_that_is_set_to_never_stays_starting(stage):
    await stage.settings(live_delay="never")
    broadcast_id, _ = await with_video(stage, monitorStream={"enableMonitorStream": False})
    await stage.transition(broadcast_id, "live")
    await stage.advance(86_400)
    assert await stage.life(broadcast_id) == "liveStarting"


async def test_video_that_goes_before_live_is_reached_holds_the_start_until_it_is_back(stage):
    broadcast_id, key = await with_video(stage, monitorStream={"enableMonitorStream": False})
    await stage.transition(broadcast_id, "live")
    stage.youtube.use.video_stops(key)
    await stage.advance(60)
    assert await stage.life(broadcast_id) == "liveStarting"
    stage.youtube.use.video_arrives(key)
    await stage.advance(4)
    assert await stage.life(broadcast_id) == "live"


async def test_auto_start_goes_live_without_being_asked_and_auto_stop_ends_a_minute_after_the_video(stage):
    broadcast_id, key = await with_video(stage, enableAutoStart=True, enableAutoStop=True)
    await stage.advance(10)
    assert await stage.life(broadcast_id) == "live"
    stage.youtube.use.video_stops(key)
    await stage.advance(60)
    assert await stage.life(broadcast_id) == "live"
    await stage.advance(3)
    assert await stage.life(broadcast_id) == "complete"


async def test_auto_stop_forgives_video_that_is_back_within_the_minute(stage):
    broadcast_id, key = await with_video(stage, enableAutoStart=True, enableAutoStop=True)
    await stage.advance(10)
    stage.youtube.use.video_stops(key)
    await stage.advance(50)
    stage.youtube.use.video_arrives(key)
    await stage.advance(600)
    assert await stage.life(broadcast_id) == "live"


async def test_without_auto_stop_a_broadcast_without_video_stays_live(stage):
    broadcast_id, key = await on_air(stage)
    stage.youtube.use.video_stops(key)
    await stage.advance(36_000)
    assert await stage.life(broadcast_id) == "live"


async def test_a_drop_shorter_than_two_seconds_is_not_noticed(stage):
    broadcast_id, key = await on_air(stage)
    stream_id = stage.youtube.state.broadcasts[broadcast_id].stream_id
    stage.youtube.use.video_stops(key)
    await stage.advance(1)
    stage.youtube.use.video_arrives(key)
    await stage.advance(1.5)
    assert (await stage.stream(stream_id))["streamStatus"] == "active"
    stage.youtube.use.video_stops(key)
    await stage.advance(2)
    seen = await stage.stream(stream_id)
    assert (seen["streamStatus"], seen["healthStatus"]["status"]) == ("inactive", "noData")


async def test_an_rtmp_server_is_told_which_keys_to_take(stage):
    _, stream_id, key = await ready(stage)
    unbound = await stage.insert_stream("unbound")
    unbound_key = unbound["cdn"]["ingestionInfo"]["streamName"]
    for name, status in ((key, 200), (unbound_key, 200), ("nobodys-key", 404)):
        answer = await stage.control("/control/publish", data={"app": "live2", "call": "publish", "name": name})
        assert answer.status == status
    await stage.advance(4)
    assert (await stage.stream(stream_id))["streamStatus"] == "active"
    answer = await stage.control("/control/publish_done", data={"call": "publish_done", "name": key})
    assert answer.status == 200
    await stage.advance(2)
    assert (await stage.stream(stream_id))["streamStatus"] == "inactive"
    assert (await stage.stream(unbound["id"]))["streamStatus"] == "active"


async def test_speed_divides_the_far_ends_delays():
    async with staged(ManualClock(START), speed=10.0) as stage:
        broadcast_id, _ = await with_video(stage, monitorStream={"enableMonitorStream": False})
        await stage.transition(broadcast_id, "live")
        await stage.advance(0.4)
        assert await stage.life(broadcast_id) == "liveStarting"
        await stage.advance(0.6)
        assert await stage.life(broadcast_id) == "live"


async def test_a_whole_life_on_a_fast_clock_by_polling_alone():
    async with staged(ScaledClock(start=START, speed=200)) as stage:
        broadcast_id, stream_id, key = await ready(stage)
        stage.youtube.use.video_arrives(key)
        await until(stage.stream_is(stream_id, "active"))
        for to in ("testing", "live"):
            await stage.transition(broadcast_id, to)
            await until(stage.life_is(broadcast_id, to))
        await stage.transition(broadcast_id, "complete")
        assert await stage.life(broadcast_id) == "complete"


async def test_two_broadcasts_too_many_are_refused_when_they_start_not_when_made(stage):
    await stage.settings(max_concurrent=1)
    await on_air(stage)
    second, _ = await with_video(stage)
    error = await stage.refused(stage.api.liveBroadcasts().transition(id=second, broadcastStatus="testing", part="id"))
    assert (error["code"], reason_of(error)) == (403, "concurrentBroadcastsExceedLimit")
    await stage.settings(max_concurrent=None, max_shared_ingestion=1)
    first = next(iter(stage.youtube.state.broadcasts.values()))
    await stage.bind(second, first.stream_id)
    error = await stage.refused(stage.api.liveBroadcasts().transition(id=second, broadcastStatus="testing", part="id"))
    assert reason_of(error) == "sharedIngestionBroadcastsExceedLimit"


async def test_the_hands_reach_in_over_http_too(stage):
    broadcast_id, key = await on_air(stage)
    issue = {"type": "audioBitrateLow", "severity": "warning", "reason": "Low", "description": "Too low"}
    for hand in (
        {"do": "health", "key": key, "status": "bad", "issues": [issue]},
        {"do": "transition", "id": broadcast_id, "status": "complete"},
        {"do": "revoke", "id": broadcast_id},
        {"do": "schedule", "title": "Somebody else's"},
    ):
        answer = await stage.control("/control/hand", json=hand)
        assert answer.status == 200, await answer.text()
    assert await stage.life(broadcast_id) == "revoked"
    health = (await stage.stream(stage.youtube.state.broadcasts[broadcast_id].stream_id))["healthStatus"]
    assert (health["status"], health["configurationIssues"]) == ("bad", [issue])
    assert (await stage.state())["inserts"] == 1
    for wrong in ({"do": "revok"}, {"do": "revoke"}, {"do": "revoke", "id": "nobody"}, []):
        assert (await stage.control("/control/hand", json=wrong)).status == 400
    assert (await stage.control("/control/hand", json={"do": "video_stops", "key": "no"})).status == 404
    assert (await stage.control("/control/settings", json={"tset_delay": 3})).status == 400


async def test_a_reset_forgets_everything(stage):
    await on_air(stage)
    await stage.settings(live_delay="never")
    assert (await stage.control("/control/reset")).status == 200
    state = await stage.state()
    assert (state["broadcasts"], state["streams"], state["inserts"], state["quota"]["used"]) == ([], [], 0, 0)
    assert state["settings"]["live_delay"] == [5.0, 10.0]


async def test_the_key_made_for_one_broadcast_is_of_no_use_after_it(stage):
    stream = await stage.insert_stream(is_reusable=False)
    broadcast = await stage.insert_broadcast()
    await stage.bind(broadcast["id"], stream["id"])
    other = await stage.insert_broadcast("Another night")
    error = await stage.refused(stage.api.liveBroadcasts().bind(id=other["id"], part="id", streamId=stream["id"]))
    assert reason_of(error) == "liveBroadcastBindingNotAllowed"
    stage.youtube.use.transition_by_hand(broadcast["id"], "complete")
    stage.youtube.use.video_arrives(stream["cdn"]["ingestionInfo"]["streamName"])
    await stage.advance(60)
    assert (await stage.stream(stream["id"]))["streamStatus"] == "ready"
