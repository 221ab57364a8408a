"""Where do the words of a card go? Wrapped, balanced and shrunk until they fit their box; never over its edge.

Pure: how wide a text is in a face is told by a `Measure`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from unicodedata import category

Measure = Callable[[str, str, float], float]
"""Text, face and size in pixels -> width in pixels."""

LINE = 1.19
"""From line to line, in sizes: so that accents on capitals never touch what hangs from the line above."""
BASE = 0.95
"""From the top of a line to its base, in sizes."""
STEP = 0.96
HYPHEN = "\0"
"""After a hyphen at which a line may end; never drawn."""
MOST_LETTERS = 400
"""A longer text is cut before it is laid out: no card says more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Lines of one face and size, and the box that they fill, in pixels."""

    lines: tuple[str, ...]
    face: str
    size: float
    spacing: float
    widths: tuple[float, ...]

    @property
    def width(self) -> float:
        """Of the longest line."""
        return max(self.widths, default=0.0)

    @property
    def height(self) -> float:
        """Of all lines."""
        return len(self.lines) * self.size * LINE


def fit(
    text: str,
    *,
    width: float,
    height: float,
    face: str,
    measure: Measure,
    largest: float,
    smallest: float,
    lines: int = 3,
    spacing: float = 0.0,
) -> Fitted:
    """The text as large as it fits into the box; at the smallest size, what does not fit is cut and ends in dots.

    `spacing` is what is put between letters, in sizes. No text: no lines.
    """
    words = re.sub(r"(?<=\w)-(?=\w)", f"-{HYPHEN} ", _printable(text)).split(" ") if text.strip() else []
    size = largest
    while True:
        size = max(size, smallest)

        def wide(said: str, size: float = size) -> float:
            said = said.replace(HYPHEN, "")
            return measure(said, face, size) + spacing * size * len(said)

        most = max(1, min(lines, int(height / (size * LINE) + 1e-6)))
        found = _wrap(words, width, wide)
        if found is not None and len(found) <= most and len(found) * size * LINE <= height + 0.01:
            found = _balanced(words, found, width, wide)
            break
        if size <= smallest:
            found = _cut(words, width, most, wide)
            break
        size *= STEP
    widths = tuple(wide(line) for line in found)
    return Fitted(
        lines=tuple(line.replace(HYPHEN, "") for line in found), face=face, size=size, spacing=spacing, widths=widths
    )


def _printable(text: str) -> str:
    """On one line, without letters that steer instead of showing, and never endless."""
    seen = (each for each in text[: 4 * MOST_LETTERS] if category(each) != "Cf")  # soft hyphens part no words
    said = " ".join("".join(each if each.isprintable() else " " for each in seen).split())
    return said if len(said) <= MOST_LETTERS else f"{said[: MOST_LETTERS - 1]}…"


def _wrap(words: list[str], width: float, wide: Callable[[str], float]) -> list[str] | None:
    """Lines no wider than that; None where a word alone is."""
    lines: list[str] = []
    for word in words:
        if wide(word) > width:
            return None
        longer = f"{lines[-1]} {word}".replace(f"{HYPHEN} ", "") if lines else word
        if lines and wide(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _balanced(words: list[str], found: list[str], width: float, wide: Callable[[str], float]) -> list[str]:
    """As many lines, as even as they can be: the narrowest box that needs no more of them."""
    if len(found) < 2:
        return found
    low, high = width / len(found) / 2, width
    for _ in range(12):
        middle = (low + high) / 2
        tried = _wrap(words, middle, wide)
        if tried is not None and len(tried) <= len(found):
            found, high = tried, middle
        else:
            low = middle
    return found


def _cut(words: list[str], width: float, most: int, wide: Callable[[str], float]) -> list[str]:
    """Lines with overlong words broken, the last one ended with dots when there was more."""
    lines = _wrap([part for word in words for part in _broken(word, width, wide)], width, wide) or []
    if len(lines) <= most:
        return lines
    rest = lines[most - 1]
    while rest and wide(f"{rest}…") > width:
        rest = rest[:-1]
    return [*lines[: most - 1], f"{rest.rstrip()}…"]


def _broken(word: str, width: float, wide: Callable[[str], float]) -> list[str]:
    parts = [""]
    for letter in word:
        if parts[-1] and wide(parts[-1] + letter) > width:
            parts.append("")
        parts[-1] += letter
    return parts
