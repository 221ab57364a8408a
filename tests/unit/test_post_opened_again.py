"""Is a post that failed or was left out sent after all, once, whatever comes in between?"""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest

from broadcaster.season.plan import Late, LateRule, Plan, ShowPlan
from broadcaster.show.commands import NotNow, operate
from broadcaster.show.decide import decide
from broadcaster.show.observed import Lifecycle, Observed
from broadcaster.show.orders import Order, Word
from broadcaster.show.post_standing import PostStanding, standing
from broadcaster.show.records import BROADCAST_SEEN, INTENT, End, Note, Result, outcome, phase_entered
from broadcaster.show.turn import Command, Verb
from tests.plans import GO_LIVE, MINUTE, SCENES, SECOND, Story, season_plan, show_plan

PLAN = season_plan()
SOON = "day-1/posts/post/soon/telegram/en"
HOUR = 60 * MINUTE
ACTS = ("send", "send", "send", "skip", "hold", "resume", "edit")
FATES = ("done", "done", "refused", "failed", "lost", "lost on the way", "killed", "killed on the way")


class Evening:
    """The lane of posts with one channel, in a run that may be killed at any moment; the show may be over by then."""

    def __init__(self, show: ShowPlan | None = None, *, is_over: bool = False) -> None:
        at, show = GO_LIVE + (HOUR if is_over else -15 * MINUTE), show or PLAN.show("day-1")
        self.show = replace(show, cues=tuple(replace(cue, at=at) if cue.id == SOON else cue for cue in show.cues))
        self.plan: Plan = replace(PLAN, shows=(self.show,))
        self.story = Story()
        self.now = at
        self.out: list[datetime] = []
        for phase in ("preparing", "ready", "standby", "live", "closing", "done") if is_over else ():
            self.story.add(phase_entered("day-1", phase, why=""))
        if is_over:
            seen = {"lifecycle": Lifecycle.LIVE, "stream": "s"}
            self.story.add(Note(kind=BROADCAST_SEEN, ids={"show": "day-1"}, data=seen))

    def decided(self, busy: frozenset[str] = frozenset()) -> list[Command]:
        """What is asked of the channel about the post."""
        for _ in range(20):
            answer = decide(self.show, self.story.state, Observed(), now=self.now, arm_ahead=0.4 * SECOND, busy=busy)
            if not answer.notes:
                return [each for each in answer.commands if each.cue == SOON]
            self.story.add(*answer.notes, at=self.now)
        raise AssertionError("does not come to rest")

    def order(self, act: str, key: str = "") -> bool:
        """An operator's word; whether it is taken."""
        text = "x" if act == "edit" else ""
        order = Order(word=Word.POST, who="Aigul", source="here", post=SOON, act=act, text=text, key=key)
        try:
            notes = operate(self.plan, self.story.state, order, SCENES, self.now)
        except NotNow:
            return False
        self.story.add(*notes, at=self.now)
        return True

    def carry_out(self, fate: str) -> list[Command]:
        """One turn; what it asks for meets that fate."""
        commands = self.decided()
        for command in commands:
            tries = self.story.state.show("day-1").attempts.get(command.name, 0)
            ids = {"show": "day-1", "cue": SOON, "act": f"{command.name}#{tries + 1}"}
            told = {"text": "Soon", "go_live": "2027-10-20T14:00:00Z"}
            self.story.add(Note(kind=INTENT, ids=ids, data={"verb": command.verb, "told": told}), at=self.now)
            if command.verb is Verb.FIND_POST:
                found = {"post": "77" if self.out else ""}
                note = outcome("day-1", SOON, ids["act"], command.verb, Result.DONE, **found)
            elif command.verb is not Verb.POST:
                note = outcome("day-1", SOON, ids["act"], command.verb, Result.DONE, text="x")
            else:
                if fate in ("done", "lost", "killed"):
                    self.out.append(self.now)
                if fate.startswith("killed"):
                    return commands  # the next run finds the intent alone
                results = {"done": Result.DONE, "refused": Result.REFUSED, "failed": Result.FAILED}
                data = {"post": "77", "text": "Soon"} if fate == "done" else {"reason": "the token was taken back"}
                result = results.get(fate, Result.UNKNOWN)
                note = outcome("day-1", SOON, ids["act"], command.verb, result, **data)
            self.story.add(note, at=self.now)
        return commands

    @property
    def stands(self) -> PostStanding:
        """How the post stands."""
        return standing(self.show, self.show.cue(SOON), self.story.state.show("day-1"))

    @property
    def is_in_doubt(self) -> bool:
        """An operator looks in the channel, where nothing is on its way any more."""
        return self.story.state.show("day-1").post(SOON).lost is not None

    @property
    def end(self) -> End | None:
        """Its end as it is known now."""
        settled = self.story.state.show("day-1").settled.get(SOON)
        return settled.end if settled is not None else None


