"""What does the emulated YouTube say of the video that really arrives?"""

import pytest

from broadcaster.adapters.clock import ManualClock
from tests.contract.youtube_client import START, Stage, staged


@pytest.fixture
async def stage():
    async with staged(ManualClock(START)) as stage:
        yield stage


class Encoder:
    """One encoder, which tells the ingest what it sends."""

    def __init__(self, stage: Stage, stream: dict) -> None:
        self.stage = stage
        self.id = stream["id"]
        self.key = stream["cdn"]["ingestionInfo"]["streamName"]

    async def sends(self, *, seconds: float = 10, active: bool = True, **carries) -> None:
        body = {"streamName": self.key, "active": active, **carries}
        answer = await self.stage.control("/control/ingest", json=body)
        assert answer.status == 200, await answer.text()
        await self.stage.advance(seconds)

    async def seen(self) -> tuple[str, str, list[tuple[str, str]]]:
        status = await self.stage.stream(self.id)
        issues = status["healthStatus"].get("configurationIssues", [])
        assert all(each["reason"] and each["description"] for each in issues)
        return (
            status["streamStatus"],
            status["healthStatus"]["status"],
            [(each["type"], each["severity"]) for each in issues],
        )


@pytest.fixture
async def encoder(stage):
    return Encoder(stage, await stage.insert_stream())


GOOD = {"bitrate_kbps": 4500, "keyframe_seconds": 2, "fps": 30, "height": 1080}


@pytest.mark.parametrize(
    ("carries", "health", "issues"),
    [
        ({}, "good", []),
        (GOOD, "good", []),
        (GOOD | {"bitrate_kbps": 2500}, "ok", [("bitrateLow", "warning")]),
        (GOOD | {"bitrate_kbps": 600}, "bad", [("bitrateLow", "error")]),
        (GOOD | {"bitrate_kbps": 25_000}, "ok", [("bitrateHigh", "warning")]),
        (GOOD | {"bitrate_kbps": 3500, "fps": 60}, "ok", [("bitrateLow", "warning")]),
        ({"bitrate_kbps": 2500, "height": 720}, "good", []),
        ({"bitrate_kbps": 2500}, "ok", [("bitrateLow", "warning")]),  # a stream of any resolution is taken for 1080p
        (GOOD | {"keyframe_seconds": 4}, "good", []),
        (GOOD | {"keyframe_seconds": 5}, "ok", [("gopSizeLong", "warning")]),
        (GOOD | {"keyframe_seconds": 10}, "bad", [("gopSizeLong", "error")]),
        (GOOD | {"keyframe_seconds": 0.25}, "good", [("gopSizeShort", "info")]),
        ({"fps": 120}, "bad", [("frameRateHigh", "error")]),
        ({"height": 1000}, "ok", [("videoResolutionSuboptimal", "warning")]),
        ({"height": 4320}, "bad", [("videoResolutionUnsupported", "error")]),
    ],
)
async def test_what_arrives_decides_the_issues_and_they_decide_the_health(encoder, carries, health, issues):
    await encoder.sends(**carries)
    assert await encoder.seen() == ("active", health, issues)


async def test_a_stream_made_for_one_resolution_finds_another_one_amiss(stage):
    cdn = {"frameRate": "30fps", "resolution": "720p", "ingestionType": "rtmp"}
    body = {"snippet": {"title": "x"}, "cdn": cdn}
    encoder = Encoder(stage, await stage.run(stage.api.liveStreams().insert(part="snippet,cdn", body=body)))
    await encoder.sends(height=1080, fps=60)
    issues = [("frameRateHigh", "error"), ("resolutionMismatch", "warning")]
    assert await encoder.seen() == ("active", "bad", issues)


async def test_video_without_audio_stays_inactive_until_the_audio_is_there(encoder):
    await encoder.sends(seconds=60, audio=False)
    assert await encoder.seen() == ("ready", "bad", [("noAudioStream", "error")])
    await encoder.sends(audio=True)
    assert await encoder.seen() == ("active", "good", [])


async def test_audio_that_is_lost_on_air_is_an_issue_and_does_not_end_anything(encoder):
    await encoder.sends()
    await encoder.sends(audio=False)
    assert await encoder.seen() == ("active", "bad", [("noAudioStream", "error")])


async def test_where_youtube_takes_silent_video_it_is_only_an_issue(stage, encoder):
    await stage.settings(needs_audio=False)
    await encoder.sends(audio=False)
    assert await encoder.seen() == ("active", "bad", [("noAudioStream", "error")])


async def test_sound_without_video_is_never_active(stage, encoder):
    await stage.settings(needs_audio=False)
    await encoder.sends(seconds=60, video=False)
    assert await encoder.seen() == ("ready", "bad", [("noVideoStream", "error")])


