"""Is everything that changes something sent exactly once, however the wire breaks?"""

import asyncio
import itertools
import json
import logging
import socket
import threading
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadcaster.adapters.clock.adapter import ManualClock
from broadcaster.adapters.posts.telegram import TelegramChannel
from broadcaster.adapters.youtube import YouTubeBroadcasts, static_token, token_file
from broadcaster.ports import Message, Secret
from broadcaster.season.errors import FarEndError, NeedsHuman, OutcomeUnknown, Refused, Unavailable
from broadcaster.season.plan import BroadcastPlan
from tests.waiting import until

NOON = datetime(2027, 10, 20, 12, 0, tzinfo=UTC)
TOKEN = Secret("123456:AAE-very-secret")
BROADCAST = {
    "id": "b1",
    "snippet": {"title": "Opening night", "description": "Welcome\n[show day-1]"},
    "status": {"lifeCycleStatus": "created"},
    "contentDetails": {},
}
PLAN = BroadcastPlan(
    destination="main",
    title="Opening night",
    description="Welcome\n[show day-1]",
    privacy="private",
    scheduled_start=NOON,
    marker="[show day-1]",
)

Reply = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(status: int, document: object, *headers: str) -> Reply:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    head = "\r\n".join([f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers])

    async def reply(writer: asyncio.StreamWriter) -> None:
        writer.write(head.encode() + b"\r\n\r\n" + body)
        await writer.drain()

    return reply


async def close(writer: asyncio.StreamWriter) -> None:
    writer.close()


