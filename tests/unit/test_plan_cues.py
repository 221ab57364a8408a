"""A season gives cues at the right instants, with ids that never change."""

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broadcaster.adapters.files import load_season, read_season
from broadcaster.season.announce import render
from broadcaster.season.build import build_plan
from broadcaster.season.errors import TemplateError
from broadcaster.season.model import Season
from broadcaster.season.plan import Action, Lane, Late, Plan, Trigger
from broadcaster.season.rules import season_problems

SCHEDULES = Path(__file__).parents[2] / "schedules"

BASE = """
[season]
id = "test"
title = "Test season"
timezone = "Asia/Almaty"
languages = ["kk", "ru", "en"]

[scenes]
standby = "Countdown"
fallback = "Please stand by"
closing = "Thank you"

[destinations.main]
kind = "youtube"
privacy = "public"
title = "{{ season.title }}: {{ show.title }}"
description = "At {{ go_live | local_time }}"
tags = ["a", "b"]

[destinations.page]
kind = "facebook"

[audiences.italy]
timezone = "Europe/Rome"
language = "en"

[audiences.kazakhstan]
timezone = "Asia/Almaty"
language = "kk"
city = "Алматы"

[[show]]
id = "day-1"
title = "Opening night"
date = 2027-10-20
go_live = "19:00"
destinations = ["main", "page"]

  [[show.segment]]
  id = "opening"
  title = "Opening film"
  scene = "Film"
  duration = "6m"

  [[show.segment]]
  id = "runway"
  title = "Collection one"
  scene = "Runway"
  duration = "12m"
  start = "19:30"
  advance = "manual"
  late = { grace = "45s", then = "ask" }
  lower_third = { title = "Designer", subtitle = "Country" }

[[announcement]]
id = "tonight"
at = { days_before = 0, time = "10:00", zone = "audience" }
audiences = ["italy", "kazakhstan"]
channels = ["telegram"]
text.en = "{{ show.title }} starts at {{ go_live | local_time }} ({{ audience.city }}), {{ go_live | local_date }}"
text.kk = "{{ show.title }}: {{ go_live | local_time }} ({{ audience.city }}), {{ go_live | local_date }}"

[[announcement]]
id = "live"
at = { when = "live" }
channels = ["telegram"]
text.ru = "Мы в эфире: {{ link }}"
text.en = "We are live: {{ link }}"
"""


def season(text: str = BASE, *edits: tuple[str, str]) -> Season:
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    document: dict[str, Any] = tomllib.loads(text)
    found = Season.model_validate(document)
    assert season_problems(found) == []
    return found


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build_plan(season())


def test_the_cues_of_a_show_come_in_the_order_of_doing(plan: Plan) -> None:
    assert [(f"{cue.at:%d %H:%M:%S}", cue.id, cue.what) for cue in plan.shows[0].cues] == [
        ("19 14:00:00", "day-1/broadcast/create/main", "main"),
        ("19 14:00:00", "day-1/destination/create/page", "page"),
        ("20 05:00:00", "day-1/posts/post/tonight/telegram/kazakhstan", "telegram/kazakhstan"),
        ("20 08:00:00", "day-1/posts/post/tonight/telegram/italy", "telegram/italy"),
        ("20 13:50:00", "day-1/program/take/standby", "Countdown"),
        ("20 13:50:00", "day-1/encoder/start/main", "main"),
        ("20 14:00:00", "day-1/broadcast/live/main", "main"),
        ("20 14:00:00", "day-1/destination/live/page", "page"),
        ("20 14:00:00", "day-1/program/take/opening", "Film"),
        ("20 14:00:00", "day-1/posts/post/live/telegram/ru", "telegram/ru"),
        ("20 14:00:00", "day-1/posts/post/live/telegram/en", "telegram/en"),
        ("20 14:30:00", "day-1/program/take/runway", "Runway"),
        ("20 14:30:05", "day-1/graphics/show/runway", "Designer"),
        ("20 14:30:15", "day-1/graphics/hide/runway", "Designer"),
        ("20 14:42:00", "day-1/program/take/closing", "Thank you"),
        ("20 14:42:15", "day-1/broadcast/complete/main", "main"),
        ("20 14:42:15", "day-1/destination/complete/page", "page"),
        ("20 14:42:15", "day-1/encoder/stop/main", "main"),
    ]


