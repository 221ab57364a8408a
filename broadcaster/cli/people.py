"""How do the commands about people reach their file, also while the service runs?

They write no journal, which the service has open: what they did waits in the file, and the service writes it down
within a second, or when it starts.
"""

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from broadcaster.ports import Clock, Secret
from broadcaster.show.people import THIS_MACHINE, Deed, checked_password

if TYPE_CHECKING:
    from broadcaster.cli.config import Config
    from broadcaster.ports import People

Answer = TypeVar("Answer")

COMMAND_LINE = "command line"


class Hand:
    """Somebody at the command line who changes people."""

    def __init__(self, config: "Config", clock: Clock) -> None:
        self.config = config
        self._clock = clock
        self.name = _name()

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self._clock.now()

    def deed(self, act: str, **data: object) -> Deed:
        """What the command does, for the record."""
        return Deed(act=act, by=self.name, kind=THIS_MACHINE, source=COMMAND_LINE, at=self.now, data=data)

    def do(self, work: "Callable[[People], Awaitable[Answer]]") -> Answer:
        """Do it to the file. Raises PeopleError."""
        from broadcaster.adapters.people import SQLPeople

        async def done() -> Answer:
            async with SQLPeople.open(self.config.people) as people:
                return await work(people)

        return asyncio.run(done())


def hand(config_path: Path | None) -> Hand:
    """Whoever types, with the settings. Raises SeasonError for bad ones."""
    from broadcaster.adapters.clock import WallClock
    from broadcaster.cli.config import load_config

    return Hand(load_config(config_path), WallClock())


def new_password(file: Path | None) -> Secret:
    """The password that a file or a pipe holds, else typed twice; never an argument, which everybody here could read.

    Raises PeopleError for one that is too short.
    """
    if file is not None and str(file) != "-":
        try:
            typed = file.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            said = error.strerror if isinstance(error, OSError) else "it is not text"
            raise click.UsageError(f"the password cannot be read from {file}: {said}") from error
    elif file is None and sys.stdin.isatty():
        typed = click.prompt("Password", hide_input=True, confirmation_prompt="Once more", err=True)
    else:
        typed = sys.stdin.readline()
    return Secret(checked_password(typed.rstrip("\r\n")))


def _name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user without a name
        return THIS_MACHINE
