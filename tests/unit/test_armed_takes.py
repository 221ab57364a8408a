"""A take that is armed for its instant: an order that comes before it is sent still has its way."""

from typing import Any

import pytest

from broadcaster.show.orders import Word
from broadcaster.show.records import COMMAND_GIVEN, INTENT, OUTCOME, SEGMENT_PUT_OFF, SEGMENT_STARTED
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan, segment, show_plan
from tests.playing import MS, START
from tests.world import World

SOFT = (
    segment("film", "Film", GO_LIVE),
    segment("runway", "Runway", GO_LIVE + 2 * MINUTE),
    segment("talk", "Talk", GO_LIVE + 4 * MINUTE),
)
PLAN = season_plan(show_plan(segments=SOFT))
RUNWAY_AT, END_AT = GO_LIVE + 2 * MINUTE, GO_LIVE + 6 * MINUTE
RUNWAY, CLOSING = "day-1/program/take/runway", "day-1/program/take/closing"


async def armed(world: World, at: Any = RUNWAY_AT) -> None:
    """Go to where the take of that instant is armed and not sent."""
    await world.to(at - 200 * MS)
    intents = [record.data["due"] for record in world.journal.of(INTENT) if record.data["verb"] == "take"]
    assert intents[-1] is not None
    world.studio.on_air.clear()


def results(world: World, cue: str) -> list[str]:
    return [record.data["result"] for record in world.journal.of(OUTCOME) if record.ids["cue"] == cue]


def shown(world: World) -> list[str]:
    return [scene for _, scene in world.studio.on_air]


def assert_ended_once(world: World) -> None:
    assert world.show().phase == "done"
    assert world.doubled() == []
    assert set(world.ends()) == {cue.id for cue in world.plan.show("day-1").cues}
    assert world.show().open == {}


@pytest.mark.parametrize(
    ("word", "more", "then"),
    [
        (Word.HOLD, {}, []),
        (Word.EXTEND, {"by": "1m"}, []),
        (Word.DELAY, {"by": "1m"}, []),
        (Word.END, {}, ["Thank you"]),
        (Word.SKIP, {}, ["Talk"]),
        (Word.TAKE, {"scene": "Somewhere else"}, ["Somewhere else"]),
        (Word.PANIC, {}, ["Please stand by"]),
        (Word.HOLD, {"lane": "program"}, []),
    ],
)
async def test_an_order_just_before_the_instant_keeps_the_scene_off_the_air(
    word: Word, more: dict[str, Any], then: list[str]
) -> None:
    async with World(PLAN, START) as world:
        await armed(world)
        await world.order(word, **more)
        await world.to(RUNWAY_AT + 30 * SECOND)
        assert shown(world) == then
        assert results(world, RUNWAY) == ["withdrawn"]
        is_of_the_rundown = word in (Word.HOLD, Word.EXTEND, Word.DELAY, Word.END, Word.SKIP) and "lane" not in more
        assert world.kinds()[SEGMENT_PUT_OFF] == int(is_of_the_rundown)
        assert ("runway" in world.show().started) is not is_of_the_rundown
        if word is not Word.END:
            await world.order(Word.RESUME)
        await world.to(GO_LIVE + 12 * MINUTE)
        if word is not Word.END:
            assert shown(world)[-1] == "Thank you"
        assert_ended_once(world)


async def test_an_extended_segment_goes_on_for_as_long_as_it_was_told_and_then_the_next_one_comes() -> None:
    async with World(PLAN, START) as world:
        await world.to(GO_LIVE + MINUTE)
        await world.order(Word.EXTEND, by="30s", segment="runway")
        await armed(world)
        await world.order(Word.EXTEND, by="1m")
        await world.to(END_AT + 85 * SECOND)
        assert [(at, scene) for at, scene in world.studio.on_air] == [
            (RUNWAY_AT + MINUTE + world.studio.latency, "Runway"),
            (RUNWAY_AT + 3 * MINUTE + 30 * SECOND + world.studio.latency, "Talk"),
        ]
        assert results(world, RUNWAY) == ["withdrawn", "done"]


