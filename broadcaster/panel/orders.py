"""What did the request order, and is it written well?

Everything that a request may say is in one table, which the OpenAPI document is made from too.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from broadcaster.season.plan import Lane
from broadcaster.season.wording import listed, near_or_listed, quoted
from broadcaster.show.holds import read_return
from broadcaster.show.orders import Order, Rewrite, Word
from broadcaster.show.post_orders import PostAct
from broadcaster.show.spans import read_span

MOST_BYTES = 64 * 1024
MOST_SEASON_BYTES = 4 * 1024 * 1024
"""A season file of the largest size that is read, as JSON text."""
MOST_LETTERS = 200
MOST_ID_LETTERS = 400
"""A post's id names show, announcement, channel, audience and segment."""
MOST_TEXT_LETTERS = 10_000
"""Beyond what any channel takes, but e-mail."""
WHO_LETTERS = 64


class BadOrder(Exception):
    """The request is written wrongly; the message says what to write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that the body may say; `choices` empty: any text."""

    about: str
    is_number: bool = False
    is_truth: bool = False
    is_span: bool = False
    is_return: bool = False
    is_long: bool = False
    has_lines: bool = False
    most: int = MOST_LETTERS
    choices: tuple[str, ...] = ()


FIELDS: Mapping[str, Field] = {
    "show": Field(about="The show's id; without it, the show on stage, else the next one."),
    "scene": Field(about="The scene's name, as it is in OBS."),
    "lane": Field(about="One lane only; without it, the whole rundown.", choices=tuple(Lane)),
    "until": Field(
        about="When the lane comes back by itself: next-cue, released (when somebody says `resume`), never (for the "
        "rest of the show, unless `resume` names the lane), or a span from now, such as 5m.",
        is_return=True,
    ),
    "by": Field(
        about="How much later: 10 (minutes), 1.30 (a minute and a half), 1h10m, 45s, +5, -3m.",
        is_span=True,
    ),
    "segment": Field(about="The segment's id; without it, the one on air, or the show that has not begun."),
    "preview": Field(
        about="Only say what it would change, and change nothing; of a post's new text, whether its channel takes it.",
        is_truth=True,
    ),
    "post": Field(
        about="The post's id, as GET /api/v1/posts lists it; the show may be left out: announcement/channel/audience.",
        most=MOST_ID_LETTERS,
    ),
    "act": Field(
        about="hold and resume it; edit what it says (also of one that is out, where the channel can); send it now; "
        "skip it; cancel all of its announcement that is not out; and of one whose answer was lost: sent (it is out) "
        "or again (send it again).",
        choices=tuple(PostAct),
    ),
    "text": Field(about="For edit: what the post is to say, word for word.", has_lines=True, most=MOST_TEXT_LETTERS),
    "title": Field(about="For edit: the subject of an e-mail, the title of a card."),
    "toml": Field(about="The whole season file as text; without it, its own file is read again.", is_long=True),
    "cut": Field(about="The segment on air may be changed too.", is_truth=True),
    "revision": Field(
        about="The `revision` of the state that the operator saw; the order is refused when the show has moved on. "
        "Without it, the order is carried out whatever has changed.",
        is_number=True,
    ),
    "key": Field(about="The same as the header Idempotency-Key, for clients that cannot set one."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What one word does, and the fields that it knows besides show, revision and key."""

    about: str
    fields: tuple[str, ...] = ()
    required: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """Every field that its body may hold."""
        return ("show", *self.fields, "revision", "key")


SHAPES: Mapping[Word, Shape] = {
    Word.GO: Shape(
        about="Start the next segment now, or do the take that came too late and asks; in standby, go live now.",
        fields=("preview",),
    ),
    Word.HOLD: Shape(about="Stop the automation of the rundown, or of one lane.", fields=("lane", "until")),
    Word.RESUME: Shape(about="Start the automation again, of everything or of one lane.", fields=("lane",)),
    Word.TAKE: Shape(
        about="Put a scene on program, until the next cue of the program.", fields=("scene",), required=("scene",)
    ),
    Word.PANIC: Shape(
        about="Put the fallback scene, or another one, on program at once; it stays until `resume` or `take`.",
        fields=("scene",),
    ),
    Word.SKIP: Shape(about="Leave the next segment out.", fields=("preview",)),
    Word.DELAY: Shape(
        about="Delay the show, or all that follows the segment on air, or a segment that is named.",
        fields=("by", "segment", "preview"),
        required=("by",),
    ),
    Word.EXTEND: Shape(
        about="Keep the segment on air, or the one that is named, on for longer.",
        fields=("by", "segment", "preview"),
        required=("by",),
    ),
    Word.END: Shape(about="End the show now: closing scene, broadcast complete, encoder off."),
    Word.CANCEL: Shape(
        about="Cancel a show that is not live yet: nothing of it goes on air, and its audiences are told.",
        fields=("preview",),
    ),
    Word.POST: Shape(
        about="Hold, change, send, skip or settle one post.",
        fields=("post", "act", "text", "title", "preview"),
        required=("post", "act"),
    ),
}
LOOKED_AT = (Word.CANCEL, Word.POST)
"""What is not done blindly: neither by OSC, nor by opening an address."""
GET_WORDS = tuple(word for word in SHAPES if word is not Word.END and word not in LOOKED_AT)
"""What simple remotes may order by GET, where that is allowed."""
SEASON_FIELDS = ("toml", "preview", "cut", "revision", "key")
"""What POST /api/v1/season knows."""
PREVIEW_FIELDS = ("scene",)
"""What POST /api/v1/preview knows."""
PREVIEWED = tuple(word for word, shape in SHAPES.items() if "preview" in shape.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Giver:
    """Who gives an order, as what, and from where."""

    who: str
    kind: str
    source: str


def read_order(word: Word, body: bytes, *, key: str | None, giver: Giver) -> Order:
    """The order that a request amounts to; `key` is its header. Raises BadOrder."""
    shape = SHAPES[word]
    said = _said(word, shape.known, body, key)
    for name in shape.required:
        if name not in said:
            raise BadOrder(f"{quoted(word)} needs {quoted(name)}: {FIELDS[name].about}")
    return Order(word=word, who=giver.who, kind=giver.kind, source=giver.source, **said)


def read_query(word: Word, query: Mapping[str, str], *, giver: Giver) -> Order:
    """The order that an address amounts to, such as /api/v1/take?scene=Runway&token=...; raises BadOrder."""
    said: dict[str, Any] = {name: value for name, value in query.items() if name != "token"}
    if len(said) + ("token" in query) != len(query):
        raise BadOrder("the address says one field twice")
    for name in ("revision",):
        if said.get(name, "").isascii() and said.get(name, "").isdecimal():
            said[name] = int(said[name][:20])
    return read_order(word, json.dumps(said).encode(), key=None, giver=giver)


def read_rewrite(body: bytes, *, key: str | None, giver: Giver) -> Rewrite:
    """The new version of the season that a request brings, or asks to be read. Raises BadOrder."""
    said = _said("season", SEASON_FIELDS, body, key)
    return Rewrite(who=giver.who, kind=giver.kind, source=giver.source, **said)


def read_scene(body: bytes) -> str:
    """The scene that a request wants on OBS's preview. Raises BadOrder."""
    said = _said("preview", PREVIEW_FIELDS, body, None)
    if "scene" not in said:
        raise BadOrder(f"'preview' needs 'scene': {FIELDS['scene'].about}")
    scene: str = said["scene"]
    return scene


def _said(what: str, known: Sequence[str], body: bytes, key: str | None) -> dict[str, Any]:
    said = _document(body)
    for name, value in said.items():
        if name not in known:
            hint = near_or_listed(name, known, what="fields")
            raise BadOrder(f"{quoted(what)} knows no field {quoted(name)}" + (f"; {hint}" if hint else ""))
        if value is not None:  # as a client writes what it leaves out
            _check(name, value)
    said = {name: value for name, value in said.items() if value is not None}
    if key is not None:
        _check("key", key)
        if said.get("key", key) != key:
            raise BadOrder("the header Idempotency-Key and 'key' in the body differ; send one of them")
        said["key"] = key
    return said


def clean_name(who: str | None) -> str:
    """The name of who gives the order: printable, at most 64 letters; empty when there is none."""
    printable = "".join(letter for letter in who or "" if letter.isprintable())
    return printable.strip()[:WHO_LETTERS].strip()


def _document(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        document = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_once_each)
    except UnicodeDecodeError:
        raise BadOrder("the body is not UTF-8") from None
    except RecursionError:
        raise BadOrder("the body is nested too deep") from None
    except ValueError as error:
        raise BadOrder(f"the body is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise BadOrder('the body is no JSON object, such as {"scene": "Runway"}')
    return document


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise BadOrder("the body says one field twice")
    return document


def _check(name: str, value: object) -> None:
    field = FIELDS[name]
    if field.is_number:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise BadOrder(f"{quoted(name)} is a whole number, 0 or above, not {_shown(value)}")
        return
    if field.is_truth:
        if not isinstance(value, bool):
            raise BadOrder(f"{quoted(name)} is true or false, not {_shown(value)}")
        return
    if not isinstance(value, str):
        raise BadOrder(f"{quoted(name)} is a text, not {_shown(value)}")
    if field.is_long:
        return  # what it says is checked by who reads it
    if not value.strip() or len(value) > field.most:
        raise BadOrder(f"{quoted(name)} is a text of 1 to {field.most} letters; leave it out to say nothing")
    allowed = "\n\t" if field.has_lines else ""
    if any((letter < " " and letter not in allowed) or "\ud800" <= letter <= "\udfff" for letter in value):
        raise BadOrder(f"{quoted(name)} holds letters that cannot be written")
    if field.is_span:
        try:
            read_span(value)
        except ValueError as error:
            raise BadOrder(error.args[0]) from None
    if field.is_return:
        try:
            read_return(value)
        except ValueError as error:
            raise BadOrder(error.args[0]) from None
    if field.choices and value not in field.choices:
        raise BadOrder(f"{quoted(name)} is one of {listed(field.choices)}, not {_shown(value)}")


def _shown(value: object) -> str:
    return quoted(value) if isinstance(value, str) else quoted(json.dumps(value, ensure_ascii=False))
