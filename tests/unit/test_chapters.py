"""Which chapters come of the times as they were, and are they valid by YouTube's rules?"""

import re
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from broadcaster.show.chapters import DESCRIPTION_BYTES, Chapter, chapters, plain_title, with_chapters
from broadcaster.show.records import End, cue_settled, segment_started
from tests.plans import GO_LIVE, MINUTE, SECOND, Story, show_plan

PLAN = show_plan()
ENDED = GO_LIVE + 6 * MINUTE
MARKER = "broadcaster:season/day-1"
THREE = (Chapter(at=0, title="Film"), Chapter(at=120, title="Runway"), Chapter(at=240, title="Talk"))
BLOCK = "0:00 Film\n2:00 Runway\n4:00 Talk"


def of(*starts: tuple[str, float], began: datetime = GO_LIVE, ended: datetime = ENDED) -> list[str]:
    story = Story()
    for segment, seconds in starts:
        story.add(segment_started("day-1", segment, at=GO_LIVE + timedelta(seconds=seconds), why=""))
    return [chapter.line for chapter in chapters(PLAN, story.state.show("day-1"), began, ended)]


def test_each_segment_is_a_chapter_at_its_real_time() -> None:
    assert of(("film", 0), ("runway", 125), ("talk", 251)) == ["0:00 Film", "2:05 Runway", "4:11 Talk"]


def test_the_take_that_obs_reported_counts_more_than_the_rundown() -> None:
    story = Story()
    for index, segment in enumerate(("film", "runway", "talk")):
        at = GO_LIVE + index * MINUTE
        story.add(segment_started("day-1", segment, at=at, why=""))
        cue = f"day-1/program/take/{segment}"
        story.add(cue_settled("day-1", cue, End.DONE, at=at + 3 * SECOND, planned=at, why=""))
    found = chapters(PLAN, story.state.show("day-1"), GO_LIVE, ENDED)
    assert [chapter.at for chapter in found] == [0, 63, 123]


def test_the_first_is_at_nought_also_when_live_came_earlier_or_later() -> None:
    starts = (("film", 0.0), ("runway", 120.0), ("talk", 240.0))
    assert of(*starts, began=GO_LIVE - 5 * SECOND) == ["0:00 Film", "2:05 Runway", "4:05 Talk"]
    assert of(*starts, began=GO_LIVE - 30 * SECOND) == ["0:00 Day-1", "0:30 Film", "2:30 Runway", "4:30 Talk"]
    assert of(*starts, began=GO_LIVE + 30 * SECOND) == ["0:00 Film", "1:30 Runway", "3:30 Talk"]


def test_too_few_give_none() -> None:
    assert of(("film", 0), ("runway", 120)) == []
    assert of() == []
    assert of(("film", 0), ("runway", 120), ("talk", 240), began=GO_LIVE + 130 * SECOND) == []
    assert of(("film", 0), ("runway", 120), ("talk", 355)) == []  # the last was on for five seconds


def test_a_segment_of_a_few_seconds_gives_its_place_to_the_one_before() -> None:
    began = GO_LIVE - 15 * SECOND
    assert of(("film", 0), ("runway", 5), ("talk", 120), began=began) == ["0:00 Day-1", "0:20 Runway", "2:15 Talk"]


@pytest.mark.parametrize("began", range(0, 400, 7))
def test_what_is_made_is_always_valid(began: int) -> None:
    found = of(("film", 3.3), ("runway", 12.9), ("talk", 200.1), began=GO_LIVE + timedelta(seconds=began - 60))
    times = [
        sum(int(part) * 60**power for power, part in enumerate(reversed(line.split()[0].split(":")))) for line in found
    ]
    assert not found or (times[0] == 0 and len(times) >= 3)
    assert all(later - earlier >= 10 for earlier, later in pairwise(times))


def test_hours_are_written_where_there_are_any() -> None:
    assert Chapter(at=3723, title="Finale").line == "1:02:03 Finale"
    assert Chapter(at=3599, title="Finale").line == "59:59 Finale"


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Two\nlines", "Two lines"),
        ("0:00 Film", "Film"),
        ("19:30 - Film", "Film"),
        ("1:02:03 | 4:05 Film", "Film"),
        ("2027: a film", "2027: a film"),
        ("<b>Film</b>", "b Film /b"),
        ("10:10", "Untitled"),
        ("  ", "Untitled"),
    ],
)
def test_a_title_is_one_line_without_a_time_of_its_own(title: str, plain: str) -> None:
    assert plain_title(title) == plain


def test_they_stand_before_our_marker_and_only_once() -> None:
    text, why = with_chapters(f"Come\n\n{MARKER}", THREE, MARKER)
    assert (text, why) == (f"Come\n\n{BLOCK}\n\n{MARKER}", "")
    assert with_chapters(text, THREE, MARKER) == (text, "")
    assert with_chapters(text.replace("\n", "\r\n"), THREE, MARKER)[0] == text.replace("\n", "\r\n")
    assert with_chapters(MARKER, THREE, MARKER)[0] == f"{BLOCK}\n\n{MARKER}"
    assert with_chapters("By hand", THREE, MARKER)[0] == f"By hand\n\n{BLOCK}"


def test_chapters_that_somebody_wrote_are_kept_and_long_texts_are_not_cut() -> None:
    theirs = f"00:00 Mine\n1:00 Yours\n2:00 Ours\n\n{MARKER}"
    assert with_chapters(theirs, THREE, MARKER) == (theirs, "the description has chapters of its own")
    long = "ы" * (DESCRIPTION_BYTES // 2 - 20)
    text, why = with_chapters(f"{long}\n{MARKER}", THREE, MARKER)
    assert text == f"{long}\n{MARKER}"
    assert re.search(r"longer than YouTube's 5000", why)
    assert with_chapters("Text", (), MARKER)[1] == "fewer than 3 segments of at least 10 s were on air"
