"""What is out and not true any more is edited, or followed up, once for each truth, and people are told what is not."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from broadcaster.conductor.posting import THE_TIME, compose
from broadcaster.conductor.rewriting import Reading
from broadcaster.ports import Message
from broadcaster.season.channels import Reach
from broadcaster.season.errors import BROKEN, NeedsHuman, TemplateError, Unavailable
from broadcaster.season.plan import CHAT, Trigger
from broadcaster.show.orders import Order, Rewrite, Word
from broadcaster.show.phases import Phase
from broadcaster.show.post_state import PostState, ended
from broadcaster.show.records import INTENT, Result
from broadcaster.show.turn import Verb
from tests.announced import MAIL, MOVED, SOON, evening, post, world
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan


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
