"""Did the clock step, or did the machine sleep? Pure: readings in, the jump out."""

STEP_SECONDS = 0.05
"""What a clock may gain or lose between two readings: a disciplined one slews by under a thousandth of it."""


class StepWatch:
    """Compares the clock with the loop's monotonic time, reading by reading.

    The real seconds until a fixed instant and the monotonic time add up to a constant, at any speed of the clock.
    """

    def __init__(self) -> None:
        self._last: tuple[float, float] | None = None

    def step(self, *, before: float, delay: float, after: float) -> float:
        """How many real seconds the clock jumped ahead since the last reading (below zero: back); 0.0 for none.

        `delay` was read between the monotonic times `before` and `after`; the time between them is not counted.
        """
        total, doubt = delay + (before + after) / 2, after - before
        last, self._last = self._last, (total, doubt)
        if last is None:
            return 0.0
        jump = last[0] - total
        return jump if abs(jump) > STEP_SECONDS + doubt + last[1] else 0.0
