"""Do the same records always amount to the same state?"""

from datetime import datetime, timedelta

import pytest

from broadcaster.show.fold import LIVE_DELAYS_KEPT, fold
from broadcaster.show.observed import Lifecycle
from broadcaster.show.orders import Word
from broadcaster.show.quota import Ledger
from broadcaster.show.records import (
    BROADCAST_GONE,
    BROADCAST_SEEN,
    CLOCK_STEPPED,
    COMMAND_GIVEN,
    ENCODER_SEEN,
    INTENT,
    RUN_STARTED,
    SCENE_SEEN,
    End,
    Note,
    Record,
    Result,
    cue_settled,
    instant,
    lane_held,
    lane_released,
    outcome,
    phase_entered,
    segment_started,
    stamp,
)
from broadcaster.show.state import SeasonState, ShowState
from tests.plans import GO_LIVE, MINUTE, SECOND, Story
from tests.playing import record_a_show

CREATE = "day-1/broadcast/create/main"
IDS = {"show": "day-1"}


def intent(verb: str, attempt: int = 1, cue: str = CREATE, show: str = "day-1") -> Note:
    return Note(kind=INTENT, ids={"show": show, "cue": cue, "act": f"{cue}:{verb}#{attempt}"}, data={"verb": verb})


def ended(verb: str, result: Result, attempt: int = 1, **data: str) -> Note:
    return outcome("day-1", CREATE, f"{CREATE}:{verb}#{attempt}", verb, result, **data)


def show(story: Story) -> ShowState:
    return story.state.show("day-1")


async def test_folding_a_journal_in_any_two_pieces_gives_the_same_state() -> None:
    world, _ = await record_a_show()
    records = world.journal.records
    whole = fold(SeasonState(), records)
    assert whole.shows == world.conductor.state.shows
    for cut in range(len(records) + 1):
        assert fold(fold(SeasonState(), records[:cut]), records[cut:]) == whole


def test_a_stamp_is_read_back_to_the_millisecond() -> None:
    moment = GO_LIVE + timedelta(milliseconds=123)
    assert stamp(moment) == "2027-10-20T14:00:00.123Z"
    assert instant(stamp(moment)) == moment


def test_an_intent_is_open_until_its_outcome() -> None:
    story = Story().add(intent("create"))
    assert [act.verb for act in show(story).open.values()] == ["create"]
    assert show(story).result(CREATE, "create") is None
    story.add(ended("create", Result.DONE, broadcast="video-1"))
    assert show(story).open == {}
    assert show(story).result(CREATE, "create") is Result.DONE
    assert show(story).broadcast_id == "video-1"


def test_failures_count_in_a_row_and_a_try_clears_its_back_off() -> None:
    story = Story()
    for attempt in (1, 2, 3):
        story.add(intent("find", attempt))
        assert show(story).retry_at == {}
        story.add(ended("find", Result.FAILED, attempt, retry_at=stamp(GO_LIVE)))
    assert show(story).failures[f"{CREATE}:find"] == show(story).attempts[f"{CREATE}:find"] == 3
    assert show(story).retry_at[f"{CREATE}:find"] == GO_LIVE
    story.add(intent("find", 4), ended("find", Result.DONE, 4))
    assert show(story).failures[f"{CREATE}:find"] == 0


@pytest.mark.parametrize(("write", "search"), [("create", "find"), ("create_stream", "find_stream")])
def test_a_write_of_unknown_outcome_makes_the_search_necessary_again(write: str, search: str) -> None:
    story = Story().add(intent(search), ended(search, Result.DONE), intent(write), ended(write, Result.UNKNOWN))
    assert show(story).result(CREATE, search) is None
    assert show(story).result(CREATE, write) is Result.UNKNOWN


def test_the_first_end_of_a_cue_stands() -> None:
    first = cue_settled("day-1", CREATE, End.DONE, at=GO_LIVE, planned=GO_LIVE, why="a")
    second = cue_settled("day-1", CREATE, End.FAILED, at=GO_LIVE, planned=GO_LIVE, why="b")
    assert show(Story().add(first, second)).settled[CREATE].end is End.DONE


def test_live_and_complete_count_from_when_they_were_first_seen() -> None:
    def seen(lifecycle: Lifecycle) -> Note:
        return Note(kind=BROADCAST_SEEN, ids=IDS, data={"id": "v", "lifecycle": lifecycle, "stream": "s"})

    story = Story().add(seen(Lifecycle.LIVE)).add(seen(Lifecycle.LIVE), at=GO_LIVE + MINUTE)
    story.add(seen(Lifecycle.COMPLETE), at=GO_LIVE + 2 * MINUTE).add(seen(Lifecycle.COMPLETE), at=GO_LIVE + 3 * MINUTE)
    assert (show(story).live_at, show(story).complete_at) == (GO_LIVE, GO_LIVE + 2 * MINUTE)


def test_the_channel_teaches_how_long_live_takes_and_only_the_latest_count() -> None:
    story = Story()
    for number in range(LIVE_DELAYS_KEPT + 2):
        name = f"day-{number}"
        story.add(intent("live", cue=f"{name}/broadcast/live/main", show=name))
        note = Note(kind=BROADCAST_SEEN, ids={"show": name}, data={"id": "v", "lifecycle": "live", "stream": "s"})
        story.add(note, at=GO_LIVE + number * SECOND)
    assert story.state.live_delays == (2.0, 3.0, 4.0, 5.0, 6.0)


