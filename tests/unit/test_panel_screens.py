"""Do the pages that the service writes show the right times, to the right people, whatever somebody typed?"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from broadcaster.adapters.clock import ManualClock
from broadcaster.panel import guard
from broadcaster.panel.guard import Handler
from broadcaster.panel.origin import Access
from broadcaster.panel.pages import PAGES, STATIC, Pages
from broadcaster.panel.screens import Screens, qr_code
from broadcaster.season.plan import AudiencePlan, GuestPlan, LowerThirdPlan, Plan
from broadcaster.show.people import SCREEN_PAGES, Kind, Person, Role
from broadcaster.show.phases import Phase
from broadcaster.show.shifts import Shifts
from broadcaster.show.state import SeasonState, ShowState
from tests.plans import GO_LIVE, MINUTE, season_plan, show_plan, three_segments

Browser = TestClient[web.Request, web.Application]

SECRET = "the model's knee is bad"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% raw %}",
    "'; --",
    "\u202edesrever\u2066",
    "مصممة الأزياء",
    "Ұзақ" * 2500,
)


@dataclass
class Studio:
    """What the pages are made of, and who looks."""

    plan: Plan
    state: SeasonState = field(default_factory=SeasonState)
    person: Person = field(default_factory=lambda: Person(name="Aliya", role=Role.VIEWER, kind=Kind.USER, source=""))
    clock: ManualClock = field(default_factory=lambda: ManualClock(GO_LIVE))

    is_rehearsal: bool = False

    def screen(self) -> dict[str, Any]:
        return {"rehearsal": self.is_rehearsal}

    def let_in_by_link(self, *pages: str) -> None:
        self.person = Person(name="wall", role=Role.SCREEN, kind=Kind.LINK, source="", pages=frozenset(pages))


def plan_of(name: str = "Dinara") -> Plan:
    film, runway, talk = three_segments()
    there = GuestPlan(id="guest", name=name, zone="Pacific/Auckland")
    runway = replace(runway, title=name, notes=f"{name} {SECRET}", guests=(there,))
    runway = replace(runway, lower_third=LowerThirdPlan(title=name, subtitle=name))
    first = show_plan(segments=(film, replace(runway, scene=name), talk))
    # Between the two, on 31 October 2027, Rome puts its clocks back.
    second = show_plan("day-2", go_live=datetime(2027, 11, 3, 14, 0, tzinfo=UTC))
    audiences = (
        AudiencePlan(id="italy", city=name, zone="Europe/Rome"),
        AudiencePlan(id="zealand", city="Auckland", zone="Pacific/Auckland"),
    )
    plan = season_plan(replace(first, title=name, notes=f"{name} {SECRET}"), second)
    return replace(plan, title=name, audiences=audiences)


@pytest.fixture
def studio() -> Studio:
    return Studio(plan=plan_of())


@pytest.fixture
async def browser(studio: Studio) -> AsyncIterator[Browser]:
    @web.middleware
    async def somebody(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[guard._PERSON] = studio.person
        return await handler(request)

    app = web.Application(middlewares=[guard.errors_as_json, somebody])
    access = Access(public_url="https://show.example.org")
    app.add_routes([*Pages().routes(), *Screens(studio, clock=studio.clock, access=access).routes()])
    async with TestClient(TestServer(app)) as client:
        yield client


class Reader(HTMLParser):
    """The words and the tags of a page, as a browser would take them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


async def read(browser: Browser, path: str) -> Reader:
    response = await browser.get(path)
    assert response.status == 200, await response.text()
    reader = Reader()
    reader.feed(await response.text())
    return reader


def lines(reader: Reader) -> str:
    return re.sub(r"\s+", " ", " ".join(reader.words))


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("path", ["/cuesheet", "/season"])
async def test_whatever_is_typed_stays_text_and_cannot_turn_what_stands_beside_it(
    studio: Studio, browser: Browser, path: str, name: str
) -> None:
    harmless = await read(browser, path)
    studio.plan = plan_of(name)
    reader = await read(browser, path)
    assert [tag for tag, _ in reader.tags] == [tag for tag, _ in harmless.tags]
    assert [sorted(each) for _, each in reader.tags] == [sorted(each) for _, each in harmless.tags]
    assert name in "".join(reader.words)
    text = await (await browser.get(path)).text()
    for found in re.finditer(re.escape(name[:40]), unescape(text)):
        before = unescape(text)[: found.start()].rpartition("<")[2]
        assert before.startswith(("bdi", "title", 'span class="place"', "strong")), before[-80:]


async def test_notes_reach_the_crew_and_never_a_screen_that_a_link_let_in(studio: Studio, browser: Browser) -> None:
    assert (await (await browser.get("/cuesheet")).text()).count(SECRET.replace("'", "&#39;")) == 2
    studio.let_in_by_link("/cuesheet", "/season")
    for path in ("/cuesheet", "/cuesheet?notes=1&role=admin", "/season"):
        text = await (await browser.get(path)).text()
        assert "knee" not in text
        assert "Dinara" in text


async def test_the_cue_sheet_says_planned_and_expected_times_on_every_clock(studio: Studio, browser: Browser) -> None:
    late = Shifts(live=3 * MINUTE, walls={"runway": 3 * MINUTE})
    studio.state = SeasonState(shows={"day-1": ShowState(phase=Phase.STANDBY, shifts=late)})
    words = lines(await read(browser, "/cuesheet"))
    assert "Live 19:03:00" in words
    assert "2 19:02:00 19:05:00 +03:00 02:00 Dinara WALL" in words
    assert "3 19:04:00" in words and "GO by hand" in words
    assert "Dinara 03:05 Auckland (+1 day)" in words
    there = lines(await read(browser, "/cuesheet?zone=Europe/Rome"))
    assert "2 16:02:00 16:05:00 +03:00" in there and "Europe/Rome, UTC+2" in there


