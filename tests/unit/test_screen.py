"""Is the document that every page is drawn from whole, still, and free of what is not for the public?"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broadcaster.adapters.files import load_season
from broadcaster.panel.live import moves
from broadcaster.panel.patches import apply, diff
from broadcaster.season.build import build_plan
from broadcaster.show.observed import EncoderVitals, Observed
from broadcaster.show.orders import Word
from broadcaster.show.phases import Phase
from broadcaster.show.screen import Service, screen, stage
from broadcaster.show.state import SeasonState, ShowState
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan, show_plan, studio
from tests.playing import MS, OVER, SHORT, TALK_AT
from tests.world import World

SAMPLES = sorted((Path(__file__).parents[2] / "schedules").glob("*.toml"))
CREW_ONLY = ("notes", "alerts", "log", "people", "posts", "ends", "lanes", "quota", "override", "seq", "screens")


def nulls(document: Any, path: str = "") -> Iterator[str]:
    """Where the document says null, or holds objects in an array that changes."""
    if isinstance(document, dict):
        for name, value in document.items():
            assert isinstance(name, str)
            yield from nulls(value, f"{path}/{name}")
    elif isinstance(document, list):
        for value in document:
            yield from nulls(value, f"{path}/-")
    elif document is None:
        yield path


def names(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        for name, value in document.items():
            yield name
            yield from names(value)
    elif isinstance(document, list):
        for value in document:
            yield from names(value)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_show_of_the_samples_has_its_document(path: Path) -> None:
    plan = build_plan(load_season(path))
    for show in plan.shows:
        for ahead in (timedelta(days=1), timedelta(minutes=5), timedelta(0)):
            document = screen(plan, SeasonState(), {}, show.go_live - ahead, Service())
            assert list(nulls(document)) == []
            assert list(document["rundown"]) == [each.id for each in plan.show(document["show"]).segments]
            json.dumps(document)


async def test_through_a_whole_show_the_document_is_never_null_and_never_ticks() -> None:
    world = World(season_plan(SHORT), GO_LIVE - 4 * MINUTE, latency=20 * MS)
    seen: list[dict[str, Any]] = []
    compared = 0

    def look() -> None:
        nonlocal compared
        seen.append(world.conductor.screen())
        now, state = world.clock.now(), world.conductor.state
        observed = {"day-1": world.conductor.observed(world.plan.show("day-1"))}
        here = screen(world.plan, state, observed, now, Service())
        if not moves(here) and (world.conductor.wake_at is None or world.conductor.wake_at > now + SECOND):
            assert screen(world.plan, state, observed, now + SECOND, Service()) == here
            compared += 1

    async with world:
        world.conductor.on_turn.append(look)
        await world.to(GO_LIVE + 30 * SECOND)
        await world.order(Word.HOLD)
        await world.to(GO_LIVE + 40 * SECOND)
        held = world.conductor.screen()
        await world.order(Word.RESUME)
        await world.to(TALK_AT)
        waiting = world.conductor.screen()
        world.studio.vitals = EncoderVitals(congestion=0.1, dropped_percent=0.5, kbps=4500)
        await world.order(Word.GO)
        await world.to(TALK_AT + 10 * SECOND)
        talk = world.conductor.screen()
        await world.to(OVER)
        over = world.conductor.screen()

    assert compared > 20
    assert [path for document in seen for path in nulls(document)] == []
    document: dict[str, Any] = {}
    for each in seen:
        document = apply(document, diff(document, each))
        assert document == each
    phases = list(dict.fromkeys(each["phase"] for each in seen))
    assert phases[-4:] == ["standby", "live", "closing", "done"]
    closing = [each for each in seen if each["phase"] == "closing"]
    assert all({"current", "next", "asks"}.isdisjoint(each) for each in closing), "no segment is on any more"
    assert {line["standing"] for each in closing for line in each["rundown"].values()} == {"done"}

    assert held["is_held"] and held["is_automatic"] is False
    assert talk["is_automatic"] is True
    assert "the rundown is on hold: `resume` lets it go on" in held["alerts"].values()
    assert waiting["next"]["id"] == "talk"
    assert waiting["next"]["waits_since"] < waiting["next"]["expected"]
    assert waiting["rundown"]["runway"]["standing"] == "on_air"
    assert talk["current"]["id"] == "talk"
    assert talk["program"]["scene"] == "Talk"
    assert talk["rundown"]["film"]["standing"] == "done"
    assert talk["rundown"]["talk"]["late_by"] > 0
    assert talk["ends"]["obs"] == {
        "state": "connected",
        "reconnecting": False,
        "congestion": 0.1,
        "dropped_percent": 0.5,
        "kbps": 4500,
    }
    assert talk["ends"]["youtube"]["lifecycle"] == "live"
    assert [name for name, step in talk["ladder"].items() if step["is_done"]] == list(talk["ladder"])
    posted = [post for post in talk["posts"].values() if post.get("end") == "done"]
    assert len(posted) == 3
    assert all("https://" not in post["what"] for post in talk["posts"].values())
    texts = [line["text"] for line in over["log"].values()]
    assert any(text.startswith("posted ") for text in texts)
    assert [line["who"] for line in over["log"].values() if line["text"] == "GO: talk"] != ["automatic"]
    assert list(map(int, over["log"])) == sorted(map(int, over["log"]))
    assert "current" not in over


def test_an_alarm_says_since_when_and_does_not_count() -> None:
    show = ShowState(phase=Phase.LIVE, live_at=GO_LIVE, broadcast_id="video-1", alarm_since=GO_LIVE + MINUTE)
    season, observed = SeasonState(shows={"day-1": show}), {"day-1": Observed(studio=studio("Film"))}

    def alerts(now: datetime) -> list[str]:
        return list(screen(season_plan(show_plan()), season, observed, now, Service())["alerts"].values())

    said = alerts(GO_LIVE + 2 * MINUTE)
    assert any(text.endswith("since 19:00:45") for text in said)
    assert alerts(GO_LIVE + 2 * MINUTE + SECOND) == said


async def test_the_stage_gets_nothing_that_is_for_the_crew() -> None:
    secret = "the mayor is late"
    world = World(season_plan(SHORT), GO_LIVE - 4 * MINUTE, latency=20 * MS)
    async with world:
        await world.to(GO_LIVE + 2 * MINUTE + 10 * SECOND)
        whole = world.conductor.screen() | {"people": {"Aliya": {}}, "notes": secret}
    whole["rundown"]["film"]["notes"] = secret
    public = stage(whole)
    assert set(names(public)).isdisjoint(CREW_ONLY)
    assert secret not in json.dumps(public)
    assert public["program"] == {"scene": "Runway"}
    assert public["rundown"]["runway"]["standing"] == "on_air"
    assert list(nulls(public)) == []


async def test_after_an_early_end_no_segment_is_said_to_be_on_or_still_to_come() -> None:
    world = World(season_plan(SHORT), GO_LIVE - 4 * MINUTE, latency=20 * MS)
    async with world:
        await world.to(GO_LIVE + 10 * SECOND)
        await world.order(Word.END)
        await world.to(GO_LIVE + 12 * SECOND)
        closing = world.conductor.screen()
        await world.to(OVER)
        over = world.conductor.screen()
    for document in (closing, over):
        rundown = document["rundown"]
        assert {each: line["standing"] for each, line in rundown.items()} == {
            each: "done" if each == "film" else "dropped" for each in rundown
        }, document["phase"]
        assert all("late_by" not in line for each, line in rundown.items() if each != "film")
    assert (closing["phase"], over["phase"]) == ("closing", "done")
