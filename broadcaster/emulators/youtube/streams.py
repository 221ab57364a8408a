"""What is a stream, and what does YouTube say of the video that reaches it?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from broadcaster.emulators.youtube.errors import Refusal
from broadcaster.emulators.youtube.health import Feed


@dataclass(slots=True, kw_only=True)
class Stream:
    """One ingestion point with its key."""

    id: str
    key: str
    title: str
    frame_rate: str
    resolution: str
    ingestion_type: str
    published_at: datetime
    description: str = ""
    is_reusable: bool = True
    status: str = "ready"
    health: str = "noData"
    health_at: datetime | None = None
    issues: list[dict[str, Any]] = field(default_factory=list)
    is_receiving: bool = False
    """Whether an encoder sends video now; `status` follows a little later."""
    feed: Feed = field(default_factory=Feed)
    is_starved: bool = False
    """Whether YouTube has noticed that nothing comes through a connection that stands."""
    turn: int = 0
    """Counts the comings and goings of video, so that what an earlier one set off does not happen any more."""
    stalls: int = 0
    """Counts the stalls of video and their ends, for the same reason."""
    absences: int = 0
    """Counts how often it became inactive."""

    def write_update(self, body: Mapping[str, Any], parts: frozenset[str]) -> None:
        """Take the parts of an update: only the texts may change. Raises Refusal."""
        snippet, cdn = body.get("snippet", {}), body.get("cdn", {})
        if "snippet" in parts:
            if "title" not in snippet:
                raise Refusal("titleRequired")
            check_texts(snippet)
        if "cdn" in parts:
            if "ingestionType" not in cdn:
                raise Refusal("ingestionTypeRequired")
            held = {
                "frameRate": self.frame_rate,
                "resolution": self.resolution,
                "ingestionType": self.ingestion_type,
            }
            if any(cdn.get(name, value) != value for name, value in held.items()):
                raise Refusal("liveStreamModificationNotAllowed")
        wanted = body.get("contentDetails", {}).get("isReusable", self.is_reusable)
        if "contentDetails" in parts and wanted != self.is_reusable:
            raise Refusal("liveStreamModificationNotAllowed")
        if "snippet" in parts:
            self.title = snippet["title"]
            self.description = snippet.get("description", self.description)


def check_insert(body: Mapping[str, Any]) -> None:
    """Raise Refusal unless YouTube would make a stream of this."""
    snippet, cdn = body.get("snippet", {}), body.get("cdn", {})
    if "title" not in snippet:
        raise Refusal("titleRequired")
    check_texts(snippet)
    if not cdn:
        raise Refusal("cdnRequired")
    if "ingestionType" not in cdn:
        raise Refusal("ingestionTypeRequired")
    if "frameRate" not in cdn:
        raise Refusal("frameRateRequired")
    if "resolution" not in cdn:
        raise Refusal("resolutionRequired")
    if (cdn["frameRate"] == "variable") != (cdn["resolution"] == "variable"):
        raise Refusal("invalidFrameRate" if cdn["frameRate"] == "variable" else "invalidResolution")


def check_texts(snippet: Mapping[str, Any]) -> None:
    """Title and description within bounds, or Refusal."""
    if not 1 <= len(snippet.get("title", "-")) <= 128:
        raise Refusal("invalidTitle")
    if len(snippet.get("description", "")) > 10_000:
        raise Refusal("invalidDescription")
