"""What does a crew read about a show that has been, from the journal alone?"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadcaster.adapters.clock import ManualClock
from broadcaster.adapters.journal import SQLJournal
from broadcaster.cli import main
from broadcaster.show.records import CUE_SETTLED, PHASE_ENTERED, RUN_STARTED, stamp

LIVE = datetime(2027, 10, 20, 14, tzinfo=UTC)
SHOWS = [
    {"id": name, "title": title, "zone": "Asia/Almaty", "go_live": stamp(LIVE + timedelta(days=days))}
    for days, (name, title) in enumerate([("day-1", "Opening night"), ("day-2", "Second night")])
]
CUES = {
    "program/take/film": ("done", 0, "OBS reports it"),
    "program/take/a-walk-with-a-rather-long-name": ("done", -419, "OBS reports it"),
    "posts/post/tonight/telegram/kazakhstan": ("done", 86284, "Telegram took it"),
    "graphics/show/walk": ("skipped", 5, "no lower-third page is open"),
}


@pytest.fixture
async def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    path = tmp_path / "state" / "journal.sqlite"
    async with SQLJournal.open(path, run="r", clock=ManualClock(LIVE)) as written:
        await written.append(RUN_STARTED, {"season": "x"}, {"shows": SHOWS}, at=LIVE)
        for cue, (end, late, why) in CUES.items():
            at = stamp(LIVE + timedelta(seconds=late))
            data = {"end": end, "planned": stamp(LIVE), "at": at, "why": why}
            await written.append(CUE_SETTLED, {"season": "x", "show": "day-1", "cue": f"day-1/{cue}"}, data, at=LIVE)
        await written.append(PHASE_ENTERED, {"season": "x", "show": "day-1"}, {"phase": "done", "why": ""}, at=LIVE)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["report", *arguments])
    said = capsys.readouterr()
    code = ended.value.code
    return (code if isinstance(code, int) else 0), said.out, said.err


def test_the_report_has_planned_beside_actual_in_eighty_columns(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys)
    assert code == 0
    assert "Opening night (day-1), Asia/Almaty" in out
    rows = [" ".join(line.split()) for line in out.splitlines()]
    assert "19:00:00 19:00:00 on time done program take film" in rows
    assert any(row.startswith("19:00:00 18:53:01 -6m59s done program take") for row in rows)
    assert any(row.startswith("19:00:00 10-21 18:58 +23h58m done posts post") for row in rows)
    assert "kazakhstan" in out, "a name is folded, not cut"
    assert "  graphics show walk: no lower-third page is open" in out
    assert max(len(line) for line in out.splitlines() if not line.startswith("record:")) <= 80
    assert "Second night" not in out, "nothing of it has begun"


def test_one_show_may_be_chosen_and_a_slip_of_the_pen_is_told(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, str(journal), "--show", "day-2", "--json")
    assert (code, [show["id"] for show in json.loads(out)["shows"]]) == (0, ["day-2"])
    code, _, err = run(capsys, "--show", "day-11")
    assert (code, "the journal has no show 'day-11' (did you mean 'day-1'?)" in err) == (2, True)
