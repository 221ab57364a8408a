"""Do calendars say the same to everybody, follow what was ordered, and survive another program's reading?"""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.reports.calendar import calendar_text, clean
from broadcaster.season.plan import AudiencePlan, Plan
from broadcaster.season.walltime import local
from broadcaster.show.calendar import CalendarEvent, ShowCalendar, show_calendar
from broadcaster.show.dated import facts
from broadcaster.show.fold import fold
from broadcaster.show.records import (
    BROADCAST_SEEN,
    COMMAND_GIVEN,
    OUTCOME,
    RUN_STARTED,
    SEASON_CHANGED,
    Note,
    segment_started,
)
from broadcaster.show.state import SeasonState
from tests.plans import GO_LIVE, MINUTE, SECOND, Story, season_plan, show_plan

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # a parser of others, with dependencies of its own
    import vobject

STARTED = datetime(2027, 10, 1, 9, 0, tzinfo=UTC)
ROME = AudiencePlan(id="italy", city="Рим", zone="Europe/Rome")


class Season(Story):
    """A season's records, as the service writes them."""

    def __init__(self, *shows: Any) -> None:
        super().__init__()
        self.plan = season_plan(*(shows or (show_plan(),)))
        self.start(at=STARTED)

    def note(self, kind: str, show: str = "day-1", *, at: datetime, **data: Any) -> None:
        ids = {"season": self.plan.season} | ({"show": show} if show else {})
        self.add(Note(kind=kind, ids=ids, data=data), at=at)

    def start(self, *, at: datetime) -> None:
        self.note(RUN_STARTED, "", at=at, shows=facts(self.plan))

    def edit(self, plan: Plan, *, at: datetime) -> None:
        self.plan = plan
        self.note(SEASON_CHANGED, "", at=at, shows=facts(plan))

    def delay(self, minutes: int, *, at: datetime) -> None:
        self.note(COMMAND_GIVEN, at=at, verb="delay", who="Aigul", moves="live", seconds=minutes * 60.0)

    def calendar(self, language: str = "en", audience: AudiencePlan | None = ROME) -> ShowCalendar:
        return show_calendar(self.plan, self.state, audience=audience, language=language, read_at=STARTED)

    def event(self, show: str = "day-1", language: str = "en") -> CalendarEvent:
        return next(each for each in self.calendar(language).events if each.show == show)


def read(text: bytes) -> Sequence[Any]:
    """The events as another parser has them, by the zones that are in the file."""
    assert all(len(line) <= 75 for line in text.split(b"\r\n")), "folded at 75 octets"
    assert b"\n" not in text.replace(b"\r\n", b"")
    known = vars(vobject.icalendar)["__tzidMap"]  # it keeps the zones of the first file that it has read
    for zone in set(known) - {"UTC"}:
        del known[zone]
    calendar = vobject.readOne(text.decode())
    calendar.validate()
    return list(getattr(calendar, "vevent_list", []))


def instant(moment: datetime) -> datetime:
    """By the offset that the parser's own zone gives; comparing would not look at it where the clocks change."""
    offset = moment.utcoffset()
    assert offset is not None
    return (moment.replace(tzinfo=None) - offset).replace(tzinfo=UTC)


def event(start: datetime, zone: str, **more: Any) -> CalendarEvent:
    base: dict[str, Any] = {"uid": "season/a@broadcaster", "show": "a", "title": "A", "zone": zone, "start": start}
    base |= {"end": start + timedelta(hours=1), "planned": start, "link": "", "is_cancelled": False, "sequence": 0}
    return CalendarEvent(**(base | {"created_at": start, "modified_at": start} | more))


def calendar(*events: CalendarEvent, language: str = "en", title: str = "A season") -> ShowCalendar:
    return ShowCalendar(
        season="season", title=title, city="Рим", zone="Europe/Rome", language=language, events=tuple(events)
    )


# -- what is said ---------------------------------------------------------------------------------------------------


