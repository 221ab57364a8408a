"""What may be asked of a broadcast as the video that it also is?"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from broadcaster.emulators.youtube import shapes
from broadcaster.emulators.youtube.broadcasts import Broadcast
from broadcaster.emulators.youtube.calls import Answer, Call
from broadcaster.emulators.youtube.errors import Refusal
from broadcaster.emulators.youtube.method import OWNER, PART_ONLY, PARTNER_READERS, PARTNERS, Method
from broadcaster.emulators.youtube.queries import NEEDED, PART, TEXT, TEXTS, Parameter, cut_page, one_filter
from broadcaster.emulators.youtube.quota import DAY
from broadcaster.emulators.youtube.resources import page, sealed, thumbnails_answer, video_resource
from broadcaster.emulators.youtube.state import State
from broadcaster.emulators.youtube.tokens import UPLOAD

IMAGES = ("image/jpeg", "image/png", "application/octet-stream")
SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
"""How a JPEG and a PNG begin."""
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*|zxx")

CATEGORIES: Mapping[str, tuple[str, bool]] = {
    "1": ("Film & Animation", True),
    "2": ("Autos & Vehicles", True),
    "10": ("Music", True),
    "15": ("Pets & Animals", True),
    "17": ("Sports", True),
    "18": ("Short Movies", False),
    "19": ("Travel & Events", True),
    "20": ("Gaming", True),
    "21": ("Videoblogging", False),
    "22": ("People & Blogs", True),
    "23": ("Comedy", True),
    "24": ("Entertainment", True),
    "25": ("News & Politics", True),
    "26": ("Howto & Style", True),
    "27": ("Education", True),
    "28": ("Science & Technology", True),
    "29": ("Nonprofits & Activism", True),
    "30": ("Movies", False),
    "43": ("Shows", False),
    "44": ("Trailers", False),
}
"""Title, and whether a video may be put into it."""

VIDEO_PARTS = frozenset(
    "id snippet status contentDetails statistics liveStreamingDetails localizations player recordingDetails "
    "topicDetails fileDetails processingDetails suggestions paidProductPlacementDetails".split()
)
WRITABLE_PARTS = frozenset("id snippet status localizations recordingDetails paidProductPlacementDetails".split())


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
    body = call.body
    if not body.get("id"):
        raise Refusal("videoNotFound")
    video = call.state.video(body["id"])
    snippet, status = body.get("snippet", {}), body.get("status", {})
    localizations = body.get("localizations", {})
    if "snippet" in call.parts:
        _check_snippet(snippet)
    language = snippet.get("defaultLanguage", "") if "snippet" in call.parts else video.language
    if "localizations" in call.parts:
        _check_localizations(localizations, language)
    if "status" in call.parts:
        _check_status(status, call.state.clock.now())
    if "snippet" in call.parts:
        video.title, video.category = snippet["title"], snippet["categoryId"]
        video.description = snippet.get("description", "")
        video.tags = snippet.get("tags", [])
        video.language = language
        video.audio_language = snippet.get("defaultAudioLanguage", "")
    if "status" in call.parts:
        _write_status(video, status)
    if "localizations" in call.parts:
        video.localizations = localizations
    if "recordingDetails" in call.parts:
        video.recording = body.get("recordingDetails", {})
    if "paidProductPlacementDetails" in call.parts:
        placed = body.get("paidProductPlacementDetails", {})
        video.has_product_placement = placed.get("hasPaidProductPlacement", False)
    return video_resource(call.state, video, call.parts)


def list_categories(call: Call) -> Answer:
    """videoCategories.list: the same in every region."""
    chosen = one_filter(call.values, ("id", "regionCode"))
    if chosen == "regionCode" and not re.fullmatch("[A-Za-z]{2}", call.values["regionCode"]):
        raise Refusal("invalidRegionCode")
    wanted = call.values["id"] if chosen == "id" else CATEGORIES
    unknown = [each for each in wanted if each not in CATEGORIES]
    if unknown:
        raise Refusal("videoCategoryNotFound")
    items = [
        sealed("youtube#videoCategory", {"id": each, "snippet": _category(call.state, each)})
        if "snippet" in call.parts
        else sealed("youtube#videoCategory", {"id": each})
        for each in wanted
    ]
    return sealed("youtube#videoCategoryListResponse", {"items": items})


def check_thumbnail(call: Call) -> None:
    """Raise Refusal unless the video may have a thumbnail of its own now."""
    call.state.video(call.values["videoId"])
    if not call.state.settings.custom_thumbnails:
        message = "The authenticated user doesn't have permissions to upload and set custom video thumbnails."
        raise Refusal("forbidden", message)


def set_thumbnail(call: Call) -> Answer:
    """thumbnails.set: what was uploaded is looked at, whatever it was said to be."""
    check_thumbnail(call)
    video, state = call.state.video(call.values["videoId"]), call.state
    if not call.raw:
        raise Refusal("mediaBodyRequired")
    if call.content_type not in IMAGES or not call.raw.startswith(SIGNATURES):
        raise Refusal("invalidImage")
    limit = state.settings.max_thumbnails_a_day
    state.rates.spend("thumbnails", state.clock.now(), limit=limit, within=DAY, reason="uploadRateLimitExceeded")
    video.thumbnail_bytes = len(call.raw)
    return thumbnails_answer(video)


def _category(state: State, category: str) -> dict[str, Any]:
    title, assignable = CATEGORIES[category]
    return {"title": title, "assignable": assignable, "channelId": state.channel_id}


def _check_snippet(snippet: Mapping[str, Any]) -> None:
    title, description = snippet.get("title", ""), snippet.get("description", "")
    if not 1 <= len(title) <= 100 or re.search("[<>]", title):
        raise Refusal("invalidTitle")
    if not CATEGORIES.get(snippet.get("categoryId", ""), ("", False))[1]:
        raise Refusal("invalidCategoryId")
    if len(description.encode()) > 5000 or re.search("[<>]", description):
        raise Refusal("invalidDescription")
    tags = snippet.get("tags", [])
    # A tag with a space counts with quotes around it, and the commas between tags count.
    if sum(len(each) + 2 * (" " in each) for each in tags) + max(0, len(tags) - 1) > 500:
        raise Refusal("invalidTags")
    if any(not each.strip() or re.search("[<>]", each) for each in tags):
        raise Refusal("invalidTags")
    for name in ("defaultLanguage", "defaultAudioLanguage"):
        if name in snippet and not LANGUAGE.fullmatch(snippet[name]):
            raise Refusal("invalidVideoMetadata", f"The {name} is no BCP-47 language.")


def _check_localizations(localizations: Mapping[str, Any], language: str) -> None:
    if localizations and not language:
        raise Refusal("defaultLanguageNotSet")
    for name, texts in localizations.items():
        if not LANGUAGE.fullmatch(name) or not isinstance(texts, dict) or not texts.get("title"):
            raise Refusal("invalidVideoMetadata", f"The localization {name!r} needs a language and a title.")


def _check_status(status: Mapping[str, Any], now: datetime) -> None:
    if "publishAt" in status and (status.get("privacyStatus") != "private" or status["publishAt"] <= now):
        raise Refusal("invalidPublishAt")


def _write_status(video: Broadcast, status: Mapping[str, Any]) -> None:
    video.privacy = status.get("privacyStatus", "public")
    video.embeddable = status.get("embeddable", True)
    video.license = status.get("license", "youtube")
    video.public_stats = status.get("publicStatsViewable", True)
    video.declared_for_kids = status.get("selfDeclaredMadeForKids")
    video.publish_at = status.get("publishAt")
    video.is_synthetic = status.get("containsSyntheticMedia", False)


METHODS: tuple[Method, ...] = (
    Method(
        name="videos.list",
        verb="GET",
        path="/youtube/v3/videos",
        parts=VIDEO_PARTS,
        parameters={
            "part": PART,
            "id": TEXTS,
            "maxResults": Parameter(bounds=(1, 50, 5)),
            "pageToken": TEXT,
            "maxHeight": Parameter(bounds=(72, 8192, 0)),
            "maxWidth": Parameter(bounds=(72, 8192, 0)),
        },
        do=list_videos,
        domain="youtube.video",
        help="v3/docs/videos/list",
        scopes=PARTNER_READERS,
        ignored=frozenset({"hl", "locale"}),
        refused=OWNER | {"chart", "myRating", "regionCode", "videoCategoryId"},
    ),
    Method(
        name="videos.update",
        verb="PUT",
        path="/youtube/v3/videos",
        parts=WRITABLE_PARTS,
        parameters=PART_ONLY,
        do=update_video,
        domain="youtube.video",
        help="v3/docs/videos/update",
        scopes=PARTNERS,
        shape=shapes.VIDEO,
        refused=OWNER,
    ),
    Method(
        name="videoCategories.list",
        verb="GET",
        path="/youtube/v3/videoCategories",
        parts=frozenset({"id", "snippet"}),
        parameters={"part": PART, "id": TEXTS, "regionCode": TEXT},
        do=list_categories,
        domain="youtube.videoCategory",
        help="v3/docs/videoCategories/list",
        scopes=PARTNER_READERS,
        ignored=frozenset({"hl"}),
    ),
    Method(
        name="thumbnails.set",
        verb="POST",
        path="/upload/youtube/v3/thumbnails/set",
        parts=frozenset(),
        parameters={"videoId": NEEDED},
        do=set_thumbnail,
        domain="youtube.thumbnail",
        help="v3/docs/thumbnails/set",
        scopes=PARTNERS | {UPLOAD},
        refused=OWNER,
        before_upload=check_thumbnail,
    ),
)
