"""Which cues follow from a season? A pure function: the same season always gives the same plan, with the same ids."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from broadcaster.season.announce import Named, at_home, render_text
from broadcaster.season.model import Announcement, Season, Segment, Show, city_of
from broadcaster.season.plan import (
    Action,
    AudiencePlan,
    BroadcastPlan,
    Cue,
    GuestPlan,
    Lane,
    Late,
    LateRule,
    LowerThirdPlan,
    Plan,
    PostPlan,
    SegmentPlan,
    ShowPlan,
    Trigger,
)
from broadcaster.season.timing import ShowTimes, time_show
from broadcaster.season.walltime import WallTime, local
from broadcaster.season.zones import tzdata_version

LATE = LateRule(grace=timedelta(seconds=30), then=Late.FIRE)
LATE_MANUAL = LateRule(grace=timedelta(seconds=30), then=Late.ASK)
LATE_POST = LateRule(grace=timedelta(minutes=15), then=Late.SKIP)
LOWER_THIRD_AFTER = timedelta(seconds=5)
LOWER_THIRD_FOR = timedelta(seconds=10)

_ORDER = {
    (Lane.BROADCAST, Action.CREATE): 0,
    (Lane.DESTINATION, Action.CREATE): 1,
    # the standby scene is up before anybody can see the picture; both before the encoder starts
    (Lane.ENCODER, Action.START): 3,
    (Lane.BROADCAST, Action.LIVE): 4,
    (Lane.DESTINATION, Action.LIVE): 5,
    (Lane.GRAPHICS, Action.HIDE): 6,
    (Lane.PROGRAM, Action.TAKE): 7,
    (Lane.GRAPHICS, Action.SHOW): 8,
    (Lane.POSTS, Action.POST): 9,
    (Lane.BROADCAST, Action.COMPLETE): 10,
    (Lane.DESTINATION, Action.COMPLETE): 11,
    (Lane.ENCODER, Action.STOP): 12,
}
_STANDBY_ORDER = 2
_ENDED_ORDER = 13
"""What tells that the broadcast is over comes after its end."""


def build_plan(season: Season) -> Plan:
    """The plan of a season that keeps the rules (see rules.py).

    Raises ValueError for a season that does not: one with a show that has no go-live.
    """
    shows = [_show_plan(season, show) for show in season.shows]
    return Plan(
        season=season.id,
        title=season.title,
        zone=season.about.timezone,
        tzdata=tzdata_version(),
        look=season.look.plan(),
        shows=tuple(sorted(shows, key=lambda show: (show.go_live, show.id))),
        audiences=tuple(
            AudiencePlan(id=name, city=season.audience_city(name), zone=audience.timezone)
            for name, audience in season.audiences.items()
        ),
    )


def _show_plan(season: Season, show: Show) -> ShowPlan:
    times, problems = time_show(season, show)
    if times is None:
        raise ValueError(f"show {show.id!r}: {problems[0].message}")
    scenes = season.scenes_of(show)
    cues = [*_frame(season, show, times), *_rundown(season, show, times), *_posts(season, show, times)]
    return ShowPlan(
        id=show.id,
        title=show.title,
        zone=season.zone_of(show),
        prepare_at=times.prepare_at,
        standby_at=times.standby_at,
        go_live=times.go_live,
        end=times.end,
        off_air=times.off_air,
        encoder=season.encoder_of(show),
        standby_scene=scenes.standby,
        fallback_scene=scenes.fallback,
        closing_scene=scenes.closing,
        broadcast=_broadcast(season, show, times),
        falls_back=show.on_drop == "fallback",
        returns=season.returns(),
        segments=tuple(
            SegmentPlan(
                id=segment.id,
                title=segment.title,
                scene=segment.scene,
                start=start,
                end=end,
                is_hard=segment.start is not None,
                is_manual=segment.advance == "manual",
                late=_late(segment),
                overrun=segment.overrun,
                guests=_guests(season, show, segment),
                lower_third=_lower_third(segment),
                notes=segment.notes,
            )
            for segment, (start, end) in zip(show.segments, times.segments, strict=True)
        ),
        cues=tuple(sorted(cues, key=_order)),
        notes=show.notes,
    )


def _order(cue: Cue) -> tuple[datetime, int]:
    if cue.trigger is Trigger.ENDED:
        return cue.at, _ENDED_ORDER
    is_standby = cue.lane is Lane.PROGRAM and cue.subject == "standby"
    return cue.at, _STANDBY_ORDER if is_standby else _ORDER[cue.lane, cue.action]


def _frame(season: Season, show: Show, times: ShowTimes) -> Iterator[Cue]:
    """The cues around the rundown: create, standby, live, closing, complete."""
    zone, scenes, encoder = season.zone_of(show), season.scenes_of(show), season.encoder_of(show)

    def cue(lane: Lane, action: Action, subject: str, what: str, at: datetime) -> Cue:
        return Cue(
            id=f"{show.id}/{lane}/{action}/{subject}",
            show=show.id,
            lane=lane,
            action=action,
            at=at,
            zone=zone,
            what=what,
            subject=subject,
            late=LATE,
        )

    for name in show.destinations:
        lane = Lane.BROADCAST if season.destinations[name].kind == "youtube" else Lane.DESTINATION
        yield cue(lane, Action.CREATE, name, name, times.prepare_at)
        yield cue(lane, Action.LIVE, name, name, times.go_live)
        yield cue(lane, Action.COMPLETE, name, name, times.off_air)
    yield cue(Lane.PROGRAM, Action.TAKE, "standby", scenes.standby, times.standby_at)
    yield cue(Lane.ENCODER, Action.START, encoder, encoder, times.standby_at)
    yield cue(Lane.PROGRAM, Action.TAKE, "closing", scenes.closing, times.end)
    yield cue(Lane.ENCODER, Action.STOP, encoder, encoder, times.off_air)


def _rundown(season: Season, show: Show, times: ShowTimes) -> Iterator[Cue]:
    """A take for each segment, and its lower third where it has one."""
    zone = season.zone_of(show)
    for segment, (start, end) in zip(show.segments, times.segments, strict=True):
        late = _late(segment)
        yield Cue(
            id=f"{show.id}/program/take/{segment.id}",
            show=show.id,
            lane=Lane.PROGRAM,
            action=Action.TAKE,
            at=start,
            zone=zone,
            what=segment.scene,
            subject=segment.id,
            late=late,
            manual=segment.advance == "manual",
        )
        if segment.lower_third is None:
            continue
        shown_at = start + min(LOWER_THIRD_AFTER, (end - start) / 4)
        detail = {"title": segment.lower_third.title, "subtitle": segment.lower_third.subtitle or ""}
        for action, at in ((Action.SHOW, shown_at), (Action.HIDE, min(shown_at + LOWER_THIRD_FOR, end))):
            yield Cue(
                id=f"{show.id}/graphics/{action}/{segment.id}",
                show=show.id,
                lane=Lane.GRAPHICS,
                action=action,
                at=at,
                zone=zone,
                what=segment.lower_third.title,
                subject=segment.id,
                late=LATE,
                detail=detail,
            )


def _late(segment: Segment) -> LateRule:
    if segment.late is not None:
        return LateRule(grace=segment.late.grace, then=segment.late.then)
    # A segment that waits for GO goes on waiting, unless its season says otherwise.
    return LATE_MANUAL if segment.advance == "manual" else LATE


def _lower_third(segment: Segment) -> LowerThirdPlan | None:
    said = segment.lower_third
    return LowerThirdPlan(title=said.title, subtitle=said.subtitle or "") if said is not None else None


def _guests(season: Season, show: Show, segment: Segment) -> tuple[GuestPlan, ...]:
    named = {guest.id: guest for guest in season.guests}
    found = (named[name] for name in segment.guests)
    return tuple(
        GuestPlan(id=guest.id, name=guest.name, zone=guest.timezone or season.zone_of(show)) for guest in found
    )


def _posts(season: Season, show: Show, times: ShowTimes) -> Iterator[Cue]:
    for announcement in season.announcements:
        if not announcement.is_for(show):
            continue
        trigger = Trigger(announcement.at.when or "clock")
        for reader in readers(season, show, announcement):
            at = post_instant(season, show, announcement, times, reader["zone"])
            for channel in announcement.channels:
                to = reader["audience"] or reader["language"]
                yield Cue(
                    id=f"{show.id}/posts/post/{announcement.id}/{channel}/{to}",
                    show=show.id,
                    lane=Lane.POSTS,
                    action=Action.POST,
                    at=at,
                    zone=reader["zone"],
                    what=f"{channel}/{to}",
                    subject=announcement.id,
                    late=LATE_POST,
                    trigger=trigger,
                    follows_live=announcement.at.before is not None,
                    post=PostPlan(
                        announcement=announcement.id,
                        channel=channel,
                        language=reader["language"],
                        audience=reader["audience"],
                        city=reader["city"],
                        text=announcement.text[reader["language"]],
                    ),
                )


def readers(season: Season, show: Show, announcement: Announcement) -> Iterator[Mapping[str, str]]:
    """Whom the announcement is for: its audiences, or, where none is named, the readers of each language."""
    for name in announcement.audiences:
        audience = season.audiences[name]
        yield {
            "audience": name,
            "language": audience.language,
            "zone": audience.timezone,
            "city": season.audience_city(name),
        }
    if not announcement.audiences:
        zone = season.zone_of(show)
        for language in announcement.languages or announcement.text:
            yield {"audience": "", "language": language, "zone": zone, "city": city_of(zone)}


def post_instant(
    season: Season, show: Show, announcement: Announcement, times: ShowTimes, reader_zone: str
) -> datetime:
    """When the post is planned; for `when` that is the planned go-live, or off air. Raises LocalTimeError."""
    at = announcement.at
    if at.when is not None:
        return times.go_live if at.when == "live" else times.off_air
    if at.before is not None:
        return times.go_live - at.before
    if at.days_before is None or at.time is None:
        raise ValueError(f"announcement {announcement.id!r} says no time")
    zone = {"show": season.zone_of(show), "audience": reader_zone}.get(at.zone, at.zone)
    # days are counted on the clock that the time is read on: the show may be tomorrow already over there
    day = local(times.go_live, zone).date() - timedelta(days=at.days_before)
    return WallTime(day=day, clock=at.time, zone=zone, fold=at.fold).instant()


def _broadcast(season: Season, show: Show, times: ShowTimes) -> BroadcastPlan | None:
    name = next((name for name in show.destinations if season.destinations[name].kind == "youtube"), None)
    if name is None:
        return None
    destination = season.destinations[name]
    marker = f"broadcaster:{season.id}/{show.id}"
    title, description = (
        broadcast_text(season, show, text, times) for text in (destination.title, destination.description)
    )
    return BroadcastPlan(
        destination=name,
        title=title,
        description=f"{description}\n\n{marker}".strip(),
        privacy=destination.privacy,
        scheduled_start=times.go_live,
        marker=marker,
        made_for_kids=destination.made_for_kids,
        latency=destination.latency,
        dvr=destination.dvr,
        captions=destination.captions,
        is_monitored=destination.preview,
        category=destination.category or "",
        tags=destination.tags,
        language=destination.language or season.about.languages[0],
        playlist=destination.playlist or "",
        thumbnail=destination.thumbnail or "",
        adopt=show.youtube_id or "",
        is_deleted_unused=destination.never_live == "delete",
        replay_privacy=destination.replay.privacy or "",
        replay_playlist=destination.replay.playlist or "",
        has_chapters=destination.replay.chapters,
    )


def broadcast_text(season: Season, show: Show, template: str, times: ShowTimes) -> str:
    """A title or description of a destination, for one show. Raises TemplateError."""
    return render_text(
        template,
        season=Named(id=season.id, title=season.title),
        show=Named(id=show.id, title=show.title),
        go_live=times.go_live,
        audience=at_home(season.zone_of(show), season.about.languages[0]),
    )
