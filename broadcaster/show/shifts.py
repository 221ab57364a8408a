"""How far have the operators moved what was planned, and with what did each segment really begin?

Part of a show's state, so it is a fold of the records like the rest. Nothing here knows the plan: a delay is a span,
kept beside the plan and laid over it by `expected`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

NONE = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Aired:
    """What a segment began with: later edits of the season do not change it."""

    lasts: timedelta
    scene: str
    title: str
    longer: timedelta = NONE
    """How much of `lasts` was given to it before it began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """The moves of one show."""

    live: timedelta = NONE
    """How much later than planned the show goes live."""
    standby: timedelta = NONE
    """The same for standby, which a show on stage has behind it."""
    walls: Mapping[str, timedelta] = field(default_factory=dict)
    """Segment -> how much later than planned its wall stands."""
    longer: Mapping[str, timedelta] = field(default_factory=dict)
    """Segment that has not begun -> how much longer than planned it will last."""
    aired: Mapping[str, Aired] = field(default_factory=dict)
    """Segment that has begun -> what it began with, extensions since then included."""

    @property
    def are_none(self) -> bool:
        """Nothing that is still to come was moved."""
        return not (self.live or self.standby or self.walls or self.longer)


def moved(shifts: Shifts, data: Mapping[str, Any], *, is_on_stage: bool) -> Shifts:
    """The shifts after the order `data`, of a `delay` or an `extend`."""
    by, segment = timedelta(seconds=data["seconds"]), str(data.get("segment", ""))
    match data["moves"]:
        case "live":
            standby = shifts.standby if is_on_stage else shifts.standby + by
            return replace(shifts, live=shifts.live + by, standby=standby)
        case "wall":
            return replace(shifts, walls=_added(shifts.walls, segment, by))
        case _:
            if segment in shifts.aired:
                aired = shifts.aired[segment]
                longer = replace(aired, lasts=aired.lasts + by)
                return replace(shifts, aired={**shifts.aired, segment: longer})
            return replace(shifts, longer=_added(shifts.longer, segment, by))


def _added(spans: Mapping[str, timedelta], segment: str, by: timedelta) -> Mapping[str, timedelta]:
    total = spans.get(segment, NONE) + by
    rest = {name: span for name, span in spans.items() if name != segment}
    return rest | {segment: total} if total else rest


def begun(shifts: Shifts, segment: str, data: Mapping[str, Any]) -> Shifts:
    """The shifts after a segment has begun; what was to make it longer is in what it began with."""
    longer = {name: span for name, span in shifts.longer.items() if name != segment}
    if "lasts" not in data:
        return shifts  # written before this was kept: the plan says how long
    given = shifts.longer.get(segment, NONE)
    lasts = timedelta(seconds=data["lasts"])
    aired = Aired(lasts=lasts, scene=str(data["scene"]), title=str(data["title"]), longer=given)
    return replace(shifts, longer=longer, aired={**shifts.aired, segment: aired})


def put_off(shifts: Shifts, segment: str) -> Shifts:
    """The shifts as they were before the segment was taken for begun."""
    aired = {name: each for name, each in shifts.aired.items() if name != segment}
    given = shifts.aired[segment].longer if segment in shifts.aired else NONE
    return replace(shifts, longer=_added(shifts.longer, segment, given) if given else shifts.longer, aired=aired)


def edited(shifts: Shifts, data: Mapping[str, Any]) -> Shifts:
    """The shifts after an edit of the season: what it says anew is not shifted any more."""
    if data.get("live"):
        shifts = replace(shifts, live=NONE, standby=NONE)
    walls: Collection[str] = data.get("walls", ())
    longer: Collection[str] = data.get("longer", ())
    aired = dict(shifts.aired)
    for segment, seconds in data.get("lasts", {}).items():
        if segment in aired:
            aired[segment] = replace(aired[segment], lasts=timedelta(seconds=seconds))
    return replace(
        shifts,
        walls={name: span for name, span in shifts.walls.items() if name not in walls},
        longer={name: span for name, span in shifts.longer.items() if name not in longer},
        aired=aired,
    )
