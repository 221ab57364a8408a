"""Does a show go live at its time, once, whatever happens to the service or to the far ends meanwhile?"""

from collections.abc import Callable
from pathlib import Path

import pytest

from broadcaster.adapters.journal import verify
from broadcaster.show.records import Record
from tests.emulated.service import Service, service
from tests.waiting import until

PATIENCE = 90.0
SCENES_OF_THE_SHOW = ["Countdown", "Opening film", "Runway", "Finale", "Thank you"]
POSTS = ["Tonight begins", "Tonight is live: https://"]


def _ends(records: list[Record]) -> dict[str, str]:
    return {record.ids["cue"]: record.data["end"] for record in records if record.kind == "cue_settled/1"}


def _is_exactly_once(played: Service) -> None:
    """One broadcast, live once and complete; each post once; the scenes in order, none twice; the chain unbroken."""
    (broadcast,) = played.far.broadcasts
    assert broadcast["lifeCycleStatus"] == "complete"
    assert [step["status"] for step in broadcast["history"]].count("live") == 1
    assert len(played.far.youtube.snapshot()["streams"]) == 1
    assert [text.split("youtu.be/")[0] for text in sorted(played.far.posts)] == POSTS
    assert played.far.obs.snapshot()["streaming"] is False
    assert played.far.obs.snapshot()["program"] == "Thank you"
    settled = [record.ids["cue"] for record in played.records() if record.kind == "cue_settled/1"]
    assert len(settled) == len(set(settled)), "a cue has one end"
    assert not verify(played.journal).faults


async def _until_live(played: Service) -> None:
    """The first scene is on air, so that the next `go` is for the second, and YouTube says live."""
    await until(lambda: played.has("broadcast_seen/1", lifecycle="live"), PATIENCE)
    await until(lambda: played.has("cue_settled/1", cue="tonight/program/take/opening"), PATIENCE)


async def test_a_show_runs_from_nothing_to_done_by_itself(tmp_path: Path) -> None:
    async with service(tmp_path, advance="auto") as played:
        await played.start()
        await played.until_done()
        assert await played.terminate() == 0
        _is_exactly_once(played)
        assert played.far.scenes_taken == SCENES_OF_THE_SHOW
        assert set(_ends(played.records()).values()) == {"done"}
        live = next(r for r in played.records() if r.kind == "broadcast_seen/1" and r.data["lifecycle"] == "live")
        assert abs((played.go_live - live.at).total_seconds()) < 15.5
        for secret in ("obs secret", "bearer", "1234:telegram", "api-token-of-the-test"):
            assert secret not in played.log[-1]


def _phase(name: str) -> Callable[[Service], bool]:
    return lambda played: played.has("phase_entered/1", phase=name)


@pytest.mark.parametrize(
    ("moment", "reached"),
    [
        ("standby", _phase("standby")),
        ("testing", lambda played: played.has("broadcast_seen/1", lifecycle="testing")),
    ],
)
async def test_kill_9_before_live_repeats_nothing_and_loses_nothing(
    tmp_path: Path, moment: str, reached: Callable[[Service], bool]
) -> None:
    async with service(tmp_path) as played:
        await played.start()
        await until(lambda: reached(played), PATIENCE)
        await played.kill()
        await played.start()
        await _until_live(played)
        await played.command("go")
        await played.until_done()
        assert await played.terminate() == 0
        _is_exactly_once(played)
        assert played.far.scenes_taken == SCENES_OF_THE_SHOW


async def test_kill_9_while_live_and_while_ending_repeats_nothing_and_loses_nothing(tmp_path: Path) -> None:
    async with service(tmp_path) as played:
        await played.start()
        await _until_live(played)
        await until(lambda: played.far.obs.snapshot()["program"] == "Opening film", PATIENCE)
        # a post that a kill cuts off is never repeated, as the crash matrix has it: here both are out
        await until(lambda: played.has("cue_settled/1", cue="tonight/posts/post/live/news/en"), PATIENCE)
        await played.kill()
        await played.start()
        await played.command("go")
        await until(lambda: _phase("closing")(played), PATIENCE)
        await played.kill()
        await played.start()
        await played.until_done()
        assert await played.terminate() == 0
        _is_exactly_once(played)
        taken = played.far.scenes_taken
        assert [scene for scene in taken if scene != "Finale"] == [s for s in SCENES_OF_THE_SHOW if s != "Finale"]


async def test_sigterm_while_live_leaves_the_show_on_air_and_the_next_start_carries_on(tmp_path: Path) -> None:
    async with service(tmp_path) as played:
        await played.start()
        await _until_live(played)
        assert await played.terminate() == 0
        assert played.has("run_ended/1")
        assert played.far.obs.snapshot()["streaming"] is True
        assert played.far.broadcasts[0]["lifeCycleStatus"] == "live"
        await played.start()
        await played.command("go")
        await played.until_done()
        assert await played.terminate() == 0
        _is_exactly_once(played)


async def test_youtube_and_obs_away_are_said_once_and_the_show_carries_on(tmp_path: Path) -> None:
    async with service(tmp_path) as played:
        await played.start()
        await until(lambda: played.has("broadcast_seen/1", lifecycle="testing"), PATIENCE)
        played.far.youtube.room.add_fault({"kind": "down", "seconds": 3})
        played.far.obs.room.add_fault({"kind": "down", "seconds": 2})
        await _until_live(played)
        await played.command("go")
        await played.until_done()
        assert await played.terminate() == 0
        _is_exactly_once(played)
        lost = [record.ids["far_end"] for record in played.records() if record.kind == "far_end_lost/1"]
        back = [record.ids["far_end"] for record in played.records() if record.kind == "far_end_back/1"]
        assert lost.count("youtube") == back.count("youtube") == 1
        assert played.log[-1].count("youtube is away") == 1


async def test_operators_steer_the_running_show(tmp_path: Path) -> None:
    async with service(tmp_path) as played:
        await played.start()
        assert (await played.command("status"))["show"] == "tonight"
        await _until_live(played)
        await until(lambda: played.far.obs.snapshot()["program"] == "Opening film", PATIENCE)
        await played.command("take", "Please stand by")
        await until(lambda: played.far.obs.snapshot()["program"] == "Please stand by", PATIENCE)
        await played.command("hold")
        assert (await played.command("status"))["is_held"] is True
        await played.command("resume")
        await played.command("go")
        await until(lambda: played.far.obs.snapshot()["program"] == "Runway", PATIENCE)
        await played.command("skip")
        await played.command("end")
        await played.until_done()
        assert await played.terminate() == 0
        assert _ends(played.records())["tonight/program/take/finale"] == "skipped"
        _is_exactly_once(played)
