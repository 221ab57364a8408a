"""How is the video that arrives at YouTube, in a crew's words, and when is it an alarm?

What YouTube says counts, not what OBS believes: an encoder may be green while nothing arrives.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from broadcaster.season.plan import ShowPlan
from broadcaster.show.observed import Health, Observed
from broadcaster.show.phases import Phase
from broadcaster.show.records import ALARM, ALARM_OVER, Note
from broadcaster.show.state import ShowState

EMPTY_FOR = timedelta(seconds=15)
"""So long may nothing arrive at YouTube before it is an alarm."""
NOTHING_ARRIVES = "OBS streams, YouTube receives nothing: check the key and the network"

_OUTPUT = "OBS Settings > Output > Streaming"
_VIDEO = "OBS Settings > Video"
_AUDIO = "OBS Settings > Audio"
_ONE_ENCODER = "let one encoder alone stream to this key"
_SAME = "give the backup encoder the same settings as the first"

ISSUES: Mapping[str, str] = {
    "gopSizeOver": f"key frames are more than 4 s apart: set Keyframe Interval to 2 s in {_OUTPUT}",
    "gopSizeLong": f"key frames are far apart: set Keyframe Interval to 2 s in {_OUTPUT}",
    "gopSizeShort": f"key frames come too often: set Keyframe Interval to 2 s in {_OUTPUT}",
    "openGop": f"the video has open GOPs: choose another encoder or profile in {_OUTPUT}",
    "badContainer": "the video comes in a form that YouTube cannot read: stream by RTMP with H.264 and AAC",
    "audioBitrateHigh": f"the audio bitrate is high: set it to 128 kbit/s in {_OUTPUT}",
    "audioBitrateLow": f"the audio bitrate is low: set it to 128 kbit/s in {_OUTPUT}",
    "audioSampleRate": f"the audio's sample rate is unusual: choose 44.1 or 48 kHz in {_AUDIO}",
    "bitrateHigh": f"the bitrate is higher than YouTube wants for this size: lower it in {_OUTPUT}",
    "bitrateLow": f"the bitrate is too low for this size: raise it in {_OUTPUT}, or check the network's upload",
    "audioCodec": f"the audio is not AAC: choose AAC in {_OUTPUT}",
    "videoCodec": f"the video codec is not one that YouTube takes here: choose H.264 in {_OUTPUT}",
    "noAudioStream": "there is no sound: check OBS's audio mixer and the sources' devices",
    "noVideoStream": "there is no picture: check that OBS sends video, and restart its stream",
    "multipleVideoStreams": f"several pictures arrive in one stream: {_ONE_ENCODER}",
    "multipleAudioStreams": f"several audio tracks arrive: choose one audio track in {_OUTPUT}",
    "audioTooManyChannels": f"the sound has too many channels: choose Stereo in {_AUDIO}",
    "interlacedVideo": "the picture is interlaced: set the capture source to deinterlace, and OBS to progressive",
    "frameRateHigh": f"the frame rate is too high: choose 60 or fewer in {_VIDEO}",
    "resolutionMismatch": f"the two encoders send different sizes: {_SAME}",
    "videoCodecMismatch": f"the two encoders use different video codecs: {_SAME}",
    "videoInterlaceMismatch": f"one encoder is interlaced, the other is not: {_SAME}",
    "videoProfileMismatch": f"the two encoders use different H.264 profiles: {_SAME}",
    "videoBitrateMismatch": f"the two encoders send different video bitrates: {_SAME}",
    "framerateMismatch": f"the two encoders send different frame rates: {_SAME}",
    "gopMismatch": f"the two encoders have different key frame intervals: {_SAME}",
    "audioSampleRateMismatch": f"the two encoders send different audio sample rates: {_SAME}",
    "audioStereoMismatch": f"one encoder sends stereo, the other does not: {_SAME}",
    "audioCodecMismatch": f"the two encoders use different audio codecs: {_SAME}",
    "audioBitrateMismatch": f"the two encoders send different audio bitrates: {_SAME}",
    "videoResolutionSuboptimal": f"the picture has an unusual size: choose 1920x1080 or 1280x720 in {_VIDEO}",
    "videoResolutionUnsupported": f"YouTube does not take this picture size: choose 1920x1080 or 1280x720 in {_VIDEO}",
    "videoIngestionStarved": "video arrives too slowly, viewers see it stop: check the network's upload, or lower the "
    f"bitrate in {_OUTPUT}",
    "videoIngestionFasterThanRealtime": "video arrives faster than it plays: restart the stream in OBS",
}
"""Type of a configuration issue (platform-facts 1.4, DISC) -> what it means and what to do."""
_TYPES = {name.lower(): text for name, text in ISSUES.items()}


def plainly(issue: str) -> str:
    """One issue as a crew reads it; YouTube's own words where its type is new to us."""
    severity, _, rest = issue.partition(": ")
    words = rest or severity
    found = next((word for word in re.findall(r"[A-Za-z]+", words) if word.lower() in _TYPES), None)
    text = _TYPES[found.lower()] if found else words
    return f"{severity}: {text}" if rest else text


def health_alerts(state: ShowState, observed: Observed) -> list[str]:
    """What YouTube says of the video, while a show is on stage."""
    stream = observed.stream
    if stream is None or state.phase not in (Phase.STANDBY, Phase.LIVE):
        return []
    found = [f"YouTube says of the video: {plainly(issue)}" for issue in stream.issues]
    if stream.is_active and stream.health is Health.BAD and not found:
        found.append("YouTube says that the video is bad: look at the stream health in YouTube Studio")
    return found


def empty_since(state: ShowState, observed: Observed) -> datetime | None:
    """Since when YouTube receives nothing of what the encoder sends; None while it does, or while it is not known."""
    stream, studio = observed.stream, observed.studio
    if state.phase not in (Phase.STANDBY, Phase.LIVE) or "youtube" in observed.away:
        return None
    if stream is None or stream.is_active or (studio is not None and not studio.is_streaming):
        return None
    known = [at for at in (observed.receiving_at, state.streaming_since) if at is not None]
    return max(known, default=None)


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
