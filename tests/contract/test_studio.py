"""Does an OBS keep the contract of ports.Studio? One suite for the emulator and for a real OBS."""

import asyncio
import contextlib
import io
import logging
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from datetime import timedelta
from typing import Any, Protocol

import pytest
from aiohttp import web
from PIL import Image

from broadcaster.adapters.clock.adapter import WallClock
from broadcaster.adapters.obs import OBSStudio, translate
from broadcaster.emulators.obs import EmulatedOBS
from broadcaster.ports import Ingest, Secret
from broadcaster.season.errors import FarEndError, NeedsHuman, Refused, Unavailable
from broadcaster.show.observed import StudioSeen
from tests.needs import PARTS, need
from tests.real_ingest import RealIngest
from tests.real_obs import SCENES, RealOBS, Remote, free_port
from tests.waiting import until

pytestmark = pytest.mark.xdist_group("real OBS")  # one at a time: it draws by the processor

COUNTDOWN, FILM, RUNWAY, *_ = SCENES
PASSWORD = "contract-Pa55-word"  # no account's
KEY = "stream-key-nobody-may-read"
HALF_A_FRAME = timedelta(seconds=1 / 60)
CLOCK = WallClock()


class Desk(Protocol):
    """An OBS that the suite can be hard on."""

    port: int

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def freeze(self) -> None: ...
    async def thaw(self) -> None: ...
    def ingest(self) -> contextlib.AbstractAsyncContextManager[str]:
        """The address of a server that takes its stream."""
        ...


class RealDesk:
    def __init__(self, obs: RealOBS) -> None:
        self.obs = obs
        self.port = obs.port

    async def start(self) -> None:
        await self.obs.start()

    async def stop(self) -> None:
        await self.obs.stop()

    async def freeze(self) -> None:
        self.obs.freeze()

    async def thaw(self) -> None:
        self.obs.thaw()

    @contextlib.asynccontextmanager
    async def ingest(self) -> AsyncIterator[str]:
        async with RealIngest() as ingest:
            yield ingest.server

    async def tidy(self) -> None:
        """As it was at first: one OBS serves the whole suite."""
        async with self.obs.remote() as hand:
            if (await hand.ask("GetStreamStatus"))["outputActive"]:
                await hand.ask("StopStream")
            await hand.ask("SetStudioModeEnabled", studioModeEnabled=False)
            await hand.ask("SetCurrentSceneTransition", transitionName="Cut")
            await hand.ask("SetCurrentProgramScene", sceneName=COUNTDOWN)
            await hand.ask(
                "SetStreamServiceSettings", streamServiceType="rtmp_custom",
                streamServiceSettings={"server": "", "key": ""},
            )  # fmt: skip
            while (await hand.ask("GetCurrentProgramScene"))["currentProgramSceneName"] != COUNTDOWN:
                await asyncio.sleep(0.01)


@pytest.fixture(scope="module", autouse=True)
def real_obs(request: pytest.FixtureRequest) -> Iterator[RealOBS | None]:
    """The one real OBS of this suite, where it is asked for and can be; begun before the checks for leaks."""
    asked = any(item.path == request.path and item.get_closest_marker("real_obs") for item in request.session.items)
    if not asked or not all(PARTS[part][0]() for part in ("obs", "xvfb")):
        yield None
        return
    obs = RealOBS(password=PASSWORD)
    asyncio.run(obs.__aenter__())
    yield obs
    asyncio.run(obs.__aexit__())


class EmulatedDesk:
    def __init__(self, obs: EmulatedOBS) -> None:
        self.obs = obs
        self.port = obs.port

    async def start(self) -> None:
        await self.obs.start(port=self.port)

    async def stop(self) -> None:
        await self.obs.stop()

    async def freeze(self) -> None:
        await self.obs.usecases.freeze(4.0)

    async def thaw(self) -> None:
        await until(lambda: not self.obs.snapshot()["frozen"])

    @contextlib.asynccontextmanager
    async def ingest(self) -> AsyncIterator[str]:
        async def welcome(request: web.Request) -> web.Response:
            return web.Response()

        app = web.Application()
        app.add_routes([web.post("/control/publish", welcome), web.post("/control/publish_done", welcome)])
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"rtmp://127.0.0.1:{runner.addresses[0][1]}/live"
        finally:
            await runner.cleanup()


