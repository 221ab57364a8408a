"""Does the emulated YouTube cover what the shipped discovery document declares, and what does it leave out?"""

from collections.abc import Mapping
from typing import Any

import pytest

from broadcaster.emulators.youtube import videos
from broadcaster.emulators.youtube.health import HEALTHS, REASONS
from broadcaster.emulators.youtube.methods import METHODS
from broadcaster.emulators.youtube.queries import GLOBAL, GLOBAL_IGNORED
from broadcaster.emulators.youtube.shapes import Choice, Kind
from tests.contract.youtube_declared import declared_methods, declared_schemas, discovery_document, strays

NOT_SERVED = {
    "liveBroadcasts": set(),
    "liveStreams": set(),
    "videos": {"batchGetStats", "delete", "getRating", "insert", "rate", "reportAbuse"},
    "videoCategories": set(),
    "channels": {"update"},
    "thumbnails": set(),
    "playlists": {"update", "delete"},
    "playlistItems": {"update"},
    "liveChatMessages": set(),
}
"""Methods left out of the resources that are served. Of the other resources, nothing is."""

CONTENT_OWNER = {"onBehalfOfContentOwner", "onBehalfOfContentOwnerChannel"}
REFUSED = {
    "videos.list": {"onBehalfOfContentOwner", "chart", "myRating", "regionCode", "videoCategoryId"},
    "videos.update": {"onBehalfOfContentOwner"},
    "videoCategories.list": set(),
    "thumbnails.set": {"onBehalfOfContentOwner"},
    "playlistItems.list": {"onBehalfOfContentOwner"},
    "playlistItems.insert": {"onBehalfOfContentOwner"},
    "playlistItems.delete": {"onBehalfOfContentOwner"},
    "channels.list": {
        "onBehalfOfContentOwner",
        "categoryId",
        "forHandle",
        "forUsername",
        "managedByMe",
        "mySubscribers",
    },
    "liveChatMessages.list": set(),
    "liveChatMessages.insert": set(),
    "liveChatMessages.delete": set(),
    "liveChatMessages.transition": set(),
}
IGNORED = {
    "videos.list": {"hl", "locale"},
    "videoCategories.list": {"hl"},
    "playlists.list": {"hl"},
    "channels.list": {"hl"},
    "liveChatMessages.list": {"hl"},
}
UNSET = {"statusUnspecified"}  # a transition to nowhere is refused

READ_ONLY = {
    "etag",
    "kind",
    "snippet.channelId",
    "snippet.channelTitle",
    "snippet.publishedAt",
    "snippet.thumbnails",
    "snippet.localized",
    "snippet.liveBroadcastContent",
    "snippet.actualStartTime",
    "snippet.actualEndTime",
    "snippet.liveChatId",
    "snippet.isDefaultBroadcast",
    "snippet.isDefaultStream",
    "status.madeForKids",
    "status.lifeCycleStatus",
    "status.recordingStatus",
    "status.uploadStatus",
    "status.failureReason",
    "status.rejectionReason",
    "contentDetails.boundStreamId",
    "contentDetails.boundStreamLastUpdateTimeMs",
    "contentDetails.monitorStream.embedHtml",
    "contentDetails.closedCaptionsIngestionUrl",
    "cdn.ingestionInfo",
    "player",
    "statistics",
    "liveStreamingDetails",
}
"""Fields that YouTube fills in; in a body they are ignored."""

NOT_WRITTEN = {
    "LiveBroadcast": {
        "contentDetails.availabilityConfig",
        "contentDetails.mesh",
        "monetizationDetails",
        "status.liveBroadcastPriority",
    },
    "LiveStream": {"cdn.format", "status"},
    "Video": {
        "ageGating",
        "brandPartner",
        "contentDetails",
        "fileDetails",
        "monetizationDetails",
        "processingDetails",
        "projectDetails",
        "recordingDetails.location",
        "suggestions",
        "topicDetails",
    },
    "Cuepoint": {"id"},
    "Playlist": {
        "id",
        "contentDetails",
        "localizations",
        "snippet.tags",
        "snippet.thumbnailVideoId",
        "status.podcastStatus",
    },
    "PlaylistItem": {
        "id",
        "contentDetails.endAt",
        "contentDetails.startAt",
        "contentDetails.videoId",
        "contentDetails.videoPublishedAt",
        "snippet.description",
        "snippet.title",
        "snippet.resourceId.channelId",
        "snippet.resourceId.playlistId",
        "snippet.videoOwnerChannelId",
        "snippet.videoOwnerChannelTitle",
        "status",
    },
    "LiveChatMessage": {
        "authorDetails",
        "id",
        "snippet.authorChannelId",
        "snippet.displayMessage",
        "snippet.hasDisplayContent",
        "snippet.pollDetails.status",
        *(
            f"snippet.{name}Details"
            for name in (
                "fanFundingEvent gift giftMembershipReceived memberMilestoneChat membershipGifting messageDeleted "
                "messageRetracted newSponsor superChat superSticker userBanned"
            ).split()
        ),
    },
}
"""Fields that could be written at YouTube, or are read only there, and are ignored here."""


def declared() -> dict[str, dict]:
    return {name: method for name, method in declared_methods().items() if name.split(".")[0] in NOT_SERVED}


