"""Do `posts`, `post` and `cancel` say the right thing to the service, and can a crew read the list?"""

import json
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from broadcaster.cli.posts import lines_of
from broadcaster.show.orders import Word
from broadcaster.show.people import Role
from broadcaster.show.records import End, cue_settled
from tests.panel import NAMES, house
from tests.unit.test_post_orders import BEFORE, SOON, Story, do, listed, sent
from tests.unit.test_remote_commands import REPLY, FakeService, far, run, settings

__all__ = ["far", "settings"]  # fixtures

RIPPLE = {"in_a_line": "day-1: is cancelled", "segments": [], "conflicts": [], "youtube": ["the broadcast goes"]}
RIPPLE |= {
    "posts": ["off to news goes out at once"],
    "corrections": ["soon to news is out: it is corrected"],
    "tell": [],
}
LOOKED = REPLY | {"preview": True, "ripple": RIPPLE}


class Keyboard(StringIO):
    """Somebody sits there."""

    def isatty(self) -> bool:
        return True


def story_of_posts() -> list[dict[str, Any]]:
    story = Story()
    do(story, "edit", text="Бүгін кешке, 19:05-те басталады: " + "ұзақ " * 30 + "\nекінші жол")
    held = listed(story)
    do(story, "hold")
    end = cue_settled("day-1", SOON, End.DONE, at=BEFORE, planned=BEFORE, why="")
    return [held | {"language": "kk"}, listed(story), listed(sent(Story()).add(end))]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["hold", SOON], {"post": SOON, "act": "hold"}),
        (["skip", "soon/news/en", "--show", "day-1"], {"post": "soon/news/en", "act": "skip", "show": "day-1"}),
        (
            ["edit", SOON, "--text", "Кешікті", "--title", "T"],
            {"post": SOON, "act": "edit", "text": "Кешікті", "title": "T"},
        ),
        (["again", SOON], {"post": SOON, "act": "again"}),
    ],
)
def test_each_act_is_one_order(
    far: FakeService, capsys: pytest.CaptureFixture[str], argv: list[str], said: dict[str, str]
) -> None:
    assert run("post", *argv, "--url", far.url) == 0
    [asked] = far.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/api/v1/post", said)
    assert asked.headers["Idempotency-Key"]
    assert f"post {argv[0]}: accepted (revision 43)" in capsys.readouterr().out


def test_words_come_from_a_file_and_not_from_two_places(far: FakeService, settings: Path) -> None:
    (settings / "words.txt").write_bytes("\ufeffБірінші\r\nекінші\r\n".encode())
    assert run("post", "edit", SOON, "--file", "words.txt", "--url", far.url) == 0
    assert far.asked[0].body == {"post": SOON, "act": "edit", "text": "Бірінші\nекінші"}
    assert run("post", "edit", SOON, "--url", far.url) == 2
    assert run("post", "edit", SOON, "--file", "words.txt", "--text", "x", "--url", far.url) == 2
    (settings / "words.txt").write_bytes(b"\xff\xfe\x00")
    assert run("post", "edit", SOON, "--file", "words.txt", "--url", far.url) == 1


def test_posts_are_listed_in_eighty_columns(far: FakeService, capsys: pytest.CaptureFixture[str]) -> None:
    far.answers = [(200, {"revision": 43, "now": "2027-10-20T14:00:00.000Z", "posts": story_of_posts()})]
    assert run("posts", "--show", "day 1", "--url", far.url) == 0
    assert (far.asked[0].method, far.asked[0].path) == ("GET", "/api/v1/posts?show=day%201")
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[:3] == [
        "Wed 2027-10-20 UTC",
        "  planned   13:45Z    18:45 UTC+5  kk",
        "    day-1 soon/telegram/en",
    ]
    assert lines[3].startswith("    Бүгін кешке, 19:05-те басталады: ұзақ")
    assert lines[3].endswith("…")
    assert "    held by Aigul" in lines
    assert "  out       13:30Z    18:30 UTC+5  en" in lines  # when it went out, not when it was to
    assert run("posts", "--json", "--url", far.url) == 0
    assert json.loads(capsys.readouterr().out)["posts"][0]["id"] == SOON
    assert list(lines_of([], 80)) == ["there are no posts"]


