"""Which fields may a request body carry, and is each of the right type?

Fields that are not named here are ignored, as the reference says; a wrong type is answered the way the front end does.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeAlias

from broadcaster.emulators.youtube.errors import Refusal


class Kind(Enum):
    """The type of one field, named as the front end's message names it."""

    TEXT = "TYPE_STRING"
    FLAG = "TYPE_BOOL"
    WHOLE = "TYPE_UINT32"
    LONG = "TYPE_INT64"
    INSTANT = "type.googleapis.com/google.protobuf.Timestamp"
    TEXTS = "TYPE_STRING[]"
    ANY = "TYPE_MESSAGE"
    MESSAGES = "TYPE_MESSAGE[]"


class Choice:
    """A field that takes one of some words; `reason` is YouTube's own reason for any other, when it has one."""

    def __init__(self, *words: str, reason: str = "invalid") -> None:
        self.words = frozenset(words)
        self.reason = reason


Shape: TypeAlias = "Kind | Choice | Mapping[str, Shape]"

PRIVACY = Choice("public", "unlisted", "private", reason="invalidPrivacyStatus")

BROADCAST: Mapping[str, Shape] = {
    "id": Kind.TEXT,
    "snippet": {
        "title": Kind.TEXT,
        "description": Kind.TEXT,
        "categoryId": Kind.TEXT,
        "scheduledStartTime": Kind.INSTANT,
        "scheduledEndTime": Kind.INSTANT,
    },
    "status": {"privacyStatus": PRIVACY, "selfDeclaredMadeForKids": Kind.FLAG},
    "contentDetails": {
        "monitorStream": {"enableMonitorStream": Kind.FLAG, "broadcastStreamDelayMs": Kind.WHOLE},
        "enableAutoStart": Kind.FLAG,
        "enableAutoStop": Kind.FLAG,
        "enableClosedCaptions": Kind.FLAG,
        "closedCaptionsType": Choice(
            "closedCaptionsTypeUnspecified",
            "closedCaptionsDisabled",
            "closedCaptionsHttpPost",
            "closedCaptionsEmbedded",
        ),
        "enableContentEncryption": Kind.FLAG,
        "enableDvr": Kind.FLAG,
        "enableEmbed": Kind.FLAG,
        "enableLowLatency": Kind.FLAG,
        "latencyPreference": Choice(
            "latencyPreferenceUnspecified", "normal", "low", "ultraLow", reason="invalidLatencyPreferenceOptions"
        ),
        "projection": Choice("projectionUnspecified", "rectangular", "360", "mesh", reason="invalidProjection"),
        "recordFromStart": Kind.FLAG,
        "startWithSlate": Kind.FLAG,
        "stereoLayout": Choice("stereoLayoutUnspecified", "mono", "leftRight", "topBottom"),
    },
}

STREAM: Mapping[str, Shape] = {
    "id": Kind.TEXT,
    "snippet": {"title": Kind.TEXT, "description": Kind.TEXT},
    "cdn": {
        "frameRate": Choice("30fps", "60fps", "variable", reason="invalidFrameRate"),
        "ingestionType": Choice("rtmp", "dash", "webrtc", "hls", reason="invalidIngestionType"),
        "resolution": Choice(
            "240p", "360p", "480p", "720p", "1080p", "1440p", "2160p", "variable", reason="invalidResolution"
        ),
    },
    "contentDetails": {"isReusable": Kind.FLAG},
}

VIDEO: Mapping[str, Shape] = {
    "id": Kind.TEXT,
    "snippet": {
        "title": Kind.TEXT,
        "description": Kind.TEXT,
        "categoryId": Kind.TEXT,
        "tags": Kind.TEXTS,
        "defaultLanguage": Kind.TEXT,
        "defaultAudioLanguage": Kind.TEXT,
    },
    "status": {
        "privacyStatus": PRIVACY,
        "embeddable": Kind.FLAG,
        "license": Choice("youtube", "creativeCommon"),
        "publicStatsViewable": Kind.FLAG,
        "publishAt": Kind.INSTANT,
        "selfDeclaredMadeForKids": Kind.FLAG,
        "containsSyntheticMedia": Kind.FLAG,
    },
    "recordingDetails": {"recordingDate": Kind.INSTANT, "locationDescription": Kind.TEXT},
    "paidProductPlacementDetails": {"hasPaidProductPlacement": Kind.FLAG},
    "localizations": Kind.ANY,
}

CUEPOINT: Mapping[str, Shape] = {
    "cueType": Choice("cueTypeUnspecified", "cueTypeAd"),
    "durationSecs": Kind.WHOLE,
    "insertionOffsetTimeMs": Kind.LONG,
    "walltimeMs": Kind.LONG,
}

