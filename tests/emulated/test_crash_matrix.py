"""Is anything lost or doubled, wherever the service is killed? A real process, at every act of a whole show.

The points are named by the acts of an undisturbed run: just after each intent is on the disk, between the act and the
writing of its outcome, and just after the outcome. After each kill the service starts again and brings the show to its
end; then the far ends' own counts must be those of the undisturbed run.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from broadcaster.adapters.journal import verify
from broadcaster.emulators.obs import EmulatedOBS
from broadcaster.emulators.telegram import EmulatedTelegram
from broadcaster.emulators.youtube import EmulatedYouTube
from tests.emulated.service import ENVIRONMENT, SCENES, Far, Service, service_at
from tests.emulated.shared_clock import SharedClock
from tests.waiting import until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are forked and killed as POSIX does it")

SPEED = 5.0
AT_ONCE = 3
PATIENCE = 120.0
TRIES = 2
"""On a busy machine a run may have no need of an act that another one had; then the point is tried again."""

Point = dict[str, str]


class Zygote:
    """One forking process; see tests/emulated/zygote.py."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def warmed(self) -> None:
        """Return once it has imported everything."""
        await self._answer()

    async def begin(self, order: dict[str, Any]) -> int:
        """Fork a run and return its pid."""
        assert self._process.stdin is not None
        self._process.stdin.write((json.dumps(order) + "\n").encode())
        return int((await self._answer())["pid"])

    async def ended(self) -> int:
        """The exit code of the run that was begun last."""
        return int((await self._answer())["status"])

    async def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            answer: dict[str, Any] = json.loads(await self._process.stdout.readline())
        return answer


@asynccontextmanager
async def zygote() -> AsyncIterator[Zygote]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.emulated.zygote",
        cwd=Path(__file__).parents[2],
        env={**os.environ, **ENVIRONMENT},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    ready = Zygote(process)
    try:
        await ready.warmed()
        yield ready
    finally:
        process.kill()
        await process.communicate()


@asynccontextmanager
async def staged(folder: Path) -> AsyncIterator[tuple[Service, SharedClock]]:
    """A fresh folder, and fresh emulators on a clock of their own that a run can share."""
    await asyncio.to_thread(folder.mkdir)
    SharedClock.make(folder / "clock", datetime.now(UTC))
    clock = SharedClock(folder / "clock", speed=SPEED)
    async with AsyncExitStack() as stack:
        far = Far(
            obs=await stack.enter_async_context(
                EmulatedOBS(clock, password=ENVIRONMENT["TEST_OBS_PASSWORD"], scenes=SCENES)
            ),
            youtube=await stack.enter_async_context(EmulatedYouTube(clock, speed=10)),
            telegram=await stack.enter_async_context(EmulatedTelegram(clock)),
        )
        played = await stack.enter_async_context(
            service_at(folder, far, clock, live_in=26, standby=20, advance="auto", seconds=(12, 12, 12))
        )
        yield played, clock


async def play(process: Zygote, played: Service, clock: SharedClock, point: Point | None) -> bool:
    """Run the show to its end; with a point, killed there once and started again at the same instant of the show.

    False: it was over without having come to the point.
    """
    order = {"folder": str(played.folder), "clock": str(played.folder / "clock"), "speed": SPEED}
    if point is not None:
        pid = await begin(process, played, clock, {**order, "point": point})
        if await is_done(played, pid):
            os.kill(pid, signal.SIGTERM)
            await process.ended()
            return False
        assert await process.ended() == -signal.SIGKILL, (played.folder / "service.log").read_text()
    pid = await begin(process, played, clock, order)
    log = played.folder / "service.log"
    assert await is_done(played, pid), log.read_text()
    os.kill(pid, signal.SIGTERM)
    assert await process.ended() == 0, log.read_text()
    return True


async def is_done(played: Service, pid: int) -> bool:
    """Wait for the end of the show, or of the process: whether the process saw the show's."""
    await until(lambda: played.has("phase_entered/1", phase="done") or not is_running(pid), PATIENCE)
    return is_running(pid)


async def begin(process: Zygote, played: Service, clock: SharedClock, order: dict[str, Any]) -> int:
    """Start the service, the show's clock standing still until it is up and sees OBS; its pid."""
    log = played.folder / "service.log"
    clock.stand_still()
    log.unlink(missing_ok=True)
    pid = await process.begin(order)

    def is_up() -> bool:
        text = log.read_text() if log.exists() else ""
        return '"api"' in text and "is there" in text

    await until(lambda: is_up() or not is_running(pid), PATIENCE)
    clock.go_on()
    return pid


