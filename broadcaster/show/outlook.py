"""Will the quota last for today, how often may YouTube be asked then, and what will the season cost?

Looks are wished for at the pace of show.attention. Where the day's units do not cover that, the pace is stretched,
down to the looks that going live and ending need; looks at rest stop before they touch what today's shows need.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from broadcaster.season.plan import Plan, ShowPlan
from broadcaster.season.said import say
from broadcaster.show.attention import (
    AT_REST,
    DENSE,
    DENSE_BEFORE_STANDBY,
    ON_AIR,
    SOON,
    SOON_BEFORE_STANDBY,
    STARTING,
)
from broadcaster.show.observed import Lifecycle
from broadcaster.show.phases import Phase
from broadcaster.show.quota import Budget, Ledger, begins_at, quota_day, resets_at
from broadcaster.show.state import SeasonState, ShowState
from broadcaster.show.turn import LIVE_AHEAD_AT_MOST

SLOWEST = ((STARTING, timedelta(seconds=5)), (DENSE, timedelta(seconds=15)), (ON_AIR, timedelta(seconds=60)))
"""(pace, slowest) while a show is on stage: slower, and live or the end would be seen too late."""
PROBE = timedelta(minutes=1)
"""How often it is tried on stage although YouTube said that the quota is used up: somebody may have raised it."""
ENDING = timedelta(seconds=30)
"""How long the end of a broadcast is watched, usually."""
LATE_BY = timedelta(minutes=10)
"""How much longer a show that runs late is reckoned to take."""
ENDING_LOOKS = 5
"""Looks at a broadcast that are kept for its end, come what may."""
RARE = 1.5
"""From this stretch on, the crew is told that trouble on YouTube is seen later than usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A span in which a broadcast is looked at every so often; `slowest` None: not at all where units are short."""

    begin: datetime
    end: datetime
    every: timedelta
    slowest: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """Units at one instant. `is_needed`: going live or ending is not possible without."""

    at: datetime
    units: int
    is_needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a show has come, as far as it matters to the quota."""

    phase: Phase
    has_stream: bool
    has_broadcast: bool
    is_bound: bool
    was_tested: bool
    was_live: bool
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """How the rest of the quota day looks.

    `floor` is what the writes of today's shows still need, and some looks at their ends; `kept` adds the slowest looks
    on stage and the reserve; `wished` is what all looks at the usual pace would cost.
    """

    units_a_day: int
    spent: int
    resets_at: datetime
    look: int
    floor: int
    kept: int
    wished: int
    slowest: int
    is_empty: bool = False

    @property
    def left(self) -> int:
        """Units that may still be spent today."""
        return 0 if self.is_empty else max(0, self.units_a_day - self.spent)

    @property
    def fits(self) -> bool:
        """Today's shows can be brought live and to their ends, and the reserve stays."""
        return self.left >= self.kept

    @property
    def stretch(self) -> float:
        """How many times as long the pauses between looks have to be; 1: as usual."""
        free = self.left - self.kept
        if self.wished <= self.slowest + free:
            return 1.0
        return self.wished / free if free > 0 else math.inf


def standing(state: ShowState) -> Standing:
    """How far the show has come."""
    return Standing(
        phase=state.phase,
        has_stream=bool(state.stream_id),
        has_broadcast=bool(state.broadcast_id),
        is_bound=bool(state.bound_stream),
        was_tested=state.lifecycle in (Lifecycle.TESTING, Lifecycle.LIVE_STARTING, Lifecycle.LIVE),
        was_live=state.live_at is not None,
        is_complete=state.complete_at is not None,
    )


def standings(plan: Plan, season: SeasonState) -> tuple[Standing, ...]:
    """How far each show of the plan has come."""
    return tuple(standing(season.show(show.id)) for show in plan.shows)


def outlook(plan: Plan, season: SeasonState, budget: Budget, now: datetime, *, unrecorded: int = 0) -> Outlook:
    """The rest of the quota day of `now`, with `unrecorded` units that the journal does not know of yet."""
    stands = standings(plan, season)
    return reckoned(plan, stands, season.quota, budget, now, unrecorded=unrecorded)


