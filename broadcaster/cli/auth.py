"""How does a crew let Broadcaster steer its channel, and how does it know which one, and for how long?"""

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from broadcaster.cli.options import print_json, shared

if TYPE_CHECKING:
    from broadcaster.adapters.youtube.oauth import Client
    from broadcaster.adapters.youtube.sign_in import ChannelSeen, Prompt
    from broadcaster.adapters.youtube.token_store import SignIn
    from broadcaster.cli.config import Config
    from broadcaster.ports import Clock

HOW_TO_GET_A_CLIENT = """\
Google wants to know which program asks. That is an OAuth client, made once, for free:

  1. https://console.cloud.google.com/ : make a project (or take one that you have).
  2. APIs & Services > Library: find "YouTube Data API v3" and enable it.
  3. APIs & Services > OAuth consent screen: audience External, then PUBLISH it;
     in testing, Google ends every sign-in after 7 days.
  4. APIs & Services > Credentials > Create credentials > OAuth client ID, of the type
     "{kind}"; download its JSON file.
  5. Put the file beside config.toml as client_secret.json, readable for you alone
     (Linux and macOS: chmod 600 client_secret.json), and add to config.toml:

       [youtube]
       client = {{ file = "client_secret.json" }}

     or name it with --client FILE.

More in docs/youtube-sign-in.md."""

SHORT_SIGN_IN = timedelta(days=8)
"""A sign-in that lasts less is one of a consent screen in testing (7 days)."""


@click.group()
def auth() -> None:
    """Sign in to a platform. The sign-in is kept in a file that only you can read; nothing secret is printed."""


@auth.command()
@click.option("--browser", is_flag=True, help="Use the browser of this machine, instead of a code for another device.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=None,
    help="With --browser: the port that Google sends the browser back to; for an SSH tunnel.  [default: any]",
)
@click.option(
    "--client",
    "client_path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="The client_secret.json of your Google project.  [default: [youtube] client in the settings]",
)
@shared
def youtube(browser: bool, port: int | None, client_path: Path | None, config_path: Path | None, as_json: bool) -> None:
    """Sign in to the YouTube channel that goes live.

    Shows an address and a code for any phone or computer; with --browser, opens Google's page here. A service that
    runs uses the new sign-in by itself.
    """
    from broadcaster.adapters.clock import WallClock
    from broadcaster.adapters.youtube.token_store import TokenStore
    from broadcaster.cli.config import load_config
    from broadcaster.season.errors import NeedsHuman

    if port is not None and not browser:
        raise click.UsageError("--port belongs to --browser: say both")
    config = load_config(config_path)
    store = TokenStore(_token_path(config))
    client = _client(config, client_path, browser=browser)
    try:
        store.prepare()
    except OSError as error:
        _cannot_keep(config, store.path, error)
    clock = WallClock()

    def tell(text: str) -> None:
        click.echo(text, err=as_json)

    sign_in = _sign_in(config, client, clock, tell, browser=browser, port=port or 0)
    channel, trouble = _channel(sign_in, config, clock)
    if channel is not None:
        sign_in = replace(sign_in, channel_id=channel.id, channel=channel.title)
    if sign_in.refresh_expires_at is None and config.youtube.sign_in_days is not None:
        sign_in = replace(sign_in, refresh_expires_at=clock.now() + timedelta(days=config.youtube.sign_in_days))
    warnings = [trouble] if trouble else []
    try:
        before = store.read()
    except NeedsHuman:
        before = None
    if before and channel and before.channel_id and before.channel_id != channel.id:
        warnings.append(f"before, it was another channel: {before.channel}; broadcasts made there are not found here")
    if (ends := sign_in.refresh_expires_at) and ends - clock.now() < SHORT_SIGN_IN:
        warnings.append(
            f"this sign-in ends {_told(ends)}: the consent screen of your Google project is in testing. Publish it "
            "(docs/youtube-sign-in.md), then sign in once more"
        )
    try:
        store.write(sign_in)
    except OSError as error:
        _cannot_keep(config, store.path, error)
    if as_json:
        print_json(_document(sign_in, store.path, warnings))
        return
    click.echo(f"Signed in to YouTube: {sign_in.channel or 'a channel that could not be looked up'}.")
    click.echo(f"Kept in {store.path}; a service that runs uses it by itself.")
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)


@auth.command()
def facebook() -> None:
    """Not yet part of this version."""
    _not_yet("facebook")


@auth.command()
def zoom() -> None:
    """Not yet part of this version."""
    _not_yet("zoom")


def _not_yet(name: str) -> NoReturn:
    raise click.UsageError(f"'auth {name}' is not yet part of this version; there is: auth youtube")


