"""What becomes of a request on its way: how long it takes, whether it arrives, and whether its answer does."""

from dataclasses import dataclass
from random import Random
from typing import Literal

Fate = Literal["well", "drop", "lose", "unavailable", "refuse", "slow", "away"]
"""drop: never arrives. lose: arrives, its answer does not. unavailable, refuse: answered at once, not applied.
slow: seconds each way. away: nobody there."""

USUAL: dict[str, tuple[float, float]] = {"obs": (0.001, 0.02), "youtube": (0.05, 0.4), "posts": (0.03, 0.3)}
TIMEOUT = {"obs": 2.0, "youtube": 10.0, "posts": 10.0}
LATEST_ARRIVAL = 1.5
"""How long after it was sent a request may still be applied, also when its sender has heard of a failure, or is dead.
With LATE_LIST it stays below the 5 s that the service gives what it may have made to be listed."""
LATE_LIST = 3.0
"""How long something new may be missing from a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Trouble on the way to one far end, for a while."""

    end: str
    fate: Fate
    since: int
    until: int
    share: float
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One request's course: seconds to its arrival, and from there to the answer's."""

    fate: Fate
    there: float
    back: float


class Weather:
    """Decides the course of every request by the seed."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._windows: list[Window] = []

    def add(self, window: Window) -> None:
        """Trouble begins."""
        self._windows.append(window)

    def is_fair(self, now: int) -> bool:
        """No trouble now."""
        if self._windows:
            self._windows = [window for window in self._windows if window.until > now]
        return not self._windows

    def course(self, end: str, method: str, now: int, *, changes: bool) -> Course:
        """What becomes of this request."""
        low, high = USUAL[end]
        there, back = self._chance.uniform(low, high), self._chance.uniform(low, high)
        if self._windows:
            for window in self._windows:
                if window.end != end or not window.since <= now < window.until:
                    continue
                if window.method and window.method != method:
                    continue
                if self._chance.random() >= window.share:
                    continue
                if window.fate == "slow":
                    return Course(
                        fate="slow", there=self._chance.uniform(0.2, LATEST_ARRIVAL), back=self._chance.uniform(0.2, 3)
                    )
                if window.fate == "lose" and changes:
                    return Course(fate="lose", there=self._chance.uniform(low, LATEST_ARRIVAL), back=back)
                if window.fate == "refuse" and not changes:
                    continue
                return Course(fate=window.fate, there=there, back=back)
        return Course(fate="well", there=there, back=back)
