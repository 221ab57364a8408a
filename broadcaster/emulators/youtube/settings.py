"""How slow, how strict and how generous is this YouTube? Everything a test or a rehearsal may set."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from random import Random
from typing import Any

Delay = tuple[float, float] | str
"""Seconds, from and to, drawn evenly; or "never"; or "restart": never, until the encoder was started anew."""

RESTARTABLE = frozenset({"test_delay", "live_delay"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The knobs; what YouTube publishes is the default. Delays are divided by the emulator's speed."""

    test_delay: Delay = (3.0, 8.0)
    live_delay: Delay = (5.0, 10.0)
    active_delay: Delay = (2.0, 4.0)
    health_delay: Delay = (2.0, 4.0)
    inactive_delay: Delay = (2.0, 2.0)
    starved_delay: Delay = (2.0, 4.0)
    """From video that stalls to the issue videoIngestionStarved."""
    stall_delay: Delay = (15.0, 25.0)
    """From video that stalls to a stream that is inactive."""
    video_delay: Delay = (2.0, 15.0)
    auto_stop_delay: Delay = (60.0, 60.0)

    needs_audio: bool = True
    """Whether video without audio leaves a stream inactive; otherwise it is the issue noAudioStream."""
    strict_update: bool = False
    """Whether an update resets the optional properties that it leaves out of a part it names."""
    lenient_starting: bool = False
    """Whether testStarting and liveStarting may be completed, and testStarting deleted (not known)."""
    bind_while_testing: bool = False
    newer_errors: bool = False
    custom_thumbnails: bool = True
    """Whether the channel may set thumbnails of its own; otherwise forbidden."""
    playlist_duplicates: bool = False
    """Whether a video may stand in a playlist twice; otherwise videoAlreadyInPlaylist."""
    chat_disabled: bool = False
    kids_have_chat: bool = False
    """Whether a broadcast made for kids has a live chat."""
    consent_in_testing: bool = False
    """Whether the project's consent screen is in testing: what it is granted ends after a week."""
    consent_denied: bool = False
    """Whether the person at the browser says no."""

    max_broadcasts: int | None = None
    max_inserts_a_day: int | None = None
    max_concurrent: int | None = None
    max_shared_ingestion: int | None = None
    max_requests_a_minute: int | None = None
    """Writes to live methods: more are userRequestsExceedRateLimit."""
    max_messages_a_minute: int | None = None
    max_thumbnails_a_day: int | None = None
    max_playlist_items: int | None = 5000
    max_thumbnail_bytes: int = 2 * 1024 * 1024
    min_lead_seconds: float = 0.0
    max_lead_seconds: float | None = None
    chat_polling_seconds: float = 5.0
    """Divided by the speed; asking sooner is rateLimitExceeded. 0: as often as anybody likes."""
    live_refusal: str | None = None
    """A reason such as liveStreamingNotEnabled, with which every live method is then refused."""
    account_refusal: str | None = None
    """A reason such as youtubeSignupRequired, with which every method is then refused."""

    token_lifetime: int = 3599
    device_code_lifetime: int = 1800
    device_interval: int = 5
    client_secret: str | None = None
    """The only secret that a client may have; null: any."""
    quota_limit: int = 10_000
    quota_costs: Mapping[str, int] = field(default_factory=dict)
    """Costs that differ from the usual ones (list 1, write 50), by method: {"liveBroadcasts.list": 5}."""

    def changed(self, document: object) -> "Settings":
        """These settings with those of a JSON object; raises ValueError that says what is wrong with it."""
        if not isinstance(document, Mapping):
            raise ValueError('settings are a JSON object, such as {"live_delay": 7}')
        known = {each.name: each.type for each in fields(self)}
        changes: dict[str, Any] = {}
        for name, value in document.items():
            if name not in known:
                near = difflib.get_close_matches(str(name), known, n=1)
                raise ValueError(f"unknown setting {name!r}" + (f" (did you mean {near[0]!r}?)" if near else ""))
            changes[name] = _read(name, known[name], value)
        return replace(self, **changes)

    def document(self) -> dict[str, Any]:
        """The settings as JSON."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def draw(self, name: str, chance: Random, *, speed: float) -> float | None:
        """Seconds that the delay of that name takes this time; None is never."""
        delay: Delay = getattr(self, name)
        return None if isinstance(delay, str) else chance.uniform(*delay) / speed


def _read(name: str, kind: Any, value: Any) -> Any:
    if value is None and kind in (int | None, float | None, str | None):
        return None
    if kind == Delay:
        return _read_delay(name, value)
    if kind is bool and isinstance(value, bool):
        return value
    if kind in (int, int | None) and isinstance(value, int) and is_number(value):
        return value
    if kind in (float, float | None) and is_number(value):
        return float(value)
    if kind == str | None and isinstance(value, str) and value:
        return value
    is_costs = isinstance(value, Mapping) and all(isinstance(each, int) and is_number(each) for each in value.values())
    if name == "quota_costs" and is_costs:
        return dict(value)
    wanted = {
        bool: "true or false",
        int: "a whole number",
        int | None: "a whole number or null",
        float: "a number, not below zero",
        float | None: "a number, not below zero, or null",
        str | None: "a text or null",
    }
    raise ValueError(f"{name!r} is {wanted.get(kind, 'an object of whole numbers, by method')}")


def _read_delay(name: str, value: Any) -> Delay:
    if value == "never" or (value == "restart" and name in RESTARTABLE):
        return str(value)
    if is_number(value):
        return (float(value), float(value))
    if isinstance(value, list | tuple) and len(value) == 2 and all(map(is_number, value)) and value[0] <= value[1]:
        return (float(value[0]), float(value[1]))
    words = '"never" or "restart"' if name in RESTARTABLE else '"never"'
    raise ValueError(f"{name!r} is seconds, a pair [from, to] of seconds, or {words}")


def is_number(value: object) -> bool:
    """Whether it is a number that can be counted or waited for."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9
