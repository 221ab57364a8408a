"""Does `broadcaster calendar` write what another program reads, follow the journal, and say what is wrong?"""

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from broadcaster.adapters.clock import ManualClock
from broadcaster.adapters.journal import SQLJournal
from broadcaster.adapters.people import passwords
from broadcaster.cli import main
from broadcaster.cli.reading import SeasonFile
from broadcaster.cli.wiring import about
from broadcaster.show.records import COMMAND_GIVEN, RUN_STARTED
from tests.season_text import audience, head, segment, show
from tests.unit.test_calendar import instant, read

OPENING = segment("opening", "Opening", "Runway", "30m")
SEASON = (
    head("forum", "Шығармашылық форум", ("ru", "en", "kk"), timezone="Europe/Brussels")
    + audience("almaty", "Asia/Almaty", "kk", city="Алматы")
    + show("day-1", "Ашылу, «кеш»; 1", date(2026, 10, 24), "19:00", OPENING, notes="the crew's secret")
    + show("day-2", "Closing night", date(2026, 10, 25), "19:00", OPENING)
)
WRITTEN = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
DAY_1, DAY_2 = datetime(2026, 10, 24, 17, tzinfo=UTC), datetime(2026, 10, 25, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(passwords, "MEMORY_KIB", 8)
    monkeypatch.chdir(tmp_path)
    season = tmp_path / "season.toml"
    season.write_text(SEASON, "utf-8")
    os.utime(season, (WRITTEN.timestamp(),) * 2)
    return tmp_path


def run(*argv: str) -> int:
    try:
        main(["calendar", "season.toml", *argv])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def record(folder: Path, *commands: dict[str, Any]) -> None:
    """A journal as the service writes it: it started, and somebody gave orders."""
    plan = SeasonFile(folder / "season.toml", channels=None)().plan

    async def write() -> None:
        at = datetime(2026, 10, 20, tzinfo=UTC)
        async with SQLJournal.open(folder / "state" / "journal.sqlite", run="r", clock=ManualClock(at)) as journal:
            await journal.append(RUN_STARTED, {"season": "forum"}, about(plan, rehearsal=False), at=at)
            for data in commands:
                await journal.append(COMMAND_GIVEN, {"season": "forum", "show": "day-1"}, data, at=at)

    (folder / "state").mkdir(exist_ok=True)
    asyncio.run(write())


def test_a_file_says_the_same_each_time_and_tells_the_crews_secrets_to_nobody(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run("-o", "shows.ics") == 0
    text = (folder / "shows.ics").read_bytes()
    assert b"shows.ics: 2 shows" in capfdbinary.readouterr().err
    first, second = read(text)
    assert [instant(each.dtstart.value) for each in (first, second)] == [DAY_1, DAY_2]
    assert [each.dtstart.value.hour for each in (first, second)] == [19, 19]
    assert (first.summary.value, first.sequence.value, first.dtstamp.value) == ("Ашылу, «кеш»; 1", "0", WRITTEN)
    assert "Прямой эфир: суббота, 24 октября 2026" in first.description.value, "the season's first language"
    assert b"secret" not in text.replace(b"\r\n ", b"")
    assert run("-o", "again.ics") == 0
    assert (folder / "again.ics").read_bytes() == text


def test_an_audience_has_its_own_clock_and_language(folder: Path) -> None:
    assert run("--audience", "almaty", "-o", "a.ics") == 0
    _, second = read((folder / "a.ics").read_bytes())
    said = second.description.value.replace("\u202f", " ")
    assert "Тікелей эфир: 2026 ж. 25 қазан, жексенбі, 23:00, Алматы (UTC+5)" in said
    assert run("--audience", "almaty", "--language", "en", "-o", "a.ics") == 0
    assert "23:00, Алматы (UTC+5)" in read((folder / "a.ics").read_bytes())[1].description.value


def test_it_follows_the_journal_of_the_settings_or_the_one_that_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(folder, {"verb": "delay", "who": "a", "moves": "live", "seconds": 900.0}, {"verb": "cancel", "who": "a"})

    def first(*argv: str) -> Any:
        assert run("--json", *argv) == 0
        return json.loads(capsys.readouterr().out)["events"][0]

    def told(event: Any) -> tuple[str, str, int, str]:
        return event["start"], event["status"], event["sequence"], event["modified"]

    followed = ("2026-10-24T17:15:00Z", "cancelled", 2, "2026-10-20T00:00:00Z")
    assert told(first("--journal", "state/journal.sqlite")) == followed
    assert told(first()) == ("2026-10-24T17:00:00Z", "confirmed", 0, "2026-10-01T08:00:00Z"), "no settings, no journal"
    (folder / "config.toml").write_text("[state]\n", "utf-8")
    assert told(first()) == followed
    season = folder / "season.toml"
    season.write_text(SEASON.replace('go_live = "19:00"', 'go_live = "20:00"', 1), "utf-8")
    os.utime(season, (WRITTEN.timestamp(),) * 2)
    edited = first()
    assert (edited["start"], edited["sequence"]) == ("2026-10-24T18:15:00Z", 3), "as it will be once the file runs"


def test_what_is_wrong_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for argv, code, said in (
        (("--audience", "almty"), 2, "there is no audience 'almty' (did you mean 'almaty'?)"),
        (("--language", "xx"), 2, "there is no language 'xx' (there are: en, kk and ru)"),
        (("-o", "nowhere/a.ics"), 1, "cannot be written"),
        (("--journal", "none.sqlite"), 1, "none.sqlite"),
    ):
        assert run(*argv) == code, argv
        assert said in " ".join(capsys.readouterr().err.replace("│", " ").split()), argv
    (folder / "season.toml").write_text("[season]\n", "utf-8")
    assert run() == 3


def test_what_writes_calendars_is_loaded_by_the_first_that_is_written() -> None:
    script = (
        "import sys\nfrom broadcaster.cli import main\nimport broadcaster.panel, broadcaster.reports.calendar\n"
        "try: main(['--help'])\nfinally: print('icalendar' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stdout.splitlines()[-1] == "False"


def test_a_link_for_calendars_prints_the_address_to_subscribe_to(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "config.toml").write_text('[api]\npublic_url = "https://show.example.org/"\n', "utf-8")
    for argv in (["--page", "/calendar"], ["--page", "/countdown"]):
        main_ended(["link", "add", f"Viewers {argv[1]}", *argv, "--json"])
        link = json.loads(capsys.readouterr().out)["link"]
        feeds = [f"webcal://show.example.org/calendar/season.ics?link={link['secret']}"]
        assert link["webcal"] == (feeds if argv[1] == "/calendar" else [])
        assert link["urls"] == [f"https://show.example.org{argv[1]}?link={link['secret']}"]


def main_ended(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert not ended.value.code
