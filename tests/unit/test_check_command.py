"""check, plan and schema, as a crew calls them."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from broadcaster.adapters.files import load_season
from broadcaster.cli import main
from broadcaster.cli.check import clock_warnings
from broadcaster.season.build import build_plan
from tests.unit.test_season_errors import BASE

BASE_CHANNEL = '[channels.telegram]\nkind = "telegram"\ntoken = { env = "NOT_ASKED_FOR" }\nchat = "@news"\n'
SCHEDULES = Path(__file__).parents[2] / "schedules"


def call(capsys: pytest.CaptureFixture[str], *args: str | Path) -> tuple[int, str, str]:
    code = 0
    try:
        main([str(arg) for arg in args])
    except SystemExit as stop:
        code = int(stop.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder: no config.toml in it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def season_file(folder: Path, text: str = BASE) -> Path:
    path = folder / "season.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_check_shows_every_clock(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "check", season_file(folder))
    assert code == 0
    rows = [" ".join(line.replace("│", " ").split()) for line in out.splitlines()]
    assert "show Asia/Almaty Wed 2027-10-20 19:00 19:42 UTC+5" in rows
    assert "UTC UTC Wed 2027-10-20 14:00 14:42 UTC" in rows
    assert "Rome (italy) Europe/Rome Wed 2027-10-20 16:00 16:42 UTC+2" in rows
    assert out.splitlines()[-1].startswith("Test: no ") and "; 1 show, 10 cues; tzdata 20" in out
    assert "channels were not checked" in out


def test_check_as_json_is_one_document(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "check", season_file(folder), "--json")
    document: dict[str, Any] = json.loads(out)
    assert (code, document["ok"], document["season"], document["channels_checked"]) == (0, True, "test", False)
    show = document["shows"][0]
    assert show["go_live"] == {
        "utc": "2027-10-20T14:00:00Z",
        "local": "2027-10-20T19:00:00+05:00",
        "offset": "UTC+05:00",
        "zone": "Asia/Almaty",
    }
    assert show["audiences"][0]["go_live"]["local"] == "2027-10-20T16:00:00+02:00"
    assert show["length_s"] == 2520


def test_a_bad_season_leaves_with_three_and_every_problem(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = season_file(folder, BASE.replace('"youtube"', '"youtub"').replace('["main"]', '["mian"]'))
    code, out, err = call(capsys, "check", path)
    assert (code, out) == (3, "")
    assert [line.split(": ")[0] for line in err.splitlines()] == [f"{path}:13:8", f"{path}:24:17"]
    code, out, _ = call(capsys, "check", path, "--json")
    document = json.loads(out)
    assert (code, document["ok"]) == (3, False)
    assert [(each["line"], each["column"]) for each in document["problems"]] == [(13, 8), (24, 17)]


def test_channels_are_looked_up_in_the_settings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = season_file(folder)
    settings = '[channels.telegrem]\nkind = "telegram"\ntoken = { env = "T" }\nchat = "@x"\n'
    (folder / "config.toml").write_text(settings, encoding="utf-8")
    code, _, err = call(capsys, "check", path)
    assert code == 3
    assert err == f"{path}:43:13: error: there is no channel 'telegram' (did you mean 'telegrem'?)\n"
    (folder / "config.toml").write_text(settings.replace("telegrem", "telegram"), encoding="utf-8")
    assert call(capsys, "check", path)[0] == 0


def test_problems_of_settings_and_season_are_told_together(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = season_file(folder, BASE.replace('"youtube"', '"youtub"'))
    (folder / "config.toml").write_text("[obs]\nprt = 4455\n", encoding="utf-8")
    code, _, err = call(capsys, "check", path)
    assert code == 3
    assert [line.split(": ")[0] for line in err.splitlines()] == ["config.toml:2:1", f"{path}:13:8"]


def test_past_shows_are_marked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = season_file(folder, BASE.replace("2027-10-20", "2021-10-20"))
    code, out, err = call(capsys, "check", path)
    assert (code, err) == (0, "")
    assert "Wed 2021-10-20 (past)" in out


def test_destinations_that_are_started_by_hand_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited = BASE.replace('["main"]', '["main", "page"]').replace(
        "[scenes]", '[destinations.page]\nkind="facebook"\n[scenes]'
    )
    code, _, err = call(capsys, "check", season_file(folder, edited))
    assert code == 0
    assert (
        "season.toml:7:1: warning: destination 'page': facebook is not driven by this version: start it by hand" in err
    )


def test_warnings_come_before_notes_and_the_last_line_counts_both(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = BASE.replace("2027-10-20", "2021-10-20")
    found = call(capsys, "check", season_file(folder, edited))
    assert found[1].splitlines()[-1].startswith("Test: no problems; 1 show")
    edited = edited.replace('["main"]', '["main", "page"]').replace('title = "Test"', 'title = { en = "Test" }')
    edited += '\n[destinations.page]\nkind="facebook"\n'
    _, out, err = call(capsys, "check", season_file(folder, edited))
    assert [line.split(": ")[1] for line in err.splitlines()] == ["warning", "note"]
    assert out.splitlines()[-1].startswith("Test: no errors, 1 warning and 1 note; 1 show, ")
    _, out, _ = call(capsys, "check", season_file(folder, edited), "--json")
    assert [each["severity"] for each in json.loads(out)["warnings"]] == ["warning", "note"]


def test_a_clock_change_before_or_among_the_shows_is_told() -> None:
    season = load_season(SCHEDULES / "creative-forum.toml")
    plan = build_plan(season)

    def told(now: datetime) -> list[str]:
        return [warning.message for warning in clock_warnings(season, plan, now)]

    assert told(datetime(2027, 9, 1, tzinfo=UTC)) == [
        "Europe/Brussels is at UTC+2 now; its clocks change on 2027-10-31 to UTC+1; "
        "day-1, day-2, day-3 and day-4 are at UTC+2; day-5 is at UTC+1"
    ]
    assert told(datetime(2027, 10, 31, 12, tzinfo=UTC)) == []
    assert told(datetime(2028, 1, 1, tzinfo=UTC)) == []


def test_plan_is_the_contracts_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "plan", season_file(folder), "--json")
    document = json.loads(out)
    assert code == 0
    assert (document["season"], list(document)) == ("test", ["season", "tzdata", "cues"])
    live = next(cue for cue in document["cues"] if (cue["lane"], cue["action"]) == ("broadcast", "live"))
    assert live == {
        "id": "day-1/broadcast/live/main",
        "show": "day-1",
        "lane": "broadcast",
        "action": "live",
        "at": "2027-10-20T14:00:00Z",
        "local": "2027-10-20T19:00:00+05:00",
        "zone": "Asia/Almaty",
        "what": "main",
        "subject": "main",
        "trigger": "clock",
        "manual": False,
        "late": {"grace_s": 30.0, "then": "fire"},
        "detail": {},
    }
    assert [cue["at"] for cue in document["cues"]] == sorted(cue["at"] for cue in document["cues"])


def test_plan_lists_one_show_and_refuses_an_unknown_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "plan", SCHEDULES / "season-x.toml", "--show", "day-2", "--json")
    assert code == 0
    assert {cue["show"] for cue in json.loads(out)["cues"]} == {"day-2"}
    code, out, err = call(capsys, "plan", season_file(folder), "--show", "day-11")
    assert (code, out) == (2, "")
    assert "there is no show 'day-11' (did you mean 'day-1'?)" in err


def test_plan_as_a_table_has_a_line_a_cue_below_its_day(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "plan", season_file(folder))
    rows = [" ".join(line.split()) for line in out.splitlines()]
    take = rows.index("19:30:00 UTC+5 14:30:00Z day-1 program take Runway fire after 30s")
    assert code == 0
    assert rows.count("Wed 2027-10-20") == 1
    assert rows.index("Wed 2027-10-20") < take
    assert max(len(line.rstrip()) for line in out.splitlines()) <= 100


@pytest.mark.parametrize("which", ["season", "config"])
def test_schema_is_a_json_schema(which: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "schema", which)
    document = json.loads(out)
    assert code == 0
    assert document["$schema"].endswith("2020-12/schema")
    assert document["additionalProperties"] is False


def test_check_imports_no_far_end() -> None:
    script = (
        "import sys\nfrom broadcaster.cli import main\n"
        "try:\n"
        f"    main(['check', {str(SCHEDULES / 'season-x.toml')!r}])\n"
        "except SystemExit as stop:\n"
        "    assert not stop.code, stop.code\n"
        "heavy = {'google', 'googleapiclient', 'obsws_python', 'aiohttp', 'sqlalchemy', 'apscheduler', 'icalendar'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_check_prices_the_quota_and_warns_where_a_day_costs_too_much(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, errors = call(capsys, "check", season_file(folder))
    assert "units of 10,000 on 2027-10-20 (Pacific): day-1" in out
    assert "YouTube's quota" not in errors
    (folder / "config.toml").write_text(BASE_CHANNEL + "[youtube.quota]\nunits_a_day = 500\n", "utf-8")
    code, out, errors = call(capsys, "check", season_file(folder), "--json")
    days = {day["day"]: day for day in json.loads(out)["quota"]}
    assert days["2027-10-20"]["of"] == 500 < days["2027-10-20"]["units"]
    warned = [warning["message"] for warning in json.loads(out)["warnings"]]
    assert any("cannot all be brought live" in message for message in warned)
    assert code == 0


def test_a_price_for_a_call_that_nobody_makes_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "config.toml").write_text('[youtube.quota]\ncosts = { "liveBroadcast.list" = 5 }\n', "utf-8")
    code, _, errors = call(capsys, "check", season_file(folder))
    assert code == 3
    assert "did you mean 'liveBroadcasts.list'?" in errors
