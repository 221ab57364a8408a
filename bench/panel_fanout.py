"""How soon has a change reached a thousand screens, and do the cues land as well with them as without?

    python -m bench.panel_fanout [--viewers 1000] [--rounds 4] [--connects 10000] [--json]

Three processes: the service (the real conductor, journal and panel), the emulated OBS, and the viewers, which are
plain sockets that note when each message had come whole. The show takes a scene every 0.8 s, in turns with nobody
watching and with everybody watching. *landing* is how far from its planned instant the OBS began each take. *reached*
is from the turn of the conductor that brought a change to when the last of all viewers had it. Then viewers come and
go, and the service's memory is weighed before and after. The viewers share this machine's processors with the
service, so that the figures are worse than a network of real screens would have them.
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import struct
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psutil
from aiohttp import ClientSession

from broadcaster.adapters.alarm import APSchedulerAlarm
from broadcaster.adapters.clock import WallClock
from broadcaster.adapters.journal import SQLJournal
from broadcaster.adapters.obs import OBSStudio
from broadcaster.conductor.conductor import Conductor
from broadcaster.conductor.perform import FarEnds
from broadcaster.panel import Panel
from broadcaster.panel.hub import Hub
from broadcaster.ports import Secret
from broadcaster.season.plan import LowerThirdPlan, Plan
from broadcaster.show.records import instant
from tests.plans import SCENES, season_plan, segment, show_plan
from tests.waiting import until

SPACING = 0.8
TAKES_A_BLOCK = 12
PASSWORD, TOKEN = "bench-password", "bench-token"  # of servers that live for a minute
SETTLED = timedelta(seconds=1.5)
"""A take counts for a block only this long after the viewers have come or gone."""
WANTED_MS = 200.0
CHURN = 500


def allow_sockets() -> None:
    """As many open sockets as the system lets this process have."""
    with contextlib.suppress(ImportError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


# -- the viewers' process -------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """Message number -> when each viewer had it whole."""

    at: dict[int, list[float]] = field(default_factory=dict)
    inside: set["Viewer"] = field(default_factory=set)
    greeted: int = 0


class Viewer(asyncio.Protocol):
    """The least that a WebSocket client can be: it reads frames, and answers pings."""

    def __init__(self, port: int, tally: Tally) -> None:
        self.tally = tally
        self.data = bytearray()
        self.is_in = False
        self.is_greeted = False
        self.hello = (
            f"GET /api/v1/live?view=desk HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {TOKEN}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        ).encode()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.hello)

    def data_received(self, data: bytes) -> None:
        now = time.time()
        self.data += data
        if not self.is_in:
            end = self.data.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self.data.startswith(b"HTTP/1.1 101"):
                sys.exit(f"a viewer is refused: {bytes(self.data[:300])!r}")
            del self.data[: end + 4]
            self.is_in = True
            self.tally.inside.add(self)
        while (size := self._whole()) is not None:
            self._take(size, now)

    def _whole(self) -> tuple[int, int] | None:
        """Where the payload of a whole frame begins and ends."""
        if len(self.data) < 2:
            return None
        size, begin = self.data[1], 2
        if size == 126:
            if len(self.data) < 4:
                return None
            size, begin = int.from_bytes(self.data[2:4], "big"), 4
        elif size == 127:
            if len(self.data) < 10:
                return None
            size, begin = int.from_bytes(self.data[2:10], "big"), 10
        return (begin, begin + size) if len(self.data) >= begin + size else None

    def _take(self, where: tuple[int, int], now: float) -> None:
        begin, end = where
        code, head = self.data[0] & 0x0F, bytes(self.data[begin : min(end, begin + 40)])
        if code == 1:
            if not self.is_greeted:
                self.is_greeted = True
                self.tally.greeted += 1
            elif b'"patch"' in head:
                self.tally.at.setdefault(int(head[5 : head.index(b",")]), []).append(now)
        elif code == 9:
            body = bytes(self.data[begin:end])
            self.transport.write(struct.pack("!BBI", 0x8A, 0x80 | len(body), 0) + body)
        del self.data[:end]

    def connection_lost(self, exc: Exception | None) -> None:
        self.tally.inside.discard(self)


async def be_viewers(port: int) -> None:
    """Do what stdin says, a line each: `come N`, `churn N`, `leave`, `report`; answer each with a JSON line."""
    allow_sockets()
    loop = asyncio.get_running_loop()
    tally = Tally()

    async def come(count: int) -> None:
        wanted = tally.greeted + count
        for number in range(count):
            await loop.create_connection(lambda: Viewer(port, tally), "127.0.0.1", port)
            if number % 25 == 24:
                await asyncio.sleep(0.01)
        await until(lambda: tally.greeted >= wanted, 60)

    async def leave() -> None:
        for viewer in list(tally.inside):
            viewer.transport.abort()
        await until(lambda: not tally.inside, 30)

    while line := (await asyncio.to_thread(sys.stdin.readline)).split():
        answer: Any = None
        match line:
            case ["come", count]:
                await come(int(count))
            case ["churn", count]:
                await come(int(count))
                await leave()
            case ["leave"]:
                await leave()
            case ["report"]:
                answer, tally.at = tally.at, {}
        print(json.dumps(answer), flush=True)


class Viewers:
    """The viewers' process, as seen from here."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def do(self, line: str) -> Any:
        """Have it done, and return the answer."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{line}\n".encode())
        answer = await self._process.stdout.readline()
        if not answer:
            raise SystemExit(f"the viewers ended at {line!r}")
        return json.loads(answer)


@contextlib.asynccontextmanager
async def viewers_of(port: int) -> AsyncIterator[Viewers]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "--be-viewers", str(port),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 26,
    )  # fmt: skip
    try:
        yield Viewers(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


# -- the service's process ------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def emulated_obs() -> AsyncIterator[int]:
    program = "from broadcaster.cli import main; main()"
    asked = ["emulate", "obs", "--port", "0", "--password", PASSWORD, "--scenes", ",".join(SCENES)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, *asked, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        yield int(line.rpartition(":")[2])
    finally:
        process.terminate()
        await process.wait()


def plan_of(takes: int, go_live: datetime) -> Plan:
    """A show that takes a scene every SPACING seconds, each with texts as a real one has."""
    scenes = ("Film", "Runway", "Talk")
    spacing = timedelta(seconds=SPACING)
    segments = [
        segment(f"look-{number}", scenes[number % 3], go_live + number * spacing, SPACING / 60)
        for number in range(takes)
    ]
    from dataclasses import replace

    third = LowerThirdPlan(title="Айгерім Сәрсенбаева", subtitle="Қазақстан")
    segments = [replace(each, lower_third=third) for each in segments]
    second = timedelta(seconds=1)
    show = show_plan(
        go_live=go_live, segments=segments, standby=2 * second, prepare=3 * second, with_broadcast=False,
        with_posts=False,
    )  # fmt: skip
    return season_plan(show)


@dataclass
class Changes:
    """When the turn was that brought each message of the desk's hub."""

    at: dict[int, float] = field(default_factory=dict)
    written: dict[int, float] = field(default_factory=dict)
    """When the last viewer's socket had taken it."""
    turned_at: float | None = None

    def on_turn(self) -> None:
        """The conductor has made a turn."""
        self.turned_at = self.turned_at or time.time()

    def watch(self) -> None:
        """Note each message that any hub begins to send, by its number."""
        shown, grouped = Hub.show, Hub._next_group

        def next_group(hub: Hub) -> None:
            grouped(hub)
            if not hub.is_sending and "log" in hub.document:
                self.written.setdefault(hub.number, time.time())

        def show(hub: Hub, document: Any, *, flush: bool = False) -> None:
            before, began = hub.number, time.time()
            shown(hub, document, flush=flush)
            if "log" in document:  # the desk's
                if hub.number != before:
                    self.at[hub.number] = self.turned_at or began
                self.turned_at = None

        Hub.show = show  # type: ignore[method-assign]
        Hub._next_group = next_group  # type: ignore[method-assign]


