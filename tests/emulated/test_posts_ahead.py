"""Does a Page publish what it was handed at the hour that the season file says last, and what it does not take, we do?

A rehearsal, with the emulated Page's own list of what waits: the show gets another hour while the post waits, and the
answer to the move is lost.
"""

from datetime import date
from pathlib import Path

import pytest

from broadcaster.cli.reading import SeasonFile
from broadcaster.reports.as_run import as_run
from broadcaster.show.orders import Rewrite
from tests.emulated.rehearsed import A_MOMENT, Played, rehearse, utc
from tests.season_text import announcement, head, segment, show

pytestmark = pytest.mark.timeout(240)

CONFIG = """
[channels.page]
kind = "facebook"
page = "1029384756"
token = { env = "NOT_SET" }

[channels.other]
kind = "facebook"
page = "1029384757"
token = { env = "NOT_SET" }
"""
AHEAD, OTHER = (f"tonight/posts/post/{name}/en" for name in ("ahead/page", "other/other"))


def season(clock: str, go_live: str) -> str:
    at, text = {"days_before": 0, "time": clock}, "Tonight at {{ go_live | local_time }}, {{ go_live | relative }}"
    return (
        head("evening", "Evening", closing="10s")
        + show("tonight", "Tonight", date(2026, 10, 24), go_live, segment("first", "First", "Runway", "2m"))
        + announcement("ahead", at, ("page",), {"en": text}, hand_over="90m")
        + announcement("other", {"days_before": 0, "time": "14:00"}, ("other",), {"en": "Also tonight"}, hand_over="1h")
    )


def test_a_page_publishes_at_the_last_hour_and_what_it_does_not_take_ahead_is_posted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("config.toml").write_text(CONFIG, "utf-8")
    file = Path("season.toml")
    file.write_text(season("13:00", "15:00"), "utf-8")

    def refuse(played: Played) -> None:
        played.break_("facebook", "refuse", r"^POST .*/feed", reason="100")

    async def move(played: Played) -> None:
        assert played.conductor is not None
        played.break_("facebook", "lose", r"^POST /[^/]+/[0-9_]+$")
        reading = SeasonFile(file, channels=None)(season("13:30", "15:30"))
        await played.conductor.replace_plan(reading, Rewrite(who="Aigul", source="test"))

    played = rehearse(
        monkeypatch,
        file,
        "--speed",
        "600",
        steps=(
            (lambda played: played.post("tonight", AHEAD).is_out, move),
            (lambda played: played.post("tonight", AHEAD).posted == utc("2026-10-24 08:30"), refuse),
        ),
    )
    assert played.stage is not None
    pages = played.stage.emulators["facebook"].state.posts.values()
    (ahead,) = [each for each in pages if each.message.startswith("Tonight")]
    assert (ahead.at, ahead.message) == (utc("2026-10-24 08:30"), "Tonight at 15:30, in 2 hours")
    assert ahead.earlier[0] == "Tonight at 15:00, in 2 hours"
    (run,) = as_run(played.records)
    assert [(each.planned, each.actual) for each in run.cues if each.id == AHEAD] == [(ahead.at, ahead.at)]
    (other,) = [each for each in pages if each.message == "Also tonight"]
    assert other.at is None and utc("2026-10-24 09:00") <= other.created < utc("2026-10-24 09:00") + A_MOMENT
    intents = [each.data for each in played.records if each.kind == "intent/1" and each.ids["cue"] == OTHER]
    assert [("publish_at" in each["told"]) for each in intents] == [True, False]
    assert "did not take it ahead" in intents[-1]["why"]
