"""What the journal says: one frozen record a fact, each with a stable kind.

A kind's fields may grow with defaults; a change of meaning gets a new number, and old kinds stay readable.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One link of the journal's chain. `ids` are what it is about (season, show, cue, act); `data` is plain JSON."""

    run: str
    seq: int
    at: datetime
    kind: str
    ids: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    epoch: int = 0
    previous: str = ""
    hash: str = ""
