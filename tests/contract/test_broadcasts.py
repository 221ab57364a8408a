"""Do the ports' promises about broadcasts hold against a YouTube that answers, stumbles and says no?"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broadcaster.adapters.clock.adapter import ScaledClock
from broadcaster.adapters.youtube import YouTubeBroadcasts, static_token, token_file
from broadcaster.emulators.youtube import EmulatedYouTube
from broadcaster.ports import Broadcasts, Secret
from broadcaster.season.errors import NeedsHuman, OutcomeUnknown, Refused, Unavailable
from broadcaster.season.plan import BroadcastPlan
from broadcaster.show.observed import BroadcastSeen, Health, Lifecycle, StreamSeen
from tests.waiting import until

NOON = datetime(2027, 10, 20, 12, 0, tzinfo=UTC)
MARKER = "broadcaster:aspara-x/day-1"
TIMEOUT = 1.0
"""Real seconds; the emulator on the same machine answers within a few hundredths."""


@pytest.fixture
def clock() -> ScaledClock:
    return ScaledClock(start=NOON, speed=1)


@pytest.fixture
async def far_end(no_leaked_tasks: None, clock: ScaledClock) -> AsyncIterator[EmulatedYouTube]:
    before = len(asyncio.all_tasks())
    async with EmulatedYouTube(clock, speed=500, ingest="rtmp://127.0.0.1/live2") as emulator:
        yield emulator
    # an answer that a fault delays past our time-out is still on its way to nobody
    await until(lambda: len(asyncio.all_tasks()) <= before)


@pytest.fixture
async def youtube(far_end: EmulatedYouTube, clock: ScaledClock) -> AsyncIterator[YouTubeBroadcasts]:
    tokens = static_token(Secret("sesame"))
    async with YouTubeBroadcasts(
        name="main", endpoint=far_end.url, credentials=tokens, clock=clock, timeout=TIMEOUT
    ) as broadcasts:
        yield broadcasts


def plan(show: str = "day-1", **changes: Any) -> BroadcastPlan:
    marker = f"broadcaster:aspara-x/{show}"
    values: dict[str, Any] = {
        "destination": "main",
        "title": f"Сән апталығы, {show}",
        "description": f"Fashion week\n\n{marker}",
        "privacy": "unlisted",
        "scheduled_start": NOON + timedelta(hours=2),
        "marker": marker,
        "latency": "low",
    }
    return BroadcastPlan(**(values | changes))


def sent(far_end: EmulatedYouTube, path: str) -> list[str]:
    """The requests of that path that would change something, as `path status`."""
    return [
        f"{entry['path']} {entry['status']}"
        for entry in far_end.room.requests
        if entry["method"] == "POST" and entry["path"] == path
    ]


async def bound(youtube: Broadcasts) -> tuple[BroadcastSeen, StreamSeen]:
    broadcast, stream = await youtube.create(plan()), await youtube.create_stream("Stage")
    return await youtube.bind(broadcast.id, stream.id), stream


async def with_video(youtube: Broadcasts, far_end: EmulatedYouTube) -> tuple[BroadcastSeen, StreamSeen]:
    broadcast, stream = await bound(youtube)
    far_end.use.video_arrives((await youtube.ingest(stream.id)).key.reveal())
    return broadcast, await until(lambda: healthy(youtube, stream.id))


async def healthy(youtube: Broadcasts, stream_id: str) -> StreamSeen | None:
    seen = await youtube.look_stream(stream_id)
    return seen if seen and seen.is_healthy else None


async def reached(youtube: Broadcasts, broadcast_id: str, lifecycle: Lifecycle) -> BroadcastSeen | None:
    seen = await youtube.look(broadcast_id)
    return seen if seen and seen.lifecycle is lifecycle else None


# The whole life.


async def test_a_broadcast_lives_from_creation_to_completion(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    assert await youtube.find(MARKER) is None
    made = await youtube.create(plan())
    assert (made.lifecycle, made.stream_id, made.marker) == (Lifecycle.CREATED, None, MARKER)
    assert made.title == "Сән апталығы, day-1"
    assert made.scheduled_start == NOON + timedelta(hours=2)
    assert made.is_monitored

    assert await youtube.find_stream("Stage") is None
    stream = await youtube.create_stream("Stage")
    assert not stream.is_active
    assert await youtube.find_stream("Stage") == stream
    ready = await youtube.bind(made.id, stream.id)
    assert (ready.lifecycle, ready.stream_id) == (Lifecycle.READY, stream.id)

    ingest = await youtube.ingest(stream.id)
    assert ingest.server == "rtmp://127.0.0.1/live2"
    far_end.use.video_arrives(ingest.key.reveal())
    seen = await until(lambda: healthy(youtube, stream.id))
    assert seen.health is Health.GOOD

    assert (await youtube.transition(made.id, "testing")).lifecycle is Lifecycle.TEST_STARTING
    await until(lambda: reached(youtube, made.id, Lifecycle.TESTING))
    assert (await youtube.transition(made.id, "live")).lifecycle is Lifecycle.LIVE_STARTING
    live = await until(lambda: reached(youtube, made.id, Lifecycle.LIVE))
    assert live.actual_start is not None
    assert live.marker == MARKER
    over = await youtube.transition(made.id, "complete")
    assert over.lifecycle is Lifecycle.COMPLETE
    assert over.actual_end is not None
    assert over.actual_end >= live.actual_start


async def test_a_new_broadcast_neither_starts_nor_stops_by_itself(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    made = await youtube.create(plan())
    held = far_end.state.broadcasts[made.id]
    assert (held.details["enableAutoStart"], held.details["enableAutoStop"]) == (False, False)
    assert held.privacy == "unlisted"


async def test_a_show_that_should_have_begun_can_still_be_created(youtube: YouTubeBroadcasts) -> None:
    made = await youtube.create(plan(scheduled_start=NOON - timedelta(minutes=5)))
    assert made.scheduled_start is not None
    assert timedelta(minutes=1) <= made.scheduled_start - NOON < timedelta(minutes=2)


async def test_what_does_not_exist_is_not_seen(youtube: YouTubeBroadcasts) -> None:
    assert await youtube.look("nothing") is None
    assert await youtube.look_stream("nothing") is None
    with pytest.raises(Refused, match="does not exist any more"):
        await youtube.ingest("nothing")


# Sent once.


@pytest.mark.parametrize(
    ("fault", "applied"),
    [
        ({"kind": "drop"}, 0),
        ({"kind": "lose"}, 1),
        ({"kind": "delay", "seconds": TIMEOUT * 1.5}, 1),
        ({"kind": "refuse", "status": 500}, 0),
        ({"kind": "refuse", "status": 503}, 0),
        ({"kind": "lose_refuse", "status": 500}, 1),
        ({"kind": "lose_refuse", "status": 503}, 1),
    ],
    ids=lambda value: "-".join(str(each) for each in value.values()) if isinstance(value, dict) else str(value),
)
async def test_a_create_without_a_clear_answer_is_sent_once_and_found_by_its_marker(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube, fault: dict[str, Any], applied: int
) -> None:
    far_end.room.add_fault({**fault, "match": r"POST /youtube/v3/liveBroadcasts\?"})
    with pytest.raises(OutcomeUnknown):
        await youtube.create(plan())
    found = await youtube.find(MARKER)
    assert (found is not None) == bool(applied)
    assert far_end.state.inserts == applied
    assert len(sent(far_end, "/youtube/v3/liveBroadcasts")) == 1
    if found is None:
        found = await youtube.create(plan())
    assert list(far_end.state.broadcasts) == [found.id]


@pytest.mark.parametrize("kind", ["drop", "lose"])
async def test_every_other_change_is_sent_once_too(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube, kind: str
) -> None:
    broadcast, stream = await with_video(youtube, far_end)
    changes: list[tuple[str, Callable[[], Awaitable[object]]]] = [
        ("/youtube/v3/liveStreams", lambda: youtube.create_stream("Another")),
        ("/youtube/v3/liveBroadcasts/bind", lambda: youtube.bind(broadcast.id, stream.id)),
        ("/youtube/v3/liveBroadcasts/transition", lambda: youtube.transition(broadcast.id, "testing")),
    ]
    for path, change in changes:
        before = len(sent(far_end, path))
        far_end.room.add_fault({"kind": kind, "match": rf"POST {path}\?"})
        with pytest.raises(OutcomeUnknown):
            await change()
        assert len(sent(far_end, path)) == before + 1
    seen = await youtube.look(broadcast.id)
    assert seen is not None
    assert (seen.lifecycle is Lifecycle.READY) == (kind == "drop")
    assert (await youtube.find_stream("Another") is None) == (kind == "drop")


async def test_a_read_that_fails_is_unavailable_and_the_next_one_works(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    made = await youtube.create(plan())
    far_end.room.add_fault({"kind": "refuse", "status": 503, "match": "GET"})
    with pytest.raises(Unavailable):
        await youtube.look(made.id)
    far_end.room.add_fault({"kind": "delay", "seconds": TIMEOUT * 1.5, "match": "GET"})
    with pytest.raises(Unavailable):
        await youtube.look(made.id)
    assert await youtube.look(made.id) == made


async def test_while_youtube_is_away_nothing_is_known_and_afterwards_all_is_as_it_was(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    made = await youtube.create(plan())
    port = far_end.port
    await far_end.stop()
    with pytest.raises(Unavailable):
        await youtube.look(made.id)
    with pytest.raises(Unavailable):
        await youtube.bind(made.id, "any")
    await far_end.start(port=port)
    assert await youtube.look(made.id) == made


# Looking for ours.


async def test_ours_is_found_on_whatever_page_it_is(youtube: YouTubeBroadcasts, far_end: EmulatedYouTube) -> None:
    ids = {}
    for number in range(3):
        for stranger in range(39):
            far_end.use.schedule_by_hand(f"Stranger {number}-{stranger}")
        ids[f"show-{number}"] = (await youtube.create(plan(f"show-{number}"))).id
    assert len(far_end.state.broadcasts) == 120
    for show, broadcast_id in ids.items():
        before = len(far_end.room.requests)
        found = await youtube.find(f"broadcaster:aspara-x/{show}")
        assert found is not None
        assert found.id == broadcast_id
        assert [entry["method"] for entry in far_end.room.requests[before:]] == ["GET"] * 3
    assert await youtube.find("broadcaster:aspara-x/show") is None


async def test_a_stream_is_found_on_whatever_page_it_is(youtube: YouTubeBroadcasts) -> None:
    streams = [await youtube.create_stream(f"Stage {number}") for number in range(53)]
    for number in (0, 52):
        found = await youtube.find_stream(f"Stage {number}")
        assert found is not None
        assert found.id == streams[number].id
    assert await youtube.find_stream("Stage") is None


async def test_of_two_with_our_marker_the_one_that_is_not_over_counts(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    first, second = await youtube.create(plan()), await youtube.create(plan())
    far_end.use.transition_by_hand(second.id, "complete")
    found = await youtube.find(MARKER)
    assert found is not None
    assert found.id == first.id
    far_end.use.revoke(first.id)
    assert await youtube.find(MARKER) is None


# When YouTube says no.


async def test_without_video_a_transition_is_to_be_tried_again(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    broadcast, _ = await bound(youtube)
    with pytest.raises(Unavailable, match="does not receive video yet") as caught:
        await youtube.transition(broadcast.id, "testing")
    assert caught.value.reason == "errorStreamInactive"
    assert caught.value.retry_after > 0


async def test_asking_twice_is_looked_at_and_not_an_error(youtube: YouTubeBroadcasts, far_end: EmulatedYouTube) -> None:
    broadcast, _ = await with_video(youtube, far_end)
    await youtube.transition(broadcast.id, "testing")
    again = await youtube.transition(broadcast.id, "testing")
    assert again.lifecycle in (Lifecycle.TEST_STARTING, Lifecycle.TESTING)
    assert [entry["accepted"] for entry in far_end.state.transitions] == [True, False]


async def test_a_move_that_the_state_forbids_is_refused(youtube: YouTubeBroadcasts, far_end: EmulatedYouTube) -> None:
    broadcast, _ = await with_video(youtube, far_end)
    with pytest.raises(Refused, match="YouTube Studio") as caught:
        await youtube.transition(broadcast.id, "live")
    assert caught.value.reason == "invalidTransition"


async def test_a_broadcast_deleted_by_hand_is_refused_and_named(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    broadcast, stream = await bound(youtube)
    far_end.use.delete_by_hand(broadcast.id)
    with pytest.raises(Refused, match="was it deleted"):
        await youtube.bind(broadcast.id, stream.id)


async def test_a_broadcast_revoked_by_youtube_is_seen_as_such(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    broadcast, _ = await bound(youtube)
    far_end.use.revoke(broadcast.id)
    seen = await youtube.look(broadcast.id)
    assert seen is not None
    assert seen.lifecycle is Lifecycle.REVOKED


async def test_a_used_up_quota_is_to_be_left_alone_for_long(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    far_end.state.settings = far_end.state.settings.changed({"quota_limit": 51})
    await youtube.create(plan())
    with pytest.raises(Unavailable, match="midnight Pacific") as caught:
        await youtube.create_stream("Stage")
    assert caught.value.retry_after >= 600
    assert await youtube.find(MARKER) is not None


async def test_what_was_spent_is_what_youtube_counted(youtube: YouTubeBroadcasts, far_end: EmulatedYouTube) -> None:
    await bound(youtube)
    await youtube.find(MARKER)
    assert youtube.spent == far_end.state.quota.by_method
    assert sum(youtube.spent.values()) == 151


async def test_too_many_requests_say_when_to_come_back(youtube: YouTubeBroadcasts, far_end: EmulatedYouTube) -> None:
    far_end.room.add_fault({"kind": "refuse", "status": 403, "reason": "userRequestsExceedRateLimit"})
    with pytest.raises(Unavailable) as caught:
        await youtube.create(plan())
    assert caught.value.retry_after > 0
    assert len(sent(far_end, "/youtube/v3/liveBroadcasts")) == 1


@pytest.mark.parametrize("reason", ["liveStreamingNotEnabled", "insufficientLivePermissions", "livePermissionBlocked"])
async def test_a_channel_that_may_not_stream_needs_a_human(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube, reason: str
) -> None:
    far_end.state.settings = far_end.state.settings.changed({"live_refusal": reason})
    with pytest.raises(NeedsHuman) as caught:
        await youtube.create(plan())
    assert caught.value.reason == reason


async def test_a_token_that_is_no_longer_good_needs_a_human(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    far_end.use.expire_tokens()
    with pytest.raises(NeedsHuman, match="sign in again"):
        await youtube.create(plan())
    assert far_end.state.inserts == 0


async def test_a_sign_in_is_renewed_by_itself_until_the_owner_withdraws_it(
    far_end: EmulatedYouTube, clock: ScaledClock, tmp_path: Path
) -> None:
    path = tmp_path / "youtube.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps({"client_id": "us", "client_secret": "quiet", "refresh_token": "long"}), "utf-8")
    tokens = token_file(path, token_uri=f"{far_end.url}/token")
    async with YouTubeBroadcasts(
        name="main", endpoint=far_end.url, credentials=tokens, clock=clock, timeout=TIMEOUT
    ) as youtube:
        await youtube.create(plan())
        far_end.use.expire_tokens()
        await youtube.create(plan("day-2"))
        assert far_end.state.inserts == 2
        far_end.use.revoke_grant()
        with pytest.raises(NeedsHuman, match="sign in again with `broadcaster auth youtube`"):
            await youtube.create(plan("day-3"))
        far_end.use.set_tokens(grant=True)
        await youtube.create(plan("day-3"))
    assert far_end.state.inserts == 3
