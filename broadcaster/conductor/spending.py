"""What have calls cost that the journal does not say yet, and when must it be told?"""

from collections import Counter, deque
from datetime import datetime

from broadcaster.show.quota import RECORD_AFTER, RECORD_UNITS, spent_note
from broadcaster.show.records import Note


class Meter:
    """Counts units as calls report them, from any thread, until they are recorded."""

    def __init__(self) -> None:
        self._calls: deque[tuple[str, int]] = deque()
        self._open: Counter[str] = Counter()
        self._since: datetime | None = None

    def spent(self, method: str, units: int) -> None:
        """A call has cost so many units; may be called from any thread."""
        self._calls.append((method, units))

    def unrecorded(self, now: datetime) -> int:
        """Units that no record tells of yet."""
        while self._calls:
            method, units = self._calls.popleft()
            self._open[method] += units
            self._since = self._since or now
        return self._open.total()

    def due(self, now: datetime, *, everything: bool = False) -> list[Note]:
        """The record to write now, if enough has come together, or `everything` is wanted; counted as written."""
        units = self.unrecorded(now)
        if self._since is None or not (everything or units >= RECORD_UNITS or now - self._since >= RECORD_AFTER):
            return []
        methods, self._open, self._since = dict(self._open), Counter(), None
        return [spent_note(methods, now)]

    @property
    def due_at(self) -> datetime | None:
        """When the next record is due at the latest."""
        return self._since + RECORD_AFTER if self._since else None
