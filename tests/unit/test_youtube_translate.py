"""Do YouTube's words come out as ours, and its refusals as something an operator can act on?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from broadcaster.adapters.youtube.translate import (
    COSTS,
    LIFECYCLES,
    broadcast_body,
    broadcast_seen,
    carries,
    ingest,
    still_open,
    stream_body,
    stream_seen,
)
from broadcaster.season.plan import BroadcastPlan
from broadcaster.show.observed import Health, Lifecycle

NOON = datetime(2027, 10, 20, 12, 0, tzinfo=UTC)


def plan(**changes: Any) -> BroadcastPlan:
    values: dict[str, Any] = {
        "destination": "main",
        "title": "Ашылу кеші",
        "description": "Welcome\n\n[show day-1]",
        "privacy": "public",
        "scheduled_start": NOON + timedelta(hours=2),
        "marker": "[show day-1]",
    }
    return BroadcastPlan(**(values | changes))


def resource(**changes: Any) -> dict[str, Any]:
    return {
        "id": "b1",
        "snippet": {
            "title": "Opening",
            "description": "Welcome\r\n[show day-1] \r\nSee you",
            "publishedAt": "2027-10-01T00:00:00Z",
            "scheduledStartTime": "2027-10-20T14:00:00Z",
            "actualStartTime": "2027-10-20T14:00:03.250Z",
        },
        "status": {"lifeCycleStatus": "liveStarting"},
        "contentDetails": {"boundStreamId": "s1", "monitorStream": {"enableMonitorStream": False}},
    } | changes


def test_a_broadcast_comes_out_in_our_words() -> None:
    seen = broadcast_seen(resource(), ["[show day-2]", "[show day-1]"])
    assert seen.id == "b1"
    assert seen.lifecycle is Lifecycle.LIVE_STARTING
    assert seen.stream_id == "s1"
    assert seen.marker == "[show day-1]"
    assert seen.scheduled_start == NOON + timedelta(hours=2)
    assert seen.actual_start == NOON + timedelta(hours=2, seconds=3.25)
    assert seen.actual_end is None
    assert seen.is_monitored is False


def test_every_lifecycle_of_ours_has_one_of_youtubes() -> None:
    assert set(LIFECYCLES.values()) == set(Lifecycle)


def test_a_state_nobody_knows_is_named() -> None:
    with pytest.raises(ValueError, match="'reclaimed', unknown to Broadcaster"):
        broadcast_seen(resource(status={"lifeCycleStatus": "reclaimed"}))


def test_the_epoch_means_unscheduled() -> None:
    seen = broadcast_seen(resource(snippet={"scheduledStartTime": "1970-01-01T00:00:00Z"}))
    assert seen.scheduled_start is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\n[show day-1]\nb", True),
        ("[show day-1]", True),
        ("see [show day-1] there", False),
        ("[show day-10]", False),
        ("", False),
    ],
)
def test_the_marker_counts_only_as_a_line_of_its_own(text: str, found: bool) -> None:
    assert carries(text, "[show day-1]") is found


def test_of_several_broadcasts_those_not_over_count_and_the_newest_is_first() -> None:
    def one(name: str, state: str, day: int) -> dict[str, Any]:
        return resource(
            id=name, status={"lifeCycleStatus": state}, snippet={"publishedAt": f"2027-10-{day:02}T00:00:00Z"}
        )

    old, new, over = one("old", "ready", 1), one("new", "created", 2), one("over", "complete", 3)
    revoked = one("revoked", "revoked", 4)
    assert still_open([old, new, over, revoked]) == [new, old]
    assert still_open([over, revoked]) == []


def test_a_new_broadcast_starts_and_stops_only_when_told() -> None:
    made = broadcast_body(plan(made_for_kids=True, latency="low", dvr=False), NOON)
    assert made["contentDetails"] == {
        "enableAutoStart": False,
        "enableAutoStop": False,
        "enableDvr": False,
        "latencyPreference": "low",
        "closedCaptionsType": "closedCaptionsDisabled",
        "monitorStream": {"enableMonitorStream": True, "broadcastStreamDelayMs": 0},
    }
    assert made["status"] == {"privacyStatus": "public", "selfDeclaredMadeForKids": True}
    assert made["snippet"]["scheduledStartTime"] == "2027-10-20T14:00:00Z"
    assert made["snippet"]["description"] == "Welcome\n\n[show day-1]"


def test_a_start_that_has_passed_is_moved_to_a_minute_from_now() -> None:
    made = broadcast_body(plan(scheduled_start=NOON - timedelta(hours=1)), NOON)
    assert made["snippet"]["scheduledStartTime"] == "2027-10-20T12:01:00Z"


@pytest.mark.parametrize("description", ["", "Welcome", "Welcome to [show day-1]"])
def test_a_description_without_the_marker_is_given_it(description: str) -> None:
    text = broadcast_body(plan(description=description), NOON)["snippet"]["description"]
    assert carries(text, "[show day-1]")
    assert text.startswith(description)


def test_a_new_stream_is_reusable_and_takes_any_size() -> None:
    made = stream_body("Stage")
    assert made["contentDetails"] == {"isReusable": True}
    assert made["cdn"] == {"ingestionType": "rtmp", "resolution": "variable", "frameRate": "variable"}


@pytest.mark.parametrize(
    ("status", "active", "health"),
    [
        ({"streamStatus": "active", "healthStatus": {"status": "good"}}, True, Health.GOOD),
        ({"streamStatus": "active", "healthStatus": {"status": "noData"}}, True, Health.NO_DATA),
        ({"streamStatus": "inactive"}, False, Health.NO_DATA),
        ({"streamStatus": "active", "healthStatus": {"status": "odd"}}, True, Health.BAD),
    ],
)
def test_a_stream_comes_out_in_our_words(status: dict[str, Any], active: bool, health: Health) -> None:
    seen = stream_seen({"id": "s1", "status": status})
    assert (seen.is_active, seen.health) == (active, health)


def test_what_is_wrong_with_the_video_is_told() -> None:
    issue = {"type": "bitrateLow", "severity": "warning", "reason": "low", "description": "The bitrate is low."}
    seen = stream_seen(
        {
            "id": "s1",
            "status": {"streamStatus": "active", "healthStatus": {"status": "ok", "configurationIssues": [issue]}},
        }
    )
    assert seen.issues == ("warning: bitrateLow: The bitrate is low.",)


def test_the_key_of_a_stream_does_not_print() -> None:
    where = ingest({"cdn": {"ingestionInfo": {"ingestionAddress": "rtmp://a/live2", "streamName": "key-secret"}}})
    assert where.key.reveal() == "key-secret"
    assert "key-secret" not in repr(where) + str(where)


def test_every_method_has_a_cost() -> None:
    assert all(cost == (1 if method.endswith("list") else 50) for method, cost in COSTS.items())
