"""Does every screen see each change, and nothing hold up the others?"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestClient, TestServer

from broadcaster.adapters.clock import ManualClock
from broadcaster.panel import hub as hub_module
from broadcaster.panel import live, pictures
from broadcaster.panel.hub import Client, Hub, encode, frame
from broadcaster.panel.live import Live
from broadcaster.panel.patches import apply
from broadcaster.panel.pictures import Pictures
from broadcaster.panel.seats import Seat, Seats
from broadcaster.ports import Person
from broadcaster.season.errors import Unavailable
from broadcaster.show.people import Role
from tests.waiting import until

NOW = datetime(2027, 10, 20, 14, 0, tzinfo=UTC)


@dataclass
class FakeDesk:
    on_turn: list[Callable[[], None]] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=lambda: {"seq": 1, "title": "Ашылу кеші", "alerts": {"0": "x"}})
    looks: int = 0
    asked: list[str | None] = field(default_factory=list)
    refuse_with: Exception | None = None

    def screen(self) -> dict[str, Any]:
        self.looks += 1
        return dict(self.document)

    def turn(self, **changes: Any) -> None:
        self.document |= changes
        for listener in self.on_turn:
            listener()

    async def picture(self, scene: str | None, width: int) -> bytes:
        self.asked.append(scene)
        await asyncio.sleep(0)
        if self.refuse_with is not None:
            raise self.refuse_with
        return f"{scene} {len(self.asked)}".encode()


@dataclass
class House:
    """A panel with only the socket and the pictures, in which everybody is who they say."""

    desk: FakeDesk
    live: Live
    client: TestClient[web.Request, web.Application]
    gone: set[str] = field(default_factory=set)

    @contextlib.asynccontextmanager
    async def watch(self, view: str = "desk", name: str = "Aliya") -> AsyncIterator["Screen"]:
        async with self.client.ws_connect(f"/api/v1/live?view={view}", headers={"Name": name}) as socket:
            yield Screen(socket)


@dataclass
class Screen:
    """What a page does."""

    socket: ClientWebSocketResponse
    document: dict[str, Any] = field(default_factory=dict)
    number: int = -1

    async def next(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(await self.socket.receive_str(timeout=5))
        if "full" in message:
            self.document = message["full"]
        elif "patch" in message:
            assert message["n"] == self.number + 1
            self.document = apply(self.document, message["patch"])
        self.number = message["n"]
        return message

    async def until(self, **wanted: Any) -> None:
        while {name: self.document.get(name) for name in wanted} != wanted:
            await self.next()


@pytest.fixture
async def house(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    desk, clock = FakeDesk(), ManualClock(NOW)
    part = Live(desk, clock=clock, seats=Seats(most=5))
    gone: set[str] = set()

    def person(request: web.Request) -> Person:
        return Person(name=request.headers.get("Name", "Aliya"), role=Role.VIEWER, kind="session", source="127.0.0.1")

    monkeypatch.setattr(live, "person", person)
    monkeypatch.setattr(live, "still", lambda request: None if request.headers.get("Name") in gone else person(request))
    monkeypatch.setattr(live, "TICK_SECONDS", 0.05)
    monkeypatch.setattr(live, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(hub_module, "BEAT_SECONDS", 0.3)
    app = web.Application()
    app.add_routes([*part.routes(), *Pictures(desk, clock=clock).routes()])
    app.on_shutdown.append(part.close)
    async with TestClient(TestServer(app)) as client:
        yield House(desk=desk, live=part, client=client, gone=gone)


async def test_a_screen_gets_the_document_whole_and_then_what_changes(house: House) -> None:
    async with house.watch() as screen:
        first = await screen.next()
        assert first["full"] | {"people": {}} == house.desk.document | {"people": {}}
        assert (first["now"], first["pace"]) == ("2027-10-20T14:00:00.000Z", 1.0)
        house.desk.turn(seq=2, alerts={}, title="Қош келдіңіз")
        await screen.until(seq=2)
        assert screen.document["title"] == "Қош келдіңіз"
        assert screen.document["alerts"] == {}


async def test_silence_means_trouble_so_a_beat_says_that_all_is_well(house: House) -> None:
    async with house.watch() as screen:
        await screen.next()
        while set(message := await screen.next()) != {"n", "now", "pace"}:
            pass
        assert message["n"] == screen.number


async def test_the_stage_is_told_nothing_that_is_for_the_crew(house: House) -> None:
    async with house.watch("stage") as screen:
        assert (await screen.next())["full"] == {"title": "Ашылу кеші", "shows": {}, "rundown": {}}
        house.desk.turn(seq=3, notes="the mayor is late", title="Next")
        while "patch" not in (message := await screen.next()):
            pass
        assert message["patch"] == {"title": "Next"}


async def test_who_is_connected_is_told_with_how_many_screens(house: House) -> None:
    async with house.watch(name="Aliya") as screen, house.watch(name="Daniyar"), house.watch("stage", name="Daniyar"):
        at = "2027-10-20T14:00:00.000Z"
        aliya = {"role": "viewer", "screens": 1, "since": at}
        await screen.until(people={"Aliya": aliya, "Daniyar": aliya | {"screens": 2}})
    assert await until(lambda: house.live.screens == 0)


async def test_whoever_comes_back_gets_the_document_whole(house: House) -> None:
    async with house.watch() as screen:
        await screen.next()
    house.desk.turn(seq=9)
    async with house.watch() as screen:
        assert (await screen.next())["full"]["seq"] == 9


async def test_nothing_is_computed_while_nobody_looks(house: House) -> None:
    house.desk.turn(seq=2)
    assert house.desk.looks == 0


async def test_whoever_says_something_is_shown_the_door(house: House) -> None:
    async with house.watch() as screen:
        await screen.socket.send_str("take Runway")
        while (message := await screen.socket.receive(timeout=5)).type is WSMsgType.TEXT:
            pass
        assert message.data == 1003


async def test_a_message_that_is_too_large_closes_the_socket(house: House) -> None:
    async with house.watch() as screen:
        await screen.socket.send_str("x" * 100_000)
        while (message := await screen.socket.receive(timeout=5)).type is WSMsgType.TEXT:
            pass
        assert message.data == 1009
    assert await until(lambda: house.live.screens == 0)


async def test_a_session_that_was_ended_goes_dark(house: House) -> None:
    async with house.watch(name="Eve") as screen:
        await screen.next()
        house.gone.add("Eve")
        while (message := await screen.socket.receive(timeout=5)).type is WSMsgType.TEXT:
            pass
        assert message.data == 4401


async def test_a_service_that_stops_says_goodbye(house: House) -> None:
    async with house.watch() as screen:
        await screen.next()
        closing = asyncio.ensure_future(house.client.server.close())
        while (message := await screen.socket.receive(timeout=5)).type is WSMsgType.TEXT:
            pass
        assert message.data == 1001
        await closing


async def test_a_flood_of_sockets_is_refused_with_a_sentence_and_those_inside_go_on(house: House) -> None:
    async with contextlib.AsyncExitStack() as stack:
        screens = [await stack.enter_async_context(house.watch()) for _ in range(5)]
        headers = {"Connection": "Upgrade", "Upgrade": "websocket"}
        async with house.client.get("/api/v1/live", headers=headers) as refused:
            assert refused.status == 503
            assert "5 screens are connected" in (await refused.json())["error"]
        house.desk.turn(revision=4)
        for screen in screens:
            await screen.until(revision=4)
    async with house.watch() as screen:
        assert (await screen.next())["full"]["revision"] == 4


def test_one_address_cannot_take_every_seat_unless_it_is_this_machine() -> None:
    seats = Seats(most=10, most_of_an_address=2)
    hub = Hub(ManualClock(NOW))

    def seat(address: str) -> Seat:
        nothing: Any = None
        client = Client(transport=nothing, drop=lambda: None)
        return Seat(
            socket=nothing, request=nothing, client=client, hub=hub, address=address, name="x", role="viewer", since=""
        )

    taken = [seat("192.0.2.7"), seat("192.0.2.7"), *(seat("127.0.0.1") for _ in range(3))]
    for each in taken:
        assert seats.refusal(each.address) is None
        seats.take(each)
    assert seats.refusal("192.0.2.7") is not None
    assert seats.refusal("192.0.2.8") is None
    assert seats.refusal("127.0.0.1") is None
    for each in taken:
        seats.free(each)
    assert seats.refusal("192.0.2.7") is None
    assert not seats._of


class Pipe(asyncio.Transport):
    """A socket whose other end takes in only what it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []
        self.left = 0
        self.is_stuck = False
        self.is_gone = False

    def write(self, data: Any) -> None:
        text = bytes(data)
        size = text[1]
        self.sent.append(json.loads(text[{126: 4, 127: 10}.get(size, 2) :]))
        self.left += len(text) if self.is_stuck else 0

    def get_write_buffer_size(self) -> int:
        return self.left

    def is_closing(self) -> bool:
        return self.is_gone

    def abort(self) -> None:
        self.is_gone = True


