"""Is the quota counted with caution, and does it last for what has to be done?"""

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.conductor.spending import Meter
from broadcaster.season.plan import Plan, ShowPlan
from broadcaster.show.attention import AT_REST, DENSE, ON_AIR, is_needed, pace
from broadcaster.show.observed import Lifecycle, Observed
from broadcaster.show.outlook import PROBE, SLOWEST, Outlook, outlook, paced, price, quota_alerts
from broadcaster.show.phases import Phase
from broadcaster.show.quota import (
    COSTS,
    LOST_AT_MOST,
    RECORD_AFTER,
    RECORD_UNITS,
    Budget,
    Ledger,
    begins_at,
    quota_day,
    resets_at,
    seen_note,
    spent_note,
)
from broadcaster.show.records import RUN_ENDED, RUN_STARTED, Note
from broadcaster.show.state import SeasonState, ShowState
from tests.plans import GO_LIVE, MINUTE, SECOND, Story, on_youtube, season_plan, segment, show_plan, video

HOUR = timedelta(hours=1)
STARTED = Note(kind=RUN_STARTED, ids={"season": "season"}, data={})
ENDED = Note(kind=RUN_ENDED, ids={}, data={})


def long_show(name: str, go_live: datetime, hours: float) -> ShowPlan:
    return show_plan(name, go_live=go_live, segments=[segment("all", "Runway", go_live, hours * 60)])


# -- the quota day ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "day", "resets"),
    [
        ("2027-10-20T14:00", date(2027, 10, 20), "2027-10-21T07:00"),  # summer time: UTC-7
        ("2027-10-21T06:59", date(2027, 10, 20), "2027-10-21T07:00"),
        ("2027-10-21T07:00", date(2027, 10, 21), "2027-10-22T07:00"),
        ("2027-12-01T07:59", date(2027, 11, 30), "2027-12-01T08:00"),  # winter time: UTC-8
        ("2027-11-07T12:00", date(2027, 11, 7), "2027-11-08T08:00"),  # the clocks go back: a day of 25 hours
        ("2027-03-14T12:00", date(2027, 3, 14), "2027-03-15T07:00"),  # and forward: 23 hours
    ],
)
def test_the_quota_day_begins_at_midnight_in_california(now: str, day: date, resets: str) -> None:
    instant = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert quota_day(instant) == day
    assert resets_at(instant) == datetime.fromisoformat(resets).replace(tzinfo=UTC)


@given(st.integers(0, 11 * 366 * 86400).map(lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + seconds * SECOND))
def test_every_instant_lies_in_its_quota_day(now: datetime) -> None:
    assert begins_at(quota_day(now)) <= now < resets_at(now)
    assert timedelta(hours=23) <= resets_at(now) - begins_at(quota_day(now)) <= timedelta(hours=25)


# -- the ledger ------------------------------------------------------------------------------------------------------


def test_what_was_spent_is_folded_and_forgotten_with_the_day() -> None:
    story = Story().add(STARTED, spent_note({"liveBroadcasts.list": 7}, GO_LIVE), at=GO_LIVE)
    story.add(spent_note({"liveBroadcasts.list": 3, "liveBroadcasts.insert": 50}, GO_LIVE), at=GO_LIVE)
    ledger = story.state.quota
    assert ledger.spent(GO_LIVE) == 60
    assert ledger.methods == {"liveBroadcasts.list": 10, "liveBroadcasts.insert": 50}
    assert ledger.spent(resets_at(GO_LIVE)) == 0
    assert ledger.spent(resets_at(GO_LIVE) - SECOND) == 60
    tomorrow = resets_at(GO_LIVE)
    assert story.add(spent_note({"videos.list": 1}, tomorrow), at=tomorrow).state.quota.spent(tomorrow) == 1


def test_a_crash_is_charged_as_if_the_most_had_been_spent_and_an_ordered_end_is_not() -> None:
    story = Story().add(STARTED, spent_note({"videos.list": 5}, GO_LIVE), ENDED, STARTED)
    assert story.state.quota.spent(GO_LIVE) == 5
    assert story.add(STARTED).state.quota.spent(GO_LIVE) == 5 + LOST_AT_MOST
    assert story.add(ENDED, STARTED).state.quota.spent(GO_LIVE) == 5 + LOST_AT_MOST


def test_a_clock_set_back_over_midnight_does_not_wipe_the_new_day() -> None:
    today, yesterday = GO_LIVE, GO_LIVE - 24 * HOUR
    story = Story().add(spent_note({"videos.list": 40}, today), spent_note({"videos.list": 2}, yesterday))
    assert story.state.quota.spent(today) == 40


def test_youtubes_word_that_nothing_is_left_holds_until_the_next_day_or_its_next_answer() -> None:
    story = Story().add(seen_note(is_empty=True, now=GO_LIVE))
    assert story.state.quota.is_empty(GO_LIVE)
    assert not story.state.quota.is_empty(resets_at(GO_LIVE))
    assert not story.add(seen_note(is_empty=False, now=GO_LIVE)).state.quota.is_empty(GO_LIVE)


