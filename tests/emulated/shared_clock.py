"""How do a service in a process of its own and the emulators that a test holds live in one fast time?

`python -m tests.emulated.shared_clock FILE SPEED WORDS...` is `broadcaster WORDS...` on the clock of that file.
"""

import math
import mmap
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from broadcaster.adapters import clock as clocks

LINE = struct.Struct("dd")


class SharedClock(clocks.ScaledClock):
    """A fast clock that processes share through a file of 16 bytes: an origin, and the monotonic second it ran from.

    It stands still while that second is infinite: until a process that was just started is up.
    """

    def __init__(self, file: Path, *, speed: float) -> None:
        super().__init__(start=datetime.fromtimestamp(0, UTC), speed=speed)
        with file.open("r+b") as opened:
            self._shared = mmap.mmap(opened.fileno(), LINE.size)

    @staticmethod
    def make(file: Path, origin: datetime) -> None:
        """Write the file of a clock that stands still at `origin`."""
        file.write_bytes(LINE.pack(origin.timestamp(), math.inf))

    def stand_still(self) -> None:
        """Stop at the present instant."""
        self._shared[:] = LINE.pack(self.now().timestamp(), math.inf)

    def go_on(self) -> None:
        """Run on from where it stands."""
        self._shared[:] = LINE.pack(self.now().timestamp(), time.monotonic())

    @contextmanager
    def still(self) -> Iterator[None]:
        """Stand still meanwhile: what happens then takes no time of the show, however busy the machine is."""
        self.stand_still()
        try:
            yield
        finally:
            self.go_on()

    def now(self) -> datetime:
        """The instant that all processes agree on."""
        origin, began = LINE.unpack(self._shared[:])
        elapsed = 0.0 if began == math.inf else (time.monotonic() - began) * self.speed
        return datetime.fromtimestamp(origin + elapsed, UTC)


def live_in(clock: SharedClock) -> None:
    """Give this process that clock for the machine's."""
    import broadcaster.adapters.alarm  # noqa: F401 - it asks for the class, before that is another

    clocks.WallClock = lambda: clock  # type: ignore[misc,assignment]


def serve(file: str, speed: str, *words: str) -> None:
    """Be the command on the shared clock."""
    from broadcaster.cli import main

    live_in(SharedClock(Path(file), speed=float(speed)))
    main(list(words))


if __name__ == "__main__":
    serve(*sys.argv[1:])
