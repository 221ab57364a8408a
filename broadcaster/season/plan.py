"""Everything that a season will do, as cues at instants; a value, with no clock and no network in sight."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from broadcaster.season.look import LookPlan
from broadcaster.season.quiet import QuietHours
from broadcaster.season.walltime import local
from broadcaster.season.wording import span_text


class Lane(StrEnum):
    """A part of the show that can be automated or held on its own."""

    PROGRAM = "program"
    ENCODER = "encoder"
    BROADCAST = "broadcast"
    DESTINATION = "destination"
    GRAPHICS = "graphics"
    POSTS = "posts"
    GUESTS = "guests"


class Action(StrEnum):
    """What a cue does to its lane."""

    TAKE = "take"
    START = "start"
    STOP = "stop"
    CREATE = "create"
    LIVE = "live"
    COMPLETE = "complete"
    SHOW = "show"
    HIDE = "hide"
    POST = "post"


class Late(StrEnum):
    """What to do with a cue whose grace has passed."""

    FIRE = "fire"
    SKIP = "skip"
    ASK = "ask"
    FALLBACK = "fallback"


class Overrun(StrEnum):
    """What happens when a segment is still on air at the next wall."""

    CUT = "cut"
    PUSH = "push"
    SHORTEN = "shorten"


class Return(StrEnum):
    """When a lane that was taken by hand is automated again, where no span of time says it."""

    NEXT_CUE = "next-cue"
    RELEASED = "released"
    NEVER = "never"


class Trigger(StrEnum):
    """What makes a cue due: its instant alone, or a fact that the far end reports at or after it."""

    CLOCK = "clock"
    LIVE = "live"
    ENDED = "ended"
    DELAYED = "delayed"
    CANCELLED = "cancelled"
    SEGMENT = "segment"


STALE_LATER = frozenset({Trigger.LIVE, Trigger.DELAYED, Trigger.CANCELLED, Trigger.SEGMENT})
"""Facts that are told while they are news, or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRule:
    """How late a cue may still be done as if on time, and what happens after that."""

    grace: timedelta
    then: Late


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPlan:
    """What a post says, where and to whom: templates, see announce. `audience` empty: the readers of the language.

    `language` is the text's; `reads` that of its readers, where there is no text in their own.
    `title` empty: the show's. `picture` is CARD, the name of a file beside the season file, or empty.
    `segment` is the one whose start it tells of, where its cue's trigger is a segment.
    `wanted_at` is its instant but for quiet hours, where these move it. `hand_over`: so long before its instant the
    channel is given it, to publish it then itself.
    """

    announcement: str
    channel: str
    language: str
    audience: str
    city: str
    text: str
    title: str = ""
    segment: str = ""
    reads: str = ""
    picture: str = ""
    is_pinned: bool = False
    is_urgent: bool = False
    quiet: QuietHours | None = None
    wanted_at: datetime | None = None
    hand_over: timedelta | None = None

    @property
    def reader(self) -> str:
        """The audience's name, or else the language."""
        return self.audience or self.language

    def as_json(self) -> dict[str, str | bool]:
        """Flat JSON."""
        return {
            "announcement": self.announcement,
            "channel": self.channel,
            "language": self.language,
            "audience": self.audience,
            "city": self.city,
            "text": self.text,
            "title": self.title,
            "segment": self.segment,
            "reads": self.reads or self.language,
            "picture": self.picture,
            "pin": self.is_pinned,
            "urgent": self.is_urgent,
            "quiet": str(self.quiet or ""),
            "wanted_at": self.wanted_at.isoformat().replace("+00:00", "Z") if self.wanted_at is not None else "",
            "hand_over": span_text(self.hand_over) if self.hand_over is not None else "",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One thing that happens at one instant.

    `id` is derived from show, lane, action and subject, so the same season always gives the same ids.
    `what` is the scene, the destination, the lower third's title or `channel/audience`.
    `subject` names the segment, destination or announcement that the cue belongs to.
    """

    id: str
    show: str
    lane: Lane
    action: Action
    at: datetime
    zone: str
    what: str
    subject: str
    late: LateRule
    trigger: Trigger = Trigger.CLOCK
    manual: bool = False
    follows_live: bool = False
    """Its instant is a span before go-live, and moves with it."""
    detail: Mapping[str, str] = field(default_factory=dict)
    """The two lines of a lower third."""
    post: PostPlan | None = None
    """Of the lane posts alone."""

    @property
    def local(self) -> datetime:
        """The instant on the cue's own clock: the show's, or the audience's for a post."""
        return local(self.at, self.zone)

    @property
    def channel(self) -> str:
        """Where a post goes; empty for what is none."""
        return self.post.channel if self.post is not None else ""

    def quiet_until(self, instant: datetime) -> datetime | None:
        """When the quiet hours of a post's readers that the instant falls into end; None: it may go out then."""
        if self.post is None or self.post.quiet is None or self.post.is_urgent:
            return None
        return self.post.quiet.until(instant, self.zone)

    @property
    def is_left_out_when_quiet(self) -> bool:
        """Inside quiet hours it is left out; otherwise it waits for their end."""
        return self.trigger in STALE_LATER or (
            self.post is not None and self.post.quiet is not None and self.post.quiet.skips
        )

    def is_left_out_at(self, instant: datetime) -> bool:
        """At that instant its readers have quiet hours, for which it does not wait."""
        return self.is_left_out_when_quiet and self.quiet_until(instant) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestPlan:
    """Somebody who joins a segment from elsewhere; `zone` is the clock on their wall.

    `names` by language, where there are several; `country` is a code such as KZ, or a name.
    """

    id: str
    name: str
    zone: str
    names: Mapping[str, str] = field(default_factory=dict)
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerThirdPlan:
    """What is written over the picture while a segment is on; `subtitle` may be empty."""

    title: str
    subtitle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentPlan:
    """A stretch of the rundown at its planned times; `is_hard` starts are walls that do not move."""

    id: str
    title: str
    scene: str
    start: datetime
    end: datetime
    is_hard: bool
    is_manual: bool
    late: LateRule
    overrun: Overrun = Overrun.CUT
    guests: tuple[GuestPlan, ...] = ()
    lower_third: LowerThirdPlan | None = None
    notes: str = ""
    """For the crew alone."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """By language, where there are several."""

    @property
    def duration(self) -> timedelta:
        """How long the segment is meant to be on air."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastPlan:
    """What the YouTube broadcast of a show is to be. `marker` is how we recognise ours among all broadcasts.

    `adopt` is the id of a broadcast that somebody made in YouTube Studio for this show, empty if it is ours to make.
    `replay_privacy` and `replay_playlist` are what becomes of the video after the show, empty if nothing.
    """

    destination: str
    title: str
    description: str
    privacy: str
    scheduled_start: datetime
    marker: str
    made_for_kids: bool = False
    latency: str = "normal"
    dvr: bool = True
    captions: str = "none"
    is_monitored: bool = True
    category: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    playlist: str = ""
    thumbnail: str = ""
    adopt: str = ""
    is_deleted_unused: bool = True
    replay_privacy: str = ""
    replay_playlist: str = ""
    has_chapters: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPlan:
    """One show: its instants in order, its segments, and its cues sorted by (at, order of doing)."""

    id: str
    title: str
    zone: str
    prepare_at: datetime
    standby_at: datetime
    go_live: datetime
    end: datetime
    off_air: datetime
    encoder: str
    standby_scene: str
    fallback_scene: str
    closing_scene: str
    broadcast: BroadcastPlan | None
    segments: tuple[SegmentPlan, ...]
    cues: tuple[Cue, ...]
    falls_back: bool = False
    """Whether the fallback scene goes on air while YouTube receives nothing."""
    returns: Mapping[Lane, Return | timedelta] = field(default_factory=dict)
    """When a lane comes back from a hand, where the season says it."""
    notes: str = ""
    """For the crew alone."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """By language, where there are several."""
    is_cancelled: bool = False
    """Called off in the season file: only what says so is done."""
    planned_live: datetime | None = None
    """The go-live as it was first planned, where it has moved since; see expected."""
    _by_id: Mapping[str, Cue] = field(init=False, repr=False, compare=False)
    _by_lane: Mapping[tuple[Lane, Action | None], tuple[Cue, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[tuple[Lane, Action | None], list[Cue]] = {}
        for cue in self.cues:
            for key in ((cue.lane, cue.action), (cue.lane, None)):
                found.setdefault(key, []).append(cue)
        by_lane = {key: tuple(cues) for key, cues in found.items()}
        object.__setattr__(self, "_by_id", {cue.id: cue for cue in self.cues})
        object.__setattr__(self, "_by_lane", by_lane)

    def cue(self, cue_id: str) -> Cue:
        """The cue of that id; raises KeyError."""
        return self._by_id[cue_id]

    def knows(self, cue_id: str) -> bool:
        """There is a cue of that id."""
        return cue_id in self._by_id

    def return_of(self, lane: Lane) -> Return | timedelta:
        """When the lane comes back from a hand: the program with its next cue, others when they are released."""
        return self.returns.get(lane, Return.NEXT_CUE if lane is Lane.PROGRAM else Return.RELEASED)

    @property
    def delay(self) -> timedelta:
        """How much later than first planned it goes live; below zero: earlier."""
        return self.go_live - (self.planned_live or self.go_live)

    def cues_of(self, lane: Lane, action: Action | None = None) -> tuple[Cue, ...]:
        """The cues of one lane, in order."""
        return self._by_lane.get((lane, action), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class AudiencePlan:
    """People who watch on their own clock; `city` is what they call the place."""

    id: str
    city: str
    zone: str
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole season's shows in order of go-live."""

    season: str
    title: str
    zone: str
    tzdata: str
    shows: tuple[ShowPlan, ...]
    audiences: tuple[AudiencePlan, ...] = ()
    look: LookPlan = field(default_factory=LookPlan)
    languages: tuple[str, ...] = ()
    """The season's, in the order in which they stand in for each other."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """By language, where there are several."""
    _by_id: Mapping[str, ShowPlan] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {show.id: show for show in self.shows})

    def show(self, show_id: str) -> ShowPlan:
        """The show of that id; raises KeyError."""
        return self._by_id[show_id]

    @property
    def names(self) -> Collection[str]:
        """The ids of all shows."""
        return self._by_id.keys()


CHAT = "youtube-chat"
"""The channel that is built in: the live chat of the show's own broadcast."""
CARD = "card"
"""A post's picture that is made for it."""