def join(hub: Hub) -> Pipe:
    pipe = Pipe()
    hub.join(Client(transport=pipe, drop=pipe.abort))
    return pipe


async def settled(hub: Hub) -> None:
    while hub.is_sending:
        await asyncio.sleep(0)


async def test_a_slow_client_holds_up_nobody_keeps_one_message_and_catches_up_with_the_latest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub = Hub(ManualClock(NOW))
    hub.show({"scene": 0})
    quick = [join(hub) for _ in range(120)]
    slow, dead = join(hub), join(hub)
    slow.is_stuck = dead.is_stuck = True
    for number in range(1, 6):
        hub.show({"scene": number})
        await settled(hub)
    for pipe in quick:
        assert [message.get("patch", message.get("full"))["scene"] for message in pipe.sent] == [0, 1, 2, 3, 4, 5]
    assert [message["n"] for message in slow.sent] == [1, 2]  # one has filled it, and nothing waits for it here
    slow.left, slow.is_stuck = 0, False
    hub.beat()
    assert slow.sent[-1]["full"] == {"scene": 5}
    hub.show({"scene": 6})
    await settled(hub)
    assert slow.sent[-1]["patch"] == {"scene": 6}
    assert not dead.is_gone
    monkeypatch.setattr(hub_module, "BEHIND_SECONDS", 0.0)
    hub.beat()
    assert dead.is_gone
    assert len(hub.clients) == 121


