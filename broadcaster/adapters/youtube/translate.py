"""What do our words mean to YouTube, and what do its answers mean to an operator?"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from broadcaster.ports import Ingest, Secret
from broadcaster.season.errors import FarEndError, NeedsHuman, OutcomeUnknown, Refused, Unavailable
from broadcaster.season.plan import BroadcastPlan
from broadcaster.show.observed import BroadcastSeen, Health, Lifecycle, StreamSeen

BROADCAST_PARTS = "id,snippet,status,contentDetails"
STREAM_PARTS = "id,snippet,cdn,status"
NEW_STREAM_PARTS = "id,snippet,cdn,contentDetails,status"

EARLIEST_START = timedelta(seconds=60)
"""YouTube refuses a scheduled start that is not in the future."""

COSTS: Mapping[str, int] = {
    "channels.list": 1,
    "liveBroadcasts.list": 1,
    "liveBroadcasts.insert": 50,
    "liveBroadcasts.bind": 50,
    "liveBroadcasts.transition": 50,
    "liveStreams.list": 1,
    "liveStreams.insert": 50,
}
"""Quota units of each method. Google publishes none for the live methods; these are the commonly measured figures."""

LIFECYCLES: Mapping[str, Lifecycle] = {
    "created": Lifecycle.CREATED,
    "ready": Lifecycle.READY,
    "testStarting": Lifecycle.TEST_STARTING,
    "testing": Lifecycle.TESTING,
    "liveStarting": Lifecycle.LIVE_STARTING,
    "live": Lifecycle.LIVE,
    "complete": Lifecycle.COMPLETE,
    "revoked": Lifecycle.REVOKED,
}

HEALTHS: Mapping[str, Health] = {
    "good": Health.GOOD,
    "ok": Health.OK,
    "bad": Health.BAD,
    "noData": Health.NO_DATA,
    "revoked": Health.BAD,
}

OVER = frozenset({Lifecycle.COMPLETE, Lifecycle.REVOKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What a reason of YouTube's is to us, and what the operator should do. `retry_after` is in seconds."""

    error: type[FarEndError]
    say: str
    retry_after: float = 0.0


_SIGN_IN = "sign in again with `broadcaster auth youtube`"
_FEWER = "end or delete broadcasts that are no longer needed in YouTube Studio, then try again"
_ASK_ADMIN = "sign in with the account that owns the channel, or have its owner allow this account to stream live"

