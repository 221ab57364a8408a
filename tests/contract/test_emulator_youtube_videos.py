"""How does the emulated YouTube show a broadcast as a video, with its channel and its chat?"""

import pytest
from googleapiclient.http import MediaInMemoryUpload

from broadcaster.adapters.clock import ManualClock
from tests.contract.youtube_client import PARTS, PNG, START, reason_of, staged


@pytest.fixture
async def stage():
    async with staged(ManualClock(START)) as stage:
        yield stage


async def test_the_video_appears_some_seconds_after_the_broadcast(stage):
    await stage.settings(video_delay=5)
    video_id = (await stage.insert_broadcast())["id"]
    body = {"id": video_id, "snippet": {"title": "New", "categoryId": "24", "tags": ["fashion"]}}
    update = stage.api.videos().update(part="snippet", body=body)
    image = MediaInMemoryUpload(PNG, mimetype="image/png")
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


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": "x" * 101}, "invalidTitle"),
        ({"title": "a > b"}, "invalidTitle"),
        ({"description": "<b>bold</b>"}, "invalidDescription"),
        ({"description": "ы" * 2501}, "invalidDescription"),
        ({"categoryId": "21"}, "invalidCategoryId"),
        ({"categoryId": "Fashion"}, "invalidCategoryId"),
        ({"tags": ["x" * 501]}, "invalidTags"),
        ({"tags": ["two words"] * 42}, "invalidTags"),  # 42 x (9 + 2) + 41 commas = 503
        ({"tags": ["a<b"]}, "invalidTags"),
        ({"defaultLanguage": "english"}, "invalidVideoMetadata"),
        ({"tags": "fashion"}, "invalid"),
    ],
)
async def test_a_video_update_that_youtube_would_not_take_changes_nothing(stage, changes, reason):
    await stage.settings(video_delay=0)
    video_id = (await stage.insert_broadcast())["id"]
    body = {"id": video_id, "snippet": {"title": "New", "categoryId": "24"} | changes}
    error = await stage.refused(stage.api.videos().update(part="snippet", body=body))
    assert (error["code"], reason_of(error)) == (400, reason)
    assert (await stage.look(video_id))["snippet"]["title"] == "Opening night"


async def test_everything_that_a_video_update_may_write_is_read_back(stage):
    await stage.settings(video_delay=0)
    video_id = (await stage.insert_broadcast())["id"]
    body = {
        "id": video_id,
        "snippet": {
            "title": "New",
            "categoryId": "24",
            "description": "0:00 Opening\n5:00 Runway\n9:00 End",
            "tags": ["two words"] * 41,
            "defaultLanguage": "kk",
            "defaultAudioLanguage": "zh-Hans",
        },
        "status": {
            "privacyStatus": "private",
            "publishAt": "2027-10-21T13:00:00Z",
            "embeddable": False,
            "license": "creativeCommon",
            "publicStatsViewable": False,
            "selfDeclaredMadeForKids": False,
            "containsSyntheticMedia": True,
        },
        "localizations": {"ru": {"title": "Новое", "description": "Слова"}},
        "recordingDetails": {"recordingDate": "2027-10-20T00:00:00Z", "locationDescription": "Taraz"},
        "paidProductPlacementDetails": {"hasPaidProductPlacement": True},
    }
    parts = ",".join(set(body) - {"id"})
    await stage.run(stage.api.videos().update(part=parts, body=body))
    [item] = (await stage.run(stage.api.videos().list(part=parts + ",player", id=video_id)))["items"]
    for part in set(body) - {"id"}:
        assert item[part] | body[part] == item[part], part
    body["status"]["privacyStatus"] = "public"
    error = await stage.refused(stage.api.videos().update(part="status", body=body))
    assert reason_of(error) == "invalidPublishAt"
    body = {"id": video_id, "snippet": {"title": "New", "categoryId": "24"}, "localizations": body["localizations"]}
    error = await stage.refused(stage.api.videos().update(part="snippet,localizations", body=body))
    assert reason_of(error) == "defaultLanguageNotSet"
    error = await stage.refused(stage.api.videos().update(part="statistics", body=body))
    assert reason_of(error) == "unexpectedPart"


async def test_the_categories_say_into_which_a_video_may_be_put(stage):
    api = stage.api.videoCategories()
    items = (await stage.run(api.list(part="snippet", regionCode="KZ")))["items"]
    titles = {item["id"]: item["snippet"]["title"] for item in items if item["snippet"]["assignable"]}
    assert (titles["24"], "21" in titles) == ("Entertainment", False)
    [item] = (await stage.run(api.list(part="snippet", id="22")))["items"]
    assert item["snippet"]["title"] == "People & Blogs"
    assert reason_of(await stage.refused(api.list(part="snippet", id="999"))) == "videoCategoryNotFound"
    assert reason_of(await stage.refused(api.list(part="snippet", regionCode="Kazakhstan"))) == "invalidRegionCode"