async def test_a_broken_socket_does_not_end_the_round() -> None:
    class Broken(Pipe):
        def write(self, data: Any) -> None:
            raise RuntimeError("Cannot call write() after write_eof()")

    hub = Hub(ManualClock(NOW))
    hub.show({"scene": 0})
    pipes = [join(hub) for _ in range(60)]
    broken = Broken()
    hub.join(Client(transport=broken, drop=broken.abort))
    pipes += [join(hub) for _ in range(60)]
    hub.show({"scene": 1})
    await settled(hub)
    assert broken.is_gone
    assert all(pipe.sent[-1]["patch"] == {"scene": 1} for pipe in pipes)


async def test_a_change_that_overtakes_the_round_before_reaches_everybody_in_order() -> None:
    hub = Hub(ManualClock(NOW))
    hub.show({"scene": 0})
    pipes = [join(hub) for _ in range(300)]
    for number in range(1, 8):
        hub.show({"scene": number, str(number): True})
        hub.beat()
        await asyncio.sleep(0)
    pipes += [join(hub) for _ in range(10)]
    await settled(hub)
    hub.beat()
    while hub._behind:
        await asyncio.sleep(0)
    for pipe in pipes:
        document: dict[str, Any] = {}
        last = -1
        for message in pipe.sent:
            if "full" in message:
                document = message["full"]
            elif "patch" in message:
                assert message["n"] == last + 1
                document = apply(document, message["patch"])
            else:
                assert message["n"] == last
            last = message["n"]
        assert document == hub.document


async def test_counts_that_nobody_acts_on_wait_for_something_else() -> None:
    hub = Hub(ManualClock(NOW))
    hub.show({"seq": 0, "scene": "Film"})
    pipe = join(hub)
    hub.show({"seq": 1, "scene": "Film"})
    assert len(pipe.sent) == 1
    hub.show({"seq": 2, "scene": "Runway"})
    assert pipe.sent[-1]["patch"] == {"seq": 2, "scene": "Runway"}
    hub.show({"seq": 3, "scene": "Runway"}, flush=True)
    assert pipe.sent[-1]["patch"] == {"seq": 3}


