"""Does the API let in who may, carry out an order once, and say plainly why it does not?"""

import asyncio
import http.client
import json
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer

from broadcaster.adapters.clock import ManualClock
from broadcaster.panel import Panel
from broadcaster.panel.guard import HEADERS
from broadcaster.panel.openapi import STATE
from broadcaster.panel.orders import SHAPES
from broadcaster.ports import Secret
from broadcaster.season.errors import (
    BroadcastError,
    FarEndError,
    JournalError,
    OutcomeUnknown,
    Problem,
    Refused,
    SeasonError,
    Unavailable,
)
from broadcaster.season.plan import Plan
from broadcaster.season.said import say
from broadcaster.show.changes import Change, Edit
from broadcaster.show.commands import NotNow, Stale
from broadcaster.show.orders import Order, Rewrite, Word
from broadcaster.show.people import Deed
from broadcaster.show.post_list import post_list
from broadcaster.show.post_orders import NoSuchPost, Outlets
from broadcaster.show.records import Record
from broadcaster.show.ripple import Ripple
from broadcaster.show.state import SeasonState
from tests.plans import season_plan

TOKEN = Secret("s3cret-token")
BEARER = {"Authorization": f"Bearer {TOKEN.reveal()}"}
NOW = datetime(2027, 10, 20, 14, 0, tzinfo=UTC)

Client = TestClient[web.Request, web.Application]


@dataclass
class FakeDesk:
    """Keeps the conductor's promises on orders, and remembers what reached it."""

    on_turn: list[Callable[[], None]] = field(default_factory=list)
    on_record: list[Callable[[Record], None]] = field(default_factory=list)
    carried_out: list[Order] = field(default_factory=list)
    rewritten: list[Rewrite] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    previewed: list[str] = field(default_factory=list)
    seq: int = 7
    refuse_with: Exception | None = None

    def turn(self) -> None:
        for listener in self.on_turn:
            listener()

    def preview(self, order: Order) -> Ripple:
        if self.refuse_with is not None:
            raise self.refuse_with
        return Ripple(
            show="day-1",
            zone="Asia/Almaty",
            live_before=NOW,
            live=NOW,
            end_before=NOW,
            end=NOW,
            planned_end=NOW,
            segments=(),
        )

    def weigh(self, order: Order) -> dict[str, Any]:
        if self.refuse_with is not None:
            raise self.refuse_with
        too_long = say(
            "the text has {count} hashtags, and {channel} takes {most}: leave {over} out",
            count=40,
            channel="Instagram",
            most=30,
            over=10,
        )
        return {"length": len(order.text), "most": 2200, "excess": too_long if "#" in order.text else ""}

    async def edit(self, rewrite: Rewrite) -> Edit:
        await asyncio.sleep(0)
        if self.refuse_with is not None:
            raise self.refuse_with
        self.rewritten.append(rewrite)
        change = Change(show="day-1", kind="segment", subject="talk", what="added", text="'Talk' for 2m")
        plan = Plan(season="x", title="X", zone="Asia/Almaty", tzdata="", shows=())
        return Edit(plan=plan, changes=(change,), refusals=(), notes=())

    async def order(self, order: Order) -> int:
        await asyncio.sleep(0)
        if any(order.key and order.key == done.key for done in self.carried_out):
            return self.seq
        if order.revision is not None and order.revision != self.seq:
            raise Stale(f"the show has moved on since revision {order.revision}; look again: it is at {self.seq}")
        if self.refuse_with is not None:
            raise self.refuse_with
        self.carried_out.append(order)
        self.seq += 1
        return self.seq

    async def audit(self, deed: Deed) -> None:
        self.deeds.append(deed)

    async def preview_scene(self, scene: str) -> None:
        if self.refuse_with is not None:
            raise self.refuse_with
        self.previewed.append(scene)

    async def picture(self, scene: str | None, width: int) -> bytes:
        raise Unavailable("this desk has no studio")

    async def posts(self, show: str) -> list[dict[str, Any]]:
        return post_list(season_plan(), SeasonState(), NOW, Outlets(), show)

    def screen(self) -> dict[str, Any]:
        return {"phase": "live", "seq": self.seq}

    def view(self) -> dict[str, Any]:
        return dict.fromkeys(STATE) | {
            "seq": self.seq,
            "revision": self.seq,
            "shows": [{"id": "day-1"}, {"id": "day-2"}],
            "show": "day-1",
            "show_title": "Ашылу кеші",
            "phase": "live",
            "alerts": [],
            "in_a_line": 'day-1 live, on air "Runway"',
        }


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
async def client(desk: FakeDesk) -> AsyncIterator[Client]:
    panel = Panel(desk, token=TOKEN, clock=ManualClock(NOW))
    desk.turn()
    async with TestClient(TestServer(panel.application())) as client:
        yield client


