"""Which posts follow from an announcement: to whom, when, and in which language?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from broadcaster.season.model import Season, Show, city_of
from broadcaster.season.names import named, nearest, root_of
from broadcaster.season.plan import STALE_LATER, Action, Cue, Lane, PostPlan
from broadcaster.season.posting import Announcement
from broadcaster.season.quiet import QuietHours
from broadcaster.season.timing import ShowTimes
from broadcaster.season.walltime import WallTime, local


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who is told: an audience, or those of one language where the announcement names no audience.

    `text` is the language under which the text stands, `language` the one that it is told in, `reads` the reader's own
    where that is another.
    """

    audience: str
    language: str
    text: str
    zone: str
    city: str
    reads: str = ""
    quiet: QuietHours | None = None

    @property
    def called(self) -> str:
        """The audience's name, or else the language."""
        return self.audience or self.language


def readers(season: Season, show: Show, announcement: Announcement) -> Iterator[Reader]:
    """Whom the announcement is for: its audiences, or, where none is named, the readers of each language."""
    for name in announcement.audiences:
        audience = season.audiences[name]
        text = nearest(announcement.text, audience.language, season.about.languages)
        is_theirs = root_of(text) == root_of(audience.language)
        language = audience.language if is_theirs else text
        yield Reader(
            audience=name,
            language=language,
            text=text,
            zone=audience.timezone,
            city=audience.city or city_of(audience.timezone, language),
            reads="" if is_theirs else audience.language,
            quiet=audience.quiet.plan() if audience.quiet is not None else None,
        )
    if not announcement.audiences:
        zone = season.zone_of(show)
        for language in announcement.languages or announcement.text:
            yield Reader(audience="", language=language, text=language, zone=zone, city=city_of(zone, language))


def moments(
    season: Season, show: Show, announcement: Announcement, times: ShowTimes, reader_zone: str
) -> Iterator[tuple[str, datetime]]:
    """When the posts to one reader are wanted, quiet hours apart: the segment (or nothing) and the planned instant.

    What waits for a fact has the instant at which it is planned to be true. Raises LocalTimeError.
    """
    at = announcement.at
    if at.segment is not None:
        for segment, (start, _) in zip(show.segments, times.segments, strict=True):
            if at.segment in ("*", segment.id):
                yield segment.id, start
    elif at.when is not None:
        yield "", times.off_air if at.when == "ended" else times.go_live
    elif at.lead is not None:
        yield "", times.go_live + at.lead
    elif at.day is not None and at.time is not None:
        zone = {"show": season.zone_of(show), "audience": reader_zone}.get(at.zone, at.zone)
        # days are counted on the clock that the time is read on: the show may be tomorrow already over there
        day = local(times.go_live, zone).date() + timedelta(days=at.day)
        yield "", WallTime(day=day, clock=at.time, zone=zone, fold=at.fold).instant()


def hours_of(announcement: Announcement, reader: Reader, wanted: datetime, go_live: datetime) -> QuietHours | None:
    """The quiet hours as they hold for a post wanted then: what is told ahead of a show does not wait past its go-live.

    It would speak of what is to come when that is over: it is left out.
    """
    hours = reader.quiet
    if hours is None or not announcement.at.is_ahead or wanted >= go_live:
        return hours
    until = hours.until(wanted, reader.zone)
    return replace(hours, skips=True) if until is not None and until >= go_live else hours


def after_quiet(announcement: Announcement, hours: QuietHours | None, wanted: datetime, zone: str) -> datetime:
    """When the post is planned: as wanted, or after the quiet hours. Raises LocalTimeError for an end without instant.

    What is left out inside quiet hours keeps its instant.
    """
    if hours is None or announcement.urgent or hours.skips or announcement.at.trigger in STALE_LATER:
        return wanted
    return hours.until(wanted, zone, strict=True) or wanted


def post_cues(season: Season, show: Show, times: ShowTimes, announcement: Announcement) -> Iterator[Cue]:
    """A cue for each reader, segment and channel. Raises LocalTimeError."""
    for reader in readers(season, show, announcement):
        yield from cues_to(season, show, times, announcement, reader)


def cues_to(season: Season, show: Show, times: ShowTimes, announcement: Announcement, reader: Reader) -> Iterator[Cue]:
    """A cue for each segment and channel, to one reader. Raises LocalTimeError."""
    title = named(announcement.title, reader.language, season.about.languages) if announcement.title else ""
    for segment, wanted in moments(season, show, announcement, times, reader.zone):
        hours = hours_of(announcement, reader, wanted, times.go_live)
        at = after_quiet(announcement, hours, wanted, reader.zone)
        for channel in announcement.channels:
            ending = f"/{segment}" if segment else ""
            yield Cue(
                id=f"{show.id}/posts/post/{announcement.id}/{channel}/{reader.called}{ending}",
                show=show.id,
                lane=Lane.POSTS,
                action=Action.POST,
                at=at,
                zone=reader.zone,
                what=f"{channel}/{reader.called}",
                subject=announcement.id,
                late=announcement.late.rule(),
                trigger=announcement.at.trigger,
                follows_live=announcement.at.lead is not None,
                post=PostPlan(
                    announcement=announcement.id,
                    channel=channel,
                    language=reader.language,
                    audience=reader.audience,
                    city=reader.city,
                    text=announcement.text[reader.text],
                    title=title,
                    segment=segment,
                    reads=reader.reads,
                    picture=announcement.picture or "",
                    is_pinned=announcement.pin,
                    is_urgent=announcement.urgent,
                    hand_over=announcement.hand_over,
                    quiet=hours,
                    wanted_at=wanted if at != wanted else None,
                ),
            )
