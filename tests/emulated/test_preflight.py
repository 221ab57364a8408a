"""preflight as a crew calls it, against emulators: what it says, what it ends with, and that it changes nothing."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.emulated.service import ENVIRONMENT, Service, service
from tests.waiting import until

LIVE_IN = 3600.0


async def preflight(played: Service, *words: str) -> tuple[int, str, str]:
    """Call it in a process of its own; exit code, stdout, stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "broadcaster",
        "preflight",
        "season.toml",
        *words,
        cwd=played.folder,
        env={**os.environ, **ENVIRONMENT, "COLUMNS": "80"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), errors.decode()


async def board(played: Service, *words: str) -> tuple[int, bool, dict[str, tuple[str, str]]]:
    """Exit code, go, and each line: `group name` -> (verdict, evidence)."""
    code, out, errors = await preflight(played, "--json", *words)
    assert out, errors
    document: dict[str, Any] = json.loads(out)
    return (
        code,
        document["go"],
        {f"{line['group']} {line['name']}": (line["verdict"], line["evidence"]) for line in document["lines"]},
    )


async def test_with_everything_there_it_is_go_and_nothing_was_changed(tmp_path: Path) -> None:
    async with service(tmp_path, live_in=LIVE_IN) as played:
        before = played.far.obs.snapshot(), played.far.posts
        code, is_go, lines = await board(played)
        assert (code, is_go) == (0, True), lines
        assert lines["OBS reachable"][1].startswith("OBS 30.2.3, obs-websocket")
        assert lines["OBS scenes"][0] == "GO"
        assert lines["OBS encoder"] == ("GO", "not streaming now")
        assert "GB free" in lines["OBS disk"][1]
        assert "channel" in lines["YouTube reachable"][1]
        assert lines["YouTube reachable"][0] == "WARN", "an emulator is not YouTube"
        assert lines["YouTube broadcast"][0] == "WARN"
        assert "start `broadcaster run`" in lines["YouTube broadcast"][1]
        assert lines["YouTube stream"][0] == "GO"
        assert lines["YouTube quota"][0] == "GO"
        assert lines["posts news"] == ("GO", '@broadcaster_1234_bot in "news"')
        assert lines["machine journal"][0] == "GO"
        assert (played.far.obs.snapshot()["takes"], played.far.posts) == (before[0]["takes"], before[1])
        assert played.far.broadcasts == []
        assert not played.journal.exists()


async def test_what_is_wrong_is_no_go_with_its_remedy(tmp_path: Path) -> None:
    async with service(tmp_path, live_in=LIVE_IN) as played:
        text = (tmp_path / "season.toml").read_text("utf-8")
        (tmp_path / "season.toml").write_text(text.replace('scene = "Runway"', 'scene = "Runwai"'), "utf-8")
        config = (tmp_path / "config.toml").read_text("utf-8")
        (tmp_path / "config.toml").write_text(config.replace("TEST_TELEGRAM_TOKEN", "TEST_NO_SUCH"), "utf-8")
        youtube = played.far.youtube.state
        youtube.settings = youtube.settings.changed({"quota_limit": 1})
        code, is_go, lines = await board(played)
        assert (code, is_go) == (4, False)
        assert lines["OBS scenes"] == ("NO-GO", "OBS has no scene \"Runwai\" (did you mean 'Runway'?)")
        assert lines["posts news"][0] == "NO-GO"
        assert "TEST_NO_SUCH is not set" in lines["posts news"][1]
        assert lines["YouTube answers"][0] == "NO-GO"
        assert "quota of the Google project is used up" in lines["YouTube answers"][1]


async def test_far_ends_that_are_away_are_said_and_the_rest_is_still_looked_at(tmp_path: Path) -> None:
    async with service(tmp_path, live_in=LIVE_IN) as played:
        config = (tmp_path / "config.toml").read_text("utf-8")
        (tmp_path / "config.toml").write_text(config.replace(f"port = {played.far.obs.port}", "port = 1"), "utf-8")
        code, _, lines = await board(played)
        assert code == 4
        assert lines["OBS reachable"][0] == "NO-GO"
        assert "start OBS" in lines["OBS reachable"][1]
        assert lines["posts news"][0] == "GO"


async def test_the_board_is_words_in_eighty_columns(tmp_path: Path) -> None:
    async with service(tmp_path, live_in=LIVE_IN) as played:
        code, out, _ = await preflight(played)
        assert code == 0
        assert max(len(line) for line in out.splitlines()) <= 80
        for heading in ("SEASON", "OBS", "YOUTUBE", "POSTS", "PANEL", "MACHINE"):
            assert f"\n{heading}\n" in out
        assert out.rstrip().splitlines()[-1].split()[0] == "GO"
        assert "\x1b" not in out


async def test_beside_a_running_service_it_finds_the_broadcast_and_the_key(tmp_path: Path) -> None:
    async with service(tmp_path, live_in=LIVE_IN) as played:
        await played.start()
        await until(lambda: played.has("phase_entered/1", phase="ready"), 30.0)
        config = (tmp_path / "config.toml").read_text("utf-8")
        port = played.api.rpartition(":")[2]
        (tmp_path / "config.toml").write_text(config.replace("port = 0", f"port = {port}"), "utf-8")
        code, is_go, lines = await board(played, "--show", "tonight")
        assert (code, is_go) == (0, True), lines
        assert lines["panel service"] == ("GO", f"runs this season, and answers; the panel is at {played.api}/panel")
        assert lines["panel sign-in"][0] == "GO"
        assert lines["YouTube broadcast"][0] == "GO"
        assert played.far.broadcasts[0]["id"] in lines["YouTube broadcast"][1]
        assert lines["YouTube quota"][1].split(" of ")[0].isdecimal()
        assert await played.terminate() == 0
        _, _, lines = await board(played)
        assert int(lines["YouTube quota"][1].split(" of ")[0]) > 150, "what the service spent is in its journal"


@pytest.mark.parametrize(("words", "code"), [(("--show", "nonsense"), 2), ((), 3)])
async def test_wrong_usage_and_a_wrong_file_keep_their_own_codes(
    tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    async with service(tmp_path, live_in=LIVE_IN) as played:
        if code == 3:
            (tmp_path / "season.toml").write_text("[season]\n", "utf-8")
        assert (await preflight(played, *words))[0] == code
