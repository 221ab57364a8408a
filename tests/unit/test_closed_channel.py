"""Does a channel without its secret stay closed alone, say what to do, and open by itself, once?"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broadcaster.adapters.clock import ManualClock
from broadcaster.adapters.posts.telegram import TelegramChannel
from broadcaster.cli import channels as kinds
from broadcaster.cli.channels import open_or_closed
from broadcaster.cli.closed_channel import TRIED_EVERY, ClosedChannel, closed_of, open_in_time
from broadcaster.cli.config import load_config
from broadcaster.cli.probes import look_at_channel
from broadcaster.cli.stage import shelf_of
from broadcaster.ports import Channel, Message
from broadcaster.season.errors import NeedsHuman, Refused
from tests.far_ends import MemoryChannel
from tests.waiting import until

NOW = datetime(2027, 10, 20, 12, 0, tzinfo=UTC)
TABLES = """
[channels.fans]
kind = "telegram"
token = { file = "fans.token" }
chat = "@fans"
[channels.website]
kind = "webhook"
url = { env = "TEST_URL" }
secret = { env = "TEST_KEY" }
"""
TOKEN = "1234:very-secret"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def there(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> list[MemoryChannel]:
    """What was opened: channels in memory, behind the real way to their secrets."""
    found: list[MemoryChannel] = []
    opens = kinds.open_channel

    def in_memory(name: str, *rest: Any) -> MemoryChannel:
        opens(name, *rest)
        found.append(MemoryChannel(clock, timedelta(), name))
        return found[-1]

    monkeypatch.setattr(kinds, "open_channel", in_memory)
    return found


def opened(folder: Path, clock: ManualClock, name: str = "fans") -> Channel:
    (folder / "config.toml").write_text(TABLES, "utf-8")
    return open_or_closed(name, load_config(folder / "config.toml").channels[name], clock, shelf_of(None, clock))


def put(folder: Path, text: str = TOKEN) -> None:
    (folder / "fans.token").write_text(text, "utf-8")
    (folder / "fans.token").chmod(0o600)


def test_a_channel_whose_secret_is_there_is_its_adapter_and_nothing_else(tmp_path: Path, clock: ManualClock) -> None:
    put(tmp_path)
    channel = opened(tmp_path, clock)
    assert isinstance(channel, TelegramChannel)
    assert closed_of([channel]) == {}


async def test_each_act_tries_again_and_says_what_to_do_until_the_file_is_right(
    tmp_path: Path, clock: ManualClock, there: list[MemoryChannel]
) -> None:
    channel = opened(tmp_path, clock)
    missing = f"[channels.fans] token: there is no file {tmp_path / 'fans.token'} (write the secret into it, for you"
    assert closed_of([channel])["fans"].startswith(missing)
    message = Message(text="Қош келдіңіз")
    acts: list[Callable[[], Any]] = [
        lambda: channel.post(message, key="k"),
        lambda: channel.find(message, since=clock.now(), others=()),
        lambda: channel.edit("m1", message),
        lambda: channel.pin("m1"),
    ]
    for act in acts:
        with pytest.raises(NeedsHuman, match="there is no file"):
            await act()
    put(tmp_path, "")
    with pytest.raises(NeedsHuman, match="is empty"):
        await acts[0]()
    assert "is empty" in closed_of([channel])["fans"]
    put(tmp_path)
    posts = await asyncio.gather(acts[0](), acts[0]())
    assert (posts, len(there), closed_of([channel])) == (["m1", "m2"], 1, {})
    (tmp_path / "fans.token").unlink()  # what is open stays open
    for act in acts[1:]:
        with pytest.raises(Refused):
            await act()
    assert there[0].posts == [message.text] * 2


async def test_it_opens_while_nothing_is_posted_and_the_crew_is_told_each_change(
    tmp_path: Path, clock: ManualClock, there: list[MemoryChannel]
) -> None:
    channels, told = [opened(tmp_path, clock)], list[dict[str, str]]()
    trying = asyncio.create_task(open_in_time(channels, clock, lambda: told.append(closed_of(channels))))

    async def tried() -> None:
        await until(lambda: clock.next_sleeper())
        await clock.advance_to(clock.now() + TRIED_EVERY)
        await until(lambda: clock.next_sleeper() or trying.done())

    await tried()
    assert told == []
    put(tmp_path, "")
    await tried()
    assert ["is empty" in said["fans"] for said in told] == [True]
    put(tmp_path)
    await tried()
    assert (told[1:], len(there)) == ([{}], 1)
    await asyncio.wait_for(trying, 5)


MASTODON = 'kind = "mastodon"\nserver = "https://m.example"\ntoken = { env = "TEST_KEY" }'
WEBHOOK = 'kind = "webhook"\nurl = { env = "TEST_KEY" }\nsecret = { env = "TEST_KEY" }'
TELEGRAM = 'kind = "telegram"\nchat = "@x"\ntoken = { env = "TEST_KEY" }'
APPRISE = 'kind = "apprise"\nurls = { env = "TEST_KEY" }'


@pytest.mark.parametrize(
    ("table", "value", "says"),
    [
        (MASTODON, "abc\nhunter2", "token: this is no token (it is one line without spaces; copy it again"),
        (MASTODON, "құпия-hunter2", "token: this is no token"),
        (MASTODON, "abc\udcffhunter2", "token: the variable TEST_KEY is not text"),
        (TELEGRAM, "1234:abc/../hunter2", "token: this is no token (it looks like 123456:AbC-dEf, from @BotFather"),
        (WEBHOOK, "https://example.org/in\nhunter2", "url: this is no address"),
        (APPRISE, "# ours\njson://127.0.0.1\nhunter2", "urls: line 3 is no address"),
        (APPRISE, "# hunter2", "urls: there is no address in it"),
    ],
)
def test_what_was_copied_wrong_closes_the_channel_before_it_stands_in_a_request(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, table: str, value: str, says: str
) -> None:
    monkeypatch.setenv("TEST_KEY", value)
    (tmp_path / "config.toml").write_text(f"[channels.a]\n{table}\n", "utf-8")
    found = load_config(tmp_path / "config.toml").channels["a"]
    trouble = closed_of([open_or_closed("a", found, clock, shelf_of(None, clock))])["a"]
    assert f"[channels.a] {says}" in trouble
    assert "hunter2" not in trouble


async def test_a_malformed_secret_closes_its_channel_and_is_shown_nowhere(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TEST_URL", "https://example.org/in")
    monkeypatch.setenv("TEST_KEY", "hunter2")
    channel = opened(tmp_path, clock, "website")
    assert isinstance(channel, ClosedChannel)
    with pytest.raises(NeedsHuman) as caught:
        await channel.post(Message(text="x"), key="k")
    line = await look_at_channel("website", load_config(tmp_path / "config.toml").channels["website"], clock)
    assert (line.verdict, line.evidence) == ("NO-GO", channel.trouble)
    said = f"{caught.value} {channel!r} {caplog.text} {line}"
    assert said.count("[channels.website] secret: ") == 3
    assert "hunter2" not in said


async def test_a_mistake_in_the_code_of_a_channel_keeps_it_closed_and_ends_nothing_else(
    tmp_path: Path,
    clock: ManualClock,
    there: list[MemoryChannel],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    channel, opens = opened(tmp_path, clock), kinds.open_channel

    def broken(*_: Any) -> Channel:
        raise KeyError("token")

    monkeypatch.setattr(kinds, "open_channel", broken)
    for _ in range(2):
        with pytest.raises(NeedsHuman, match=r"our code for it failed \(KeyError\)"):
            await channel.pin("m1")
    assert "our code for it failed" in closed_of([channel])["fans"]
    assert caplog.text.count("Traceback") == 1
    put(tmp_path)
    monkeypatch.setattr(kinds, "open_channel", opens)
    assert await channel.post(Message(text="x"), key="k") == "m1"