def test_a_delay_moves_the_show_and_is_counted_and_dated() -> None:
    season = Season()
    before = season.event()
    assert (before.start, before.sequence, before.modified_at) == (GO_LIVE, 0, STARTED)
    at = GO_LIVE - 30 * MINUTE
    season.delay(15, at=at)
    after = season.event()
    assert (after.start, after.planned) == (GO_LIVE + 15 * MINUTE, GO_LIVE)
    assert (after.sequence, after.modified_at, after.created_at, after.uid) == (1, at, STARTED, before.uid)
    season.delay(-15, at=at + MINUTE)
    assert (season.event().start, season.event().sequence) == (GO_LIVE, 2)


def test_a_restart_counts_on_and_every_reader_of_one_record_says_the_same() -> None:
    season = Season(show_plan(), show_plan("day-2", go_live=GO_LIVE + timedelta(days=1)))
    season.delay(5, at=GO_LIVE - 30 * MINUTE)
    text = calendar_text(season.calendar("kk"))
    season.start(at=GO_LIVE - 20 * MINUTE)
    season.note(RUN_STARTED, "", at=GO_LIVE - 10 * MINUTE, version="of old, which wrote down no shows")
    assert calendar_text(season.calendar("kk")) == text
    assert fold(SeasonState(), season.records).dated == season.state.dated


def test_a_late_start_or_another_shows_delay_changes_no_letter() -> None:
    later = show_plan("day-2", go_live=GO_LIVE + timedelta(days=1))
    season = Season(show_plan(), later)
    season.delay(5, at=GO_LIVE - 30 * MINUTE)
    text, other = calendar_text(season.calendar()), season.event("day-2")
    started = segment_started("day-1", "film", at=GO_LIVE + 5 * MINUTE + 17 * SECOND, why="")
    season.add(replace(started, ids=started.ids | {"season": "season"}))
    assert calendar_text(season.calendar()) == text
    season.delay(5, at=GO_LIVE)
    assert season.event("day-2") == other


def test_a_cancelled_show_stays_in_the_calendar_as_cancelled() -> None:
    season = Season()
    season.note(COMMAND_GIVEN, at=GO_LIVE - MINUTE, verb="cancel", who="Dana")
    said = season.event()
    assert (said.is_cancelled, said.sequence, said.start) == (True, 1, GO_LIVE)
    (seen,) = read(calendar_text(season.calendar("ru")))
    assert (seen.status.value, seen.sequence.value) == ("CANCELLED", "1")
    assert seen.summary.value == "ОТМЕНЕНО: Day-1"
    assert "Это шоу отменено." in seen.description.value


def test_a_show_called_off_in_the_file_or_taken_out_of_it_is_cancelled() -> None:
    day_1, day_2 = show_plan(), show_plan("day-2", go_live=GO_LIVE + timedelta(days=1))
    season = Season(day_1, day_2)
    season.edit(season_plan(replace(day_1, is_cancelled=True), day_2), at=STARTED + MINUTE)
    assert (season.event().is_cancelled, season.event().sequence) == (True, 1)
    season.edit(season_plan(day_1), at=STARTED + 2 * MINUTE)
    gone = season.event("day-2")
    assert (gone.is_cancelled, gone.sequence, gone.start, gone.end) == (True, 1, day_2.go_live, day_2.end)
    assert (season.event().is_cancelled, season.event().sequence) == (False, 2)
    season.edit(season_plan(day_1, day_2), at=STARTED + 3 * MINUTE)
    assert (season.event("day-2").is_cancelled, season.event("day-2").sequence) == (False, 2)


def test_a_show_that_has_been_is_not_cancelled_when_it_leaves_the_file() -> None:
    day_2 = show_plan("day-2", go_live=GO_LIVE + timedelta(days=1))
    season = Season(show_plan(), day_2)
    season.note(BROADCAST_SEEN, at=GO_LIVE, lifecycle="live")
    season.edit(season_plan(day_2), at=GO_LIVE + timedelta(hours=3))
    assert season.event().is_cancelled is False