BACKENDS = [pytest.param("emulated"), pytest.param("real", marks=pytest.mark.real_obs)]


@pytest.fixture(params=BACKENDS)
def shared(request: pytest.FixtureRequest, real_obs: RealOBS | None) -> RealOBS | None:
    """The real OBS; None: an emulator of the test's own."""
    if request.param == "emulated":
        return None
    need("obs", "xvfb")
    return real_obs


@contextlib.asynccontextmanager
async def emulated() -> AsyncIterator[Desk]:
    async with EmulatedOBS(CLOCK, password=PASSWORD, scenes=tuple(SCENES)) as obs:
        yield EmulatedDesk(obs)


@pytest.fixture
async def desk(shared: RealOBS | None) -> AsyncIterator[Desk]:
    """One that many tests use."""
    if shared is None:
        async with emulated() as desk:
            yield desk
    else:
        real = RealDesk(shared)
        await real.tidy()
        yield real


@pytest.fixture(params=BACKENDS)
async def own_desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    """One that the test may end and start."""
    if request.param == "emulated":
        async with emulated() as desk:
            yield desk
    else:
        async with RealOBS(password=PASSWORD) as obs:
            yield RealDesk(obs)


@contextlib.asynccontextmanager
async def running(port: int, *, password: str = PASSWORD, timeout: float = 2.0) -> AsyncIterator[OBSStudio]:
    """A studio whose `run` is going on."""
    studio = OBSStudio(
        name="main", host="127.0.0.1", port=port, password=Secret(password), clock=CLOCK, timeout=timeout
    )
    async with asyncio.TaskGroup() as group:
        task = group.create_task(studio.run(lambda: None), name="studio")
        try:
            yield studio
        finally:
            task.cancel()


@pytest.fixture
async def studio(desk: Desk) -> AsyncIterator[OBSStudio]:
    async with running(desk.port) as studio:
        await there(studio)
        yield studio


@pytest.fixture
async def hand(desk: Desk) -> AsyncIterator[Remote]:
    """Somebody else at the desk, who also sees its events."""
    async with Remote.connect(desk.port, PASSWORD, events=0x7FF) as remote:
        yield remote


async def there(studio: OBSStudio, *, seconds: float = 15.0) -> StudioSeen:
    return await until(lambda: studio.seen, seconds)


def shown(studio: OBSStudio) -> str:
    return studio.seen.program if studio.seen is not None else ""


async def test_it_connects_and_reports_scenes_from_top_to_bottom_and_what_is_on_program(studio: OBSStudio) -> None:
    seen = await there(studio)
    assert seen.scenes == tuple(SCENES)
    assert seen.program == COUNTDOWN
    assert seen.preview is None
    assert not seen.is_streaming
    assert studio.trouble == ""


async def test_a_take_is_confirmed_by_obs_and_seen(studio: OBSStudio, hand: Remote) -> None:
    before = CLOCK.now()
    taken = await studio.take(RUNWAY)
    assert taken.scene == RUNWAY
    assert before < taken.began <= CLOCK.now()
    assert shown(studio) == RUNWAY
    assert (await hand.ask("GetCurrentProgramScene"))["currentProgramSceneName"] == RUNWAY


async def test_the_scene_on_program_already_returns_at_once_without_asking_obs(studio: OBSStudio, hand: Remote) -> None:
    await studio.take(RUNWAY)
    await until(lambda: any(event == "CurrentProgramSceneChanged" for event, *_ in hand.events))
    hand.events.clear()
    taken = await studio.take(RUNWAY, CLOCK.now() + timedelta(hours=1))
    assert taken.scene == RUNWAY
    await studio.take(COUNTDOWN)
    assert [event for event, *_ in hand.events].count("SceneTransitionStarted") <= 1


