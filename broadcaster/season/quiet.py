"""When does an audience want to be left alone?"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from broadcaster.season.errors import LocalTimeError
from broadcaster.season.walltime import Fold, WallTime, local
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
        there = local(instant, zone)
        clock = there.time().replace(fold=0)
        is_overnight = self.end < self.begin
        is_inside = clock >= self.begin or clock < self.end if is_overnight else self.begin <= clock < self.end
        if not is_inside:
            return None
        day = there.date() + timedelta(days=1 if is_overnight and clock >= self.begin else 0)
        try:
            return WallTime(day=day, clock=self.end, zone=zone, fold=self.fold).instant()
        except LocalTimeError:
            if strict:
                raise
        naive = datetime.combine(day, self.end)
        return max(naive.replace(tzinfo=zone_named(zone), fold=fold).astimezone(UTC) for fold in (0, 1))
