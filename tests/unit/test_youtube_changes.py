"""Does a change of a broadcast or video send what changes, keep what does not, and leave the rest alone?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from broadcaster.adapters.youtube.changes import (
    broadcast_update,
    parts_of,
    picture_kind,
    video_seen,
    video_update,
)
from broadcaster.ports import BroadcastChange, VideoChange

NOON = datetime(2027, 10, 20, 12, 0, tzinfo=UTC)
MARKER = "[show day-1]"


def broadcast(**changes: Any) -> dict[str, Any]:
    return {
        "id": "b1",
        "etag": "e",
        "snippet": {
            "title": "Opening",
            "description": f"Welcome\n{MARKER}",
            "channelId": "UC1",
            "publishedAt": "2027-10-01T00:00:00Z",
            "scheduledStartTime": "2027-10-20T14:00:00Z",
            "scheduledEndTime": "2027-10-20T16:00:00Z",
        },
        "status": {"lifeCycleStatus": "ready", "privacyStatus": "unlisted", "selfDeclaredMadeForKids": False},
        "contentDetails": {
            "boundStreamId": "s1",
            "closedCaptionsType": "closedCaptionsDisabled",
            "enableAutoStart": True,
            "enableAutoStop": True,
            "enableClosedCaptions": False,
            "enableDvr": True,
            "enableEmbed": False,
            "enableLowLatency": False,
            "latencyPreference": "normal",
            "monitorStream": {"enableMonitorStream": True, "broadcastStreamDelayMs": 5, "embedHtml": "<iframe>"},
            "recordFromStart": False,
        },
    } | changes


def video(**changes: Any) -> dict[str, Any]:
    return {
        "id": "b1",
        "snippet": {
            "title": "Opening",
            "description": f"Welcome\n{MARKER}",
            "categoryId": "22",
            "tags": ["fashion", "Almaty"],
            "defaultLanguage": "kk",
            "channelId": "UC1",
            "localized": {"title": "Opening"},
        },
        "status": {
            "privacyStatus": "public",
            "embeddable": False,
            "license": "creativeCommon",
            "publicStatsViewable": False,
            "uploadStatus": "uploaded",
            "madeForKids": False,
        },
    } | changes


def changed(change: BroadcastChange, **resource: Any) -> dict[str, Any]:
    return broadcast_update(broadcast(**resource), change, NOON, [MARKER])


def test_what_is_so_already_is_not_sent() -> None:
    change = BroadcastChange(
        title="Opening",
        description=f"Welcome\n{MARKER}",
        privacy="unlisted",
        scheduled_start=NOON + timedelta(hours=2),
        latency="normal",
        has_dvr=True,
        captions="none",
        is_monitored=True,
    )
    assert changed(change) == {}
    assert changed(BroadcastChange()) == {}


def test_only_the_part_that_changes_is_sent_and_whole() -> None:
    body = changed(BroadcastChange(title="Closing"))
    assert body == {
        "id": "b1",
        "snippet": {
            "title": "Closing",
            "description": f"Welcome\n{MARKER}",
            "scheduledStartTime": "2027-10-20T14:00:00Z",
            "scheduledEndTime": "2027-10-20T16:00:00Z",
        },
    }
    assert parts_of(body) == "snippet"
    assert changed(BroadcastChange(privacy="public")) == {
        "id": "b1",
        "status": {"privacyStatus": "public", "selfDeclaredMadeForKids": False},
    }


def test_auto_start_and_stop_are_forced_off_with_all_else_kept() -> None:
    assert changed(BroadcastChange(is_manual=True)) == {
        "id": "b1",
        "contentDetails": {
            "closedCaptionsType": "closedCaptionsDisabled",
            "enableAutoStart": False,
            "enableAutoStop": False,
            "enableDvr": True,
            "enableEmbed": False,
            "latencyPreference": "normal",
            "monitorStream": {"enableMonitorStream": True, "broadcastStreamDelayMs": 5},
            "recordFromStart": False,
        },
    }


@pytest.mark.parametrize(
    ("change", "name", "value"),
    [
        (BroadcastChange(latency="ultraLow"), "latencyPreference", "ultraLow"),
        (BroadcastChange(has_dvr=False), "enableDvr", False),
        (BroadcastChange(captions="embedded"), "closedCaptionsType", "closedCaptionsEmbedded"),
        (BroadcastChange(captions="http"), "closedCaptionsType", "closedCaptionsHttpPost"),
        (
            BroadcastChange(is_monitored=False),
            "monitorStream",
            {"enableMonitorStream": False, "broadcastStreamDelayMs": 5},
        ),
    ],
)
def test_each_setting_goes_out_in_youtubes_word(change: BroadcastChange, name: str, value: object) -> None:
    details = changed(change)["contentDetails"]
    assert details[name] == value
    assert details["enableAutoStart"] is True


def test_a_moved_start_is_never_in_the_past() -> None:
    body = changed(BroadcastChange(scheduled_start=NOON - timedelta(minutes=5)))
    assert body["snippet"]["scheduledStartTime"] == "2027-10-20T12:01:00Z"
    body = changed(BroadcastChange(scheduled_start=NOON + timedelta(hours=3)))
    assert body["snippet"]["scheduledStartTime"] == "2027-10-20T15:00:00Z"


@pytest.mark.parametrize(("state", "start"), [("ready", "2027-10-20T12:01:00Z"), ("live", "2027-10-20T11:00:00Z")])
def test_a_start_that_passed_is_moved_along_only_while_it_can_be(state: str, start: str) -> None:
    body = changed(
        BroadcastChange(title="Closing"),
        snippet={"title": "Opening", "scheduledStartTime": "2027-10-20T11:00:00Z"},
        status={"lifeCycleStatus": state, "privacyStatus": "public"},
    )
    assert body["snippet"] == {"title": "Closing", "scheduledStartTime": start}


def test_a_new_description_keeps_our_marker() -> None:
    body = changed(BroadcastChange(description="Chapters"))
    assert body["snippet"]["description"] == f"Chapters\n\n{MARKER}"
    after = video_update(video(), VideoChange(description="Chapters"), [MARKER])
    assert after["snippet"]["description"] == f"Chapters\n\n{MARKER}"
    stranger = video(snippet={"title": "Theirs", "categoryId": "22"})
    assert video_update(stranger, VideoChange(description=""), [MARKER])["snippet"]["description"] == ""


def test_a_videos_snippet_is_sent_whole_since_what_is_left_out_is_deleted() -> None:
    body = video_update(video(), VideoChange(category="24"), [MARKER])
    assert body == {
        "id": "b1",
        "snippet": {
            "title": "Opening",
            "description": f"Welcome\n{MARKER}",
            "categoryId": "24",
            "tags": ["fashion", "Almaty"],
            "defaultLanguage": "kk",
        },
    }


def test_a_videos_status_is_sent_whole_too() -> None:
    body = video_update(video(), VideoChange(privacy="private", is_made_for_kids=True), [MARKER])
    assert body == {
        "id": "b1",
        "status": {
            "privacyStatus": "private",
            "embeddable": False,
            "license": "creativeCommon",
            "publicStatsViewable": False,
            "selfDeclaredMadeForKids": True,
        },
    }


def test_a_video_that_is_so_already_is_left_alone() -> None:
    change = VideoChange(
        description=f"Welcome\n{MARKER}",
        category="22",
        tags=("fashion", "Almaty"),
        privacy="public",
        is_made_for_kids=False,
    )
    assert video_update(video(), change, [MARKER]) == {}


def test_the_spoken_language_leaves_that_of_the_texts_unless_there_is_none() -> None:
    body = video_update(video(), VideoChange(language="ru"), [MARKER])
    assert (body["snippet"]["defaultAudioLanguage"], body["snippet"]["defaultLanguage"]) == ("ru", "kk")
    bare = video(snippet={"title": "Opening", "categoryId": "22"})
    body = video_update(bare, VideoChange(language="ru"), [MARKER])
    assert (body["snippet"]["defaultAudioLanguage"], body["snippet"]["defaultLanguage"]) == ("ru", "ru")


def test_tags_can_be_taken_away() -> None:
    assert video_update(video(), VideoChange(tags=()), [MARKER])["snippet"]["tags"] == []


def test_a_time_of_publishing_goes_only_with_private() -> None:
    status = {"privacyStatus": "private", "publishAt": "2027-10-21T00:00:00Z"}
    kept = video_update(video(status=dict(status)), VideoChange(is_made_for_kids=True), [])
    assert kept["status"]["publishAt"] == "2027-10-21T00:00:00Z"
    gone = video_update(video(status=dict(status)), VideoChange(privacy="public"), [])
    assert "publishAt" not in gone["status"]


def test_a_video_without_a_category_is_not_written_blindly() -> None:
    with pytest.raises(KeyError, match="categoryId"):
        video_update(video(snippet={"title": "Opening"}), VideoChange(tags=("x",)), [])


def test_a_video_comes_out_in_our_words() -> None:
    seen = video_seen(video())
    assert (seen.title, seen.category, seen.tags) == ("Opening", "22", ("fashion", "Almaty"))
    assert (seen.language, seen.privacy, seen.is_made_for_kids) == ("", "public", False)


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"GIF89a", ""),
        (b"", ""),
    ],
)
def test_a_picture_is_known_by_its_first_bytes(image: bytes, kind: str) -> None:
    assert picture_kind(image) == kind
