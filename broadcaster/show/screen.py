"""What does everybody backstage see at this moment? One document, from which every page is drawn.

Nothing in it ticks: it names instants, and browsers count. Nothing in it is null: what does not apply is absent, since
changes travel as JSON Merge Patch (RFC 7396), where null removes. What changes is keyed by id, with an `order`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from broadcaster.season.channels import Reach
from broadcaster.season.plan import Action, Lane, Plan, ShowPlan
from broadcaster.show.commands import current_show
from broadcaster.show.expected import expected
from broadcaster.show.holds import NEVER, NEXT_CUE, RELEASED, manual_until
from broadcaster.show.observed import EncoderVitals, Lifecycle, Observed, StudioSeen
from broadcaster.show.outlook import Outlook
from broadcaster.show.phases import Phase
from broadcaster.show.post_ahead import told
from broadcaster.show.post_standing import instant_of, standing
from broadcaster.show.records import End, stamp
from broadcaster.show.screen_rundown import rundown_part
from broadcaster.show.screen_zones import zones
from broadcaster.show.state import SeasonState, ShowState
from broadcaster.show.telling import Line
from broadcaster.show.view import alerts, journal_alert
from broadcaster.show.words import who_said, why_said

HIDDEN = "(hidden)"
"""Scenes with this in their name are OBS's own business: nested ones, and those for tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the running service knows besides plan and record."""

    version: str = ""
    is_rehearsal: bool = False
    vitals: EncoderVitals | None = None
    journal_trouble: str = ""
    warnings: tuple[str, ...] = ()
    ahead: Outlook | None = None
    recent: Iterable[Line] = field(default_factory=tuple)
    channels: Mapping[str, Reach] | None = None
    """Those that the settings have, and what each can do; None: nobody has said."""


def screen(
    plan: Plan, season: SeasonState, observed: Mapping[str, Observed], now: datetime, service: Service
) -> dict[str, Any]:
    """The document of the current show, else of the last one; see docs/api.md."""
    show = current_show(plan, season, now) or plan.shows[-1]
    state, seen = season.show(show.id), observed.get(show.id, Observed())
    run, about_times = rundown_part(show, state, now)
    said = alerts(plan, show, season, run, observed, now, service.ahead, service.channels or {}, is_still=True)
    said += [why_said(each) for each in service.warnings]
    document: dict[str, Any] = {
        "season": {"id": plan.season, "title": plan.title, "zone": plan.zone},
        "zones": zones(plan),
        "rehearsal": service.is_rehearsal,
        "version": service.version,
        "revision": season.revision,
        "seq": season.seq,
        "shows": {each.id: _line(place, each, season.show(each.id)) for place, each in enumerate(plan.shows)},
        "show": show.id,
        "title": show.title,
        "phase": state.phase,
        "zone": show.zone,
        "is_live": state.phase is Phase.LIVE,
        "is_held": state.is_held,
        "is_automatic": not (state.is_held or state.lanes_held or (state.override and not state.phase.is_over)),
        **about_times,
        "fallback_scene": show.fallback_scene,
        "standby_scene": show.standby_scene,
        "closing_scene": show.closing_scene,
        "lanes": _lanes(show, state),
        "ladder": _ladder(show, state),
        "ends": _ends(show, state, seen, service.vitals),
        "posts": _posts(show, state, now, service.channels),
        "log": {str(line.seq): _log(line) for line in service.recent},
    }
    if show.notes:
        document["notes"] = show.notes
    if state.override is not None and not state.phase.is_over:
        over = state.override
        document["override"] = {"scene": over.scene, "by": over.by, "at": stamp(over.at), "stays": over.stays}
    if seen.studio is not None:
        document |= _studio(seen.studio)
    if (shown := state.graphics) is not None and shown.is_sure:
        third = shown.lower_third
        document["graphics"] = {"title": third.title, "subtitle": third.subtitle, "cue": shown.cue}
    if (ahead := service.ahead) is not None and show.broadcast is not None:
        document["quota"] = {
            "spent": ahead.spent,
            "left": ahead.left,
            "kept": ahead.kept,
            "resets_at": stamp(ahead.resets_at),
        }
    if service.journal_trouble:
        document["journal_trouble"] = service.journal_trouble
        said.insert(0, journal_alert(service.journal_trouble))
    document["alerts"] = {str(number): sentence for number, sentence in enumerate(said)}
    return document


