"""How does one sign in to the emulated YouTube, and how long does that hold?"""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest

from broadcaster.adapters.clock import ManualClock
from tests.contract.youtube_client import BROADCASTS, START, Stage, get, reason_of, staged

FULL = "https://www.googleapis.com/auth/youtube"
READ = "https://www.googleapis.com/auth/youtube.readonly"
CLIENT = {"client_id": "c", "client_secret": "s"}
DEVICE = CLIENT | {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}
DAY = 86_400


@pytest.fixture
async def stage():
    async with staged(ManualClock(START)) as stage:
        await stage.control(
            "/control/tokens", json={"valid": False, "grant": False}
        )  # only what is issued here is good
        yield stage


async def asked(stage: Stage, path: str, **form) -> tuple[int, dict]:
    answer = await stage.control(path, data=form)
    return answer.status, await answer.json()


async def token(stage: Stage, **form) -> tuple[int, str]:
    status, body = await asked(stage, "/token", **form)
    return status, body.get("error", "")


async def device(stage: Stage, scope: str = FULL) -> dict:
    status, body = await asked(stage, "/device/code", client_id="c", scope=scope)
    assert status == 200
    return body


async def signed_in(stage: Stage, scope: str = FULL) -> dict:
    shown = await device(stage, scope)
    stage.youtube.use.approve(shown["user_code"])
    status, body = await asked(stage, "/token", **DEVICE, device_code=shown["device_code"])
    assert status == 200
    return body


async def call(stage: Stage, access_token: str) -> int:
    return (await get(stage, BROADCASTS, {"Authorization": f"Bearer {access_token}"}, part="id", mine="true"))[0]


def refreshing(tokens: dict) -> dict:
    return CLIENT | {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}


async def test_a_device_waits_until_its_owner_allows_it(stage):
    shown = await device(stage)
    assert (shown["interval"], shown["expires_in"]) == (5, 1800)
    assert shown["verification_url"] == stage.youtube.url + "/device"
    form = DEVICE | {"device_code": shown["device_code"]}
    assert await token(stage, **form) == (428, "authorization_pending")
    await stage.advance(2)
    assert await token(stage, **form) == (403, "slow_down")
    await stage.advance(5)
    assert await token(stage, **form) == (428, "authorization_pending")
    hand = {"do": "approve", "user_code": shown["user_code"].lower()}
    assert (await stage.control("/control/hand", json=hand)).status == 200
    assert (await stage.control("/control/hand", json=hand)).status == 400
    await stage.advance(5)
    status, body = await asked(stage, "/token", **form)
    assert (status, body["scope"], body["token_type"]) == (200, FULL, "Bearer")
    assert "refresh_token_expires_in" not in body
    assert await call(stage, body["access_token"]) == 200
    assert await token(stage, **form) == (400, "invalid_grant")  # it works once


async def test_a_device_that_is_denied_or_forgotten_gets_nothing(stage):
    shown = await device(stage)
    stage.youtube.use.deny(shown["user_code"])
    assert await token(stage, **DEVICE, device_code=shown["device_code"]) == (403, "access_denied")
    shown = await device(stage)
    await stage.advance(1800)
    assert await token(stage, **DEVICE, device_code=shown["device_code"]) == (400, "expired_token")
    assert (await stage.control("/control/hand", json={"do": "approve", "user_code": shown["user_code"]})).status == 400


async def test_the_page_where_the_code_is_typed_works(stage):
    shown = await device(stage)
    async with stage.session.get(shown["verification_url"]) as answer:
        assert "user_code" in await answer.text()
    form = {"user_code": shown["user_code"], "verdict": "yes"}
    async with stage.session.post(shown["verification_url"], data=form | {"user_code": "<b>"}) as answer:
        assert (answer.status, "<b>" in await answer.text()) == (400, False)
    async with stage.session.post(shown["verification_url"], data=form) as answer:
        assert answer.status == 200
    assert (await token(stage, **DEVICE, device_code=shown["device_code"]))[0] == 200


