"""Which lower third should be on screen, and what is missing for it?

A level: the segment on air has its lower third for a while, and else there is none. A page that opens late gets it, and
a restarted service puts it right. Panic, the fallback scene and the end of the show hide it at once, whoever holds the
lane.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcaster.season.plan import Action, Cue, Lane, LowerThirdPlan
from broadcaster.show.holds import NEXT_CUE
from broadcaster.show.observed import GraphicsSeen
from broadcaster.show.phases import Phase
from broadcaster.show.records import End, Result, instant, lane_released
from broadcaster.show.rundown import coming_segments
from broadcaster.show.turn import Turn, Verb

LEAST = timedelta(seconds=2)
"""With less of its time left it is not put up any more: a flash tells nobody a name."""
NO_PAGE = "noPage"
OVERTAKEN = "overtaken"
"""Reasons of a far end that could not show it, and is not to blame."""
BY_HAND = "no panel serves the lower-third page: show it by hand"


def no_page(page: str) -> str:
    """What to tell people while no overlay page is open; `page` is its address."""
    return f"no lower-third page is open: add {page} as a browser source in OBS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The lower third of the segment on air, and from when until when it is to be seen."""

    cue: Cue
    begins: datetime
    until: datetime

    @property
    def lower_third(self) -> LowerThirdPlan:
        """Its two lines."""
        return lower_third(self.cue)


def lower_third(cue: Cue) -> LowerThirdPlan:
    """The two lines of a cue of this lane."""
    return LowerThirdPlan(title=cue.detail.get("title", cue.what), subtitle=cue.detail.get("subtitle", ""))


def graphics(turn: Turn) -> None:
    """Ask for the lower third that is missing or to go; end the cues that have had their moment."""
    if not turn.state.phase.is_on_stage:
        return
    seen = turn.observed.graphics
    if seen is None:
        _by_hand(turn)
        return
    wish, barred = _wanted(turn), _barred(turn)
    if wish is not None:
        turn.wake(wish.begins)
        turn.wake(wish.until)
    if _is_in_hands(turn, wish, barred):
        _end_cues(turn, seen, wish, barred)
        return
    is_due = wish is not None and not barred and wish.begins <= turn.now < wish.until
    if wish is not None and is_due:
        _show(turn, seen, wish)
    elif turn.state.graphics is not None:
        _hide(turn, barred or "its time is over")
    _end_cues(turn, seen, wish, barred)


def _wanted(turn: Turn) -> Wanted | None:
    """The lower third of the segment on air; None: it has none, or its scene has not been on air yet."""
    run, written = turn.rundown, turn.written or turn.plan
    current, since = run.current, run.current_since
    if current is None or since is None or not turn.plan.knows(_id(turn, Action.SHOW, current.id)):
        return None
    planned = next((segment.start for segment in written.segments if segment.id == current.id), None)
    show, hide = (turn.plan.cue(_id(turn, action, current.id)) for action in (Action.SHOW, Action.HIDE))
    taken = turn.state.settled.get(f"{turn.plan.id}/{Lane.PROGRAM}/{Action.TAKE}/{current.id}")
    was_on_air = taken is not None and taken.end is End.DONE
    if planned is None or not (was_on_air or _on_program(turn) == current.scene):
        return None
    begins = (max(since, taken.at) if taken is not None and was_on_air else since) + (show.at - planned)
    return Wanted(cue=show, begins=begins, until=begins + (hide.at - show.at))


def _on_program(turn: Turn) -> str:
    return turn.observed.studio.program if turn.observed.studio is not None else turn.state.scene


def _barred(turn: Turn) -> str:
    """Why no lower third may be seen now, whoever has the lane; empty if one may."""
    override, current = turn.state.override, turn.rundown.current
    if turn.state.phase is Phase.CLOSING:
        return "the show is over"
    if override is not None and override.stays:
        return f"panic by {override.by}"
    fallback = turn.plan.fallback_scene
    if _on_program(turn) == fallback and (current is None or current.scene != fallback):
        return f"{fallback} is on air"
    return ""


def _is_in_hands(turn: Turn, wish: Wanted | None, barred: str) -> bool:
    """What is shown stays as it is while the lane is held, unless nothing may be shown at all."""
    hold = turn.state.lanes_held.get(Lane.GRAPHICS)
    if hold is None:
        return False
    if barred:
        if turn.state.graphics is not None:
            _hide(turn, barred)
        return True
    if hold.until == NEXT_CUE and wish is not None and hold.since < wish.begins <= turn.now:
        why = f"the lower third of {wish.cue.subject} came"
        turn.answer.notes.append(lane_released(turn.plan.id, Lane.GRAPHICS, why=why))
    return True


