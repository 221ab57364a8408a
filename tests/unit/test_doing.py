"""Is an act begun only while it is wanted, and does code that breaks at one leave the run and all other lanes alone?"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from broadcaster.season.errors import BROKEN
from broadcaster.season.plan import Lane
from broadcaster.show.orders import Order, Word
from broadcaster.show.phases import Phase
from broadcaster.show.records import FAR_END_LOST, INTENT, OUTCOME
from broadcaster.show.turn import Command
from tests.announced import MAIL, OVER, SOON, evening, world
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan
from tests.playing import SHORT, START, assert_whole, play
from tests.world import World

DUE = GO_LIVE - 15 * MINUTE


# -- an order between the decision and the act -------------------------------------------------------------------------


class Race:
    """Gives one order just as the act is begun: it waits for the journal before the act does."""

    def __init__(self, here: World, cue: str, word: Word, monkeypatch: pytest.MonkeyPatch, **more: Any) -> None:
        self.begun = 0
        self.given: list[asyncio.Task[int]] = []
        begin = here.conductor._doing.begin

        def raced(command: Command) -> None:
            if command.cue == cue:
                self.begun += 1
                if not self.given:
                    order = Order(word=word, who="Aigul", source="test", **more)
                    self.given.append(asyncio.create_task(here.conductor.order(order)))
            begin(command)

        monkeypatch.setattr(here.conductor._doing, "begin", raced)


@pytest.mark.parametrize(
    ("word", "more"),
    [
        (Word.POST, {"post": SOON.id, "act": "hold"}),
        (Word.POST, {"post": SOON.id, "act": "skip"}),
        (Word.CANCEL, {"show": "day-1"}),
        (Word.HOLD, {"lane": "posts"}),
        (Word.DELAY, {"by": "30m"}),
    ],
)
async def test_no_post_goes_out_after_the_order_that_forbids_it(
    word: Word, more: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(evening(SOON)) as here:
        race = Race(here, SOON.id, word, monkeypatch, **more)
        await here.to(GO_LIVE - 10 * MINUTE)
        await race.given[0]
        assert here.channel.posts == []
        if more.get("act") == "hold":
            await here.order(Word.POST, post=SOON.id, act="send")
            await here.to(GO_LIVE - 9 * MINUTE)
            assert len(here.channel.posts) == 1


@pytest.mark.parametrize("act", ["take", "post"])
async def test_an_order_that_changes_nothing_for_an_act_does_not_put_it_off(
    act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cue = SOON.id if act == "post" else "day-1/program/take/runway"
    async with world(evening(SOON) if act == "post" else SHORT) as here:
        race = Race(here, cue, Word.HOLD, monkeypatch, lane=Lane.GRAPHICS)
        await here.to(GO_LIVE + 3 * MINUTE)
        await race.given[0]
        assert race.begun == 1
        intents = [record for record in here.journal.of(INTENT) if record.ids["cue"] == cue]
        assert len(intents) == 1
        held = next(record for record in here.journal.records if record.data.get("verb") == "hold")
        assert held.seq < intents[0].seq


# -- code that breaks --------------------------------------------------------------------------------------------------


def breaks(
    here: World, end: Any, method: str, monkeypatch: pytest.MonkeyPatch, *, times: int, is_done: bool = True
) -> list[Any]:
    """Let the code of a far end fail that often, once it has done what was asked; the arguments of its calls."""
    here.may_break = True
    whole: Callable[..., Awaitable[Any]] = getattr(end, method)
    calls: list[Any] = []

    async def broken(*arguments: Any, **more: Any) -> Any:
        calls.append(arguments)
        answer = await whole(*arguments, **more) if is_done or len(calls) > times else None
        if len(calls) <= times:
            raise KeyError("'NoneType' object is not subscriptable")
        return answer

    monkeypatch.setattr(end, method, broken)
    return calls


async def test_a_channel_whose_code_breaks_is_looked_at_and_the_show_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with world(evening(SOON, MAIL)) as here:
        here.channel.finds = True
        breaks(here, here.channel, "post", monkeypatch, times=1)
        await here.to(DUE + SECOND)
        alert = "telegram waits for a person: our code for telegram failed (KeyError)"
        assert any(alert in said for said in here.conductor.view()["alerts"])
        assert "code_broken" in {getattr(record, "event", "") for record in caplog.records}
        await here.to(OVER)
        assert here.channel.posts == ["soon 14:00"]
        assert not any(alert in said for said in here.conductor.view()["alerts"])
        assert here.ends()[SOON.id] == here.ends()[MAIL.id] == "done"
        assert here.show().phase is Phase.DONE


async def test_people_are_asked_where_the_search_breaks_too_and_nothing_is_tried_in_a_rush(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with world(evening(SOON, MAIL)) as here:
        here.channel.finds = True
        posts = breaks(here, here.channel, "post", monkeypatch, times=99)
        looks = breaks(here, here.channel, "find", monkeypatch, times=99)
        await here.to(OVER)
        assert here.show().phase is Phase.DONE
        assert (len(posts), len(looks)) == (1, 1)
        assert any("nobody knows whether soon/telegram/en is out" in said for said in here.conductor.view()["alerts"])


@pytest.mark.parametrize(
    ("end", "method", "is_done"),
    [
        ("studio", "take", True),
        ("studio", "take", False),
        ("studio", "start_stream", True),
        ("youtube", "find", True),
        ("youtube", "create", True),
        ("youtube", "create", False),
        ("youtube", "transition", True),
        ("graphics", "show", False),
    ],
)
async def test_whichever_far_end_breaks_the_show_is_played_whole(
    end: str, method: str, is_done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with World(season_plan(SHORT), START) as here:
        breaks(here, getattr(here, end), method, monkeypatch, times=2, is_done=is_done)
        await play(here)
        assert_whole(here)
        assert here.youtube.videos[0].went_live
        assert any(record.data.get("code") == BROKEN for record in here.journal.of(OUTCOME))


async def test_a_look_that_breaks_is_told_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with World(season_plan(SHORT), START) as here:
        looks = breaks(here, here.youtube, "look", monkeypatch, times=2)
        videos = breaks(here, here.youtube, "look_video", monkeypatch, times=2)
        await play(here)
        assert_whole(here)
        assert min(len(looks), len(videos)) > 2
        assert any("our code for youtube failed (KeyError)" in str(each.data) for each in here.journal.of(FAR_END_LOST))
        assert "code_broken" in {getattr(record, "event", "") for record in caplog.records}
