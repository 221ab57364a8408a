"""Which cues follow from a season? A pure function: the same season always gives the same plan, with the same ids."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from broadcaster.season.announce import facts, render_text
from broadcaster.season.model import Season, Segment, Show
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
    SegmentPlan,
    ShowPlan,
    Trigger,
)
from broadcaster.season.posts import post_cues
from broadcaster.season.timing import ShowTimes, time_show
from broadcaster.season.zones import tzdata_version

LATE = LateRule(grace=timedelta(seconds=30), then=Late.FIRE)
LATE_MANUAL = LateRule(grace=timedelta(seconds=30), then=Late.ASK)
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
    return replace(bare_plan(season), shows=tuple(sorted(shows, key=lambda show: (show.go_live, show.id))))


def _show_plan(season: Season, show: Show) -> ShowPlan:
    times, problems = time_show(season, show)
    if times is None:
        raise ValueError(f"show {show.id!r}: {problems[0].message}")
    cues = [*_frame(season, show, times), *_rundown(season, show, times), *_posts(season, show, times)]
    return replace(
        bare_show(season, show, times),
        broadcast=_broadcast(season, show, times),
        cues=tuple(sorted(cues, key=_order)),
    )


def bare_show(season: Season, show: Show, times: ShowTimes) -> ShowPlan:
    """The show without its cues and its broadcast: what its texts speak of."""
    scenes = season.scenes_of(show)
    return ShowPlan(
        id=show.id,
        title=season.named(show.title),
        titles=_by_language(show.title),
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
        broadcast=None,
        falls_back=show.on_drop == "fallback",
        returns=season.returns(),
        segments=tuple(
            _segment(season, show, segment, start, end)
            for segment, (start, end) in zip(show.segments, times.segments, strict=True)
        ),
        cues=(),
        notes=show.notes,
        is_cancelled=show.cancelled,
    )


def bare_plan(season: Season) -> Plan:
    """The season without its shows: what its texts speak of."""
    return Plan(
        season=season.id,
        title=season.title,
        titles=_by_language(season.about.title),
        languages=season.about.languages,
        zone=season.about.timezone,
        tzdata=tzdata_version(),
        look=season.look.plan(),
        shows=(),
        audiences=tuple(
            AudiencePlan(id=name, city=season.audience_city(name), zone=audience.timezone, language=audience.language)
            for name, audience in season.audiences.items()
        ),
    )


def _by_language(names: Mapping[str, str]) -> Mapping[str, str]:
    return {} if "" in names else dict(names)


def _segment(season: Season, show: Show, segment: Segment, start: datetime, end: datetime) -> SegmentPlan:
    return SegmentPlan(
        id=segment.id,
        title=season.named(segment.title),
        titles=_by_language(segment.title),
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
    there = {guest.id: guest for guest in season.guests}
    found = (there[name] for name in segment.guests if name in there)  # one that is not there is a Problem of its own
    return tuple(
        GuestPlan(
            id=guest.id,
            name=season.named(guest.name),
            names=_by_language(guest.name),
            country=guest.country or "",
            zone=guest.timezone or season.zone_of(show),
        )
        for guest in found
    )


def _posts(season: Season, show: Show, times: ShowTimes) -> Iterator[Cue]:
    for announcement in season.announcements:
        if announcement.is_for(show.id):
            yield from post_cues(season, show, times, announcement)


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
    zone, language = season.zone_of(show), season.about.languages[0]
    known = facts(bare_plan(season), bare_show(season, show, times), language=language, zone=zone)
    return render_text(template, known)
