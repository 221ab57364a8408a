"""Is anything lost or doubled, wherever the service is killed? A real process, at every act of a whole show.

The points are named by the acts of an undisturbed run: just after each intent is on the disk, between the act and the
writing of its outcome, and just after the outcome. After each kill the service starts again and brings the show to its
end; then the far ends say what they say after an undisturbed run.
"""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from broadcaster.adapters.journal import verify
from broadcaster.show.records import Record
from tests.emulated.crash_season import SPEED, Staged, is_asking, staged
from tests.emulated.service import ENVIRONMENT
from tests.waiting import until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are forked and killed as POSIX does it")

AT_ONCE = 5
PATIENCE = 120.0
TRIES = 3
"""On a busy machine a run may have no need of an act that another one had, or be late: then it is tried again.

What stands somewhere twice is never forgiven.
"""

API = re.compile(r'"api": "([^"]+)"')
UNSEARCHABLE = ("news", "readers")
DONE_ONCE = {
    "broadcasts": ["complete"],
    "inserts": 1,
    "streams": 1,
    "went live": [1],
    "scenes": ["Countdown", "Opening film", "Runway", "Finale", "Thank you"],
    "stream starts": 1,
}
"""What the far ends count in the end."""
TOLD = {
    "tonight/posts/post/early/news/en": ["Tonight at 15:00, once 'Tonight at 14:59', pinned"],
    "tonight/posts/post/letter/readers/en": ["Tonight at 14:59", "New time: Tonight at 15:00"],
    "tonight/posts/post/letter/fediverse/en": ["Tonight at 14:59", "New time: Tonight at 15:00"],
    "tonight/posts/post/soon/news/en": ["Tonight begins"],
    "tonight/posts/post/live/news/en": ["Tonight is live: https://youtu.be/(broadcast 0)"],
}
"""Cue -> what stands on its channel in the end."""
ACTS = {"create", "live", "complete", "take", "post", "pin", "edit", "follow"}
"""Verbs that have to be among those that are killed."""

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
        for left in psutil.Process(process.pid).children():
            left.kill()
        process.kill()
        await process.communicate()


async def play(process: Zygote, run: Staged, point: Point | None) -> bool:
    """Run the show to its end; with a point, killed there once and started again at the same instant of the show.

    False: it was over without having come to the point.
    """
    folder = run.played.folder
    order = {"folder": str(folder), "clock": str(folder / "clock"), "speed": SPEED}
    if point is not None:
        pid = await begin(process, run, {**order, "point": point})
        if await is_done(run, pid):
            os.kill(pid, signal.SIGTERM)
            await process.ended()
            return False
        assert await process.ended() == -signal.SIGKILL, (folder / "service.log").read_text()
    pid = await begin(process, run, order)
    log = folder / "service.log"
    assert await is_done(run, pid), log.read_text()
    os.kill(pid, signal.SIGTERM)
    assert await process.ended() == 0, log.read_text()
    return True


async def is_done(run: Staged, pid: int) -> bool:
    """Delay the show once it is announced, and wait for its end, or for the process's: whether it was the show's.

    The show's clock stands still while the delay is ordered.
    """
    await until(lambda: run.is_announced() or not is_running(pid), PATIENCE)
    while is_running(pid) and not run.is_delayed:
        with run.clock.still():
            await run.delay()
    await until(lambda: run.played.has("phase_entered/1", phase="done") or not is_running(pid), PATIENCE)
    return is_running(pid)


async def begin(process: Zygote, run: Staged, order: dict[str, Any]) -> int:
    """Start the service, the show's clock standing still until it is up and sees OBS; its pid."""
    log = run.played.folder / "service.log"
    run.clock.stand_still()
    log.unlink(missing_ok=True)
    pid = await process.begin(order)

    def api() -> str:
        text = log.read_text() if log.exists() else ""
        found = API.search(text)
        return found[1] if found is not None and "is there" in text else ""

    await until(lambda: api() or not is_running(pid), PATIENCE)
    run.played.api = api()
    run.clock.go_on()
    return pid


