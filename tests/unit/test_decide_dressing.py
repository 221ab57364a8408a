"""Is the broadcast's page kept in step with the season, and left alone where it may not be changed?"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from broadcaster.season.plan import BroadcastPlan, ShowPlan
from broadcaster.show.bound import marked
from broadcaster.show.decide import decide
from broadcaster.show.dressed import TRIES
from broadcaster.show.observed import BroadcastSeen, Lifecycle, Observed, VideoSeen
from broadcaster.show.records import DRESSING_SEEN, INTENT, Note, Result, lane_held, outcome, phase_entered
from broadcaster.show.turn import Command, Verb
from tests.plans import GO_LIVE, MINUTE, SECOND, Story, on_youtube, seen, show_plan, studio, video
from tests.unit.test_decide_broadcast import CREATE, did, prepared

PLAN = show_plan(with_posts=False)
EARLY = GO_LIVE - 40 * MINUTE
PAGE = (Verb.UPDATE, Verb.DRESS, Verb.THUMBNAIL, Verb.PLAYLIST)


def planned(**more: Any) -> ShowPlan:
    assert PLAN.broadcast is not None
    return replace(PLAN, broadcast=replace(PLAN.broadcast, **({"title": "Opening", "description": "Come"} | more)))


def page(plan: ShowPlan, lifecycle: Lifecycle = Lifecycle.READY, **more: Any) -> BroadcastSeen:
    """The broadcast as the plan wants it, but for `more`."""
    wanted = plan.broadcast
    assert isinstance(wanted, BroadcastPlan)
    so: dict[str, Any] = {
        "title": wanted.title,
        "description": marked(wanted.description, wanted.marker),
        "privacy": wanted.privacy,
        "scheduled_start": wanted.scheduled_start,
        "latency": wanted.latency,
        "captions": wanted.captions,
        "has_dvr": wanted.dvr,
        "is_monitored": wanted.is_monitored,
    }
    return replace(on_youtube(lifecycle), **(so | more))


def clip(plan: ShowPlan, **more: Any) -> VideoSeen:
    wanted = plan.broadcast
    assert isinstance(wanted, BroadcastPlan)
    so: dict[str, Any] = {
        "title": wanted.title,
        "description": "",
        "category": wanted.category,
        "tags": wanted.tags,
        "language": wanted.language,
        "privacy": wanted.privacy,
        "is_made_for_kids": wanted.made_for_kids,
    }
    return VideoSeen(id="video-1", **(so | more))


def asked(story: Story, plan: ShowPlan, observed: Observed, now: datetime = EARLY) -> list[Command]:
    for _ in range(20):
        answer = decide(plan, story.state, observed, now=now, arm_ahead=0.4 * SECOND, busy=frozenset())
        if not answer.notes:
            return [command for command in answer.commands if command.verb in PAGE]
        story.add(*answer.notes, at=now)
    raise AssertionError("does not come to rest")


def changes(story: Story, plan: ShowPlan, now: datetime = EARLY, **more: Any) -> dict[str, Any]:
    found = asked(story, plan, Observed(broadcast=page(plan, **more)), now)
    return {name: value for command in found for name, value in command.change.items()}


def tried(story: Story, command: Command, result: Result = Result.DONE, **data: str) -> None:
    act = f"{command.name}#1"
    ids = {"show": "day-1", "cue": command.cue, "act": act}
    story.add(Note(kind=INTENT, ids=ids, data={"verb": command.verb, "change": command.prints}))
    story.add(outcome("day-1", command.cue, act, command.verb, result, **data))


def left(story: Story) -> dict[str, str]:
    return dict(story.state.show("day-1").dressed.left)


def test_what_is_as_the_season_wants_it_is_left_alone_and_remembered_once() -> None:
    plan, story = planned(), prepared("ready")
    for second in range(3):
        assert changes(story, plan, EARLY + second * SECOND) == {}
    assert [record.kind for record in story.records].count(DRESSING_SEEN) == 1


DIFFERENCES: list[tuple[str, Any, Any]] = [
    ("title", "Another", "Opening"),
    ("description", "Gone", "Come\n\nbroadcaster:season/day-1"),
    ("privacy", "private", "public"),
    ("scheduled_start", GO_LIVE - timedelta(hours=1), GO_LIVE),
    ("latency", "ultraLow", "normal"),
    ("captions", "embedded", "none"),
    ("has_dvr", False, True),
    ("is_monitored", False, True),
]


@pytest.mark.parametrize(("name", "there", "wanted"), DIFFERENCES)
def test_what_differs_is_changed_and_nothing_else(name: str, there: Any, wanted: Any) -> None:
    more = {"description": "Gone"} if name == "description" else {name: there}
    assert changes(prepared("ready"), planned(), **more) == {name: wanted}


@pytest.mark.parametrize("name", ["starts_itself", "stops_itself"])
def test_auto_start_and_stop_are_forced_off(name: str) -> None:
    story = prepared("ready")
    assert changes(story, planned()) == {}
    assert changes(story, planned(), **{name: True}) == {"is_manual": True}


@pytest.mark.parametrize(("there", "wanted"), [("Opening ", "Opening"), (" Opening", "Opening")])
def test_a_text_that_youtube_trimmed_is_not_sent_again(there: str, wanted: str) -> None:
    plan = planned(title=there, description="Come  \r\nall\n\n")
    description = "Come\nall\n\nbroadcaster:season/day-1"
    assert changes(prepared("ready"), plan, title=wanted, description=description) == {}


@pytest.mark.parametrize(
    ("lifecycle", "may"),
    [
        (Lifecycle.CREATED, {"title", "description", "privacy", "scheduled_start", "latency", "captions", "has_dvr"}),
        (Lifecycle.TESTING, {"title", "description", "privacy", "scheduled_start"}),
        (Lifecycle.LIVE, {"title", "description", "privacy"}),
    ],
)
def test_only_what_may_still_be_changed_is_and_the_rest_is_said_once(lifecycle: Lifecycle, may: set[str]) -> None:
    there = {name: there for name, there, _ in DIFFERENCES if name != "is_monitored"}
    phase = "live" if lifecycle is Lifecycle.LIVE else "standby"
    story, now = prepared(phase), GO_LIVE - 5 * MINUTE
    observed = seen(studio(), page(planned(), lifecycle, **there), video())
    for second in range(3):
        found = asked(story, planned(), observed, now + second * SECOND)
        assert {name for command in found for name in command.change} == may
    assert [record.kind for record in story.records].count(DRESSING_SEEN) == 1
    assert set(left(story)) == {name for name in there if name not in may and name != "scheduled_start"}
    assert all("can no longer be set" in why for why in left(story).values())


def test_what_a_hand_changed_in_studio_stays_so_until_the_season_says_something_new() -> None:
    story = prepared("ready")
    assert changes(story, planned()) == {}
    assert changes(story, planned(), title="By hand") == {}
    assert "changed in YouTube Studio" in left(story)["title"]
    assert changes(story, planned(title="New"), title="By hand") == {"title": "New"}
    assert changes(story, planned(title="New"), title="New") == {}
    assert left(story) == {}


def test_a_marker_that_a_hand_dropped_is_put_back_under_the_hands_text() -> None:
    story = prepared("ready")
    assert changes(story, planned()) == {}
    theirs = {"description": "By hand"}
    assert changes(story, planned(), **theirs) == {"description": "By hand\n\nbroadcaster:season/day-1"}
    assert changes(story, planned(), description="By hand\n\nbroadcaster:season/day-1") == {}


def test_an_accepted_change_that_never_shows_is_given_up_and_said() -> None:
    story, tries = prepared("ready"), 0
    while found := asked(story, planned(), Observed(broadcast=page(planned(), latency="low"))):
        tried(story, found[0])
        tries += 1
        assert tries < 10
    assert tries == TRIES
    assert "does not take the latency" in left(story)["latency"]


def test_what_is_refused_among_others_is_tried_by_itself_and_then_given_up() -> None:
    story, sent = prepared("ready"), []
    observed = Observed(broadcast=page(planned(), title="Old", latency="low"))
    while found := asked(story, planned(), observed):
        sent.append(sorted(found[0].change))
        tried(story, found[0], Result.REFUSED, reason="no such thing")
        assert len(sent) < 10
    assert sent == [["latency", "title"], ["title"], ["latency"]]
    assert "no such thing" in left(story)["latency"]


def test_a_change_that_never_arrived_is_tried_on() -> None:
    story = prepared("ready")
    for result in (Result.FAILED, Result.UNKNOWN) * 3:
        found = asked(story, planned(), Observed(broadcast=page(planned(), title="Old")))
        assert [command.verb for command in found] == [Verb.UPDATE]
        tried(story, found[0], result)
    assert left(story) == {}


def test_the_video_gets_what_the_broadcast_cannot_carry() -> None:
    plan = planned(category="24", tags=("Fashion", "taraz"), language="kk", made_for_kids=False)
    observed = Observed(broadcast=page(plan), video=clip(plan, tags=("taraz", "fashion"), language="KK"))
    assert asked(prepared("ready"), plan, observed) == []
    other = clip(plan, category="22", tags=(), language="en", is_made_for_kids=True)
    (command,) = asked(prepared("ready"), plan, replace(observed, video=other))
    assert command.verb is Verb.DRESS
    assert dict(command.change) == {
        "category": "24",
        "tags": ("Fashion", "taraz"),
        "language": "kk",
        "is_made_for_kids": False,
    }


def test_the_thumbnail_is_set_once_for_each_content_and_the_playlist_once() -> None:
    plan, story = planned(thumbnail="poster.png", playlist="PL1"), prepared("ready")
    observed = Observed(broadcast=page(plan), picture="hash-1")
    found = asked(story, plan, observed)
    assert [(command.verb, command.what) for command in found] == [
        (Verb.THUMBNAIL, "thumbnail"),
        (Verb.PLAYLIST, "PL1"),
    ]
    for command in found:
        tried(story, command)
    assert asked(story, plan, observed) == []
    assert [command.verb for command in asked(story, plan, replace(observed, picture="hash-2"))] == [Verb.THUMBNAIL]


def test_a_thumbnail_that_cannot_be_had_is_said_and_leaves_the_rest_alone() -> None:
    plan, story = planned(thumbnail="poster.png"), prepared("ready")
    observed = Observed(broadcast=page(plan), picture="")
    (command,) = asked(story, plan, observed)
    tried(story, command, Result.REFUSED, reason="the picture 'poster.png' cannot be read")
    assert asked(story, plan, observed) == []
    assert "cannot be read" in left(story)["thumbnail"]


def test_an_adopted_broadcast_keeps_the_page_that_its_people_made() -> None:
    plan = planned(adopt="video-1")
    there = {"title": "By hand", "description": "", "privacy": "unlisted", "latency": "low"}
    assert changes(prepared("ready"), plan, **there) == {}
    assert changes(prepared("ready"), plan, starts_itself=True, **there) == {"is_manual": True}
    later = {"scheduled_start": GO_LIVE + 30 * MINUTE}
    assert changes(prepared("ready"), plan, **there, **later) == {"scheduled_start": GO_LIVE}


@pytest.mark.parametrize(("minutes", "announced"), [(0.5, None), (1.1, 10), (8, 10), (9.5, 20), (25, 30)])
def test_a_late_show_is_announced_for_later_while_it_may_be(minutes: float, announced: int | None) -> None:
    now = GO_LIVE + minutes * MINUTE
    for lifecycle, expected in ((Lifecycle.TESTING, announced), (Lifecycle.LIVE, None)):
        observed = seen(studio(), page(planned(), lifecycle), None)
        found = asked(prepared("standby"), planned(), observed, now)
        wanted = [GO_LIVE + expected * MINUTE] if expected else []
        assert [command.change["scheduled_start"] for command in found] == wanted


def test_a_later_start_that_has_not_passed_yet_is_not_announced_again() -> None:
    observed = seen(studio(), page(planned(), Lifecycle.TESTING, scheduled_start=GO_LIVE + 10 * MINUTE), None)
    assert asked(prepared("standby"), planned(), observed, GO_LIVE + 9 * MINUTE) == []


@pytest.mark.parametrize("seconds", [-20, 0, 30])
def test_nothing_is_changed_around_the_moment_of_going_live(seconds: int) -> None:
    observed = seen(studio(), page(planned(), Lifecycle.TESTING, title="Old"), video())
    assert asked(prepared("standby"), planned(), observed, GO_LIVE + seconds * SECOND) == []
    assert asked(prepared("standby"), planned(), observed, GO_LIVE - 5 * MINUTE) != []


def test_a_held_lane_changes_nothing() -> None:
    story = prepared("ready").add(lane_held("day-1", "broadcast", by="a", why="", until="released"))
    assert changes(story, planned(), title="Old") == {}


def test_nothing_is_changed_before_the_broadcast_is_bound() -> None:
    story = Story().add(phase_entered("day-1", "preparing", why=""), *did("find_stream", stream="stream-1"))
    story.add(*did("find", broadcast="video-1", bound=""))
    assert changes(story, planned(), title="Old", stream_id=None) == {}
    assert CREATE not in story.state.show("day-1").settled
