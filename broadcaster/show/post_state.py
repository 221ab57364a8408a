"""What does the record say of one announcement: what operators want of it, and what is out?

Part of a show's state, so it is a fold of the records like the rest. An intent keeps the text and the truth that it is
about to tell, so that a post whose answer was lost is still known for what it says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from broadcaster.season.errors import BROKEN
from broadcaster.show.records import Result, instant

FIRST = ("post", "say")
"""Acts that put a post out."""
AFTER = ("follow", "say_again")
"""Acts that follow a post up, where nothing can be edited."""
SEARCHES = {"find_post": "post", "find_follow": "follow"}
"""Searches -> the act whose answer was lost."""
CORRECTIONS_KEPT = 10
BROKEN_TRIES = 5
"""After so many edits at which our own code failed it is as if the channel did not take the words."""
IS_OUT = "isOut"
"""The reason of a channel that is asked to move what readers have already."""
NO_EDIT = "noEdit"
"""The reason of a channel that edits nothing."""
EDITS = ("edit", "picture")
"""Acts that put something else in its place."""
UNFINDABLE = ("say", "say_again")
"""Nobody can look for these: where the answer was lost people have to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a text says of the show; `go_live` None: it was sent before that was written down."""

    go_live: datetime | None = None
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """An act whose answer was lost: which, since when that is known, when it was sent, and what it told."""

    verb: str
    at: datetime
    sent: datetime
    text: str
    news: str
    told: Told
    publish_at: datetime | None = None
    """When its channel publishes it, if it was being handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Untaken:
    """Words that a channel did not take, and the truth that they tell."""

    news: str
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What was said instead of `before`, and how: by an edit, or by another post that follows."""

    at: datetime
    how: str
    text: str
    before: str
    post: str = ""
    """The far end's id, of one that follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostState:
    """One post, by the record. What stands before `asks` is the operators' doing."""

    held_by: str = ""
    text: str = ""
    """Their own words instead of the season's, as they are, without a template; so the title."""
    title: str = ""
    sent_by: str = ""
    """Who wants it sent now, whatever its time."""
    skipped_by: str = ""
    resolved: str = ""
    """What they found where an answer was lost: `sent`, it is out, or `again`, send it again. See `resolved_by`."""
    resolved_by: str = ""
    asks: bool = False
    """It waits for them: whether it is out, or whether it is still to go out although it is late."""
    post: str = ""
    """The far end's id, once it is out and that is known."""
    posted: datetime | None = None
    """When it came out, or comes out where its channel was handed it before."""
    is_handed_over: bool = False
    moving: datetime | None = None
    """The instant to which its channel may have moved it: the answer was lost."""
    stays_from: datetime | None = None
    """The instant to which its channel did not move it."""
    not_ahead: str = ""
    """Why its channel did not take it ahead; it is posted at its instant then."""
    is_put_off: bool = False
    """That was the last thing that was tried: what was refused is the hand-over, not the post."""
    said: str = ""
    """What it says now."""
    news: str = ""
    """The season's words as those readers had them last, by it or by its last follow-up."""
    told: Told | None = None
    """The truth that it tells, or its last follow-up does; None: it is not out, or nobody knows."""
    lost: Lost | None = None
    is_unsure: bool = False
    """The answer to its last edit was lost: it says either that or `said`."""
    broken: int = 0
    """Edits since the last that was taken at which our own code failed."""
    edits: int = 0
    follows: int = 0
    is_pinned: bool = False
    is_fixed: bool = False
    """Its channel does not edit it."""
    picture: str = ""
    """What its picture was made from, in short; empty: it has none, or nobody knows."""
    is_picture_old: bool = False
    """Its words were put right, and its picture is still to be."""
    unedited: Untaken | None = None
    """What its channel did not take in its place, though it edits."""
    refused: Told | None = None
    """The truth that its channel did not take as a follow-up."""
    corrections: tuple[Correction, ...] = ()
    """The latest of them."""

    @property
    def is_out(self) -> bool:
        """It was seen out, or an operator says so."""
        return self.posted is not None

    @property
    def is_corrected(self) -> bool:
        """It says, or is followed by, something else than when it went out."""
        return self.edits + self.follows > 0

    @property
    def is_follow_lost(self) -> bool:
        """It may be followed by another truth, and nobody knows."""
        return self.lost is not None and self.lost.verb in AFTER

    @property
    def is_lost(self) -> bool:
        """It may be out, and nobody knows."""
        return self.lost is not None and self.lost.verb in FIRST