async def test_a_rehearsals_pace_is_told_as_soon_as_it_changes() -> None:
    class Paced(ManualClock):
        pace = 1.0

        def delay(self, instant: datetime) -> float:
            return super().delay(instant) / self.pace

    clock = Paced(NOW)
    hub = Hub(clock)
    hub.show({"scene": 0})
    pipe = join(hub)
    hub.beat()
    assert len(pipe.sent) == 1 or pipe.sent[-1]["pace"] == 1.0
    clock.pace = 120.0
    hub.beat()
    await settled(hub)
    assert pipe.sent[-1]["pace"] == 120.0


@pytest.mark.parametrize("size", [10, 125, 126, 65_535, 65_536])
def test_a_frame_says_its_length(size: int) -> None:
    data = frame("x" * size)
    assert data[0] == 0x81
    head = {126: 4, 127: 10}.get(data[1], 2)
    assert len(data) == head + size
    assert int.from_bytes(data[2:head], "big") in (0, size)
    assert encode({"a": "ә"}) == '{"a":"ә"}'


# -- pictures -----------------------------------------------------------------------------------------------------


async def test_many_who_ask_at_once_get_one_picture(house: House) -> None:
    async def ask() -> tuple[int, bytes, str]:
        async with house.client.get("/api/v1/picture/program.jpg") as response:
            return response.status, await response.read(), response.headers["X-Picture"]

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask()) for _ in range(20)]
    assert {task.result() for task in tasks} == {(200, b"None 1", "1")}
    assert house.desk.asked == [None]


async def test_a_newer_picture_is_waited_for_and_an_old_one_never_sent_as_new(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "EVERY_SECONDS", 0.05)
    async with house.client.get("/api/v1/picture/program.jpg") as first:
        assert first.headers["X-Taken-At"] == "2027-10-20T14:00:00.000Z"
    async with house.client.get("/api/v1/picture/program.jpg?after=1") as second:
        assert (second.status, await second.read()) == (200, b"None 2")
    house.desk.refuse_with = Unavailable("OBS is away")
    async with house.client.get("/api/v1/picture/program.jpg?after=2") as third:
        assert third.status == 503
        assert (await third.json())["error"] == "OBS is away"
    async with house.client.get("/api/v1/picture/program.jpg") as fourth:
        assert fourth.status == 503
    house.desk.refuse_with = None

    async def back() -> str:
        async with house.client.get("/api/v1/picture/program.jpg?after=2") as fifth:
            return fifth.headers.get("X-Picture", "")

    assert await until(back) == "3"
    async with house.client.get("/api/v1/picture/program.jpg?after=99") as of_another_life:
        assert of_another_life.status == 200


async def test_while_a_take_is_near_the_poll_waits_and_ends_with_nothing_new(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in (("EVERY_SECONDS", 0.01), ("ASK_AGAIN_SECONDS", 0.01), ("LONG_POLL_SECONDS", 0.1)):
        monkeypatch.setattr(pictures, name, seconds)
    async with house.client.get("/api/v1/picture/program.jpg") as first:
        assert first.status == 200
    house.desk.refuse_with = Unavailable("a take is about to leave", reason="take")
    async with house.client.get("/api/v1/picture/program.jpg?after=1") as second:
        assert (second.status, second.headers["X-Picture"]) == (304, "1")


async def test_pictures_are_of_scenes_that_obs_has(house: House) -> None:
    house.desk.document |= {
        "scenes": {"Runway": 0},
        "rundown": {"talk": {"scene": "Talk"}},
        "next": {"id": "talk"},
    }
    for path, status in (
        ("scene.jpg?scene=Runway", 200),
        ("scene.jpg?scene=<script>", 404),
        ("scene.jpg", 400),
        ("next.jpg", 200),
        ("program.jpg?after=-1", 400),
    ):
        async with house.client.get(f"/api/v1/picture/{path}") as response:
            assert response.status == status
    assert house.desk.asked == ["Runway", "Talk"]