PLAYLIST: Mapping[str, Shape] = {
    "snippet": {
        "title": Kind.TEXT,
        "description": Kind.TEXT,
        "defaultLanguage": Kind.TEXT,
    },
    "status": {"privacyStatus": PRIVACY},
}

PLAYLIST_ITEM: Mapping[str, Shape] = {
    "snippet": {
        "playlistId": Kind.TEXT,
        "position": Kind.WHOLE,
        "resourceId": {"kind": Kind.TEXT, "videoId": Kind.TEXT},
    },
    "contentDetails": {"note": Kind.TEXT},
}

MESSAGE_TYPE = Choice(
    *(
        "invalidType textMessageEvent tombstone fanFundingEvent chatEndedEvent sponsorOnlyModeStartedEvent "
        "sponsorOnlyModeEndedEvent newSponsorEvent memberMilestoneChatEvent membershipGiftingEvent "
        "giftMembershipReceivedEvent messageDeletedEvent messageRetractedEvent userBannedEvent superChatEvent "
        "superStickerEvent pollEvent giftEvent"
    ).split()
)

CHAT_MESSAGE: Mapping[str, Shape] = {
    "snippet": {
        "liveChatId": Kind.TEXT,
        "type": MESSAGE_TYPE,
        "textMessageDetails": {"messageText": Kind.TEXT},
        "pollDetails": {"metadata": {"questionText": Kind.TEXT, "options": Kind.MESSAGES}},
    },
}


def read_body(document: object, shape: Mapping[str, Shape]) -> dict[str, Any]:
    """The known fields of a body, instants as datetimes and null left out; raises Refusal."""
    if not isinstance(document, dict):
        raise Refusal("invalid", "Invalid JSON payload received. Root element must be a message.", status=400)
    return _read_message(document, shape, "resource")


def read_instant(text: str) -> datetime:
    """An RFC 3339 instant to the second, as YouTube keeps it; raises ValueError."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", text):
        raise ValueError(f"not an RFC 3339 instant: {text!r}")
    fraction = re.sub(r"(\.\d{6})\d+", r"\1", text.upper())
    return datetime.fromisoformat(fraction).astimezone(UTC).replace(microsecond=0)


def _read_message(document: dict[str, Any], shape: Mapping[str, Shape], path: str) -> dict[str, Any]:
    fields = ((name, document[name]) for name in shape if not _is_unset(document.get(name), shape[name]))
    return {name: _read(value, shape[name], f"{path}.{_snake(name)}") for name, value in fields}


def _is_unset(value: Any, shape: Shape) -> bool:
    """Whether the field counts as left out: null, or a word that says so."""
    if isinstance(shape, Choice) and isinstance(value, str) and value.endswith("Unspecified"):
        return value in shape.words
    return value is None


def _read(value: Any, shape: Shape, path: str) -> Any:
    if isinstance(shape, Mapping):
        if not isinstance(value, dict):
            raise _wrong(path, "TYPE_MESSAGE", value)
        return _read_message(value, shape, path)
    if isinstance(shape, Choice):
        if not isinstance(value, str) or (value not in shape.words and shape.reason == "invalid"):
            raise _wrong(path, "TYPE_ENUM", value)
        if value not in shape.words:
            raise Refusal(shape.reason)
        return value
    return _read_plain(value, shape, path)


def _read_plain(value: Any, kind: Kind, path: str) -> Any:
    if kind is Kind.INSTANT and isinstance(value, str):
        try:
            return read_instant(value)
        except ValueError:
            raise _wrong(path, kind.value, value) from None
    if kind is Kind.WHOLE and not isinstance(value, bool):
        text = str(value) if isinstance(value, int | str) else ""
        if re.fullmatch(r"\d{1,10}", text) and int(text) < 2**32:  # the front end takes numbers as strings too
            return int(text)
    if kind is Kind.LONG and not isinstance(value, bool):
        text = str(value) if isinstance(value, int | str) else ""
        if re.fullmatch(r"\d{1,18}", text):
            return int(text)
    fits = {
        Kind.TEXT: isinstance(value, str),
        Kind.FLAG: isinstance(value, bool),
        Kind.TEXTS: isinstance(value, list) and all(isinstance(each, str) for each in value),
        Kind.ANY: isinstance(value, dict),
        Kind.MESSAGES: isinstance(value, list) and all(isinstance(each, dict) for each in value),
    }
    if not fits.get(kind, False):
        raise _wrong(path, kind.value, value)
    return value


def _wrong(path: str, kind: str, value: object) -> Refusal:
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    return Refusal("invalid", f"Invalid value at '{path}' ({kind}), {shown}", status=400)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
