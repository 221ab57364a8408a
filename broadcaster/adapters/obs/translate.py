"""What do OBS's words mean in ours? Pure: no socket, no thread, no clock.

Facts are from obs-websocket's protocol (docs/generated/protocol.md, rpcVersion 1) and from OBS 29 to 32 as seen.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from broadcaster.ports import Ingest, Secret
from broadcaster.season.errors import FarEndError, NeedsHuman, OutcomeUnknown, Refused, Unavailable
from broadcaster.season.said import say
from broadcaster.show.observed import EncoderVitals, StudioSeen

OUTPUT_RUNNING = 500
OUTPUT_NOT_RUNNING = 501
STUDIO_MODE_NOT_ACTIVE = 506
NOT_READY = 207
RESOURCE_NOT_FOUND = 600

STARTING = "OBS_WEBSOCKET_OUTPUT_STARTING"
STARTED = "OBS_WEBSOCKET_OUTPUT_STARTED"
STOPPED = "OBS_WEBSOCKET_OUTPUT_STOPPED"
RECONNECTING = "OBS_WEBSOCKET_OUTPUT_RECONNECTING"
RECONNECTED = "OBS_WEBSOCKET_OUTPUT_RECONNECTED"

SETTINGS_MENU = "Tools > WebSocket Server Settings (obs-websocket Settings in OBS 28 and 29)"

STRUCTURE_EVENTS = frozenset(
    {
        "SceneCreated",
        "SceneRemoved",
        "SceneNameChanged",
        "SceneListChanged",
        "StudioModeStateChanged",
        "CurrentSceneTransitionChanged",
        "CurrentSceneTransitionDurationChanged",
        "CurrentProfileChanged",
        "CurrentSceneCollectionChanged",
    }
)
"""Events after which everything is read anew, since they do not say all that they change."""


def scene_names(scene_list: Mapping[str, Any]) -> tuple[str, ...]:
    """The scenes from top to bottom, as OBS shows them; `sceneIndex` counts from the bottom."""
    scenes = sorted(scene_list.get("scenes", ()), key=lambda scene: -int(scene.get("sceneIndex", 0)))
    return tuple(str(scene["sceneName"]) for scene in scenes)


def target(service: Mapping[str, Any]) -> str:
    """The fingerprint of the server and key in a GetStreamServiceSettings answer; empty if OBS holds none."""
    settings = service.get("streamServiceSettings") or {}
    server, key = str(settings.get("server") or ""), str(settings.get("key") or "")
    return Ingest(server=server, key=Secret(key)).fingerprint if server or key else ""


def service_settings(ingest: Ingest) -> dict[str, Any]:
    """SetStreamServiceSettings for `ingest`. The key stays a Secret, which JSON writes in full and logs do not."""
    return {
        "streamServiceType": "rtmp_custom",
        "streamServiceSettings": {"server": ingest.server, "key": ingest.key, "use_auth": False},
    }


def studio_seen(
    *,
    scene_list: Mapping[str, Any],
    stream: Mapping[str, Any],
    service: Mapping[str, Any],
    transition: Mapping[str, Any],
) -> StudioSeen:
    """The whole state from the answers of GetSceneList, -StreamStatus, -StreamServiceSettings, -SceneTransition.

    A fixed transition (Cut) has no duration. The preview is null outside studio mode.
    """
    return StudioSeen(
        program=str(scene_list.get("currentProgramSceneName") or ""),
        scenes=scene_names(scene_list),
        is_streaming=bool(stream.get("outputActive")),
        is_reconnecting=bool(stream.get("outputReconnecting")),
        preview=scene_list.get("currentPreviewSceneName") or None,
        target=target(service),
        transition=float(transition.get("transitionDuration") or 0) / 1000,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """How OBS and its machine do: versions, free disk of the recordings in MB, load in percent, frames a second."""

    version: str
    websocket: str
    disk_mb: float
    cpu_percent: float
    frames_a_second: float


def machine(version: Mapping[str, Any], stats: Mapping[str, Any]) -> Machine:
    """From the answers of GetVersion and GetStats."""
    return Machine(
        version=str(version.get("obsVersion", "")),
        websocket=str(version.get("obsWebSocketVersion", "")),
        disk_mb=float(stats.get("availableDiskSpace") or 0),
        cpu_percent=float(stats.get("cpuUsage") or 0),
        frames_a_second=float(stats.get("activeFps") or 0),
    )


def encoder_vitals(stream: Mapping[str, Any], before: Mapping[str, Any], seconds: float) -> EncoderVitals | None:
    """From two GetStreamStatus answers so many seconds apart; None while nothing streams."""
    if not stream.get("outputActive"):
        return None
    skipped, total = int(stream.get("outputSkippedFrames") or 0), int(stream.get("outputTotalFrames") or 0)
    sent = int(stream.get("outputBytes") or 0) - int(before.get("outputBytes") or 0)
    is_known = before.get("outputActive") and seconds > 0 and sent >= 0
    kbps = sent * 8 / 1000 / seconds if is_known else 0.0
    return EncoderVitals(
        congestion=round(float(stream.get("outputCongestion") or 0), 1),
        dropped_percent=round(100 * skipped / total, 1) if total > 0 else 0.0,
        kbps=int(float(f"{kbps:.1e}")),
    )


def half_frame(video: Mapping[str, Any]) -> float:
    """Half the time of one frame, in seconds, from a GetVideoSettings answer."""
    rate = float(video.get("fpsNumerator") or 30) / float(video.get("fpsDenominator") or 1)
    return 0.5 / max(rate, 1.0)


def after_stream_event(seen: StudioSeen, state: str) -> StudioSeen:
    """The state after StreamStateChanged. STARTING and STOPPING are requests under way: they change nothing yet."""
    match state:
        case "OBS_WEBSOCKET_OUTPUT_STARTED" | "OBS_WEBSOCKET_OUTPUT_RECONNECTED":
            return replace(seen, is_streaming=True, is_reconnecting=False)
        case "OBS_WEBSOCKET_OUTPUT_RECONNECTING":
            return replace(seen, is_streaming=True, is_reconnecting=True)
        case "OBS_WEBSOCKET_OUTPUT_STOPPED":
            return replace(seen, is_streaming=False, is_reconnecting=False)
        case _:
            return seen


def near(wanted: str, scenes: Iterable[str]) -> list[str]:
    """Scenes whose names look like the one wanted, nearest first; capitals do not count."""
    folded = {scene.casefold(): scene for scene in scenes}
    return [folded[match] for match in difflib.get_close_matches(wanted.casefold(), folded, n=3, cutoff=0.5)]


def unknown_scene(scene: str, scenes: Iterable[str]) -> Refused:
    """The error for a scene that OBS does not have."""
    names = list(scenes)
    guess = near(scene, names)
    if guess:
        hint = "did you mean " + " or ".join(f'"{name}"' for name in guess) + "?"
    else:
        hint = "OBS has " + ", ".join(f'"{name}"' for name in names[:12]) if names else "OBS has no scenes"
    return Refused(f'OBS has no scene "{scene}" ({hint}); rename it in OBS or in the season file', reason="600")


def no_studio_mode() -> Refused:
    """The error for an OBS that shows no preview."""
    return Refused(say("OBS shows no preview: switch Studio Mode on in OBS"), reason="studioModeOff")


def refusal(request: str, code: int, comment: str) -> FarEndError:
    """The error for an answer whose requestStatus is not a success."""
    said = f": {comment}" if comment else ""
    reason = str(code)
    if code == NOT_READY:
        return Unavailable(f"OBS is not ready for {request} yet (it is starting, closing or changing collections)",
                           reason=reason, retry_after=1.0)  # fmt: skip
    if code == 204:
        return Refused(f"this OBS does not know {request}{said}; update OBS to 28 or later", reason=reason)
    if code in (205, 702, 703):
        return Unavailable(f"OBS could not do {request} now{said}", reason=reason, retry_after=1.0)
    return Refused(f"OBS refused {request} (code {code}){said}", reason=reason)


def away(place: str, error: BaseException, *, timeout: float) -> Unavailable:
    """The error for an OBS that could not be reached at `place` (host:port)."""
    if isinstance(error, ConnectionRefusedError):
        return Unavailable(
            f"nothing answers at {place}: start OBS, and in {SETTINGS_MENU} enable the server on that port",
            reason="refused",
        )
    if _is_timeout(error):
        return Unavailable(
            f"OBS at {place} did not answer within {timeout:g} s: it is frozen, or a firewall is in between",
            reason="timeout",
        )
    return Unavailable(f"no obs-websocket 5 at {place} ({type(error).__name__}: {error}); look at {SETTINGS_MENU}",
                       reason="lost")  # fmt: skip


def wrong_password(place: str, *, given: bool) -> NeedsHuman:
    """The error for an OBS that did not accept the password."""
    what = "did not accept the password" if given else "asks for a password and config.toml names none"
    return NeedsHuman(f"OBS at {place} {what}: copy it from {SETTINGS_MENU}, Show Connect Info", reason="auth")


def no_answer(request: str, error: BaseException, *, timeout: float) -> FarEndError:
    """The error for a request that went out and got no answer; one that only reads applied nothing."""
    why = f"no answer within {timeout:g} s" if _is_timeout(error) else f"{type(error).__name__}: {error}"
    if is_read(request):
        return Unavailable(f"OBS did not answer {request} ({why})", reason="lost")
    return OutcomeUnknown(f"{request} was sent to OBS and no answer came ({why})", reason="lost")


def is_read(request: str) -> bool:
    """Whether a request only reads."""
    return request.startswith("Get")


def _is_timeout(error: BaseException) -> bool:
    # websocket-client's time-outs and obsws-python's are no TimeoutError, but are named as one.
    return isinstance(error, TimeoutError) or "timeout" in type(error).__name__.lower()
