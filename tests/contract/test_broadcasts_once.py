"""Is each change of a broadcast sent to YouTube once, whatever becomes of the answer?"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from broadcaster.adapters.clock.adapter import ScaledClock
from broadcaster.adapters.youtube import YouTubeBroadcasts
from broadcaster.emulators.youtube import EmulatedYouTube
from broadcaster.emulators.youtube.playlists import make_playlist
from broadcaster.ports import BroadcastChange, VideoChange
from broadcaster.season.errors import OutcomeUnknown, Unavailable
from broadcaster.show.observed import BroadcastSeen, VideoSeen
from tests.contract.broadcasts import MARKER, PNG, TIMEOUT, client, plan, sent, shown, with_video


@dataclass(frozen=True, kw_only=True)
class Write:
    """One change: how it is asked for, its request, and whether it has happened."""

    ask: Callable[[YouTubeBroadcasts], Awaitable[object]]
    request: str
    is_done: Callable[[], bool]


async def every_write(youtube: YouTubeBroadcasts, far_end: EmulatedYouTube) -> Mapping[str, Write]:
    """One of each, none of which stands in another's way."""
    state, here = far_end.state, far_end.state.broadcasts
    ready, stream = await with_video(youtube, far_end, "ready")
    plain: BroadcastSeen = await youtube.create(plan("plain"))
    unbound, unwanted = await youtube.create(plan("unbound")), await youtube.create(plan("unwanted"))
    video: VideoSeen = await shown(youtube, (await youtube.create(plan("filmed"))).id)
    playlist = make_playlist(state, "Season X")
    v3 = "/youtube/v3"
    return {
        "create": Write(
            ask=lambda youtube: youtube.create(plan()),
            request=f"POST {v3}/liveBroadcasts",
            is_done=lambda: any(MARKER in each.description for each in here.values()),
        ),
        "update": Write(
            ask=lambda youtube: youtube.update(plain, BroadcastChange(title="Renamed")),
            request=f"PUT {v3}/liveBroadcasts",
            is_done=lambda: here[plain.id].title == "Renamed",
        ),
        "bind": Write(
            ask=lambda youtube: youtube.bind(unbound.id, stream.id),
            request=f"POST {v3}/liveBroadcasts/bind",
            is_done=lambda: here[unbound.id].stream_id == stream.id,
        ),
        "transition": Write(
            ask=lambda youtube: youtube.transition(ready.id, "testing"),
            request=f"POST {v3}/liveBroadcasts/transition",
            is_done=lambda: here[ready.id].status != "ready",
        ),
        "delete": Write(
            ask=lambda youtube: youtube.delete(unwanted.id),
            request=f"DELETE {v3}/liveBroadcasts",
            is_done=lambda: unwanted.id not in here,
        ),
        "create_stream": Write(
            ask=lambda youtube: youtube.create_stream("Another"),
            request=f"POST {v3}/liveStreams",
            is_done=lambda: any(each.title == "Another" for each in state.streams.values()),
        ),
        "update_video": Write(
            ask=lambda youtube: youtube.update_video(video, VideoChange(category="24")),
            request=f"PUT {v3}/videos",
            is_done=lambda: here[video.id].category == "24",
        ),
        "set_thumbnail": Write(
            ask=lambda youtube: youtube.set_thumbnail(plain.id, PNG),
            request="POST /upload/youtube/v3/thumbnails/set",
            is_done=lambda: here[plain.id].thumbnail_bytes > 0,
        ),
        "add_to_playlist": Write(
            ask=lambda youtube: youtube.add_to_playlist(playlist.id, plain.id),
            request=f"POST {v3}/playlistItems",
            is_done=lambda: len(playlist.items) == 1,
        ),
        "say": Write(
            ask=lambda youtube: youtube.say(plain.chat_id, "Қош келдіңіз"),
            request=f"POST {v3}/liveChat/messages",
            is_done=lambda: len(here[plain.id].messages) == 1,
        ),
    }


def changes_since(far_end: EmulatedYouTube, before: int) -> list[str]:
    requests = far_end.room.requests[before:]
    return [f"{each['method']} {each['path']}" for each in requests if each["method"] != "GET"]


async def unclear(ask: Awaitable[object]) -> bool:
    try:
        await ask
    except OutcomeUnknown:
        return True
    return False


