"""What would an order change: which segments move, which walls stay, who has to be told?

The order is carried out on a copy of the state, and the two rundowns are laid side by side; so what is shown is what
the order does, and a look at it changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from broadcaster.season.channels import Reach
from broadcaster.season.plan import Lane, Overrun, Plan, ShowPlan
from broadcaster.season.said import listed_said, say, span_said
from broadcaster.season.walltime import local
from broadcaster.show.cancel import is_cancelled
from broadcaster.show.commands import current_show, operate
from broadcaster.show.expected import Slot, Standing, lay_out
from broadcaster.show.fold import fold
from broadcaster.show.moves import NotNow
from broadcaster.show.observed import Health, Lifecycle
from broadcaster.show.orders import Order
from broadcaster.show.phases import Phase
from broadcaster.show.records import Record, stamp
from broadcaster.show.ripple_cancel import cancelled
from broadcaster.show.ripple_posts import corrections, moved_posts
from broadcaster.show.rundown import Rundown, rundown
from broadcaster.show.spans import signed
from broadcaster.show.state import SeasonState, ShowState
from broadcaster.show.words import LIFECYCLES, STANDINGS

OVERRUNS = {Overrun.CUT: say("cut"), Overrun.PUSH: say("push"), Overrun.SHORTEN: say("shorten")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifted:
    """One segment before and after; `must_end` is when the next wall, or the planned end, wants it to end."""

    id: str
    title: str
    is_wall: bool
    standing: Standing
    start_before: datetime
    end_before: datetime
    start: datetime
    end: datetime
    must_end: datetime | None

    @property
    def moves_by(self) -> timedelta:
        """How much later it begins."""
        return self.start - self.start_before


@dataclass(frozen=True, slots=True, kw_only=True)
class Ripple:
    """What an order changes. The texts are sentences for a crew, on the show's own clock."""

    show: str
    zone: str
    live_before: datetime
    live: datetime
    end_before: datetime
    end: datetime
    planned_end: datetime
    segments: tuple[Shifted, ...]
    conflicts: tuple[str, ...] = ()
    youtube: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()
    cancels: str = ""
    """In a line what it changes that the show is cancelled; empty: it is not."""

    @property
    def moving(self) -> tuple[Shifted, ...]:
        """The segments to come that begin at another time."""
        return tuple(each for each in self.segments if each.moves_by and each.standing is Standing.COMING)

    @property
    def walls(self) -> tuple[Shifted, ...]:
        """The walls to come that stay where they are."""
        return tuple(
            each for each in self.segments if each.is_wall and each.standing is Standing.COMING and not each.moves_by
        )

    @property
    def over_by(self) -> timedelta:
        """How late the show would end, by its plan; negative when early."""
        return self.end - self.planned_end

    def in_a_line(self) -> str:
        """Such as `day-1: 3 segments move by +12m, 1 wall stays, ends 21:12 (+12m), 1 conflict`."""
        if self.cancels:
            return self.cancels
        spans = {each.moves_by for each in self.moving}
        by = f" by {signed(next(iter(spans)))}" if len(spans) == 1 else ""
        parts = [f"{_count(len(self.moving), 'segment')} move{'s' if len(self.moving) == 1 else ''}{by}"]
        if self.live != self.live_before:
            parts.insert(0, f"live at {self.clock(self.live)} ({signed(self.live - self.live_before)})")
        if self.walls:
            parts.append(f"{_count(len(self.walls), 'wall')} stay{'s' if len(self.walls) == 1 else ''}")
        parts.append(f"ends {self.clock(self.end)} ({signed(self.over_by)})")
        if self.conflicts:
            parts.append(_count(len(self.conflicts), "conflict"))
        return f"{self.show}: {', '.join(parts)}"

    def clock(self, instant: datetime) -> str:
        """The instant on the show's own clock."""
        return _clock(instant, self.zone)

    def as_json(self) -> dict[str, Any]:
        """Flat JSON, for the API."""
        return {
            "show": self.show,
            "in_a_line": self.in_a_line(),
            "live_before": stamp(self.live_before),
            "live": stamp(self.live),
            "end_before": stamp(self.end_before),
            "end": stamp(self.end),
            "end_local": self.clock(self.end),
            "planned_end": stamp(self.planned_end),
            "over_by": signed(self.over_by),
            "segments": [self._line(each) for each in self.segments],
            "moving": [each.id for each in self.moving],
            "walls": [each.id for each in self.walls],
            "conflicts": list(self.conflicts),
            "youtube": list(self.youtube),
            "posts": list(self.posts),
            "corrections": list(self.corrections),
            "tell": list(self.tell),
        }

    def _line(self, each: Shifted) -> dict[str, Any]:
        return {
            "id": each.id,
            "title": each.title,
            "is_wall": each.is_wall,
            "standing": each.standing,
            "start_before": stamp(each.start_before),
            "end_before": stamp(each.end_before),
            "start": stamp(each.start),
            "end": stamp(each.end),
            "start_local": self.clock(each.start),
            "end_local": self.clock(each.end),
            "moves_by": signed(each.moves_by),
            "must_end": stamp(each.must_end) if each.must_end else None,
        }


