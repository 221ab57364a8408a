"""Is what operators order of posts what the channel gets, also after a crash, and is the list of them cheap?"""

from datetime import datetime, timedelta

import pytest

from broadcaster.conductor.listing import KEPT_FOR, Listing
from broadcaster.show.commands import NotNow
from broadcaster.show.orders import Word
from broadcaster.show.post_orders import Outlets, Words
from broadcaster.show.state import SeasonState
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan
from tests.unit.test_post_orders import NOW_LIVE, SOON, THANKS
from tests.world import World

DUE = GO_LIVE - 15 * MINUTE


async def test_a_held_post_waits_through_a_crash_and_goes_out_once_in_the_words_it_was_given() -> None:
    async with World(season_plan(), GO_LIVE - 30 * MINUTE) as world:
        await world.order(Word.POST, post=SOON, act="hold")
        await world.order(Word.POST, post=SOON, act="edit", text="Біз 19:05-те бастаймыз")
        await world.to(DUE + MINUTE)
        await world.restart()
        await world.to(DUE + 2 * MINUTE)
        assert world.channel.posts == []
        await world.order(Word.POST, post=SOON, act="resume")
        await world.to(DUE + 3 * MINUTE)
        assert world.channel.posts == ["Біз 19:05-те бастаймыз"]
        [listed] = [post for post in await world.conductor.posts("day-1") if post["id"] == SOON]
        assert (listed["standing"], listed["text"]) == ("out", "Біз 19:05-те бастаймыз")


async def test_a_post_is_sent_before_its_time_and_not_again_at_it_and_never_before_it_is_true() -> None:
    async with World(season_plan(), GO_LIVE - 30 * MINUTE) as world:
        await world.order(Word.POST, post=SOON, act="send")
        await world.to(DUE - MINUTE)
        assert world.channel.posts == ["soon"]
        with pytest.raises(NotNow, match="tells that day-1 is live"):
            await world.order(Word.POST, post=NOW_LIVE, act="send")
        await world.order(Word.POST, post=THANKS, act="skip")
        await world.to(GO_LIVE + 30 * MINUTE)
        assert [text.split()[0] for text in world.channel.posts] == ["soon", "now"]
        assert (world.ends()[THANKS], world.doubled()) == ("skipped", [])


@pytest.mark.parametrize("at", [GO_LIVE - 20 * MINUTE, GO_LIVE - 5 * MINUTE])
async def test_a_show_that_is_cancelled_does_not_go_live_and_those_who_were_told_hear_of_it(at: datetime) -> None:
    async with World(season_plan(), GO_LIVE - 70 * MINUTE) as world:
        await world.order(Word.POST, post=SOON, act="send")
        await world.to(at)
        await world.order(Word.CANCEL)
        await world.to(at + MINUTE)
        await world.restart()
        await world.to(GO_LIVE + 30 * MINUTE)
        assert world.show().phase == "cancelled"
        assert world.show().live_at is None
        assert len(world.channel.posts) == 2
        assert world.channel.posts[1].startswith("Cancelled: Day-1")
        assert world.ends()[NOW_LIVE] == world.ends()[THANKS] == "skipped"


async def test_a_follow_up_that_was_lost_is_sent_again_when_somebody_says_so() -> None:
    async with World(season_plan(), GO_LIVE - 70 * MINUTE) as world:
        await world.order(Word.POST, post=SOON, act="send")
        await world.to(GO_LIVE - 60 * MINUTE)
        await world.order(Word.CANCEL)  # its follow-up is on its way
        await world.restart()
        await world.to(GO_LIVE - 50 * MINUTE)
        told = len(world.channel.posts)
        assert (await world.conductor.posts("day-1"))[0]["asks"] == "lost"
        await world.order(Word.POST, post=SOON, act="again")
        await world.to(GO_LIVE - 40 * MINUTE)
        assert len(world.channel.posts) == told + 1
        assert world.channel.posts[-1].startswith("Cancelled")
        assert (await world.conductor.posts("day-1"))[0]["asks"] == ""


async def test_many_who_ask_share_one_list_until_something_is_recorded_or_time_passes() -> None:
    world, made = World(season_plan(), GO_LIVE - 30 * MINUTE), []

    def words(*about: object) -> Words:
        made.append(about)
        return Words(text="x")

    listing, outlets, state = Listing(world.clock), Outlets(words=words), SeasonState()
    first = await listing.posts(world.plan, state, outlets, "")
    count = len(made)
    assert count == len(first) == 3
    first[0]["text"] = "mine"
    assert (await listing.posts(world.plan, state, outlets, ""))[0]["text"] == "x"
    assert len(made) == count
    await listing.posts(world.plan, SeasonState(seq=1), outlets, "")
    assert len(made) == 2 * count
    await world.clock.advance_to(world.clock.now() + KEPT_FOR)
    await listing.posts(world.plan, SeasonState(seq=1), outlets, "")
    assert len(made) == 3 * count
    await world.clock.advance_to(world.plan.shows[0].standby_at - timedelta(milliseconds=500))
    assert KEPT_FOR > SECOND
    await listing.posts(world.plan, SeasonState(seq=2), outlets, "")
    assert len(made) == 3 * count  # a take is about to leave
