"""Does the journal keep what it acknowledged, let one process write, and say clearly what is wrong with a file?"""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broadcaster.adapters.clock import ManualClock
from broadcaster.adapters.journal import SQLJournal, read_journal, verify
from broadcaster.adapters.journal.connection import REVISIONS
from broadcaster.season.errors import JournalError
from broadcaster.show.records import Record

NOON = datetime(2027, 10, 20, 12, 0, 0, 123456, tzinfo=UTC)
CLOCK = ManualClock(NOON)

WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from broadcaster.adapters.clock import WallClock
from broadcaster.adapters.journal import SQLJournal

async def main():
    clock = WallClock()
    async with SQLJournal.open(sys.argv[1], run="killed", clock=clock) as journal:
        while True:
            record = await journal.append("noted/1", {"show": "day-1"}, {"text": "x" * 500}, at=clock.now())
            print(record.seq, record.hash, flush=True)

asyncio.run(main())
"""


async def written(path: Path, count: int, *, run: str = "r") -> list[Record]:
    async with SQLJournal.open(path, run=run, clock=CLOCK) as journal:
        return [
            await journal.append("noted/1", {"show": "day-1"}, {"number": number, "text": "Қазақ"}, at=NOON)
            for number in range(count)
        ]


def alter(path: Path, *statements: str) -> None:
    """Change the file as somebody who knows SQLite would: past the guards, which are put back afterwards."""
    with closing(sqlite3.connect(path)) as connection, connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in guards:
            connection.execute(sql)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.sqlite"


async def test_records_are_read_back_as_they_were_appended_also_by_the_next_process(path: Path) -> None:
    first = await written(path, 3, run="one")
    async with SQLJournal.open(path, run="two", clock=CLOCK) as journal:
        added = await journal.append("noted/1", {}, {"nested": [1, {"a": None}]}, at=NOON + timedelta(microseconds=1))
        assert await journal.read() == [*first, added]
        assert await journal.read(after=2) == [first[2], added]
    assert [(record.seq, record.run, record.epoch) for record in read_journal(path)] == [
        (1, "one", 1),
        (2, "one", 1),
        (3, "one", 1),
        (4, "two", 2),
    ]
    assert first[0].at == NOON
    assert first[0].data == {"number": 0, "text": "Қазақ"}
    assert added.previous == first[2].hash
    assert verify(path).is_good
    assert verify(path).head == added.hash


async def test_appends_at_once_are_chained_in_the_order_of_the_calls(path: Path) -> None:
    async with SQLJournal.open(path, run="r", clock=CLOCK) as journal:
        made = await asyncio.gather(*(journal.append("noted/1", {}, {"n": n}, at=NOON) for n in range(50)))
    assert [(record.seq, record.data["n"]) for record in made] == [(n + 1, n) for n in range(50)]
    assert verify(path).is_good


async def test_a_cancelled_append_leaves_a_journal_that_goes_on(path: Path) -> None:
    async with SQLJournal.open(path, run="r", clock=CLOCK) as journal:
        for _ in range(10):
            task = asyncio.create_task(journal.append("noted/1", {}, {}, at=NOON))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        last = await journal.append("noted/1", {}, {"last": True}, at=NOON)
    assert verify(path).is_good
    assert verify(path).head == last.hash


async def test_a_reader_sees_what_is_written_meanwhile(path: Path) -> None:
    async with SQLJournal.open(path, run="r", clock=CLOCK) as journal:
        await journal.append("noted/1", {}, {}, at=NOON)
        assert len(read_journal(path)) == verify(path).count == 1
        await journal.append("noted/1", {}, {}, at=NOON)
        assert len(read_journal(path)) == verify(path).count == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records SET kind = 'x'",
        "DELETE FROM records",
        "INSERT OR REPLACE INTO records SELECT seq, run, at, 'x', ids, data, epoch, previous, hash FROM records",
        "UPDATE head SET seq = 1",
        "DELETE FROM head",
        "INSERT OR REPLACE INTO head VALUES (1, 0, '')",
    ],
)
async def test_the_file_refuses_to_be_changed_by_mistake(path: Path, statement: str) -> None:
    await written(path, 3)
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    assert verify(path).is_good


@pytest.mark.parametrize("seq", [1, 2, 4])
@pytest.mark.parametrize(
    "change",
    [
        "run = 'x'",
        "at = at + 1",
        "kind = 'noted/2'",
        "ids = replace(ids, '1', '2')",
        "data = data || ' '",
        "data = CAST(X'FFFE' AS TEXT)",
        "data = X'00'",
        "epoch = epoch + 1",
        "epoch = 'one'",
        "previous = 'x'",
        "hash = 'x'",
        "hash = X'00'",
    ],
)
async def test_every_altered_field_is_found_at_its_record(path: Path, change: str, seq: int) -> None:
    await written(path, 4)
    alter(path, f"UPDATE records SET {change} WHERE seq = {seq}")
    verdict = verify(path)
    assert verdict.faults[0].seq == seq


@pytest.mark.parametrize(
    ("statements", "seq"),
    [
        (["DELETE FROM records WHERE seq = 2"], 2),
        (["DELETE FROM records WHERE seq > 2"], 3),
        (["DELETE FROM records"], 1),
        (["UPDATE records SET seq = -seq", "UPDATE records SET seq = 5 + seq"], 1),
        (["DELETE FROM head"], 5),
        (["UPDATE head SET seq = 'x'"], 5),
        (["UPDATE head SET hash = 'x'"], 4),
        (["UPDATE head SET seq = 3"], 4),
    ],
)
async def test_missing_and_exchanged_records_and_a_cut_tail_are_found(
    path: Path, statements: list[str], seq: int
) -> None:
    await written(path, 4)
    alter(path, *statements)
    assert verify(path).faults[0].seq == seq


def test_a_changed_byte_anywhere_in_a_record_of_the_file_is_found(path: Path, tmp_path: Path) -> None:
    made = asyncio.run(written(path, 2))
    raw = path.read_bytes()
    start = raw.index(b"noted/1")
    hits = 0
    for offset in range(start - 20, raw.index(made[1].hash.encode()) + 64, 7):
        damaged = tmp_path / f"damaged-{offset}.sqlite"
        damaged.write_bytes(raw[:offset] + bytes([raw[offset] ^ 0x01]) + raw[offset + 1 :])
        try:
            assert verify(damaged).faults, f"byte {offset} ({raw[offset]:#x})"
        except JournalError as error:
            assert "damaged" in str(error)
        hits += 1
    assert hits > 30


async def test_a_journal_whose_end_was_changed_is_not_carried_on(path: Path) -> None:
    await written(path, 3)
    alter(path, "UPDATE records SET kind = 'x' WHERE seq = 3")
    with pytest.raises(JournalError, match=r"damaged.*journal verify"):
        await written(path, 1)


async def test_a_second_writer_is_refused_with_the_name_of_the_first_until_that_is_gone(path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        try:
            assert writer.stdout is not None
            assert await asyncio.to_thread(writer.stdout.readline)
            with pytest.raises(JournalError, match=rf"another process \(pid {writer.pid} on .*, started 20.*\)\. Stop"):
                await written(path, 1)
            assert verify(path).is_good
        finally:
            writer.kill()
    made = await written(path, 1)
    assert made[0].epoch == 2


async def test_kill_9_loses_nothing_that_was_acknowledged(path: Path) -> None:
    told: list[str] = []
    for acknowledged in (1, 7, 30):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            try:
                told += [await asyncio.to_thread(writer.stdout.readline) for _ in range(acknowledged)]
            finally:
                writer.kill()
            told += [line for line in writer.stdout if line.endswith("\n")]
    kept = {f"{record.seq} {record.hash}\n" for record in read_journal(path)}
    assert len(told) >= 38
    assert set(told) <= kept
    assert len(kept) - len(told) <= 3, "at most one record each time was written but not acknowledged"
    assert verify(path).is_good
    assert len(await written(path, 1)) == 1


async def test_a_newer_journal_is_refused_by_name_of_its_tables(path: Path) -> None:
    await written(path, 1)
    alter(path, "UPDATE alembic_version SET version_num = '0999'")
    for open_it in (lambda: read_journal(path), lambda: verify(path)):
        with pytest.raises(JournalError, match=r"newer Broadcaster.*0999.*Install that version"):
            open_it()
    with pytest.raises(JournalError, match="newer Broadcaster"):
        await written(path, 1)


def test_the_known_revisions_are_those_of_the_scripts() -> None:
    from alembic.script import ScriptDirectory

    import broadcaster.adapters.journal.migrations as migrations

    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert [script.revision for script in scripts.walk_revisions()][::-1] == list(REVISIONS)


async def test_files_that_are_no_journals_are_left_as_they_are(tmp_path: Path) -> None:
    text, other = tmp_path / "season.toml", tmp_path / "other.sqlite"
    text.write_text("[season]\n" * 100)
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE guests (name TEXT)")
    before = other.read_bytes()
    for path, said in ((text, "it is not a journal"), (other, "database of another program")):
        with pytest.raises(JournalError, match=said):
            read_journal(path)
        with pytest.raises(JournalError, match=said):
            await written(path, 1)
    assert text.read_text() == "[season]\n" * 100
    assert other.read_bytes() == before


def test_a_journal_that_is_not_there_and_another_kind_of_database_are_named(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="There is no journal at"):
        verify(tmp_path / "none.sqlite")
    with pytest.raises(JournalError, match="'postgresql' is not known to this version"):
        read_journal("postgresql://user:sesame@host/db")


async def test_a_url_names_the_same_file_as_its_path(path: Path) -> None:
    async with SQLJournal.open(f"sqlite:///{path}", run="r", clock=CLOCK) as journal:
        await journal.append("noted/1", {}, {}, at=NOON)
    assert len(read_journal(path)) == 1


async def test_a_full_disk_is_told_and_what_was_recorded_stays(path: Path) -> None:
    async with SQLJournal.open(path, run="r", clock=CLOCK) as journal:
        await journal.append("noted/1", {}, {}, at=NOON)

        def limit(pages: int) -> Any:
            engine = journal._store._engine
            return journal._thread.submit(
                lambda: engine.raw_connection().driver_connection.execute(f"PRAGMA max_page_count = {pages}")
            ).result()

        limit(1)  # SQLite takes the present size instead
        with pytest.raises(JournalError, match=r"the disk is full\. Free some space"):
            await journal.append("noted/1", {}, {"text": "x" * 100_000}, at=NOON)
        limit(100_000)
        assert (await journal.append("noted/1", {}, {}, at=NOON)).seq == 2
    assert verify(path).is_good


async def test_a_closed_journal_says_so(path: Path) -> None:
    async with SQLJournal.open(path, run="r", clock=CLOCK) as journal:
        pass
    with pytest.raises(JournalError, match="closed"):
        await journal.append("noted/1", {}, {}, at=NOON)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere; modes are POSIX's")
async def test_a_folder_that_cannot_be_written_is_told_and_a_journal_in_it_can_be_read(path: Path) -> None:
    await written(path, 2)
    path.parent.chmod(0o500)
    try:
        with pytest.raises(JournalError, match="writable"):
            await written(path, 1)
        assert len(read_journal(path)) == 2
    finally:
        path.parent.chmod(0o700)


async def test_a_journal_in_a_folder_with_odd_letters_works(tmp_path: Path) -> None:
    path = tmp_path / "қазақ #1? 100%" / "журнал.sqlite"
    await written(path, 1)
    assert verify(path).is_good


async def test_a_lost_write_ahead_file_of_a_killed_writer_cannot_be_seen_but_the_printed_head_tells(
    path: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.sqlite"
    async with SQLJournal.open(path, run="r", clock=CLOCK) as journal:
        await journal.append("noted/1", {}, {}, at=NOON)
        shutil.copy(path, copy)  # without journal.sqlite-wal, as a careless backup does
        head = verify(path).head
    assert verify(copy).head != head
