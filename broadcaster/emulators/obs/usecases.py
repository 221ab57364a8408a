"""What can a hand do to an OBS, besides asking over the websocket?

The same verbs serve tests and `POST /control/hand`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from aiohttp import web

from broadcaster.emulators.control import json_response, read_json
from broadcaster.emulators.obs.codes import CloseCode, Intent
from broadcaster.emulators.obs.state import Scene

if TYPE_CHECKING:
    from broadcaster.emulators.obs.service import EmulatedOBS

RELAUNCH_SECONDS = 1.0


class UseCases:
    """Verbs. Each returns once it has happened."""

    def __init__(self, obs: "EmulatedOBS") -> None:
        self._obs = obs

    def _scene(self, name: str) -> Scene:
        for scene in self._obs.state.scenes:
            if scene.name == name:
                return scene
        raise ValueError(f"no scene {name!r}; there are: {', '.join(scene.name for scene in self._obs.state.scenes)}")

    async def cut_by_hand(self, scene: str) -> None:
        """Somebody at the machine clicks a scene; raises ValueError when there is none of that name."""
        await self._obs.machine.take(self._scene(scene))

    async def start_stream_by_hand(self) -> None:
        """Somebody clicks Start Streaming."""
        self._obs.machine.encoder.start()

    async def stop_stream_by_hand(self) -> None:
        """Somebody clicks Stop Streaming; returns once it has stopped."""
        if self._obs.machine.encoder.active:
            await self._obs.machine.encoder.stop()

    async def crash(self, seconds: float = RELAUNCH_SECONDS) -> None:
        """The process dies and is up again after `seconds`: no word to anybody, the last saved scene on program."""
        obs = self._obs
        obs.room.go_down(seconds)
        obs.cancel_tasks()
        await obs.machine.encoder.die()
        obs.start_machine()

    async def restart(self, seconds: float = RELAUNCH_SECONDS) -> None:
        """Somebody quits OBS and starts it again: clients are told, outputs stop, the scene is saved."""
        obs = self._obs
        obs.state.saved = obs.state.program
        await obs.say_goodbye()
        await self.crash(seconds)

    async def lose_network(self, seconds: float) -> None:
        """The way to the ingest is cut for `seconds`; the websocket is not."""
        await self._obs.machine.encoder.lose_network(seconds)

    async def freeze(self, seconds: float) -> None:
        """The process hangs for `seconds`: sockets stay open and nothing is read or said."""
        self._obs.freeze(seconds)

    async def kick(self) -> None:
        """Somebody presses Kick beside every session: close code 4011, which forbids to come back by itself."""
        for session in self._obs.sessions:
            session.close(CloseCode.SESSION_INVALIDATED, "Your session has been invalidated.")

    async def change_collection(self, seconds: float = 1.0) -> None:
        """Another scene collection is loaded, with the same scenes: requests are answered 207 until it is there."""
        obs = self._obs
        collection = {"sceneCollectionName": "Untitled"}
        obs.emit("CurrentSceneCollectionChanging", Intent.CONFIG, collection)
        obs.is_ready = False
        await obs.pause(seconds)
        obs.is_ready = True
        obs.emit("CurrentSceneCollectionChanged", Intent.CONFIG, collection)

    async def answer(self, request: web.Request) -> web.Response:
        """POST /control/hand."""
        try:
            document = await read_json(request)
            await self.do(document)
        except ValueError as error:
            return json_response({"error": str(error)}, status=400)
        return json_response({"done": document})

    async def do(self, document: Any) -> None:
        """Do what a JSON document says; raises ValueError when it cannot be read."""
        verbs: Mapping[str, tuple[Callable[..., Awaitable[None]], tuple[str, ...]]] = {
            "cut": (self.cut_by_hand, ("scene",)),
            "start_stream": (self.start_stream_by_hand, ()),
            "stop_stream": (self.stop_stream_by_hand, ()),
            "crash": (self.crash, ("seconds",)),
            "restart": (self.restart, ("seconds",)),
            "lose_network": (self.lose_network, ("seconds",)),
            "freeze": (self.freeze, ("seconds",)),
            "kick": (self.kick, ()),
            "change_collection": (self.change_collection, ("seconds",)),
        }
        if not isinstance(document, dict) or document.get("do") not in verbs:
            raise ValueError(f'say {{"do": VERB}} with one of: {", ".join(verbs)}')
        verb, allowed = verbs[document["do"]]
        given = {key: value for key, value in document.items() if key != "do"}
        for key, value in given.items():
            if key not in allowed:
                raise ValueError(f"{document['do']!r} takes no {key!r}")
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if key == "seconds" and not (is_number and 0 < value < 1e9):
                raise ValueError("'seconds' is a number above zero")
        required = {"cut": "scene", "lose_network": "seconds", "freeze": "seconds"}.get(document["do"])
        if required is not None and required not in given:
            raise ValueError(f"{document['do']!r} needs {required!r}")
        await verb(**given)
