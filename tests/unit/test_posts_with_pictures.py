"""A picture takes seconds to draw: meanwhile its post is not begun, and nobody has to ask whether it is out."""

import asyncio
from dataclasses import replace

import pytest

from broadcaster.conductor.rewriting import Reading
from broadcaster.ports import Picture
from broadcaster.season.channels import REACH
from broadcaster.season.errors import Refused, Unavailable
from broadcaster.season.plan import CARD, Cue, ShowPlan
from broadcaster.show.orders import Order, Rewrite, Word
from broadcaster.show.records import INTENT
from broadcaster.show.turn import Command
from tests.announced import evening, post, world
from tests.plans import GO_LIVE, MINUTE, SECOND
from tests.playing import MS
from tests.world import World

PLAIN = post("soon")
assert PLAIN.post is not None
SHOWN = replace(PLAIN, post=replace(PLAIN.post, picture=CARD))
DUE = GO_LIVE - 15 * MINUTE
DRAWN_IN = 5 * SECOND


def drawing(*posts: Cue) -> World:
    """A show whose post has a card, which takes a while."""
    here = world(evening(*(posts or (SHOWN, post("other")))))

    async def card(show: ShowPlan, cue: Cue) -> Picture:
        here.drawn.append(show.go_live)
        await here.clock.sleep(DRAWN_IN)
        return Picture(content=b"png", media="image/png", about=f"at {show.go_live:%H:%M}")

    here.card = card
    return here


def fails_to_draw(here: World, error: Exception, times: int, *, of: str = SHOWN.id) -> list[None]:
    """Let the first drawings of the card of a post fail; one for each try that did."""
    draw, tries = here.card, list[None]()
    assert draw is not None

    async def card(show: ShowPlan, cue: Cue) -> Picture | None:
        if cue.id == of and len(tries) < times:
            tries.append(None)
            raise error
        return await draw(show, cue)

    here.card = card
    return tries


def needs_pictures(here: World, *, edits: bool = False) -> None:
    """Let the channel be one that takes nothing without a picture."""
    ends = here.conductor._doing.ends
    here.conductor._doing.ends = replace(ends, reaches={"telegram": replace(REACH["instagram"], edits_picture=edits)})


def begun(here: World) -> list[str]:
    return [
        record.ids["cue"] for record in here.journal.records if record.kind == INTENT and "posts" in record.ids["cue"]
    ]


async def test_a_kill_while_a_picture_is_drawn_leaves_nobody_in_doubt() -> None:
    async with drawing() as here:
        await here.to(DUE + 2 * SECOND)
        assert here.drawn
        assert SHOWN.id not in begun(here)
        assert here.channel.posts == ["other 14:00"]  # the others do not wait for it
        await here.restart()
        await here.to(DUE + 10 * SECOND)
        assert sorted(here.channel.posts) == ["other 14:00", "soon 14:00"]
        assert here.channel.pictures == ["at 14:00"]
        assert not here.show().posts[SHOWN.id].asks


async def test_a_post_whose_picture_is_drawn_is_still_held_and_never_shows_an_old_time() -> None:
    async with drawing() as here:
        await here.to(DUE + 2 * SECOND)
        await here.order(Word.POST, post=SHOWN.id, act="hold")
        await here.order(Word.DELAY, by="-1m")
        await here.to(DUE + MINUTE)
        assert SHOWN.id not in begun(here)
        await here.order(Word.POST, post=SHOWN.id, act="resume")
        await here.to(DUE + 2 * MINUTE)
        assert "soon 13:59" in here.channel.posts
        assert here.channel.pictures == ["at 13:59"]


@pytest.mark.parametrize("failures", [1, 3])
async def test_a_picture_that_could_not_be_drawn_is_tried_again_in_time_for_its_post(failures: int) -> None:
    async with drawing() as here:
        fails_to_draw(here, Unavailable("the process ended with -9", reason="noCard"), failures)
        await here.to(DUE + MINUTE)
        assert here.channel.pictures == ["at 14:00"]
        assert here.ends()[SHOWN.id] == "done"