@pytest.mark.parametrize(
    ("fault", "is_done"),
    [
        ({"kind": "drop"}, False),
        ({"kind": "lose"}, True),
        ({"kind": "delay", "seconds": TIMEOUT * 1.5}, True),
        ({"kind": "refuse", "status": 500}, False),
        ({"kind": "refuse", "status": 503}, False),
        ({"kind": "lose_refuse", "status": 500}, True),
        ({"kind": "lose_refuse", "status": 503}, True),
    ],
    ids=lambda value: "-".join(str(each) for each in value.values()) if isinstance(value, dict) else str(value),
)
async def test_every_change_without_a_clear_answer_is_sent_once_and_its_outcome_unknown(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube, clock: ScaledClock, fault: dict[str, Any], is_done: bool
) -> None:
    writes = await every_write(youtube, far_end)
    before = len(far_end.room.requests)
    for write in writes.values():
        far_end.room.add_fault({**fault, "match": rf"{write.request}(\?|$)"})
    if fault["kind"] == "delay":  # a connection for each, so that they are waited for at once
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(client(far_end, clock)) for _ in writes]
            await asyncio.gather(*(each.look("nothing") for each in clients))
            asked = zip(clients, writes.values(), strict=True)
            answers = await asyncio.gather(*(unclear(write.ask(each)) for each, write in asked))
    else:
        answers = [await unclear(write.ask(youtube)) for write in writes.values()]
    assert dict(zip(writes, answers, strict=True)) == dict.fromkeys(writes, True)
    assert sorted(changes_since(far_end, before)) == sorted(write.request for write in writes.values())
    assert {name: write.is_done() for name, write in writes.items()} == dict.fromkeys(writes, is_done)


async def test_every_change_that_never_left_is_unavailable(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    writes = await every_write(youtube, far_end)
    spent = youtube.spent
    await far_end.stop()
    for write in writes.values():
        with pytest.raises(Unavailable):
            await write.ask(youtube)
    assert youtube.spent == spent


@pytest.mark.parametrize("reason", ["rateLimitExceeded", "userRequestsExceedRateLimit", "quotaExceeded"])
async def test_every_change_that_a_limit_stops_is_sent_once_and_to_be_tried_later(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube, reason: str
) -> None:
    writes = await every_write(youtube, far_end)
    before = len(far_end.room.requests)
    for write in writes.values():
        far_end.room.add_fault({"kind": "refuse", "status": 403, "reason": reason, "match": rf"{write.request}(\?|$)"})
        with pytest.raises(Unavailable) as caught:
            await write.ask(youtube)
        assert caught.value.reason == reason
        assert caught.value.retry_after > 0
    assert sorted(changes_since(far_end, before)) == sorted(write.request for write in writes.values())
    assert not any(write.is_done() for write in writes.values())


@pytest.mark.parametrize(
    ("fault", "applied"),
    [
        ({"kind": "drop"}, 0),
        ({"kind": "lose"}, 1),
        ({"kind": "delay", "seconds": TIMEOUT * 1.5}, 1),
        ({"kind": "refuse", "status": 500}, 0),
        ({"kind": "refuse", "status": 503}, 0),
        ({"kind": "lose_refuse", "status": 500}, 1),
        ({"kind": "lose_refuse", "status": 503}, 1),
    ],
    ids=lambda value: "-".join(str(each) for each in value.values()) if isinstance(value, dict) else str(value),
)
async def test_a_create_without_a_clear_answer_is_sent_once_and_found_by_its_marker(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube, fault: dict[str, Any], applied: int
) -> None:
    far_end.room.add_fault({**fault, "match": r"POST /youtube/v3/liveBroadcasts\?"})
    with pytest.raises(OutcomeUnknown):
        await youtube.create(plan())
    found = await youtube.find(MARKER)
    assert (found is not None) == bool(applied)
    assert far_end.state.inserts == applied
    assert len(sent(far_end, "/youtube/v3/liveBroadcasts")) == 1
    if found is None:
        found = await youtube.create(plan())
    assert list(far_end.state.broadcasts) == [found.id]


async def test_a_read_that_fails_is_unavailable_and_the_next_one_works(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    made = await youtube.create(plan())
    far_end.room.add_fault({"kind": "refuse", "status": 503, "match": "GET"})
    with pytest.raises(Unavailable):
        await youtube.look(made.id)
    far_end.room.add_fault({"kind": "delay", "seconds": TIMEOUT * 1.5, "match": "GET"})
    with pytest.raises(Unavailable):
        await youtube.look(made.id)
    assert await youtube.look(made.id) == made


async def test_while_youtube_is_away_nothing_is_known_and_afterwards_all_is_as_it_was(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    made = await youtube.create(plan())
    port = far_end.port
    await far_end.stop()
    with pytest.raises(Unavailable):
        await youtube.look(made.id)
    with pytest.raises(Unavailable):
        await youtube.bind(made.id, "any")
    await far_end.start(port=port)
    assert await youtube.look(made.id) == made
