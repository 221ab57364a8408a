"""A process that has imported everything and forks a `broadcaster run` for each line on standard input; POSIX only.

Each line is JSON: folder, origin (instant) and began (monotonic seconds) of the clock that all processes share, its
speed, and optionally `point`: the record before or after whose writing the run shall be killed with SIGKILL. Answers
are JSON lines: {"ready"} first, {"pid"} once forked, {"pid", "status"} once ended.
"""

import json
import os
import signal
import sys
from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

from broadcaster.adapters import clock as clocks
from broadcaster.adapters.journal import SQLJournal
from broadcaster.cli import main
from broadcaster.ports import Record

WARM = (
    "broadcaster.adapters.alarm",
    "broadcaster.adapters.journal.connection",
    "broadcaster.adapters.obs",
    "broadcaster.adapters.posts",
    "broadcaster.adapters.youtube",
    "broadcaster.cli.run",
    "broadcaster.conductor.conductor",
    "broadcaster.panel",
    "googleapiclient.discovery",
    "google.oauth2.credentials",
)
"""What a run imports on its way; done once, before any fork."""


class SharedClock(clocks.ScaledClock):
    """A fast clock that every process of the test reads alike: the machine's monotonic one, from one origin.

    Before `began` it stands still, so that a process has time to start; `resume` lets it stand still again.
    """

    def __init__(self, *, origin: datetime, began: float, speed: float) -> None:
        super().__init__(start=origin, speed=speed)
        self.resume(origin=origin, began=began)

    def resume(self, *, origin: datetime, began: float) -> None:
        """Go on from `origin` at the monotonic second `began`."""
        self._line = (origin, began, self.speed, None)

    def shared(self) -> dict[str, Any]:
        """What another process needs to read the same time."""
        return {"origin": self._line[0].isoformat(), "began": self._line[1]}

    def now(self) -> datetime:
        """The instant that all processes agree on."""
        return max(super().now(), self._line[0])


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
    shared = SharedClock(origin=datetime.fromisoformat(order["origin"]), began=order["began"], speed=order["speed"])
    clocks.WallClock = lambda: shared  # type: ignore[misc,assignment]
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
