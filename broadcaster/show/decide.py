"""What is missing now, and why? The whole show in one pure look: desire against observation.

The caller records the notes, folds them and looks again until there are none; then it performs the commands.
"""

from datetime import datetime, timedelta

from broadcaster.season.plan import Lane, ShowPlan
from broadcaster.show.bound import POINT_AHEAD, mismatches
from broadcaster.show.broadcast import broadcast
from broadcaster.show.cancel import cancel, is_withdrawn
from broadcaster.show.encoder import encoder
from broadcaster.show.fold import LOOK_AGAIN
from broadcaster.show.graphics import graphics
from broadcaster.show.health import watch
from broadcaster.show.holds import give_back
from broadcaster.show.left_live import GIVE_UP_AFTER, may_be_live
from broadcaster.show.observed import Observed
from broadcaster.show.phases import Phase, enter
from broadcaster.show.posts import posts
from broadcaster.show.program import move_rundown, program
from broadcaster.show.records import (
    BROADCAST_SEEN,
    ENCODER_SEEN,
    MISMATCH_SEEN,
    SCENE_SEEN,
    STREAM_SEEN,
    End,
    Note,
    Result,
    outcome,
    phase_entered,
    stamp,
)
from broadcaster.show.replay import has_replay
from broadcaster.show.rundown import rundown
from broadcaster.show.state import Around, SeasonState, ShowState
from broadcaster.show.turn import Answer, Turn, Verb

MAY_STILL_COME = (*LOOK_AGAIN, Verb.EDIT, Verb.PICTURE)
SHOWS_WITHIN = timedelta(seconds=5)
"""How long after it was sent by a run that died, a request may still arrive, and what it made be listed."""
NOT_DRIVEN = {
    Lane.DESTINATION: "this version drives no such destination: start and stop it by hand",
    Lane.GUESTS: "this version does not look after guests",
}


def decide(
    plan: ShowPlan,
    season: SeasonState,
    observed: Observed,
    *,
    now: datetime,
    arm_ahead: timedelta,
    busy: frozenset[str],
) -> Answer:
    """Everything to record, to perform and to wait for, for one show at `now`."""
    return decide_alone(
        plan,
        season.show(plan.id),
        season.around(plan.id),
        observed,
        now=now,
        arm_ahead=arm_ahead,
        busy=busy,
    )


def decide_alone(
    plan: ShowPlan,
    state: ShowState,
    around: Around,
    observed: Observed,
    *,
    now: datetime,
    arm_ahead: timedelta,
    busy: frozenset[str],
) -> Answer:
    """The same, from exactly what it follows from: it holds until the first of its wakes, unless that changes."""
    run = rundown(plan, state, now, ahead=arm_ahead)
    turn = Turn(
        plan=run.plan,
        written=plan,
        state=state,
        around=around,
        rundown=run,
        observed=observed,
        now=now,
        horizon=now + arm_ahead,
        busy=busy,
    )
    _close_lost_acts(turn)
    if turn.answer.notes:
        return turn.answer  # how they ended has to be known before anything is given up
    if state.phase.is_over:
        _settle_all(turn, why=_LEFT_OUT[state.phase])  # also what the season was given since
        posts(turn)  # some come days after it
        return turn.answer
    _witness(turn)
    _check(turn)
    give_back(turn)
    cancel(turn)
    _phase(turn)
    if not turn.answer.notes:
        if _is_relieved(turn):
            _leave_the_stage(turn)
        else:
            if not _has_left_the_stage(turn):
                move_rundown(turn)
                program(turn)
                encoder(turn)
            graphics(turn)
        broadcast(turn)
        posts(turn)
        _not_driven(turn)
    return turn.answer