NOTHING = PostState()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Until when a channel is left alone, since when, and why; `failures` in a row came before, since it `began`."""

    since: datetime
    until: datetime
    failures: int = 0
    began: datetime | None = None
    why: str = ""


def ordered(post: PostState, data: Mapping[str, Any], at: datetime) -> PostState:
    """The post after an operator's order of the verb `post`, given at that instant."""
    who = str(data["who"])
    match data["act"]:
        case "hold":
            return replace(post, held_by=who, sent_by="")
        case "resume":
            return replace(post, held_by="")
        case "edit":
            return replace(post, text=str(data.get("text", "")), title=str(data.get("title", "")))
        case "send":
            return replace(post, sent_by=who, held_by="", skipped_by="", asks=post.asks and post.lost is not None)
        case "skip" | "cancel":
            return replace(post, skipped_by=who, held_by="")
        case "sent":
            return _known(replace(post, resolved="sent", resolved_by=who), "")
        case "again" if post.lost is not None:
            # at once, but for what its channel was to publish at an instant that is still to come, and a follow-up
            is_due = post.is_lost and (post.lost.publish_at is None or post.lost.publish_at <= at)
            post = replace(post, sent_by=who if is_due else post.sent_by)
            return replace(post, resolved="again", resolved_by=who, skipped_by="", asks=False, lost=None)
        case "again":
            return replace(post, sent_by=who, skipped_by="", asks=False)
    return post


def asking(post: PostState) -> PostState:
    """It is late, and its rule is to ask."""
    return replace(post, asks=True)


def given_up(post: PostState) -> PostState:
    """Nobody has found out whether its follow-up is out: it is not told again."""
    lost = post.lost
    if lost is None or not post.is_follow_lost:
        return post
    return replace(post, lost=None, asks=False, told=lost.told, news=lost.news)


def begun(post: PostState, verb: str) -> PostState:
    """The post once an act has its intent on the disk."""
    if verb not in (*FIRST, *AFTER):
        return post
    return replace(post, asks=False, resolved="", resolved_by="", is_put_off=False)


def ended(
    post: PostState,
    verb: str,
    result: Result,
    data: Mapping[str, Any],
    told: Mapping[str, Any],
    at: datetime,
    *,
    sent: datetime,
) -> PostState:
    """The post after an act with that outcome at `at`; `told` is what its intent kept, `sent` when that was."""
    if verb in SEARCHES:
        return _searched(post, verb, result, data)
    if result is Result.UNKNOWN and verb in EDITS:
        post = replace(post, is_unsure=True, picture="" if verb == "picture" else post.picture)
    if told.get("publish_at") and result in (Result.REFUSED, Result.UNKNOWN):
        if verb == "edit":
            return _not_moved(post, result, data, instant(told["publish_at"]), at)
        if verb in FIRST and result is Result.REFUSED:
            return replace(post, not_ahead=str(data.get("reason", "")) or "it was refused", is_put_off=True)
    if result is Result.UNKNOWN and verb in (*FIRST, *AFTER):
        lost = Lost(
            verb=verb,
            at=at,
            sent=sent,
            text=str(told.get("text", "")),
            news=str(told.get("news", "")),
            told=_told(told),
            publish_at=instant(told["publish_at"]) if told.get("publish_at") else None,
        )
        return replace(post, lost=lost, asks=verb in UNFINDABLE)
    if result is Result.UNKNOWN and verb in EDITS and data.get("code") == BROKEN:
        return _broken(post, verb, told)
    if result is Result.REFUSED and verb in AFTER:
        return replace(post, refused=_told(told))
    if result is Result.REFUSED and verb == "edit":
        if data.get("code") == NO_EDIT:
            return replace(post, is_fixed=True)
        return replace(post, unedited=_untaken(post, told))
    if result is Result.REFUSED and verb == "picture":
        return replace(post, is_picture_old=False)
    if result is not Result.DONE:
        return post
    said, news = str(data.get("text", "")) or post.said, str(told.get("news", ""))
    if verb in FIRST:
        posted, post_id = instant(data["posted"]) if data.get("posted") else at, str(data.get("post", ""))
        post = replace(post, post=post_id, posted=posted, is_handed_over=bool(data.get("handed_over")))
        post = replace(post, picture=str(told.get("picture", "")))
        return replace(post, said=said, news=news, told=_told(told), lost=None)
    if verb in AFTER:
        post = _corrected(post, "follow", said, at, str(data.get("post", "")))
        follows = post.follows + (said != post.said)
        return replace(post, follows=follows, news=news, told=_told(told), lost=None, is_unsure=False)
    if verb in EDITS:
        post = replace(_corrected(post, "edit", said, at), unedited=None, is_unsure=False, broken=0)
        post = replace(post, picture=str(told.get("picture", post.picture)))
        post = replace(post, is_picture_old=bool(told.get("is_picture_old")))
        if told.get("publish_at"):
            post = replace(post, posted=instant(told["publish_at"]), moving=None, stays_from=None)
        return replace(post, edits=post.edits + (said != post.said), said=said, news=news, told=_told(told))
    return replace(post, is_pinned=True) if verb == "pin" else post


