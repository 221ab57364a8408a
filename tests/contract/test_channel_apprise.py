"""Is every service behind Apprise told once, off the loop, and is it said who has it when some failed?"""

import asyncio
import sys
import traceback
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from broadcaster.adapters.clock.adapter import ScaledClock
from broadcaster.adapters.posts.apprise import AppriseChannel
from broadcaster.emulators.apprise import EmulatedNotices
from broadcaster.ports import Message, Picture, Secret
from broadcaster.season.errors import NeedsHuman, OutcomeUnknown, Refused
from tests.waiting import until

# a plugin of Apprise's looks for it, and goes on without it
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

KEY = "0123456789abcdef"
PNG = bytes.fromhex("89504e470d0a1a0a") + b"picture"


@pytest.fixture
async def services(no_leaked_tasks: None) -> AsyncIterator[EmulatedNotices]:
    before = len(asyncio.all_tasks())
    async with EmulatedNotices(ScaledClock(start=datetime(2027, 10, 20, tzinfo=UTC), speed=1)) as emulator:
        yield emulator
    # an answer that a fault delays past our time-out is still on its way to nobody
    await until(lambda: len(asyncio.all_tasks()) <= before)


def addresses(services: EmulatedNotices, *names: str) -> Secret:
    return Secret(
        "# ours\n\n" + "\n".join(f"json://crew:very-secret@127.0.0.1:{services.port}/notices/{name}" for name in names)
    )


async def test_every_service_is_told_with_title_and_picture(services: EmulatedNotices) -> None:
    channel = AppriseChannel(name="rest", urls=addresses(services, "one", "two"), timeout=5)
    assert await channel.check() == "Apprise, to JSON (line 3) and JSON (line 4), not asked"
    picture = Picture(content=PNG, about="a card", media="image/png")
    assert await channel.post(Message(text="Бүгін <b>19:00</b>", title="Сән", picture=picture), key=KEY) == KEY
    for name in ("one", "two"):
        (told,) = services.notices[name]
        assert (told["title"], told["message"]) == ("Сән", "Бүгін <b>19:00</b>")
        assert told["attachments"] == ["announcement.png"]


async def test_it_says_exactly_who_has_it_and_who_has_not(services: EmulatedNotices) -> None:
    services.room.add_fault({"kind": "refuse", "status": 403, "match": "/two"})
    services.room.add_fault({"kind": "delay", "seconds": 3, "match": "/three"})
    channel = AppriseChannel(name="rest", urls=addresses(services, "one", "two", "three"), timeout=1)
    with pytest.raises(OutcomeUnknown) as caught:
        await channel.post(Message(text="Tonight"), key=KEY)
    said = str(caught.value)
    assert "it is out to JSON (line 3)" in said and "JSON (line 4) failed" in said
    assert "JSON (line 5) did not answer in time" in said
    assert "very-secret" not in said + "".join(traceback.format_exception(caught.value))
    assert [len(services.notices[name]) for name in ("one", "three")] == [1, 1]


async def test_the_loop_goes_on_while_a_service_is_slow(services: EmulatedNotices) -> None:
    services.room.add_fault({"kind": "delay", "seconds": 1})
    channel = AppriseChannel(name="rest", urls=addresses(services, "one"), timeout=5)
    await channel.check()
    telling = asyncio.ensure_future(channel.post(Message(text="Tonight"), key=KEY))
    await until(lambda: services.room.requests)  # the service lives on this loop, and was heard meanwhile
    assert not telling.done()
    assert await telling == KEY


async def test_a_wrong_address_is_told_by_its_line_and_a_missing_library_by_its_remedy(
    services: EmulatedNotices, monkeypatch: pytest.MonkeyPatch
) -> None:
    for urls, says in ((Secret("nosuch://very-secret"), "line 1"), (Secret("# none"), "no address")):
        channel = AppriseChannel(name="rest", urls=urls)
        with pytest.raises(Refused, match=says) as caught:
            await channel.check()
        assert "very-secret" not in "".join(traceback.format_exception(caught.value))
    monkeypatch.setitem(sys.modules, "apprise", None)
    channel = AppriseChannel(name="rest", urls=addresses(services, "one"))
    with pytest.raises(NeedsHuman, match=r"broadcaster\[apprise\]"):
        await channel.post(Message(text="Tonight"), key=KEY)
    for attempt, reason in (
        (channel.find(Message(text="t"), since=datetime(2027, 10, 20, tzinfo=UTC), others=()), "noFind"),
        (channel.edit(KEY, Message(text="t")), "noEdit"),
        (channel.pin(KEY), "noPin"),
    ):
        with pytest.raises(Refused) as refused:
            await attempt
        assert refused.value.reason == reason
