"""What may an operator do with one post, and what speaks against it?

Whether a post is out is the channel's word. What it tells must be true when it is sent, also by hand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from broadcaster.season.channels import REACH, Reach
from broadcaster.season.example import as_shown
from broadcaster.season.plan import CHAT, Action, Cue, Lane, Plan, ShowPlan
from broadcaster.season.said import say
from broadcaster.season.wording import near, shown
from broadcaster.show.moves import NotNow
from broadcaster.show.post_state import NOTHING, PostState
from broadcaster.show.post_truth import check_has_a_chance, check_true
from broadcaster.show.records import End
from broadcaster.show.state import ShowState
from broadcaster.show.words import why_said

POSTS = f"/{Lane.POSTS}/{Action.POST}/"
MOST_TITLE = 200


class PostAct(StrEnum):
    """What can be done with a post."""

    HOLD = "hold"
    RESUME = "resume"
    EDIT = "edit"
    SEND = "send"
    SKIP = "skip"
    CANCEL = "cancel"
    SENT = "sent"
    AGAIN = "again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a post says."""

    text: str = ""
    title: str = ""


def _untold(show: ShowPlan, cue: Cue, link: str) -> Words:
    return Words()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """What the channels take, and what a post would say now: not of the record, but of who runs the season."""

    reaches: Mapping[str, Reach] = field(default_factory=dict)
    """Channel -> what it can do; one that is not in it is not known."""
    words: Callable[[ShowPlan, Cue, str], Words] = _untold
    """Of a post of the show as it is expected, with the link to watch, without what an operator wrote instead."""

    def reach(self, cue: Cue) -> Reach | None:
        """What the post's channel can do, as far as it is known."""
        return REACH.get(CHAT) if cue.channel == CHAT else self.reaches.get(cue.channel)


class NoSuchPost(NotNow):
    """The season has no post of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostOrder:
    """What is to be done with one post. `text` and `title` are for an edit; empty: as they are."""

    cue: Cue
    act: PostAct
    text: str = ""
    title: str = ""

    @property
    def name(self) -> str:
        """The post as sentences name it."""
        return short_name(self.cue)


def short_name(cue: Cue) -> str:
    """`announcement/channel/audience`, and the segment behind it: what tells a post from the others of its show."""
    return cue.id.partition(POSTS)[2] or cue.id


def find_post(plan: Plan, name: str, show: ShowPlan | None, *, is_named: bool = False) -> tuple[ShowPlan, Cue]:
    """The post of that id, or of that short name in `show`. Raises NoSuchPost with the one that was meant.

    `is_named`: the order was for that show, and for no other.
    """
    its_show, has_show, _ = name.partition(POSTS)
    if has_show and its_show in plan.names and not is_named:
        show = plan.show(its_show)
    known = {short_name(cue): cue for cue in show.cues_of(Lane.POSTS, Action.POST)} if show is not None else {}
    cue = known.get(name) or next((cue for cue in known.values() if cue.id == name), None)
    if show is not None and cue is not None:
        return show, cue
    where = show.id if show is not None else plan.season
    if hint := near(name.partition(POSTS)[2] or name, known):
        raise NoSuchPost(say("{show} has no post {post}; {hint}", show=where, post=_named(name), hint=hint))
    raise NoSuchPost(say("{show} has no post {post}: `posts` lists them", show=where, post=_named(name)))


def _named(name: str) -> str:
    return f"'{shown(name, 200)}'"


def act_on(show: ShowPlan, state: ShowState, order: PostOrder, outlets: Outlets) -> dict[str, Any] | None:
    """What the record keeps of the order; None: all is as it asks. Raises NotNow."""
    data = _ACTS[order.act](show, state, order, outlets)
    return None if data is None else {"post": order.cue.id, "act": order.act, **data}


# -- how a post stands -----------------------------------------------------------------------------------------------


def own(state: ShowState, cue: Cue) -> PostState:
    """What the record says of the post."""
    return state.posts.get(cue.id, NOTHING)


def is_out(state: ShowState, cue: Cue) -> bool:
    """The channel has said that it has it, or an operator has."""
    settled = state.settled.get(cue.id)
    return own(state, cue).is_out or (settled is not None and settled.end is End.DONE)


def _is_in_doubt(state: ShowState, cue: Cue) -> bool:
    """It, or what follows it up, was sent, no answer came, and nobody has said what became of it."""
    return own(state, cue).lost is not None


def _is_left_out(state: ShowState, cue: Cue) -> bool:
    """It has failed, or was skipped, by whomever: it is not out, and nothing but an operator's word will send it."""
    if is_out(state, cue) or _is_in_doubt(state, cue):
        return False
    settled = state.settled.get(cue.id)
    return bool(own(state, cue).skipped_by) or (settled is not None and settled.end in (End.FAILED, End.SKIPPED))


