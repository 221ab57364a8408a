"""What does a method get to see of a request?"""

from dataclasses import dataclass
from typing import Any, TypeAlias

from broadcaster.emulators.youtube.state import State

Answer: TypeAlias = dict[str, Any] | None
"""The JSON body; None is 204 without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, read and checked against what its method declares."""

    state: State
    ingest: str
    """The address that streams tell encoders."""
    parts: frozenset[str]
    values: dict[str, Any]
    """The query parameters, by name."""
    body: dict[str, Any]
    """The known fields of a JSON body."""
    raw: bytes
    content_type: str
