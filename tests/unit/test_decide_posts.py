"""Which announcements are due, and which are never sent again?"""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from broadcaster.season.plan import Cue, ShowPlan
from broadcaster.season.quiet import QuietHours
from broadcaster.season.walltime import local
from broadcaster.show.decide import decide
from broadcaster.show.expected import expected
from broadcaster.show.observed import Lifecycle, Observed
from broadcaster.show.records import (
    BROADCAST_SEEN,
    COMMAND_GIVEN,
    INTENT,
    End,
    Note,
    Result,
    cue_settled,
    lane_held,
    outcome,
    phase_entered,
)
from broadcaster.show.shifts import Shifts
from broadcaster.show.state import ShowState
from broadcaster.show.turn import Answer, Verb
from tests.plans import GO_LIVE, MINUTE, SECOND, ZONE, Story, on_youtube, show_plan

PLAN = show_plan()
SOON, NOW, THANKS = (f"day-1/posts/post/{name}/telegram/en" for name in ("soon", "now", "thanks"))
DUE = GO_LIVE - 15 * MINUTE


def turn(story: Story, now: datetime, plan: ShowPlan = PLAN, observed: Observed | None = None) -> Answer:
    for _ in range(20):
        answer = decide(plan, story.state, observed or Observed(), now=now, arm_ahead=0.4 * SECOND, busy=frozenset())
        if not answer.notes:
            return answer
        story.add(*answer.notes, at=now)
    raise AssertionError("does not come to rest")


def asked(answer: Answer) -> list[str]:
    return [each.cue for each in answer.commands if each.verb is Verb.POST]


def acts(answer: Answer) -> list[Verb]:
    """What is asked of channels."""
    return [each.verb for each in answer.commands if each.channel]


def end(story: Story, cue: str) -> End | None:
    settled = story.state.show("day-1").settled.get(cue)
    return settled.end if settled else None


def tried(result: Result, **data: str) -> Story:
    ids = {"show": "day-1", "cue": SOON, "act": f"{SOON}:post#1"}
    story = Story().add(Note(kind=INTENT, ids=ids, data={"verb": "post"}))
    return story.add(outcome("day-1", SOON, ids["act"], "post", result, **data))


def was(lifecycle: Lifecycle) -> Note:
    return Note(kind=BROADCAST_SEEN, ids={"show": "day-1"}, data={"lifecycle": lifecycle, "stream": "s"})


def test_a_post_goes_out_at_its_instant_also_before_the_show_is_prepared() -> None:
    early = turn(Story(), DUE - SECOND)
    assert asked(early) == []
    assert DUE in early.wakes
    assert asked(turn(Story(), DUE)) == [SOON]


def test_a_post_within_its_grace_still_goes_out_and_later_it_is_skipped() -> None:
    assert asked(turn(Story(), DUE + 15 * MINUTE)) == [SOON]
    story = Story()
    assert asked(turn(story, DUE + 15 * MINUTE + SECOND)) == []
    assert end(story, SOON) is End.SKIPPED


@pytest.mark.parametrize(
    ("result", "expected"),
    [(Result.DONE, End.DONE), (Result.UNKNOWN, None), (Result.REFUSED, End.FAILED)],
)
def test_an_answered_post_is_never_asked_for_again(result: Result, expected: End | None) -> None:
    story = tried(result, reason="chat not found", post="m1")
    assert asked(turn(story, DUE)) == []
    assert end(story, SOON) is expected


def test_a_post_cut_off_by_a_crash_is_looked_for_once_it_may_show_and_not_repeated() -> None:
    ids = {"show": "day-1", "cue": SOON, "act": f"{SOON}:post#1"}
    story = Story().add(Note(kind=INTENT, ids=ids, data={"verb": "post"}), at=DUE)
    assert not acts(turn(story, DUE))
    assert acts(turn(story, DUE + 5 * SECOND)) == [Verb.FIND_POST]


def test_a_post_that_was_not_applied_is_tried_again() -> None:
    assert asked(turn(tried(Result.FAILED), DUE + SECOND)) == [SOON]


def test_a_held_lane_sends_nothing_and_loses_nothing() -> None:
    story = Story().add(lane_held("day-1", "posts", by="a", why="", until="released"))
    assert asked(turn(story, DUE + MINUTE)) == []
    assert end(story, SOON) is None


def test_live_posts_follow_the_word_of_the_platform_and_not_the_clock() -> None:
    story = Story().add(phase_entered("day-1", "standby", why=""))
    assert NOW not in asked(turn(story, GO_LIVE + MINUTE))
    story.add(was(Lifecycle.LIVE), at=GO_LIVE + MINUTE)
    assert NOW in asked(turn(story, GO_LIVE + MINUTE))


