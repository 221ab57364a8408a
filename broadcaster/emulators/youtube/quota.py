"""What did today's calls cost, and did too many come at once?"""

from collections import deque
from datetime import datetime, time, timedelta
from typing import Any

from broadcaster.emulators.youtube.errors import Refusal
from broadcaster.emulators.youtube.settings import Settings
from broadcaster.season.zones import zone_named

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class Quota:
    """Units spent by the project since midnight in California."""

    def __init__(self) -> None:
        self.used = 0
        self.by_method: dict[str, int] = {}
        self._resets_at: datetime | None = None

    def settle(self, now: datetime) -> None:
        """Forget what was spent before the last midnight."""
        if self._resets_at is None or now >= self._resets_at:
            local = now.astimezone(zone_named("America/Los_Angeles"))
            midnight = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
            self._resets_at = midnight.astimezone(now.tzinfo)
            self.used = 0
            self.by_method = {}

    def charge(self, method: str, settings: Settings, *, is_write: bool, is_valid: bool) -> None:
        """Spend what a call costs; raises Refusal when it would be more than is left."""
        cost = settings.quota_costs.get(method, 50 if is_write else 1) if is_valid else 1
        if self.used + cost > settings.quota_limit:
            raise Refusal("quotaExceeded")
        self.used += cost
        self.by_method[method] = self.by_method.get(method, 0) + cost

    def document(self, settings: Settings) -> dict[str, Any]:
        """What was spent and what is left."""
        return {
            "limit": settings.quota_limit,
            "used": self.used,
            "left": max(0, settings.quota_limit - self.used),
            "by_method": dict(self.by_method),
            "resets_at": self._resets_at,
        }


class Rates:
    """How often something was done lately."""

    def __init__(self) -> None:
        self._instants: dict[str, deque[datetime]] = {}

    def spend(self, what: str, now: datetime, *, limit: int | None, within: timedelta, reason: str) -> None:
        """Count one more; raises Refusal, and counts nothing, when there were `limit` already."""
        instants = self._instants.setdefault(what, deque())
        _drop(instants, before=now - within)
        if limit is not None and len(instants) >= limit:
            raise Refusal(reason)
        instants.append(now)


def _drop(instants: deque[datetime], *, before: datetime) -> None:
    while instants and instants[0] <= before:
        instants.popleft()
