"""What does OBS answer about inputs, scene items and pictures?"""

import asyncio
import math
from typing import Any

from broadcaster.emulators.obs import picture
from broadcaster.emulators.obs.codes import Intent, RequestRefused, Status
from broadcaster.emulators.obs.fields import Fields
from broadcaster.emulators.obs.machine import Machine
from broadcaster.emulators.obs.requests import Requests
from broadcaster.emulators.obs.state import Input, Item, Scene

inputs = Requests()

KINDS = (
    "browser_source",
    "color_source_v3",
    "ffmpeg_source",
    "image_source",
    "pulse_input_capture",
    "text_ft2_source_v2",
    "text_gdiplus_v3",
    "vlc_source",
)


def _emit(machine: Machine, event: str, source: Input, **more: Any) -> None:
    named = {"inputName": source.name, **machine.uuids(inputUuid=source.uuid)}
    machine.emit(event, Intent.INPUTS, named | more)


def _emit_item(machine: Machine, event: str, scene: Scene, item: Item, **more: Any) -> None:
    named = {
        "sceneName": scene.name,
        "sourceName": item.source.name,
        "sceneItemId": item.id,
        **machine.uuids(sceneUuid=scene.uuid, sourceUuid=item.source.uuid),
    }
    machine.emit(event, Intent.SCENE_ITEMS, named | more)


def _unversioned(kind: str) -> str:
    base, _, version = kind.rpartition("_v")
    return base if base and version.isdigit() else kind


@inputs.answers("GetInputKindList")
async def _get_kinds(machine: Machine, fields: Fields) -> dict[str, Any]:
    return {"inputKinds": list(KINDS)}


@inputs.answers("GetInputList")
async def _get_inputs(machine: Machine, fields: Fields) -> dict[str, Any]:
    wanted = fields.text("inputKind") if fields.has("inputKind") else ""
    return {
        "inputs": [
            {
                "inputName": source.name,
                "inputKind": source.kind,
                "unversionedInputKind": _unversioned(source.kind),
                **machine.uuids(inputUuid=source.uuid),
            }
            for source in machine.state.inputs
            if wanted in ("", source.kind)
        ]
    }


@inputs.answers("GetSpecialInputs")
async def _get_special(machine: Machine, fields: Fields) -> dict[str, Any]:
    return dict.fromkeys(("desktop1", "desktop2", "mic1", "mic2", "mic3", "mic4"))


@inputs.answers("CreateInput")
async def _create_input(machine: Machine, fields: Fields) -> dict[str, Any]:
    scene = machine.state.scene(fields)
    name, kind = fields.text("inputName"), fields.text("inputKind")
    machine.state.refuse_taken(name, "A source already exists by that input name.")
    if kind not in KINDS:
        raise RequestRefused(Status.INPUT_KIND, "Your specified input kind is not supported by OBS.")
    settings = fields.object("inputSettings", may_be_empty=True) if fields.has("inputSettings") else {}
    enabled = fields.boolean("sceneItemEnabled") if fields.has("sceneItemEnabled") else True
    source = Input(name, kind=kind, settings=dict(settings))
    machine.state.inputs.append(source)
    item = scene.add(source, enabled=enabled)
    about = {"inputKind": kind, "unversionedInputKind": _unversioned(kind), "defaultInputSettings": {}}
    _emit(machine, "InputCreated", source, inputSettings=dict(settings), **about)
    _emit_item(machine, "SceneItemCreated", scene, item, sceneItemIndex=len(scene.items) - 1)
    return {**machine.uuids(inputUuid=source.uuid), "sceneItemId": item.id}


@inputs.answers("RemoveInput")
async def _remove_input(machine: Machine, fields: Fields) -> None:
    source = machine.state.input(fields)
    machine.state.inputs.remove(source)
    for scene in machine.state.scenes:
        for item in [each for each in scene.items if each.source is source]:
            scene.items.remove(item)
            _emit_item(machine, "SceneItemRemoved", scene, item)
    _emit(machine, "InputRemoved", source)


@inputs.answers("GetInputSettings")
async def _get_settings(machine: Machine, fields: Fields) -> dict[str, Any]:
    source = machine.state.input(fields)
    return {"inputSettings": dict(source.settings), "inputKind": source.kind}


@inputs.answers("SetInputSettings")
async def _set_settings(machine: Machine, fields: Fields) -> None:
    source = machine.state.input(fields)
    settings = fields.object("inputSettings", may_be_empty=True)
    overlay = fields.boolean("overlay") if fields.has("overlay") else True
    source.settings = source.settings | settings if overlay else dict(settings)
    if machine.has_uuids:  # the event came with the same version
        _emit(machine, "InputSettingsChanged", source, inputSettings=dict(source.settings))


@inputs.answers("GetInputMute")
async def _get_mute(machine: Machine, fields: Fields) -> dict[str, Any]:
    return {"inputMuted": machine.state.input(fields).muted}


