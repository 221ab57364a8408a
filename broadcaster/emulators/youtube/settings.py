"""How slow, how strict and how generous is this YouTube? Everything a test or a rehearsal may set."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from random import Random
from typing import Any

Delay = tuple[float, float] | None
"""Seconds, from and to, drawn evenly; None is never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The knobs; what YouTube publishes is the default. Delays are divided by the emulator's speed."""

    test_delay: Delay = (3.0, 8.0)
    live_delay: Delay = (5.0, 10.0)
    active_delay: Delay = (2.0, 4.0)
    health_delay: Delay = (2.0, 4.0)
    inactive_delay: Delay = (2.0, 2.0)
    video_delay: Delay = (2.0, 15.0)
    auto_stop_delay: Delay = (60.0, 60.0)
    strict_update: bool = False
    """Whether an update resets the optional properties that it leaves out of a part it names."""
    lenient_starting: bool = False
    """Whether testStarting and liveStarting may be completed, and testStarting deleted (not known)."""
    bind_while_testing: bool = False
    newer_errors: bool = False
    max_broadcasts: int | None = None
    max_concurrent: int | None = None
    max_shared_ingestion: int | None = None
    min_lead_seconds: float = 0.0
    live_refusal: str | None = None
    """A reason such as liveStreamingNotEnabled, with which every live method is then refused."""
    token_lifetime: int = 3599
    quota_limit: int = 10_000
    quota_costs: Mapping[str, int] = field(default_factory=dict)
    """Costs that differ from the usual ones (list 1, write 50), by method: {"liveBroadcasts.list": 5}."""

    def changed(self, document: object) -> "Settings":
        """These settings with those of a JSON object; raises ValueError that says what is wrong with it."""
        if not isinstance(document, Mapping):
            raise ValueError('settings are a JSON object, such as {"live_delay": 7}')
        known = [each.name for each in fields(self)]
        changes: dict[str, Any] = {}
        for name, value in document.items():
            if name not in known:
                near = difflib.get_close_matches(str(name), known, n=1)
                raise ValueError(f"unknown setting {name!r}" + (f" (did you mean {near[0]!r}?)" if near else ""))
            changes[name] = _read(name, value)
        return replace(self, **changes)

    def document(self) -> dict[str, Any]:
        """The settings as JSON."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: "never" if value is None and name.endswith("_delay") else value for name, value in values.items()}

    def draw(self, name: str, chance: Random, *, speed: float) -> float | None:
        """Seconds that the delay of that name takes this time; None is never."""
        delay: Delay = getattr(self, name)
        return None if delay is None else chance.uniform(*delay) / speed


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9


def _read(name: str, value: Any) -> Any:
    if name.endswith("_delay"):
        if value == "never":
            return None
        if _is_number(value):
            return (float(value), float(value))
        if isinstance(value, list) and len(value) == 2 and all(map(_is_number, value)) and value[0] <= value[1]:
            return (float(value[0]), float(value[1]))
        raise ValueError(f'{name!r} is seconds, a pair [from, to] of seconds, or "never"')
    if name in ("strict_update", "lenient_starting", "bind_while_testing", "newer_errors"):
        if isinstance(value, bool):
            return value
        raise ValueError(f"{name!r} is true or false")
    if name == "live_refusal":
        if value is None or (isinstance(value, str) and value):
            return value
        raise ValueError(f"{name!r} is null or a reason such as liveStreamingNotEnabled")
    if name == "quota_costs":
        if isinstance(value, Mapping) and all(isinstance(k, str) and _is_whole(v) for k, v in value.items()):
            return dict(value)
        raise ValueError("'quota_costs' is an object of whole numbers, such as {\"liveBroadcasts.list\": 5}")
    if name == "min_lead_seconds":
        if _is_number(value):
            return float(value)
        raise ValueError(f"{name!r} is seconds")
    if _is_whole(value) or (value is None and name.startswith("max_")):
        return value
    raise ValueError(f"{name!r} is a whole number" + (" or null" if name.startswith("max_") else ""))


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and _is_number(value)
