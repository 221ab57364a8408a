"""What may be asked of the emulated YouTube in a query, and how do lists and pages come back?"""

import pytest

from broadcaster.adapters.clock import ManualClock
from tests.contract.youtube_client import BROADCASTS, START, get, reason_of, staged


@pytest.fixture
async def stage():
    async with staged(ManualClock(START)) as stage:
        yield stage


async def test_list_next_walks_all_pages_of_five(stage):
    ids = [(await stage.insert_broadcast(f"Show {n}"))["id"] for n in range(12)]
    api = stage.api.liveBroadcasts()
    request, seen, sizes = api.list(part="id", mine=True), [], []
    while request is not None:
        answer = await stage.run(request)
        assert answer["pageInfo"] == {"totalResults": 12, "resultsPerPage": 5}
        assert answer["kind"] == "youtube#liveBroadcastListResponse"
        sizes.append(len(answer["items"]))
        seen += [item["id"] for item in answer["items"]]
        assert ("prevPageToken" in answer) == (len(sizes) > 1)
        request = api.list_next(request, answer)
    assert (sizes, seen) == ([5, 5, 2], ids)


async def test_both_encodings_of_part_and_of_id_are_understood(stage):
    ids = [(await stage.insert_broadcast())["id"] for _ in range(2)]
    answers = [
        await get(stage, BROADCASTS, part="id,status", id=",".join(ids)),
        await get(stage, BROADCASTS, part=["id", "status"], id=ids),
    ]
    assert answers[0] == answers[1]
    status, answer = answers[0]
    assert status == 200
    assert [set(item) for item in answer["items"]] == [{"kind", "etag", "id", "status"}] * 2
    assert all(len(item["etag"]) == 27 for item in answer["items"])


async def test_a_query_of_more_than_two_kilobytes_comes_as_a_post_and_is_still_a_list(stage):
    known = (await stage.insert_broadcast())["id"]
    ids = [f"unknown{n:04}" for n in range(300)] + [known]
    answer = await stage.run(stage.api.liveBroadcasts().list(part="id", id=",".join(ids)))
    assert [item["id"] for item in answer["items"]] == [known]
    assert (await stage.requests())[-1]["method"] == "POST"
    assert (await stage.state())["inserts"] == 1


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({}, "missingRequiredParameter"),
        ({"mine": "true", "id": "x"}, "incompatibleParameters"),
        ({"mine": "true", "broadcastStatus": "all"}, "incompatibleParameters"),
        ({"mine": "true", "maxResults": "51"}, "invalidParameter"),
        ({"mine": "true", "maxResults": "many"}, "invalid"),
        ({"mine": "true", "pageToken": "page2"}, "invalidPageToken"),
        ({"mine": "true", "part": "id,snipet"}, "unknownPart"),
        ({"mine": "true", "part": "cdn"}, "unexpectedPart"),
        ({"mine": "true", "part": ""}, "missingRequiredParameter"),
        ({"mine": "true", "colour": "red"}, "unexpectedParameter"),
        ({"broadcastStatus": "soon"}, "invalid"),
    ],
)
async def test_a_list_that_makes_no_sense_is_refused(stage, query, reason):
    status, answer = await get(stage, BROADCASTS, **({"part": "id"} | query))
    assert (status, reason_of(answer["error"])) == (400, reason)


async def test_a_broadcast_is_found_in_the_bucket_of_its_state_and_nowhere_else(stage):
    buckets = {
        "upcoming": ("created", "ready"),
        "active": ("testStarting", "testing", "liveStarting", "live"),
        "completed": ("complete",),
    }
    broadcast_id = (await stage.insert_broadcast())["id"]
    for bucket, statuses in buckets.items():
        for status in statuses:
            stage.youtube.use.transition_by_hand(broadcast_id, status)
            for asked in (*buckets, "all"):
                _, answer = await get(stage, BROADCASTS, part="id", broadcastStatus=asked, broadcastType="all")
                assert len(answer["items"]) == (asked in (bucket, "all")), (status, asked)


async def test_an_unknown_id_is_no_error_in_a_list(stage):
    assert (await get(stage, BROADCASTS, part="id", id="nobody"))[1]["items"] == []
    assert (await get(stage, "/youtube/v3/liveStreams", part="id", id="nobody"))[1]["items"] == []


async def test_a_stream_for_one_broadcast_is_found_by_id_only(stage):
    main = await stage.insert_stream("main")
    single = await stage.insert_stream("single", is_reusable=False)
    answer = await stage.run(stage.api.liveStreams().list(part="id,snippet", mine=True))
    assert [item["id"] for item in answer["items"]] == [main["id"]]
    answer = await stage.run(stage.api.liveStreams().list(part="id", id=single["id"]))
    assert [item["id"] for item in answer["items"]] == [single["id"]]


async def test_a_parameter_that_is_not_covered_is_refused_loudly(stage):
    request = stage.api.videos().list(part="id", chart="mostPopular")
    error = await stage.refused(request)
    assert (error["code"], reason_of(error)) == (501, "notImplemented")