def reckoned(
    plan: Plan, stands: tuple[Standing, ...], quota: Ledger, budget: Budget, now: datetime, *, unrecorded: int
) -> Outlook:
    """The same, from exactly what it follows from; `stands` are of the plan's shows in order."""
    ends = resets_at(now)
    acts = usual = slowest = endings = 0
    for show, state in zip(plan.shows, stands, strict=True):
        if show.broadcast is None or state.phase.is_over or show.prepare_at >= ends:
            continue
        due = [each for each in _acts(show, state, budget) if each.at < ends]
        acts += sum(each.units for each in due if each.is_needed)
        endings += ENDING_LOOKS * budget.look * any(each.is_needed for each in due)
        watches = [*_watches(show), *_overtime(show, state, now)]
        usual += sum(_looks(watch, now, ends) for watch in watches) * budget.look
        slowest += sum(_looks(watch, now, ends, slowest=True) for watch in watches) * budget.look
    floor = acts + endings
    return Outlook(
        units_a_day=budget.units_a_day,
        spent=quota.spent(now) + unrecorded,
        resets_at=ends,
        look=budget.look,
        floor=floor,
        kept=floor + slowest + budget.reserve,
        wished=usual,
        slowest=slowest,
        is_empty=quota.is_empty(now),
    )


def paced(every: timedelta, ahead: Outlook, *, is_needed: bool) -> timedelta | None:
    """The pause between looks that the quota allows instead of `every`; None: no look before the next quota day.

    `is_needed`: the show is on stage, or about to be. A pause of nothing asks for the first look, which preparing
    needs; where it fails, it is not repeated at once from what is kept.
    """
    if ahead.is_empty:
        return PROBE if is_needed else None
    after = ahead.left - ahead.look
    if is_needed or not every:
        if after < ahead.floor:
            return None
        if not every:
            return every if is_needed or after >= ahead.kept else AT_REST
        slowest = next((slow for usual, slow in SLOWEST if every <= usual), every)
        stretch = ahead.stretch
        return slowest if math.isinf(stretch) else max(every, min(every * stretch, slowest))
    if after < ahead.kept or math.isinf(ahead.stretch):
        return None
    return every * ahead.stretch


def quota_alerts(ahead: Outlook, shown_until: str) -> list[str]:
    """What the crew has to know of the quota, with the time of the next quota day as the show's clock has it."""
    more = say("ask Google for more quota, or let nothing else use the project")
    if ahead.is_empty:
        return [
            say(
                "YouTube says that today's quota is used up: nothing can be changed there by us before {time}; steer "
                "the broadcast in YouTube Studio until then, and ask Google for more quota",
                time=shown_until,
            )
        ]
    if ahead.left < ahead.floor:
        return [
            say(
                "YouTube's quota does not last: {left} units are left until {time}, and today's shows need {floor} to "
                "go live and to end; be ready to steer in YouTube Studio, and {more}",
                left=ahead.left,
                time=shown_until,
                floor=ahead.floor,
                more=more,
            )
        ]
    if not ahead.fits:
        return [
            say(
                "YouTube's quota is short: {left} units are left until {time}, of which {kept} are kept for today's "
                "shows; YouTube is asked as rarely as possible; {more}",
                left=ahead.left,
                time=shown_until,
                kept=ahead.kept,
                more=more,
            )
        ]
    if ahead.stretch >= RARE and ahead.slowest:
        return [
            say(
                "YouTube's quota is short: it is asked {times} times as rarely as usual until {time}, so trouble "
                "there is seen later; {more}",
                times=f"{ahead.stretch:.1f}",
                time=shown_until,
                more=more,
            )
        ]
    return []


# -- what a show costs ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPrice:
    """What a plan costs in one quota day. `units` at the usual pace, `least` at the slowest, with the reserve."""

    day: date
    begins: datetime
    ends: datetime
    shows: Mapping[str, int] = field(default_factory=dict)
    """Show -> units, of the shows that are on stage or prepared in that day."""
    units: int = 0
    least: int = 0


