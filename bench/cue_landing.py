"""How near to its instant does a take begin, on a real OBS, beside a plain scheduler that calls OBS at the instant?

    python -m bench.cue_landing [--takes 200] [--json]

Two drivers take scenes in turn in one run, on one OBS with the Cut transition: *broadcaster* (a take armed ahead and
sent early by the learned latency) and *plain* (an APScheduler date job that calls obsws-python in the executor's
thread). An observer, which is a process of its own with its own websocket client, stamps what OBS reports. The first
takes of each driver warm it up and are not counted. Errors are milliseconds from the planned instant; below zero is
early. The absolute figures are those of the machine and of its load; the two columns of one run can be compared.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import obsws_python
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from broadcaster.adapters.clock.adapter import WallClock
from broadcaster.adapters.obs import OBSStudio
from broadcaster.ports import Secret
from broadcaster.season.errors import FarEndError
from tests.real_obs import SCENES, RealOBS, Remote
from tests.waiting import until

SPACING_SECONDS = 0.36
ARMED_AHEAD_SECONDS = 0.25
WARM_UP = 6
SUBSCRIPTIONS = 1 << 2 | 1 << 4  # Scenes, Transitions


@dataclass(kw_only=True)
class Cue:
    driver: str
    scene: str
    at: datetime
    seen: dict[str, float] = field(default_factory=dict)
    trouble: str = ""


async def observe(port: int) -> None:
    """Print one JSON line an event, with the wall time of its arrival, until stdin ends."""

    def tell(event: str, data: dict[str, Any]) -> None:
        if event in ("SceneTransitionStarted", "CurrentProgramSceneChanged"):
            print(json.dumps([time.time(), event]), flush=True)

    async with Remote.connect(port, os.environ["OBS_PASSWORD"], events=SUBSCRIPTIONS) as remote:
        remote.on_event = tell
        print(json.dumps([time.time(), "ready"]), flush=True)
        await asyncio.to_thread(sys.stdin.read)


@contextlib.asynccontextmanager
async def observer(obs: RealOBS) -> AsyncIterator[list[tuple[float, str]]]:
    """What the observer saw; complete once the context is left."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "--observe", str(obs.port), env=os.environ | {"OBS_PASSWORD": obs.password},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    ready = await process.stdout.readline()
    assert b"ready" in ready, "the observer did not connect"
    events: list[tuple[float, str]] = []
    yield events
    rest, _ = await process.communicate(b"")  # ends its stdin, and so the observer
    events.extend((at, event) for at, event in map(json.loads, rest.splitlines()))


async def ours(studio: OBSStudio, cue: Cue) -> None:
    try:
        await studio.take(cue.scene, cue.at)
    except FarEndError as error:
        cue.trouble = str(error)


def theirs(plain: obsws_python.ReqClient, cue: Cue) -> None:
    try:
        plain.set_current_program_scene(cue.scene)
    except Exception as error:  # noqa: BLE001  # counted, like any cue that did not land
        cue.trouble = repr(error)


async def drive(obs: RealOBS, cues: list[Cue], studio: OBSStudio, plain: obsws_python.ReqClient) -> None:
    """Let each driver take its cues at their instants."""
    clock = WallClock()
    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.start()
    async with asyncio.TaskGroup() as takes:
        for cue in cues:
            await clock.sleep_until(cue.at - timedelta(seconds=ARMED_AHEAD_SECONDS))
            if not obs.is_running:
                cue.trouble = "OBS ended by itself; the takes before it are counted"
                break
            if cue.driver == "broadcaster":
                takes.create_task(ours(studio, cue))
            else:
                scheduler.add_job(theirs, "date", args=[plain, cue], run_date=cue.at, misfire_grace_time=None)
    await asyncio.sleep(2 * SPACING_SECONDS)
    scheduler.shutdown()


