"""How is the video that arrives at YouTube, in a crew's words, and when is it an alarm?

What YouTube says counts, not what OBS believes: an encoder may be green while nothing arrives.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from broadcaster.season.plan import ShowPlan
from broadcaster.season.said import say
from broadcaster.show.observed import Health, Observed
from broadcaster.show.phases import Phase
from broadcaster.show.records import ALARM, ALARM_OVER, Note
from broadcaster.show.state import ShowState

EMPTY_FOR = timedelta(seconds=15)
"""So long may nothing arrive at YouTube before it is an alarm."""
NOTHING_ARRIVES = say("OBS streams, YouTube receives nothing: check the key and the network")

_OUTPUT = "OBS Settings > Output > Streaming"
_VIDEO = "OBS Settings > Video"
_AUDIO = "OBS Settings > Audio"
_ONE_ENCODER = say("let one encoder alone stream to this key")
_SAME = say("give the backup encoder the same settings as the first")

ISSUES: Mapping[str, str] = {
    "gopSizeOver": say("key frames are more than 4 s apart: set Keyframe Interval to 2 s in {menu}", menu=_OUTPUT),
    "gopSizeLong": say("key frames are far apart: set Keyframe Interval to 2 s in {menu}", menu=_OUTPUT),
    "gopSizeShort": say("key frames come too often: set Keyframe Interval to 2 s in {menu}", menu=_OUTPUT),
    "openGop": say("the video has open GOPs: choose another encoder or profile in {menu}", menu=_OUTPUT),
    "badContainer": say("the video comes in a form that YouTube cannot read: stream by RTMP with H.264 and AAC"),
    "audioBitrateHigh": say("the audio bitrate is high: set it to 128 kbit/s in {menu}", menu=_OUTPUT),
    "audioBitrateLow": say("the audio bitrate is low: set it to 128 kbit/s in {menu}", menu=_OUTPUT),
    "audioSampleRate": say("the audio's sample rate is unusual: choose 44.1 or 48 kHz in {menu}", menu=_AUDIO),
    "bitrateHigh": say("the bitrate is higher than YouTube wants for this size: lower it in {menu}", menu=_OUTPUT),
    "bitrateLow": say(
        "the bitrate is too low for this size: raise it in {menu}, or check the network's upload", menu=_OUTPUT
    ),
    "audioCodec": say("the audio is not AAC: choose AAC in {menu}", menu=_OUTPUT),
    "videoCodec": say("the video codec is not one that YouTube takes here: choose H.264 in {menu}", menu=_OUTPUT),
    "noAudioStream": say("there is no sound: check OBS's audio mixer and the sources' devices"),
    "noVideoStream": say("there is no picture: check that OBS sends video, and restart its stream"),
    "multipleVideoStreams": say("several pictures arrive in one stream: {remedy}", remedy=_ONE_ENCODER),
    "multipleAudioStreams": say("several audio tracks arrive: choose one audio track in {menu}", menu=_OUTPUT),
    "audioTooManyChannels": say("the sound has too many channels: choose Stereo in {menu}", menu=_AUDIO),
    "interlacedVideo": say("the picture is interlaced: set the capture source to deinterlace, and OBS to progressive"),
    "frameRateHigh": say("the frame rate is too high: choose 60 or fewer in {menu}", menu=_VIDEO),
    "resolutionMismatch": say("the two encoders send different sizes: {remedy}", remedy=_SAME),
    "videoCodecMismatch": say("the two encoders use different video codecs: {remedy}", remedy=_SAME),
    "videoInterlaceMismatch": say("one encoder is interlaced, the other is not: {remedy}", remedy=_SAME),
    "videoProfileMismatch": say("the two encoders use different H.264 profiles: {remedy}", remedy=_SAME),
    "videoBitrateMismatch": say("the two encoders send different video bitrates: {remedy}", remedy=_SAME),
    "framerateMismatch": say("the two encoders send different frame rates: {remedy}", remedy=_SAME),
    "gopMismatch": say("the two encoders have different key frame intervals: {remedy}", remedy=_SAME),
    "audioSampleRateMismatch": say("the two encoders send different audio sample rates: {remedy}", remedy=_SAME),
    "audioStereoMismatch": say("one encoder sends stereo, the other does not: {remedy}", remedy=_SAME),
    "audioCodecMismatch": say("the two encoders use different audio codecs: {remedy}", remedy=_SAME),
    "audioBitrateMismatch": say("the two encoders send different audio bitrates: {remedy}", remedy=_SAME),
    "videoResolutionSuboptimal": say(
        "the picture has an unusual size: choose 1920x1080 or 1280x720 in {menu}", menu=_VIDEO
    ),
    "videoResolutionUnsupported": say(
        "YouTube does not take this picture size: choose 1920x1080 or 1280x720 in {menu}", menu=_VIDEO
    ),
    "videoIngestionStarved": say(
        "video arrives too slowly, viewers see it stop: check the network's upload, or lower the bitrate in {menu}",
        menu=_OUTPUT,
    ),
    "videoIngestionFasterThanRealtime": say("video arrives faster than it plays: restart the stream in OBS"),
}
"""Type of a configuration issue (platform-facts 1.4, DISC) -> what it means and what to do."""
_TYPES = {name.lower(): text for name, text in ISSUES.items()}


def plainly(issue: str) -> str:
    """One issue as a crew reads it; YouTube's own words where its type is new to us."""
    severity, _, rest = issue.partition(": ")
    words = rest or severity
    found = next((word for word in re.findall(r"[A-Za-z]+", words) if word.lower() in _TYPES), None)
    text = _TYPES[found.lower()] if found else words
    return say("{severity}: {what}", severity=severity, what=text) if rest else text


