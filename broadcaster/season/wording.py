"""How is text from a file shown safely, and what did its writer probably mean?"""

import unicodedata
from collections.abc import Collection, Iterable
from datetime import timedelta
from difflib import get_close_matches

from broadcaster.season.errors import Problem

SHOWN_LENGTH = 60
MOST_LISTED = 12
"""More names than these are no help in a sentence."""
SEARCHED_NAMES = 2000
"""Above so many names no likeness is looked for: the cost grows with names times mistakes."""

BIDI_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_hidden(letter: str) -> bool:
    """Whether the letter moves the cursor or turns the reading direction instead of showing itself."""
    return unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") or letter in BIDI_MARKS


def shown(value: object, length: int = SHOWN_LENGTH) -> str:
    """The value as text for a message: hidden letters escaped, long text cut."""
    text = value if isinstance(value, str) else str(value)
    if len(text) > length:
        text = text[: length - 1] + "…"
    return "".join(f"\\u{ord(letter):04x}" if is_hidden(letter) else letter for letter in text)


def quoted(value: object) -> str:
    """The value in single quotes, safe to print."""
    return f"'{shown(value)}'"


def listed(names: Iterable[str], *, last: str = "or") -> str:
    """`a, b or c`."""
    words = [shown(name) for name in names]
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else "none"


def counted(number: int, what: str) -> str:
    """`1 post`, `2 posts`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def near(name: object, names: Collection[str]) -> str:
    """`did you mean 'x'?` when one of the names is alike; otherwise nothing."""
    if not isinstance(name, str) or len(names) > SEARCHED_NAMES:
        return ""
    by_folded = {known.casefold(): known for known in names}
    found = get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=0.6)
    return f"did you mean {quoted(by_folded[found[0]])}?" if found else ""


def near_or_listed(name: object, names: Collection[str], *, what: str) -> str:
    """`did you mean 'x'?`, or the few names that there are."""
    if hint := near(name, names):
        return hint
    if not names:
        return f"the file has no {what}"
    return f"there are: {listed(sorted(names), last='and')}" if len(names) <= MOST_LISTED else ""


def span_text(span: timedelta) -> str:
    """A duration as the file writes it: `1h30m`, `45s`."""
    seconds = round(span.total_seconds())
    parts = ((seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


def unknown(kind: str, name: str, known: Collection[str], loc: tuple[str | int, ...], what: str) -> Problem:
    """A name that stands for nothing; `what` is how the file would define it."""
    return Problem(loc=loc, message=f"there is no {kind} {quoted(name)}", hint=near_or_listed(name, known, what=what))
