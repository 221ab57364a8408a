"""How does the show stand against its clock: over or under, what the next wall wants, who is being waited for?"""

from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from broadcaster.season.plan import Late, ShowPlan
from broadcaster.season.said import say
from broadcaster.show.commands import asking_take
from broadcaster.show.expected import Slot, Standing, lay_out
from broadcaster.show.phases import Phase
from broadcaster.show.records import instant, stamp
from broadcaster.show.ripple import conflicts, must_end
from broadcaster.show.rundown import Rundown
from broadcaster.show.spans import at_clock, clock_text, signed
from broadcaster.show.state import ShowState


def times(show: ShowPlan, state: ShowState, run: Rundown, now: datetime) -> dict[str, Any]:
    """Flat keys for the view; they never vanish. `show` is the plan as written."""
    slots = lay_out(show, state, now)
    ends = must_end(slots, show.end)
    is_done = state.phase is Phase.CLOSING or state.phase.is_over
    wall = next((slot for slot in slots if slot.segment.is_hard and slot.is_to_come and not is_done), None)
    must = ends.get(run.current.id) if run.current else None
    return {
        "planned_live": stamp(show.go_live),
        "expected_live": stamp(state.live_at or run.plan.go_live),
        "delayed_by": signed(state.shifts.live),
        "planned_end": stamp(show.end),
        "wall": wall.segment.id if wall else None,
        "wall_at": stamp(wall.due) if wall else None,
        "wall_in": clock_text(wall.due - now) if wall else None,
        "wall_over_by": clock_text(wall_over(slots, wall)) if wall else None,
        "segment_must_end": stamp(must) if must else None,
        "segment_must_end_in": clock_text(must - now) if must else None,
        "conflicts": [] if is_done else list(conflicts(slots, show.zone)),
        **_waiting(run, state, now),
    }


def wall_over(slots: tuple[Slot, ...], wall: Slot) -> timedelta:
    """How much what comes before the wall is too long for it; negative: too short."""
    stands = wall.due - wall.pushed_by
    before = [
        slot
        for slot in takewhile(lambda slot: slot is not wall, slots)
        if slot.standing in (Standing.ON_AIR, Standing.COMING, Standing.DROPPED) and slot.end > slot.start
    ]
    return before[-1].end - stands if before else timedelta()


def _waiting(run: Rundown, state: ShowState, now: datetime) -> dict[str, Any]:
    keys = ("go_waited", "go_rule", "go_rule_in", "asks", "asks_scene", "asks_until", "asks_in")
    said: dict[str, Any] = dict.fromkeys(keys)
    coming = run.next
    if state.phase.is_on_stage and coming and coming.awaited and not state.is_held and now >= coming.awaited:
        said["go_waited"] = clock_text(now - coming.awaited)
        said["go_rule"] = coming.segment.late.then
        if coming.rule_at is not None and coming.rule_at > now:
            said["go_rule_in"] = clock_text(coming.rule_at - now)
    if state.phase.is_on_stage and (cue := asking_take(run, state)) is not None and run.current is not None:
        said |= {"asks": cue.subject, "asks_scene": run.current.scene}
        until = coming.due if coming is not None else run.current_until
        if until is not None:
            said |= {"asks_until": stamp(until), "asks_in": clock_text(until - now)}
    return said


def waiting_alerts(run: Rundown, state: ShowState, now: datetime, *, is_still: bool = False) -> list[str]:
    """A sentence for each thing that waits for an operator, with how long is left, or (`is_still`) until when."""
    said, zone = _waiting(run, state, now), run.plan.zone
    found: list[str] = []
    if said["go_waited"] and run.next is not None:
        then, segment = THEN[said["go_rule"]], run.next.segment.id
        if then and is_still and run.next.rule_at is not None:
            at = at_clock(run.next.rule_at, zone)
            found.append(say("{segment} waits for GO; at {time}: {then}", segment=segment, time=at, then=then))
        elif then and said["go_rule_in"]:
            left = said["go_rule_in"]
            found.append(say("{segment} waits for GO; in {left}: {then}", segment=segment, left=left, then=then))
        else:
            found.append(say("{segment} waits for GO", segment=segment))
    if said["asks"]:
        asks = "{segment} is too late and asks: `go` puts {scene} on air, or `take` another"
        choice = say(asks, segment=said["asks"], scene=said["asks_scene"])
        if said["asks_until"] and is_still:
            at = at_clock(instant(said["asks_until"]), zone)
            choice = say("{choice}; the next cue comes at {time}", choice=choice, time=at)
        elif said["asks_in"]:
            choice = say("{choice}; the next cue comes in {left}", choice=choice, left=said["asks_in"])
        found.append(choice)
    return found


THEN = {
    Late.ASK: "",
    Late.FIRE: say("it begins"),
    Late.SKIP: say("it is skipped"),
    Late.FALLBACK: say("the fallback scene"),
}
"""What the late rule of a segment will do when nobody gives GO."""
