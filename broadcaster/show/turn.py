"""What a lane looks at in one turn of the loop, and what it answers."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from statistics import median
from typing import Any

from broadcaster.season.plan import Cue, Lane, ShowPlan
from broadcaster.show.observed import Observed
from broadcaster.show.records import End, Note, Result, cue_settled
from broadcaster.show.rundown import Rundown
from broadcaster.show.state import Around, ShowState

LIVE_AHEAD_AT_FIRST = timedelta(seconds=8)
"""Until the channel has taught us better: to live takes usually 5-10 s (platform-facts 1.2, LIFE)."""
LIVE_AHEAD_AT_MOST = timedelta(seconds=15)


def live_ahead(delays: Sequence[float]) -> timedelta:
    """How long before it is to be live a channel has to be asked, if it took these seconds before."""
    if not delays:
        return LIVE_AHEAD_AT_FIRST
    return min(LIVE_AHEAD_AT_MOST, timedelta(seconds=median(delays)))


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
    SAY = "say"
    UPDATE = "update"
    DRESS = "dress"
    THUMBNAIL = "thumbnail"
    PLAYLIST = "playlist"
    DELETE = "delete"
    RESTART = "restart"
    SHOW = "show"
    HIDE = "hide"
    FIND_POST = "find_post"
    """Look for a post whose answer was lost."""
    EDIT = "edit"
    """Put the words of a post right."""
    PICTURE = "picture"
    """Put its picture right, once its words are: they do not wait for the drawing."""
    PIN = "pin"
    FOLLOW = "follow"
    """Post the new truth behind a post that cannot be edited."""
    FIND_FOLLOW = "find_follow"
    SAY_AGAIN = "say_again"
    """The same in the live chat."""


OF_CHANNELS = frozenset(
    {
        Verb.POST,
        Verb.SAY,
        Verb.FIND_POST,
        Verb.EDIT,
        Verb.PICTURE,
        Verb.PIN,
        Verb.FOLLOW,
        Verb.FIND_FOLLOW,
        Verb.SAY_AGAIN,
    }
)
"""Acts on a channel for announcements: one at a time on each."""


OF_THE_ONE_STREAM = frozenset({Verb.FIND_STREAM, Verb.CREATE_STREAM})
"""Acts on what all shows share: one at a time of all shows together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One act to perform now, or at `at`. `why` is for the record and the people who read it."""

    show: str
    cue: str
    verb: Verb
    why: str
    what: str = ""
    at: datetime | None = None
    change: Mapping[str, Any] = field(default_factory=dict)
    """What is to be changed, field by field, to which values."""
    channel: str = ""
    """The channel for announcements that it is an act on."""

    @property
    def name(self) -> str:
        """What is being tried; one try of it at a time."""
        return f"{self.cue}:{self.verb}"

    @property
    def line(self) -> str:
        """Acts of one line begin one after the other, of all shows together; empty where it stands in none."""
        return "youtube's stream" if self.verb in OF_THE_ONE_STREAM else self.channel

    @property
    def prints(self) -> dict[str, str]:
        """The fields to be changed, each with the fingerprint of its value; what is remembered of the tries."""
        return {name: fingerprint(value) for name, value in self.change.items()}


def fingerprint(value: object) -> str:
    """A short hash of a value, the same in every run."""
    return _text_print(value) if isinstance(value, str) else _print(value)


@lru_cache(maxsize=256)
def _text_print(text: str) -> str:
    """Titles and descriptions are compared in every turn."""
    return _print(text)


def _print(value: object) -> str:
    return hashlib.sha256(json.dumps(value, default=str, sort_keys=True).encode()).hexdigest()[:12]


@dataclass(slots=True)
class Answer:
    """What the lanes of one show answer: facts to record, acts to perform, and when to look again at the latest.

    `waiting` are acts that are missing too, and whose back-off has not passed; `kept` those that are under way, and
    would be asked for if they were not.
    """

    notes: list[Note] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    waiting: list[Command] = field(default_factory=list)
    kept: list[Command] = field(default_factory=list)
    wakes: list[datetime] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One look at one show: everything that its lanes may know.

    `horizon` is how far ahead a cue may be armed; `busy` are the names of the acts under way.
    """

    plan: ShowPlan
    state: ShowState
    around: Around
    rundown: Rundown
    observed: Observed
    now: datetime
    horizon: datetime
    busy: frozenset[str]
    written: ShowPlan | None = None
    """The plan as the season has it, which records name as planned; `plan` is how it is expected to go."""
    answer: Answer = field(default_factory=Answer)

    @property
    def live_ahead(self) -> timedelta:
        """How long before go-live the channel has to be asked, learned from its last broadcasts."""
        return live_ahead(self.around.live_delays)

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
            note = cue_settled(self.plan.id, cue.id, end, at=at or self.now, planned=self._planned(cue), why=why)
            self.answer.notes.append(note)

    def _planned(self, cue: Cue) -> datetime:
        written = self.written
        return written.cue(cue.id).at if written is not None and written.knows(cue.id) else cue.at

    def ask(
        self,
        cue: str,
        verb: Verb,
        *,
        why: str,
        what: str = "",
        at: datetime | None = None,
        change: Mapping[str, Any] | None = None,
        channel: str = "",
    ) -> None:
        """Ask for an act, unless it is under way, its back-off has not passed, or another scene is being taken.

        Scenes are taken one after the other: two at once would leave it to chance which of them stays on air.
        """
        command = Command(
            show=self.plan.id, cue=cue, verb=verb, why=why, what=what, at=at, change=change or {}, channel=channel
        )
        retry_at = self.state.retry_at.get(command.name)
        if retry_at is not None and retry_at > self.now:
            self.wake(retry_at)
            self.answer.waiting.append(command)
        elif verb is Verb.TAKE and self.is_taking and command.name not in self.busy:
            self.answer.waiting.append(command)
        elif command.name not in self.busy:
            self.answer.commands.append(command)
        else:
            self.answer.kept.append(command)

    @property
    def is_taking(self) -> bool:
        """A scene of this show is being taken, or armed for its instant."""
        own = f"{self.plan.id}/{Lane.PROGRAM}/"
        return any(name.startswith(own) and name.endswith(f":{Verb.TAKE}") for name in self.busy)

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

    def is_busy(self, cue: str, *verbs: Verb) -> bool:
        """One of these acts for the cue is under way."""
        return any(f"{cue}:{verb}" in self.busy for verb in verbs)

    def reason(self, cue: str, verb: Verb) -> str:
        """What the far end said when the last try failed, empty if it did not."""
        result, data = self.state.ended_acts.get(f"{cue}:{verb}", (Result.DONE, {}))
        return "" if result is Result.DONE else str(data.get("reason", ""))

    def is_held(self, lane: Lane) -> bool:
        """The lane is in somebody's hands."""
        return lane in self.state.lanes_held
