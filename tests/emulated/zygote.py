"""A process that has imported everything and forks a `broadcaster run` for each line on standard input; POSIX only.

Each line is JSON: folder, the file of the clock that all processes share, its speed, and optionally `point`: the record
before or after whose writing the run shall be killed with SIGKILL. Answers are JSON lines: {"ready"} first, {"pid"}
once forked, {"pid", "status"} once ended.
"""

import json
import os
import signal
import sys
from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from broadcaster.adapters.journal import SQLJournal
from broadcaster.cli import main
from broadcaster.ports import Record
from tests.emulated.shared_clock import SharedClock, live_in

WARM = (
    "aiosmtplib",
    "alembic.command",
    "apscheduler.executors.asyncio",
    "babel.core",
    "babel.dates",
    "babel.messages.pofile",
    "babel.numbers",
    "broadcaster.adapters.alarm",
    "broadcaster.adapters.cards",
    "broadcaster.adapters.files.adapter",
    "broadcaster.adapters.journal.connection",
    "broadcaster.adapters.obs",
    "broadcaster.adapters.people",
    "broadcaster.adapters.people.connection",
    "broadcaster.adapters.posts",
    "broadcaster.adapters.posts.mail",
    "broadcaster.adapters.youtube.adapter",
    "broadcaster.adapters.youtube.connection",
    "broadcaster.cli.channels",
    "broadcaster.cli.config",
    "broadcaster.cli.reading",
    "broadcaster.cli.run",
    "broadcaster.cli.wiring",
    "broadcaster.conductor.conductor",
    "broadcaster.panel",
    "broadcaster.reports.calendar",
    "broadcaster.season.build",
    "broadcaster.season.rules",
    "google.oauth2.credentials",
    "googleapiclient.discovery",
    "googleapiclient.discovery_cache",
    "icalendar",
    "jinja2.sandbox",
    "sqlalchemy.dialects.sqlite",
)
"""What a run imports on its way; done once, before any fork."""


def die() -> None:
    """As `kill -9` would have it: no handler, no clean-up, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)


def deadly(point: Mapping[str, str]) -> None:
    """Make the journal kill this process just before or just after the record that `point` names."""
    append = SQLJournal.append

    def is_it(kind: str, ids: Mapping[str, str]) -> bool:
        return kind == point["kind"] and ids.get("act") == point["act"]

    async def killing(
        self: SQLJournal, kind: str, ids: Mapping[str, str], data: Mapping[str, Any], *, at: datetime
    ) -> Record:
        if point["where"] == "before" and is_it(kind, ids):
            die()
        record = await append(self, kind, ids, data, at=at)
        if point["where"] == "after" and is_it(kind, ids):
            die()
        return record

    SQLJournal.append = killing  # type: ignore[method-assign]


def run(order: dict[str, Any]) -> None:
    """What the forked child does."""
    os.chdir(order["folder"])
    log = os.open("service.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    live_in(SharedClock(Path(order["clock"]), speed=order["speed"]))
    if order.get("point"):
        deadly(order["point"])
    main(["run", "season.toml", "--json"])


def serve() -> None:
    """Fork for each line, one at a time, and tell how each child ended."""
    for module in WARM:
        import_module(module)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                run(order)
            except SystemExit as ended:
                code = int(ended.code or 0)
            finally:
                os._exit(code)
        print(json.dumps({"pid": pid}), flush=True)
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"pid": pid, "status": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    serve()