@pytest.mark.parametrize(
    ("path", "form", "refusal"),
    [
        ("/device/code", {"scope": FULL}, (400, "invalid_request")),
        ("/device/code", {"client_id": "c"}, (400, "invalid_scope")),
        ("/device/code", {"client_id": "c", "scope": FULL + ".force-ssl"}, (400, "invalid_scope")),
        ("/token", DEVICE | {"device_code": "no"}, (400, "invalid_grant")),
        ("/token", {"client_id": "c", "grant_type": DEVICE["grant_type"]}, (400, "invalid_request")),
        ("/token", CLIENT | {"grant_type": "authorization_code", "code": "no"}, (400, "invalid_grant")),
        ("/token", {"grant_type": "authorization_code", "code": "no"}, (400, "invalid_request")),
        ("/token", CLIENT | {"grant_type": "refresh_token"}, (400, "invalid_request")),
        ("/token", CLIENT | {"grant_type": "refresh_token", "refresh_token": "old"}, (400, "invalid_grant")),
        ("/token", {}, (400, "unsupported_grant_type")),
        ("/revoke", {"token": "no"}, (400, "invalid_token")),
    ],
)
async def test_a_request_for_a_token_that_makes_no_sense_is_refused(stage, path, form, refusal):
    status, body = await asked(stage, path, **form)
    assert (status, body["error"]) == refusal


async def in_browser(stage: Stage, **changes) -> tuple[int, dict]:
    query = {"client_id": "c", "redirect_uri": "http://127.0.0.1:9/done?x=1", "response_type": "code", "scope": READ}
    query = {name: value for name, value in (query | {"state": "st"} | changes).items() if value}
    address = stage.youtube.url + "/o/oauth2/v2/auth"
    async with stage.session.get(address, params=query, allow_redirects=False) as answer:
        target = urlsplit(answer.headers.get("Location", ""))
        return answer.status, {name: values[0] for name, values in parse_qs(target.query).items()}


async def test_a_browser_is_sent_back_with_a_code_that_only_the_asker_can_use(stage):
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    form = CLIENT | {"grant_type": "authorization_code", "redirect_uri": "http://127.0.0.1:9/done?x=1"}
    for changes, refusal in (
        ({"code_verifier": verifier}, (200, "")),
        ({"code_verifier": "w" * 43}, (400, "invalid_grant")),
        ({}, (400, "invalid_grant")),
        ({"code_verifier": verifier, "redirect_uri": "http://127.0.0.1:8/"}, (400, "redirect_uri_mismatch")),
        ({"code_verifier": verifier, "client_id": "other"}, (400, "invalid_grant")),
    ):
        status, back = await in_browser(stage, code_challenge=challenge, code_challenge_method="S256")
        assert (status, back["state"], back["x"], back["scope"]) == (302, "st", "1", READ)
        assert await token(stage, **form | changes, code=back["code"]) == refusal
        assert await token(stage, **form, code_verifier=verifier, code=back["code"]) == (400, "invalid_grant")


async def test_a_browser_that_says_no_and_one_that_is_asked_wrongly(stage):
    for changes in (
        {"redirect_uri": "https://example.com/"},
        {"response_type": "token"},
        {"scope": ""},
        {"client_id": ""},
        {"code_challenge": "x", "code_challenge_method": "md5"},
    ):
        assert (await in_browser(stage, **changes))[0] == 400
    await stage.settings(consent_denied=True)
    assert await in_browser(stage) == (302, {"x": "1", "state": "st", "error": "access_denied"})


async def test_a_code_for_now_brings_no_token_for_later(stage):
    _, back = await in_browser(stage, access_type="online")
    form = CLIENT | {"grant_type": "authorization_code", "redirect_uri": "http://127.0.0.1:9/done?x=1"}
    _, body = await asked(stage, "/token", **form, code=back["code"])
    assert "refresh_token" not in body