def test_instants_of_the_show_follow_from_its_go_live(plan: Plan) -> None:
    show = plan.show("day-1")
    assert show.go_live == datetime(2027, 10, 20, 14, tzinfo=UTC)
    assert show.prepare_at == show.go_live - timedelta(hours=24)
    assert show.standby_at == show.go_live - timedelta(minutes=10)
    assert show.end == show.go_live + timedelta(minutes=42)
    assert show.off_air == show.end + timedelta(seconds=15)


def test_late_rules_have_their_defaults_and_a_segment_its_own(plan: Plan) -> None:
    show = plan.show("day-1")
    rules = {cue_id: show.cue(f"day-1/{cue_id}").late for cue_id in ("program/take/opening", "program/take/runway")}
    assert (rules["program/take/opening"].grace, rules["program/take/opening"].then) == (
        timedelta(seconds=30),
        Late.FIRE,
    )
    assert (rules["program/take/runway"].grace, rules["program/take/runway"].then) == (timedelta(seconds=45), Late.ASK)
    post = show.cue("day-1/posts/post/live/telegram/en").late
    assert (post.grace, post.then) == (timedelta(minutes=15), Late.SKIP)


def test_a_manual_segment_waits_and_a_wall_is_hard(plan: Plan) -> None:
    show = plan.show("day-1")
    assert show.cue("day-1/program/take/runway").manual
    assert [(segment.id, segment.is_hard, segment.is_manual) for segment in show.segments] == [
        ("opening", False, False),
        ("runway", True, True),
    ]


def test_a_post_by_fact_is_triggered_by_the_fact(plan: Plan) -> None:
    triggers = {cue.subject: cue.trigger for cue in plan.show("day-1").cues_of(Lane.POSTS)}
    assert triggers == {"tonight": Trigger.CLOCK, "live": Trigger.LIVE}


def test_what_is_said_once_a_show_has_ended_is_planned_for_off_air_and_comes_after_its_end() -> None:
    show = build_plan(season(BASE, ('{ when = "live" }', '{ when = "ended" }'))).show("day-1")
    of_fact = [cue for cue in show.cues_of(Lane.POSTS) if cue.trigger is Trigger.ENDED]
    assert of_fact
    assert {cue.at for cue in of_fact} == {show.off_air}
    assert show.off_air == show.end + timedelta(seconds=15)
    order = [cue.action for cue in show.cues if cue.at == show.off_air]
    assert order.index(Action.POST) > order.index(Action.COMPLETE)


def test_posts_speak_each_audiences_language_and_time(plan: Plan) -> None:
    show = plan.show("day-1")
    texts = {cue.what: render(plan, show, cue, link="https://x").text for cue in show.cues_of(Lane.POSTS)}
    assert texts == {
        "telegram/italy": "Opening night starts at 16:00 (Rome), October 20, 2027",
        "telegram/kazakhstan": "Opening night: 19:00 (Алматы), 2027\u202fж. 20 қазан",
        "telegram/ru": "Мы в эфире: https://x",
        "telegram/en": "We are live: https://x",
    }


def test_the_broadcast_carries_our_marker_on_its_last_line(plan: Plan) -> None:
    broadcast = plan.show("day-1").broadcast
    assert broadcast is not None
    assert broadcast.title == "Test season: Opening night"
    assert broadcast.description.splitlines() == ["At 19:00", "", "broadcaster:test/day-1"]
    assert broadcast.tags == ("a", "b")
    assert (broadcast.latency, broadcast.dvr, broadcast.made_for_kids) == ("normal", True, False)


def test_the_same_season_gives_the_same_plan(plan: Plan) -> None:
    assert build_plan(season()) == plan


def test_native_and_quoted_times_and_dates_mean_the_same(plan: Plan) -> None:
    native = season(
        BASE, ('"19:00"', "19:00:00"), ('"19:30"', "19:30:00"), ('"10:00"', "10:00:00"), ("2027-10-20", '"2027-10-20"')
    )
    assert build_plan(native) == plan


def test_cue_ids_are_unique_and_found(plan: Plan) -> None:
    show = plan.show("day-1")
    assert all(show.cue(cue.id) is cue for cue in show.cues)
    with pytest.raises(KeyError):
        show.cue("day-1/program/take/nothing")


