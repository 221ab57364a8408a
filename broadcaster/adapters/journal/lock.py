"""Who may write the journal? One process, for as long as it lives.

The operating system holds the lock on a side file and drops it when the process ends, however it ends. The file's
text tells a second process who the first one is; it is a note, not the lock.
"""

import contextlib
import json
import os
import socket
import sys
from datetime import datetime
from pathlib import Path

from broadcaster.season.errors import JournalError

if sys.platform == "win32":
    import msvcrt

    # Windows locks bytes against reading too: take one far behind the note, so that others can read the note.
    FAR_BYTE = 1 << 30

    def _try_lock(descriptor: int) -> None:
        os.lseek(descriptor, FAR_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class WriterLock:
    """The right to write one journal; taken at once or refused."""

    def __init__(self, journal: Path, *, now: datetime) -> None:
        """Take the lock; raises JournalError that names the process which has it."""
        path = journal.with_name(journal.name + ".lock")
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise JournalError(
                f"The journal {journal} cannot be written: {error.strerror} for {path}. "
                "Make its folder writable, or set another one with `[state] dir` in config.toml."
            ) from error
        try:
            _try_lock(self._descriptor)
        except OSError as error:
            owner = self._owner()
            os.close(self._descriptor)
            raise JournalError(
                f"The journal {journal} is being written by another process{owner}. Stop that one first, "
                "or give this one a journal of its own with `[state] dir` in config.toml."
            ) from error
        note = {"pid": os.getpid(), "host": socket.gethostname(), "started": now.isoformat(timespec="seconds")}
        self._write(json.dumps(note))

    def _owner(self) -> str:
        # The first process may be between taking the lock and writing its note: then there is nothing to tell.
        with contextlib.suppress(ValueError, KeyError, TypeError, OSError):
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            note = json.loads(os.read(self._descriptor, 4096))
            return f" (pid {note['pid']} on {note['host']}, started {note['started']})"
        return ""

    def _write(self, note: str) -> None:
        # A full disk costs the note, not the lock.
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, 0)
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, note.encode("utf-8"))

    def close(self) -> None:
        """Give the lock up. The side file stays: removing it could take a newer owner's lock away."""
        self._write("")
        os.close(self._descriptor)
