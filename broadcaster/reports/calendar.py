"""How do the shows of a season look to calendar programs? As iCalendar, RFC 5545 with the names of RFC 7986.

The clocks are those of the pinned tzdata, each zone with its changes in the file itself, so that a phone with stale
zones shows the right instant. The same calendar always gives the same bytes.
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
    from icalendar import Component

PRODUCT = "-//Broadcaster//Shows of a season//EN"
ASK_AGAIN_AFTER = timedelta(minutes=15)
"""How often a calendar program should look; most have a rhythm of their own."""
END = b"END:VCALENDAR\r\n"
PARAGRAPH = "\u2028\u2029\u0085\r\n"


def calendar_text(calendar: ShowCalendar) -> bytes:
    """The calendar as a file, UTF-8 with CRLF."""
    from icalendar import Calendar
    from icalendar.prop import vDuration, vText

    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    name = vText(clean(name_of(calendar)))
    for known_as in ("name", "x-wr-calname"):
        made.add(known_as, name)
    made.add("x-wr-timezone", calendar.zone)
    made.add("refresh-interval", vDuration(ASK_AGAIN_AFTER), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(ASK_AGAIN_AFTER))
    frame: bytes = made.to_ical()
    readers = replace(calendar, events=())
    parts = (*_zones(calendar.events), *(_event(event, readers) for event in calendar.events))
    return frame.removesuffix(END) + b"".join(parts) + END


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


def clean(text: str) -> str:
    """The text without letters that no calendar may hold; every kind of line end is one."""
    text = text.replace("\r\n", "\n")
    lined = "".join("\n" if letter in PARAGRAPH else letter for letter in text)
    return "".join(letter for letter in lined if letter in "\n\t" or not is_hidden(letter))


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


@lru_cache(maxsize=4096)  # so that a delay of one show costs little, however many there are
def _event(event: CalendarEvent, calendar: ShowCalendar) -> bytes:
    """A VEVENT; of the calendar only what is said of its readers."""
    from icalendar import Event

    made = Event()
    made.add("uid", event.uid)
    made.add("sequence", event.sequence)
    made.add("dtstamp", event.modified_at)
    made.add("created", event.created_at)
    made.add("last-modified", event.modified_at)
    zone = _clock_of(event)
    made.add("dtstart", local(event.start, zone))
    if event.end is not None:
        made.add("dtend", local(event.end, zone))
    made.add("summary", clean(title_of(event, calendar)))
    made.add("description", clean(description_of(event, calendar)))
    if event.link and not event.is_cancelled:
        made.add("url", event.link)
        made.add("location", event.link)
    made.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    text: bytes = made.to_ical()
    return text


def _clock_of(event: CalendarEvent) -> str:
    """The zone that the event is written in: the show's, but UTC where its clocks show a time of the event twice.

    RFC 5545 knows no word for the second of two; it would be read as the first.
    """
    instants = (event.start, event.end or event.start)
    is_twice = any(_is_twice(local(instant, event.zone)) for instant in instants)
    return "UTC" if is_twice or _is_utc(event.zone) else event.zone


def _is_twice(moment: datetime) -> bool:
    return moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()


def _is_utc(zone: str) -> bool:
    """Whether instants of the zone are written with Z, which names no zone."""
    from icalendar.timezone import is_utc

    return bool(is_utc(datetime(2000, 1, 1, tzinfo=zone_named(zone))))


def _zones(events: Iterable[CalendarEvent]) -> Iterator[bytes]:
    """Each zone once, with every change of its clocks in the years of its shows."""
    years: dict[str, set[int]] = {}
    for event in events:
        if (zone := _clock_of(event)) != "UTC":
            years.setdefault(zone, set()).update({event.start.year, (event.end or event.start).year})
    for zone, its in sorted(years.items()):
        yield _zone(zone, min(its), max(its))


@lru_cache(maxsize=64)
def _zone(name: str, first: int, last: int) -> bytes:
    """A VTIMEZONE of our own making: every change by itself, at the clock time that it ends."""
    from icalendar import Timezone

    begin, end = datetime(first - 1, 1, 1, tzinfo=UTC), datetime(last + 2, 1, 1, tzinfo=UTC)
    made = Timezone()
    made.add("tzid", name)
    made.add_component(_clock(name, begin, begin))
    for change in clock_changes(name, begin, end):
        made.add_component(_clock(name, change - timedelta(seconds=1), change))
    text: bytes = made.to_ical()
    return text


def _clock(name: str, before: datetime, at: datetime) -> "Component":
    """How the clocks of the zone go from that instant on; it is written as they read until then."""
    from icalendar import TimezoneDaylight, TimezoneStandard

    was, now = local(before, name), local(at, name)
    made = TimezoneDaylight() if now.dst() else TimezoneStandard()
    offset_before = was.utcoffset() or timedelta()
    made.add("dtstart", at.replace(tzinfo=None) + offset_before)
    made.add("tzoffsetfrom", offset_before)
    made.add("tzoffsetto", now.utcoffset())
    made.add("tzname", now.tzname() or name)
    return made
