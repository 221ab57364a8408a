"""What does a new version of the season change, against what runs?

The past is never rewritten: shows that are over, segments that have begun and cues that had their end stay as they
were. The segment on air is not cut by an edit, unless that is asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from broadcaster.season.plan import Lane, Plan, SegmentPlan, ShowPlan
from broadcaster.season.walltime import local
from broadcaster.season.wording import quoted, span_text
from broadcaster.show.expected import aired_for, expected
from broadcaster.show.phases import Phase
from broadcaster.show.post_ahead import after_edit, waits
from broadcaster.show.records import COMMAND_GIVEN, SHOW_CHANGED, Note, stamp
from broadcaster.show.rundown import Rundown, rundown
from broadcaster.show.state import SeasonState, ShowState


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference: `what` is added, removed, moved, changed or kept; `kind` is show, segment or cue."""

    show: str
    kind: str
    subject: str
    what: str
    text: str

    def as_json(self) -> dict[str, str]:
        """Flat JSON."""
        return {"show": self.show, "kind": self.kind, "id": self.subject, "what": self.what, "text": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A new version of the season, made ready to run. With `refusals` it cannot be: nothing of it is applied."""

    plan: Plan
    changes: tuple[Change, ...]
    refusals: tuple[str, ...]
    notes: tuple[Note, ...]
    """What has to be recorded for the shows that run."""


def compare(old: Plan, new: Plan, season: SeasonState, now: datetime, *, cut: bool, who: str) -> Edit:
    """The edit from the plan that runs to a new one. `cut`: it may change the segment on air."""
    changes: list[Change] = []
    refusals: list[str] = []
    notes: list[Note] = []
    shows: list[ShowPlan] = []
    if new.season != old.season:
        refusals.append(f"it is another season, {quoted(new.season)}, while {quoted(old.season)} runs: start it anew")
    before = {show.id: show for show in old.shows}
    for show in new.shows:
        was = before.pop(show.id, None)
        state = season.show(show.id)
        if was is None:
            changes.append(_change(show, "show", show.id, "added", f"live at {_when(show.go_live, show)}"))
            refusals += _too_late(show, None, now)
            shows.append(show)
        elif state.phase.is_over:
            if show != was:
                changes.append(_change(show, "show", show.id, "kept", f"it is {state.phase} already"))
            shows.append(was)
        else:
            refusals += _refusals(was, show, state, now)
            changes += _frame(was, show, state)
            changes += _segments(was, show, state)
            forgotten = tuple(_forget(was, show, state))
            is_delayed = not any(note.data.get("live") for note in forgotten)
            changes += _posts(was, show, expected(show, state, now) if is_delayed else show, state, now)
            on_air, more = _on_air(was, show, state, rundown(was, state, now), now, cut=cut, who=who)
            changes += on_air
            notes += [*forgotten, *more]
            shows.append(_with_past(was, show, state))
    for show in before.values():
        state = season.show(show.id)
        if state.phase.is_over:
            shows.append(show)
            changes.append(_change(show, "show", show.id, "kept", f"it is {state.phase} already"))
        elif state.phase.is_on_stage:
            refusals.append(f"show {quoted(show.id)} is {state.phase}: it cannot be taken out of the season; `end` it")
        else:
            left = f"; its broadcast {state.broadcast_id} stays on YouTube" if state.broadcast_id else ""
            if waiting := sum(waits(post, now) for post in state.posts.values()):
                left += (
                    f"; {waiting} of its posts were handed over and still come out: remove them in the planner there"
                )
            changes.append(_change(show, "show", show.id, "removed", f"it will not be done{left}"))
    plan = replace(new, shows=tuple(sorted(shows, key=lambda show: (show.go_live, show.id))))
    return Edit(plan=plan, changes=tuple(changes), refusals=tuple(refusals), notes=tuple(notes))


def _refusals(was: ShowPlan, show: ShowPlan, state: ShowState, now: datetime) -> Iterator[str]:
    if not state.started and show.go_live != was.go_live:
        yield from _too_late(show, was, now)
    if not state.phase.is_on_stage:
        return
    if show.encoder != was.encoder:
        yield f"show {quoted(show.id)} is {state.phase} on encoder {quoted(was.encoder)}: that cannot change now"
    if (show.broadcast is None) is not (was.broadcast is None):
        yield f"show {quoted(show.id)} is {state.phase}: whether it goes to YouTube cannot change now"


def _too_late(show: ShowPlan, was: ShowPlan | None, now: datetime) -> Iterator[str]:
    if show.go_live <= now and (was is not None or show.off_air > now):
        yield f"show {quoted(show.id)} would have gone live at {_when(show.go_live, show)}, which is past"


def _with_past(was: ShowPlan, show: ShowPlan, state: ShowState) -> ShowPlan:
    """A show that has begun keeps the beginning that it had."""
    if not state.started and state.live_at is None:
        return show
    return replace(show, prepare_at=was.prepare_at, standby_at=was.standby_at, go_live=was.go_live)


def _frame(was: ShowPlan, show: ShowPlan, state: ShowState) -> Iterator[Change]:
    if show.go_live != was.go_live:
        times = f"live at {_when(was.go_live, was)} -> {_when(show.go_live, show)}"
        if state.started or state.live_at is not None:
            yield _change(show, "show", show.id, "kept", f"{times}: it has begun already")
        else:
            delayed = f"; the delay of {span_text(abs(state.shifts.live))} is gone" if state.shifts.live else ""
            yield _change(show, "show", show.id, "moved", times + delayed)
    names = ("title", "zone", "encoder", "standby_scene", "fallback_scene", "closing_scene")
    changed = [
        f"{name} {quoted(getattr(was, name))} -> {quoted(getattr(show, name))}"
        for name in names
        if getattr(was, name) != getattr(show, name)
    ]
    for name, before, after in (
        ("standby", was.go_live - was.standby_at, show.go_live - show.standby_at),
        ("prepare", was.go_live - was.prepare_at, show.go_live - show.prepare_at),
        ("closing", was.off_air - was.end, show.off_air - show.end),
    ):
        if before != after:
            changed.append(f"{name} {span_text(before)} -> {span_text(after)}")
    if was.returns != show.returns:
        changed.append("when lanes come back from a hand")
    if _about(was) != _about(show):
        changed.append("what YouTube is told of it")
    if changed:
        yield _change(show, "show", show.id, "changed", ", ".join(changed))


def _about(show: ShowPlan) -> Any:
    return show.broadcast and replace(show.broadcast, scheduled_start=datetime.min.replace(tzinfo=UTC))


def _segments(was: ShowPlan, show: ShowPlan, state: ShowState) -> Iterator[Change]:
    before, after = {each.id: each for each in was.segments}, {each.id: each for each in show.segments}
    current = list(state.started)[-1] if state.started else ""
    for name in before:
        if name not in after and name != current:
            what = "kept" if name in state.started else "removed"
            yield _change(show, "segment", name, what, "it is over" if what == "kept" else before[name].title)
    stays = [name for name in before if name in after]
    order = [name for name in after if name in before]
    for name, segment in after.items():
        if name == current:
            continue
        past = name in state.started or name in state.skipped
        if name not in before:
            yield _change(show, "segment", name, "added", f"{_lasting(segment)} at {_when(segment.start, show)}")
            continue
        said = _differences(before[name], segment, show)
        if stays.index(name) != order.index(name):
            said.append("its place in the rundown")
        if said and past:
            yield _change(show, "segment", name, "kept", f"{', '.join(said)}: it has been on already")
        elif said:
            yield _change(show, "segment", name, "changed", ", ".join(said))
        elif segment.start != before[name].start and not state.started:
            times = f"{_when(before[name].start, was)} -> {_when(segment.start, show)}"
            yield _change(show, "segment", name, "moved", times)


def _differences(before: SegmentPlan, after: SegmentPlan, show: ShowPlan) -> list[str]:
    said = []
    if before.scene != after.scene:
        said.append(f"scene {quoted(before.scene)} -> {quoted(after.scene)}")
    if before.duration != after.duration:
        said.append(f"lasts {span_text(before.duration)} -> {span_text(after.duration)}")
    if before.is_hard != after.is_hard:
        said.append(f"now a wall at {_when(after.start, show)}" if after.is_hard else "no wall any more")
    elif after.is_hard and before.start != after.start:
        said.append(f"its wall {_when(before.start, show)} -> {_when(after.start, show)}")
    names = ("title", "is_manual", "late", "overrun", "guests")
    words = ("title", "advance", "late", "overrun", "guests")
    pairs = zip(names, words, strict=True)
    return said + [word for name, word in pairs if getattr(before, name) != getattr(after, name)]


def _posts(was: ShowPlan, show: ShowPlan, run: ShowPlan, state: ShowState, now: datetime) -> Iterator[Change]:
    """`run` is the show as it is expected with the edit: what a channel publishes has its instant there."""
    lanes = (Lane.POSTS, Lane.GRAPHICS)
    before = {cue.id: cue for cue in was.cues if cue.lane in lanes}
    after = {cue.id: cue for cue in show.cues if cue.lane in lanes}
    for name, cue in before.items():
        if name not in after:
            what = "kept" if name in state.settled else "removed"
            kept = "it had its end"
            if waits(state.post(name), now):
                kept = "handed over, it still comes out: remove it in the channel's planner"
            yield _change(show, "cue", name, what, kept if what == "kept" else f"at {_when(cue.at, was)}")
    for name, cue in after.items():
        if name not in before:
            yield _change(show, "cue", name, "added", f"at {_when(cue.at, show)}")
        elif cue.at != before[name].at and (handed := after_edit(run.cue(name), state, now)) is not None:
            yield _change(show, "cue", name, *handed)
        elif cue != before[name] and name in state.settled:
            yield _change(show, "cue", name, "kept", "it had its end")
        elif cue.at != before[name].at:
            yield _change(show, "cue", name, "moved", f"{_when(before[name].at, was)} -> {_when(cue.at, show)}")
        elif cue != before[name]:
            yield _change(show, "cue", name, "changed", "its text or its rule")


def _on_air(
    was: ShowPlan, show: ShowPlan, state: ShowState, run: Rundown, now: datetime, *, cut: bool, who: str
) -> tuple[list[Change], list[Note]]:
    """What becomes of the segment on air."""
    current = run.current
    if current is None or run.current_since is None or current.id not in state.shifts.aired:
        return [], []
    after = next((each for each in show.segments if each.id == current.id), None)
    lasts = aired_for(current, state)
    gone = now - run.current_since - state.held_between(run.current_since, now)
    said = "it is on air and stays as it is; `--cut` lets the edit change it"
    if after is None:
        if not cut:
            return [_change(show, "segment", current.id, "kept", f"removed, but {said}")], []
        change = _change(show, "segment", current.id, "removed", "it is on air and is cut now")
        return [change], [_lasting_note(show, current.id, gone)]
    changes, notes = [], []
    before = next((each for each in was.segments if each.id == current.id), current)
    if after.duration != before.duration:
        times = f"lasts {span_text(before.duration)} -> {span_text(after.duration)}"
        if after.duration > lasts or cut:
            changes.append(_change(show, "segment", current.id, "changed", f"{times}, on air"))
            notes.append(_lasting_note(show, current.id, max(after.duration, gone)))
        else:
            changes.append(_change(show, "segment", current.id, "kept", f"{times}, but {said}"))
    if after.scene != current.scene:
        scenes = f"scene {quoted(current.scene)} -> {quoted(after.scene)}"
        if cut:
            data = {"verb": "take", "who": who, "from": "an edit of the season", "scene": after.scene}
            notes.append(Note(kind=COMMAND_GIVEN, ids={"show": show.id}, data=data))
            changes.append(_change(show, "segment", current.id, "changed", f"{scenes}, on air"))
        else:
            changes.append(_change(show, "segment", current.id, "kept", f"{scenes}, but {said}"))
    return changes, notes


def _lasting_note(show: ShowPlan, segment: str, lasts: timedelta) -> Note:
    return Note(kind=SHOW_CHANGED, ids={"show": show.id}, data={"lasts": {segment: lasts.total_seconds()}})


def _forget(was: ShowPlan, show: ShowPlan, state: ShowState) -> Iterator[Note]:
    """What the season says anew is not delayed any more: the writer has seen the delay."""
    before = {each.id: each for each in was.segments}
    data: dict[str, Any] = {}
    if show.go_live != was.go_live and state.shifts.live and state.phase is not Phase.LIVE and not state.started:
        data["live"] = True
    both = [(before[each.id], each) for each in show.segments if each.id in before]
    if walls := [new.id for old, new in both if new.id in state.shifts.walls and old.start != new.start]:
        data["walls"] = walls
    if longer := [new.id for old, new in both if new.id in state.shifts.longer and old.duration != new.duration]:
        data["longer"] = longer
    if show.go_live != was.go_live and not state.started and state.live_at is None:
        data["was_live"] = stamp(was.go_live)
    if data:
        yield Note(kind=SHOW_CHANGED, ids={"show": show.id}, data=data)


def _change(show: ShowPlan, kind: str, subject: str, what: str, text: str) -> Change:
    return Change(show=show.id, kind=kind, subject=subject, what=what, text=text)


def _lasting(segment: SegmentPlan) -> str:
    return f"{quoted(segment.scene)} for {span_text(segment.duration)}"


def _when(instant: datetime, show: ShowPlan) -> str:
    return f"{local(instant, show.zone):%Y-%m-%d %H:%M:%S}".removesuffix(":00")
