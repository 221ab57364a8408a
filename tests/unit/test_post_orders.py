"""What may an operator do with a post, and is it said why not?"""

from datetime import datetime
from typing import Any

import pytest

from broadcaster.season.channels import REACH
from broadcaster.season.plan import Cue, ShowPlan
from broadcaster.show.commands import NotNow, Stale, operate
from broadcaster.show.observed import Lifecycle
from broadcaster.show.orders import Order, Word
from broadcaster.show.phases import Phase
from broadcaster.show.post_list import post_list, public_post, weighed
from broadcaster.show.post_orders import NoSuchPost, Outlets, Words
from broadcaster.show.records import (
    BROADCAST_SEEN,
    COMMAND_GIVEN,
    INTENT,
    End,
    Note,
    Result,
    cue_settled,
    outcome,
    phase_entered,
    stamp,
)
from broadcaster.show.ripple import preview
from broadcaster.show.telling import tell
from tests.plans import GO_LIVE, MINUTE, SCENES, Story, season_plan

PLAN = season_plan()
SOON, NOW_LIVE, THANKS = (f"day-1/posts/post/{name}/telegram/en" for name in ("soon", "now", "thanks"))
BEFORE = GO_LIVE - 30 * MINUTE


def says(show: ShowPlan, cue: Cue, link: str) -> Words:
    return Words(text=f"{cue.subject} at {show.go_live:%H:%M} {link}".strip(), title="Day-1")


TELEGRAM = Outlets(reaches={"telegram": REACH["telegram"]}, words=says)
INSTAGRAM = Outlets(reaches={"telegram": REACH["instagram"]}, words=says)


def do(story: Story, act: str, post: str = SOON, now: datetime = BEFORE, **more: Any) -> list[Note]:
    outlets = more.pop("outlets", TELEGRAM)
    order = Order(word=Word.POST, who="Aigul", source="127.0.0.1", post=post, act=act, **more)
    notes = operate(PLAN, story.state, order, SCENES, now, outlets)
    story.add(*notes, at=now)
    return notes


def listed(story: Story, post: str = SOON, now: datetime = BEFORE) -> dict[str, Any]:
    return next(each for each in post_list(PLAN, story.state, now, TELEGRAM) if each["id"] == post)


def sent(story: Story, result: Result = Result.DONE, post: str = SOON) -> Story:
    """The engine has sent it, and the channel has answered so."""
    told = {"text": f"{post.split('/')[3]} at 14:00", "go_live": stamp(GO_LIVE)}
    act = f"{post}:post#1"
    story.add(Note(kind=INTENT, ids={"show": "day-1", "cue": post, "act": act}, data={"verb": "post", "told": told}))
    data = (
        {"post": "77", "text": told["text"], "posted": stamp(BEFORE)} if result is Result.DONE else {"reason": "lost"}
    )
    return story.add(outcome("day-1", post, act, "post", result, **data))


def live() -> Story:
    story = Story().add(phase_entered("day-1", "standby", why=""), phase_entered("day-1", "live", why=""))
    return story.add(Note(kind=BROADCAST_SEEN, ids={"show": "day-1"}, data={"lifecycle": "live"}))


def test_a_post_is_held_and_let_go_and_a_second_press_writes_nothing() -> None:
    story = Story()
    [note] = do(story, "hold")
    assert note.kind == COMMAND_GIVEN
    assert note.data == {"verb": "post", "who": "Aigul", "from": "127.0.0.1", "post": SOON, "act": "hold"}
    assert (listed(story)["standing"], listed(story)["held_by"]) == ("held", "Aigul")
    assert do(story, "hold") == []
    assert len(do(story, "resume")) == 1
    assert do(story, "resume") == []
    assert listed(story)["standing"] == "planned"


def test_the_short_name_will_do_and_a_wrong_one_names_the_one_that_was_meant() -> None:
    story = Story()
    assert do(story, "hold", "soon/telegram/en")[0].data["post"] == SOON
    assert do(story, "hold", SOON, show="day-1") == []
    with pytest.raises(NoSuchPost, match="day-1 has no post 'soon/telegrm/en'; did you mean 'soon/telegram/en'"):
        do(story, "hold", "soon/telegrm/en")
    with pytest.raises(NoSuchPost, match="`posts` lists them"):
        do(story, "hold", "day-2/posts/post/x/y/z")


def test_a_stale_order_is_refused_and_a_key_is_carried_out_once() -> None:
    story = Story()
    do(story, "hold", key="k1")
    assert do(story, "skip", key="k1") == []
    with pytest.raises(Stale):
        do(story, "skip", revision=0)


