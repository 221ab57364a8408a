"""What a lane looks at in one turn of the loop, and what it answers."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from broadcaster.season.plan import Cue, Lane, ShowPlan
from broadcaster.show.observed import Observed
from broadcaster.show.records import End, Note, Result, cue_settled
from broadcaster.show.rundown import Rundown
from broadcaster.show.state import SeasonState, ShowState

LIVE_AHEAD_AT_FIRST = timedelta(seconds=8)
"""Until the channel has taught us better: to live takes usually 5-10 s (platform-facts 1.2, LIFE)."""
LIVE_AHEAD_AT_MOST = timedelta(seconds=15)


class Verb(StrEnum):
    """What can be asked of the outside."""

    TAKE = "take"
    POINT = "point"
    START = "start"
    STOP = "stop"
    FIND = "find"
    CREATE = "create"
    FIND_STREAM = "find_stream"
    CREATE_STREAM = "create_stream"
    BIND = "bind"
    TESTING = "testing"
    LIVE = "live"
    COMPLETE = "complete"
    POST = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One act to perform now, or at `at`. `why` is for the record and the people who read it."""

    show: str
    cue: str
    verb: Verb
    why: str
    what: str = ""
    at: datetime | None = None

    @property
    def name(self) -> str:
        """What is being tried; one try of it at a time."""
        return f"{self.cue}:{self.verb}"


@dataclass(slots=True)
class Answer:
    """What the lanes of one show answer: facts to record, acts to perform, and when to look again at the latest.

    `waiting` are acts that are missing too, and whose back-off has not passed.
    """

    notes: list[Note] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    waiting: list[Command] = field(default_factory=list)
    wakes: list[datetime] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One look at one show: everything that its lanes may know.

    `horizon` is how far ahead a cue may be armed; `busy` are the names of the acts under way.
    """

    plan: ShowPlan
    state: ShowState
    season: SeasonState
    rundown: Rundown
    observed: Observed
    now: datetime
    horizon: datetime
    busy: frozenset[str]
    answer: Answer = field(default_factory=Answer)

    @property
    def live_ahead(self) -> timedelta:
        """How long before go-live the channel has to be asked, learned from its last broadcasts."""
        if not self.season.live_delays:
            return LIVE_AHEAD_AT_FIRST
        return min(LIVE_AHEAD_AT_MOST, timedelta(seconds=median(self.season.live_delays)))

    @property
    def off_air(self) -> datetime:
        """When the broadcast is to be completed: the closing scene has had its time."""
        return self.rundown.expected_end + (self.plan.off_air - self.plan.end)

    @property
    def closing_from(self) -> datetime:
        """From when the end of the broadcast is waited for: off air, or later where the service was not there then."""
        return max(self.off_air, self.state.phase_since or self.off_air)

    def is_settled(self, cue: Cue) -> bool:
        """The cue has had its end."""
        return cue.id in self.state.settled

    def settle(self, cue: Cue, end: End, *, why: str, at: datetime | None = None) -> None:
        """Record the cue's end, once."""
        if not self.is_settled(cue):
            note = cue_settled(self.plan.id, cue.id, end, at=at or self.now, planned=cue.at, why=why)
            self.answer.notes.append(note)

    def ask(self, cue: str, verb: Verb, *, why: str, what: str = "", at: datetime | None = None) -> None:
        """Ask for an act, unless it is under way or its back-off has not passed."""
        command = Command(show=self.plan.id, cue=cue, verb=verb, why=why, what=what, at=at)
        retry_at = self.state.retry_at.get(command.name)
        if retry_at is not None and retry_at > self.now:
            self.wake(retry_at)
            self.answer.waiting.append(command)
        elif command.name not in self.busy:
            self.answer.commands.append(command)

    def wake(self, instant: datetime | None) -> None:
        """Look again at that instant at the latest."""
        if instant is not None and instant > self.now:
            self.answer.wakes.append(instant)

    def wake_ahead(self, instant: datetime) -> None:
        """Look again in time to arm what is due at that instant, and at the instant itself."""
        self.wake(instant - (self.horizon - self.now))
        self.wake(instant)

    def result(self, cue: str, verb: Verb) -> Result | None:
        """How the last try ended."""
        return self.state.result(cue, verb)

    def is_held(self, lane: Lane) -> bool:
        """The lane is in somebody's hands."""
        return lane in self.state.lanes_held