def preview(
    plan: Plan,
    season: SeasonState,
    order: Order,
    scenes: tuple[str, ...],
    now: datetime,
    reaches: Mapping[str, Reach] | None = None,
) -> Ripple:
    """What the order would change. Raises NotNow and Stale as the order itself would.

    `reaches` are what the channels for announcements can do, as far as that is known.
    """
    show = plan.show(order.show) if order.show else current_show(plan, season, now)
    if show is None:
        raise NotNow(say("no show of this season is still to come"))
    notes = operate(plan, season, order, scenes, now)
    records = (
        Record(run="preview", seq=season.seq + 1, at=now, kind=note.kind, ids=note.ids, data=note.data)
        for note in notes
    )
    after = fold(season, records)
    return ripple(plan, show, season.show(show.id), after.show(show.id), now, after, reaches)


def ripple(
    plan: Plan,
    show: ShowPlan,
    before: ShowState,
    after: ShowState,
    now: datetime,
    season: SeasonState | None = None,
    reaches: Mapping[str, Reach] | None = None,
) -> Ripple:
    """The difference between two states of one show at `now`."""
    old, new = rundown(show, before, now), rundown(show, after, now)
    if is_cancelled(after) and not is_cancelled(before):
        return _cancelled(show, before, old)
    slots = {slot.segment.id: slot for slot in lay_out(show, before, now)}
    laid = lay_out(show, after, now)
    wanted_ends = must_end(laid, show.end)
    segments = tuple(_shifted(slots[slot.segment.id], slot, wanted_ends) for slot in laid if slot.segment.id in slots)
    live_moves = new.plan.go_live - old.plan.go_live
    return Ripple(
        show=show.id,
        zone=show.zone,
        live_before=old.plan.go_live,
        live=new.plan.go_live,
        end_before=old.expected_end,
        end=new.expected_end,
        planned_end=show.end,
        segments=segments,
        conflicts=(*conflicts(laid, show.zone), *_encoder_conflicts(plan, show, new, season)),
        youtube=_youtube(show, after, old, new),
        posts=tuple(moved_posts(after, old.plan, new.plan)) if live_moves else (),
        corrections=tuple(corrections(after, new.plan, reaches or {}, now)) if live_moves else (),
        tell=_tell(show, segments, live_moves, new.expected_end - old.expected_end),
    )


def _cancelled(show: ShowPlan, state: ShowState, run: Rundown) -> Ripple:
    """No segment moves: none will be."""
    changed = cancelled(run.plan, state)
    return Ripple(
        show=show.id,
        zone=show.zone,
        live_before=run.plan.go_live,
        live=run.plan.go_live,
        end_before=run.expected_end,
        end=run.expected_end,
        planned_end=show.end,
        segments=(),
        youtube=changed.youtube,
        posts=changed.posts,
        corrections=changed.corrections,
        tell=changed.tell,
        cancels=changed.in_a_line(show.id),
    )


def must_end(slots: tuple[Slot, ...], planned_end: datetime) -> Mapping[str, datetime]:
    """When each segment has to end so that the next wall, or else the planned end, is kept."""
    ends: dict[str, datetime] = {}
    limit = planned_end
    for slot in reversed(slots):
        if slot.standing in (Standing.SKIPPED, Standing.OVER):
            continue
        ends[slot.segment.id] = limit
        limit = slot.due if slot.segment.is_hard else limit - (slot.end - slot.start)
    return ends


def conflicts(slots: tuple[Slot, ...], zone: str) -> tuple[str, ...]:
    """Every segment that a wall cuts, drops, shortens or pushes, and by how much."""
    found = []
    wall: Slot | None = None
    for slot in reversed(slots):
        found += [_conflict(slot, wall, zone), _give(slot, zone)]
        wall = slot if slot.segment.is_hard else wall
    return tuple(said for said in reversed(found) if said)


def _conflict(slot: Slot, wall: Slot | None, zone: str) -> str:
    """What the wall after it takes from a segment."""
    if wall is None or slot.until == slot.end or slot.standing in (Standing.OVER, Standing.SKIPPED):
        return ""
    name, at = slot.segment.id, _clock(wall.due, zone)
    if slot.standing is Standing.DROPPED:
        no_room = "{segment} is dropped: no room is left before {wall} at {time}"
        return say(no_room, segment=name, wall=wall.segment.id, time=at) if slot.start >= wall.due else ""
    return say(
        "{segment} runs {span} into {wall} at {time}: cut ({rule})",
        segment=name,
        span=span_said(slot.cut_by),
        wall=wall.segment.id,
        time=at,
        rule=OVERRUNS[slot.segment.overrun],
    )