REMEDIES: Mapping[str, Remedy] = {
    # try again later
    "errorStreamInactive": Remedy(
        error=Unavailable, say="YouTube does not receive video yet; check that the encoder is streaming", retry_after=1
    ),
    "rateLimitExceeded": Remedy(
        error=Unavailable, say="YouTube asks for fewer requests; it is asked again shortly", retry_after=5
    ),
    "userRateLimitExceeded": Remedy(
        error=Unavailable, say="YouTube asks for fewer requests; it is asked again shortly", retry_after=5
    ),
    "userRequestsExceedRateLimit": Remedy(
        error=Unavailable, say="too many broadcasts were made or moved lately; it is asked again soon", retry_after=30
    ),
    "quotaExceeded": Remedy(
        error=Unavailable,
        say="today's YouTube quota of the Google project is used up; it renews at midnight Pacific time. Until then, "
        "steer the broadcast in YouTube Studio, or ask Google for more quota",
        retry_after=3600,
    ),
    "dailyLimitExceeded": Remedy(
        error=Unavailable,
        say="today's YouTube quota of the Google project is used up; it renews at midnight Pacific time. Until then, "
        "steer the broadcast in YouTube Studio, or ask Google for more quota",
        retry_after=3600,
    ),
    "invalidPageToken": Remedy(
        error=Unavailable, say="the channel's list changed while it was read; it is read again", retry_after=1
    ),
    # a person has to allow it
    "authError": Remedy(error=NeedsHuman, say=f"YouTube does not accept the sign-in: {_SIGN_IN}"),
    "authorizationRequired": Remedy(error=NeedsHuman, say=f"YouTube does not accept the sign-in: {_SIGN_IN}"),
    "insufficientPermissions": Remedy(error=NeedsHuman, say=f"the sign-in lacks the right to stream: {_SIGN_IN}"),
    "youtubeSignupRequired": Remedy(
        error=NeedsHuman, say=f"this Google account has no YouTube channel: create one, then {_SIGN_IN}"
    ),
    "liveStreamingNotEnabled": Remedy(
        error=NeedsHuman,
        say="the channel may not stream live yet: switch live streaming on at youtube.com/features "
        "(the first time takes up to 24 hours)",
    ),
    "insufficientLivePermissions": Remedy(
        error=NeedsHuman, say=f"this account may not stream live on the channel: {_ASK_ADMIN}"
    ),
    "livePermissionBlocked": Remedy(
        error=NeedsHuman, say="YouTube has blocked live streaming for this channel: look in YouTube Studio for why"
    ),
    "accessNotConfigured": Remedy(
        error=NeedsHuman, say="switch on the YouTube Data API v3 for the Google project that the sign-in belongs to"
    ),
    "authenticatedUserNotChannel": Remedy(error=NeedsHuman, say=f"the sign-in is not a channel's: {_ASK_ADMIN}"),
    "authenticatedUserAccountSuspended": Remedy(
        error=NeedsHuman, say="YouTube has suspended this account: use another one, or appeal in YouTube Studio"
    ),
    "authenticatedUserAccountClosed": Remedy(error=NeedsHuman, say="this account is closed: sign in with another one"),
    # asking the same again will not help
    "redundantTransition": Remedy(error=Refused, say="the broadcast is already there, or on its way"),
    "invalidTransition": Remedy(
        error=Refused, say="the broadcast cannot go there from the state it is in: look at it in YouTube Studio"
    ),
    "liveBroadcastBindingNotAllowed": Remedy(
        error=Refused, say="the stream can no longer be changed: the broadcast has started testing, or is over"
    ),
    "liveBroadcastNotFound": Remedy(error=Refused, say="the broadcast does not exist any more: was it deleted?"),
    "liveStreamNotFound": Remedy(error=Refused, say="the stream does not exist any more: was it deleted?"),
    "userBroadcastsExceedLimit": Remedy(error=Refused, say=f"the channel has too many broadcasts: {_FEWER}"),
    "concurrentBroadcastsExceedLimit": Remedy(error=Refused, say=f"too many broadcasts are live at once: {_FEWER}"),
    "sharedIngestionBroadcastsExceedLimit": Remedy(
        error=Refused, say=f"too many broadcasts are live on this stream key: {_FEWER}"
    ),
    "invalidTitle": Remedy(error=Refused, say="the title must have 1 to 100 characters, without < and >"),
    "titleRequired": Remedy(error=Refused, say="give the show a title of 1 to 100 characters"),
    "invalidDescription": Remedy(error=Refused, say="shorten the description to 5000 characters, without < and >"),
    "invalidScheduledStartTime": Remedy(
        error=Refused, say="YouTube wants a start in the future and not too far away: check the show's date"
    ),
    "invalidPrivacyStatus": Remedy(error=Refused, say="privacy must be public, unlisted or private"),
    "invalidLatencyPreferenceOptions": Remedy(error=Refused, say="latency must be normal, low or ultraLow"),
}


def reason_of(content: bytes) -> tuple[str, str]:
    """YouTube's short code and sentence from the body of an error; empty strings where it gives none."""
    try:
        error = json.loads(content)["error"]
    except (ValueError, KeyError, TypeError):
        return "", ""
    if not isinstance(error, dict):  # the shape of the token endpoint
        return str(error), ""
    details = error.get("errors")
    first = details[0] if isinstance(details, list) and details and isinstance(details[0], dict) else {}
    return str(first.get("reason", "")), str(error.get("message") or first.get("message", ""))


def far_end_error(
    doing: str, status: int, content: bytes, *, changes: bool, retry_after: float | None = None
) -> FarEndError:
    """The error that an HTTP answer of 300 or above stands for. `changes`: the request would have changed something."""
    reason, message = reason_of(content)
    quote = f" (YouTube: {message or 'no explanation'}, {status} {reason})".replace(" )", ")")
    if status >= 500 or status == 408:
        if changes:
            return OutcomeUnknown(f"{doing}: YouTube failed while doing it; it may have happened{quote}", reason=reason)
        return Unavailable(f"{doing}: YouTube has trouble{quote}", reason=reason, retry_after=retry_after or 0.0)
    remedy = REMEDIES.get(reason)
    if remedy is None and status == 401:
        remedy = REMEDIES["authError"]
    if remedy is None and status == 429:
        remedy = REMEDIES["rateLimitExceeded"]
    if remedy is None:
        say = "check the address of YouTube in config.toml" if status < 400 else "YouTube refuses it"
        return Refused(f"{doing}: {say}{quote}", reason=reason)
    text = f"{doing}: {remedy.say}{quote}"
    if remedy.error is Unavailable:
        return Unavailable(text, reason=reason, retry_after=retry_after or remedy.retry_after)
    return remedy.error(text, reason=reason)