def test_ended_posts_follow_complete() -> None:
    create = "day-1/broadcast/create/main"
    story = Story().add(outcome("day-1", create, "a", "find", Result.DONE, broadcast="video-1"))
    story.add(phase_entered("day-1", "live", why=""), was(Lifecycle.LIVE), phase_entered("day-1", "closing", why=""))
    assert THANKS not in asked(turn(story, PLAN.off_air))
    story.add(was(Lifecycle.COMPLETE), at=PLAN.off_air)
    assert THANKS in asked(turn(story, PLAN.off_air))


def test_a_fact_that_comes_true_in_quiet_hours_is_told_as_they_end_and_not_given_up() -> None:
    ended = GO_LIVE + 20 * MINUTE
    here = local(ended, ZONE)
    quiet = QuietHours(begin=here.time(), end=(here + timedelta(hours=8)).time())
    cues = tuple(
        replace(cue, post=replace(cue.post, quiet=quiet)) if cue.id == THANKS and cue.post is not None else cue
        for cue in PLAN.cues
    )
    plan = replace(PLAN, cues=cues)
    story = Story().add(phase_entered("day-1", "live", why=""), was(Lifecycle.LIVE), at=GO_LIVE)
    story.add(was(Lifecycle.COMPLETE), at=ended)
    assert asked(turn(story, ended + timedelta(hours=7), plan)) == []
    assert ended + timedelta(hours=8) in turn(story, ended, plan).wakes
    assert asked(turn(story, ended + timedelta(hours=8), plan)) == [THANKS]


def test_a_show_that_nobody_here_broadcasts_has_ended_when_its_closing_scene_has_had_its_time() -> None:
    plan = show_plan(with_broadcast=False)
    story = Story().add(phase_entered("day-1", "standby", why=""), phase_entered("day-1", "live", why=""))
    story.add(Note(kind=COMMAND_GIVEN, ids={"show": "day-1"}, data={"verb": "end", "who": "a"}), at=GO_LIVE + MINUTE)
    assert THANKS not in asked(turn(story, GO_LIVE + MINUTE + 19 * SECOND, plan))
    assert THANKS in asked(turn(story, GO_LIVE + MINUTE + 20 * SECOND, plan))


def test_posts_about_what_never_happened_are_skipped() -> None:
    story = Story().add(phase_entered("day-1", "closing", why=""))
    complete = "day-1/broadcast/complete/main"
    story.add(cue_settled("day-1", complete, End.SKIPPED, at=GO_LIVE, planned=GO_LIVE, why=""))
    turn(story, PLAN.off_air)
    assert end(story, NOW) is end(story, THANKS) is End.SKIPPED


def quiet(cue: str, begin: time, end: time, *, skips: bool = False, is_urgent: bool = False) -> ShowPlan:
    """The show, whose readers of that post have quiet hours."""
    hours = QuietHours(begin=begin, end=end, skips=skips)

    def with_hours(each: Cue) -> Cue:
        if each.id != cue or each.post is None:
            return each
        return replace(each, post=replace(each.post, quiet=hours, is_urgent=is_urgent))

    return replace(PLAN, cues=tuple(with_hours(each) for each in PLAN.cues))


def test_a_late_post_leaves_its_readers_alone_in_their_quiet_hours() -> None:
    now = DUE + 5 * MINUTE  # 18:50 in Almaty
    waits = turn(Story(), now, quiet(SOON, time(18, 48), time(18, 55)))
    assert asked(waits) == []
    assert DUE + 10 * MINUTE in waits.wakes
    assert asked(turn(Story(), DUE + 10 * MINUTE, quiet(SOON, time(18, 48), time(18, 55)))) == [SOON]
    story = Story()
    assert asked(turn(story, now, quiet(SOON, time(18, 48), time(18, 55), skips=True))) == []
    assert end(story, SOON) is End.SKIPPED


@pytest.mark.parametrize(("is_urgent", "expected"), [(True, None), (False, End.SKIPPED)])
def test_news_is_told_in_quiet_hours_only_if_it_is_urgent(is_urgent: bool, expected: End | None) -> None:
    story = Story().add(phase_entered("day-1", "standby", why=""), was(Lifecycle.LIVE))
    answer = turn(story, GO_LIVE, quiet(NOW, time(18), time(20), is_urgent=is_urgent))
    assert (NOW in asked(answer)) is is_urgent
    assert end(story, NOW) is expected


# -- handed over ahead, to a channel that publishes by itself ---------------------------------------------------------


def ahead(by: timedelta = timedelta(hours=2), at: datetime = DUE, **more: object) -> ShowPlan:
    """The show, whose first post is handed over so long before its instant."""

    def with_hand_over(each: Cue) -> Cue:
        if each.id != SOON or each.post is None:
            return each
        return replace(each, at=at, post=replace(each.post, hand_over=by, **more))  # type: ignore[arg-type]

    return replace(PLAN, cues=tuple(with_hand_over(each) for each in PLAN.cues))