async def test_an_unknown_scene_is_refused_with_the_names_that_look_like_it(studio: OBSStudio) -> None:
    with pytest.raises(Refused, match=r'no scene "runwey".*did you mean "Runway"'):
        await studio.take("runwey")
    assert shown(studio) == COUNTDOWN


async def test_a_picture_is_a_jpeg_of_the_program_or_of_any_scene_in_the_size_asked_for(studio: OBSStudio) -> None:
    for scene in (None, RUNWAY):
        picture = Image.open(io.BytesIO(await studio.picture(scene, 320)))
        assert (picture.format, picture.size) == ("JPEG", (320, 180))
    assert shown(studio) == COUNTDOWN
    with pytest.raises(Refused, match="did you mean"):
        await studio.picture("runwey", 320)
    with pytest.raises(Refused, match="GetSourceScreenshot"):
        await studio.picture(None, 7)
    await studio.picture(None, 320)  # a refusal has broken nothing


async def test_no_picture_is_asked_for_while_a_take_is_armed(studio: OBSStudio) -> None:
    async with asyncio.TaskGroup() as group:
        armed = group.create_task(studio.take(RUNWAY, CLOCK.now() + timedelta(seconds=0.4)))
        await asyncio.sleep(0)
        with pytest.raises(Unavailable) as refused:
            await studio.picture(None, 320)
    assert refused.value.reason == "take"
    assert armed.result().scene == RUNWAY


async def test_vitals_are_told_while_it_streams_and_only_then(desk: Desk, studio: OBSStudio) -> None:
    assert studio.vitals is None
    async with desk.ingest() as server:
        await studio.point(Ingest(server=server, key=Secret(KEY)))
        await studio.start_stream()
        await until(lambda: studio.vitals is not None and studio.vitals.kbps, 15)
        vitals = studio.vitals
        await studio.stop_stream()
        await until(lambda: studio.vitals is None)
    assert vitals is not None
    assert 0 <= vitals.congestion <= 1
    assert 0 <= vitals.dropped_percent <= 100
    assert 10 < vitals.kbps < 50_000


async def test_a_picture_that_a_frozen_obs_does_not_send_is_given_up(own_desk: Desk) -> None:
    async with running(own_desk.port, timeout=0.5) as studio:
        await there(studio)
        await own_desk.freeze()
        with pytest.raises(Unavailable):
            await studio.picture(None, 64)
        await own_desk.thaw()

        async def pictured() -> bytes:
            try:
                return await studio.picture(None, 64)
            except Unavailable:
                return b""

        assert await until(pictured, seconds=20.0)


async def test_an_armed_take_begins_at_its_instant_and_not_a_frame_before(studio: OBSStudio) -> None:
    changes = []
    for scene in (FILM, RUNWAY, COUNTDOWN):
        at = CLOCK.now() + timedelta(seconds=0.3)
        taken = await studio.take(scene, at)
        changes.append(taken.began - at)
        assert shown(studio) == scene
    assert min(changes) > -2 * HALF_A_FRAME
    assert min(changes) < timedelta(seconds=0.1)


async def test_an_armed_take_that_a_hand_makes_first_is_done_at_its_instant(studio: OBSStudio, hand: Remote) -> None:
    at = CLOCK.now() + timedelta(seconds=0.4)
    async with asyncio.TaskGroup() as group:
        armed = group.create_task(studio.take(RUNWAY, at))
        await hand.ask("SetCurrentProgramScene", sceneName=RUNWAY)
        await until(lambda: shown(studio) == RUNWAY)
    assert armed.result().scene == RUNWAY
    assert CLOCK.now() - at < timedelta(seconds=0.4)  # else it waited for an event that OBS does not send


