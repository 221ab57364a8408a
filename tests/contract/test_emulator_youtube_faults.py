"""What do callers of the emulated YouTube see when it is told to misbehave, and what was applied?"""

import asyncio
import http.client
from datetime import timedelta

import aiohttp
import pytest

from broadcaster.adapters.clock import ManualClock
from tests.contract.youtube_client import ANY, BROADCASTS, PARTS, START, reason_of, staged


@pytest.fixture
async def stage():
    async with staged(ManualClock(START)) as stage:
        yield stage


async def test_the_stock_client_sends_a_dropped_insert_again_and_the_emulator_counts_both(stage):
    await stage.fault(kind="lose", match="POST /youtube/v3/liveBroadcasts")
    await stage.insert_broadcast()
    assert (await stage.state())["inserts"] == 2
    assert [each["method"] for each in await stage.requests()] == ["POST", "POST"]


async def test_a_drop_applies_nothing_and_a_loss_with_refusal_applies_all(stage):
    await stage.fault(kind="drop", match="POST", times=2)
    with pytest.raises((OSError, http.client.HTTPException)):
        await stage.insert_broadcast()
    assert (await stage.state())["inserts"] == 0
    await stage.fault(kind="lose_refuse", match="POST", status=503)
    error = await stage.refused(stage.api.liveBroadcasts().insert(part=PARTS, body=stage.body()))
    assert (error["code"], reason_of(error)) == (503, "backendError")
    assert (await stage.state())["inserts"] == 1


async def test_a_refusal_by_fault_comes_in_youtubes_envelope_and_applies_nothing(stage):
    await stage.fault(kind="refuse", match="liveBroadcasts", status=403, reason="userRequestsExceedRateLimit")
    error = await stage.refused(stage.api.liveBroadcasts().insert(part=PARTS, body=stage.body()))
    assert error["errors"][0]["domain"] == "youtube.liveBroadcast"
    assert (error["code"], reason_of(error)) == (403, "userRequestsExceedRateLimit")
    assert (await stage.state())["inserts"] == 0


async def test_an_answer_may_come_after_the_callers_time_out_though_it_was_applied(stage):
    await stage.fault(kind="delay", match="POST", seconds=120)
    address, timeout = stage.youtube.url + BROADCASTS, aiohttp.ClientTimeout(total=0.2)
    with pytest.raises(asyncio.TimeoutError):
        async with stage.session.post(address, params={"part": PARTS}, json=stage.body(), headers=ANY, timeout=timeout):
            pass
    assert (await stage.state())["inserts"] == 1
    await stage.advance(120)


async def test_while_it_is_down_nobody_gets_an_answer_and_afterwards_all_is_remembered(stage):
    await stage.insert_broadcast()
    await stage.fault(kind="down", seconds=30)
    with pytest.raises((OSError, http.client.HTTPException)):
        await stage.insert_broadcast()
    assert stage.clock.now() - START < timedelta(seconds=30)
    await stage.advance(30)
    answer = await stage.run(stage.api.liveBroadcasts().list(part="id", mine=True))
    assert len(answer["items"]) == 1


async def test_the_newer_envelope_adds_status_and_details(stage):
    await stage.settings(newer_errors=True)
    error = await stage.refused(stage.api.liveBroadcasts().delete(id="nobody"))
    assert (error["status"], reason_of(error)) == ("NOT_FOUND", "liveBroadcastNotFound")
    assert error["details"][0]["@type"].endswith("google.rpc.ErrorInfo")
