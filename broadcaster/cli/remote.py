"""How do I ask the running service how it stands, and tell it what to do, from a script or a button?"""

import getpass
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from broadcaster.cli.options import print_json, shared
from broadcaster.cli.service import SENTENCE, Service, find_service, parse_url
from broadcaster.season.errors import BroadcastError
from broadcaster.season.plan import Lane
from broadcaster.season.wording import near_or_listed, quoted, shown

Function = TypeVar("Function", bound=Callable[..., Any])


def _check_url(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        parse_url(value)
    return value


def remote(function: Function) -> Function:
    """Add the options that every command to the service takes."""
    function = shared(function)
    where = click.option("--url", callback=_check_url, help="The service's address.  [default: [api] in config.toml]")
    which = click.option("--show", help="The show's id.  [default: the show on stage, else the next one]")
    return which(where(function))


lane_option = click.option("--lane", type=click.Choice([str(lane) for lane in Lane]), help="This lane only.")


@click.command()
@remote
def status(show: str | None, url: str | None, config_path: Path | None, as_json: bool) -> None:
    """Ask the running service how it stands."""
    state = _service(url, config_path).look()
    if show is not None and show != state["show"]:
        _print_other_show(state, show, as_json)
    elif as_json:
        print_json(state)
    else:
        from rich.console import Console

        from broadcaster.cli.glance import glance

        Console(highlight=False).print(glance(state))


@click.command()
@remote
def go(**options: Any) -> None:
    """Start the next segment now, such as a manual one that waits."""
    _order("go", **options)


@click.command()
@lane_option
@remote
def hold(**options: Any) -> None:
    """Stop the automation of the rundown, or of one lane."""
    _order("hold", **options)


@click.command()
@lane_option
@remote
def resume(**options: Any) -> None:
    """Start the automation again: of everything, or of one lane."""
    _order("resume", **options)


@click.command()
@click.argument("scene")
@remote
def take(**options: Any) -> None:
    """Put SCENE on program, until the next cue of the program."""
    _order("take", **options)


@click.command()
@remote
def skip(**options: Any) -> None:
    """Leave the next segment out."""
    _order("skip", **options)


@click.command()
@remote
def end(**options: Any) -> None:
    """End the show now: closing scene, broadcast complete, encoder off."""
    _order("end", **options)


def _order(word: str, *, url: str | None, config_path: Path | None, as_json: bool, **said: str | None) -> None:
    fields = {name: value for name, value in said.items() if value is not None}
    reply = _service(url, config_path).order(word, fields, key=str(uuid.uuid4()))
    if as_json:
        print_json(reply)
        return
    click.echo(f"{word}: accepted (revision {reply['revision']})")
    click.echo(shown(reply["state"], SENTENCE))
    for alert in reply["alerts"]:
        click.echo(f"WARNING  {shown(alert, SENTENCE)}")


def _service(url: str | None, config_path: Path | None) -> Service:
    try:
        who = getpass.getuser()
    except (KeyError, OSError, ImportError):  # a user without a name, as in some containers
        who = ""
    return find_service(url, config_path, who=who)


def _print_other_show(state: dict[str, Any], show: str, as_json: bool) -> None:
    lines = {line["id"]: line for line in state["shows"]}
    if show not in lines:
        hint = near_or_listed(show, lines, what="shows")
        raise BroadcastError(f"the season has no show {quoted(show)}" + (f"; {hint}" if hint else ""))
    if as_json:
        print_json(lines[show])
        return
    line = lines[show]
    click.echo(f"{shown(line['id'])} {line['phase']}, {shown(line['title'])}, live at {line['planned_live_local']}")
