"""The clocks: the machine's, a scaled one for rehearsals, a manual one for tests."""

from broadcaster.adapters.clock.adapter import ManualClock, ScaledClock, WallClock
from broadcaster.adapters.clock.synchronised import Synchronised, synchronised

__all__ = ["ManualClock", "ScaledClock", "Synchronised", "WallClock", "synchronised"]
