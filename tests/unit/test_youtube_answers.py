"""Has every refusal of YouTube's a defined answer, and a sentence that says what to do?"""

import json
from typing import Any

import pytest

from broadcaster.adapters.youtube.answers import answer_to, far_end_error, reason_of, refused
from broadcaster.adapters.youtube.reasons import ANSWERS, UNKNOWN, Do
from broadcaster.season.errors import FarEndError, NeedsHuman, OutcomeUnknown, Refused, Unavailable
from tests.youtube_answers import PAGE, page

ANY = (
    "authError authorizationRequired youtubeSignupRequired quotaExceeded dailyLimitExceeded forbidden "
    "accessNotConfigured authenticatedUserNotChannel authenticatedUserAccountSuspended authenticatedUserAccountClosed "
    "incompatibleParameters invalidFilters invalidPageToken missingRequiredParameter unexpectedParameter unknownPart "
    "unexpectedPart invalid parseError insufficientPermissions rateLimitExceeded userRateLimitExceeded backendError"
)
LIVE = "insufficientLivePermissions liveStreamingNotEnabled"
MAKE = (
    "livePermissionBlocked invalidAutoStart invalidAutoStop invalidDescription invalidEmbedSetting "
    "invalidLatencyPreferenceOptions invalidPrivacyStatus invalidProjection invalidScheduledEndTime "
    "invalidScheduledStartTime invalidTitle userBroadcastsExceedLimit userRequestsExceedRateLimit "
    "privacyStatusRequired scheduledEndTimeRequired scheduledStartTimeRequired titleRequired"
)
REASONS = {
    "liveBroadcasts.insert": f"{LIVE} {MAKE}",
    "liveBroadcasts.update": (
        f"{LIVE} {MAKE} closedCaptionsTypeModificationNotAllowed enableClosedCaptionsModificationNotAllowed "
        "enableDvrModificationNotAllowed enableAutoStartModificationNotAllowed enableAutoStopModificationNotAllowed "
        "enableMonitorStreamModificationNotAllowed recordFromStartModificationNotAllowed "
        "latencyPreferenceModificationNotAllowed enableEmbedModificationNotAllowed invalidEnableClosedCaptions "
        "idRequired liveBroadcastNotFound enableMonitorStreamRequired broadcastStreamDelayMsRequired"
    ),
    "liveBroadcasts.bind": (
        f"{LIVE} internalError liveBroadcastBindingNotAllowed liveBroadcastNotFound liveStreamNotFound "
        "userRequestsExceedRateLimit idRequired"
    ),
    "liveBroadcasts.transition": (
        f"{LIVE} errorExecutingTransition errorStreamInactive invalidTransition redundantTransition "
        "livePermissionBlocked liveBroadcastNotFound userRequestsExceedRateLimit concurrentBroadcastsExceedLimit "
        "sharedIngestionBroadcastsExceedLimit idRequired"
    ),
    "liveBroadcasts.list": LIVE,
    "liveBroadcasts.delete": f"{LIVE} liveBroadcastDeletionNotAllowed liveBroadcastNotFound",
    "liveStreams.insert": (
        f"{LIVE} livePermissionBlocked invalidDescription invalidFormat invalidFrameRate invalidIngestionType "
        "invalidResolution invalidTitle userRequestsExceedRateLimit cdnRequired frameRateRequired "
        "ingestionTypeRequired resolutionRequired titleRequired"
    ),
    "liveStreams.list": LIVE,
    "videos.list": "videoNotFound",
    "videos.update": (
        "defaultLanguageNotSet invalidCategoryId invalidDefaultBroadcastPrivacySetting invalidDescription "
        "invalidPublishAt invalidRecordingDetails invalidTags invalidTitle invalidVideoMetadata forbiddenEmbedSetting "
        "forbiddenLicenseSetting forbiddenPrivacySetting videoNotFound"
    ),
    "thumbnails.set": "invalidImage mediaBodyRequired forbidden videoNotFound uploadRateLimitExceeded",
    "playlistItems.list": "playlistItemsNotAccessible playlistNotFound videoNotFound playlistOperationUnsupported",
    "playlistItems.insert": (
        "playlistContainsMaximumNumberOfVideos playlistItemsNotAccessible invalidContentDetails "
        "invalidPlaylistItemPosition invalidResourceType manualSortRequired videoAlreadyInAnotherSeriesPlaylist "
        "playlistOperationUnsupported channelIdRequired playlistIdRequired resourceIdRequired playlistNotFound "
        "videoNotFound duplicate videoAlreadyInPlaylist"
    ),
    "liveChatMessages.insert": (
        "forbidden liveChatDisabled liveChatEnded messageTextInvalid liveChatIdRequired messageTextRequired "
        "typeRequired preconditionCheckFailed liveChatNotFound rateLimitExceeded"
    ),
    "channels.list": "",
}
"""As the reference's tables of errors have them."""

ERRORS = {
    Do.RETRY: {Unavailable},
    Do.WAIT: {Unavailable},
    Do.LOOK: {Refused, OutcomeUnknown},
    Do.ASK: {NeedsHuman, Unavailable},
    Do.GIVE_UP: {Refused},
}


def body(code: int, reason: str, message: str = "No", **more: Any) -> bytes:
    error = {"code": code, "message": message, "errors": [{"reason": reason, "message": message}], **more}
    return json.dumps({"error": error}).encode()