def plan(takes: int, start: datetime) -> list[Cue]:
    """Cues of both drivers in turn; three scenes, so that each driver takes all of them; off any frame's beat."""
    scenes = list(SCENES)[1:4]
    chance = random.Random(1)
    return [
        Cue(
            driver=("broadcaster", "plain")[number % 2],
            scene=scenes[number % len(scenes)],
            at=start + timedelta(seconds=number * SPACING_SECONDS + chance.uniform(0, 0.05)),
        )
        for number in range(2 * (takes + WARM_UP))
    ]


def assign(cues: list[Cue], events: list[tuple[float, str]]) -> None:
    """Give each event to the cue nearest in time."""
    for at, event in events:
        cue = min(cues, key=lambda cue: abs(cue.at.timestamp() - at))
        error = (at - cue.at.timestamp()) * 1000
        if event not in cue.seen or abs(error) < abs(cue.seen[event]):
            cue.seen[event] = error


def figures(errors: list[float]) -> dict[str, float]:
    ordered = sorted(errors)

    def at(part: float) -> float:
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]

    return {
        "n": len(ordered),
        "p50": statistics.median(ordered),
        "p99": at(0.99),
        "max": ordered[-1],
        "min": ordered[0],
        "median_abs": statistics.median(map(abs, ordered)),
        "p99_abs": sorted(map(abs, ordered))[min(len(ordered) - 1, int(0.99 * len(ordered)))],
    }


async def measure(takes: int, log_to: Path | None) -> dict[str, Any]:
    async with RealOBS(log_to=log_to) as obs:
        clock = WallClock()
        studio = OBSStudio(name="bench", host=obs.host, port=obs.port, password=Secret(obs.password), clock=clock)
        plain = obsws_python.ReqClient(host=obs.host, port=obs.port, password=obs.password, timeout=5)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(studio.run(lambda: None))
            await until(lambda: studio.seen, 10)
            async with observer(obs) as events:
                cues = plan(takes, clock.now() + timedelta(seconds=1))
                await drive(obs, cues, studio, plain)
            lead = studio.lead
            running.cancel()
        await asyncio.to_thread(plain.disconnect)
    assign(cues, events)
    counted = cues[2 * WARM_UP :]
    result: dict[str, Any] = {
        "takes": takes,
        "lead_ms": lead * 1000,
        "load": os.getloadavg()[0],
        "troubles": [f"{cue.driver}: {cue.trouble}" for cue in cues if cue.trouble],
    }
    if not all(any(cue.driver == driver and cue.seen for cue in counted) for driver in ("broadcaster", "plain")):
        raise SystemExit("nothing to count: " + "; ".join(result["troubles"]))
    for event in ("SceneTransitionStarted", "CurrentProgramSceneChanged"):
        result[event] = {
            driver: figures([cue.seen[event] for cue in counted if cue.driver == driver and event in cue.seen])
            for driver in ("broadcaster", "plain")
        }
    return result


def show(result: dict[str, Any]) -> None:
    for trouble in result["troubles"]:
        print(trouble)
    print(f"{result['takes']} takes each; learned lead {result['lead_ms']:.1f} ms; load {result['load']:.1f}")
    for event in ("SceneTransitionStarted", "CurrentProgramSceneChanged"):
        print(f"\n{event}, ms from the planned instant")
        print(f"{'':12}{'n':>5}{'min':>8}{'p50':>8}{'p99':>8}{'max':>8}{'|p50|':>9}{'|p99|':>8}")
        for driver, row in result[event].items():
            cells = "".join(f"{row[key]:8.1f}" for key in ("min", "p50", "p99", "max"))
            print(f"{driver:12}{row['n']:5}{cells} {row['median_abs']:8.1f}{row['p99_abs']:8.1f}")
        ours, plain = (result[event][driver]["median_abs"] for driver in ("broadcaster", "plain"))
        print(f"median |error|: {ours / plain:.2f} of the plain driver's")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--takes", type=int, default=200, help="of each driver")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    parser.add_argument("--obs-log", type=Path, help="where OBS writes its log")
    parser.add_argument("--observe", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.observe:
        asyncio.run(observe(options.observe))
        return
    result = asyncio.run(measure(options.takes, options.obs_log))
    if options.json:
        print(json.dumps(result))
    else:
        show(result)


if __name__ == "__main__":
    main()
