"""Is it told of a post, before its minute, that it may never go out or is known not to, and when it was really due?"""

from dataclasses import replace
from datetime import datetime, time
from typing import Any

import pytest

from broadcaster.cli.posts import lines_of
from broadcaster.season.channels import REACH
from broadcaster.season.plan import CHAT, Cue, Late, Plan, ShowPlan, Trigger
from broadcaster.season.quiet import QuietHours
from broadcaster.show.commands import operate
from broadcaster.show.orders import Order, Word
from broadcaster.show.post_list import post_list, public_post
from broadcaster.show.post_orders import Outlets, left_out_with
from broadcaster.show.records import SEGMENT_STARTED, Note, stamp
from tests.plans import GO_LIVE, MINUTE, SCENES, Story, season_plan, show_plan

BEFORE = GO_LIVE - 30 * MINUTE
TELEGRAM = Outlets(reaches={"telegram": REACH["telegram"]})
NIGHT = QuietHours(begin=time(18, 50), end=time(8), skips=True)
"""On the clock of Almaty, where the show goes live at 19:00."""


def with_post(plan: ShowPlan, trigger: Trigger, **post: Any) -> ShowPlan:
    """The show with one post of that kind, which is about "runway" where it is about a segment."""
    soon = next(cue for cue in plan.cues if cue.subject == "soon")
    assert soon.post is not None
    segment = "runway" if trigger is Trigger.SEGMENT else ""
    told = replace(soon.post, segment=segment, **post)
    cue = replace(soon, trigger=trigger, at=GO_LIVE, post=told, follows_live=trigger is Trigger.CLOCK)
    return replace(plan, cues=(*(each for each in plan.cues if each.post is None), cue))


def listed(show: ShowPlan, story: Story | None = None, outlets: Outlets = TELEGRAM) -> dict[str, Any]:
    """The one post of the show."""
    [found] = post_list(season_plan(show), (story or Story()).state, BEFORE, outlets)
    return found


def order(plan: Plan, story: Story, word: Word, at: datetime = BEFORE, **said: Any) -> None:
    given = Order(word=word, who="Aigul", source="127.0.0.1", **said)
    story.add(*operate(plan, story.state, given, SCENES, at, TELEGRAM), at=at)


def test_what_goes_out_only_if_the_show_is_delayed_or_cancelled_is_not_planned_until_that_is_so() -> None:
    for trigger, word, said in (
        (Trigger.DELAYED, Word.DELAY, {"by": "5m"}),
        (Trigger.CANCELLED, Word.CANCEL, {}),
    ):
        show, story = with_post(show_plan(), trigger), Story()
        assert listed(show)["standing"] == public_post(listed(show))["standing"] == "only_if"
        order(season_plan(show), story, Word.HOLD, lane="posts")
        assert listed(show, story)["standing"] == "only_if"
        story = Story()
        order(season_plan(show), story, word, **said)
        assert (listed(show, story)["standing"], listed(show, story)["at"]) == ("planned", stamp(BEFORE))
    lines = list(lines_of([listed(with_post(show_plan(), Trigger.DELAYED)), listed(show_with_quiet())], 80))
    assert lines[0] == "Wed 2027-10-20 UTC"
    assert lines[1].startswith("  will skip 14:00Z ")
    assert lines[4] == "    its readers have quiet hours then, 18:50-08:00"
    assert lines[5:7] == ["only if it comes to that", "  if delayed en"]


def show_with_quiet(trigger: Trigger = Trigger.LIVE) -> ShowPlan:
    return with_post(show_plan(), trigger, quiet=NIGHT)


@pytest.mark.parametrize("trigger", [Trigger.LIVE, Trigger.CLOCK, Trigger.SEGMENT])
def test_a_post_that_will_be_left_out_says_so_and_why_before_its_minute(trigger: Trigger) -> None:
    found = listed(show_with_quiet(trigger))
    assert (found["standing"], found["why"]) == ("will_skip", "its readers have quiet hours then, 18:50-08:00")
    assert public_post(found)["why"] == ""
    morning = with_post(show_plan(), trigger, quiet=replace(NIGHT, begin=time(20)))
    assert listed(morning)["standing"] == "planned"
    assert listed(with_post(show_plan(), trigger, quiet=NIGHT, is_urgent=True))["standing"] == "planned"
    nowhere = with_post(show_plan(), trigger, channel="fans")
    assert listed(nowhere)["why"] == "config.toml has no [channels.fans]"
    chat = with_post(show_plan(with_broadcast=False), trigger, channel=CHAT)
    assert listed(replace(chat, broadcast=None))["why"].startswith("the show has no broadcast on YouTube")


def test_a_post_by_hand_goes_out_in_quiet_hours() -> None:
    show, story = with_post(show_plan(), Trigger.CLOCK, quiet=NIGHT), Story()
    cue = next(each for each in show.cues if each.post is not None)
    order(season_plan(show), story, Word.POST, post=cue.id, act="send")
    assert listed(show, story)["standing"] == "waiting"


def test_what_may_never_be_has_no_hour_that_could_be_quiet() -> None:
    found = listed(show_with_quiet(Trigger.DELAYED))
    assert (found["standing"], found["why"]) == ("only_if", "")


def test_a_post_about_a_segment_was_due_as_that_began_also_after_a_delay() -> None:
    show, story = with_post(show_plan(), Trigger.SEGMENT), Story()
    assert listed(show)["at"] == stamp(GO_LIVE + 2 * MINUTE)
    order(season_plan(show), story, Word.DELAY, by="5m")
    assert listed(show, story)["at"] == stamp(GO_LIVE + 5 * MINUTE)  # the wall gives way to go-live
    began = GO_LIVE + 9 * MINUTE
    ids = {"show": "day-1", "segment": "runway"}
    story.add(Note(kind=SEGMENT_STARTED, ids=ids, data={"at": stamp(began), "why": ""}), at=began)
    assert listed(show, story)["at"] == stamp(began)


def test_a_look_ahead_at_a_cancel_names_what_is_still_to_come() -> None:
    show, story = show_plan(), Story()
    cue = next(each for each in show.cues if each.subject == "soon")
    assert left_out_with(show, story.state.show("day-1"), cue) == (cue.id,)
    order(season_plan(show), story, Word.POST, post=cue.id, act="cancel")
    assert left_out_with(show, story.state.show("day-1"), cue) == ()


def test_a_post_that_is_held_past_its_time_says_what_giving_it_back_does() -> None:
    show, story = with_post(show_plan(), Trigger.CLOCK), Story()
    cue: Cue = next(each for each in show.cues if each.post is not None)
    assert cue.late.then is Late.SKIP
    order(season_plan(show), story, Word.POST, post=cue.id, act="hold")
    [found] = post_list(season_plan(show), story.state, GO_LIVE + cue.late.grace, TELEGRAM)
    assert (found["standing"], found["why"]) == ("held", "")
    [found] = post_list(season_plan(show), story.state, GO_LIVE + cue.late.grace + MINUTE, TELEGRAM)
    assert found["why"].startswith("its time has passed: given back, it is left out")