def test_a_post_is_handed_over_ahead_as_long_as_its_channel_takes_it_and_else_goes_out_at_its_instant() -> None:
    plan, first, last = ahead(), DUE - timedelta(hours=2), DUE - 11 * MINUTE
    early = turn(Story(), first - SECOND, plan)
    assert asked(early) == [] and first in early.wakes
    assert [asked(turn(Story(), now, plan)) for now in (first, last)] == [[SOON], [SOON]]
    assert turn(Story(), first, plan).commands[0].why.startswith("its channel publishes it at 2027-")
    too_late = turn(Story(), last + SECOND, plan)
    assert asked(too_late) == [] and DUE in too_late.wakes
    assert [asked(turn(Story(), now, plan)) for now in (DUE - SECOND, DUE)] == [[], [SOON]]
    assert asked(turn(Story(), DUE - 12 * MINUTE, ahead(10 * MINUTE))) == [SOON]  # or it would always be too late


def test_what_is_held_or_comes_out_in_quiet_hours_is_not_handed_over() -> None:
    story, now = Story(), DUE - timedelta(hours=1)
    story.add(lane_held("day-1", "posts", by="a", why="", until="released"))
    assert asked(turn(story, now, ahead())) == []
    there, while_handed = local(DUE, ZONE), local(now, ZONE)
    asleep = QuietHours(begin=while_handed.time(), end=there.time(), skips=True)
    assert asked(turn(Story(), now, ahead(quiet=asleep))) == [SOON]
    begin, end_of_it = (there - MINUTE).time(), (there + MINUTE).time()
    story = Story()
    assert asked(turn(story, now, ahead(quiet=QuietHours(begin=begin, end=end_of_it, skips=True)))) == []
    assert end(story, SOON) is End.SKIPPED


def test_what_tells_of_a_show_that_was_is_not_handed_over_before_the_show_is_over() -> None:
    plan = ahead(timedelta(days=1), at=PLAN.off_air + timedelta(hours=2))
    story, now = Story().add(phase_entered("day-1", "standby", why="")), PLAN.off_air + MINUTE
    assert SOON not in asked(turn(story, now, plan))
    story.add(phase_entered("day-1", "live", why=""), was(Lifecycle.LIVE), phase_entered("day-1", "done", why=""))
    assert SOON in asked(turn(story, now, plan))


CHATTY = show_plan(with_chat=True)
HELLO = "day-1/posts/post/hello/youtube-chat/en"


def said(observed: Observed, *notes: Note) -> tuple[list[str], str]:
    """What is said in the chat, and why it is not."""
    story = Story().add(phase_entered("day-1", "live", why=""), was(Lifecycle.LIVE))
    create = "day-1/broadcast/create/main"
    story.add(outcome("day-1", create, "a", "find", Result.DONE, broadcast="video-1"), *notes)
    answer = turn(story, GO_LIVE + SECOND, CHATTY, observed)
    settled = story.state.show("day-1").settled.get(HELLO)
    return [each.what for each in answer.commands if each.verb is Verb.SAY], settled.why if settled else ""


def test_a_line_goes_into_the_chat_of_the_shows_own_broadcast() -> None:
    there = Observed(broadcast=replace(on_youtube(Lifecycle.LIVE), chat_id="chat-1"))
    assert said(there) == (["chat-1"], "")
    assert said(Observed()) == ([], "")  # it is being looked at


def test_a_line_without_a_chat_is_skipped_with_its_reason() -> None:
    without = Observed(broadcast=on_youtube(Lifecycle.LIVE))
    assert "no live chat" in said(without)[1]
    over = Observed(broadcast=replace(on_youtube(Lifecycle.COMPLETE), chat_id="chat-1"))
    assert "not live any more" in said(over)[1]


@pytest.mark.parametrize(("result", "expected"), [(Result.UNKNOWN, ""), (Result.DONE, "posted as")])
def test_an_answered_line_is_never_said_again(result: Result, expected: str) -> None:
    there = Observed(broadcast=replace(on_youtube(Lifecycle.LIVE), chat_id="chat-1"))
    asked_for, why = said(there, outcome("day-1", HELLO, "b", "say", result, post="line-1"))
    assert asked_for == []
    assert expected in why


@pytest.mark.parametrize(("until", "is_told"), [(time(19, 20), True), (time(19, 30), False), (time(8), False)])
def test_a_delay_lets_no_post_about_what_is_to_come_wait_past_the_go_live(until: time, is_told: bool) -> None:
    plan = quiet(SOON, time(19), until)  # on Almaty's clock; planned for 18:45 and 19:00
    state = ShowState(shifts=Shifts(live=30 * MINUTE))
    plan = replace(plan, cues=tuple(replace(cue, follows_live=True) for cue in plan.cues))
    cue = expected(plan, state, DUE).cue(SOON)
    assert cue.post is not None
    assert cue.is_left_out_at(cue.at) is not is_told
    if is_told:
        assert (cue.at, cue.post.wanted_at) == (GO_LIVE + 20 * MINUTE, DUE + 30 * MINUTE)
    else:
        assert (cue.at, cue.post.wanted_at) == (DUE + 30 * MINUTE, None)
