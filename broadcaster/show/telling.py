"""What happened, and who did it? One plain sentence for each record that is worth reading."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from broadcaster.season.said import listed_said, say, span_said
from broadcaster.season.wording import quoted, shown
from broadcaster.show.broadcast_alerts import BESIDE, DOING
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
    FAR_END_LOST,
    INTENT,
    JOURNAL_BACK,
    LANE_HELD,
    LANE_RELEASED,
    LOOP_STALLED,
    MISMATCH_SEEN,
    OUTCOME,
    PERSON_ACTED,
    PHASE_ENTERED,
    QUOTA_SEEN,
    QUOTA_SPENT,
    REPLAY_OVER,
    RULE_APPLIED,
    RUN_ENDED,
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
)
from broadcaster.show.turn import Verb
from broadcaster.show.words import ENDS, FAR_ENDS, HEALTHS, LANES, LIFECYCLES, PHASES, RULES, who_said, why_said

AUTOMATIC = say("automatic")
"""Who did what no person did."""

DOINGS: Mapping[str, str] = {
    **{str(verb): doing for verb, doing in (DOING | BESIDE).items()},
    Verb.TAKE: say("take the scene"),
    Verb.POINT: say("give OBS the server and key"),
    Verb.START: say("start the stream in OBS"),
    Verb.STOP: say("stop the stream in OBS"),
    Verb.RESTART: say("restart the stream in OBS"),
    Verb.POST: say("post"),
    Verb.SHOW: say("show the lower third"),
    Verb.HIDE: say("take the lower third away"),
    Verb.SAY: say("write into the live chat"),
    Verb.PICTURE: say("put the picture of the post right"),
}


class Kind(StrEnum):
    """What a line is about, for its colour and for filters."""

    ORDER = "order"
    CUE = "cue"
    FAR_END = "far_end"
    TROUBLE = "trouble"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record as people read it."""

    seq: int
    at: datetime
    who: str
    text: str
    kind: Kind


Told = tuple[Kind, str, str] | tuple[Kind, str] | None


def tell(record: Record) -> Line | None:
    """The record as a sentence; None: nobody wants to read it."""
    teller = _TELLERS.get(record.kind)
    if teller is None:
        return None
    try:
        told = teller(record.ids, record.data)
    except (KeyError, TypeError, ValueError):  # of another version: what it says is not ours to guess
        told = (Kind.SERVICE, say("{kind}, in the words of another version", kind=record.kind))
    if told is None:
        return None
    kind, text, *who = told
    return Line(seq=record.seq, at=record.at, who=who[0] if who else AUTOMATIC, text=text, kind=kind)


Ids = Mapping[str, str]
Data = Mapping[str, Any]


def _command(ids: Ids, data: Data) -> Told:
    who, segment, lane = str(data["who"]), str(data.get("segment") or ""), str(data.get("lane") or "")
    by = timedelta(seconds=float(data.get("seconds") or 0))
    what, name = segment or say("the show"), LANES.get(lane, lane)
    text: str
    match data["verb"]:
        case "go":
            sooner = say("GO: go live now, {span} sooner", span=span_said(abs(by)))
            text = sooner if data.get("moves") else say("GO: {segment}", segment=segment)
        case "hold":
            text = say("hold {lane}", lane=name) if lane else say("hold the rundown")
        case "resume":
            text = say("resume {lane}", lane=name) if lane else say("resume")
        case "take":
            text = say("take {scene}", scene=quoted(data["scene"]))
        case "panic":
            text = say("panic: {scene} on air until `resume`", scene=quoted(data["scene"]))
        case "skip":
            text = say("skip {segment}", segment=segment)
        case "delay":
            span, is_more = span_said(abs(by)), by >= timedelta()
            text = say("delay {what} by {span}", what=what, span=span)
            text = text if is_more else say("bring {what} forward by {span}", what=what, span=span)
        case "extend":
            span, is_more = span_said(abs(by)), by >= timedelta()
            text = say("extend {what} by {span}", what=what, span=span)
            text = text if is_more else say("shorten {what} by {span}", what=what, span=span)
        case "end":
            text = say("end the show")
        case "cancel":
            text = say("cancel the show")
        case "post":
            text = _post_order(data)
        case "reload":
            text = say("run another version of the season")
        case verb:
            text = str(verb)
    return Kind.ORDER, text, who_said(who)


