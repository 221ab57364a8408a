"""Which scene should be on program, and what is missing for it?

The rundown moves on by time, GO, skip and walls; the scene follows. A scene that was on air as wanted and is not any
more was changed by a hand, unless the studio itself has just come back from the dead: then it is put right.
"""

from dataclasses import dataclass
from datetime import datetime

from broadcaster.season.plan import Action, Cue, Lane
from broadcaster.show.phases import Phase
from broadcaster.show.records import End, Result, instant, lane_held, lane_released, segment_started, stamp
from broadcaster.show.rundown import Next, coming_segments
from broadcaster.show.turn import Turn, Verb

HAND = "a hand in OBS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The scene that the plan wants on program, since when, and the cue that wants it."""

    cue: Cue
    scene: str
    due: datetime


def move_rundown(turn: Turn) -> None:
    """Start the next segment once it is due, a little ahead of its instant so that its take can be armed."""
    if turn.state.phase not in (Phase.STANDBY, Phase.LIVE) or turn.rundown.is_over:
        return
    coming = turn.rundown.next
    if coming is None:
        if not turn.state.is_held:  # while it is, the end moves on with the clock
            turn.wake_ahead(turn.rundown.expected_end)
        return
    if coming.due is None:
        _wake_while_waiting(turn, coming)
        return
    if coming.due > turn.horizon:
        turn.wake_ahead(coming.due)
        return
    for segment in coming_segments(turn.plan, turn.state):
        if segment is coming.segment:
            break
        cue = _take_of(turn, segment.id)
        turn.settle(cue, End.SKIPPED, why=f"the wall of {coming.segment.id} came first")
    turn.answer.notes.append(segment_started(turn.plan.id, coming.segment.id, at=coming.due, why=coming.why))


def _wake_while_waiting(turn: Turn, coming: Next) -> None:
    """What waits for GO may be overtaken by its own last moment, or by a wall further on."""
    if turn.state.is_held:
        return  # what is expected moves on with the clock; the end of the hold looks again
    turn.wake(coming.expected)
    if coming.at_latest is not None:
        turn.wake_ahead(coming.at_latest)
    for segment in coming_segments(turn.plan, turn.state):
        if segment.is_hard:
            turn.wake_ahead(segment.start)


def wanted(turn: Turn) -> Wanted | None:
    """The plan's wish for program at this moment, or at the horizon where a cue is being armed."""
    if not turn.state.phase.is_on_stage:
        return None
    view, plan = turn.rundown, turn.plan
    is_last_over = view.current is not None and view.next is None and not turn.state.is_held
    if turn.state.phase is Phase.CLOSING or view.is_over or (is_last_over and view.expected_end <= turn.horizon):
        return Wanted(cue=_take_of(turn, "closing"), scene=plan.closing_scene, due=view.expected_end)
    if view.current is not None and view.current_since is not None:
        return Wanted(cue=_take_of(turn, view.current.id), scene=view.current.scene, due=view.current_since)
    return Wanted(cue=_take_of(turn, "standby"), scene=plan.standby_scene, due=plan.standby_at)


def program(turn: Turn) -> None:
    """Ask for the take that is missing; settle the takes that have had their moment."""
    wish = wanted(turn)
    if wish is None:
        return
    _settle_passed(turn, wish)
    if _is_in_hands(turn, wish):
        return
    studio, override = turn.observed.studio, turn.state.override
    if studio is None:
        return
    if override is not None and override.at >= wish.due:
        _override(turn, override.scene, f"{turn.plan.id}/program/hand/{stamp(override.at)}", override.by)
        return
    if turn.is_settled(wish.cue):
        if studio.program != wish.scene and turn.state.settled[wish.cue.id].end is End.DONE:
            _deviates(turn, wish, studio.program)
        return
    _take(turn, wish, studio.program)


def _take(turn: Turn, wish: Wanted, on_air: str) -> None:
    cue, result = wish.cue, turn.result(wish.cue.id, Verb.TAKE)
    if result is Result.DONE:
        data = turn.state.ended_acts[f"{cue.id}:{Verb.TAKE}"][1]
        turn.settle(cue, End.DONE, at=instant(data["began"]), why=f"OBS reports {wish.scene} on air")
    elif result is Result.REFUSED:
        data = turn.state.ended_acts[f"{cue.id}:{Verb.TAKE}"][1]
        turn.settle(cue, End.FAILED, why=str(data.get("reason", "OBS refused")))
    elif on_air == wish.scene and wish.due <= turn.now and f"{cue.id}:{Verb.TAKE}" not in turn.busy:
        turn.settle(cue, End.DONE, at=wish.due, why=f"{wish.scene} was on air already")
    elif on_air == wish.scene:
        turn.wake(wish.due)
    else:
        turn.ask(cue.id, Verb.TAKE, what=wish.scene, at=wish.due, why=f"{cue.subject} is due, {on_air} is on air")


def _override(turn: Turn, scene: str, cue: str, by: str) -> None:
    studio = turn.observed.studio
    if studio is None or turn.result(cue, Verb.TAKE) in (Result.DONE, Result.REFUSED):
        return
    turn.ask(cue, Verb.TAKE, what=scene, why=f"{by} asked for it")  # also if on air: once done, a later cut is a hand's


def _deviates(turn: Turn, wish: Wanted, on_air: str) -> None:
    studio = turn.observed.studio
    if f"{wish.cue.id}:{Verb.TAKE}" in turn.busy:
        return
    if turn.observed.is_studio_fresh and studio is not None and not studio.is_streaming:
        turn.ask(wish.cue.id, Verb.TAKE, what=wish.scene, why=f"OBS came back with {on_air} on air")
        return
    if Lane.PROGRAM in turn.state.given_back:
        turn.ask(wish.cue.id, Verb.TAKE, what=wish.scene, why=f"the lane was given back with {on_air} on air")
        return
    note = lane_held(
        turn.plan.id, Lane.PROGRAM, by=HAND, until="next_cue", why=f"{on_air} was put on air instead of {wish.scene}"
    )
    turn.answer.notes.append(note)


def _is_in_hands(turn: Turn, wish: Wanted) -> bool:
    hold = turn.state.lanes_held.get(Lane.PROGRAM)
    if hold is None:
        return False
    if hold.until == "next_cue" and wish.due > hold.since:
        turn.answer.notes.append(lane_released(turn.plan.id, Lane.PROGRAM, why=f"the cue {wish.cue.subject} came"))
    return True


def _settle_passed(turn: Turn, wish: Wanted) -> None:
    """Give every take before the wanted one its end: another scene is wanted now."""
    held = turn.state.lanes_held.get(Lane.PROGRAM)
    for cue in turn.plan.cues_of(Lane.PROGRAM, Action.TAKE):
        if cue.id == wish.cue.id:
            break
        if turn.is_settled(cue):
            continue
        if cue.subject in turn.state.skipped:
            why = "skipped by the operator"
        elif held is not None:
            why = f"the lane was held by {held.by}"
        elif turn.result(cue.id, Verb.TAKE) is Result.DONE:
            data = turn.state.ended_acts[f"{cue.id}:{Verb.TAKE}"][1]
            turn.settle(cue, End.DONE, at=instant(data["began"]), why=f"OBS reported {cue.what} on air")
            continue
        elif turn.observed.studio is None:
            why = "OBS was away; the show had moved on"
        else:
            why = "its moment had passed; the show had moved on"
        turn.settle(cue, End.SKIPPED, why=why)


def _take_of(turn: Turn, subject: str) -> Cue:
    return turn.plan.cue(f"{turn.plan.id}/{Lane.PROGRAM}/{Action.TAKE}/{subject}")
