"""The fallback scene at once: through the service until it is released, and straight to OBS when nothing else works."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from broadcaster.adapters.clock import WallClock
from broadcaster.cli import main, panic
from broadcaster.emulators.obs import EmulatedOBS
from broadcaster.show.commands import NotNow
from broadcaster.show.orders import Word
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan
from tests.playing import START, TALK_AT, assert_whole, play
from tests.real_obs import free_port
from tests.world import World

FALLBACK = "Please stand by"


async def test_panic_keeps_the_fallback_scene_on_air_over_cues_and_restarts_until_it_is_released() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        await world.order(Word.PANIC)
        assert world.conductor.view()["is_panic"]
        await world.to(GO_LIVE + 31 * SECOND)
        assert world.program == FALLBACK
        await world.to(GO_LIVE + 3 * MINUTE)
        assert world.program == FALLBACK
        await world.restart()
        await world.to(GO_LIVE + 200 * SECOND)
        assert world.program == FALLBACK
        assert any("panic by Aigul" in alert for alert in world.conductor.view()["alerts"])
        await world.order(Word.RESUME)
        await world.to(GO_LIVE + 201 * SECOND)
        assert world.program == "Runway"
        assert not world.conductor.view()["is_panic"]
        await play(world)
        assert_whole(world)


async def test_panic_wins_over_a_lane_in_a_hand_and_a_hand_after_it_is_respected() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        world.studio.change(program="Somewhere else")
        await world.to(GO_LIVE + 40 * SECOND)
        await world.order(Word.PANIC)
        await world.to(GO_LIVE + 41 * SECOND)
        assert world.program == FALLBACK
        world.studio.change(program="Somewhere else")
        await world.to(GO_LIVE + 60 * SECOND)
        assert world.program == "Somewhere else"
        await world.order(Word.PANIC)
        await world.to(GO_LIVE + 61 * SECOND)
        assert world.program == FALLBACK


async def test_a_take_ends_the_panic_and_resume_of_the_program_too() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        await world.order(Word.PANIC, scene="Talk")
        await world.to(GO_LIVE + 31 * SECOND)
        assert world.program == "Talk"
        await world.order(Word.TAKE, scene="Film")
        await world.to(GO_LIVE + 125 * SECOND)
        assert world.program == "Runway"
        await world.order(Word.PANIC)
        await world.to(GO_LIVE + 127 * SECOND)
        await world.order(Word.RESUME, lane="program")
        await world.to(GO_LIVE + 130 * SECOND)
        assert world.program == "Runway"


async def test_a_show_that_ends_in_panic_is_brought_to_its_end() -> None:
    async with World(season_plan(), START) as world:
        await world.to(TALK_AT)
        await world.order(Word.GO)
        await world.order(Word.PANIC)
        await play(world)
        assert world.program == FALLBACK
        assert_whole(world)
        assert not world.studio.state.is_streaming


async def test_panic_before_the_show_is_on_stage_is_declined() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - 30 * MINUTE)
        with pytest.raises(NotNow, match="not ours yet"):
            await world.order(Word.PANIC)


async def _panic(*words: str) -> int | None:
    def ends() -> int | None:
        try:
            main(["panic", *words])
        except SystemExit as end:
            return int(end.code or 0)
        return 0

    return await asyncio.to_thread(ends)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], str]:
    """Writes the settings for an OBS at that port, and gives their path."""
    monkeypatch.setenv("TEST_OBS_PASSWORD", "secret")
    monkeypatch.setenv("BROADCASTER_TOKEN", "a-token-of-the-test")

    def write(port: int) -> str:
        file = tmp_path / "config.toml"
        password = '{ env = "TEST_OBS_PASSWORD" }'
        file.write_text(f"[obs]\nport = {port}\npassword = {password}\n[api]\nport = {free_port()}\n", "utf-8")
        return str(file)

    return write


async def test_without_a_service_it_goes_straight_to_obs_even_when_the_plan_is_broken(
    tmp_path: Path, settings: Callable[[int], str], capsys: pytest.CaptureFixture[str]
) -> None:
    season = tmp_path / "season.toml"
    season.write_text(f'nonsense = 1\n[scenes]\nfallback = "{FALLBACK}"\n', "utf-8")
    async with EmulatedOBS(WallClock(), password="secret", scenes=("Film", FALLBACK, "Talk")) as obs:
        config = settings(obs.port)
        assert await _panic(str(season), "--config", config) == 0
        assert obs.snapshot()["program"] == FALLBACK
        said = capsys.readouterr()
        assert "no service answers" in said.err
        assert "straight to OBS" in said.out
        assert await _panic("--direct", "--scene", "Talk", "--json", "--config", config) == 0
        assert obs.snapshot()["program"] == "Talk"
        assert json.loads(capsys.readouterr().out)["direct"] is True
        assert await _panic("--direct", "--scene", "Tlk", "--config", config) == 5
        assert await _panic("--direct", "--config", config) == 2
        assert await _panic("--config", config) == 5
        assert "--direct --scene NAME" in capsys.readouterr().err


async def test_with_neither_service_nor_obs_it_says_so(
    settings: Callable[[int], str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panic, "PATIENCE", 0.3)
    config = settings(free_port())
    assert await _panic("--direct", "--scene", "Talk", "--config", config) == 5
    assert "OBS" in capsys.readouterr().err