SHOWN_LETTERS = 120
"""Of a post's new words in the log; all of them are in the record."""


def _post_order(data: Data) -> str:
    """What somebody did with one post."""
    post = {"post": str(data["post"]).partition("/posts/post/")[2] or str(data["post"])}
    match data["act"]:
        case "hold":
            return say("hold the post {post}", **post)
        case "resume":
            return say("let the post {post} go out", **post)
        case "edit":
            words = f"“{shown(data.get('text') or data.get('title') or '', SHOWN_LETTERS)}”"
            return say("the post {post} says from now on: {words}", words=words, **post)
        case "send":
            return say("send the post {post} now", **post)
        case "skip":
            return say("leave out the post {post}", **post)
        case "cancel":
            return say("leave out what is to come of {post}: {count} posts", count=len(data["posts"]), **post)
        case "sent":
            return say("the post {post} is out, as was seen in the channel", **post)
        case "again":
            return say("send the post {post} again: it is not out", **post)
    return say("the post {post}, in the words of another version", **post)


def _outcome(ids: Ids, data: Data) -> Told:
    verb, result = str(data["verb"]), Result(data["result"])
    if result is Result.DONE:
        return (Kind.CUE, say("{scene} is on air", scene=quoted(data["scene"]))) if verb == Verb.TAKE else None
    doing = DOINGS.get(verb, verb)
    if result is Result.WITHDRAWN:
        return None  # the order that came before it is told
    reason = str(data.get("reason") or "").rstrip(".") or say("no reason was given")
    if result is Result.UNKNOWN:
        return Kind.TROUBLE, say("asked to {doing}, and no answer came: {why}", doing=doing, why=reason)
    return Kind.TROUBLE, say("could not {doing}: {why}", doing=doing, why=reason)


def _settled(ids: Ids, data: Data) -> Told:
    cue, end = ids["cue"], End(data["end"])
    _, _, short = cue.partition("/")
    if end is not End.DONE:
        kind = Kind.CUE if end is End.SKIPPED else Kind.TROUBLE
        return kind, say("{cue}: {end}: {why}", cue=short, end=ENDS[end], why=why_said(data["why"]))
    lane, _, rest = short.partition("/")
    if lane == "posts":
        return Kind.CUE, say("posted {post}", post=rest.removeprefix("post/"))
    if lane not in ("graphics", "destination", "guests"):
        return None
    return Kind.CUE, say("{lane}: {what}", lane=LANES[lane], what=rest.replace("/", " "))


def _phase(ids: Ids, data: Data) -> Told:
    phase = PHASES[data["phase"]]
    return Kind.CUE, say("{show} is {phase}: {why}", show=ids["show"], phase=phase, why=why_said(data["why"]))


def _segment(ids: Ids, data: Data) -> Told:
    title = f"{ids['segment']} ({data['title']})" if data.get("title") else ids["segment"]
    return Kind.CUE, say("{segment} begins: {why}", segment=title, why=why_said(data["why"]))


def _broadcast(ids: Ids, data: Data) -> Told:
    return Kind.FAR_END, say("YouTube says that the broadcast is {state}", state=LIFECYCLES[data["lifecycle"]])


def _stream(ids: Ids, data: Data) -> Told:
    if not data["active"]:
        return Kind.FAR_END, say("YouTube receives nothing")
    return Kind.FAR_END, say("YouTube receives video: {health}", health=HEALTHS[data["health"]])


def _mismatch(ids: Ids, data: Data) -> Told:
    found = data["mismatches"]
    if not found:
        return Kind.FAR_END, say("OBS, broadcast and key belong together")
    return Kind.TROUBLE, listed_said((why_said(each) for each in found), "; ")


def _encoder(ids: Ids, data: Data) -> Told:
    return Kind.FAR_END, say("OBS streams") if data["streaming"] else say("OBS does not stream")


def _held(ids: Ids, data: Data) -> Told:
    held = say("{lane} is in hand: {why}", lane=LANES[ids["lane"]], why=why_said(data["why"]))
    return Kind.ORDER, held, who_said(str(data["by"]))


