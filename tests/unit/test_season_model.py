"""What a season file may say, and what its values mean."""

import json
from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from broadcaster.adapters.files.positions import Positions
from broadcaster.season.fields import parse_clock, parse_duration
from broadcaster.season.model import Season, city_of
from broadcaster.season.schema import json_schema
from broadcaster.season.wording import near, shown, span_text

SCHEDULES = Path(__file__).parents[2] / "schedules"


@pytest.mark.parametrize(
    ("text", "seconds"), [("45s", 45), ("12m", 720), ("1h30m", 5400), ("24h", 86400), ("7d", 604800), ("1h 5s", 3605)]
)
def test_durations_mean_what_they_say(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", " ", "12", "m", "1m1h", "-1m", "0s", "1.5h", "٣m", "99999d", "1x"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(PydanticCustomError):
        parse_duration(text)


@given(st.integers(min_value=1, max_value=60 * 86400))
def test_a_duration_written_out_is_read_back(seconds: int) -> None:
    assert parse_duration(span_text(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


def test_a_clock_time_in_quotes_and_a_native_one_are_the_same() -> None:
    assert parse_clock("19:00") == parse_clock("19:00:00") == parse_clock(time(19)) == time(19)
    assert parse_clock("19:00:30") == time(19, 0, 30)


def test_a_city_is_the_last_part_of_its_zone() -> None:
    assert city_of("Asia/Ho_Chi_Minh") == "Ho Chi Minh"
    assert city_of("America/Argentina/Buenos_Aires") == "Buenos Aires"


def test_messages_show_no_control_characters() -> None:
    assert shown("a\x1b[31mb\u202e") == "a\\u001b[31mb\\u202e"
    assert len(shown("x" * 1000)) == 60


def test_names_are_found_whatever_their_case() -> None:
    assert near("RUNWAY", ["Runway", "Film"]) == "did you mean 'Runway'?"
    assert near("zzz", ["Runway"]) == ""


def test_the_published_schema_is_up_to_date() -> None:
    published = json.loads((SCHEDULES / "season.schema.json").read_text("utf-8"))
    assert published == json_schema(Season, "A season of shows"), (
        "write it anew: broadcaster schema season > schedules/season.schema.json"
    )


TEXT = r'''
# a comment with [brackets]
[season]
"id" = "x\u0041[not]"
long = """
[also.not]
\u0041
[[show]]
"""
list = [
  [1, 2],
]
[[show]]
  [[show.segment]]
  late = { grace = "30s", then = "ask" }
  [[show.segment]]
  [show.segment.lower_third]
  title = "t"
[[show]]
[[show.segment]]
text.en = "e"
["quoted name"]
x = 1
'''


@pytest.mark.parametrize(
    ("loc", "value", "key"),
    [
        (("season",), (3, 1), (3, 1)),
        (("season", "id"), (4, 8), (4, 1)),
        (("season", "long"), (5, 8), (5, 1)),
        (("season", "list", 0, 1), (11, 7), (11, 7)),
        (("show", 0), (13, 1), (13, 1)),
        (("show", 0, "segment", 0, "late"), (15, 10), (15, 3)),
        (("show", 0, "segment", 0, "late", "then"), (15, 34), (15, 27)),
        (("show", 0, "segment", 1), (16, 3), (16, 3)),
        (("show", 0, "segment", 1, "lower_third"), (17, 3), (17, 3)),
        (("show", 0, "segment", 1, "lower_third", "title"), (18, 11), (18, 3)),
        (("show", 1), (19, 1), (19, 1)),
        (("show", 1, "segment", 0), (20, 1), (20, 1)),
        (("show", 1, "segment", 0, "text", "en"), (21, 11), (21, 6)),
        (("quoted name",), (22, 1), (22, 1)),
        (("show", 1, "nothing", "here"), (19, 1), (19, 1)),
    ],
)
def test_everything_has_its_place(loc: tuple[str | int, ...], value: tuple[int, int], key: tuple[int, int]) -> None:
    positions = Positions(TEXT)
    assert positions.of_value(loc) == value
    assert positions.of_key(loc) == key
