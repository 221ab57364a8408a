"""How is the journal's file opened, brought up to date, written and read, and what do its failures mean?

Blocking; adapter.py keeps it on a thread of its own.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from broadcaster.adapters.journal import tables
from broadcaster.adapters.journal.translate import Fault, Head, Row, Verdict, digest, faults, seal
from broadcaster.season.errors import JournalError, JournalUnavailable

BUSY_SECONDS = 5.0
WRITER_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "fullfsync=ON", "foreign_keys=ON")
"""FULL: a commit is on the disk when it returns, also when the power goes; fullfsync is macOS's word for that."""

REVISIONS = ("0001",)
"""The revisions that this version knows, oldest first."""

REMEDIES = {
    "SQLITE_FULL": "the disk is full. Free some space; nothing that was recorded before is lost",
    "SQLITE_READONLY": "it is read-only. Make the file and its folder writable for this user",
    "SQLITE_CANTOPEN": "it cannot be opened. Make sure that its folder exists and that this user may write there",
    "SQLITE_PERM": "this user may not open it. Change the file's owner or rights",
    "SQLITE_NOTADB": "it is not a journal. Name another file, or move this one away",
    "SQLITE_CORRUPT": "the file is damaged. Keep a copy, run 'broadcaster journal verify' on it, "
    "and go on with a new journal or a backup",
    "SQLITE_BUSY": "another program holds it. Close the program that has the file open",
    "SQLITE_LOCKED": "another program holds it. Close the program that has the file open",
    "SQLITE_IOERR": "the disk reports an error. Check the disk, and go on with a journal on another one",
    "SQLITE_CONSTRAINT": "another program changed it meanwhile. Run 'broadcaster journal verify'",
}


def journal_path(url_or_path: str | Path) -> Path:
    """The file that a path or an `sqlite:///` URL names; raises JournalError for another kind of database."""
    text = str(url_or_path)
    if "://" not in text:
        return Path(url_or_path)
    scheme, _, rest = text.partition(":///")
    if scheme == "sqlite" and rest:
        return Path(rest)
    raise JournalError(
        f"A journal on '{text.partition('://')[0]}' is not known to this version. Name a file, or sqlite:///FILE."
    )


PASSING = (
    "SQLITE_FULL",
    "SQLITE_READONLY",
    "SQLITE_CANTOPEN",
    "SQLITE_PERM",
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_IOERR",
)
"""What somebody can mend while the service runs; whatever else is wrong, the file is not to be trusted."""


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the database raises into sentences that say what to do."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        name = getattr(cause, "sqlite_errorname", "") or ""
        remedy = next((text for start, text in REMEDIES.items() if name.startswith(start)), None)
        said = remedy or f"{cause}. Run 'broadcaster journal verify' on it"
        kind = JournalUnavailable if name.startswith(PASSING) else JournalError
        raise kind(f"The journal {path} cannot be used: {said}.") from error


def engine(path: Path, mode: str) -> sa.Engine:
    """An engine on the file; `mode` is `rwc` for the writer, `ro` or `immutable` for readers.

    A writer's connection with the execution option `is_reading` does not keep other writers out.
    """
    query = "immutable=1" if mode == "immutable" else f"mode={mode}"
    uri = f"{path.absolute().as_uri()}?{query}"

    def connect() -> sqlite3.Connection:
        # Without an isolation level the driver begins nothing by itself; the "begin" listener below does.
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS)
        try:
            for pragma in WRITER_PRAGMAS if mode == "rwc" else ():
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            connection.close()
            raise
        if mode != "rwc":
            # Bytes that are no text must reach the check as they are, not stop it.
            connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        return connection

    made = sa.create_engine("sqlite://", creator=connect, poolclass=sa.StaticPool)

    def begin(connection: sa.Connection) -> None:
        is_reading = mode != "rwc" or connection.get_execution_options().get("is_reading")
        connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")

    sa.event.listen(made, "begin", begin)
    return made


@contextmanager
def reading(path: Path) -> Iterator[sa.Connection]:
    """A read-only connection within one transaction, beside a writer or not."""
    if not path.is_file():
        raise JournalError(f"There is no journal at {path}. It comes into being with the first 'run' or 'rehearse'.")
    wal = path.with_name(path.name + "-wal")
    # In a folder that cannot be written SQLite cannot share a WAL file; where there is none, none is needed.
    for mode in ("ro", "immutable"):
        made = engine(path, mode)
        try:
            with made.connect() as probe:
                probe.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
        except DBAPIError as error:
            made.dispose()
            name = getattr(error.orig, "sqlite_errorname", "")
            if mode == "ro" and name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")) and not wal.exists():
                continue
            raise
        try:
            with made.begin() as connection:
                yield connection
        finally:
            made.dispose()
        return


