"""Whom does the emulated YouTube let in, how often, and what does it answer the others?"""

import google.auth.exceptions
import google_auth_httplib2
import httplib2
import pytest
from google.oauth2.credentials import Credentials

from broadcaster.adapters.clock import ManualClock
from tests.contract.youtube_client import BROADCASTS, PARTS, START, Stage, get, reason_of, staged


@pytest.fixture
async def stage():
    async with staged(ManualClock(START)) as stage:
        yield stage


async def test_without_a_token_or_with_a_bad_one_the_answer_is_401(stage):
    status, answer = await get(stage, BROADCASTS, headers={}, part="id", mine="true")
    assert (status, reason_of(answer["error"])) == (401, "authorizationRequired")
    assert (await get(stage, BROADCASTS, part="id", mine="true"))[0] == 200
    assert (await stage.control("/control/tokens", json={"valid": False})).status == 200
    status, answer = await get(stage, BROADCASTS, part="id", mine="true")
    assert (status, reason_of(answer["error"])) == (401, "authError")
    assert answer["error"]["status"] == "UNAUTHENTICATED"
    assert (await stage.control("/control/tokens", json={"valid": True})).status == 200
    assert (await get(stage, BROADCASTS, part="id", mine="true"))[0] == 200
    assert (await stage.control("/control/tokens", json={"valid": "no"})).status == 400


async def refreshed(stage: Stage) -> tuple[google_auth_httplib2.AuthorizedHttp, Credentials]:
    credentials = Credentials(
        None, refresh_token="r", token_uri=stage.youtube.url + "/token", client_id="c", client_secret="s"
    )
    return google_auth_httplib2.AuthorizedHttp(credentials, http=httplib2.Http(timeout=10)), credentials


async def test_googles_own_refresh_heals_an_expired_token(stage):
    authorized, credentials = await refreshed(stage)
    request = stage.api.channels().list(part="id", mine=True)
    await stage.run(request, http=authorized)
    first = credentials.token
    stage.youtube.use.expire_tokens()
    await stage.run(stage.api.channels().list(part="id", mine=True), http=authorized)
    assert credentials.token != first
    authorized.close()


async def test_a_dead_grant_is_an_invalid_grant(stage):
    authorized, _ = await refreshed(stage)
    stage.youtube.use.revoke_grant()
    with pytest.raises(google.auth.exceptions.RefreshError) as caught:
        await stage.run(stage.api.channels().list(part="id", mine=True), http=authorized)
    assert caught.value.args[1]["error"] == "invalid_grant"
    assert caught.value.retryable is False
    authorized.close()


async def test_the_token_endpoint_can_be_made_to_fail(stage):
    await stage.fault(kind="refuse", match="POST /token", status=503)
    form = {"grant_type": "refresh_token", "refresh_token": "r", "client_id": "c"}
    answer = await stage.control("/token", data=form)
    assert (answer.status, (await answer.json())["error"]) == (503, "internal_failure")
    answer = await stage.control("/token", data=form)
    assert (answer.status, (await answer.json())["expires_in"]) == (200, 3599)
    assert (await stage.control("/token", data=form | {"grant_type": "password"})).status == 400


async def test_an_issued_token_ends_after_its_lifetime(stage):
    form = {"grant_type": "refresh_token", "refresh_token": "r", "client_id": "c"}
    token = (await (await stage.control("/token", data=form)).json())["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert (await get(stage, BROADCASTS, headers=headers, part="id", mine="true"))[0] == 200
    await stage.advance(3600)
    assert (await get(stage, BROADCASTS, headers=headers, part="id", mine="true"))[0] == 401


async def test_the_days_quota_is_spent_and_comes_back_at_midnight_in_california(stage):
    await stage.settings(quota_limit=102, quota_costs={"liveStreams.list": 2})
    await stage.insert_broadcast()  # 50
    await stage.run(stage.api.liveStreams().list(part="id", mine=True))  # 2
    await stage.refused(stage.api.liveBroadcasts().insert(part="nonsense", body=stage.body()))  # 1
    error = await stage.refused(stage.api.liveBroadcasts().insert(part=PARTS, body=stage.body()))
    assert (error["code"], reason_of(error), error["errors"][0]["domain"]) == (403, "quotaExceeded", "youtube.quota")
    quota = (await stage.state())["quota"]
    assert (quota["used"], quota["left"]) == (53, 49)
    assert quota["by_method"] == {"liveBroadcasts.insert": 51, "liveStreams.list": 2}
    assert quota["resets_at"] == "2027-10-21T07:00:00.000Z"
    await stage.advance((18 * 60 - 1) * 60)
    assert (await stage.state())["quota"]["used"] == 53
    await stage.advance(60)
    assert (await stage.state())["quota"]["used"] == 0


async def test_a_channel_that_may_not_stream_is_told_so_by_every_live_method(stage):
    await stage.settings(live_refusal="liveStreamingNotEnabled")
    for resource in (stage.api.liveBroadcasts(), stage.api.liveStreams()):
        error = await stage.refused(resource.list(part="id", mine=True))
        assert (error["code"], reason_of(error)) == (403, "liveStreamingNotEnabled")
