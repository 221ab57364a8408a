"""Does a browser get its pages and files, whole, fresh and safe?"""

import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from broadcaster.panel.languages import LANGUAGE_COOKIE, LANGUAGES
from broadcaster.panel.pages import PAGES, STATIC, Pages, environment, shelf
from broadcaster.season.plan import Lane, Trigger
from broadcaster.show.orders import Word
from broadcaster.show.people import Role
from broadcaster.show.phases import Phase
from broadcaster.show.post_orders import PostAct
from broadcaster.show.post_standing import PostStanding

Browser = TestClient[web.Request, web.Application]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    app = web.Application()
    app.add_routes(Pages().routes())
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.mark.parametrize("folder", ["vendor", "fonts"])
def test_what_others_wrote_is_byte_for_byte_what_the_list_says_with_its_licence(folder: str) -> None:
    lines = (STATIC / folder / "SHA256SUMS").read_text(encoding="ascii").split("\n")
    listed = {line.partition("  ")[2]: line.partition("  ")[0] for line in lines if line}
    there = {path.name for path in (STATIC / folder).iterdir()} - {"SHA256SUMS", "README.md"}
    assert set(listed) == there
    assert any(name.startswith("LICENSE") for name in there)
    for name, tag in listed.items():
        assert hashlib.sha256((STATIC / folder / name).read_bytes()).hexdigest() == tag, name


def test_every_module_imports_only_files_that_are_there() -> None:
    for path in STATIC.rglob("*.mjs"):
        for wanted in re.findall(r'(?:from|import)\s*"([^"]+)"', path.read_text(encoding="utf-8")):
            assert wanted.startswith("./") or wanted.startswith("../"), f"{path.name} imports {wanted}"
            assert (path.parent / wanted).resolve().is_file(), f"{path.name} imports {wanted}"


def test_every_template_reads_and_asks_only_for_files_that_are_there() -> None:
    made = environment()
    assert made.loader is not None
    for name in made.list_templates():
        made.get_template(name)
        source = made.loader.get_source(made, name)[0]
        for wanted in re.findall(r"static\('([^']+)'\)", source):
            assert wanted in shelf().files, f"{name} asks for {wanted}"
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", source), f"{name} breaks the content policy"
    assert {page.template for page in PAGES.values()} <= set(made.list_templates())


async def test_a_file_under_its_version_is_kept_for_good_and_without_it_asked_for_anew(browser: Browser) -> None:
    pinned = await browser.get(f"/static/{shelf().version}/vendor/preact.mjs")
    assert pinned.status == 200
    assert pinned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert pinned.headers["Content-Type"].startswith("text/javascript")
    plain = await browser.get("/static/vendor/preact.mjs")
    assert plain.headers["Cache-Control"] == "no-cache"
    assert await plain.read() == await pinned.read()
    again = await browser.get("/static/vendor/preact.mjs", headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status == 304
    assert await again.read() == b""
    older = await browser.get("/static/0123456789abcdef/vendor/preact.mjs")
    assert (older.status, older.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "path",
    [
        "../pages.py",
        "%2e%2e/pages.py",
        "..%2fpages.py",
        "vendor/../../pages.py",
        "/etc/passwd",
        "fonts/SHA256SUMS",
        "x",
    ],
)
async def test_a_path_out_of_the_folder_finds_nothing(browser: Browser, path: str) -> None:
    from yarl import URL

    for before in ("/static/", f"/static/{shelf().version}/"):
        reply = await browser.get(URL(before + path, encoded=True))
        assert reply.status == 404


async def test_a_page_has_a_strict_policy_and_what_the_address_says_is_escaped(browser: Browser) -> None:
    reply = await browser.get("/panel", params={"size": '"><script>alert(1)</script>', "link": "bl_secret"})
    text = await reply.text()
    assert reply.status == 200
    assert "script-src 'self'" in reply.headers["Content-Security-Policy"]
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
    assert "<script>alert" not in text
    assert "bl_secret" not in text
    assert 'data-view="desk"' in text


async def test_the_home_page_leads_to_the_live_page(browser: Browser) -> None:
    reply = await browser.get("/", allow_redirects=False)
    assert (reply.status, reply.headers["Location"]) == (302, "/panel")


@pytest.mark.parametrize(
    ("query", "cookie", "accepts", "language"),
    [
        ("?lang=kk", "ru", "en", "kk"),
        ("", "ru", "en", "ru"),
        ("", "", "de, ru-RU;q=0.8, en;q=0.9", "en"),
        ("", "", "kk-KZ,ru;q=0.8", "kk"),
        ("?lang=../../x", "xx", "fr;q=oops, ru;q=0", "en"),
    ],
)
async def test_the_language_is_the_addresss_then_the_persons_then_the_browsers(
    browser: Browser, query: str, cookie: str, accepts: str, language: str
) -> None:
    headers = {"Accept-Language": accepts, "Cookie": f"broadcaster_language={cookie}"}
    reply = await browser.get(f"/panel{query}", headers=headers)
    assert f'<html lang="{language}"' in await reply.text()


async def test_words_are_there_for_each_language_and_for_no_other(browser: Browser) -> None:
    reply = await browser.get("/words/ru.json")
    assert (await reply.json())["language"] == "ru"
    assert (await browser.get("/words/xx.json")).status == 404


def test_the_built_wheel_would_hold_the_templates_and_the_static_files() -> None:
    from hatchling.builders.wheel import WheelBuilder

    root = Path(__file__).parents[2]
    held = {each.distribution_path for each in WheelBuilder(str(root)).recurse_included_files()}
    panel = root / "broadcaster" / "panel"
    for path in [*(panel / "static").rglob("*"), *(panel / "templates").rglob("*")]:
        if path.is_file():
            assert path.relative_to(root).as_posix() in held


def _module(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def test_no_module_of_ours_writes_markup_or_runs_text() -> None:
    for path in STATIC.glob("*.mjs"):
        found = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", _module(path.name)
        )
        assert not found, f"{path.name}: {found}"
        assert len(_module(path.name).splitlines()) < 300, path.name


def test_the_live_page_gives_only_orders_that_there_are_and_names_everything_that_may_come() -> None:
    given = set(re.findall(r'word: "(\w+)"', _module("acts.mjs") + _module("post_acts.mjs")))
    assert given == set(Word) - {Word.DELAY, Word.EXTEND} | {"preview"}, "the two are given by what was typed"
    names = _module("names.mjs")
    acts = re.findall(r'act\(post, "(\w+)"', _module("post_acts.mjs"))
    assert set(acts) == set(PostAct), "every act on a post, and no other"
    for wanted in (*Phase, *Lane, *Role, *PostStanding, *Trigger):
        assert re.search(rf"\b{wanted}: ", names), f"names.mjs does not say {wanted}"
    assert f'"{LANGUAGE_COOKIE}=' in _module("menu.mjs").replace("`", '"')
    assert tuple(re.findall(r'\["(\w\w)", "', _module("menu.mjs"))) == LANGUAGES
