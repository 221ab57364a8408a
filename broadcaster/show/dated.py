"""What has the record said of when each show is, how often has that changed, and when last?

A calendar in somebody's phone believes a change only if it is numbered. The numbers are a fold of the records like the
rest of the state: every reader of one record counts the same, and a restart counts on. Only orders and edits move what
a calendar says; a segment that runs late does not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from broadcaster.season.plan import Plan
from broadcaster.show.records import (
    BROADCAST_GONE,
    BROADCAST_SEEN,
    COMMAND_GIVEN,
    OUTCOME,
    RUN_STARTED,
    SEASON_CHANGED,
    SHOW_CHANGED,
    Record,
    instant,
    stamp,
)
from broadcaster.show.shifts import Shifts, edited, moved

if TYPE_CHECKING:
    from broadcaster.show.state import ShowState

Facts = Mapping[str, Any]
"""What a record keeps of one show of the season as it was read, see `facts`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """One show, as calendars were told of it. `go_live` and `end` are as planned, None while no record says them."""

    season: str
    show: str
    since: datetime
    changed_at: datetime
    title: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    """By language, where there are several."""
    zone: str = ""
    go_live: datetime | None = None
    end: datetime | None = None
    is_cancelled: bool = False
    """The season's file says so; an operator's word is in the show's state."""
    is_removed: bool = False
    """The season's file has it no more."""
    shifts: Shifts = field(default_factory=Shifts)
    """What was ordered, whatever has begun since."""
    sequence: int = 0
    """How often its time changed, or whether it takes place."""

    def counted(self, at: datetime, **changes: Any) -> "Dated":
        """With these changes, as one more."""
        return replace(self, **changes, sequence=self.sequence + 1, changed_at=at)


def key(season: str, show: str) -> str:
    """Under which a show is kept: a journal may have been through several seasons."""
    return f"{season}/{show}"


def facts(plan: Plan) -> list[dict[str, Any]]:
    """What a record keeps of the season's shows as they were read."""
    return [
        {
            "id": show.id,
            "title": show.title,
            "titles": dict(show.titles),
            "zone": show.zone,
            "go_live": stamp(show.go_live),
            "end": stamp(show.end),
            "cancelled": show.is_cancelled,
            "youtube": show.broadcast is not None,
        }
        for show in plan.shows
    ]


def follow(dated: Mapping[str, Dated], record: Record, before: "ShowState", after: "ShowState") -> Mapping[str, Dated]:
    """What is known after the record; `before` and `after` are the states of the show that it is about."""
    if record.kind in (RUN_STARTED, SEASON_CHANGED):
        shows = record.data.get("shows")
        return dated if shows is None else read(dated, record.ids.get("season", ""), shows, record.at)
    if record.kind not in _TELLING or not (show := record.ids.get("show", "")):
        return dated
    season = record.ids.get("season", "")
    was = dated.get(key(season, show)) or Dated(season=season, show=show, since=record.at, changed_at=record.at)
    shifts = _shifted(was.shifts, record)
    is_counted = shifts != was.shifts or _ends(before) != _ends(after)
    if is_counted:
        return {**dated, key(season, show): was.counted(record.at, shifts=shifts)}
    if (before.broadcast_id, before.live_at) != (after.broadcast_id, after.live_at):
        return {**dated, key(season, show): replace(was, changed_at=record.at)}
    return dated


def read(dated: Mapping[str, Dated], season: str, shows: Iterable[Facts], at: datetime) -> Mapping[str, Dated]:
    """What is known once a season with these shows was read; the same season again changes nothing."""
    there = {each["id"]: each for each in shows}
    found = {name: known for name, known in dated.items() if known.season == season}
    changed: dict[str, Dated] = {}
    for show, each in there.items():
        name = key(season, show)
        was = found.get(name) or Dated(season=season, show=show, since=at, changed_at=at)
        now = _as_read(was, each, at)
        if now != dated.get(name):
            changed[name] = now
    gone = (known for known in found.values() if known.show not in there and not known.is_removed)
    changed |= {key(season, known.show): known.counted(at, is_removed=True) for known in gone}
    return {**dated, **changed} if changed else dated


def _as_read(was: Dated, said: Facts, at: datetime) -> Dated:
    times: dict[str, Any] = {
        "zone": said["zone"],
        "go_live": instant(said["go_live"]),
        "end": instant(said["end"]) if said.get("end") else was.end,
        "is_cancelled": bool(said.get("cancelled")),
        "is_removed": False,
    }
    now = replace(was, title=said["title"], titles=said.get("titles", {}), **times)
    if now == was or was.go_live is None:
        return now
    is_counted = any(getattr(was, name) not in (None, value) for name, value in times.items())
    return now.counted(at) if is_counted else replace(now, changed_at=at)


def _shifted(shifts: Shifts, record: Record) -> Shifts:
    if record.kind == COMMAND_GIVEN and record.data.get("moves"):
        return moved(shifts, record.data, is_on_stage=False)
    return edited(shifts, record.data) if record.kind == SHOW_CHANGED else shifts


def _ends(state: "ShowState") -> tuple[datetime | None, datetime | None]:
    return state.ended_at, state.cancelled_at


_TELLING = frozenset({COMMAND_GIVEN, SHOW_CHANGED, OUTCOME, BROADCAST_GONE, BROADCAST_SEEN})
