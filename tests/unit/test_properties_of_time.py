"""Whatever the zone and the year, a plan's instants are the ones that its local times mean, in their order."""

import os
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.season.announce import render
from broadcaster.season.build import build_plan
from broadcaster.season.errors import LocalTimeError
from broadcaster.season.model import Season
from broadcaster.season.plan import Lane, Plan, ShowPlan
from broadcaster.season.rules import season_problems
from broadcaster.season.walltime import WallTime, clock_changes, local
from broadcaster.season.zones import zone_named, zone_names

# eight years in CI; elsewhere those that are near, since each day of each zone is looked at
YEARS = (2024, 2032) if os.environ.get("CI") else (2026, 2030)
FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC) for year in YEARS)
SECOND = timedelta(seconds=1)
ZONES = sorted(zone_names())


def clocks_of_their_own() -> list[str]:
    """One name for each set of rules: most zones have several names."""
    found: dict[bytes, str] = {}
    for name in ZONES:
        rules = resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
        found.setdefault(rules, name)
    return list(found.values())


def written(moment: datetime, zone: str, fold: Any = None) -> WallTime:
    """A local time as a producer writes it: without an offset."""
    return WallTime(day=moment.date(), clock=moment.time(), zone=zone, fold=fold)


def test_every_clock_change_of_every_zone_is_a_gap_that_is_refused_or_an_overlap_that_is_asked_about() -> None:
    gaps = overlaps = 0
    for zone in clocks_of_their_own():
        tz = zone_named(zone)
        for change in clock_changes(zone, FIRST, LAST):
            before = (change - SECOND).astimezone(tz).replace(tzinfo=None) + SECOND
            after = change.astimezone(tz).replace(tzinfo=None)
            if before == after:
                continue  # the name changes, the clock does not
            earlier, later = sorted((before, after))
            inside = (earlier, earlier + (later - earlier) / 2, later - SECOND)
            if before < after:
                gaps += 1
                for moment in inside:
                    for fold in (None, "earlier", "later"):
                        with pytest.raises(LocalTimeError, match="does not exist"):
                            written(moment, zone, fold).instant()
            else:
                overlaps += 1
                for moment in inside:
                    with pytest.raises(LocalTimeError, match="happens twice"):
                        written(moment, zone).instant()
                    first, second = written(moment, zone, "earlier").instant(), written(moment, zone, "later").instant()
                    assert second - first == later - earlier
                    assert local(first, zone).replace(tzinfo=None) == local(second, zone).replace(tzinfo=None) == moment
            for moment in (earlier - SECOND, later):
                assert local(written(moment, zone).instant(), zone).replace(tzinfo=None) == moment
    assert min(gaps, overlaps) > 50 * (YEARS[1] - YEARS[0])


def test_a_refused_time_comes_with_one_that_exists() -> None:
    for zone in clocks_of_their_own():
        tz = zone_named(zone)
        for change in clock_changes(zone, datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)):
            before = (change - SECOND).astimezone(tz).replace(tzinfo=None) + SECOND
            after = change.astimezone(tz).replace(tzinfo=None)
            if before >= after:
                continue
            with pytest.raises(LocalTimeError) as refused:
                written(before, zone).instant()
            offered = time.fromisoformat(str(refused.value).partition("; write ")[2][:5])
            day = before.date() + timedelta(days=offered < before.time())
            assert datetime.combine(day, offered) == after.replace(second=0)
            written(datetime.combine(day, offered), zone).instant()


# -- whole seasons -----------------------------------------------------------------------------------------------------

days = st.dates(min_value=date(2020, 1, 2), max_value=date(2035, 12, 30))
zones = st.sampled_from(ZONES)
clock_times = st.times().map(lambda clock: clock.replace(microsecond=0))
spans = st.integers(min_value=1, max_value=3 * 3600)
POST = "{{ go_live | local_time }} {{ audience.city }}"


@st.composite
def changing_days(draw: st.DrawFn) -> tuple[str, date, time]:
    """A zone with a day and a time, near one of its clock changes where it has any."""
    zone = draw(zones)
    year = draw(st.integers(min_value=2020, max_value=2034))
    changes = clock_changes(zone, datetime(year, 1, 2, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))
    if not changes:
        return zone, draw(days), draw(clock_times)
    minutes = draw(st.integers(min_value=-300, max_value=300))
    near = local(draw(st.sampled_from(changes)), zone).replace(tzinfo=None) + timedelta(minutes=minutes)
    return zone, near.date(), near.time().replace(microsecond=0)


