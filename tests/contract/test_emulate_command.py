"""Does `broadcaster emulate` start one emulator, say where, and stop when told?"""

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

COMMAND = [sys.executable, "-m", "broadcaster", "emulate"]
is_windows = sys.platform == "win32"


@contextmanager
def emulator(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)


def state(where: str) -> dict[str, object]:
    with urllib.request.urlopen(f"http://{where}/control/state", timeout=10) as answer:
        document: dict[str, object] = json.load(answer)
        return document


@pytest.mark.skipif(is_windows, reason="Windows ends a process without asking it")
@pytest.mark.parametrize(
    ("arguments", "number", "known"),
    [
        (("obs", "--scenes", "A, B,C", "--password", "p", "--fade", "200"), signal.SIGTERM, "program"),
        (("telegram", "--speed", "10"), signal.SIGINT, "chats"),
        (("youtube", "--speed", "10"), signal.SIGTERM, "broadcasts"),
        (("meta", "--speed", "10"), signal.SIGTERM, "containers"),
        (("email",), signal.SIGTERM, "letters"),
    ],
)
def test_it_listens_on_loopback_and_stops_when_told(arguments: tuple[str, ...], number: int, known: str) -> None:
    with emulator(*arguments, "--port", "0") as (process, line):
        assert line.startswith("listening on 127.0.0.1:")
        seen = state(line.removeprefix("listening on "))
        assert known in seen
        if arguments[0] == "obs":
            assert (seen["scenes"], seen["transition_ms"]) == (["A", "B", "C"], 200)
        process.send_signal(number)
        rest, _ = process.communicate(timeout=10)
        assert (process.returncode, rest) == (0, "")


def test_json_says_where_it_listens() -> None:
    with emulator("telegram", "--json") as (_, line):
        where = json.loads(line)["listening"]
        assert state(where)["chats"] == {}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("telegram", "--scenes", "A"), "only"),
        (("obs", "--scenes", "A,,B"), "each scene one name"),
        (("obs", "--speed", "0"), "speed"),
        (("tiktok",), "tiktok"),
    ],
)
def test_wrong_usage_is_said_with_code_2(arguments: tuple[str, ...], said: str) -> None:
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_port_in_use_is_said() -> None:
    with emulator("telegram") as (_, line):
        port = line.rpartition(":")[2]
        done = subprocess.run([*COMMAND, "telegram", "--port", port], capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert "cannot listen on 127.0.0.1" in done.stderr