def test_a_live_that_nobody_asked_for_teaches_nothing() -> None:
    note = Note(kind=BROADCAST_SEEN, ids=IDS, data={"id": "v", "lifecycle": "live", "stream": "s"})
    assert Story().add(note).state.live_delays == ()


def test_a_deleted_broadcast_is_looked_for_anew() -> None:
    story = Story().add(intent("find"), ended("find", Result.DONE), intent("create"))
    story.add(ended("create", Result.DONE, broadcast="video-1", bound="s"))
    story.add(Note(kind=BROADCAST_GONE, ids=IDS | {"cue": CREATE}, data={"broadcast": "video-1"}))
    assert (show(story).broadcast_id, show(story).bound_stream, show(story).lifecycle) == ("", "", None)
    assert show(story).result(CREATE, "find") is show(story).result(CREATE, "create") is None


def test_holds_are_summed_within_a_span() -> None:
    def said(word: Word) -> Note:
        return Note(kind=COMMAND_GIVEN, ids=IDS, data={"verb": word, "who": "Aigul"})

    story = Story().add(said(Word.HOLD)).add(said(Word.RESUME), at=GO_LIVE + MINUTE)
    story.add(said(Word.HOLD), at=GO_LIVE + 2 * MINUTE).add(said(Word.HOLD), at=GO_LIVE + 3 * MINUTE)
    assert show(story).is_held
    assert show(story).held_between(GO_LIVE + 30 * SECOND, GO_LIVE + 4 * MINUTE) == 150 * SECOND


def test_a_lane_given_back_is_so_until_the_far_end_changes_or_it_is_held_again() -> None:
    held = lane_held("day-1", "program", by="a hand", why="", until="released")
    released = lane_released("day-1", "program", why="")
    story = Story().add(held, released)
    assert show(story).given_back == {"program"}
    assert show(story).lanes_held == {}
    story.add(Note(kind=ENCODER_SEEN, ids=IDS, data={"streaming": True}))
    assert show(story).given_back == {"program"}
    story.add(Note(kind=SCENE_SEEN, ids=IDS, data={"scene": "Film"}))
    assert show(story).given_back == frozenset()
    assert show(story.add(released, held)).given_back == frozenset()


def test_the_revision_moves_only_with_what_an_operator_would_want_to_have_seen() -> None:
    story = Story().add(phase_entered("day-1", "preparing", why=""))
    assert story.state.revision == 1
    story.add(intent("find"), ended("find", Result.DONE))
    assert (story.state.revision, story.state.seq) == (1, 3)
    story.add(segment_started("day-1", "film", at=GO_LIVE, why=""))
    assert story.state.revision == 4


def test_a_record_of_an_unknown_kind_changes_nothing_but_the_number() -> None:
    strange = Record(run="test", seq=7, at=GO_LIVE, kind="something_new/3", ids=IDS, data={"x": 1})
    state = fold(SeasonState(), [strange, Record(run="test", seq=8, at=GO_LIVE, kind=RUN_STARTED)])
    assert state == SeasonState(seq=8, quota=Ledger(is_running=True))


def paused(*, at: datetime, until: datetime) -> Story:
    story = Story().add(intent("find"), at=at)
    return story.add(ended("find", Result.FAILED, retry_at=stamp(until)), at=at)


def left_alone(story: Story) -> tuple[datetime, datetime]:
    return show(story).paused_at[f"{CREATE}:find"], show(story).retry_at[f"{CREATE}:find"]


@pytest.mark.parametrize("kind", [CLOCK_STEPPED, RUN_STARTED])
def test_a_clock_that_was_set_back_lengthens_no_pause_also_while_nobody_ran(kind: str) -> None:
    story = paused(at=GO_LIVE, until=GO_LIVE + 5 * SECOND)
    back = GO_LIVE - 60 * MINUTE
    story.add(Note(kind=kind, ids={}, data={"seconds": -3600.0} if kind == CLOCK_STEPPED else {}), at=back)
    assert left_alone(story) == (back, back + 5 * SECOND)
    story.add(Note(kind=kind, ids={}, data={}), at=back + SECOND)
    assert left_alone(story) == (back, back + 5 * SECOND)


def test_a_clock_that_was_set_ahead_cuts_no_pause_short() -> None:
    hour = 60 * MINUTE
    stepped = Note(kind=CLOCK_STEPPED, ids={}, data={"seconds": 3600.0})
    story = paused(at=GO_LIVE, until=GO_LIVE + 5 * SECOND).add(stepped, at=GO_LIVE + hour + SECOND)
    assert left_alone(story) == (GO_LIVE + hour, GO_LIVE + hour + 5 * SECOND)
    over = paused(at=GO_LIVE, until=GO_LIVE + 5 * SECOND).add(stepped, at=GO_LIVE + hour + 6 * SECOND)
    assert left_alone(over) == (GO_LIVE, GO_LIVE + 5 * SECOND)
    begun_after = paused(at=GO_LIVE, until=GO_LIVE + 5 * SECOND).add(stepped, at=GO_LIVE + SECOND)
    assert left_alone(begun_after) == (GO_LIVE, GO_LIVE + 5 * SECOND)
