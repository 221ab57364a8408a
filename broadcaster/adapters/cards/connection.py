"""How is the child process spoken to? One order in, one picture out, within a time; then it is gone."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from broadcaster.adapters.cards.order import EXIT_TEMPLATE, Order, write_order
from broadcaster.season.errors import TemplateError, Unavailable

ROOT = Path(__file__).parents[3]
SECONDS = 30.0
_KEPT = ("PATH", "SYSTEMROOT", "SYSTEMDRIVE", "TEMP", "TMP", "LD_LIBRARY_PATH", "HOME")
"""What the child gets of our environment: nothing that could be a secret."""
_COMMAND = ("-P", "-m", "broadcaster.adapters.cards.child")


async def draw_in_child(order: Order, *, seconds: float = SECONDS, command: tuple[str, ...] = _COMMAND) -> bytes:
    """The picture. The loop goes on meanwhile, and the child works only while nobody else wants the processor.

    Raises TemplateError for a template or a file of the look that cannot be used, or never comes to its end, and
    Unavailable when the child died, or the machine has no room for one.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={name: os.environ[name] for name in _KEPT if name in os.environ}
            | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"},
            creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
        )
    except OSError as error:
        why = f"the process that draws cards cannot be started: {error.strerror or error}"
        raise Unavailable(why, reason="noCard") from None
    try:
        async with asyncio.timeout(seconds):
            picture, said = await process.communicate(write_order(order))
    except TimeoutError:
        raise TemplateError(f"the card was not drawn within {seconds:g} seconds") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    told = said.decode(errors="replace").strip()
    if process.returncode == EXIT_TEMPLATE:
        raise TemplateError(told)
    if process.returncode or not picture:
        last = told.splitlines()[-1] if told else "it said nothing"
        raise Unavailable(f"the process that draws cards ended with {process.returncode}: {last}", reason="noCard")
    return picture


def order_key(order: Order) -> bytes:
    """The same for orders that give the same picture: also the look's files are as they were."""
    files = (order.look.logo, order.look.template, *order.look.fonts)
    return write_order(order) + json.dumps([_stamp(order.folder / name) for name in files if name]).encode()


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