@inputs.answers("SetInputMute")
async def _set_mute(machine: Machine, fields: Fields) -> None:
    source = machine.state.input(fields)
    source.muted = fields.boolean("inputMuted")
    _emit(machine, "InputMuteStateChanged", source, inputMuted=source.muted)


@inputs.answers("ToggleInputMute")
async def _toggle_mute(machine: Machine, fields: Fields) -> dict[str, Any]:
    source = machine.state.input(fields)
    source.muted = not source.muted
    _emit(machine, "InputMuteStateChanged", source, inputMuted=source.muted)
    return {"inputMuted": source.muted}


def _volume(source: Input) -> dict[str, Any]:
    return {"inputVolumeMul": 10 ** (source.volume_db / 20), "inputVolumeDb": source.volume_db}


@inputs.answers("GetInputVolume")
async def _get_volume(machine: Machine, fields: Fields) -> dict[str, Any]:
    return _volume(machine.state.input(fields))


@inputs.answers("SetInputVolume")
async def _set_volume(machine: Machine, fields: Fields) -> None:
    source = machine.state.input(fields)
    if fields.has("inputVolumeMul") == fields.has("inputVolumeDb"):
        code = Status.TOO_MANY_FIELDS if fields.has("inputVolumeDb") else Status.MISSING_FIELD
        raise RequestRefused(code, "You must specify one volume field.")
    if fields.has("inputVolumeDb"):
        source.volume_db = fields.number("inputVolumeDb", -100, 26)
    else:
        factor = fields.number("inputVolumeMul", 0, 20)
        source.volume_db = max(-100.0, 20 * math.log10(factor)) if factor else -100.0
    _emit(machine, "InputVolumeChanged", source, **_volume(source))


@inputs.answers("GetSceneItemList")
async def _get_items(machine: Machine, fields: Fields) -> dict[str, Any]:
    scene = machine.state.scene(fields)
    return {
        "sceneItems": [
            {
                "sceneItemId": item.id,
                "sceneItemIndex": index,
                "sourceName": item.source.name,
                "sourceType": "OBS_SOURCE_TYPE_INPUT",
                "inputKind": item.source.kind,
                "isGroup": None,
                "sceneItemEnabled": item.enabled,
                "sceneItemLocked": False,
                **machine.uuids(sourceUuid=item.source.uuid),
            }
            for index, item in enumerate(scene.items)
        ]
    }


@inputs.answers("GetSceneItemId")
async def _get_item_id(machine: Machine, fields: Fields) -> dict[str, Any]:
    scene = machine.state.scene(fields)
    name = fields.text("sourceName")
    for item in scene.items:
        if item.source.name == name:
            return {"sceneItemId": item.id}
    raise RequestRefused(Status.NOT_FOUND, "No scene items were found in the specified scene by that name or offset.")


@inputs.answers("GetSceneItemEnabled")
async def _get_item_enabled(machine: Machine, fields: Fields) -> dict[str, Any]:
    return {"sceneItemEnabled": machine.state.item(fields)[1].enabled}


@inputs.answers("SetSceneItemEnabled")
async def _set_item_enabled(machine: Machine, fields: Fields) -> None:
    scene, item = machine.state.item(fields)
    enabled = fields.boolean("sceneItemEnabled")
    if item.enabled != enabled:
        item.enabled = enabled
        _emit_item(machine, "SceneItemEnableStateChanged", scene, item, sceneItemEnabled=enabled)


@inputs.answers("GetSourceScreenshot")
async def _get_screenshot(machine: Machine, fields: Fields) -> dict[str, Any]:
    source = machine.state.source(fields, "source")
    kind = fields.text("imageFormat")
    if kind not in picture.FORMATS:
        raise RequestRefused(
            Status.FIELD_INVALID, "Your specified image format is invalid or not supported by this system."
        )
    width = int(fields.number("imageWidth", 8, 4096)) if fields.has("imageWidth") else None
    height = int(fields.number("imageHeight", 8, 4096)) if fields.has("imageHeight") else None
    quality = int(fields.number("imageCompressionQuality", -1, 100)) if fields.has("imageCompressionQuality") else -1
    size = picture.size_of(width, height)
    # in a thread: drawing takes milliseconds, and a rehearsal's cues share this loop
    url = await asyncio.to_thread(picture.data_url, kind, size, _colour(source), source.name, quality)
    return {"imageData": url}


def _colour(source: Scene | Input) -> tuple[int, int, int]:
    """The uppermost colour source that is seen, or a colour that stays with the name."""
    seen = [item.source for item in source.items if item.enabled] if isinstance(source, Scene) else [source]
    for each in reversed(seen):
        colour = each.settings.get("color")
        if each.kind.startswith("color_source") and isinstance(colour, int):
            return colour & 0xFF, colour >> 8 & 0xFF, colour >> 16 & 0xFF
    return picture.colour_of(source.name)
