"""Do the announcements hold together, and does every post say something that its channel takes?

Every post is rendered once as it would be, for every show, reader and segment; one Problem is told per text.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from broadcaster.season.announce import post_facts, render_text
from broadcaster.season.build import bare_plan, bare_show
from broadcaster.season.channels import reach_of
from broadcaster.season.errors import KEY, LocalTimeError, Problem, TemplateError
from broadcaster.season.example import delayed, longest_link
from broadcaster.season.fields import UNREAD
from broadcaster.season.model import Season, Show
from broadcaster.season.plan import CHAT, Cue, Plan, PostPlan, ShowPlan, Trigger
from broadcaster.season.posting import Announcement
from broadcaster.season.posts import Reader, after_quiet, cues_to, hours_of, moments, readers
from broadcaster.season.text_rules import foreign, is_foreign
from broadcaster.season.timing import ShowTimes
from broadcaster.season.walltime import local, offset_text
from broadcaster.season.wording import listed, quoted, shown, unknown

Loc = tuple[str | int, ...]
Times = Mapping[int, ShowTimes]
Channels = Collection[str] | None


def post_problems(season: Season, times: Times, channels: Channels) -> Iterator[Problem]:
    """What is wrong with the announcements."""
    known = _Known(season=season, times=times, channels=channels)
    for index, announcement in enumerate(season.announcements):
        loc = ("announcement", index)
        problems = [
            *_unknown_names(season, announcement, loc, channels),
            *_languages(season, announcement, loc),
            *_where_and_when(announcement, loc, channels),
        ]
        yield from problems
        if not problems:
            yield from _posts(known, announcement, loc)


class _Known:
    """What the texts speak of, put together once for each show."""

    def __init__(self, *, season: Season, times: Times, channels: Channels) -> None:
        self.season, self.times, self.channels = season, times, channels
        self._shows: dict[int, tuple[ShowPlan, ShowPlan]] = {}
        self._plan: Plan | None = None

    @property
    def plan(self) -> Plan:
        if self._plan is None:
            self._plan = bare_plan(self.season)
        return self._plan

    def show(self, index: int) -> tuple[ShowPlan, ShowPlan]:
        """The show as planned, and delayed."""
        if index not in self._shows:
            on_time = bare_show(self.season, self.season.shows[index], self.times[index])
            self._shows[index] = on_time, delayed(on_time)
        return self._shows[index]


def _unknown_names(season: Season, announcement: Announcement, loc: Loc, channels: Channels) -> Iterator[Problem]:
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
    segment = announcement.at.segment
    ids = {each.id: None for show in season.shows if announcement.is_for(show.id) for each in show.segments}
    if segment is not None and segment != "*" and segment not in ids:
        yield unknown("segment", segment, tuple(ids), (*loc, "at", "segment"), "[[show.segment]]")


def _languages(season: Season, announcement: Announcement, loc: Loc) -> Iterator[Problem]:
    who = f"announcement {quoted(announcement.id)}"
    for key, texts in (("text", announcement.text), ("title", announcement.title)):
        for language in texts:
            if is_foreign(season, language):
                yield foreign(season, language, (*loc, key, language, KEY), f"{who} has a {key} in")
    for position, language in enumerate(announcement.languages):
        if language not in announcement.text:
            place = (*loc, "languages", position)
            yield Problem(loc=place, message=f"{who} has no text in {quoted(language)}", hint=f"add text.{language}")


def _where_and_when(announcement: Announcement, loc: Loc, channels: Channels) -> Iterator[Problem]:
    who, at = f"announcement {quoted(announcement.id)}", announcement.at
    if announcement.audiences and announcement.languages:
        message = f"{who} names audiences and languages"
        yield Problem(loc=(*loc, "languages"), message=message, hint="keep one of them")
    if at.zone == "audience" and not announcement.audiences:
        message = f"{who} goes by its audience's clock, but names no audience"
        yield Problem(loc=(*loc, "at"), message=message, hint='add audiences, or zone = "show"')
    for position, channel in enumerate(announcement.channels):
        place = (*loc, "channels", position)
        if channel == CHAT and (at.when in ("ended", "cancelled") or at.days_after):
            state = {"ended": "has ended", "cancelled": "is cancelled"}.get(at.when or "", "is over")
            message = f"{who} goes to the live chat when the show {state}: it is closed then"
            yield Problem(loc=place, message=message, hint="keep the other channels")
        reach = reach_of(channel, channels)
        if reach is not None and reach.needs_picture and announcement.picture is None:
            message = f"{who} has no picture, and channel {quoted(channel)} ({reach.called}) takes no post without one"
            yield Problem(loc=place, message=message, hint='add picture = "card", or the name of a file')
        if announcement.hand_over is not None and reach is not None and not reach.schedules:
            message = f"{who} is handed over, but channel {quoted(channel)} ({reach.called}) publishes nothing itself"
            yield Problem(loc=place, message=message, hint="post there in an announcement without 'hand_over'")
    if announcement.hand_over is not None and at.day is None:
        message = f"{who} is handed over before its instant, which is not known by then"
        yield Problem(loc=(*loc, "hand_over"), message=message, hint="it goes with days_before and days_after alone")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Variant:
    """One post as it would be, for one reader and one show, wherever it goes."""

    cue: Cue
    post: PostPlan
    reader: Reader
    show: ShowPlan
    later: ShowPlan
    link: str


def _variants(known: _Known, announcement: Announcement, loc: Loc, faulty: set[str]) -> Iterator[_Variant | Problem]:
    """The variants whose instants there are; a Problem for the first that has none."""
    season = known.season
    for index, times in known.times.items():
        show = season.shows[index]
        if not announcement.is_for(show.id):
            continue
        kinds = {season.destinations[name].kind for name in show.destinations if name in season.destinations}
        for reader in readers(season, show, announcement):
            try:
                cues = tuple(cues_to(season, show, times, announcement, reader))
            except LocalTimeError as error:
                if "at" not in faulty:
                    faulty.add("at")
                    yield _without_instant(season, show, announcement, times, reader, loc, error)
                continue
            if UNREAD in (reader.language, *season.about.languages):
                continue
            for cue in cues:
                if cue.post is not None and cue.post.channel == announcement.channels[0]:
                    on_time, later = known.show(index)
                    link = longest_link(is_on_youtube="youtube" in kinds)
                    yield _Variant(cue=cue, post=cue.post, reader=reader, show=on_time, later=later, link=link)


def _without_instant(
    season: Season,
    show: Show,
    announcement: Announcement,
    times: ShowTimes,
    reader: Reader,
    loc: Loc,
    error: LocalTimeError,
) -> Problem:
    """Whether the announcement's own time has no instant, or the end of the quiet hours that it waits for."""
    told = f"announcement {quoted(announcement.id)} for show {quoted(show.id)}, {shown(reader.called)}"
    try:
        list(moments(season, show, announcement, times, reader.zone))
    except LocalTimeError:
        return Problem(loc=(*loc, "at"), message=f"{told}: {error}")
    place = ("audiences", reader.audience, "quiet")
    return Problem(loc=place, message=f"{told} waits for the end of the quiet hours: {error}")


