"""Does the API keep to its own description, whatever is sent? Tried by schemathesis on a panel that is served."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from broadcaster.adapters.clock import WallClock
from broadcaster.panel import Panel
from broadcaster.panel.openapi import describe
from broadcaster.panel.origin import Access
from tests.unit.test_panel_api import BEARER, TOKEN
from tests.unit.test_panel_tiles import StageDesk, live

TRIED = (
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/api/v1/state"),
    ("get", "/api/v1/tile/{name}.png"),
    ("get", "/api/v1/take"),
    ("post", "/api/v1/take"),
    ("post", "/api/v1/hold"),
    ("post", "/api/v1/delay"),
    ("post", "/api/v1/season"),
    ("post", "/api/v1/preview"),
    ("get", "/api/v1/posts"),
    ("post", "/api/v1/post"),
)
"""One of each kind: the other orders are read by the same lines."""
EXAMPLES = 12


@contextmanager
def _served() -> Iterator[int]:
    """A panel in a thread of its own, since schemathesis waits for each answer."""
    ports: list[int] = []
    is_up, is_over = threading.Event(), asyncio.Event()

    async def serve() -> None:
        desk = live(StageDesk())
        panel = Panel(desk, token=TOKEN, clock=WallClock(), access=Access(has_get_orders=True))
        desk.turn()
        async with panel.serve("127.0.0.1", 0) as port:
            ports.append(port)
            loops.append(asyncio.get_running_loop())
            is_up.set()
            await is_over.wait()

    loops: list[asyncio.AbstractEventLoop] = []
    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="panel")
    thread.start()
    try:
        assert is_up.wait(20)
        yield ports[0]
    finally:
        if loops:
            loops[0].call_soon_threadsafe(is_over.set)
        thread.join(20)


@pytest.fixture
def schema() -> Iterator[Any]:
    with _served() as port:
        yield schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/api/openapi.json")


@pytest.mark.parametrize(("method", "path"), TRIED)
def test_what_is_described_is_what_is_done(schema: Any, method: str, path: str) -> None:
    operation = schema[path][method.upper()]

    described = describe(has_get_orders=True)["paths"][path][method]
    can_be_wrong = described.get("parameters") or described.get("requestBody")
    modes = [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if can_be_wrong else [])]
    for mode in modes:

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def attempt(case: Any) -> None:
            # A text may be well written and still name nothing: 400 and 422 are in the description.
            case.call_and_validate(headers=BEARER, timeout=10, excluded_checks=[positive_data_acceptance])

        attempt()
