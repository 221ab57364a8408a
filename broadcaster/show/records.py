"""What the journal says: one frozen record a fact, each with a stable kind.

A kind's fields may grow with defaults; a change of meaning gets a new number, and old kinds stay readable.
A Note is a record before the journal has numbered, dated and chained it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

RUN_STARTED = "run_started/1"
RUN_ENDED = "run_ended/1"
INTENT = "intent/1"
OUTCOME = "outcome/1"
CUE_SETTLED = "cue_settled/1"
PHASE_ENTERED = "phase_entered/1"
SEGMENT_STARTED = "segment_started/1"
SEGMENT_PUT_OFF = "segment_put_off/1"
BROADCAST_SEEN = "broadcast_seen/1"
BROADCAST_GONE = "broadcast_gone/1"
STREAM_SEEN = "stream_seen/1"
MISMATCH_SEEN = "mismatch_seen/1"
DRESSING_SEEN = "dressing_seen/1"
ALARM = "alarm/1"
ALARM_OVER = "alarm_over/1"
REPLAY_OVER = "replay_over/1"
SCENE_SEEN = "scene_seen/1"
ENCODER_SEEN = "encoder_seen/1"
LANE_HELD = "lane_held/1"
LANE_RELEASED = "lane_released/1"
COMMAND_GIVEN = "command_given/1"
FAR_END_LOST = "far_end_lost/1"
FAR_END_BACK = "far_end_back/1"
CLOCK_STEPPED = "clock_stepped/1"
LOOP_STALLED = "loop_stalled/1"
RULE_APPLIED = "rule_applied/1"
SEASON_CHANGED = "season_changed/1"
SHOW_CHANGED = "show_changed/1"
JOURNAL_BACK = "journal_back/1"
QUOTA_SPENT = "quota_spent/1"
QUOTA_SEEN = "quota_seen/1"
PERSON_ACTED = "person_acted/1"


class Result(StrEnum):
    """How an act on the outside ended."""

    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"
    """Taken back by us before it was sent: as if it had not been tried."""


class End(StrEnum):
    """How a cue ended; every cue has exactly one."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One link of the journal's chain. `ids` are what it is about (season, show, cue, act); `data` is plain JSON."""

    run: str
    seq: int
    at: datetime
    kind: str
    ids: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    epoch: int = 0
    previous: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A fact to be recorded."""

    kind: str
    ids: Mapping[str, str]
    data: Mapping[str, Any]


def stamp(instant: datetime) -> str:
    """An instant as the journal and the API write it: RFC 3339, UTC, `Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant(text: str) -> datetime:
    """The instant that `stamp` wrote."""
    return datetime.fromisoformat(text)


def cue_settled(show: str, cue: str, end: End, *, at: datetime, planned: datetime, why: str) -> Note:
    """A cue has had its end; `at` is when it really happened (or was given up)."""
    return Note(
        kind=CUE_SETTLED,
        ids={"show": show, "cue": cue},
        data={"end": end, "at": stamp(at), "planned": stamp(planned), "why": why},
    )


def segment_started(
    show: str, segment: str, *, at: datetime, why: str, begun_with: Mapping[str, Any] | None = None
) -> Note:
    """The rundown has moved on to a segment; `begun_with` is what it lasts and shows, see shifts.Aired."""
    data = {"at": stamp(at), "why": why, **(begun_with or {})}
    return Note(kind=SEGMENT_STARTED, ids={"show": show, "segment": segment}, data=data)


def segment_put_off(show: str, segment: str, *, why: str) -> Note:
    """A segment that was armed, and recorded as begun at an instant still to come, has not begun after all."""
    return Note(kind=SEGMENT_PUT_OFF, ids={"show": show, "segment": segment}, data={"why": why})


def rule_applied(show: str, cue: str, rule: str, *, why: str, scene: str = "", segment: str = "") -> Note:
    """A cue was too late, and its own rule has decided; `scene` is what the rule puts on air, if it does."""
    ids = {"show": show, "cue": cue} | ({"segment": segment} if segment else {})
    return Note(kind=RULE_APPLIED, ids=ids, data={"rule": rule, "why": why, "scene": scene})


def phase_entered(show: str, phase: str, *, why: str) -> Note:
    """A show has come a stage further."""
    return Note(kind=PHASE_ENTERED, ids={"show": show}, data={"phase": phase, "why": why})


def lane_held(show: str, lane: str, *, by: str, why: str, until: str) -> Note:
    """A lane is in somebody's hands; `until` is `next_cue`, `released`, `never` or an instant, see holds."""
    return Note(kind=LANE_HELD, ids={"show": show, "lane": lane}, data={"by": by, "why": why, "until": until})


def lane_released(show: str, lane: str, *, why: str) -> Note:
    """A lane is automated again."""
    return Note(kind=LANE_RELEASED, ids={"show": show, "lane": lane}, data={"why": why})


def outcome(show: str, cue: str, act: str, verb: str, result: Result, **data: Any) -> Note:
    """How an act ended, with the far end's own evidence."""
    return Note(kind=OUTCOME, ids={"show": show, "cue": cue, "act": act}, data={"verb": verb, "result": result, **data})