def revision_of(connection: sa.Connection, path: Path) -> str:
    """The revision of the tables, "" for an empty file; raises JournalError for a file that is not ours or newer."""
    mark = connection.exec_driver_sql("PRAGMA application_id").scalar()
    is_empty = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar() == 0
    if is_empty and mark in (0, tables.APPLICATION_ID):
        return ""
    if mark != tables.APPLICATION_ID:
        raise JournalError(
            f"{path} is a database of another program, not a journal. Name another file, or move this one away."
        )
    revision = str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())
    if revision not in REVISIONS:
        raise JournalError(
            f"The journal {path} was written by a newer Broadcaster (tables {revision}, this version knows "
            f"{REVISIONS[-1]}). Install that version, or name another journal."
        )
    return revision


def migrate(connection: sa.Connection) -> None:
    """Bring the tables to the newest revision, within the connection's transaction."""
    from alembic import command  # 0.2 s that only a new or older journal has to pay
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def head_of(connection: sa.Connection) -> Head | None:
    """The note of the last record; None when it is gone or unreadable."""
    row = connection.execute(sa.select(tables.head.c.seq, tables.head.c.hash).where(tables.head.c.id == 1)).first()
    is_readable = row is not None and isinstance(row.seq, int) and isinstance(row.hash, str)
    return Head(seq=row.seq, hash=row.hash) if row is not None and is_readable else None


def rows_of(connection: sa.Connection, *, after: int = 0) -> Iterator[Row]:
    """The rows above `after`, in order."""
    query = sa.select(tables.records).where(tables.records.c.seq > after).order_by(tables.records.c.seq)
    for row in connection.execute(query).mappings():
        yield Row(**row)


class Store:
    """The writer's hold on one journal; every method on the one thread that made it."""

    def __init__(self, path: Path, *, run: str) -> None:
        """Open or make the journal; raises JournalError when it cannot be written or trusted."""
        self._path = path
        self._run = run
        with explained(path):
            if path.exists() and path.stat().st_size:
                with reading(path) as connection:
                    revision_of(connection, path)  # before anything is changed in a file that may not be ours
            self._engine = engine(path, "rwc")
            try:
                with self._engine.begin() as connection:
                    if revision_of(connection, path) != REVISIONS[-1]:
                        migrate(connection)
                    self._epoch = self._next_epoch(connection)
            except BaseException:
                self._engine.dispose()
                raise

    def _next_epoch(self, connection: sa.Connection) -> int:
        """One more than the last writer's; raises JournalError when the end of the chain does not hold."""
        head = head_of(connection)
        last = list(rows_of(connection, after=head.seq - 1)) if head and head.seq else []
        if head is None or (head.seq and [(row.seq, digest(row)) for row in last] != [(head.seq, head.hash)]):
            raise JournalError(
                f"The end of the journal {self._path} is damaged, so that it cannot be carried on. Keep it, run "
                "'broadcaster journal verify' on it, and go on with a new journal or a backup."
            )
        return last[0].epoch + 1 if last else 1

    def append(self, *, at: datetime, kind: str, ids: Mapping[str, str], data: Mapping[str, Any]) -> Row:
        """Add a record and return once it is on the disk."""
        with explained(self._path), self._engine.begin() as connection:
            head = head_of(connection)
            if head is None:
                raise JournalError(f"The journal {self._path} was damaged meanwhile. Run 'broadcaster journal verify'.")
            row = seal(head, run=self._run, at=at, kind=kind, ids=ids, data=data, epoch=self._epoch)
            connection.execute(tables.records.insert().values(**asdict(row)))
            connection.execute(tables.head.update().values(seq=row.seq, hash=row.hash))
        return row

    def rows(self, *, after: int) -> list[Row]:
        """The rows above `after`."""
        with explained(self._path), self._engine.begin() as connection:
            return list(rows_of(connection, after=after))

    def close(self) -> None:
        """Close the file; SQLite folds the write-ahead file into it."""
        self._engine.dispose()


def read_rows(path: Path, *, after: int = 0) -> list[Row]:
    """The rows of a journal, without a lock, beside its writer."""
    with explained(path), reading(path) as connection:
        return list(rows_of(connection, after=after)) if revision_of(connection, path) else []


def verdict(path: Path) -> Verdict:
    """Check the whole chain and the file beneath it; raises JournalError only for a file that is no journal at all."""
    count = 0
    head: Head | None = None
    found: list[Fault] = []

    def counted(rows: Iterator[Row]) -> Iterator[Row]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    with explained(path):
        with reading(path) as connection:
            if not revision_of(connection, path):
                return Verdict(count=0, head="", faults=())
            try:
                head = head_of(connection)
                found.extend(faults(counted(rows_of(connection)), head))
                for (line,) in connection.exec_driver_sql("PRAGMA integrity_check"):
                    if line != "ok":
                        found.append(Fault(seq=0, message=f"the file itself is damaged: {line}"))
            except DBAPIError as error:
                found.append(
                    Fault(seq=count + 1, message=f"the file cannot be read from record {count + 1}: {error.orig}")
                )
    return Verdict(count=count, head=head.hash if head else "", faults=tuple(found))