def _posts(known: _Known, announcement: Announcement, loc: Loc) -> Iterator[Problem]:
    faulty: set[str] = set()
    for found in _variants(known, announcement, loc, faulty):
        if isinstance(found, Problem):
            yield found
            continue
        title = next((key for key, text in announcement.title.items() if text == found.post.title), "")
        texts: list[tuple[str, str, str, Callable[[str], str]]] = [
            ("text", found.reader.text, found.post.text, lambda text: _text_fault(text, announcement, known.channels))
        ]
        if title:
            texts.append(("title", title, found.post.title, _title_fault))
        for key, language, template, fault in texts:
            place = f"{key}.{language}"
            if place in faulty or not (message := _fault(known.plan, found, template, fault)):
                continue
            faulty.add(place)
            yield Problem(
                loc=(*loc, key, language),
                message=f"the {key} in {quoted(language)} for show {quoted(found.show.id)}, "
                f"{shown(found.reader.called)}, {message}",
            )


def _fault(plan: Plan, found: _Variant, template: str, fault: Callable[[str], str]) -> str:
    is_late = found.cue.trigger is Trigger.DELAYED
    shows = [found.later if is_late else found.show]
    if not is_late and re.search(r"\b(delay|planned)\b", template):
        shows.append(found.later)  # it is said anew when the show is delayed
    for show in shows:
        try:
            text = render_text(template, post_facts(plan, show, found.cue, found.post, link=found.link))
        except TemplateError as error:
            return f"does not render: {error}"
        if message := fault(text):
            return message
    return ""


def _title_fault(text: str) -> str:
    if not text:
        return "is empty"
    return "has several lines; a title has one" if "\n" in text else ""


def _text_fault(text: str, announcement: Announcement, channels: Channels) -> str:
    if not text:
        return "is empty"
    faults = (
        reach.fault(text, channel, has_picture=announcement.picture is not None)
        for channel in announcement.channels
        if (reach := reach_of(channel, channels)) is not None
    )
    return next(filter(None, faults), "")


