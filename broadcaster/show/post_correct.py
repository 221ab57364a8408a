"""Which posts are out and not true any more, and how is that put right?

A post is edited where its channel can; where it cannot, the last one to those readers is followed up by another. Each
truth is told once. What is told ends at live: from then on people see for themselves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from broadcaster.season.channels import LATEST, Reach
from broadcaster.season.example import LEAST_DELAY
from broadcaster.season.plan import CHAT, Action, Cue, Lane, Late, PostPlan, ShowPlan, Trigger
from broadcaster.show.post_ahead import moves_to
from broadcaster.show.post_due import A_MOMENT, ASKED_FOR, is_begun
from broadcaster.show.post_state import UNFINDABLE, PostState, Told
from broadcaster.show.post_turn import ask
from broadcaster.show.records import Result, rule_applied
from broadcaster.show.state import ShowState
from broadcaster.show.turn import Turn, Verb

SAME = timedelta(seconds=1)
"""Records keep milliseconds."""
PIN_TRIES = 5
PINNED_WITHIN = timedelta(hours=1)
TELLS_THE_TIME = ("go_live", "planned", "delay")
"""What a template says that tells when the show is live."""


def tells_the_time(post: PostPlan | None) -> bool:
    """The season's words for it say when the show is live."""
    return post is not None and any(name in text for text in (post.text, post.title) for name in TELLS_THE_TIME)


def is_true(told: Told, now: Told) -> bool:
    """What was told is so now."""
    if told.is_cancelled or now.is_cancelled:
        return told.is_cancelled is now.is_cancelled
    if told.go_live is None or now.go_live is None:
        return True
    return abs(told.go_live - now.go_live) < SAME


