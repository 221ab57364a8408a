"""By how much is each zone's clock away from UTC, and from when? For pages, whose own zone data may be stale.

Pure, and the same for as long as a plan is: worked out once for it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from broadcaster.season.plan import Lane, Plan
from broadcaster.season.walltime import clock_changes, local
from broadcaster.show.records import stamp

AROUND = timedelta(days=366)
"""Told before the first cue and after the last one: pages are open between the shows, too."""


class _Same:
    """A plan that is known again by being the same object; its fields are many, and some cannot be hashed."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.plan is self.plan

    def __hash__(self) -> int:
        return id(self.plan)


def zones(plan: Plan) -> Mapping[str, Any]:
    """Zone -> its offsets in order, each with the instant from which it holds; the first holds before that as well.

    By the pinned tzdata, for the zones of the season, its shows, audiences, posts and guests. Do not change it.
    """
    return _zones(_Same(plan))


@lru_cache(maxsize=4)
def _zones(same: _Same) -> Mapping[str, Any]:
    plan = same.plan
    begin = min(min(show.prepare_at, show.standby_at) for show in plan.shows) - AROUND
    end = max(show.off_air for show in plan.shows) + AROUND
    return {zone: _offsets(zone, begin, end) for zone in sorted(set(_named(plan)))}


def _named(plan: Plan) -> Iterator[str]:
    yield plan.zone
    yield from (audience.zone for audience in plan.audiences)
    for show in plan.shows:
        yield show.zone
        yield from (cue.zone for cue in show.cues_of(Lane.POSTS))
        yield from (guest.zone for segment in show.segments for guest in segment.guests)


def _offsets(zone: str, begin: datetime, end: datetime) -> dict[str, Any]:
    since = [begin.replace(microsecond=0), *clock_changes(zone, begin, end)]
    return {str(place): {"from": stamp(at), "offset_minutes": _minutes(at, zone)} for place, at in enumerate(since)}


def _minutes(at: datetime, zone: str) -> int:
    offset = local(at, zone).utcoffset() or timedelta()
    return offset // timedelta(minutes=1)
