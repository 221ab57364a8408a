"""Which instant does a local time mean?

A WallTime is what the producer wrote: a day, a clock time and a zone. An instant is an aware UTC datetime.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from broadcaster.season.errors import LocalTimeError
from broadcaster.season.zones import zone_named

Fold = Literal["earlier", "later"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WallTime:
    """A local time as written. `fold` says which of two is meant where the clock repeats an hour."""

    day: date
    clock: time
    zone: str
    fold: Fold | None = None

    def instant(self) -> datetime:
        """Return the UTC instant.

        Raises LocalTimeError in a gap, and in an overlap that `fold` does not settle. Non-existent times are found
        by the round trip through UTC, since zoneinfo accepts them in silence.
        """
        zone = zone_named(self.zone)
        naive = datetime.combine(self.day, self.clock)
        first = naive.replace(tzinfo=zone, fold=0)
        second = naive.replace(tzinfo=zone, fold=1)
        earlier, later = first.astimezone(UTC), second.astimezone(UTC)
        if earlier == later:
            return earlier
        if earlier.astimezone(zone).replace(tzinfo=None) != naive:
            before, after = sorted((first.utcoffset() or timedelta(), second.utcoffset() or timedelta()))
            jump = after - before
            raise LocalTimeError(
                f"{naive:%Y-%m-%d %H:%M} does not exist in {self.zone}: the clocks go forward {_minutes(jump)} then; "
                f"write {naive + jump:%H:%M} or a time before the change"
            )
        if self.fold is None:
            raise LocalTimeError(
                f"{naive:%Y-%m-%d %H:%M} happens twice in {self.zone}: at {earlier:%H:%M}Z and at {later:%H:%M}Z; "
                'say which with fold = "earlier" or fold = "later"'
            )
        return earlier if self.fold == "earlier" else later


def _minutes(span: timedelta) -> str:
    return f"{span // timedelta(minutes=1)} min"


def local(instant: datetime, zone: str) -> datetime:
    """The instant on the clock of `zone`, with its offset."""
    return instant.astimezone(zone_named(zone))


def offset_text(moment: datetime) -> str:
    """`UTC+5`, `UTC-3:30`, `UTC`; abbreviations mislead (Manila PST, Shanghai CST), so offsets are shown."""
    minutes = round((moment.utcoffset() or timedelta()) / timedelta(minutes=1))
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return "UTC"
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def clock_changes(zone: str, begin: datetime, end: datetime) -> list[datetime]:
    """The instants in (begin, end] at which the offset of `zone` changes, to the second."""
    tz = zone_named(zone)
    changes = []
    left = begin.astimezone(UTC)
    while left < end:
        right = min(left + timedelta(days=1), end.astimezone(UTC))  # no zone changes twice in a day
        before = left.astimezone(tz).utcoffset()
        if right.astimezone(tz).utcoffset() != before:
            low, high = left, right
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                low, high = (middle, high) if middle.astimezone(tz).utcoffset() == before else (low, middle)
            changes.append(high.replace(microsecond=0))
        left = right
    return changes
