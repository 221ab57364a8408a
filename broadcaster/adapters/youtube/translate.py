"""What do our words for broadcasts and streams mean to YouTube, and what do its words mean to us?"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from broadcaster.ports import Ingest, Secret
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
    "liveBroadcasts.update": 50,
    "liveBroadcasts.bind": 50,
    "liveBroadcasts.transition": 50,
    "liveBroadcasts.delete": 50,
    "liveStreams.list": 1,
    "liveStreams.insert": 50,
    "liveChatMessages.insert": 50,
    "videos.list": 1,
    "videos.update": 50,
    "thumbnails.set": 50,
    "playlistItems.list": 1,
    "playlistItems.insert": 50,
}
"""Quota units of each method, unless the settings say otherwise. Google publishes those of videos, thumbnails and
playlists; for the live methods, which it keeps to itself, these are the commonly measured figures."""

CAPTIONS: Mapping[str, str] = {
    "none": "closedCaptionsDisabled",
    "embedded": "closedCaptionsEmbedded",
    "http": "closedCaptionsHttpPost",
}

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


def carries(description: str, marker: str) -> bool:
    """Whether the marker is a line of its own in the description."""
    return any(line.strip() == marker for line in description.splitlines())


def marked(description: str, marker: str) -> str:
    """The description with the marker as a line of its own, added at the end where it is missing."""
    if not marker or carries(description, marker):
        return description
    return f"{description.rstrip()}\n\n{marker}".lstrip()


def start_text(start: datetime, now: datetime) -> str:
    """A scheduled start as YouTube takes it: one that has passed is moved to a minute from `now`."""
    instant = max(start, now + EARLIEST_START).astimezone(UTC)
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")


def broadcast_body(plan: BroadcastPlan, now: datetime) -> dict[str, Any]:
    """The resource that liveBroadcasts.insert wants; it starts and stops only when told."""
    return {
        "snippet": {
            "title": plan.title,
            "description": marked(plan.description, plan.marker),
            "scheduledStartTime": start_text(plan.scheduled_start, now),
        },
        "status": {
            "privacyStatus": plan.privacy,
            "selfDeclaredMadeForKids": plan.made_for_kids,
        },
        "contentDetails": {
            "enableAutoStart": False,
            "enableAutoStop": False,
            "enableDvr": plan.dvr,
            "latencyPreference": plan.latency,
            "closedCaptionsType": CAPTIONS[plan.captions],
            "monitorStream": {"enableMonitorStream": plan.is_monitored, "broadcastStreamDelayMs": 0},
        },
    }


def stream_body(title: str) -> dict[str, Any]:
    """The resource that liveStreams.insert wants: a reusable RTMP stream of any size and frame rate."""
    return {
        "snippet": {"title": title},
        "cdn": {"ingestionType": "rtmp", "resolution": "variable", "frameRate": "variable"},
        "contentDetails": {"isReusable": True},
    }


def instant(text: str | None) -> datetime | None:
    """An instant in UTC; None when absent or the epoch, which YouTube uses for 'unscheduled'."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"the time {text!r} has no zone")
    return found.astimezone(UTC) if found.timestamp() else None


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
    captions = details.get("closedCaptionsType", CAPTIONS["none"])
    return BroadcastSeen(
        id=resource["id"],
        lifecycle=lifecycle,
        stream_id=details.get("boundStreamId") or None,
        title=snippet.get("title", ""),
        marker=next((marker for marker in markers if carries(description, marker)), ""),
        scheduled_start=instant(snippet.get("scheduledStartTime")),
        actual_start=instant(snippet.get("actualStartTime")),
        actual_end=instant(snippet.get("actualEndTime")),
        is_monitored=bool(details.get("monitorStream", {}).get("enableMonitorStream", True)),
        description=description,
        privacy=resource["status"].get("privacyStatus", ""),
        latency=details.get("latencyPreference", "normal"),
        captions=next((ours for ours, theirs in CAPTIONS.items() if theirs == captions), captions),
        has_dvr=bool(details.get("enableDvr", True)),
        starts_itself=bool(details.get("enableAutoStart", False)),
        stops_itself=bool(details.get("enableAutoStop", False)),
        chat_id=snippet.get("liveChatId", ""),
    )


def still_open(resources: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of several liveBroadcasts that are not over, the newest first."""
    found = [each for each in resources if LIFECYCLES.get(each["status"]["lifeCycleStatus"]) not in OVER]
    return sorted(found, key=lambda each: str(each["snippet"].get("publishedAt", "")), reverse=True)


def stream_seen(resource: Mapping[str, Any]) -> StreamSeen:
    """A liveStream in our words; raises as broadcast_seen does. An issue reads `severity: type: YouTube's words`."""
    status = resource["status"]
    health = status.get("healthStatus", {})
    word = health.get("status", "noData")
    issues = [
        ": ".join(
            (issue.get("severity", "info"), issue.get("type", ""), issue.get("description") or issue.get("reason", ""))
        )
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
