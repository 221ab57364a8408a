"""Do the settings' channels say their mistakes, keep their secrets, and never leave this machine in a rehearsal?"""

import errno
import re
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from broadcaster.adapters.clock.adapter import ManualClock
from broadcaster.adapters.posts.connection import Connection
from broadcaster.adapters.posts.discord import DiscordChannel
from broadcaster.cli.channels import KINDS, kinds_for, longest_for, open_channel, reaches, stand_in
from broadcaster.cli.config import load_config
from broadcaster.cli.config_secret import SecretRef
from broadcaster.cli.rehearse import _fault
from broadcaster.cli.stage import shelf_of
from broadcaster.ports import Message, Secret
from broadcaster.season.channels import REACH, plain_discord
from broadcaster.season.errors import OutcomeUnknown, Refused, SeasonError

CLOCK = ManualClock(datetime(2027, 10, 20, 12, 0, tzinfo=UTC))
ADDRESS = re.compile(r"//([^/\s@]*@)?([^/:\s]+)")


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def problems(folder: Path, text: str) -> str:
    with pytest.raises(SeasonError) as caught:
        load_config(written(folder, text))
    return str(caught.value)


def test_each_kind_of_channel_says_its_mistakes_in_their_places(tmp_path: Path) -> None:
    said = problems(
        tmp_path,
        '[channels.a]\nkind = "discrod"\n[channels.b]\nchat = "@x"\n[channels.c]\nkind = "mastodon"\n'
        'server = "http://mastodon.example"\ntoken = "abc"\nvisibility = "loud"\nlongst = 1\n[channels.d]\n'
        'kind = "webhook"\nurl = "https://x/hunter2"\n',
    )
    assert "config.toml:1:1: error: 'a': there is no channel of the kind 'discrod' (did you mean 'discord'?)" in said
    assert "config.toml:3:1: error: 'b': a channel has a 'kind' (kinds: " in said
    assert "config.toml:7:10: error: 'server': 'mastodon.example' would get the token unencrypted" in said
    assert "config.toml:8:9: error: 'token': a secret is never written into this file" in said
    assert "config.toml:9:14: error: 'visibility' must be public, unlisted or private, not 'loud'" in said
    assert "config.toml:10:1: error: [channels.c] has no key 'longst' (did you mean 'longest'?)" in said
    assert "config.toml:11:1: error: [channels.d] has no 'secret'" in said
    assert "hunter2" not in said


def test_a_channel_can_do_what_its_kind_can_within_its_servers_limits(tmp_path: Path) -> None:
    config = load_config(
        written(
            tmp_path,
            '[channels.fedi]\nkind = "mastodon"\nserver = "https://m.example"\ntoken = { env = "M" }\nlongest = 5000\n'
            '[channels.d]\nkind = "discord"\nwebhook = { env = "D" }\n',
        )
    )
    found = reaches(config)
    assert (found["fedi"].kind, found["fedi"].most, found["fedi"].pins) == ("mastodon", 5000, True)
    assert found["d"] == REACH["discord"]


@pytest.mark.parametrize(
    ("kind", "env", "value", "says"),
    [
        ("discord", "webhook", "hunter2", "this is no address"),
        ("discord", "webhook", "http://discord.com/api/webhooks/1/hunter2", "not be encrypted"),
        ("discord", "webhook", "https://discord.com/channels/1/hunter2", "no webhook of Discord's"),
        ("webhook", "url", "ftp://example.org/hunter2", "this is no address"),
        ("webhook", "secret", "hunter2", "24 to 64 bytes"),
    ],
)
def test_a_secret_that_cannot_be_used_is_named_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, env: str, value: str, says: str
) -> None:
    keys = {"discord": ["webhook"], "webhook": ["url", "secret"]}[kind]
    lines = "".join(f'{key} = {{ env = "TEST_{key.upper()}" }}\n' for key in keys)
    for key in keys:
        monkeypatch.setenv(f"TEST_{key.upper()}", "https://example.org/in")
    monkeypatch.setenv(f"TEST_{env.upper()}", value)
    table = load_config(written(tmp_path, f'[channels.a]\nkind = "{kind}"\n{lines}')).channels["a"]
    with pytest.raises(SeasonError, match=re.escape(f"[channels.a] {env}: ")) as caught:
        open_channel("a", table, CLOCK, shelf_of(None, CLOCK))
    assert says in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_rehearsal_knows_no_address_but_this_machines(kind: str) -> None:
    async with KINDS[kind].emulator(CLOCK, 1.0) as emulator:
        table = KINDS[kind].stand_in("crew", emulator)
        assert table.kind == kind
        values = [
            value.reveal().reveal() if isinstance(value, SecretRef) else str(value)
            for name, value in table
            if name != "kind"
        ]
        hosts = {found[2] for value in values for found in ADDRESS.finditer(value)} | {getattr(table, "host", "")}
        assert hosts - {""} == {"127.0.0.1"}
        assert open_channel("crew", table, CLOCK, shelf_of(emulator, CLOCK)).name == "crew"


