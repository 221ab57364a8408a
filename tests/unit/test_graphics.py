"""Lower thirds: up while their segment is on air, down when they must be, and put right after whatever happened."""

from datetime import timedelta

import pytest

from broadcaster.show.orders import Word
from broadcaster.show.records import CUE_SETTLED, instant
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan, show_plan
from tests.playing import MS, NAMED, OVER, SHORT, START, assert_whole, play, record_a_show
from tests.world import World

SHOW, HIDE = "day-1/graphics/show/film", "day-1/graphics/hide/film"
NO_PAGE = "no lower-third page is open: add http://panel/overlay/lower-third as a browser source in OBS"


def a_world() -> World:
    return World(season_plan(show_plan(lower_thirds=NAMED)), START)


def screen(world: World) -> list[tuple[float, str]]:
    """What was on screen, each since how many seconds after go-live."""
    return [(round((at - GO_LIVE).total_seconds(), 1), title) for at, title in world.graphics.screen]


def why(world: World, cue: str) -> str:
    settled = world.show().settled[cue]
    return f"{settled.end}: {settled.why}"


async def at(world: World, second: float) -> str:
    """What is on screen so many seconds after go-live."""
    await world.to(GO_LIVE + second * SECOND)
    return world.graphics.screen[-1][1] if world.graphics.screen else ""


async def test_each_lower_third_is_up_for_its_time_and_both_its_cues_end_on_time() -> None:
    async with a_world() as world:
        await world.to(GO_LIVE + 6 * SECOND)
        up = world.show().graphics
        assert (up.is_sure, up.cue, up.lower_third.subtitle) == (True, SHOW, "Қазақстан")
        state = world.conductor.view()
        assert [state[key] for key in ("graphics", "graphics_subtitle", "graphics_pages")] == ["Әлия", "Қазақстан", 1]
        await play(world)
        assert screen(world) == [(5, "Әлия"), (15, ""), (125, "Chiara"), (135, "")]
        assert_whole(world)
        late = [
            instant(record.data["at"]) - instant(record.data["planned"])
            for record in world.journal.of(CUE_SETTLED)
            if "/graphics/" in record.ids["cue"]
        ]
        assert len(late) == 4
        assert max(late) <= 50 * MS
        assert world.show().graphics is None
        assert world.conductor.view()["graphics"] is None
        assert {world.ends()[cue] for cue in (SHOW, HIDE)} == {"done"}


async def test_without_a_page_the_cues_are_skipped_with_the_remedy_and_nothing_is_tried() -> None:
    async with a_world() as world:
        world.graphics.change(pages=0)
        await play(world)
        assert world.graphics.calls == []
        assert why(world, SHOW) == f"skipped: {NO_PAGE}"
        assert why(world, HIDE) == "skipped: it was not shown"
        assert_whole(world)


async def test_a_page_that_opens_late_gets_what_should_be_up_but_no_flash_of_it() -> None:
    async with a_world() as world:
        world.graphics.change(pages=0)
        await world.to(GO_LIVE + 9 * SECOND)
        world.graphics.change(pages=1)
        assert await at(world, 10) == "Әлия"
        world.graphics.change(pages=0)
        assert await at(world, 126) == ""
        await world.to(GO_LIVE + timedelta(seconds=133.5))
        world.graphics.change(pages=1)
        await play(world)
        assert [title for _, title in screen(world)] == ["Әлия", ""]
        assert why(world, SHOW) == "done: an overlay page shows it"
        assert why(world, "day-1/graphics/show/runway") == "skipped: its time had passed"


async def test_it_waits_for_its_scene_and_then_has_its_whole_time() -> None:
    async with a_world() as world:
        await world.to(GO_LIVE - SECOND)
        world.studio.go_away()
        await world.to(GO_LIVE + 20 * SECOND)
        world.studio.come_back(program="Countdown")
        await play(world)
        assert world.ends()["day-1/program/take/film"] == "done"
        (shown, _), (hidden, _) = screen(world)[:2]
        assert 25 <= shown < 26
        assert hidden - shown == pytest.approx(10, abs=0.1)


async def test_the_next_segment_takes_it_down_with_the_scene_of_the_one_before() -> None:
    async with a_world() as world:
        await world.to(GO_LIVE + 8 * SECOND)
        await world.order(Word.GO)
        assert await at(world, 8.1) == ""
        assert await at(world, 14) == "Chiara"