def is_running(pid: int) -> bool:
    """The process is there; the zygote collects it as soon as it ends."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def counts(played: Service) -> dict[str, Any]:
    """What the far ends themselves say was done to them."""
    youtube = played.far.youtube.snapshot()
    return {
        "broadcasts": [broadcast["lifeCycleStatus"] for broadcast in youtube["broadcasts"]],
        "inserts": youtube["inserts"],
        "streams": len(youtube["streams"]),
        "went live": [[step["status"] for step in each["history"]].count("live") for each in youtube["broadcasts"]],
        "posts": sorted(_linked(text, youtube) for text in played.far.posts),
        "scenes": played.far.scenes_taken,
        "stream starts": played.far.obs.snapshot()["stream_starts"],
    }


def _linked(text: str, youtube: dict[str, Any]) -> str:
    """The text with the broadcast's own id named: which id YouTube gives follows from what it was asked before."""
    for place, broadcast in enumerate(youtube["broadcasts"]):
        text = text.replace(f"https://youtu.be/{broadcast['id']}", f"https://youtu.be/(broadcast {place})")
    return text


def acts(played: Service) -> list[str]:
    """The acts of the show, in order of their intents."""
    return [record.ids["act"] for record in played.records() if record.kind == "intent/1"]


def cut_off(played: Service) -> list[str]:
    """The cues of the posts that were under way when the service was killed: meant, and without an answer."""
    starts = [record.seq for record in played.records() if record.kind == "run_started/1"]
    before = [record for record in played.records() if record.seq < starts[-1]]
    answered = {record.ids["act"] for record in before if record.kind == "outcome/1"}
    meant = [record.ids for record in before if record.kind == "intent/1" and record.data["verb"] == "post"]
    return [ids["cue"] for ids in meant if ids["act"] not in answered]


def check(played: Service, undisturbed: dict[str, Any]) -> list[str]:
    """What differs from the undisturbed run; a post that was cut off may be there or not, and people are asked."""
    found, wrong, cut = counts(played), [], cut_off(played)
    ends = {r.ids["cue"]: r.data["end"] for r in played.records() if r.kind == "cue_settled/1"}
    searches = [r for r in played.records() if r.kind == "outcome/1" and r.data["verb"] == "find_post"]
    asked = [r.ids["cue"] for r in searches if r.data["result"] == "refused"]
    if asked != cut or set(asked) & ends.keys():
        wrong.append(f"asked: {asked}, cut off: {cut}, ends: {sorted(ends)}")
    missing = [text for text in undisturbed["posts"] if text not in found["posts"]]
    if len(missing) <= len(cut):
        found["posts"] = sorted([*found["posts"], *missing])
    wrong += [f"{key}: {found[key]} instead of {undisturbed[key]}" for key in found if found[key] != undisturbed[key]]
    if set(ends.values()) != {"done"}:
        wrong.append(f"ends: { {cue: end for cue, end in ends.items() if end != 'done'} }")
    if faults := verify(played.journal).faults:
        wrong.append(f"journal: {faults}")
    return wrong


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("where", "kind"),
    [("after", "intent/1"), ("before", "outcome/1"), ("after", "outcome/1")],
    ids=["meant", "done but not written", "written"],
)
async def test_killed_at_every_act_the_show_is_the_same(tmp_path: Path, where: str, kind: str) -> None:
    async with AsyncExitStack() as stack:
        zygotes = [await stack.enter_async_context(zygote()) for _ in range(AT_ONCE)]
        async with staged(tmp_path / "undisturbed") as (played, clock):
            await play(zygotes[0], played, clock, None)
            undisturbed = counts(played)
            todo: list[Point] = [{"act": act, "kind": kind, "where": where} for act in acts(played)]
        assert undisturbed["broadcasts"] == ["complete"]
        assert len(todo) >= 12
        failures: list[str] = []

        async def work(process: Zygote) -> None:
            while todo:
                point = todo.pop()
                for attempt in range(TRIES):
                    name = f"{point['act']} {attempt}".replace("/", "_").replace(":", "_")
                    async with staged(tmp_path / name) as (played, clock):
                        if await play(process, played, clock, point):
                            failures.extend(f"killed at {point}: {each}" for each in check(played, undisturbed))
                            break
                else:
                    failures.append(f"never reached: {point}")

        async with asyncio.TaskGroup() as tasks:
            for process in zygotes:
                tasks.create_task(work(process))
    assert not failures, "\n".join(failures)
