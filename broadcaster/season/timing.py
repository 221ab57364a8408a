"""At which instants do a show and its segments begin and end?

A soft segment follows the one before it; a hard one begins at its own local time, a wall. A wall earlier in the day
than go-live belongs to the night after it, if that is at most NIGHT later: a show may run past midnight.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcaster.season.errors import LocalTimeError, Problem
from broadcaster.season.model import Season, Segment, Show
from broadcaster.season.walltime import WallTime, local
from broadcaster.season.wording import quoted, span_text

NIGHT = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowTimes:
    """The planned instants of one show; `segments` has (start, end) for each, in the rundown's order."""

    prepare_at: datetime
    standby_at: datetime
    go_live: datetime
    end: datetime
    off_air: datetime
    segments: tuple[tuple[datetime, datetime], ...]


def time_show(season: Season, show: Show) -> tuple[ShowTimes | None, list[Problem]]:
    """The show's instants, and what is wrong with them; `loc` of a Problem starts below the show.

    The times are None when there is no go-live; with a Problem among the segments they are only approximate.
    """
    zone = season.zone_of(show)
    try:
        go_live = WallTime(day=show.date, clock=show.go_live, zone=zone, fold=show.fold).instant()
    except LocalTimeError as error:
        return None, [Problem(loc=("go_live",), message=str(error))]
    segments, problems = _lay_out(show.segments, show, zone, go_live)
    end = segments[-1][1] if segments else go_live
    prepare, standby = season.prepare_of(show), season.standby_of(show)
    if prepare < standby:
        problems.append(
            Problem(
                loc=("prepare",) if show.prepare else ("standby",),
                message=f"the broadcast would be created {span_text(prepare)} before go-live, after the standby "
                f"scene goes up ({span_text(standby)} before)",
                hint="make prepare at least as long as standby",
            )
        )
    times = ShowTimes(
        prepare_at=go_live - prepare,
        standby_at=go_live - standby,
        go_live=go_live,
        end=end,
        off_air=end + season.closing_of(show),
        segments=segments,
    )
    return times, problems


def _lay_out(
    segments: Sequence[Segment], show: Show, zone: str, go_live: datetime
) -> tuple[tuple[tuple[datetime, datetime], ...], list[Problem]]:
    laid: list[tuple[datetime, datetime]] = []
    problems: list[Problem] = []
    cursor, wall, walled = go_live, go_live, ""
    for index, segment in enumerate(segments):
        start = cursor
        if segment.start is not None:
            loc = ("segment", index, "start")
            try:
                start = _wall(segment, show, zone, go_live)
            except LocalTimeError as error:
                problems.append(Problem(loc=loc, message=str(error)))
                start = cursor
            else:
                if message := _misplaced(segment, start, cursor, wall, walled, go_live, zone):
                    problems.append(Problem(loc=loc, message=message[0], hint=message[1]))
                    start = max(start, wall)
                wall, walled = start, segment.id
        cursor = start + segment.duration
        laid.append((start, cursor))
    return tuple(laid), problems


def _wall(segment: Segment, show: Show, zone: str, go_live: datetime) -> datetime:
    if segment.start is None:
        raise ValueError("a soft segment has no wall")
    day = show.date
    if segment.start < show.go_live:
        next_day = WallTime(day=day + timedelta(days=1), clock=segment.start, zone=zone, fold=segment.fold).instant()
        if next_day - go_live <= NIGHT:
            return next_day
    # In the hour that the clock repeats, a wall of the same local hour is meant in the show's own half of it.
    return WallTime(day=day, clock=segment.start, zone=zone, fold=segment.fold or show.fold).instant()


def _misplaced(
    segment: Segment, start: datetime, cursor: datetime, wall: datetime, walled: str, go_live: datetime, zone: str
) -> tuple[str, str] | None:
    own = f"{local(start, zone):%H:%M:%S}".removesuffix(":00")
    name = quoted(segment.id)
    if start < go_live:
        return f"the hard start {own} of {name} is before its show, which goes live at {local(go_live, zone):%H:%M}", ""
    if start < wall:
        before = f"{local(wall, zone):%H:%M}"
        return f"the hard start {own} of {name} is before {before}, the hard start of {quoted(walled)} above it", ""
    if start < cursor:
        over = span_text(cursor - start)
        until = f"{local(cursor, zone):%H:%M:%S}".removesuffix(":00")
        return (
            f"the segments before {name} last until {until}, {over} past its hard start at {own}",
            f"shorten them by {over} or move the start",
        )
    return None
