"""How many units of YouTube's quota has today cost, and when does the next day begin?

A Google project has so many units a day, and a new lot at midnight in California. The ledger is a fold of the journal,
and errs on the side of caution: what a crash left unrecorded is charged as if the most had been spent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from broadcaster.season.walltime import local
from broadcaster.season.zones import zone_named
from broadcaster.show.records import QUOTA_SEEN, QUOTA_SPENT, RUN_ENDED, RUN_STARTED, Note, Record, instant, stamp

QUOTA_ZONE = "America/Los_Angeles"
"""The clock of the quota's day: midnight Pacific (platform-facts 1.6, QUOTA)."""
UNITS_A_DAY = 10_000
RESERVE = 500
"""Ten writes: for repeated tries, for `preflight`, and for hands that steer with other tools."""

COSTS: Mapping[str, int] = {
    "channels.list": 1,
    "liveBroadcasts.list": 1,
    "liveBroadcasts.insert": 50,
    "liveBroadcasts.update": 50,
    "liveBroadcasts.bind": 50,
    "liveBroadcasts.transition": 50,
    "liveBroadcasts.delete": 50,
    "liveChatMessages.insert": 50,
    "liveStreams.list": 1,
    "liveStreams.insert": 50,
    "playlistItems.list": 1,
    "playlistItems.insert": 50,
    "thumbnails.set": 50,
    "videos.list": 1,
    "videos.update": 50,
}
"""Units of each method. Google publishes none for the live methods (UNVERIFIED: the commonly measured figures)."""

USED_UP = frozenset({"quotaExceeded", "dailyLimitExceeded"})
"""YouTube's reasons that mean: nothing more before the next day."""

RECORD_UNITS = 50
RECORD_AFTER = timedelta(minutes=1)
"""Units are recorded together: when there are so many, when the first of them is so old, before every act, and at the
end of a run. One record for every look would be most of the journal."""
LOST_AT_MOST = 150
"""What a crash may have left unrecorded: 49 units of looks, and acts under way (a write and its read, twice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What the project may spend in a quota day. `reserve` is kept beyond all that today's shows need."""

    units_a_day: int = UNITS_A_DAY
    reserve: int = RESERVE
    costs: Mapping[str, int] = field(default_factory=lambda: COSTS)

    def cost(self, method: str) -> int:
        """Units of one call; a method that nobody has priced costs what its kind usually does."""
        return self.costs.get(method, 1 if method.endswith(".list") else 50)

    @property
    def look(self) -> int:
        """Units of one look at a broadcast and its stream."""
        return self.cost("liveBroadcasts.list") + self.cost("liveStreams.list")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What the journal says of the quota. `empty_until`: YouTube has said that nothing is left before then."""

    day: date | None = None
    units: int = 0
    methods: Mapping[str, int] = field(default_factory=dict)
    empty_until: datetime | None = None
    is_running: bool = False
    """The last run that began has not said that it ended."""

    def spent(self, now: datetime) -> int:
        """Units spent in the quota day of `now`."""
        return self.units if self.day == quota_day(now) else 0

    def is_empty(self, now: datetime) -> bool:
        """YouTube has refused a call for want of quota, and no new day has begun since."""
        return self.empty_until is not None and now < self.empty_until


def quota_day(now: datetime) -> date:
    """The day that a call at `now` is charged to."""
    return local(now, QUOTA_ZONE).date()


def begins_at(day: date) -> datetime:
    """The instant at which that quota day begins; midnight always exists in California."""
    return datetime.combine(day, time(), zone_named(QUOTA_ZONE)).astimezone(UTC)


def resets_at(now: datetime) -> datetime:
    """When the next quota day begins."""
    return begins_at(quota_day(now) + timedelta(days=1))


def spent_note(methods: Mapping[str, int], now: datetime) -> Note:
    """Units that calls have cost since the last such record; charged to the day of `now`."""
    data = {"units": sum(methods.values()), "methods": dict(methods), "day": quota_day(now).isoformat()}
    return Note(kind=QUOTA_SPENT, ids={}, data=data)


def seen_note(*, is_empty: bool, now: datetime) -> Note:
    """What YouTube says of the quota: nothing left, or (after that) answers again."""
    return Note(kind=QUOTA_SEEN, ids={}, data={"empty": is_empty, "until": stamp(resets_at(now)) if is_empty else None})


def enter(ledger: Ledger, record: Record) -> Ledger:
    """The ledger after one more record; most change nothing."""
    match record.kind:
        case k if k == QUOTA_SPENT:
            return _spend(ledger, date.fromisoformat(record.data["day"]), record.data["units"], record.data["methods"])
        case k if k == QUOTA_SEEN:
            until: Any = record.data.get("until")
            return replace(ledger, empty_until=instant(until) if until else None)
        case k if k == RUN_STARTED and ledger.is_running:
            return _spend(ledger, quota_day(record.at), LOST_AT_MOST, {"unrecorded": LOST_AT_MOST})
        case k if k == RUN_STARTED:
            return replace(ledger, is_running=True)
        case k if k == RUN_ENDED:
            return replace(ledger, is_running=False)
    return ledger


def _spend(ledger: Ledger, day: date, units: int, methods: Mapping[str, int]) -> Ledger:
    if ledger.day is not None and day < ledger.day:
        return ledger  # the clock was set back over midnight: that day is over, and cannot be overspent any more
    before: Mapping[str, int] = ledger.methods if ledger.day == day else {}
    after = {name: before.get(name, 0) + methods.get(name, 0) for name in {**before, **methods}}
    return replace(ledger, day=day, units=(ledger.units if ledger.day == day else 0) + units, methods=after)
