"""Posts that were handed over ahead, and whose instant changes then: moved where they can be, once, and truly told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from broadcaster.conductor.rewriting import Reading
from broadcaster.season.channels import REACH
from broadcaster.season.plan import Cue, ShowPlan
from broadcaster.show.changes import compare
from broadcaster.show.orders import Rewrite, Word
from broadcaster.show.post_list import post_list
from broadcaster.show.post_orders import Outlets
from broadcaster.show.post_state import Pause
from broadcaster.show.post_wait import why_paused
from broadcaster.show.records import stamp
from tests.announced import AHEAD, evening, post, world
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan
from tests.world import Snapshot, World

HOUR = timedelta(hours=1)
HANDED_OVER = AHEAD.at - 2 * HOUR


def at(cue: Cue, instant: datetime) -> Cue:
    return replace(cue, at=instant)


async def rewritten(here: World, show: ShowPlan) -> list[str]:
    """The season's file says this from now on; what was said of it before it was done."""
    here.plan = season_plan(show)
    edit = compare(here.conductor.plan, here.plan, here.conductor.state, here.clock.now(), cut=False, who="")
    reading = Reading(plan=here.plan, season_hash="new", words=here.conductor._ends.words)
    await here.conductor.replace_plan(reading, Rewrite(who="Aigul", source="test"))
    await here.settle()
    return [f"{each.what}: {each.text}" for each in edit.changes if each.kind == "cue"]


def handed_over(*posts: Cue, before: timedelta = 3 * HOUR) -> World:
    here = world(evening(*posts), before=before)
    here.channel.finds = here.channel.edits = True
    return here


def why(here: World) -> str:
    listed = post_list(here.plan, here.conductor.state, here.clock.now(), Outlets())
    return str(next(each["why"] for each in listed if each["id"] == AHEAD.id))


def alerts(here: World) -> list[str]:
    return [said for said in here.conductor.view()["alerts"] if "planner" in said]


@pytest.mark.parametrize("fault", ["", "lose", "drop", "unavailable"])
async def test_a_post_that_waits_with_its_channel_is_moved_with_its_words_once(fault: str) -> None:
    later = AHEAD.at + HOUR
    async with handed_over(AHEAD) as here:
        await here.to(HANDED_OVER + 30 * MINUTE)
        assert here.channel.waiting == {"m1": AHEAD.at}
        if fault:
            here.channel.fail("edit", fault)  # type: ignore[arg-type]
        show = replace(evening(at(AHEAD, later)), go_live=GO_LIVE + HOUR)
        moves = "moved: 2027-10-20 18:40 UTC+5 -> 2027-10-20 19:40 UTC+5, by the channel that it was handed over to"
        assert await rewritten(here, show) == [moves]
        await here.to(HANDED_OVER + 32 * MINUTE)
        assert here.channel.waiting == {"m1": later}
        assert here.channel.said == {"m1": f"early {GO_LIVE + HOUR:%H:%M}"}
        assert len(here.channel.applied("edit")) == (2 if fault == "lose" else 1)
        state = here.show().post(AHEAD.id)
        assert (state.posted, state.moving, len(here.channel.posts)) == (later, None, 1)
        assert why(here) == "handed over as m1, telegram publishes it at 2027-10-20 19:40 UTC+5"
        on_screen = here.conductor.screen()["posts"][AHEAD.id]
        assert (on_screen["done_at"], on_screen["why"]) == (stamp(later), why(here))
        assert alerts(here) == []


@pytest.mark.parametrize(
    ("when", "to"),
    [
        (AHEAD.at - 3 * MINUTE, AHEAD.at + HOUR),
        (AHEAD.at - HOUR, AHEAD.at - 52 * MINUTE),
        (AHEAD.at - HOUR, AHEAD.at + 40 * 24 * HOUR),
    ],
    ids=["it comes out in a moment", "too near", "too far"],
)
async def test_what_cannot_be_moved_says_what_is_so_and_is_named_until_it_is_out(when: datetime, to: datetime) -> None:
    async with handed_over(AHEAD) as here:
        await here.to(when)
        (said,) = await rewritten(here, replace(evening(at(AHEAD, to)), go_live=GO_LIVE + HOUR))
        assert said.startswith("kept: handed over for 2027-10-20 18:40 UTC+5, and due ")
        await here.to(when + MINUTE)
        assert here.channel.waiting == {"m1": AHEAD.at}
        assert here.channel.said == {"m1": f"early {GO_LIVE + HOUR:%H:%M}"}
        (alert,) = alerts(here)
        assert alert.startswith("early/telegram/en comes out at 2027-10-20 18:40 UTC+5, is due at ")
        assert why(here) == alert
        await here.to(AHEAD.at + MINUTE)
        assert alerts(here) == []
        assert why(here) == "handed over as m1, telegram published it at 2027-10-20 18:40 UTC+5"
        assert len(here.channel.posts) == len(here.channel.applied("edit")) == 1


