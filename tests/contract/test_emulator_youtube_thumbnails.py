"""Which pictures does the emulated YouTube take for a thumbnail, and by which ways?"""

import pytest
from googleapiclient.http import MediaInMemoryUpload

from broadcaster.adapters.clock import ManualClock
from tests.contract.youtube_client import ANY, JPEG, PNG, START, Stage, reason_of, staged

UPLOAD = "/upload/youtube/v3/thumbnails/set"


@pytest.fixture
async def stage():
    async with staged(ManualClock(START), settings={"video_delay": 0}) as stage:
        stage.http.redirect_codes = stage.http.redirect_codes - {308}  # as the stock build_http does
        yield stage


@pytest.fixture
async def video_id(stage):
    return (await stage.insert_broadcast())["id"]


def thumbnail(stage: Stage, video_id: str, content: bytes, mimetype: str = "image/png", **more):
    media = MediaInMemoryUpload(content, mimetype=mimetype, **more)
    return stage.api.thumbnails().set(videoId=video_id, media_body=media)


async def held(stage: Stage) -> int:
    return (await stage.state())["broadcasts"][0]["thumbnailBytes"]


@pytest.mark.parametrize(
    ("content", "mimetype"),
    [(PNG, "image/png"), (JPEG, "image/jpeg"), (JPEG, "application/octet-stream")],
    ids=["png", "jpeg", "jpeg as bytes"],
)
async def test_a_picture_is_taken_at_once_and_shown_on_the_video(stage, video_id, content, mimetype):
    await stage.run(thumbnail(stage, video_id, content, mimetype))
    assert await held(stage) == len(content)
    [item] = (await stage.run(stage.api.videos().list(part="contentDetails", id=video_id)))["items"]
    assert item["contentDetails"]["hasCustomThumbnail"] is True


async def test_a_picture_may_come_piece_by_piece(stage, video_id):
    content = PNG + bytes(700_000)
    request = thumbnail(stage, video_id, content, resumable=True, chunksize=256 * 1024)
    await stage.run(request)
    assert await held(stage) == len(content)
    assert [each["status"] for each in await stage.requests()][1:] == [200, 308, 308, 200]
    assert (await stage.state())["quota"]["by_method"]["thumbnails.set"] == 50


async def test_an_interrupted_upload_goes_on_where_it_stopped(stage, video_id):
    content = PNG + bytes(600_000)
    request = thumbnail(stage, video_id, content, resumable=True, chunksize=256 * 1024)
    await stage.fault(kind="lose_refuse", match="PUT .*upload_id", status=503)
    assert (await stage.refused(request))["code"] == 503
    await stage.run(request)  # asks first how much has come
    assert await held(stage) == len(content)
    assert [each["status"] for each in await stage.requests()][1:] == [200, 503, 308, 308, 200]


async def test_the_path_that_is_declared_for_pieces_and_bodies_of_many_parts_work_too(stage, video_id):
    address = f"{stage.youtube.url}/resumable{UPLOAD}?videoId={video_id}&uploadType=resumable"
    async with stage.session.post(address, headers=ANY | {"X-Upload-Content-Type": "image/jpeg"}) as answer:
        location = answer.headers["Location"]
    async with stage.session.put(location, data=JPEG, headers=ANY) as answer:
        assert (answer.status, (await answer.json())["kind"]) == (200, "youtube#thumbnailSetResponse")
    async with stage.session.put(location, data=JPEG, headers=ANY) as answer:
        assert answer.status == 404  # it has ended
    body = (
        b"--b\r\nContent-Type: application/json\r\n\r\n{}\r\n--b\r\nContent-Type: image/png\r\n\r\n"
        + PNG
        + b"\r\n--b--"
    )
    headers = ANY | {"Content-Type": "multipart/related; boundary=b"}
    query = {"videoId": video_id, "uploadType": "multipart"}
    async with stage.session.post(stage.youtube.url + UPLOAD, params=query, data=body, headers=headers) as answer:
        assert answer.status == 200
    assert await held(stage) == len(PNG)


@pytest.mark.parametrize("resumable", [False, True])
@pytest.mark.parametrize(
    ("content", "mimetype", "status", "reason"),
    [
        (b"GIF89a" + bytes(64), "image/png", 400, "invalidImage"),
        (PNG, "image/gif", 400, "invalidImage"),
        (PNG + bytes(2 * 1024 * 1024), "image/png", 413, "uploadTooLarge"),
    ],
    ids=["gif as png", "png as gif", "too large"],
)
async def test_what_is_no_picture_or_too_large_is_refused(
    stage, video_id, content, mimetype, status, reason, resumable
):
    # The client holds mimetypes to what is declared; what it is told to send is another thing.
    request = thumbnail(stage, video_id, content, mimetype="image/png", resumable=resumable)
    if mimetype != "image/png":
        if resumable:
            request.resumable._mimetype = mimetype
        else:
            request.headers["content-type"] = mimetype
    error = await stage.refused(request)
    assert (error["code"], reason_of(error)) == (status, reason)
    assert await held(stage) == 0


async def test_an_upload_that_is_larger_than_it_said_is_refused(stage, video_id):
    query = {"videoId": video_id, "uploadType": "resumable"}
    async with stage.session.post(stage.youtube.url + UPLOAD, params=query, headers=ANY) as answer:
        location = answer.headers["Location"]
    await stage.settings(max_thumbnail_bytes=100)
    async with stage.session.put(location, data=PNG + bytes(100), headers=ANY) as answer:
        assert (answer.status, reason_of((await answer.json())["error"])) == (413, "uploadTooLarge")
    headers = ANY | {"Content-Range": "bytes 0-x/9"}
    async with stage.session.put(location, data=PNG, headers=headers) as answer:
        assert answer.status == 400


async def test_nothing_at_all_is_refused(stage, video_id):
    async with stage.session.post(stage.youtube.url + UPLOAD, params={"videoId": video_id}, headers=ANY) as answer:
        assert reason_of((await answer.json())["error"]) == "mediaBodyRequired"


@pytest.mark.parametrize("resumable", [False, True])
async def test_a_video_that_is_late_has_no_thumbnail_yet(stage, resumable):
    await stage.settings(video_delay=9)
    video_id = (await stage.insert_broadcast())["id"]
    error = await stage.refused(thumbnail(stage, video_id, PNG, resumable=resumable))
    assert (error["code"], reason_of(error)) == (404, "videoNotFound")
    assert [each["method"] for each in await stage.requests()] == ["POST", "POST"]  # no byte of it was sent in vain
    await stage.advance(9)
    await stage.run(thumbnail(stage, video_id, PNG, resumable=resumable))


async def test_a_day_has_only_so_many_thumbnails_and_some_channels_have_none(stage, video_id):
    await stage.settings(max_thumbnails_a_day=1)
    await stage.run(thumbnail(stage, video_id, PNG))
    error = await stage.refused(thumbnail(stage, video_id, JPEG, "image/jpeg"))
    assert (error["code"], reason_of(error)) == (429, "uploadRateLimitExceeded")
    await stage.advance(86_400)
    await stage.run(thumbnail(stage, video_id, JPEG, "image/jpeg"))
    await stage.settings(custom_thumbnails=False)
    error = await stage.refused(thumbnail(stage, video_id, PNG))
    assert (error["code"], reason_of(error)) == (403, "forbidden")