def _is_busy(state: ShowState, cue: Cue) -> bool:
    """Its channel is being asked at this moment, or was when the service was stopped."""
    return any(act.cue == cue.id for act in state.open.values())


def _check_still_to_come(state: ShowState, order: PostOrder) -> None:
    """Raise NotNow for a post that is out, on its way, in doubt, or left out."""
    settled = state.settled.get(order.cue.id)
    if is_out(state, order.cue):
        raise NotNow(say("{post} is out: `post edit` changes what it says, where the channel can", post=order.name))
    if _is_in_doubt(state, order.cue):
        doubt = "nobody knows whether {post} is out: look in the channel, then say `post sent` or `post again`"
        raise NotNow(say(doubt, post=order.name))
    if _is_busy(state, order.cue):
        raise NotNow(say("{post} is being sent at this moment", post=order.name))
    if settled is not None:
        left = "{post} was not sent ({why}): `post send` sends it after all"
        raise NotNow(say(left, post=order.name, why=why_said(settled.why)))
    if own(state, order.cue).skipped_by:
        raise NotNow(say("{post} is skipped: `post send` sends it after all", post=order.name))


# -- what can be done ------------------------------------------------------------------------------------------------


def _hold(show: ShowPlan, state: ShowState, order: PostOrder, outlets: Outlets) -> dict[str, Any] | None:
    if own(state, order.cue).held_by:
        return None
    _check_still_to_come(state, order)
    return {}


def _resume(show: ShowPlan, state: ShowState, order: PostOrder, outlets: Outlets) -> dict[str, Any] | None:
    if own(state, order.cue).held_by:
        return {}
    if _is_left_out(state, order.cue):
        _check_still_to_come(state, order)
    return None


def _skip(show: ShowPlan, state: ShowState, order: PostOrder, outlets: Outlets) -> dict[str, Any] | None:
    if _is_left_out(state, order.cue):
        return None
    _check_still_to_come(state, order)
    return {}


def _cancel(show: ShowPlan, state: ShowState, order: PostOrder, outlets: Outlets) -> dict[str, Any] | None:
    """Everything of one announcement that is still to come in its show."""
    same = [cue for cue in show.cues_of(Lane.POSTS, Action.POST) if cue.subject == order.cue.subject]
    coming = [cue.id for cue in same if _comes(state, cue)]
    if coming:
        return {"posts": coming}
    if any(own(state, cue).skipped_by for cue in same):
        return None
    raise NotNow(say("nothing of {announcement} is still to be sent", announcement=order.cue.subject))


def left_out_with(show: ShowPlan, state: ShowState, cue: Cue) -> tuple[str, ...]:
    """The posts, by id, that `cancel` of this one would leave out. Raises NotNow as it would."""
    found = _cancel(show, state, PostOrder(cue=cue, act=PostAct.CANCEL), Outlets()) or {}
    return tuple(found.get("posts", ()))


def _comes(state: ShowState, cue: Cue) -> bool:
    try:
        _check_still_to_come(state, PostOrder(cue=cue, act=PostAct.CANCEL))
    except NotNow:
        return False
    return True


def _send(show: ShowPlan, state: ShowState, order: PostOrder, outlets: Outlets) -> dict[str, Any] | None:
    """Also what was left out: the crew has mended what was in its way, or thinks otherwise by now."""
    is_left_out = _is_left_out(state, order.cue)
    if own(state, order.cue).sent_by and not is_left_out:
        return None
    if not is_left_out:
        _check_still_to_come(state, order)
    check_true(show, state, order.cue, order.name)
    check_has_a_chance(show, state, order.cue, order.name)
    return {}


def _sent(show: ShowPlan, state: ShowState, order: PostOrder, outlets: Outlets) -> dict[str, Any] | None:
    if _is_in_doubt(state, order.cue):
        _check_not_looked_for(state, order)
        return {}
    if is_out(state, order.cue):
        return None
    _check_still_to_come(state, order)
    raise NotNow(say("{post} was not sent yet: `post send` sends it now, `post skip` leaves it out", post=order.name))