def _token_path(config: "Config") -> Path:
    from broadcaster.season.errors import Problem, SeasonError

    secret = config.youtube_secret()
    if config.youtube.bearer is not None:
        message, hint = "[youtube] bearer is used instead of a sign-in", "take it away, then sign in"
    elif secret.file is None:
        message, hint = "[youtube] token names a variable, and a sign-in needs a file", "write { file = 'path' }"
    else:
        return secret.file
    raise SeasonError(config.source, [Problem(loc=(), message=message, hint=hint)])


def _client(config: "Config", path: Path | None, *, browser: bool) -> "Client":
    from broadcaster.adapters.youtube.sign_in import client_of
    from broadcaster.cli.config_secret import SecretRef
    from broadcaster.season.errors import Problem, SeasonError

    ref = config.youtube.client
    if path is not None:
        ref = SecretRef(file=path.absolute())
        ref.settle("--client", Path(config.source))
    if ref is None:
        click.echo(HOW_TO_GET_A_CLIENT.format(kind=_kind(browser=browser)), err=True)
        raise click.UsageError("no OAuth client is named: add [youtube] client to the settings, or use --client FILE")
    text = ref.reveal().reveal()
    name = str(ref.file) if ref.file is not None else f"the variable {ref.env}"
    try:
        return client_of(text, name=name)
    except ValueError as error:
        raise SeasonError(config.source, [Problem(loc=(), message=str(error))]) from None


def _kind(*, browser: bool) -> str:
    return "Desktop app" if browser else "TVs and Limited Input devices"


def _sign_in(
    config: "Config", client: "Client", clock: "Clock", tell: Callable[[str], None], *, browser: bool, port: int
) -> "SignIn":
    from broadcaster.adapters.youtube.oauth import Addresses
    from broadcaster.adapters.youtube.sign_in import (
        Asking,
        sign_in_in_a_browser,
        sign_in_on_a_device,
        transport,
    )

    asking = Asking(
        client=client,
        clock=clock,
        transport=transport(),
        addresses=Addresses.at(config.youtube.sign_in),
        scope=config.youtube.scope,
    )

    def show_code(prompt: "Prompt") -> None:
        tell(f"On any phone or computer, open  {prompt.url}")
        tell(f"and enter the code             {prompt.user_code}")
        tell(f"Choose the channel's account there. Waiting until {_told(prompt.ends_at)}; Ctrl+C gives up.")

    def show_page(url: str, port: int) -> None:
        tell(f"Open this page in a browser on this machine:\n\n{url}\n")
        tell(
            "The browser is on another machine? Open a tunnel there first, and start this command with the same "
            f"--port:\n\n  ssh -L {port}:127.0.0.1:{port} THIS-MACHINE\n"
        )
        tell("Waiting for ten minutes; Ctrl+C gives up.")

    if browser:
        return sign_in_in_a_browser(asking, show_page, open_page=open_page, port=port)
    return sign_in_on_a_device(asking, show_code)


def open_page(url: str) -> bool:
    """Open the page where there is a screen; a text browser would take the terminal. Whether it was tried."""
    import webbrowser

    has_screen = sys.platform in ("win32", "darwin") or any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY"))
    return has_screen and webbrowser.open(url)


def _channel(sign_in: "SignIn", config: "Config", clock: "Clock") -> "tuple[ChannelSeen | None, str]":
    """The channel, or why it is not known now; raises NeedsHuman or Refused when the sign-in is of no use."""
    from broadcaster.adapters.youtube.sign_in import channel_of
    from broadcaster.season.errors import Unavailable

    try:
        return asyncio.run(channel_of(sign_in, endpoint=config.youtube.endpoint, clock=clock)), ""
    except Unavailable as error:
        return None, f"{error}; the sign-in is kept all the same"


def _cannot_keep(config: "Config", path: Path, error: OSError) -> NoReturn:
    from broadcaster.season.errors import Problem, SeasonError

    message = f"the sign-in cannot be kept in {path}: {error.strerror}"
    hint = "make its folder writable, or name another file as [youtube] token; then sign in"
    raise SeasonError(config.source, [Problem(loc=(), message=message, hint=hint)]) from error


def _told(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _document(sign_in: "SignIn", path: Path, warnings: list[str]) -> dict[str, Any]:
    from broadcaster.cli.seasons import utc_text

    ends = sign_in.refresh_expires_at
    return {
        "platform": "youtube",
        "channel": sign_in.channel or None,
        "channel_id": sign_in.channel_id or None,
        "scopes": list(sign_in.scopes),
        "token": str(path),
        "ends_at": utc_text(ends.replace(microsecond=0)) if ends else None,
        "warnings": warnings,
    }