def health_alerts(state: ShowState, observed: Observed) -> list[str]:
    """What YouTube says of the video, while a show is on stage."""
    stream = observed.stream
    if stream is None or state.phase not in (Phase.STANDBY, Phase.LIVE):
        return []
    found: list[str] = [say("YouTube says of the video: {what}", what=plainly(issue)) for issue in stream.issues]
    if stream.is_active and stream.health is Health.BAD and not found:
        found.append(say("YouTube says that the video is bad: look at the stream health in YouTube Studio"))
    return found


def empty_since(state: ShowState, observed: Observed) -> datetime | None:
    """Since when YouTube receives nothing of what the encoder sends; None while it does, or while it is not known."""
    stream, studio = observed.stream, observed.studio
    if state.phase not in (Phase.STANDBY, Phase.LIVE) or "youtube" in observed.away:
        return None
    if stream is None or stream.is_active or (studio is not None and not studio.is_streaming):
        return None
    if state.streaming_since is None:
        return None  # it has only just begun to send; what arrived before was of another try, or of another show
    return max(observed.receiving_at or state.streaming_since, state.streaming_since)


def watch(plan: ShowPlan, state: ShowState, observed: Observed, now: datetime) -> tuple[list[Note], datetime | None]:
    """The alarm to record, or its end; and when it will be due if nothing arrives until then."""
    stream = observed.stream
    since = empty_since(state, observed)
    ids = {"show": plan.id}
    if state.alarm_since is None:
        if since is None:
            return [], None
        if now < since + EMPTY_FOR:
            return [], since + EMPTY_FOR
        return [
            Note(kind=ALARM, ids=ids, data={"why": NOTHING_ARRIVES, "seconds": (now - since).total_seconds()})
        ], None
    if stream is not None and stream.is_active and stream.health is not Health.NO_DATA:
        return [Note(kind=ALARM_OVER, ids=ids, data={"why": "YouTube receives video again"})], None
    if state.phase not in (Phase.STANDBY, Phase.LIVE):
        return [Note(kind=ALARM_OVER, ids=ids, data={"why": "the show has come to its end"})], None
    if observed.studio is not None and not observed.studio.is_streaming:
        return [Note(kind=ALARM_OVER, ids=ids, data={"why": "OBS does not stream any more"})], None
    return [], None
