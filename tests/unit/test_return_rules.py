"""When a lane that was taken by hand comes back: by the season's rule, or as the operator says at that moment."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broadcaster.season.errors import SeasonError
from broadcaster.season.plan import Lane, Plan, Return
from broadcaster.show.commands import NotNow
from broadcaster.show.holds import read_return
from broadcaster.show.orders import Word
from broadcaster.show.records import LANE_RELEASED
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan, show_plan
from tests.playing import START, assert_whole, play
from tests.world import World

ELSEWHERE = "Somewhere else"


def with_rule(lane: Lane, rule: Return | timedelta) -> Plan:
    return season_plan(replace(show_plan(), returns={lane: rule}))


@pytest.mark.parametrize(
    ("rule", "at_41", "after_the_cue"),
    [
        (timedelta(seconds=10), "Film", "Runway"),
        (Return.NEXT_CUE, ELSEWHERE, "Runway"),
        (Return.RELEASED, ELSEWHERE, ELSEWHERE),
        (Return.NEVER, ELSEWHERE, ELSEWHERE),
    ],
)
async def test_the_program_comes_back_from_a_hand_as_its_season_says(
    rule: Return | timedelta, at_41: str, after_the_cue: str
) -> None:
    async with World(with_rule(Lane.PROGRAM, rule), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        world.studio.change(program=ELSEWHERE)
        await world.to(GO_LIVE + 39 * SECOND)
        assert world.program == ELSEWHERE
        await world.to(GO_LIVE + 41 * SECOND)
        assert world.program == at_41
        await world.to(GO_LIVE + 125 * SECOND)
        assert world.program == after_the_cue


async def test_a_stream_stopped_by_hand_comes_back_after_its_time() -> None:
    async with World(with_rule(Lane.ENCODER, timedelta(seconds=20)), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        world.studio.change(is_streaming=False)
        for second, is_back in ((49, False), (53, True)):
            await world.to(GO_LIVE + second * SECOND)
            assert world.studio.state.is_streaming is is_back
        await play(world)
        assert_whole(world)


async def test_a_stream_that_comes_back_with_its_next_cue_is_not_started_for_nothing() -> None:
    async with World(with_rule(Lane.ENCODER, Return.NEXT_CUE), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        world.studio.change(is_streaming=False)
        await play(world)
        assert not world.studio.state.is_streaming
        assert len(world.studio.applied("start")) == 1
        assert world.show().phase == "done"


async def test_an_operator_says_how_long_a_lane_is_manual_and_the_view_says_until_when() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        await world.order(Word.HOLD, lane="program", until="45s")
        world.studio.change(program=ELSEWHERE)
        view = world.conductor.view()
        local = (GO_LIVE + 75 * SECOND).astimezone(datetime.fromisoformat(view["show_now"]).tzinfo)
        assert view["lanes_until"] == {"program": f"manual until {local:%H:%M:%S}"}
        await world.to(GO_LIVE + 74 * SECOND)
        assert world.program == ELSEWHERE
        await world.to(GO_LIVE + 76 * SECOND)
        assert world.program == "Film"
        assert world.conductor.view()["lanes_until"] == {}


async def test_a_hold_by_time_ends_across_a_restart() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        await world.order(Word.HOLD, lane="program", until="45s")
        world.studio.change(program=ELSEWHERE)
        await world.restart()
        await world.to(GO_LIVE + 80 * SECOND)
        assert world.program == "Film"
        assert world.kinds()[LANE_RELEASED] == 1


async def test_a_lane_held_for_the_rest_of_the_show_comes_back_only_by_its_name() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        await world.order(Word.HOLD, lane="program", until="never")
        assert world.conductor.view()["lanes_until"] == {"program": "manual for this show"}
        with pytest.raises(NotNow, match="name the lane"):
            await world.order(Word.RESUME)
        await world.to(GO_LIVE + 3 * MINUTE)
        assert world.program == "Film"
        await world.order(Word.RESUME, lane="program")
        await world.to(GO_LIVE + 3 * MINUTE + SECOND)
        assert world.program == "Runway"


async def test_a_rule_without_a_lane_or_that_nobody_knows_is_refused() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + 30 * SECOND)
        for said in ({"until": "5m"}, {"lane": "program", "until": "soon"}, {"lane": "program", "until": "-5m"}):
            with pytest.raises(NotNow):
                await world.order(Word.HOLD, **said)
        assert world.show().lanes_held == {}


@pytest.mark.parametrize(
    ("typed", "rule"),
    [("next-cue", Return.NEXT_CUE), ("next_cue", Return.NEXT_CUE), ("Never", Return.NEVER), ("5", 5 * MINUTE)],
)
def test_a_rule_is_read_as_operators_type_it(typed: str, rule: Return | timedelta) -> None:
    assert read_return(typed) == rule


def test_the_season_file_says_the_rules_and_a_wrong_one_is_told(tmp_path: Path) -> None:
    from broadcaster.cli.reading import SeasonFile

    sample = Path(__file__).parents[2] / "schedules" / "season-v.toml"
    text = sample.read_text("utf-8")
    file = tmp_path / "season.toml"
    file.write_text(text.replace("[scenes]", '[lanes]\nprogram = "5m"\nencoder = "never"\n\n[scenes]', 1), "utf-8")
    show = SeasonFile(file, channels=None)().plan.shows[0]
    assert (show.return_of(Lane.PROGRAM), show.return_of(Lane.ENCODER)) == (5 * MINUTE, Return.NEVER)
    assert show.return_of(Lane.POSTS) is Return.RELEASED
    file.write_text(text.replace("[scenes]", '[lanes]\nprogram = "next_cu"\n\n[scenes]', 1), "utf-8")
    with pytest.raises(SeasonError, match="did you mean 'next-cue'"):
        SeasonFile(file, channels=None)()
