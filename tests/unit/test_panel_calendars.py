"""Do calendar programs get the shows by a link, no more than that, and anything at all only when something changed?"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any, NamedTuple

import pytest
from aiohttp.test_utils import TestClient, TestServer

from broadcaster.adapters.people import SQLPeople
from broadcaster.conductor.conductor import Conductor, Reading
from broadcaster.panel import Panel
from broadcaster.ports import Message, Secret
from broadcaster.reports.calendar import calendar_text
from broadcaster.season.plan import AudiencePlan, Plan
from broadcaster.show.calendar import CalendarText, ShowCalendar, show_calendar
from broadcaster.show.dated import facts
from broadcaster.show.issuing import new_link
from broadcaster.show.orders import Rewrite
from broadcaster.show.people import Role
from tests.panel import deed, made
from tests.plans import GO_LIVE, MINUTE, season_plan, show_plan
from tests.unit.test_calendar import instant, read
from tests.unit.test_panel_api import BEARER, TOKEN, Client
from tests.waiting import until
from tests.world import World

BEFORE = GO_LIVE - timedelta(hours=3)
ROME = AudiencePlan(id="italy", city="Рим & <b>", zone="Europe/Rome", language="en")


class Answer(NamedTuple):
    """A response that was read."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class Running:
    """A season that runs, with its panel open."""

    def __init__(self, world: World, client: Client, link: str) -> None:
        self.world = world
        self.client = client
        self.link = link

    async def get(self, path: str, method: str = "GET", link: str | None = None, **headers: str) -> Answer:
        """What a calendar program gets."""
        shown = self.link if link is None else link
        address = f"{path}?link={shown}" if shown else path
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.request(method, address, headers=sent, allow_redirects=False) as response:
            return Answer(response.status, await response.read(), response.headers)

    async def event(self, name: str = "italy.en", show: str = "day-1") -> Any:
        """The show as the other parser reads it from the feed."""
        answer = await self.get(f"/calendar/{name}.ics")
        assert answer.status == 200
        return next(each for each in read(answer.body) if each.uid.value == f"season/{show}@broadcaster")

    async def order(self, word: str, **body: Any) -> None:
        """An operator's word, through the API."""
        async with self.client.post(f"/api/v1/{word}", json=body, headers=BEARER) as response:
            assert response.status == 200, await response.text()
        await self.world.settle()


def a_season() -> Plan:
    shows = (show_plan(with_posts=False), show_plan("day-2", go_live=GO_LIVE + timedelta(days=1), with_posts=False))
    shows = tuple(replace(show, notes="for the crew") for show in shows)
    return replace(season_plan(*shows), audiences=(ROME,), languages=("kk", "en"))


def conductor_of(world: World) -> Conductor:
    """A conductor that writes down what `run` does."""
    conductor = world._conductor()
    conductor._about = {"shows": facts(world.plan)}
    return conductor


@asynccontextmanager
async def running(
    path: Path, plan: Plan, pages: tuple[str, ...] = ("/calendar",), write: CalendarText = calendar_text
) -> AsyncIterator[Running]:
    world = World(plan, BEFORE)
    world.conductor = conductor_of(world)
    async with SQLPeople.open(path / "people.sqlite") as people:
        await people.add_user(made("Aliya", Role.ADMIN), Secret("correct horse"), deed("user_added"))
        secret, link = new_link("Viewers", pages, by="test", at=BEFORE)
        await people.add_link(link, deed())
        panel = Panel(world.conductor, token=TOKEN, clock=world.clock, people=people, calendar_text=write)
        await panel.refresh()
        async with world, TestClient(TestServer(panel.application())) as client:
            yield Running(world, client, secret.reveal())


@pytest.fixture
async def season(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path, a_season()) as made:
        yield made


async def test_a_delay_moves_the_show_in_the_feed_and_a_cancellation_marks_it(season: Running) -> None:
    before = await season.event()
    assert (instant(before.dtstart.value), before.sequence.value) == (GO_LIVE, "0")
    await season.order("delay", by="15m", show="day-1")
    after = await season.event()
    assert (instant(after.dtstart.value), after.sequence.value) == (GO_LIVE + 15 * MINUTE, "1")
    assert instant(after.dtend.value) == GO_LIVE + 19 * MINUTE, "what comes before the wall gave way"
    assert after.last_modified.value == after.dtstamp.value == BEFORE
    await season.order("cancel", show="day-1")
    gone = await season.event("season.kk")
    assert (gone.status.value, gone.sequence.value) == ("CANCELLED", "2")
    other = await season.event(show="day-2")
    assert (other.status.value, other.sequence.value) == ("CONFIRMED", "0")


