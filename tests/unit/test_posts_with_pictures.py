"""A picture takes seconds to draw: meanwhile its post is not begun, and nobody has to ask whether it is out."""

from dataclasses import replace

from broadcaster.ports import Picture
from broadcaster.season.plan import CARD, Cue, ShowPlan
from broadcaster.show.orders import Word
from broadcaster.show.records import INTENT
from tests.plans import GO_LIVE, MINUTE, SECOND
from tests.unit.test_posts_on_channels import evening, post, world
from tests.world import World

PLAIN = post("soon")
assert PLAIN.post is not None
SHOWN = replace(PLAIN, post=replace(PLAIN.post, picture=CARD))
DUE = GO_LIVE - 15 * MINUTE
DRAWN_IN = 5 * SECOND


def drawing() -> World:
    """A show whose post has a card, which takes a while."""
    here = world(evening(SHOWN, post("other")))

    async def card(show: ShowPlan, cue: Cue) -> Picture:
        here.drawn.append(show.go_live)
        await here.clock.sleep(DRAWN_IN)
        return Picture(content=b"png", media="image/png", about=f"at {show.go_live:%H:%M}")

    here.card = card
    return here


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