def figures(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)

    def at(part: float) -> float:
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]

    return {"n": len(ordered), "p50": statistics.median(ordered), "p99": at(0.99), "max": ordered[-1]}


def landings(takes: list[dict[str, Any]], plan: Plan) -> dict[str, float]:
    """Segment -> milliseconds from its planned instant to when OBS began the take nearest to it."""
    began = [(instant(take["at"]), take["scene"]) for take in takes]
    found = {}
    for each in plan.shows[0].segments:
        near = [at - each.start for at, scene in began if scene == each.scene]
        if near:
            nearest = min(near, key=abs)
            if abs(nearest) < timedelta(seconds=SPACING):
                found[each.id] = nearest.total_seconds() * 1000
    return found


async def measure(count: int, rounds: int, connects: int) -> dict[str, Any]:
    allow_sockets()
    clock = WallClock()
    changes = Changes()
    changes.watch()
    takes = rounds * (2 * TAKES_A_BLOCK + 16) + 10
    go_live = clock.now() + timedelta(seconds=5)
    plan = plan_of(takes, go_live)
    blocks: list[tuple[str, datetime, datetime]] = []
    with tempfile.TemporaryDirectory() as folder:
        async with (
            emulated_obs() as obs_port,
            SQLJournal.open(Path(folder) / "journal.sqlite", run="bench", clock=clock) as journal,
        ):
            studio = OBSStudio(name="bench", host="127.0.0.1", port=obs_port, password=Secret(PASSWORD), clock=clock)
            ends = FarEnds(
                studio=studio,
                broadcasts=None,
                channels={},
                words=lambda show, cue, link: "",
                stream_title="bench",
            )
            conductor = Conductor(
                plan, ends, journal=journal, clock=clock, alarm=APSchedulerAlarm(clock), about={"broadcaster": "bench"}
            )
            conductor.on_turn.append(changes.on_turn)
            async with (
                asyncio.TaskGroup() as group,
                Panel(conductor, token=Secret(TOKEN), clock=clock).serve("127.0.0.1", 0) as port,
                viewers_of(port) as viewers,
            ):
                running = group.create_task(conductor.run(), name="conductor")
                await until(lambda: "look-2" in conductor.state.show("day-1").started, 30)
                received: dict[str, list[float]] = {}
                for _ in range(rounds):
                    begin = clock.now() + SETTLED
                    await clock.sleep_until(begin + timedelta(seconds=TAKES_A_BLOCK * SPACING))
                    blocks.append(("alone", begin, clock.now()))
                    await viewers.do(f"come {count}")
                    begin = clock.now() + SETTLED
                    await clock.sleep_until(begin - timedelta(seconds=0.3))
                    await viewers.do("report")  # what came while they were coming is not counted
                    await clock.sleep_until(begin + timedelta(seconds=TAKES_A_BLOCK * SPACING))
                    blocks.append(("watched", begin, clock.now()))
                    await asyncio.sleep(0.5)
                    received |= await viewers.do("report")
                    await viewers.do("leave")
                await conductor.stop()
                await running
                memory = await weigh(viewers, connects)
            async with (
                ClientSession() as session,
                session.get(f"http://127.0.0.1:{obs_port}/control/state") as response,
            ):
                state = await response.json()
    landed = landings(state["takes"], plan)
    spans = {each.id: each.start for each in plan.shows[0].segments}
    errors = {
        kind: [
            landed[name]
            for name, at in spans.items()
            if name in landed and any(kind == each and begin <= at < end for each, begin, end in blocks)
        ]
        for kind in ("alone", "watched")
    }
    whole = {int(number): times for number, times in received.items() if len(times) == count}
    last = [(max(times) - changes.at[number]) * 1000 for number, times in whole.items() if number in changes.at]
    every = [
        (at - changes.at[number]) * 1000 for number, times in whole.items() if number in changes.at for at in times
    ]
    written = [(changes.written[number] - changes.at[number]) * 1000 for number in whole if number in changes.written]
    partly = [len(times) for number, times in received.items() if len(times) != count and int(number) in changes.at]
    return {
        "viewers": count,
        "load": os.getloadavg()[0],
        "landing": {kind: figures([abs(error) for error in values]) for kind, values in errors.items()},
        "signed_median": {kind: statistics.median(values) for kind, values in errors.items()},
        "changes": len(last),
        "written": figures(written),
        "reached_last": figures(last),
        "reached_each": figures(every),
        "not_whole": partly,
        "memory": memory,
    }


