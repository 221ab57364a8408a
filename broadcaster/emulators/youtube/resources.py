"""How does a broadcast, a stream, a video or the channel look on the wire?"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime
from typing import Any

from broadcaster.emulators.youtube.broadcasts import Broadcast
from broadcaster.emulators.youtube.state import State
from broadcaster.emulators.youtube.streams import Stream

THUMBNAILS = {"default": (120, 90), "medium": (320, 180), "high": (480, 360)}


def when(instant: datetime) -> str:
    """The instant as YouTube writes it: whole seconds, with Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sealed(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A resource with its kind and an etag that follows its content."""
    digest = hashlib.sha1(json.dumps(fields, sort_keys=True).encode(), usedforsecurity=False).digest()
    etag = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return {"kind": kind, "etag": etag, **fields}


def page(kind: str, items: Sequence[Any], *, tokens: Mapping[str, str], total: int, per_page: int) -> dict[str, Any]:
    """A list answer."""
    info = {"totalResults": total, "resultsPerPage": per_page}
    return sealed(kind, {**tokens, "pageInfo": info, "items": list(items)})


def broadcast_resource(state: State, broadcast: Broadcast, parts: Set[str]) -> dict[str, Any]:
    """A liveBroadcast."""
    whole: dict[str, Any] = {"snippet": _broadcast_snippet(state, broadcast)}
    recording = "notRecording"
    if broadcast.details["recordFromStart"] and broadcast.actual_start:
        recording = "recording" if broadcast.status == "live" else "recorded"
    whole["status"] = {
        "lifeCycleStatus": broadcast.status,
        "privacyStatus": broadcast.privacy,
        "recordingStatus": recording,
        "madeForKids": bool(broadcast.declared_for_kids),
        "selfDeclaredMadeForKids": bool(broadcast.declared_for_kids),
    }
    whole["contentDetails"] = _broadcast_details(broadcast)
    whole["statistics"] = {"concurrentViewers": str(broadcast.viewers)} if broadcast.status == "live" else {}
    whole["monetizationDetails"] = {"cuepointSchedule": {"enabled": False}}
    return sealed("youtube#liveBroadcast", {"id": broadcast.id} | only(whole, parts))


def _broadcast_snippet(state: State, broadcast: Broadcast) -> dict[str, Any]:
    snippet = {
        "publishedAt": when(broadcast.published_at),
        "channelId": state.channel_id,
        "title": broadcast.title,
        "description": broadcast.description,
        "thumbnails": thumbnails(broadcast),
        "scheduledStartTime": when(broadcast.scheduled_start),
        "categoryId": broadcast.category,
        "isDefaultBroadcast": False,
        "liveChatId": broadcast.chat_id,
    }
    return snippet | _times(broadcast)


def _broadcast_details(broadcast: Broadcast) -> dict[str, Any]:
    player = (
        f'<iframe width="425" height="344" src="https://www.youtube.com/embed/{broadcast.id}?livemonitor=1"></iframe>'
    )
    monitor = dict(broadcast.details["monitorStream"])
    if monitor["enableMonitorStream"]:
        monitor["embedHtml"] = player
    details = broadcast.details | {"monitorStream": monitor}
    if broadcast.stream_id and broadcast.bound_at:
        details["boundStreamId"] = broadcast.stream_id
        details["boundStreamLastUpdateTimeMs"] = when(broadcast.bound_at)
    return details


def stream_resource(state: State, stream: Stream, parts: Set[str], *, ingest: str) -> dict[str, Any]:
    """A liveStream."""
    health: dict[str, Any] = {"status": stream.health}
    if stream.health_at:
        health["lastUpdateTimeSeconds"] = str(int(stream.health_at.timestamp()))
    if stream.issues:
        health["configurationIssues"] = stream.issues
    secure = ingest.replace("rtmp://", "rtmps://", 1)
    whole = {
        "snippet": {
            "publishedAt": when(stream.published_at),
            "channelId": state.channel_id,
            "title": stream.title,
            "description": stream.description,
            "isDefaultStream": False,
        },
        "cdn": {
            "ingestionType": stream.ingestion_type,
            "ingestionInfo": {
                "streamName": stream.key,
                "ingestionAddress": ingest,
                "backupIngestionAddress": f"{ingest}?backup=1",
                "rtmpsIngestionAddress": secure,
                "rtmpsBackupIngestionAddress": f"{secure}?backup=1",
            },
            "resolution": stream.resolution,
            "frameRate": stream.frame_rate,
        },
        "status": {"streamStatus": stream.status, "healthStatus": health},
        "contentDetails": {"isReusable": stream.is_reusable},
    }
    return sealed("youtube#liveStream", {"id": stream.id} | only(whole, parts))


def video_resource(state: State, broadcast: Broadcast, parts: Set[str]) -> dict[str, Any]:
    """The same broadcast as a video."""
    live = {"scheduledStartTime": when(broadcast.scheduled_start)} | _times(broadcast)
    if broadcast.status == "live":
        live |= {"concurrentViewers": str(broadcast.viewers), "activeLiveChatId": broadcast.chat_id}
    whole: dict[str, Any] = {
        "snippet": _video_snippet(state, broadcast),
        "status": {
            "uploadStatus": "processed" if broadcast.status == "complete" else "uploaded",
            "privacyStatus": broadcast.privacy,
            "license": broadcast.license,
            "embeddable": broadcast.embeddable,
            "publicStatsViewable": broadcast.public_stats,
            "madeForKids": bool(broadcast.declared_for_kids),
        },
        "contentDetails": {
            "duration": _duration(broadcast),
            "dimension": "2d",
            "definition": "hd",
            "hasCustomThumbnail": bool(broadcast.thumbnail_bytes),
        },
        "player": {"embedHtml": f'<iframe src="//www.youtube.com/embed/{broadcast.id}"></iframe>'},
        "recordingDetails": _recording(broadcast),
        "paidProductPlacementDetails": {"hasPaidProductPlacement": broadcast.has_product_placement},
        "statistics": {"viewCount": "0", "likeCount": "0", "commentCount": "0"},
        "liveStreamingDetails": live,
        "localizations": broadcast.localizations,
    }
    if broadcast.declared_for_kids is not None:
        whole["status"]["selfDeclaredMadeForKids"] = broadcast.declared_for_kids
    if broadcast.publish_at is not None:
        whole["status"]["publishAt"] = when(broadcast.publish_at)
    if broadcast.is_synthetic:
        whole["status"]["containsSyntheticMedia"] = True
    return sealed("youtube#video", {"id": broadcast.id} | only(whole, parts))


def _video_snippet(state: State, broadcast: Broadcast) -> dict[str, Any]:
    phase = "live" if broadcast.status == "live" else "upcoming"
    snippet: dict[str, Any] = {
        "publishedAt": when(broadcast.published_at),
        "channelId": state.channel_id,
        "title": broadcast.title,
        "description": broadcast.description,
        "thumbnails": thumbnails(broadcast),
        "channelTitle": state.channel_title,
        "categoryId": broadcast.category,
        "liveBroadcastContent": "none" if broadcast.status in ("complete", "revoked") else phase,
        "localized": {"title": broadcast.title, "description": broadcast.description},
    }
    optional = {
        "tags": broadcast.tags,
        "defaultLanguage": broadcast.language,
        "defaultAudioLanguage": broadcast.audio_language,
    }
    return snippet | {name: value for name, value in optional.items() if value}


def channel_resource(state: State, parts: Set[str]) -> dict[str, Any]:
    """The one channel."""
    whole = {
        "snippet": {
            "title": state.channel_title,
            "description": "",
            "customUrl": "@emulated",
            "publishedAt": "2020-01-01T00:00:00Z",
            "thumbnails": {},
        },
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": "UU" + state.channel_id[2:]}},
        "statistics": {"viewCount": "0", "subscriberCount": "0", "hiddenSubscriberCount": False, "videoCount": "0"},
        "status": {"privacyStatus": "public", "isLinked": True, "longUploadsStatus": "allowed", "madeForKids": False},
        "brandingSettings": {"channel": {"title": state.channel_title}},
    }
    return sealed("youtube#channel", {"id": state.channel_id} | only(whole, parts))


def thumbnails_answer(broadcast: Broadcast) -> dict[str, Any]:
    """What thumbnails.set answers."""
    return sealed("youtube#thumbnailSetResponse", {"items": [thumbnails(broadcast)]})


def only(whole: Mapping[str, Any], parts: Set[str]) -> dict[str, Any]:
    """The parts that were asked for."""
    return {name: value for name, value in whole.items() if name in parts}


def _times(broadcast: Broadcast) -> dict[str, str]:
    times = {
        "scheduledEndTime": broadcast.scheduled_end,
        "actualStartTime": broadcast.actual_start,
        "actualEndTime": broadcast.actual_end,
    }
    return {name: when(instant) for name, instant in times.items() if instant}


def _recording(broadcast: Broadcast) -> dict[str, Any]:
    return {name: when(value) if isinstance(value, datetime) else value for name, value in broadcast.recording.items()}


def _duration(broadcast: Broadcast) -> str:
    if broadcast.actual_start is None or broadcast.actual_end is None:
        return "P0D"
    return f"PT{int((broadcast.actual_end - broadcast.actual_start).total_seconds())}S"


def thumbnails(broadcast: Broadcast) -> dict[str, Any]:
    """The pictures of a video."""
    version = f"?v={broadcast.thumbnail_bytes}" if broadcast.thumbnail_bytes else ""
    return {
        name: {"url": f"https://i.ytimg.com/vi/{broadcast.id}/{name}_live.jpg{version}", "width": w, "height": h}
        for name, (w, h) in THUMBNAILS.items()
    }
