"""What does an operator's word do to the record?"""

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

import pytest

from broadcaster.show.commands import NotNow, Stale, current_show, operate
from broadcaster.show.orders import Order, Word
from broadcaster.show.records import (
    COMMAND_GIVEN,
    INTENT,
    LANE_HELD,
    LANE_RELEASED,
    SCENE_SEEN,
    SEGMENT_STARTED,
    Note,
    Result,
    lane_held,
    outcome,
    phase_entered,
    segment_started,
    stamp,
)
from tests.plans import GO_LIVE, MINUTE, SCENES, SECOND, Story, season_plan, show_plan

PLAN = season_plan()


def on_stage(phase: str = "live") -> Story:
    return Story().add(phase_entered("day-1", phase, why=""), segment_started("day-1", "film", at=GO_LIVE, why=""))


def say(story: Story, word: Word, now: datetime = GO_LIVE + MINUTE, **more: Any) -> list[Note]:
    order = Order(word=word, who="Aigul", source="127.0.0.1", **more)
    notes = operate(PLAN, story.state, order, SCENES, now)
    story.add(*notes, at=now)
    return notes


def kinds(notes: list[Note]) -> list[str]:
    return [note.kind for note in notes]


def test_go_starts_the_next_segment_and_says_who_and_from_where() -> None:
    notes = say(on_stage(), Word.GO)
    assert kinds(notes) == [COMMAND_GIVEN, SEGMENT_STARTED]
    assert notes[0].data == {"verb": "go", "who": "Aigul", "from": "127.0.0.1", "segment": "runway"}
    assert notes[1].ids["segment"] == "runway"


@pytest.mark.parametrize("word", [Word.GO, Word.HOLD, Word.SKIP, Word.END, Word.TAKE])
def test_a_show_that_is_not_on_stage_takes_no_orders(word: Word) -> None:
    with pytest.raises(NotNow, match="day-1 is planned"):
        say(Story(), word, scene="Film")


def test_go_when_live_cannot_be_any_sooner_and_before_standby_is_refused_with_what_to_do() -> None:
    story = Story().add(phase_entered("day-1", "standby", why=""))
    with pytest.raises(NotNow, match="by itself at 19:00:00, and cannot any sooner"):
        say(story, Word.GO, GO_LIVE - 8 * SECOND)
    with pytest.raises(NotNow, match="`delay -5m` brings"):
        say(Story().add(phase_entered("day-1", "ready", why="")), Word.GO, GO_LIVE - 20 * MINUTE)


def test_go_on_hold_and_go_at_the_end_are_refused() -> None:
    story = on_stage()
    say(story, Word.HOLD)
    with pytest.raises(NotNow, match="resume it first"):
        say(story, Word.GO)
    last = Story().add(phase_entered("day-1", "live", why=""), segment_started("day-1", "talk", at=GO_LIVE, why=""))
    for word in (Word.GO, Word.SKIP):
        with pytest.raises(NotNow, match="no segment left"):
            say(last, word)


def test_a_button_pressed_again_is_no_order_and_no_error() -> None:
    story = on_stage()
    assert say(story, Word.RESUME) == say(story, Word.RESUME, lane="posts") == []
    assert kinds(say(story, Word.HOLD)) == [COMMAND_GIVEN]
    assert say(story, Word.HOLD) == []
    assert kinds(say(story, Word.RESUME)) == [COMMAND_GIVEN]
    assert not story.state.show("day-1").is_held
    say(story, Word.HOLD, lane="posts")
    assert say(story, Word.HOLD, lane="posts") == []
    assert kinds(say(story, Word.HOLD, lane="posts", until="never")) == [COMMAND_GIVEN, LANE_HELD]
    say(story, Word.END)
    assert say(story, Word.END) == []
    story.add(phase_entered("day-1", "closing", why=""))
    assert say(story, Word.END) == []


