"""Hands, a crash and a lost connection at a real OBS: are they told apart, and is each answered by its rule?"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from broadcaster.adapters.clock import WallClock
from broadcaster.emulators.telegram import EmulatedTelegram
from broadcaster.emulators.youtube import EmulatedYouTube
from tests.emulated.service import ENVIRONMENT, Far, Service, service_at
from tests.needs import need
from tests.real_ingest import RealIngest
from tests.real_obs import RealOBS, free_port
from tests.waiting import until

pytestmark = pytest.mark.xdist_group("real OBS")  # one at a time: it draws by the processor

SCENES = {
    "Before": "#f0f0f0",
    "Countdown": "#1030e0",
    "Opening film": "#e01010",
    "Runway": "#10b030",
    "Finale": "#e0c010",
    "Thank you": "#b010c0",
    "Please stand by": "#101010",
}
PATIENCE = 60.0


class Link:
    """The network between the service and OBS: a TCP proxy whose connections can be dropped."""

    def __init__(self, to: int) -> None:
        self.port = free_port()
        self._to = to
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def up(self) -> None:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self.port)

    async def down(self) -> None:
        """Nobody gets through any more, and who was through is cut off."""
        if self._server is not None:
            self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()
            self._server = None

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, far_writer}
        self._writers |= both
        try:
            await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))
        finally:
            self._writers -= both

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.transport.abort()


@asynccontextmanager
async def _on_air(folder: Path) -> AsyncIterator[tuple[Service, RealOBS, Link]]:
    """A show whose first segment is on air for long, with GO for the next."""
    need("obs", "xvfb", "nginx-rtmp")
    clock, youtube_port = WallClock(), free_port()
    control = f"http://127.0.0.1:{youtube_port}/control"
    ingest = RealIngest(on_publish=f"{control}/publish", on_publish_done=f"{control}/publish_done")
    youtube = EmulatedYouTube(clock, ingest=ingest.server, speed=10)
    await youtube.start(port=youtube_port)
    try:
        async with (
            ingest,
            EmulatedTelegram(clock) as telegram,
            RealOBS(scenes=SCENES, password=ENVIRONMENT["TEST_OBS_PASSWORD"], log_to=folder / "obs.log") as obs,
        ):
            link = Link(obs.port)
            await link.up()
            far = Far(obs=obs, youtube=youtube, telegram=telegram)
            async with service_at(
                folder, far, clock, live_in=18, standby=14, advance="manual", seconds=(6, 40, 4)
            ) as played:
                config = folder / "config.toml"
                config.write_text(
                    config.read_text("utf-8").replace(f"port = {obs.port}", f"port = {link.port}"), "utf-8"
                )
                await played.start()
                await until(lambda: played.has("broadcast_seen/1", lifecycle="live"), PATIENCE)
                await until(
                    lambda: played.has("cue_settled/1", cue="tonight/program/take/opening", end="done"), PATIENCE
                )
                yield played, obs, link
                await played.terminate()
            await link.down()
    finally:
        await youtube.stop()


async def _shows(obs: RealOBS, scene: str) -> None:
    async def is_on_air() -> bool:
        return bool((await obs.ask("GetCurrentProgramScene"))["currentProgramSceneName"] == scene)

    is_seen: bool = await until(is_on_air, PATIENCE)
    assert is_seen


async def _streams(obs: RealOBS, is_streaming: bool = True) -> None:
    async def is_so() -> bool:
        return (await obs.ask("GetStreamStatus"))["outputActive"] is is_streaming

    is_seen: bool = await until(is_so, PATIENCE)
    assert is_seen


@pytest.mark.real_obs
async def test_a_cut_and_a_stop_by_hand_hold_their_lanes_until_their_rules_give_them_back(tmp_path: Path) -> None:
    async with _on_air(tmp_path) as (played, obs, _):
        await obs.ask("SetCurrentProgramScene", sceneName="Please stand by")
        await until(lambda: played.has("lane_held/1", lane="program", until="next_cue"), PATIENCE)
        await obs.ask("StopStream")
        await until(lambda: played.has("lane_held/1", lane="encoder", until="released"), PATIENCE)
        state = await played.command("status")
        assert state["lanes_until"] == {"program": "manual until the next cue", "encoder": "manual until released"}
        await _shows(obs, "Please stand by")
        await played.command("go")
        await _shows(obs, "Runway")
        assert (await obs.ask("GetStreamStatus"))["outputActive"] is False
        await played.command("resume", "--lane", "encoder")
        await _streams(obs)
        assert (await played.command("status"))["lanes_held"] == {}


@pytest.mark.real_obs
async def test_an_obs_that_died_is_brought_back_and_one_that_only_lost_us_is_left_as_a_hand_left_it(
    tmp_path: Path,
) -> None:
    async with _on_air(tmp_path) as (played, obs, link):
        await link.down()
        await until(lambda: played.has("far_end_lost/1", far_end="obs"), PATIENCE)
        await obs.ask("SetCurrentProgramScene", sceneName="Please stand by")
        await link.up()
        await until(lambda: played.has("lane_held/1", lane="program"), PATIENCE)
        await _shows(obs, "Please stand by")
        assert (await obs.ask("GetStreamStatus"))["outputActive"] is True
        assert not played.has("lane_held/1", lane="encoder")
        await played.command("go")
        await _shows(obs, "Runway")

        obs.kill()
        await until(lambda: sum(r.kind == "far_end_lost/1" for r in played.records()) == 2, PATIENCE)
        await obs.start()
        await _shows(obs, "Runway")
        await _streams(obs)
        assert (await played.command("status"))["lanes_held"] == {}
        assert sum(record.kind == "lane_held/1" for record in played.records()) == 1


@pytest.mark.real_obs
async def test_a_restarted_service_says_in_a_line_what_it_found(tmp_path: Path) -> None:
    async with _on_air(tmp_path) as (played, obs, _):
        await played.kill()
        await obs.ask("SetCurrentProgramScene", sceneName="Please stand by")
        await played.start()
        await until(lambda: played.has("lane_held/1", lane="program"), PATIENCE)
        assert played.process is not None and played.process.stderr is not None
        async with asyncio.timeout(PATIENCE):
            while 'tonight live, on air "Please stand by", ' not in (await played.process.stderr.readline()).decode():
                assert played.process.returncode is None, "it ended without a word"
        assert await played.terminate() == 0
        await _shows(obs, "Please stand by")
        await played.start()
