"""Which writes does the emulated YouTube take, and what does it answer to the others?"""

import pytest

from broadcaster.adapters.clock import ManualClock
from tests.contract.youtube_client import ANY, BROADCASTS, PARTS, START, post, reason_of, staged


@pytest.fixture
async def stage():
    async with staged(ManualClock(START)) as stage:
        yield stage


def changed(body: dict, path: str, value: object) -> dict:
    part, _, name = path.partition(".")
    inner = {key: each for key, each in body.get(part, {}).items() if key != name}
    return body | {part: inner if value is None else inner | {name: value}}


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("snippet.title", None, "titleRequired"),
        ("snippet.title", "", "invalidTitle"),
        ("snippet.title", "x" * 101, "invalidTitle"),
        ("snippet.title", 12, "invalid"),
        ("snippet.description", "x" * 5001, "invalidDescription"),
        ("snippet.scheduledStartTime", None, "scheduledStartTimeRequired"),
        ("snippet.scheduledStartTime", "2027-10-20T12:59:59Z", "invalidScheduledStartTime"),
        ("snippet.scheduledStartTime", "tonight", "invalid"),
        ("snippet.scheduledEndTime", "2027-10-20T13:30:00Z", "invalidScheduledEndTime"),
        ("status.privacyStatus", None, "privacyStatusRequired"),
        ("status.privacyStatus", "secret", "invalidPrivacyStatus"),
        ("contentDetails.enableDvr", "yes", "invalid"),
        ("contentDetails.projection", "flat", "invalidProjection"),
        ("contentDetails.latencyPreference", "none", "invalidLatencyPreferenceOptions"),
        ("contentDetails.monitorStream", True, "invalid"),
    ],
)
async def test_an_insert_that_youtube_would_not_take_makes_nothing(stage, path, value, reason):
    status, answer = await post(stage, BROADCASTS, changed(stage.body(), path, value), part=PARTS)
    assert (status, reason_of(answer["error"])) == (400, reason)
    assert ("status" in answer["error"]) == (reason == "invalid")
    assert (await stage.state())["inserts"] == 0


async def test_parts_of_the_body_that_the_query_does_not_name_are_not_looked_at(stage):
    status, answer = await post(stage, BROADCASTS, stage.body(enableDvr=False), part="snippet,status")
    assert (status, set(answer)) == (200, {"kind", "etag", "id", "snippet", "status"})
    assert (await stage.look(answer["id"]))["contentDetails"]["enableDvr"] is True
    status, answer = await post(stage, BROADCASTS, stage.body(), part="snippet")
    assert reason_of(answer["error"]) == "privacyStatusRequired"


async def test_unknown_fields_are_ignored_and_what_is_not_json_is_refused(stage):
    body = stage.body() | {"colour": "red"}
    assert (await post(stage, BROADCASTS, changed(body, "snippet.mood", "good"), part=PARTS))[0] == 200
    async with stage.session.post(
        stage.youtube.url + BROADCASTS, params={"part": "snippet"}, data=b"{", headers=ANY
    ) as answer:
        assert (answer.status, reason_of((await answer.json())["error"])) == (400, "parseError")
    status, answer = await post(stage, BROADCASTS, [1], part="snippet")
    assert (status, reason_of(answer["error"])) == (400, "invalid")


async def test_a_word_that_says_nothing_is_as_if_it_were_left_out(stage):
    unsaid = {"latencyPreference": "latencyPreferenceUnspecified", "projection": "projectionUnspecified"}
    status, answer = await post(stage, BROADCASTS, stage.body(**unsaid), part=PARTS)
    assert (status, answer["contentDetails"]["latencyPreference"]) == (200, "normal")
    assert answer["contentDetails"]["projection"] == "rectangular"


async def test_what_youtube_fills_in_is_there(stage):
    broadcast = await stage.insert_broadcast()
    details = broadcast["contentDetails"]
    assert (details["enableAutoStart"], details["enableAutoStop"], details["enableDvr"]) == (False, False, True)
    assert details["monitorStream"]["enableMonitorStream"] is True
    assert "boundStreamId" not in details
    assert broadcast["status"]["recordingStatus"] == "notRecording"
    assert broadcast["snippet"]["liveChatId"]


async def test_delete_answers_204_and_what_is_on_its_way_cannot_be_deleted(stage):
    broadcast_id = (await stage.insert_broadcast())["id"]
    for status in ("testing", "liveStarting", "live"):
        stage.youtube.use.transition_by_hand(broadcast_id, status)
        error = await stage.refused(stage.api.liveBroadcasts().delete(id=broadcast_id))
        assert (error["code"], reason_of(error)) == (403, "liveBroadcastDeletionNotAllowed")
    stage.youtube.use.transition_by_hand(broadcast_id, "ready")
    assert await stage.run(stage.api.liveBroadcasts().delete(id=broadcast_id)) == ""
    error = await stage.refused(stage.api.liveBroadcasts().delete(id=broadcast_id))
    assert (error["code"], reason_of(error)) == (404, "liveBroadcastNotFound")