def test_the_meter_gathers_calls_into_few_records() -> None:
    meter = Meter()
    assert meter.due(GO_LIVE, everything=True) == []
    for _ in range(RECORD_UNITS - 1):
        meter.spent("liveBroadcasts.list", 1)
    assert meter.unrecorded(GO_LIVE) == RECORD_UNITS - 1
    assert meter.due(GO_LIVE) == []
    assert meter.due_at == GO_LIVE + RECORD_AFTER
    meter.spent("liveStreams.list", 1)
    [note] = meter.due(GO_LIVE)
    assert note.data["units"] == RECORD_UNITS
    assert note.data["methods"] == {"liveBroadcasts.list": RECORD_UNITS - 1, "liveStreams.list": 1}
    assert (meter.unrecorded(GO_LIVE), meter.due_at) == (0, None)


def test_the_meter_is_due_after_a_minute_and_before_an_act() -> None:
    meter = Meter()
    meter.spent("videos.list", 1)
    assert meter.unrecorded(GO_LIVE) == 1
    assert meter.due(GO_LIVE + RECORD_AFTER - SECOND) == []
    assert len(meter.due(GO_LIVE + RECORD_AFTER)) == 1
    meter.spent("videos.list", 1)
    assert len(meter.due(GO_LIVE, everything=True)) == 1


# -- the pace --------------------------------------------------------------------------------------------------------


def ahead(**more: Any) -> Outlook:
    usual: dict[str, Any] = {
        "units_a_day": 10_000,
        "spent": 0,
        "resets_at": resets_at(GO_LIVE),
        "look": 2,
        "floor": 200,
        "kept": 900,
        "wished": 3000,
        "slowest": 200,
    }
    return Outlook(**(usual | more))


def test_with_units_enough_the_pace_is_as_usual() -> None:
    for every in (AT_REST, DENSE, ON_AIR):
        assert paced(every, ahead(), is_needed=every is not AT_REST) == every


def test_as_units_run_short_the_pauses_grow_to_the_slowest() -> None:
    short = ahead(spent=7_600)  # 1,500 beyond what is kept, for 3,000 that are wished for
    assert short.stretch == pytest.approx(2)
    assert paced(ON_AIR, short, is_needed=True) == 2 * ON_AIR
    assert paced(AT_REST, short, is_needed=False) == 2 * AT_REST
    gone = ahead(spent=9_500)
    assert gone.stretch == math.inf
    assert paced(AT_REST, gone, is_needed=False) is None
    for usual, slowest in SLOWEST:
        assert paced(usual, gone, is_needed=True) == slowest


def test_no_look_takes_what_the_end_needs() -> None:
    assert paced(ON_AIR, ahead(spent=9_798), is_needed=True) == timedelta(seconds=60)
    assert paced(ON_AIR, ahead(spent=9_799), is_needed=True) is None


def test_a_used_up_quota_is_tried_now_and_then_on_stage_only() -> None:
    assert paced(DENSE, ahead(is_empty=True), is_needed=True) == PROBE
    assert paced(AT_REST, ahead(is_empty=True), is_needed=False) is None


def test_the_crew_is_told_what_the_matter_is() -> None:
    assert quota_alerts(ahead(), "12:00 Asia/Almaty") == []
    for changes, words in (
        ({"spent": 7_600}, "2.0 times as rarely"),
        ({"spent": 9_300}, "900 are kept"),
        ({"spent": 9_900}, "need 200 to go live and to end"),
        ({"is_empty": True}, "used up"),
    ):
        [alert] = quota_alerts(ahead(**changes), "12:00 Asia/Almaty")
        assert words in alert
        assert "12:00 Asia/Almaty" in alert


# -- whole days, played ----------------------------------------------------------------------------------------------


