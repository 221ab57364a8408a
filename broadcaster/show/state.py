"""What is known of a show, by the record alone.

Only the fold changes a state (see show.fold), so a restarted service knows what the stopped one knew.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from broadcaster.season.channels import Reach
from broadcaster.season.plan import Lane, LowerThirdPlan
from broadcaster.show.dated import Dated
from broadcaster.show.dressed import Dressed
from broadcaster.show.observed import Lifecycle
from broadcaster.show.phases import Phase
from broadcaster.show.post_state import NOTHING, Channels, PostState
from broadcaster.show.quota import Ledger
from broadcaster.show.records import (
    End,
    Result,
    stamp,
)
from broadcaster.show.shifts import Shifts


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A cue's end."""

    end: End
    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAct:
    """An act that was meant, and whose outcome is not recorded."""

    cue: str
    verb: str
    at: datetime
    change: Mapping[str, str] = field(default_factory=dict)
    """What it was to change, name -> fingerprint of the value."""
    told: Mapping[str, Any] = field(default_factory=dict)
    """What it was to say of the show, and in which words; see post_state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A span in which automation waited; `until` None: it still does."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneHold:
    """A lane in somebody's hands."""

    by: str
    since: datetime
    until: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A scene that an operator asked for; it rules until the next cue of the program, or `stays` until released."""

    scene: str
    at: datetime
    by: str
    stays: bool = False
    over: datetime | None = None
    """The instant of the cue that was armed when it was given: it rules over that one too."""

    def cue(self, show: str) -> str:
        """The id under which its scene is taken."""
        return f"{show}/program/hand/{stamp(self.at)}"

    def rules_over(self, due: datetime) -> bool:
        """A cue of that instant waits, since the operator has the program."""
        return self.stays or (self.over or self.at) >= due


@dataclass(frozen=True, slots=True, kw_only=True)
class OnScreen:
    """The lower third that was put up by its cue. `is_sure` False: it was asked for, and may not be seen."""

    cue: str
    lower_third: LowerThirdPlan
    is_sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowState:
    """Where one show stands, by the record alone."""

    phase: Phase = Phase.PLANNED
    phase_since: datetime | None = None
    settled: Mapping[str, Settled] = field(default_factory=dict)
    open: Mapping[str, OpenAct] = field(default_factory=dict)
    ended_acts: Mapping[str, tuple[Result, Mapping[str, Any]]] = field(default_factory=dict)
    """(cue:verb) -> the last outcome's result and data."""
    attempts: Mapping[str, int] = field(default_factory=dict)
    """(cue:verb) -> how often it was tried."""
    failures: Mapping[str, int] = field(default_factory=dict)
    """(cue:verb) -> how often in a row it failed; what back-off is reckoned from."""
    retry_at: Mapping[str, datetime] = field(default_factory=dict)
    """(cue:verb) -> until when it is left alone."""
    paused_at: Mapping[str, datetime] = field(default_factory=dict)
    """(cue:verb) -> since when it is; a clock that is set later moves both."""
    started: Mapping[str, datetime] = field(default_factory=dict)
    """Segment -> when the rundown moved to it, in order."""
    skipped: frozenset[str] = frozenset()
    shifts: Shifts = field(default_factory=Shifts)
    ruled: Mapping[str, str] = field(default_factory=dict)
    """Cue that was too late -> the rule that decided: fire, skip, ask or fallback."""
    confirmed: frozenset[str] = frozenset()
    """Cues that were too late and asked, and that an operator let go."""
    holds: tuple[Hold, ...] = ()
    lanes_held: Mapping[str, LaneHold] = field(default_factory=dict)
    given_back: frozenset[str] = frozenset()
    """Lanes released since the far end last changed: what differs there is to be put right, not a new hand's."""
    override: Override | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    cancelled_at: datetime | None = None
    cancelled_by: str = ""
    first_live: datetime | None = None
    """The go-live as it was planned first, where an edit has changed it since."""
    live_moved_at: datetime | None = None
    """When somebody last moved the go-live."""
    broadcast_id: str = ""
    stream_id: str = ""
    target: str = ""
    """Fingerprint of the server and key that the encoder was given for this show."""
    lifecycle: Lifecycle | None = None
    lifecycle_since: datetime | None = None
    bound_stream: str = ""
    live_asked_at: datetime | None = None
    live_at: datetime | None = None
    complete_at: datetime | None = None
    scene: str = ""
    """The scene last seen on program while the show drove the studio."""
    is_streaming: bool = False
    streaming_since: datetime | None = None
    is_receiving: bool = False
    health: str = ""
    mismatches: tuple[str, ...] = ()
    """What does not belong together of show, broadcast, stream and key; see show.bound."""
    dressed: Dressed = field(default_factory=Dressed)
    alarm_since: datetime | None = None
    """Since when the alarm is on that YouTube receives nothing."""
    fallen_by: str = ""
    """The act that put the fallback scene on air because YouTube receives nothing, until another scene is taken."""
    is_replay_over: bool = False
    graphics: OnScreen | None = None
    """Until it was hidden."""
    posts: Mapping[str, PostState] = field(default_factory=dict)
    """Cue of a post -> what the record says of it; one without records is not there."""

    def post(self, cue: str) -> PostState:
        """What the record says of that post."""
        return self.posts.get(cue, NOTHING)

    @property
    def is_held(self) -> bool:
        """The rundown as a whole waits."""
        return bool(self.holds) and self.holds[-1].until is None

    @property
    def is_stream_in_doubt(self) -> bool:
        """It has asked for a stream to be made, and it is not known what came of it."""
        if self.stream_id or self.phase.is_over or self.cancelled_at is not None or Lane.BROADCAST in self.lanes_held:
            return False
        is_open = any(act.verb == "create_stream" for act in self.open.values())
        ended = (result for name, (result, _) in self.ended_acts.items() if name.endswith(":create_stream"))
        return is_open or Result.UNKNOWN in ended

    def held_between(self, start: datetime, end: datetime) -> timedelta:
        """How much of the span was spent on hold."""
        spans = (min(hold.until or end, end) - max(hold.since, start) for hold in self.holds)
        return sum((span for span in spans if span > timedelta()), timedelta())

    def result(self, cue: str, verb: str) -> Result | None:
        """How the last try of that verb ended; None while it was not tried or is under way."""
        ended = self.ended_acts.get(f"{cue}:{verb}")
        return ended[0] if ended else None