def _again(show: ShowPlan, state: ShowState, order: PostOrder, outlets: Outlets) -> dict[str, Any] | None:
    post = own(state, order.cue)
    if _is_in_doubt(state, order.cue):
        _check_not_looked_for(state, order)
        if post.is_lost:  # not what follows it up
            check_true(show, state, order.cue, order.name)
        return {}
    if not _is_left_out(state, order.cue) and (post.resolved == PostAct.AGAIN or _is_busy(state, order.cue)):
        return None
    _check_still_to_come(state, order)
    raise NotNow(say("{post} was not sent yet: `post send` sends it now, `post skip` leaves it out", post=order.name))


def _check_not_looked_for(state: ShowState, order: PostOrder) -> None:
    if _is_busy(state, order.cue):
        raise NotNow(say("{post} is being looked for in its channel: wait a moment", post=order.name))


def _edit(show: ShowPlan, state: ShowState, order: PostOrder, outlets: Outlets) -> dict[str, Any] | None:
    """Other words for a post to come; for one that is out, a correction."""
    if not order.text and not order.title:
        raise NotNow(say("`post edit` needs the new text, or a new title"))
    if order.text and not any(each.isprintable() and not each.isspace() for each in order.text):
        raise NotNow(say("a post says something: `post skip` leaves it out"))
    before = words_now(show, state, order.cue, outlets)
    theirs = own(state, order.cue)
    text, title = order.text or theirs.text, order.title or theirs.title
    is_as_it_says = (order.text or before.text, order.title or before.title) == (before.text, before.title)
    is_awaited = theirs.text not in (
        "",
        before.text,
    )  # an edit that its channel has not taken yet: it can be taken back
    if (text, title) == (theirs.text, theirs.title) or (is_as_it_says and not is_awaited):
        return None
    reach = outlets.reach(order.cue)
    if not is_out(state, order.cue):
        if not _is_left_out(state, order.cue):  # it may have failed for its words
            _check_still_to_come(state, order)
    elif not order.text:
        raise NotNow(say("{post} is out: say its new text", post=order.name))
    elif not theirs.post:
        unknown = "{post} is out, and nobody knows which it is in the channel: correct it by hand"
        raise NotNow(say(unknown, post=order.name))
    elif theirs.is_fixed or (reach is not None and not reach.edits):
        fixed = "{post} is out, and {channel} cannot edit: correct it by hand, or with another post"
        raise NotNow(say(fixed, post=order.name, channel=reach.called if reach is not None else order.cue.what))
    _check_length(order, reach)
    return {"text": text, "title": title, "text_before": before.text, "title_before": before.title}


def _check_length(order: PostOrder, reach: Reach | None) -> None:
    if len(order.title) > MOST_TITLE:
        raise NotNow(say("the title has {count} letters, and {most} at most", count=len(order.title), most=MOST_TITLE))
    if why := excess(order.cue, reach, order.text):
        raise NotNow(why)


def excess(cue: Cue, reach: Reach | None, text: str) -> str:
    """Why the channel would not take the text, and by how much it is too much; empty: it takes it, or is not known."""
    found = reach.excess(text, has_picture=has_picture(cue)) if reach is not None else None
    if reach is None or found is None:
        return ""
    what = "the text is {count} long, and {channel} takes {most}: shorten it by {over}"
    if found.of == "hashtags":
        what = "the text has {count} hashtags, and {channel} takes {most}: leave {over} out"
    return say(what, count=found.count, channel=reach.called, most=found.most, over=found.over)


def has_picture(cue: Cue) -> bool:
    """Something stands beside the text."""
    return cue.post is not None and bool(cue.post.picture)


def words_now(show: ShowPlan, state: ShowState, cue: Cue, outlets: Outlets) -> Words:
    """What the post said, once it is out, or would say now, as after some delay: an operator's words first."""
    theirs = own(state, cue)
    if theirs.text and theirs.title and not theirs.is_out:
        return Words(text=theirs.text, title=theirs.title)
    link = f"https://youtu.be/{state.broadcast_id}" if state.broadcast_id else ""
    season = outlets.words(show if theirs.is_out else as_shown(show, cue), cue, link)
    if theirs.is_out and theirs.said:
        return Words(text=theirs.said, title=theirs.title or season.title)
    return Words(text=theirs.text or season.text, title=theirs.title or season.title)


_ACTS: Mapping[PostAct, Callable[[ShowPlan, ShowState, PostOrder, Outlets], dict[str, Any] | None]] = {
    PostAct.HOLD: _hold,
    PostAct.RESUME: _resume,
    PostAct.EDIT: _edit,
    PostAct.SEND: _send,
    PostAct.SKIP: _skip,
    PostAct.CANCEL: _cancel,
    PostAct.SENT: _sent,
    PostAct.AGAIN: _again,
}
