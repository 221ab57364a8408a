"""Does the emulated YouTube cover what the shipped discovery document declares, and what does it leave out?"""

import pytest

from broadcaster.emulators.youtube.methods import METHODS
from broadcaster.emulators.youtube.queries import GLOBAL, GLOBAL_IGNORED
from tests.contract.youtube_client import discovery_document

NOT_SERVED = {
    "liveBroadcasts": {"insertCuepoint"},
    "liveStreams": set(),
    "videos": {"batchGetStats", "delete", "getRating", "insert", "rate", "reportAbuse"},
    "channels": {"update"},
    "thumbnails": set(),
    "liveChatMessages": {"delete", "transition"},
}
CONTENT_OWNER = {"onBehalfOfContentOwner", "onBehalfOfContentOwnerChannel"}
REFUSED = {
    "videos.list": {"onBehalfOfContentOwner", "chart", "myRating", "regionCode", "videoCategoryId"},
    "videos.update": {"onBehalfOfContentOwner"},
    "thumbnails.set": {"onBehalfOfContentOwner"},
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
}
IGNORED = {
    "videos.list": {"hl", "locale", "maxHeight", "maxWidth"},
    "channels.list": {"hl"},
    "liveChatMessages.list": {"hl", "profileImageSize"},
}
UNSET = {"statusUnspecified"}  # a transition to nowhere is refused


def declared() -> dict[str, dict]:
    return {
        f"{resource}.{name}": method
        for resource in NOT_SERVED
        for name, method in discovery_document()["resources"][resource]["methods"].items()
    }


def test_every_method_is_served_or_listed_as_not_served():
    left_out = {f"{resource}.{name}" for resource, names in NOT_SERVED.items() for name in names}
    assert {method.name for method in METHODS} == set(declared()) - left_out


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_parameter_is_served_as_declared_or_listed_as_not_covered(method):
    document = declared()[method.name]
    assert method.verb == document["httpMethod"]
    media = document.get("mediaUpload", {}).get("protocols", {}).get("simple", {})
    assert method.path == media.get("path", "/" + document["path"])
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
            assert served.bounds == tuple(int(wanted[key]) for key in ("minimum", "maximum", "default")), name
        else:
            assert served.bounds is None, name


def test_every_global_parameter_is_served_or_listed_as_without_effect():
    assert set(discovery_document()["parameters"]) == GLOBAL | GLOBAL_IGNORED
    assert {"fields", "callback"} == GLOBAL_IGNORED
