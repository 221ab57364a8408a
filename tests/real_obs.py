"""How do the tests get a real OBS, and a second pair of hands at it?

`RealOBS` runs OBS Studio under Xvfb with its own HOME, display, port and password; `Remote` is an obs-websocket client
of the tests' own (aiohttp, none of the product's code): a hand at the desk, and an observer.
"""

import asyncio
import base64
import contextlib
import hashlib
import itertools
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import aiohttp

from tests.needs import need

SCENES: Mapping[str, str] = {
    "Countdown": "#2040c0",
    "Opening film": "#c02020",
    "Runway": "#20a040",
    "Thank you": "#c0a020",
    "Please stand by": "#606060",
}
"""Scenes of the sample seasons, each one plain colour."""

GLOBAL_INI = """[General]
FirstRun=true
LastVersion=486539266
EnableAutoUpdates=false
[BasicWindow]
SysTrayEnabled=false
[OBSWebSocket]
FirstLoad=false
ServerEnabled=true
ServerPort={port}
AuthRequired=true
ServerPassword={password}
AlertsEnabled=false
[Basic]
Profile=Untitled
ProfileDir=Untitled
SceneCollection=Untitled
SceneCollectionFile=Untitled
ConfigOnNewProfile=true
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end_process(process: subprocess.Popen[bytes], *, within: float = 5.0) -> None:
    """End a process that we started, with SIGKILL if it does not go by itself."""
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            process.wait(within)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class RequestFailed(Exception):
    def __init__(self, request: str, status: Mapping[str, Any]) -> None:
        self.code = status["code"]
        super().__init__(f"{request}: {status}")


class Remote:
    """One obs-websocket 5 client. `events` holds (type, data, monotonic seconds at arrival)."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self.events: list[tuple[str, dict[str, Any], float]] = []
        self.on_event: Callable[[str, dict[str, Any]], None] = lambda event, data: None

    @classmethod
    @contextlib.asynccontextmanager
    async def connect(
        cls, port: int, password: str, *, host: str = "127.0.0.1", events: int = 0
    ) -> AsyncIterator["Remote"]:
        async with aiohttp.ClientSession() as session, session.ws_connect(f"ws://{host}:{port}", max_msg_size=0) as ws:
            hello = (await ws.receive_json(timeout=5))["d"]
            identify: dict[str, Any] = {"rpcVersion": 1, "eventSubscriptions": events}
            if "authentication" in hello:
                given = hello["authentication"]
                secret = base64.b64encode(hashlib.sha256((password + given["salt"]).encode()).digest())
                proof = hashlib.sha256(secret + given["challenge"].encode()).digest()
                identify["authentication"] = base64.b64encode(proof).decode()
            await ws.send_json({"op": 1, "d": identify})
            message = await ws.receive_json(timeout=5)
            assert message["op"] == 2, message
            remote = cls(ws)
            reader = asyncio.create_task(remote._read())
            try:
                yield remote
            finally:
                reader.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await reader

    async def _read(self) -> None:
        async for message in self._socket:
            body = message.json()
            if body["op"] == 5:
                data = body["d"].get("eventData") or {}
                self.events.append((body["d"]["eventType"], data, time.monotonic()))
                self.on_event(body["d"]["eventType"], data)
            elif body["op"] == 7:
                self._answers.pop(body["d"]["requestId"]).set_result(body["d"])
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ConnectionError("OBS closed the connection"))

    async def ask(self, request: str, **data: Any) -> dict[str, Any]:
        ident = str(next(self._ids))
        self._answers[ident] = asyncio.get_running_loop().create_future()
        body = {"requestType": request, "requestId": ident} | ({"requestData": data} if data else {})
        await self._socket.send_json({"op": 6, "d": body})
        answer = await asyncio.wait_for(self._answers[ident], 10)
        if not answer["requestStatus"]["result"]:
            raise RequestFailed(request, answer["requestStatus"])
        return answer.get("responseData") or {}


