"""What may be asked of a broadcast as the video that it also is?"""

from typing import Any

from broadcaster.emulators.youtube.broadcasts import Broadcast
from broadcaster.emulators.youtube.calls import Answer, Call
from broadcaster.emulators.youtube.errors import Refusal
from broadcaster.emulators.youtube.queries import cut_page, one_filter
from broadcaster.emulators.youtube.resources import page, thumbnails_answer, video_resource

IMAGES = ("image/jpeg", "image/png", "application/octet-stream")


def list_videos(call: Call) -> Answer:
    """videos.list: one that is not there yet is left out."""
    one_filter(call.values, ("id",))
    now = call.state.clock.now()
    every = (call.state.broadcasts.get(each) for each in call.values["id"])
    found = [each for each in every if each is not None and now >= each.visible_at]
    size = max(call.values["maxResults"], len(call.values["id"]))  # a list of ids is not cut into pages
    items, tokens = cut_page(found, call.values["pageToken"], size)
    resources = [video_resource(call.state, each, call.parts) for each in items]
    return page("youtube#videoListResponse", resources, tokens=tokens, total=len(found), per_page=len(found))


def update_video(call: Call) -> Answer:
    """videos.update: what a sent part leaves out is deleted."""
    video = call.state.video(call.body.get("id", ""))
    snippet = call.body.get("snippet", {})
    localizations = call.body.get("localizations", {})
    if "snippet" in call.parts:
        _check_snippet(snippet)
    language = snippet.get("defaultLanguage", "") if "snippet" in call.parts else video.language
    if "localizations" in call.parts and localizations and not language:
        raise Refusal("defaultLanguageNotSet")
    if "snippet" in call.parts:
        video.title, video.category = snippet["title"], snippet["categoryId"]
        video.description = snippet.get("description", "")
        video.tags = snippet.get("tags", [])
        video.language = language
        video.audio_language = snippet.get("defaultAudioLanguage", "")
    if "status" in call.parts:
        _write_status(video, call.body.get("status", {}))
    if "localizations" in call.parts:
        video.localizations = localizations
    return video_resource(call.state, video, call.parts)


def set_thumbnail(call: Call) -> Answer:
    """thumbnails.set, as a simple upload."""
    video = call.state.video(call.values["videoId"])
    if not call.raw:
        raise Refusal("mediaBodyRequired")
    if call.content_type not in IMAGES:
        raise Refusal("invalidImage")
    video.thumbnail_bytes = len(call.raw)
    return thumbnails_answer(video)


def _check_snippet(snippet: dict[str, Any]) -> None:
    if not 1 <= len(snippet.get("title", "")) <= 100:
        raise Refusal("invalidTitle")
    if not snippet.get("categoryId", "").isdecimal():
        raise Refusal("invalidCategoryId")
    if len(snippet.get("description", "").encode()) > 5000:
        raise Refusal("invalidDescription")
    if sum(map(len, snippet.get("tags", []))) > 500:
        raise Refusal("invalidTags")


def _write_status(video: Broadcast, status: dict[str, Any]) -> None:
    video.privacy = status.get("privacyStatus", "public")
    video.embeddable = status.get("embeddable", True)
    video.license = status.get("license", "youtube")
    video.public_stats = status.get("publicStatsViewable", True)
    video.declared_for_kids = status.get("selfDeclaredMadeForKids")
