"""What does an operator's word do to the record?

A command becomes notes, or is refused with a sentence that says why.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from broadcaster.season.errors import BroadcastError
from broadcaster.season.plan import Action, Cue, Lane, Late, Plan, Return, ShowPlan
from broadcaster.season.said import listed_said, say
from broadcaster.show.cancel import check_cancel, is_cancelled
from broadcaster.show.expected import as_begun, expected
from broadcaster.show.fold import put_off
from broadcaster.show.holds import NEVER, read_return, until
from broadcaster.show.left_live import is_overdue
from broadcaster.show.moves import NotNow as NotNow
from broadcaster.show.moves import delay, extend, live_now
from broadcaster.show.orders import Order, Word, given_by
from broadcaster.show.phases import Phase
from broadcaster.show.post_orders import Outlets, PostAct, PostOrder, act_on, find_post
from broadcaster.show.records import (
    COMMAND_GIVEN,
    Note,
    Result,
    lane_held,
    lane_released,
    segment_put_off,
    segment_started,
    stamp,
)
from broadcaster.show.rundown import Rundown, rundown
from broadcaster.show.state import SeasonState, ShowState
from broadcaster.show.turn import live_ahead
from broadcaster.show.words import LANES, PHASES

ARMED_AT_MOST = timedelta(seconds=1)
"""A cue is armed less than this long before its instant."""
_NOWHERE = Outlets()


class Stale(BroadcastError):
    """The show has moved on since the operator looked."""


def current_show(plan: Plan, season: SeasonState, now: datetime) -> ShowPlan | None:
    """The show on stage, else the next that is not over, else None.

    One whose broadcast could not be ended for long is on stage only as long as no other is to come.
    """
    shows = [(show, season.show(show.id)) for show in plan.shows]
    overdue = None
    for phases in ((Phase.STANDBY, Phase.LIVE), (Phase.CLOSING,)):
        for show, state in shows:
            if state.phase in phases:
                if not is_overdue(show, state, now):
                    return show
                overdue = overdue or show
    coming = (show for show, state in shows if not state.phase.is_over and show.off_air + state.shifts.live > now)
    return next(coming, overdue)


def operate(
    plan: Plan,
    season: SeasonState,
    order: Order,
    scenes: tuple[str, ...],
    now: datetime,
    outlets: Outlets = _NOWHERE,
) -> list[Note]:
    """The notes that the order amounts to; none for a repeat, nor where all is as it asks.

    So a button may be pressed twice. Raises Stale when the operator saw an older show, NotNow when there is nothing for
    the word to act on.
    `scenes` are those that the studio has, empty when it is away; `outlets` is what the channels take.
    """
    if order.key and order.key in season.replies:
        return []
    if order.word is Word.POST:
        check_revision(season, order.revision)
        return _post(plan, season, order, now, outlets)
    show = plan.show(order.show) if order.show else current_show(plan, season, now)
    if show is None:
        raise NotNow(say("no show of this season is still to come"))
    check_revision(season, order.revision)
    state, put_off_first = _as_of(show, season.show(show.id), order, now)
    if order.word is Word.GO:
        notes = _go(show, state, order, live_ahead(season.live_delays), now)
    else:
        notes = _WORDS[order.word](show, state, order, scenes, now)
    return [*put_off_first, *notes] if notes else []


def _as_of(show: ShowPlan, state: ShowState, order: Order, now: datetime) -> tuple[ShowState, list[Note]]:
    """The state as it is at this instant, without a segment that is recorded as begun a moment ahead of its time.

    A scene that is put on air by hand, or one lane, does not stop the rundown.
    """
    armed = armed_segment(show, state, now)
    if armed is None or order.lane or order.word in (Word.TAKE, Word.PANIC, Word.RESUME):
        return state, []
    note = segment_put_off(show.id, armed, why=f"{order.word} by {order.who} came before its instant")
    return put_off(state, armed), [note]


def armed_segment(show: ShowPlan, state: ShowState, now: datetime) -> str | None:
    """The segment that is recorded as begun and is not: its take waits for its instant."""
    if not state.started:
        return None
    segment, at = list(state.started.items())[-1]
    take = f"{show.id}/{Lane.PROGRAM}/{Action.TAKE}/{segment}"
    is_ahead = now < at <= now + ARMED_AT_MOST  # further ahead: the clock was set back since
    return segment if is_ahead and state.result(take, Action.TAKE) is not Result.DONE else None


def check_revision(season: SeasonState, revision: int | None) -> None:
    """Raise Stale when the operator saw another state than this one."""
    if revision is not None and revision != season.revision:
        moved_on = "the show has moved on since revision {seen}; look again: it is at {revision}"
        raise Stale(say(moved_on, seen=revision, revision=season.revision))


def _given(show: ShowPlan, order: Order, **data: Any) -> Note:
    ids = {"show": show.id} | ({"key": order.key} if order.key else {})
    return Note(kind=COMMAND_GIVEN, ids=ids, data={"verb": order.word, **given_by(order), **data})


def _on_stage(show: ShowPlan, state: ShowState) -> None:
    if state.phase not in (Phase.STANDBY, Phase.LIVE):
        raise NotNow(say("{show} is {phase}, not on stage", show=show.id, phase=PHASES[state.phase]))


def _go(show: ShowPlan, state: ShowState, order: Order, ahead: timedelta, now: datetime) -> list[Note]:
    """The next step now: the take that asks, going live, the next segment."""
    if state.phase in (Phase.PREPARING, Phase.READY):
        early = "{show} is {phase}, not on stage: `delay -5m` brings standby and go-live forward"
        raise NotNow(say(early, show=show.id, phase=PHASES[state.phase]))
    _on_stage(show, state)
    run = rundown(show, state, now)
    if (asking := asking_take(run, state)) is not None:
        return [_given(show, order, segment=asking.subject, cue=asking.id)]
    coming = run.next
    if coming is None:
        raise NotNow(say("{show} has no segment left to start", show=show.id))
    if state.is_held:
        raise NotNow(say("the rundown is on hold: resume it first"))
    if not state.started and now < run.plan.go_live:
        return [_given(show, order, **live_now(run, state, ahead, now).data)]
    segment = coming.segment.id
    return [
        _given(show, order, segment=segment),
        segment_started(show.id, segment, at=now, why=f"GO by {order.who}", begun_with=as_begun(coming.segment)),
    ]


def asking_take(run: Rundown, state: ShowState) -> Cue | None:
    """The take of the segment on air that came too late and asks whether to be done; None: nothing asks."""
    if run.current is None:
        return None
    cue = run.plan.cue(f"{run.plan.id}/{Lane.PROGRAM}/{Action.TAKE}/{run.current.id}")
    is_asking = state.ruled.get(cue.id) == Late.ASK and cue.id not in state.settled and cue.id not in state.confirmed
    if state.override is not None and run.current_since is not None and state.override.rules_over(run.current_since):
        return None  # answered by a take
    return cue if is_asking else None


def _hold(show: ShowPlan, state: ShowState, order: Order, scenes: tuple[str, ...], now: datetime) -> list[Note]:
    if order.lane:
        lane = _lane(order.lane)
        before = state.lanes_held.get(lane)
        if before is not None and before.until == _until(show, lane, order, now):
            return []
        held = lane_held(show.id, lane, by=order.who, until=_until(show, lane, order, now), why="held by hand")
        return [_given(show, order, lane=order.lane, until=held.data["until"]), held]
    if order.until:
        raise NotNow(say("only a lane comes back by a rule: name it with `lane`; the rundown waits for `resume`"))
    _on_stage(show, state)
    return [] if state.is_held else [_given(show, order)]


def _panic(show: ShowPlan, state: ShowState, order: Order, scenes: tuple[str, ...], now: datetime) -> list[Note]:
    return _take(show, state, replace(order, scene=order.scene or show.fallback_scene), scenes, now)


def _resume(show: ShowPlan, state: ShowState, order: Order, scenes: tuple[str, ...], now: datetime) -> list[Note]:
    if order.lane:
        lane = _lane(order.lane)
        if lane is Lane.PROGRAM and _is_panic(state) and lane not in state.lanes_held:
            return [_given(show, order, lane=order.lane), *_after_panic(show, state, order, set())]
        if lane not in state.lanes_held:
            return []
        return [_given(show, order, lane=order.lane), lane_released(show.id, order.lane, why=f"by {order.who}")]
    if not state.is_held and not state.lanes_held and not _is_panic(state):
        return []
    kept = {lane for lane, hold in state.lanes_held.items() if hold.until == NEVER}
    if kept and not state.is_held and not _is_panic(state) and kept == set(state.lanes_held):
        lanes_kept = listed_said((LANES[lane] for lane in sorted(kept)), ", ")
        raise NotNow(say("{lanes}: held for the rest of the show; name the lane to give it back", lanes=lanes_kept))
    lanes = [lane_released(show.id, lane, why=f"by {order.who}") for lane in state.lanes_held if lane not in kept]
    return [_given(show, order), *lanes, *_after_panic(show, state, order, {lane.ids["lane"] for lane in lanes})]


def _is_panic(state: ShowState) -> bool:
    return state.override is not None and state.override.stays


def _after_panic(show: ShowPlan, state: ShowState, order: Order, released: set[str]) -> list[Note]:
    """The program is put right at once, whatever its late rule."""
    if not _is_panic(state) or Lane.PROGRAM in released or Lane.PROGRAM in state.lanes_held:
        return []
    return [lane_released(show.id, Lane.PROGRAM, why=f"by {order.who}")]


def _take(show: ShowPlan, state: ShowState, order: Order, scenes: tuple[str, ...], now: datetime) -> list[Note]:
    if not state.phase.is_on_stage:
        raise NotNow(say("{show} is {phase}: the program is not ours yet", show=show.id, phase=PHASES[state.phase]))
    if scenes and order.scene not in scenes:
        from difflib import get_close_matches

        near = get_close_matches(order.scene, scenes, n=1)
        if near:
            raise NotNow(
                say("OBS has no scene {scene}; did you mean {near}?", scene=repr(order.scene), near=repr(near[0]))
            )
        known = ", ".join(map(repr, scenes))
        raise NotNow(say("OBS has no scene {scene}; it has {scenes}", scene=repr(order.scene), scenes=known))
    if _is_taken(show, state, order, now):
        return []
    released = (
        [lane_released(show.id, Lane.PROGRAM, why=f"{order.who} took over")] if Lane.PROGRAM in state.lanes_held else []
    )
    over = _armed_at(show, state, now)
    return [_given(show, order, scene=order.scene, **({"over": stamp(over)} if over else {})), *released]


def _is_taken(show: ShowPlan, state: ShowState, order: Order, now: datetime) -> bool:
    """The same order rules already, and its scene is on air, or on its way."""
    override = state.override
    is_same = override is not None and (override.scene, override.stays) == (order.scene, order.word is Word.PANIC)
    if override is None or not is_same or Lane.PROGRAM in state.lanes_held:
        return False
    run = rundown(show, state, now)
    is_closing = state.phase is Phase.CLOSING or run.is_over
    due = run.expected_end if is_closing else run.current_since or run.plan.standby_at
    result = state.result(override.cue(show.id), Action.TAKE)
    is_on_its_way = result is None
    return override.rules_over(due) and (is_on_its_way or (result is Result.DONE and state.scene == order.scene))


def _armed_at(show: ShowPlan, state: ShowState, now: datetime) -> datetime | None:
    """The instant of the take that is armed; None: none is."""
    if (segment := armed_segment(show, state, now)) is not None:
        return state.started[segment]
    run = rundown(show, state, now)
    is_last = run.current is not None and run.next is None and not state.is_held
    due = run.expected_end if is_last else run.plan.standby_at if run.current is None else None
    return due if due is not None and now < due <= now + ARMED_AT_MOST else None


def _skip(show: ShowPlan, state: ShowState, order: Order, scenes: tuple[str, ...], now: datetime) -> list[Note]:
    _on_stage(show, state)
    coming = rundown(show, state, now).next
    if coming is None:
        raise NotNow(say("{show} has no segment left to skip", show=show.id))
    return [_given(show, order, segment=coming.segment.id)]


def _delay(show: ShowPlan, state: ShowState, order: Order, scenes: tuple[str, ...], now: datetime) -> list[Note]:
    move = delay(rundown(show, state, now), state, order.by, order.segment, now)
    return [_given(show, order, **move.data)]


def _extend(show: ShowPlan, state: ShowState, order: Order, scenes: tuple[str, ...], now: datetime) -> list[Note]:
    move = extend(rundown(show, state, now), state, order.by, order.segment, now)
    return [_given(show, order, **move.data)]


def _end(show: ShowPlan, state: ShowState, order: Order, scenes: tuple[str, ...], now: datetime) -> list[Note]:
    if state.phase is Phase.CLOSING or (state.ended_at is not None and not state.phase.is_over):
        return []
    _on_stage(show, state)
    return [_given(show, order)]


def _cancel(show: ShowPlan, state: ShowState, order: Order, scenes: tuple[str, ...], now: datetime) -> list[Note]:
    if is_cancelled(state):
        return []
    check_cancel(show, state)
    return [_given(show, order)]


def post_of(plan: Plan, season: SeasonState, order: Order, now: datetime) -> tuple[ShowPlan, Cue]:
    """The post that the order names, with its show. Raises NoSuchPost."""
    show = plan.show(order.show) if order.show else current_show(plan, season, now)
    return find_post(plan, order.post, show, is_named=bool(order.show))


def _post(plan: Plan, season: SeasonState, order: Order, now: datetime, outlets: Outlets) -> list[Note]:
    """What is to be done with one post, of whichever show."""
    own, cue = post_of(plan, season, order, now)
    state = season.show(own.id)
    wanted = PostOrder(cue=cue, act=PostAct(order.act), text=order.text, title=order.title)
    data = act_on(expected(own, state, now), state, wanted, outlets)
    return [] if data is None else [_given(own, order, **data)]


def _until(show: ShowPlan, lane: Lane, order: Order, now: datetime) -> str:
    """When the lane comes back: as the operator says, who otherwise holds it until it is released."""
    try:
        return until(show, lane, now, read_return(order.until) if order.until else Return.RELEASED)
    except ValueError as error:
        raise NotNow(error.args[0]) from None


def _lane(name: str) -> Lane:
    try:
        return Lane(name)
    except ValueError:
        raise NotNow(
            say("there is no lane {lane}; the lanes are {lanes}", lane=repr(name), lanes=", ".join(Lane))
        ) from None


_WORDS = {
    Word.HOLD: _hold,
    Word.RESUME: _resume,
    Word.TAKE: _take,
    Word.PANIC: _panic,
    Word.SKIP: _skip,
    Word.END: _end,
    Word.DELAY: _delay,
    Word.EXTEND: _extend,
    Word.CANCEL: _cancel,
}
