"""How are times, spans, numbers and countries said in the reader's language? The filters that a text may use.

The language and the clock are those of the text's reader. Times are always hours and minutes of 24: Babel's own form
for English is 7:00 PM, which nobody in Taraz reads at a glance.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

from broadcaster.season.errors import TemplateError
from broadcaster.season.walltime import local, offset_text
from broadcaster.season.wording import listed as listed_in_english
from broadcaster.season.wording import near, quoted

if TYPE_CHECKING:
    from babel import Locale

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

_CODE = re.compile(r"[A-Z]{2}", re.ASCII)
_OTHER_NAMES = {"turkey": "TR", "czech republic": "CZ", "uae": "AE", "usa": "US", "uk": "GB", "burma": "MM"}
"""What people write, beside CLDR's English names."""
_AND_BEFORE_THE_LAST = {"kk": " және "}
"""CLDR's list in Kazakh has no conjunction (https://cldr.unicode.org, listPatterns of kk)."""


def local_time(context: Any, value: object, zone: str = "") -> str:
    """`19:00`."""
    return f"{_there(context, value, zone, 'local_time'):%H:%M}"


def local_date(context: Any, value: object, zone: str = "") -> str:
    """`October 20, 2027`, `20 октября 2027 г.`, `2027 ж. 20 қазан`."""
    from babel.dates import format_date

    return str(format_date(_there(context, value, zone, "local_date"), format="long", locale=_locale(context)))


def local_day(context: Any, value: object, zone: str = "") -> str:
    """`October 20`, `20 октября`, `20 қазан`."""
    from babel.dates import format_skeleton

    day = _there(context, value, zone, "local_day")
    return str(format_skeleton("MMMMd", day.replace(tzinfo=None), locale=_locale(context)))


def weekday(context: Any, value: object, zone: str = "") -> str:
    """`Wednesday`, `среда`, `сәрсенбі`."""
    from babel.dates import format_date

    return str(format_date(_there(context, value, zone, "weekday"), format="EEEE", locale=_locale(context)))


def offset(context: Any, value: object, zone: str = "") -> str:
    """`UTC+5`, `UTC+5:30`."""
    return offset_text(_there(context, value, zone, "offset"))


def relative(context: Any, value: object) -> str:
    """`in 25 minutes`, `через 25 минут`, `25 минуттан кейін`: from the instant of the post.

    Less than a day exactly, to the minute; otherwise in days of the reader's calendar.
    """
    then = _there(context, value, "", "relative")
    if (now := context.get("posted_at")) is None:
        raise TemplateError("'relative' tells the time from a post's instant, and this text is no post")
    now = local(now, context["audience"].zone)
    span = then - now
    if abs(span) >= DAY:
        return _directed(context, timedelta(days=(then.date() - now.date()).days), "day")
    if abs(span) < MINUTE:
        return _directed(context, span, "second")
    minutes = round(span / MINUTE)
    hours, rest = divmod(abs(minutes), 60)
    sign = -1 if minutes < 0 else 1
    if not hours or not rest:
        return _directed(context, sign * (rest * MINUTE or hours * HOUR), "minute" if rest else "hour")
    # one pattern has one unit: the hours go before its number, "in {2 hours} 30 minutes"
    said = _directed(context, sign * rest * MINUTE, "minute")
    return said.replace(str(rest), f"{_counted(context, hours * HOUR, 'hour')} {rest}", 1)