class RealOBS:
    """A real OBS Studio on this machine, as an async context manager.

    `scenes` maps names to colours ("#rrggbb"); the first is on program at the start. `restart` comes back on the same
    port with the same scenes.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        scenes: Mapping[str, str] = SCENES,
        password: str = "rehearsal-only-Pa55",
        size: tuple[int, int] = (640, 360),
        fps: int = 30,
        log_to: Path | None = None,
    ) -> None:
        self.scenes = dict(scenes)
        self.password = password
        self.port = free_port()
        self.size, self.fps = size, fps
        self._log_to = log_to
        self._stack = contextlib.ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> "RealOBS":
        need("obs", "xvfb")
        try:
            self._home = Path(
                self._stack.enter_context(tempfile.TemporaryDirectory(prefix="obs-", ignore_cleanup_errors=True))
            )
            config = self._home / ".config" / "obs-studio"
            (config / "basic" / "profiles" / "Untitled").mkdir(parents=True)
            (config / "basic" / "scenes").mkdir()
            (self._home / "run").mkdir(mode=0o700)
            (config / "global.ini").write_text(GLOBAL_INI.format(port=self.port, password=self.password))
            self._display = await self._start_display()
            await self.start()
            await self._make_scenes()
        except BaseException:
            self._stack.close()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()
        self._stack.close()

    async def _start_display(self) -> str:
        read, write = os.pipe()
        options = ["-screen", "0", "1280x720x24", "-nolisten", "tcp", "+extension", "GLX"]
        display = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), *options],
            pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._stack.callback(end_process, display)
        os.close(write)
        with os.fdopen(read, "rb") as answer:
            number = await asyncio.wait_for(asyncio.to_thread(answer.readline), 15)
        assert number.strip(), "Xvfb did not start"
        return f":{int(number)}"

    async def start(self) -> None:
        """Start OBS and return once it answers requests."""
        env = os.environ | {
            "HOME": str(self._home),
            "XDG_CONFIG_HOME": str(self._home / ".config"),
            "XDG_RUNTIME_DIR": str(self._home / "run"),
            "DISPLAY": self._display,
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "LP_NUM_THREADS": "1",
            "QT_QPA_PLATFORM": "xcb",
        }
        with (self._log_to or self._home / "obs.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["obs", "--multi", "--minimize-to-tray", "--disable-shutdown-check", "--disable-missing-files-check"],
                env=env, cwd=self._home, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self._stack.callback(end_process, self._process)
        end = time.monotonic() + 40
        while True:
            try:
                async with self.remote() as remote:
                    await remote.ask("GetSceneList")
                    return
            except (aiohttp.ClientError, OSError, RequestFailed, AssertionError, TypeError, TimeoutError) as error:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise AssertionError(f"OBS did not come up: {error!r}") from error
                await asyncio.sleep(0.1)

    @property
    def is_running(self) -> bool:
        """Whether OBS is up; OBS 29 ends by itself now and then (a crash in its graphics thread)."""
        return self._process is not None and self._process.poll() is None

    async def stop(self) -> None:
        """End OBS as its window's close button would, so that it keeps its scenes."""
        if self._process is not None:
            await asyncio.to_thread(end_process, self._process, within=10)

    def kill(self) -> None:
        """End OBS at once, as a crash would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    def freeze(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def remote(self, *, events: int = 0) -> contextlib.AbstractAsyncContextManager[Remote]:
        """A client of the tests' own at this OBS; `events` are subscription bits."""
        return Remote.connect(self.port, self.password, events=events)

    async def ask(self, request: str, **data: Any) -> dict[str, Any]:
        """One request by a client of its own."""
        async with self.remote() as remote:
            return await remote.ask(request, **data)

    async def set_transition(self, name: str, milliseconds: int | None = None) -> None:
        """`Cut`, or `Fade` with its time."""
        async with self.remote() as remote:
            await remote.ask("SetCurrentSceneTransition", transitionName=name)
            if milliseconds is not None:
                await remote.ask("SetCurrentSceneTransitionDuration", transitionDuration=milliseconds)

    async def _make_scenes(self) -> None:
        width, height = self.size
        async with self.remote() as remote:
            await remote.ask(
                "SetVideoSettings", baseWidth=width, baseHeight=height, outputWidth=width, outputHeight=height,
                fpsNumerator=self.fps, fpsDenominator=1,
            )  # fmt: skip
            # A key frame each second, so that a viewer who joins sees a picture soon.
            for parameter, value in (("UseAdvanced", "true"), ("x264Settings", f"keyint={self.fps}")):
                await remote.ask(
                    "SetProfileParameter", parameterCategory="SimpleOutput", parameterName=parameter,
                    parameterValue=value,
                )  # fmt: skip
            there = [scene["sceneName"] for scene in (await remote.ask("GetSceneList"))["scenes"]]
            for name, colour in self.scenes.items():
                await remote.ask("CreateScene", sceneName=name)
                red, green, blue = bytes.fromhex(colour.removeprefix("#"))
                await remote.ask(
                    "CreateInput", sceneName=name, inputName=f"colour of {name}", inputKind="color_source_v3",
                    inputSettings={
                        "color": 0xFF000000 | blue << 16 | green << 8 | red, "width": width, "height": height,
                    },
                )  # fmt: skip
            await remote.ask("SetCurrentSceneTransition", transitionName="Cut")
            await remote.ask("SetCurrentProgramScene", sceneName=next(iter(self.scenes)))
            for name in there:
                if name not in self.scenes:
                    await remote.ask("RemoveScene", sceneName=name)
