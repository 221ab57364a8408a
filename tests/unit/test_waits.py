"""However long a far end asks us to wait, is nothing broken by it, and is it asked again the same evening?"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from broadcaster.adapters.clock.adapter import ManualClock
from broadcaster.adapters.posts.connection import Answer, Connection
from broadcaster.adapters.posts.discord import DiscordChannel
from broadcaster.adapters.posts.facebook import FacebookChannel
from broadcaster.adapters.posts.graph import Graph
from broadcaster.adapters.posts.mastodon import MastodonChannel
from broadcaster.adapters.posts.telegram import TelegramChannel
from broadcaster.adapters.posts.webhook import WebhookChannel
from broadcaster.adapters.youtube.oauth import Answer as SignInAnswer
from broadcaster.conductor.patience import LONGEST, after_failure
from broadcaster.ports import Message, Secret
from broadcaster.season.errors import Refused, Unavailable
from broadcaster.season.plan import Late, LateRule
from broadcaster.season.walltime import local, offset_text
from broadcaster.show.orders import Word
from tests.announced import MAIL, SOON, evening, post, world
from tests.plans import GO_LIVE, MINUTE, SECOND, ZONE

DUE = GO_LIVE - 15 * MINUTE
EARLY_THERE = local(GO_LIVE - timedelta(hours=2), ZONE)

CLOCK = ManualClock(datetime(2027, 10, 20, 12, 0, tzinfo=UTC))
TOKEN = Secret("hunter2")
DISCORD = Secret("https://discord.test/api/webhooks/1/token")
SIGNED = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLwSwMfKQ9r8GKYqr")


def telegram() -> TelegramChannel:
    return TelegramChannel(name="t", token=TOKEN, chat="@show", endpoint="https://telegram.test")


def discord() -> DiscordChannel:
    return DiscordChannel(name="fans", webhook=DISCORD)


def mastodon() -> MastodonChannel:
    return MastodonChannel(name="toots", server="https://mastodon.test", token=TOKEN, clock=CLOCK)


def webhook() -> WebhookChannel:
    return WebhookChannel(name="hook", url=Secret("https://hook.test/in"), secret=SIGNED, clock=CLOCK)


def facebook() -> FacebookChannel:
    return FacebookChannel(name="page", graph=Graph(called="Facebook", token=TOKEN), page="1", clock=CLOCK)


def usage(wait: str) -> str:
    return '{"1": [{"estimated_time_to_regain_access": ' + wait + "}]}"


@pytest.mark.parametrize("wait", ["1e12", "1e999", "-5", "NaN", '"soon"', "9" * 400, "[1]", "864000"])
@pytest.mark.parametrize("make", [telegram, discord, mastodon, webhook, facebook])
async def test_a_wait_is_bounded_wherever_it_is_read(
    make: Callable[[], Any], wait: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def send(*_: object, **__: object) -> Answer:
        body = f'{{"retry_after": {wait}, "parameters": {{"retry_after": {wait}}}, "error": {{"code": 4}}}}'
        headers = {"retry-after": wait.strip('"'), "x-business-use-case-usage": usage(wait)}
        return Answer(status=429, content=body.encode(), headers=headers)

    monkeypatch.setattr(Connection, "send", send)
    with pytest.raises(Unavailable) as caught:
        await make().post(Message(text="Tonight"), key="k")
    _, pause = after_failure(caught.value, 0, CLOCK.now(), on_stage=True)
    assert timedelta(seconds=1) <= pause <= LONGEST
    assert "e+" not in str(caught.value)


@pytest.mark.parametrize("wait", [float("inf"), float("nan"), 1e300, -1.0])
def test_no_far_end_is_left_alone_for_longer_than_an_hour(wait: float) -> None:
    _, pause = after_failure(Unavailable("later", retry_after=wait), 0, CLOCK.now(), on_stage=False)
    assert timedelta() < pause <= LONGEST


@pytest.mark.parametrize("lasts", [1e12, float("inf"), "9" * 5000])
def test_no_sign_in_lasts_longer_than_a_calendar(lasts: float | str) -> None:
    found = SignInAnswer(status=200, document={"expires_in": lasts}).seconds("expires_in")
    assert found is not None
    assert CLOCK.now() + timedelta(seconds=found) > CLOCK.now()


@pytest.mark.parametrize("to", ["https://hooks.example.org/secret", "/elsewhere", "http://[", ""])
async def test_an_address_that_has_moved_is_said_to_have_moved(to: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def send(*_: object, **__: object) -> Answer:
        return Answer(status=307, content=json.dumps({}).encode(), headers={"location": to})

    monkeypatch.setattr(Connection, "send", send)
    with pytest.raises(Refused, match="has moved: write its new address") as caught:
        await webhook().post(Message(text="Tonight"), key="k")
    assert ("hooks.example.org" in str(caught.value)) is ("example" in to)
    assert "secret" not in str(caught.value)


async def test_a_channel_that_asks_to_wait_for_days_is_told_with_until_when_and_asked_again_in_an_hour() -> None:
    patient = LateRule(grace=timedelta(hours=2), then=Late.SKIP)
    early = timedelta(hours=2)
    soon = post("soon", before=early, late=patient)
    show = evening(soon, post("more", before=early - MINUTE, late=patient), post("mail", "email", before=early))
    async with world(show, before=timedelta(hours=3)) as here:
        asked, whole = [], here.channel.post

        async def slow_down(*arguments: Any, **more: Any) -> str:
            asked.append(here.clock.now())
            if len(asked) == 1:
                raise Unavailable("telegram: Telegram asks to wait 10d", reason="429", retry_after=864000.0)
            return await whole(*arguments, **more)

        here.channel.post = slow_down  # type: ignore[method-assign]
        await here.to(soon.at + 2 * MINUTE)
        since, until = (f"{there:%H:%M} {offset_text(there)}" for there in (EARLY_THERE, EARLY_THERE + LONGEST))
        alert = (
            f"telegram has taken nothing since {since} and is asked again at {until}; "
            "posts that wait: 2 (telegram: Telegram asks to wait 10d): wait, or post by hand there and `post skip` here"
        )
        view = here.conductor.view()
        assert alert in view["alerts"]
        assert view["alerts_by_end"]["posts"] == 1
        why = {each["announcement"]: each["why"] for each in await here.conductor.posts("")}
        again = f"telegram is asked again at {until}: telegram: Telegram asks to wait 10d"
        assert (why["soon"], why["more"]) == (again, again)
        assert why["mail"].startswith("posted")
        await here.restart()
        assert alert in here.conductor.view()["alerts"]
        await here.order(Word.POST, post="day-1/posts/post/soon/telegram/en", act="skip")
        await here.settle()
        assert any("posts that wait: 1" in said for said in here.conductor.view()["alerts"])
        await here.to(soon.at + timedelta(minutes=61))
        assert len(asked) == 2
        assert asked[1] - asked[0] - LONGEST < MINUTE
        assert not any("has taken nothing" in said for said in here.conductor.view()["alerts"])


async def test_a_channel_that_is_away_is_told_once_it_has_been_for_minutes() -> None:
    async with world(evening(SOON, MAIL)) as here:

        async def away(*_: Any, **__: Any) -> str:
            raise Unavailable("telegram: Telegram cannot be reached")

        here.channel.post = away  # type: ignore[method-assign]
        await here.to(DUE + 2 * MINUTE)
        assert not any("has taken nothing" in said for said in here.conductor.view()["alerts"])
        await here.to(DUE + 4 * MINUTE)
        assert any("telegram has taken nothing since 18:45" in said for said in here.conductor.view()["alerts"])


@pytest.mark.parametrize("then", [Late.ASK, Late.SKIP])
async def test_a_post_is_late_when_its_grace_is_over_and_not_when_its_channel_is_asked_again(then: Late) -> None:
    early = post("early", before=timedelta(hours=10), late=LateRule(grace=10 * MINUTE, then=then))
    async with world(evening(early), before=timedelta(hours=11)) as here:

        async def slow_down(*_: Any, **__: Any) -> str:
            raise Unavailable("telegram: Telegram asks to wait", reason="429", retry_after=3600.0)

        here.channel.post = slow_down  # type: ignore[method-assign]
        await here.to(early.at + 12 * MINUTE)
        [listed] = await here.conductor.posts("")
        assert listed["standing"] == ("asks" if then is Late.ASK else "skipped")


async def test_what_is_sent_by_name_past_a_held_lane_waits_for_its_channel_and_is_not_held() -> None:
    async with world(evening(SOON)) as here:

        async def slow_down(*_: Any, **__: Any) -> str:
            raise Unavailable("telegram: Telegram asks to wait", reason="429", retry_after=1800.0)

        here.channel.post = slow_down  # type: ignore[method-assign]
        await here.order(Word.HOLD, lane="posts")
        await here.order(Word.POST, post=SOON.id, act="send")
        await here.to(here.clock.now() + 5 * SECOND)
        [listed] = await here.conductor.posts("")
        assert listed["standing"] == "waiting"
        assert listed["why"].startswith("telegram is asked again at ")
        assert any("posts that wait: 1" in said for said in here.conductor.view()["alerts"])
