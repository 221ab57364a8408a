"""What comes too late: an hour, a sleep, a stepped clock, a stalled loop, a GO that never came; each by its rule."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broadcaster.season.plan import Cue, Late, LateRule, Plan, SegmentPlan
from broadcaster.show.orders import Word
from broadcaster.show.records import CLOCK_STEPPED, CUE_SETTLED, LOOP_STALLED, RULE_APPLIED
from tests.announced import SOON
from tests.announced import evening as posting
from tests.announced import world as posts_world
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan, segment, show_plan
from tests.world import World

RUNWAY = "day-1/program/take/runway"


def late(then: Late, grace: float = 30) -> LateRule:
    return LateRule(grace=grace * SECOND, then=then)


def evening(then: Late, *, grace: float = 30) -> Plan:
    """A film for two minutes, a long runway with this rule, a talk at the wall an hour and a half later."""
    segments = (
        segment("film", "Film", GO_LIVE),
        segment("runway", "Runway", GO_LIVE + 2 * MINUTE, 88, late=late(then, grace)),
        segment("talk", "Talk", GO_LIVE + 90 * MINUTE, 10, is_hard=True),
    )
    return season_plan(show_plan(segments=segments))


async def wake_up(world: World, after: timedelta) -> None:
    """The machine sleeps, or the loop stands still, for so long: time passes and nothing is looked at."""
    world.clock._now += after
    world.alarm.at = None
    world.alarm.ring()
    await world.settle()
    await world.to(world.clock.now() + SECOND)


def why(world: World, cue: str) -> str:
    return next(str(record.data["why"]) for record in world.journal.of(CUE_SETTLED) if record.ids["cue"] == cue)


async def slept_through(then: Late) -> World:
    """A world that slept ten minutes, from a second before the runway was to be armed."""
    world = World(evening(then), GO_LIVE - 61 * MINUTE)
    await world.__aenter__()
    await world.to(GO_LIVE + 119 * SECOND)
    assert world.program == "Film"
    await wake_up(world, 10 * MINUTE)
    return world


async def test_a_late_take_that_may_fire_is_done_now() -> None:
    world = await slept_through(Late.FIRE)
    assert world.program == "Runway"
    await world.kill()


async def test_a_late_take_that_is_to_be_skipped_leaves_what_is_on_air_until_the_next_cue() -> None:
    world = await slept_through(Late.SKIP)
    assert world.program == "Film"
    assert world.ends()[RUNWAY] == "skipped"
    assert "late, its grace is 30s: Film stays on air until the next cue" in why(world, RUNWAY)
    assert "program" not in world.show().lanes_held
    await world.to(GO_LIVE + 91 * MINUTE)
    assert world.program == "Talk"
    await world.kill()


async def test_a_late_take_that_falls_back_shows_the_fallback_scene_until_the_next_cue() -> None:
    world = await slept_through(Late.FALLBACK)
    assert world.program == "Please stand by"
    assert world.ends()[RUNWAY] == "skipped"
    assert [record.data["rule"] for record in world.journal.of(RULE_APPLIED)] == ["fallback"]
    await world.to(GO_LIVE + 91 * MINUTE)
    assert world.program == "Talk"
    await world.kill()


async def test_a_late_take_that_asks_waits_with_a_countdown_until_go() -> None:
    world = await slept_through(Late.ASK)
    assert world.program == "Film"
    seen = world.conductor.view()
    assert (seen["asks"], seen["asks_scene"]) == ("runway", "Runway")
    assert seen["asks_in"].startswith("1:18:")
    assert any("runway is too late and asks: `go` puts Runway on air" in alert for alert in seen["alerts"])
    await world.order(Word.GO)
    await world.to(world.clock.now() + SECOND)
    assert world.program == "Runway"
    assert world.ends()[RUNWAY] == "done"
    assert world.conductor.view()["asks"] is None
    assert world.show().started.keys() == {"film", "runway"}
    await world.kill()


async def test_a_question_that_nobody_answers_ends_with_the_next_cue() -> None:
    world = await slept_through(Late.ASK)
    await world.to(GO_LIVE + 91 * MINUTE)
    assert world.program == "Talk"
    assert world.ends()[RUNWAY] == "skipped"
    assert "nobody answered" in why(world, RUNWAY)
    assert not world.doubled()
    await world.kill()


async def test_a_question_is_answered_by_a_take_too() -> None:
    world = await slept_through(Late.ASK)
    await world.order(Word.TAKE, scene="Somewhere else")
    await world.to(world.clock.now() + SECOND)
    assert world.program == "Somewhere else"
    assert world.conductor.view()["asks"] is None
    await world.kill()


async def test_a_question_survives_a_restart() -> None:
    world = await slept_through(Late.ASK)
    await world.restart()
    await world.to(world.clock.now() + MINUTE)
    assert world.program == "Film"
    assert world.conductor.view()["asks"] == "runway"
    assert world.kinds()[RULE_APPLIED] == 1
    await world.kill()


@pytest.mark.parametrize(
    ("then", "scene"),
    [
        (Late.FIRE, "Runway"),
        (Late.SKIP, "Somewhere else"),
        (Late.ASK, "Somewhere else"),
        (Late.FALLBACK, "Please stand by"),
    ],
)
async def test_a_service_that_starts_an_hour_late_follows_the_rule_of_the_segment_then_on(
    then: Late, scene: str
) -> None:
    async with World(evening(then), GO_LIVE + 62 * MINUTE) as world:
        await world.to(GO_LIVE + 62 * MINUTE + 30 * SECOND)
        assert world.program == scene
        assert world.ends()["day-1/program/take/film"] == "skipped"
        await world.to(GO_LIVE + 91 * MINUTE)
        assert world.program == "Talk"
        assert not world.doubled()


async def test_a_take_within_its_grace_is_on_time_after_a_short_stall() -> None:
    async with World(evening(Late.SKIP), GO_LIVE - 61 * MINUTE) as world:
        await world.to(GO_LIVE + 119 * SECOND)
        world.alarm.trouble("stalled", 20.0)
        await wake_up(world, 20 * SECOND)
        assert world.program == "Runway"
        assert [record.data for record in world.journal.of(LOOP_STALLED)] == [{"seconds": 20.0}]


async def test_a_clock_that_steps_ahead_is_recorded_and_the_rule_decides() -> None:
    async with World(evening(Late.SKIP), GO_LIVE - 61 * MINUTE) as world:
        await world.to(GO_LIVE + 119 * SECOND)
        world.alarm.trouble("stepped", 120.0)
        await wake_up(world, 2 * MINUTE)
        assert world.program == "Film"
        assert world.ends()[RUNWAY] == "skipped"
        assert [record.data for record in world.journal.of(CLOCK_STEPPED)] == [{"seconds": 120.0}]


async def test_a_clock_that_steps_back_repeats_nothing() -> None:
    async with World(evening(Late.FIRE), GO_LIVE - 61 * MINUTE) as world:
        await world.to(GO_LIVE + 150 * SECOND)
        assert world.program == "Runway"
        taken = len(world.studio.applied("take"))
        posts = list(world.channel.posts)
        world.alarm.trouble("stepped", -180.0)
        await wake_up(world, -3 * MINUTE)
        assert world.program == "Runway"
        await world.to(GO_LIVE + 10 * MINUTE)
        assert len(world.studio.applied("take")) == taken
        assert world.channel.posts == posts
        assert not world.doubled()
        assert [record.data for record in world.journal.of(CLOCK_STEPPED)] == [{"seconds": -180.0}]
        await world.to(GO_LIVE + 91 * MINUTE)
        assert world.program == "Talk"


async def test_what_an_operator_began_by_go_is_never_too_late() -> None:
    show = evening(Late.SKIP).shows[0]

    def manual(each: SegmentPlan) -> SegmentPlan:
        return replace(each, is_manual=True, late=late(Late.ASK)) if each.id == "runway" else each

    def cue(each: Cue) -> Cue:
        return replace(each, manual=True, late=late(Late.ASK)) if each.id == RUNWAY else each

    show = replace(show, segments=tuple(map(manual, show.segments)), cues=tuple(map(cue, show.cues)))
    async with World(season_plan(show), GO_LIVE - 61 * MINUTE) as world:
        await world.to(GO_LIVE + 3 * MINUTE)
        world.studio.go_away()
        await world.order(Word.GO)
        await world.to(GO_LIVE + 5 * MINUTE)
        world.studio.come_back()
        await world.to(GO_LIVE + 5 * MINUTE + SECOND)
        assert world.program == "Runway"


# -- GO that does not come ----------------------------------------------------------------------------------------


def with_manual(then: Late) -> Plan:
    segments = (
        segment("film", "Film", GO_LIVE),
        segment("runway", "Runway", GO_LIVE + 2 * MINUTE, is_manual=True, late=late(then, 40)),
        segment("talk", "Talk", GO_LIVE + 4 * MINUTE),
    )
    return season_plan(show_plan(segments=segments))


@pytest.mark.parametrize(
    ("then", "scene", "current"),
    [
        (Late.FIRE, "Runway", "runway"),
        (Late.SKIP, "Talk", "talk"),
        (Late.ASK, "Film", "film"),
        (Late.FALLBACK, "Please stand by", "film"),
    ],
)
async def test_a_go_that_does_not_come_is_counted_down_and_then_its_rule_decides(
    then: Late, scene: str, current: str
) -> None:
    async with World(with_manual(then), GO_LIVE - 61 * MINUTE) as world:
        await world.to(GO_LIVE + 130 * SECOND)
        seen = world.conductor.view()
        assert (seen["go_waited"], seen["go_rule"], seen["go_rule_in"]) == ("00:10", then, "00:30")
        await world.to(GO_LIVE + 161 * SECOND)
        assert (world.program, world.conductor.view()["segment"]) == (scene, current)
        if then is Late.SKIP:
            assert why(world, RUNWAY) == "no GO within 40s of its time"
        if then is Late.FALLBACK:
            await world.order(Word.GO)
            await world.to(GO_LIVE + 162 * SECOND)
            assert world.program == "Runway"
        assert not world.doubled()


async def test_a_hold_stops_the_countdown() -> None:
    async with World(with_manual(Late.SKIP), GO_LIVE - 61 * MINUTE) as world:
        await world.to(GO_LIVE + 130 * SECOND)
        await world.order(Word.HOLD)
        await world.to(GO_LIVE + 200 * SECOND)
        assert world.conductor.view()["segment"] == "film"
        assert world.conductor.view()["go_rule_in"] is None


async def test_a_delay_is_acted_on_and_a_restart_remembers_it() -> None:
    plan = evening(Late.FIRE)
    async with World(plan, GO_LIVE - 61 * MINUTE) as world:
        await world.to(GO_LIVE - 30 * MINUTE)
        await world.order(Word.DELAY, by="12m")
        await world.restart()
        await world.to(GO_LIVE + 11 * MINUTE)
        assert world.program == "Countdown"
        assert world.show().live_at is None
        await world.to(GO_LIVE + 12 * MINUTE + 10 * SECOND)
        assert world.program == "Film"
        assert abs(world.show().live_at - (GO_LIVE + 12 * MINUTE)) < 10 * SECOND
        await world.order(Word.EXTEND, by="3m")
        await world.to(GO_LIVE + 16 * MINUTE)
        assert world.program == "Film"
        await world.to(GO_LIVE + 17 * MINUTE + SECOND)
        assert world.program == "Runway"
        planned = [record.data["planned"] for record in world.journal.of(CUE_SETTLED) if record.ids["cue"] == RUNWAY]
        assert planned == ["2027-10-20T14:02:00.000Z"]


async def test_a_lost_post_is_found_by_a_clock_that_was_hours_ahead_when_it_was_sent() -> None:
    async with posts_world(posting(SOON)) as here:
        here.channel.finds = True
        here.channel.fail("post", "lose")
        await here.to(SOON.at + SECOND)
        ahead = timedelta(hours=3)
        here.channel.made["m1"] -= ahead  # the channel's clock was right
        here.alarm.trouble("stepped", -ahead.total_seconds())
        await wake_up(here, -ahead)
        await here.to(GO_LIVE)
        assert here.channel.posts == ["soon 14:00"]
        assert here.show().post(SOON.id).post == "m1"
