"""Do clients that others wrote find in the emulated YouTube what they expect of the real one?"""

import asyncio
import io
from urllib.parse import parse_qs, urlsplit

import pytest
import pyyoutube
import requests
from aiogoogle import Aiogoogle
from aiogoogle.excs import HTTPError
from aiogoogle.resource import GoogleAPI
from pyyoutube.media import Media
from pyyoutube.models import PlaylistItem

from broadcaster.adapters.clock import ManualClock
from tests.contract.youtube_client import JPEG, PARTS, PNG, START, Stage, staged
from tests.contract.youtube_declared import discovery_document

ANYBODY = {"access_token": "any", "expires_at": "2999-01-01T00:00:00"}


@pytest.fixture
async def stage():
    async with staged(ManualClock(START), settings={"video_delay": 0}) as stage:
        yield stage


def live_api(stage: Stage) -> GoogleAPI:
    """Aiogoogle's client of the same discovery document: its own requests, its own checks of bodies and answers."""
    return GoogleAPI(discovery_document() | {"rootUrl": stage.youtube.url + "/"}, validate=True)


async def test_aiogoogle_leads_a_broadcast_through_its_whole_life(stage, tmp_path):
    api = live_api(stage)
    async with Aiogoogle(user_creds=ANYBODY) as google:
        cdn = {"frameRate": "variable", "resolution": "variable", "ingestionType": "rtmp"}
        stream = await google.as_user(
            api.liveStreams.insert(part="id,snippet,cdn,status", json={"snippet": {"title": "Main"}, "cdn": cdn})
        )
        body = stage.body() | {"contentDetails": {"enableAutoStart": False, "enableAutoStop": False}}
        made = await google.as_user(api.liveBroadcasts.insert(part=PARTS, json=body))
        await google.as_user(api.liveBroadcasts.bind(part="id", id=made["id"], streamId=stream["id"]))
        with pytest.raises(HTTPError) as caught:
            await google.as_user(api.liveBroadcasts.transition(part="id", id=made["id"], broadcastStatus="testing"))
        assert caught.value.res.content["error"]["errors"][0]["reason"] == "errorStreamInactive"
        stage.youtube.use.video_arrives(stream["cdn"]["ingestionInfo"]["streamName"])
        await stage.advance(10)
        for status in ("testing", "live", "complete"):
            await google.as_user(api.liveBroadcasts.transition(part="id", id=made["id"], broadcastStatus=status))
            await stage.advance(10)
            found = await google.as_user(api.liveBroadcasts.list(part="id,status", id=made["id"]))
            assert found["items"][0]["status"]["lifeCycleStatus"] == status
        picture = tmp_path / "thumbnail.png"
        picture.write_bytes(PNG)
        await google.as_user(api.thumbnails.set(videoId=made["id"], upload_file=str(picture)))
    assert (await stage.state())["broadcasts"][0]["thumbnailBytes"] == len(PNG)


async def test_aiogoogle_walks_all_pages(stage):
    ids = [(await stage.insert_broadcast(f"Show {n}"))["id"] for n in range(7)]
    api, found = live_api(stage), []
    async with Aiogoogle(user_creds=ANYBODY) as google:
        pages = await google.as_user(api.liveBroadcasts.list(part="id", mine=True), full_res=True)
        async for page in pages:
            found += [item["id"] for item in page["items"]]
    assert found == ids


def data_client(stage: Stage, **credentials) -> pyyoutube.Client:
    """python-youtube, pointed here."""
    client = pyyoutube.Client(client_id="c", client_secret="s", **credentials)
    client.BASE_URL = stage.youtube.url + "/youtube/v3/"
    client.BASE_UPLOAD_URL = stage.youtube.url + "/upload/youtube/v3/"
    client.AUTHORIZATION_URL = stage.youtube.url + "/o/oauth2/v2/auth"
    client.EXCHANGE_ACCESS_TOKEN_URL = stage.youtube.url + "/token"
    client.REVOKE_TOKEN_URL = stage.youtube.url + "/revoke"
    return client


async def test_python_youtube_signs_in_in_the_browser_refreshes_and_signs_out(stage, monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the emulator speaks plain HTTP
    await stage.control("/control/tokens", json={"valid": False})
    client = data_client(stage)
    scope = ["https://www.googleapis.com/auth/youtube"]

    def signs_in() -> None:
        where = {"redirect_uri": "http://127.0.0.1:1/", "scope": scope}
        page, _ = client.get_authorize_url(**where)
        sent_to = requests.get(page, allow_redirects=False, timeout=10).headers["Location"]
        assert parse_qs(urlsplit(sent_to).query)["state"] == ["Python-YouTube"]
        client.generate_access_token(authorization_response=sent_to, **where)
        assert client.channels.list(parts="snippet", mine=True).items[0].snippet.title == "Emulated channel"
        client.access_token = client.refresh_access_token(client.refresh_token).access_token
        client.channels.list(parts="snippet", mine=True)
        assert client.revoke_access_token(client.refresh_token)
        for call in (
            lambda: client.channels.list(mine=True),
            lambda: client.refresh_access_token(client.refresh_token),
        ):
            with pytest.raises(pyyoutube.PyYouTubeException):
                call()

    await asyncio.to_thread(signs_in)
    client.session.close()


async def test_python_youtube_keeps_a_video_its_thumbnail_and_its_playlist(stage):
    video_id = (await stage.insert_broadcast())["id"]
    playlist_id = stage.youtube.use.make_playlist("Season X")
    client = data_client(stage, access_token="any")

    def works() -> None:
        body = {"id": video_id, "snippet": {"title": "Replay", "categoryId": "24", "tags": ["fashion"]}}
        assert client.videos.update(body=body, parts="snippet").snippet.tags == ["fashion"]
        [video] = client.videos.list(video_id=video_id, parts=["snippet", "status", "liveStreamingDetails"]).items
        assert (video.snippet.title, video.status.privacyStatus) == ("Replay", "public")
        upload, answer = client.thumbnails.set(video_id=video_id, media=Media(io.BytesIO(JPEG), "image/jpeg")), None
        while answer is None:
            _, answer = upload.next_chunk()
        item = {"snippet": {"playlistId": playlist_id, "resourceId": {"kind": "youtube#video", "videoId": video_id}}}
        added = client.playlistItems.insert(body=item, parts="snippet")
        assert isinstance(added, PlaylistItem)
        with pytest.raises(pyyoutube.PyYouTubeException) as caught:
            client.playlistItems.insert(body=item, parts="snippet")
        assert caught.value.status_code == 409
        [listed] = client.playlistItems.list(playlist_id=playlist_id).items
        assert listed.snippet.resourceId.videoId == video_id
        client.playlistItems.delete(playlist_item_id=added.id)
        assert client.playlistItems.list(playlist_id=playlist_id).items == []
        categories = client.videoCategories.list(region_code="KZ").items
        assert "Entertainment" in [each.snippet.title for each in categories]

    await asyncio.to_thread(works)
    client.session.close()
    assert (await stage.state())["broadcasts"][0]["thumbnailBytes"] == len(JPEG)