def post_warnings(season: Season, times: Times, channels: Channels) -> Iterator[Problem]:
    """What may be meant, but should be looked at. The season must keep the rules."""
    known = _Known(season=season, times=times, channels=channels)
    for index, announcement in enumerate(season.announcements):
        loc = ("announcement", index)
        yield from _fall_backs(season, announcement, loc)
        yield from _same_words(known, announcement, loc)
        yield from _of_channels(announcement, loc, channels)
        for place, found in times.items():
            show = season.shows[place]
            if announcement.is_for(show.id) and not show.cancelled:
                yield from _of_instants(season, show, announcement, found, loc)


def _fall_backs(season: Season, announcement: Announcement, loc: Loc) -> Iterator[Problem]:
    show = season.shows[0]
    for position, reader in enumerate(readers(season, show, announcement)):
        if reader.reads:
            yield Problem(
                loc=(*loc, "audiences", position),
                message=f"announcement {quoted(announcement.id)} has no text in {quoted(reader.reads)}: audience "
                f"{quoted(reader.audience)} is told it in {quoted(reader.language)}",
                hint=f"add text.{reader.reads}",
                severity="note",
            )


def _same_words(known: _Known, announcement: Announcement, loc: Loc) -> Iterator[Problem]:
    """Audiences that read the same words at the same instant in the same channel: there they stand twice."""
    told: dict[tuple[str, str, datetime, str], list[str]] = {}
    for found in _variants(known, announcement, loc, set()):
        if not isinstance(found, Problem) and found.post.audience:
            show = found.later if found.cue.trigger is Trigger.DELAYED else found.show
            text = render_text(found.post.text, post_facts(known.plan, show, found.cue, found.post, link=found.link))
            told.setdefault((show.id, found.post.segment, found.cue.at, text), []).append(found.post.audience)
    twice = next((names for names in told.values() if len(names) > 1), None)
    if twice:
        yield Problem(
            loc=(*loc, "audiences"),
            message=f"announcement {quoted(announcement.id)} tells {listed(twice, last='and')} the same words at the "
            "same time, each in a post of its own",
            hint="name languages instead of audiences, give each a channel, or say {{ audience.city }}",
            severity="note",
        )


def _of_channels(announcement: Announcement, loc: Loc, channels: Channels) -> Iterator[Problem]:
    for position, channel in enumerate(announcement.channels):
        reach = reach_of(channel, channels)
        if reach is None:
            continue
        unable = [
            what
            for what, is_wanted, is_able in (
                ("shows no picture", announcement.picture is not None, reach.takes_picture),
                ("pins nothing", announcement.pin, reach.pins),
            )
            if is_wanted and not is_able
        ]
        if unable:
            message = (
                f"announcement {quoted(announcement.id)}: channel {quoted(channel)} ({reach.called}) "
                f"{listed(unable, last='and')}"
            )
            yield Problem(loc=(*loc, "channels", position), message=message, severity="note")


def _of_instants(
    season: Season, show: Show, announcement: Announcement, times: ShowTimes, loc: Loc
) -> Iterator[Problem]:
    for reader in readers(season, show, announcement):
        for segment, wanted in moments(season, show, announcement, times, reader.zone):
            quiet = hours_of(announcement, reader, wanted, times.go_live)
            at = after_quiet(announcement, quiet, wanted, reader.zone)
            there = local(at, reader.zone)
            who = f"announcement {quoted(announcement.id)} for show {quoted(show.id)}"
            who += f", segment {quoted(segment)}," if segment else ""
            when = f"in {reader.city} at {there:%Y-%m-%d %H:%M} {offset_text(there)}"
            hours = f"the quiet hours of {quoted(reader.audience)} ({reader.quiet})"
            if at != wanted:
                message = f"{who} waits for the end of {hours}: it goes out {when}"
                yield Problem(loc=(*loc, "at"), message=message, severity="note")
            elif quiet is not None and not announcement.urgent and quiet.until(at, reader.zone):
                why = "" if quiet == reader.quiet else ", since they end after go-live"
                message = f"{who} falls into {hours} {when}: it is left out{why}"
                hint = "urgent = true sends it all the same"
                yield Problem(loc=(*loc, "at"), message=message, hint=hint, severity="warning")
            if announcement.at.is_ahead and at >= times.go_live:
                message = f"{who} goes out {when}, after the show went live"
                yield Problem(loc=(*loc, "at"), message=message, severity="warning")
