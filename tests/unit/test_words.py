"""Does everybody get every sentence in their own language?"""

import ast
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from broadcaster.panel.guard import answer
from broadcaster.panel.languages import LANGUAGE_COOKIE, day_text, spelled, translated, words
from broadcaster.panel.pages import Pages
from broadcaster.season.said import Said, say
from broadcaster.show.words import who_said, why_said
from tests.catalogs import LANGUAGES, SOURCES, Message, catalog, sentences

Browser = TestClient[web.Request, web.Application]
PLURALS = {"ru": 3, "kk": 2}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalog_has_every_sentence_of_the_sources_whole_and_no_other(language: str) -> None:
    said, known = sentences(), catalog(language)
    there: dict[Message, object] = {message.id: message.string for message in known if message.id}
    assert set(there) == set(said), "run python -m tests.catalogs, and translate what is new"
    assert not [message.id for message in known if message.id and message.fuzzy]
    assert known.num_plurals == PLURALS[language]
    for message, string in there.items():
        forms = [string] if isinstance(string, str) else list(string)  # type: ignore[call-overload]
        assert len(forms) == (1 if isinstance(message, str) else PLURALS[language]), message
        for form in forms:
            assert form, f"{message!r} is not translated"
            first = message if isinstance(message, str) else message[0]
            assert sorted(_names(form)) == sorted(_names(first)), message
    assert len(there) > 600  # the extraction has not gone blind


def _names(text: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", text)


def test_every_reason_that_is_written_down_is_known_when_it_is_read_again() -> None:
    unknown = {text for text in _reasons() if not isinstance(why_said(text), Said)}
    assert unknown <= {"VALUE", "it never went live, and is left as it is: VALUE"}  # why, in one of two constants


def _reasons() -> Iterator[str]:
    """What the show writes down as `why` and shows later, with VALUE for each value."""
    shown = ("phase_entered", "segment_started", "segment_put_off", "lane_held", "lane_released", "rule_applied")
    for path in (SOURCES / "show").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            is_end = name == "settle" and ast.unparse(node.args[1]) != "End.DONE"
            for keyword in node.keywords:
                if keyword.arg == "why" and (name in shown or is_end) and (text := _text(keyword.value)):
                    yield text


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_text, node.values))
    if isinstance(node, ast.FormattedValue):
        return "VALUE"
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_every_refusal_and_alert_of_the_show_can_be_said_in_another_language() -> None:
    for path in (SOURCES / "show").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            is_alert = path.stem in ("view", "times", "broadcast_alerts", "bound", "health", "left_live", "ripple")
            called = ast.unparse(node.func)
            if called in ("NotNow", "Stale") or (is_alert and called == "found.append"):
                plain = isinstance(node.args[0], ast.JoinedStr | ast.Constant)
                assert not plain, f"{path.name}:{node.lineno}: use say"


def test_a_sentence_is_english_text_and_can_be_said_again_in_another_language() -> None:
    held = say("{lane} is in hand: {why}", lane=say("program"), why=why_said("the cue take designer-1 came"))
    assert held == "program is in hand: the cue take designer-1 came"
    assert json.dumps({"text": held}) == '{"text": "program is in hand: the cue take designer-1 came"}'
    assert translated("kk", held) == "бағдарлама: қолмен жүргізіледі, take designer-1 оқиғасы келді"
    assert translated("xx", held) == held
    assert spelled({"log": [held]})["log"][0] == {
        "text": str(held),
        "said": "{lane} is in hand: {why}",
        "with": {
            "lane": {"text": "program", "said": "program"},
            "why": {
                "text": "the cue take designer-1 came",
                "said": "the cue {action} {segment} came",
                "with": {"action": "take", "segment": "designer-1"},
            },
        },
    }
    assert why_said("a sentence of another version") == "a sentence of another version"
    assert not isinstance(who_said("Aliya"), Said)
    assert str(say("take {scene}", scene="{who} {0.__class__}")) == "take {who} {0.__class__}"


def test_plural_forms_come_in_the_order_of_gettext() -> None:
    assert words("ru")["{count} conflict"] == ["{count} конфликт", "{count} конфликта", "{count} конфликтов"]
    assert len(words("kk")["{count} conflict"]) == 2


def test_days_are_written_as_the_language_does() -> None:
    assert day_text("ru", "2027-10-20") == "ср, 20 окт. 2027\u202fг."
    assert day_text("kk", "2027-10-20") == "2027\u202fж. 20 қаз., ср"
    assert day_text("en", "2027-10-20") == "Wed, 20 Oct 2027"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async def refuse(request: web.Request) -> web.Response:
        return answer({"error": say("{segment} is over", segment="runway")}, status=409)

    app = web.Application()
    app.add_routes([*Pages().routes(), web.get("/refused", refuse)])
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_a_language_that_is_chosen_stays_chosen_but_a_screen_changes_nobodys(browser: Browser) -> None:
    assert '<html lang="en"' in await (await browser.get("/panel")).text()
    await browser.get("/backstage?lang=ru")
    assert '<html lang="en"' in await (await browser.get("/panel")).text()
    chosen = await browser.get("/panel?lang=kk")
    assert chosen.cookies[LANGUAGE_COOKIE].value == "kk"
    page = await (await browser.get("/panel")).text()
    assert '<html lang="kk"' in page
    assert "<title>Эфир - Broadcaster</title>" in page


async def test_what_is_refused_can_be_said_in_any_language(browser: Browser) -> None:
    refused = await (await browser.get("/refused")).json()
    assert refused["error"] == "runway is over"
    assert refused["said"] == {"text": "runway is over", "said": "{segment} is over", "with": {"segment": "runway"}}


def test_the_wheel_holds_the_catalogs() -> None:
    from hatchling.builders.wheel import WheelBuilder

    root = Path(__file__).parents[2]
    held = {each.distribution_path for each in WheelBuilder(str(root)).recurse_included_files()}
    assert {f"broadcaster/panel/locale/{language}.po" for language in LANGUAGES} <= held
