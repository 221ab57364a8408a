"""Do the commands about people do what they say, tell no secret twice, and leave a trace for the journal?"""

import asyncio
import io
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from broadcaster.adapters.people import SQLPeople, passwords
from broadcaster.cli import main
from broadcaster.ports import Secret
from broadcaster.show.issuing import WORDS
from broadcaster.show.orders import Word
from broadcaster.show.people import Deed, Role, Roster


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(passwords, "MEMORY_KIB", 8)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*argv: str, typed: str = "") -> int:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.stdin", io.StringIO(typed))
        try:
            main(list(argv))
        except SystemExit as ended:
            return int(ended.code or 0)
    return 0


def kept(folder: Path, name: str = "", password: str = "") -> tuple[Roster, Sequence[Deed], bool]:
    async def read() -> tuple[Roster, Sequence[Deed], bool]:
        async with SQLPeople.open(folder / "state" / "people.sqlite") as people:
            is_right = bool(name) and await people.has_password(name, Secret(password))
            return await people.read(), await people.untold(), is_right

    return asyncio.run(read())


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_user_comes_changes_and_goes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("user", "add", "Әлия", "--role", "director", "--json", typed="correct horse\n") == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["user"]["role"] == "director"
    assert run("user", "add", "Bolat", "--role", "admin", "--password-file", "-", typed="correct horse") == 0
    (folder / "pw").write_text("another horse\n", "utf-8")
    assert run("user", "password", "әлия", "--password-file", "pw") == 0
    assert run("user", "role", "ӘЛИЯ", "viewer") == 0
    capsys.readouterr()
    assert run("user", "list", "--json") == 0
    assert [(each["name"], each["role"]) for each in said(capsys)["users"]] == [("Bolat", "admin"), ("Әлия", "viewer")]
    roster, deeds, is_right = kept(folder, "Әлия", "another horse")
    assert is_right
    assert [each.act for each in deeds] == ["user_added", "user_added", "password_set", "role_set"]
    assert {each.source for each in deeds} == {"command line"}
    assert "horse" not in repr(deeds) + repr(roster)
    assert run("user", "remove", "Bolat") == 1
    assert "last admin" in capsys.readouterr().err
    assert run("user", "remove", "Әлия") == run("user", "remove", "Bolat") == 0
    assert "no users any more" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "typed", "code", "told"),
    [
        (("user", "add", "A", "--role", "boss"), "correct horse", 2, "'boss' is not one of"),
        (("user", "add", "A"), "correct horse", 2, "--role"),
        (("user", "add", "A", "--role", "admin"), "short", 1, "8 to 1024 letters"),
        (("user", "add", "A", "--role", "admin", "--password-file", "absent"), "", 2, "cannot be read from absent"),
        (("user", "add", "\u202eA", "--role", "admin"), "correct horse", 1, "cannot be seen"),
        (("user", "add", "x" * 65, "--role", "admin"), "correct horse", 1, "1 to 64 letters"),
        (("user", "role", "Nobody", "admin"), "", 1, "no user 'Nobody'"),
        (("token", "add", "T", "--word", "everything"), "", 1, "no order 'everything'; there are: cancel, delay, end,"),
        (("token", "revoke", "T"), "", 1, "no token 'T'"),
        (("link", "add", "L", "--page", "/panel"), "", 1, "no page for screens '/panel'"),
        (("link", "add", "L"), "", 2, "--page"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_changed(
    folder: Path, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], typed: str, code: int, told: str
) -> None:
    assert run(*argv, typed=typed) == code
    assert told in capsys.readouterr().err
    roster, deeds, _ = kept(folder)
    assert (roster, deeds) == (Roster(), [])


def test_a_password_is_never_an_argument(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("user", "add", "A", "correct horse", "--role", "admin") == 2
    assert run("user", "add", "A", "--role", "admin", "--password", "correct horse") == 2


def test_tokens_and_links_are_shown_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "config.toml").write_text('[api]\npublic_url = "https://show.example.org"\n')
    assert run("token", "add", "Deck", "--role", "operator", "--word", "go", "--word", "hold") == 0
    printed = capsys.readouterr()
    token = printed.out.strip()
    assert token.startswith("bc_")
    assert token not in printed.err
    assert run("link", "add", "Foyer", "--page", "/countdown", "--page", "/tally", "--json") == 0
    link = said(capsys)["link"]
    assert link["urls"] == [
        f"https://show.example.org/countdown?link={link['secret']}",
        f"https://show.example.org/tally?link={link['secret']}",
    ]
    assert run("token", "list", "--json") == run("link", "list") == 0
    listed = capsys.readouterr().out
    assert token not in listed
    assert link["secret"] not in listed
    roster, _, _ = kept(folder)
    assert (roster.tokens[0].role, roster.tokens[0].words) == (Role.OPERATOR, ("go", "hold"))
    assert run("token", "revoke", "deck", "--json") == run("link", "revoke", link["id"]) == 0
    capsys.readouterr()
    roster, deeds, _ = kept(folder)
    assert (roster.tokens, roster.links) == ((), ())
    assert deeds[-1].data == {"link": "Foyer"}
    assert token not in repr(deeds)


@pytest.mark.parametrize("what", [("token", "--word", "go"), ("link", "--page", "/countdown")])
def test_a_token_or_link_may_end_by_itself(what: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    kind, *limits = what
    assert run(kind, "add", "Deck", *limits, "--until", "2099-10-31", "--json") == 0
    assert said(capsys)[kind]["until"] == "2099-11-01T00:00:00.000Z"
    assert run(kind, "add", "Foot switch", *limits, "--until", "30d") == 0
    assert "good until 2" in capsys.readouterr().err
    assert run(kind, "add", "Other", *limits) == 0
    capsys.readouterr()
    assert run(kind, "list") == 0
    listed = capsys.readouterr().out.splitlines()
    assert sum("good until" in line for line in listed) == 2
    assert run(kind, "add", "Late", *limits, "--until", "2020-01-01") == 1
    assert "is past" in capsys.readouterr().err
    assert run(kind, "add", "Late", *limits, "--until", "some day") == 1
    assert "write a day like 2027-10-31" in capsys.readouterr().err


def test_tokens_can_be_limited_to_every_order() -> None:
    assert set(WORDS) == {*Word, "preview", "season"}


@pytest.mark.parametrize("command", [("token", "add", "x"), ("link", "add", "x", "--page", "/tally")])
def test_they_start_without_the_panel(command: tuple[str, ...], folder: Path) -> None:
    script = f"import sys; from broadcaster.cli import main\ntry: main({list(command)!r})\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "broadcaster.show.issuing" in loaded
    assert not {"aiohttp", "jinja2", "broadcaster.panel", "broadcaster.conductor.conductor"} & set(loaded)
