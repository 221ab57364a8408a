"""When does an audience want to be left alone?"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from broadcaster.season.errors import LocalTimeError
from broadcaster.season.walltime import Fold, WallTime, clock_changes, local
from broadcaster.season.zones import zone_named


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From `begin` to `end` on the audience's own clock, across midnight where `end` is the earlier one.

    `skips`: what is planned inside is left out; otherwise it waits for the end.
    """

    begin: time
    end: time
    skips: bool = False
    fold: Fold | None = None
    """Which one, where the clock repeats the end."""

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"

    def until(self, instant: datetime, zone: str, *, strict: bool = False) -> datetime | None:
        """When the quiet hours that the instant falls into end; None: it falls into none.

        An end that the clock skips or repeats raises LocalTimeError if `strict`; otherwise it is the later reading.
        """
        today = local(instant, zone).date()
        for day in (today - timedelta(days=1), today, today + timedelta(days=1)):
            end = self._end(day, zone)
            if self._begin(day, zone) <= instant < end.instant:
                if strict and end.fault is not None:
                    raise end.fault
                return end.instant
        return None

    def _begin(self, day: date, zone: str) -> datetime:
        """The first of two where the clock repeats it; the change itself where the clock skips it."""
        first, second = _readings(day, self.begin, zone)
        if first > second:
            return clock_changes(zone, second, first)[0]
        return first

    def _end(self, begun: date, zone: str) -> "_End":
        day = begun + timedelta(days=1 if self.end < self.begin else 0)
        try:
            return _End(instant=WallTime(day=day, clock=self.end, zone=zone, fold=self.fold).instant())
        except LocalTimeError as fault:
            return _End(instant=max(_readings(day, self.end, zone)), fault=fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """`fault`: why the clock does not say which instant it is."""

    instant: datetime
    fault: LocalTimeError | None = None


def _readings(day: date, clock: time, zone: str) -> tuple[datetime, datetime]:
    """As before a change of the clock, and as after it: the same but for clocks that are repeated or skipped."""
    naive = datetime.combine(day, clock)
    first, second = (naive.replace(tzinfo=zone_named(zone), fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second
