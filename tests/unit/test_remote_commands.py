"""Do the commands say the right thing to the service, once, and the right thing to the shell?"""

import asyncio
import getpass
import json
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from broadcaster.adapters.clock import ManualClock
from broadcaster.cli import main, service
from broadcaster.cli.remote import labelled
from broadcaster.panel import Panel
from broadcaster.ports import Secret
from broadcaster.show.orders import Order, Word
from tests.unit.test_panel_api import FakeDesk
from tests.unit.test_remote_glance import LIVE

REPLY = {
    "ok": True,
    "revision": 43,
    "state": 'day-1 live, on air "Runway"',
    "show": "day-1",
    "phase": "live",
    "alerts": ["the rundown is on hold: `resume` lets it go on"],
}


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class FakeService:
    """Answers what it is told to, in turn; the last answer stays. "cut" breaks the connection instead."""

    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    answers: list[tuple[int, object] | str] = field(default_factory=lambda: [(200, REPLY)])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def far() -> Iterator[FakeService]:
    fake = FakeService()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: value.encode("latin-1").decode() for name, value in self.headers.items()}
            fake.asked.append(Asked(self.command, self.path, headers, json.loads(body) if body else None))
            answer = fake.answers.pop(0) if len(fake.answers) > 1 else fake.answers[0]
            if isinstance(answer, str):
                self.close_connection = True
                return
            status, document = answer
            text = document if isinstance(document, bytes) else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = answer  # noqa: N815 http.server's names

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        fake.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="fake service")
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BROADCASTER_TOKEN", "t0ken")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    return tmp_path


def run(*argv: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(argv))
    code = left.value.code
    assert isinstance(code, int)
    return code


@pytest.mark.parametrize(
    ("argv", "path", "said"),
    [
        (["go"], "/api/v1/go", {}),
        (["hold"], "/api/v1/hold", {}),
        (["hold", "--lane", "posts"], "/api/v1/hold", {"lane": "posts"}),
        (["resume", "--lane", "program", "--show", "day-2"], "/api/v1/resume", {"lane": "program", "show": "day-2"}),
        (["take", "Подиум 1"], "/api/v1/take", {"scene": "Подиум 1"}),
        (["skip", "--show", "day-1"], "/api/v1/skip", {"show": "day-1"}),
        (["end"], "/api/v1/end", {}),
        (["delay", "12m"], "/api/v1/delay", {"by": "12m"}),
        (["delay", "-3m", "--segment", "talk"], "/api/v1/delay", {"by": "-3m", "segment": "talk"}),
        (["extend", "+1.30"], "/api/v1/extend", {"by": "+1.30"}),
    ],
)
def test_each_command_is_one_order_with_a_token_a_key_and_a_name(
    far: FakeService, capsys: pytest.CaptureFixture[str], argv: list[str], path: str, said: dict[str, str]
) -> None:
    assert run(*argv, "--url", far.url) == 0
    [asked] = far.asked
    assert (asked.method, asked.path, asked.body) == ("POST", path, said)
    assert asked.headers["Authorization"] == "Bearer t0ken"
    assert asked.headers["X-Broadcaster-Who"] == getpass.getuser()
    assert uuid.UUID(asked.headers["Idempotency-Key"]).version == 4
    printed = capsys.readouterr().out
    spans = {"12m": " +12m", "-3m": " -3m", "+1.30": " +1m30s"}
    by = spans.get(argv[1], "") if len(argv) > 1 else ""
    assert f"{argv[0]}{by}: accepted (revision 43)" in printed
    assert 'day-1 live, on air "Runway"' in printed
    assert "WARNING   the rundown is on hold" in printed


