"""What does somebody write anew in the file of a running season? Something small, and not always something allowed."""

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.simulation.seasons import CHANNELS, SCENES

Document = dict[str, Any]


def edited(document: Document, chance: Random) -> tuple[Document, str]:
    """Another version of the season, and what is different."""
    new = deepcopy(document)
    said = [chance.choice(_EDITS)(new, chance) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    said += [_hour(each) for each in new.get("announcement", ()) if "hand_over" in each]
    return new, ", ".join(each for each in said if each)


def _show(document: Document, chance: Random) -> Document:
    return chance.choice(document["show"])  # type: ignore[no-any-return]


def _segment(document: Document, chance: Random) -> tuple[Document, Document]:
    show = _show(document, chance)
    return show, chance.choice(show["segment"])


def _lasts(document: Document, chance: Random) -> str:
    show, segment = _segment(document, chance)
    segment["duration"] = f"{chance.choice((5, 10, 20, 60))}s"
    return f"{segment['id']} of {show['id']} lasts {segment['duration']}"


def _scene(document: Document, chance: Random) -> str:
    show, segment = _segment(document, chance)
    segment["scene"] = chance.choice(SCENES[1:5])
    return f"{segment['id']} of {show['id']} is {segment['scene']}"


def _title(document: Document, chance: Random) -> str:
    show, segment = _segment(document, chance)
    segment["title"] += " anew"
    return f"{segment['id']} of {show['id']} has another title"


def _rule(document: Document, chance: Random) -> str:
    show, segment = _segment(document, chance)
    match chance.choice(("overrun", "late", "manual")):
        case "overrun":
            segment["overrun"] = chance.choice(("cut", "push", "shorten"))
        case "late":
            segment["late"] = {"grace": "10s", "then": chance.choice(("fire", "skip", "ask", "fallback"))}
        case _:
            segment["advance"] = "auto" if segment.get("advance") == "manual" else "manual"
    return f"{segment['id']} of {show['id']} has another rule"


def _wall(document: Document, chance: Random) -> str:
    show, segment = _segment(document, chance)
    if "start" in segment:
        moved = _clock(segment["start"]) + timedelta(seconds=chance.choice((-30, 5, 30)))
        if chance.random() < 0.5:
            del segment["start"]
            return f"{segment['id']} of {show['id']} is no wall"
        segment["start"] = f"{moved:%H:%M:%S}"
        return f"the wall of {segment['id']} of {show['id']} is at {segment['start']}"
    return ""


def _remove(document: Document, chance: Random) -> str:
    show, segment = _segment(document, chance)
    if len(show["segment"]) == 1:
        return ""
    show["segment"].remove(segment)
    return f"{show['id']} without {segment['id']}"


def _add(document: Document, chance: Random) -> str:
    show = _show(document, chance)
    name = f"n{chance.randrange(1000)}"
    segment = {"id": name, "title": name, "scene": chance.choice(SCENES[1:5]), "duration": "10s"}
    show["segment"].insert(chance.randrange(len(show["segment"]) + 1), segment)
    return f"{show['id']} with {name}"


def _swap(document: Document, chance: Random) -> str:
    show = _show(document, chance)
    segments = show["segment"]
    if len(segments) < 2:
        return ""
    place = chance.randrange(len(segments) - 1)
    segments[place], segments[place + 1] = segments[place + 1], segments[place]
    return f"{segments[place]['id']} of {show['id']} one place earlier"


def _live(document: Document, chance: Random) -> str:
    show = _show(document, chance)
    by = timedelta(seconds=chance.choice((-60, -10, 5, 30, 120)))
    show["go_live"] = f"{_clock(show['go_live']) + by:%H:%M:%S}"
    for segment in show["segment"]:
        if "start" in segment:
            segment["start"] = f"{_clock(segment['start']) + by:%H:%M:%S}"
    return f"{show['id']} live at {show['go_live']}"


def _post(document: Document, chance: Random) -> str:
    posts = document.setdefault("announcement", [])
    if posts and chance.random() < 0.4:
        gone = posts.pop(chance.randrange(len(posts)))
        return f"no {gone['id']}"
    if posts and chance.random() < 0.6:
        post = chance.choice(posts)
        post["text"] = {"en": f"{post['id']} anew {{{{ go_live | local_time }}}}"}
        return f"another text of {post['id']}"
    name = f"p{chance.randrange(1000)}"
    at = chance.choice(({"before": "20s"}, {"when": "live"}, {"when": "ended"}))
    posts.append({"id": name, "at": at, "channels": [chance.choice(CHANNELS)], "text": {"en": name}})
    return f"{name} is posted {at}"


def _hour(post: Document) -> str:
    """Another instant for what may wait with its channel already. Of its own chance, as in seasons."""
    chance = Random(repr(post))
    hour, minute = map(int, post["at"]["time"].split(":"))
    minutes = hour * 60 + minute + chance.choice((-20, -1, 1, 5, 30, 30))
    if not 0 <= minutes < 24 * 60:
        return ""
    post["at"]["time"] = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{post['id']} at {post['at']['time']}"


def _page(document: Document, chance: Random) -> str:
    main = document["destinations"].get("main")
    if main is None:
        return ""
    match chance.choice(("description", "title", "playlist", "privacy")):
        case "description":
            main["description"] = f"Anew {chance.randrange(100)}"
        case "title":
            main["title"] = f"{{{{ show.title }}}} {chance.randrange(100)}"
        case "playlist":
            main["playlist"] = chance.choice(("PL-season", "PL-other"))
        case _:
            main["privacy"] = chance.choice(("public", "unlisted", "private"))
    return "another page"


def _no_show(document: Document, chance: Random) -> str:
    if len(document["show"]) == 1:
        return ""
    gone = _show(document, chance)
    document["show"].remove(gone)
    return f"no {gone['id']}"


def _elsewhere(document: Document, chance: Random) -> str:
    show = _show(document, chance)
    other = "relay" if show["destinations"] == ["main"] else "main"
    if other not in document["destinations"]:
        return ""
    show["destinations"] = [other]
    show.pop("on_drop", None)
    return f"{show['id']} goes to {other}"


def _drop(document: Document, chance: Random) -> str:
    show = _show(document, chance)
    show["on_drop"] = chance.choice(("stay", "fallback"))
    return f"{show['id']} when nothing arrives: {show['on_drop']}"


def _clock(text: str) -> datetime:
    return datetime.strptime(text, "%H:%M:%S")  # noqa: DTZ007 - a clock time


_EDITS: tuple[Callable[[Document, Random], str], ...] = (
    *(_lasts, _lasts, _scene, _scene, _title, _rule, _rule, _wall, _wall, _remove, _remove, _add, _add, _swap),
    *(_live, _live, _post, _post, _page, _no_show, _elsewhere, _drop),
)