@pytest.mark.parametrize("is_held", [False, True])
@pytest.mark.parametrize("trouble", ["panic", "fallback", "end"])
async def test_panic_the_fallback_scene_and_the_end_take_it_down_at_once(trouble: str, is_held: bool) -> None:
    async with a_world() as world:
        await world.to(GO_LIVE + 8 * SECOND)
        if is_held:
            await world.order(Word.HOLD, lane="graphics")
        if trouble == "fallback":
            await world.order(Word.TAKE, scene="Please stand by")
        elif trouble == "panic":
            await world.order(Word.PANIC, scene="Somewhere else")
        else:
            await world.order(Word.END)
        assert await at(world, 8.5) == ""
        await world.to(GO_LIVE + 10 * SECOND)
        if trouble == "panic" and not is_held:
            await world.order(Word.RESUME)
            assert await at(world, 10.5) == "Әлия"
            assert await at(world, 15.5) == ""
        await world.to(OVER if trouble == "end" else GO_LIVE + 16 * SECOND)
        assert world.ends()[SHOW] == world.ends().get(HIDE, "done") == "done"
        assert screen(world)[-1][1] == ""


async def test_a_held_lane_keeps_what_is_shown_and_resume_puts_it_right() -> None:
    async with a_world() as world:
        await world.to(GO_LIVE + 8 * SECOND)
        await world.order(Word.HOLD, lane="graphics")
        assert await at(world, 60) == "Әлия"
        assert await at(world, 130) == "Әлия"
        await world.order(Word.RESUME, lane="graphics")
        assert await at(world, 131) == "Chiara"
        await play(world)
        assert screen(world)[-1] == (135, "")
        assert_whole(world)


async def test_a_lower_third_that_came_while_the_lane_was_held_is_skipped() -> None:
    async with a_world() as world:
        await world.order(Word.HOLD, lane="graphics")
        await world.to(GO_LIVE + 20 * SECOND)
        await world.order(Word.RESUME, lane="graphics")
        assert await at(world, 21) == ""
        assert why(world, SHOW) == "skipped: the lane was held by Aigul"


async def test_held_until_the_next_cue_it_comes_back_with_the_next_lower_third() -> None:
    async with a_world() as world:
        await world.to(GO_LIVE + 8 * SECOND)
        await world.order(Word.HOLD, lane="graphics", until="next-cue")
        assert await at(world, 124) == "Әлия"
        assert await at(world, 126) == "Chiara"
        assert world.show().lanes_held == {}


async def test_a_page_that_does_not_answer_is_asked_again_and_no_show_waits_for_it() -> None:
    async with a_world() as world:
        world.graphics.fail("show", "drop", "drop", "drop", "drop")
        for _ in range(1000):
            world.graphics.fail("hide", "drop")
        await play(world)
        assert 2 <= len([call for call in world.graphics.calls if call.method == "show"]) <= 6
        assert why(world, SHOW) == "unknown: show: time-out"
        assert world.show().phase == "done"
        assert world.ends()[HIDE] == "unknown"
        await world.to(OVER + MINUTE)


async def test_a_new_run_tells_the_page_once_what_it_should_show_and_the_page_does_not_blink() -> None:
    async with a_world() as world:
        await world.to(GO_LIVE + 8 * SECOND)
        await world.restart()
        assert await at(world, 14) == "Әлия"
        assert len(world.graphics.applied("show")) == 2
        await play(world)
        assert screen(world) == [(5, "Әлия"), (15, ""), (125, "Chiara"), (135, "")]
        assert_whole(world)


async def test_after_a_crash_at_any_record_the_level_is_put_right_once() -> None:
    recorded, snapshots = await record_a_show()
    records = recorded.journal.records
    ours = {number for number, record in enumerate(records, 1) if "/graphics/" in record.ids.get("cue", "")}
    inside = [each for each in snapshots if {each.count, each.count + 1} & ours]
    assert len(inside) >= 12
    for snapshot in inside:
        world = World(season_plan(SHORT), snapshot.at)
        world.youtube.live_takes = 7 * SECOND
        world.restore(snapshot, records)
        async with world:
            await play(world)
            assert_whole(world)
            assert screen(world)[-1][1] == ""
            shown = [title for _, title in screen(world) if title]
            assert shown in (["Әлия", "Chiara"], ["Chiara"]), snapshot.at
            assert len(world.graphics.applied("show")) <= 3
