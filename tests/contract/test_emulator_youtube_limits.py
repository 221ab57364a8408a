"""How much does the emulated YouTube allow, and what does a hand in Studio do to a broadcast?"""

import pytest

from broadcaster.adapters.clock import ManualClock
from tests.contract.youtube_client import PARTS, START, Stage, post, reason_of, staged

DAY = 86_400
CUEPOINT = "/youtube/v3/liveBroadcasts/cuepoint"


@pytest.fixture
async def stage():
    async with staged(ManualClock(START)) as stage:
        yield stage


def inserting(stage: Stage):
    return stage.api.liveBroadcasts().insert(part=PARTS, body=stage.body())


async def test_a_day_has_only_so_many_broadcasts(stage):
    await stage.settings(max_inserts_a_day=2)
    for _ in range(2):
        made = await stage.run(inserting(stage))
    await stage.run(stage.api.liveBroadcasts().delete(id=made["id"]))
    error = await stage.refused(inserting(stage))
    assert (error["code"], reason_of(error)) == (403, "userRequestsExceedRateLimit")
    await stage.advance(DAY)
    await stage.run(inserting(stage))


async def test_a_burst_of_live_writes_is_refused_and_lists_are_not(stage):
    await stage.settings(max_requests_a_minute=3)
    for _ in range(3):
        await stage.run(inserting(stage))
    error = await stage.refused(stage.api.liveStreams().insert(part="snippet,cdn", body={"snippet": {"title": "x"}}))
    assert (error["code"], reason_of(error)) == (403, "userRequestsExceedRateLimit")
    assert error["errors"][0]["domain"] == "youtube.liveStream"
    await stage.run(stage.api.liveBroadcasts().list(part="id", mine=True))
    await stage.advance(60)
    await stage.run(inserting(stage))


async def test_a_start_must_be_far_enough_and_near_enough(stage):
    await stage.settings(min_lead_seconds=600, max_lead_seconds=7200)
    for start, reason in (
        ("2027-10-20T13:10:00Z", "invalidScheduledStartTime"),
        ("2027-10-20T13:10:01Z", ""),
        ("2027-10-20T15:00:00Z", ""),
        ("2027-10-20T15:00:01Z", "invalidScheduledStartTime"),
    ):
        body = stage.body() | {"snippet": {"title": "x", "scheduledStartTime": start}}
        status, answer = await post(stage, "/youtube/v3/liveBroadcasts", body, part=PARTS)
        assert (status, reason_of(answer["error"]) if "error" in answer else "") == (400 if reason else 200, reason)


@pytest.mark.parametrize("status", ["created", "ready", "testStarting", "testing", "liveStarting", "live", "complete"])
async def test_a_start_moves_and_details_change_only_in_the_states_that_allow_it(stage, status):
    broadcast_id = (await stage.insert_broadcast())["id"]
    stage.youtube.use.transition_by_hand(broadcast_id, status)
    api = stage.api.liveBroadcasts()
    snippet = {"title": "x", "scheduledStartTime": "2027-10-20T18:00:00Z"}
    moving = api.update(part="snippet", body={"id": broadcast_id, "snippet": snippet})
    if status in ("created", "ready", "testing"):
        await stage.run(moving)
    else:
        assert reason_of(await stage.refused(moving)) == "invalidScheduledStartTime"
    for details, reason in (
        ({"enableAutoStop": True}, "enableAutoStopModificationNotAllowed"),
        ({"latencyPreference": "ultraLow"}, "latencyPreferenceModificationNotAllowed"),
        ({"closedCaptionsType": "closedCaptionsEmbedded"}, "closedCaptionsTypeModificationNotAllowed"),
        ({"recordFromStart": False}, "recordFromStartModificationNotAllowed"),
    ):
        monitor = {"enableMonitorStream": True, "broadcastStreamDelayMs": 0}
        before = (await stage.look(broadcast_id))["contentDetails"]
        body = {"id": broadcast_id, "contentDetails": {"monitorStream": monitor} | details}
        if status in ("created", "ready"):
            after = (await stage.run(api.update(part="contentDetails", body=body)))["contentDetails"]
            assert after[next(iter(details))] == next(iter(details.values()))
            body["contentDetails"] = {"monitorStream": monitor} | {name: before[name] for name in details}
            await stage.run(api.update(part="contentDetails", body=body))
        else:
            error = await stage.refused(api.update(part="contentDetails", body=body))
            assert (error["code"], reason_of(error)) == (403, reason)
    body = {"id": broadcast_id, "status": {"privacyStatus": "private"}}  # what may always be changed
    assert (await stage.run(api.update(part="status", body=body)))["status"]["privacyStatus"] == "private"