async def test_an_encoder_that_gets_worse_and_better_is_followed(encoder):
    await encoder.sends(**GOOD)
    await encoder.sends(seconds=1, bitrate_kbps=900)
    assert (await encoder.seen())[1] == "good"  # it takes YouTube some seconds to see
    await encoder.sends(seconds=3, bitrate_kbps=900)
    assert await encoder.seen() == ("active", "bad", [("bitrateLow", "error")])
    await encoder.sends(bitrate_kbps=4500)
    assert await encoder.seen() == ("active", "good", [])


async def test_a_connection_through_which_nothing_comes_is_starved_then_inactive_then_back(encoder):
    await encoder.sends()
    await encoder.sends(seconds=4, stalled=True)
    assert await encoder.seen() == ("active", "bad", [("videoIngestionStarved", "error")])
    await encoder.sends(seconds=25, stalled=True)
    assert await encoder.seen() == ("inactive", "noData", [])
    await encoder.sends(stalled=False)
    assert await encoder.seen() == ("active", "good", [])


async def test_a_stall_that_ends_in_time_leaves_the_stream_active(encoder):
    await encoder.sends()
    await encoder.sends(seconds=5, stalled=True)
    await encoder.sends(seconds=4, stalled=False)
    assert await encoder.seen() == ("active", "good", [])
    await encoder.sends(seconds=60)
    assert await encoder.seen() == ("active", "good", [])


async def test_a_stall_too_short_to_be_noticed_leaves_no_issue_behind(encoder):
    await encoder.sends()
    await encoder.sends(seconds=1, stalled=True)
    await encoder.sends(seconds=60, stalled=False)
    assert await encoder.seen() == ("active", "good", [])


async def test_a_connection_through_which_nothing_ever_came_is_never_active(encoder):
    for seconds in (10, 60):
        await encoder.sends(seconds=seconds, stalled=True)
        assert await encoder.seen() == ("ready", "noData", [])
    await encoder.sends(stalled=False)
    assert await encoder.seen() == ("active", "good", [])


async def test_a_new_connection_forgets_the_stall_of_the_one_before(encoder):
    await encoder.sends()
    await encoder.sends(seconds=1, stalled=True)
    await encoder.sends(seconds=1, active=False)
    await encoder.sends(seconds=60)
    assert await encoder.seen() == ("active", "good", [])


async def test_a_measuring_ingest_that_reports_every_second_does_not_keep_a_stream_inactive(encoder):
    for second in range(5):
        await encoder.sends(seconds=1, bitrate_kbps=4500 + second)
    assert (await encoder.seen())[0] == "active"


async def test_video_that_stalls_ends_a_broadcast_with_auto_stop_and_no_other(stage, encoder):
    lives = {}
    for auto in (True, False):
        broadcast = await stage.insert_broadcast(enableAutoStop=auto, monitorStream={"enableMonitorStream": False})
        await stage.bind(broadcast["id"], encoder.id)
        lives[auto] = broadcast["id"]
    await encoder.sends()
    for broadcast_id in lives.values():
        await stage.transition(broadcast_id, "live")
    await stage.advance(10)
    await encoder.sends(seconds=90, stalled=True)
    assert [await stage.life(each) for each in lives.values()] == ["complete", "live"]


@pytest.mark.parametrize("name", ["test_delay", "live_delay"])
async def test_a_start_can_be_stuck_until_the_encoder_is_started_anew(stage, encoder, name):
    await stage.settings(**{name: "restart"})
    to = name.removesuffix("_delay").replace("test", "testing")
    monitor = {"enableMonitorStream": to == "testing"}
    broadcast_id = (await stage.insert_broadcast(monitorStream=monitor))["id"]
    await stage.bind(broadcast_id, encoder.id)
    await encoder.sends()
    await stage.transition(broadcast_id, to)
    await encoder.sends(seconds=3600, bitrate_kbps=4500)
    assert (await stage.life(broadcast_id)).endswith("Starting")
    await encoder.sends(seconds=1, active=False)
    await encoder.sends()
    assert await stage.life(broadcast_id) == to


@pytest.mark.parametrize(
    "carries", [{"bitrate": 3}, {"audio": "no"}, {"height": "1080p"}, {"stalled": 1}, {"bitrate_kbps": -1}]
)
async def test_an_ingest_that_talks_nonsense_is_told_so(stage, encoder, carries):
    body = {"streamName": encoder.key, "active": True} | carries
    answer = await stage.control("/control/ingest", json=body)
    assert answer.status == 400
    assert next(iter(carries)) in (await answer.json())["error"]


async def test_a_hand_can_speak_for_the_encoder_too(stage, encoder):
    changes = {"do": "video_changes", "key": encoder.key, "audio": False}
    assert (await stage.control("/control/hand", json=changes)).status == 400  # nobody sends
    assert (await stage.control("/control/hand", json={"do": "video_arrives", "key": encoder.key})).status == 200
    await stage.advance(10)
    assert (await stage.control("/control/hand", json=changes)).status == 200
    await stage.advance(10)
    assert (await encoder.seen())[1] == "bad"
