"""Does an answer of no known form leave a post in doubt, rather than say that nothing is there, or break our code?"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from broadcaster.adapters.clock.adapter import ManualClock
from broadcaster.adapters.posts.connection import Answer, Connection
from broadcaster.adapters.posts.facebook import FacebookChannel
from broadcaster.adapters.posts.graph import Graph
from broadcaster.adapters.posts.instagram import InstagramChannel
from broadcaster.adapters.posts.mastodon import MastodonChannel
from broadcaster.ports import Message, Secret
from broadcaster.season.errors import Unavailable

CLOCK = ManualClock(datetime(2027, 10, 20, 12, 0, tzinfo=UTC))
TOKEN = Secret("hunter2")
DEEP = "[" * 200_000
Make = Callable[[], Any]


def facebook() -> FacebookChannel:
    return FacebookChannel(name="page", graph=Graph(called="Facebook", token=TOKEN), page="1", clock=CLOCK)


def instagram() -> InstagramChannel:
    graph, shelf = Graph(called="Instagram", token=TOKEN), object()
    return InstagramChannel(name="insta", graph=graph, account="1", shelf=shelf, clock=CLOCK)  # type: ignore[arg-type]


def mastodon() -> MastodonChannel:
    return MastodonChannel(name="toots", server="https://mastodon.test", token=TOKEN, clock=CLOCK)


def answers(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def send(*_: object, **__: object) -> Answer:
        return Answer(status=200, content=said.encode())

    monkeypatch.setattr(Connection, "send", send)


@pytest.mark.parametrize("make", [facebook, instagram])
@pytest.mark.parametrize(
    "said", ["{}", '{"data": null}', '{"data": [], "paging": "x"}', '{"data": [], "paging": {"cursors": "x"}}', DEEP]
)
async def test_what_is_no_list_is_no_proof_that_a_post_is_not_there(
    make: Make, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(said, monkeypatch)
    with pytest.raises(Unavailable, match="look for the post"):
        await make().find(Message(text="Tonight"), since=CLOCK.now(), others=())


@pytest.mark.parametrize("said", ['{"data": [1]}', '{"data": [{"config": [1]}]}', '{"data": [{"config": null}]}'])
async def test_how_many_posts_are_left_is_not_known_from_no_table(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(said, monkeypatch)
    assert await instagram().check() == "@1"


@pytest.mark.parametrize("said", ["{}", '{"media_attachments": [{}]}', '{"media_attachments": [1]}', DEEP])
async def test_an_edit_takes_no_picture_off_a_status_that_could_not_be_read(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(said, monkeypatch)
    with pytest.raises(Unavailable, match="not understood"):
        await mastodon().edit("7", Message(text="Tonight"))
