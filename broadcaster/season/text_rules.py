"""Do the texts of a season render for everybody whom they are for, in their language and within the limits?

Every post and every YouTube title is rendered once as it would be; one Problem is told per text.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from broadcaster.season.announce import Listener, Named, render_text
from broadcaster.season.build import broadcast_text, post_instant, readers
from broadcaster.season.errors import KEY, LocalTimeError, Problem, TemplateError
from broadcaster.season.fields import UNREAD
from broadcaster.season.model import Announcement, Season, Show
from broadcaster.season.plan import CHAT
from broadcaster.season.timing import ShowTimes
from broadcaster.season.wording import listed, near, quoted, shown, unknown

POST_LIMIT = 4096
"""Telegram, in UTF-16 units: https://core.telegram.org/bots/api#sendmessage"""
TITLE_LIMIT = 100
CHAT_LIMIT = 200
"""A line of YouTube's live chat: https://developers.google.com/youtube/v3/live/docs/liveChatMessages"""
DESCRIPTION_LIMIT = 5000
"""YouTube, characters and bytes: https://developers.google.com/youtube/v3/docs/videos#properties"""
MARKER_ROOM = 200
LINK = "https://www.youtube.com/watch?v=xxxxxxxxxxx"
"""As long as a real one, to render texts with before there is one."""

Loc = tuple[str | int, ...]
Times = Mapping[int, ShowTimes]


def text_problems(season: Season, times: Times, channels: Collection[str] | None) -> Iterator[Problem]:
    """What is wrong with the broadcasts' texts, the audiences and the announcements."""
    yield from _broadcast_texts(season, times)
    yield from _audiences(season)
    for index, announcement in enumerate(season.announcements):
        yield from _announcement(season, announcement, index, times, channels)


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
        if _is_foreign(season, audience.language):
            loc = ("audiences", name, "language")
            yield _foreign(season, audience.language, loc, f"audience {quoted(name)} reads")


def _is_foreign(season: Season, language: str) -> bool:
    languages = season.about.languages
    return language not in languages and UNREAD not in (language, *languages)


def _foreign(season: Season, language: str, loc: Loc, who: str) -> Problem:
    languages = season.about.languages
    return Problem(
        loc=loc,
        message=f"{who} {quoted(language)}, which is not among the season's languages {listed(languages, last='and')}",
        hint=near(language, languages) or "add it to languages in [season]",
    )


def _announcement(
    season: Season, announcement: Announcement, index: int, times: Times, channels: Collection[str] | None
) -> Iterator[Problem]:
    loc = ("announcement", index)
    problems = [
        *_unknown_names(season, announcement, loc, channels),
        *_languages(season, announcement, loc),
    ]
    if announcement.audiences and announcement.languages:
        message = f"announcement {quoted(announcement.id)} names audiences and languages"
        problems.append(Problem(loc=(*loc, "languages"), message=message, hint="keep one of them"))
    if announcement.at.zone == "audience" and not announcement.audiences:
        message = f"announcement {quoted(announcement.id)} goes by its audience's clock, but names no audience"
        problems.append(Problem(loc=(*loc, "at"), message=message, hint='add audiences, or zone = "show"'))
    if CHAT in announcement.channels and announcement.at.when == "ended":
        place = (*loc, "channels", announcement.channels.index(CHAT))
        message = (
            f"announcement {quoted(announcement.id)} goes to the live chat when the show has ended: it is closed then"
        )
        problems.append(Problem(loc=place, message=message, hint="keep the other channels"))
    yield from problems
    if not problems:
        yield from _posts(season, announcement, loc, times)


def _unknown_names(
    season: Season, announcement: Announcement, loc: Loc, channels: Collection[str] | None
) -> Iterator[Problem]:
    shows = {show.id for show in season.shows}
    named: list[tuple[str, str, Iterable[str], Collection[str], str]] = [
        ("show", "shows", announcement.shows, {*shows, "*"}, "[[show]]"),
        ("audience", "audiences", announcement.audiences, season.audiences, "[audiences.NAME]"),
    ]
    if channels is not None:
        there = {*channels, CHAT}
        named.append(("channel", "channels", announcement.channels, there, "[channels.NAME] in config.toml"))
    for kind, key, names, known, what in named:
        seen: set[str] = set()
        for position, name in enumerate(names):
            place = (*loc, key, position)
            if name in seen:
                yield Problem(loc=place, message=f"{kind} {quoted(name)} is named twice")
            elif name not in known:
                yield unknown(kind, name, known, place, what)
            seen.add(name)


def _languages(season: Season, announcement: Announcement, loc: Loc) -> Iterator[Problem]:
    who = f"announcement {quoted(announcement.id)}"
    for language in announcement.text:
        if _is_foreign(season, language):
            yield _foreign(season, language, (*loc, "text", language, KEY), f"{who} has a text in")
    for position, language in enumerate(announcement.languages):
        if language not in announcement.text:
            place = (*loc, "languages", position)
            yield Problem(loc=place, message=f"{who} has no text in {quoted(language)}", hint=f"add text.{language}")
    for position, name in enumerate(announcement.audiences):
        audience = season.audiences.get(name)
        if audience and audience.language != UNREAD and audience.language not in announcement.text:
            yield Problem(
                loc=(*loc, "audiences", position),
                message=f"{who} has no text in {quoted(audience.language)}, the language of audience {quoted(name)}",
                hint=f"add text.{audience.language}",
            )


def _posts(season: Season, announcement: Announcement, loc: Loc, times: Times) -> Iterator[Problem]:
    """Each post as it would be: its instant, and its text for its reader. One Problem per text, one for `at`."""
    faulty: set[str] = set()
    for index, found in times.items():
        show = season.shows[index]
        if not announcement.is_for(show):
            continue
        for reader in readers(season, show, announcement):
            whom = reader["audience"] or reader["language"]
            if "at" not in faulty:
                try:
                    post_instant(season, show, announcement, found, reader["zone"])
                except LocalTimeError as error:
                    faulty.add("at")
                    message = (
                        f"announcement {quoted(announcement.id)} for show {quoted(show.id)}, {shown(whom)}: {error}"
                    )
                    yield Problem(loc=(*loc, "at"), message=message)
            language = reader["language"]
            if language in faulty or language == UNREAD:
                continue
            limit = CHAT_LIMIT if CHAT in announcement.channels else POST_LIMIT
            if message := _text_fault(season, show, found, announcement.text[language], reader, limit):
                faulty.add(language)
                yield Problem(
                    loc=(*loc, "text", language),
                    message=f"the text in {quoted(language)} for show {quoted(show.id)}, {shown(whom)}, {message}",
                )


def _text_fault(
    season: Season, show: Show, times: ShowTimes, template: str, reader: Mapping[str, str], limit: int
) -> str:
    listener = Listener(city=reader["city"], language=reader["language"], zone=reader["zone"])
    try:
        text = render_text(
            template,
            season=Named(id=season.id, title=season.title),
            show=Named(id=show.id, title=show.title),
            go_live=times.go_live,
            audience=listener,
            link=LINK,
        )
    except TemplateError as error:
        return f"does not render: {error}"
    if not text:
        return "is empty"
    length = len(text.encode("utf-16-le")) // 2
    taker = "a line in YouTube's chat" if limit == CHAT_LIMIT else "Telegram"
    return f"is {length} characters long; {taker} takes {limit}" if length > limit else ""
