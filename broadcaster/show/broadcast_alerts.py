"""What is wrong with the broadcast, in sentences that say what to do?"""

from datetime import datetime, timedelta

from broadcaster.season.plan import Action, Lane, ShowPlan
from broadcaster.season.said import say
from broadcaster.show.bound import OTHER_KEY, mismatches
from broadcaster.show.encoder import STUCK_AFTER
from broadcaster.show.health import EMPTY_FOR, NOTHING_ARRIVES, health_alerts
from broadcaster.show.observed import Lifecycle, Observed
from broadcaster.show.records import Result
from broadcaster.show.spans import at_clock
from broadcaster.show.state import ShowState
from broadcaster.show.turn import Verb
from broadcaster.show.words import LIFECYCLES, why_said

STARTING = (Lifecycle.TEST_STARTING, Lifecycle.LIVE_STARTING)
DOING = {
    Verb.FIND: say("find the broadcast"),
    Verb.CREATE: say("make the broadcast"),
    Verb.FIND_STREAM: say("find the stream"),
    Verb.CREATE_STREAM: say("make the stream"),
    Verb.BIND: say("bind the stream"),
    Verb.TESTING: say("start the test"),
    Verb.LIVE: say("go live"),
    Verb.COMPLETE: say("end the broadcast"),
    Verb.DELETE: say("delete the broadcast"),
}
BESIDE = {
    Verb.UPDATE: say("change the broadcast"),
    Verb.DRESS: say("change the video"),
    Verb.THUMBNAIL: say("set the thumbnail"),
    Verb.PLAYLIST: say("add the video to the playlist"),
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
            if is_still:
                at = at_clock(since, show.zone)
                found.append(say("ALARM: {what}; since {time}", what=NOTHING_ARRIVES, time=at))
            else:
                seconds = f"{(now - since).total_seconds():.0f}"
                found.append(say("ALARM: {what}; for {seconds} s by now", what=NOTHING_ARRIVES, seconds=seconds))
        elif not state.is_receiving and state.complete_at is None:
            found.append(NOTHING_ARRIVES)
    found += health_alerts(state, seen)
    if sentence := _stuck(show, state, now, is_still=is_still):
        found.append(sentence)
    found += _failures(show, state)
    found += (why_said(why) for why in state.dressed.left.values())
    return found


def _stuck(show: ShowPlan, state: ShowState, now: datetime, *, is_still: bool) -> str:
    if state.lifecycle not in STARTING or state.lifecycle_since is None:
        return ""
    span = now - state.lifecycle_since
    if span < STUCK_AFTER:
        return ""
    name = LIFECYCLES[state.lifecycle]
    if is_still:
        return say(
            "YouTube has been {state} since {time}: look in YouTube Studio whether it goes on there; the encoder is "
            "restarted once by itself",
            state=name,
            time=at_clock(state.lifecycle_since, show.zone),
        )
    return say(
        "YouTube has been {state} for {span}: look in YouTube Studio whether it goes on there; the encoder is "
        "restarted once by itself",
        state=name,
        span=_minutes(span),
    )


def _minutes(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    return f"{seconds // 60}:{seconds % 60:02}"


def _failures(show: ShowPlan, state: ShowState) -> list[str]:
    """What YouTube refused or did not do, while it is still wanted. That it is away is said elsewhere."""
    found: list[str] = []
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
            if result is Result.FAILED:
                found.append(say("could not {doing}: {why}; it is tried again by itself", doing=doing, why=reason))
            else:
                found.append(say("could not {doing}: {why}; do it in YouTube Studio", doing=doing, why=reason))
    return found
