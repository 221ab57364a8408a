"""A running season is edited: what is past stays, what is on air is not cut, and all of it is applied or nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from broadcaster.conductor.conductor import Reading
from broadcaster.ports import Message
from broadcaster.season.plan import Plan, SegmentPlan, ShowPlan
from broadcaster.show.changes import Edit, compare
from broadcaster.show.commands import NotNow, Stale
from broadcaster.show.orders import Rewrite, Word
from broadcaster.show.records import COMMAND_GIVEN, SEASON_CHANGED, SHOW_CHANGED, phase_entered
from tests.plans import GO_LIVE, MINUTE, SECOND, Story, season_plan, segment, show_plan
from tests.world import World

START = GO_LIVE - 65 * MINUTE


def words(show: ShowPlan, cue: Any, link: str) -> Message:
    return Message(text=f"{cue.subject} {link}".strip())


def reading(plan: Plan, season_hash: str = "new") -> Reading:
    return Reading(plan=plan, season_hash=season_hash, words=words)


def rewrite(**more: Any) -> Rewrite:
    return Rewrite(who="Aigul", source="test", **more)


async def apply(world: World, plan: Plan, **more: Any) -> Edit:
    edit = await world.conductor.replace_plan(reading(plan), rewrite(**more))
    await world.settle()
    return edit


def two(go_live: Any = GO_LIVE) -> tuple[SegmentPlan, ...]:
    return (segment("film", "Film", go_live, 4), segment("talk", "Talk", go_live + 4 * MINUTE, 4))


def with_segments(*segments: SegmentPlan) -> Plan:
    return season_plan(show_plan(segments=segments))


def said(edit: Edit) -> list[tuple[str, str, str]]:
    return [(each.kind, each.subject, each.what) for each in edit.changes]


async def test_a_segment_that_is_added_is_played() -> None:
    async with World(with_segments(*two()), START) as world:
        await world.to(GO_LIVE + MINUTE)
        more = (*two(), segment("encore", "Runway", GO_LIVE + 8 * MINUTE))
        edit = await apply(world, with_segments(*more))
        assert ("segment", "encore", "added") in said(edit)
        await world.to(GO_LIVE + 8 * MINUTE + SECOND)
        assert world.program == "Runway"
        assert world.kinds()[SEASON_CHANGED] == 1
        record = world.journal.of(SEASON_CHANGED)[0]
        assert record.data["season_hash"] == "new"
        assert {"show": "day-1", "kind": "segment", "id": "encore", "what": "added"}.items() <= {
            key: value for each in record.data["difference"] if each["id"] == "encore" for key, value in each.items()
        }.items()


async def test_a_preview_changes_nothing() -> None:
    async with World(with_segments(*two()), START) as world:
        count = len(world.journal.records)
        edit = await apply(world, with_segments(two()[0]), preview=True)
        assert ("segment", "talk", "removed") in said(edit)
        assert len(world.journal.records) == count
        assert len(world.conductor.plan.shows[0].segments) == 2


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_the_segment_on_air_is_not_cut_by_an_edit(is_restarted: bool) -> None:
    async with World(with_segments(*two()), START) as world:
        await world.to(GO_LIVE + MINUTE)
        shorter = with_segments(segment("film", "Somewhere else", GO_LIVE, 2), two()[1])
        edit = await apply(world, shorter)
        assert [each.what for each in edit.changes if each.subject == "film"] == ["kept", "kept"]
        if is_restarted:
            world.plan = shorter
            await world.restart()
        await world.to(GO_LIVE + 3 * MINUTE)
        assert world.program == "Film"
        assert "program" not in world.show().lanes_held
        await world.to(GO_LIVE + 4 * MINUTE + SECOND)
        assert world.program == "Talk"


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_the_segment_on_air_that_an_edit_removes_goes_on_to_its_end(is_restarted: bool) -> None:
    async with World(with_segments(*two()), START) as world:
        await world.to(GO_LIVE + MINUTE)
        rest = with_segments(two()[1])
        edit = await apply(world, rest)
        assert ("segment", "film", "kept") in said(edit)
        if is_restarted:
            world.plan = rest
            await world.restart()
        await world.to(GO_LIVE + 4 * MINUTE - SECOND)
        assert world.program == "Film"
        assert world.conductor.view()["segment"] == "film"
        await world.to(GO_LIVE + 4 * MINUTE + SECOND)
        assert world.program == "Talk"


async def test_a_cut_that_is_asked_for_is_made() -> None:
    async with World(with_segments(*two()), START) as world:
        await world.to(GO_LIVE + MINUTE)
        await apply(world, with_segments(two()[1]), cut=True)
        await world.to(GO_LIVE + MINUTE + SECOND)
        assert world.program == "Talk"


async def test_another_scene_for_the_segment_on_air_is_taken_when_a_cut_is_asked_for() -> None:
    async with World(with_segments(*two()), START) as world:
        await world.to(GO_LIVE + MINUTE)
        await apply(world, with_segments(segment("film", "Runway", GO_LIVE, 4), two()[1]), cut=True)
        await world.to(GO_LIVE + 2 * MINUTE)
        assert world.program == "Runway"
        assert "program" not in world.show().lanes_held


async def test_the_segment_on_air_may_be_made_longer() -> None:
    async with World(with_segments(*two()), START) as world:
        await world.to(GO_LIVE + MINUTE)
        longer = (segment("film", "Film", GO_LIVE, 6), segment("talk", "Talk", GO_LIVE + 6 * MINUTE, 4))
        await apply(world, with_segments(*longer))
        await world.to(GO_LIVE + 5 * MINUTE)
        assert world.program == "Film"
        await world.to(GO_LIVE + 6 * MINUTE + SECOND)
        assert world.program == "Talk"


async def test_what_is_over_stays_as_it_was() -> None:
    async with World(with_segments(*two()), START) as world:
        await world.to(GO_LIVE + 5 * MINUTE)
        ends = world.ends()
        changed = (segment("film", "Runway", GO_LIVE, 1), segment("talk", "Talk", GO_LIVE + MINUTE, 4))
        edit = await apply(world, with_segments(*changed))
        assert ("segment", "film", "kept") in said(edit)
        await world.to(GO_LIVE + 6 * MINUTE)
        assert world.program == "Talk"
        assert world.ends().items() >= ends.items()
        assert not world.doubled()


async def test_a_new_go_live_takes_the_place_of_a_delay() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE - 20 * MINUTE)
        await world.order(Word.DELAY, by="10m")
        edit = await apply(world, season_plan(show_plan(go_live=GO_LIVE + 15 * MINUTE)))
        assert any("the delay of 10m is gone" in each.text for each in edit.changes)
        assert world.kinds()[SHOW_CHANGED] == 1
        assert world.conductor.view()["go_live"] == "2027-10-20T14:15:00.000Z"
        assert len(world.youtube.videos) == 1


async def test_a_show_that_is_live_keeps_its_beginning_and_its_broadcast() -> None:
    async with World(with_segments(*two()), START) as world:
        await world.to(GO_LIVE + MINUTE)
        later = show_plan(go_live=GO_LIVE + MINUTE, segments=two(GO_LIVE + MINUTE))
        edit = await apply(world, season_plan(later))
        assert ("show", "day-1", "kept") in said(edit)
        await world.to(GO_LIVE + 2 * MINUTE)
        assert len(world.youtube.videos) == 1
        assert world.conductor.view()["go_live"] == "2027-10-20T14:00:00.000Z"


def refused(plan: Plan, story: Story, new: Plan, now: Any = GO_LIVE + MINUTE) -> tuple[str, ...]:
    return compare(plan, new, story.state, now, cut=False, who="Aigul").refusals


def test_what_cannot_be_applied_is_refused_with_every_reason() -> None:
    live = Story().add(phase_entered("day-1", "live", why=""))
    plan = season_plan()
    assert "cannot be taken out" in refused(plan, live, replace(plan, shows=()))[0]
    assert "another season" in refused(plan, live, replace(plan, season="other"))[0]
    silent = season_plan(show_plan(with_broadcast=False))
    assert "whether it goes to YouTube" in refused(plan, live, silent)[0]
    moved = season_plan(replace(plan.shows[0], encoder="second"))
    assert "encoder 'obs'" in refused(plan, live, moved)[0]
    ready = Story().add(phase_entered("day-1", "ready", why=""))
    early = season_plan(show_plan(go_live=GO_LIVE - 60 * MINUTE))
    assert "which is past" in refused(plan, ready, early, GO_LIVE - 30 * MINUTE)[0]


async def test_a_refused_edit_leaves_everything_as_it_was() -> None:
    async with World(season_plan(), START) as world:
        await world.to(GO_LIVE + MINUTE)
        count = len(world.journal.records)
        with pytest.raises(NotNow, match="cannot be taken out of the season"):
            await apply(world, replace(world.plan, shows=()))
        with pytest.raises(Stale):
            await apply(world, season_plan(), revision=1)
        assert len(world.journal.records) == count


async def test_an_edit_sent_again_with_its_key_is_made_once() -> None:
    async with World(with_segments(*two()), START) as world:
        new = with_segments(*two(), segment("encore", "Runway", GO_LIVE + 8 * MINUTE))
        revision = world.conductor.state.revision
        for _ in range(2):
            await apply(world, new, key="k1", revision=revision)
        assert world.kinds()[SEASON_CHANGED] == 1
        assert world.kinds()[COMMAND_GIVEN] == 1


async def test_a_restart_on_another_file_says_so() -> None:
    async with World(with_segments(*two()), START) as world:
        await apply(world, with_segments(*two()))
        await world.kill()
        world.conductor = world._conductor()
        world.conductor._about = {"season_hash": "another"}
        await world.__aenter__()
        assert any("not the one that ran last" in alert for alert in world.conductor.view()["alerts"])
        assert world.journal.of("run_started/1")[-1].data["season_differs"] is True
        await apply(world, with_segments(*two()))
        assert not any("not the one that ran last" in alert for alert in world.conductor.view()["alerts"])


async def test_a_run_without_a_file_cannot_be_reloaded() -> None:
    async with World(season_plan(), START) as world:
        with pytest.raises(NotNow, match="nothing to reload"):
            await world.conductor.edit(rewrite())


Change = Callable[[ShowPlan], ShowPlan]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda show: replace(show, title="Another"), ("show", "day-1", "changed")),
        (lambda show: replace(show, cues=show.cues[1:]), None),
        (
            lambda show: replace(show, cues=tuple(each for each in show.cues if each.subject != "soon")),
            ("cue", "day-1/posts/post/soon/telegram/en", "removed"),
        ),
        (
            lambda show: replace(show, segments=tuple(reversed(show.segments))),
            ("segment", "talk", "changed"),
        ),
    ],
)
def test_each_difference_has_its_name(change: Change, what: tuple[str, str, str] | None) -> None:
    plan = season_plan()
    new = season_plan(change(plan.shows[0]))
    found = said(compare(plan, new, Story().state, GO_LIVE - 60 * MINUTE, cut=False, who=""))
    assert (what in found) if what else not found
    assert said(compare(plan, plan, Story().state, GO_LIVE, cut=False, who="")) == []


def test_a_show_that_is_over_stays_as_it_was_also_when_the_file_drops_it() -> None:
    over = Story().add(phase_entered("day-1", "done", why=""))
    plan = season_plan(show_plan(), show_plan("day-2", go_live=GO_LIVE + 600 * MINUTE))
    changed = season_plan(replace(plan.shows[0], title="Another"), plan.shows[1])
    for new in (changed, replace(plan, shows=plan.shows[1:])):
        edit = compare(plan, new, over.state, GO_LIVE + 60 * MINUTE, cut=False, who="")
        assert edit.plan.shows == plan.shows
        assert said(edit) == [("show", "day-1", "kept")]