@pytest.mark.parametrize("path", ["/cuesheet", "/season"])
async def test_a_rehearsal_is_seen_as_one_also_without_javascript(studio: Studio, browser: Browser, path: str) -> None:
    assert "REHEARSAL" not in lines(await read(browser, path))
    studio.is_rehearsal = True
    assert "REHEARSAL" in lines(await read(browser, path))


async def test_a_screen_with_an_unknown_option_shows_what_it_can(browser: Browser) -> None:
    usual = lines(await read(browser, "/cuesheet"))
    for odd in ("zone=Mars/Base", "show=none", "size=NaN&theme=pink", "show=%00%ff&zone[]=1", "lang=xx"):
        assert lines(await read(browser, f"/cuesheet?{odd}")) == usual
    assert "day-2" in [each.get("data-sheet") for _, each in (await read(browser, "/cuesheet?show=day-2")).tags]


async def test_the_season_is_told_on_every_clock_with_its_clock_changes(browser: Browser) -> None:
    words = lines(await read(browser, "/season"))
    assert "Almaty 19:00 UTC+5 UTC 14:00 UTC Dinara 16:00 UTC+2" in words
    assert "Auckland 03:00 +1 day UTC+13" in words
    change = "Dinara: the clocks go back by 1:00:00 on Sun, 31 Oct 2027, to 02:00"
    assert words.index(change) < words.index("Dinara 15:00 UTC+1")
    assert words.count("the clocks go") == 1


async def test_the_season_leads_to_the_video_but_by_a_link_only_to_a_public_one(
    studio: Studio, browser: Browser
) -> None:
    studio.state = SeasonState(shows={"day-1": ShowState(phase=Phase.DONE, broadcast_id="abcDEF12345")})
    assert studio.plan.shows[0].broadcast is not None
    hidden = replace(studio.plan.shows[0].broadcast, privacy="unlisted")
    public = replace(hidden, privacy="public")
    for broadcast, role, is_told in (
        (hidden, Role.VIEWER, True),
        (hidden, Role.SCREEN, False),
        (public, Role.SCREEN, True),
        (replace(public, replay_privacy="private"), Role.SCREEN, False),
    ):
        first, *others = studio.plan.shows
        studio.plan = replace(studio.plan, shows=(replace(first, broadcast=broadcast), *others))
        studio.person = replace(studio.person, role=role)
        text = await (await browser.get("/season")).text()
        assert ("https://youtu.be/abcDEF12345" in text) is is_told
        assert "/cuesheet?" in text or role is Role.SCREEN


async def test_a_way_to_another_page_keeps_the_options_and_the_link(studio: Studio, browser: Browser) -> None:
    studio.let_in_by_link("/cuesheet", "/season")
    reader = await read(browser, "/season?link=bl_secret&lang=en&size=150&show=day-1")
    ways = [each["href"] for tag, each in reader.tags if tag == "a"]
    assert "/cuesheet?link=bl_secret&lang=en&size=150&show=day-2" in ways


@pytest.mark.parametrize("path", ["/tally", "/tally?scene=Runway&link=bl_secret", "/backstage?me=designer-12"])
async def test_a_qr_code_leads_to_a_screen_of_this_service(browser: Browser, path: str) -> None:
    response = await browser.get("/qr.svg", params={"for": path})
    assert (response.status, response.content_type) == (200, "image/svg+xml")
    assert await response.read() == qr_code(f"https://show.example.org{path}")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tally",
        "//evil.example/tally",
        "https://evil.example/tally",
        "/\\evil.example/tally",
        "/tally/../panel",
        "/panel",
        "/people",
        "/api/v1/state",
        "/tally\n",
        "/tally?" + "x" * 500,
        "/[tally",
    ],
)
async def test_a_qr_code_leads_nowhere_else(browser: Browser, path: str) -> None:
    response = await browser.get("/qr.svg", params={"for": path})
    assert response.status == 400
    assert "QR code" in (await response.json())["error"]


def test_every_screen_has_a_page_and_a_drawing() -> None:
    made = {*PAGES, "/cuesheet", "/season", "/calendar", "/announcements", "/overlay/lower-third"}
    assert set(SCREEN_PAGES) <= made
    for name in ("announcements", "backstage", "countdown", "cuesheet", "overlay_countdown", "season", "tally"):
        assert (STATIC / f"{name}.mjs").is_file() and (STATIC / f"{name}.css").is_file()


def test_an_overlay_never_says_that_it_is_lost() -> None:
    drawing = (STATIC / "overlay_countdown.mjs").read_text(encoding="utf-8")
    assert "Trust" not in drawing and "Rehearsal" not in drawing
    assert 'live.link === "live"' in drawing


async def test_segments_past_midnight_begin_a_new_day_on_the_cue_sheet(studio: Studio, browser: Browser) -> None:
    late = datetime(2027, 10, 20, 18, 57, tzinfo=UTC)
    studio.plan = season_plan(show_plan(go_live=late, segments=three_segments(late)))
    words = lines(await read(browser, "/cuesheet"))
    assert "2 23:59:00" in words
    assert words.index("Thu, 21 Oct 2027") < words.index("3 00:01:00")
