"""How does YouTube say no? The reasons, their HTTP statuses, and the envelope that carries them."""

import re
from collections.abc import Mapping
from typing import Any

HELP = "https://developers.google.com/youtube"

STATUSES: Mapping[str, int] = {
    "authError": 401,
    "authorizationRequired": 401,
    "youtubeSignupRequired": 401,
    "invalidTransition": 403,
    "incompatibleParameters": 400,
    "missingRequiredParameter": 400,
    "unexpectedParameter": 400,
    "unknownPart": 400,
    "unexpectedPart": 400,
    "parseError": 400,
    "messageTextInvalid": 400,
    "preconditionCheckFailed": 400,
    "defaultLanguageNotSet": 400,
    "notFound": 404,
    "alreadyExists": 409,
    "videoAlreadyInPlaylist": 409,
    "uploadTooLarge": 413,
    "conflictingTimeFields": 400,
    "manualSortRequired": 400,
    "playlistOperationUnsupported": 400,
    "videoAlreadyInAnotherSeriesPlaylist": 400,
    "uploadRateLimitExceeded": 429,
    "notImplemented": 501,
    "internalError": 500,
    "errorExecutingTransition": 500,
    "backendError": 503,
}
"""The reasons whose status cannot be told from their ending; the rest are forbidden (403)."""

MESSAGES: Mapping[str, str] = {
    "errorStreamInactive": "Stream is inactive",
    "invalidTransition": "Invalid transition",
    "redundantTransition": "Redundant transition",
    "authError": "Invalid Credentials",
    "quotaExceeded": "The request cannot be completed because you have exceeded your quota.",
    "liveStreamingNotEnabled": "The user is not enabled for live streaming.",
    "insufficientPermissions": "Request had insufficient authentication scopes.",
    "youtubeSignupRequired": "The signed-in Google account has no YouTube channel.",
    "backendError": "Backend Error",
}

DOMAINS: Mapping[str, str] = {
    "authError": "global",
    "authorizationRequired": "global",
    "parseError": "global",
    "forbidden": "global",
    "rateLimitExceeded": "global",
    "backendError": "global",
    "invalidParameter": "global",
    "notImplemented": "global",
    "notFound": "global",
    "badRequest": "global",
    "badContent": "global",
    "uploadTooLarge": "global",
    "insufficientPermissions": "global",
    "accessNotConfigured": "usageLimits",
    "youtubeSignupRequired": "youtube.header",
    "quotaExceeded": "youtube.quota",
    "unknownPart": "youtube.part",
    "unexpectedPart": "youtube.part",
    "missingRequiredParameter": "youtube.parameter",
    "incompatibleParameters": "youtube.parameter",
    "unexpectedParameter": "youtube.parameter",
    "invalidPageToken": "youtube.parameter",
}
"""Domains that do not depend on the method."""

CANONICAL: Mapping[int, str] = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}


def status_of(reason: str) -> int:
    """The HTTP status that goes with a reason."""
    if reason in STATUSES:
        return STATUSES[reason]
    if reason.endswith("NotFound"):
        return 404
    return 400 if reason.endswith("Required") or reason.startswith("invalid") else 403


def message_of(reason: str) -> str:
    """The sentence that goes with a reason."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", reason).lower()
    return MESSAGES.get(reason, words.capitalize())


class Refusal(Exception):
    """YouTube's answer when it does not do what it was asked."""

    def __init__(self, reason: str, message: str = "", *, status: int = 0, location: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.message = message or message_of(reason)
        self.status = status or status_of(reason)
        self.location = location

    def envelope(self, *, domain: str, page: str, newer: bool = False) -> dict[str, Any]:
        """The JSON body; `newer` adds what the newer front end adds: `status` and `details`."""
        error: dict[str, Any] = {"code": self.status, "message": self.message}
        if self.reason == "invalid":  # the front end's own: it names neither domain nor help
            error["errors"] = [{"message": self.message, "reason": "invalid"}]
            return {"error": error | {"status": "INVALID_ARGUMENT"}}
        entry = {"domain": DOMAINS.get(self.reason, domain), "reason": self.reason, "message": self.message}
        if self.location:
            header = self.status == 401
            entry |= {"location": self.location, "locationType": "header" if header else "parameter"}
        if entry["domain"].startswith("youtube.") and page:
            entry["extendedHelp"] = f"{HELP}/{page}" + ("#params" if self.reason == "invalidTransition" else "")
        error["errors"] = [entry]
        if newer or self.status == 401:
            error["status"] = CANONICAL.get(self.status, "UNKNOWN")
        if newer:
            kind = "type.googleapis.com/google.rpc.ErrorInfo"
            error["details"] = [{"@type": kind, "reason": self.reason, "domain": "youtube.googleapis.com"}]
        return {"error": error}