def _line(place: int, show: ShowPlan, state: ShowState) -> dict[str, Any]:
    line = {
        "order": place,
        "title": show.title,
        "phase": state.phase,
        "zone": show.zone,
        "go_live": stamp(show.go_live + state.shifts.live),
        "end": stamp(show.end),
    }
    if (planned := state.first_live or show.go_live) != show.go_live + state.shifts.live:
        line["planned_live"] = stamp(planned)
    return line | ({"live_at": stamp(state.live_at)} if state.live_at else {})


def _log(line: Line) -> dict[str, Any]:
    return {"at": stamp(line.at), "who": line.who, "text": line.text, "kind": line.kind}


def _studio(studio: StudioSeen) -> dict[str, Any]:
    program: dict[str, Any] = {
        "scene": studio.program,
        "is_streaming": studio.is_streaming,
        "is_reconnecting": studio.is_reconnecting,
        "is_studio_mode": studio.preview is not None,
        "transition": studio.transition,
    }
    if studio.preview is not None:
        program["preview"] = studio.preview
    shown = (name for name in studio.scenes if HIDDEN not in name.casefold())
    return {"program": program, "scenes": {name: place for place, name in enumerate(shown)}}


def _lanes(show: ShowPlan, state: ShowState) -> dict[str, Any]:
    used = {cue.lane for cue in show.cues}
    lanes: dict[str, Any] = {}
    for lane in Lane:
        hold = state.lanes_held.get(lane)
        if hold is None:
            if lane in used:
                lanes[lane] = {"is_held": False}
            continue
        lanes[lane] = {"is_held": True, "by": who_said(hold.by), "why": why_said(hold.why), "since": stamp(hold.since)}
        lanes[lane]["until"] = manual_until(hold, show.zone)
        if hold.until not in (NEXT_CUE, RELEASED, NEVER):
            lanes[lane]["until_at"] = hold.until
    return lanes


_TESTED = (Lifecycle.TESTING, Lifecycle.LIVE_STARTING, Lifecycle.LIVE, Lifecycle.COMPLETE)


def _ladder(show: ShowPlan, state: ShowState) -> dict[str, Any]:
    """The steps to live, each with the far end's own word; the current one is the first that is not done."""
    steps: list[tuple[str, bool, datetime | None]] = [
        ("encoder", state.is_streaming, state.streaming_since),
        ("live", state.live_at is not None or (show.broadcast is None and state.phase is Phase.LIVE), state.live_at),
    ]
    if show.broadcast is not None:
        creates = show.cues_of(Lane.BROADCAST, Action.CREATE)
        prepared = state.settled.get(creates[0].id) if creates else None
        is_prepared = prepared is not None and prepared.end is End.DONE
        steps.insert(0, ("prepared", is_prepared, prepared.at if prepared and is_prepared else None))
        steps.insert(2, ("receiving", state.is_receiving, None))
        if show.broadcast.is_monitored:
            steps.insert(3, ("testing", state.lifecycle in _TESTED, None))
    current = next((name for name, is_done, _ in steps if not is_done), "live")
    return {
        name: {"order": place, "is_done": is_done, "is_current": name == current} | ({"at": stamp(at)} if at else {})
        for place, (name, is_done, at) in enumerate(steps)
    }