async def test_consent_in_testing_ends_after_a_week_and_says_so(stage):
    await stage.settings(consent_in_testing=True)
    tokens = await signed_in(stage)
    assert tokens["refresh_token_expires_in"] == 7 * DAY
    await stage.advance(6 * DAY)
    _, body = await asked(stage, "/token", **refreshing(tokens))
    assert body["refresh_token_expires_in"] == DAY
    await stage.advance(DAY)
    assert await token(stage, **refreshing(tokens)) == (400, "invalid_grant")
    assert await token(stage, **refreshing(await signed_in(stage))) == (200, "")
    assert [each["good"] for each in (await stage.state())["grants"] if each["scope"] == FULL] == [False, True]


async def test_consent_in_production_lasts(stage):
    tokens = await signed_in(stage)
    await stage.advance(150 * DAY)
    assert await token(stage, **refreshing(tokens)) == (200, "")


async def test_signing_in_again_heals_a_withdrawn_consent(stage):
    tokens = await signed_in(stage)
    assert (await stage.control("/control/hand", json={"do": "revoke_grant"})).status == 200
    assert await call(stage, tokens["access_token"]) == 401
    assert await token(stage, **refreshing(tokens)) == (400, "invalid_grant")
    again = await signed_in(stage)
    assert await call(stage, again["access_token"]) == 200
    assert await token(stage, **refreshing(again)) == (200, "")
    assert await token(stage, **refreshing(tokens)) == (400, "invalid_grant")


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
async def test_revoking_either_token_ends_the_consent_behind_it(stage, which):
    tokens, other = await signed_in(stage), await signed_in(stage)
    assert (await asked(stage, "/revoke", token=tokens[which]))[0] == 200
    assert await call(stage, tokens["access_token"]) == 401
    assert await token(stage, **refreshing(tokens)) == (400, "invalid_grant")
    assert await call(stage, other["access_token"]) == 200


async def test_the_oldest_of_more_than_a_hundred_consents_is_dropped_without_a_word(stage):
    first, second = await signed_in(stage), await signed_in(stage)
    for _ in range(99):
        await signed_in(stage)
    assert await token(stage, **refreshing(first)) == (400, "invalid_grant")
    assert await token(stage, **refreshing(second)) == (200, "")


async def test_a_token_to_read_cannot_write(stage):
    tokens = await signed_in(stage, READ)
    assert await call(stage, tokens["access_token"]) == 200
    stage.http.token = tokens["access_token"]
    error = await stage.refused(stage.api.liveBroadcasts().insert(part="snippet,status", body=stage.body()))
    assert (error["code"], reason_of(error)) == (403, "insufficientPermissions")
    assert (await stage.state())["inserts"] == 0


async def test_a_token_is_explained_to_whoever_holds_it(stage):
    tokens = await signed_in(stage)
    address = stage.youtube.url + "/tokeninfo"
    async with stage.session.get(address, params={"access_token": tokens["access_token"]}) as answer:
        info = await answer.json()
    assert (info["aud"], info["scope"], info["expires_in"]) == ("c", FULL, "3599")
    await stage.advance(3599)
    async with stage.session.get(address, params={"access_token": tokens["access_token"]}) as answer:
        assert (answer.status, (await answer.json())["error"]) == (400, "invalid_token")


async def test_a_client_with_the_wrong_secret_or_somebody_elses_token_is_turned_away(stage):
    tokens = await signed_in(stage)
    assert await token(stage, **refreshing(tokens) | {"client_id": "other"}) == (401, "unauthorized_client")
    await stage.settings(client_secret="right")
    assert await token(stage, **refreshing(tokens)) == (401, "invalid_client")
    assert await token(stage, **refreshing(tokens) | {"client_secret": "right"}) == (200, "")


async def test_the_sign_in_can_be_made_to_fail(stage):
    await stage.fault(kind="refuse", match="POST /device/code", status=503)
    status, body = await asked(stage, "/device/code", client_id="c", scope=FULL)
    assert (status, body["error"]) == (503, "internal_failure")
