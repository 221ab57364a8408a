"""What do the pages say that are made on the server: the cue sheet and the season, on every clock that matters?

Their clocks are those of the pinned tzdata, so that a signage player or a phone with stale zones shows the right time;
they can be read where JavaScript is off, and printed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from broadcaster.season.model import city_of
from broadcaster.season.plan import AudiencePlan, Plan, ShowPlan
from broadcaster.season.walltime import clock_changes, local, offset_text
from broadcaster.season.zones import zone_names
from broadcaster.show.calendar import public_link
from broadcaster.show.commands import current_show
from broadcaster.show.screen_rundown import rundown_part
from broadcaster.show.spans import clock_text
from broadcaster.show.state import SeasonState, ShowState

NOT_ON = ("skipped", "dropped")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestRow:
    """A guest of a segment, with the clock on their own wall as the segment begins."""

    name: str
    city: str
    clock: str
    shift: int
    """+1 or -1 where their date is not the show's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CueRow:
    """One segment on the cue sheet, on the sheet's clock. `begins` is empty for what does not come, `moves` on time."""

    id: str
    number: int
    title: str
    scene: str
    standing: str
    planned: str
    begins: str
    moves: str
    lasts: str
    new_day: str
    is_wall: bool
    is_manual: bool
    lower_third: tuple[str, str] | None
    guests: tuple[GuestRow, ...]
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The cue sheet of one show. `notes` are empty for who may not read them."""

    show: str
    title: str
    season: str
    phase: str
    zone: str
    offset: str
    day: date
    go_live: str
    ends: str
    planned_end: str
    notes: str
    rows: tuple[CueRow, ...]
    shows: tuple[tuple[str, str], ...]
    """Every show's id and title, for the way to another sheet."""

    @property
    def has_guests(self) -> bool:
        """Whether the column is needed."""
        return any(row.guests for row in self.rows)

    @property
    def has_lower_thirds(self) -> bool:
        """Whether the column is needed."""
        return any(row.lower_third for row in self.rows)

    @property
    def has_notes(self) -> bool:
        """Whether the column is needed."""
        return any(row.notes for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """An instant on one clock; `shift` is +1 or -1 where the date is not that at the show."""

    place: str
    zone: str
    clock: str
    shift: int
    offset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockChange:
    """The clocks of a zone are put forward or back; `at` is how they read then."""

    places: tuple[str, ...]
    at: datetime
    by: str
    is_forward: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonRow:
    """One show on every clock: its own, UTC, each audience's; and the clock changes since the show before it."""

    id: str
    title: str
    phase: str
    day: date
    clocks: tuple[Clock, ...]
    ends: str
    link: str
    is_current: bool
    changes: tuple[ClockChange, ...]


def zone_or(asked: str | None, otherwise: str) -> str:
    """The zone that was asked for, if there is one of that name."""
    return asked if asked in zone_names() else otherwise


def sheet(
    plan: Plan, season: SeasonState, now: datetime, *, show: str | None, zone: str | None, with_notes: bool
) -> Sheet:
    """The cue sheet of the show that was asked for, else of the one on stage, the next, or the last one."""
    known = {each.id: each for each in plan.shows}
    chosen = known.get(show or "") or current_show(plan, season, now) or plan.shows[-1]
    state, clock = season.show(chosen.id), zone_or(zone, chosen.zone)
    _, part = rundown_part(chosen, state, now)
    go_live = _instant(part["go_live"])
    return Sheet(
        show=chosen.id,
        title=chosen.title,
        season=plan.title,
        phase=state.phase,
        zone=clock,
        offset=offset_text(local(go_live, clock)),
        day=local(go_live, clock).date(),
        go_live=f"{local(go_live, clock):%H:%M:%S}",
        ends=f"{local(_instant(part['expected_end']), clock):%H:%M:%S}",
        planned_end=f"{local(chosen.end, clock):%H:%M:%S}",
        notes=chosen.notes if with_notes else "",
        rows=tuple(_cue_rows(part["rundown"], clock, go_live, with_notes=with_notes)),
        shows=tuple((each.id, each.title) for each in plan.shows),
    )


def _cue_rows(
    rundown: Mapping[str, Mapping[str, Any]], zone: str, go_live: datetime, *, with_notes: bool
) -> Iterator[CueRow]:
    day = local(go_live, zone).date()
    for number, (name, segment) in enumerate(sorted(rundown.items(), key=lambda item: item[1]["order"]), 1):
        planned, start, end = (_instant(segment[key]) for key in ("planned_start", "start", "end"))
        today, day = day, local(start, zone).date()
        third, late = segment.get("lower_third"), timedelta(seconds=segment.get("late_by", 0))
        yield CueRow(
            id=name,
            number=number,
            title=segment["title"],
            scene=segment["scene"],
            standing=segment["standing"],
            planned=f"{local(planned, zone):%H:%M:%S}",
            begins="" if segment["standing"] in NOT_ON else f"{local(start, zone):%H:%M:%S}",
            moves=_signed(late) if late else "",
            lasts=clock_text(end - start if segment["standing"] not in NOT_ON else timedelta()),
            new_day=f"{day:%Y-%m-%d}" if day != today else "",
            is_wall=segment["is_wall"],
            is_manual=segment["is_manual"],
            lower_third=(third["title"], third.get("subtitle") or "") if third else None,
            guests=tuple(_guest(each, start, zone) for each in segment.get("guests", ())),
            notes=segment.get("notes", "") if with_notes else "",
        )


def season_rows(
    plan: Plan, season: SeasonState, now: datetime, *, zone: str | None, only_public: bool
) -> tuple[SeasonRow, ...]:
    """Every show on every clock, the first of them in `zone` or the show's own.

    `only_public` leaves out links to what is unlisted or private: who sees the page may hand it on.
    """
    current = current_show(plan, season, now)
    rows: list[SeasonRow] = []
    before: datetime | None = None
    for show in plan.shows:
        state = season.show(show.id)
        go_live, home = state.live_at or show.go_live + state.shifts.live, zone_or(zone, show.zone)
        clocks = tuple(_clocks(go_live, home, plan.audiences))
        rows.append(
            SeasonRow(
                id=show.id,
                title=show.title,
                phase=state.phase,
                day=local(go_live, home).date(),
                clocks=clocks,
                ends=f"{local(state.ended_at or show.end, home):%H:%M}",
                link=_link(show, state, only_public=only_public),
                is_current=show is current,
                changes=tuple(_changes(before, go_live, clocks)) if before else (),
            )
        )
        before = go_live
    return tuple(rows)


def _link(show: ShowPlan, state: ShowState, *, only_public: bool) -> str:
    if only_public:
        return public_link(show, state)
    return f"https://youtu.be/{state.broadcast_id}" if state.broadcast_id and show.broadcast is not None else ""


def _guest(guest: Mapping[str, Any], start: datetime, zone: str) -> GuestRow:
    there = local(start, guest["zone"])
    shift = (there.date() - local(start, zone).date()).days
    return GuestRow(name=guest["name"], city=city_of(guest["zone"]), clock=f"{there:%H:%M}", shift=shift)


def _clocks(at: datetime, home: str, audiences: Sequence[AudiencePlan]) -> Iterator[Clock]:
    day = local(at, home).date()
    for place, zone in ((city_of(home), home), ("UTC", "UTC"), *((each.city, each.zone) for each in audiences)):
        there = local(at, zone)
        shift = (there.date() - day).days
        yield Clock(place=place, zone=zone, clock=f"{there:%H:%M}", shift=shift, offset=offset_text(there))


def _changes(before: datetime, after: datetime, clocks: Sequence[Clock]) -> Iterator[ClockChange]:
    """The clock changes between two shows, each once for its zone."""
    for zone in dict.fromkeys(clock.zone for clock in clocks):
        places = tuple(dict.fromkeys(clock.place for clock in clocks if clock.zone == zone))
        for at in clock_changes(zone, before, after):
            there, was = local(at, zone), local(at - timedelta(seconds=1), zone)
            by = (there.utcoffset() or timedelta()) - (was.utcoffset() or timedelta())
            yield ClockChange(places=places, at=there, by=clock_text(abs(by)), is_forward=by > timedelta())


def _signed(span: timedelta) -> str:
    return f"\u2212{clock_text(-span)}" if span < timedelta() else f"+{clock_text(span)}"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
