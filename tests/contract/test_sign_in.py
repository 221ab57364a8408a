"""Can a person sign in, on a device and in a browser, and does a service that runs go on with the new sign-in?"""

import asyncio
import json
import os
import socket
import stat
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from broadcaster.adapters.clock import ScaledClock, WallClock
from broadcaster.adapters.youtube import YouTubeBroadcasts, token_file
from broadcaster.adapters.youtube.oauth import SCOPE, Addresses, Client
from broadcaster.adapters.youtube.sign_in import (
    Asking,
    Prompt,
    channel_of,
    client_of,
    sign_in_in_a_browser,
    sign_in_on_a_device,
    transport,
)
from broadcaster.adapters.youtube.token_store import SignIn, TokenStore
from broadcaster.cli import main
from broadcaster.emulators.youtube import EmulatedYouTube
from broadcaster.ports import Secret
from broadcaster.season.errors import NeedsHuman, Refused, Unavailable
from tests.season_text import head, segment, show
from tests.waiting import until

NOON = datetime(2027, 10, 20, 12, 0, tzinfo=UTC)
CLIENT = Client(id="us.apps.googleusercontent.com", secret=Secret("quiet"))
CLIENT_JSON = json.dumps({"installed": {"client_id": CLIENT.id, "client_secret": CLIENT.secret.reveal()}})
SECRETS = ("quiet", "ya29.", "1//", "AH-1")
IS_WINDOWS = sys.platform == "win32"


# Google without a network: every answer of its device flow.


class TestClock:
    """A clock that waits by moving itself, and remembers how long it waited."""

    __test__ = False

    def __init__(self) -> None:
        self._now = NOON
        self.waits: list[float] = []

    def now(self) -> datetime:
        return self._now

    def delay(self, instant: datetime) -> float:
        return (instant - self._now).total_seconds()

    async def sleep_until(self, instant: datetime) -> None:
        self._now = max(self._now, instant)

    async def sleep(self, duration: timedelta) -> None:
        self.waits.append(duration.total_seconds())
        self._now += duration