async def test_a_cancelled_armed_take_never_leaves(studio: OBSStudio, hand: Remote) -> None:
    at = CLOCK.now() + timedelta(seconds=0.15)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await studio.take(RUNWAY, at)
    await CLOCK.sleep_until(at + timedelta(seconds=0.1))
    assert (await hand.ask("GetCurrentProgramScene"))["currentProgramSceneName"] == COUNTDOWN


async def test_an_armed_take_that_is_taken_back_says_so_and_never_leaves(studio: OBSStudio, hand: Remote) -> None:
    at = CLOCK.now() + timedelta(seconds=0.4)
    async with asyncio.TaskGroup() as group:
        armed = group.create_task(_how_it_ends(studio.take(RUNWAY, at)))
        await asyncio.sleep(0)
        studio.withdraw(FILM, at)
        studio.withdraw(RUNWAY, at + timedelta(seconds=1))
        assert not armed.done()
        studio.withdraw(RUNWAY, at)
        assert await armed == "Withdrawn"
        assert CLOCK.now() < at
    await CLOCK.sleep_until(at + timedelta(seconds=0.1))
    assert (await hand.ask("GetCurrentProgramScene"))["currentProgramSceneName"] == COUNTDOWN
    await studio.take(RUNWAY, CLOCK.now())
    studio.withdraw(RUNWAY, at)
    assert shown(studio) == RUNWAY


async def _how_it_ends(take: Coroutine[Any, Any, object]) -> str:
    try:
        await take
    except FarEndError as error:
        return type(error).__name__
    return "taken"


async def test_a_take_now_does_not_wait_for_an_armed_one(studio: OBSStudio) -> None:
    async with asyncio.TaskGroup() as group:
        armed = group.create_task(studio.take(RUNWAY, CLOCK.now() + timedelta(seconds=1)))
        await studio.take(FILM)
        assert not armed.done()
    assert shown(studio) == RUNWAY


async def test_takes_one_upon_the_other_end_with_the_last_and_never_show_an_earlier_one_again(
    desk: Desk, hand: Remote
) -> None:
    seen: list[str] = []
    studio = OBSStudio(name="main", host="127.0.0.1", port=desk.port, password=Secret(PASSWORD), clock=CLOCK)

    def note() -> None:
        if shown(studio) and (not seen or seen[-1] != shown(studio)):
            seen.append(shown(studio))

    def is_over() -> bool:  # the fourth has begun, and its scene was named after it; an interrupted one may not be
        begun = [number for number, (event, *_) in enumerate(hand.events) if event == "SceneTransitionStarted"]
        return len(begun) == 4 and any(
            event == "CurrentProgramSceneChanged" and data["sceneName"] == FILM
            for event, data, _ in hand.events[begun[3] :]
        )

    async with asyncio.TaskGroup() as group:
        task = group.create_task(studio.run(note))
        await there(studio)
        for scene in (FILM, RUNWAY, COUNTDOWN, FILM):
            await studio.take(scene)
        await until(is_over)
        task.cancel()
    assert seen == [COUNTDOWN, FILM, RUNWAY, COUNTDOWN, FILM]


async def test_with_a_fade_the_take_is_confirmed_at_its_start_and_not_at_its_end(
    studio: OBSStudio, hand: Remote
) -> None:
    await hand.ask("SetCurrentSceneTransition", transitionName="Fade")
    await hand.ask("SetCurrentSceneTransitionDuration", transitionDuration=5000)
    await until(lambda: studio.seen is not None and studio.seen.transition == 5.0)
    async with asyncio.timeout(4):
        taken = await studio.take(RUNWAY)
    assert shown(studio) == taken.scene == RUNWAY


async def test_in_studio_mode_a_take_goes_to_program_and_the_preview_is_seen(studio: OBSStudio, hand: Remote) -> None:
    await hand.ask("SetStudioModeEnabled", studioModeEnabled=True)
    await until(lambda: studio.seen is not None and studio.seen.preview is not None)
    await hand.ask("SetCurrentPreviewScene", sceneName=FILM)
    await until(lambda: studio.seen is not None and studio.seen.preview == FILM)
    await studio.take(RUNWAY)
    assert shown(studio) == RUNWAY
    assert (await hand.ask("GetCurrentProgramScene"))["currentProgramSceneName"] == RUNWAY


