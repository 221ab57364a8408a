"""How often may an account's token be used? By the limits that a server has as it comes, told on every answer.

https://docs.joinmastodon.org/api/rate-limits/, and the server's config/initializers/rack_attack.rb and
app/lib/rate_limiter.rb: slots of time, the same for everybody, which begin anew whatever was used up.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from broadcaster.emulators.control import stamp


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls, whose method and path `match`, within a slot of so many seconds."""

    match: re.Pattern[str]
    most: int
    seconds: float


LIMITS = (
    Limit(re.compile(r"\w+ /api/"), 300, 5 * 60.0),
    Limit(re.compile(r"POST /api/v\d+/media$"), 30, 30 * 60.0),
    Limit(re.compile(r"DELETE /api/v1/statuses/\d+$"), 30, 30 * 60.0),
    Limit(re.compile(r"POST /api/v1/statuses$"), 300, 3 * 60 * 60.0),
)


class Limits:
    """The calls of each token within the slots of now. `speed` divides their seconds."""

    def __init__(self, *, speed: float) -> None:
        self._speed = speed
        self._calls: dict[tuple[str, Limit], tuple[float, int]] = {}

    def count(self, token: str, call: str, now: datetime) -> tuple[bool, Mapping[str, str]]:
        """Count the call, and say whether it may be, and what the answer says of the tightest limit."""
        found = [(limit, *self._counted(token, limit, now)) for limit in LIMITS if limit.match.match(call)]
        limit, calls, reset = min(found, key=lambda each: each[0].most - each[1])
        left = limit.most - calls
        headers = {
            "X-RateLimit-Limit": str(limit.most),
            "X-RateLimit-Remaining": str(max(0, left)),
            "X-RateLimit-Reset": stamp(reset),
        }
        return left >= 0, headers

    def _counted(self, token: str, limit: Limit, now: datetime) -> tuple[int, datetime]:
        """How many there are in the slot with this one, and when the next slot begins."""
        seconds = limit.seconds / self._speed
        slot = now.timestamp() // seconds
        before, calls = self._calls.get((token, limit), (slot, 0))
        calls = calls + 1 if before == slot else 1
        self._calls[token, limit] = slot, calls
        return calls, datetime.fromtimestamp(0, UTC) + timedelta(seconds=(slot + 1) * seconds)