def is_running(pid: int) -> bool:
    """The process is there; the zygote collects it as soon as it ends."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def cut_off(run: Staged) -> dict[str, Record]:
    """Cue -> the intent of the post or follow-up that the kill left without an answer, where nobody can look for it."""
    records = run.played.records()
    killed_at = max(record.seq for record in records if record.kind == "run_started/1")
    answered = {record.ids["act"] for record in records if record.kind == "outcome/1" and record.seq < killed_at}
    return {
        record.ids["cue"]: record
        for record in records
        if record.kind == "intent/1" and record.seq < killed_at and record.ids["act"] not in answered
        if record.data["verb"] in ("post", "follow") and record.data["channel"] in UNSEARCHABLE
    }


def check(run: Staged) -> list[str]:
    """What is not as it should be; a post that was cut off may be there or not, and people are asked."""
    records, cut = run.played.records(), cut_off(run)
    counts, posts = run.counts(), run.posts()
    ends = {record.ids["cue"]: record.data["end"] for record in records if record.kind == "cue_settled/1"}
    asked = [record.ids["cue"] for record in records if is_asking(record.kind, record.data)]
    wrong = [f"{key}: {counts[key]} instead of {told}" for key, told in DONE_ONCE.items() if counts[key] != told]
    for cue in sorted(posts.keys() | TOLD.keys()):
        wanted, stands = TOLD.get(cue, []), posts.get(cue, [])
        allowed = [wanted] if cue not in cut else _either(run, cut[cue], wanted)
        if stands not in allowed:
            wrong.append(f"{cue}: {stands} instead of {' or '.join(map(str, allowed))}")
    never_out = {cue for cue, intent in cut.items() if intent.data["verb"] == "post"}
    if sorted(asked) != sorted(cut) or never_out & ends.keys():
        wrong.append(f"asked: {asked}, cut off: {sorted(cut)}, ends: {sorted(ends)}")
    if set(ends.values()) != {"done"}:
        wrong.append(f"ends: { {cue: end for cue, end in ends.items() if end != 'done'} }")
    if faults := verify(run.played.journal).faults:
        wrong.append(f"journal: {faults}")
    return wrong


def _either(run: Staged, intent: Record, wanted: list[str]) -> list[list[str]]:
    """What may stand there by a cue whose post, or follow-up, was cut off: without it or with it, and nothing after."""
    before = wanted[:1] if intent.data["verb"] == "follow" else []
    return [before, [*before, run.linked(intent.data["told"]["text"])]]


def is_doubled(run: Staged) -> bool:
    """Something was done twice, or is there that nobody meant: no machine is so busy."""
    counts, posts = run.counts(), run.posts()
    most = max(counts["inserts"], counts["streams"], counts["stream starts"], *counts["went live"], 0)
    is_unmeant = any(len(stands) > len(TOLD.get(cue, ())) for cue, stands in posts.items())
    return most > 1 or is_unmeant or any(len(set(each)) < len(each) for each in (counts["scenes"], *posts.values()))


async def acts_of_a_show(folder: Path) -> list[str]:
    """Play the season once without any kill: its acts in order of their intents."""
    wrong: list[str] = []
    for attempt in range(TRIES):
        async with zygote() as process, staged(folder / str(attempt)) as run:
            await play(process, run, None)
            wrong = check(run)
            if not wrong:
                return [record.ids["act"] for record in run.played.records() if record.kind == "intent/1"]
    raise AssertionError("\n".join(wrong))


@pytest.fixture(scope="module")
def acts(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The acts of the season as it goes without any kill."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:  # not the tests' own loops
        found = runner.run(acts_of_a_show(tmp_path_factory.mktemp("undisturbed")))
    assert {act.rpartition(":")[2].partition("#")[0] for act in found} >= ACTS
    return found


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("where", "kind"),
    [("after", "intent/1"), ("before", "outcome/1"), ("after", "outcome/1")],
    ids=["meant", "done but not written", "written"],
)
async def test_killed_at_every_act_the_show_is_the_same(tmp_path: Path, acts: list[str], where: str, kind: str) -> None:
    todo: list[Point] = [{"act": act, "kind": kind, "where": where} for act in acts]
    failures: list[str] = []

    async def work(process: Zygote) -> None:
        while todo:
            point = todo.pop()
            for attempt in range(TRIES):
                name = f"{point['act']} {attempt}".replace("/", "_").replace(":", "_")
                async with staged(tmp_path / name) as run:
                    wrong = check(run) if await play(process, run, point) else ["never reached"]
                    if not wrong or is_doubled(run):
                        break
            failures.extend(f"killed at {point}: {each}" for each in wrong)

    async with AsyncExitStack() as stack:
        zygotes = [await stack.enter_async_context(zygote()) for _ in range(AT_ONCE)]
        async with asyncio.TaskGroup() as tasks:
            for process in zygotes:
                tasks.create_task(work(process))
    assert not failures, "\n".join(failures)
