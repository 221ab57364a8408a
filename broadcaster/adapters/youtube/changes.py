"""What has to be sent so that something of a broadcast or a video changes, and nothing else does?

YouTube takes a sent part as the whole of that part: what a videos.update leaves out is deleted. So every body here is
made of what was just read, and a part in which nothing changes is not sent.
"""

import copy
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from broadcaster.adapters.youtube.translate import CAPTIONS, LIFECYCLES, carries, instant, marked, start_text
from broadcaster.ports import BroadcastChange, VideoChange
from broadcaster.show.observed import Lifecycle, VideoSeen

VIDEO_PARTS = "id,snippet,status"
PLAYLIST_PARTS = "id,snippet"
CHAT_PARTS = "id,snippet"

MOVABLE = frozenset({Lifecycle.CREATED, Lifecycle.READY, Lifecycle.TEST_STARTING, Lifecycle.TESTING})
"""Where the scheduled start may still be moved."""

_SNIPPET = ("title", "description", "scheduledStartTime", "scheduledEndTime")
_STATUS = ("privacyStatus", "selfDeclaredMadeForKids")
_DETAILS = (
    "availabilityConfig",
    "closedCaptionsType",
    "enableAutoStart",
    "enableAutoStop",
    "enableContentEncryption",
    "enableDvr",
    "enableEmbed",
    "latencyPreference",
    "mesh",
    "projection",
    "recordFromStart",
    "startWithSlate",
    "stereoLayout",
)
"""What may be written of contentDetails, without the deprecated twins of latencyPreference and closedCaptionsType,
which would have to agree with them."""
_VIDEO_SNIPPET = ("title", "description", "categoryId", "tags", "defaultLanguage", "defaultAudioLanguage")
_VIDEO_STATUS = (
    "containsSyntheticMedia",
    "embeddable",
    "license",
    "privacyStatus",
    "publicStatsViewable",
    "publishAt",
    "selfDeclaredMadeForKids",
)

Body = dict[str, Any]


def broadcast_update(
    resource: Mapping[str, Any], change: BroadcastChange, now: datetime, markers: Collection[str]
) -> Body:
    """What liveBroadcasts.update wants, of a liveBroadcast as just read; empty when there is nothing to change.

    A description keeps the marker, of those given, that it carries now. Raises as broadcast_seen does.
    """
    before = {
        "snippet": _only(resource["snippet"], _SNIPPET),
        "status": _only(resource["status"], _STATUS),
        "contentDetails": _only(resource["contentDetails"], _DETAILS),
    }
    monitor = resource["contentDetails"].get("monitorStream", {})
    before["contentDetails"]["monitorStream"] = {
        "enableMonitorStream": monitor.get("enableMonitorStream", True),
        "broadcastStreamDelayMs": monitor.get("broadcastStreamDelayMs", 0),
    }
    after = copy.deepcopy(before)
    snippet, details = after["snippet"], after["contentDetails"]
    _put(snippet, "title", change.title)
    if change.description is not None:
        snippet["description"] = _still_marked(change.description, snippet.get("description", ""), markers)
    if change.scheduled_start is not None and change.scheduled_start != instant(snippet.get("scheduledStartTime")):
        snippet["scheduledStartTime"] = start_text(change.scheduled_start, now)
    _put(after["status"], "privacyStatus", change.privacy)
    _put(details, "latencyPreference", change.latency)
    _put(details, "enableDvr", change.has_dvr)
    _put(details, "closedCaptionsType", None if change.captions is None else CAPTIONS[change.captions])
    _put(details["monitorStream"], "enableMonitorStream", change.is_monitored)
    if change.is_manual:
        details["enableAutoStart"] = details["enableAutoStop"] = False
    body = _changed_parts(before, after)
    if "snippet" in body and LIFECYCLES.get(resource["status"]["lifeCycleStatus"]) in MOVABLE:
        # a start that has passed meanwhile would have the whole change refused
        start = instant(snippet.get("scheduledStartTime")) or now
        if start <= now:
            snippet["scheduledStartTime"] = start_text(start, now)
    return {"id": resource["id"], **body} if body else {}


