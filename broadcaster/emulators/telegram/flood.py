"""How fast may a bot post? One message a second in a chat, 20 a minute in a group or channel, 30 a second in all.

https://core.telegram.org/bots/faq: "We may allow short bursts that go over this limit". How short, nobody says: here
three at once. UNVERIFIED: that edits and pins count like messages; clients that others wrote count every request.
"""

import math
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Rate:
    """So many within so many seconds."""

    most: int
    seconds: float


IN_ALL, IN_A_CHAT, IN_A_CROWD = Rate(30, 1.0), Rate(3, 3.0), Rate(20, 60.0)


class Flood:
    """What was done lately, by bot and by chat. `speed` divides the seconds of each rate."""

    def __init__(self, *, speed: float) -> None:
        self._speed = speed
        self._done: dict[Hashable, deque[datetime]] = {}

    def wait(self, bot: str, chat: str, now: datetime, *, is_crowd: bool) -> int:
        """0, and one more is counted; or the whole seconds to wait until all rates allow it, at least 1."""
        rates = [((bot,), IN_ALL), ((bot, chat), IN_A_CHAT)]
        if is_crowd:
            rates.append(((bot, chat, "crowd"), IN_A_CROWD))
        free = [self._free_at(key, rate, now) for key, rate in rates]
        if (latest := max(free)) > now:
            return max(1, math.ceil((latest - now).total_seconds()))
        for key, _ in rates:
            self._done[key].append(now)
        return 0

    def _free_at(self, key: Hashable, rate: Rate, now: datetime) -> datetime:
        done = self._done.setdefault(key, deque())
        window = timedelta(seconds=rate.seconds / self._speed)
        while done and done[0] + window <= now:
            done.popleft()
        return now if len(done) < rate.most else done[len(done) - rate.most] + window