async def test_a_scene_is_put_on_preview_and_then_taken_and_refused_once_studio_mode_is_off(
    studio: OBSStudio, hand: Remote
) -> None:
    with pytest.raises(Refused, match="switch Studio Mode on") as off:
        await studio.preview(FILM)
    assert off.value.reason == "studioModeOff"
    await hand.ask("SetStudioModeEnabled", studioModeEnabled=True)
    await until(lambda: studio.seen is not None and studio.seen.preview == COUNTDOWN)
    await studio.preview(FILM)
    assert studio.seen is not None
    assert (studio.seen.program, studio.seen.preview) == (COUNTDOWN, FILM)
    assert (await hand.ask("GetCurrentPreviewScene"))["currentPreviewSceneName"] == FILM
    with pytest.raises(Refused, match="did you mean") as unknown:
        await studio.preview("Runwya")
    assert unknown.value.reason == "600"
    before = CLOCK.now()
    taken = await studio.take(FILM, before + timedelta(seconds=0.5))
    assert taken.began - before > timedelta(seconds=0.4)
    assert shown(studio) == (await hand.ask("GetCurrentProgramScene"))["currentProgramSceneName"] == FILM
    await hand.ask("SetStudioModeEnabled", studioModeEnabled=False)
    await until(lambda: studio.seen is not None and studio.seen.preview is None)
    with pytest.raises(Refused, match="switch Studio Mode on"):
        await studio.preview(RUNWAY)
    assert shown(studio) == FILM


async def test_a_hands_cut_is_seen(studio: OBSStudio, hand: Remote) -> None:
    await hand.ask("SetCurrentProgramScene", sceneName=FILM)
    await until(lambda: shown(studio) == FILM)


async def test_a_scene_made_renamed_and_removed_by_a_hand_is_seen(studio: OBSStudio, hand: Remote) -> None:
    def scenes() -> tuple[str, ...]:
        return studio.seen.scenes if studio.seen is not None else ()

    await hand.ask("CreateScene", sceneName="Interview")
    await until(lambda: "Interview" in scenes())
    await hand.ask("SetSceneName", sceneName="Interview", newSceneName="Talk")
    await until(lambda: "Talk" in scenes() and "Interview" not in scenes())
    await hand.ask("RemoveScene", sceneName="Talk")
    await until(lambda: "Talk" not in scenes())


async def test_it_is_pointed_streams_and_stops_each_once(studio: OBSStudio, desk: Desk, hand: Remote) -> None:
    async with desk.ingest() as server:
        ingest = Ingest(server=server, key=Secret(KEY))
        await studio.point(ingest)
        held = (await hand.ask("GetStreamServiceSettings"))["streamServiceSettings"]
        assert (held["server"], held["key"]) == (server, KEY)
        seen = await there(studio)
        assert seen.target == ingest.fingerprint

        await studio.start_stream()
        assert (await there(studio)).is_streaming
        assert (await hand.ask("GetStreamStatus"))["outputActive"]
        await studio.start_stream()
        await studio.point(ingest)
        with pytest.raises(Refused, match="is streaming to another server or key"):
            await studio.point(Ingest(server=server, key=Secret("another")))

        await studio.stop_stream()
        assert not (await there(studio)).is_streaming
        await studio.stop_stream()

        def states() -> list[str]:
            all_states = [data["outputState"] for event, data, _ in hand.events if event == "StreamStateChanged"]
            return [state.removeprefix("OBS_WEBSOCKET_OUTPUT_") for state in all_states]

        await until(lambda: "STOPPED" in states())
        assert states() == ["STARTING", "STARTED", "STOPPING", "STOPPED"]