def video_update(resource: Mapping[str, Any], change: VideoChange, markers: Collection[str]) -> Body:
    """What videos.update wants, of a video as just read; empty when there is nothing to change.

    A description keeps the marker, of those given, that it carries now. Raises as broadcast_seen does.
    """
    before = {
        "snippet": _only(resource["snippet"], _VIDEO_SNIPPET),
        "status": _only(resource["status"], _VIDEO_STATUS),
    }
    after = copy.deepcopy(before)
    snippet, status = after["snippet"], after["status"]
    if change.description is not None:
        snippet["description"] = _still_marked(change.description, snippet.get("description", ""), markers)
    _put(snippet, "categoryId", change.category)
    if change.tags is not None and list(change.tags) != snippet.get("tags", []):
        snippet["tags"] = list(change.tags)
    if change.language is not None:
        # what is spoken; the language of the texts is left as it is, since translations may hang on it
        snippet["defaultAudioLanguage"] = change.language
        snippet.setdefault("defaultLanguage", change.language)
    _put(status, "privacyStatus", change.privacy)
    if change.is_made_for_kids is not None and change.is_made_for_kids != _is_for_kids(resource["status"]):
        status["selfDeclaredMadeForKids"] = change.is_made_for_kids
    body = _changed_parts(before, after)
    if "snippet" in body and not {"title", "categoryId"} <= snippet.keys():
        raise KeyError("title or categoryId")
    if status.get("privacyStatus") != "private":
        status.pop("publishAt", None)  # may only be sent with private
    return {"id": resource["id"], **body} if body else {}


def video_seen(resource: Mapping[str, Any]) -> VideoSeen:
    """A video in our words; raises as broadcast_seen does."""
    snippet, status = resource["snippet"], resource["status"]
    return VideoSeen(
        id=resource["id"],
        title=snippet["title"],
        description=snippet.get("description", ""),
        category=snippet.get("categoryId", ""),
        tags=tuple(snippet.get("tags", ())),
        language=snippet.get("defaultAudioLanguage", ""),
        privacy=status["privacyStatus"],
        is_made_for_kids=_is_for_kids(status),
    )


def playlist_item(playlist_id: str, video_id: str) -> Body:
    """What playlistItems.insert wants: the video at the end."""
    return {"snippet": {"playlistId": playlist_id, "resourceId": {"kind": "youtube#video", "videoId": video_id}}}


def chat_line(chat_id: str, text: str) -> Body:
    """What liveChatMessages.insert wants."""
    return {"snippet": {"liveChatId": chat_id, "type": "textMessageEvent", "textMessageDetails": {"messageText": text}}}


def picture_kind(image: bytes) -> str:
    """The MIME type of a JPEG or PNG picture; empty for anything else."""
    if image.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/png" if image.startswith(b"\x89PNG\r\n\x1a\n") else ""


def parts_of(body: Body) -> str:
    """The parts that a body has, as a request names them."""
    return ",".join(name for name in body if name != "id")


def _only(values: Mapping[str, Any], names: Collection[str]) -> Body:
    return {name: copy.deepcopy(values[name]) for name in names if name in values}


def _put(values: Body, name: str, value: Any) -> None:
    if value is not None:
        values[name] = value


def _still_marked(text: str, before: str, markers: Collection[str]) -> str:
    return marked(text, next((each for each in markers if carries(before, each)), ""))


def _changed_parts(before: Body, after: Body) -> Body:
    return {name: part for name, part in after.items() if part != before[name]}


def _is_for_kids(status: Mapping[str, Any]) -> bool:
    return bool(status.get("selfDeclaredMadeForKids", status.get("madeForKids", False)))