def _close_lost_acts(turn: Turn) -> None:
    """An intent that nobody is performing was cut off by a crash: what became of it has to be looked up."""
    for act, intent in turn.state.open.items():
        if f"{intent.cue}:{intent.verb}" not in turn.busy:
            reason = "the service stopped before the answer came"
            later = (
                {"retry_at": stamp(min(intent.at, turn.now) + SHOWS_WITHIN)} if intent.verb in MAY_STILL_COME else {}
            )
            note = outcome(turn.plan.id, intent.cue, act, intent.verb, Result.UNKNOWN, reason=reason, **later)
            turn.answer.notes.append(note)


def _witness(turn: Turn) -> None:
    """Record what the far ends say where it differs from what they said last."""
    state, ids, notes = turn.state, {"show": turn.plan.id}, turn.answer.notes
    seen, stream, studio = turn.observed.broadcast, turn.observed.stream, turn.observed.studio
    if seen is not None and (seen.lifecycle is not state.lifecycle or (seen.stream_id or "") != state.bound_stream):
        data: dict[str, object] = {"id": seen.id, "lifecycle": seen.lifecycle, "stream": seen.stream_id or ""}
        notes.append(Note(kind=BROADCAST_SEEN, ids=ids, data=data))
    if stream is not None and (stream.is_active is not state.is_receiving or stream.health != state.health):
        data = {"active": stream.is_active, "health": stream.health, "issues": list(stream.issues)}
        notes.append(Note(kind=STREAM_SEEN, ids=ids, data=data))
    if studio is None or not state.phase.is_on_stage or _is_relieved(turn):
        return
    if studio.program != state.scene:
        notes.append(Note(kind=SCENE_SEEN, ids=ids, data={"scene": studio.program}))
    if studio.is_streaming is not state.is_streaming:
        notes.append(Note(kind=ENCODER_SEEN, ids=ids, data={"streaming": studio.is_streaming}))


def _check(turn: Turn) -> None:
    """Record what does not belong together and what is an alarm, as it appears and as it goes."""
    is_stage_taken = turn.around.is_stage_taken and not turn.state.phase.is_on_stage
    found = mismatches(turn.plan, turn.state, turn.observed, turn.now, is_stage_taken=is_stage_taken)
    if found != turn.state.mismatches:
        note = Note(kind=MISMATCH_SEEN, ids={"show": turn.plan.id}, data={"mismatches": list(found)})
        turn.answer.notes.append(note)
    if turn.plan.broadcast is not None:
        alarms, due = watch(turn.plan, turn.state, turn.observed, turn.now)
        turn.answer.notes.extend(alarms)
        turn.wake(due)
    turn.wake(turn.plan.standby_at - POINT_AHEAD)


def _phase(turn: Turn) -> None:
    """Go on to the next phase where the time or the facts have come for it."""
    plan, state, now = turn.plan, turn.state, turn.now
    wanted: tuple[Phase, str] | None = None
    match state.phase:
        case Phase.PLANNED | Phase.PREPARING | Phase.READY if state.cancelled_at is not None:
            wanted = (Phase.CANCELLED, f"cancelled by {state.cancelled_by}") if is_withdrawn(turn) else None
        case Phase.PLANNED | Phase.PREPARING | Phase.READY if now >= plan.off_air:
            wanted = Phase.MISSED, "the service was not running when it should have begun"
        case Phase.PLANNED if now >= plan.prepare_at:
            wanted = Phase.PREPARING, "its time of preparation has come"
        case Phase.PREPARING | Phase.READY if turn.horizon >= plan.standby_at and not turn.around.is_stage_taken:
            wanted = Phase.STANDBY, "standby time"
        case Phase.PREPARING if plan.broadcast is None or _is_created(turn):
            wanted = Phase.READY, "everything is prepared"
        case Phase.STANDBY | Phase.LIVE if turn.rundown.is_over:
            wanted = Phase.CLOSING, f"ended by {state.ended_by}" if state.ended_at else "the rundown is over"
        case Phase.STANDBY if state.live_at is not None:
            wanted = Phase.LIVE, "YouTube says live"
        case Phase.STANDBY if plan.broadcast is None and now >= plan.go_live:
            wanted = Phase.LIVE, "go-live time"
        case Phase.CLOSING if _is_finished(turn):
            end = Phase.DONE if state.cancelled_at is None else Phase.CANCELLED
            wanted = end, "everything has come to its end"
        case _:
            wanted = None
    for moment in (plan.prepare_at, plan.go_live):
        turn.wake(moment)
    turn.wake_ahead(plan.standby_at)
    if state.phase in (Phase.PLANNED, Phase.PREPARING, Phase.READY):
        turn.wake(plan.off_air)
    if state.phase is Phase.CLOSING:
        turn.wake(turn.off_air)
        turn.wake(_given_up_at(turn))
    if wanted is None:
        return
    phase, why = wanted
    if phase.is_over and any(_is_of_the_show(name, plan.id) for name in turn.busy):
        return  # an act is on its way: its end looks again
    if phase.is_over:
        _settle_all(turn, why=_LEFT_OUT[phase])
    turn.answer.notes.append(phase_entered(plan.id, enter(state.phase, phase), why=why))