async def test_a_post_that_can_goes_without_a_picture_in_good_time_and_one_that_cannot_waits_for_it() -> None:
    async with drawing() as here:
        fails_to_draw(here, Unavailable("the process ended with -9", reason="noCard"), 99)
        await here.to(DUE + MINUTE)
        assert sorted(here.channel.posts) == ["other 14:00", "soon 14:00"]
        assert here.channel.pictures == []
    async with drawing() as here:
        needs_pictures(here)
        tries = fails_to_draw(here, Unavailable("the process ended with -9", reason="noCard"), 5)
        await here.to(DUE + 20 * SECOND)
        assert here.channel.posts == ["other 14:00"]
        assert len(tries) == 5  # with longer and longer pauses
        await here.to(DUE + MINUTE)
        assert here.channel.pictures == ["at 14:00"]


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (Refused("'nothing' is undefined", reason="noPicture"), "its picture cannot be made: 'nothing' is undefined"),
        (KeyError("x"), "its picture cannot be made: our code failed (KeyError)"),
    ],
)
async def test_what_takes_no_post_without_a_picture_is_told_why_there_is_none(error: Exception, says: str) -> None:
    async with drawing() as here:
        needs_pictures(here)
        fails_to_draw(here, error, 99)
        await here.to(DUE + MINUTE)
        assert here.channel.posts == ["other 14:00"]
        assert here.show().settled[SHOWN.id].why == says


async def test_a_picture_is_tried_again_only_while_its_post_is_asked_for() -> None:
    async with drawing() as here:
        needs_pictures(here)
        tries = fails_to_draw(here, Unavailable("the process ended with -9", reason="noCard"), 99)
        await here.to(DUE + 10 * SECOND)
        await here.order(Word.POST, post=SHOWN.id, act="skip")
        tried = len(tries)
        await here.to(DUE + 5 * MINUTE)
        assert len(tries) == tried
        assert not here.conductor._doing.is_busy


# -- corrections: words first ------------------------------------------------------------------------------------------

OUT_BY = DUE + MINUTE
A_MOMENT = 200 * MS


async def test_a_correction_says_its_words_at_once_and_its_picture_follows() -> None:
    async with drawing() as here:
        here.channel.edits = True
        await here.to(OUT_BY)
        await here.order(Word.DELAY, by="10m")
        await here.to(OUT_BY + A_MOMENT)
        assert sorted(here.channel.said.values()) == ["other 14:10", "soon 14:10"]
        assert here.channel.pictures == ["at 14:00"]
        await here.to(OUT_BY + DRAWN_IN / 2)
        await here.order(Word.DELAY, by="5m")  # while the picture is drawn
        await here.to(OUT_BY + DRAWN_IN / 2 + A_MOMENT)
        assert sorted(here.channel.said.values()) == ["other 14:15", "soon 14:15"]
        await here.restart()  # what is still to be put right is on the disk
        await here.to(OUT_BY + 3 * DRAWN_IN)
        assert here.channel.pictures == ["at 14:00", "at 14:15"]
        edits = len(here.channel.calls)
        await here.to(OUT_BY + MINUTE)
        assert len(here.channel.calls) == edits
        post = here.show().posts[SHOWN.id]
        assert (post.edits, len(post.corrections)) == (2, 2)


async def test_other_words_need_no_other_picture() -> None:
    async with drawing() as here:
        here.channel.edits = True
        await here.to(OUT_BY)
        await here.order(Word.POST, post=SHOWN.id, act="edit", text="Come early")
        await here.to(OUT_BY + A_MOMENT)
        assert "Come early" in here.channel.said.values()
        await here.to(OUT_BY + MINUTE)
        assert len(here.drawn) == 1