def _give(slot: Slot, zone: str) -> str:
    """How a segment gives way, or a wall."""
    if slot.shortened_by:
        length, by = span_said(slot.end - slot.start), span_said(slot.shortened_by)
        return say("{segment} is shortened by {span}, to {length}", segment=slot.segment.id, span=by, length=length)
    if slot.pushed_by > timedelta() and slot.is_to_come:
        by, at = span_said(slot.pushed_by), _clock(slot.due, zone)
        return say("the wall of {segment} is pushed by {span}, to {time}", segment=slot.segment.id, span=by, time=at)
    return ""


def _shifted(before: Slot, after: Slot, ends: Mapping[str, datetime]) -> Shifted:
    return Shifted(
        id=after.segment.id,
        title=after.segment.title,
        is_wall=after.segment.is_hard,
        standing=after.standing,
        start_before=before.start,
        end_before=before.until,
        start=after.start,
        end=after.until,
        must_end=ends.get(after.segment.id),
    )


def _encoder_conflicts(plan: Plan, show: ShowPlan, run: Rundown, season: SeasonState | None) -> tuple[str, ...]:
    off_air = run.expected_end + (run.plan.off_air - run.plan.end)
    found = []
    for other in plan.shows:
        state = season.show(other.id) if season else ShowState()
        standby_at = other.standby_at + state.shifts.standby
        if other.id == show.id or other.encoder != show.encoder or state.phase.is_over or state.phase.is_on_stage:
            continue
        if show.go_live <= other.go_live and off_air > standby_at:
            over = "{show} is off air {span} after the standby of {other}, which needs the same encoder"
            found.append(say(over, show=show.id, span=span_said(off_air - standby_at), other=other.id))
    return tuple(found)


def _youtube(show: ShowPlan, state: ShowState, old: Rundown, new: Rundown) -> tuple[str, ...]:
    if show.broadcast is None or old.plan.go_live == new.plan.go_live:
        return ()
    if state.live_at is not None or state.live_asked_at is not None:
        return (say("the broadcast is live already, or about to be: viewers see the standby scene until the new time"),)
    if new.plan.go_live < old.plan.go_live and state.phase is Phase.STANDBY:
        return _live_sooner(state)
    broadcast = state.broadcast_id or say("the broadcast, once it is made")
    was, is_now = _clock(old.plan.go_live, show.zone), _clock(new.plan.go_live, show.zone)
    return (say("scheduledStartTime of {broadcast}: {was} -> {now}", broadcast=broadcast, was=was, now=is_now),)


def _live_sooner(state: ShowState) -> tuple[str, ...]:
    if state.lifecycle is Lifecycle.TESTING and state.is_receiving and state.health in (Health.GOOD, Health.OK):
        return (say("live is asked for in time for that; viewers see the standby scene until it says live"),)
    stands = LIFECYCLES[state.lifecycle] if state.lifecycle else say("not made yet")
    soon = (
        "the broadcast is {state}: live is asked for as soon as healthy video was tested, viewers see the standby "
        "scene until it says live"
    )
    return (say(soon, state=stands),)


def _tell(show: ShowPlan, segments: tuple[Shifted, ...], live: timedelta, end: timedelta) -> tuple[str, ...]:
    found = []
    plans = {segment.id: segment for segment in show.segments}
    for each in segments:
        if each.id not in plans or each.standing not in (Standing.COMING, Standing.DROPPED, Standing.SKIPPED):
            continue
        for guest in plans[each.id].guests:
            if each.standing is not Standing.COMING:
                is_out = STANDINGS[each.standing]
                found.append(
                    say("{guest}: {segment} is {standing}", guest=guest.name, segment=each.id, standing=is_out)
                )
            elif each.moves_by:
                begins = say(
                    "{guest}: {segment} begins at {time} {zone} ({span})",
                    guest=guest.name,
                    segment=each.id,
                    time=_clock(each.start, guest.zone),
                    zone=guest.zone,
                    span=signed(each.moves_by),
                )
                found.append(begins)
    by_hand = {cue.what for cue in show.cues if cue.lane is Lane.DESTINATION}
    for name in sorted(by_hand):
        moved = [say("start {span}", span=signed(live))] if live else []
        moved += [say("end {span}", span=signed(end))] if end else []
        if moved:
            found.append(say("whoever drives {name} by hand: {moves}", name=name, moves=listed_said(moved, ", ")))
    return tuple(found)


def _clock(instant: datetime, zone: str) -> str:
    return f"{local(instant, zone):%H:%M:%S}".removesuffix(":00")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
