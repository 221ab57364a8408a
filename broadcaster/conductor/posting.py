"""What does a channel get to say, under which key, and what does the record keep of it?

The words are made once, before the intent: what may have been sent is on the disk word by word.
"""

import bisect
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from broadcaster.ports import Channel, Message, Picture
from broadcaster.season.errors import Refused, TemplateError
from broadcaster.season.example import LEAST_DELAY
from broadcaster.season.plan import Action, Cue, Lane, Plan, ShowPlan, Trigger
from broadcaster.show.post_ahead import moves_to
from broadcaster.show.post_state import AFTER, PostState
from broadcaster.show.records import stamp
from broadcaster.show.state import SeasonState
from broadcaster.show.turn import Verb

if TYPE_CHECKING:
    from broadcaster.conductor.perform import FarEnds

Card = Callable[[ShowPlan, Cue], Awaitable[Picture | None]]
"""The picture of a post, as its show is expected to go; None: it has none."""

ON_TIME = timedelta(minutes=2)
"""What goes out within so much of its instant speaks as of that instant."""
TIME_CHANGED: Mapping[str, str] = {"en": "New time", "ru": "Новое время", "kk": "Жаңа уақыты"}
THE_TIME = "{{ show.title }}: {{ go_live | local_day }}, {{ go_live | local_time }}"
"""What is told those who were told of a delay, when there is none any more."""
EDITS = (Verb.EDIT, Verb.PICTURE)
CANCELLED: Mapping[str, str] = {"en": "Cancelled", "ru": "Отменено", "kk": "Өткізілмейді"}
"""By language: how a correction begins. Those of other languages read English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an act says: the message, the season's words in it, and what is so of the show by then."""

    message: Message
    news: str
    go_live: str
    is_cancelled: bool
    key: str
    is_unchanged: bool = False
    """Those readers have these words already."""

    def as_json(self) -> dict[str, Any]:
        """What the intent keeps of it."""
        told: dict[str, Any] = {"text": self.message.text, "news": self.news, "go_live": self.go_live}
        told |= {"publish_at": stamp(self.message.at)} if self.message.at is not None else {}
        return told | ({"cancelled": True} if self.is_cancelled else {})


def compose(
    ends: "FarEnds", show: ShowPlan, cue: Cue, verb: Verb, post: PostState, broadcast_id: str, *, now: datetime
) -> Said:
    """What the act is to say of the show as it is expected `now`. Raises Refused for words that cannot be made."""
    link = f"https://youtu.be/{broadcast_id}" if broadcast_id else ""
    try:
        is_back = _is_back(show, cue, verb)
        at = publish_at(show, cue, verb, post, now=now)
        message = ends.words(show, replace(_as_it_is(cue, is_back), at=_read_at(cue, verb, post, at, now)), link)
    except TemplateError as error:
        raise Refused(f"its words cannot be made: {error}", reason="noWords") from error
    message = replace(message, text=post.text or message.text, title=post.title or message.title, at=at)
    news, is_unchanged = message.text, False
    if verb in (Verb.FIND_POST, Verb.FIND_FOLLOW) and post.lost is not None and post.lost.text:
        message = replace(message, text=post.lost.text)
    elif verb in EDITS:
        if show.is_cancelled:
            words = post.text or post.news or post.said
            message = replace(message, text=_before(_cancelled(show, message), words, ends, cue))
        elif is_back and not post.text:
            message = replace(message, text=_new_time(message, news, ends, cue))
        is_unchanged = message.text == post.said and at is None and not post.is_unsure
    elif verb in AFTER:
        is_known = not post.is_unsure and not post.is_follow_lost
        is_unchanged = not show.is_cancelled and news == post.news and is_known
        text = _cancelled(show, message) if show.is_cancelled else _new_time(message, news, ends, cue)
        message = replace(message, text=text, follows=post.post)
    return Said(
        message=message,
        news=news,
        go_live=stamp(show.go_live),
        is_cancelled=show.is_cancelled,
        key=_key(ends.season, cue, verb, post, show),
        is_unchanged=is_unchanged,
    )


def _is_back(show: ShowPlan, cue: Cue, verb: Verb) -> bool:
    """The post told of a delay, is to be put right, and there is none any more."""
    is_late = show.planned_live is not None and show.go_live - show.planned_live >= LEAST_DELAY
    return cue.trigger is Trigger.DELAYED and verb in (*EDITS, *AFTER) and not is_late