def test_an_edit_keeps_what_was_said_before_and_is_what_the_post_will_say() -> None:
    story = Story()
    [note] = do(story, "edit", text="We begin at 19:05")
    assert {name: note.data[name] for name in ("text", "text_before", "title", "title_before")} == {
        "text": "We begin at 19:05",
        "text_before": "soon at 14:00",
        "title": "",
        "title_before": "Day-1",
    }
    assert (listed(story)["text"], listed(story)["is_edited"]) == ("We begin at 19:05", True)
    assert do(story, "edit", text="We begin at 19:05") == []
    [note] = do(story, "edit", title="Later")
    assert (note.data["text"], note.data["title"], note.data["text_before"]) == (
        "We begin at 19:05",
        "Later",
        "We begin at 19:05",
    )
    assert (listed(story)["text"], listed(story)["title"]) == ("We begin at 19:05", "Later")
    line = tell(story.records[0])
    assert line is not None
    assert (line.who, line.text) == ("Aigul", "the post soon/telegram/en says from now on: “We begin at 19:05”")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "`post edit` needs the new text"),
        ({"text": " \n"}, "a post says something: `post skip` leaves it out"),
        ({"text": "\u200b\u2060"}, "a post says something: `post skip` leaves it out"),
        ({"text": "x" * 4097}, "the text is 4097 long, and Telegram takes 4096: shorten it by 1"),
        ({"text": "😀" * 2049}, "the text is 4098 long"),
        ({"title": "x" * 201}, "the title has 201 letters, and 200 at most"),
    ],
)
def test_words_that_cannot_be_sent_are_refused(said: dict[str, Any], why: str) -> None:
    with pytest.raises(NotNow, match=why):
        do(Story(), "edit", **said)


