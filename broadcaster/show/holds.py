"""When does a lane that is in somebody's hands come back to the automation?

At its next cue, at an instant, when somebody releases it, or not any more in this show.
"""

from datetime import datetime, timedelta

from broadcaster.season.plan import Lane, Return, ShowPlan
from broadcaster.season.said import say
from broadcaster.season.walltime import local
from broadcaster.season.wording import near, quoted
from broadcaster.show.records import instant, lane_released, stamp
from broadcaster.show.spans import read_span
from broadcaster.show.state import LaneHold
from broadcaster.show.turn import Turn

NEXT_CUE, RELEASED, NEVER = "next_cue", "released", "never"
"""As records say it; else they name an instant."""

_WRITTEN = {Return.NEXT_CUE: NEXT_CUE, Return.RELEASED: RELEASED, Return.NEVER: NEVER}
_SAID = {
    NEXT_CUE: say("manual until the next cue"),
    RELEASED: say("manual until released"),
    NEVER: say("manual for this show"),
}


def until(plan: ShowPlan, lane: Lane, now: datetime, rule: Return | timedelta | None = None) -> str:
    """What a record says of when the lane comes back: by `rule`, else by the season's own."""
    rule = plan.return_of(lane) if rule is None else rule
    return stamp(now + rule) if isinstance(rule, timedelta) else _WRITTEN[rule]


def read_return(text: str) -> Return | timedelta:
    """What an operator typed: next-cue, released, never, or a span; raises ValueError with a sentence."""
    typed = text.strip().lower().replace("_", "-")
    if typed in tuple(Return):
        return Return(typed)
    if not any(letter.isdecimal() for letter in typed):
        hint = near(typed, tuple(Return)) or say("write next-cue, released, never or a span such as 5m")
        raise ValueError(say("{typed} does not say when a lane comes back; {hint}", typed=quoted(text), hint=hint))
    span = read_span(typed)
    if span < timedelta():
        raise ValueError(say("{typed} is past: a lane comes back after a span, such as 5m", typed=quoted(text)))
    return span


def manual_until(hold: LaneHold, zone: str) -> str:
    """`manual until 21:05:00`, by the clock of `zone`."""
    at = _SAID.get(hold.until)
    return at or say("manual until {time}", time=f"{local(instant(hold.until), zone):%H:%M:%S}")


def give_back(turn: Turn) -> None:
    """Release each lane whose hold has had its time.

    The next cue of the program and of the graphics follows the rundown: those lanes see it themselves.
    """
    for name, hold in turn.state.lanes_held.items():
        lane = Lane(name)
        if hold.until == NEXT_CUE and lane not in (Lane.PROGRAM, Lane.GRAPHICS):
            _with_next_cue(turn, lane, hold)
        elif hold.until not in (NEXT_CUE, RELEASED, NEVER):
            ends_at = instant(hold.until)
            if ends_at <= turn.now:
                turn.answer.notes.append(lane_released(turn.plan.id, lane, why="its time in hand is over"))
            else:
                turn.wake(ends_at)


def _with_next_cue(turn: Turn, lane: Lane, hold: LaneHold) -> None:
    coming = (cue for cue in turn.plan.cues_of(lane) if cue.at > hold.since and not turn.is_settled(cue))
    cue = min(coming, key=lambda cue: cue.at, default=None)
    if cue is None:
        return
    if cue.at <= turn.now:
        why = f"the cue {cue.action} {cue.subject} came"
        turn.answer.notes.append(lane_released(turn.plan.id, lane, why=why))
    else:
        turn.wake(cue.at)