async def post(client: Client, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, Any]]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    sent = BEARER | {name.replace("_", "-"): value for name, value in headers.items()}
    async with client.post(f"/api/v1/{path}", data=data, headers=sent) as response:
        return response.status, await response.json()


# -- looking ------------------------------------------------------------------------------------------------------


async def test_the_state_is_the_desks_view_in_its_own_letters(client: Client, desk: FakeDesk) -> None:
    async with client.get("/api/v1/state", headers=BEARER) as response:
        assert response.status == 200
        assert await response.json() == desk.view()
        assert "Ашылу кеші" in await response.text()


async def test_it_is_healthy_at_once_and_ready_after_the_journal_and_the_first_turn(desk: FakeDesk) -> None:
    panel = Panel(desk, token=TOKEN, clock=ManualClock(NOW))
    desk.seq = 0
    async with TestClient(TestServer(panel.application())) as client:
        async with client.get("/healthz") as response:
            assert (response.status, await response.json()) == (200, {"ok": True, "now": "2027-10-20T14:00:00.000Z"})
        async with client.get("/readyz") as response:
            assert response.status == 503
            reasons = (await response.json())["reasons"]
            assert "journal" in reasons[0]
            assert "first turn" in reasons[1]
        status, reply = await post(client, "go")
        assert status == 503
        assert "just starting: the journal is not open yet" in reply["error"]
        assert not desk.carried_out
        desk.seq = 1
        desk.turn()
        async with client.get("/readyz") as response:
            assert response.status == 200
            assert await response.json() == {"ok": True, "reasons": [], "last_turn": "2027-10-20T14:00:00.000Z"}
        assert (await post(client, "go"))[0] == 200


# -- ordering -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", list(Word))
async def test_every_word_reaches_the_desk_with_who_and_from_where(client: Client, desk: FakeDesk, word: Word) -> None:
    needed: dict[str, dict[str, Any]] = {
        Word.TAKE: {"scene": "Подиум"},
        Word.DELAY: {"by": "5m"},
        Word.EXTEND: {"by": "5m"},
        Word.POST: {"post": "soon/telegram/en", "act": "edit", "text": "We begin\nlater"},
    }
    body = needed.get(word, {})
    status, reply = await post(client, word, body, X_Broadcaster_Who="Aigerim")
    assert (status, reply["ok"], reply["revision"]) == (200, True, 8)
    assert reply["state"] == 'day-1 live, on air "Runway"'
    assert desk.carried_out == [Order(word=word, who="Aigerim via api", kind="token", source="127.0.0.1", **body)]


async def test_an_order_without_a_body_will_do_and_all_fields_arrive(client: Client, desk: FakeDesk) -> None:
    assert (await post(client, "go"))[0] == 200
    body = {"show": "day-2", "lane": "posts", "revision": 8, "key": "k1"}
    assert (await post(client, "hold", body))[0] == 200
    assert desk.carried_out == [
        Order(word=Word.GO, who="api", kind="token", source="127.0.0.1"),
        Order(
            word=Word.HOLD,
            who="api",
            kind="token",
            source="127.0.0.1",
            show="day-2",
            lane="posts",
            revision=8,
            key="k1",
        ),
    ]


