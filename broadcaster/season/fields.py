"""How is one value written in a file: a duration, a clock time, a day, a zone, a name?

Types for pydantic models. Every refusal says in plain words what to write instead; the hint goes in `ctx["hint"]`.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StrictBool, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError, PydanticKnownError

from broadcaster.season.look import COLOUR
from broadcaster.season.plan import Return
from broadcaster.season.wording import is_hidden, near, quoted, shown
from broadcaster.season.zones import zone_names

LONGEST = timedelta(days=60)
YEARS = (2000, 2100)
UNREAD = "und"
"""Stands for a language that could not be read (standins.py); no rule speaks of it."""
RETURN_HINT = "write 'next-cue', 'released', 'never' or a span such as '5m'"
STAND_INS = "stand-ins"
"""The validation context in which UNREAD is a language."""

_DURATION = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,7})s)?", re.ASCII)
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_IDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?", re.ASCII)
_COUNTRY_NOT_LANGUAGE = {
    "kz": "kk",
    "kg": "ky",
    "tj": "tg",
    "tm": "tk",
    "ua": "uk",
    "by": "be",
    "cz": "cs",
    "jp": "ja",
    "cn": "zh",
    "gb": "en",
    "us": "en",
}


class Table(BaseModel):
    """A table of the file: unknown keys are errors, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    FORMS: ClassVar[Mapping[str, str]] = {}
    """Key -> how it is written, for those whose value is a table itself."""


def refusal(message: str, hint: str = "") -> PydanticCustomError:
    """A validation error with our words and, apart from them, the hint."""
    return PydanticCustomError("refused", "{message}", {"message": message, "hint": hint})


