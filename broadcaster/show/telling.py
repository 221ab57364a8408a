"""What happened, and who did it? One plain sentence for each record that is worth reading."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from broadcaster.season.wording import quoted, span_text
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

AUTOMATIC = "automatic"
"""Who did what no person did."""

ENDS = {"obs": "OBS", "youtube": "YouTube", "posts": "a channel for announcements"}
DOINGS: Mapping[str, str] = {
    **{str(verb): doing for verb, doing in (DOING | BESIDE).items()},
    Verb.TAKE: "take the scene",
    Verb.POINT: "give OBS the server and key",
    Verb.START: "start the stream in OBS",
    Verb.STOP: "stop the stream in OBS",
    Verb.RESTART: "restart the stream in OBS",
    Verb.POST: "post",
    Verb.SHOW: "show the lower third",
    Verb.HIDE: "take the lower third away",
    Verb.SAY: "write into the live chat",
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
        told = (Kind.SERVICE, f"{record.kind}, in the words of another version")
    if told is None:
        return None
    kind, text, *who = told
    return Line(seq=record.seq, at=record.at, who=who[0] if who else AUTOMATIC, text=text, kind=kind)


Ids = Mapping[str, str]
Data = Mapping[str, Any]


def _command(ids: Ids, data: Data) -> Told:
    who, segment, lane = str(data["who"]), str(data.get("segment") or ""), str(data.get("lane") or "")
    by = timedelta(seconds=float(data.get("seconds") or 0))
    what = segment or "the show"
    match data["verb"]:
        case "go":
            text = f"GO: go live now, {_span(by)} sooner" if data.get("moves") else f"GO: {segment}"
        case "hold":
            text = f"hold {lane}" if lane else "hold the rundown"
        case "resume":
            text = f"resume {lane}" if lane else "resume"
        case "take":
            text = f"take {quoted(data['scene'])}"
        case "panic":
            text = f"panic: {quoted(data['scene'])} on air until `resume`"
        case "skip":
            text = f"skip {segment}"
        case "delay":
            text = f"delay {what} by {span_text(by)}" if by >= timedelta() else f"bring {what} forward by {_span(by)}"
        case "extend":
            text = f"extend {what} by {span_text(by)}" if by >= timedelta() else f"shorten {what} by {_span(by)}"
        case "end":
            text = "end the show"
        case "reload":
            text = "run another version of the season"
        case verb:
            text = str(verb)
    return Kind.ORDER, text, who


def _span(by: timedelta) -> str:
    return span_text(abs(by))


def _outcome(ids: Ids, data: Data) -> Told:
    verb, result = str(data["verb"]), Result(data["result"])
    if result is Result.DONE:
        return (Kind.CUE, f"{quoted(data['scene'])} is on air") if verb == Verb.TAKE else None
    doing = DOINGS.get(verb, verb)
    if result is Result.WITHDRAWN:
        return None  # the order that came before it is told
    reason = str(data.get("reason") or "no reason was given").rstrip(".")
    if result is Result.UNKNOWN:
        return Kind.TROUBLE, f"asked to {doing}, and no answer came: {reason}"
    return Kind.TROUBLE, f"could not {doing}: {reason}"


def _settled(ids: Ids, data: Data) -> Told:
    cue, end = ids["cue"], End(data["end"])
    _, _, short = cue.partition("/")
    if end is not End.DONE:
        kind = Kind.CUE if end is End.SKIPPED else Kind.TROUBLE
        return kind, f"{short}: {end}: {data['why']}"
    lane, _, rest = short.partition("/")
    if lane == "posts":
        return Kind.CUE, f"posted {rest.removeprefix('post/')}"
    return (Kind.CUE, f"{lane}: {rest.replace('/', ' ')}") if lane in ("graphics", "destination", "guests") else None


def _phase(ids: Ids, data: Data) -> Told:
    return Kind.CUE, f"{ids['show']} is {data['phase']}: {data['why']}"


def _segment(ids: Ids, data: Data) -> Told:
    title = f" ({data['title']})" if data.get("title") else ""
    return Kind.CUE, f"{ids['segment']}{title} begins: {data['why']}"


def _broadcast(ids: Ids, data: Data) -> Told:
    return Kind.FAR_END, f"YouTube says that the broadcast is {str(data['lifecycle']).replace('_', ' ')}"


def _stream(ids: Ids, data: Data) -> Told:
    if not data["active"]:
        return Kind.FAR_END, "YouTube receives nothing"
    return Kind.FAR_END, f"YouTube receives video: {str(data['health']).replace('_', ' ')}"


def _mismatch(ids: Ids, data: Data) -> Told:
    found = data["mismatches"]
    return (Kind.TROUBLE, "; ".join(found)) if found else (Kind.FAR_END, "OBS, broadcast and key belong together")


def _encoder(ids: Ids, data: Data) -> Told:
    return Kind.FAR_END, "OBS streams" if data["streaming"] else "OBS does not stream"


def _held(ids: Ids, data: Data) -> Told:
    return Kind.ORDER, f"{ids['lane']} is in hand: {data['why']}", str(data["by"])


def _released(ids: Ids, data: Data) -> Told:
    return Kind.ORDER, f"{ids['lane']} is automatic again: {data['why']}"


def _stepped(ids: Ids, data: Data) -> Told:
    seconds = float(data["seconds"])
    return Kind.TROUBLE, f"the clock was set {'ahead' if seconds > 0 else 'back'} by {abs(seconds):g} s"


def _rule(ids: Ids, data: Data) -> Told:
    subject = ids["cue"].rpartition("/")[2]
    return Kind.CUE, f"{subject} was too late ({data['rule']}): {data['why']}"


def _quota(ids: Ids, data: Data) -> Told:
    said = "YouTube's quota is used up" if data["empty"] else "YouTube's quota is there again"
    return (Kind.TROUBLE if data["empty"] else Kind.FAR_END), said


def _changed(ids: Ids, data: Data) -> Told:
    changes = len(data.get("difference") or ())
    return Kind.ORDER, f"the season was changed in {changes} place{'' if changes == 1 else 's'}"


_TELLERS: Mapping[str, Callable[[Ids, Data], Told]] = {
    RUN_STARTED: lambda ids, data: (Kind.SERVICE, "the service started"),
    RUN_ENDED: lambda ids, data: (Kind.SERVICE, "the service stopped; the far ends stay as they are"),
    COMMAND_GIVEN: _command,
    OUTCOME: _outcome,
    CUE_SETTLED: _settled,
    PHASE_ENTERED: _phase,
    SEGMENT_STARTED: _segment,
    SEGMENT_PUT_OFF: lambda ids, data: (Kind.CUE, f"{ids['segment']} was put off: {data['why']}"),
    BROADCAST_SEEN: _broadcast,
    BROADCAST_GONE: lambda ids, data: (Kind.TROUBLE, "YouTube does not know the broadcast any more"),
    STREAM_SEEN: _stream,
    MISMATCH_SEEN: _mismatch,
    ENCODER_SEEN: _encoder,
    ALARM: lambda ids, data: (Kind.TROUBLE, f"ALARM: {data['why']}"),
    ALARM_OVER: lambda ids, data: (Kind.FAR_END, str(data["why"])),
    REPLAY_OVER: lambda ids, data: (Kind.CUE, str(data.get("why") or "the video after the show is as it should be")),
    LANE_HELD: _held,
    LANE_RELEASED: _released,
    FAR_END_LOST: lambda ids, data: (Kind.TROUBLE, f"{_end(ids)} is away: {data['why']}"),
    FAR_END_BACK: lambda ids, data: (Kind.FAR_END, f"{_end(ids)} is back"),
    CLOCK_STEPPED: _stepped,
    LOOP_STALLED: lambda ids, data: (Kind.TROUBLE, f"nothing ran here for {float(data['seconds']):g} s"),
    RULE_APPLIED: _rule,
    SEASON_CHANGED: _changed,
    JOURNAL_BACK: lambda ids, data: (Kind.SERVICE, f"the journal is written again; it was not: {data['why']}"),
    QUOTA_SEEN: _quota,
}


SILENT = frozenset(
    {INTENT, SCENE_SEEN, DRESSING_SEEN, SHOW_CHANGED, QUOTA_SPENT, PERSON_ACTED},
)
"""What only the record keeps: beginnings of acts, details of what is told otherwise, and what is for admins alone."""


def _end(ids: Ids) -> str:
    return ENDS.get(ids["far_end"], ids["far_end"])