async def test_null_says_nothing(client: Client, desk: FakeDesk) -> None:
    assert (await post(client, "hold", {"show": None, "lane": None, "revision": None, "key": None}))[0] == 200
    assert desk.carried_out == [Order(word=Word.HOLD, who="api", kind="token", source="127.0.0.1")]


async def test_a_repeat_of_a_key_answers_the_same_and_is_carried_out_once(client: Client, desk: FakeDesk) -> None:
    both = await asyncio.gather(*(post(client, "go", Idempotency_Key="k1") for _ in range(2)))
    by_body = await post(client, "go", {"key": "k1", "revision": 8})
    assert [status for status, _ in (*both, by_body)] == [200, 200, 200]
    assert len(desk.carried_out) == 1


async def test_a_key_cannot_hide_another_order(client: Client, desk: FakeDesk) -> None:
    await post(client, "hold", Idempotency_Key="k1")
    status, reply = await post(client, "end", Idempotency_Key="k1")
    assert status == 422
    assert "used for another order, 'hold'" in reply["error"]
    assert len(desk.carried_out) == 1


async def test_a_refused_order_may_be_given_again_under_its_key(client: Client, desk: FakeDesk) -> None:
    desk.refuse_with = NotNow("the rundown is on hold: resume it first")
    assert (await post(client, "go", Idempotency_Key="k1"))[0] == 409
    desk.refuse_with = None
    assert (await post(client, "go", Idempotency_Key="k1"))[0] == 200
    assert len(desk.carried_out) == 1


async def test_a_stale_revision_is_refused_with_the_one_that_holds(client: Client, desk: FakeDesk) -> None:
    status, reply = await post(client, "skip", {"revision": 3})
    assert (status, reply["revision"]) == (409, 7)
    assert "moved on" in reply["error"]
    assert not desk.carried_out


async def test_an_order_at_the_wrong_moment_is_refused_with_its_sentence(client: Client, desk: FakeDesk) -> None:
    desk.refuse_with = NotNow("day-1 is ready, not on stage")
    assert await post(client, "go") == (409, {"error": "day-1 is ready, not on stage"})


async def test_a_journal_that_cannot_be_written_is_the_services_fault(client: Client, desk: FakeDesk) -> None:
    desk.refuse_with = JournalError("the disk is full")
    assert await post(client, "go") == (503, {"error": "the disk is full"})


