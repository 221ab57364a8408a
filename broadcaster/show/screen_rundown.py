"""How do the show's times and its rundown stand, as instants that a browser counts to?"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from broadcaster.season.plan import SegmentPlan, ShowPlan
from broadcaster.show.commands import asking_take
from broadcaster.show.expected import Slot, Standing, lay_out
from broadcaster.show.phases import Phase
from broadcaster.show.records import stamp
from broadcaster.show.ripple import conflicts, must_end
from broadcaster.show.rundown import Next, Rundown, as_seen, rundown
from broadcaster.show.state import ShowState
from broadcaster.show.times import wall_over

STANDINGS = {
    Standing.OVER: "done",
    Standing.ON_AIR: "on_air",
    Standing.COMING: "coming",
    Standing.SKIPPED: "skipped",
    Standing.DROPPED: "dropped",
}


def rundown_part(show: ShowPlan, state: ShowState, now: datetime) -> tuple[Rundown, dict[str, Any]]:
    """The rundown at `now`, and what the screen says of it; see screen."""
    run = as_seen(rundown(show, state, now), state)
    slots = lay_out(show, state, now)
    ends = must_end(slots, show.end)
    part: dict[str, Any] = {
        "planned_live": stamp(show.go_live),
        "go_live": stamp(state.live_at or run.plan.go_live),
        "planned_end": stamp(show.end),
        "expected_end": stamp(run.expected_end),
        "delayed_seconds": _seconds(state.shifts.live),
        "over_seconds": _seconds(run.expected_end - show.end),
        "rundown": _segments(show, slots, ends, is_ending=state.phase is Phase.CLOSING or state.phase.is_over),
        "conflicts": {},
    }
    if state.live_at is not None:
        part["live_at"] = stamp(state.live_at)
    if state.streaming_since is not None and state.phase.is_on_stage:
        part["on_air_since"] = stamp(state.live_at or state.streaming_since)
    if run.current is not None and run.current_since is not None:
        part["current"] = {"id": run.current.id, "since": stamp(run.current_since)}
        if run.current_until is not None:
            part["current"]["until"] = stamp(run.current_until)
        if run.current.id in ends:
            part["current"]["must_end"] = stamp(ends[run.current.id])
    if state.phase.is_over:
        return run, part
    if run.next is not None:
        part["next"] = _next(run.next, state, now)
    part["conflicts"] = {str(number): said for number, said in enumerate(conflicts(slots, show.zone))}
    if (wall := next((slot for slot in slots if slot.segment.is_hard and slot.is_to_come), None)) is not None:
        over = _seconds(wall_over(slots, wall))
        part["wall"] = {"id": wall.segment.id, "at": stamp(wall.due), "over_seconds": over}
    if state.phase.is_on_stage and run.current is not None and (cue := asking_take(run, state)) is not None:
        until = run.next.due if run.next is not None else run.current_until
        part["asks"] = {"id": cue.subject, "scene": run.current.scene} | ({"until": stamp(until)} if until else {})
    return run, part


def _seconds(span: timedelta) -> int:
    return round(span.total_seconds())


def _segments(
    show: ShowPlan, slots: tuple[Slot, ...], ends: Mapping[str, datetime], *, is_ending: bool
) -> dict[str, Any]:
    planned = {segment.id: segment for segment in show.segments}
    lines = {
        slot.segment.id: _segment(place, slot, planned.get(slot.segment.id, slot.segment), ends.get(slot.segment.id))
        for place, slot in enumerate(slots)
    }
    if is_ending:  # what was on last is on no more, and what has not begun never will
        last = {Standing.ON_AIR: Standing.OVER, Standing.COMING: Standing.DROPPED}
        for line, slot in zip(lines.values(), slots, strict=True):
            line["standing"] = STANDINGS[last.get(slot.standing, slot.standing)]
            if slot.standing is Standing.COMING:
                line.pop("late_by", None)
    return lines


def _segment(place: int, slot: Slot, planned: SegmentPlan, ends: datetime | None) -> dict[str, Any]:
    segment = slot.segment
    line: dict[str, Any] = {
        "order": place,
        "title": segment.title,
        "scene": segment.scene,
        "standing": STANDINGS[slot.standing],
        "planned_start": stamp(planned.start),
        "planned_end": stamp(planned.end),
        "start": stamp(slot.start),
        "end": stamp(slot.until),
        "is_wall": segment.is_hard,
        "is_manual": segment.is_manual,
    }
    if ends is not None:
        line["must_end"] = stamp(ends)
    if slot.standing in (Standing.OVER, Standing.ON_AIR, Standing.COMING) and slot.start != planned.start:
        line["late_by"] = _seconds(slot.start - planned.start)
    if planned.lower_third is not None:
        line["lower_third"] = {"title": planned.lower_third.title, "subtitle": planned.lower_third.subtitle}
    if planned.guests:
        line["guests"] = [{"name": guest.name, "zone": guest.zone} for guest in planned.guests]
    if planned.notes:
        line["notes"] = planned.notes
    return line


def _next(coming: Next, state: ShowState, now: datetime) -> dict[str, Any]:
    part: dict[str, Any] = {"id": coming.segment.id, "expected": stamp(coming.expected), "why": coming.why}
    if coming.due is not None:
        part["due"] = stamp(coming.due)
    is_waiting = state.phase.is_on_stage and coming.awaited is not None and not state.is_held
    if is_waiting and coming.awaited is not None and now >= coming.awaited:
        part["waits_since"] = stamp(coming.awaited)
    if coming.rule_at is not None:
        part |= {"rule": coming.segment.late.then, "rule_at": stamp(coming.rule_at)}
    return part
