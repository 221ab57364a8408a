"""What can an operator say?

An order carries who gave it, from where, the revision that they saw, and a key under which a repeat is recognised.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Word(StrEnum):
    """What an operator can say."""

    GO = "go"
    HOLD = "hold"
    RESUME = "resume"
    TAKE = "take"
    PANIC = "panic"
    SKIP = "skip"
    END = "end"
    DELAY = "delay"
    EXTEND = "extend"
    CANCEL = "cancel"
    POST = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One operator's command. `revision` None: given without looking, as a script does."""

    word: Word
    who: str
    source: str
    kind: str = ""
    """By what they are known: user, token, this machine; see people.Kind."""
    key: str = ""
    revision: int | None = None
    show: str = ""
    scene: str = ""
    lane: str = ""
    by: str = ""
    """A span as it was typed, see spans."""
    segment: str = ""
    until: str = ""
    """When a held lane comes back: next-cue, released, never, or a span from now."""
    post: str = ""
    """The post's id, or its name within the show; see post_orders."""
    act: str = ""
    text: str = ""
    title: str = ""
    preview: bool = False
    """Only say what it would do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """A new version of the season for the running service; `toml` empty: what its own file says by now."""

    who: str
    source: str
    kind: str = ""
    toml: str = ""
    preview: bool = False
    cut: bool = False
    """The segment on air may be changed too."""
    key: str = ""
    revision: int | None = None


def given_by(order: "Order | Rewrite") -> dict[str, Any]:
    """Who gave it, from where, as what, and on which revision, as far as that is known."""
    data: dict[str, Any] = {"who": order.who, "from": order.source}
    if order.kind:
        data["kind"] = order.kind
    if order.revision is not None:
        data["revision"] = order.revision
    return data