class Way(StrEnum):
    """How a post that is out and not true any more is put right."""

    EDIT = "edit"
    FOLLOW = "follow"
    THEIRS = "theirs"
    """Not by us: the words are an operator's."""
    LEFT = "left"
    """Not by itself: those readers are told by another post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """A post that is out and not true any more."""

    cue: Cue
    post: PostState
    way: Way


def correct(turn: Turn) -> None:
    """Ask for the pins, edits and follow-ups that are missing."""
    for name, post in turn.state.posts.items():
        _give_up(turn, name, post)
    if turn.is_held(Lane.POSTS) or not turn.state.posts:
        return
    for name, post in turn.state.posts.items():
        if post.is_out and not post.held_by and turn.plan.knows(name):
            cue = turn.plan.cue(name)
            _pin(turn, cue, post)
            if not _move(turn, cue, post):
                _edit_by_hand(turn, cue, post)
                _picture(turn, cue, post)
    for stale in stale_posts(turn.plan, turn.state, truth(turn), turn.now, turn.around.reaches):
        if not _is_moving(turn, stale.cue, stale.post):  # or its new words go with its new instant
            _correct(turn, stale)


def _give_up(turn: Turn, name: str, post: PostState) -> None:
    """Leave a follow-up whose answer was lost as it is, once it was looked and asked for long enough."""
    if post.lost is None or not post.is_follow_lost:
        return
    if turn.now >= post.lost.at + ASKED_FOR:
        why = "the answer to what followed it was lost; look in the channel whether it is out"
        turn.answer.notes.append(rule_applied(turn.plan.id, name, Late.SKIP, why=why))
    turn.wake(post.lost.at + ASKED_FOR)


def truth(turn: Turn) -> Told:
    """What is so of the show now."""
    return Told(go_live=turn.plan.go_live, is_cancelled=turn.state.cancelled_at is not None)


def _pin(turn: Turn, cue: Cue, post: PostState) -> None:
    if cue.post is None or not cue.post.is_pinned or post.is_pinned or not post.post or post.posted is None:
        return
    reach = turn.around.reaches.get(cue.channel)
    if reach is not None and not reach.pins:
        return  # `check` has said so
    is_given_up = turn.state.attempts.get(f"{cue.id}:{Verb.PIN}", 0) >= PIN_TRIES
    if not is_given_up and turn.result(cue.id, Verb.PIN) is not Result.REFUSED:
        if turn.now < post.posted + PINNED_WITHIN:
            ask(turn, cue, Verb.PIN, why="the season pins it", what=post.post)


def _move(turn: Turn, cue: Cue, post: PostState) -> bool:
    """Have its channel publish what waits there at its new instant, in words that are true by then."""
    if post.is_handed_over:
        turn.wake(cue.at - LATEST + A_MOMENT)
    if not _is_moving(turn, cue, post):
        return False
    ask(turn, cue, Verb.EDIT, why="it was handed over, and its instant has changed", what=post.post)
    return True


def _is_moving(turn: Turn, cue: Cue, post: PostState) -> bool:
    return moves_to(cue, post, turn.now, is_cancelled=turn.state.cancelled_at is not None) is not None


def _edit_by_hand(turn: Turn, cue: Cue, post: PostState) -> None:
    """An operator has other words for what is out."""
    # once cancelled, more than their words stands there
    is_said = post.text in (post.said, post.news) and not post.is_unsure
    is_untaken = post.unedited is not None and post.unedited.news == post.text
    if post.text and not is_said and not is_untaken and can_be_edited(cue, post, turn.around.reaches):
        ask(turn, cue, Verb.EDIT, why="an operator has changed it", what=post.post)


def _picture(turn: Turn, cue: Cue, post: PostState) -> None:
    """Its words were put right at once; drawing a picture takes longer."""
    is_told = post.is_picture_old and _is_told(turn.plan, turn.state, truth(turn), turn.now)
    if is_told and can_be_edited(cue, post, turn.around.reaches):
        ask(turn, cue, Verb.PICTURE, why="its words are right, and its picture is not", what=post.post)


def _told_until(plan: ShowPlan, state: ShowState) -> datetime:
    """How long what was not put right yet is tried: afterwards it means nothing to anybody."""
    return max(plan.off_air, state.cancelled_at or plan.off_air) + ASKED_FOR


def _is_told(plan: ShowPlan, state: ShowState, now: Told, at: datetime) -> bool:
    """What is so `now` is told to the readers of what is out."""
    if at >= _told_until(plan, state):
        return False
    return now.is_cancelled or not (is_begun(state) or (now.go_live is not None and at >= now.go_live))


def stale_posts(
    plan: ShowPlan, state: ShowState, now: Told, at: datetime, reaches: Mapping[str, Reach]
) -> Iterator[Stale]:
    """The posts that say something else than what is so `now`, as long as that is told, and how each is put right."""
    if not _is_told(plan, state, now, at):
        return
    out = [
        (cue, post)
        for cue in plan.cues_of(Lane.POSTS, Action.POST)
        if (post := state.post(cue.id)).is_out and post.told is not None and _is_told_of(cue, now)
    ]
    last: dict[tuple[str, str], str] = {}
    for cue, _ in sorted(out, key=lambda each: each[1].posted or at):
        last[_readers(cue)] = cue.id
    anew = _told_anew(plan, state, now)
    for cue, post in out:
        if post.told is not None and not post.held_by and not (is_true(post.told, now) and _is_known(post, now)):
            is_last = last[_readers(cue)] == cue.id and _readers(cue) not in anew
            yield Stale(cue=cue, post=post, way=_way(cue, post, now, reaches, may_follow=is_last))


def _is_known(post: PostState, now: Told) -> bool:
    """What its readers were told last is what the record says: no lost answer speaks against it."""
    if post.lost is not None and post.is_follow_lost:
        return post.asks and is_true(post.lost.told, now)  # then people look
    return not post.is_unsure or post.follows > 0  # readers go by the last


def _told_anew(plan: ShowPlan, state: ShowState, now: Told) -> set[tuple[str, str]]:
    """The readers who get, or are still to get, words that the season has of its own for this."""
    if not now.is_cancelled and plan.delay < LEAST_DELAY:
        return set()
    wanted = Trigger.CANCELLED if now.is_cancelled else Trigger.DELAYED
    return {
        _readers(cue)
        for cue in plan.cues_of(Lane.POSTS, Action.POST)
        if cue.trigger is wanted and cue.id not in state.settled and not state.post(cue.id).is_out
    }


def _way(cue: Cue, post: PostState, now: Told, reaches: Mapping[str, Reach], *, may_follow: bool) -> Way:
    if post.text and not now.is_cancelled:
        return Way.THEIRS
    is_followed = post.follows > 0 or post.is_follow_lost  # readers go by the last
    is_untaken = post.unedited is not None and is_true(post.unedited.told, now)
    if can_be_edited(cue, post, reaches) and not is_followed and not is_untaken:
        return Way.EDIT
    is_refused = post.refused is not None and is_true(post.refused, now)
    return Way.FOLLOW if may_follow and not is_refused else Way.LEFT


def can_be_edited(cue: Cue, post: PostState, reaches: Mapping[str, Reach]) -> bool:
    """Its channel may take other words in its place, as far as is known."""
    reach = reaches.get(cue.channel)
    is_editing = cue.channel != CHAT and (reach is None or reach.edits)
    return is_editing and bool(post.post) and not post.is_fixed


def _is_told_of(cue: Cue, now: Told) -> bool:
    """It speaks of a show to come, and of its time where that is what has changed."""
    if cue.trigger in (Trigger.LIVE, Trigger.ENDED, Trigger.SEGMENT):
        return False
    return now.is_cancelled or tells_the_time(cue.post)


def _readers(cue: Cue) -> tuple[str, str]:
    return cue.channel, cue.post.reader if cue.post is not None else ""


def _correct(turn: Turn, stale: Stale) -> None:
    why = "the show is cancelled" if truth(turn).is_cancelled else "the time it tells has changed"
    if stale.way is Way.EDIT:
        ask(turn, stale.cue, Verb.EDIT, why=why, what=stale.post.post)
    elif stale.way is Way.FOLLOW:
        _follow(turn, stale.cue, stale.post, why)


def _follow(turn: Turn, cue: Cue, post: PostState, why: str) -> None:
    """Post the new truth behind the old one; a follow-up whose answer was lost is looked for first."""
    now, lost = truth(turn), post.lost
    verb = Verb.SAY_AGAIN if cue.channel == CHAT else Verb.FOLLOW
    if turn.is_busy(cue.id, verb, Verb.FIND_FOLLOW):
        return
    if lost is not None and post.is_follow_lost:
        is_another = not is_true(lost.told, now)
        if not post.asks and lost.verb not in UNFINDABLE:
            ask(turn, cue, Verb.FIND_FOLLOW, why="the answer to its follow-up was lost", what=cue.what)
            return
        if not is_another:
            return  # people are asked
    quiet_until = cue.quiet_until(turn.now)
    if quiet_until is not None:
        turn.wake(quiet_until)
        return
    what = cue.what
    if verb is Verb.SAY_AGAIN:
        seen = turn.observed.broadcast
        if seen is None or not seen.chat_id:
            return
        what = seen.chat_id
    ask(turn, cue, verb, why=why, what=what)
