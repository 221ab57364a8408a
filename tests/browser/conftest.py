"""One browser for all tests, and an evening for each; all on one event loop, since the browser's driver lives on it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from broadcaster.show.people import Role
from tests.browser.chromium import PATIENCE_MS, Watched, chromium, watched
from tests.browser.evening import Evening, evening
from tests.conftest import fail_if_processes_stay, fail_if_tasks_stay
from tests.needs import need

TEST_SECONDS = 300
"""Many pages are drawn in a test, each with patience."""

Person = Callable[..., AbstractAsyncContextManager[Watched]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put every test here on the loop that the browser is on, and in the one process that has it."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.timeout(TEST_SECONDS))


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The browser of this machine."""
    need("chromium")
    expect.set_options(timeout=PATIENCE_MS)
    async with chromium() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def no_leaked_tasks(browser: Browser, no_leaked_threads: None, threads: None) -> AsyncIterator[None]:
    """As everywhere, but for the tasks of the browser's driver."""
    before = asyncio.all_tasks()
    yield
    await fail_if_tasks_stay(before)


@pytest.fixture
def no_leaked_processes(browser: Browser) -> Iterator[None]:
    """As everywhere, but for the processes that the browser starts and ends as it likes."""
    drivers = psutil.Process().children()
    yield
    fail_if_processes_stay(lambda: {child for driver in drivers for child in _family(driver)})


def _family(driver: psutil.Process) -> list[psutil.Process]:
    try:
        return [driver, *driver.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


@pytest_asyncio.fixture(loop_scope="session")
async def threads(no_leaked_threads: None) -> AsyncIterator[None]:
    """Threads of the loop for this test alone, so that none outlive it."""
    with ThreadPoolExecutor() as pool:
        asyncio.get_running_loop().set_default_executor(pool)
        yield


@pytest_asyncio.fixture(loop_scope="session")
async def tonight(tmp_path: Path, no_leaked_tasks: None) -> AsyncIterator[Evening]:
    """A service for the evening of `evening.SEASON`."""
    async with evening(tmp_path) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def tonight_with_people(tmp_path: Path, no_leaked_tasks: None) -> AsyncIterator[Evening]:
    """The same, where everybody has to sign in."""
    people = {"Vera": Role.VIEWER, "Oral": Role.OPERATOR, "Aliya": Role.ADMIN}
    async with evening(tmp_path, people=people) as made:
        yield made


@pytest.fixture
def person(browser: Browser) -> Person:
    """Somebody with a browser of their own: `async with person(tonight.url, **PHONE) as crew`."""

    def made(url: str, **how: Any) -> AbstractAsyncContextManager[Watched]:
        return watched(browser, url, **how)

    return made
