"""What do people's calendars say of the season? Its shows as events, from the plan and the record alone.

Nothing here depends on the present instant: while nothing changes, every reader says the same, to the letter.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from broadcaster.season.plan import AudiencePlan, Plan, ShowPlan
from broadcaster.show.dated import Dated, key
from broadcaster.show.expected import expected
from broadcaster.show.state import SeasonState, ShowState


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """One show in a calendar, to the second. `planned` is its go-live as first planned; `link` is for everybody.

    `end` is None where no record says when a show would have ended that is not in the season any more.
    """

    uid: str
    show: str
    title: str
    zone: str
    start: datetime
    end: datetime | None
    planned: datetime
    link: str
    is_cancelled: bool
    sequence: int
    created_at: datetime
    modified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCalendar:
    """All shows of a season, for readers of one language on one clock; `city` is empty for the season's own."""

    season: str
    title: str
    city: str
    zone: str
    language: str
    events: tuple[CalendarEvent, ...]
    is_rehearsal: bool = False


CalendarText = Callable[[ShowCalendar], bytes]
"""Writes a calendar as a file that calendar programs read; may take some milliseconds."""


def show_calendar(
    plan: Plan,
    season: SeasonState,
    *,
    audience: AudiencePlan | None,
    language: str,
    read_at: datetime,
    is_rehearsal: bool = False,
) -> ShowCalendar:
    """The calendar for an audience, or for everybody. `read_at`: since when shows are known that no record tells of."""
    return ShowCalendar(
        season=plan.season,
        title=plan.titles.get(language, plan.title),
        city=audience.city if audience else "",
        zone=audience.zone if audience else plan.zone,
        language=language,
        events=tuple(sorted(_events(plan, season, language, read_at), key=lambda event: (event.start, event.uid))),
        is_rehearsal=is_rehearsal,
    )


def public_link(show: ShowPlan, state: ShowState) -> str:
    """Where everybody may watch the show, and its replay; empty where not everybody may, or nothing is there yet."""
    if not state.broadcast_id or show.broadcast is None:
        return ""
    privacies = {show.broadcast.privacy, show.broadcast.replay_privacy or show.broadcast.privacy}
    return f"https://youtu.be/{state.broadcast_id}" if privacies == {"public"} else ""


def _events(plan: Plan, season: SeasonState, language: str, read_at: datetime) -> Iterator[CalendarEvent]:
    for show in plan.shows:
        unknown = Dated(season=plan.season, show=show.id, since=read_at, changed_at=read_at)
        dated = season.dated.get(key(plan.season, show.id), unknown)
        yield _event(show, season.show(show.id), dated, language)
    for dated in season.dated.values():
        if dated.season == plan.season and dated.show not in plan.names and dated.go_live is not None:
            yield _removed(dated, season.show(dated.show), dated.go_live, language)


def _event(show: ShowPlan, state: ShowState, dated: Dated, language: str) -> CalendarEvent:
    # Not the state's own shifts: those know what a segment began with, and would move the end with every late start.
    moves = expected(show, ShowState(shifts=dated.shifts), show.prepare_at)
    start, end = moves.go_live, moves.end
    if state.ended_at is not None and state.live_at is not None:
        end = min(end, state.ended_at)
    is_ended_unseen = state.ended_at is not None and state.live_at is None
    return CalendarEvent(
        uid=_uid(dated),
        show=show.id,
        title=show.titles.get(language, show.title),
        zone=show.zone,
        start=_second(start),
        end=_second(max(start, end)),
        planned=_second(state.first_live or show.go_live),
        link=public_link(show, state),
        is_cancelled=show.is_cancelled or state.cancelled_at is not None or is_ended_unseen,
        sequence=dated.sequence,
        created_at=_second(dated.since),
        modified_at=_second(dated.changed_at),
    )


def _removed(dated: Dated, state: ShowState, go_live: datetime, language: str) -> CalendarEvent:
    """A show that calendars were told of and that the season's file has no more: it has been, or is cancelled."""
    start = go_live + dated.shifts.live
    return CalendarEvent(
        uid=_uid(dated),
        show=dated.show,
        title=dated.titles.get(language, dated.title),
        zone=dated.zone,
        start=_second(start),
        end=_second(max(start, dated.end + dated.shifts.live)) if dated.end else None,
        planned=_second(state.first_live or go_live),
        link="",
        is_cancelled=state.live_at is None,
        sequence=dated.sequence,
        created_at=_second(dated.since),
        modified_at=_second(dated.changed_at),
    )


def _uid(dated: Dated) -> str:
    return f"{dated.season}/{dated.show}@broadcaster"


def _second(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)