async def test_an_edited_season_moves_its_shows_and_keeps_one_that_is_taken_out_as_cancelled(season: Running) -> None:
    later = show_plan(go_live=GO_LIVE + timedelta(hours=2), with_posts=False)
    plan = replace(season.world.plan, shows=(later,))
    reading = Reading(plan=plan, season_hash="new", words=lambda show, cue, link: Message(text=""))
    await season.world.conductor.replace_plan(reading, Rewrite(who="Dana", source="test"))
    moved, gone = await season.event(), await season.event(show="day-2")
    assert (instant(moved.dtstart.value), moved.sequence.value) == (GO_LIVE + timedelta(hours=2), "1")
    assert (gone.status.value, gone.sequence.value) == ("CANCELLED", "1")
    assert instant(gone.dtstart.value) == GO_LIVE + timedelta(days=1)


async def test_the_feed_is_the_same_to_the_byte_until_something_changes_also_after_a_restart(season: Running) -> None:
    first = await season.get("/calendar/italy.en.ics")
    tag, body = first.headers["ETag"], first.body
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    await season.world.to(BEFORE + timedelta(minutes=50))
    for shown in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await season.get("/calendar/italy.en.ics", If_None_Match=shown)
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    head = await season.get("/calendar/italy.en.ics", "HEAD")
    assert (head.status, head.body, head.headers["ETag"]) == (200, b"", tag)
    assert int(head.headers["Content-Length"]) == len(body)
    await season.order("delay", by="15m", show="day-1")
    body = (await season.get("/calendar/italy.en.ics", If_None_Match=tag)).body
    world = season.world
    await world.kill()
    world.conductor = conductor_of(world)
    async with world:
        state = world.conductor.state
        again = show_calendar(world.plan, state, audience=ROME, language="en", read_at=GO_LIVE)
    assert calendar_text(again) == body, "another reader of the same record"
    assert b"crew" not in body


async def test_a_quiet_feed_is_not_written_again(season: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    await season.get("/calendar/italy.en.ics")
    monkeypatch.setattr("broadcaster.panel.calendars.show_calendar", None)
    assert (await season.get("/calendar/italy.en.ics")).status == 200
    assert (await season.get("/calendar/italy.kk.ics")).status == 500


async def test_no_calendar_is_written_on_the_loop_and_the_first_before_anybody_asks(tmp_path: Path) -> None:
    written: list[tuple[str, bool]] = []

    def write(calendar: ShowCalendar) -> bytes:
        written.append((calendar.season, current_thread() is main_thread()))
        return b""

    async with running(tmp_path, a_season(), write=write) as season:
        await until(lambda: written == [("", False)])
        await season.get("/calendar/italy.en.ics")
        assert written[1:] == [("season", False)]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("season", 200),
        ("season.ru", 200),
        ("italy", 200),
        ("italy.kk", 200),
        ("italy.fr", 404),
        ("italy.en.en", 404),
        ("nobody.en", 404),
        ("%2e%2e", 404),
        (".en", 404),
    ],
)
async def test_there_is_a_feed_for_each_audience_and_language_and_no_other(
    season: Running, name: str, status: int
) -> None:
    answer = await season.get(f"/calendar/{name}.ics")
    assert answer.status == status
    if status == 404:
        assert b"there are: season, italy.LANGUAGE" in answer.body


async def test_a_feed_needs_a_link_for_calendars(tmp_path: Path) -> None:
    async with running(tmp_path, a_season(), pages=("/countdown",)) as season:
        assert (await season.get("/calendar/season.ics")).status == 403
        assert (await season.get("/calendar/season.ics", link="")).status == 401
        assert (await season.get("/calendar/season.ics", link="bl_guessed")).status == 401
        assert (await season.get("/calendar")).status == 403


async def test_the_page_leads_to_every_feed_with_its_link(season: Running) -> None:
    text = (await season.get("/calendar")).body.decode()
    for name in ("season.en", "italy.kk"):
        assert f"/calendar/{name}.ics?link={season.link}" in text
    assert 'href="webcal://127.0.0.1' in text
    assert "Рим &amp; &lt;b&gt;" in text
    async with season.client.get("/calendar", headers=BEARER) as response:
        text = await response.text()
    assert "make a link for the page /calendar" in text and "link=" not in text


async def test_nothing_is_told_before_the_journal_was_read(season: Running) -> None:
    season.world.conductor._recorder.state = replace(season.world.conductor.state, seq=0)
    answer = await season.get("/calendar/season.ics")
    assert (answer.status, b"the journal is not open yet" in answer.body) == (503, True)