def _broken(post: PostState, verb: str, told: Mapping[str, Any]) -> PostState:
    """The post after an edit at which our own code failed: it is not tried for ever."""
    if post.broken + 1 < BROKEN_TRIES:
        return replace(post, broken=post.broken + 1)
    if verb == "picture":
        return replace(post, broken=0, is_picture_old=False)
    return replace(post, broken=0, unedited=_untaken(post, told))


def _untaken(post: PostState, told: Mapping[str, Any]) -> Untaken:
    """What was not taken; nothing of it was kept where it could not even be made."""
    return Untaken(news=str(told.get("news", "")) or post.text, told=_told(told))


def _not_moved(post: PostState, result: Result, data: Mapping[str, Any], moves_to: datetime, at: datetime) -> PostState:
    """The post after a move that was refused, or whose answer was lost."""
    if result is Result.UNKNOWN:
        return replace(post, moving=moves_to)
    posted = min(post.posted or at, at) if data.get("code") == IS_OUT else post.posted
    return replace(post, posted=posted, moving=None, stays_from=moves_to)


def _searched(post: PostState, verb: str, result: Result, data: Mapping[str, Any]) -> PostState:
    if result is Result.REFUSED:
        return replace(post, asks=post.lost is not None)
    if result is not Result.DONE or post.lost is None or post.lost.verb != SEARCHES[verb]:
        return post
    return _known(post, str(data["post"])) if data.get("post") else replace(post, lost=None, asks=False)


def _known(post: PostState, found: str) -> PostState:
    """What was lost is out."""
    lost = post.lost
    if lost is None:
        return post
    post = replace(post, lost=None, asks=False, told=lost.told, news=lost.news)
    if lost.verb in AFTER:
        return replace(_corrected(post, "follow", lost.text, lost.sent, found), follows=post.follows + 1)
    is_handed_over = lost.publish_at is not None
    return replace(post, post=found, posted=lost.publish_at or lost.sent, is_handed_over=is_handed_over, said=lost.text)


def _corrected(post: PostState, how: str, text: str, at: datetime, id: str = "") -> PostState:
    if text == post.said:
        return post
    correction = Correction(at=at, how=how, text=text, before=post.said, post=id)
    return replace(post, corrections=(*post.corrections, correction)[-CORRECTIONS_KEPT:])


def _told(data: Mapping[str, Any]) -> Told:
    go_live = data.get("go_live")
    return Told(go_live=instant(go_live) if go_live else None, is_cancelled=bool(data.get("cancelled")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Which channels of a season are left alone for now."""

    pauses: Mapping[str, Pause] = field(default_factory=dict)

    def after(self, data: Mapping[str, Any], at: datetime) -> "Channels":
        """The channels after the outcome `data` of an act on one of them."""
        name = data.get("channel", "")
        if not name:
            return self
        if data.get("paused_until"):
            before = self.pauses.get(name)
            failures = before.failures + 1 if before else 1
            began = before.began or before.since if before else at
            until, why = instant(data["paused_until"]), str(data.get("reason", ""))
            pause = Pause(since=at, until=until, failures=failures, began=began, why=why)
            return Channels(pauses={**self.pauses, name: pause})
        if name in self.pauses and data["result"] in (Result.DONE, Result.REFUSED):
            return Channels(pauses={other: pause for other, pause in self.pauses.items() if other != name})
        return self

    def set_clock(self, now: datetime, ahead: timedelta) -> "Channels":
        """The pauses on a clock that says `now`, and was set ahead by that much."""
        return Channels(pauses={name: moved(pause, now, ahead) for name, pause in self.pauses.items()})


def moved(pause: Pause, now: datetime, ahead: timedelta) -> Pause:
    """A pause is a span of true time: on a clock that was set it begins anew, or goes on behind the jump."""
    if pause.since > now:
        ahead = now - pause.since
    elif not pause.since <= now - ahead < pause.until:
        return pause
    began = pause.began + ahead if pause.began is not None else None
    return replace(pause, since=pause.since + ahead, until=pause.until + ahead, began=began)