def test_another_season_in_the_same_journal_is_not_told_of() -> None:
    season = Season()
    season.plan = replace(season.plan, season="other", shows=(show_plan("day-9"),))
    season.start(at=STARTED + MINUTE)
    assert [each.show for each in season.calendar().events] == ["day-9"]


def test_a_link_comes_where_everybody_may_watch_and_is_a_change_but_no_new_time() -> None:
    for privacy, link in (("public", "https://youtu.be/video-1"), ("unlisted", "")):
        season = Season(show_plan(page={"privacy": privacy}))
        at = GO_LIVE - 60 * MINUTE
        ids = {"season": "season", "show": "day-1", "cue": "day-1/broadcast/create/main", "act": "a"}
        season.add(
            Note(kind=OUTCOME, ids=ids, data={"verb": "create", "result": "done", "broadcast": "video-1"}), at=at
        )
        said = season.event()
        assert (said.link, said.sequence, said.modified_at) == (link, 0, at)


def test_nothing_that_is_for_the_crew_alone_is_told() -> None:
    show = replace(show_plan(), notes="the crew's secret")
    segments = tuple(replace(each, notes="the crew's secret", title="Backstage") for each in show.segments)
    season = Season(replace(show, segments=segments))
    assert b"secret" not in calendar_text(season.calendar()).replace(b"\r\n ", b"")


