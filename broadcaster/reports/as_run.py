"""What really happened, beside what was planned, told from the journal alone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from broadcaster.show.observed import Lifecycle
from broadcaster.show.phases import Phase
from broadcaster.show.records import (
    BROADCAST_SEEN,
    CUE_SETTLED,
    FAR_END_LOST,
    OUTCOME,
    PHASE_ENTERED,
    RUN_STARTED,
    SEGMENT_PUT_OFF,
    SEGMENT_STARTED,
    Record,
    instant,
    stamp,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CueRun:
    """One cue's end. `actual` is when it happened, or when it was given up."""

    id: str
    lane: str
    action: str
    subject: str
    end: str
    planned: datetime
    actual: datetime
    why: str

    @property
    def late(self) -> timedelta:
        """How much later than planned; negative: early."""
        return self.actual - self.planned


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRun:
    """One show as it ran."""

    id: str
    title: str
    zone: str
    phase: str
    planned_live: datetime
    actual_live: datetime | None
    ended: datetime | None
    cues: tuple[CueRun, ...]
    outages: tuple[str, ...]

    def count(self, end: str) -> int:
        """How many cues ended so."""
        return sum(1 for cue in self.cues if cue.end == end)

    def document(self) -> dict[str, Any]:
        """The show as JSON: planned beside actual, every cue with its end."""
        return {
            "id": self.id,
            "title": self.title,
            "phase": self.phase,
            "planned_live": stamp(self.planned_live),
            "actual_live": stamp(self.actual_live) if self.actual_live else None,
            "live_late_seconds": _seconds(self.actual_live - self.planned_live) if self.actual_live else None,
            "ended": stamp(self.ended) if self.ended else None,
            "cues": [
                {
                    "id": cue.id,
                    "lane": cue.lane,
                    "action": cue.action,
                    "end": cue.end,
                    "planned": stamp(cue.planned),
                    "actual": stamp(cue.actual),
                    "late_seconds": _seconds(cue.late),
                    "why": cue.why,
                }
                for cue in self.cues
            ],
            "outages": list(self.outages),
        }


def as_run(records: Iterable[Record]) -> list[ShowRun]:
    """Every show that the journal tells of, in order of its planned go-live."""
    told = list(records)
    shows: dict[str, dict[str, str]] = {}
    for record in told:
        if record.kind == RUN_STARTED:
            shows |= {show["id"]: show for show in record.data.get("shows", [])}
    runs = [
        _show(facts, [record for record in told if record.ids.get("show") == name], told)
        for name, facts in shows.items()
    ]
    return sorted(runs, key=lambda run: run.planned_live)


def _show(facts: dict[str, str], records: list[Record], everything: list[Record]) -> ShowRun:
    phase, ended, live, first_segment = Phase.PLANNED, None, None, None
    cues: dict[str, CueRun] = {}
    for record in records:
        match record.kind:
            case kind if kind == PHASE_ENTERED:
                phase = Phase(record.data["phase"])
                ended = record.at if phase.is_over else ended
            case kind if kind == BROADCAST_SEEN and record.data["lifecycle"] == Lifecycle.LIVE:
                live = live or record.at
            case kind if kind == SEGMENT_STARTED:
                first_segment = first_segment or instant(record.data["at"])
            case kind if kind == SEGMENT_PUT_OFF and first_segment is not None and record.at < first_segment:
                first_segment = None  # it was armed, and put off before its instant
            case kind if kind == CUE_SETTLED:
                cues[record.ids["cue"]] = _cue(record)  # its last end: what was left out may be sent after all
            case kind if kind == OUTCOME and record.ids["cue"] in cues and record.data["verb"] == "edit":
                cues[record.ids["cue"]] = _moved(cues[record.ids["cue"]], record)
    began = records[0].at if records else None
    outages = [
        f"{record.at:%H:%M:%S}Z {record.ids['far_end']}: {record.data['why']}"
        for record in everything
        if record.kind == FAR_END_LOST and began and began <= record.at and (ended is None or record.at <= ended)
    ]
    return ShowRun(
        id=facts["id"],
        title=facts["title"],
        zone=facts["zone"],
        phase=phase,
        planned_live=instant(facts["go_live"]),
        actual_live=live or (first_segment if not facts.get("youtube") else None),
        ended=ended,
        cues=tuple(sorted(cues.values(), key=lambda cue: (cue.planned, cue.actual))),
        outages=tuple(outages),
    )


def _seconds(span: timedelta) -> float:
    return round(span.total_seconds(), 3)


def _moved(cue: CueRun, record: Record) -> CueRun:
    """A post that waited with its channel, after an edit that may have moved it to another instant."""
    if not (posted := record.data.get("posted")):
        return cue
    return replace(cue, planned=instant(posted), actual=instant(posted), why=f"handed over, and moved to {posted}")


def _cue(record: Record) -> CueRun:
    cue = record.ids["cue"]
    _, lane, action, subject = cue.split("/", 3)
    data = record.data
    return CueRun(
        id=cue,
        lane=lane,
        action=action,
        subject=subject,
        end=data["end"],
        planned=instant(data["planned"]),
        actual=instant(data["at"]),
        why=data["why"],
    )
