"""What is still to happen at YouTube without anybody asking, and when?

Nothing runs beside the server: whoever looks at the state first calls `settle`, and what fell due meanwhile happens
then, in order, each as of its own instant.
"""

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime

Happening = Callable[[datetime], None]


class Agenda:
    """Happenings, by instant."""

    def __init__(self) -> None:
        self._order = itertools.count()
        self._entries: list[tuple[datetime, int, Happening]] = []

    def add(self, instant: datetime, happening: Happening) -> None:
        """Let `happening` occur at `instant`; it is given that instant."""
        heapq.heappush(self._entries, (instant, next(self._order), happening))

    def settle(self, now: datetime) -> None:
        """Let everything due by `now` happen, and what that brings about by `now` too."""
        while self._entries and self._entries[0][0] <= now:
            instant, _, happening = heapq.heappop(self._entries)
            happening(instant)