async def test_a_refused_move_is_not_asked_for_again_until_there_is_another_instant() -> None:
    async with handed_over(AHEAD) as here:
        await here.to(HANDED_OVER + MINUTE)
        here.channel.fail("edit", "refuse")
        await rewritten(here, evening(at(AHEAD, AHEAD.at + HOUR)))
        await here.to(HANDED_OVER + 30 * MINUTE)
        assert len(alerts(here)) == 1
        assert [call.method for call in here.channel.calls].count("edit") == 1
        await rewritten(here, evening(at(AHEAD, AHEAD.at + 2 * HOUR)))
        await here.to(HANDED_OVER + 40 * MINUTE)
        assert alerts(here) == []
        assert here.channel.waiting == {"m1": AHEAD.at + 2 * HOUR}


async def test_a_move_whose_answer_comes_only_after_the_old_instant_is_known_for_what_it_was() -> None:
    later = AHEAD.at + HOUR
    for fault, posted in (("lose", later), ("drop", AHEAD.at)):
        async with handed_over(AHEAD) as here:
            await here.to(AHEAD.at - 10 * MINUTE)
            here.channel.fail("edit", fault, *["unavailable"] * 500)  # type: ignore[arg-type, list-item]
            await rewritten(here, evening(at(AHEAD, later)))
            await here.to(AHEAD.at + 10 * MINUTE)
            here.channel._faults.clear()
            await here.to(AHEAD.at + 20 * MINUTE)
            state = here.show().post(AHEAD.id)
            assert (state.posted, state.moving) == (posted, None)
            assert here.channel.waiting == {"m1": posted}


async def test_a_post_that_the_season_has_no_more_is_named_as_long_as_it_waits() -> None:
    async with handed_over(AHEAD) as here:
        await here.to(HANDED_OVER + MINUTE)
        said = await rewritten(here, evening())
        assert said == ["kept: handed over, it still comes out: remove it in the channel's planner"]
        assert alerts(here)[0].startswith("early/telegram/en is not in the season any more")
        await here.to(AHEAD.at + MINUTE)
        assert alerts(here) == []


async def test_a_cancelled_show_moves_nothing() -> None:
    async with handed_over(AHEAD) as here:
        await here.to(HANDED_OVER + MINUTE)
        await here.order(Word.CANCEL)
        await here.to(HANDED_OVER + 2 * MINUTE)
        await rewritten(here, evening(at(AHEAD, AHEAD.at + HOUR)))
        await here.to(HANDED_OVER + 5 * MINUTE)
        assert here.channel.waiting == {"m1": AHEAD.at}
        assert here.channel.said["m1"].startswith("Cancelled")
        assert alerts(here) == []


# -- not taken ahead --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_final", [False, True])
async def test_what_a_channel_does_not_take_ahead_is_posted_at_its_own_hour(is_final: bool) -> None:
    async with handed_over(AHEAD) as here:
        here.channel.takes_ahead = False
        await here.to(HANDED_OVER + MINUTE)
        assert here.ends() == {}
        assert why(here) == "telegram did not take it ahead, so it is posted at its instant: nothing is scheduled here"
        await here.restart()
        await here.to(AHEAD.at - SECOND)
        assert [call.method for call in here.channel.calls] == ["post"]
        if is_final:
            here.channel.fail("post", "refuse")
        await here.to(AHEAD.at + 2 * MINUTE)
        assert here.ends()[AHEAD.id] == ("failed" if is_final else "done")
        assert [call.at - AHEAD.at < SECOND for call in here.channel.calls] == [True, True]
        assert len(here.channel.posts) == (0 if is_final else 1)
        assert not here.show().post(AHEAD.id).is_handed_over
        begun = [each.data["why"] for each in here.journal.of("intent/1") if each.data["verb"] == "post"]
        assert begun[-1] == "its time has come, and its channel did not take it ahead: nothing is scheduled here"


