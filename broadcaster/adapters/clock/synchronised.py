"""Is this machine's clock held to the world's, as far as the system tells?"""

import ctypes
import sys
from dataclasses import dataclass
from datetime import timedelta

UNSYNCHRONISED = 5  # TIME_ERROR in linux/timex.h
ROOM = 512
"""Bytes for `struct timex`, which is 208 on today's systems."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synchronised:
    """What the kernel says of its clock; `error` is the most that it may be off, as far as it knows."""

    is_synchronised: bool
    error: timedelta


def synchronised() -> Synchronised | None:
    """What the system says of its clock; None where it cannot be asked (only Linux can, by adjtimex)."""
    if sys.platform != "linux":
        return None
    timex = (ctypes.c_long * (ROOM // ctypes.sizeof(ctypes.c_long)))()  # modes = 0: nothing is changed
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        return None
    if state < 0:
        return None
    # struct timex: modes (int, padded), offset, freq, maxerror (microseconds), ...
    return Synchronised(is_synchronised=state != UNSYNCHRONISED, error=timedelta(microseconds=int(timex[3])))
