"""A small plan, made by hand: one show with a soft, a hard and a manual segment, on YouTube, with three posts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from broadcaster.season.plan import (
    CHAT,
    Action,
    BroadcastPlan,
    Cue,
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
from broadcaster.show.fold import fold
from broadcaster.show.observed import BroadcastSeen, Health, Lifecycle, Observed, StreamSeen, StudioSeen
from broadcaster.show.records import Note, Record
from broadcaster.show.state import SeasonState

ZONE = "Asia/Almaty"
GO_LIVE = datetime(2027, 10, 20, 14, 0, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
SCENES = ("Countdown", "Film", "Runway", "Talk", "Thank you", "Please stand by", "Somewhere else")
LATE = LateRule(grace=timedelta(seconds=30), then=Late.FIRE)
LATE_ASK = LateRule(grace=timedelta(seconds=30), then=Late.ASK)
LATE_POST = LateRule(grace=timedelta(minutes=15), then=Late.SKIP)


def _post(channel: str, text: str) -> PostPlan:
    return PostPlan(announcement=text, channel=channel, language="en", audience="", city="Almaty", text=text)


def segment(
    name: str,
    scene: str,
    start: datetime,
    minutes: float = 2,
    *,
    is_hard: bool = False,
    is_manual: bool = False,
    late: LateRule = LATE,
) -> SegmentPlan:
    """One segment, `minutes` long."""
    return SegmentPlan(
        id=name,
        title=name.title(),
        scene=scene,
        start=start,
        end=start + minutes * MINUTE,
        is_hard=is_hard,
        is_manual=is_manual,
        late=late,
    )


def three_segments(go_live: datetime = GO_LIVE) -> tuple[SegmentPlan, ...]:
    """Soft for 2 min, a wall 2 min after go-live, a manual one 4 min after it."""
    return (
        segment("film", "Film", go_live),
        segment("runway", "Runway", go_live + 2 * MINUTE, is_hard=True),
        segment("talk", "Talk", go_live + 4 * MINUTE, is_manual=True, late=LATE_ASK),
    )


def show_plan(
    name: str = "day-1",
    *,
    go_live: datetime = GO_LIVE,
    segments: Sequence[SegmentPlan] | None = None,
    standby: timedelta = 10 * MINUTE,
    prepare: timedelta = 60 * MINUTE,
    outro: timedelta = 20 * SECOND,
    with_broadcast: bool = True,
    with_posts: bool = True,
    with_chat: bool = False,
    falls_back: bool = False,
    page: Mapping[str, Any] | None = None,
    lower_thirds: Mapping[str, LowerThirdPlan] | None = None,
) -> ShowPlan:
    """A show with the cues that a season file would give it."""
    segments = three_segments(go_live) if segments is None else tuple(segments)
    end = segments[-1].end
    standby_at, prepare_at, off_air = go_live - standby, go_live - prepare, end + outro

    def cue(lane: Lane, action: Action, subject: str, what: str, at: datetime, **more: object) -> Cue:
        return Cue(
            id=f"{name}/{lane}/{action}/{subject}",
            show=name,
            lane=lane,
            action=action,
            at=at,
            zone=ZONE,
            what=what,
            subject=subject,
            **({"late": LATE} | more),  # type: ignore[arg-type]
        )

    cues = [
        cue(Lane.PROGRAM, Action.TAKE, "standby", "Countdown", standby_at),
        cue(Lane.ENCODER, Action.START, "obs", "obs", standby_at),
        *(cue(Lane.PROGRAM, Action.TAKE, s.id, s.scene, s.start, late=s.late, manual=s.is_manual) for s in segments),
        cue(Lane.PROGRAM, Action.TAKE, "closing", "Thank you", end),
        cue(Lane.ENCODER, Action.STOP, "obs", "obs", off_air),
    ]
    if with_broadcast:
        cues += [
            cue(Lane.BROADCAST, Action.CREATE, "main", "main", prepare_at),
            cue(Lane.BROADCAST, Action.LIVE, "main", "main", go_live),
            cue(Lane.BROADCAST, Action.COMPLETE, "main", "main", off_air),
        ]
    if with_posts:
        posts = (
            ("soon", Trigger.CLOCK, go_live - 15 * MINUTE),
            ("now", Trigger.LIVE, go_live),
            ("thanks", Trigger.ENDED, off_air),
        )
        for subject, trigger, at in posts:
            cues.append(
                Cue(
                    id=f"{name}/posts/post/{subject}/telegram/en",
                    show=name,
                    lane=Lane.POSTS,
                    action=Action.POST,
                    at=at,
                    zone=ZONE,
                    what="telegram/en",
                    subject=subject,
                    late=LATE_POST,
                    trigger=trigger,
                    post=_post("telegram", subject),
                )
            )
    if with_chat:
        subject = f"{name}/posts/post/hello/{CHAT}/en"
        cues.append(
            Cue(
                id=subject,
                show=name,
                lane=Lane.POSTS,
                action=Action.POST,
                at=go_live,
                zone=ZONE,
                what=f"{CHAT}/en",
                subject="hello",
                late=LATE_POST,
                trigger=Trigger.LIVE,
                post=_post(CHAT, "hello"),
            )
        )
    for s in segments:
        if lower_thirds and (third := lower_thirds.get(s.id)) is not None:
            for action, at in ((Action.SHOW, s.start + 5 * SECOND), (Action.HIDE, s.start + 15 * SECOND)):
                detail = {"title": third.title, "subtitle": third.subtitle}
                cues.append(cue(Lane.GRAPHICS, action, s.id, third.title, at, detail=detail))
    wanted: dict[str, Any] = {
        "destination": "main",
        "title": name,
        "description": "",
        "privacy": "public",
        "scheduled_start": go_live,
        "marker": f"broadcaster:season/{name}",
    }
    broadcast = BroadcastPlan(**(wanted | dict(page or {})))
    return ShowPlan(
        id=name,
        title=name.title(),
        zone=ZONE,
        prepare_at=prepare_at,
        standby_at=standby_at,
        go_live=go_live,
        end=end,
        off_air=off_air,
        encoder="obs",
        standby_scene="Countdown",
        fallback_scene="Please stand by",
        closing_scene="Thank you",
        broadcast=broadcast if with_broadcast else None,
        falls_back=falls_back,
        segments=segments,
        cues=tuple(sorted(cues, key=lambda each: each.at)),
    )


def season_plan(*shows: ShowPlan) -> Plan:
    """A season of these shows."""
    return Plan(season="season", title="A season", zone=ZONE, tzdata="test", shows=shows or (show_plan(),))


class Story:
    """A state made by records, as the journal would: `story.add(note, at=...)`, then `story.state`."""

    def __init__(self) -> None:
        self.state = SeasonState()
        self.records: list[Record] = []

    def add(self, *notes: Note, at: datetime = GO_LIVE) -> "Story":
        """Append the notes as records of that instant."""
        for note in notes:
            seq = len(self.records) + 1
            record = Record(run="test", seq=seq, at=at, kind=note.kind, ids=note.ids, data=note.data)
            self.records.append(record)
            self.state = fold(self.state, [record])
        return self


def studio(program: str = "Countdown", *, is_streaming: bool = True, target: str = "key") -> StudioSeen:
    """A studio as it reports itself."""
    return StudioSeen(program=program, scenes=SCENES, is_streaming=is_streaming, target=target)


def on_youtube(lifecycle: Lifecycle = Lifecycle.READY, *, stream: str | None = "stream-1") -> BroadcastSeen:
    """Our broadcast as YouTube reports it."""
    return BroadcastSeen(id="video-1", lifecycle=lifecycle, stream_id=stream, marker="broadcaster:season/day-1")


def video(health: Health = Health.GOOD, *, is_active: bool = True) -> StreamSeen:
    """Our stream as YouTube reports it."""
    return StreamSeen(id="stream-1", is_active=is_active, health=health)


def seen(
    studio_seen: StudioSeen | None = None,
    broadcast: BroadcastSeen | None = None,
    stream: StreamSeen | None = None,
    **more: bool,
) -> Observed:
    """Everything seen at one moment."""
    return Observed(studio=studio_seen, broadcast=broadcast, stream=stream, **more)  # type: ignore[arg-type]
