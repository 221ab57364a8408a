"""Do viewers see the right scene? A real OBS streams the whole show through a real ingest, and frames are looked at."""

from pathlib import Path

import pytest

from broadcaster.adapters.clock import WallClock
from broadcaster.adapters.journal import verify
from broadcaster.emulators.telegram import EmulatedTelegram
from broadcaster.emulators.youtube import EmulatedYouTube
from tests.emulated.service import ENVIRONMENT, Far, Service, service_at
from tests.needs import need
from tests.real_ingest import RealIngest, is_near
from tests.real_obs import RealOBS, free_port
from tests.waiting import until

pytestmark = pytest.mark.xdist_group("real OBS")  # one at a time: it draws by the processor

COLOURS = {
    "Before": "#f0f0f0",
    "Countdown": "#1030e0",
    "Opening film": "#e01010",
    "Runway": "#10b030",
    "Finale": "#e0c010",
    "Thank you": "#b010c0",
    "Please stand by": "#101010",
}
"""Every scene of the show, each a colour far from all others."""
TOLERANCE = 48
LIVE_IN, STANDBY_SECONDS, SEGMENT_SECONDS = 24.0, 14, 10
START_PATIENCE, COLOUR_PATIENCE = 40.0, 10.0


async def _until_viewers_see(scene: str, ingest: RealIngest, key: str, seconds: float = COLOUR_PATIENCE) -> None:
    """Encoder, key frame and player come seconds after the take: wait for the colour, with a bound."""
    seen: list[tuple[int, int, int]] = []

    async def shows_it() -> bool:
        seen.append(await ingest.colour(key))
        return is_near(seen[-1], COLOURS[scene], by=TOLERANCE)

    try:
        await until(shows_it, seconds)
    except AssertionError as error:
        raise AssertionError(f"{scene} is {COLOURS[scene]}, viewers saw {seen}") from error


@pytest.mark.real_obs
async def test_viewers_see_each_scene_of_the_show_while_it_should_be_on_air(tmp_path: Path) -> None:
    need("obs", "xvfb", "nginx-rtmp", "ffmpeg")
    clock, youtube_port = WallClock(), free_port()
    control = f"http://127.0.0.1:{youtube_port}/control"
    ingest = RealIngest(on_publish=f"{control}/publish", on_publish_done=f"{control}/publish_done")
    youtube = EmulatedYouTube(clock, ingest=ingest.server, speed=10)
    await youtube.start(port=youtube_port)
    try:
        async with (
            ingest,
            EmulatedTelegram(clock) as telegram,
            RealOBS(scenes=COLOURS, password=ENVIRONMENT["TEST_OBS_PASSWORD"], log_to=tmp_path / "obs.log") as obs,
            service_at(
                tmp_path,
                Far(obs=obs, youtube=youtube, telegram=telegram),
                clock,
                live_in=LIVE_IN,
                standby=STANDBY_SECONDS,
                advance="auto",
                seconds=(SEGMENT_SECONDS,) * 3,
            ) as played,
        ):
            await _plays_the_whole_show(played, obs, ingest)
    finally:
        await youtube.stop()


async def _plays_the_whole_show(played: Service, obs: RealOBS, ingest: RealIngest) -> None:
    await played.start()
    (key,) = await until(ingest.streams, START_PATIENCE)
    (stream,) = played.far.youtube.snapshot()["streams"]
    assert key == stream["streamName"]
    await _until_viewers_see("Countdown", ingest, key)
    for segment, scene in (("opening", "Opening film"), ("designer-1", "Runway"), ("finale", "Finale")):
        await until(lambda name=segment: played.has("segment_started/1", segment=name), START_PATIENCE)
        await _until_viewers_see(scene, ingest, key)
    await played.until_done()
    assert await played.terminate() == 0

    (broadcast,) = played.far.broadcasts
    assert broadcast["lifeCycleStatus"] == "complete"
    assert [step["status"] for step in broadcast["history"]].count("live") == 1
    posts = [text.split("youtu.be/")[0] for text in sorted(played.far.posts)]
    assert posts == ["Tonight begins", "Tonight is live: https://"]
    assert (await obs.ask("GetStreamStatus"))["outputActive"] is False
    assert (await obs.ask("GetCurrentProgramScene"))["currentProgramSceneName"] == "Thank you"
    assert await ingest.streams() == {}
    settled = [record for record in played.records() if record.kind == "cue_settled/1"]
    assert len(settled) == len({record.ids["cue"] for record in settled}), "a cue has one end"
    assert {record.ids["cue"]: record.data["why"] for record in settled if record.data["end"] != "done"} == {}
    assert not verify(played.journal).faults
    for secret in (*ENVIRONMENT.values(), key):
        assert secret not in played.log[-1]