class Google:
    """Answers in order; the first is that of /device/code."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, list[str]]] = []

    def __call__(self, url: str, method: str, body: bytes, headers: Any) -> Any:
        self.asked.append(parse_qs(body.decode()))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, document = answer
        return SimpleNamespace(status=status, data=json.dumps(document).encode())


def no(error: str, status: int = 400) -> tuple[int, dict[str, str]]:
    return status, {"error": error, "error_description": "No."}


CODE = (
    200,
    {
        "device_code": "AH-1 device",
        "user_code": "GQVQ-JKEC",
        "verification_url": "https://www.google.com/device",
        "expires_in": 1800,
        "interval": 5,
    },
)
PENDING, SLOW = no("authorization_pending", 428), no("slow_down", 403)
YES = (200, {"access_token": "ya29.a", "refresh_token": "1//r", "expires_in": 3599, "scope": SCOPE})
AWAY = OSError(101, "Network is unreachable")


def on_a_device(*answers: Any) -> tuple[TestClock, Google, list[Prompt], Callable[[], SignIn]]:
    clock, google, prompts = TestClock(), Google(*answers), list[Prompt]()
    asking = Asking(client=CLIENT, clock=clock, transport=google, addresses=Addresses())
    return clock, google, prompts, lambda: sign_in_on_a_device(asking, prompts.append)


def test_a_code_is_shown_and_asked_for_at_googles_pace_until_it_is_allowed() -> None:
    clock, google, prompts, sign_in = on_a_device(CODE, PENDING, PENDING, SLOW, PENDING, YES)
    found = sign_in()
    assert prompts == [
        Prompt(url="https://www.google.com/device", user_code="GQVQ-JKEC", ends_at=NOON + timedelta(minutes=30))
    ]
    assert clock.waits == [5, 5, 5, 10, 10]
    assert google.asked[0] == {"client_id": [CLIENT.id], "scope": [SCOPE]}
    assert google.asked[1]["device_code"] == ["AH-1 device"]
    assert (found.access_token.reveal(), found.refresh_token.reveal()) == ("ya29.a", "1//r")
    assert found.access_expires_at == clock.now() + timedelta(seconds=3599)
    assert found.refresh_expires_at is None


@pytest.mark.parametrize(
    ("answers", "kind", "said"),
    [
        ((CODE, no("access_denied", 403)), Refused, "declined on Google's page: run `broadcaster auth youtube` again"),
        ((CODE, PENDING, no("expired_token")), Refused, "nobody allowed it in time"),
        ((no("invalid_client", 401),), NeedsHuman, "OAuth client"),
        ((no("invalid_scope"),), Refused, "use --browser"),
        ((no("org_internal", 403),), Refused, "External"),
        ((AWAY,), Unavailable, "check the network"),
        (((200, {"hello": "world"}),), Unavailable, "is not Google's sign-in"),
        ((CODE, (200, {"access_token": "ya29.a", "scope": SCOPE})), Refused, "myaccount.google.com/permissions"),
        (
            (CODE, (200, YES[1] | {"scope": "https://www.googleapis.com/auth/youtube.readonly"})),
            Refused,
            "was not ticked",
        ),
    ],
)
def test_every_way_it_can_fail_says_what_to_do(answers: Any, kind: type[Exception], said: str) -> None:
    *_, sign_in = on_a_device(*answers)
    with pytest.raises(kind, match=said) as caught:
        sign_in()
    assert not any(secret in str(caught.value) for secret in SECRETS)


def test_a_code_that_nobody_enters_ends_by_our_clock_too() -> None:
    clock, _, _, sign_in = on_a_device(CODE, PENDING)
    with pytest.raises(Refused, match="nobody allowed it in time"):
        sign_in()
    assert clock.now() - NOON <= timedelta(minutes=31)


def test_a_network_that_stumbles_while_somebody_types_is_waited_for() -> None:
    clock, _, _, sign_in = on_a_device(CODE, AWAY, (503, {}), AWAY, PENDING, YES)
    assert sign_in().access_token.reveal() == "ya29.a"
    assert clock.waits == [5, 10, 20, 40, 5]


def test_a_network_that_stays_away_ends_the_wait() -> None:
    *_, sign_in = on_a_device(CODE, AWAY)
    with pytest.raises(Unavailable, match="check the network"):
        sign_in()


def test_a_consent_screen_in_testing_is_known_by_what_google_says() -> None:
    *_, sign_in = on_a_device(CODE, (200, YES[1] | {"refresh_token_expires_in": 604799}))
    found = sign_in()
    assert found.refresh_expires_at == NOON + timedelta(seconds=5 + 604799)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "holds no client_id"),
        ('{"installed": {"client_id": "x"}}', "holds no client_id and client_secret"),
        ('{"installed": []}', "holds no client_id"),
        ('{"web": {"client_id": "x", "client_secret": "y"}}', "for web servers"),
    ],
)
def test_a_client_file_that_is_none_says_what_it_should_be(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        client_of(text, name="client_secret.json")


# On the emulator.


@pytest.fixture
def clock() -> ScaledClock:
    return ScaledClock(start=NOON, speed=200)


@pytest.fixture
async def far_end(no_leaked_tasks: None, clock: ScaledClock) -> AsyncIterator[EmulatedYouTube]:
    async with EmulatedYouTube(clock, speed=500) as emulator:
        yield emulator


@pytest.fixture
def desk() -> Iterator[ThreadPoolExecutor]:
    """The terminal: a thread of its own, since signing in blocks."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk") as threads:
        yield threads


def asking(far_end: EmulatedYouTube, clock: Any, *, scope: str = SCOPE) -> Asking:
    return Asking(
        client=CLIENT, clock=clock, transport=transport(5.0), addresses=Addresses.at(far_end.url), scope=scope
    )


async def signed_in_on_a_device(far_end: EmulatedYouTube, clock: Any, desk: ThreadPoolExecutor) -> SignIn:
    prompts: list[Prompt] = []
    work = desk.submit(sign_in_on_a_device, asking(far_end, clock), prompts.append)
    prompt = (await until(lambda: prompts))[0]
    far_end.use.answer_device(prompt.user_code, yes=True)
    return await asyncio.wrap_future(work)


