"""What does an OBS say about its recording? Nothing is written to the disk."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from broadcaster.ports import Clock

BYTES_PER_SECOND = 750_000


def timecode(milliseconds: int) -> str:
    """A duration as OBS writes it, HH:MM:SS.mmm."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


class Recorder:
    """The recording output."""

    def __init__(self, clock: Clock, *, emit: Callable[[str, str, bool, dict[str, Any] | None], None]) -> None:
        self._clock = clock
        self._emit = emit
        self._since: datetime | None = None
        self._path = ""

    @property
    def active(self) -> bool:
        """Whether it records."""
        return self._since is not None

    def start(self) -> None:
        """Begin to record."""
        self._since = self._clock.now()
        self._path = f"/recordings/{self._since:%Y-%m-%d %H-%M-%S}.mkv"
        self._emit("RecordStateChanged", "STARTING", False, {"outputPath": None})
        self._emit("RecordStateChanged", "STARTED", True, {"outputPath": self._path})

    def stop(self) -> str:
        """End the recording and return its path."""
        self._since = None
        self._emit("RecordStateChanged", "STOPPING", False, {"outputPath": None})
        self._emit("RecordStateChanged", "STOPPED", False, {"outputPath": self._path})
        return self._path

    def document(self) -> dict[str, Any]:
        """The answer of GetRecordStatus."""
        seconds = (self._clock.now() - self._since).total_seconds() if self._since is not None else 0.0
        milliseconds = int(seconds * 1000)
        return {
            "outputActive": self.active,
            "outputPaused": False,
            "outputTimecode": timecode(milliseconds),
            "outputDuration": milliseconds,
            "outputBytes": int(seconds * BYTES_PER_SECOND),
        }
