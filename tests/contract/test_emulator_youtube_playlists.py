"""How do playlists of the emulated YouTube fill, and what do they refuse?"""

import pytest

from broadcaster.adapters.clock import ManualClock
from tests.contract.youtube_client import START, Stage, reason_of, staged


@pytest.fixture
async def stage():
    async with staged(ManualClock(START), settings={"video_delay": 0}) as stage:
        yield stage


@pytest.fixture
async def playlist_id(stage):
    body = {"snippet": {"title": "Season X"}, "status": {"privacyStatus": "unlisted"}}
    return (await stage.run(stage.api.playlists().insert(part="snippet,status", body=body)))["id"]


def adding(stage: Stage, playlist_id: str, video_id: str, **more):
    resource = {"kind": "youtube#video", "videoId": video_id}
    body = {"snippet": {"playlistId": playlist_id, "resourceId": resource, **more}}
    return stage.api.playlistItems().insert(part="snippet,contentDetails,status", body=body)


async def titles(stage: Stage, playlist_id: str) -> list[str]:
    request, found = stage.api.playlistItems().list(part="snippet", playlistId=playlist_id, maxResults=2), []
    while request is not None:
        answer = await stage.run(request)
        found += [item["snippet"]["title"] for item in answer["items"]]
        request = stage.api.playlistItems().list_next(request, answer)
    return found


async def test_videos_stand_where_they_were_put_until_they_are_taken_out(stage, playlist_id):
    ids = [(await stage.insert_broadcast(f"Day {n}"))["id"] for n in range(1, 4)]
    for video_id in ids[:2]:
        await stage.run(adding(stage, playlist_id, video_id))
    third = await stage.run(adding(stage, playlist_id, ids[2], position=0))
    assert await titles(stage, playlist_id) == ["Day 3", "Day 1", "Day 2"]
    answer = await stage.run(stage.api.playlistItems().list(part="snippet", playlistId=playlist_id, videoId=ids[1]))
    assert [item["snippet"]["position"] for item in answer["items"]] == [2]
    assert await stage.run(stage.api.playlistItems().delete(id=third["id"])) == ""
    error = await stage.refused(stage.api.playlistItems().delete(id=third["id"]))
    assert (error["code"], reason_of(error)) == (404, "playlistItemNotFound")
    await stage.run(stage.api.liveBroadcasts().delete(id=ids[0]))
    assert await titles(stage, playlist_id) == ["Deleted video", "Day 2"]
    [playlist] = (await stage.run(stage.api.playlists().list(part="snippet,contentDetails,status", mine=True)))["items"]
    assert (playlist["id"], playlist["contentDetails"]["itemCount"]) == (playlist_id, 2)
    assert playlist["status"]["privacyStatus"] == "unlisted"
    assert (await stage.state())["playlists"][0]["videos"] == ids[:2]


async def test_a_video_is_refused_a_second_time_unless_duplicates_are_allowed(stage, playlist_id):
    video_id = (await stage.insert_broadcast())["id"]
    await stage.run(adding(stage, playlist_id, video_id))
    error = await stage.refused(adding(stage, playlist_id, video_id))
    assert (error["code"], reason_of(error)) == (409, "videoAlreadyInPlaylist")
    await stage.settings(playlist_duplicates=True)
    await stage.run(adding(stage, playlist_id, video_id))
    assert len(await titles(stage, playlist_id)) == 2


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        ({"playlistId": "PLnone"}, 404, "playlistNotFound"),
        ({"playlistId": None}, 400, "playlistIdRequired"),
        ({"resourceId": None}, 400, "resourceIdRequired"),
        ({"resourceId": {"kind": "youtube#channel", "videoId": "x"}}, 400, "invalidResourceType"),
        ({"resourceId": {"kind": "youtube#video", "videoId": "nobody"}}, 404, "videoNotFound"),
        ({"position": 1}, 400, "invalidPlaylistItemPosition"),
    ],
)
async def test_what_cannot_be_put_into_a_playlist_is_refused(stage, playlist_id, change, status, reason):
    video_id = (await stage.insert_broadcast())["id"]
    snippet = {"playlistId": playlist_id, "resourceId": {"kind": "youtube#video", "videoId": video_id}} | change
    request = stage.api.playlistItems().insert(part="snippet", body={"snippet": snippet})
    error = await stage.refused(request)
    assert (error["code"], reason_of(error)) == (status, reason)
    assert await titles(stage, playlist_id) == []


async def test_a_video_that_is_late_and_a_playlist_that_is_full_are_refused(stage, playlist_id):
    await stage.settings(video_delay=9, max_playlist_items=0)
    video_id = (await stage.insert_broadcast())["id"]
    assert reason_of(await stage.refused(adding(stage, playlist_id, video_id))) == "videoNotFound"
    await stage.advance(9)
    error = await stage.refused(adding(stage, playlist_id, video_id))
    assert (error["code"], reason_of(error)) == (403, "playlistContainsMaximumNumberOfVideos")


async def test_a_playlist_of_studios_is_a_playlist_until_studio_deletes_it(stage):
    answer = await stage.control("/control/hand", json={"do": "make_playlist", "title": "By hand"})
    playlist_id = (await answer.json())["id"]
    assert await titles(stage, playlist_id) == []
    assert (await stage.control("/control/hand", json={"do": "delete_playlist", "id": playlist_id})).status == 200
    error = await stage.refused(stage.api.playlistItems().list(part="id", playlistId=playlist_id))
    assert (error["code"], reason_of(error)) == (404, "playlistNotFound")
    assert (await stage.control("/control/hand", json={"do": "delete_playlist", "id": playlist_id})).status == 400


async def test_a_playlist_needs_a_title_and_a_list_one_filter(stage):
    error = await stage.refused(stage.api.playlists().insert(part="snippet", body={"snippet": {}}))
    assert (error["code"], reason_of(error)) == (400, "playlistTitleRequired")
    assert reason_of(await stage.refused(stage.api.playlists().list(part="id"))) == "missingRequiredParameter"
    assert reason_of(await stage.refused(stage.api.playlistItems().list(part="id"))) == "missingRequiredParameter"
