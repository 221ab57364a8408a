"""Does the service say by how much each clock is away from UTC, so that no page has to know?"""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broadcaster.adapters.files import load_season
from broadcaster.panel.patches import apply, diff
from broadcaster.season.build import build_plan
from broadcaster.season.plan import GuestPlan, Plan
from broadcaster.season.walltime import local
from broadcaster.show.screen import Service, screen, stage
from broadcaster.show.screen_zones import zones
from broadcaster.show.state import SeasonState
from tests.plans import GO_LIVE, season_plan, show_plan

SAMPLES = sorted((Path(__file__).parents[2] / "schedules").glob("*.toml"))


def told(plan: Plan, zone: str, at: datetime) -> timedelta:
    """The offset as a page works it out."""
    offsets = sorted(zones(plan)[zone].values(), key=lambda each: str(each["from"]))
    past = [each for each in offsets if datetime.fromisoformat(each["from"]) <= at]
    return timedelta(minutes=(past or offsets)[-1 if past else 0]["offset_minutes"])


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_what_is_told_of_each_zone_is_so_at_every_hour_around_the_season(path: Path) -> None:
    plan = build_plan(load_season(path))
    named = {plan.zone, *(show.zone for show in plan.shows), *(each.zone for each in plan.audiences)}
    assert named <= set(zones(plan))
    assert zones(plan) is zones(plan), "worked out once"
    at, end = plan.shows[0].go_live - timedelta(days=365), plan.shows[-1].go_live + timedelta(days=365)
    while at < end:
        for zone in zones(plan):
            assert told(plan, zone, at) == local(at, zone).utcoffset(), (zone, at)
        at += timedelta(hours=11)


def test_a_guests_clock_goes_back_to_the_second_and_the_stage_is_told_too() -> None:
    show = show_plan()
    first, *rest = show.segments
    guest = GuestPlan(id="giulia", name="Giulia", zone="Europe/Rome")
    show = replace(show, segments=(replace(first, guests=(guest,)), *rest))
    document = screen(season_plan(show), SeasonState(), {}, GO_LIVE, Service())
    rome = stage(document)["zones"]["Europe/Rome"]
    assert {"from": "2027-10-31T01:00:00.000Z", "offset_minutes": 60} in rome.values()
    assert stage(document)["zones"][show.zone]["0"]["offset_minutes"] == 300
    other = screen(season_plan(show_plan()), SeasonState(), {}, GO_LIVE, Service())
    assert "Europe/Rome" not in apply(document, diff(document, other))["zones"]
