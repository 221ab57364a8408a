"""Does a show go live on time, and are the others told, while a channel's secret is missing? And does it follow?"""

from pathlib import Path

import pytest

from tests.emulated.service import service
from tests.waiting import until

PATIENCE = 90.0
ANNOUNCEMENT = """
[[announcement]]
id = "fans"
shows = ["*"]
at = { before = "1s" }
channels = ["fans", "broken"]
text.en = "Dear fans, {{ show.title }} begins"
"""
CHANNELS = """
[channels.fans]
kind = "telegram"
token = {{ file = "fans.token" }}
chat = "@fans"
endpoint = "{telegram}"

[channels.broken]
kind = "discord"
webhook = {{ env = "TEST_BROKEN" }}
"""
WAITS = "fans waits for a person: [channels.fans] token: there is no file "


async def test_a_missing_secret_stops_its_own_channel_alone_until_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_BROKEN", "hunter2 is no address")
    async with service(tmp_path, advance="auto") as played:
        with (tmp_path / "season.toml").open("a", encoding="utf-8") as season:
            season.write(ANNOUNCEMENT)
        with (tmp_path / "config.toml").open("a", encoding="utf-8") as config:
            config.write(CHANNELS.format(telegram=played.far.telegram.url))
        await played.start()
        at_start = await played.alerts()
        assert WAITS in at_start, "it is told before anything is due there"
        assert "broken waits for a person: [channels.broken] webhook: this is no address" in at_start
        await until(lambda: played.has("outcome/1", channel="fans", result="failed"), PATIENCE)
        await until(lambda: played.has("cue_settled/1", cue="tonight/posts/post/live/news/en", end="done"), PATIENCE)
        assert sorted(text.split("youtu.be/")[0] for text in played.far.posts) == [
            "Tonight begins",
            "Tonight is live: https://",
        ]
        assert WAITS in await played.alerts()
        (tmp_path / "fans.token").write_text("4321:for-the-fans", "utf-8")
        (tmp_path / "fans.token").chmod(0o600)
        await until(lambda: played.has("cue_settled/1", cue="tonight/posts/post/fans/fans/en", end="done"), PATIENCE)
        assert "Dear fans, Tonight begins" in played.far.posts
        assert WAITS not in await played.alerts()
        await played.until_done()
        assert "broken waits for a person" in await played.alerts()
        assert await played.terminate() == 0
        live = next(r for r in played.records() if r.kind == "broadcast_seen/1" and r.data["lifecycle"] == "live")
        assert abs((played.go_live - live.at).total_seconds()) < 15.5
        said = played.log[-1] + "".join(str(record) for record in played.records())
        assert "Nothing is posted to fans before this is put right: [channels.fans] token: there is no file" in said
        assert "fans is open now" in said
        assert "hunter2" not in said and "for-the-fans" not in said