@pytest.mark.parametrize(("word", "scene"), [(Word.TAKE, "Talk"), (Word.PANIC, "Please stand by")])
def test_a_scene_is_taken_again_only_when_it_is_not_on_air_by_that_order_any_more(word: Word, scene: str) -> None:
    story, more = on_stage(), {"scene": scene} if word is Word.TAKE else {}
    moments = count(1)

    def press(pressed: Word = word) -> list[str]:
        said = {"scene": scene} if pressed is not word else more
        return kinds(say(story, pressed, GO_LIVE + next(moments) * SECOND, **said))

    def on_air(program: str) -> None:
        story.add(Note(kind=SCENE_SEEN, ids={"show": "day-1"}, data={"scene": program}))

    def took(result: Result) -> None:
        override = story.state.show("day-1").override
        assert override is not None
        cue = override.cue("day-1")
        story.add(Note(kind=INTENT, ids={"show": "day-1", "cue": cue, "act": "a"}, data={"verb": "take"}))
        data = {"scene": scene, "began": stamp(GO_LIVE)}
        story.add(outcome("day-1", cue, "a", "take", result, **(data if result is Result.DONE else {})))

    assert press() == [COMMAND_GIVEN]
    assert press() == []  # on its way
    took(Result.DONE)
    on_air(scene)
    assert press() == []
    on_air("Film")
    assert press() == [COMMAND_GIVEN]  # a hand has cut away from it
    took(Result.REFUSED)
    assert press() == [COMMAND_GIVEN]
    took(Result.DONE)
    on_air(scene)
    other = Word.PANIC if word is Word.TAKE else Word.TAKE
    assert press(other) == [COMMAND_GIVEN]
    assert press() == [COMMAND_GIVEN]
    took(Result.DONE)
    story.add(lane_held("day-1", "program", by="a hand", why="", until="next_cue"))
    assert press() == [COMMAND_GIVEN, LANE_RELEASED]
    took(Result.DONE)
    begun = GO_LIVE + next(moments) * SECOND
    story.add(segment_started("day-1", "runway", at=begun, why=""), at=begun)
    assert press() == ([COMMAND_GIVEN] if word is Word.TAKE else [])  # a panic stays


def test_a_lane_is_held_and_given_back_on_its_own() -> None:
    story = on_stage()
    assert kinds(say(story, Word.HOLD, lane="posts")) == [COMMAND_GIVEN, LANE_HELD]
    assert not story.state.show("day-1").is_held
    assert kinds(say(story, Word.RESUME, lane="posts")) == [COMMAND_GIVEN, LANE_RELEASED]
    assert say(story, Word.RESUME, lane="posts") == []


def test_a_resume_without_a_lane_gives_back_everything() -> None:
    story = on_stage()
    say(story, Word.HOLD, lane="posts")
    say(story, Word.HOLD, lane="encoder")
    say(story, Word.HOLD)
    assert kinds(say(story, Word.RESUME)) == [COMMAND_GIVEN, LANE_RELEASED, LANE_RELEASED]
    assert story.state.show("day-1").lanes_held == {}


def test_an_unknown_lane_is_named_with_the_ones_there_are() -> None:
    with pytest.raises(NotNow, match="no lane 'lights'; the lanes are program, encoder"):
        say(on_stage(), Word.HOLD, lane="lights")


def test_a_take_releases_the_program_and_an_unknown_scene_is_refused_with_a_guess() -> None:
    story = on_stage().add(lane_held("day-1", "program", by="a hand", why="", until="next_cue"))
    with pytest.raises(NotNow, match="did you mean 'Runway'"):
        say(story, Word.TAKE, scene="Runwey")
    with pytest.raises(NotNow, match="it has 'Countdown'"):
        say(story, Word.TAKE, scene="§§§")
    assert kinds(say(story, Word.TAKE, scene="Talk")) == [COMMAND_GIVEN, LANE_RELEASED]
    override = story.state.show("day-1").override
    assert override is not None
    assert override.scene == "Talk"


def test_a_repeat_of_a_key_is_no_order_even_with_an_old_revision() -> None:
    story = on_stage()
    revision = story.state.revision
    assert say(story, Word.SKIP, key="k1", revision=revision)
    assert say(story, Word.SKIP, key="k1", revision=revision) == []


def test_an_order_on_an_older_show_is_stale() -> None:
    story = on_stage()
    with pytest.raises(Stale, match="look again: it is at 2"):
        say(story, Word.GO, revision=1)
    assert say(story, Word.GO, revision=2)


def test_end_is_an_end() -> None:
    story = on_stage()
    say(story, Word.END)
    assert story.state.show("day-1").ended_by == "Aigul"


def test_the_current_show_is_the_one_on_stage_else_the_next_to_come() -> None:
    first, second = show_plan(), show_plan("day-2", go_live=GO_LIVE + 24 * 60 * MINUTE)
    plan = season_plan(first, second)
    assert current_show(plan, Story().state, GO_LIVE) is first
    assert current_show(plan, Story().state, GO_LIVE + 60 * MINUTE) is second
    late = Story().add(phase_entered("day-1", "live", why="")).state
    assert current_show(plan, late, GO_LIVE + 60 * MINUTE) is first
    assert current_show(replace(plan, shows=()), late, GO_LIVE) is None
    after = GO_LIVE + 48 * 60 * MINUTE
    with pytest.raises(NotNow, match="no show of this season is still to come"):
        operate(plan, Story().state, Order(word=Word.GO, who="a", source="b"), (), after)