async def test_an_unexpected_failure_is_logged_and_tells_no_details(
    client: Client, desk: FakeDesk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.refuse_with = ZeroDivisionError("private")
    status, reply = await post(client, "go")
    assert status == 500
    assert "private" not in reply["error"]
    assert "ZeroDivisionError: private" in caplog.text


async def test_a_show_that_is_not_there_is_named_with_the_one_meant(client: Client, desk: FakeDesk) -> None:
    status, reply = await post(client, "go", {"show": "day1"})
    assert (status, reply["error"]) == (404, "the season has no show 'day1'; did you mean 'day-1'?")
    assert not desk.carried_out


@pytest.mark.parametrize(
    ("word", "body", "said"),
    [
        ("go", b"{", "not JSON"),
        ("go", b"[]", "no JSON object"),
        ("go", b"\xff", "not UTF-8"),
        ("go", b"[" * 60_000, "nested too deep"),
        ("go", b'{"key": "a", "key": "b"}', "twice"),
        ("go", {"scene": "Runway"}, "'go' knows no field 'scene'"),
        ("take", {"scenes": "Runway"}, "did you mean 'scene'?"),
        ("take", {}, "'take' needs 'scene'"),
        ("take", {"scene": None}, "'take' needs 'scene'"),
        ("take", {"scene": " "}, "1 to 200 letters"),
        ("take", {"scene": "x" * 201}, "1 to 200 letters"),
        ("take", {"scene": 5}, "'scene' is a text, not '5'"),
        ("take", {"scene": "\ud800"}, "cannot be written"),
        ("take", {"scene": "a\nb"}, "cannot be written"),
        ("hold", {"lane": "programme"}, "'lane' is one of program, encoder"),
        ("go", {"revision": "7"}, "'revision' is a whole number"),
        ("go", {"revision": True}, "'revision' is a whole number"),
        ("go", {"revision": 7.0}, "'revision' is a whole number"),
        ("go", {"revision": -1}, "'revision' is a whole number"),
    ],
)
async def test_what_is_written_wrongly_is_refused_with_a_sentence(
    client: Client, desk: FakeDesk, word: str, body: object, said: str
) -> None:
    status, reply = await post(client, word, body)
    assert status == 400
    assert said in reply["error"]
    assert not desk.carried_out


async def test_two_different_keys_in_one_request_are_refused(client: Client, desk: FakeDesk) -> None:
    status, reply = await post(client, "go", {"key": "a"}, Idempotency_Key="b")
    assert status == 400
    assert "differ" in reply["error"]


async def test_a_body_beyond_64_kib_is_refused(client: Client, desk: FakeDesk) -> None:
    status, reply = await post(client, "go", b" " * (64 * 1024 + 1))
    assert status == 413
    assert "64 KiB" in reply["error"]


async def test_a_body_that_is_not_packed_as_it_says_is_the_senders_fault(client: Client, desk: FakeDesk) -> None:
    status, reply = await post(client, "go", b"not gzip", Content_Encoding="gzip")
    assert (status, "packed" in reply["error"]) == (400, True)
    assert not desk.carried_out


async def test_the_name_of_who_orders_is_cleaned(client: Client, desk: FakeDesk) -> None:
    for name in ("  Айгерім\t\u202e ", "x" * 100, "\u200b"):
        assert (await post(client, "skip", X_Broadcaster_Who=name))[0] == 200
    assert [order.who for order in desk.carried_out] == ["Айгерім via api", f"{'x' * 64} via api", "api"]


# -- who is let in ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer "},
        {"Authorization": TOKEN.reveal()},
        {"Authorization": f"Basic {TOKEN.reveal()}"},
        {"Authorization": "Bearer ключ"},
        {"Authorization": f"Bearer {TOKEN.reveal()}x"},
    ],
)
async def test_without_the_token_nothing_is_shown_or_done(
    client: Client, desk: FakeDesk, headers: dict[str, str]
) -> None:
    paths = [("GET", "/api/v1/state"), ("GET", "/api/v1/nothing"), *(("POST", f"/api/v1/{word}") for word in Word)]
    for method, path in paths:
        async with client.request(method, path, headers=headers) as response:
            assert response.status == 401, path
            assert response.headers["WWW-Authenticate"].startswith("Bearer")
            assert "token" in (await response.json())["error"]
    assert not desk.carried_out


