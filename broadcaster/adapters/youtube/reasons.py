"""What does each reason that YouTube gives for a refusal mean to us, and what should the operator do?

The one table. docs/youtube-answers.md is made from it; what is done with it is in answers.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from broadcaster.season.errors import FarEndError, NeedsHuman, OutcomeUnknown, Refused, Unavailable


class Do(StrEnum):
    """What is done about a refusal."""

    RETRY = "retry"
    """Nothing was applied, and soon it will work: the same again, shortly."""
    WAIT = "wait"
    """Nothing was applied, and it takes a while: the same again, later."""
    LOOK = "look"
    """The far end is not as was thought: read it back, then decide anew."""
    ASK = "ask"
    """A person has to act; what can be tried again meanwhile is."""
    GIVE_UP = "give up"
    """The same again will be refused again: what was asked has to be changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Our answer to a reason. `say` tells the operator what to do; `retry_after` is in seconds."""

    do: Do
    error: type[FarEndError]
    say: str
    retry_after: float = 0.0


def _retry(say: str, seconds: float) -> Answer:
    return Answer(do=Do.RETRY, error=Unavailable, say=say, retry_after=seconds)


def _wait(say: str, seconds: float) -> Answer:
    return Answer(do=Do.WAIT, error=Unavailable, say=say, retry_after=seconds)


def _look(say: str) -> Answer:
    return Answer(do=Do.LOOK, error=Refused, say=say)


def _unclear(say: str) -> Answer:
    return Answer(do=Do.LOOK, error=OutcomeUnknown, say=say)


def _ask(say: str) -> Answer:
    return Answer(do=Do.ASK, error=NeedsHuman, say=say)


def _ask_and_retry(say: str, seconds: float) -> Answer:
    return Answer(do=Do.ASK, error=Unavailable, say=say, retry_after=seconds)


def _give_up(say: str) -> Answer:
    return Answer(do=Do.GIVE_UP, error=Refused, say=say)


_SIGN_IN = "sign in again with `broadcaster auth youtube`"
_OWNER = "sign in with the account that owns the channel, or have its owner allow this account to stream live"
_FEWER = "end or delete in YouTube Studio those that are no longer needed; it is tried again by itself"
_QUOTA = (
    "today's YouTube quota of the Google project is used up; it renews at midnight Pacific time. Until then, "
    "steer the broadcast in YouTube Studio, or ask Google for more quota"
)
_FROZEN = "can only be changed before testing begins: leave it as it is, or make a new broadcast"
_OURS = "Broadcaster asked in a way that YouTube does not take: update Broadcaster, or report this with the log"
_CHAT_GONE = "nothing more can be written into it"
_REDONE = "YouTube failed while doing it; the broadcast is looked at before anything is tried again"

ANSWERS: Mapping[str, Answer] = {
    # any method: too much, too often, too early
    "rateLimitExceeded": _retry("YouTube asks for fewer requests; it is asked again shortly, do nothing", 5),
    "userRateLimitExceeded": _retry("YouTube asks for fewer requests; it is asked again shortly, do nothing", 5),
    "userRequestsExceedRateLimit": _wait(
        "too many broadcasts were made or moved lately; it is asked again soon. If this goes on for minutes, "
        "do it in YouTube Studio",
        30,
    ),
    "uploadRateLimitExceeded": _wait(
        "too many thumbnails were uploaded today; it is tried again later, or set it in YouTube Studio", 3600
    ),
    "quotaExceeded": _wait(_QUOTA, 3600),
    "dailyLimitExceeded": _wait(_QUOTA, 3600),
    "invalidPageToken": _retry("the channel's list changed while it was read; it is read again, do nothing", 1),
    # any method: it failed at YouTube's end
    "backendError": _unclear(_REDONE),
    "internalError": _unclear(_REDONE),
    "errorExecutingTransition": _unclear(_REDONE),
    "serviceUnavailable": _unclear(_REDONE),
    # any method: a person has to allow it
    "authError": _ask(f"YouTube does not accept the sign-in: {_SIGN_IN}"),
    "authorizationRequired": _ask(f"YouTube does not accept the sign-in: {_SIGN_IN}"),
    "insufficientPermissions": _ask(f"the sign-in lacks the right to do this: {_SIGN_IN} and allow all that it asks"),
    "youtubeSignupRequired": _ask(f"this Google account has no YouTube channel: create one, then {_SIGN_IN}"),
    "accessNotConfigured": _ask("switch on the YouTube Data API v3 for the Google project that the sign-in belongs to"),
    "authenticatedUserNotChannel": _ask(f"the sign-in is not a channel's: {_OWNER}"),
    "authenticatedUserAccountSuspended": _ask(
        "YouTube has suspended this account: use another one, or appeal in YouTube Studio"
    ),
    "authenticatedUserAccountClosed": _ask("this account is closed: sign in with another one"),
    "liveStreamingNotEnabled": _ask(
        "the channel may not stream live yet: switch live streaming on at youtube.com/features "
        "(the first time takes up to 24 hours)"
    ),
    "insufficientLivePermissions": _ask(f"this account may not stream live on the channel: {_OWNER}"),
    "livePermissionBlocked": _ask(
        "YouTube has blocked live streaming for this channel: look in YouTube Studio for why and until when"
    ),
    "forbidden": _give_up(
        "this account may not do this: check that it owns the channel, and do it in YouTube Studio meanwhile"
    ),
    # any method: the request itself
    "badRequest": _give_up(_OURS),
    "invalid": _give_up(_OURS),
    "invalidParameter": _give_up(_OURS),
    "invalidValue": _give_up(_OURS),
    "invalidFilters": _give_up(_OURS),
    "incompatibleParameters": _give_up(_OURS),
    "missingRequiredParameter": _give_up(_OURS),
    "unexpectedParameter": _give_up(_OURS),
    "unknownPart": _give_up(_OURS),
    "unexpectedPart": _give_up(_OURS),
    "parseError": _give_up(_OURS),
    "notImplemented": _give_up(_OURS),
    "idRequired": _give_up(_OURS),
    "notFound": _look("it does not exist on YouTube any more: was it deleted in YouTube Studio?"),
    # limits on broadcasts
    "userBroadcastsExceedLimit": _ask_and_retry(f"the channel has too many broadcasts: {_FEWER}", 300),
    "concurrentBroadcastsExceedLimit": _ask_and_retry(f"too many broadcasts of the channel are live: {_FEWER}", 15),
    "sharedIngestionBroadcastsExceedLimit": _ask_and_retry(
        f"too many broadcasts are live with this stream key: {_FEWER}", 15
    ),
    # moving a broadcast
    "errorStreamInactive": _retry("YouTube does not receive video yet: check that the encoder is streaming", 1),
    "invalidTransition": _look(
        "the broadcast cannot go there from the state it is in; it is looked at. If nothing happens, "
        "look at it in YouTube Studio"
    ),
    "redundantTransition": _look("the broadcast is already there, or on its way; it is looked at, do nothing"),
    "liveBroadcastNotFound": _look("the broadcast does not exist any more: was it deleted in YouTube Studio?"),
    "liveBroadcastBindingNotAllowed": _look(
        "the stream can no longer be changed: the broadcast has started testing, or is over"
    ),
    "liveBroadcastDeletionNotAllowed": _look(
        "the broadcast is testing, live or just starting and cannot be deleted: end it first"
    ),
    # making and changing a broadcast
    "invalidTitle": _give_up("shorten the title to 1 to 100 characters, without < and >"),
    "titleRequired": _give_up("give the show a title of 1 to 100 characters"),
    "invalidDescription": _give_up(
        "shorten the description to 5000 bytes (some 2500 Cyrillic letters), without < and >"
    ),
    "invalidScheduledStartTime": _give_up(
        "YouTube wants a start that lies ahead (some channels: by ten minutes) and not too far, and none that moves "
        "once the broadcast is live: check the show's date"
    ),
    "scheduledStartTimeRequired": _give_up("give the show a date and a go_live time"),
    "invalidScheduledEndTime": _give_up("the end must come after the start: check the show's times"),
    "scheduledEndTimeRequired": _give_up("YouTube wants an end of the show: set one in YouTube Studio"),
    "invalidPrivacyStatus": _give_up("privacy must be public, unlisted or private: mend it in the season file"),
    "privacyStatusRequired": _give_up("give the destination a privacy: public, unlisted or private"),
    "invalidLatencyPreferenceOptions": _give_up(
        "latency must be normal, low or ultraLow, and ultraLow goes without captions: mend it in the season file"
    ),
    "invalidAutoStart": _give_up("YouTube does not let auto start be set: look at the broadcast in YouTube Studio"),
    "invalidAutoStop": _give_up("YouTube does not let auto stop be set: look at the broadcast in YouTube Studio"),
    "invalidEmbedSetting": _give_up("the channel may not be embedded: allow it in YouTube Studio"),
    "invalidProjection": _give_up("set the broadcast's projection to rectangular in YouTube Studio"),
    "invalidEnableClosedCaptions": _give_up("captions must be none, embedded or http: mend it in the season file"),
    "enableMonitorStreamRequired": _give_up(_OURS),
    "broadcastStreamDelayMsRequired": _give_up(_OURS),
    "closedCaptionsTypeModificationNotAllowed": _give_up(f"the kind of captions {_FROZEN}"),
    "enableClosedCaptionsModificationNotAllowed": _give_up(f"captions {_FROZEN}"),
    "enableDvrModificationNotAllowed": _give_up(f"DVR {_FROZEN}"),
    "enableAutoStartModificationNotAllowed": _give_up(
        f"auto start {_FROZEN}; watch that it does not go live too early"
    ),
    "enableAutoStopModificationNotAllowed": _give_up(
        f"auto stop {_FROZEN}; a short loss of video may end the broadcast"
    ),
    "enableEmbedModificationNotAllowed": _give_up(f"embedding {_FROZEN}"),
    "enableMonitorStreamModificationNotAllowed": _give_up(f"the private preview {_FROZEN}"),
    "latencyPreferenceModificationNotAllowed": _give_up(f"the latency {_FROZEN}"),
    "recordFromStartModificationNotAllowed": _give_up(f"recording {_FROZEN}"),
    # streams
    "liveStreamNotFound": _look("the stream does not exist any more: was its key deleted in YouTube Studio?"),
    "liveStreams.insert/invalidTitle": _give_up("shorten the stream's title to 1 to 128 characters"),
    "liveStreams.insert/titleRequired": _give_up("give the stream a title of 1 to 128 characters"),
    "liveStreams.insert/invalidDescription": _give_up("shorten the stream's description to 10000 characters"),
    "invalidFormat": _give_up(_OURS),
    "invalidFrameRate": _give_up(_OURS),
    "invalidIngestionType": _give_up(_OURS),
    "invalidResolution": _give_up(_OURS),
    "cdnRequired": _give_up(_OURS),
    "frameRateRequired": _give_up(_OURS),
    "ingestionTypeRequired": _give_up(_OURS),
    "resolutionRequired": _give_up(_OURS),
    # videos
    "videoNotFound": _retry(
        "YouTube shows new videos some seconds late; it is tried again. If it goes on: was the video deleted?", 5
    ),
    "defaultLanguageNotSet": _give_up("give the destination a language, as YouTube has translations of this video"),
    "invalidCategoryId": _give_up("category must be one of YouTube's numbers, such as 24: mend it in the season file"),
    "invalidDefaultBroadcastPrivacySetting": _give_up("privacy must be public, unlisted or private"),
    "invalidPublishAt": _give_up("the video is set to be published at a time: remove that in YouTube Studio"),
    "invalidRecordingDetails": _give_up(_OURS),
    "invalidTags": _give_up("shorten the tags to 500 characters in all, without < and >"),
    "invalidVideoMetadata": _give_up("YouTube takes neither title nor category as they are: check both"),
    "forbiddenEmbedSetting": _give_up("the channel may not set embedding: leave it as it is in YouTube Studio"),
    "forbiddenLicenseSetting": _give_up("the channel may not set this licence: leave it as it is in YouTube Studio"),
    "forbiddenPrivacySetting": _give_up("the channel may not set this privacy: choose another in the season file"),
    # thumbnails
    "invalidImage": _give_up("the thumbnail must be a JPEG or PNG picture under 2 MB, best 1280 by 720: replace it"),
    "mediaBodyRequired": _give_up("the thumbnail's file is empty: replace it"),
    "thumbnails.set/forbidden": _give_up(
        "the channel may not set thumbnails of its own: verify its phone number at youtube.com/verify"
    ),
    # playlists
    "playlistNotFound": _give_up("there is no such playlist: check its id in the season file"),
    "playlistContainsMaximumNumberOfVideos": _give_up("the playlist is full: name another in the season file"),
    "playlistItemsNotAccessible": _give_up("this account may not read or change the playlist: name one of its own"),
    "playlistOperationUnsupported": _give_up("nothing can be added to this playlist: name another one"),
    "videoAlreadyInPlaylist": _look("the video is in the playlist already: nothing is to be done"),
    "duplicate": _look("the video is in the playlist already: nothing is to be done"),
    "videoAlreadyInAnotherSeriesPlaylist": _give_up(
        "the video is in another playlist that is a series: take it out there, or name a playlist that is none"
    ),
    "manualSortRequired": _give_up("the playlist sorts itself: set it to manual order in YouTube Studio"),
    "invalidContentDetails": _give_up(_OURS),
    "invalidPlaylistItemPosition": _give_up(_OURS),
    "invalidResourceType": _give_up(_OURS),
    "channelIdRequired": _give_up(_OURS),
    "playlistIdRequired": _give_up("name the playlist's id in the season file"),
    "resourceIdRequired": _give_up(_OURS),
    # the live chat
    "liveChatNotFound": _give_up(f"there is no such live chat; {_CHAT_GONE}"),
    "liveChatDisabled": _give_up("the live chat is switched off: switch it on in YouTube Studio"),
    "liveChatEnded": _give_up(f"the live chat has ended with the broadcast; {_CHAT_GONE}"),
    "liveChatMessages.insert/forbidden": _give_up(
        "this account may not write into the live chat: check its rights there, or write as the channel's owner"
    ),
    "messageTextInvalid": _give_up("shorten the chat line to 200 characters, without forbidden ones"),
    "messageTextRequired": _give_up("the chat line is empty: mend the announcement's text"),
    "liveChatIdRequired": _give_up(_OURS),
    "typeRequired": _give_up(_OURS),
    "preconditionCheckFailed": _give_up("a poll runs in the live chat: write once it has ended"),
}
"""Reason -> answer; `METHOD/reason` where a method means something of its own by it."""

UNKNOWN: Mapping[str, Answer] = {
    "300-399": _give_up("something else than YouTube answers: check its address in config.toml"),
    "401": ANSWERS["authError"],
    "404": ANSWERS["notFound"],
    "408": _unclear("YouTube gave up while it was asked; it is looked at before anything is tried again"),
    "429": ANSWERS["rateLimitExceeded"],
    "500-599": _unclear(_REDONE),
    "400-499": _give_up("YouTube refuses it for a reason that Broadcaster does not know: do it in YouTube Studio"),
}
"""The answers to reasons that nobody knows, and to none, by HTTP status; the first that fits counts."""