def test_every_method_is_served_or_listed_as_not_served():
    left_out = {f"{resource}.{name}" for resource, names in NOT_SERVED.items() for name in names}
    assert {method.name for method in METHODS} == set(declared()) - left_out


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_parameter_is_served_as_declared_or_listed_as_not_covered(method):
    document = declared()[method.name]
    assert method.verb == document["httpMethod"]
    media = document.get("mediaUpload", {}).get("protocols", {})
    assert method.path == media.get("simple", {}).get("path", "/" + document["path"])
    if media:
        assert media["resumable"]["path"] == "/resumable" + method.path
        assert set(document["mediaUpload"]["accept"]) == set(videos.IMAGES)
    parameters = document["parameters"]
    assert set(method.refused) == REFUSED.get(method.name, CONTENT_OWNER)
    assert set(method.ignored) == IGNORED.get(method.name, set())
    assert set(method.parameters) == set(parameters) - method.refused - method.ignored
    for name, served in method.parameters.items():
        wanted = parameters[name]
        assert served.is_required == wanted.get("required", False), name
        assert served.is_repeated == wanted.get("repeated", False), name
        assert served.is_flag == (wanted["type"] == "boolean"), name
        assert served.words == set(wanted.get("enum", ())) - UNSET, name
        if wanted["type"] == "integer":
            assert served.bounds == tuple(int(wanted.get(key, 0)) for key in ("minimum", "maximum", "default")), name
        else:
            assert served.bounds is None, name


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_method_wants_one_of_the_scopes_that_are_declared(method):
    assert set(method.scopes) == set(declared()[method.name]["scopes"])


@pytest.mark.parametrize("method", [each for each in METHODS if each.shape is not None], ids=lambda method: method.name)
def test_every_field_of_a_body_is_taken_as_declared_or_listed_as_not_covered(method):
    name = declared()[method.name]["request"]["$ref"]
    ignored = READ_ONLY | NOT_WRITTEN[name]
    assert list(wrong_fields(method.shape, declared_schemas()[name], "", ignored)) == []


def test_no_field_is_listed_as_not_covered_without_need():
    listed = {f"{name}.{path}" for name, paths in NOT_WRITTEN.items() for path in paths}
    for method in METHODS:
        if method.shape is not None:
            name = declared()[method.name]["request"]["$ref"]
            listed -= {f"{name}.{path}" for path in missing_fields(method.shape, declared_schemas()[name], "")}
    assert listed == set()


def wrong_fields(shape: Mapping[str, Any], schema: dict, path: str, ignored: set[str]):
    for name in shape:
        if name not in schema["properties"]:
            yield f"{path}{name} is not declared"
    for name in schema["properties"]:
        if name not in shape and f"{path}{name}" not in ignored:
            yield f"{path}{name} is not covered"
        if name in shape:
            yield from wrong_field(shape[name], schema["properties"][name], f"{path}{name}", ignored)


def wrong_field(served: Any, schema: dict, path: str, ignored: set[str]):
    if isinstance(served, Mapping):
        yield from wrong_fields(served, declared_schemas()[schema["$ref"]], path + ".", ignored)
    elif isinstance(served, Choice):
        if served.words != set(schema["enum"]):
            yield f"{path}: {sorted(served.words ^ set(schema['enum']))}"
    elif served is not KINDS.get((schema.get("type", "object"), schema.get("format", ""), items_of(schema))):
        yield f"{path} is declared as {schema}"


def items_of(schema: dict) -> str:
    items = schema.get("items", {})
    return "message" if "$ref" in items else items.get("type", "")


KINDS = {
    ("string", "", ""): Kind.TEXT,
    ("boolean", "", ""): Kind.FLAG,
    ("integer", "uint32", ""): Kind.WHOLE,
    ("string", "int64", ""): Kind.LONG,
    ("string", "uint64", ""): Kind.LONG,
    ("string", "date-time", ""): Kind.INSTANT,
    ("object", "", ""): Kind.ANY,
    ("array", "", "string"): Kind.TEXTS,
    ("array", "", "message"): Kind.MESSAGES,
}


def missing_fields(shape: Mapping[str, Any], schema: dict, path: str):
    for name, declared_field in schema["properties"].items():
        if name not in shape:
            yield f"{path}{name}"
        elif isinstance(shape[name], Mapping):
            yield from missing_fields(shape[name], declared_schemas()[declared_field["$ref"]], f"{path}{name}.")


def test_every_issue_and_health_is_one_that_is_declared():
    issue = declared_schemas()["LiveStreamConfigurationIssue"]["properties"]
    assert set(REASONS) <= set(issue["type"]["enum"])
    assert set(HEALTHS) == set(declared_schemas()["LiveStreamHealthStatus"]["properties"]["status"]["enum"])


def test_every_global_parameter_is_served_or_listed_as_without_effect():
    assert set(discovery_document()["parameters"]) == GLOBAL | GLOBAL_IGNORED
    assert {"fields", "callback"} == GLOBAL_IGNORED


def test_the_walker_sees_what_strays():
    schema = {"$ref": "LiveBroadcast"}
    assert strays({"id": "x", "status": {"lifeCycleStatus": "live"}}, schema) == []
    for wrong in (
        {"colour": "red"},
        {"status": {"lifeCycleStatus": "soon"}},
        {"contentDetails": {"enableDvr": "true"}},
        {"statistics": {"concurrentViewers": 3}},
        {"snippet": {"publishedAt": "2027-10-20T13:00:00+00:00"}},
        {"contentDetails": {"monitorStream": {"broadcastStreamDelayMs": True}}},
        {"snippet": []},
    ):
        assert len(strays(wrong, schema)) == 1, wrong
