"""The options that every command shares, and the one way to print a result."""

import json
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar

import click

from broadcaster.season.wording import near_or_listed, quoted

Function = TypeVar("Function", bound=Callable[..., Any])


def shared(function: Function) -> Function:
    """Add `--json` (as `as_json`) and `--config` (as `config_path`) to a command."""
    function = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")(function)
    return click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path, dir_okay=False),
        default=None,
        help="Settings file.  [default: config.toml, where there is one]",
    )(function)


def check_known(what: str, name: str | None, names: Collection[str], *, lack: str = "there is no") -> None:
    """Refuse the value of the option `--what` that names nothing there is, with those that are near; None is none."""
    if name is not None and name not in names:
        hint = near_or_listed(name, names, what=f"{what}s")
        raise click.BadParameter(
            f"{lack} {what} {quoted(name)}" + (f" ({hint})" if hint else ""), param_hint=f"'--{what}'"
        )


def print_json(document: object) -> None:
    """Print one JSON document, letters of every alphabet as they are."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))
