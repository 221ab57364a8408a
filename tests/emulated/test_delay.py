"""A delay, and an edit of the season, given to the running service as an operator gives them."""

import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from broadcaster.season.plan import Lane
from broadcaster.show.records import instant
from tests.emulated.service import Service, service
from tests.waiting import until

PATIENCE = 90.0


def _began(played: Service, segment: str) -> timedelta:
    """How long after the planned go-live a segment began."""
    record = next(
        each for each in played.records() if each.kind == "segment_started/1" and each.ids["segment"] == segment
    )
    return instant(record.data["at"]) - played.go_live


async def test_a_delay_is_shown_then_done_and_outlives_kill_9(tmp_path: Path) -> None:
    async with service(tmp_path, live_in=14.0, advance="auto") as played:
        await played.start()
        shown = await played.command("delay", "6s", "--preview")
        assert (shown["preview"], shown["ripple"]["over_by"]) == (True, "+6s")
        assert shown["ripple"]["moving"] == ["opening", "designer-1", "finale"]
        assert not played.has("command_given/1", verb="delay")
        await played.command("delay", "8s")
        await played.command("delay", "-2s")
        await played.kill()
        await played.start()
        # begun is written down a moment ahead; only what is on air can be made longer
        await until(lambda: played.has("cue_settled/1", cue="tonight/program/take/opening"), PATIENCE)
        assert _began(played, "opening") == timedelta(seconds=6)
        await played.command("extend", "3s")
        await played.until_done()
        assert await played.terminate() == 0
        assert _began(played, "designer-1") == timedelta(seconds=17)
        (broadcast,) = played.far.broadcasts
        assert [step["status"] for step in broadcast["history"]].count("live") == 1
        assert len(played.far.posts) == 2


async def test_an_edited_season_is_checked_whole_and_run_from_then_on(tmp_path: Path) -> None:
    async with service(tmp_path, live_in=14.0, advance="auto") as played:
        await played.start()
        file = tmp_path / "season.toml"
        text = file.read_text("utf-8")
        file.write_text(text.replace('duration = "6s"', 'duration = "soon"'), "utf-8")
        with pytest.raises(AssertionError, match=r"season\.toml:.*'soon' is not a duration"):
            await played.command("reload")
        longer = text.replace('duration = "6s"', 'duration = "9s"')
        file.write_text(longer, "utf-8")
        shown = await played.command("reload", "--preview")
        assert [(each["id"], each["what"]) for each in shown["changes"] if each["kind"] == "segment"] == [
            ("designer-1", "changed"),
            ("finale", "moved"),
        ]
        assert not played.has("season_changed/1")
        if sys.platform == "win32":
            await played.command("reload")
        else:
            assert played.process is not None
            played.process.send_signal(signal.SIGHUP)
        await until(lambda: played.has("season_changed/1"), PATIENCE)
        await played.kill()
        await played.start()
        await played.until_done()
        assert await played.terminate() == 0
        started = [record for record in played.records() if record.kind == "run_started/1"]
        assert [record.data["season_differs"] for record in started] == [False, False]
        assert _began(played, "finale") == timedelta(seconds=17)
        assert len(played.far.broadcasts) == 1
        settled = [record.ids["cue"] for record in played.records() if record.kind == "cue_settled/1"]
        assert len(settled) == len(set(settled))
        assert {cue.split("/")[1] for cue in settled} >= {Lane.PROGRAM, Lane.BROADCAST, Lane.POSTS}
