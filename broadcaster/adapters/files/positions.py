"""Where in the file does a key, a value or a table stand?

Built only once something is wrong: spanned-toml knows where keys and values are, and a scan of the header lines
knows where tables begin (spanned-toml gives the tables of `[header]` and `[[header]]` no place of their own).
"""

import re
import tomllib
from bisect import bisect_right
from typing import Any

import spanned_toml

Loc = tuple[str | int, ...]

_HEADER = re.compile(r"^[ \t]*(\[\[?)", re.MULTILINE)
_KEY_PART = re.compile(r"""[ \t]*([A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')[ \t]*(\.?)""")

_EQUALS = re.compile(r"""["']?[ \t]*=[ \t]*""")


class Positions:
    """The place of everything in one TOML text, as offsets that `line_column` turns into what editors show."""

    def __init__(self, text: str) -> None:
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._keys: dict[Loc, int] = {}
        self._values: dict[Loc, int] = {}
        self._headers: dict[Loc, int] = {}
        self._spans: list[tuple[int, int]] = []
        self._note(text, spanned_toml.loads(text))
        self._scan_headers(text)

    def of_value(self, loc: Loc) -> tuple[int, int]:
        """Line and column, from 1, of the value at `loc`, or of the nearest table around it that has a place."""
        for end in range(len(loc), 0, -1):
            part = loc[:end]
            for places in (self._values, self._headers, self._keys):
                if part in places:
                    return self._line_column(places[part])
        return (1, 1)

    def of_key(self, loc: Loc) -> tuple[int, int]:
        """Line and column of the key at `loc`, or of the header that makes it."""
        offset = self._headers.get(loc, self._keys.get(loc))
        return self.of_value(loc) if offset is None else self._line_column(offset)

    def _line_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def _note(self, text: str, document: Any) -> None:
        waiting: list[tuple[Loc, Any, int]] = [((), document, 0)]
        while waiting:
            loc, node, start = waiting.pop()
            inner = node.inner()
            if node.span().stop and loc:
                self._values[loc] = start
                self._spans.append((start, node.span().stop))
            if isinstance(inner, dict):
                for key, value in inner.items():
                    below = (*loc, key.inner())
                    self._keys[below] = _with_quote(text, key.span().start)
                    # not the value's own span: that of a text begins after its last escape
                    equals = _EQUALS.match(text, key.span().stop)
                    waiting.append((below, value, equals.end() if equals else value.span().start))
            elif isinstance(inner, list):
                waiting.extend(
                    ((*loc, index), value, _with_quote(text, value.span().start)) for index, value in enumerate(inner)
                )

    def _scan_headers(self, text: str) -> None:
        spans = sorted(self._spans)
        counts: dict[Loc, int] = {}
        at, reach = 0, 0
        for match in _HEADER.finditer(text):
            while at < len(spans) and spans[at][0] <= match.start(1):
                reach = max(reach, spans[at][1])
                at += 1
            if match.start(1) < reach:
                continue  # a line of an array or of a long text
            loc: Loc = ()
            names = _key_parts(text, match.end())
            for depth, name in enumerate(names):
                loc = (*loc, name)
                is_last = depth == len(names) - 1
                if is_last and match[1] == "[[":
                    counts[loc] = counts.get(loc, -1) + 1
                    self._headers.setdefault(loc, match.start(1))
                if loc in counts:
                    loc = (*loc, counts[loc])
            self._headers.setdefault(loc, match.start(1))


def _with_quote(text: str, offset: int) -> int:
    """spanned-toml begins a one-line text after its quote, and every other value at its first character."""
    return offset - 1 if offset and text[offset - 1] in "\"'" else offset


def _key_parts(text: str, offset: int) -> list[str]:
    parts = []
    while match := _KEY_PART.match(text, offset):
        part = match[1]
        parts.append(next(iter(tomllib.loads(f"{part} = 0"))) if part[0] in "\"'" else part)
        offset = match.end()
        if not match[2]:
            break
    return parts
