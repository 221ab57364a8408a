"""What does every test promise? To leave no task, no thread and no child process behind."""

import asyncio
import inspect
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

LONG_FIRST = ("emulated/test_crash_matrix", "simulation", "browser", "contract/test_studio", "emulated", "contract")
"""In which order tests are given out where several processes share them: what takes long is not begun at the end."""

GRACE_SECONDS = 2.0
"""How long something that was told to end may take to be gone."""

ALLOWED_THREADS = {"pydevd.": "an attached debugger"}
ALLOWED_PROCESSES = {"multiprocessing.resource_tracker": "Python's own; it ends with the test run"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each async test the check for tasks; plain ones need no event loop. Where processes share, sort."""
    if hasattr(config, "workerinput"):
        items.sort(key=_turn)
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(inspect.unwrap(item.obj)):
            names = item.fixturenames  # one list for all items of a parametrized test
            if "no_leaked_tasks" not in names:
                # Before the test's own fixtures, so that it looks after they are gone; after those of wider scope.
                names.insert(names.index("no_leaked_threads") + 1, "no_leaked_tasks")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what tests found out in numbers; where processes share the tests, nobody hears them print."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, value in report.user_properties if report.when == "call" else ():
            terminalreporter.write_line(f"{name}: {value}")


def _turn(item: pytest.Item) -> int:
    path = item.path.relative_to(Path(__file__).parent).as_posix()
    return next(index for index, start in enumerate((*LONG_FIRST, "")) if path.startswith(start))


@pytest.fixture
async def no_leaked_tasks(no_leaked_threads: None) -> AsyncIterator[None]:
    """Fail a test that leaves asyncio tasks running."""
    before = asyncio.all_tasks()
    yield
    await fail_if_tasks_stay(before)


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves threads running; those of wider fixtures were there before it."""
    before = set(threading.enumerate())
    yield

    def left() -> list[str]:
        new = [thread.name for thread in threading.enumerate() if thread not in before]
        return [name for name in new if not name.startswith(tuple(ALLOWED_THREADS))]

    _fail_if_any_stay(left, "threads")


@pytest.fixture(autouse=True)
def no_leaked_processes() -> Iterator[None]:
    """Fail a test that leaves child processes running or uncollected."""
    before = set(psutil.Process().children(recursive=True))
    yield
    fail_if_processes_stay(lambda: before)


async def fail_if_tasks_stay(allowed: set[asyncio.Task[Any]]) -> None:
    """Fail when tasks run beside those and this one; they are cancelled."""
    for _ in range(5):  # what was cancelled last may need a turn to end
        await asyncio.sleep(0)
    left = [task for task in asyncio.all_tasks() - allowed if task is not asyncio.current_task()]
    for task in left:
        task.cancel()
    if left:
        pytest.fail(f"left tasks running: {', '.join(task.get_name() for task in left)}", pytrace=False)


def fail_if_processes_stay(allowed: Callable[[], set[psutil.Process]]) -> None:
    """Fail when child processes run or wait to be collected beside those, after the time of grace."""

    def left() -> list[str]:
        new = [_command(child) for child in set(psutil.Process().children(recursive=True)) - allowed()]
        return [command for command in new if not any(name in command for name in ALLOWED_PROCESSES)]

    _fail_if_any_stay(left, "processes")


def _command(process: psutil.Process) -> str:
    try:
        return f"{process.pid} {' '.join(process.cmdline()) or process.name()} ({process.status()})"
    except psutil.Error:
        return str(process.pid)


def _fail_if_any_stay(left: Callable[[], list[str]], what: str) -> None:
    end = time.monotonic() + GRACE_SECONDS
    while names := left():
        if time.monotonic() >= end:
            pytest.fail(f"left {what} running: {'; '.join(names)}", pytrace=False)
        time.sleep(0.01)
