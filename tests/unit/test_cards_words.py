"""What a card says: the truth of its show, in its reader's language and on their clock."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broadcaster.adapters.files import parse_season
from broadcaster.season.build import build_plan
from broadcaster.season.cards import CardWords, card_words
from broadcaster.season.channels import REACH
from broadcaster.season.frames import Frame, Size
from broadcaster.season.plan import Cue, GuestPlan, Lane, Plan, ShowPlan
from tests.card_season import SEASON

MORE = """
[[announcement]]
id = "next"
at = { segment = "designer-01" }
audiences = ["italy", "kazakhstan"]
channels = ["telegram"]
picture = "card"
text.kk = "Қазір: {{ segment.title }}"
text.en = "Now: {{ segment.title }}"

[[announcement]]
id = "titled"
at = { before = "1h" }
audiences = ["italy"]
channels = ["telegram"]
text.en = "..."
title.en = "One hour to go, {{ audience.city }}"

[[announcement]]
id = "tomorrow"
at = { before = "1d" }
audiences = ["italy"]
channels = ["telegram"]
text.en = "..."
title.en = "Tomorrow: {{ show.title }}"
"""


def plan() -> Plan:
    return build_plan(parse_season(SEASON + MORE, "season.toml"))


def words(announcement: str, reader: str, **changes: object) -> CardWords:
    season = plan()
    show: ShowPlan = replace(season.shows[0], **changes)  # type: ignore[arg-type]
    return card_words(season, show, post(show, announcement, reader))


def post(show: ShowPlan, announcement: str, reader: str) -> Cue:
    return next(cue for cue in show.cues if cue.post and cue.subject == announcement and cue.post.reader == reader)


@pytest.mark.parametrize(
    ("reader", "date", "time", "place"),
    [
        ("kazakhstan", "2027 ж. 27 наурыз, сенбі", "19:00", "Алматы · UTC+5"),
        ("uzbekistan", "Суббота, 27 марта 2027 г.", "19:00", "Ташкент · UTC+5"),
        ("italy", "Saturday, March 27, 2027", "15:00", "Rome · UTC+1"),
        ("singapore", "Saturday, March 27, 2027", "22:00", "Singapore · UTC+8"),
    ],
)
def test_a_card_is_in_its_readers_language_and_on_their_clock(reader: str, date: str, time: str, place: str) -> None:
    said = words("today", reader)
    assert (said.date.replace("\u202f", " "), said.time, said.place, said.badge) == (date, time, place, "")
    assert said.headline == "60 designers, 32 countries, one evening"
    assert said.kicker == "Aspara Fashion Week, season V"


def test_a_card_of_a_segment_names_its_designer_and_the_instant_of_its_start() -> None:
    said = words("next", "italy")
    assert said.headline == "Aigerim Sarsen"
    assert said.under.startswith("Kazakhstan")
    assert said.badge == "On air now"
    assert said.time == "15:15"
    assert words("next", "kazakhstan").badge == "Қазір эфирде"


def test_a_title_of_its_own_is_the_headline_above_the_shows() -> None:
    said = words("titled", "italy")
    assert (said.headline, said.under) == ("One hour to go, Rome", "60 designers, 32 countries, one evening")


def test_a_card_does_not_say_twice_what_its_headline_says() -> None:
    said = words("tomorrow", "italy")
    assert (said.headline, said.under) == ("Tomorrow: 60 designers, 32 countries, one evening", "")


def test_a_designer_stays_on_the_card_whose_name_begins_a_word_of_the_headline() -> None:
    season = plan()
    shown, title = season.shows[0], "Lina's evening"
    cue = post(shown, "next", "kazakhstan")
    segment = next(each for each in shown.segments if cue.post and each.id == cue.post.segment)
    guests = (GuestPlan(id="li", name="Li", zone="Asia/Shanghai", country="China"),)
    changed = replace(segment, title=title, titles={}, guests=guests)
    segments = tuple(changed if each is segment else each for each in shown.segments)
    assert cue.post is not None
    titled = replace(cue, post=replace(cue.post, title="{{ segment.title }}"))
    said = card_words(season, replace(shown, segments=segments), titled)
    assert (said.headline, said.under) == (title, "Li · Қытай")


def test_a_card_of_a_show_that_moved_says_its_new_time() -> None:
    season = plan()
    said = words("today", "kazakhstan", go_live=season.shows[0].go_live + timedelta(minutes=25))
    assert (said.badge, said.time) == ("Жаңа уақыты", "19:25")


def test_a_card_of_a_cancelled_show_calls_nobody_to_an_hour() -> None:
    said = words("today", "italy", is_cancelled=True)
    assert (said.badge, said.time, said.place) == ("Cancelled", "", "")
    assert said.date


def test_only_the_live_post_says_live() -> None:
    assert {each: words(each, "uzbekistan").badge for each in ("today", "live", "thanks")} == {
        "today": "",
        "live": "Прямой эфир",
        "thanks": "Эфир завершён",
    }


def test_the_card_is_told_to_those_who_cannot_see_it() -> None:
    assert words("next", "italy").about == (
        "Aspara Fashion Week, season V. On air now. Aigerim Sarsen. Kazakhstan. "
        "Saturday, March 27, 2027, 15:15 Rome · UTC+1."
    )


def test_a_cue_that_is_no_post_has_no_card() -> None:
    season = plan()
    with pytest.raises(ValueError, match="is no post"):
        card_words(season, season.shows[0], season.shows[0].cues_of(Lane.PROGRAM)[0])


def test_every_frame_takes_the_card_that_is_drawn_for_it() -> None:
    frames = {kind: reach.frame for kind, reach in REACH.items() if reach.frame is not None}
    assert REACH.keys() - frames.keys() == {"youtube-chat"}
    for frame in (*frames.values(), Frame()):
        assert not frame.fault(*frame.size.pixels, 400_000)
    instagram = frames["instagram"]
    assert "width by height" in instagram.fault(*Size.STORY.pixels, 400_000)
    assert "9.0 MB" in instagram.fault(*Size.POST.pixels, 9_000_000)