def duration(context: Any, value: object) -> str:
    """`20 minutes`, `2 часа 30 минут`, `1 сағат`."""
    if not isinstance(value, timedelta):
        raise TemplateError(f"'duration' takes a span of time, such as delay, not {_kind(value)}")
    span = abs(value)
    if span < MINUTE:
        return _counted(context, span, "second")
    minutes = round(span / MINUTE) * MINUTE
    parts = ((minutes // DAY * DAY, "day"), (minutes % DAY // HOUR * HOUR, "hour"), (minutes % HOUR, "minute"))
    return " ".join(_counted(context, part, unit) for part, unit in parts if part)


def plural(context: Any, value: object, *forms: str) -> str:
    """`5 минут`: the number and the form that goes with it, of those for 1, 2 and 5 (in ru), or for 1 and 2."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TemplateError(f"'plural' takes a whole number, not {_kind(value)}")
    from babel.numbers import format_decimal

    locale = _locale(context)
    samples = _samples(str(locale))
    if len(forms) not in (1, len(samples)) or not all(isinstance(form, str) for form in forms):
        numbers = listed_in_english((str(number) for number in samples.values()), last="and")
        raise TemplateError(
            f"'plural' takes {len(samples)} forms in '{context['audience'].language}' (those for {numbers}), "
            f"or one for every number; here are {len(forms)}"
        )
    said = dict(zip(samples, forms, strict=False)).get(locale.plural_form(abs(value)), forms[-1])
    return f"{format_decimal(value, locale=locale)} {said if len(forms) > 1 else forms[0]}"


def country(context: Any, value: object) -> str:
    """`Қазақстан` for KZ or Kazakhstan; a name that is no country's stays as it is."""
    if not isinstance(value, str):
        raise TemplateError(f"'country' takes a code such as KZ, not {_kind(value)}")
    return country_in(value, context["audience"].language)


def listed(context: Any, values: object) -> str:
    """`A, B and C`: of texts, or of what has a name or a title."""
    from babel.lists import format_list

    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TemplateError(f"'listed' takes several, such as guests, not {_kind(values)}")
    named = [each if isinstance(each, str) else getattr(each, "name", getattr(each, "title", each)) for each in values]
    names = [str(context.environment.finalize(context, each)) for each in named]
    locale = _locale(context)
    if (last := _AND_BEFORE_THE_LAST.get(locale.language)) is None:
        return str(format_list(names, locale=locale))
    return last.join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


FILTERS: Mapping[str, Callable[..., str]] = {
    each.__name__: each
    for each in (
        local_time,
        local_date,
        local_day,
        weekday,
        offset,
        relative,
        duration,
        plural,
        country,
        listed,
    )
}
"""Ours, by name; those that Jinja brings work too."""


def country_in(value: str, language: str) -> str:
    """A country's name in a language, from its code or its English name; what is neither stays as it is.

    Raises TemplateError for two capitals that are no country's code.
    """
    locale = locale_of(language)
    if is_code(value):
        if (found := locale.territories.get(value)) is None:
            raise TemplateError(f"there is no country {quoted(value)}")
        return str(found)
    code = _codes().get(value.strip().casefold())
    return str(locale.territories.get(code, value)) if code is not None else value


def is_code(text: str) -> bool:
    """It is written like a country's code."""
    return _CODE.fullmatch(text) is not None


def is_country(code: str) -> bool:
    """It is no code, or a country's."""
    return not is_code(code) or code in locale_of("en").territories


def is_known_country(text: str) -> bool:
    """It has a name in each language: a country's code, or its English name."""
    return is_country(text) if is_code(text) else text.strip().casefold() in _codes()


def country_near(text: str) -> str:
    """Which country was perhaps meant, with its code."""
    names = {name.title(): code for name, code in _codes().items()}
    found = get_close_matches(text.strip().title(), names, n=1, cutoff=0.6)
    return f"did you mean {quoted(names[found[0]])}, {found[0]}?" if found else ""


@cache
def locale_of(language: str) -> "Locale":
    """Babel's data of a language such as `kk` or `en-GB`."""
    from babel import Locale

    return Locale.parse(language, sep="-")


@cache
def _codes() -> dict[str, str]:
    territories = locale_of("en").territories
    return {str(name).casefold(): code for code, name in territories.items() if is_code(code)} | _OTHER_NAMES


@cache
def _samples(locale: str) -> dict[str, int]:
    """The forms that whole numbers take, each with the first number that takes it: those of ru are 1, 2 and 5."""
    from babel import Locale

    rule = Locale.parse(locale).plural_form
    found: dict[str, int] = {}
    for number in (*range(1, 201), 0):
        found.setdefault(rule(number), number)
    return found


def _locale(context: Any) -> "Locale":
    return locale_of(context["audience"].language)


def _there(context: Any, value: object, zone: str, name: str) -> datetime:
    if not isinstance(value, datetime):
        raise TemplateError(f"{quoted(name)} takes an instant such as go_live, not {_kind(value)}")
    return local(value, zone or context["audience"].zone)


def _kind(value: object) -> str:
    match value:
        case str():
            return f"the text {quoted(value)}"
        case bool() | int() | float():
            return f"the number {value}"
        case datetime() | date():
            return "an instant"
        case timedelta():
            return "a span of time"
        case _:
            return "what stands before it"


def _counted(context: Any, span: timedelta, unit: Any) -> str:
    from babel.dates import format_timedelta

    return str(format_timedelta(span, granularity=unit, threshold=10_000, locale=_locale(context)))


def _directed(context: Any, span: timedelta, unit: Any) -> str:
    from babel.dates import format_timedelta

    locale = _locale(context)
    return str(format_timedelta(span, granularity=unit, threshold=10_000, add_direction=True, locale=locale))


def filter_hint(name: str) -> str:
    """Which of ours was perhaps meant."""
    return near(name, FILTERS) or f"there are: {listed_in_english(FILTERS, last='and')}"