def parse_duration(value: object, *, zero: bool = False) -> timedelta:
    """`"1h30m"` as a timedelta; numbers, negatives and (unless `zero`) zero are refused."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise refusal('must be a duration in quotes, such as "12m" or "1h30m"')
    if not isinstance(value, str):
        raise refusal(f"a duration needs a unit, and {value} has none", f'write "{value}s" or "{value}m"')
    text = value.strip().replace(" ", "")
    if text.startswith("-"):
        raise refusal(f"a duration cannot be negative: {quoted(value)}")
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        hint = f'write "{text}s" or "{text}m"' if text.isdecimal() else 'write it like "45s", "12m" or "1h30m"'
        raise refusal(f"{quoted(value)} is not a duration", hint)
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not span and not zero:
        raise refusal("a duration must be longer than zero")
    if span > LONGEST:
        raise refusal(f"{quoted(value)} is longer than {LONGEST.days} days")
    return span


def parse_clock(value: object) -> time:
    """`"19:00"`, `"19:00:30"` or a TOML local time, all the same."""
    if isinstance(value, time):
        return value
    if isinstance(value, str):
        if match := _CLOCK.fullmatch(value.strip()):
            hour, minute, second = (int(part or 0) for part in match.groups())
            return time(hour, minute, second)
        if re.fullmatch(r"\d:[0-5]\d(:[0-5]\d)?", value.strip()):
            raise refusal(f"{quoted(value)} is not a clock time", f'write "0{value.strip()}"')
        if value.strip().startswith("24:"):
            raise refusal(f"{quoted(value)} is not a clock time", 'midnight is "00:00", of the day that begins then')
    raise refusal(
        f"{quoted(value)} is not a clock time" if isinstance(value, str) else "must be a clock time in quotes",
        'write it like "19:00" or "19:00:30"',
    )


def parse_day(value: object) -> date:
    """`2027-10-20`, with or without quotes."""
    day: date | None = None
    if isinstance(value, date) and not isinstance(value, datetime):
        day = value
    elif isinstance(value, datetime):
        raise refusal("must be a date alone; the clock time goes into go_live")
    elif isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip(), re.ASCII):
        try:
            day = date.fromisoformat(value.strip())
        except ValueError:
            raise refusal(f"{quoted(value)} is not a day of the calendar") from None
    if day is None:
        what = f"{quoted(value)} is not a date" if isinstance(value, str) else "must be a date"
        raise refusal(what, "write year-month-day: 2027-10-20")
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise refusal(f"the year must lie between {YEARS[0]} and {YEARS[1]}, not {day.year}")
    return day


def _ident(value: str) -> str:
    if not _IDENT.fullmatch(value):
        plain = re.sub(r"[^A-Za-z0-9]+", "-", value).strip("-").lower()[:64]
        raise refusal(
            f"{quoted(value)} is not a name made of letters a-z, digits and '-' (64 at most)",
            f"write '{plain}'" if plain else "",
        )
    return value


def _plain(value: str) -> str:
    for letter in value:
        if is_hidden(letter):
            raise refusal(f"holds the hidden character U+{ord(letter):04X}: '{shown(value)}'", "delete it")
    if not value.strip():
        raise refusal("must not be empty")
    if len(value) > 500:
        raise refusal(f"is {len(value)} characters long; 500 are allowed")
    return value


def _paragraphs(value: str) -> str:
    for letter in value:
        if is_hidden(letter) and letter not in "\n\t":
            raise refusal(f"holds the hidden character U+{ord(letter):04X}", "delete it")
    return value


@lru_cache(maxsize=256)
def zone_hint(name: str) -> str:
    """Which zone was perhaps meant."""
    if re.match(r"(UTC|GMT)?[+-]?\d", name, re.IGNORECASE):
        return "write a place, such as 'Asia/Almaty': an offset does not know when clocks change"
    names = zone_names()
    last = name.rsplit("/", 1)[-1].replace(" ", "_").casefold()
    same_city = sorted(known for known in names if known.rsplit("/", 1)[-1].casefold() == last)
    return f"did you mean {quoted(same_city[0])}?" if same_city else near(name, names)


def _zone(value: str) -> str:
    if value not in zone_names():
        raise refusal(f"there is no time zone {quoted(value)}", zone_hint(value))
    return value


def _language(value: str, info: ValidationInfo) -> str:
    from babel.localedata import exists

    if value == UNREAD and info.context == STAND_INS:
        return value
    if _LANGUAGE.fullmatch(value) and exists(value.replace("-", "_")):
        return value
    raise refusal(f"{quoted(value)} is not a language", country_hint(value) or "such as 'kk' or 'en-GB'")


def country_hint(value: str) -> str:
    """Which language was meant by the code of a country; empty: it is none of those that are mistaken."""
    meant = _COUNTRY_NOT_LANGUAGE.get(value.lower(), "")
    return f"{quoted(value)} is a country; did you mean the language '{meant}'?" if meant else ""


def _names(value: object) -> object:
    """One text for all languages is kept under ""."""
    if isinstance(value, str):
        return {"": _plain(value)}
    if not isinstance(value, dict):
        raise PydanticKnownError("string_type")
    if not value:
        raise refusal("must not be empty", "write a text in quotes, or one for each language: { kk = ..., en = ... }")
    return value


def _language_or_all(value: str, info: ValidationInfo) -> str:
    return _language(value, info) if value else value


def _nullable_zero(value: object) -> timedelta:
    return parse_duration(value, zero=True)


def parse_return(value: object) -> Return | timedelta:
    """`"next-cue"`, `"released"`, `"never"`, or a span of time."""
    if isinstance(value, str):
        typed = value.strip()
        if typed in tuple(Return):
            return Return(typed)
        if not any(letter.isdecimal() for letter in typed):
            meant = near(typed.replace("_", "-"), tuple(Return)) or RETURN_HINT
            raise refusal(f"{quoted(value)} does not say when a lane comes back", meant)
    return parse_duration(value)


def _colour(value: str) -> str:
    if not COLOUR.fullmatch(value):
        hint = "write it like '#d8a95b': red, green and blue, two digits 0-9 a-f each"
        raise refusal(f"{quoted(value)} is not a colour", hint)
    return value.lower()


def _schema(description: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": description, **more})


_DURATION_PATTERN = r"^(\d+d)?(\d+h)?(\d+m)?(\d+s)?$"
Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    _schema("A duration: 45s, 12m, 1h30m", pattern=_DURATION_PATTERN, minLength=2),
]
Grace = Annotated[
    timedelta,
    BeforeValidator(_nullable_zero),
    _schema("A duration, also 0s", pattern=_DURATION_PATTERN, minLength=2),
]
ReturnRule = Annotated[
    Return | timedelta,
    BeforeValidator(parse_return),
    WithJsonSchema(
        {
            "description": "When a lane taken by hand is automated again: next-cue, released, never, or after a time",
            "anyOf": [
                {"type": "string", "enum": [str(rule) for rule in Return]},
                {"type": "string", "pattern": _DURATION_PATTERN, "minLength": 2},
            ],
        }
    ),
]
ClockTime = Annotated[
    time,
    BeforeValidator(parse_clock),
    WithJsonSchema(
        {
            "description": "A local clock time, in quotes: 19:00 or 19:00:30",
            "anyOf": [
                {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$"},
                {"type": "string", "format": "partial-time"},
            ],
        }
    ),
]
Day = Annotated[
    date,
    BeforeValidator(parse_day),
    WithJsonSchema(
        {
            "description": "A day: 2027-10-20",
            "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}],
        }
    ),
]
Ident = Annotated[
    str, AfterValidator(_ident), _schema("Letters a-z, digits and '-'", pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$")
]
Colour = Annotated[
    str, AfterValidator(_colour), _schema("A colour: #rrggbb", pattern=r"^#[0-9a-fA-F]{6}$", examples=["#d8a95b"])
]
Text = Annotated[str, AfterValidator(_plain), _schema("One line of text", minLength=1, maxLength=500)]
Paragraphs = Annotated[str, AfterValidator(_paragraphs), _schema("Text of one or more lines")]
Names = Annotated[
    dict[Annotated[str, AfterValidator(_language_or_all)], Text],
    BeforeValidator(_names),
    WithJsonSchema(
        {
            "description": "One line of text, or one for each language: { kk = ..., ru = ..., en = ... }",
            "anyOf": [
                {"type": "string", "minLength": 1, "maxLength": 500},
                {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 500},
                },
            ],
        }
    ),
]
Zone = Annotated[str, AfterValidator(_zone), _schema("An IANA time zone, such as Asia/Almaty")]
Language = Annotated[str, AfterValidator(_language), _schema("A language, such as kk, ru, en or en-GB")]
Flag = StrictBool
