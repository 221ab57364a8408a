"""What the far ends say of themselves, in our words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from broadcaster.season.plan import LowerThirdPlan


class Lifecycle(StrEnum):
    """How far a broadcast has come, as YouTube reports it."""

    CREATED = "created"
    READY = "ready"
    TEST_STARTING = "test_starting"
    TESTING = "testing"
    LIVE_STARTING = "live_starting"
    LIVE = "live"
    COMPLETE = "complete"
    REVOKED = "revoked"


class Health(StrEnum):
    """How the video that arrives looks to the platform."""

    GOOD = "good"
    OK = "ok"
    BAD = "bad"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastSeen:
    """One broadcast as the platform reports it."""

    id: str
    lifecycle: Lifecycle
    stream_id: str | None
    title: str = ""
    marker: str = ""
    scheduled_start: datetime | None = None
    actual_start: datetime | None = None
    actual_end: datetime | None = None
    is_monitored: bool = True
    """Whether the private preview is on, so that testing must come before live."""
    description: str = ""
    privacy: str = ""
    latency: str = ""
    captions: str = ""
    has_dvr: bool = True
    starts_itself: bool = False
    stops_itself: bool = False
    chat_id: str = ""

    @property
    def link(self) -> str:
        """Where viewers watch; the broadcast id is the video id."""
        return f"https://youtu.be/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoSeen:
    """The video of a broadcast, which carries what the broadcast itself does not."""

    id: str
    title: str
    description: str
    category: str
    tags: tuple[str, ...]
    language: str
    privacy: str
    is_made_for_kids: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSeen:
    """The platform's end of the video path. `is_active`: video is arriving now.

    `issues` are what the platform says of the video, each as `severity: type: its own words`; see show.health.
    """

    id: str
    is_active: bool
    health: Health
    issues: tuple[str, ...] = ()

    @property
    def is_healthy(self) -> bool:
        """Good enough to show to viewers."""
        return self.is_active and self.health in (Health.GOOD, Health.OK)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudioSeen:
    """The vision mixer and encoder as they report themselves.

    `target` is the fingerprint of the server and key that the encoder holds (see Ingest.fingerprint), empty if none.
    `transition` is how long the current transition takes, in seconds.
    """

    program: str
    scenes: tuple[str, ...]
    is_streaming: bool
    is_reconnecting: bool = False
    preview: str | None = None
    target: str = ""
    transition: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphicsSeen:
    """The lower third that an overlay page has said it shows, and how many such pages are open.

    `page` is the address of the page, for people.
    """

    shown: LowerThirdPlan | None = None
    pages: int = 0
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderVitals:
    """How the encoder does: congestion from 0 to 1, the frames of all that it had to drop, and what leaves it.

    Rounded to what people read, so that it seldom changes while nothing happens.
    """

    congestion: float
    dropped_percent: float
    kbps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What is known of all far ends at one moment; None: away, or not looked at yet."""

    studio: StudioSeen | None = None
    broadcast: BroadcastSeen | None = None
    stream: StreamSeen | None = None
    video: VideoSeen | None = None
    graphics: GraphicsSeen | None = None
    """None: nothing here can show any."""
    receiving_at: datetime | None = None
    """The last look at which video arrived at the platform, once none does."""
    picture: str | None = None
    """Hash of the thumbnail's file as it is now; empty if it cannot be read, None if there is to be none."""
    is_broadcast_gone: bool = False
    """The platform has said more than once that it has no broadcast of that id."""
    is_studio_fresh: bool = False
    """The studio has just been reached, and has not yet been seen as it should be."""
    has_stream_failed: bool = False
    """The encoder's stream ended after it had lost its way to the far end, not by a hand."""
    away: frozenset[str] = field(default_factory=frozenset)
    """Names of the far ends that do not answer now."""
    needs_human: Mapping[str, str] = field(default_factory=dict)
    """Far end -> what a person must do there before it goes on, as a sentence."""
