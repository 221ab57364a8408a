"""The clocks: the machine's, a scaled one for rehearsals, a manual one for tests."""

from broadcaster.adapters.clock.adapter import ManualClock, ScaledClock, WallClock

__all__ = ["ManualClock", "ScaledClock", "WallClock"]