def _is_relieved(turn: Turn) -> bool:
    return turn.state.phase is Phase.CLOSING and turn.around.is_stage_taken


def _leave_the_stage(turn: Turn) -> None:
    """What is left to close is on the platform; the studio is the next show's."""
    for cue in turn.plan.cues:
        if cue.lane in (Lane.PROGRAM, Lane.ENCODER, Lane.GRAPHICS):
            turn.settle(cue, End.SKIPPED, why="the next show has the studio")


def _has_left_the_stage(turn: Turn) -> bool:
    """Nothing more is wanted of the studio: what its people do now is their own affair."""
    of_studio = (cue for cue in turn.plan.cues if cue.lane in (Lane.PROGRAM, Lane.ENCODER))
    return turn.state.phase is Phase.CLOSING and all(turn.is_settled(cue) for cue in of_studio)


def _is_created(turn: Turn) -> bool:
    return all(turn.is_settled(cue) for cue in turn.plan.cues if cue.lane is Lane.BROADCAST and cue.action == "create")


def _is_finished(turn: Turn) -> bool:
    """The far ends have confirmed the end, or it was waited for long enough; what viewers can watch is not left."""
    if turn.now < turn.off_air:
        return False
    if may_be_live(turn.plan, turn.state):
        return False
    is_open = has_replay(turn.plan, turn.state) or any(
        not turn.is_settled(cue) for cue in turn.plan.cues if cue.lane is not Lane.POSTS
    )
    return not is_open or turn.now >= _given_up_at(turn)


def _given_up_at(turn: Turn) -> datetime:
    return max(turn.closing_from, turn.state.complete_at or turn.closing_from) + GIVE_UP_AFTER


_LEFT_OUT = {
    Phase.DONE: "the show was over before its turn",
    Phase.MISSED: "the show was missed",
    Phase.CANCELLED: "the show is cancelled",
}


def _is_of_the_show(act: str, show: str) -> bool:
    """An act that belongs to the show itself; posts go on after it."""
    return act.startswith(f"{show}/") and not act.startswith(f"{show}/{Lane.POSTS}/")


def _settle_all(turn: Turn, *, why: str) -> None:
    for cue in turn.plan.cues:
        if cue.lane is not Lane.POSTS:
            turn.settle(cue, End.SKIPPED, why=why)


def _not_driven(turn: Turn) -> None:
    """Say of every cue that nobody here can perform that it has to be done by hand."""
    for cue in turn.plan.cues:
        text = NOT_DRIVEN.get(cue.lane)
        if text is None or turn.is_settled(cue):
            continue
        if cue.at <= turn.now or turn.state.phase is Phase.CLOSING:
            turn.settle(cue, End.SKIPPED, why=text)
        else:
            turn.wake(cue.at)