def _show(turn: Turn, seen: GraphicsSeen, wish: Wanted) -> None:
    up = turn.state.graphics
    is_up = up is not None and up.is_sure and up.cue == wish.cue.id and seen.shown == wish.lower_third
    if is_up or not seen.pages or _is_busy(turn):
        return
    was_up = turn.result(wish.cue.id, Verb.SHOW) is Result.DONE
    if not was_up and wish.until - turn.now < min(LEAST, (wish.until - wish.begins) / 2):
        return
    why = "it is not shown any more" if was_up else f"{wish.cue.subject} is on air"
    turn.ask(wish.cue.id, Verb.SHOW, what=wish.lower_third.title, why=why)


def _hide(turn: Turn, why: str) -> None:
    up = turn.state.graphics
    if up is not None:
        turn.ask(_hide_of(up.cue), Verb.HIDE, why=why)


def _is_busy(turn: Turn) -> bool:
    return any(name.startswith(f"{turn.plan.id}/{Lane.GRAPHICS}/") for name in turn.busy)


def _end_cues(turn: Turn, seen: GraphicsSeen, wish: Wanted | None, barred: str) -> None:
    """End each cue once: as it was answered, or as nothing came of it."""
    current = turn.rundown.current
    ahead = set()
    if turn.state.phase is not Phase.CLOSING and not turn.rundown.is_over:
        ahead = {segment.id for segment in coming_segments(turn.plan, turn.state)}
        if current is not None and (wish is None or turn.now < wish.until):
            ahead.add(current.id)
    for cue in turn.plan.cues_of(Lane.GRAPHICS, Action.SHOW):
        result, data = turn.state.ended_acts.get(f"{cue.id}:{Verb.SHOW}", (None, {}))
        if result is Result.DONE:
            turn.settle(cue, End.DONE, at=instant(data["at"]), why="an overlay page shows it")
        elif cue.subject not in ahead and not turn.is_busy(cue.id, Verb.SHOW):
            _end_unshown(turn, cue, seen, barred)
    for cue in turn.plan.cues_of(Lane.GRAPHICS, Action.HIDE):
        if cue.subject not in ahead and not turn.is_settled(cue):
            _end_hide(turn, cue)


def _end_unshown(turn: Turn, cue: Cue, seen: GraphicsSeen, barred: str) -> None:
    state = turn.state
    result, data = state.ended_acts.get(f"{cue.id}:{Verb.SHOW}", (None, {}))
    held = state.lanes_held.get(Lane.GRAPHICS)
    if result is Result.UNKNOWN:
        turn.settle(cue, End.UNKNOWN, why=str(data.get("reason", "")))
    elif result is not None and data.get("code") not in (NO_PAGE, OVERTAKEN):
        turn.settle(cue, End.FAILED, why=str(data.get("reason", "")))
    elif cue.subject in state.skipped:
        turn.settle(cue, End.SKIPPED, why="its segment was skipped")
    elif cue.subject not in state.started:
        turn.settle(cue, End.SKIPPED, why="its segment was not on air")
    elif held is not None:
        turn.settle(cue, End.SKIPPED, why=f"the lane was held by {held.by}")
    elif barred:
        turn.settle(cue, End.SKIPPED, why=barred)
    elif not seen.pages:
        turn.settle(cue, End.SKIPPED, why=no_page(seen.page))
    else:
        turn.settle(cue, End.SKIPPED, why="its time had passed")


def _end_hide(turn: Turn, cue: Cue) -> None:
    up = turn.state.graphics
    result, data = turn.state.ended_acts.get(f"{cue.id}:{Verb.HIDE}", (None, {}))
    is_up = up is not None and _hide_of(up.cue) == cue.id
    if result is Result.DONE and not is_up:
        turn.settle(cue, End.DONE, at=instant(data["at"]), why="no overlay page shows it any more")
    elif result not in (None, Result.DONE):
        if not is_up or turn.state.phase is Phase.CLOSING:  # it is still tried; the show does not wait for it
            turn.settle(cue, End.UNKNOWN, why=f"{data.get('reason', '')}; look at the picture")
    elif not is_up and not turn.is_busy(cue.id, Verb.HIDE):
        turn.settle(cue, End.SKIPPED, why="it was not shown")


def _by_hand(turn: Turn) -> None:
    for cue in turn.plan.cues_of(Lane.GRAPHICS):
        if cue.at <= turn.now or turn.state.phase is Phase.CLOSING:
            turn.settle(cue, End.SKIPPED, why=BY_HAND)
        else:
            turn.wake(cue.at)


def _id(turn: Turn, action: Action, subject: str) -> str:
    return f"{turn.plan.id}/{Lane.GRAPHICS}/{action}/{subject}"


def _hide_of(show_cue: str) -> str:
    return show_cue.replace(f"/{Lane.GRAPHICS}/{Action.SHOW}/", f"/{Lane.GRAPHICS}/{Action.HIDE}/")