def test_a_lower_third_stays_within_a_short_segment() -> None:
    plan = build_plan(season(BASE, ('"12m"', '"8s"')))
    show = plan.show("day-1")
    start = show.segments[1].start
    shown, hidden = (show.cue(f"day-1/graphics/{action}/runway").at for action in ("show", "hide"))
    assert (shown - start, hidden - start) == (timedelta(seconds=2), timedelta(seconds=8))


def test_a_wall_after_midnight_belongs_to_the_same_night() -> None:
    plan = build_plan(season(BASE, ('go_live = "19:00"', 'go_live = "23:40"'), ('"19:30"', '"00:10"')))
    start = plan.show("day-1").segments[1].start
    assert start == datetime(2027, 10, 20, 19, 10, tzinfo=UTC)


def test_the_day_of_a_post_is_counted_on_its_readers_calendar() -> None:
    plan = build_plan(season(BASE, ('go_live = "19:00"', 'go_live = "02:00"'), ('"19:30"', '"02:30"')))
    posts = {cue.what: cue.local for cue in plan.show("day-1").cues_of(Lane.POSTS) if cue.subject == "tonight"}
    assert posts["telegram/italy"].date() == date(2027, 10, 19)
    assert posts["telegram/kazakhstan"].date() == date(2027, 10, 20)


def test_a_repeated_hour_is_settled_by_fold() -> None:
    brussels = 'timezone = "Europe/Brussels"\ndate = 2027-10-31'
    for fold, hour in (("earlier", 0), ("later", 1)):
        edits = (("date = 2027-10-20", f'{brussels}\nfold = "{fold}"'), ('"19:00"', '"02:30"'), ('"19:30"', '"03:30"'))
        assert build_plan(season(BASE, *edits)).shows[0].go_live == datetime(2027, 10, 31, hour, 30, tzinfo=UTC)


def test_a_text_cannot_reach_out_of_its_sandbox(plan: Plan) -> None:
    show = plan.show("day-1")
    cue = show.cue("day-1/posts/post/live/telegram/en")
    assert cue.post is not None
    for text in ("{{ show.__class__ }}", "{{ go_live.__reduce__() }}", "{{ ''.__class__.__mro__ }}", "{{ link() }}"):
        changed = replace(cue, post=replace(cue.post, text=text))
        with pytest.raises(TemplateError):
            render(plan, show, changed, link="x")


@pytest.mark.parametrize(("name", "shows"), [("season-v", 1), ("season-x", 4), ("creative-forum", 5)])
def test_the_samples_are_right_and_quiet(name: str, shows: int) -> None:
    found, warnings = read_season(SCHEDULES / f"{name}.toml", channels={"telegram"})
    assert len(found.shows) == shows
    told = [warning.message for warning in warnings if warning.severity == "warning"]
    assert all("is not driven by this version" in message for message in told)


def test_season_v_has_sixty_designers_of_thirty_two_countries_on_their_lower_thirds() -> None:
    found = load_season(SCHEDULES / "season-v.toml")
    assert (len(found.guests), len({guest.country for guest in found.guests})) == (60, 32)
    lines = {(s.lower_third.title, s.lower_third.subtitle) for s in found.shows[0].segments if s.lower_third}
    assert {(found.named(guest.name), guest.country) for guest in found.guests} <= lines


def test_every_evening_of_taraz_is_live_at_1400_utc() -> None:
    plan = build_plan(load_season(SCHEDULES / "season-x.toml"))
    assert [f"{show.go_live:%d %H:%M}" for show in plan.shows] == ["20 14:00", "21 14:00", "22 14:00", "23 14:00"]
    assert all(show.cues_of(Lane.BROADCAST, Action.LIVE)[0].at == show.go_live for show in plan.shows)


def test_brussels_is_an_hour_later_for_almaty_after_the_clocks_change() -> None:
    plan = build_plan(load_season(SCHEDULES / "creative-forum.toml"))
    posts = {
        show.id: render(plan, show, show.cue(f"{show.id}/posts/post/today/telegram/almaty"), link="").text
        for show in plan.shows[3:]
    }
    assert "сағат 18:00 (Алматы уақыты)" in posts["day-4"]
    assert "сағат 19:00 (Алматы уақыты)" in posts["day-5"]
    assert {show.id: f"{show.go_live:%H:%M}" for show in plan.shows[3:]} == {"day-4": "13:00", "day-5": "14:00"}