def visit(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()


async def test_signing_in_on_a_device_opens_the_channel(
    far_end: EmulatedYouTube, clock: ScaledClock, desk: ThreadPoolExecutor
) -> None:
    sign_in = await signed_in_on_a_device(far_end, clock, desk)
    assert sign_in.token_uri == f"{far_end.url}/token"
    seen = await channel_of(sign_in, endpoint=far_end.url, clock=clock)
    assert seen.title
    assert seen.id


async def test_a_person_who_declines_is_understood(
    far_end: EmulatedYouTube, clock: ScaledClock, desk: ThreadPoolExecutor
) -> None:
    prompts: list[Prompt] = []
    work = desk.submit(sign_in_on_a_device, asking(far_end, clock), prompts.append)
    far_end.use.answer_device((await until(lambda: prompts))[0].user_code, yes=False)
    with pytest.raises(Refused, match="declined"):
        await asyncio.wrap_future(work)


async def test_a_right_that_no_device_gets_is_refused_before_anybody_types(
    far_end: EmulatedYouTube, clock: ScaledClock, desk: ThreadPoolExecutor
) -> None:
    wide = asking(far_end, clock, scope="https://www.googleapis.com/auth/youtube.force-ssl")
    with pytest.raises(Refused, match="take \\[youtube\\] scope away, or use --browser"):
        await asyncio.wrap_future(desk.submit(sign_in_on_a_device, wide, lambda _: None))


async def test_signing_in_in_a_browser_opens_the_channel(
    far_end: EmulatedYouTube, clock: ScaledClock, desk: ThreadPoolExecutor
) -> None:
    pages: list[str] = []
    shown: list[str] = []
    work = desk.submit(
        sign_in_in_a_browser,
        asking(far_end, WallClock(), scope="https://www.googleapis.com/auth/youtube.force-ssl"),
        lambda url, port: shown.append(url),
        open_page=lambda url: pages.append(visit(url)),
    )
    sign_in = await asyncio.wrap_future(work)
    await until(lambda: pages)
    assert "You may close this page" in pages[0]
    asked = parse_qs(urlsplit(shown[0]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["access_type"] == ["offline"]
    assert asked["redirect_uri"][0].startswith("http://127.0.0.1:")
    assert (await channel_of(sign_in, endpoint=far_end.url, clock=clock)).title


async def test_a_refusal_in_the_browser_is_understood(
    far_end: EmulatedYouTube, clock: ScaledClock, desk: ThreadPoolExecutor
) -> None:
    far_end.state.settings = far_end.state.settings.changed({"consent_denied": True})
    pages: list[str] = []
    work = desk.submit(
        sign_in_in_a_browser,
        asking(far_end, WallClock()),
        lambda url, port: None,
        open_page=lambda url: pages.append(visit(url)),
    )
    with pytest.raises(Refused, match="declined on Google's page"):
        await asyncio.wrap_future(work)
    await until(lambda: pages)
    assert "access_denied" in pages[0]


async def test_an_answer_that_nobody_asked_for_is_not_taken(far_end: EmulatedYouTube, desk: ThreadPoolExecutor) -> None:
    ports: list[int] = []
    statuses: list[int] = []

    def browser(url: str) -> None:
        home = f"http://127.0.0.1:{ports[0]}"
        idle = socket.create_connection(("127.0.0.1", ports[0]))  # as browsers do ahead of time
        for path in ("/?code=theirs&state=guessed", "/?code=theirs", "/favicon.ico"):
            try:
                visit(home + path)
            except urllib.error.HTTPError as error:
                statuses.append(error.code)
                error.close()
        idle.close()
        visit(url)

    work = desk.submit(
        sign_in_in_a_browser,
        asking(far_end, WallClock()),
        lambda url, port: ports.append(port),
        open_page=browser,
    )
    sign_in = await asyncio.wrap_future(work)
    assert statuses == [404, 404, 404]
    assert sign_in.refresh_token.reveal()


async def test_a_page_that_nobody_visits_is_given_up_and_a_taken_port_is_named(
    far_end: EmulatedYouTube, desk: ThreadPoolExecutor
) -> None:
    hasty = ScaledClock(start=NOON, speed=10_000)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        def sign_in(port: int) -> SignIn:
            return sign_in_in_a_browser(
                asking(far_end, hasty), lambda url, port: None, open_page=lambda url: None, port=port
            )

        with pytest.raises(Refused, match=f"port {port} of this machine cannot be used .*--port"):
            await asyncio.wrap_future(desk.submit(sign_in, port))
        with pytest.raises(Refused, match="nobody allowed it in time"):
            await asyncio.wrap_future(desk.submit(sign_in, 0))


async def test_an_account_without_a_channel_is_of_no_use(far_end: EmulatedYouTube, clock: ScaledClock) -> None:
    far_end.use.expire_tokens()
    stranger = SignIn(
        client_id="us", client_secret=Secret("x"), refresh_token=Secret("x"), access_token=Secret("unknown")
    )
    with pytest.raises(NeedsHuman, match="broadcaster auth youtube"):
        await channel_of(stranger, endpoint=far_end.url, clock=clock)


async def test_signing_in_again_heals_a_service_that_runs(
    far_end: EmulatedYouTube, clock: ScaledClock, desk: ThreadPoolExecutor, tmp_path: Path
) -> None:
    store = TokenStore(tmp_path / "youtube.token")
    store.write(await signed_in_on_a_device(far_end, clock, desk))
    async with YouTubeBroadcasts(
        name="main", endpoint=far_end.url, credentials=token_file(store.path), clock=clock
    ) as youtube:
        assert await youtube.find("broadcaster:s/one") is None
        far_end.use.revoke_grant()
        for _ in range(2):
            with pytest.raises(NeedsHuman, match="sign in again with `broadcaster auth youtube`"):
                await youtube.find("broadcaster:s/one")
        store.write(await signed_in_on_a_device(far_end, clock, desk))
        assert await youtube.find("broadcaster:s/one") is None


# The command.


@pytest.fixture
def folder(tmp_path: Path, far_end: EmulatedYouTube) -> Path:
    """A working folder with settings that name the emulator."""
    return settings(tmp_path, far_end.url)


def settings(folder: Path, address: str, more: str = "") -> Path:
    (folder / "client_secret.json").write_text(CLIENT_JSON)
    (folder / "client_secret.json").chmod(0o600)
    (folder / "config.toml").write_text(
        f'[youtube]\nendpoint = "{address}/"\nsign_in = "{address}"\nclient = {{ file = "client_secret.json" }}\n{more}'
    )
    return folder


async def broadcaster(folder: Path, *words: str) -> asyncio.subprocess.Process:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "broadcaster",
        *words,
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name not in hidden},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def finished(process: asyncio.subprocess.Process) -> tuple[int | None, str, str]:
    async with asyncio.timeout(30):
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def allowed(far_end: EmulatedYouTube, *, yes: bool = True) -> None:
    """The person types the code, as soon as there is one."""
    waiting = far_end.state.sign_in.devices
    await until(lambda: waiting, 30)
    far_end.use.answer_device(next(iter(waiting.values())).user_code, yes=yes)


async def test_the_command_signs_in_and_says_which_channel(far_end: EmulatedYouTube, folder: Path) -> None:
    far_end.state.settings = far_end.state.settings.changed({"device_interval": 1})
    process = await broadcaster(folder, "auth", "youtube")
    await allowed(far_end)
    code, out, err = await finished(process)
    assert (code, err) == (0, "")
    path = folder / "state" / "youtube.token"
    sign_in = TokenStore(path).read()
    assert f"Signed in to YouTube: {sign_in.channel}." in out
    assert f"{far_end.url}/device" in out
    assert sign_in.channel and sign_in.channel_id
    if not IS_WINDOWS:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not any(secret in out for secret in SECRETS)


async def test_json_is_one_document_and_the_week_of_a_testing_project_is_said(
    far_end: EmulatedYouTube, folder: Path
) -> None:
    far_end.state.settings = far_end.state.settings.changed({"device_interval": 1, "consent_in_testing": True})
    process = await broadcaster(folder, "auth", "youtube", "--json")
    await allowed(far_end)
    code, out, err = await finished(process)
    assert code == 0, err
    document = json.loads(out)
    assert document["platform"] == "youtube"
    assert document["channel"]
    assert document["ends_at"].endswith("Z")
    assert "in testing" in document["warnings"][0]
    assert "enter the code" in err
    assert not any(secret in out + err for secret in SECRETS)


async def test_a_person_who_declines_leaves_the_sign_in_of_before(far_end: EmulatedYouTube, folder: Path) -> None:
    far_end.state.settings = far_end.state.settings.changed({"device_interval": 1})
    before = SignIn(client_id="us", client_secret=Secret("x"), refresh_token=Secret("before"))
    TokenStore(folder / "state" / "youtube.token").write(before)
    process = await broadcaster(folder, "auth", "youtube")
    await allowed(far_end, yes=False)
    code, _, err = await finished(process)
    assert code == 5
    assert "declined" in err
    assert "Traceback" not in err
    assert TokenStore(folder / "state" / "youtube.token").read() == before


@pytest.mark.skipif(IS_WINDOWS, reason="Windows has no SIGINT for one process")
async def test_giving_up_leaves_nothing_half_written(far_end: EmulatedYouTube, folder: Path) -> None:
    process = await broadcaster(folder, "auth", "youtube")
    await until(lambda: far_end.state.sign_in.devices, 30)
    process.send_signal(2)
    code, _, err = await finished(process)
    assert code == 1
    assert "Traceback" not in err
    assert [path.name for path in (folder / "state").iterdir()] == ["youtube.token.lock"]


async def test_in_a_browser_elsewhere_the_address_is_enough(far_end: EmulatedYouTube, folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await broadcaster(folder, "auth", "youtube", "--browser", "--port", str(port))
    assert process.stdout is not None
    url = ""
    async with asyncio.timeout(30):
        while not url.startswith("http"):
            url = (await process.stdout.readline()).decode().strip()
    assert "You may close this page" in await asyncio.to_thread(visit, url)
    code, out, err = await finished(process)
    assert (code, err) == (0, "")
    assert f"ssh -L {port}:127.0.0.1:{port}" in out
    assert TokenStore(folder / "state" / "youtube.token").read().channel


@pytest.mark.parametrize(
    ("words", "more", "code", "said"),
    [
        (("zoom",), "", 2, "not yet part of this version"),
        (("facebook",), "", 2, "not yet part of this version"),
        (("youtube", "--port", "8000"), "", 2, "--port belongs to --browser"),
        (("youtube", "--client", "none.json"), "", 3, "there is no file"),
        (("youtube",), 'bearer = { env = "BEARER" }', 3, "bearer is used instead of a sign-in"),
        (("youtube",), 'token = { env = "TOKEN" }', 3, "needs a file"),
    ],
)
def test_what_cannot_be_begun_is_said_at_once(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    more: str,
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(settings(tmp_path, "http://127.0.0.1:1", more))
    with pytest.raises(SystemExit) as ended:
        main(["auth", *words])
    assert ended.value.code == code
    assert said in capsys.readouterr().err


def test_without_a_client_it_is_explained_where_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for words, kind in (((), "TVs and Limited Input devices"), (("--browser",), "Desktop app")):
        with pytest.raises(SystemExit) as ended:
            main(["auth", "youtube", *words])
        out, err = capsys.readouterr()
        assert (ended.value.code, out) == (2, "")
        for part in ("console.cloud.google.com", kind, "--client FILE"):
            assert part in err


LAST = show("last", "Last", date(2099, 10, 20), "19:00", segment("one", "One", "Film", "6m"))


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (None, ""),
        (datetime(2099, 10, 27, tzinfo=UTC), ""),
        (datetime(2099, 10, 19, tzinfo=UTC), "warning: the sign-in to YouTube ends 2099-10-19 00:00 UTC"),
    ],
)
def test_check_warns_of_a_sign_in_that_ends_before_the_last_show(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ends: datetime | None,
    said: str,
) -> None:
    monkeypatch.chdir(settings(tmp_path, "http://127.0.0.1:1"))
    (tmp_path / "season.toml").write_text(head("s", "S") + LAST)
    sign_in = SignIn(client_id="us", client_secret=Secret("x"), refresh_token=Secret("x"), refresh_expires_at=ends)
    TokenStore(tmp_path / "state" / "youtube.token").write(sign_in)
    with pytest.raises(SystemExit) as ended:
        main(["check", "season.toml"])
    assert ended.value.code == 0
    err = capsys.readouterr().err
    assert said in err
    assert ("sign-in" in err) == bool(said)


async def test_google_away_is_a_sentence_and_exit_5(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        folder = settings(tmp_path, f"http://127.0.0.1:{nobody.getsockname()[1]}")
        code, _, err = await finished(await broadcaster(folder, "auth", "youtube"))
    assert code == 5
    assert "check the network" in err
    assert "Traceback" not in err
