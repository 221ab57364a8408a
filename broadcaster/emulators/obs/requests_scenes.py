"""What does OBS answer about scenes, transitions and studio mode?"""

from typing import Any

from broadcaster.emulators.obs.codes import Intent, RequestRefused, Status
from broadcaster.emulators.obs.fields import Fields
from broadcaster.emulators.obs.machine import Machine
from broadcaster.emulators.obs.requests import Requests
from broadcaster.emulators.obs.state import TRANSITIONS, Scene

scenes = Requests()


def _current(machine: Machine, which: str, scene: Scene) -> dict[str, Any]:
    names = {"sceneName": scene.name, f"current{which}SceneName": scene.name}
    return names | machine.uuids(**{"sceneUuid": scene.uuid, f"current{which}SceneUuid": scene.uuid})


def _need_studio_mode(machine: Machine) -> Scene:
    if machine.state.preview is None:
        raise RequestRefused(Status.STUDIO_MODE_NOT_ACTIVE)
    return machine.state.preview


@scenes.answers("GetSceneList")
async def _get_scene_list(machine: Machine, fields: Fields) -> dict[str, Any]:
    program, preview = machine.state.program, machine.state.preview
    return {
        "currentProgramSceneName": program.name,
        "currentPreviewSceneName": preview.name if preview else None,
        **machine.uuids(
            currentProgramSceneUuid=program.uuid, currentPreviewSceneUuid=preview.uuid if preview else None
        ),
        "scenes": machine.scene_list(),
    }


@scenes.answers("GetCurrentProgramScene")
async def _get_program(machine: Machine, fields: Fields) -> dict[str, Any]:
    return _current(machine, "Program", machine.state.program)


@scenes.answers("SetCurrentProgramScene")
async def _set_program(machine: Machine, fields: Fields) -> None:
    await machine.take(machine.state.scene(fields))


@scenes.answers("GetCurrentPreviewScene")
async def _get_preview(machine: Machine, fields: Fields) -> dict[str, Any]:
    return _current(machine, "Preview", _need_studio_mode(machine))


@scenes.answers("SetCurrentPreviewScene")
async def _set_preview(machine: Machine, fields: Fields) -> None:
    _need_studio_mode(machine)
    machine.set_preview(machine.state.scene(fields))


@scenes.answers("CreateScene")
async def _create_scene(machine: Machine, fields: Fields) -> dict[str, Any]:
    name = fields.text("sceneName")
    machine.state.refuse_taken(name, "A source already exists by that scene name.")
    scene = Scene(name)
    machine.state.scenes.append(scene)
    machine.emit_scene("SceneCreated", scene, isGroup=False)
    machine.emit_scene_list()
    return {**machine.uuids(sceneUuid=scene.uuid)}


@scenes.answers("RemoveScene")
async def _remove_scene(machine: Machine, fields: Fields) -> None:
    scene = machine.state.scene(fields)
    if len(machine.state.scenes) < 2:
        raise RequestRefused(Status.NOT_ENOUGH, "You cannot remove the last scene in the collection.")
    machine.remove_scene(scene)


@scenes.answers("SetSceneName")
async def _set_scene_name(machine: Machine, fields: Fields) -> None:
    scene = machine.state.scene(fields)
    name = fields.text("newSceneName")
    machine.state.refuse_taken(name, "A source already exists by that new scene name.")
    old, scene.name = scene.name, name
    machine.emit_scene("SceneNameChanged", scene, oldSceneName=old)
    machine.emit_scene_list()


@scenes.answers("GetSceneTransitionList")
async def _get_transitions(machine: Machine, fields: Fields) -> dict[str, Any]:
    current = machine.state.transition
    return {
        "currentSceneTransitionName": current,
        "currentSceneTransitionKind": TRANSITIONS[current],
        "transitions": [machine.transition_document(name) for name in TRANSITIONS],
    }


@scenes.answers("GetCurrentSceneTransition")
async def _get_transition(machine: Machine, fields: Fields) -> dict[str, Any]:
    current = machine.state.transition
    return {
        **machine.transition_document(current),
        "transitionDuration": None if current == "Cut" else machine.state.fade_ms,
        "transitionSettings": None,
    }


@scenes.answers("SetCurrentSceneTransition")
async def _set_transition(machine: Machine, fields: Fields) -> None:
    name = fields.text("transitionName")
    if name not in TRANSITIONS:
        raise RequestRefused(Status.NOT_FOUND, "No scene transition was found by that name.")
    if name != machine.state.transition:
        machine.state.transition = name
        machine.emit("CurrentSceneTransitionChanged", Intent.TRANSITIONS, {"transitionName": name})


@scenes.answers("SetCurrentSceneTransitionDuration")
async def _set_duration(machine: Machine, fields: Fields) -> None:
    machine.state.fade_ms = int(fields.number("transitionDuration", 50, 20000))
    data = {"transitionDuration": machine.state.fade_ms}
    machine.emit("CurrentSceneTransitionDurationChanged", Intent.TRANSITIONS, data)


@scenes.answers("GetStudioModeEnabled")
async def _get_studio_mode(machine: Machine, fields: Fields) -> dict[str, Any]:
    return {"studioModeEnabled": machine.state.preview is not None}


@scenes.answers("SetStudioModeEnabled")
async def _set_studio_mode(machine: Machine, fields: Fields) -> None:
    machine.set_studio_mode(fields.boolean("studioModeEnabled"))


@scenes.answers("TriggerStudioModeTransition")
async def _trigger(machine: Machine, fields: Fields) -> None:
    await machine.take(_need_studio_mode(machine))
