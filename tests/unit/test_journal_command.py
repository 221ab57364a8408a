"""What does a crew see of the journal, and what does a script get?"""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadcaster.adapters.clock import ManualClock
from broadcaster.adapters.journal import SQLJournal
from broadcaster.cli import main

NOON = datetime(2027, 10, 20, 12, tzinfo=UTC)


@pytest.fixture
async def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "state" / "journal.sqlite"
    async with SQLJournal.open(path, run="r", clock=ManualClock(NOON)) as journal:
        for number in range(4):
            await journal.append(
                "intent/1" if number % 2 else "scene_taken/1",
                {"season": "x", "show": f"day-{number % 2 + 1}", "cue": "c"},
                {"scene": "Подиум [red]\x1b[2J", "number": number},
                at=NOON + timedelta(seconds=number),
            )
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["journal", *arguments])
    said = capsys.readouterr()
    code = ended.value.code
    return (code if isinstance(code, int) else 0), said.out, said.err


def test_a_good_journal_of_the_settings_is_good(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said, _ = run(capsys, "verify")
    assert (code, "good. 4 records, none changed, none missing" in said) == (0, True)
    code, said, _ = run(capsys, "verify", str(path), "--json")
    document = json.loads(said)
    assert (code, document["good"], document["records"], document["faults"]) == (0, True, 4, [])


def test_a_changed_record_is_named_and_the_exit_code_is_1(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER records_update")
        connection.execute("UPDATE records SET at = at - 1 WHERE seq = 3")
    code, said, _ = run(capsys, "verify")
    assert code == 1
    assert "NOT good, the chain breaks at record 3" in said
    code, said, _ = run(capsys, "verify", "--json")
    assert (code, json.loads(said)["faults"][0]["seq"]) == (1, 3)


def test_records_are_shown_with_time_show_and_kind_and_cannot_steer_the_terminal(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said, _ = run(capsys, "show")
    assert code == 0
    lines = [line for line in said.splitlines() if "2027-10-20T12:00:0" in line]
    assert len(lines) == 4
    assert "2027-10-20T12:00:01.000Z" in lines[1]
    assert "day-2" in lines[1]
    assert "intent/1" in lines[1]
    assert "Подиум [red]" in lines[1]
    assert "\x1b" not in said


def test_records_are_chosen_by_show_kind_and_number(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def seqs(*arguments: str) -> list[int]:
        code, said, _ = run(capsys, "show", "--json", *arguments)
        assert code == 0
        return [record["seq"] for record in json.loads(said)["records"]]

    assert seqs() == [1, 2, 3, 4]
    assert seqs("--show", "day-2") == [2, 4]
    assert seqs("--kind", "scene_taken") == seqs("--kind", "scene_taken/1") == [1, 3]
    assert seqs("--last", "1") == [4]
    assert seqs("--show", "day-1", "--last", "1", str(path)) == [3]


def test_a_filter_that_finds_nothing_says_what_there_is(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, complaint = run(capsys, "show", "--show", "day1")
    assert code == 2
    assert "did you mean 'day-" in complaint


def test_no_journal_is_told_with_the_way_to_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, complaint = run(capsys, "verify")
    assert code == 1
    assert "There is no journal at" in complaint
    assert "Traceback" not in complaint