async def half(writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"id":')
    await writer.drain()
    writer.close()


async def silence(writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def drip(writer: asyncio.StreamWriter) -> None:
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: yes\r\n" * 1000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.02)


class Server:
    """Answers each request with the next reply; remembers what it was asked."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.requests: list[str] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next(
                    (int(x.split(":")[1]) for x in head.lower().split("\r\n") if x.startswith("content-l")), 0
                )
                await reader.readexactly(length)
                self.requests.append(head.split(" HTTP/")[0])
                await self.replies.pop(0)(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def server(no_leaked_tasks: None) -> AsyncIterator[Server]:
    state = Server()
    tasks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await state.serve(reader, writer)
        except asyncio.CancelledError:
            writer.close()
        finally:
            tasks.discard(task)

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    state.port = listener.sockets[0].getsockname()[1]
    yield state
    listener.close()
    for task in list(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await listener.wait_closed()


HASTY, PATIENT = 0.5, 5.0
"""Seconds: where an answer must not come, and where it must, also on a busy machine."""


def patience(broken: Reply) -> float:
    return HASTY if broken in (silence, drip) else PATIENT


def a_youtube(server: Server, timeout: float = PATIENT) -> YouTubeBroadcasts:
    tokens = static_token(Secret("sesame"))
    return YouTubeBroadcasts(
        name="main", endpoint=server.url, credentials=tokens, clock=ManualClock(NOON), timeout=timeout
    )


def a_telegram(server: Server, timeout: float = PATIENT) -> TelegramChannel:
    return TelegramChannel(name="telegram", token=TOKEN, chat="@aspara", endpoint=server.url, timeout=timeout)


@pytest.fixture
async def youtube(server: Server) -> AsyncIterator[YouTubeBroadcasts]:
    async with a_youtube(server) as broadcasts:
        yield broadcasts


@pytest.fixture
async def telegram(server: Server) -> TelegramChannel:
    return a_telegram(server)


def shown(error: BaseException) -> str:
    return repr(error) + str(error) + "".join(traceback.format_exception(error))


# ------------------------------------------------------------------------------------------------ YouTube


VERBS: dict[str, Callable[[YouTubeBroadcasts], Awaitable[object]]] = {
    "create": lambda youtube: youtube.create(PLAN),
    "create_stream": lambda youtube: youtube.create_stream("Stage"),
    "bind": lambda youtube: youtube.bind("b1", "s1"),
    "transition": lambda youtube: youtube.transition("b1", "live"),
}


@pytest.mark.parametrize(
    ("verb", "broken"),
    [
        *itertools.product(VERBS, [close, half, answer(500, {}), answer(503, {}), answer(200, b"<p>")]),
        ("create", silence),
        ("create", drip),
        ("transition", silence),
    ],
)
async def test_a_write_that_gets_no_clear_answer_is_sent_once_and_its_outcome_is_unknown(
    server: Server, verb: str, broken: Reply
) -> None:
    server.replies = [broken, answer(200, BROADCAST)]
    async with a_youtube(server, patience(broken)) as youtube:
        with pytest.raises(OutcomeUnknown):
            await VERBS[verb](youtube)
        await until(lambda: server.requests)
    assert len(server.requests) == 1
    assert server.requests[0].startswith("POST /youtube/v3/live")


async def test_a_write_on_a_connection_that_went_stale_is_sent_once(server: Server, youtube: YouTubeBroadcasts) -> None:
    server.replies = [answer(200, {"items": [BROADCAST]}), close, answer(200, BROADCAST)]
    assert await youtube.look("b1")
    with pytest.raises(OutcomeUnknown):
        await youtube.create(PLAN)
    assert [request.split()[0] for request in server.requests] == ["GET", "POST"]


async def test_a_connection_that_raised_is_replaced(server: Server, youtube: YouTubeBroadcasts) -> None:
    server.replies = [close, answer(200, BROADCAST)]
    with pytest.raises(OutcomeUnknown):
        await youtube.create(PLAN)
    assert (await youtube.create(PLAN)).id == "b1"


@pytest.mark.parametrize("broken", [silence, drip, answer(500, {}), answer(200, b"<p>"), answer(200, b"[]")])
async def test_a_read_without_a_clear_answer_is_unavailable(server: Server, broken: Reply) -> None:
    server.replies = [broken] * 3
    async with a_youtube(server, patience(broken)) as youtube:
        with pytest.raises(Unavailable):
            await youtube.look("b1")


async def test_a_write_that_never_left_is_unavailable() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
        tokens = static_token(Secret("sesame"))
        async with YouTubeBroadcasts(
            name="main", endpoint=endpoint, credentials=tokens, clock=ManualClock(NOON), timeout=PATIENT
        ) as youtube:
            with pytest.raises(Unavailable, match=r"^main: create the broadcast: YouTube cannot be reached"):
                await youtube.create(PLAN)
        telegram = TelegramChannel(name="t", token=TOKEN, chat="@a", endpoint=endpoint, timeout=1)
        with pytest.raises(Unavailable, match="no connection to ") as caught:
            await telegram.post(Message(text="hello"), key="k")
        assert TOKEN.reveal() not in shown(caught.value)


async def test_a_write_given_up_while_it_waits_its_turn_is_never_sent(server: Server) -> None:
    server.replies = [silence, answer(200, BROADCAST)]
    async with a_youtube(server, HASTY) as youtube:
        first = asyncio.create_task(youtube.look("b1"))
        second = asyncio.create_task(youtube.create(PLAN))
        await asyncio.sleep(0)
        second.cancel()
        results = await asyncio.gather(first, second, return_exceptions=True)
    assert isinstance(results[0], Unavailable)
    assert isinstance(results[1], asyncio.CancelledError)
    assert not [request for request in server.requests if request.startswith("POST")]


async def test_closing_leaves_no_thread_behind(server: Server) -> None:
    youtube = YouTubeBroadcasts(
        name="leaver", endpoint=server.url, credentials=static_token(Secret("x")), clock=ManualClock(NOON), timeout=5
    )
    server.replies = [answer(200, {"items": []})]
    assert await youtube.look("none") is None
    await youtube.close()
    await youtube.close()
    await until(lambda: not [one for one in threading.enumerate() if one.name.startswith("youtube-leaver")])
    with pytest.raises(Unavailable, match="closed"):
        await youtube.look("none")


def sign_in(path: Path, **more: str) -> Path:
    path.write_text(
        json.dumps({"client_id": "id", "client_secret": "cs-secret", "refresh_token": "rt-secret", **more}), "utf-8"
    )
    path.chmod(0o600)
    return path


def with_file(server: Server, path: Path, *, timeout: float = PATIENT) -> YouTubeBroadcasts:
    tokens = token_file(path, token_uri=f"{server.url}/token")
    return YouTubeBroadcasts(
        name="main", endpoint=server.url, credentials=tokens, clock=ManualClock(NOON), timeout=timeout
    )


async def test_a_write_answered_401_is_sent_again_once_with_a_new_token(server: Server, tmp_path: Path) -> None:
    fresh = answer(200, {"access_token": "at-secret", "expires_in": 3600, "token_type": "Bearer"})
    server.replies = [fresh, answer(401, {}), fresh, answer(200, BROADCAST)]
    async with with_file(server, sign_in(tmp_path / "token.json")) as youtube:
        assert (await youtube.create(PLAN)).id == "b1"
    assert [request.split("?")[0] for request in server.requests] == [
        "POST /token",
        "POST /youtube/v3/liveBroadcasts",
    ] * 2


async def test_a_sign_in_that_google_rejects_needs_a_human_and_is_read_again_next_time(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    dead = answer(400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."})
    fresh = answer(200, {"access_token": "at-secret", "expires_in": 3600, "token_type": "Bearer"})
    server.replies = [dead, fresh, answer(200, BROADCAST)]
    async with with_file(server, sign_in(tmp_path / "token.json")) as youtube:
        with pytest.raises(NeedsHuman, match="sign in again with `broadcaster auth youtube`") as caught:
            await youtube.create(PLAN)
        assert "secret" not in shown(caught.value)
        assert (await youtube.create(PLAN)).id == "b1"
    assert "secret" not in caplog.text


async def test_a_token_server_in_trouble_is_unavailable_and_the_write_stays_home(
    server: Server, tmp_path: Path
) -> None:
    server.replies = [close, close, close]
    async with with_file(server, sign_in(tmp_path / "token.json")) as youtube:
        with pytest.raises(Unavailable):
            await youtube.create(PLAN)
    assert {request.split()[1] for request in server.requests} == {"/token"}


async def test_a_write_answered_401_was_not_applied_even_when_the_sign_in_cannot_be_renewed(
    server: Server, tmp_path: Path
) -> None:
    fresh = answer(200, {"access_token": "at-secret", "expires_in": 3600, "token_type": "Bearer"})
    server.replies = [fresh, answer(401, {}), silence]
    async with with_file(server, sign_in(tmp_path / "token.json"), timeout=1.0) as youtube:
        with pytest.raises(Unavailable):
            await youtube.create(PLAN)


async def test_a_write_given_up_while_the_sign_in_is_renewed_is_never_sent(server: Server, tmp_path: Path) -> None:
    may_answer = asyncio.Event()

    async def late(writer: asyncio.StreamWriter) -> None:
        await may_answer.wait()
        await answer(200, {"access_token": "at-secret", "expires_in": 3600, "token_type": "Bearer"})(writer)

    server.replies = [late, answer(200, {"items": []})]
    async with with_file(server, sign_in(tmp_path / "token.json")) as youtube:
        given_up = asyncio.create_task(youtube.create(PLAN))
        await until(lambda: server.requests)
        given_up.cancel()
        await asyncio.wait([given_up])
        may_answer.set()
        assert await youtube.look("b1") is None
    assert [request.split("?")[0] for request in server.requests] == ["POST /token", "GET /youtube/v3/liveBroadcasts"]


async def test_a_missing_or_open_or_broken_sign_in_says_what_to_do(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "token.json"
    async with with_file(server, path) as youtube:
        with pytest.raises(NeedsHuman, match=r"run `broadcaster auth youtube`; it is expected in .*token\.json"):
            await youtube.look("b1")
        sign_in(path).write_text("{", "utf-8")
        with pytest.raises(NeedsHuman, match="is not JSON"):
            await youtube.look("b1")
        path.write_text('{"client_id": "id"}', "utf-8")
        with pytest.raises(NeedsHuman, match="lacks client_secret, refresh_token"):
            await youtube.look("b1")
    assert server.requests == []


@pytest.mark.skipif("os.name != 'posix'", reason="Windows has no such modes")
async def test_a_sign_in_that_others_can_read_is_refused(server: Server, tmp_path: Path) -> None:
    path = sign_in(tmp_path / "token.json")
    path.chmod(0o640)
    async with with_file(server, path) as youtube:
        with pytest.raises(NeedsHuman, match="chmod 600"):
            await youtube.look("b1")


async def test_a_list_that_never_ends_is_not_taken_for_an_empty_one(server: Server, youtube: YouTubeBroadcasts) -> None:
    server.replies = [answer(200, {"items": [], "nextPageToken": "again"})] * 300
    with pytest.raises(Unavailable, match="does not end"):
        await youtube.find("[show day-1]")


# ------------------------------------------------------------------------------------------------ Telegram


@pytest.mark.parametrize(
    "broken", [close, half, silence, drip, answer(500, {}), answer(502, b"<p>"), answer(200, b"{")]
)
async def test_a_post_without_a_clear_answer_is_sent_once_and_its_outcome_is_unknown(
    server: Server, broken: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.replies = [broken] * 2
    telegram = a_telegram(server, patience(broken))
    with pytest.raises(OutcomeUnknown) as caught:
        await telegram.post(Message(text="hello"), key="k")
    assert TOKEN.reveal() not in shown(caught.value) + caplog.text + repr(telegram) + repr(vars(telegram))
    await until(lambda: server.requests)
    assert server.requests == [f"POST /bot{TOKEN.reveal()}/sendMessage"]


@pytest.mark.parametrize(
    ("status", "description", "kind", "says"),
    [
        (400, "Bad Request: chat not found", Refused, "check the chat in config.toml"),
        (400, "Bad Request: message is too long", Refused, "shorten"),
        (403, "Forbidden: bot is not a member of the channel chat", Refused, "administrator"),
        (404, "Not Found", Refused, "token"),
        (401, "Unauthorized", NeedsHuman, "@BotFather"),
        (302, "", Refused, "has moved"),
    ],
)
async def test_a_post_that_telegram_refuses_names_the_remedy(
    server: Server, telegram: TelegramChannel, status: int, description: str, kind: type[FarEndError], says: str
) -> None:
    server.replies = [answer(status, {"ok": False, "error_code": status, "description": description})]
    with pytest.raises(kind, match=says) as caught:
        await telegram.post(Message(text="hello"), key="k")
    assert TOKEN.reveal() not in shown(caught.value)
    assert len(server.requests) == 1


async def test_a_token_is_not_carried_to_where_an_answer_points(server: Server, telegram: TelegramChannel) -> None:
    server.replies = [answer(307, {}, f"Location: {server.url}/elsewhere"), answer(200, {"ok": True})]
    with pytest.raises(Refused, match="has moved"):
        await telegram.post(Message(text="hello"), key="k")
    assert len(server.requests) == 1


async def test_a_flood_of_posts_is_told_how_long_to_wait(server: Server, telegram: TelegramChannel) -> None:
    server.replies = [answer(429, {"ok": False, "description": "Too Many", "parameters": {"retry_after": 7}})]
    with pytest.raises(Unavailable) as caught:
        await telegram.post(Message(text="hello"), key="k")
    assert caught.value.retry_after == 7


async def test_a_post_gives_the_id_of_its_message(server: Server, telegram: TelegramChannel) -> None:
    server.replies = [answer(200, {"ok": True, "result": {"message_id": 42}})]
    assert await telegram.post(Message(text="Сәлем"), key="k") == "42"
