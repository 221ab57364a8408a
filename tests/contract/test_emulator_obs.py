"""Does the emulated OBS speak as obs-websocket does, to clients that others wrote?"""

import asyncio
import base64
import hashlib
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import obsws_python
import pytest
import simpleobsws
from aiohttp import web
from obsws_python.baseclient import ObsClient
from obsws_python.error import OBSSDKError, OBSSDKRequestError

from broadcaster.adapters.clock.adapter import WallClock
from broadcaster.emulators.obs import EmulatedOBS

PASSWORD = "правильный пароль"
SCENES = ("Countdown", "Runway", "Thank you")


async def until(is_so: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(0.002)


@pytest.fixture
async def obs() -> AsyncIterator[EmulatedOBS]:
    async with EmulatedOBS(WallClock(), password=PASSWORD, scenes=SCENES) as emulator:
        yield emulator


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


class Raw:
    """A client that speaks JSON by hand and keeps events apart from answers."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.seen: list[tuple[str, Any]] = []  # events and replies in the order in which they came
        self._number = 0

    async def receive(self) -> dict[str, Any]:
        message = json.loads(await self.ws.receive_str(timeout=5))
        if message["op"] == 5:
            self.seen.append((message["d"]["eventType"], message["d"]["eventData"]))
        return message

    async def answer(self, op: int) -> dict[str, Any]:
        while (message := await self.receive())["op"] != op:
            pass
        return message["d"]

    async def send(self, op: int, data: Any) -> None:
        await self.ws.send_str(json.dumps({"op": op, "d": data}))

    async def ask(self, request_type: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
        self._number += 1
        body: dict[str, Any] = {"requestType": request_type, "requestId": str(self._number)}
        if data is not None:
            body["requestData"] = data
        await self.send(6, body)
        answer = await self.answer(7)
        assert answer["requestId"] == str(self._number)
        self.seen.append(("reply", request_type))
        return answer

    async def code(self, request_type: str, data: dict[str, Any] | None = None) -> int:
        return (await self.ask(request_type, data))["requestStatus"]["code"]

    async def data(self, request_type: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = await self.ask(request_type, data)
        assert answer["requestStatus"] == {"result": True, "code": 100}, answer
        return answer.get("responseData", {})

    async def event(self, name: str) -> Any:
        async with asyncio.timeout(5):
            while True:
                for seen, data in self.seen:
                    if seen == name:
                        return data
                await self.receive()

    async def state(self, wanted: str) -> None:
        async with asyncio.timeout(5):
            while ("OBS_WEBSOCKET_OUTPUT_" + wanted) not in self.output_states():
                await self.receive()

    def output_states(self) -> list[str]:
        return [data["outputState"] for name, data in self.seen if name == "StreamStateChanged"]

    def order(self) -> list[str]:
        return [data if name == "reply" else name for name, data in self.seen]


@asynccontextmanager
async def raw(obs: EmulatedOBS, *, subscriptions: int | None = None, identify: bool = True) -> AsyncIterator[Raw]:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(obs.url, protocols=("obswebsocket.json",)) as ws,
    ):
        client = Raw(ws)
        hello = await client.answer(0)
        if identify:
            body: dict[str, Any] = {"rpcVersion": 1, "authentication": proof(hello)}
            if subscriptions is not None:
                body["eventSubscriptions"] = subscriptions
            await client.send(1, body)
            assert await client.answer(2) == {"negotiatedRpcVersion": 1}
        yield client


def proof(hello: dict[str, Any], password: str = PASSWORD) -> str:
    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    asked = hello["authentication"]
    return digest(digest(password + asked["salt"]) + asked["challenge"])


async def closed_with(ws: aiohttp.ClientWebSocketResponse) -> int | None:
    async with asyncio.timeout(5):
        while (await ws.receive()).type not in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
            pass
    return ws.close_code


# -- clients that others wrote ---------------------------------------------------------------------------------------


async def test_obsws_python_connects_switches_scenes_and_hears_events(obs: EmulatedOBS) -> None:
    heard: list[str] = []
    changed = threading.Event()

    def on_current_program_scene_changed(data: Any) -> None:
        heard.append(data.scene_name)
        changed.set()

    def drive() -> tuple[list[str], str, str]:
        events = obsws_python.EventClient(host=obs.host, port=obs.port, password=PASSWORD, timeout=5)
        client = obsws_python.ReqClient(host=obs.host, port=obs.port, password=PASSWORD, timeout=5)
        try:
            events.callback.register(on_current_program_scene_changed)
            names = [scene["sceneName"] for scene in client.get_scene_list().scenes]
            client.set_current_program_scene("Runway")
            assert changed.wait(5)
            return names, client.get_current_program_scene().scene_name, client.get_version().obs_web_socket_version
        finally:
            client.disconnect()
            events.disconnect()

    names, program, version = await asyncio.to_thread(drive)
    assert names == ["Thank you", "Runway", "Countdown"]  # OBS lists the last one first
    assert (program, heard, version) == ("Runway", ["Runway"], "5.5.2")
    assert [one["type"] for one in obs.room.requests].count("SetCurrentProgramScene") == 1


async def test_obsws_python_gets_the_real_codes(obs: EmulatedOBS) -> None:
    def drive() -> tuple[int, str]:
        client = obsws_python.ReqClient(host=obs.host, port=obs.port, password=PASSWORD, timeout=5)
        try:
            with pytest.raises(OBSSDKRequestError) as refused:
                client.set_current_program_scene("Nowhere")
        finally:
            client.disconnect()
        stranger = ObsClient(host=obs.host, port=obs.port, password="wrong", timeout=5)
        try:
            with pytest.raises(OBSSDKError) as wrong:
                stranger.authenticate()
        finally:
            stranger.ws.shutdown()  # its close() does nothing once the server closed
        return refused.value.code, str(wrong.value)

    code, wrong = await asyncio.to_thread(drive)
    assert code == 600
    assert "failed to identify" in wrong


async def test_simpleobsws_speaks_messagepack_and_runs_batches(obs: EmulatedOBS) -> None:
    client = simpleobsws.WebSocketClient(url=f"ws://{obs.host}:{obs.port}", password=PASSWORD)
    heard: list[str] = []

    async def on_event(data: dict[str, Any]) -> None:
        heard.append(data["eventType"])

    client.register_event_callback(on_event)
    await client.connect()
    assert await client.wait_until_identified(5)
    answer = await client.call(simpleobsws.Request("GetCurrentProgramScene"))
    assert answer.ok() and answer.responseData["sceneName"] == "Countdown"
    results = await client.call_batch(
        [
            simpleobsws.Request("SetCurrentProgramScene", {"sceneName": "Runway"}),
            simpleobsws.Request("Sleep", {"sleepMillis": 1}),
            simpleobsws.Request("SetCurrentProgramScene", {"sceneName": "Nowhere"}),
            simpleobsws.Request("GetVersion"),
        ],
        halt_on_failure=True,
    )
    assert [result.requestStatus.code for result in results] == [100, 100, 600]
    await until(lambda: "CurrentProgramSceneChanged" in heard)
    await client.disconnect()


# -- the handshake ---------------------------------------------------------------------------------------------------


async def test_identify_without_or_with_a_wrong_proof_closes_4009(obs: EmulatedOBS) -> None:
    for body in ({"rpcVersion": 1}, {"rpcVersion": 1, "authentication": "x"}, {"rpcVersion": 1, "authentication": 5}):
        async with raw(obs, identify=False) as client:
            await client.send(1, body)
            assert await closed_with(client.ws) == 4009


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("{", 4002),
        ("[]", 4004),
        ('{"d": {}}', 4006),
        ('{"op": 6}', 4003),
        ('{"op": 6, "d": 5}', 4004),
        ('{"op": 77, "d": {}}', 4006),
        ('{"op": 1, "d": {"rpcVersion": 1}}', 4008),
        ('{"op": 3, "d": {"eventSubscriptions": -1}}', 4004),
        ('{"op": 6, "d": {"requestType": "GetVersion"}}', 4003),
        ('{"op": 6, "d": {"requestType": 5, "requestId": "1"}}', 4004),
        ('{"op": 8, "d": {"requestId": "1"}}', 4003),
        ('{"op": 8, "d": {"requestId": "1", "requests": {}}}', 4004),
        ('{"op": 8, "d": {"requestId": "1", "requests": [], "executionType": 9}}', 4005),
        ('{"op": 8, "d": {"requestId": "1", "requests": [], "executionType": 2, "variables": {"a": 1}}}', 4012),
    ],
)
async def test_a_message_that_breaks_the_protocol_closes_with_its_code(obs: EmulatedOBS, sent: str, code: int) -> None:
    async with raw(obs) as client:
        await client.ws.send_str(sent)
        assert await closed_with(client.ws) == code


async def test_binary_on_a_text_socket_closes_4002(obs: EmulatedOBS) -> None:
    async with raw(obs) as client:
        await client.ws.send_bytes(b"\x80")
        assert await closed_with(client.ws) == 4002


@pytest.mark.parametrize(("sent", "code"), [({"op": 6, "d": {}}, 4007), ({"op": 1, "d": {"rpcVersion": 2}}, 4010)])
async def test_speaking_before_or_beyond_identify_closes(sent: dict[str, Any], code: int) -> None:
    async with EmulatedOBS(WallClock()) as obs, aiohttp.ClientSession() as session:
        async with session.ws_connect(obs.url) as ws:
            assert "authentication" not in (await ws.receive_json())["d"]
            await ws.send_json(sent)
            assert await closed_with(ws) == code


async def test_only_subscribed_events_arrive_and_reidentify_changes_them(obs: EmulatedOBS) -> None:
    async with raw(obs, subscriptions=0) as client:
        await client.data("SetCurrentProgramScene", {"sceneName": "Runway"})
        await client.send(3, {"eventSubscriptions": 4})
        await client.answer(2)
        assert client.order() == ["SetCurrentProgramScene"]
        await client.data("CreateScene", {"sceneName": "New"})
        assert client.order()[1:] == ["SceneCreated", "SceneListChanged", "CreateScene"]


# -- takes -----------------------------------------------------------------------------------------------------------


async def test_a_cut_starts_replies_and_is_reported_in_the_order_of_a_real_obs(obs: EmulatedOBS) -> None:
    async with raw(obs) as client:
        await client.data("SetCurrentProgramScene", {"sceneName": "Runway"})
        await client.event("SceneTransitionEnded")
    assert client.order() == [
        "SceneTransitionStarted",
        "SetCurrentProgramScene",
        "SceneTransitionVideoEnded",
        "CurrentProgramSceneChanged",
        "SceneTransitionEnded",
    ]
    [take] = obs.snapshot()["takes"]
    assert take["scene"] == "Runway"
    assert 0.02 < (take["changed"] - take["at"]).total_seconds() < 0.5


async def test_a_fade_is_reported_only_at_its_end() -> None:
    async with EmulatedOBS(WallClock(), password=PASSWORD, scenes=SCENES, transition_ms=300) as obs:
        async with raw(obs) as client:
            await client.data("SetCurrentProgramScene", {"sceneName": "Runway"})
            await client.event("CurrentProgramSceneChanged")
        [take] = obs.snapshot()["takes"]
        assert 0.3 <= (take["changed"] - take["at"]).total_seconds() < 1


async def test_a_scene_on_program_already_makes_no_event(obs: EmulatedOBS) -> None:
    async with raw(obs) as client:
        await client.data("SetCurrentProgramScene", {"sceneName": "Countdown"})
        await client.data("GetVersion")
    assert client.order() == ["SetCurrentProgramScene", "GetVersion"]
    assert obs.snapshot()["takes"] == []


async def test_studio_mode_takes_the_preview_and_swaps(obs: EmulatedOBS) -> None:
    async with raw(obs) as client:
        assert await client.code("SetCurrentPreviewScene", {"sceneName": "Runway"}) == 506
        assert await client.code("TriggerStudioModeTransition") == 506
        await client.data("SetStudioModeEnabled", {"studioModeEnabled": True})
        await client.data("SetCurrentPreviewScene", {"sceneName": "Runway"})
        await client.data("TriggerStudioModeTransition")
        await client.event("SceneTransitionEnded")
        await until(lambda: obs.snapshot()["preview"] == "Countdown")
        assert (await client.data("GetCurrentProgramScene"))["sceneName"] == "Runway"
        assert (await client.data("GetCurrentPreviewScene"))["currentPreviewSceneName"] == "Countdown"
        await client.data("SetStudioModeEnabled", {"studioModeEnabled": False})
        assert (await client.data("GetSceneList"))["currentPreviewSceneName"] is None


# -- requests --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_type", "data", "code"),
    [
        ("", None, 203),
        ("MakeCoffee", None, 204),
        ("Sleep", {"sleepMillis": 1}, 204),
        ("SetCurrentProgramScene", None, 301),
        ("SetCurrentProgramScene", {}, 300),
        ("SetCurrentProgramScene", {"sceneName": 5}, 401),
        ("SetCurrentProgramScene", {"sceneName": ""}, 403),
        ("SetCurrentProgramScene", {"sceneName": "Nowhere"}, 600),
        ("SetCurrentProgramScene", {"sceneUuid": "none"}, 600),
        ("CreateScene", {"sceneName": "Runway"}, 601),
        ("SetCurrentSceneTransitionDuration", {"transitionDuration": 49}, 402),
        ("SetCurrentSceneTransition", {"transitionName": "Stinger"}, 600),
        ("SetStudioModeEnabled", {"studioModeEnabled": "yes"}, 401),
        ("CreateInput", {"sceneName": "Runway", "inputName": "x", "inputKind": "camera"}, 605),
        ("GetInputSettings", {"inputName": "Runway"}, 602),
        ("GetSceneItemId", {"sceneName": "Runway", "sourceName": "x"}, 600),
        ("StopStream", None, 501),
        ("StopRecord", None, 501),
        ("SetStreamServiceSettings", {"streamServiceType": "rtmp_custom", "streamServiceSettings": {}}, 403),
        ("GetSourceScreenshot", {"sourceName": "Runway", "imageFormat": "bmp"}, 400),
    ],
)
async def test_a_request_that_cannot_be_done_gets_the_real_code(
    obs: EmulatedOBS, request_type: str, data: dict[str, Any] | None, code: int
) -> None:
    async with raw(obs) as client:
        assert await client.code(request_type, data) == code
    assert obs.room.requests[-1]["status"] == code


async def test_every_available_request_is_answered(obs: EmulatedOBS) -> None:
    async with raw(obs) as client:
        names = (await client.data("GetVersion"))["availableRequests"]
        codes = {name: await client.code(name) for name in names if name != "Sleep"}
    assert set(codes.values()) <= {100, 301, 501, 506}


async def test_scenes_can_be_made_renamed_and_removed(obs: EmulatedOBS) -> None:
    async with raw(obs) as client:
        made = await client.data("CreateScene", {"sceneName": "New"})
        await client.data("SetSceneName", {"sceneUuid": made["sceneUuid"], "newSceneName": "Newer"})
        assert (await client.event("SceneNameChanged"))["oldSceneName"] == "New"
        for name in ("Countdown", "Runway", "Thank you"):
            await client.data("RemoveScene", {"sceneName": name})
        assert await client.code("RemoveScene", {"sceneName": "Newer"}) == 603
        assert (await client.data("GetCurrentProgramScene"))["sceneName"] == "Newer"


async def test_inputs_and_scene_items_keep_what_they_are_told(obs: EmulatedOBS) -> None:
    async with raw(obs) as client:
        where = {"sceneName": "Runway"}
        made = await client.data(
            "CreateInput",
            {**where, "inputName": "title", "inputKind": "text_ft2_source_v2", "inputSettings": {"text": "a"}},
        )
        await client.data("SetInputSettings", {"inputName": "title", "inputSettings": {"size": 9}})
        assert (await client.data("GetInputSettings", {"inputName": "title"}))["inputSettings"] == {
            "text": "a",
            "size": 9,
        }
        await client.data("SetInputSettings", {"inputName": "title", "inputSettings": {"size": 1}, "overlay": False})
        assert (await client.data("GetInputSettings", {"inputName": "title"}))["inputSettings"] == {"size": 1}
        assert await client.data("GetSceneItemId", {**where, "sourceName": "title"}) == {
            "sceneItemId": made["sceneItemId"]
        }
        item = {**where, "sceneItemId": made["sceneItemId"]}
        await client.data("SetSceneItemEnabled", {**item, "sceneItemEnabled": False})
        assert await client.data("GetSceneItemEnabled", item) == {"sceneItemEnabled": False}
        assert (await client.event("SceneItemEnableStateChanged"))["sceneItemEnabled"] is False
        await client.data("SetInputMute", {"inputName": "title", "inputMuted": True})
        assert await client.data("GetInputMute", {"inputName": "title"}) == {"inputMuted": True}
        await client.data("SetInputVolume", {"inputName": "title", "inputVolumeMul": 0.1})
        assert (await client.data("GetInputVolume", {"inputName": "title"}))["inputVolumeDb"] == pytest.approx(-20)
        assert [one["inputName"] for one in (await client.data("GetInputList"))["inputs"]] == ["title"]
        await client.data("RemoveInput", {"inputName": "title"})
        assert (await client.data("GetSceneItemList", where))["sceneItems"] == []


async def test_a_screenshot_is_a_real_png_of_the_scenes_colour(obs: EmulatedOBS) -> None:
    import struct
    import zlib

    async with raw(obs) as client:
        colour = {"inputName": "red", "inputKind": "color_source_v3", "inputSettings": {"color": 0xFF0000FF}}
        await client.data("CreateInput", {"sceneName": "Runway", **colour})
        asked = {"sourceName": "Runway", "imageFormat": "png", "imageWidth": 16, "imageHeight": 8}
        url = (await client.data("GetSourceScreenshot", asked))["imageData"]
    data = base64.b64decode(url.removeprefix("data:image/png;base64,"))
    assert struct.unpack(">II", data[16:24]) == (16, 8)
    start = data.index(b"IDAT") + 4
    assert zlib.decompress(data[start : data.index(b"IEND") - 8])[:4] == b"\0\xff\0\0"


async def test_recording_names_its_file(obs: EmulatedOBS) -> None:
    async with raw(obs) as client:
        await client.data("StartRecord")
        assert await client.code("StartRecord") == 500
        assert (await client.data("GetRecordStatus"))["outputActive"] is True
        assert (await client.data("StopRecord"))["outputPath"].endswith(".mkv")


async def test_a_batch_carries_variables_and_ids(obs: EmulatedOBS) -> None:
    async with raw(obs) as client:
        await client.send(
            8,
            {
                "requestId": "b",
                "requests": [
                    {"requestType": "GetSceneList", "outputVariables": {"now": "currentProgramSceneName"}},
                    {"requestType": "GetSceneItemList", "inputVariables": {"sceneName": "now"}, "requestId": "inner"},
                    {"requestType": "Sleep", "requestData": {"sleepMillis": -1}},
                    {"requestType": "GetVersion"},
                ],
            },
        )
        answer = await client.answer(9)
    assert [one["requestStatus"]["code"] for one in answer["results"]] == [100, 100, 402, 100]
    assert answer["results"][1]["requestId"] == "inner"


async def test_a_parallel_batch_answers_all_and_cannot_sleep(obs: EmulatedOBS) -> None:
    async with raw(obs) as client:
        requests = [{"requestType": "GetVersion"}, {"requestType": "Sleep", "requestData": {"sleepMillis": 1}}]
        await client.send(8, {"requestId": "b", "requests": requests, "executionType": 2})
        answer = await client.answer(9)
    assert [one["requestStatus"]["code"] for one in answer["results"]] == [100, 206]


async def test_an_older_obs_knows_no_uuids() -> None:
    async with EmulatedOBS(WallClock(), password=PASSWORD, version="5.1.0") as obs, raw(obs) as client:
        assert await client.data("GetCurrentProgramScene") == {"sceneName": "Scene", "currentProgramSceneName": "Scene"}
        assert (await client.data("GetSceneList"))["scenes"] == [{"sceneName": "Scene", "sceneIndex": 0}]


# -- the stream ------------------------------------------------------------------------------------------------------


class FarIngest:
    """An ingest that is told of video as an nginx-rtmp would tell it."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.status = 200
        self.port = 0
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.add_routes([web.post("/control/{call}", self._called)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _called(self, request: web.Request) -> web.Response:
        form = await request.post()
        assert form["call"] == request.match_info["call"] and form["app"] == "live2"
        self.calls.append((request.match_info["call"], str(form["name"])))
        return web.Response(status=self.status)


@pytest.fixture
async def ingest() -> AsyncIterator[FarIngest]:
    far = FarIngest()
    await far.start()
    yield far
    await far.stop()


@pytest.fixture
async def quick() -> AsyncIterator[EmulatedOBS]:
    async with EmulatedOBS(WallClock(), password=PASSWORD, scenes=SCENES, speed=50) as emulator:
        yield emulator


async def point(client: Raw, ingest: FarIngest) -> None:
    settings = {"server": f"rtmp://127.0.0.1:{ingest.port}/live2", "key": "k-1"}
    await client.data(
        "SetStreamServiceSettings", {"streamServiceType": "rtmp_custom", "streamServiceSettings": settings}
    )
    got = await client.data("GetStreamServiceSettings")
    assert got == {"streamServiceType": "rtmp_custom", "streamServiceSettings": settings}


async def test_a_stream_starts_delivers_and_stops(quick: EmulatedOBS, ingest: FarIngest) -> None:
    async with raw(quick) as client:
        await point(client, ingest)
        await client.data("StartStream")
        assert client.output_states() in ([], ["OBS_WEBSOCKET_OUTPUT_STARTING"])  # success means requested, no more
        await client.state("STARTED")
        assert ingest.calls == [("publish", "k-1")]
        assert await client.code("StartStream") == 500
        service = {"streamServiceType": "rtmp_custom", "streamServiceSettings": {"key": "x"}}
        assert await client.code("SetStreamServiceSettings", service) == 500
        before = await client.data("GetStreamStatus")
        assert before["outputActive"] and not before["outputReconnecting"]
        await client.data("StopStream")
        await client.state("STOPPED")
        assert ingest.calls == [("publish", "k-1"), ("publish_done", "k-1")]
        after = await client.data("GetStreamStatus")
        assert not after["outputActive"] and after["outputBytes"] >= before["outputBytes"]
    assert [state.rpartition("_")[2] for state in client.output_states()] == [
        "STARTING",
        "STARTED",
        "STOPPING",
        "STOPPED",
    ]
    assert quick.snapshot()["stream_starts"] == 1


@pytest.mark.parametrize(
    "server", ["rtmp://127.0.0.1:1/live2", "rtmp://203.0.113.5:1935/live2", "auto", "rtmp://[", "rtmp://127.0.0.1/x"]
)
async def test_a_stream_to_nowhere_is_accepted_and_stops(quick: EmulatedOBS, server: str) -> None:
    async with raw(quick) as client:
        settings = {"streamServiceType": "rtmp_custom", "streamServiceSettings": {"server": server, "key": "k"}}
        await client.data("SetStreamServiceSettings", settings)
        await client.data("StartStream")
        await client.state("STOPPED")
    assert [state.rpartition("_")[2] for state in client.output_states()] == ["STARTING", "STOPPED"]


async def test_an_ingest_that_refuses_stops_the_stream(quick: EmulatedOBS, ingest: FarIngest) -> None:
    ingest.status = 403
    async with raw(quick) as client:
        await point(client, ingest)
        await client.data("StartStream")
        await client.state("STOPPED")
    assert quick.snapshot()["streaming"] is False


async def test_a_lost_network_reconnects(quick: EmulatedOBS, ingest: FarIngest) -> None:
    async with raw(quick) as client:
        await point(client, ingest)
        await client.data("StartStream")
        await client.state("STARTED")
        await quick.usecases.lose_network(0.06)
        await client.state("RECONNECTING")
        assert quick.snapshot()["reconnecting"] is True
        await client.state("RECONNECTED")
        status = await client.data("GetStreamStatus")
        assert status["outputActive"] and not status["outputReconnecting"]
    assert ingest.calls == [("publish", "k-1"), ("publish_done", "k-1"), ("publish", "k-1")]


async def test_an_ingest_that_restarts_is_found_again(quick: EmulatedOBS, ingest: FarIngest) -> None:
    async with raw(quick) as client:
        await point(client, ingest)
        await client.data("StartStream")
        await client.state("STARTED")
        await ingest.stop()
        await client.state("RECONNECTING")
        await ingest.start()
        await client.state("RECONNECTED")


# -- hands and faults ------------------------------------------------------------------------------------------------


async def hand(http: aiohttp.ClientSession, obs: EmulatedOBS, document: Any) -> int:
    async with http.post(obs.url + "/control/hand", json=document) as response:
        await response.read()
        return response.status


async def test_a_hand_cuts_and_everybody_hears_it(obs: EmulatedOBS, http: aiohttp.ClientSession) -> None:
    async with raw(obs) as client:
        assert await hand(http, obs, {"do": "cut", "scene": "Thank you"}) == 200
        assert (await client.event("CurrentProgramSceneChanged"))["sceneName"] == "Thank you"
    assert obs.room.requests == []  # a hand asks nothing over the websocket


@pytest.mark.parametrize(
    "document",
    [
        5,
        {},
        {"do": "dance"},
        {"do": "cut"},
        {"do": "cut", "scene": "x"},
        {"do": "kick", "who": 1},
        {"do": "freeze", "seconds": -1},
    ],
)
async def test_a_hand_that_cannot_be_read_is_refused(
    obs: EmulatedOBS, http: aiohttp.ClientSession, document: Any
) -> None:
    assert await hand(http, obs, document) == 400


async def test_a_hand_stops_the_stream(quick: EmulatedOBS, ingest: FarIngest, http: aiohttp.ClientSession) -> None:
    async with raw(quick) as client:
        await point(client, ingest)
        await client.data("StartStream")
        await client.state("STARTED")
        assert await hand(http, quick, {"do": "stop_stream"}) == 200
        await client.state("STOPPED")


async def test_a_crash_drops_everybody_and_comes_back_with_the_saved_scene(
    quick: EmulatedOBS, ingest: FarIngest, http: aiohttp.ClientSession
) -> None:
    async with raw(quick) as client:
        await point(client, ingest)
        await client.data("StartStream")
        await client.state("STARTED")
        await client.data("SetCurrentProgramScene", {"sceneName": "Runway"})
        assert await hand(http, quick, {"do": "crash", "seconds": 0.05}) == 200
        assert await closed_with(client.ws) in (None, 1006)
        assert "ExitStarted" not in client.order()
    with pytest.raises(aiohttp.ClientError):
        await http.ws_connect(quick.url)
    assert ingest.calls[-1] == ("publish_done", "k-1")
    await until(lambda: not quick.room.is_down)
    async with raw(quick) as client:
        assert (await client.data("GetCurrentProgramScene"))["sceneName"] == "Countdown"
        assert (await client.data("GetStreamStatus"))["outputActive"] is False
        assert (await client.data("GetStreamServiceSettings"))["streamServiceSettings"]["key"] == "k-1"


async def test_a_restart_says_goodbye_and_keeps_the_scene(quick: EmulatedOBS) -> None:
    async with raw(quick) as client:
        await client.data("SetCurrentProgramScene", {"sceneName": "Runway"})
        await quick.usecases.restart(0.02)
        await client.event("ExitStarted")
        assert await closed_with(client.ws) == 1001
    await until(lambda: not quick.room.is_down)
    assert quick.snapshot()["program"] == "Runway"


async def test_a_frozen_obs_says_nothing_and_then_everything(obs: EmulatedOBS) -> None:
    async with raw(obs) as client:
        await obs.usecases.freeze(0.15)
        began = asyncio.get_running_loop().time()
        await client.data("GetVersion")
        assert asyncio.get_running_loop().time() - began >= 0.14


async def test_a_kick_closes_4011(obs: EmulatedOBS) -> None:
    async with raw(obs) as client:
        await obs.usecases.kick()
        assert await closed_with(client.ws) == 4011


async def test_a_changing_collection_is_not_ready(obs: EmulatedOBS) -> None:
    async with raw(obs) as client, asyncio.TaskGroup() as tasks:
        tasks.create_task(obs.usecases.change_collection(0.05))
        await client.event("CurrentSceneCollectionChanging")
        assert await client.code("GetVersion") == 207
        await client.event("CurrentSceneCollectionChanged")
        assert await client.code("GetVersion") == 100


@pytest.mark.parametrize(("kind", "program"), [("drop", "Countdown"), ("lose", "Runway")])
async def test_a_request_can_be_dropped_or_lost(obs: EmulatedOBS, kind: str, program: str) -> None:
    obs.room.add_fault({"kind": kind, "match": "^SetCurrentProgramScene$"})
    async with raw(obs) as client:
        await client.data("GetVersion")
        await client.send(
            6, {"requestType": "SetCurrentProgramScene", "requestId": "1", "requestData": {"sceneName": "Runway"}}
        )
        assert await closed_with(client.ws) in (None, 1006)
        assert "SetCurrentProgramScene" not in client.order()
    assert obs.snapshot()["program"] == program


@pytest.mark.parametrize(("kind", "program"), [("refuse", "Countdown"), ("lose_refuse", "Runway")])
async def test_a_request_can_be_refused(obs: EmulatedOBS, kind: str, program: str) -> None:
    obs.room.add_fault({"kind": kind, "match": "SetCurrent", "status": 207, "message": "not yet"})
    async with raw(obs) as client:
        answer = await client.ask("SetCurrentProgramScene", {"sceneName": "Runway"})
    assert answer["requestStatus"] == {"result": False, "code": 207, "comment": "not yet"}
    assert obs.snapshot()["program"] == program


async def test_a_delayed_answer_does_not_hold_up_the_next(obs: EmulatedOBS) -> None:
    obs.room.add_fault({"kind": "delay", "match": "GetStats", "seconds": 0.1})
    async with raw(obs) as client:
        await client.send(6, {"requestType": "GetStats", "requestId": "slow"})
        await client.send(6, {"requestType": "GetVersion", "requestId": "quick"})
        assert (await client.answer(7))["requestId"] == "quick"
        assert (await client.answer(7))["requestId"] == "slow"


async def test_stop_says_goodbye(ingest: FarIngest) -> None:
    obs = EmulatedOBS(WallClock(), password=PASSWORD, scenes=SCENES, speed=50)
    await obs.start()
    async with raw(obs) as client:
        await point(client, ingest)
        await client.data("StartStream")
        await client.state("STARTED")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(obs.stop())
            await client.event("ExitStarted")
            assert await closed_with(client.ws) == 1001
    assert ingest.calls[-1] == ("publish_done", "k-1")
    await obs.stop()  # a second time does nothing