def test_a_show_is_cancelled_only_by_who_has_seen_what_that_changes_or_is_sure(
    far: FakeService, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO(""))
    assert run("cancel", "--url", far.url) == 2
    assert "say --yes" in capsys.readouterr().err
    assert not far.asked
    assert run("cancel", "--yes", "--show", "day-2", "--url", far.url) == 0
    assert (far.asked[-1].path, far.asked[-1].body) == ("/api/v1/cancel", {"show": "day-2"})
    far.answers = [(200, LOOKED)]
    assert run("cancel", "--preview", "--url", far.url) == 0
    printed = capsys.readouterr().out
    assert "nothing is changed yet" in printed
    assert "CORRECT   soon to news is out" in printed

    far.asked.clear()
    for typed, orders in (("n\n", 1), ("y\n", 2)):
        far.asked.clear()
        far.answers = [(200, LOOKED), (200, REPLY)]
        monkeypatch.setattr(sys, "stdin", Keyboard(typed))
        assert run("cancel", "--url", far.url) == (0 if orders == 2 else 1)
        assert len(far.asked) == orders
    assert far.asked[-1].body == {"show": "day-1", "revision": 43}


def test_an_announcement_is_left_out_only_by_who_has_seen_which_posts_these_are_or_is_sure(
    far: FakeService, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO(""))
    cancel, order = ("post", "cancel", SOON, "--url", far.url), {"post": SOON, "act": "cancel"}
    assert run(*cancel) == 2
    assert "say --yes" in capsys.readouterr().err
    assert not far.asked
    looked = {"ok": True, "preview": True, "revision": 41, "posts": [SOON, SOON.replace("/en", "/kk")]}
    far.answers = [(200, looked)]
    assert run(*cancel, "--preview") == 0
    printed = capsys.readouterr().out
    assert "leave out day-1 soon/telegram/kk" in printed
    assert "2 posts, nothing is changed yet" in printed
    for argv, typed, orders in (((), "n\n", 0), ((), "y\n", 1), (("--yes",), "", 1)):
        far.asked.clear()
        far.answers = [(200, looked), (200, REPLY)]
        monkeypatch.setattr(sys, "stdin", Keyboard(typed))
        assert run(*cancel, *argv) == (0 if orders else 1)
        printed = capsys.readouterr().out
        assert ("post cancel, 2 posts left out: accepted (revision 43)" in printed) is bool(orders)
        assert [each.body for each in far.asked] == [
            order | {"preview": True},
            *([order | ({} if argv else {"revision": 41})] * orders),
        ]


async def test_what_is_said_is_a_directors_and_the_rest_an_operators(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        cookies = {role: await home.sign_in(name) for role, name in NAMES.items()}

        async def give(role: Role, path: str, **body: str) -> tuple[int, str]:
            headers = {"Cookie": cookies[role], "Sec-Fetch-Site": "same-origin"}
            async with home.client.post(f"/api/v1/{path}", data=json.dumps(body), headers=headers) as answer:
                return answer.status, await answer.text()

        assert (await give(Role.VIEWER, "post", post=SOON, act="hold"))[0] == 403
        assert (await give(Role.OPERATOR, "post", post=SOON, act="hold"))[0] == 200
        status, said = await give(Role.OPERATOR, "post", post=SOON, act="edit", text="x")
        assert (status, "this needs the role director" in said) == (403, True)
        assert (await give(Role.DIRECTOR, "post", post=SOON, act="edit", text="x"))[0] == 200
        assert (await give(Role.OPERATOR, "cancel"))[0] == 403
        assert (await give(Role.DIRECTOR, "cancel"))[0] == 200
        assert [order.word for order in home.desk.carried_out] == [Word.POST, Word.POST, Word.CANCEL]
        assert home.desk.carried_out[1].who == "Dana"
        assert (await give(Role.OPERATOR, "post", post=SOON, act="burn"))[0] == 400
        status, said, _ = await home.ask("GET", "/api/v1/posts?show=day-1", cookies[Role.VIEWER])
        assert (status, json.loads(said)["posts"][0]["id"]) == (200, SOON)
        status, said, _ = await home.ask("GET", "/api/v1/posts?show=day-3", cookies[Role.VIEWER])
        assert (status, "the season has no show 'day-3'" in said) == (404, True)
