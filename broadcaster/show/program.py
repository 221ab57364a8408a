"""Which scene should be on program, and what is missing for it?

The rundown moves on by time, GO, skip and walls; the scene follows. A scene that was on air as wanted and is not any
more was changed by a hand, unless the studio itself has just come back from the dead: then it is put right.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcaster.season.plan import Action, Cue, Lane, Late
from broadcaster.season.wording import span_text
from broadcaster.show.expected import as_begun
from broadcaster.show.fold import FALLBACK_CUE
from broadcaster.show.holds import NEXT_CUE, until
from broadcaster.show.phases import Phase
from broadcaster.show.records import (
    End,
    Result,
    instant,
    lane_held,
    lane_released,
    rule_applied,
    segment_started,
    stamp,
)
from broadcaster.show.rundown import Next, coming_segments
from broadcaster.show.shifts import NONE
from broadcaster.show.state import Override, ShowState
from broadcaster.show.turn import Turn, Verb

HAND = "a hand in OBS"
BEFORE_ITS_TIME = timedelta(seconds=1)
"""A take that began so long before its cue was due was armed for another moment, and an order has put the cue off."""


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
    note = segment_started(
        turn.plan.id, coming.segment.id, at=coming.due, why=coming.why, begun_with=as_begun(coming.segment)
    )
    turn.answer.notes.append(note)


def _wake_while_waiting(turn: Turn, coming: Next) -> None:
    """What waits for GO may be overtaken by its own last moment, or by a wall further on."""
    if turn.state.is_held:
        return  # what is expected moves on with the clock; the end of the hold looks again
    turn.wake(coming.expected)
    if coming.at_latest is not None:
        turn.wake_ahead(coming.at_latest)
    _rule_on_waiting(turn, coming)
    written = {segment.id: segment.start for segment in (turn.written or turn.plan).segments}
    for segment in coming_segments(turn.plan, turn.state):
        if segment.is_hard:
            turn.wake_ahead(segment.start)
            # a wall that is pushed while something waits may be back in its place before it comes
            turn.wake_ahead(written.get(segment.id, segment.start) + turn.state.shifts.walls.get(segment.id, NONE))


def _rule_on_waiting(turn: Turn, coming: Next) -> None:
    """Skip what waited for GO longer than its grace, or show the fallback scene meanwhile, as its season says."""
    segment, cue = coming.segment, _take_of(turn, coming.segment.id)
    if coming.rule_at is None or cue.id in turn.state.ruled or segment.late.then not in (Late.SKIP, Late.FALLBACK):
        return
    if coming.rule_at > turn.now:
        turn.wake(coming.rule_at)
        return
    why = f"no GO within {span_text(segment.late.grace)} of its time"
    if segment.late.then is Late.SKIP:
        turn.settle(cue, End.SKIPPED, why=why)
        note = rule_applied(turn.plan.id, cue.id, Late.SKIP, why=why, segment=segment.id)
    else:
        why += f"; {turn.plan.fallback_scene} is on air until GO or the next cue"
        note = rule_applied(turn.plan.id, cue.id, Late.FALLBACK, why=why, scene=turn.plan.fallback_scene)
    turn.answer.notes.append(note)


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
    if override is not None and override.rules_over(wish.due):
        _override(turn, override, wish)
        return
    if _falls_back(turn, wish, studio.program):
        return
    if turn.is_settled(wish.cue):
        if studio.program != wish.scene and turn.state.settled[wish.cue.id].end is End.DONE:
            _deviates(turn, wish, studio.program)
        return
    _take(turn, wish, studio.program)


def _take(turn: Turn, wish: Wanted, on_air: str) -> None:
    cue = wish.cue
    result, data = turn.state.ended_acts.get(f"{cue.id}:{Verb.TAKE}", (None, {}))
    if result is Result.DONE and (on_air == wish.scene or instant(data["began"]) > wish.due - BEFORE_ITS_TIME):
        turn.settle(cue, End.DONE, at=instant(data["began"]), why=f"OBS reports {wish.scene} on air")
    elif result is Result.REFUSED:
        turn.settle(cue, End.FAILED, why=str(data.get("reason", "OBS refused")))
    elif on_air == wish.scene and wish.due <= turn.now and f"{cue.id}:{Verb.TAKE}" not in turn.busy:
        turn.settle(cue, End.DONE, at=wish.due, why=f"{wish.scene} was on air already")
    elif on_air == wish.scene:
        turn.wake(wish.due)
    elif is_too_late(turn.state, cue, wish.due, turn.now) and f"{cue.id}:{Verb.TAKE}" not in turn.busy:
        _too_late(turn, wish, on_air)
    else:
        if cue.late.then is not Late.FIRE:
            turn.wake(wish.due + cue.late.grace)
        turn.ask(cue.id, Verb.TAKE, what=wish.scene, at=wish.due, why=f"{cue.subject} is due, {on_air} is on air")


def is_too_late(state: ShowState, cue: Cue, due: datetime, now: datetime) -> bool:
    """The take's own rule is to decide: its grace has passed, it does not just fire, and no hand let it go.

    A segment that an operator's GO began is not late, however long its take takes.
    """
    if cue.late.then is Late.FIRE or cue.manual or cue.id in state.confirmed or Lane.PROGRAM in state.given_back:
        return False
    return now > due + cue.late.grace


def _too_late(turn: Turn, wish: Wanted, on_air: str) -> None:
    """Apply the rule of a take that is later than its grace: skip it, ask, or show the fallback scene."""
    cue, plan = wish.cue, turn.plan
    late = f"{span_text(turn.now - wish.due)} late, its grace is {span_text(cue.late.grace)}"
    if cue.late.then is Late.ASK:
        if cue.id not in turn.state.ruled:
            why = f"{late}: {on_air} stays on air until `go`, `take` or the next cue"
            turn.answer.notes.append(rule_applied(plan.id, cue.id, Late.ASK, why=why))
    elif cue.late.then is Late.SKIP:
        turn.settle(cue, End.SKIPPED, why=f"{late}: {on_air} stays on air until the next cue")
    else:
        why = f"{late}: {plan.fallback_scene} is on air until the next cue"
        turn.settle(cue, End.SKIPPED, why=why)
        turn.answer.notes.append(rule_applied(plan.id, cue.id, Late.FALLBACK, why=why, scene=plan.fallback_scene))


def _override(turn: Turn, override: Override, wish: Wanted) -> None:
    studio, cue = turn.observed.studio, override.cue(turn.plan.id)
    if override.stays and turn.state.phase is Phase.CLOSING:
        turn.settle(wish.cue, End.SKIPPED, why=f"{override.scene} stays on air: panic by {override.by}")
    if studio is None:
        return
    result = turn.result(cue, Verb.TAKE)
    has_died = turn.observed.is_studio_fresh and not studio.is_streaming and studio.program != override.scene
    if result is Result.REFUSED or (result is Result.DONE and not has_died):
        return
    # also if on air: once done, a later cut is a hand's
    turn.ask(cue, Verb.TAKE, what=override.scene, why=f"{override.by} asked for it")


def _falls_back(turn: Turn, wish: Wanted, on_air: str) -> bool:
    """Show the fallback scene while YouTube receives nothing, and go back after it; False: the wish has its way."""
    plan, state = turn.plan, turn.state
    if plan.falls_back and state.alarm_since is not None and state.phase is Phase.LIVE:
        cue = f"{plan.id}{FALLBACK_CUE}{stamp(state.alarm_since)}"
        result = turn.result(cue, Verb.TAKE)
        if result is Result.DONE:
            return state.fallen_by == cue and on_air == plan.fallback_scene  # else a hand has cut away from it
        if result is Result.REFUSED:
            return False
        turn.ask(cue, Verb.TAKE, what=plan.fallback_scene, why="YouTube receives nothing")
        return True
    if not state.fallen_by or not turn.is_settled(wish.cue) or on_air != plan.fallback_scene:
        return False
    cue = state.fallen_by.replace(FALLBACK_CUE, "/program/back/")
    if turn.result(cue, Verb.TAKE) is not Result.REFUSED:
        turn.ask(cue, Verb.TAKE, what=wish.scene, why="YouTube receives video again")
    return True


def _deviates(turn: Turn, wish: Wanted, on_air: str) -> None:
    studio = turn.observed.studio
    takes = f"{turn.plan.id}/{Lane.PROGRAM}/"
    if any(name.startswith(takes) and name.endswith(f":{Verb.TAKE}") for name in turn.busy):
        return
    if _is_overtaken(turn, wish, on_air):
        why = f"an order came while {on_air} was being taken"
        turn.ask(wish.cue.id, Verb.TAKE, what=wish.scene, why=why)
        return
    if turn.observed.is_studio_fresh and studio is not None and not studio.is_streaming:
        turn.ask(wish.cue.id, Verb.TAKE, what=wish.scene, why=f"OBS came back with {on_air} on air")
        return
    if Lane.PROGRAM in turn.state.given_back:
        turn.ask(wish.cue.id, Verb.TAKE, what=wish.scene, why=f"the lane was given back with {on_air} on air")
        return
    note = lane_held(
        turn.plan.id,
        Lane.PROGRAM,
        by=HAND,
        until=until(turn.plan, Lane.PROGRAM, turn.now),
        why=f"{on_air} was put on air instead of {wish.scene}",
    )
    turn.answer.notes.append(note)


def _is_overtaken(turn: Turn, wish: Wanted, on_air: str) -> bool:
    """What is on air was taken by us, for a cue or an order that another order has overtaken meanwhile."""
    own = f"{turn.plan.id}/{Lane.PROGRAM}/"
    acts = (act for act in turn.state.ended_acts if act.startswith(own) and act.endswith(f":{Verb.TAKE}"))
    ended = [turn.state.ended_acts[act] for act in acts]
    taken = [data for result, data in ended if result is Result.DONE]
    last = max(taken, key=lambda data: str(data["began"]), default=None)
    is_ours = last is not None and last["scene"] == on_air
    return is_ours and last is not None and instant(last["began"]) > turn.state.settled[wish.cue.id].at


def _is_in_hands(turn: Turn, wish: Wanted) -> bool:
    hold = turn.state.lanes_held.get(Lane.PROGRAM)
    if hold is None:
        return False
    if hold.until == NEXT_CUE and wish.due > hold.since:
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
        elif turn.state.override is not None and turn.state.override.stays:
            why = f"{turn.state.override.scene} was on air: panic by {turn.state.override.by}"
        elif _was_overruled(turn.state, cue):
            why = "another scene was taken by hand just before it"
        elif held is not None:
            why = f"the lane was held by {held.by}"
        elif turn.state.ruled.get(cue.id) == Late.ASK:
            why = "it was too late and asked; nobody answered before the next cue"
        elif turn.result(cue.id, Verb.TAKE) is Result.DONE:
            data = turn.state.ended_acts[f"{cue.id}:{Verb.TAKE}"][1]
            turn.settle(cue, End.DONE, at=instant(data["began"]), why=f"OBS reported {cue.what} on air")
            continue
        elif turn.observed.studio is None:
            why = "OBS was away; the show had moved on"
        else:
            why = "its moment had passed; the show had moved on"
        turn.settle(cue, End.SKIPPED, why=why)


def _was_overruled(state: ShowState, cue: Cue) -> bool:
    override = state.override
    return override is not None and override.over is not None and override.over == state.started.get(cue.subject)


def _take_of(turn: Turn, subject: str) -> Cue:
    return turn.plan.cue(f"{turn.plan.id}/{Lane.PROGRAM}/{Action.TAKE}/{subject}")
