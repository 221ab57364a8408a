"""What does an OSC message order? `/broadcaster/take "Runway"`, `/broadcaster/delay/5m`, `/broadcaster/go 1`.

A button that cannot send a text has it in its address; one that sends 1 when pressed and 0 when let go is understood.
"""

import json
from collections.abc import Sequence
from typing import Any

from broadcaster.panel.orders import LOOKED_AT, SHAPES, BadOrder, Giver, read_order
from broadcaster.season.wording import near_or_listed, quoted
from broadcaster.show.orders import Order, Word

PREFIX = "/broadcaster/"
MOST_BYTES = 2048
KNOWN_TAGS = frozenset("ifsdhTFN")
WHO, KIND = "OSC", "osc"

ARGUMENTS: dict[Word, tuple[str, ...]] = {
    Word.TAKE: ("scene",),
    Word.PANIC: ("scene",),
    Word.HOLD: ("lane", "until"),
    Word.RESUME: ("lane",),
    Word.DELAY: ("by",),
    Word.EXTEND: ("by",),
}
"""Word -> the fields that its arguments are, in order; the others take none."""


def read_message(datagram: bytes) -> tuple[str, tuple[Any, ...]]:
    """The address and the arguments of one message. Raises BadOrder for everything else."""
    from pythonosc.osc_message import OscMessage, ParseError
    from pythonosc.parsing.osc_types import ParseError as PartError
    from pythonosc.parsing.osc_types import get_string

    if datagram.startswith(b"#bundle"):
        raise BadOrder("bundles are not taken: send each message by itself")
    if not datagram.startswith(b"/") or len(datagram) > MOST_BYTES:
        raise BadOrder("this is no OSC message")
    try:
        address, index = get_string(datagram, 0)
        tags = get_string(datagram, index)[0] if datagram[index:] else ","
        if not tags.startswith(",") or not set(tags[1:]) <= KNOWN_TAGS:  # of others the parser would complain loudly
            raise BadOrder("its arguments are neither numbers nor texts")
        return address, tuple(OscMessage(datagram).params)
    except (ParseError, PartError, ValueError, IndexError) as error:
        raise BadOrder("this is no OSC message") from error


def read_osc_order(address: str, arguments: Sequence[Any], *, source: str, words: Sequence[Word]) -> Order | None:
    """The order; None for a button that was let go. Raises BadOrder, also for a word that is not among `words`."""
    name, _, rest = address.removeprefix(PREFIX).partition("/")
    known = [str(word) for word in words]
    if not address.startswith(PREFIX) or name not in known:
        said = f"{PREFIX}{name}" if address.startswith(PREFIX) else address
        hint = near_or_listed(said, [PREFIX + word for word in known], what="addresses")
        raise BadOrder(f"nothing is done at {quoted(said)}" + (f"; {hint}" if hint else ""))
    word = Word(name)
    fields = ARGUMENTS.get(word, ())
    texts = rest.split("/") if rest else []
    given = [each for each in arguments if each is not None and each != ""]
    takes_number = bool(fields) and fields[0] == "by" and not texts
    if len(given) == 1 and isinstance(given[0], bool | int | float) and not takes_number:
        if not given[0]:
            return None
        given = []
    texts += [_text(each) for each in given]
    if len(texts) > len(fields):
        raise BadOrder(f"{quoted(name)} takes {len(fields) or 'no'} argument{'s' * (len(fields) != 1)}")
    body = dict(zip(fields, texts, strict=False))
    return read_order(word, json.dumps(body).encode(), key=None, giver=Giver(who=WHO, kind=KIND, source=source))


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a fader that is set to 5 sends 5.0, and 5 is minutes
    return str(value)


def words_for(*, is_director: bool) -> tuple[Word, ...]:
    """The words that may be given; ending a show is a director's."""
    return tuple(word for word in SHAPES if word not in LOOKED_AT and (is_director or word is not Word.END))