async def test_bind_finds_both_unbinds_without_a_stream_and_stops_at_live(stage):
    stream = await stage.insert_stream()
    broadcast = await stage.insert_broadcast()
    for broadcast_id, stream_id, reason in (
        ("nobody", stream["id"], "liveBroadcastNotFound"),
        (broadcast["id"], "nobody", "liveStreamNotFound"),
    ):
        error = await stage.refused(stage.api.liveBroadcasts().bind(id=broadcast_id, part="id", streamId=stream_id))
        assert (error["code"], reason_of(error)) == (404, reason)
    await stage.bind(broadcast["id"], stream["id"])
    error = await stage.refused(stage.api.liveStreams().delete(id=stream["id"]))
    assert (error["code"], reason_of(error)) == (403, "liveStreamDeletionNotAllowed")
    unbound = await stage.bind(broadcast["id"], None)
    assert unbound["status"]["lifeCycleStatus"] == "created"
    assert "boundStreamId" not in unbound["contentDetails"]
    assert await stage.run(stage.api.liveStreams().delete(id=stream["id"])) == ""
    stage.youtube.use.transition_by_hand(broadcast["id"], "live")
    error = await stage.refused(stage.api.liveBroadcasts().bind(id=broadcast["id"], part="id"))
    assert (error["code"], reason_of(error)) == (403, "liveBroadcastBindingNotAllowed")


async def test_read_change_and_write_back_works_at_any_time_and_frozen_details_are_refused(stage):
    broadcast_id = (await stage.insert_broadcast())["id"]
    stage.youtube.use.transition_by_hand(broadcast_id, "live")
    await stage.advance(7200)  # the planned start is past by now
    body = await stage.look(broadcast_id)
    body["snippet"]["title"] = "Opening night, continued"
    answer = await stage.run(stage.api.liveBroadcasts().update(part=PARTS, body=body))
    assert answer["snippet"]["title"] == "Opening night, continued"
    for name, value, reason in (
        ("enableDvr", False, "enableDvrModificationNotAllowed"),
        ("enableAutoStart", True, "enableAutoStartModificationNotAllowed"),
        (
            "monitorStream",
            {"enableMonitorStream": False, "broadcastStreamDelayMs": 0},
            "enableMonitorStreamModificationNotAllowed",
        ),
    ):
        error = await stage.refused(
            stage.api.liveBroadcasts().update(
                part="contentDetails", body=changed(body, f"contentDetails.{name}", value)
            )
        )
        assert (error["code"], reason_of(error)) == (403, reason)


async def test_an_update_needs_its_required_fields_and_leaves_the_omitted_ones_unless_strict(stage):
    broadcast = await stage.insert_broadcast(enableDvr=False)
    api, broadcast_id = stage.api.liveBroadcasts(), broadcast["id"]
    start = broadcast["snippet"]["scheduledStartTime"]
    monitor = {"monitorStream": {"enableMonitorStream": False, "broadcastStreamDelayMs": 0}}
    for body, part, reason in (
        ({}, "snippet", "idRequired"),
        ({"id": "nobody"}, "snippet", "liveBroadcastNotFound"),
        ({"id": broadcast_id, "snippet": {"title": "x"}}, "snippet", "scheduledStartTimeRequired"),
        ({"id": broadcast_id, "contentDetails": {}}, "contentDetails", "enableMonitorStreamRequired"),
    ):
        assert reason_of(await stage.refused(api.update(part=part, body=body))) == reason
    body = {"id": broadcast_id, "snippet": {"scheduledStartTime": start}, "contentDetails": monitor}
    answer = await stage.run(api.update(part="snippet,contentDetails", body=body))
    assert (answer["snippet"]["title"], answer["contentDetails"]["enableDvr"]) == ("Opening night", False)
    await stage.settings(strict_update=True)
    answer = await stage.run(api.update(part="snippet,contentDetails", body=body))
    assert answer["contentDetails"]["enableDvr"] is True


async def test_a_stream_wants_its_ingestion_and_keeps_it(stage):
    api = stage.api.liveStreams()
    good = {"frameRate": "30fps", "resolution": "1080p", "ingestionType": "rtmp"}
    for cdn, reason in (
        (None, "cdnRequired"),
        (good | {"frameRate": "25fps"}, "invalidFrameRate"),
        (good | {"resolution": "variable"}, "invalidResolution"),
        ({k: v for k, v in good.items() if k != "frameRate"}, "frameRateRequired"),
        ({k: v for k, v in good.items() if k != "resolution"}, "resolutionRequired"),
        ({k: v for k, v in good.items() if k != "ingestionType"}, "ingestionTypeRequired"),
    ):
        error = await stage.refused(api.insert(part="snippet,cdn", body={"snippet": {"title": "x"}, "cdn": cdn}))
        assert (error["code"], reason_of(error)) == (400, reason)
    stream = await stage.run(api.insert(part="snippet,cdn", body={"snippet": {"title": "x"}, "cdn": good}))
    stream["snippet"]["title"] = "y"
    assert (await stage.run(api.update(part="snippet,cdn", body=stream)))["snippet"]["title"] == "y"
    stream["cdn"]["resolution"] = "720p"
    error = await stage.refused(api.update(part="snippet,cdn", body=stream))
    assert (error["code"], reason_of(error)) == (403, "liveStreamModificationNotAllowed")


async def test_too_many_scheduled_broadcasts_are_refused_at_insert(stage):
    await stage.settings(max_broadcasts=1)
    await stage.insert_broadcast()
    error = await stage.refused(stage.api.liveBroadcasts().insert(part=PARTS, body=stage.body()))
    assert (error["code"], reason_of(error)) == (403, "userBroadcastsExceedLimit")
