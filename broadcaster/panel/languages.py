"""In which language does a browser get its pages, and what are our sentences in it?

The catalogs are gettext's, locale/LANGUAGE.po, read once as the service starts. A sentence without a translation, or in
a catalog that is not there, is in English: the language of the sources.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web

from broadcaster.season.said import Said

CATALOGS = Path(__file__).parent / "locale"

NAMES: Mapping[str, str] = {"en": "English", "ru": "Русский", "kk": "Қазақша"}
"""Every language by its code, as its speakers call it."""
LANGUAGES = tuple(NAMES)
LANGUAGE_COOKIE = "broadcaster_language"
A_YEAR = 365 * 24 * 3600
MOST_WISHES = 20
_LOCALES = {"en": "en_GB"}

Words = Mapping[str, str | list[str]]


def language_of(request: web.Request) -> str:
    """The language to answer in: `?lang=`, else the cookie's, else the browser's, else English."""
    for asked in (request.query.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if asked in LANGUAGES:
            return asked
    wishes = []
    for place, wish in enumerate(request.headers.get("Accept-Language", "").split(",")[:MOST_WISHES]):
        name, _, weight = wish.strip().lower().partition(";q=")
        try:
            wishes.append((-float(weight or 1), place, name.partition("-")[0]))
        except ValueError:
            continue
    return next((name for weight, _, name in sorted(wishes) if weight < 0 and name in LANGUAGES), "en")


def remember(request: web.Request, response: web.Response) -> None:
    """Keep what the address asked for as this browser's language."""
    asked = request.query.get("lang")
    if asked in LANGUAGES and asked != request.cookies.get(LANGUAGE_COOKIE):
        response.set_cookie(LANGUAGE_COOKIE, asked, max_age=A_YEAR, path="/", samesite="Strict")


@cache
def words(language: str) -> Words:
    """Every sentence with its translation; one with plural forms has the list of them, in gettext's order."""
    path = CATALOGS / f"{language}.po"
    if not path.is_file():
        return {}
    from babel.messages.pofile import read_po

    found: dict[str, str | list[str]] = {}
    with path.open(encoding="utf-8") as file:
        for message in read_po(file, locale=language):
            if not message.id or message.fuzzy:
                continue
            if isinstance(message.id, str):
                found[message.id] = str(message.string)
            else:
                found[message.id[0]] = [str(form) for form in message.string or ()]
    return found


def translated(language: str, sentence: str) -> str:
    """The sentence in that language, filled in if it was made by `say`."""
    template = sentence.template if isinstance(sentence, Said) else sentence
    known = words(language).get(template)
    found = known if isinstance(known, str) and known else template
    if not isinstance(sentence, Said) or not sentence.values:
        return found
    values = {
        name: translated(language, value) if isinstance(value, Said) else value
        for name, value in sentence.values.items()
    }
    return found.format(**values)


def spelled(value: Any) -> Any:
    """The document with every sentence as {text, said, with?}: its English, its template and the values in it."""
    if isinstance(value, Said):
        parts: dict[str, Any] = {"text": str(value), "said": value.template}
        return parts | ({"with": spelled(value.values)} if value.values else {})
    if isinstance(value, Mapping):
        return {name: spelled(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [spelled(each) for each in value]
    return value


def day_text(language: str, day: date | str) -> str:
    """`пт, 2 окт. 2026 г.`: a day as the language writes it."""
    from babel.dates import format_skeleton

    day = date.fromisoformat(day) if isinstance(day, str) else day
    return format_skeleton("yMMMEd", day, locale=_LOCALES.get(language, language))


@cache
def day_names(language: str) -> Mapping[str, list[str]]:
    """Months and weekdays, from January and Monday on: in a date, alone, short. Browsers lack Kazakh ones."""
    from babel import Locale

    locale = Locale.parse(_LOCALES.get(language, language))
    return {
        "months": [locale.months["format"]["wide"][number] for number in range(1, 13)],
        "months_alone": [locale.months["stand-alone"]["wide"][number] for number in range(1, 13)],
        "months_short": [locale.months["format"]["abbreviated"][number] for number in range(1, 13)],
        "days": [locale.days["format"]["wide"][number] for number in range(7)],
        "days_short": [locale.days["format"]["abbreviated"][number] for number in range(7)],
    }


@cache
def city_names(language: str) -> Mapping[str, str]:
    """Zone -> its place in that language, as far as it is known."""
    from babel import Locale

    zones = Locale.parse(_LOCALES.get(language, language)).time_zones
    return {zone: str(names["city"]) for zone, names in zones.items() if "city" in names}


def language_names(language: str, wanted: Iterable[str]) -> dict[str, str]:
    """What the languages of those codes are called; a code that is no language's is called by itself."""
    from babel import Locale

    known = Locale.parse(_LOCALES.get(language, language)).languages
    return {code: known.get(code, known.get(code.partition("-")[0], code)) for code in wanted}