@pytest.mark.parametrize("kind", ["facebook", "email"])
async def test_nothing_is_drawn_for_a_correction_that_cannot_show_it(kind: str) -> None:
    async with drawing() as here:
        here.reaches["telegram"] = REACH[kind]
        here.channel.edits = kind == "facebook"
        await here.to(OUT_BY)
        await here.order(Word.CANCEL, show="day-1")
        await here.to(OUT_BY + A_MOMENT)
        told = here.channel.said.values() if here.channel.edits else here.channel.posts
        assert any(text.startswith("Cancelled: ") for text in told)
        await here.to(OUT_BY + MINUTE)
        assert len(here.drawn) == 1


async def test_a_picture_that_cannot_be_put_right_is_given_up_and_words_are_still_corrected() -> None:
    async with drawing() as here:
        here.channel.edits = True
        await here.to(OUT_BY)
        fails_to_draw(here, Refused("'nothing' is undefined", reason="noPicture"), 1)
        await here.order(Word.DELAY, by="10m")
        await here.to(OUT_BY + MINUTE)
        assert here.channel.pictures == ["at 14:00"]
        assert not here.conductor._doing.is_busy
        await here.order(Word.DELAY, by="1m")
        await here.to(OUT_BY + 2 * MINUTE)
        assert "soon 14:11" in here.channel.said.values()
        assert here.channel.pictures == ["at 14:00", "at 14:11"]


# -- what changes meanwhile --------------------------------------------------------------------------------------------


async def test_a_card_that_cannot_be_drawn_is_given_up_for_the_one_of_a_season_that_is_read_again() -> None:
    async with drawing() as here:
        needs_pictures(here)
        good, tries = here.card, list[None]()
        assert good is not None

        async def bad(*_: object) -> Picture | None:
            tries.append(None)
            raise Unavailable("the process ended with -11", reason="noCard")

        here.card = bad
        await here.to(DUE + MINUTE)
        tried = len(tries)
        reading = Reading(plan=here.plan, season_hash="new", words=here.conductor._ends.words, card=good)
        await here.conductor.replace_plan(reading, Rewrite(who="Aigul", source="test"))
        needs_pictures(here)
        await here.to(DUE + MINUTE + 2 * DRAWN_IN)
        assert here.channel.pictures == ["at 14:00"]
        assert len(tries) == tried
        assert not here.conductor._doing.is_busy


async def test_a_picture_that_cannot_be_drawn_keeps_no_other_from_being_put_right() -> None:
    stuck = replace(
        PLAIN, id="day-1/posts/post/stuck/telegram/en", post=SHOWN.post, at=GO_LIVE - 13 * MINUTE, follows_live=False
    )
    async with drawing(SHOWN, stuck) as here:
        here.channel.edits = True
        await here.to(OUT_BY)
        assert here.channel.pictures == ["at 14:00"]
        needs_pictures(here, edits=True)
        fails_to_draw(here, Unavailable("the process ended with -11", reason="noCard"), 999, of=stuck.id)
        await here.to(stuck.at + MINUTE)
        await here.order(Word.DELAY, by="5m")
        await here.to(stuck.at + 2 * MINUTE)
        assert here.channel.pictures == ["at 14:00", "at 14:05"]


async def test_an_order_as_a_post_is_begun_gives_it_the_picture_of_its_words() -> None:
    fixed = replace(SHOWN, follows_live=False)
    async with drawing(fixed) as here:
        begin, ordered = here.conductor._doing.begin, list[asyncio.Task[int]]()

        def begin_late(command: Command) -> None:
            if command.cue == fixed.id and not ordered:
                order = Order(word=Word.DELAY, who="Aigul", source="test", by="5m")
                ordered.append(asyncio.get_running_loop().create_task(here.conductor.order(order)))
            begin(command)

        here.conductor._doing.begin = begin_late  # type: ignore[method-assign]
        await here.to(GO_LIVE - 5 * MINUTE)
        assert ordered
        assert "soon 14:05" in here.channel.posts
        assert here.channel.pictures == ["at 14:05"]
