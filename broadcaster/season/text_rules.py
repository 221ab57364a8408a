"""Are the broadcasts' texts fit for YouTube, and is everything said in a language of the season?

Every title and description is rendered once as it would be; one Problem is told per text.
"""

from collections.abc import Iterator, Mapping

from broadcaster.season.build import broadcast_text
from broadcaster.season.errors import KEY, Problem, TemplateError
from broadcaster.season.fields import UNREAD, country_hint
from broadcaster.season.filters import country_near, is_country, is_known_country
from broadcaster.season.model import Season
from broadcaster.season.names import nearest, root_of
from broadcaster.season.timing import ShowTimes
from broadcaster.season.wording import listed, near, quoted

TITLE_LIMIT = 100
DESCRIPTION_LIMIT = 5000
"""YouTube, characters and bytes: https://developers.google.com/youtube/v3/docs/videos#properties"""
MARKER_ROOM = 200

Loc = tuple[str | int, ...]
Times = Mapping[int, ShowTimes]


def text_problems(season: Season, times: Times) -> Iterator[Problem]:
    """What is wrong with the broadcasts' texts and the languages of names and audiences."""
    yield from _broadcast_texts(season, times)
    yield from _audiences(season)
    yield from _names(season)


def _broadcast_texts(season: Season, times: Times) -> Iterator[Problem]:
    """Titles and descriptions of the YouTube destinations, as every show would have them; one Problem per text."""
    if UNREAD in season.about.languages:
        return
    faulty: set[tuple[str, str]] = set()
    for index, found in times.items():
        show = season.shows[index]
        for name in show.destinations:
            destination = season.destinations.get(name)
            if destination is None or destination.kind != "youtube":
                continue
            for key, template in (("title", destination.title), ("description", destination.description)):
                if (name, key) in faulty:
                    continue
                try:
                    message = _youtube_fault(key, broadcast_text(season, show, template, found))
                except TemplateError as error:
                    message = f"does not render: {error}"
                if message:
                    faulty.add((name, key))
                    yield Problem(
                        loc=("destinations", name, key),
                        message=f"the {key} of {quoted(name)} for show {quoted(show.id)} {message}",
                    )


def _youtube_fault(key: str, text: str) -> str:
    if "<" in text or ">" in text:
        return "holds < or >, which YouTube refuses"
    if key == "title" and not text:
        return "is empty"
    if key == "title" and len(text) > TITLE_LIMIT:
        return f"is {len(text)} characters long; YouTube takes {TITLE_LIMIT}"
    if key == "description" and len(text.encode()) > DESCRIPTION_LIMIT - MARKER_ROOM:
        return f"is {len(text.encode())} bytes long; YouTube takes {DESCRIPTION_LIMIT - MARKER_ROOM} beside our marker"
    return ""


def _audiences(season: Season) -> Iterator[Problem]:
    for name, audience in season.audiences.items():
        if is_foreign(season, audience.language):
            loc = ("audiences", name, "language")
            yield foreign(season, audience.language, loc, f"audience {quoted(name)} reads")


def _names(season: Season) -> Iterator[Problem]:
    """Names by language are in languages of the season; countries are there."""
    for index, guest in enumerate(season.guests):
        if guest.country is not None and not is_country(guest.country):
            message = f"there is no country {quoted(guest.country)}"
            hint = "write its code of two letters, such as KZ, or its name"
            yield Problem(loc=("guest", index, "country"), message=message, hint=hint)
    for loc, names, whose, what in _all_names(season):
        for language in names:
            if language and is_foreign(season, language):
                yield foreign(season, language, (*loc, language, KEY), f"{whose} has a {what} in")


def _all_names(season: Season) -> Iterator[tuple[Loc, Mapping[str, str], str, str]]:
    """Where each stands, the name by language, whose it is, and what the file calls it."""
    yield ("season", "title"), season.about.title, "the season", "title"
    for index, show in enumerate(season.shows):
        yield ("show", index, "title"), show.title, f"show {quoted(show.id)}", "title"
        for number, segment in enumerate(show.segments):
            yield ("show", index, "segment", number, "title"), segment.title, f"segment {quoted(segment.id)}", "title"
    for index, guest in enumerate(season.guests):
        yield ("guest", index, "name"), guest.name, f"guest {quoted(guest.id)}", "name"


def text_warnings(season: Season) -> Iterator[Problem]:
    """Names that are not there in each language of the season, and countries that are told as they are written."""
    languages = season.about.languages
    for loc, names, whose, what in _all_names(season):
        there = {language: nearest(names, language, languages) for language in languages}
        lacking = [language for language, found in there.items() if found and root_of(found) != root_of(language)]
        if lacking:
            instead = listed(dict.fromkeys(quoted(names[there[language]]) for language in lacking), last="and")
            message = f"{whose} has no {what} in {listed(lacking, last='and')}: there it is {instead}"
            hint = f"add {listed(lacking, last='and')} to it"
            yield Problem(loc=loc, message=message, hint=hint, severity="note")
    for index, guest in enumerate(season.guests):
        if guest.country is not None and not is_known_country(guest.country):
            message = f"{quoted(guest.country)} is no country's code or English name: it is told so in every language"
            hint = country_near(guest.country) or "write its code of two letters, such as KZ"
            yield Problem(loc=("guest", index, "country"), message=message, hint=hint, severity="note")


def is_foreign(season: Season, language: str) -> bool:
    """The language is none of the season's."""
    languages = season.about.languages
    return language not in languages and UNREAD not in (language, *languages)


def foreign(season: Season, language: str, loc: Loc, who: str) -> Problem:
    """What is said of it."""
    languages = season.about.languages
    return Problem(
        loc=loc,
        message=f"{who} {quoted(language)}, which is not among the season's languages {listed(languages, last='and')}",
        hint=country_hint(language) or near(language, languages) or "add it to languages in [season]",
    )
