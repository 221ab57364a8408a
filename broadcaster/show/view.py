"""What does a crew want to know at a glance? The state as flat JSON, with ready texts."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from broadcaster.season.channels import Reach
from broadcaster.season.plan import Lane, Plan, ShowPlan
from broadcaster.season.said import say
from broadcaster.season.walltime import local
from broadcaster.show.broadcast_alerts import broadcast_alerts
from broadcaster.show.commands import current_show
from broadcaster.show.expected import expected
from broadcaster.show.holds import manual_until
from broadcaster.show.left_live import left_live_alert
from broadcaster.show.observed import Observed
from broadcaster.show.outlook import Outlook, quota_alerts
from broadcaster.show.phases import Phase
from broadcaster.show.post_ahead import astray_alerts, waits
from broadcaster.show.post_standing import asking_alerts
from broadcaster.show.post_wait import pause_alerts
from broadcaster.show.records import End, stamp
from broadcaster.show.rundown import Rundown, as_seen, rundown
from broadcaster.show.spans import clock_text as clock_text
from broadcaster.show.state import SeasonState, ShowState
from broadcaster.show.times import times, waiting_alerts
from broadcaster.show.words import ENDS, FAR_ENDS, LANES, who_said, why_said

_END_OF: Mapping[str, str] = {
    Lane.PROGRAM: "obs",
    Lane.ENCODER: "obs",
    Lane.BROADCAST: "youtube",
    Lane.POSTS: "posts",
    Lane.GRAPHICS: "graphics",
}
"""Lane -> the far end that does its cues."""
NO_REACHES: Mapping[str, Reach] = {}
"""Nothing is known of what the channels can do."""


def view(
    plan: Plan,
    season: SeasonState,
    observed: Mapping[str, Observed],
    now: datetime,
    ahead: Outlook | None = None,
    reaches: Mapping[str, Reach] = NO_REACHES,
) -> dict[str, Any]:
    """The season's state around its current show. Keys never vanish: what does not apply is null or empty.

    `ahead` is None where no channel is driven, and so no quota spent; `reaches`: what the channels can do.
    """
    show = current_show(plan, season, now)
    document: dict[str, Any] = {
        "season": plan.season,
        "season_title": plan.title,
        "now": stamp(now),
        "revision": season.revision,
        "seq": season.seq,
        "journal_trouble": None,  # who writes it knows
        "shows": [_line(each, season.show(each.id)) for each in plan.shows],
    }
    show = show or plan.shows[-1]
    return document | _quota(ahead, show) | _show(plan, show, season, observed, now, ahead, reaches)


def _left_live(plan: Plan, season: SeasonState, observed: Mapping[str, Observed], now: datetime) -> list[str]:
    """Of every show, since another may be the current one by now."""
    closing = [show for show in plan.shows if season.show(show.id).phase is Phase.CLOSING]
    said = (left_live_alert(show, season.show(show.id), observed.get(show.id, Observed()), now) for show in closing)
    return [sentence for sentence in said if sentence]


def _quota(ahead: Outlook | None, show: ShowPlan) -> dict[str, Any]:
    if ahead is None:
        return dict.fromkeys(("quota_spent", "quota_left", "quota_kept", "quota_resets_at", "quota_resets_local"))
    return {
        "quota_spent": ahead.spent,
        "quota_left": ahead.left,
        "quota_kept": ahead.kept,
        "quota_resets_at": stamp(ahead.resets_at),
        "quota_resets_local": local(ahead.resets_at, show.zone).isoformat(timespec="seconds"),
    }


def _line(show: ShowPlan, state: ShowState) -> dict[str, Any]:
    return {
        "id": show.id,
        "title": show.title,
        "phase": state.phase,
        "planned_live": stamp(show.go_live),
        "planned_live_local": local(show.go_live, show.zone).isoformat(timespec="seconds"),
        "actual_live": stamp(state.live_at) if state.live_at else None,
    }


def _show(
    plan: Plan,
    show: ShowPlan,
    season: SeasonState,
    observed: Mapping[str, Observed],
    now: datetime,
    ahead: Outlook | None,
    reaches: Mapping[str, Reach],
) -> dict[str, Any]:
    state, seen = season.show(show.id), observed.get(show.id, Observed())
    run = as_seen(rundown(show, state, now), state)
    told = _told(plan, show, season, run, observed, now, ahead, reaches)
    coming = run.next
    late = run.expected_end - show.end
    posts = [cue for cue in show.cues if cue.lane is Lane.POSTS]
    posted = sum(1 for cue in posts if cue.id in state.settled and state.settled[cue.id].end is End.DONE)
    return {
        "show": show.id,
        "show_title": show.title,
        "show_now": local(now, show.zone).isoformat(timespec="seconds"),
        "zone": show.zone,
        "phase": state.phase,
        "go_live": stamp(run.plan.go_live),
        "go_live_in": clock_text(run.plan.go_live - now),
        "is_live": state.phase is Phase.LIVE,
        "program": seen.studio.program if seen.studio else None,
        "segment": run.current.id if run.current else None,
        "segment_title": run.current.title if run.current else None,
        "segment_since": stamp(run.current_since) if run.current_since else None,
        "segment_left": clock_text(run.current_until - now) if run.current_until else None,
        "next": coming.segment.id if coming else None,
        "next_title": coming.segment.title if coming else None,
        "next_at": stamp(coming.due) if coming and coming.due else None,
        "next_in": clock_text(coming.due - now) if coming and coming.due else None,
        "next_waits": coming.why if coming and coming.due is None else None,
        "over_by": clock_text(late),
        "expected_end": stamp(run.expected_end),
        **times(show, state, run, now),
        "is_held": state.is_held,
        "lanes_held": {lane: f"{hold.by}: {hold.why}" for lane, hold in state.lanes_held.items()},
        "lanes_until": {lane: manual_until(hold, show.zone) for lane, hold in state.lanes_held.items()},
        **_graphics(state, seen),
        "override": state.override.scene if state.override else None,
        "is_panic": bool(state.override and state.override.stays),
        "obs": "away" if seen.studio is None else "connected",
        "is_streaming": bool(seen.studio and seen.studio.is_streaming),
        "is_reconnecting": bool(seen.studio and seen.studio.is_reconnecting),
        "youtube": "none" if show.broadcast is None else "away" if "youtube" in seen.away else "connected",
        "broadcast": state.broadcast_id or None,
        "link": f"https://youtu.be/{state.broadcast_id}" if state.broadcast_id else None,
        "lifecycle": state.lifecycle,
        "is_receiving": state.is_receiving,
        "health": state.health or None,
        "posts_sent": posted,
        "posts_planned": len(posts),
        "alerts": [sentence for _, sentence in told],
        "alerts_by_end": dict(Counter(end for end, _ in told)),
        "in_a_line": in_a_line(show, state, run, seen, now),
    }


def _graphics(state: ShowState, seen: Observed) -> dict[str, Any]:
    """The lower third over the picture, as a page of it has said, and how many pages are open to show one."""
    third = state.graphics.lower_third if state.graphics is not None and state.graphics.is_sure else None
    return {
        "graphics": third.title if third else None,
        "graphics_subtitle": third.subtitle if third else None,
        "graphics_pages": seen.graphics.pages if seen.graphics else None,
    }


def alerts(
    plan: Plan,
    show: ShowPlan,
    season: SeasonState,
    run: Rundown,
    observed: Mapping[str, Observed],
    now: datetime,
    ahead: Outlook | None,
    reaches: Mapping[str, Reach],
    *,
    is_still: bool = False,
) -> list[str]:
    """What is wrong, or waits for somebody, each as one sentence with its remedy.

    `is_still`: with times that do not tick.
    """
    return [
        sentence for _, sentence in _told(plan, show, season, run, observed, now, ahead, reaches, is_still=is_still)
    ]


def _told(
    plan: Plan,
    show: ShowPlan,
    season: SeasonState,
    run: Rundown,
    observed: Mapping[str, Observed],
    now: datetime,
    ahead: Outlook | None,
    reaches: Mapping[str, Reach],
    *,
    is_still: bool = False,
) -> list[tuple[str, str]]:
    """Each alert after the far end that it is about; `show` for those about the rundown and its lanes."""
    seen = observed.get(show.id, Observed())
    found = [("youtube", sentence) for sentence in _left_live(plan, season, observed, now)]
    found += [("posts", said) for each in plan.shows for said in asking_alerts(season.show(each.id))]
    found += [("posts", said) for each in plan.shows for said in _astray(each, season.show(each.id), now)]
    found += [("posts", said) for said in pause_alerts(plan, season, now, seen.needs_human, reaches)]
    found += _of_show(show, season.show(show.id), run, seen, now, is_still=is_still)
    if ahead is not None and show.broadcast is not None:
        shown_until = f"{local(ahead.resets_at, show.zone):%H:%M} {show.zone}"
        found += [("youtube", sentence) for sentence in quota_alerts(ahead, shown_until)]
    return found


def _astray(show: ShowPlan, state: ShowState, now: datetime) -> Iterator[str]:
    """A delay moves what waits with its channel, too."""
    if any(waits(post, now) for post in state.posts.values()):
        yield from astray_alerts(expected(show, state, now), state, now)


def journal_alert(trouble: str) -> str:
    """The sentence while the journal cannot be written."""
    return say("nothing can be written, so nothing is begun, what is on air stays: {trouble}", trouble=trouble)


def _of_show(
    show: ShowPlan, state: ShowState, run: Rundown, seen: Observed, now: datetime, *, is_still: bool
) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    soon = now >= run.plan.standby_at - timedelta(minutes=15) and not state.phase.is_over
    if seen.studio is None and soon:
        found.append(("obs", say("OBS does not answer: start it, and check Tools > obs-websocket Settings")))
    for end, sentence in seen.needs_human.items():
        waits = say("{far_end} waits for a person: {why}", far_end=FAR_ENDS.get(end, end), why=sentence)
        found.append((end, waits))
    if "youtube" in seen.away and "youtube" not in seen.needs_human and soon:
        found.append(("youtube", say("YouTube does not answer: check the network; it is tried again by itself")))
    for lane, hold in state.lanes_held.items():
        held = say(
            "{lane} is held by {who} ({why}), {until}; `resume --lane {name}` gives it back",
            lane=LANES[lane],
            who=who_said(hold.by),
            why=why_said(hold.why),
            until=manual_until(hold, show.zone),
            name=lane,
        )
        found.append(("show", held))
    if state.override is not None and state.override.stays and not state.phase.is_over:
        stays = "panic by {who}: {scene} stays on air until `resume` or `take`"
        found.append(("show", say(stays, who=state.override.by, scene=state.override.scene)))
    if state.is_held:
        found.append(("show", say("the rundown is on hold: `resume` lets it go on")))
    found += [("show", sentence) for sentence in waiting_alerts(run, state, now, is_still=is_still)]
    found += [("youtube", sentence) for sentence in broadcast_alerts(show, state, seen, now, is_still=is_still)]
    for cue_id, settled in state.settled.items():
        if settled.end in (End.FAILED, End.UNKNOWN):
            said = say("{cue}: {end}: {why}", cue=cue_id, end=ENDS[settled.end], why=why_said(settled.why))
            found.append((_END_OF.get(cue_id.split("/")[1], "show"), said))
    return found


def in_a_line(show: ShowPlan, state: ShowState, run: Rundown, seen: Observed, now: datetime) -> str:
    """Such as `day-1 live, on air "Runway", 04:12 into designer-1, 00:30 late`."""
    on_air = f'on air "{seen.studio.program}"' if seen.studio else "OBS away"
    late = run.expected_end - show.end
    shift = f", {clock_text(abs(late))} {'late' if late > timedelta() else 'early'}" if late else ", on time"
    if run.current and run.current_since:
        return f"{show.id} {state.phase}, {on_air}, {clock_text(now - run.current_since)} into {run.current.id}{shift}"
    if state.phase.is_over:
        return f"{show.id} {state.phase}"
    if state.phase is Phase.CLOSING:
        return f"{show.id} {state.phase}, {on_air}{shift}"
    return f"{show.id} {state.phase}, {on_air}, live in {clock_text(run.plan.go_live - now)}"
