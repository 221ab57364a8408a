"""A wall time means one instant, or is refused with both readings named."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broadcaster.season.errors import LocalTimeError
from broadcaster.season.walltime import WallTime, clock_changes, local, offset_text
from broadcaster.season.zones import UnknownZone, tzdata_version, zone_named, zone_names

naives = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2035, 12, 31))  # noqa: DTZ001 - local times
instants = naives.map(lambda naive: naive.replace(tzinfo=UTC))
zones = st.sampled_from(sorted(zone_names()))


def wall(day: str, clock: str, zone: str, fold: str | None = None) -> WallTime:
    return WallTime(day=date.fromisoformat(day), clock=time.fromisoformat(clock), zone=zone, fold=fold)  # type: ignore[arg-type]


@given(instant=instants, zone=zones)
@example(instant=datetime(2027, 10, 31, 0, 30, tzinfo=UTC), zone="Europe/Brussels")
@example(instant=datetime(2027, 10, 31, 1, 30, tzinfo=UTC), zone="Europe/Brussels")
@example(instant=datetime(2024, 2, 29, 17, 30, tzinfo=UTC), zone="Asia/Almaty")
def test_every_instant_of_every_zone_round_trips(instant: datetime, zone: str) -> None:
    there = local(instant, zone)
    fold = "later" if there.fold else "earlier"
    assert WallTime(day=there.date(), clock=there.time(), zone=zone, fold=fold).instant() == instant  # type: ignore[arg-type]


def test_every_zone_round_trips_in_every_season() -> None:
    for zone in zone_names():
        for year in range(2020, 2036):
            for month in (1, 4, 7, 10):
                instant = datetime(year, month, 1, 12, tzinfo=UTC)
                there = local(instant, zone)
                assert WallTime(day=there.date(), clock=there.time(), zone=zone, fold="earlier").instant() == instant


@given(naive=naives, zone=zones)
def test_a_wall_time_is_either_refused_or_read_back_as_written(naive: datetime, zone: str) -> None:
    try:
        instant = WallTime(day=naive.date(), clock=naive.time(), zone=zone).instant()
    except LocalTimeError:
        return
    assert local(instant, zone).replace(tzinfo=None) == naive


def test_almaty_is_five_hours_ahead_since_2024() -> None:
    assert wall("2027-10-20", "19:00", "Asia/Almaty").instant() == datetime(2027, 10, 20, 14, tzinfo=UTC)
    assert wall("2023-10-20", "19:00", "Asia/Almaty").instant() == datetime(2023, 10, 20, 13, tzinfo=UTC)


def test_a_gap_is_refused_with_a_way_out() -> None:
    with pytest.raises(LocalTimeError, match=r"2027-03-28 02:30 does not exist in Europe/Brussels.*write 03:30"):
        wall("2027-03-28", "02:30", "Europe/Brussels").instant()


def test_an_overlap_asks_which_one_is_meant() -> None:
    with pytest.raises(LocalTimeError, match=r"happens twice in Europe/Brussels: at 00:30Z and at 01:30Z"):
        wall("2027-10-31", "02:30", "Europe/Brussels").instant()
    earlier = wall("2027-10-31", "02:30", "Europe/Brussels", "earlier").instant()
    later = wall("2027-10-31", "02:30", "Europe/Brussels", "later").instant()
    assert later - earlier == timedelta(hours=1)


def test_the_change_of_kazakhstan_is_an_overlap() -> None:
    with pytest.raises(LocalTimeError, match="happens twice in Asia/Almaty"):
        wall("2024-02-29", "23:30", "Asia/Almaty").instant()


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(UnknownZone):
        zone_named("Asia/Almatty")


def test_zones_come_from_the_pinned_package() -> None:
    assert tzdata_version() >= "2026a"
    assert len(zone_names()) > 500


def test_offsets_are_written_as_people_say_them() -> None:
    winter = datetime(2027, 1, 1, tzinfo=UTC)
    zones = ("Asia/Almaty", "Asia/Kolkata", "Europe/London", "America/St_Johns", "Pacific/Kiritimati")
    said = [offset_text(local(winter, zone)) for zone in zones]
    assert said == ["UTC+5", "UTC+5:30", "UTC", "UTC-3:30", "UTC+14"]


def test_clock_changes_are_found_to_the_second() -> None:
    begin, end = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    assert clock_changes("Europe/Brussels", begin, end) == [
        datetime(2027, 3, 28, 1, tzinfo=UTC),
        datetime(2027, 10, 31, 1, tzinfo=UTC),
    ]
    assert clock_changes("Asia/Almaty", begin, end) == []
    assert clock_changes("Europe/Brussels", begin, datetime(2027, 3, 28, 1, tzinfo=UTC)) == [
        datetime(2027, 3, 28, 1, tzinfo=UTC)
    ]