async def test_an_ingest_that_is_not_there_is_said_in_words(studio: OBSStudio) -> None:
    await studio.point(Ingest(server=f"rtmp://127.0.0.1:{free_port()}/live", key=Secret(KEY)))
    with pytest.raises(Unavailable, match="could not reach the ingest"):
        await studio.start_stream()
    assert not (await there(studio)).is_streaming


async def test_a_stream_that_a_hand_starts_and_stops_is_seen(studio: OBSStudio, desk: Desk, hand: Remote) -> None:
    async with desk.ingest() as server:
        await studio.point(Ingest(server=server, key=Secret(KEY)))
        await hand.ask("StartStream")
        await until(lambda: studio.seen is not None and studio.seen.is_streaming, 10)
        await hand.ask("StopStream")
        await until(lambda: studio.seen is not None and not studio.seen.is_streaming, 10)


async def test_while_obs_is_away_commands_say_where_to_look(caplog: pytest.LogCaptureFixture) -> None:
    port = free_port()
    async with running(port) as studio:
        await until(lambda: "nothing answers" in studio.trouble)
        for command in (studio.take(RUNWAY), studio.start_stream(), studio.stop_stream()):
            with pytest.raises(Unavailable, match=rf"127\.0\.0\.1:{port}.*start OBS.*WebSocket Server Settings"):
                await command
    assert studio.seen is None


async def test_an_obs_that_ends_and_comes_back_is_read_anew_and_said_once_each(
    own_desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "broadcaster")
    await own_desk.stop()
    async with running(own_desk.port) as studio:
        await until(lambda: "nothing answers" in studio.trouble)
        await own_desk.start()
        await there(studio, seconds=30)
        await own_desk.stop()
        await until(lambda: studio.seen is None)
        await own_desk.start()
        await there(studio, seconds=30)
        await studio.take(RUNWAY)
    events = [record.event for record in caplog.records if hasattr(record, "event")]
    assert events == ["obs_away", "obs_back", "obs_away", "obs_back"]


async def test_an_answer_that_our_code_stumbles_over_is_told_and_read_anew(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    understood, stumbles = translate.half_frame, [KeyError("fpsDenominator")] * 2

    def half_frame(answer: Mapping[str, Any]) -> float:
        if stumbles:
            raise stumbles.pop()
        return understood(answer)

    monkeypatch.setattr(translate, "half_frame", half_frame)
    async with running(desk.port) as studio:
        await until(lambda: "failed (KeyError)" in studio.trouble)
        await there(studio)
        await studio.take(RUNWAY)
    assert [record.event for record in caplog.records if hasattr(record, "event")].count("code_broken") == 2


async def test_a_frozen_obs_is_noticed_and_found_again(desk: Desk) -> None:
    async with running(desk.port, timeout=0.5) as studio:
        await there(studio)
        await desk.freeze()
        try:
            await until(lambda: studio.seen is None, 5)
            with pytest.raises(Unavailable):
                await studio.take(RUNWAY)
        finally:
            await desk.thaw()
        await there(studio)
        await studio.take(RUNWAY)


async def test_a_wrong_password_is_said_and_tried_slowly(desk: Desk) -> None:
    async with running(desk.port, password="not-the-password") as studio:
        await until(lambda: "did not accept the password" in studio.trouble)
        with pytest.raises(NeedsHuman, match="WebSocket Server Settings"):
            await studio.take(RUNWAY)
        assert studio.seen is None


async def test_no_password_and_no_key_is_ever_logged_or_shown(
    desk: Desk, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(desk.port) as studio, desk.ingest() as server:
        await there(studio)
        await studio.point(Ingest(server=server, key=Secret(KEY)))
        await studio.start_stream()
        await studio.stop_stream()
        objects: list[Any] = [studio, studio.seen, vars(studio)]
        text = caplog.text + repr(objects) + "".join(capfd.readouterr())
    async with running(desk.port, password=PASSWORD + "-wrong") as studio:
        await until(lambda: "password" in studio.trouble)
        text += caplog.text + studio.trouble
    assert "obs" in text.lower()
    for secret in (PASSWORD, KEY):
        assert secret not in text