@pytest.mark.parametrize(
    ("setting", "reason", "status"),
    [
        ("live_refusal", "liveStreamingNotEnabled", 403),
        ("live_refusal", "livePermissionBlocked", 403),
        ("live_refusal", "insufficientLivePermissions", 403),
        ("account_refusal", "youtubeSignupRequired", 401),
        ("account_refusal", "authenticatedUserAccountSuspended", 403),
        ("account_refusal", "accessNotConfigured", 403),
    ],
)
async def test_a_channel_that_may_not_is_told_why(stage, setting, reason, status):
    await stage.settings(**{setting: reason})
    error = await stage.refused(inserting(stage))
    assert (error["code"], reason_of(error)) == (status, reason)
    channels = stage.api.channels().list(part="id", mine=True)
    if setting == "live_refusal":
        await stage.run(channels)
    else:
        assert reason_of(await stage.refused(channels)) == reason
    assert (await stage.state())["inserts"] == 0


async def test_viewers_are_counted_while_live(stage):
    broadcast_id = (await stage.insert_broadcast())["id"]
    hand = {"do": "viewers", "id": broadcast_id, "count": 321}
    assert (await stage.control("/control/hand", json=hand)).status == 200
    listing = stage.api.liveBroadcasts().list(part="statistics", id=broadcast_id)
    assert "concurrentViewers" not in (await stage.run(listing))["items"][0]["statistics"]
    stage.youtube.use.transition_by_hand(broadcast_id, "live")
    assert (await stage.run(listing))["items"][0]["statistics"]["concurrentViewers"] == "321"


async def test_a_broadcast_that_was_taken_away_does_nothing_any_more(stage):
    stream = await stage.insert_stream()
    broadcast_id = (await stage.insert_broadcast())["id"]
    await stage.bind(broadcast_id, stream["id"])
    stage.youtube.use.revoke(broadcast_id)
    api = stage.api.liveBroadcasts()
    for request, reason in (
        (api.transition(id=broadcast_id, broadcastStatus="live", part="id"), "invalidTransition"),
        (api.bind(id=broadcast_id, part="id"), "liveBroadcastBindingNotAllowed"),
        (api.delete(id=broadcast_id), "liveBroadcastDeletionNotAllowed"),
    ):
        error = await stage.refused(request)
        assert (error["code"], reason_of(error)) == (403, reason)
    assert await stage.life(broadcast_id) == "revoked"
    assert await stage.run(stage.api.liveStreams().delete(id=stream["id"])) == ""


async def test_a_break_is_inserted_into_what_is_live_and_nothing_else(stage):
    broadcast_id = (await stage.insert_broadcast())["id"]
    api, body = stage.api.liveBroadcasts(), {"cueType": "cueTypeAd", "walltimeMs": "1800000000000"}
    error = await stage.refused(api.insertCuepoint(id=broadcast_id, body=body))
    assert (error["code"], reason_of(error)) == (403, "insertionNotAllowed")
    stage.youtube.use.transition_by_hand(broadcast_id, "live")
    cuepoint = await stage.run(api.insertCuepoint(id=broadcast_id, part="id", body=body))
    assert (cuepoint["durationSecs"], cuepoint["walltimeMs"]) == (30, "1800000000000")
    assert [each["id"] for each in (await stage.state())["broadcasts"][0]["cuepoints"]] == [cuepoint["id"]]
    for query, changes, status, reason in (
        ({"id": broadcast_id}, {"insertionOffsetTimeMs": 5}, 400, "conflictingTimeFields"),
        ({"id": broadcast_id}, {"cueType": "cueTypeUnspecified"}, 400, "invalidCueType"),
        ({"id": broadcast_id}, {"durationSecs": -1}, 400, "invalid"),
        ({"id": broadcast_id}, {"walltimeMs": "soon"}, 400, "invalid"),
        ({}, {}, 400, "idRequired"),
        ({"id": "nobody"}, {}, 404, "liveBroadcastNotFound"),
    ):
        found, answer = await post(stage, CUEPOINT, body | changes, **query)
        assert (found, reason_of(answer["error"])) == (status, reason)


@pytest.mark.parametrize(
    "wrong",
    [
        {"live_delay": "later"},
        {"active_delay": "restart"},
        {"live_delay": [3, 2]},
        {"needs_audio": "yes"},
        {"max_inserts_a_day": 1.5},
        {"max_thumbnail_bytes": None},
        {"min_lead_seconds": -1},
        {"live_refusal": ""},
        {"quota_costs": {"videos.list": "1"}},
    ],
)
async def test_a_setting_that_makes_no_sense_is_refused_by_name(stage, wrong):
    before = await stage.state()
    answer = await stage.control("/control/settings", json=wrong)
    assert answer.status == 400
    assert next(iter(wrong)) in (await answer.json())["error"]
    assert (await stage.state())["settings"] == before["settings"]