def test_a_rehearsal_plays_each_channel_as_the_settings_kind_and_takes_nothing_else_of_them(tmp_path: Path) -> None:
    config = load_config(
        written(tmp_path, '[channels.d]\nkind = "discord"\nwebhook = { env = "NOT_SET" }\n[channels.unused]\n'
                'kind = "webhook"\nurl = { env = "NOT_SET" }\nsecret = { env = "NOT_SET" }\n')
    )  # fmt: skip
    assert kinds_for({"d", "new"}, config) == {"d": "discord", "new": "telegram"}


async def test_a_rehearsal_takes_as_long_texts_as_the_settings_say(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, "".join(
        f'[channels.{name}]\nkind = "mastodon"\nserver = "https://m.example"\ntoken = {{ env = "NOT_SET" }}\n{more}\n'
        for name, more in (("short", "longest = 30"), ("long", "longest = 5000"), ("usual", ""))
    )))  # fmt: skip
    names = ("short", "long", "usual", "unknown")
    longest = longest_for(names, config)
    assert longest == {"short": 30, "long": 5000, "usual": 500}
    async with KINDS["mastodon"].emulator(CLOCK, 1.0) as emulator:
        for name in names:
            table, most = stand_in(name, "mastodon", emulator, longest.get(name)), longest.get(name, 500)
            assert table.reach().most == most
            channel = open_channel(name, table, CLOCK, shelf_of(emulator, CLOCK))
            await channel.post(Message(text="ә" * most), key="k")
            with pytest.raises(Refused, match="shorten"):
                await channel.post(Message(text="ә" * (most + 1)), key="k2")
            assert f"up to {most} characters" in await channel.check()
    async with KINDS["webhook"].emulator(CLOCK, 1.0) as hooks:
        assert stand_in("site", "webhook", hooks, 200).reach().most == 200


def test_trouble_on_purpose_is_for_a_kind_that_the_rehearsal_plays() -> None:
    import click

    assert _fault("discord:lose", {"d": "discord"}).end == "discord"
    assert _fault("youtube:down:5", {}).end == "youtube"
    with pytest.raises(click.BadParameter, match="nothing is posted to a mastodon channel in this rehearsal"):
        _fault("mastodon:lose", {"d": "discord"})
    with pytest.raises(click.BadParameter, match=r"did you mean .discord."):
        _fault("discrod:lose", {"d": "discord"})


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Сән *апталығы*", r"Сән \*апталығы\*"),
        ("# Ашылу\n> сөз\n- бір\n  19. екі", "\\# Ашылу\n\\> сөз\n\\- бір\n  19\\. екі"),
        ("[win](https://a.b/x_y) <@12> ||s|| `c` ~~d~~", r"\[win\](https://a.b/x_y) \<@12> \|\|s\|\| \`c\` \~\~d\~\~"),
        ("https://youtu.be/a_b*c", "https://youtu.be/a_b*c"),
        ("a # b - c > d, 5.5 @everyone", "a # b - c > d, 5.5 @everyone"),
    ],
)
def test_what_discord_reads_as_formatting_is_escaped_outside_addresses(text: str, sent: str) -> None:
    assert plain_discord(text) == sent
    assert REACH["discord"].length(text) == len(sent)


@pytest.mark.parametrize(
    "url", ["https://discord.com/api/webhooks/12/to-k_en", "https://discord.com/api/v6/webhooks/12/to-k_en/"]
)
def test_a_webhook_is_called_by_the_version_that_we_know(url: str) -> None:
    channel = DiscordChannel(name="d", webhook=Secret(url))
    assert vars(channel)["_url"].reveal() == "https://discord.com/api/v10/webhooks/12/to-k_en"
    assert "to-k_en" not in repr(channel) + repr(vars(channel))


@pytest.mark.parametrize("number", [errno.EPIPE, None])
async def test_a_connection_that_breaks_while_a_picture_leaves_shows_no_token(
    number: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "https://api.telegram.org/bot1234:very-secret/sendPhoto"

    def broken(*_: object, **more: Any) -> None:
        more["trace_request_ctx"].left = True
        raise aiohttp.ClientOSError(number, f"Can not write request body for {address}")

    monkeypatch.setattr(aiohttp.ClientSession, "_request", broken)
    with pytest.raises(OutcomeUnknown, match="no answer came") as caught:
        await Connection(called="Telegram", timeout=1.0).send("POST", address, "post", body=b"picture")
    assert "very-secret" not in "".join(traceback.format_exception(caught.value))