async def weigh(viewers: Viewers, connects: int) -> dict[str, Any]:
    """The service's memory in MB, before and after so many came and went; the first rounds warm it up."""
    this = psutil.Process()
    for _ in range(2):
        await viewers.do(f"churn {CHURN}")
    weights = [this.memory_info().rss / 1e6]
    done = 0
    while done < connects:
        await viewers.do(f"churn {CHURN}")
        done += CHURN
        weights.append(this.memory_info().rss / 1e6)
    return {"connects": done, "before": weights[0], "after": weights[-1], "most": max(weights)}


def show(result: dict[str, Any]) -> None:
    print(f"{result['viewers']} viewers, {result['changes']} changes, load {result['load']:.1f}\n")
    print(f"{'ms':34}{'n':>8}{'p50':>8}{'p99':>8}{'max':>8}")
    rows = {
        "|landing|, nobody watching": result["landing"]["alone"],
        "|landing|, all watching": result["landing"]["watched"],
        "written to all sockets": result["written"],
        "reached, each viewer": result["reached_each"],
        "reached, the last viewer": result["reached_last"],
    }
    for name, row in rows.items():
        print(f"{name:34}{row['n']:8}{row['p50']:8.1f}{row['p99']:8.1f}{row['max']:8.1f}")
    alone, watched = result["landing"]["alone"], result["landing"]["watched"]
    print(f"\nlanding with viewers is {watched['p50'] / alone['p50']:.2f} of that without (median)")
    p99 = result["reached_last"]["p99"]
    verdict = "within" if p99 <= WANTED_MS else "NOT within"
    print(f"p99 to the last viewer: {p99:.0f} ms, {verdict} {WANTED_MS:.0f} ms")
    if result["not_whole"]:
        print(f"messages that not every viewer had as a patch: {result['not_whole']} (those behind got the whole)")
    memory = result["memory"]
    print(
        f"memory: {memory['before']:.1f} MB, after {memory['connects']} connects {memory['after']:.1f} MB "
        f"(at most {memory['most']:.1f})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--connects", type=int, default=10_000)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    parser.add_argument("--be-viewers", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.be_viewers:
        asyncio.run(be_viewers(options.be_viewers))
        return
    result = asyncio.run(measure(options.viewers, options.rounds, options.connects))
    if options.json:
        print(json.dumps(result))
    else:
        show(result)


if __name__ == "__main__":
    main()
