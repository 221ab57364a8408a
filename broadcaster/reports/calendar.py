"""How do the shows of a season look to calendar programs? As iCalendar, RFC 5545 with the names of RFC 7986.

The clocks are those of the pinned tzdata, each zone with its changes in the file itself, so that a phone with stale
zones shows the right instant. The same calendar always gives the same bytes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from broadcaster.reports.calendar_words import CalendarWords, words_of
from broadcaster.reports.ical import block, clock, line, offset, text
from broadcaster.season.model import city_of
from broadcaster.season.walltime import clock_changes, local, offset_text
from broadcaster.show.calendar import CalendarEvent, ShowCalendar

PRODUCT = "-//Broadcaster//Shows of a season//EN"
ASK_AGAIN_AFTER = "PT15M"
"""How often a calendar program should look; most have a rhythm of their own."""
UTC_ZONES = frozenset({"UTC", "UCT", "GMT", "Zulu", "Universal", "Etc/UTC", "Etc/UCT", "Etc/GMT", "Etc/Zulu"})
"""Written with Z, which names no zone."""


def calendar_text(calendar: ShowCalendar) -> bytes:
    """The calendar as a file, UTF-8 with CRLF."""
    readers, name = replace(calendar, events=()), text(name_of(calendar))
    return block(
        "VCALENDAR",
        line("VERSION", "2.0"),
        line("PRODID", PRODUCT),
        line("CALSCALE", "GREGORIAN"),
        line("METHOD", "PUBLISH"),
        line("NAME", name),
        line("X-WR-CALNAME", name),
        line("X-WR-TIMEZONE", calendar.zone),
        line("REFRESH-INTERVAL", ASK_AGAIN_AFTER, VALUE="DURATION"),
        line("X-PUBLISHED-TTL", ASK_AGAIN_AFTER),
        *_zones(calendar.events),
        *(_event(event, readers) for event in calendar.events),
    )


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
    lines = [
        line("UID", text(event.uid)),
        line("SEQUENCE", str(event.sequence)),
        line("DTSTAMP", _utc(event.modified_at)),
        line("CREATED", _utc(event.created_at)),
        line("LAST-MODIFIED", _utc(event.modified_at)),
        _time("DTSTART", event.start, _clock_of(event)),
        line("SUMMARY", text(title_of(event, calendar))),
        line("DESCRIPTION", text(description_of(event, calendar))),
        line("STATUS", "CANCELLED" if event.is_cancelled else "CONFIRMED"),
    ]
    if event.end is not None:
        lines.insert(6, _time("DTEND", event.end, _clock_of(event)))
    if event.link and not event.is_cancelled:
        lines += [line("URL", event.link), line("LOCATION", text(event.link))]
    return block("VEVENT", *lines)


def _time(name: str, instant: datetime, zone: str) -> bytes:
    if zone == "UTC":
        return line(name, _utc(instant))
    return line(name, clock(local(instant, zone)), TZID=zone)


def _utc(instant: datetime) -> str:
    return f"{clock(instant.astimezone(UTC))}Z"


def _clock_of(event: CalendarEvent) -> str:
    """The zone that the event is written in: the show's, but UTC where its clocks show a time of the event twice.

    RFC 5545 knows no word for the second of two; it would be read as the first.
    """
    instants = (event.start, event.end or event.start)
    is_twice = any(_is_twice(local(instant, event.zone)) for instant in instants)
    return "UTC" if is_twice or event.zone in UTC_ZONES else event.zone


def _is_twice(moment: datetime) -> bool:
    return moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()


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
    """A VTIMEZONE: every change by itself, at the time that the clocks show as it comes."""
    begin, end = datetime(first - 1, 1, 1, tzinfo=UTC), datetime(last + 2, 1, 1, tzinfo=UTC)
    changes = (_change(name, at - timedelta(seconds=1), at) for at in clock_changes(name, begin, end))
    return block("VTIMEZONE", line("TZID", name), _change(name, begin, begin), *changes)


def _change(name: str, before: datetime, at: datetime) -> bytes:
    """How the clocks of the zone go from that instant on."""
    was, now = local(before, name).utcoffset() or timedelta(), local(at, name)
    return block(
        "DAYLIGHT" if now.dst() else "STANDARD",
        line("DTSTART", clock(at.astimezone(UTC) + was)),
        line("TZOFFSETFROM", offset(was)),
        line("TZOFFSETTO", offset(now.utcoffset() or timedelta())),
        line("TZNAME", text(now.tzname() or name)),
    )
