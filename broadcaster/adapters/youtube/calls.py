"""How is YouTube asked so that every page is read, every answer understood, and every unit counted?"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from broadcaster.adapters.youtube.connection import Tokens, YouTubeConnection, garbled
from broadcaster.adapters.youtube.translate import COSTS
from broadcaster.ports import Clock
from broadcaster.season.errors import Unavailable

PAGE_SIZE = 50
MAX_PAGES = 200
"""Ten thousand broadcasts; beyond that something is wrong, and a quota is being eaten."""


class YouTubeCalls:
    """One channel's connection, and what every verb of the port needs. A context manager; otherwise close it."""

    def __init__(
        self,
        *,
        name: str,
        endpoint: str,
        credentials: Tokens,
        clock: Clock,
        timeout: float = 10.0,
        costs: Mapping[str, int] | None = None,
        on_spent: Callable[[str, int], None] | None = None,
    ) -> None:
        """`endpoint` is https://youtube.googleapis.com/ or an emulator's base address; `timeout` is in real seconds.

        `costs` replaces some of translate.COSTS. `on_spent` is called on the event loop with the method and its units
        after each request that left, also one that failed.
        """
        self.name = name
        self._clock = clock
        self._connection = YouTubeConnection(
            name=name,
            endpoint=endpoint,
            credentials=credentials,
            clock=clock,
            timeout=timeout,
            costs={**COSTS, **(costs or {})},
            on_spent=on_spent,
        )
        self._markers: set[str] = set()
        self._editing = asyncio.Lock()  # a broadcast is its video: one is read and written before the other is read

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Return once the connection is closed; closing twice is harmless."""
        await self._connection.close()

    @property
    def spent(self) -> Mapping[str, int]:
        """Quota units used since the start, by method."""
        return dict(self._connection.spent)

    async def _one(self, method: str, doing: str, **arguments: Any) -> Mapping[str, Any] | None:
        """The first item of a list by id; None when there is none."""
        answer = await self._connection.call(method, doing, **arguments)
        with self._understanding(doing):
            items: list[Mapping[str, Any]] = answer.get("items", [])
            return items[0] if items else None

    async def _all(self, method: str, doing: str, **arguments: Any) -> list[Mapping[str, Any]]:
        """The items of all pages of a list."""
        items: list[Mapping[str, Any]] = []
        more: dict[str, str] = {}
        for _ in range(MAX_PAGES):
            answer = await self._connection.call(method, doing, maxResults=PAGE_SIZE, **arguments, **more)
            items += answer.get("items", [])
            if not answer.get("nextPageToken"):
                return items
            more = {"pageToken": answer["nextPageToken"]}
        # returning what there is could say "there is none", and a second one would be created
        raise Unavailable(f"{self.name}: {doing}: the list does not end after {MAX_PAGES} pages", reason="endlessList")

    @contextmanager
    def _understanding(self, doing: str, *, changes: bool = False) -> Iterator[None]:
        """Read an answer inside: what it lacks is OutcomeUnknown after a change, else Unavailable."""
        try:
            yield
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            why = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
            raise garbled(f"{self.name}: {doing}", why, changes=changes) from error
