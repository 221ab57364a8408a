"""What is wrong with the broadcast, in sentences that say what to do?"""

from datetime import datetime, timedelta

from broadcaster.season.plan import Action, Lane, ShowPlan
from broadcaster.show.bound import OTHER_KEY, mismatches
from broadcaster.show.encoder import STUCK_AFTER
from broadcaster.show.health import EMPTY_FOR, NOTHING_ARRIVES, health_alerts
from broadcaster.show.observed import Lifecycle, Observed
from broadcaster.show.records import Result
from broadcaster.show.spans import at_clock
from broadcaster.show.state import ShowState
from broadcaster.show.turn import Verb

STARTING = (Lifecycle.TEST_STARTING, Lifecycle.LIVE_STARTING)
DOING = {
    Verb.FIND: "find the broadcast",
    Verb.CREATE: "make the broadcast",
    Verb.FIND_STREAM: "find the stream",
    Verb.CREATE_STREAM: "make the stream",
    Verb.BIND: "bind the stream",
    Verb.TESTING: "start the test",
    Verb.LIVE: "go live",
    Verb.COMPLETE: "end the broadcast",
    Verb.DELETE: "delete the broadcast",
}
BESIDE = {
    Verb.UPDATE: "change the broadcast",
    Verb.DRESS: "change the video",
    Verb.THUMBNAIL: "set the thumbnail",
    Verb.PLAYLIST: "add the video to the playlist",
}


def broadcast_alerts(
    show: ShowPlan, state: ShowState, seen: Observed, now: datetime, *, is_still: bool = False
) -> list[str]:
    """Everything about the broadcast, its stream and its key that wants somebody's eyes.

    `is_still`: since when, instead of for how long by now.
    """
    if show.broadcast is None or state.phase.is_over:
        return []
    found = list(mismatches(show, state, seen, now))
    studio = seen.studio
    is_streaming = state.phase.is_on_stage and studio is not None and studio.is_streaming
    if studio and is_streaming and studio.target != state.target and OTHER_KEY not in found:
        found.append(OTHER_KEY)  # also before ours is known
    if is_streaming and "youtube" not in seen.away:
        if state.alarm_since is not None:
            since = state.alarm_since - EMPTY_FOR
            span = f"for {(now - since).total_seconds():.0f} s by now"
            found.append(f"ALARM: {NOTHING_ARRIVES}; {f'since {at_clock(since, show.zone)}' if is_still else span}")
        elif not state.is_receiving and state.complete_at is None:
            found.append(NOTHING_ARRIVES)
    found += health_alerts(state, seen)
    if sentence := _stuck(show, state, now, is_still=is_still):
        found.append(sentence)
    found += _failures(show, state)
    found += state.dressed.left.values()
    return found


def _stuck(show: ShowPlan, state: ShowState, now: datetime, *, is_still: bool) -> str:
    if state.lifecycle not in STARTING or state.lifecycle_since is None:
        return ""
    span = now - state.lifecycle_since
    if span < STUCK_AFTER:
        return ""
    name = state.lifecycle.replace("_", " ")
    lasts = f"since {at_clock(state.lifecycle_since, show.zone)}" if is_still else f"for {_minutes(span)}"
    return (
        f"YouTube has been {name} {lasts}: look in YouTube Studio whether it goes on there; the encoder "
        "is restarted once by itself"
    )


def _minutes(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    return f"{seconds // 60}:{seconds % 60:02}"


def _failures(show: ShowPlan, state: ShowState) -> list[str]:
    """What YouTube refused or did not do, while it is still wanted. That it is away is said elsewhere."""
    found = []
    for action in (Action.CREATE, Action.LIVE, Action.COMPLETE):
        cue = show.cues_of(Lane.BROADCAST, action)[0].id
        verbs = (DOING if cue not in state.settled else {}) | BESIDE
        for verb, doing in verbs.items():
            result, data = state.ended_acts.get(f"{cue}:{verb}", (Result.DONE, {}))
            is_away = result is Result.FAILED and not data.get("code")
            if result not in (Result.FAILED, Result.REFUSED) or is_away:
                continue
            if data.get("code") == "videoNotFound":
                continue  # it shows some seconds after the broadcast was made
            reason = str(data.get("reason", "")).rstrip(".")
            then = "it is tried again by itself" if result is Result.FAILED else "do it in YouTube Studio"
            found.append(f"could not {doing}: {reason}; {then}")
    return found
