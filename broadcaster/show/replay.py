"""What becomes of the video once the show is over: its chapters, who may see it, which playlist it joins.

YouTube shows the video late and changes it slowly, so this is tried for a while and then given up; the next show never
waits for it.
"""

from datetime import datetime, timedelta

from broadcaster.season.plan import Action, BroadcastPlan, Lane, ShowPlan
from broadcaster.show.chapters import chapters, with_chapters
from broadcaster.show.dressing import Wish, change_page, plain
from broadcaster.show.records import REPLAY_OVER, End, Note
from broadcaster.show.state import ShowState
from broadcaster.show.turn import Turn, Verb, fingerprint

GIVE_UP_AFTER = timedelta(minutes=15)


def has_replay(plan: ShowPlan, state: ShowState) -> bool:
    """Something is left to be done with the video of this show."""
    broadcast = plan.broadcast
    if broadcast is None or state.live_at is None or state.complete_at is None or state.is_replay_over:
        return False
    complete = plan.cues_of(Lane.BROADCAST, Action.COMPLETE)[0].id
    is_complete = complete in state.settled and state.settled[complete].end is End.DONE
    return is_complete and bool(broadcast.has_chapters or broadcast.replay_privacy or broadcast.replay_playlist)


def replay(turn: Turn) -> None:
    """Ask for what is missing of the video, and record the end of it."""
    plan = turn.plan.broadcast
    if plan is None or not has_replay(turn.plan, turn.state):
        return
    if turn.is_held(Lane.BROADCAST):
        _over(turn, chapters=0, why="the broadcast is in somebody's hands, and so is its video")
        return
    cue = turn.plan.cues_of(Lane.BROADCAST, Action.COMPLETE)[0].id
    wishes, count, why = _wishes(turn, plan, cue)
    missing = [wish for wish in wishes if not wish.is_in_place]
    spent = [wish for wish in missing if turn.state.dressed.is_spent(cue, wish.name, wish.print)]
    given_up_at = _given_up_at(turn)
    if turn.observed.video is not None and len(spent) == len(missing):
        unfit = ", ".join(wish.name for wish in spent)
        reason = f"YouTube does not take its {unfit}; set it in YouTube Studio" if unfit else why
        _over(turn, chapters=count, why=reason)
    elif turn.now >= given_up_at:
        names = ", ".join(wish.name for wish in missing) or "replay"
        _over(turn, chapters=0, why=f"YouTube was not ready for its {names} in time: do it in YouTube Studio")
    else:
        turn.wake(given_up_at)
        todo = [wish for wish in missing if wish not in spent]
        for verb in (Verb.DRESS, Verb.PLAYLIST):
            change_page(turn, cue, [wish for wish in todo if wish.verb is verb])


def _wishes(turn: Turn, plan: BroadcastPlan, cue: str) -> tuple[list[Wish], int, str]:
    """What is to be so, how many chapters there are, and why there are none."""
    video, state = turn.observed.video, turn.state
    wishes, count, why = [], 0, ""
    if plan.replay_playlist:
        is_in = fingerprint(plan.replay_playlist) == state.dressed.in_place.get("playlist")
        wishes.append(Wish(verb=Verb.PLAYLIST, name="playlist", value=plan.replay_playlist, is_in_place=is_in))
    if video is None:
        return wishes, 0, ""
    if plan.has_chapters:
        seen = turn.observed.broadcast
        began = (seen.actual_start if seen else None) or state.live_at or turn.plan.go_live
        ended = (seen.actual_end if seen else None) or state.complete_at or turn.now
        made = chapters(turn.plan, state, began, ended)
        text, why = with_chapters(video.description, made, plan.marker)
        count = 0 if why else len(made)
        is_so = plain(text) == plain(video.description)
        wishes.append(Wish(verb=Verb.DRESS, name="description", value=text, is_in_place=is_so))
    if plan.replay_privacy:
        is_so = video.privacy == plan.replay_privacy
        wishes.append(Wish(verb=Verb.DRESS, name="privacy", value=plan.replay_privacy, is_in_place=is_so))
    return wishes, count, why


def _given_up_at(turn: Turn) -> datetime:
    return (turn.state.complete_at or turn.closing_from) + GIVE_UP_AFTER


def _over(turn: Turn, *, chapters: int, why: str) -> None:
    data = {"chapters": chapters, "why": why}
    turn.answer.notes.append(Note(kind=REPLAY_OVER, ids={"show": turn.plan.id}, data=data))
