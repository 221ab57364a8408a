"""Announcements on channels that hang, are full, lose answers, can edit or cannot: each is told once, and truly."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from broadcaster.conductor.posting import THE_TIME, compose
from broadcaster.conductor.rewriting import Reading
from broadcaster.ports import Message
from broadcaster.season.channels import Reach
from broadcaster.season.errors import BROKEN, NeedsHuman, TemplateError, Unavailable
from broadcaster.season.plan import CHAT, Action, Cue, Lane, Late, LateRule, PostPlan, ShowPlan, Trigger
from broadcaster.season.quiet import QuietHours
from broadcaster.season.walltime import local
from broadcaster.show.orders import Order, Rewrite, Word
from broadcaster.show.phases import Phase
from broadcaster.show.post_state import PostState, ended
from broadcaster.show.records import INTENT, Result
from broadcaster.show.turn import Verb
from tests.plans import GO_LIVE, LATE_POST, MINUTE, SECOND, ZONE, season_plan, segment, show_plan
from tests.playing import MS
from tests.world import Snapshot, World

TIME = "{{ go_live }}"
OVER = GO_LIVE + 4 * MINUTE


def post(
    name: str,
    channel: str = "telegram",
    before: timedelta = 15 * MINUTE,
    *,
    show: str = "day-1",
    trigger: Trigger = Trigger.CLOCK,
    text: str = TIME,
    late: LateRule = LATE_POST,
    about: str = "",
    is_pinned: bool = False,
    is_following: bool = True,
) -> Cue:
    plan = PostPlan(
        announcement=name,
        channel=channel,
        language="en",
        audience="",
        city="Almaty",
        text=text,
        segment=about,
        is_pinned=is_pinned,
    )
    return Cue(
        id=f"{show}/posts/post/{name}/{channel}/en" + (f"/{about}" if about else ""),
        show=show,
        lane=Lane.POSTS,
        action=Action.POST,
        at=GO_LIVE - before,
        zone=ZONE,
        what=f"{channel}/en",
        subject=name,
        late=late,
        trigger=trigger,
        follows_live=is_following and trigger is Trigger.CLOCK,
        post=plan,
    )


def evening(*posts: Cue, name: str = "day-1", **more: object) -> ShowPlan:
    """A short show with these posts."""
    film = (segment("film", "Film", GO_LIVE), segment("talk", "Talk", GO_LIVE + 2 * MINUTE, 1))
    plan = show_plan(name, segments=film, standby=MINUTE, prepare=3 * MINUTE, with_posts=False, **more)  # type: ignore[arg-type]
    return replace(plan, cues=tuple(sorted((*plan.cues, *posts), key=lambda cue: cue.at)))


def world(*shows: ShowPlan, before: timedelta = 30 * MINUTE) -> World:
    found = World(season_plan(*shows), GO_LIVE - before, latency=20 * MS)
    found.youtube.live_takes = 7 * SECOND
    return found


SOON, MAIL = post("soon"), post("mail", "email")
MOVED = post("early", before=20 * MINUTE, is_following=False)


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

AHEAD = replace(MOVED, post=replace(MOVED.post, hand_over=timedelta(hours=2), text="{{ go_live }}"))  # type: ignore[type-var]


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


# -- what is out is put right -----------------------------------------------------------------------------------------


async def test_two_delays_while_the_first_edit_is_under_way_end_with_the_last_truth() -> None:
    async with world(evening(SOON, post("pinned", is_pinned=True, text="no time"))) as here:
        here.channel.edits = here.channel.pins = True
        await here.to(GO_LIVE - 10 * MINUTE)
        assert here.channel.pinned == ["m2"]
        here.channel.latency = 3 * SECOND
        await here.order(Word.DELAY, by="5m")
        await here.to(GO_LIVE - 10 * MINUTE + SECOND)
        await here.order(Word.DELAY, by="5m")
        await here.to(GO_LIVE - 9 * MINUTE)
        assert here.channel.said["m1"] == f"soon {GO_LIVE + 10 * MINUTE:%H:%M}"
        assert len(here.channel.applied("edit")) == 2
        assert len(here.channel.posts) == 2
        assert here.conductor.screen()["posts"][SOON.id]["standing"] == "corrected"
        await here.to(GO_LIVE + 20 * MINUTE)
        assert len(here.channel.applied("edit")) == 2


async def test_where_nothing_is_edited_the_last_post_is_followed_up_once_for_each_truth() -> None:
    async with world(evening(MOVED, SOON)) as here:
        await here.to(GO_LIVE - 10 * MINUTE)
        for by, told in (("5m", 5), ("20s", 5), ("-5m", 0)):
            await here.order(Word.DELAY, by=by)
            await here.to(here.clock.now() + 30 * SECOND)
            assert here.channel.posts[-1] == f"New time: soon {GO_LIVE + told * MINUTE:%H:%M}"
        assert len(here.channel.posts) == 4  # 20 s are nothing that a reader sees
        await here.to(GO_LIVE + 20 * MINUTE)
        assert len(here.channel.posts) == 4


async def test_the_seasons_own_words_for_a_delay_go_out_once_and_stand_for_a_follow_up() -> None:
    delayed = post("delayed", trigger=Trigger.DELAYED)
    async with world(evening(SOON, delayed)) as here:
        await here.to(GO_LIVE - 10 * MINUTE)
        await here.order(Word.DELAY, by="30s")
        await here.to(GO_LIVE - 9 * MINUTE)
        assert len(here.channel.posts) == 1  # nobody calls that a delay
        await here.order(Word.DELAY, by="5m")
        await here.to(GO_LIVE - 8 * MINUTE)
        assert [text.split()[0] for text in here.channel.posts] == ["soon", "delayed"]
        await here.order(Word.DELAY, by="5m")
        await here.to(GO_LIVE - 7 * MINUTE)
        assert here.channel.posts[2:] == [f"New time: delayed {GO_LIVE + 10 * MINUTE + 30 * SECOND:%H:%M}"]


@pytest.mark.parametrize(("fault", "finds"), [("lose", True), ("drop", True), ("lose", False)])
async def test_a_lost_follow_up_is_looked_for_and_never_told_twice(fault: str, finds: bool) -> None:
    async with world(evening(SOON)) as here:
        here.channel.finds = finds
        await here.to(GO_LIVE - 10 * MINUTE)
        here.channel.fail("post", fault)  # type: ignore[arg-type]
        await here.order(Word.DELAY, by="5m")
        await here.to(GO_LIVE - 9 * MINUTE)
        told = [f"New time: soon {GO_LIVE + more * MINUTE:%H:%M}" for more in (5, 8)]
        assert here.channel.posts[1:] == told[:1]
        await here.order(Word.DELAY, by="3m")  # news of its own, whatever became of the last
        await here.to(GO_LIVE - 8 * MINUTE)
        assert here.channel.posts[1:] == told
        assert not here.show().post(SOON.id).asks


@pytest.mark.parametrize(("method", "fault"), [("edit", "lose"), ("post", "lose"), ("post", "drop")])
async def test_a_truth_that_comes_back_before_a_lost_answer_is_known_is_what_readers_see_last(
    method: str, fault: str
) -> None:
    async with world(evening(SOON)) as here:
        here.channel.edits, here.channel.finds = method == "edit", True
        await here.to(GO_LIVE - 10 * MINUTE)
        here.channel.fail(method, fault)  # type: ignore[arg-type]
        await here.order(Word.DELAY, by="5m")
        await here.to(here.clock.now() + SECOND)
        assert here.show().post(SOON.id).is_follow_lost is (method == "post")
        await here.order(Word.DELAY, by="-5m")
        await here.to(GO_LIVE - 9 * MINUTE)
        seen = [here.channel.said.get(f"m{number}", "") for number in (1, len(here.channel.posts))]
        now = f"soon {GO_LIVE:%H:%M}"
        was_told = method == "post" and fault == "lose"
        assert seen == [now, f"New time: {now}" if was_told else now]
        calls = len(here.channel.calls)
        await here.to(GO_LIVE - 2 * MINUTE)
        assert len(here.channel.calls) == calls  # and then it is known
        assert here.show().post(SOON.id).lost is None


async def test_a_cancelled_show_is_told_for_a_day_where_its_channel_wants_people() -> None:
    async with world(evening(SOON)) as here:
        here.channel.edits = True
        await here.to(GO_LIVE - 10 * MINUTE)

        async def closed(post: str, message: Message) -> None:
            raise NeedsHuman("no secret")

        here.channel.edit = closed  # type: ignore[method-assign]
        await here.order(Word.CANCEL)
        await here.to(GO_LIVE + timedelta(hours=23))
        tried = len(here.journal.of(INTENT))
        await here.to(GO_LIVE + timedelta(hours=24))
        assert len(here.journal.of(INTENT)) > tried
        await here.to(GO_LIVE + timedelta(hours=25))
        tried = len(here.journal.of(INTENT))
        await here.to(GO_LIVE + timedelta(days=3))
        assert len(here.journal.of(INTENT)) == tried


async def test_words_of_an_operator_that_cannot_be_made_are_tried_once() -> None:
    async with world(evening(SOON)) as here:
        here.channel.edits = True
        await here.to(GO_LIVE - 10 * MINUTE)

        def words(*_: object) -> Message:
            raise TemplateError("no such value")

        here.conductor._doing.ends = replace(here.conductor._doing.ends, words=words)
        await here.order(Word.POST, post=SOON.id, act="edit", text="other words")
        await here.to(GO_LIVE + 20 * MINUTE)
        assert len([record for record in here.journal.of(INTENT) if record.data["verb"] == Verb.EDIT]) == 1


@pytest.mark.parametrize("verb", [Verb.EDIT, Verb.PICTURE])
def test_an_edit_at_which_our_code_fails_is_given_up_after_some_tries_until_there_are_other_words(verb: Verb) -> None:
    told = {"text": "other", "news": "other"}
    state = PostState(post="m1", posted=GO_LIVE, text="other", said="soon", is_picture_old=True)
    for number in range(1, 6):
        assert state.unedited is None and state.is_picture_old
        state = ended(state, verb, Result.UNKNOWN, {"code": BROKEN}, told, GO_LIVE, sent=GO_LIVE)
        assert state.is_unsure
        assert state.broken == number % 5
    assert (state.unedited is not None, state.is_picture_old) == (verb is Verb.EDIT, verb is Verb.EDIT)
    assert state.unedited is None or state.unedited.news == "other"


async def test_of_a_channel_that_edits_nothing_only_what_is_followed_up_is_said_to_wait() -> None:
    async with world(evening(MOVED, SOON)) as here:
        reach = Reach(kind="telegram", called="Telegram", most=4096, most_beside=1024)
        here.conductor._ends = replace(here.conductor._ends, reaches={"telegram": reach})
        await here.to(GO_LIVE - 10 * MINUTE)

        async def away(message: Message, *, key: str) -> str:
            raise Unavailable("slow down", reason="429", retry_after=300.0)

        here.channel.post = away  # type: ignore[method-assign]
        await here.order(Word.DELAY, by="5m")
        await here.to(GO_LIVE - 9 * MINUTE)
        assert [said for said in here.conductor.view()["alerts"] if "posts that wait: 1 (slow down)" in said]


async def test_an_operator_takes_back_an_edit_whose_answer_was_lost() -> None:
    async with world(evening(SOON)) as here:
        here.channel.edits = True
        await here.to(GO_LIVE - 10 * MINUTE)
        said = here.channel.said["m1"]
        await here.order(Word.POST, post=SOON.id, act="edit", text="first")
        await here.to(GO_LIVE - 9 * MINUTE)
        here.channel.fail("edit", "lose")
        await here.order(Word.POST, post=SOON.id, act="edit", text="oops")
        await here.to(here.clock.now() + SECOND)
        assert here.channel.said["m1"] == "oops" != said
        await here.order(Word.POST, post=SOON.id, act="edit", text="first")
        await here.to(GO_LIVE - 8 * MINUTE)
        assert here.channel.said["m1"] == "first"


async def test_an_edit_of_the_season_that_moves_the_show_corrects_what_is_out() -> None:
    delayed = post("delayed", "email", trigger=Trigger.DELAYED)
    async with world(evening(SOON, delayed)) as here:
        here.channel.edits = True
        await here.to(GO_LIVE - 10 * MINUTE)
        later = evening(SOON, delayed)
        by = timedelta(hours=2)
        later = replace(
            later,
            go_live=later.go_live + by,
            standby_at=later.standby_at + by,
            prepare_at=later.prepare_at + by,
            end=later.end + by,
            off_air=later.off_air + by,
            segments=tuple(replace(each, start=each.start + by, end=each.end + by) for each in later.segments),
            cues=tuple(replace(cue, at=cue.at + by) for cue in later.cues),
        )
        words = here.conductor._ends.words
        reading = Reading(plan=season_plan(later), season_hash="new", words=words)
        await here.conductor.replace_plan(reading, Rewrite(who="Aigul", source="test"))
        await here.to(GO_LIVE - 9 * MINUTE)
        assert here.channel.said["m1"] == f"soon {GO_LIVE + by:%H:%M}"
        assert [text.split()[0] for text in here.channels["email"].posts] == ["delayed"]


async def test_what_an_operator_writes_anew_is_edited_in_and_stays_as_it_is() -> None:
    async with world(evening(SOON)) as here:
        here.channel.edits = True
        await here.to(GO_LIVE - 10 * MINUTE)
        await here.order(Word.POST, post=SOON.id, act="edit", text="tonight, later")
        await here.to(GO_LIVE - 9 * MINUTE)
        assert here.channel.said == {"m1": "tonight, later"}
        await here.order(Word.DELAY, by="5m")
        await here.to(GO_LIVE - 8 * MINUTE)
        assert here.channel.said == {"m1": "tonight, later"}


async def test_an_operators_words_are_edited_once_when_the_show_is_cancelled_and_when_they_change_later() -> None:
    async with world(evening(MOVED, SOON)) as here:
        here.channel.edits = True
        await here.to(GO_LIVE - 10 * MINUTE)
        await here.order(Word.POST, post=SOON.id, act="edit", text="come all")
        await here.to(GO_LIVE - 9 * MINUTE)
        await here.order(Word.CANCEL)
        await here.to(GO_LIVE - 8 * MINUTE)
        told = [here.channel.said[name].split("\n\n") for name in ("m1", "m2")]
        assert [told[0][0], *told[1]] == ["Cancelled: Day-1", "Cancelled: Day-1", "come all"]
        assert len([call for call in here.channel.calls if call.method == "edit"]) == 3
        await here.order(Word.POST, post=SOON.id, act="edit", text="we are sorry")
        await here.to(GO_LIVE + 10 * MINUTE)
        assert here.channel.said["m2"] == "Cancelled: Day-1\n\nwe are sorry"
        assert len([call for call in here.channel.calls if call.method == "edit"]) == 4


async def test_a_follow_up_of_which_nobody_knows_is_asked_about_for_a_day_and_not_told_again() -> None:
    early = post("early", before=timedelta(days=5), is_following=False)
    async with world(evening(early), before=timedelta(days=5, minutes=1)) as here:
        await here.to(early.at + MINUTE)
        here.channel.fail("post", "lose")
        await here.order(Word.DELAY, by="5m")
        await here.to(early.at + timedelta(hours=24))
        assert here.show().post(early.id).asks
        await here.to(early.at + timedelta(hours=25))
        assert not here.show().post(early.id).asks
        left = [record.data["why"] for record in here.journal.of("rule_applied/1")]
        assert left == ["the answer to what followed it was lost; look in the channel whether it is out"]
        await here.to(early.at + timedelta(days=2))
        assert len(here.channel.posts) == 2
        await here.order(Word.DELAY, by="5m")
        await here.to(early.at + timedelta(days=3))
        assert here.channel.posts[2:] == [f"New time: early {GO_LIVE + 10 * MINUTE:%H:%M}"]


async def test_words_that_a_channel_did_not_take_are_no_reason_to_edit_nothing_any_more() -> None:
    async with world(evening(SOON)) as here:
        here.channel.edits = True
        await here.to(GO_LIVE - 14 * MINUTE)
        here.channel.fail("edit", "refuse")
        for text in ("long words", "short"):
            await here.order(Word.POST, post=SOON.id, act="edit", text=text)
            await here.to(here.clock.now() + MINUTE)
        assert here.channel.said == {"m1": "short"}
        assert len(here.channel.calls) == 3  # each was tried once


async def test_a_correction_that_a_channel_did_not_take_follows_and_so_do_the_next() -> None:
    async with world(evening(SOON)) as here:
        here.channel.edits = True
        await here.to(GO_LIVE - 14 * MINUTE)
        here.channel.fail("edit", "refuse")
        for by, later in (("5m", 5), ("3m", 8)):
            await here.order(Word.DELAY, by=by)
            await here.to(here.clock.now() + MINUTE)
            assert here.channel.posts[-1] == f"New time: soon {GO_LIVE + later * MINUTE:%H:%M}"
        assert (len(here.channel.posts), here.channel.said["m1"]) == (3, here.channel.posts[0])


async def test_a_preview_tells_of_what_is_out_what_will_be_done() -> None:
    async with world(evening(SOON, MAIL)) as here:
        here.channel.edits = here.channels["email"].edits = True
        await here.to(GO_LIVE - 14 * MINUTE)
        await here.order(Word.POST, post=SOON.id, act="edit", text="come at seven")
        await here.to(GO_LIVE - 13 * MINUTE)
        ripple = here.conductor.preview(Order(word=Word.DELAY, who="Aigul", source="test", by="5m", preview=True))
        theirs, edited = sorted(ripple.corrections, reverse=True)
        assert theirs.startswith("soon to telegram/en is out in an operator's words")
        assert edited == "mail to email/en is out with the old time: it is edited"
        await here.order(Word.DELAY, by="5m")
        await here.to(GO_LIVE - 12 * MINUTE)
        assert here.channel.said["m1"] == "come at seven"
        assert here.channels["email"].said["m1"] == f"mail {GO_LIVE + 5 * MINUTE:%H:%M}"


@pytest.mark.parametrize("later", [0, -3])
@pytest.mark.parametrize("verb", [Verb.EDIT, Verb.FOLLOW])
def test_who_was_told_of_a_delay_that_is_none_any_more_is_told_the_time(verb: Verb, later: int) -> None:
    cue = post("delayed", trigger=Trigger.DELAYED, text="later by {{ delay }}")
    show = replace(evening(cue), go_live=GO_LIVE + later * MINUTE, planned_live=GO_LIVE if later else None)
    ends: Any = SimpleNamespace(season="s", reaches={}, words=lambda show, cue, link: Message(text=cue.post.text))
    was = PostState(post="m1", posted=GO_LIVE - 15 * MINUTE, said="later by 5 minutes")
    assert compose(ends, show, cue, verb, was, "", now=GO_LIVE).message.text == f"New time: {THE_TIME}"
    late = replace(show, go_live=GO_LIVE + 10 * MINUTE, planned_live=GO_LIVE)
    assert compose(ends, late, cue, verb, was, "", now=GO_LIVE).message.text.endswith("later by {{ delay }}")


async def test_a_line_in_the_chat_is_followed_by_another() -> None:
    show = evening(post("soon", CHAT, before=MINUTE))
    async with world(show) as here:
        await here.to(GO_LIVE - 40 * SECOND)
        await here.order(Word.DELAY, by="5m")
        await here.to(GO_LIVE)
        link = "https://youtu.be/video-1"
        assert here.youtube.chat == [
            f"soon {GO_LIVE:%H:%M} {link}",
            f"New time: soon {GO_LIVE + 5 * MINUTE:%H:%M} {link}",
        ]


@pytest.mark.parametrize("before", [20 * MINUTE, 2 * MINUTE, 30 * SECOND])
async def test_a_cancelled_show_says_so_where_it_was_announced_and_leaves_nothing_behind(before: timedelta) -> None:
    posts = (MOVED, post("mail", "email", 21 * MINUTE), post("told", "mastodon", 21 * MINUTE))
    posts += (post("off", "email", trigger=Trigger.CANCELLED), post("now", trigger=Trigger.LIVE))
    posts += (post("late", before=-30 * MINUTE), post("next", before=10 * SECOND))
    async with world(evening(*posts, outro=10 * SECOND)) as here:
        here.channel.edits = True
        await here.to(GO_LIVE - before + SECOND)
        await here.order(Word.CANCEL)
        await here.to(GO_LIVE + 60 * MINUTE)
        assert here.show().phase is Phase.CANCELLED
        assert here.channel.said["m1"].startswith("Cancelled: Day-1\n\nearly ")
        assert [text.split()[0] for text in here.channels["email"].posts] == ["mail", "off"]
        assert here.channels["mastodon"].posts[1:] == ["Cancelled: Day-1"]
        assert len(here.channel.posts) == 1
        assert not any(video.went_live for video in here.youtube.videos)
        assert here.youtube.videos == [] or before < MINUTE  # what was tested is completed, not deleted
        assert not here.studio.state.is_streaming
        assert set(here.ends()) == {cue.id for cue in here.plan.show("day-1").cues}


async def test_a_season_that_calls_a_show_off_cancels_it() -> None:
    show = replace(evening(post("off", trigger=Trigger.CANCELLED, text="off"), SOON), is_cancelled=True)
    async with world(show) as here:
        await here.to(GO_LIVE + MINUTE)
        assert here.channel.posts == ["off"]
        assert here.show().phase is Phase.CANCELLED
        assert here.studio.calls == here.youtube.calls == []


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