# -- killed at any point ----------------------------------------------------------------------------------------------

OTHER = replace(post("other", "mastodon", before=20 * MINUTE, is_following=False), post=None)
OTHER = replace(OTHER, post=replace(post("other", "mastodon").post, hand_over=2 * HOUR))  # type: ignore[type-var]
EDITED = HANDED_OVER + 30 * MINUTE
SHOW = evening(AHEAD, OTHER)
LATER = evening(at(AHEAD, AHEAD.at + HOUR), OTHER)


async def test_killed_at_every_record_a_moved_post_and_a_refused_hand_over_come_out_once_at_their_instants() -> None:
    def made(show: ShowPlan) -> World:
        here = world(show, before=2 * HOUR + 21 * MINUTE)
        for channel in here.channels.values():
            channel.finds = channel.edits = True
        here.channels["mastodon"].takes_ahead = False
        return here

    async def evening_of(here: World) -> None:
        if here.clock.now() < EDITED:
            await here.to(EDITED)
            await rewritten(here, LATER)
        await here.to(AHEAD.at + HOUR + MINUTE)

    first = made(SHOW)
    snapshots: list[Snapshot] = []
    first.journal.around = lambda: snapshots.append(first.snapshot())
    async with first:
        await evening_of(first)
        first.journal.around = lambda: None
    records: Sequence[object] = list(first.journal.records)
    early = [each for each in snapshots if each.at < AHEAD.at + MINUTE]
    assert len(early) > 20
    for snapshot in early:
        where = f"after record {snapshot.count} at {snapshot.at:%H:%M:%S}"
        here = made(SHOW if snapshot.at < EDITED else LATER)
        await here.clock.advance_to(snapshot.at + 2 * SECOND, settle=1)
        here.restore(snapshot, records)  # type: ignore[arg-type]
        async with here:
            await evening_of(here)
            assert here.channel.waiting == {"m1": AHEAD.at + HOUR}, where
            assert len(here.channel.posts) == len(here.channels["mastodon"].posts) == 1, where
            assert here.ends()[AHEAD.id] == here.ends()[OTHER.id] == "done", where


async def test_a_delay_counts_in_what_is_said_of_where_a_post_waits() -> None:
    early = replace(AHEAD, follows_live=True)
    async with handed_over(early) as here:
        await here.to(HANDED_OVER + 30 * MINUTE)
        await here.order(Word.DELAY, by="30m")
        await here.to(HANDED_OVER + 32 * MINUTE)
        assert (here.channel.waiting, alerts(here)) == ({"m1": early.at + HOUR / 2}, [])
        moves = "moved: 2027-10-20 19:10 UTC+5 -> 2027-10-20 20:10 UTC+5, by the channel that it was handed over to"
        assert await rewritten(here, evening(at(early, early.at + HOUR))) == [moves]
    async with handed_over(early) as here:
        await here.to(early.at - 2 * MINUTE)
        await here.order(Word.DELAY, by="30m")
        await here.to(early.at - MINUTE)
        (alert,) = alerts(here)
        assert "comes out at 2027-10-20 18:40 UTC+5, is due at 2027-10-20 19:10 UTC+5" in alert


async def test_what_its_channel_did_not_take_ahead_is_planned_and_waits_for_nothing_but_its_instant() -> None:
    async with handed_over(AHEAD) as here:
        here.channel.fail("post", "unavailable", "refuse")
        await here.to(HANDED_OVER + 5 * MINUTE)
        assert here.show().post(AHEAD.id).is_put_off
        outlets = Outlets(reaches={"telegram": REACH["telegram"]})
        [listed] = post_list(here.plan, here.conductor.state, here.clock.now(), outlets)
        assert listed["standing"] == "planned"
        pause = Pause(until=here.clock.now() + HOUR, since=here.clock.now(), why="slow down")
        pauses, now = {"telegram": pause}, here.clock.now()
        assert why_paused(here.plan.show("day-1"), here.show(), AHEAD, pauses, now) == ""