def _as_it_is(cue: Cue, is_back: bool) -> Cue:
    """With the season's words, or with the time alone where those would tell of a delay that is none."""
    return replace(cue, post=replace(cue.post, text=THE_TIME)) if is_back and cue.post is not None else cue


def _new_time(message: Message, news: str, ends: "FarEnds", cue: Cue) -> str:
    """The news, said to be a new time where the channel takes that much."""
    whole = f"{TIME_CHANGED.get(message.language, TIME_CHANGED['en'])}: {news}"
    return whole if _fits(whole, ends, cue) else news


def _before(truth: str, words: str, ends: "FarEnds", cue: Cue) -> str:
    """The truth, and behind it as many of the words that stood there as the channel takes."""
    whole = f"{truth}\n\n{words}"
    if _fits(whole, ends, cue):
        return whole
    gaps = [found.start() for found in re.finditer(r"\s+", words)]
    cut = [truth, *(f"{truth}\n\n{words[:gap]} …" for gap in gaps if gap)]
    return cut[max(0, bisect.bisect_left(cut, True, key=lambda text: not _fits(text, ends, cue)) - 1)]


def _fits(text: str, ends: "FarEnds", cue: Cue) -> bool:
    """The channel takes as much, as far as that is known."""
    reach, has_picture = ends.reaches.get(cue.channel), cue.post is not None and bool(cue.post.picture)
    return reach is None or reach.excess(text, has_picture=has_picture) is None


def publish_at(show: ShowPlan, cue: Cue, verb: Verb, post: PostState, *, now: datetime) -> datetime | None:
    """When the channel is to publish it itself; None: at once, or as it is. What operators send goes out at once."""
    if verb is Verb.FIND_POST and post.lost is not None:
        return post.lost.publish_at
    if verb is Verb.EDIT:
        return moves_to(cue, post, now, is_cancelled=show.is_cancelled)
    is_ahead = verb is Verb.POST and cue.post is not None and cue.post.hand_over is not None
    return cue.at if is_ahead and not post.sent_by and not post.not_ahead and now < cue.at else None


def _read_at(cue: Cue, verb: Verb, post: PostState, at: datetime | None, now: datetime) -> datetime:
    """The instant that `in 15 minutes` is reckoned from: what stands beside the text in the channel."""
    if at is not None:
        return at
    if verb in EDITS and post.posted is not None:
        return post.posted
    return cue.at if abs(now - cue.at) < ON_TIME else now


def _cancelled(show: ShowPlan, message: Message) -> str:
    title = show.titles.get(message.language, show.title)
    return f"{CANCELLED.get(message.language, CANCELLED['en'])}: {title}"


def known_posts(plan: Plan, state: SeasonState, channel: str) -> frozenset[str]:
    """The ids of what is known to be out on that channel, of all shows; so none of them is the one that is looked for.

    Posts that the season has no more are among them, whatever their channel.
    """
    found: set[str] = set()
    cues = {cue.id: cue for show in plan.shows for cue in show.cues_of(Lane.POSTS, Action.POST)}
    for show in state.shows.values():
        for name, post in show.posts.items():
            if name not in cues or cues[name].channel == channel:
                found |= {post.post, *(correction.post for correction in post.corrections)}
    return frozenset(found - {""})


def _key(season: str, cue: Cue, verb: Verb, post: PostState, show: ShowPlan) -> str:
    """The same for every try of one post, or of one follow-up of it, and for no other of any season."""
    about = f"{season}/{cue.id}"
    if verb in (*AFTER, Verb.FIND_FOLLOW):
        told = post.lost.told if verb is Verb.FIND_FOLLOW and post.lost is not None else None
        go_live = told.go_live if told is not None and told.go_live is not None else show.go_live
        is_cancelled = told.is_cancelled if told is not None else show.is_cancelled
        about += f"/{post.follows + 1}/{'cancelled' if is_cancelled else stamp(go_live)}"
    return hashlib.sha256(about.encode()).hexdigest()[:32]


def port_of(ends: "FarEnds", cue: Cue) -> Channel:
    """Where the post goes. Raises Refused."""
    channel = ends.channels.get(cue.channel)
    if channel is None:
        raise Refused(f"config.toml has no [channels.{cue.channel}]")
    return channel