async def test_the_scheme_may_be_written_small(client: Client) -> None:
    async with client.get("/api/v1/state", headers={"Authorization": f"bearer {TOKEN.reveal()}"}) as response:
        assert response.status == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8787", "127.0.0.1.evil.example", "192.168.1.5", "[::"])
async def test_a_foreign_host_name_is_turned_away(client: Client, desk: FakeDesk, host: str) -> None:
    status, reply = await post(client, "go", Host=host)
    assert status == 421
    assert "127.0.0.1" in reply["error"]
    assert not desk.carried_out


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8787", "127.0.0.1:1", "[::1]:8787"])
async def test_every_name_of_this_machine_will_do(client: Client, host: str) -> None:
    assert (await post(client, "go", Host=host))[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
async def test_web_pages_of_other_sites_are_turned_away(
    client: Client, desk: FakeDesk, headers: dict[str, str]
) -> None:
    sent = await of_this_machine(client) | {name.replace("_", "-"): value for name, value in headers.items()}
    async with client.post("/api/v1/go", headers=sent) as response:
        assert response.status == 403
    assert not desk.carried_out


async def test_its_own_pages_are_let_in(client: Client, desk: FakeDesk) -> None:
    here = {"Origin": f"http://{client.host}:{client.port}", "Sec-Fetch-Site": "same-origin"}
    async with client.post("/api/v1/go", headers=await of_this_machine(client) | here) as response:
        assert response.status == 200
    [order] = desk.carried_out
    assert (order.who, order.kind, order.source) == ("this machine", "this machine", "127.0.0.1")


async def of_this_machine(client: Client) -> dict[str, str]:
    """What a browser of this machine sends, after its first look at a page."""
    async with client.get("/panel", allow_redirects=False) as response:
        return {"Cookie": response.headers["Set-Cookie"].partition(";")[0]}


async def test_every_answer_is_json_and_carries_the_security_headers(client: Client) -> None:
    asked = [("GET", "/healthz"), ("GET", "/api/v1/state"), ("GET", "/nothing"), ("GET", "/api/v1/go"), ("PUT", "/no")]
    statuses = []
    for method, path in asked:
        async with client.request(method, path, headers=BEARER) as response:
            statuses.append(response.status)
            assert response.content_type == "application/json"
            assert isinstance(await response.json(), dict)
            for name, value in HEADERS.items():
                assert response.headers[name] == value
            if response.status == 405:
                assert response.headers["Allow"] == "POST"
    assert statuses == [200, 200, 404, 405, 404]


def test_a_panel_without_a_token_is_refused(desk: FakeDesk) -> None:
    with pytest.raises(BroadcastError, match="needs a token"):
        Panel(desk, token=Secret(" "), clock=ManualClock(NOW))


# -- serving ------------------------------------------------------------------------------------------------------


async def test_it_serves_on_a_free_port_until_told_otherwise(desk: FakeDesk) -> None:
    panel = Panel(desk, token=TOKEN, clock=ManualClock(NOW))
    for host in ("127.0.0.1", "localhost"):
        async with panel.serve(host, 0) as port, ClientSession() as session:
            assert port > 0
            async with session.get(f"http://127.0.0.1:{port}/api/v1/state", headers=BEARER) as response:
                assert response.status == 200
        with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
            probe.connect(("127.0.0.1", port))


async def test_only_this_machine_is_served(desk: FakeDesk) -> None:
    panel = Panel(desk, token=TOKEN, clock=ManualClock(NOW))
    for host in ("0.0.0.0", "192.168.1.5", "::", "example.org", ""):
        with pytest.raises(BroadcastError, match="broadcaster user add NAME --role admin"):
            async with panel.serve(host, 0):
                pass


async def test_a_taken_port_is_named_with_the_remedy(desk: FakeDesk) -> None:
    panel = Panel(desk, token=TOKEN, clock=ManualClock(NOW))
    async with panel.serve("127.0.0.1", 0) as port:
        with pytest.raises(BroadcastError, match=rf"port {port} .*another \[api\] port"):
            async with panel.serve("127.0.0.1", port):
                pass


async def test_a_request_without_a_host_is_turned_away(desk: FakeDesk) -> None:
    panel = Panel(desk, token=TOKEN, clock=ManualClock(NOW))

    def ask(port: int) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.putrequest("GET", "/healthz", skip_host=True)
            connection.endheaders()
            return connection.getresponse().status
        finally:
            connection.close()

    async with panel.serve("127.0.0.1", 0) as port:
        loop = asyncio.get_running_loop()
        assert await asyncio.wait_for(loop.run_in_executor(None, ask, port), 5) in (400, 421)
        await loop.shutdown_default_executor()


def test_every_word_has_its_shape() -> None:
    assert set(SHAPES) == set(Word)


async def test_a_scene_is_put_on_the_studios_preview(client: Client, desk: FakeDesk) -> None:
    assert await post(client, "preview", {"scene": "Runway"}) == (200, {"ok": True, "scene": "Runway"})
    assert (desk.previewed, desk.carried_out) == (["Runway"], [])
    for body, said in (
        ({}, "needs 'scene'"),
        ({"scene": 7}, "is a text"),
        ({"show": "day-1"}, "knows no field 'show'"),
    ):
        status, reply = await post(client, "preview", body)
        assert status == 400
        assert said in reply["error"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused("no scene of that name", reason="600"), 404),
        (Refused("switch Studio Mode on", reason="studioModeOff"), 409),
        (Unavailable("OBS is away"), 503),
        (OutcomeUnknown("no answer came"), 503),
    ],
)
async def test_a_scene_that_is_not_put_on_preview_is_said_why(
    client: Client, desk: FakeDesk, error: FarEndError, status: int
) -> None:
    desk.refuse_with = error
    assert await post(client, "preview", {"scene": "Runway"}) == (status, {"error": str(error)})


