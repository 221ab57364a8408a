"""Has it happened yet? Waits for a fact, with a bound, instead of for a time."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar

Fact = TypeVar("Fact")

POLL_SECONDS, MOST_SECONDS = 0.005, 0.1
REST = 3.0
"""How much longer it rests than it looked, so that what it waits for gets the machine."""


async def until(predicate: Callable[[], Fact | Awaitable[Fact]], seconds: float = 5.0) -> Fact:
    """The first true answer of `predicate` (plain or async); AssertionError with its source once the time is over."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        began = loop.time()
        answer = predicate()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return answer
        now = loop.time()
        if now >= end:
            raise AssertionError(f"not within {seconds:g} s: {_source(predicate)} (last answer: {answer!r})")
        await asyncio.sleep(max(POLL_SECONDS, min(MOST_SECONDS, REST * (now - began))))


def _source(predicate: Callable[[], object]) -> str:
    try:
        return " ".join(inspect.getsource(predicate).split())
    except (OSError, TypeError):
        return repr(predicate)