@st.composite
def seasons(draw: st.DrawFn) -> Season:
    """A season of one show somewhere, with walls, and posts on other people's clocks."""
    zone, day, clock = draw(st.one_of(changing_days(), st.tuples(zones, days, clock_times)))
    standby = draw(spans)
    segments = []
    for number in range(draw(st.integers(min_value=1, max_value=6))):
        segment: dict[str, Any] = {
            "id": f"s{number}",
            "title": f"Segment {number}",
            "scene": "Film",
            "duration": f"{draw(spans)}s",
        }
        if number and draw(st.integers(min_value=0, max_value=3)) == 0:
            segment["start"] = draw(clock_times)
        segments.append(segment)
    show: dict[str, Any] = {
        "id": "day-1",
        "title": "Opening",
        "date": day,
        "go_live": clock,
        "standby": f"{standby}s",
        "prepare": f"{standby + draw(spans)}s",
        "destinations": ["main"],
        "segment": segments,
    }
    fold = draw(st.sampled_from((None, "earlier", "later")))
    if fold:
        show["fold"] = fold
    audiences = {f"a{number}": {"timezone": draw(zones), "language": "en"} for number in range(2)}
    at = {"days_before": draw(st.integers(min_value=0, max_value=3)), "time": draw(clock_times), "zone": "audience"}
    return Season.model_validate(
        {
            "season": {"id": "test", "title": "Test", "timezone": zone, "languages": ["en"]},
            "scenes": {"standby": "Countdown", "fallback": "Please stand by", "closing": "Thank you"},
            "destinations": {"main": {"kind": "youtube"}},
            "audiences": audiences,
            "show": [show],
            "announcement": [
                {
                    "id": "clock",
                    "at": at,
                    "audiences": list(audiences),
                    "channels": ["telegram"],
                    "text": {"en": POST},
                },
                {"id": "live", "at": {"when": "live"}, "channels": ["telegram"], "text": {"en": POST}},
            ],
        }
    )


def planned(season: Season) -> tuple[Plan, ShowPlan] | None:
    """The plan of a season that keeps the rules."""
    if season_problems(season, channels=("telegram",)):
        return None
    plan = build_plan(season)
    return plan, plan.shows[0]


@settings(max_examples=300, deadline=None)
@given(season=seasons())
def test_the_instants_of_a_plan_are_in_order_and_last_as_long_as_written(season: Season) -> None:
    found = planned(season)
    if found is None:
        return
    plan, show = found
    assert build_plan(season) == plan
    assert show.prepare_at <= show.standby_at <= show.go_live <= show.segments[0].start
    for before, after in pairwise(show.segments):
        assert before.end <= after.start
        assert after.is_hard or after.start == before.end
    assert show.segments[-1].end == show.end <= show.off_air
    # elapsed time, whatever the clocks on the wall do meanwhile
    for segment, source in zip(show.segments, season.shows[0].segments, strict=True):
        assert segment.end - segment.start == source.duration
    assert show.go_live - show.standby_at == season.shows[0].standby
    assert [cue.at for cue in show.cues] == sorted(cue.at for cue in show.cues)
    assert len({cue.id for cue in show.cues}) == len(show.cues)
    inside = [cue.at for cue in show.cues if cue.lane is not Lane.POSTS]
    assert min(inside) >= show.prepare_at
    assert max(inside) <= show.off_air
    assert all(cue.at.utcoffset() == timedelta() for cue in show.cues)


@settings(max_examples=300, deadline=None)
@given(season=seasons())
def test_local_times_are_read_back_as_they_were_written(season: Season) -> None:
    found = planned(season)
    if found is None:
        return
    _, show = found
    source = season.shows[0]
    go_live = local(show.go_live, show.zone)
    assert (go_live.date(), go_live.time()) == (source.date, source.go_live)
    for segment, told in zip(show.segments, source.segments, strict=True):
        if told.start is not None:
            assert local(segment.start, show.zone).time() == told.start
    for cue in show.cues:
        assert cue.local.astimezone(UTC) == cue.at  # Python never holds times of two zones equal in an overlap
        assert cue.local.tzinfo is zone_named(cue.zone)


@settings(max_examples=300, deadline=None)
@given(season=seasons())
def test_posts_go_out_on_their_readers_clock_and_tell_their_readers_time(season: Season) -> None:
    found = planned(season)
    if found is None:
        return
    plan, show = found
    at = season.announcements[0].at
    for cue in show.cues:
        if cue.lane is not Lane.POSTS:
            continue
        assert cue.post is not None
        there = local(show.go_live, cue.zone)
        assert render(plan, show, cue, link="").text == f"{there:%H:%M} {cue.post.city}"
        if cue.subject == "clock":
            assert cue.zone == season.audiences[cue.post.audience].timezone
            assert at.days_before is not None
            assert cue.local.time() == at.time
            assert cue.local.date() == there.date() - timedelta(days=at.days_before)
        else:
            assert cue.at == show.go_live


@settings(max_examples=300, deadline=None)
@given(where=changing_days())
def test_a_go_live_that_does_not_exist_or_exists_twice_is_a_problem_of_its_own_key(
    where: tuple[str, date, time],
) -> None:
    zone, day, clock = where
    season = Season.model_validate(
        {
            "season": {"id": "test", "title": "Test", "timezone": zone, "languages": ["en"]},
            "scenes": {"standby": "Countdown", "fallback": "Please stand by", "closing": "Thank you"},
            "destinations": {"main": {"kind": "youtube"}},
            "show": [
                {
                    "id": "day-1",
                    "title": "Opening",
                    "date": day,
                    "go_live": clock,
                    "destinations": ["main"],
                    "segment": [{"id": "film", "title": "Film", "scene": "Film", "duration": "6m"}],
                }
            ],
        }
    )
    problems = season_problems(season, channels=())
    try:
        instant = WallTime(day=day, clock=clock, zone=zone).instant()
    except LocalTimeError as error:
        assert [(problem.loc, problem.message) for problem in problems] == [(("show", 0, "go_live"), str(error))]
    else:
        assert problems == []
        assert build_plan(season).shows[0].go_live == instant