def test_a_post_that_was_refused_goes_out_once_its_channel_is_mended_and_a_crash_makes_it_no_two() -> None:
    tonight = Evening()
    tonight.carry_out("refused")
    assert (tonight.decided(), tonight.end) == ([], End.FAILED)
    tonight.now += 20 * MINUTE  # after its grace
    assert tonight.order("send", "k")
    assert tonight.order("send", "k")
    [command] = tonight.carry_out("killed")
    assert (command.verb, command.why) == (Verb.POST, "Aigul sends it now")
    tonight.now += MINUTE
    [command] = tonight.carry_out("done")
    assert command.verb is Verb.FIND_POST
    assert (tonight.decided(), tonight.end, len(tonight.out)) == ([], End.DONE, 1)
    assert tonight.order("send")  # a press too many
    assert (tonight.decided(), len(tonight.out)) == ([], 1)


def test_what_an_operator_sends_after_the_show_goes_out_and_one_that_fails_again_may_be_sent_again() -> None:
    tonight = Evening(is_over=True)
    tonight.now += 2 * HOUR
    assert (tonight.decided(), tonight.end) == ([], End.SKIPPED)
    assert tonight.order("send")
    assert [each.verb for each in tonight.carry_out("refused")] == [Verb.POST]
    assert (tonight.decided(), tonight.end) == ([], End.FAILED)
    assert tonight.order("send")
    assert [each.verb for each in tonight.carry_out("done")] == [Verb.POST]
    assert (tonight.decided(), tonight.end, len(tonight.out)) == ([], End.DONE, 1)


def test_a_hold_takes_back_what_was_to_be_sent_now_and_its_own_rule_asks_anew() -> None:
    ask = LateRule(grace=MINUTE, then=Late.ASK)
    show = show_plan()
    cues = tuple(replace(cue, late=ask) if cue.id == SOON else cue for cue in show.cues)
    tonight = Evening(replace(show, cues=cues), is_over=True)
    tonight.now += HOUR
    assert (tonight.decided(), tonight.stands) == ([], PostStanding.ASKS)
    assert tonight.order("skip")
    assert (tonight.decided(), tonight.end) == ([], End.SKIPPED)
    assert tonight.order("send")
    assert tonight.order("hold")
    assert (tonight.decided(), tonight.stands) == ([], PostStanding.HELD)
    assert tonight.order("resume")
    assert (tonight.decided(), tonight.stands) == ([], PostStanding.ASKS)
    tonight.now += 25 * HOUR
    assert (tonight.decided(), tonight.end) == ([], End.SKIPPED)
    assert tonight.order("send")
    assert [each.verb for each in tonight.carry_out("done")] == [Verb.POST]


@pytest.mark.parametrize(("act", "fate"), [("again", "killed on the way"), ("sent", "killed")])
def test_a_doubt_that_nobody_answered_in_a_day_still_ends_well(act: str, fate: str) -> None:
    tonight = Evening(is_over=True)
    tonight.carry_out(fate)
    tonight.now += MINUTE
    lost = outcome("day-1", SOON, "x", Verb.FIND_POST, Result.REFUSED, reason="it cannot be looked for")
    tonight.decided()
    tonight.story.add(lost, at=tonight.now)
    tonight.now += 25 * HOUR
    assert (tonight.decided(), tonight.end) == ([], End.UNKNOWN)
    assert not tonight.order("send")
    assert tonight.order(act)
    assert [each.verb for each in tonight.carry_out("done")] == ([Verb.POST] if act == "again" else [])
    assert (tonight.decided(), tonight.end, len(tonight.out)) == ([], End.DONE, 1)


@pytest.mark.parametrize("first", range(0, 120, 60))
def test_no_order_of_words_answers_and_crashes_sends_a_post_twice(first: int) -> None:
    for seed in range(first, first + 60):
        chance, tonight = Random(seed), Evening(is_over=seed % 4 > 0)
        for step in range(30):
            if chance.random() < 0.5:
                tonight.carry_out(chance.choice(FATES))
            elif (
                tonight.stands in (PostStanding.ASKS, PostStanding.UNKNOWN)
                and not tonight.story.state.show("day-1").open
            ):
                tonight.order(chance.choice(("send", "skip", "sent" if tonight.out else "again")))
            else:
                tonight.order(chance.choice(ACTS), key=f"{step // 2}")
            tonight.now += timedelta(seconds=chance.choice((1, 30, 1200, 90_000)))
        for _ in range(8):
            tonight.now += MINUTE
            tonight.carry_out("done")
            tonight.order("resume")
        assert len(tonight.out) <= 1, seed
        assert (tonight.end is End.DONE) is (len(tonight.out) == 1), seed
        ends = [each.data.get("end") for each in tonight.story.records if each.ids.get("cue") == SOON]
        assert ends.count(End.DONE) <= 1, seed
        acts = [each.ids["act"] for each in tonight.story.records if each.kind == INTENT]
        assert len(acts) == len(set(acts)), seed
