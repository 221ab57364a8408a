"""What is a broadcast, which states may it be in, and which move is refused with which reason?"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from broadcaster.emulators.youtube.errors import Refusal
from broadcaster.emulators.youtube.settings import Settings

STATUSES = ("created", "ready", "testStarting", "testing", "liveStarting", "live", "complete", "revoked")
BUCKETS: Mapping[str, frozenset[str]] = {
    "all": frozenset(STATUSES),
    "active": frozenset({"testStarting", "testing", "liveStarting", "live"}),
    "upcoming": frozenset({"created", "ready"}),
    "completed": frozenset({"complete"}),
}
"""The list filter broadcastStatus. That a test counts as active is our reading; the reference does not say."""

ON_THE_WAY = BUCKETS["active"]
EDITABLE = frozenset({"created", "ready"})
ALLOWED = ""

MOVES: Mapping[str, Mapping[str, str]] = {
    "created": {"testing": "invalidTransition", "live": "invalidTransition", "complete": "invalidTransition"},
    "ready": {"testing": ALLOWED, "live": ALLOWED, "complete": "invalidTransition"},
    "testStarting": {
        "testing": "redundantTransition",
        "live": "invalidTransition",
        "complete": "invalidTransition",
    },
    "testing": {"testing": "redundantTransition", "live": ALLOWED, "complete": ALLOWED},
    "liveStarting": {
        "testing": "invalidTransition",
        "live": "redundantTransition",
        "complete": "invalidTransition",
    },
    "live": {"testing": "invalidTransition", "live": "redundantTransition", "complete": ALLOWED},
    "complete": {
        "testing": "invalidTransition",
        "live": "invalidTransition",
        "complete": "redundantTransition",
    },
    "revoked": {"testing": "invalidTransition", "live": "invalidTransition", "complete": "invalidTransition"},
}
"""Whether a move is allowed from a state, or the reason why not; ready also minds video and monitor stream."""

DETAILS: Mapping[str, Any] = {
    "monitorStream": {"enableMonitorStream": True, "broadcastStreamDelayMs": 0},
    "enableAutoStart": False,
    "enableAutoStop": False,
    "enableClosedCaptions": False,
    "closedCaptionsType": "closedCaptionsDisabled",
    "enableContentEncryption": False,
    "enableDvr": True,
    "enableEmbed": True,
    "enableLowLatency": False,
    "latencyPreference": "normal",
    "projection": "rectangular",
    "recordFromStart": True,
    "startWithSlate": False,
    "stereoLayout": "mono",
}
"""contentDetails that nobody set."""


@dataclass(slots=True, kw_only=True)
class Broadcast:
    """One broadcast, which is one video too."""

    id: str
    chat_id: str
    title: str
    scheduled_start: datetime
    published_at: datetime
    visible_at: datetime
    """When videos.list first shows it."""
    description: str = ""
    scheduled_end: datetime | None = None
    privacy: str = "public"
    declared_for_kids: bool | None = None
    details: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(dict(DETAILS)))
    status: str = "created"
    stream_id: str = ""
    bound_at: datetime | None = None
    actual_start: datetime | None = None
    actual_end: datetime | None = None
    history: list[tuple[datetime, str]] = field(default_factory=list)
    awaits: str = ""
    """The state that it enters as soon as its stream has video again."""
    category: str = "22"
    tags: list[str] = field(default_factory=list)
    language: str = ""
    audio_language: str = ""
    localizations: dict[str, Any] = field(default_factory=dict)
    embeddable: bool = True
    license: str = "youtube"
    public_stats: bool = True
    recording: dict[str, Any] = field(default_factory=dict)
    has_product_placement: bool = False
    is_synthetic: bool = False
    publish_at: datetime | None = None
    viewers: int = 0
    thumbnail_bytes: int = 0
    cuepoints: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    chat_read_at: datetime | None = None
    """When the chat was last listed."""

    @property
    def has_monitor(self) -> bool:
        """Whether the monitor stream is on, and so a test wanted before live."""
        return bool(self.details["monitorStream"]["enableMonitorStream"])

    def enter(self, status: str, at: datetime) -> None:
        """Be in that state from `at` on."""
        self.status = status
        self.awaits = ""
        self.history.append((at, status))
        if status == "live":
            self.actual_start = self.actual_start or at
        if status == "complete" and self.actual_start:
            self.actual_end = at

    def write_insert(self, body: Mapping[str, Any]) -> None:
        """Take the optional properties of an insert; the required ones came at birth. Raises Refusal."""
        snippet = body.get("snippet", {})
        self.description = snippet.get("description", "")
        self.scheduled_end = snippet.get("scheduledEndTime")
        self.category = snippet.get("categoryId", self.category)
        self.declared_for_kids = body["status"].get("selfDeclaredMadeForKids")
        self.details = merged(self.details, body.get("contentDetails", {}))

    def write_update(self, body: Mapping[str, Any], parts: frozenset[str], now: datetime, settings: Settings) -> None:
        """Take the parts of an update; raises Refusal and then changes nothing."""
        snippet, details = body.get("snippet", {}), body.get("contentDetails", {})
        if "snippet" in parts:
            check_texts(snippet)
            self._check_schedule(snippet, now, settings)
        if "contentDetails" in parts:
            details = self._checked_details(details, strict=settings.strict_update)
        if "snippet" in parts:
            self.title = snippet.get("title", self.title)
            self.category = snippet.get("categoryId", self.category)
            self.description = snippet.get("description", "" if settings.strict_update else self.description)
            self.scheduled_start = snippet["scheduledStartTime"]
            self.scheduled_end = snippet.get("scheduledEndTime", None if settings.strict_update else self.scheduled_end)
        if "contentDetails" in parts:
            self.details = details
        if "status" in parts:
            fallback = "public" if settings.strict_update else self.privacy
            self.privacy = body.get("status", {}).get("privacyStatus", fallback)

    def _check_schedule(self, snippet: Mapping[str, Any], now: datetime, settings: Settings) -> None:
        start = snippet.get("scheduledStartTime")
        if start is None:
            raise Refusal("scheduledStartTimeRequired")
        end = snippet.get("scheduledEndTime", self.scheduled_end)
        may_move = self.status in EDITABLE | {"testing"}
        # What is read back and sent again unchanged is no change, also once it is in the past.
        if start != self.scheduled_start:
            check_start(start, now, settings)
            if not may_move:
                raise Refusal("invalidScheduledStartTime")
        if end != self.scheduled_end and not may_move:
            raise Refusal("invalidScheduledEndTime")
        check_end(start, end)

    def _checked_details(self, details: Mapping[str, Any], *, strict: bool) -> dict[str, Any]:
        monitor = details.get("monitorStream", {})
        for name in ("enableMonitorStream", "broadcastStreamDelayMs"):
            if name not in monitor:
                raise Refusal(f"{name}Required")
        after = merged(DETAILS if strict else self.details, details)
        check_latency(after)
        if self.status not in EDITABLE:
            for name, value in after.items():
                if value != self.details[name]:
                    shown = "enableMonitorStream" if name == "monitorStream" else name
                    raise Refusal(f"{shown}ModificationNotAllowed")
        return after


def merged(details: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """ContentDetails with some of them changed, and the deprecated twins kept in step."""
    after = copy.deepcopy(dict(details)) | {k: v for k, v in changes.items() if k != "monitorStream"}
    after["monitorStream"] = {**details["monitorStream"], **changes.get("monitorStream", {})}
    if "latencyPreference" in changes and "enableLowLatency" not in changes:
        after["enableLowLatency"] = changes["latencyPreference"] == "low"
    elif "enableLowLatency" in changes and "latencyPreference" not in changes:
        after["latencyPreference"] = "low" if changes["enableLowLatency"] else "normal"
    if "closedCaptionsType" in changes:
        after["enableClosedCaptions"] = changes["closedCaptionsType"] == "closedCaptionsHttpPost"
    return after


def check_insert(body: Mapping[str, Any], now: datetime, settings: Settings) -> None:
    """Raise Refusal unless YouTube would make a broadcast of this."""
    snippet, status = body.get("snippet", {}), body.get("status", {})
    if "title" not in snippet:
        raise Refusal("titleRequired")
    check_texts(snippet)
    if "scheduledStartTime" not in snippet:
        raise Refusal("scheduledStartTimeRequired")
    check_start(snippet["scheduledStartTime"], now, settings)
    check_end(snippet["scheduledStartTime"], snippet.get("scheduledEndTime"))
    if "privacyStatus" not in status:
        raise Refusal("privacyStatusRequired")
    check_latency(merged(DETAILS, body.get("contentDetails", {})))


def check_texts(snippet: Mapping[str, Any]) -> None:
    """Title and description within bounds, or Refusal."""
    if not 1 <= len(snippet.get("title", "-")) <= 100:
        raise Refusal("invalidTitle")
    if len(snippet.get("description", "")) > 5000:
        raise Refusal("invalidDescription")


def check_start(start: datetime, now: datetime, settings: Settings) -> None:
    """In the future and near enough, or Refusal."""
    lead, furthest = (start - now).total_seconds(), settings.max_lead_seconds
    if lead <= settings.min_lead_seconds or (furthest is not None and lead > furthest):
        message = "Scheduled start time must be in the future and close enough to the current date"
        raise Refusal("invalidScheduledStartTime", message)


def check_end(start: datetime, end: datetime | None) -> None:
    """After the start, or Refusal."""
    if end is not None and end <= start:
        raise Refusal("invalidScheduledEndTime")


def check_latency(details: Mapping[str, Any]) -> None:
    """The latency options agree with each other, or Refusal."""
    preference = details["latencyPreference"]
    captioned = details["closedCaptionsType"] != "closedCaptionsDisabled"
    if details["enableLowLatency"] != (preference == "low") or (preference == "ultraLow" and captioned):
        raise Refusal("invalidLatencyPreferenceOptions")
