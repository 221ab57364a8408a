"""How often may a webhook be called? By its rate limits, told on every answer.

https://docs.discord.com/developers/topics/rate-limits: a bucket for each webhook and each HTTP method, and the headers.
UNVERIFIED: five within two seconds; Discord publishes no numbers, and those who measured say so.
"""

import hashlib
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta

MOST, SECONDS = 5, 2.0


class Bucket:
    """The calls of one method of one webhook within the last seconds."""

    def __init__(self, name: str, window: timedelta) -> None:
        self._id = hashlib.sha256(name.encode()).hexdigest()[:32]
        self._window = window
        self._calls: deque[datetime] = deque()

    def wait(self, now: datetime) -> float:
        """0, and one more is counted; or the seconds until one more may come."""
        while self._calls and self._calls[0] + self._window <= now:
            self._calls.popleft()
        if len(self._calls) >= MOST:
            return max(0.001, self._reset_after(now))
        self._calls.append(now)
        return 0.0

    def headers(self, now: datetime) -> Mapping[str, str]:
        """What every answer says of the bucket."""
        after = self._reset_after(now)
        return {
            "X-RateLimit-Limit": str(MOST),
            "X-RateLimit-Remaining": str(MOST - len(self._calls)),
            "X-RateLimit-Reset": f"{(now + timedelta(seconds=after)).timestamp():.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": self._id,
        }

    def _reset_after(self, now: datetime) -> float:
        return max(0.0, (self._calls[0] + self._window - now).total_seconds())


class Limits:
    """The buckets. `speed` divides their seconds."""

    def __init__(self, *, speed: float) -> None:
        self._window = timedelta(seconds=SECONDS / speed)
        self._buckets: dict[str, Bucket] = {}

    def bucket(self, webhook: str, method: str) -> Bucket:
        """The bucket of that method of the webhook."""
        name = f"{method} {webhook}"
        return self._buckets.setdefault(name, Bucket(name, self._window))
