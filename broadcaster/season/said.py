"""How does an English sentence reach somebody who reads another language, while nothing here knows of languages?

A sentence that is made by `say` is a str like any other, and remembers what it was made from. Who shows it to people
looks up its template in a catalog, and puts the values in.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache

from broadcaster.season.wording import span_text


class Said(str):
    """A sentence with its `template` and the `values` in it, which may be sentences too."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, str]

    def __new__(cls, text: str, template: str = "", values: Mapping[str, str] | None = None) -> "Said":
        """The text as it is in English; without a template it is its own."""
        made = super().__new__(cls, text)
        made.template, made.values = template or text, values or {}
        return made


def say(template: str, /, **values: object) -> Said:
    """The sentence with its {named} values; the template is written out where this is called, so that it is found."""
    kept = {name: value if isinstance(value, str) else str(value) for name, value in values.items()}
    return Said(template.format(**kept), template, kept)


def span_said(span: timedelta) -> Said:
    """`1h30m`, whose units are put into the reader's language."""
    return Said(span_text(span))


def listed_said(sentences: Iterable[str], between: str) -> Said:
    """Several sentences as one, such as `..., ...`."""
    kept = {f"n{place}": sentence for place, sentence in enumerate(sentences)}
    return Said(between.join(kept.values()), between.join(f"{{{name}}}" for name in kept), kept)


def templates(*known: str) -> tuple[str, ...]:
    """The templates of sentences that are read back from the record, where they stand as plain text."""
    return known


def heard(text: str, known: tuple[str, ...]) -> str:
    """The text as it was said, by the first template that fits; as it is if none does."""
    if isinstance(text, Said):
        return text
    if text in known:
        return Said(text)
    for template in known:
        if "{" in template and (match := _pattern(template).fullmatch(text)):
            values = {name: _value(name, value, known) for name, value in match.groupdict().items()}
            return Said(text, template, values)
    return text


SENTENCES, SPANS = frozenset({"why", "late", "label"}), frozenset({"span", "grace"})
"""Names of values that are sentences of the record themselves, and of those that are spans of time."""


def _value(name: str, value: str, known: tuple[str, ...]) -> str:
    return heard(value, known) if name in SENTENCES else Said(value) if name in SPANS else value


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    fits = (f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile("".join(fits), re.DOTALL)