def all_reasons() -> list[tuple[str, str]]:
    return [(method, each) for method, reasons in REASONS.items() for each in f"{ANY} {reasons}".split()]


@pytest.mark.parametrize("method", REASONS)
def test_every_reason_that_the_reference_names_has_an_answer(method: str) -> None:
    nobody_knows = {id(answer) for answer in UNKNOWN.values()} - {id(answer) for answer in ANSWERS.values()}
    for reason in f"{ANY} {REASONS[method]}".split():
        answer = answer_to(method, 403, reason)
        assert id(answer) not in nobody_knows, reason
        assert answer.say.split()[4:], reason


def test_no_answer_is_for_a_reason_that_no_method_of_ours_gives() -> None:
    ours = {reason for _, reason in all_reasons()} | {f"{method}/{reason}" for method, reason in all_reasons()}
    others = {"badRequest", "invalidParameter", "invalidValue", "notFound", "notImplemented", "serviceUnavailable"}
    assert set(ANSWERS) - ours == others  # what Google's front end says


def test_what_is_done_and_the_error_agree() -> None:
    for reason, answer in {**ANSWERS, **UNKNOWN}.items():
        assert answer.error in ERRORS[answer.do], reason
        assert (answer.retry_after > 0) == (answer.error is Unavailable), reason


def test_a_reason_may_mean_something_of_its_own_to_a_method() -> None:
    assert "thumbnails of its own" in answer_to("thumbnails.set", 403, "forbidden").say
    assert "128" in answer_to("liveStreams.insert", 400, "invalidTitle").say
    assert "100" in answer_to("liveBroadcasts.insert", 400, "invalidTitle").say


def test_the_page_of_answers_is_that_of_the_table() -> None:
    assert PAGE.read_text("utf-8") == page(), "make it anew with: python -m tests.youtube_answers"


def test_the_reason_is_found_beside_newer_details() -> None:
    content = body(403, "invalidTransition", "Invalid transition", details=[{"@type": "x"}], status="FORBIDDEN")
    assert reason_of(content) == ("invalidTransition", "Invalid transition")


@pytest.mark.parametrize("content", [b"", b"<p>", b"[]", b'{"error": null}', b'{"error": {"errors": ["x"]}}', b"{}"])
def test_an_error_without_a_reason_is_borne(content: bytes) -> None:
    assert isinstance(far_end_error("look", "liveBroadcasts.list", 403, content), Refused)


@pytest.mark.parametrize(
    ("status", "reason", "verb", "kind"),
    [
        (403, "errorStreamInactive", "transition", Unavailable),
        (403, "userRequestsExceedRateLimit", "insert", Unavailable),
        (403, "concurrentBroadcastsExceedLimit", "transition", Unavailable),
        (403, "userBroadcastsExceedLimit", "insert", Unavailable),
        (429, "", "insert", Unavailable),
        (429, "somethingNew", "insert", Unavailable),
        (403, "quotaExceeded", "list", Unavailable),
        (404, "videoNotFound", "update", Unavailable),
        (403, "invalidTransition", "transition", Refused),
        (403, "redundantTransition", "transition", Refused),
        (404, "liveBroadcastNotFound", "bind", Refused),
        (404, "", "bind", Refused),
        (400, "somethingNew", "insert", Refused),
        (307, "", "insert", Refused),
        (403, "liveStreamingNotEnabled", "insert", NeedsHuman),
        (401, "", "list", NeedsHuman),
        (401, "required", "list", NeedsHuman),
        (401, "youtubeSignupRequired", "list", NeedsHuman),
        (500, "backendError", "insert", OutcomeUnknown),
        (403, "backendError", "bind", OutcomeUnknown),
        (500, "quotaExceeded", "insert", OutcomeUnknown),
        (503, "", "insert", OutcomeUnknown),
        (599, "somethingNew", "delete", OutcomeUnknown),
        (408, "", "insert", OutcomeUnknown),
        (503, "", "list", Unavailable),
        (500, "internalError", "list", Unavailable),
        (408, "", "list", Unavailable),
        (666, "", "insert", Refused),
    ],
)
def test_an_http_error_becomes_what_the_reader_should_do(
    status: int, reason: str, verb: str, kind: type[FarEndError]
) -> None:
    error = far_end_error("main: go live", f"liveBroadcasts.{verb}", status, body(status, reason))
    assert type(error) is kind
    assert error.reason == reason
    assert str(error).startswith("main: go live: ")
    assert f"(YouTube: No, {status}" in str(error)


def test_a_used_up_quota_is_left_alone_for_long_and_the_far_ends_own_wish_wins() -> None:
    error = far_end_error("look", "liveBroadcasts.list", 403, body(403, "quotaExceeded"))
    assert isinstance(error, Unavailable)
    assert error.retry_after >= 600
    error = far_end_error("look", "liveBroadcasts.list", 429, body(429, ""), retry_after=17)
    assert isinstance(error, Unavailable)
    assert error.retry_after == 17


def test_a_video_that_is_not_shown_yet_is_asked_for_again_soon() -> None:
    error = refused("main: change video v1", "videoNotFound")
    assert isinstance(error, Unavailable)
    assert error.retry_after == 5
    assert "some seconds late" in str(error)


def test_a_list_that_failed_is_not_said_to_have_changed_anything() -> None:
    error = far_end_error("look", "liveBroadcasts.list", 503, b"")
    assert "may have happened" not in str(error)
