"""What is written down, and what happens while nothing can be?

Nothing is begun that is not written first. While the disk refuses, what has happened meanwhile is kept in memory and
written first, as soon as that works again; nothing else is recorded, so that everything else is decided anew then.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from broadcaster.ports import Clock, Journal
from broadcaster.season.errors import JournalUnavailable
from broadcaster.show.fold import fold
from broadcaster.show.records import JOURNAL_BACK, Note, Record, stamp
from broadcaster.show.state import SeasonState
from broadcaster.show.telling import Line, tell

log = logging.getLogger(__name__)

RECENT = 100
"""So many of the records that are worth reading are at hand."""
RETRY_FIRST, RETRY_MOST = timedelta(seconds=1), timedelta(seconds=5)


class Recorder:
    """Writes notes and folds them into `state`; one caller at a time. `on_back` is called when it works again."""

    def __init__(self, season: str, journal: Journal, clock: Clock, on_back: Callable[[], None]) -> None:
        self.state = SeasonState()
        self.recent: deque[Line] = deque(maxlen=RECENT)
        """What happened last, as people read it."""
        self.on_record: list[Callable[[Record], None]] = []
        """Called with every record that is written from now on."""
        self.trouble = ""
        """Why nothing can be written at the moment; empty: it can."""
        self.retry_at: datetime | None = None
        self._season = season
        self._journal = journal
        self._clock = clock
        self._on_back = on_back
        self._kept: deque[Note] = deque()
        self._failures = 0
        self._changed = asyncio.Event()

    async def read(self) -> None:
        """Take in everything that was written before."""
        records = await self._journal.read()
        self.state = fold(SeasonState(), records)
        for record in reversed(records):
            if (line := tell(record)) is not None:
                self.recent.appendleft(line)
                if len(self.recent) == RECENT:
                    break

    def keep(self, *notes: Note) -> None:
        """What has happened, and must be written before anything else."""
        self._kept.extend(notes)

    def is_kept(self, note: Note) -> bool:
        """It is still to be written."""
        return any(each is note for each in self._kept)

    async def record(self, notes: Sequence[Note] = (), *, is_whole: bool = False) -> None:
        """Write what was kept, then these. `is_whole`: once the first is written, the others are kept at least.

        Raises JournalUnavailable while nothing can be written, JournalError when nothing ever will be.
        """
        while self._kept:
            note = self._kept.popleft()
            try:
                await self._write(note)
            except JournalUnavailable:
                self._kept.appendleft(note)
                raise
        for number, note in enumerate(notes):
            try:
                await self._write(note)
            except JournalUnavailable:
                if is_whole and number:
                    self._kept.extendleft(reversed(notes[number:]))
                    return
                raise

    async def until_tried(self) -> None:
        """Return after the next change: it can be written again, or it is given up."""
        self._changed.clear()
        await self._changed.wait()

    def try_now(self) -> None:
        """Wait no longer: the clock that the next try was reckoned on was set."""
        if self.retry_at is not None:
            self.retry_at = self._clock.now()

    def give_up(self) -> None:
        """Let those go who wait for the disk."""
        self._changed.set()

    async def _write(self, note: Note) -> None:
        ids = {"season": self._season, **note.ids}
        try:
            record = await self._journal.append(note.kind, ids, note.data, at=self._clock.now())
        except JournalUnavailable as error:
            self._refused(str(error))
            raise
        self.state = fold(self.state, [record])
        if (line := tell(record)) is not None:
            self.recent.append(line)
        for listener in self.on_record:
            listener(record)
        if self.trouble:
            self.trouble, self.retry_at, self._failures = "", None, 0
            log.warning("the journal is written again", extra={"event": "journal_back"})
            self._on_back()
            self._changed.set()

    def _refused(self, why: str) -> None:
        now = self._clock.now()
        self.retry_at = now + min(RETRY_FIRST * 2 ** min(self._failures, 3), RETRY_MOST)
        self._failures += 1
        if self.trouble:
            return
        self.trouble = why
        self.keep(Note(kind=JOURNAL_BACK, ids={}, data={"since": stamp(now), "why": why}))
        log.critical(
            "nothing can be written down, so nothing is begun; what is on air stays. %s",
            why,
            extra={"event": "journal_trouble"},
        )