_UNTOLD = ShowState()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonState:
    """Where the season stands.

    `seq` is the number of the last record; `revision` that of the last one that an operator would want to have seen
    before pressing a button.
    """

    seq: int = 0
    revision: int = 0
    shows: Mapping[str, ShowState] = field(default_factory=dict)
    live_delays: tuple[float, ...] = ()
    """Seconds from asking for live to seeing it, the latest of this channel."""
    replies: Mapping[str, int] = field(default_factory=dict)
    """Idempotency key -> the record that the command became."""
    quota: Ledger = field(default_factory=Ledger)
    channels: Channels = field(default_factory=Channels)
    season_hash: str = ""
    """Of the season that ran last, as far as is written down."""
    dated: Mapping[str, Dated] = field(default_factory=dict)
    """What calendars were told, see dated.key; shows that the season has no more are among them."""

    def show(self, show: str) -> ShowState:
        """The show's state; a show without records is planned."""
        return self.shows.get(show, _UNTOLD)

    def around(self, show: str, season: Container[str] | None = None) -> "Around":
        """What matters to that show of all that is not its own; shows that the `season` has no more have no say."""
        others = [state for name, state in self.shows.items() if name != show and (season is None or name in season)]
        return Around(
            is_stage_taken=any(state.phase in (Phase.STANDBY, Phase.LIVE) for state in others),
            stream_id=next((state.stream_id for state in reversed(others) if state.stream_id), ""),
            is_stream_in_doubt=any(state.is_stream_in_doubt for state in others),
            live_delays=self.live_delays,
            channels=self.channels,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a show knows of the rest of its season. `is_stage_taken`: another show drives the studio."""

    is_stage_taken: bool
    live_delays: tuple[float, ...]
    channels: Channels = field(default_factory=Channels)
    """Both as in SeasonState."""
    stream_id: str = ""
    """The stream that another show has found or made last: all shows of a channel send to the same."""
    is_stream_in_doubt: bool = False
    """Another show may just have made one, which is not listed yet."""
    reaches: Mapping[str, Reach] = field(default_factory=dict)
    """What the channels can do, as far as that is known; by the settings, not by the record."""