def _ends(show: ShowPlan, state: ShowState, seen: Observed, vitals: EncoderVitals | None) -> dict[str, Any]:
    obs: dict[str, Any] = {"state": "away" if seen.studio is None else "connected"}
    if seen.studio is not None:
        obs["reconnecting"] = seen.studio.is_reconnecting
        if vitals is not None and seen.studio.is_streaming:
            obs |= {
                "congestion": vitals.congestion,
                "dropped_percent": vitals.dropped_percent,
                "kbps": vitals.kbps,
            }
    youtube: dict[str, Any] = {"state": "none"}
    if show.broadcast is not None:
        youtube["state"] = "away" if "youtube" in seen.away else "connected"
        if state.lifecycle is not None:
            youtube["lifecycle"] = state.lifecycle
        if state.health:
            youtube["health"] = state.health
        if state.broadcast_id:
            youtube["link"] = f"https://youtu.be/{state.broadcast_id}"
    ends = {"obs": obs, "youtube": youtube}
    if show.cues_of(Lane.POSTS):
        ends["posts"] = {"state": "away" if "posts" in seen.away else "connected"}
    if seen.graphics is not None and show.cues_of(Lane.GRAPHICS):
        ends["graphics"] = {"state": "connected" if seen.graphics.pages else "away", "pages": seen.graphics.pages}
    for end, sentence in seen.needs_human.items():
        ends.setdefault(end, {"state": "connected"})["said"] = sentence
    return ends


def _posts(show: ShowPlan, state: ShowState, now: datetime, channels: Collection[str] | None) -> dict[str, Any]:
    posts: dict[str, Any] = {}
    run = expected(show, state, now)
    for place, cue in enumerate(run.cues_of(Lane.POSTS)):
        post = state.post(cue.id)
        line = {
            "order": place,
            "at": stamp(instant_of(run, cue, state)),
            "zone": cue.zone,
            "channel": cue.channel,
            "audience": cue.post.reader if cue.post is not None else "",
            "what": cue.subject,
            "trigger": cue.trigger,
            "standing": standing(run, cue, state, channels),
        }
        if cue.post is not None and cue.post.segment:
            line["segment"] = cue.post.segment
        said = {"held_by": post.held_by, "sent_by": post.sent_by, "skipped_by": post.skipped_by, "said": post.said}
        posts[cue.id] = line | {name: value for name, value in said.items() if value}
        if post.asks:
            posts[cue.id]["asks"] = "lost" if post.lost is not None else "late"
        if post.text or post.title:
            posts[cue.id]["is_edited"] = True
        if post.posted is not None:
            posts[cue.id] |= {"posted_at": stamp(post.posted), "edits": post.edits, "follows": post.follows}
        if (settled := state.settled.get(cue.id)) is not None:
            at = post.posted if post.is_handed_over and post.posted is not None else settled.at  # it may be moved
            why = told(cue, state, now) or why_said(settled.why)
            posts[cue.id] |= {"end": settled.end, "done_at": stamp(at), "why": why}
    return posts


STAGE = {
    "season": ("id", "title", "zone"),
    "program": ("scene", "preview"),
    "graphics": ("title", "subtitle", "cue"),
    "current": ("id", "since", "until", "must_end"),
    "next": ("id", "due", "expected", "why"),
}
STAGE_EACH = {
    "shows": ("order", "title", "phase", "zone", "go_live", "planned_live", "end", "live_at"),
    "rundown": (
        "order",
        "title",
        "scene",
        "standing",
        "planned_start",
        "planned_end",
        "start",
        "end",
        "must_end",
        "is_wall",
        "is_manual",
        "late_by",
        "lower_third",
        "guests",
    ),
}
STAGE_PLAIN = (
    "rehearsal",
    "zones",
    "show",
    "title",
    "phase",
    "zone",
    "is_live",
    "is_held",
    "is_automatic",
    "planned_live",
    "go_live",
    "live_at",
    "planned_end",
    "expected_end",
    "delayed_seconds",
    "over_seconds",
    "on_air_since",
)


def stage(document: Mapping[str, Any]) -> dict[str, Any]:
    """The part that screens backstage and overlays show, by whitelist: nothing that is for the crew alone."""
    public = {name: document[name] for name in STAGE_PLAIN if name in document}
    for name, known in STAGE.items():
        if name in document:
            public[name] = _only(document[name], known)
    for name, known in STAGE_EACH.items():
        public[name] = {each: _only(value, known) for each, value in document.get(name, {}).items()}
    return public


def _only(document: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    return {name: document[name] for name in known if name in document}