def carries(description: str, marker: str) -> bool:
    """Whether the marker is a line of its own in the description."""
    return any(line.strip() == marker for line in description.splitlines())


def broadcast_body(plan: BroadcastPlan, now: datetime) -> dict[str, Any]:
    """The resource that liveBroadcasts.insert wants; a start that has passed is moved to a minute from `now`."""
    text = plan.description
    if not carries(text, plan.marker):
        text = f"{text.rstrip()}\n\n{plan.marker}".lstrip()
    start = max(plan.scheduled_start, now + EARLIEST_START).astimezone(UTC)
    settings = plan.settings
    return {
        "snippet": {
            "title": plan.title,
            "description": text,
            "scheduledStartTime": start.isoformat(timespec="seconds").replace("+00:00", "Z"),
        },
        "status": {
            "privacyStatus": plan.privacy,
            "selfDeclaredMadeForKids": bool(settings.get("made_for_kids", False)),
        },
        "contentDetails": {
            "enableAutoStart": False,
            "enableAutoStop": False,
            "enableDvr": bool(settings.get("dvr", True)),
            "latencyPreference": str(settings.get("latency", "normal")),
            "monitorStream": {"enableMonitorStream": True, "broadcastStreamDelayMs": 0},
        },
    }


def stream_body(title: str) -> dict[str, Any]:
    """The resource that liveStreams.insert wants: a reusable RTMP stream of any size and frame rate."""
    return {
        "snippet": {"title": title},
        "cdn": {"ingestionType": "rtmp", "resolution": "variable", "frameRate": "variable"},
        "contentDetails": {"isReusable": True},
    }


def _instant(text: str | None) -> datetime | None:
    """An instant in UTC; None when absent or the epoch, which YouTube uses for 'unscheduled'."""
    if not text:
        return None
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"the time {text!r} has no zone")
    return instant.astimezone(UTC) if instant.timestamp() else None


def broadcast_seen(resource: Mapping[str, Any], markers: Collection[str] = ()) -> BroadcastSeen:
    """A liveBroadcast in our words; `marker` is the first of `markers` that it carries.

    Raises KeyError, TypeError, AttributeError or ValueError when the resource is not what YouTube documents.
    """
    snippet, details = resource["snippet"], resource.get("contentDetails", {})
    lifecycle = LIFECYCLES.get(resource["status"]["lifeCycleStatus"])
    if lifecycle is None:
        state = resource["status"]["lifeCycleStatus"]
        raise ValueError(f"it reports the state {state!r}, unknown to Broadcaster; look in YouTube Studio")
    description = snippet.get("description", "")
    return BroadcastSeen(
        id=resource["id"],
        lifecycle=lifecycle,
        stream_id=details.get("boundStreamId") or None,
        title=snippet.get("title", ""),
        marker=next((marker for marker in markers if carries(description, marker)), ""),
        scheduled_start=_instant(snippet.get("scheduledStartTime")),
        actual_start=_instant(snippet.get("actualStartTime")),
        actual_end=_instant(snippet.get("actualEndTime")),
        is_monitored=bool(details.get("monitorStream", {}).get("enableMonitorStream", True)),
    )


def best(resources: Collection[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Of several broadcasts, the newest that is not over; the newest of all when all are over."""

    def rank(resource: Mapping[str, Any]) -> tuple[bool, str]:
        is_open = LIFECYCLES.get(resource["status"]["lifeCycleStatus"]) not in OVER
        return is_open, resource["snippet"].get("publishedAt", "")

    return max(resources, key=rank, default=None)


def stream_seen(resource: Mapping[str, Any]) -> StreamSeen:
    """A liveStream in our words; raises as broadcast_seen does."""
    status = resource["status"]
    health = status.get("healthStatus", {})
    word = health.get("status", "noData")
    issues = [
        f"{issue.get('severity', 'info')}: {issue.get('description') or issue.get('reason') or issue.get('type', '')}"
        for issue in health.get("configurationIssues", [])
    ]
    if word not in HEALTHS:
        issues.append(f"warning: YouTube reports the health {word!r}, unknown to Broadcaster")
    return StreamSeen(
        id=resource["id"],
        is_active=status["streamStatus"] == "active",
        health=HEALTHS.get(word, Health.BAD),
        issues=tuple(issues),
    )


def ingest(resource: Mapping[str, Any]) -> Ingest:
    """Where the encoder sends the video of a liveStream; raises as broadcast_seen does."""
    info = resource["cdn"]["ingestionInfo"]
    return Ingest(server=info["ingestionAddress"], key=Secret(info["streamName"]))