def _released(ids: Ids, data: Data) -> Told:
    return Kind.ORDER, say("{lane} is automatic again: {why}", lane=LANES[ids["lane"]], why=why_said(data["why"]))


def _stepped(ids: Ids, data: Data) -> Told:
    seconds = float(data["seconds"])
    if seconds > 0:
        return Kind.TROUBLE, say("the clock was set ahead by {seconds} s", seconds=f"{seconds:g}")
    return Kind.TROUBLE, say("the clock was set back by {seconds} s", seconds=f"{-seconds:g}")


def _rule(ids: Ids, data: Data) -> Told:
    subject = ids["cue"].rpartition("/")[2]
    rule, why = RULES[data["rule"]], why_said(data["why"])
    return Kind.CUE, say("{segment} was too late ({rule}): {why}", segment=subject, rule=rule, why=why)


def _quota(ids: Ids, data: Data) -> Told:
    said = say("YouTube's quota is used up") if data["empty"] else say("YouTube's quota is there again")
    return (Kind.TROUBLE if data["empty"] else Kind.FAR_END), said


def _changed(ids: Ids, data: Data) -> Told:
    changes = len(data.get("difference") or ())
    if changes == 1:
        return Kind.ORDER, say("the season was changed in 1 place")
    return Kind.ORDER, say("the season was changed in {count} places", count=changes)


_TELLERS: Mapping[str, Callable[[Ids, Data], Told]] = {
    RUN_STARTED: lambda ids, data: (Kind.SERVICE, say("the service started")),
    RUN_ENDED: lambda ids, data: (Kind.SERVICE, say("the service stopped; the far ends stay as they are")),
    COMMAND_GIVEN: _command,
    OUTCOME: _outcome,
    CUE_SETTLED: _settled,
    PHASE_ENTERED: _phase,
    SEGMENT_STARTED: _segment,
    SEGMENT_PUT_OFF: lambda ids, data: (
        Kind.CUE,
        say("{segment} was put off: {why}", segment=ids["segment"], why=why_said(data["why"])),
    ),
    BROADCAST_SEEN: _broadcast,
    BROADCAST_GONE: lambda ids, data: (Kind.TROUBLE, say("YouTube does not know the broadcast any more")),
    STREAM_SEEN: _stream,
    MISMATCH_SEEN: _mismatch,
    ENCODER_SEEN: _encoder,
    ALARM: lambda ids, data: (Kind.TROUBLE, say("ALARM: {why}", why=why_said(data["why"]))),
    ALARM_OVER: lambda ids, data: (Kind.FAR_END, why_said(str(data["why"]))),
    REPLAY_OVER: lambda ids, data: (
        Kind.CUE,
        why_said(str(data.get("why") or "")) or say("the video after the show is as it should be"),
    ),
    LANE_HELD: _held,
    LANE_RELEASED: _released,
    FAR_END_LOST: lambda ids, data: (Kind.TROUBLE, say("{far_end} is away: {why}", far_end=_end(ids), why=data["why"])),
    FAR_END_BACK: lambda ids, data: (Kind.FAR_END, say("{far_end} is back", far_end=_end(ids))),
    CLOCK_STEPPED: _stepped,
    LOOP_STALLED: lambda ids, data: (
        Kind.TROUBLE,
        say("nothing ran here for {seconds} s", seconds=f"{float(data['seconds']):g}"),
    ),
    RULE_APPLIED: _rule,
    SEASON_CHANGED: _changed,
    JOURNAL_BACK: lambda ids, data: (
        Kind.SERVICE,
        say("the journal is written again; it was not: {why}", why=data["why"]),
    ),
    QUOTA_SEEN: _quota,
}


SILENT = frozenset(
    {INTENT, SCENE_SEEN, DRESSING_SEEN, SHOW_CHANGED, QUOTA_SPENT, PERSON_ACTED},
)
"""What only the record keeps: beginnings of acts, details of what is told otherwise, and what is for admins alone."""


def _end(ids: Ids) -> str:
    return FAR_ENDS.get(ids["far_end"], ids["far_end"])
