"""How do the shows of a season look to calendar programs? As iCalendar, RFC 5545 with the names of RFC 7986.

The clocks are those of the pinned tzdata, each zone with its changes in the file itself, so that a phone with stale
zones shows the right instant. The same calendar always gives the same bytes.

The library is imported by the first calendar that is written, and not with this module: it takes longer than a take may
be late, so a service has an empty one written on a thread before the show.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from broadcaster.reports.calendar_words import CalendarWords, words_of
from broadcaster.season.model import city_of
from broadcaster.season.walltime import clock_changes, local, offset_text
from broadcaster.season.wording import is_hidden
from broadcaster.season.zones import zone_named
from broadcaster.show.calendar import CalendarEvent, ShowCalendar

if TYPE_CHECKING:
    from icalendar import Component, Event, Timezone

PRODUCT = "-//Broadcaster//Shows of a season//EN"
ASK_AGAIN_AFTER = timedelta(minutes=15)
"""How often a calendar program should look; most have a rhythm of their own."""
LINE_ENDS = "\u2028\u2029\u0085\r\n"


def calendar_text(calendar: ShowCalendar) -> bytes:
    """The calendar as a file, UTF-8 with CRLF."""
    from icalendar import Calendar, vDuration, vText

    made, readers = Calendar(), replace(calendar, events=())
    made.add("version", "2.0")
    made.add("prodid", PRODUCT)
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    for known_as in ("name", "x-wr-calname"):
        made.add(known_as, vText(clean(name_of(calendar))))  # a NAME by itself would not be escaped
    made.add("x-wr-timezone", calendar.zone)
    made.add("refresh-interval", vDuration(ASK_AGAIN_AFTER), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(ASK_AGAIN_AFTER))
    for part in (*_zones(calendar.events), *(_event(event, readers) for event in calendar.events)):
        made.add_component(part)
    text: bytes = made.to_ical()
    return text


def name_of(calendar: ShowCalendar) -> str:
    """What the calendar is called in a list of calendars."""
    mark = f"{words_of(calendar.language).rehearsal_mark}: " if calendar.is_rehearsal else ""
    return mark + (f"{calendar.title} · {calendar.city}" if calendar.city else calendar.title)


def title_of(event: CalendarEvent, calendar: ShowCalendar) -> str:
    """The line that is seen in a month."""
    words = words_of(calendar.language)
    marks = [words.rehearsal_mark] * calendar.is_rehearsal + [words.cancelled_mark] * event.is_cancelled
    return ": ".join([*marks, event.title])


def description_of(event: CalendarEvent, calendar: ShowCalendar) -> str:
    """What is read below the title: when it is for these readers, and where to watch it."""
    return "\n".join(_lines(event, calendar, words_of(calendar.language)))


def clean(value: str) -> str:
    """The value without letters that no calendar may hold; every kind of line end is one."""
    lined = "".join("\n" if letter in LINE_ENDS else letter for letter in value.replace("\r\n", "\n"))
    kept = "".join(letter for letter in lined if letter in "\n\t" or not is_hidden(letter))
    return kept.replace("\\N", "\\\u2060N")  # the library would write the two as a line end; this joins them unseen


def _lines(event: CalendarEvent, calendar: ShowCalendar, words: CalendarWords) -> Iterator[str]:
    yield calendar.title
    city = calendar.city or city_of(calendar.zone)
    if event.is_cancelled:
        yield words.cancelled
        return
    if event.start != event.planned:
        yield f"{words.moved}: {_when(event.planned, calendar.zone, city, words)}"
    yield f"{words.live}: {_when(event.start, calendar.zone, city, words)}"
    here, there = local(event.start, calendar.zone), local(event.start, event.zone)
    if here.replace(tzinfo=None) != there.replace(tzinfo=None):
        yield f"{words.at_the_show}: {_when(event.start, event.zone, city_of(event.zone), words)}"
    if event.link:
        yield f"{words.watch}: {event.link}"


def _when(instant: datetime, zone: str, city: str, words: CalendarWords) -> str:
    from babel.dates import format_date

    there = local(instant, zone)
    day = format_date(there.date(), format="full", locale=words.locale)
    return f"{day}, {there:%H:%M}, {city} ({offset_text(there)})"


@lru_cache(maxsize=4096)  # so that a delay makes one show anew, however many there are
def _event(event: CalendarEvent, calendar: ShowCalendar) -> "Event":
    """A VEVENT; of the calendar only what is said of its readers."""
    from icalendar import Event

    made, zone = Event(), _clock_of(event)
    made.add("uid", clean(event.uid))
    made.add("sequence", event.sequence)
    made.add("dtstamp", event.modified_at)
    made.add("created", event.created_at)
    made.add("last-modified", event.modified_at)
    made.add("dtstart", local(event.start, zone))
    if event.end is not None:
        made.add("dtend", local(event.end, zone))
    made.add("summary", clean(title_of(event, calendar)))
    made.add("description", clean(description_of(event, calendar)))
    made.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    if event.link and not event.is_cancelled:
        link = clean(event.link).replace("\n", "")  # an address is not escaped
        made.add("url", link)
        made.add("location", link)
    return made


def _clock_of(event: CalendarEvent) -> str:
    """The zone that the event is written in: the show's, but UTC where its clocks show a time of the event twice.

    RFC 5545 knows no word for the second of two; it would be read as the first.
    """
    instants = (event.start, event.end or event.start)
    is_twice = any(_is_twice(local(instant, event.zone)) for instant in instants)
    return "UTC" if is_twice or _is_utc(event.zone) else event.zone


def _is_utc(zone: str) -> bool:
    """Whether its times are written with Z, which names no zone."""
    from icalendar.timezone import is_utc

    return is_utc(zone_named(zone))


def _is_twice(moment: datetime) -> bool:
    return moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()


def _zones(events: Iterable[CalendarEvent]) -> Iterator["Timezone"]:
    """Each zone once, with every change of its clocks in the years of its shows."""
    years: dict[str, set[int]] = {}
    for event in events:
        if (zone := _clock_of(event)) != "UTC":
            years.setdefault(zone, set()).update({event.start.year, (event.end or event.start).year})
    for zone, its in sorted(years.items()):
        yield _zone(zone, min(its), max(its))


@lru_cache(maxsize=64)
def _zone(name: str, first: int, last: int) -> "Timezone":
    """A VTIMEZONE: every change by itself, at the time that the clocks show as it comes.

    Not `Timezone.from_tzinfo`, which is an hour late in spring: it writes the time that the clocks show after the
    change, where RFC 5545 (3.6.5) has the one before.
    """
    from icalendar import Timezone

    begin, end = datetime(first - 1, 1, 1, tzinfo=UTC), datetime(last + 2, 1, 1, tzinfo=UTC)
    made = Timezone()
    made.add("tzid", name)
    made.add_component(_change(name, begin, begin))
    for at in clock_changes(name, begin, end):
        made.add_component(_change(name, at - timedelta(seconds=1), at))
    return made


def _change(name: str, before: datetime, at: datetime) -> "Component":
    """How the clocks of the zone go from that instant on."""
    from icalendar import TimezoneDaylight, TimezoneStandard

    was, now = local(before, name).utcoffset() or timedelta(), local(at, name)
    made = TimezoneDaylight() if now.dst() else TimezoneStandard()
    made.add("dtstart", at.replace(tzinfo=None) + was)
    made.add("tzoffsetfrom", was)
    made.add("tzoffsetto", now.utcoffset() or timedelta())
    made.add("tzname", now.tzname() or name)
    return made
