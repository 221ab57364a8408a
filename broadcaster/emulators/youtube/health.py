"""What does YouTube find in the video that arrives, and how bad is it?

The issue types, severities and the four healths are declared. Which video brings which issue is our reading of what
YouTube advises to encoders: keyframes every two to four seconds, and the bitrates of BITRATES.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from broadcaster.emulators.youtube.settings import is_number

HEALTHS = ("good", "ok", "bad", "noData", "revoked")
SEVERITIES = ("info", "warning", "error")

BITRATES: Mapping[tuple[int, int], tuple[int, int]] = {
    (240, 30): (300, 700),
    (360, 30): (400, 1000),
    (480, 30): (500, 2000),
    (720, 30): (1500, 4000),
    (720, 60): (2250, 6000),
    (1080, 30): (3000, 6000),
    (1080, 60): (4500, 9000),
    (1440, 30): (6000, 13_000),
    (1440, 60): (9000, 18_000),
    (2160, 30): (13_000, 34_000),
    (2160, 60): (20_000, 51_000),
}
"""Advised kbit/s, from and to, by height and frames a second."""

HEIGHTS = sorted({height for height, _ in BITRATES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What an encoder sends. What nobody measured is None and never an issue."""

    video: bool = True
    audio: bool = True
    stalled: bool = False
    """The connection stands, and nothing comes through it."""
    bitrate_kbps: float | None = None
    keyframe_seconds: float | None = None
    fps: float | None = None
    height: int | None = None

    def changed(self, document: Mapping[str, Any]) -> "Feed":
        """This feed with what a JSON object says of it; raises ValueError that says what is wrong."""
        known = {each.name: each.type for each in fields(self)}
        for name, value in document.items():
            if name not in known:
                near = difflib.get_close_matches(str(name), known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
                raise ValueError(f"unknown key {name!r} ({hint})")
            if known[name] is bool and not isinstance(value, bool):
                raise ValueError(f"{name!r} is true or false")
            if known[name] is not bool and value is not None and not is_number(value):
                raise ValueError(f"{name!r} is a number, or null when it is not known")
        return replace(self, **document)

    def can_be_shown(self, *, needs_audio: bool) -> bool:
        """Whether a stream becomes active with this."""
        return self.video and (self.audio or not needs_audio) and not self.stalled


def health_of(issues: Sequence[Mapping[str, Any]]) -> str:
    """The health that these issues leave: good below a warning, ok below an error, else bad."""
    found = {issue.get("severity") for issue in issues}
    return "bad" if "error" in found else "ok" if "warning" in found else "good"


def issues_of(feed: Feed, *, resolution: str, frame_rate: str, is_starved: bool) -> list[dict[str, Any]]:
    """The configurationIssues of that feed at a stream that was made for this resolution and frame rate."""
    found: list[dict[str, Any]] = []
    if is_starved:
        text = "YouTube is not receiving enough video to maintain smooth streaming. Viewers will see buffering."
        found.append(_issue("videoIngestionStarved", "error", text))
    if not feed.video:
        found.append(_issue("noVideoStream", "error", "No video is arriving. Check that the encoder sends video."))
    if not feed.audio:
        found.append(_issue("noAudioStream", "error", "No audio is arriving. Check that the encoder sends audio."))
    return found + (_picture_issues(feed, resolution, frame_rate) if feed.video and not is_starved else [])


def _picture_issues(feed: Feed, resolution: str, frame_rate: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if feed.bitrate_kbps is not None:
        found += _bitrate_issues(feed, feed.bitrate_kbps, resolution)
    if feed.keyframe_seconds is not None and feed.keyframe_seconds > 4:
        text = f"Keyframes come every {feed.keyframe_seconds:g} seconds. Use a keyframe frequency of 4 seconds or less."
        found.append(_issue("gopSizeLong", "error" if feed.keyframe_seconds > 8 else "warning", text))
    if feed.keyframe_seconds is not None and feed.keyframe_seconds < 1:
        text = f"Keyframes come every {feed.keyframe_seconds:g} seconds, which wastes bitrate. Use 2 seconds."
        found.append(_issue("gopSizeShort", "info", text))
    if feed.fps is not None and feed.fps > (31 if frame_rate == "30fps" else 61):
        text = f"The frame rate is {feed.fps:g}. Use {frame_rate if frame_rate != 'variable' else '60fps'} or less."
        found.append(_issue("frameRateHigh", "error", text))
    if feed.height is not None:
        found += _height_issues(feed.height, resolution)
    return found


def _bitrate_issues(feed: Feed, kbps: float, resolution: str) -> list[dict[str, Any]]:
    height = feed.height or (1080 if resolution == "variable" else int(resolution.removesuffix("p")))
    rung = next((each for each in HEIGHTS if each >= height), HEIGHTS[-1])
    rate = 60 if (feed.fps or 30) > 31 and (rung, 60) in BITRATES else 30
    lowest, highest = BITRATES[rung, rate]
    text = f"The stream's bitrate is {kbps:g} kbit/s. {lowest} to {highest} is advised for {rung}p at {rate}."
    if kbps < lowest:
        return [_issue("bitrateLow", "error" if kbps < lowest / 2 else "warning", text)]
    return [_issue("bitrateHigh", "warning", text)] if kbps > highest else []


def _height_issues(height: int, resolution: str) -> list[dict[str, Any]]:
    if height > HEIGHTS[-1]:
        return [_issue("videoResolutionUnsupported", "error", f"{height} lines are more than YouTube can show.")]
    if resolution != "variable" and f"{height}p" != resolution:
        text = f"The video has {height} lines, and the stream was made for {resolution}."
        return [_issue("resolutionMismatch", "warning", text)]
    if height not in HEIGHTS:
        return [_issue("videoResolutionSuboptimal", "warning", f"{height} lines are none of the usual resolutions.")]
    return []


REASONS: Mapping[str, str] = {
    "videoIngestionStarved": "Not receiving enough video",
    "noVideoStream": "No video",
    "noAudioStream": "No audio",
    "bitrateLow": "Low bitrate",
    "bitrateHigh": "High bitrate",
    "gopSizeLong": "Bad video settings: keyframes too far apart",
    "gopSizeShort": "Keyframes too close together",
    "frameRateHigh": "Bad video settings: frame rate too high",
    "resolutionMismatch": "Check video resolution",
    "videoResolutionSuboptimal": "Check video resolution",
    "videoResolutionUnsupported": "Video resolution not supported",
}


def _issue(kind: str, severity: str, description: str) -> dict[str, Any]:
    return {"type": kind, "severity": severity, "reason": REASONS[kind], "description": description}