async def test_go_just_before_the_instant_begins_that_segment_now_and_not_the_one_after() -> None:
    async with World(PLAN, START) as world:
        await armed(world)
        await world.order(Word.GO)
        await world.to(RUNWAY_AT - 100 * MS)
        assert world.program == "Runway"
        await world.to(RUNWAY_AT + SECOND)
        assert list(world.show().started) == ["film", "runway"]
        assert shown(world) == ["Runway"]
        assert [record.ids["segment"] for record in world.journal.of(SEGMENT_STARTED)] == ["film", "runway", "runway"]


async def test_a_panic_does_not_wait_for_the_instant_of_what_is_armed() -> None:
    async with World(PLAN, START) as world:
        await armed(world)
        await world.order(Word.PANIC)
        await world.to(RUNWAY_AT - 150 * MS)
        assert world.program == "Please stand by"


async def test_a_take_just_before_a_cue_rules_over_it_and_until_the_next() -> None:
    async with World(PLAN, START) as world:
        await armed(world)
        await world.order(Word.TAKE, scene="Somewhere else")
        await world.to(RUNWAY_AT - 150 * MS)
        await world.order(Word.TAKE, scene="Please stand by")
        await world.to(GO_LIVE + 4 * MINUTE + SECOND)
        assert shown(world) == ["Somewhere else", "Please stand by", "Talk"]
        assert world.show().settled[RUNWAY].why == "another scene was taken by hand just before it"


@pytest.mark.parametrize("word", [Word.EXTEND, Word.HOLD])
async def test_the_end_is_put_off_too(word: Word) -> None:
    async with World(PLAN, START) as world:
        await armed(world, END_AT)
        await world.order(word, **({"by": "1m"} if word is Word.EXTEND else {}))
        await world.to(END_AT + 30 * SECOND)
        assert shown(world) == []
        assert results(world, CLOSING) == ["withdrawn"]
        await world.order(Word.RESUME) if word is Word.HOLD else None
        await world.to(GO_LIVE + 12 * MINUTE)
        assert shown(world) == ["Thank you"]
        assert_ended_once(world)


async def test_a_take_just_before_standby_rules_over_the_standby_scene() -> None:
    async with World(season_plan(show_plan(segments=SOFT)), START) as world:
        standby_at = GO_LIVE - 10 * MINUTE
        await armed(world, standby_at)
        await world.order(Word.TAKE, scene="Talk")
        await world.to(standby_at + MINUTE)
        assert shown(world) == ["Talk"]


async def test_an_order_that_is_refused_or_only_looked_at_puts_nothing_off() -> None:
    async with World(PLAN, START) as world:
        await armed(world)
        before = len(world.journal.of(COMMAND_GIVEN))
        world.conductor.preview(_extend())
        with pytest.raises(Exception, match="no lane"):
            await world.order(Word.HOLD, lane="nonsense")
        await world.to(RUNWAY_AT + SECOND)
        assert shown(world) == ["Runway"]
        assert results(world, RUNWAY) == ["done"]
        assert len(world.journal.of(COMMAND_GIVEN)) == before


def _extend() -> Any:
    from broadcaster.show.orders import Order

    return Order(word=Word.EXTEND, who="Aigul", source="test", by="1m", preview=True)


@pytest.mark.parametrize("after", [5, 15, 21, 40])
async def test_a_resume_at_any_moment_after_a_panic_puts_the_scene_back(after: int) -> None:
    async with World(PLAN, START) as world:
        await world.to(RUNWAY_AT + 30 * SECOND)
        world.studio.on_air.clear()
        await world.order(Word.PANIC)
        await world.to(RUNWAY_AT + 30 * SECOND + after * MS)
        await world.order(Word.RESUME)
        await world.to(RUNWAY_AT + 32 * SECOND)
        assert shown(world) == ["Please stand by", "Runway"]
        assert world.show().lanes_held == {}