@pytest.mark.parametrize("kind", REACH)
def test_what_the_channel_takes_is_one_rule_for_orders_for_the_page_and_for_check(kind: str) -> None:
    reach = REACH[kind]
    outlets = Outlets(reaches={"telegram": reach}, words=says)
    link = "https://example.org/" + "a" * 600
    for text in (
        f"See {link}",
        "*" * 1500,
        "😀" * (reach.most // 2),
        "😀" * (reach.most // 2 + 1),
        "#a " * 30,
        "#a " * 40,
    ):
        fault = reach.fault(text, kind, has_picture=False)
        told = weighed(PLAN.show("day-1").cue(SOON), text, outlets)
        assert (told["length"], told["most"], bool(told["excess"])) == (reach.length(text), reach.most, bool(fault))
        if fault:
            with pytest.raises(NotNow) as refused:
                do(Story(), "edit", text=text, outlets=outlets)
            assert refused.value.args[0] == told["excess"]
        else:
            assert do(Story(), "edit", text=text, outlets=outlets)


def test_what_is_out_is_edited_where_the_channel_can_and_nothing_else_is_done_with_it() -> None:
    story = sent(Story())
    for act in ("hold", "skip", "send", "cancel"):
        with pytest.raises(NotNow, match=r"is out|still to be sent"):
            do(story, act)
    assert do(story, "sent") == []
    with pytest.raises(NotNow, match="is out, and Instagram cannot edit"):
        do(story, "edit", text="Sorry", outlets=INSTAGRAM)
    [note] = do(story, "edit", text="Sorry: at 19:05")
    assert note.data["text_before"] == "soon at 14:00"
    act = f"{SOON}:edit#1"
    story.add(Note(kind=INTENT, ids={"show": "day-1", "cue": SOON, "act": act}, data={"verb": "edit", "told": {}}))
    story.add(outcome("day-1", SOON, act, "edit", Result.DONE, text="Sorry: at 19:05"), at=BEFORE)
    assert listed(story)["text"] == "Sorry: at 19:05"
    assert listed(story)["corrections"] == [
        {"at": stamp(BEFORE), "how": "edit", "text": "Sorry: at 19:05", "before": "soon at 14:00"}
    ]


def test_what_is_handed_over_stands_as_out_for_the_crew_and_as_to_come_for_everybody_else() -> None:
    story = sent(Story()).add(cue_settled("day-1", SOON, End.DONE, at=BEFORE, planned=BEFORE, why="handed over"))
    ours = listed(story, now=BEFORE - MINUTE)
    assert (ours["standing"], ours["posted_at"], ours["text"]) == ("out", None, "soon at 14:00")
    theirs = public_post(ours)
    assert (theirs["standing"], theirs["text"]) == ("planned", "")
    theirs = public_post(listed(story))
    assert (theirs["standing"], theirs["text"]) == ("out", "soon at 14:00")


def test_we_are_live_is_never_sent_for_a_show_that_is_not() -> None:
    story = Story()
    with pytest.raises(NotNow, match="now/telegram/en tells that day-1 is live, and it is planned"):
        do(story, "send", NOW_LIVE)
    with pytest.raises(NotNow, match="tells that day-1 has ended, and it is planned"):
        do(story, "send", THANKS)
    assert len(do(story, "send", SOON)) == 1
    assert do(story, "send", SOON) == []
    story = live()
    assert len(do(story, "send", NOW_LIVE, GO_LIVE + MINUTE)) == 1
    story = live().add(phase_entered("day-1", "closing", why=""), phase_entered("day-1", "done", why=""))
    with pytest.raises(NotNow, match="tells that day-1 is live, and it is done"):
        do(story, "send", NOW_LIVE, GO_LIVE + 60 * MINUTE)
    with pytest.raises(NotNow, match="tells that day-1 has ended, and that was never seen"):
        do(story, "send", THANKS, GO_LIVE + 60 * MINUTE)
    story.add(Note(kind=BROADCAST_SEEN, ids={"show": "day-1"}, data={"lifecycle": "complete"}))
    assert len(do(story, "send", THANKS, GO_LIVE + 60 * MINUTE)) == 1


def test_skip_and_cancel_leave_out_what_is_still_to_come() -> None:
    story = sent(Story())
    [note] = do(story, "cancel", THANKS)
    assert note.data["posts"] == [THANKS]
    assert do(story, "cancel", THANKS) == do(story, "skip", THANKS) == []
    assert len(do(story, "skip", NOW_LIVE)) == 1
    for act in ("hold", "resume", "again"):
        with pytest.raises(NotNow, match="is skipped: `post send` sends it after all"):
            do(story, act, NOW_LIVE)


def test_of_a_post_in_doubt_somebody_says_what_became_of_it() -> None:
    for act in ("sent", "again"):
        story = sent(Story(), Result.UNKNOWN)
        for other in ("hold", "skip", "send", "edit"):
            with pytest.raises(NotNow, match="nobody knows whether soon/telegram/en is out"):
                do(story, other, text="x" if other == "edit" else "")
        [note] = do(story, act)
        assert do(story, act) == []
        assert (listed(story)["resolved_by"], note.data["act"]) == ("Aigul", act)
        assert listed(story)["text"] == "soon at 14:00"
    for act in ("sent", "again"):
        with pytest.raises(NotNow, match="was not sent yet"):
            do(Story(), act)


def ended(story: Story, end: End, post: str = SOON, why: str = "more than 15m late") -> Story:
    return story.add(cue_settled("day-1", post, end, at=BEFORE, planned=BEFORE, why=why))


@pytest.mark.parametrize("left", ["failed", "skipped", "late", "left out"])
def test_what_failed_or_was_left_out_is_sent_once_an_operator_says_so(left: str) -> None:
    story = Story()
    if left == "failed":
        ended(sent(story, Result.REFUSED), End.FAILED, why="the token was taken back")
    if left in ("skipped", "left out"):
        do(story, "skip")
    if left in ("skipped", "late"):
        ended(story, End.SKIPPED)
    for act in ("hold", "resume", "again", "sent"):
        with pytest.raises(NotNow, match="`post send` sends it after all"):
            do(story, act)
    assert do(story, "skip") == []
    assert do(story, "edit", text="We begin at 19:05")  # it may have failed for its words
    if left != "left out":
        assert listed(story)["standing"] == ("failed" if left == "failed" else "skipped")
    [note] = do(story, "send", key="k")
    assert note.data["act"] == "send"
    assert do(story, "send", key="k") == do(story, "send") == []
    post = listed(story)
    assert (post["standing"], post["sent_by"], post["skipped_by"]) == ("waiting", "Aigul", "")
    assert (post["why"], post["ended_at"], post["text"]) == ("", None, "We begin at 19:05")
    line = tell(story.records[-1])
    assert line is not None
    assert (line.who, line.text) == ("Aigul", "send the post soon/telegram/en now")
    ended(sent(story), End.DONE, why="posted as 77")
    assert (listed(story)["standing"], do(story, "send")) == ("out", [])


def test_a_post_whose_moment_has_passed_is_not_taken_for_one_that_can_still_be_sent() -> None:
    over = live().add(phase_entered("day-1", "closing", why=""), phase_entered("day-1", "done", why=""))
    missed = Story().add(phase_entered("day-1", "missed", why=""))
    for story, post, why in (
        (ended(over, End.SKIPPED, NOW_LIVE), NOW_LIVE, "tells that day-1 is live, and it is done"),
        (ended(over, End.SKIPPED, THANKS), THANKS, "has ended, and that was never seen: post it by hand"),
        (ended(missed, End.SKIPPED), SOON, "day-1 was missed: soon/telegram/en would tell what is not so"),
    ):
        with pytest.raises(NotNow, match=why):
            do(story, "send", post, GO_LIVE + 60 * MINUTE)
    assert do(ended(over, End.SKIPPED), "send", SOON, GO_LIVE + 60 * MINUTE)


@pytest.mark.parametrize(("act", "stands"), [("again", "waiting"), ("sent", "out")])
def test_a_post_that_was_in_doubt_for_too_long_is_settled_by_whoever_looks(act: str, stands: str) -> None:
    story = ended(sent(Story(), Result.UNKNOWN), End.UNKNOWN, why="its answer was lost")
    assert listed(story)["standing"] == "unknown"
    for other in ("send", "hold", "skip"):
        with pytest.raises(NotNow, match="nobody knows whether soon/telegram/en is out"):
            do(story, other)
    assert len(do(story, act)) == 1
    assert do(story, act) == []
    if act == "sent":
        ended(story, End.DONE, why="Aigul says that it is out")
    assert listed(story)["standing"] == stands


def cancel(story: Story, now: datetime = BEFORE) -> list[Note]:
    order = Order(word=Word.CANCEL, who="Dana", source="127.0.0.1")
    notes = operate(PLAN, story.state, order, SCENES, now)
    story.add(*notes, at=now)
    return notes


@pytest.mark.parametrize("phase", ["planned", "preparing", "ready", "standby"])
def test_a_show_that_is_not_live_is_cancelled_once(phase: str) -> None:
    story = Story().add(phase_entered("day-1", phase, why=""))
    assert len(cancel(story)) == 1
    assert story.state.show("day-1").cancelled_at == BEFORE
    assert cancel(story) == []
    with pytest.raises(NotNow, match="day-1 is cancelled: soon/telegram/en would tell what is not so"):
        do(story, "send")
    line = tell(story.records[-1])
    assert line is not None
    assert (line.who, line.text) == ("Dana", "cancel the show")


def test_a_cancel_shows_first_what_it_changes_and_changes_nothing() -> None:
    made = outcome("day-1", "day-1/broadcast/create/main", "a", "create", Result.DONE, broadcast="video-1")
    story = sent(Story().add(phase_entered("day-1", "ready", why=""), made))
    ripple = preview(PLAN, story.state, Order(word=Word.CANCEL, who="Dana", source=""), SCENES, BEFORE)
    assert ripple.in_a_line() == "day-1: cancelled, 2 posts to come change, 1 that is out is corrected"
    assert ripple.youtube == ("the broadcast video-1 is deleted",)
    assert ripple.posts == ("now to telegram/en is left out", "thanks to telegram/en is left out")
    assert ripple.corrections == ("soon to telegram/en is out: it will be told there that the show is cancelled",)
    assert ripple.segments == ()
    assert story.state.show("day-1").cancelled_at is None


def test_a_show_that_is_live_or_over_is_not_cancelled() -> None:
    with pytest.raises(NotNow, match="day-1 is live, or about to be: `end` ends it"):
        cancel(live(), GO_LIVE + MINUTE)
    story = Story().add(Note(kind=BROADCAST_SEEN, ids={"show": "day-1"}, data={"lifecycle": Lifecycle.LIVE_STARTING}))
    with pytest.raises(NotNow, match="about to be"):
        cancel(story)
    over = live().add(phase_entered("day-1", Phase.CLOSING, why=""))
    with pytest.raises(NotNow, match="nothing left to cancel"):
        cancel(over)


def test_an_edit_that_its_channel_has_not_taken_yet_can_be_taken_back() -> None:
    story = sent(Story())
    assert do(story, "edit", text="soon at 14:00") == []
    assert do(story, "edit", text="oops")
    [note] = do(story, "edit", text="soon at 14:00")
    assert note.data["text"] == "soon at 14:00"
    assert story.state.show("day-1").post(SOON).text == "soon at 14:00"
    assert do(story, "edit", text="soon at 14:00") == []