def test_a_preview_shows_what_moves_and_says_that_nothing_has(
    far: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    line = {"id": "talk", "standing": "coming", "is_wall": True, "moves_by": "+3m"}
    line |= {"start_local": "19:13", "end_local": "19:20"}
    ripple = {"in_a_line": "day-1: 1 segment moves", "segments": [line], "conflicts": ["talk runs 3m into runway"]}
    ripple |= {"youtube": [], "posts": ["soon moves"], "corrections": [], "tell": ["Giulia: talk begins at 16:13"]}
    far.answers = [(200, REPLY | {"preview": True, "ripple": ripple})]
    assert run("delay", "3", "--preview", "--url", far.url) == 0
    assert far.asked[0].body == {"by": "3", "preview": True}
    printed = capsys.readouterr().out
    assert "nothing is changed yet" in printed
    for part in ("1 segment moves", "19:13    to 19:20", "+3m wall", "CONFLICT  talk runs", "tell      Giulia"):
        assert part in printed


def test_a_reload_says_each_change_and_a_bad_season_is_told_as_check_would(
    far: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    change = {"show": "day-1", "kind": "segment", "id": "talk", "what": "added", "text": "'Talk' for 2m"}
    problem = {"line": 4, "column": 9, "severity": "error", "message": "'soon' is not a duration", "hint": "write 12m"}
    bad = {"error": "x", "file": "season.toml", "problems": [problem]}
    far.answers = [(200, REPLY | {"preview": False, "changes": [change]}), (400, bad)]
    assert run("reload", "--cut", "--url", far.url) == 0
    assert (far.asked[0].path, far.asked[0].body) == ("/api/v1/season", {"preview": False, "cut": True})
    assert "added    segment talk: 'Talk' for 2m\nreload: the service runs it now" in capsys.readouterr().out
    assert run("reload", "--url", far.url) == 3
    assert "season.toml:4:9: error: 'soon' is not a duration (write 12m)" in capsys.readouterr().err
    assert run("reload", "--show", "day-1", "--url", far.url) == 2


def test_a_name_in_other_letters_arrives(far: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "Айгерім")
    assert run("go", "--url", far.url) == 0
    assert far.asked[0].headers["X-Broadcaster-Who"] == "Айгерім"


def test_a_user_without_a_name_may_still_order(far: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 1234")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert run("go", "--url", far.url) == 0
    assert "X-Broadcaster-Who" not in far.asked[0].headers


def test_json_is_the_services_own_answer(far: FakeService, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("go", "--url", far.url, "--json") == 0
    assert json.loads(capsys.readouterr().out) == REPLY
    far.answers = [(200, LIVE)]
    assert run("status", "--url", far.url, "--json") == 0
    assert json.loads(capsys.readouterr().out) == LIVE


def test_two_invocations_never_share_a_key(far: FakeService) -> None:
    run("go", "--url", far.url)
    run("go", "--url", far.url)
    assert len({asked.headers["Idempotency-Key"] for asked in far.asked}) == 2


def test_a_broken_connection_is_tried_once_more_under_the_same_key(far: FakeService) -> None:
    far.answers = ["cut", (200, REPLY)]
    assert run("go", "--url", far.url) == 0
    assert len(far.asked) == 2
    assert len({asked.headers["Idempotency-Key"] for asked in far.asked}) == 1


def test_a_connection_that_breaks_twice_leaves_the_outcome_unknown(
    far: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    far.answers = ["cut"]
    assert run("go", "--url", far.url) == 5
    assert len(far.asked) == 2
    assert "may have been carried out; see `broadcaster status`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("status", "sentence", "code"),
    [
        (409, "day-1 is ready, not on stage", 1),
        (404, "the season has no show 'x'", 1),
        (400, "'scene' is a text", 1),
        (401, "this token is not the service's", 5),
        (403, "refused", 5),
        (503, "the disk is full", 5),
    ],
)
def test_a_refusal_is_told_in_the_services_sentence(
    far: FakeService, capsys: pytest.CaptureFixture[str], status: int, sentence: str, code: int
) -> None:
    far.answers = [(status, {"error": sentence})]
    assert run("go", "--url", far.url) == code
    told = capsys.readouterr()
    assert sentence in told.err
    assert not told.out
    assert len(far.asked) == 1


def test_another_program_on_the_port_is_told_from_the_service(
    far: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    answers: list[tuple[int, object]] = [(200, b"<html>"), (404, b"not found"), (200, []), (500, {"message": "x"})]
    for answer in answers:
        far.answers = [answer]
        assert run("go", "--url", far.url) == 5
        assert "is not Broadcaster" in capsys.readouterr().err


def test_what_speaks_no_http_is_told_from_the_service(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

        thread = threading.Thread(target=greet)
        thread.start()
        assert run("status", "--url", f"http://127.0.0.1:{server.getsockname()[1]}") == 5
        thread.join()
    assert "is not Broadcaster" in capsys.readouterr().err


def test_a_service_that_does_not_answer_in_time(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert service.Service.__init__.__kwdefaults__["patience"] == service.TIMEOUT_SECONDS
    monkeypatch.setitem(service.Service.__init__.__kwdefaults__, "patience", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        assert run("end", "--url", url) == 5
        assert "may have been carried out" in capsys.readouterr().err
        assert run("status", "--url", url) == 5
        assert "try again" in capsys.readouterr().err


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_no_service_is_told_with_the_remedy_even_before_any_token_was_made(
    settings: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BROADCASTER_TOKEN")
    port = free_port()
    (settings / "config.toml").write_text(f"[api]\nport = {port}\n")
    assert run("status") == 5
    said = f"no service answers at http://127.0.0.1:{port}: start it with `broadcaster run SEASON`"
    assert said in capsys.readouterr().err


def test_address_and_token_come_from_the_settings(
    far: FakeService, settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BROADCASTER_TOKEN")
    other = settings / "other.toml"
    other.write_text(f'[api]\nport = {far.port}\ntoken = {{ file = "token" }}\n')
    assert run("go", "--config", str(other)) == 3
    assert "there is no file" in capsys.readouterr().err
    assert not far.asked
    (settings / "token").touch(mode=0o600)
    (settings / "token").write_text("from-file\n")
    assert run("go", "--config", str(other)) == 0
    monkeypatch.setenv("BROADCASTER_TOKEN", "from-env")
    assert run("go", "--config", str(other)) == 0
    assert [asked.headers["Authorization"] for asked in far.asked] == ["Bearer from-file", "Bearer from-env"]


def test_a_bad_settings_file_is_told_even_when_nothing_of_it_is_needed(far: FakeService, settings: Path) -> None:
    (settings / "bad.toml").write_text("[api]\nprot = 1\n")
    assert run("go", "--url", far.url, "--config", "bad.toml") == 3
    assert not far.asked


def test_port_0_in_the_settings_asks_for_the_address(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (settings / "config.toml").write_text("[api]\nport = 0\n")
    assert run("status") == 1
    assert "--url" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv",
    [
        ["take"],
        ["hold", "--lane", "programme"],
        ["go", "--lane", "posts"],
        ["go", "--url", "127.0.0.1:8787"],
        ["go", "--url", "http://127.0.0.1:port"],
        ["go", "--url", "http://studio.example:8787"],
        ["go", "--url", "https://127.0.0.1:8787"],
        ["go", "--url", "http://127.0.0.1:8787/api"],
    ],
)
def test_wrong_usage_is_code_2(argv: list[str]) -> None:
    assert run(*argv) == 2


def test_another_machine_is_reached_through_a_tunnel(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("go", "--url", "http://studio.example:8787") == 2
    assert "ssh -L 8787:127.0.0.1:8787 studio.example" in " ".join(capsys.readouterr().err.split())


def test_status_prints_the_glance_or_the_line_of_another_show(
    far: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    far.answers = [(200, LIVE)]
    assert run("status", "--url", far.url) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(LIVE["in_a_line"])
    assert "ON AIR" in printed
    assert run("status", "--url", far.url, "--show", "day-2") == 0
    assert "day-2 planned, Second night, live at 2027-10-21T19:00:00+05:00" in capsys.readouterr().out
    assert run("status", "--url", far.url, "--show", "day-2", "--json") == 0
    assert json.loads(capsys.readouterr().out)["id"] == "day-2"
    assert run("status", "--url", far.url, "--show", "day-3") == 1
    assert "did you mean" in capsys.readouterr().err
    assert [asked.method for asked in far.asked] == ["GET"] * 4


async def test_an_order_goes_through_the_real_panel_to_the_desk(capsys: pytest.CaptureFixture[str]) -> None:
    desk = FakeDesk()
    panel = Panel(desk, token=Secret("t0ken"), clock=ManualClock(datetime(2027, 10, 20, tzinfo=UTC)))
    desk.turn()
    loop = asyncio.get_running_loop()
    async with panel.serve("127.0.0.1", 0) as port:
        url = f"http://127.0.0.1:{port}"
        assert await loop.run_in_executor(None, run, "take", "Подиум", "--show", "day-1", "--url", url) == 0
        assert await loop.run_in_executor(None, run, "skip", "--show", "day-9", "--url", url) == 1
        await loop.shutdown_default_executor()
    [order] = desk.carried_out
    assert order == Order(
        word=Word.TAKE,
        who=f"{getpass.getuser()} via api",
        kind="token",
        source="127.0.0.1",
        key=order.key,
        show="day-1",
        scene="Подиум",
    )
    assert "the season has no show 'day-9'" in capsys.readouterr().err


def test_the_commands_start_without_the_web_server() -> None:
    check = (
        "import sys, broadcaster.cli.remote; "
        "print([m for m in ('aiohttp', 'asyncio', 'pydantic', 'rich', 'urllib.request') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("columns", [60, 80, 132])
def test_a_long_sentence_goes_on_below_itself_and_none_of_it_is_lost(columns: int) -> None:
    sentence = "designer-12 runs 4m30s into finale-of-the-evening at 21:30: cut (its rule is `cut`), " * 3
    lines = labelled("CONFLICT", sentence.strip(), columns)
    assert len(lines) > 1
    assert max(map(len, lines)) < columns
    assert [line[:10] for line in lines] == ["CONFLICT  ", *[" " * 10] * (len(lines) - 1)]
    assert " ".join(line[10:] for line in lines) == sentence.strip()
    assert labelled("CONFLICT", sentence.strip(), 0) == [f"CONFLICT  {sentence.strip()}"]
    assert labelled("", "short", columns) == ["short"]
