"""Do the ports' promises about broadcasts hold against a YouTube that answers, stumbles and says no?"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadcaster.adapters.clock.adapter import ScaledClock
from broadcaster.adapters.youtube import YouTubeBroadcasts, token_file
from broadcaster.emulators.youtube import EmulatedYouTube
from broadcaster.season.errors import NeedsHuman, Refused, Unavailable
from broadcaster.show.observed import Health, Lifecycle
from tests.contract.broadcasts import MARKER, NOON, TIMEOUT, bound, client, healthy, plan, reached, sent, with_video
from tests.waiting import until

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


async def test_a_used_up_quota_is_not_left_alone_past_its_renewal(far_end: EmulatedYouTube) -> None:
    clock = ScaledClock(start=datetime(2027, 10, 21, 6, 55, tzinfo=UTC), speed=1)  # 23:55 in California
    far_end.room.add_fault({"kind": "refuse", "status": 403, "reason": "quotaExceeded"})
    async with client(far_end, clock) as youtube:
        with pytest.raises(Unavailable) as caught:
            await youtube.find(MARKER)
    assert 0 < caught.value.retry_after <= 300


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
