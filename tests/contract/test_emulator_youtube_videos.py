"""How does the emulated YouTube show a broadcast as a video, with its channel and its chat?"""

import pytest
from googleapiclient.http import MediaInMemoryUpload

from broadcaster.adapters.clock import ManualClock
from tests.contract.youtube_client import PARTS, START, reason_of, staged


@pytest.fixture
async def stage():
    async with staged(ManualClock(START)) as stage:
        yield stage


async def test_the_video_appears_some_seconds_after_the_broadcast(stage):
    await stage.settings(video_delay=5)
    video_id = (await stage.insert_broadcast())["id"]
    body = {"id": video_id, "snippet": {"title": "New", "categoryId": "24", "tags": ["fashion"]}}
    update = stage.api.videos().update(part="snippet", body=body)
    image = MediaInMemoryUpload(b"\x89PNG", mimetype="image/png")
    thumbnail = stage.api.thumbnails().set(videoId=video_id, media_body=image)
    for request in (update, thumbnail):
        error = await stage.refused(request)
        assert (error["code"], reason_of(error)) == (404, "videoNotFound")
    assert (await stage.run(stage.api.videos().list(part="id", id=video_id)))["items"] == []
    await stage.advance(5)
    assert (await stage.run(update))["snippet"]["tags"] == ["fashion"]
    assert (await stage.run(thumbnail))["items"][0]["default"]["url"]
    [item] = (await stage.run(stage.api.videos().list(part="snippet,liveStreamingDetails", id=video_id)))["items"]
    assert (item["snippet"]["title"], item["snippet"]["liveBroadcastContent"]) == ("New", "upcoming")
    assert "activeLiveChatId" not in item["liveStreamingDetails"]
    assert (await stage.look(video_id))["snippet"]["title"] == "New"


async def test_a_video_update_deletes_what_a_sent_part_leaves_out(stage):
    await stage.settings(video_delay=0)
    body = stage.body() | {"status": {"privacyStatus": "private"}}
    video_id = (await stage.run(stage.api.liveBroadcasts().insert(part=PARTS, body=body)))["id"]
    snippet = {"title": "New", "categoryId": "24", "tags": ["fashion"], "description": "Words"}
    api = stage.api.videos()
    await stage.run(api.update(part="snippet", body={"id": video_id, "snippet": snippet}))
    bare = {"title": "New", "categoryId": "24"}
    answer = await stage.run(api.update(part="snippet,status", body={"id": video_id, "snippet": bare, "status": {}}))
    assert "tags" not in answer["snippet"]
    assert answer["snippet"]["description"] == ""
    assert answer["status"]["privacyStatus"] == "public"
    error = await stage.refused(api.update(part="snippet", body={"id": video_id, "snippet": {"title": "New"}}))
    assert (error["code"], reason_of(error)) == (400, "invalidCategoryId")


async def test_there_is_one_channel_and_it_is_mine(stage):
    [channel] = (await stage.run(stage.api.channels().list(part="id,snippet", mine=True)))["items"]
    assert channel["id"] == (await stage.insert_broadcast())["snippet"]["channelId"]


async def test_the_chat_takes_lines_until_the_broadcast_is_complete(stage):
    broadcast = await stage.insert_broadcast()
    chat_id = broadcast["snippet"]["liveChatId"]
    api = stage.api.liveChatMessages()
    body = {
        "snippet": {
            "liveChatId": chat_id,
            "type": "textMessageEvent",
            "textMessageDetails": {"messageText": "Welcome"},
        }
    }
    await stage.run(api.insert(part="snippet", body=body))
    answer = await stage.run(api.list(part="snippet", liveChatId=chat_id))
    assert [item["snippet"]["displayMessage"] for item in answer["items"]] == ["Welcome"]
    assert answer["pollingIntervalMillis"] == 5000
    later = await stage.run(api.list(part="snippet", liveChatId=chat_id, pageToken=answer["nextPageToken"]))
    assert later["items"] == []
    stage.youtube.use.transition_by_hand(broadcast["id"], "complete")
    error = await stage.refused(api.insert(part="snippet", body=body))
    assert (error["code"], reason_of(error)) == (403, "liveChatEnded")