# -- how it is written ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Asia/Almaty", datetime(2024, 2, 29, 14, tzinfo=UTC)),  # the day before the zone went from +06 to +05
        ("Asia/Almaty", datetime(2024, 2, 29, 18, 30, tzinfo=UTC)),  # half past midnight is shown twice
        ("Asia/Almaty", datetime(2024, 3, 1, 14, tzinfo=UTC)),
        ("Europe/Brussels", datetime(2026, 10, 24, 17, tzinfo=UTC)),
        ("Europe/Brussels", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # 02:30 for the first time, to 02:30 again
        ("Europe/Brussels", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("Europe/Brussels", datetime(2026, 10, 25, 18, tzinfo=UTC)),
        ("Europe/Brussels", datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)),
        ("Europe/Brussels", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2027, 4, 3, 14, 45, tzinfo=UTC)),  # half an hour
        ("UTC", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("Etc/GMT-5", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_another_parser_reads_the_same_instants_by_the_zones_in_the_file(zone: str, start: datetime) -> None:
    (seen,) = read(calendar_text(calendar(event(start, zone))))
    assert (instant(seen.dtstart.value), instant(seen.dtend.value)) == (start, start + timedelta(hours=1))


@settings(deadline=None, max_examples=50)
@given(
    zone=st.sampled_from(["Asia/Almaty", "Europe/Brussels", "America/New_York", "Asia/Kathmandu", "Africa/Casablanca"]),
    seconds=st.integers(0, 10 * 366 * 24 * 3600),
)
def test_every_instant_survives(zone: str, seconds: int) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    (seen,) = read(calendar_text(calendar(event(start, zone))))
    assert (instant(seen.dtstart.value), instant(seen.dtend.value)) == (start, start + timedelta(hours=1))


def test_times_are_written_on_the_shows_own_clock_with_the_change_of_2024() -> None:
    starts = (datetime(2024, 2, 29, 13, tzinfo=UTC), datetime(2024, 3, 2, 14, tzinfo=UTC))
    text = calendar_text(calendar(*(event(start, "Asia/Almaty") for start in starts))).decode()
    for line in (
        "DTSTART;TZID=Asia/Almaty:20240229T190000",
        "DTSTART;TZID=Asia/Almaty:20240302T190000",
        "DTSTART:20240301T000000\r\nTZNAME:+05\r\nTZOFFSETFROM:+0600\r\nTZOFFSETTO:+0500",
        "X-WR-TIMEZONE:Europe/Rome",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
        "X-PUBLISHED-TTL:PT15M",
    ):
        assert f"\r\n{line}\r\n" in text, line
    assert "VALARM" not in text


@settings(deadline=None)
@given(title=st.text(min_size=1, max_size=200), language=st.sampled_from(["kk", "ru", "en"]))
def test_any_title_survives(title: str, language: str) -> None:
    made = calendar(event(GO_LIVE, "Asia/Almaty", title=title, sequence=3), language=language, title=title)
    (seen,) = read(calendar_text(made))
    assert seen.summary.value == clean(title)
    assert seen.description.value.startswith(clean(title))
    assert (seen.uid.value, seen.sequence.value) == ("season/a@broadcaster", "3")


def test_a_title_cannot_bring_a_line_of_its_own() -> None:
    title = "Ашылу, кеш; «ә»\\n\r\nEND:VEVENT\r\nATTACH:http://evil.example\u2028X:1"
    text = calendar_text(calendar(event(GO_LIVE, "Asia/Almaty", title=title), title=title))
    (seen,) = read(text)
    assert not hasattr(seen, "attach")
    unfolded = text.decode().replace("\r\n ", "").split("\r\n")
    assert "SUMMARY:Ашылу\\, кеш\\; «ә»\\\\n\\nEND:VEVENT\\nATTACH:http://evil.example\\nX:1" in unfolded
    assert seen.summary.value == "Ашылу, кеш; «ә»\\n\nEND:VEVENT\nATTACH:http://evil.example\nX:1"
    assert "NAME:Ашылу\\, кеш\\; «ә»\\\\n\\nEND:VEVENT\\nATTACH:http://evil.example\\nX:1 · Рим" in unfolded


def test_a_backslash_and_what_follows_it_are_not_read_as_a_new_line_or_a_separator() -> None:
    title = "C:\\New\\new\\\\N\\;\\,"
    (seen,) = read(calendar_text(calendar(event(GO_LIVE, "Asia/Almaty", title=title))))
    assert seen.summary.value.replace("\u2060", "") == title


def test_an_address_cannot_bring_a_line_of_its_own() -> None:
    (seen,) = read(calendar_text(calendar(event(GO_LIVE, "Asia/Almaty", link="https://youtu.be/a\r\nATTACH:x"))))
    assert (seen.url.value, seen.location.value) == ("https://youtu.be/aATTACH:x",) * 2
    assert not hasattr(seen, "attach")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Live: Wednesday, 20 October 2027, 16:15, Рим (UTC+2)"),
        ("ru", "Прямой эфир: среда, 20 октября 2027 г., 16:15, Рим (UTC+2)"),
        ("kk", "Тікелей эфир: 2027 ж. 20 қазан, сәрсенбі, 16:15, Рим (UTC+2)"),
    ],
)
def test_the_readers_own_time_is_said_in_their_language(language: str, said: str) -> None:
    season = Season()
    season.delay(15, at=STARTED)
    (seen,) = read(calendar_text(season.calendar(language)))
    lines = seen.description.value.replace("\u202f", " ").replace("\xa0", " ").split("\n")
    assert said in lines
    assert any("16:00" in line for line in lines), "and when it was planned"
    assert any("19:15, Almaty (UTC+5)" in line for line in lines), "and the time at the show"


def test_a_season_across_the_change_of_clocks_keeps_its_hour_in_brussels_and_says_almatys() -> None:
    forum = (datetime(2026, 10, 24, 17, tzinfo=UTC), datetime(2026, 10, 25, 18, tzinfo=UTC))
    made = replace(calendar(*(event(at, "Europe/Brussels") for at in forum)), zone="Asia/Almaty", city="Алматы")
    seen = read(calendar_text(made))
    assert [each.dtstart.value.strftime("%d %H:%M") for each in seen] == ["24 19:00", "25 19:00"]
    assert [line for each in seen for line in each.description.value.split("\n") if "Live" in line] == [
        "Live: Saturday, 24 October 2026, 22:00, Алматы (UTC+5)",
        "Live: Sunday, 25 October 2026, 23:00, Алматы (UTC+5)",
    ]
    assert [local(at, "Asia/Almaty").hour for at in forum] == [22, 23]