async def test_new_words_of_a_post_are_weighed_before_they_are_sent(client: Client, desk: FakeDesk) -> None:
    looked = {"post": "soon/insta/en", "act": "edit", "preview": True}
    status, reply = await post(client, "post", looked | {"text": "tonight"})
    assert (status, reply["length"], reply["most"], reply["excess"]) == (200, 7, 2200, "")
    status, reply = await post(client, "post", looked | {"text": "#a " * 40})
    assert (status, reply["excess"]) == (200, "the text has 40 hashtags, and Instagram takes 30: leave 10 out")
    assert reply["said"]["with"]["over"] == "10"
    for body in ({"text": "x", "act": "hold"}, {"title": "x"}):
        status, reply = await post(client, "post", looked | body)
        assert (status, reply["error"]) == (
            400,
            "a look ahead at a post is for act 'edit' with its text, and for 'cancel'",
        )
    desk.refuse_with = NoSuchPost("there is no such post")
    assert (await post(client, "post", looked | {"text": "tonight"}))[0] == 404
    assert not desk.carried_out


async def test_a_preview_gives_no_order(client: Client, desk: FakeDesk) -> None:
    status, reply = await post(client, "delay", {"by": "12m", "preview": True})
    assert (status, reply["preview"], reply["ripple"]["show"]) == (200, True, "day-1")
    assert not desk.carried_out


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "'delay' needs 'by'"),
        ({"by": "soon"}, "'soon' is no span of time: write it like 10 (minutes)"),
        ({"by": "5m", "preview": "yes"}, "'preview' is true or false, not 'yes'"),
        ({"by": "5m", "cut": True}, "'delay' knows no field 'cut'"),
    ],
)
async def test_a_delay_that_is_written_wrongly_is_refused(
    client: Client, desk: FakeDesk, body: dict[str, object], said: str
) -> None:
    status, reply = await post(client, "delay", body)
    assert status == 400
    assert reply["error"].startswith(said)
    assert not desk.carried_out


async def test_a_new_season_reaches_the_desk_whole_however_long(client: Client, desk: FakeDesk) -> None:
    text = "# a long season\n" * 20_000
    status, reply = await post(client, "season", {"toml": text, "cut": True, "revision": 7}, Idempotency_Key="k1")
    assert (status, reply["changes"][0]["what"], reply["preview"]) == (200, "added", False)
    [rewrite] = desk.rewritten
    assert (rewrite.toml, rewrite.cut, rewrite.revision, rewrite.key) == (text, True, 7, "k1")


async def test_a_season_with_problems_is_refused_with_all_of_them(client: Client, desk: FakeDesk) -> None:
    problems = [Problem(loc=(), message=f"wrong {number}", line=number, column=1) for number in (1, 2)]
    desk.refuse_with = SeasonError("season.toml", problems)
    status, reply = await post(client, "season", {"toml": "x"})
    assert status == 400
    assert [(each["line"], each["message"]) for each in reply["problems"]] == [(1, "wrong 1"), (2, "wrong 2")]
    desk.refuse_with = NotNow("show 'day-1' is live: it cannot be taken out of the season")
    assert (await post(client, "season"))[0] == 409
    desk.refuse_with = Stale("the show has moved on")
    status, reply = await post(client, "season")
    assert (status, reply["revision"]) == (409, 7)
    assert (await post(client, "season", {"tmol": "x"}))[0] == 400
