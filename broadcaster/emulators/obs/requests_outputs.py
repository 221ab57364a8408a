"""What does OBS answer about itself, its stream and its recording?"""

from typing import Any

from broadcaster.emulators.obs import picture
from broadcaster.emulators.obs.codes import Intent, RequestRefused, Status
from broadcaster.emulators.obs.fields import Fields
from broadcaster.emulators.obs.machine import Machine
from broadcaster.emulators.obs.requests import Requests

outputs = Requests()

VIDEO = {
    "fpsNumerator": 30,
    "fpsDenominator": 1,
    "baseWidth": picture.SIZE[0],
    "baseHeight": picture.SIZE[1],
    "outputWidth": picture.SIZE[0],
    "outputHeight": picture.SIZE[1],
}


@outputs.answers("GetVersion")
async def _get_version(machine: Machine, fields: Fields) -> dict[str, Any]:
    return {
        "obsVersion": "30.2.3",
        "obsWebSocketVersion": machine.version,
        "rpcVersion": 1,
        "availableRequests": sorted(machine.available_requests),
        "supportedImageFormats": list(picture.FORMATS),
        "platform": "emulator",
        "platformDescription": "Broadcaster's emulated OBS",
    }


@outputs.answers("GetStats")
async def _get_stats(machine: Machine, fields: Fields) -> dict[str, Any]:
    frames = int((machine.clock.now() - machine.started).total_seconds() * 30)
    stream = machine.encoder.document()
    return {
        "cpuUsage": 3.5,
        "memoryUsage": 220.0,
        "availableDiskSpace": 100_000.0,
        "activeFps": 30.0,
        "averageFrameRenderTime": 1.5,
        "renderSkippedFrames": 0,
        "renderTotalFrames": frames,
        "outputSkippedFrames": stream["outputSkippedFrames"],
        "outputTotalFrames": stream["outputTotalFrames"],
        "webSocketSessionIncomingMessages": 0,
        "webSocketSessionOutgoingMessages": 0,
    }


@outputs.answers("BroadcastCustomEvent")
async def _broadcast(machine: Machine, fields: Fields) -> None:
    machine.emit("CustomEvent", Intent.GENERAL, fields.object("eventData", may_be_empty=True))


@outputs.answers("GetVideoSettings")
async def _get_video(machine: Machine, fields: Fields) -> dict[str, Any]:
    return dict(VIDEO)


@outputs.answers("GetStreamServiceSettings")
async def _get_service(machine: Machine, fields: Fields) -> dict[str, Any]:
    return {
        "streamServiceType": machine.state.service_type,
        "streamServiceSettings": dict(machine.state.service),
    }


@outputs.answers("SetStreamServiceSettings")
async def _set_service(machine: Machine, fields: Fields) -> None:
    if machine.encoder.active:
        raise RequestRefused(Status.OUTPUT_RUNNING, "You cannot change stream service settings while streaming.")
    kind = fields.text("streamServiceType")
    settings = fields.object("streamServiceSettings")
    if kind not in ("rtmp_custom", "rtmp_common", "whip_custom"):
        raise RequestRefused(Status.FIELD_INVALID, f"There is no stream service of the type `{kind}`.")
    # Settings of the same kind of service are merged, those of another kind replaced.
    merged = machine.state.service | settings if kind == machine.state.service_type else dict(settings)
    machine.state.service_type, machine.state.service = kind, merged


@outputs.answers("GetStreamStatus")
async def _get_stream(machine: Machine, fields: Fields) -> dict[str, Any]:
    return machine.encoder.document()


@outputs.answers("StartStream")
async def _start_stream(machine: Machine, fields: Fields) -> None:
    if machine.encoder.active:
        raise RequestRefused(Status.OUTPUT_RUNNING)
    machine.encoder.start()  # Success means requested, no more


@outputs.answers("StopStream")
async def _stop_stream(machine: Machine, fields: Fields) -> None:
    if not machine.encoder.active:
        raise RequestRefused(Status.OUTPUT_NOT_RUNNING)
    machine.encoder.stop()


@outputs.answers("ToggleStream")
async def _toggle_stream(machine: Machine, fields: Fields) -> dict[str, Any]:
    was_active = machine.encoder.active
    if was_active:
        machine.encoder.stop()
    else:
        machine.encoder.start()
    return {"outputActive": not was_active}


@outputs.answers("GetRecordStatus")
async def _get_record(machine: Machine, fields: Fields) -> dict[str, Any]:
    return machine.recorder.document()


@outputs.answers("StartRecord")
async def _start_record(machine: Machine, fields: Fields) -> None:
    if machine.recorder.active:
        raise RequestRefused(Status.OUTPUT_RUNNING)
    machine.recorder.start()


@outputs.answers("StopRecord")
async def _stop_record(machine: Machine, fields: Fields) -> dict[str, Any]:
    if not machine.recorder.active:
        raise RequestRefused(Status.OUTPUT_NOT_RUNNING)
    return {"outputPath": machine.recorder.stop()}


@outputs.answers("ToggleRecord")
async def _toggle_record(machine: Machine, fields: Fields) -> dict[str, Any]:
    if machine.recorder.active:
        machine.recorder.stop()
    else:
        machine.recorder.start()
    return {"outputActive": machine.recorder.active}
