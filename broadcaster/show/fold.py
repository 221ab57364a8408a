"""How does each record change what is known? The same records always give the same state."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from broadcaster.season.plan import Lane, LowerThirdPlan
from broadcaster.show.dated import follow
from broadcaster.show.dressed import Dressed
from broadcaster.show.observed import Lifecycle
from broadcaster.show.phases import Phase
from broadcaster.show.post_fold import post_begun, post_ended, post_ruled, posts_ordered
from broadcaster.show.post_state import Pause
from broadcaster.show.post_state import moved as shifted
from broadcaster.show.quota import enter
from broadcaster.show.records import (
    ALARM,
    ALARM_OVER,
    BROADCAST_GONE,
    BROADCAST_SEEN,
    CLOCK_STEPPED,
    COMMAND_GIVEN,
    CUE_SETTLED,
    DRESSING_SEEN,
    ENCODER_SEEN,
    FAR_END_BACK,
    INTENT,
    LANE_HELD,
    LANE_RELEASED,
    MISMATCH_SEEN,
    OUTCOME,
    PHASE_ENTERED,
    REPLAY_OVER,
    RULE_APPLIED,
    RUN_STARTED,
    SCENE_SEEN,
    SEASON_CHANGED,
    SEGMENT_PUT_OFF,
    SEGMENT_STARTED,
    SHOW_CHANGED,
    STREAM_SEEN,
    End,
    Record,
    Result,
    instant,
)
from broadcaster.show.shifts import begun, edited, moved
from broadcaster.show.shifts import put_off as without_segment
from broadcaster.show.state import Hold, LaneHold, OnScreen, OpenAct, Override, SeasonState, Settled, ShowState

Key = TypeVar("Key")
Value = TypeVar("Value")
LIVE_DELAYS_KEPT = 5
DECISIVE = frozenset(
    {
        COMMAND_GIVEN,
        LANE_HELD,
        LANE_RELEASED,
        PHASE_ENTERED,
        RULE_APPLIED,
        SEASON_CHANGED,
        SEGMENT_PUT_OFF,
        SEGMENT_STARTED,
    }
)
FALLBACK_CUE = "/program/fallback/"
"""In the id of the acts that bring the fallback scene while YouTube receives nothing."""
OF_STUDIO = ("take", "point", "start", "stop", "restart")
"""Acts that the studio answers."""
LOOK_AGAIN = {"create": "find", "create_stream": "find_stream", "post": "find_post", "follow": "find_follow"}
"""After a write whose outcome is unknown, the search that has to come before any second try."""


def fold(state: SeasonState, records: Iterable[Record]) -> SeasonState:
    """Apply the records in order."""
    for record in records:
        after = _apply(state, record)
        show = record.ids.get("show", "")
        dated = follow(state.dated, record, state.show(show), after.show(show))
        state = after if dated is state.dated else replace(after, dated=dated)
    return state


def _apply(state: SeasonState, record: Record) -> SeasonState:
    changes: dict[str, Any] = {"seq": record.seq}
    if record.kind in DECISIVE:
        changes["revision"] = record.seq
    if record.kind == COMMAND_GIVEN and (key := record.ids.get("key", "")):
        changes["replies"] = {**state.replies, key: record.seq}
    if (quota := enter(state.quota, record)) is not state.quota:
        changes["quota"] = quota
    if record.kind in (RUN_STARTED, SEASON_CHANGED) and (season_hash := record.data.get("season_hash")):
        changes["season_hash"] = season_hash
    if record.kind == FAR_END_BACK and record.ids.get("far_end") == "obs":
        changes["shows"] = {name: _studio_is_back(show) for name, show in state.shows.items()}
    if record.kind == OUTCOME and (channels := state.channels.after(record.data, record.at)) is not state.channels:
        changes["channels"] = channels
    if record.kind in (CLOCK_STEPPED, RUN_STARTED):
        changes["channels"] = state.channels.set_clock(record.at, _ahead(record))
        changes["shows"] = {name: _clock_set(show, record) for name, show in state.shows.items()}
    step = _STEPS.get(record.kind)
    if step is not None and (name := record.ids.get("show", "")):
        before = state.show(name)
        after = step(before, record)
        if after.live_at and not before.live_at and after.live_asked_at:
            seconds = (after.live_at - after.live_asked_at).total_seconds()
            changes["live_delays"] = (*state.live_delays, seconds)[-LIVE_DELAYS_KEPT:]
        changes["shows"] = {**state.shows, name: after}
    return replace(state, **changes)


def _with(mapping: Mapping[Key, Value], key: Key, value: Value) -> dict[Key, Value]:
    return {**mapping, key: value}


def _without(mapping: Mapping[Key, Value], key: Key) -> dict[Key, Value]:
    return {name: value for name, value in mapping.items() if name != key}


def _studio_is_back(show: ShowState) -> ShowState:
    """What failed at a studio that was going away is no reason to leave the one that is there now alone."""
    paused = [name for name in show.retry_at if name.rpartition(":")[2] in OF_STUDIO]
    if not paused:
        return show
    retry_at = {name: at for name, at in show.retry_at.items() if name not in paused}
    paused_at = {name: at for name, at in show.paused_at.items() if name not in paused}
    return replace(show, retry_at=retry_at, paused_at=paused_at)


def _clock_set(show: ShowState, record: Record) -> ShowState:
    """A pause is a span of true time, kept as instants of a clock that may be set; also while nobody ran.

    One that began later than it is now begins anew; one that a clock set ahead has jumped over goes on behind the jump.
    """
    paused_at, retry_at = dict(show.paused_at), dict(show.retry_at)
    for name, since in show.paused_at.items():
        pause = shifted(Pause(since=since, until=show.retry_at[name]), record.at, _ahead(record))
        paused_at[name], retry_at[name] = pause.since, pause.until
    return replace(show, paused_at=paused_at, retry_at=retry_at)


def _ahead(record: Record) -> timedelta:
    """By how much the clock was set ahead."""
    return timedelta(seconds=max(float(record.data.get("seconds", 0.0)), 0.0))


def _intent(show: ShowState, record: Record) -> ShowState:
    cue, verb = record.ids["cue"], str(record.data["verb"])
    name = f"{cue}:{verb}"
    change, told = record.data.get("change", {}), record.data.get("told", {})
    show = replace(
        post_begun(show, cue, verb),
        open=_with(show.open, record.ids["act"], OpenAct(cue=cue, verb=verb, at=record.at, change=change, told=told)),
        attempts=_with(show.attempts, name, show.attempts.get(name, 0) + 1),
        ended_acts=_without(show.ended_acts, name),
        retry_at=_without(show.retry_at, name),
        paused_at=_without(show.paused_at, name),
    )
    if verb == "live":
        show = replace(show, live_asked_at=record.at)
    if verb == "show" and not (show.graphics and show.graphics.is_sure and show.graphics.cue == cue):
        show = replace(show, graphics=OnScreen(cue=cue, lower_third=LowerThirdPlan(title=str(record.data["what"]))))
    return show


def _outcome(show: ShowState, record: Record) -> ShowState:
    data, act, cue = record.data, record.ids["act"], record.ids["cue"]
    name = f"{cue}:{data['verb']}"
    result = Result(data["result"])
    if result is Result.WITHDRAWN:
        return replace(show, open=_without(show.open, act))
    opened = show.open.get(act)
    change = opened.change if opened is not None else {}
    show = replace(
        post_ended(show, record, opened),
        dressed=show.dressed.tried(cue, change, result) if change else show.dressed,
        open=_without(show.open, act),
        ended_acts=_with(show.ended_acts, name, (result, data)),
        failures=_with(show.failures, name, 0 if result is Result.DONE else show.failures.get(name, 0) + 1),
        broadcast_id=data.get("broadcast") or show.broadcast_id,
        stream_id=data.get("stream") or show.stream_id,
        target=data.get("target") or show.target,
        bound_stream=data.get("bound") or show.bound_stream,
    )
    if data["verb"] == "take" and result is Result.DONE:
        show = replace(show, fallen_by=cue if FALLBACK_CUE in cue else "")
    if data["verb"] in ("show", "hide") and result is Result.DONE:
        show = replace(show, graphics=_on_screen(record) if data["verb"] == "show" else None)
    search = LOOK_AGAIN.get(data["verb"]) if result is Result.UNKNOWN else None
    if search is not None:
        name = f"{cue}:{search}"  # the search waits, since what was just made may not be listed yet
        show = replace(show, ended_acts=_without(show.ended_acts, name))
    if data.get("retry_at"):
        show = replace(
            show,
            retry_at=_with(show.retry_at, name, instant(data["retry_at"])),
            paused_at=_with(show.paused_at, name, record.at),
        )
    return show


def _on_screen(record: Record) -> OnScreen:
    lower_third = LowerThirdPlan(title=record.data["title"], subtitle=record.data["subtitle"])
    return OnScreen(cue=record.ids["cue"], lower_third=lower_third, is_sure=True)


def _cue_settled(show: ShowState, record: Record) -> ShowState:
    if record.ids["cue"] in show.settled:
        return show  # the first end stands, unless an operator has opened it again; see post_fold
    data = record.data
    end = Settled(end=End(data["end"]), at=instant(data["at"]), why=data["why"])
    return replace(show, settled=_with(show.settled, record.ids["cue"], end))


def _phase_entered(show: ShowState, record: Record) -> ShowState:
    return replace(show, phase=Phase(record.data["phase"]), phase_since=record.at)


def _segment_started(show: ShowState, record: Record) -> ShowState:
    segment = record.ids["segment"]
    started = _with(show.started, segment, instant(record.data["at"]))
    return replace(show, started=started, shifts=begun(show.shifts, segment, record.data))


def put_off(show: ShowState, segment: str) -> ShowState:
    """The state in which the segment has not begun."""
    return replace(show, started=_without(show.started, segment), shifts=without_segment(show.shifts, segment))


def _segment_put_off(show: ShowState, record: Record) -> ShowState:
    return put_off(show, record.ids["segment"])


def _rule_applied(show: ShowState, record: Record) -> ShowState:
    data, cue = record.data, record.ids["cue"]
    show = replace(post_ruled(show, record), ruled=_with(show.ruled, cue, str(data["rule"])))
    if segment := record.ids.get("segment"):
        show = replace(show, skipped=show.skipped | {segment})
    if data["scene"]:
        show = replace(show, override=Override(scene=data["scene"], at=record.at, by=f"the rule of {cue}"))
    return show


def _show_changed(show: ShowState, record: Record) -> ShowState:
    show = replace(show, shifts=edited(show.shifts, record.data))
    if was := record.data.get("was_live"):
        return replace(show, first_live=show.first_live or instant(was), live_moved_at=record.at)
    return show


def _broadcast_seen(show: ShowState, record: Record) -> ShowState:
    lifecycle = Lifecycle(record.data["lifecycle"])
    since = record.at if lifecycle is not show.lifecycle else show.lifecycle_since
    return replace(
        show,
        lifecycle=lifecycle,
        lifecycle_since=since,
        bound_stream=record.data.get("stream") or "",
        live_at=show.live_at or (record.at if lifecycle is Lifecycle.LIVE else None),
        complete_at=show.complete_at or (record.at if lifecycle is Lifecycle.COMPLETE else None),
    )


def _broadcast_gone(show: ShowState, record: Record) -> ShowState:
    """It has to be looked for anew by its marker before another is made."""
    looked_for = {f"{record.ids['cue']}:{verb}" for verb in ("find", "create", "bind")}
    ended_acts = {name: ended for name, ended in show.ended_acts.items() if name not in looked_for}
    return replace(
        show, broadcast_id="", bound_stream="", lifecycle=None, ended_acts=ended_acts, dressed=Dressed(), mismatches=()
    )


def _stream_seen(show: ShowState, record: Record) -> ShowState:
    return replace(show, is_receiving=bool(record.data["active"]), health=str(record.data["health"]))


def _scene_seen(show: ShowState, record: Record) -> ShowState:
    return replace(show, scene=str(record.data["scene"]), given_back=show.given_back - {Lane.PROGRAM})


def _encoder_seen(show: ShowState, record: Record) -> ShowState:
    is_streaming = bool(record.data["streaming"])
    return replace(
        show,
        is_streaming=is_streaming,
        streaming_since=record.at if is_streaming else None,
        given_back=show.given_back - {Lane.ENCODER},
    )


def _mismatch_seen(show: ShowState, record: Record) -> ShowState:
    return replace(show, mismatches=tuple(record.data["mismatches"]))


def _dressing_seen(show: ShowState, record: Record) -> ShowState:
    in_place, left = dict(record.data["in_place"]), dict(record.data["left"])
    return replace(show, dressed=replace(show.dressed, in_place=in_place, left=left))


def _alarm(show: ShowState, record: Record) -> ShowState:
    return replace(show, alarm_since=record.at)


def _alarm_over(show: ShowState, record: Record) -> ShowState:
    return replace(show, alarm_since=None)


def _replay_over(show: ShowState, record: Record) -> ShowState:
    return replace(show, is_replay_over=True)


def _lane_held(show: ShowState, record: Record) -> ShowState:
    data = record.data
    hold = LaneHold(by=data["by"], since=record.at, until=data["until"], why=data["why"])
    lane = record.ids["lane"]
    fallen_by = "" if lane == Lane.PROGRAM else show.fallen_by
    given_back = show.given_back - {lane}
    return replace(show, lanes_held=_with(show.lanes_held, lane, hold), given_back=given_back, fallen_by=fallen_by)


def _lane_released(show: ShowState, record: Record) -> ShowState:
    lane = record.ids["lane"]
    return replace(show, lanes_held=_without(show.lanes_held, lane), given_back=show.given_back | {lane})


def _command_given(show: ShowState, record: Record) -> ShowState:
    data = record.data
    if data["verb"] == "resume" and data.get("lane") in (None, Lane.PROGRAM) and show.override and show.override.stays:
        show = replace(show, override=None)
    match data["verb"]:
        case "hold" if not data.get("lane"):
            return show if show.is_held else replace(show, holds=(*show.holds, Hold(since=record.at)))
        case "resume" if not data.get("lane") and show.is_held:
            return replace(show, holds=(*show.holds[:-1], replace(show.holds[-1], until=record.at)))
        case "take" | "panic":
            stays = data["verb"] == "panic"
            over = instant(data["over"]) if data.get("over") else None
            override = Override(scene=data["scene"], at=record.at, by=data["who"], stays=stays, over=over)
            return replace(show, override=override)
        case "skip":
            return replace(show, skipped=show.skipped | {data["segment"]})
        case "delay" | "extend" | "go" if data.get("moves"):
            show = replace(show, shifts=moved(show.shifts, data, is_on_stage=show.phase.is_on_stage))
            return replace(show, live_moved_at=record.at) if data["moves"] == "live" else show
        case "go" if data.get("cue"):
            return replace(show, confirmed=show.confirmed | {data["cue"]})
        case "end":
            return replace(show, ended_at=record.at, ended_by=data["who"])
        case "cancel":
            return _cancelled(show, record)
        case "post":
            return posts_ordered(show, record)
    return show


def _cancelled(show: ShowState, record: Record) -> ShowState:
    """On stage that ends the show, too; one that was live, or is over, cannot be cancelled."""
    if show.cancelled_at is not None or show.live_at is not None or show.phase.is_over:
        return show
    who = record.data["who"]
    if show.phase.is_on_stage and show.ended_at is None:
        show = replace(show, ended_at=record.at, ended_by=who)
    return replace(show, cancelled_at=record.at, cancelled_by=who)


_STEPS = {
    INTENT: _intent,
    OUTCOME: _outcome,
    CUE_SETTLED: _cue_settled,
    PHASE_ENTERED: _phase_entered,
    SEGMENT_STARTED: _segment_started,
    SEGMENT_PUT_OFF: _segment_put_off,
    BROADCAST_SEEN: _broadcast_seen,
    BROADCAST_GONE: _broadcast_gone,
    STREAM_SEEN: _stream_seen,
    MISMATCH_SEEN: _mismatch_seen,
    DRESSING_SEEN: _dressing_seen,
    ALARM: _alarm,
    ALARM_OVER: _alarm_over,
    REPLAY_OVER: _replay_over,
    SCENE_SEEN: _scene_seen,
    ENCODER_SEEN: _encoder_seen,
    LANE_HELD: _lane_held,
    LANE_RELEASED: _lane_released,
    COMMAND_GIVEN: _command_given,
    RULE_APPLIED: _rule_applied,
    SHOW_CHANGED: _show_changed,
}
