"""What can still be checked in a file with errors?

A broken value is replaced by one that is well formed and harmless, so that the rules can look at everything else:
an optional key goes, a text becomes "?", and a show whose times are broken becomes one far away from all others.
What the rules say about a replaced part is not worth telling.
"""

import copy
from collections.abc import Iterable
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any

from broadcaster.season.fields import UNREAD
from broadcaster.season.model import Season

Loc = tuple[str | int, ...]
Document = dict[str, Any]

_FAR = date(2000, 1, 1)
_TIMING = frozenset({"date", "go_live", "fold", "timezone", "prepare", "standby", "closing", "start", "duration"})
"""Keys of a show and its segments without which nothing can be said of its times."""
_TEXTS = frozenset({"title", "scene"})
_SEASON: Document = {"id": "unread", "title": "?", "timezone": "UTC", "languages": [UNREAD]}
_SCENES: Document = {"standby": "?", "fallback": "?", "closing": "?"}
_ROOT = frozenset(field.alias or name for name, field in Season.model_fields.items())
_NAMED: dict[str, Document] = {
    "destinations": {"kind": "rtmp"},
    "audiences": {"timezone": "UTC", "language": UNREAD},
    "rooms": {"kind": "zoom"},
}


def without_errors(document: Document, errors: Iterable[Loc]) -> tuple[Document, set[Loc]]:
    """A copy of the document with stand-ins at those places, and the places that were replaced.

    It is valid in the validation context fields.STAND_INS.

    `errors` are pydantic's: for a missing key, the path of the key; for an unknown one too.
    """
    mended = copy.deepcopy(document)
    return mended, {_replace(mended, tuple(part for part in loc if part != "[key]")) for loc in errors}


def _replace(document: Document, loc: Loc) -> Loc:
    match loc:
        case ("season", str(key), *_) if isinstance(document.get("season"), dict):
            return _set(document["season"], loc[:2], _SEASON.get(key))
        case ("season", *_):
            return _set(document, ("season",), dict(_SEASON))
        case ("scenes", *_):
            return _set(document, ("scenes",), dict(_SCENES))
        case (("destinations" | "audiences" | "rooms") as kind, str(name), *_) if isinstance(document[kind], dict):
            return _set(document[kind], loc[:2], dict(_NAMED[str(kind)]) if name.isascii() else None)
        case (("show" | "guest" | "announcement") as kind, int(index), *_) if isinstance(document[kind], list):
            if kind == "show" and isinstance(document[kind][index], dict):
                return _replace_in_show(document[kind], loc, index)
            return _whole(document[kind], str(kind), index)
        case ("show",):
            document["show"] = [None]
            _whole(document["show"], "show", 0)
            return loc
        case (str(key), *_) if key not in _ROOT:
            return _rename(document, key)
    return _set(document, loc[:1], None)


def _rename(document: Document, key: str) -> Loc:
    """An unknown table that is almost a known one is read as that: what names its content is not wrong too."""
    value = document.pop(key, None)
    meant = get_close_matches(key, _ROOT, n=1)
    if meant:
        document.setdefault(meant[0], value)
    return (key,)


def _replace_in_show(shows: list[Any], loc: Loc, index: int) -> Loc:
    show: Document = shows[index]
    segments = show.get("segment", [])
    if not isinstance(segments, list) or not all(isinstance(segment, dict) for segment in segments):
        return _whole(shows, "show", index)
    match loc[2:]:
        case ("segment", int(number), str(key), *_) if key not in _TIMING:
            return _set_text(segments[number], loc[:5], number)
        case ("segment", int(), str(), *_):
            return _without_times(show, loc[:5], index)
        case ("destinations", *_):
            return _set(show, loc[:3], ["unread"])
        case (str(key), *_) if key in _TIMING:
            return _without_times(show, loc[:3], index)
        case (str(), *_):
            return _set_text(show, loc[:3], index)
    return _whole(shows, "show", index)


def _without_times(show: Document, loc: Loc, index: int) -> Loc:
    """The show as it is, on a day and an encoder of its own, so that no rule about times can speak of it."""
    for table in (show, *show.get("segment", [])):
        for key in _TIMING & set(table):
            del table[key]
    for segment in show.get("segment", []):
        segment["duration"] = "1m"
    show |= _far(index)
    return loc


def _far(index: int) -> Document:
    return {
        "date": _FAR + timedelta(days=2 * index % 30_000),
        "go_live": "12:00",
        "timezone": "UTC",
        "standby": "1m",
        "prepare": "1m",
        "encoder": f"unread-{index}",
    }


def _set_text(table: Document, loc: Loc, number: int) -> Loc:
    key = loc[-1]
    return _set(table, loc, "?" if key in _TEXTS else f"unread-{number}" if key == "id" else None)


def _set(table: Document, loc: Loc, value: object) -> Loc:
    """Put the value at the last key of `loc`; None takes the key away."""
    if value is None:
        table.pop(str(loc[-1]), None)
    else:
        table[str(loc[-1])] = value
    return loc


def _whole(items: list[Any], kind: str, index: int) -> Loc:
    raw = items[index].get("id") if isinstance(items[index], dict) else None
    name = raw if isinstance(raw, str) and raw.replace("-", "").isalnum() and raw.isascii() else f"unread-{index}"
    segment = {"id": "unread", "title": "?", "scene": "?", "duration": "1m"}
    items[index] = {
        "show": {
            "id": name,
            "title": "?",
            "destinations": ["unread"],
            "segment": [segment],
            **_far(index),
        },
        "guest": {"id": name, "name": "?"},
        "announcement": {"id": name, "at": {"when": "live"}, "channels": ["unread"], "text": {UNREAD: "?"}},
    }[kind]
    return (kind, index)
