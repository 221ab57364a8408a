"""How do I ask the running service how it stands, and tell it what to do, from a script or a button?"""

import getpass
import shutil
import sys
import textwrap
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


LABEL, NARROWEST = 9, 40
"""Columns of a label, and of a terminal that is too narrow for more than what fits."""

lane_option = click.option("--lane", type=click.Choice([str(lane) for lane in Lane]), help="This lane only.")


@click.command()
@remote
def status(show: str | None, url: str | None, config_path: Path | None, as_json: bool) -> None:
    """Ask the running service how it stands."""
    state = service_of(url, config_path).look()
    if show is not None and show != state["show"]:
        _print_other_show(state, show, as_json)
    elif as_json:
        print_json(state)
    else:
        from rich.console import Console

        from broadcaster.cli.glance import glance

        Console(highlight=False).print(glance(state))


preview_option = click.option("--preview", is_flag=True, help="Only say what it would change.")
segment_option = click.option("--segment", help="The segment's id.  [default: the one on air, or the whole show]")


def moving(function: Function) -> Function:
    """Add what a command that moves times takes. A span may begin with a minus, so unknown options are arguments."""
    return click.argument("by")(segment_option(preview_option(remote(function))))


@click.command()
@preview_option
@remote
def go(**options: Any) -> None:
    """Start the next segment now, such as a manual one that waits, or do the take that came too late and asks.

    In standby: go live now, as soon as YouTube can.
    """
    _order("go", **options)


@click.command(context_settings={"ignore_unknown_options": True})
@moving
def delay(**options: Any) -> None:
    """Delay the show, or what follows the segment on air, BY a span: 10 (minutes), 1.30, 1h10m, 45s, +5, -3m.

    Before the show it moves go-live; during the show it keeps the segment on air on for longer.
    """
    _order("delay", **options)


@click.command(context_settings={"ignore_unknown_options": True})
@moving
def extend(**options: Any) -> None:
    """Keep the segment on air, or another one, on for longer BY a span: 10 (minutes), 1.30, 45s, -3m."""
    _order("extend", **options)


@click.command()
@preview_option
@click.option("--cut", is_flag=True, help="Let the edit change the segment that is on air too.")
@remote
def reload(
    preview: bool, cut: bool, show: str | None, url: str | None, config_path: Path | None, as_json: bool
) -> None:
    """Read the season's file again, say what is different, and run it from now on. What is past stays."""
    if show is not None:
        raise click.UsageError("a season is reloaded whole: leave --show out")
    reply = service_of(url, config_path).order("season", {"preview": preview, "cut": cut}, key=str(uuid.uuid4()))
    if as_json:
        print_json(reply)
        return
    for change in reply["changes"]:
        subject = shown(f"{change['kind']} {change['id']}", SENTENCE)
        click.echo(f"{change['what']:8} {subject}: {shown(change['text'], SENTENCE)}")
    if not reply["changes"]:
        click.echo("the season is as it was")
    done = "nothing is changed yet: leave --preview out" if reply["preview"] else "the service runs it now"
    click.echo(f"reload: {done} (revision {reply['revision']})")


@click.command()
@lane_option
@click.option("--until", help="When the lane comes back: next-cue, released, never or a span, 5m.  [default: released]")
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
@preview_option
@remote
def skip(**options: Any) -> None:
    """Leave the next segment out."""
    _order("skip", **options)


@click.command()
@remote
def end(**options: Any) -> None:
    """End the show now: closing scene, broadcast complete, encoder off."""
    _order("end", **options)


def _order(word: str, *, url: str | None, config_path: Path | None, as_json: bool, **said: Any) -> None:
    fields = {name: value for name, value in said.items() if value is not None and value is not False}
    reply = service_of(url, config_path).order(word, fields, key=str(uuid.uuid4()))
    if as_json:
        print_json(reply)
        return
    if "ripple" in reply:
        print_ripple(word, reply["ripple"], reply["revision"])
        return
    by = ""
    if said.get("by"):
        from broadcaster.show.spans import read_span, signed

        by = f" {signed(read_span(said['by']))}"
    print_accepted(f"{word}{by}", reply)


def print_accepted(order: str, reply: dict[str, Any]) -> None:
    """Say that the service has the order, and how it stands after it."""
    click.echo(f"{order}: accepted (revision {reply['revision']})")
    click.echo(shown(reply["state"], SENTENCE))
    for alert in reply["alerts"]:
        print_labelled("WARNING", alert)


def print_ripple(word: str, ripple: dict[str, Any], revision: int | None) -> None:
    """Say what an order would change; `revision` None: it is about to be asked for."""
    print_labelled("", ripple["in_a_line"])
    for line in ripple["segments"]:
        if line["standing"] == "over":
            continue
        wall = "wall" if line["is_wall"] else ""
        times = f"{line['start_local']:8} to {line['end_local']:8}"
        moves = line["moves_by"] if line["standing"] == "coming" else line["standing"]
        click.echo(f"  {shown(line['id']):24} {times} {moves:>8} {wall}".rstrip())
    for label, name in (
        ("CONFLICT", "conflicts"),
        ("YouTube", "youtube"),
        ("post", "posts"),
        ("CORRECT", "corrections"),
        ("tell", "tell"),
    ):
        for sentence in ripple[name]:
            print_labelled(label, sentence)
    if revision is not None:
        click.echo(f"{word}: nothing is changed yet: leave --preview out (revision {revision})")


def print_labelled(label: str, sentence: str) -> None:
    """One sentence behind its label; in a terminal it goes on below itself, and not below the label."""
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for line in labelled(label, shown(sentence, SENTENCE), columns):
        click.echo(line)


def labelled(label: str, sentence: str, columns: int) -> list[str]:
    """The lines of a labelled sentence, none wider than `columns` if its words allow it; 0: one line."""
    head = f"{label:{LABEL}} " if label else ""
    if columns < NARROWEST:
        return [head + sentence]
    lines = textwrap.wrap(
        sentence,
        columns - 1,
        initial_indent=head,
        subsequent_indent=" " * (LABEL + 1),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [head.rstrip()]


def service_of(url: str | None, config_path: Path | None) -> Service:
    """The service that the options name, and who asks it. Raises SeasonError for bad settings."""
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
