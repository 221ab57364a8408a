"""Announcements on channels that hang, are full, lose answers, can edit or cannot: each is told once, and truly."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from broadcaster.conductor.posting import compose
from broadcaster.ports import Message
from broadcaster.season.errors import Unavailable
from broadcaster.season.plan import Late, LateRule, Trigger
from broadcaster.season.quiet import QuietHours
from broadcaster.season.walltime import local
from broadcaster.show.orders import Word
from broadcaster.show.phases import Phase
from broadcaster.show.post_state import PostState
from broadcaster.show.turn import Verb
from tests.announced import AHEAD, MAIL, OVER, SOON, evening, post, world
from tests.plans import GO_LIVE, MINUTE, SECOND, ZONE
from tests.world import Snapshot, World

# -- one channel's trouble stays its own ------------------------------------------------------------------------------


async def test_a_channel_that_hangs_leaves_every_other_on_time_and_the_show_too() -> None:
    show = evening(SOON, MAIL, post("now", "email", trigger=Trigger.LIVE), post("tell", "mastodon", 14 * MINUTE))
    async with world(show) as here:
        hangs = here.channel.post

        async def hang(*args: object, **more: object) -> str:
            await here.clock.sleep(40 * MINUTE)
            return await hangs(*args, **more)  # type: ignore[arg-type]

        here.channel.post = hang  # type: ignore[method-assign, assignment]
        await here.to(OVER)
        sent = {name: [call.at for call in channel.calls] for name, channel in here.channels.items()}
        assert sent["email"][0] - (GO_LIVE - 15 * MINUTE) < SECOND
        assert sent["mastodon"][0] - (GO_LIVE - 14 * MINUTE) < SECOND
        assert here.show().live_at is not None
        assert sent["email"][1] - here.show().live_at < SECOND
        assert here.show().phase == "done"


async def test_a_channel_is_given_one_act_at_a_time_by_all_shows_together() -> None:
    first = evening(*(post(f"a{number}") for number in range(4)))
    second = evening(*(post(f"b{number}", show="day-2") for number in range(4)), name="day-2")
    async with world(first, second) as here:
        at_once, most = 0, 0
        before = here.channel.post

        async def counted(*args: object, **more: object) -> str:
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            try:
                return await before(*args, **more)  # type: ignore[arg-type]
            finally:
                at_once -= 1

        here.channel.post = counted  # type: ignore[method-assign, assignment]
        await here.to(GO_LIVE - 14 * MINUTE)
        assert most == 1
        assert len(here.channel.posts) == len(set(here.channel.posts)) == 8


async def test_slow_down_pauses_that_channel_alone_and_then_it_goes_on() -> None:
    async with world(evening(SOON, MAIL, post("more"))) as here:
        before, refused = here.channel.post, []

        async def slow_down(*args: object, **more: object) -> str:
            if not refused:
                refused.append(here.clock.now())
                raise Unavailable("slow down", reason="429", retry_after=60.0)
            return await before(*args, **more)  # type: ignore[arg-type]

        here.channel.post = slow_down  # type: ignore[method-assign, assignment]
        await here.to(GO_LIVE - 14 * MINUTE - SECOND)
        assert len(here.channels["email"].posts) == 1
        assert here.channel.posts == []
        await here.to(GO_LIVE - 13 * MINUTE)
        assert len(here.channel.posts) == 2
        assert here.conductor.state.channels.pauses == {}


# -- lost answers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["lose", "drop"])
async def test_a_lost_post_is_looked_for_and_sent_again_only_if_it_is_not_there(fault: str) -> None:
    async with world(evening(SOON)) as here:
        here.channel.finds = True
        here.channel.fail("post", fault)  # type: ignore[arg-type]
        await here.to(GO_LIVE - 14 * MINUTE)
        assert len(here.channel.posts) == 1
        assert here.ends()[SOON.id] == "done"


@pytest.mark.parametrize("is_there", [True, False])
async def test_killed_while_it_posts_what_others_were_told_and_found_so_in_the_morning(is_there: bool) -> None:
    rome, singapore = (replace(SOON, id=f"{SOON.id}/{where}", at=SOON.at + i * MINUTE) for i, where in enumerate("rs"))
    async with world(evening(rome, singapore)) as here:
        here.channel.finds = True
        await here.to(singapore.at - SECOND)
        before = here.channel.post

        async def hangs(*args: object, **more: object) -> str:
            if is_there:
                await before(*args, **more)  # type: ignore[arg-type]
            await here.clock.sleep(MINUTE)
            raise AssertionError("it was killed")

        here.channel.post = hangs  # type: ignore[method-assign, assignment]
        await here.to(singapore.at + 30 * SECOND)
        await here.kill()
        here.channel.post = before  # type: ignore[method-assign]
        await here.clock.advance_to(singapore.at + 13 * 60 * MINUTE)
        await here.restart()
        await here.to(singapore.at + 13 * 60 * MINUTE + MINUTE)
        told = here.show().post(singapore.id)
        assert (told.post, here.ends()[singapore.id]) == (("m2", "done") if is_there else ("", "skipped"))
        assert here.channel.posts == [f"soon {GO_LIVE:%H:%M}"] * (1 + is_there)
        assert not is_there or (told.posted is not None and told.posted - singapore.at < SECOND)


@pytest.mark.parametrize(("fault", "act"), [("lose", "sent"), ("drop", "again")])
async def test_where_nobody_can_look_people_say_whether_it_is_out(fault: str, act: str) -> None:
    async with world(evening(SOON)) as here:
        here.channel.fail("post", fault)  # type: ignore[arg-type]
        await here.to(GO_LIVE - 14 * MINUTE)
        assert SOON.id not in here.ends()
        assert here.conductor.screen()["posts"][SOON.id]["standing"] == "asks"
        await here.order(Word.POST, post=SOON.id, act=act)
        await here.to(GO_LIVE - 13 * MINUTE)
        assert len(here.channel.posts) == 1
        assert here.ends()[SOON.id] == "done"


# -- handed over ahead ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["", "lose", "drop"])
async def test_a_post_is_handed_over_once_and_corrected_before_it_comes_out(fault: str) -> None:
    async with world(evening(AHEAD), before=timedelta(hours=3)) as here:
        here.channel.finds = here.channel.edits = True
        if fault:
            here.channel.fail("post", fault)  # type: ignore[arg-type]
        await here.to(AHEAD.at - timedelta(hours=2) - SECOND)
        assert here.channel.posts == []
        await here.to(AHEAD.at - timedelta(hours=1))
        assert len(here.channel.posts) == 1
        show = here.conductor.state.show("day-1")
        post, settled = show.post(AHEAD.id), show.settled[AHEAD.id]
        assert (post.posted, post.is_handed_over, settled.at) == (AHEAD.at, True, AHEAD.at)
        assert settled.why == "handed over as m1, telegram publishes it at 2027-10-20 18:40 UTC+5"
        await here.order(Word.DELAY, by="5m")
        await here.to(AHEAD.at + 5 * MINUTE)
        assert list(here.channel.said.values()) == [f"early {GO_LIVE + 5 * MINUTE:%H:%M}"]
        assert len(here.channel.posts) == 1


async def test_what_an_operator_sends_is_out_at_once() -> None:
    async with world(evening(AHEAD), before=timedelta(hours=3)) as here:
        await here.order(Word.POST, post=AHEAD.id, act="send")
        await here.to(GO_LIVE - timedelta(hours=2, minutes=50))
        post = here.conductor.state.show("day-1").post(AHEAD.id)
        assert post.posted is not None and post.posted < GO_LIVE - timedelta(hours=2, minutes=50)
        assert not post.is_handed_over


@pytest.mark.parametrize(
    ("verb", "post", "ahead", "at", "minutes"),
    [
        (Verb.POST, PostState(), timedelta(hours=2), AHEAD.at, 20),
        (Verb.POST, PostState(sent_by="Aigul"), timedelta(hours=2), None, 140),
        (Verb.POST, PostState(), timedelta(), None, 20),
        (Verb.EDIT, PostState(posted=AHEAD.at, post="m1", said="x"), timedelta(hours=1), None, 20),
    ],
)
def test_the_words_of_what_is_handed_over_are_true_as_it_comes_out(
    verb: Verb, post: PostState, ahead: timedelta, at: datetime | None, minutes: int
) -> None:
    ends: Any = SimpleNamespace(
        reaches={},
        season="s",
        words=lambda show, cue, link: Message(text=f"in {round((show.go_live - cue.at) / MINUTE)}"),
    )
    said = compose(ends, evening(AHEAD), AHEAD, verb, post, "", now=AHEAD.at - ahead)
    assert (said.message.text, said.message.at) == (f"in {minutes}", at)
    assert ("publish_at" in said.as_json()) is (at is not None)


# -- what is true, and when -------------------------------------------------------------------------------------------


async def test_segments_are_told_when_they_are_on_air_and_a_skipped_one_is_not() -> None:
    posts = tuple(post("next", trigger=Trigger.SEGMENT, about=name, text="x") for name in ("film", "talk"))
    async with world(evening(*posts)) as here:
        await here.to(GO_LIVE + MINUTE)
        assert [call.at >= GO_LIVE for call in here.channel.calls] == [True]
        await here.order(Word.SKIP)
        await here.to(OVER)
        assert len(here.channel.posts) == 1
        assert here.ends()[posts[1].id] == "skipped"


async def test_days_after_a_show_its_posts_still_go_out_also_by_another_run() -> None:
    later = post("replay", before=timedelta(days=-2), is_following=False, text="x")
    async with world(evening(later)) as here:
        await here.to(OVER)
        assert here.show().phase == "done"
        assert not here.conductor.is_over("day-1")
        await here.to(GO_LIVE + timedelta(days=1))
        await here.restart()
        await here.to(GO_LIVE + timedelta(days=2, minutes=1))
        assert here.channel.posts == ["replay https://youtu.be/video-1"]
        assert here.conductor.is_over("day-1")


async def test_a_late_post_asks_and_goes_out_by_order() -> None:
    late = post("soon", late=LateRule(grace=MINUTE, then=Late.ASK), text="x")
    async with world(evening(late), before=10 * MINUTE) as here:
        await here.to(GO_LIVE - 9 * MINUTE)
        assert here.channel.posts == []
        assert any("asks" in alert for alert in here.conductor.view()["alerts"])
        await here.order(Word.POST, post=late.id, act="send")
        await here.to(GO_LIVE - 8 * MINUTE)
        assert here.channel.posts == ["soon"]


FIRED = LateRule(grace=10 * MINUTE, then=Late.FIRE)


def away_for(here: World, span: timedelta) -> None:
    """Its channel says once that nothing is to be sent for so long."""
    before, refused = here.channel.post, []

    async def slow_down(*args: object, **more: object) -> str:
        if not refused:
            refused.append(here.clock.now())
            raise Unavailable("slow down", reason="429", retry_after=span.total_seconds())
        return await before(*args, **more)  # type: ignore[arg-type]

    here.channel.post = slow_down  # type: ignore[method-assign, assignment]


@pytest.mark.parametrize(("then", "away"), [(Late.FIRE, 55), (Late.ASK, 55), (Late.FIRE, 12), (Late.FIRE, 15)])
async def test_what_was_to_be_told_before_the_show_is_not_sent_unasked_once_it_has_begun(then: Late, away: int) -> None:
    soon = replace(SOON, late=LateRule(grace=10 * MINUTE, then=then))
    async with world(evening(soon, post("now", before=timedelta(), late=FIRED, is_following=False))) as here:
        away_for(here, away * MINUTE)
        await here.to(GO_LIVE + timedelta(hours=1))
        assert here.ends()[soon.id] == ("done" if away == 12 else "skipped")
        assert len(here.channel.posts) == 1 + (away == 12)  # what tells of the show itself is fired, however late


async def test_what_is_fired_late_and_waits_for_quiet_hours_goes_out_as_they_end() -> None:
    thanks = replace(post("thanks", late=FIRED, is_following=False), at=GO_LIVE + 20 * MINUTE)
    begin, end = (local(thanks.at, ZONE) + after for after in (30 * MINUTE, timedelta(hours=9)))
    quiet = QuietHours(begin=begin.time(), end=end.time())
    thanks = replace(thanks, post=replace(thanks.post, quiet=quiet))  # type: ignore[type-var]
    async with world(evening(thanks, with_broadcast=False)) as here:
        away_for(here, 40 * MINUTE)
        await here.to(thanks.at + timedelta(hours=9) + SECOND)
        assert len(here.channel.posts) == 1


# -- killed at any point ----------------------------------------------------------------------------------------------

KINDS = {"telegram": (False, True), "mastodon": (True, True), "email": (True, False)}
"""Channel -> whether it can be searched, and whether it edits."""


def able(here: World) -> World:
    for name, (finds, edits) in KINDS.items():
        channel = here.channels[name]
        channel.finds, channel.edits, channel.pins = finds, edits, finds
    return here


async def delayed_and_cancelled(here: World, at: Sequence[timedelta]) -> None:
    """Orders at these times before go-live, by whoever runs then."""
    for before, (word, more) in zip(at, ((Word.DELAY, {"by": "5m"}), (Word.CANCEL, {})), strict=True):
        if here.clock.now() <= GO_LIVE - before:
            await here.to(GO_LIVE - before)
            await here.order(word, **more)
    await here.to(GO_LIVE + 40 * MINUTE)


async def test_killed_at_every_record_nothing_is_posted_edited_or_followed_up_twice() -> None:
    show = evening(
        *(post("soon", name, is_pinned=True) for name in KINDS),
        *(post("off", name, trigger=Trigger.CANCELLED) for name in ("mastodon",)),
        with_broadcast=False,
    )
    orders = (10 * MINUTE, 5 * MINUTE)
    first = able(world(show))
    snapshots: list[Snapshot] = []
    first.journal.around = lambda: snapshots.append(first.snapshot())
    async with first:
        await delayed_and_cancelled(first, orders)
        first.journal.around = lambda: None
    records = list(first.journal.records)
    verbs = {record.data["verb"] for record in records if record.kind == "intent/1"}
    assert verbs >= {"post", "edit", "follow", "pin"}
    for snapshot in snapshots:
        where = f"after record {snapshot.count} at {snapshot.at:%H:%M:%S}"
        here = able(world(show))
        await here.clock.advance_to(snapshot.at + 2 * SECOND, settle=1)
        here.restore(snapshot, records)
        async with here:
            await delayed_and_cancelled(here, orders)
            asking = {cue for cue, each in here.show().posts.items() if each.asks}
            for name, channel in here.channels.items():
                finds, edits = KINDS[name]
                keys = [key for key, _ in channel.keys]
                assert len(keys) == len(set(keys)), where
                assert not finds or not {cue for cue in asking if f"/{name}/" in cue}, where
                assert len(channel.posts) == len(set(channel.posts)), (where, channel.posts)
                if here.show().phase is Phase.CANCELLED and channel.posts and not asking:
                    last = channel.said["m1"] if edits else channel.posts[-1]
                    assert last.startswith("Cancelled"), (where, name, last)


# -- spans of time in a text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "go_live", "now", "minutes"),
    [
        (Verb.POST, GO_LIVE, GO_LIVE - 15 * MINUTE + 20 * SECOND, 15),
        (Verb.POST, GO_LIVE, GO_LIVE - 8 * MINUTE, 8),
        (Verb.EDIT, GO_LIVE + 10 * MINUTE, GO_LIVE - 12 * MINUTE, 25),
        (Verb.FOLLOW, GO_LIVE + 10 * MINUTE, GO_LIVE - 12 * MINUTE, 22),
    ],
)
def test_a_text_reckons_from_the_instant_that_stands_beside_it_in_the_channel(
    verb: Verb, go_live: datetime, now: datetime, minutes: int
) -> None:
    show = replace(evening(SOON), go_live=go_live)
    ends: Any = SimpleNamespace(
        reaches={},
        season="s",
        words=lambda show, cue, link: Message(text=f"in {round((show.go_live - cue.at) / MINUTE)}"),
    )
    cue = replace(SOON, at=SOON.at + (go_live - GO_LIVE))
    was = PostState() if verb is Verb.POST else PostState(posted=GO_LIVE - 15 * MINUTE, said="in 15", post="m1")
    said = compose(ends, show, cue, verb, was, "", now=now)
    assert said.message.text.endswith(f"in {minutes}")
