"""What happens inside an OBS, and when, after somebody asks for it?

The order and the delays of a take were measured on a real OBS: with Cut the transition starts about 10 ms after the
request, the reply leaves at 15, the picture has changed at 35 and the new scene is reported at 40; with Fade the last
two come at its end. A scene that is on program already makes no event.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from broadcaster.emulators.obs.codes import Intent
from broadcaster.emulators.obs.encoder import Encoder, Spawn
from broadcaster.emulators.obs.recorder import Recorder
from broadcaster.emulators.obs.state import TRANSITIONS, ObsState, Scene, Take
from broadcaster.ports import Clock

START_SECONDS = 0.010
REPLY_SECONDS = 0.005
CUT_SECONDS = 0.020
REPORT_SECONDS = 0.005
SAME_SCENE_SECONDS = 0.003


class Machine:
    """One running OBS: what it remembers, its mixer, its outputs, and the events it makes."""

    def __init__(
        self,
        clock: Clock,
        state: ObsState,
        *,
        version: str,
        pause: Callable[[float], Coroutine[Any, Any, None]],
        spawn: Spawn,
        emit: Callable[[str, Intent, dict[str, Any]], None],
    ) -> None:
        self.clock = clock
        self.state = state
        self.version = version
        self.pause = pause
        self.spawn = spawn
        self.emit = emit
        self.started = clock.now()
        self.available_requests: tuple[str, ...] = ()
        self.encoder = Encoder(clock, state, pause=pause, spawn=spawn, emit=self.emit_output)
        self.recorder = Recorder(clock, emit=self.emit_output)
        self._ui = asyncio.Lock()  # OBS does such things on its one user-interface thread
        self._transition = 0

    @property
    def has_uuids(self) -> bool:
        """Whether this version names things by UUID also (5.4 and later)."""
        return tuple(int(part) for part in self.version.split(".")[:2]) >= (5, 4)

    def uuids(self, **names: str | None) -> dict[str, str | None]:
        """The UUID fields of an answer or event, none for a version without them."""
        return names if self.has_uuids else {}

    def emit_output(self, event: str, state: str, active: bool, more: dict[str, Any] | None = None) -> None:
        """Tell that an output changed its state."""
        data = {"outputActive": active, "outputState": f"OBS_WEBSOCKET_OUTPUT_{state}", **(more or {})}
        self.emit(event, Intent.OUTPUTS, data)

    def emit_scene(self, event: str, scene: Scene, **more: Any) -> None:
        """Tell something about a scene."""
        self.emit(event, Intent.SCENES, {"sceneName": scene.name, **self.uuids(sceneUuid=scene.uuid), **more})

    def scene_list(self) -> list[dict[str, Any]]:
        """The scenes as OBS lists them: the last one first, index 0."""
        return [
            {"sceneName": scene.name, "sceneIndex": index, **self.uuids(sceneUuid=scene.uuid)}
            for index, scene in enumerate(reversed(self.state.scenes))
        ]

    def emit_scene_list(self) -> None:
        """Tell the new list of scenes."""
        self.emit("SceneListChanged", Intent.SCENES, {"scenes": self.scene_list()})

    async def take(self, scene: Scene) -> datetime | None:
        """Put a scene on program and return when OBS would reply: shortly after the transition began.

        Returns when it began, or None when the scene was on program already.
        """
        state = self.state
        async with self._ui:
            if scene is state.program:
                await self.pause(SAME_SCENE_SECONDS)
                return None
            await self.pause(START_SECONDS)
            if scene not in state.scenes:
                return None  # removed while the user-interface thread was busy
            before, state.program = state.program, scene
            self._transition += 1
            take = Take(self.clock.now(), scene.name)
            state.takes.append(take)
            name = state.transition
            self.emit("SceneTransitionStarted", Intent.TRANSITIONS, {"transitionName": name})
            swap = before if state.preview is not None else None
            self.spawn(self._finish(self._transition, scene, take, name, swap), name=f"transition to {scene.name}")
            await self.pause(REPLY_SECONDS)
            return take.at

    async def _finish(self, number: int, scene: Scene, take: Take, name: str, swap: Scene | None) -> None:
        seconds = CUT_SECONDS if name == "Cut" else self.state.fade_ms / 1000
        await self.pause(REPLY_SECONDS + seconds)
        if number != self._transition:
            return  # interrupted by the next take: OBS reports no end
        self.emit("SceneTransitionVideoEnded", Intent.TRANSITIONS, {"transitionName": name})
        await self.pause(REPORT_SECONDS)
        if number != self._transition or scene not in self.state.scenes:
            return
        take.changed = self.clock.now()
        self.emit_scene("CurrentProgramSceneChanged", scene)
        self.emit("SceneTransitionEnded", Intent.TRANSITIONS, {"transitionName": name})
        if swap in self.state.scenes and swap is not None and self.state.preview is not None:
            self.set_preview(swap)

    def set_preview(self, scene: Scene) -> None:
        """Put a scene on preview; only in studio mode."""
        if self.state.preview is not scene:
            self.state.preview = scene
            self.emit_scene("CurrentPreviewSceneChanged", scene)

    def set_studio_mode(self, enabled: bool) -> None:
        """Enter or leave studio mode; the program stays."""
        if enabled == (self.state.preview is not None):
            return
        self.state.preview = self.state.program if enabled else None
        self.emit("StudioModeStateChanged", Intent.UI, {"studioModeEnabled": enabled})

    def remove_scene(self, scene: Scene) -> None:
        """Remove a scene; another takes its place on program and preview."""
        state = self.state
        state.scenes.remove(scene)
        if state.saved is scene:
            state.saved = state.scenes[0]
        self.emit_scene("SceneRemoved", scene, isGroup=False)
        if state.program is scene:
            state.program = state.scenes[0]
            state.takes.append(Take(self.clock.now(), state.program.name, self.clock.now()))
            self.emit_scene("CurrentProgramSceneChanged", state.program)
        if state.preview is scene:
            self.set_preview(state.program)
        self.emit_scene_list()

    def transition_document(self, name: str) -> dict[str, Any]:
        """A transition as OBS describes it."""
        return {
            "transitionName": name,
            "transitionKind": TRANSITIONS[name],
            "transitionFixed": name == "Cut",
            "transitionConfigurable": False,
        }