def play(plan: Plan, budget: Budget, spent: int, *, is_healthy: bool = True) -> dict[str, Any]:
    """One quota day: looks at the pace that is allowed, writes where the shows need them; by the ledger alone."""
    now = begins_at(quota_day(plan.shows[0].go_live))
    ends = resets_at(now)
    states = {show.id: ShowState() for show in plan.shows}
    looked: dict[str, datetime] = {}
    played: dict[str, Any] = {"looks": 0, "at_rest_below": 0, "completed": 0, "refused": 0}

    def pay(units: int) -> bool:
        nonlocal spent
        if spent + units > budget.units_a_day:
            played["refused"] += 1
            return False
        spent += units
        return True

    def season() -> SeasonState:
        return SeasonState(shows=dict(states), quota=Ledger(day=quota_day(now), units=spent))

    while now < ends:
        wakes = [ends]
        for show in plan.shows:
            state = states[show.id]
            for at, field, lifecycle, phase in (
                (show.prepare_at, "broadcast_id", Lifecycle.READY, Phase.READY),
                (show.standby_at, "phase_since", Lifecycle.TESTING, Phase.STANDBY),
                (show.go_live, "live_at", Lifecycle.LIVE, Phase.LIVE),
                (show.off_air, "complete_at", Lifecycle.COMPLETE, Phase.DONE),
            ):
                if getattr(state, field):
                    continue
                if now < at:
                    wakes.append(at)
                    break
                cost = {"broadcast_id": 152, "phase_since": 51}.get(field, 50)
                if not pay(cost):
                    break
                value = "video-1" if field == "broadcast_id" else now
                state = replace(state, lifecycle=lifecycle, phase=phase, **{field: value})
                state = replace(state, stream_id="s", bound_stream="s")
                played["completed"] += field == "complete_at"
                states[show.id] = state
            health = video() if is_healthy else None
            every = pace(show, state, Observed(broadcast=on_youtube(), stream=health), now)
            if every is None:
                continue
            far = outlook(plan, season(), budget, now)
            needed = is_needed(show, state, now)
            every = paced(every, far, is_needed=needed)
            if every is None:
                continue
            due = looked.get(show.id, now - every) + every
            if due <= now:
                if pay(budget.look):
                    played["looks"] += 1
                looked[show.id] = now
                after = budget.units_a_day - spent
                played["at_rest_below"] += not needed and after < far.kept
                due = now + every
            wakes.append(due)
        now = max(min(wakes), now + SECOND)
    return played | {"spent": spent}


DAY = begins_at(date(2027, 10, 20))


@settings(max_examples=10, deadline=None)
@given(
    spent=st.integers(0, 10_000),
    hours=st.lists(st.floats(0.2, 4), min_size=1, max_size=2),
    is_healthy=st.booleans(),
)
def test_rest_never_eats_what_is_kept_and_every_show_can_be_ended(
    spent: int, hours: list[float], is_healthy: bool
) -> None:
    shows, at = [], DAY + 2 * HOUR
    for number, long in enumerate(hours):
        shows.append(long_show(f"day-{number}", at, long))
        at += timedelta(hours=long + 1.5)
    plan = season_plan(*shows)
    needed = outlook(plan, SeasonState(), Budget(), DAY).floor
    played = play(plan, Budget(), spent, is_healthy=is_healthy)
    assert played["at_rest_below"] == 0
    if spent + needed <= 10_000:
        assert played["refused"] == 0
        assert played["completed"] == len(shows)


def test_a_day_of_bad_video_does_not_drain_the_quota() -> None:
    """At the dense pace, eight hours without healthy video would cost 28,800 units."""
    played = play(season_plan(long_show("day-1", DAY + 2 * HOUR, 8)), Budget(), 0, is_healthy=False)
    assert (played["completed"], played["refused"]) == (1, 0)
    assert played["spent"] <= 10_000


# -- the price -------------------------------------------------------------------------------------------------------


def test_a_season_is_priced_by_quota_day() -> None:
    first, second = long_show("day-1", GO_LIVE, 1), long_show("day-2", GO_LIVE + 24 * HOUR, 1)
    days = price(season_plan(first, second), Budget())
    assert [(day.day.isoformat(), list(day.shows)) for day in days] == [
        ("2027-10-20", ["day-1"]),
        ("2027-10-21", ["day-2"]),
    ]
    acts = 51 + 51 + 50 + 51 + 50 + 50  # the stream, the broadcast, bind, testing, live, complete
    looks = 2 + 14 + 338 + 359 + 25  # at rest, soon, from standby to live, an hour on air, the end
    assert days[0].units == acts + 2 * looks
    assert days[0].units == sum(days[0].shows.values())
    assert days[0].least < days[0].units


def test_several_shows_in_one_quota_day_add_up_and_a_show_over_midnight_is_shared() -> None:
    midnight = resets_at(GO_LIVE)
    over = long_show("late", midnight - HOUR, 2)
    days = price(season_plan(long_show("day-1", GO_LIVE, 2), over), Budget())
    assert [list(day.shows) for day in days] == [["day-1", "late"], ["late"]]
    assert days[0].units == sum(days[0].shows.values())
    assert days[1].shows["late"] > 50


def test_dearer_calls_make_a_dearer_season() -> None:
    plan = season_plan(long_show("day-1", GO_LIVE, 1))
    [cheap], [dear] = price(plan, Budget()), price(plan, Budget(costs={**COSTS, "liveBroadcasts.list": 5}))
    assert dear.units > 2 * cheap.units


def test_a_show_that_is_over_needs_nothing_more() -> None:
    plan = season_plan()
    states = {"day-1": ShowState(phase=Phase.DONE)}
    over = outlook(plan, SeasonState(shows=states), Budget(reserve=0), GO_LIVE)
    assert (over.floor, over.kept, over.wished) == (0, 0, 0)
    begun = outlook(plan, SeasonState(), Budget(reserve=0), GO_LIVE - 2 * HOUR)
    assert begun.floor >= 50 * 5
    assert MINUTE < begun.resets_at - GO_LIVE