def price(plan: Plan, budget: Budget) -> tuple[DayPrice, ...]:
    """What the season will cost in each quota day in which a show is prepared or on stage."""
    found: dict[date, DayPrice] = {}
    for show in plan.shows:
        if show.broadcast is None:
            continue
        acts, watches = list(_acts(show, standing(ShowState()), budget)), list(_watches(show))
        day, last = quota_day(show.prepare_at), quota_day(max(watch.end for watch in watches))
        while day <= last:
            begins, ends = begins_at(day), begins_at(day + timedelta(days=1))
            due = [each for each in acts if begins <= each.at < ends]
            looks = sum(_looks(watch, begins, ends) for watch in watches)
            slow = sum(_looks(watch, begins, ends, slowest=True) for watch in watches)
            before = found.get(day) or DayPrice(day=day, begins=begins, ends=ends, least=budget.reserve)
            units = sum(each.units for each in due) + looks * budget.look
            is_busy = bool(due or slow)
            found[day] = DayPrice(
                day=day,
                begins=begins,
                ends=ends,
                shows={**before.shows, show.id: units} if is_busy else before.shows,
                units=before.units + units,
                least=before.least + sum(each.units for each in due if each.is_needed) + slow * budget.look,
            )
            day += timedelta(days=1)
    return tuple(found[day] for day in sorted(found) if found[day].shows)


def _acts(show: ShowPlan, state: Standing, budget: Budget) -> Iterator[Spending]:
    """The writes, and the reads that come before them, which the show still needs, at their planned instants."""
    plan = show.broadcast
    if plan is None:
        return

    def spend(at: datetime, *methods: str, is_needed: bool = True) -> Spending:
        return Spending(at=at, units=sum(budget.cost(each) for each in methods), is_needed=is_needed)

    if not state.has_stream:
        yield spend(show.prepare_at, "liveStreams.list", "liveStreams.insert")
    if not state.has_broadcast:
        yield spend(show.prepare_at, "liveBroadcasts.list", "liveBroadcasts.insert")
        for is_wanted, methods in (
            (plan.category or plan.tags or plan.language, ("videos.list", "videos.update")),
            (plan.thumbnail, ("thumbnails.set",)),
            (plan.playlist, ("playlistItems.list", "playlistItems.insert")),
        ):
            if is_wanted:
                yield spend(show.prepare_at, *methods, is_needed=False)
    if not state.is_bound:
        yield spend(show.prepare_at, "liveBroadcasts.bind")
    if not state.was_live:
        if not state.was_tested:
            yield spend(show.standby_at, "liveStreams.list", "liveBroadcasts.transition")
        yield spend(show.go_live, "liveBroadcasts.transition")
    if not state.is_complete:
        yield spend(show.off_air, "liveBroadcasts.transition")
    if plan.replay_privacy or plan.has_chapters:
        yield spend(show.off_air, "videos.list", "videos.update", is_needed=False)
    if plan.replay_playlist:
        yield spend(show.off_air, "playlistItems.list", "playlistItems.insert", is_needed=False)


def _watches(show: ShowPlan) -> Iterator[Watch]:
    """When the broadcast is looked at, as show.attention has it while all goes by the plan."""
    slow = dict(SLOWEST)
    soon, dense = show.standby_at - SOON_BEFORE_STANDBY, show.standby_at - DENSE_BEFORE_STANDBY
    live = show.go_live + LIVE_AHEAD_AT_MOST
    yield Watch(begin=show.prepare_at, end=max(soon, show.prepare_at), every=AT_REST)
    yield Watch(begin=max(soon, show.prepare_at), end=dense, every=SOON)
    yield Watch(begin=dense, end=live, every=DENSE, slowest=slow[DENSE])
    yield Watch(begin=live, end=show.end, every=ON_AIR, slowest=slow[ON_AIR])
    yield Watch(begin=show.end, end=show.off_air + ENDING, every=DENSE, slowest=slow[DENSE])


def _overtime(show: ShowPlan, state: Standing, now: datetime) -> Iterator[Watch]:
    """A show on stage whose planned end has passed is reckoned to need some more time."""
    if not state.phase.is_on_stage or now < show.end:
        return
    every = ON_AIR if state.phase is Phase.LIVE else DENSE
    yield Watch(begin=now, end=now + LATE_BY, every=every, slowest=dict(SLOWEST)[every])


def _looks(watch: Watch, begin: datetime, end: datetime, *, slowest: bool = False) -> int:
    """How many looks of the watch fall into a span."""
    every = watch.slowest if slowest else watch.every
    span = min(watch.end, end) - max(watch.begin, begin)
    return math.ceil(span / every) if every is not None and span > timedelta() else 0
