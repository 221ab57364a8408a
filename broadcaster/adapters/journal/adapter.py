"""How does the conductor write and read its records without ever waiting for a disk in the event loop?

SQLAlchemy and Alembic are imported when a journal is opened, not before.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from broadcaster.adapters.journal.lock import WriterLock
from broadcaster.adapters.journal.translate import Verdict, record
from broadcaster.ports import Clock
from broadcaster.season.errors import JournalError
from broadcaster.show.records import Record

if TYPE_CHECKING:
    from broadcaster.adapters.journal.connection import Store

Answer = TypeVar("Answer")


class SQLJournal:
    """The journal as its one writer holds it; see ports.Journal."""

    def __init__(self, store: "Store", thread: ThreadPoolExecutor) -> None:
        self._store = store
        self._thread = thread

    @classmethod
    @asynccontextmanager
    async def open(cls, url_or_path: str | Path, *, run: str, clock: Clock) -> AsyncIterator["SQLJournal"]:
        """Hold the journal open for writing, made if it is not there; `async with SQLJournal.open(...) as journal`.

        Every record written gets `run`, and an epoch one above the last writer's. Raises JournalError when another
        process writes it, when it is no journal, of a newer version, damaged, or cannot be written.
        """
        from broadcaster.adapters.journal.connection import Store, journal_path

        path = journal_path(url_or_path)

        held = ExitStack()

        def opened() -> Store:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise JournalError(
                    f"The folder {path.parent} for the journal cannot be made: {error.strerror}. "
                    "Make it by hand, or set another one with `[state] dir` in config.toml."
                ) from error
            held.callback(WriterLock(path, now=clock.now()).close)
            store = Store(path, run=run)
            held.callback(store.close)
            return store

        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal") as thread:
            try:
                yield cls(await asyncio.wrap_future(thread.submit(opened)), thread)
            finally:
                # Also a task that was cancelled in the middle of opening or writing leaves the file in order.
                await asyncio.shield(asyncio.wrap_future(thread.submit(held.close)))

    async def append(self, kind: str, ids: Mapping[str, str], data: Mapping[str, Any], *, at: datetime) -> Record:
        """Return once the record is on the disk; raises JournalError when it cannot be.

        Records get their seq in the order of the calls. A cancelled call may still have written its record.
        """
        return record(await self._on_thread(lambda: self._store.append(at=at, kind=kind, ids=ids, data=data)))

    async def read(self, *, after: int = 0) -> Sequence[Record]:
        """All records with `seq` above `after`, of every run, in order."""
        return [record(row) for row in await self._on_thread(lambda: self._store.rows(after=after))]

    async def _on_thread(self, work: Callable[[], Answer]) -> Answer:
        try:
            future = self._thread.submit(work)
        except RuntimeError as error:
            raise JournalError("The journal is closed already.") from error
        return await asyncio.wrap_future(future)


def read_journal(url_or_path: str | Path, *, after: int = 0) -> list[Record]:
    """The records of a journal, also while another process writes it. Blocking, for commands and reports.

    Raises JournalError when there is none, or it cannot be read.
    """
    from broadcaster.adapters.journal.connection import journal_path, read_rows

    return [record(row) for row in read_rows(journal_path(url_or_path), after=after)]


def verify(url_or_path: str | Path) -> Verdict:
    """Check every record, their order and the end of the chain. Blocking.

    Raises JournalError when there is no journal, or the file is none at all.
    """
    from broadcaster.adapters.journal.connection import journal_path, verdict

    return verdict(journal_path(url_or_path))
