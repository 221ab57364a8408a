"""Does a service whose sign-in is withdrawn on air tell the crew, go on, and heal when somebody signs in again?"""

import asyncio
import json
import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from broadcaster.adapters.clock import WallClock
from broadcaster.adapters.youtube.token_store import TokenStore
from tests.emulated.service import Service, service
from tests.waiting import until

PATIENCE = 60.0


async def sign_in(played: Service) -> None:
    """`broadcaster auth youtube` in a process of its own, and the person who types its code."""
    devices = played.far.youtube.state.sign_in.devices
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "broadcaster",
        "auth",
        "youtube",
        "--json",
        cwd=played.folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    await until(lambda: devices, PATIENCE)
    played.far.youtube.use.answer_device(next(iter(devices.values())).user_code, yes=True)
    async with asyncio.timeout(PATIENCE):
        out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    assert json.loads(out)["channel"]


def use_a_sign_in(played: Service) -> None:
    """Settings with a token file in place of the fixed bearer."""
    client = played.folder / "client_secret.json"
    descriptor = os.open(client, os.O_WRONLY | os.O_CREAT, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps({"installed": {"client_id": "us", "client_secret": "quiet"}}))
    settings = played.folder / "config.toml"
    mine = f'sign_in = "{played.far.youtube.url}"\nclient = {{ file = "client_secret.json" }}'
    settings.write_text(settings.read_text("utf-8").replace('bearer = { env = "TEST_BEARER" }', mine), "utf-8")
    state = played.far.youtube.state
    state.settings = state.settings.changed({"device_interval": 1})


async def test_signing_in_again_on_air_heals_the_service_without_a_restart(tmp_path: Path) -> None:
    async with service(tmp_path, live_in=25.0) as played:
        use_a_sign_in(played)
        await sign_in(played)
        await played.start()
        await until(lambda: played.has("segment_started/1", segment="opening"), PATIENCE)
        await until(lambda: played.has("broadcast_seen/1", lifecycle="live"), PATIENCE)
        played.far.youtube.use.revoke_grant()
        await until(lambda: _told(played), PATIENCE)
        assert any("broadcaster auth youtube" in each for each in (await played.command("status"))["alerts"])
        assert played.far.obs.snapshot()["streaming"] is True
        await sign_in(played)
        await until(lambda: _healed(played), PATIENCE)
        await played.command("go")
        await played.until_done()
        assert await played.terminate() == 0
        (broadcast,) = played.far.broadcasts
        assert broadcast["lifeCycleStatus"] == "complete"
        for secret in ("quiet", "ya29.", "1//"):
            assert secret not in played.log[-1]
            assert not any(secret in str(record.data) for record in played.records())


async def _told(played: Service) -> bool:
    return "YouTube waits for a person" in await played.alerts()


async def _healed(played: Service) -> bool:
    return not await _told(played)


async def test_a_run_warns_at_its_start_of_a_sign_in_that_will_not_last(tmp_path: Path) -> None:
    async with service(tmp_path, live_in=600.0) as played:
        use_a_sign_in(played)
        await sign_in(played)
        store = TokenStore(tmp_path / "state" / "youtube.token")
        sign_in_of_today = store.read()
        assert sign_in_of_today.signed_in_at is not None
        soon = WallClock().now() + timedelta(minutes=5)
        await played.start()
        assert await played.terminate() == 0
        assert "the sign-in to YouTube ends" not in played.log[-1]
        store.write(replace(sign_in_of_today, refresh_expires_at=soon))
        await played.start()
        assert await played.terminate() == 0
        assert "the sign-in to YouTube ends" in played.log[-1]
