"""What may be said and read in the live chat of the emulated YouTube, and how often?"""

import pytest

from broadcaster.adapters.clock import ManualClock
from tests.contract.youtube_client import PARTS, START, Stage, reason_of, staged


@pytest.fixture
async def stage():
    async with staged(ManualClock(START)) as stage:
        yield stage


class Chat:
    """The chat of one broadcast."""

    def __init__(self, stage: Stage, broadcast: dict) -> None:
        self.stage = stage
        self.broadcast_id = broadcast["id"]
        self.id = broadcast["snippet"]["liveChatId"]
        self.api = stage.api.liveChatMessages()

    def saying(self, text: str | None, **more):
        details = {} if text is None else {"textMessageDetails": {"messageText": text}}
        snippet = {"liveChatId": self.id, "type": "textMessageEvent", **details} | more
        return self.api.insert(part="snippet,authorDetails", body={"snippet": snippet})

    def reading(self, **more):
        return self.api.list(part="snippet,authorDetails", liveChatId=self.id, **more)

    async def texts(self, **more) -> list[str]:
        answer = await self.stage.run(self.reading(**more))
        return [item["snippet"]["displayMessage"] for item in answer["items"]]


@pytest.fixture
async def chat(stage):
    return Chat(stage, await stage.insert_broadcast())


async def test_lines_are_read_once_by_whoever_goes_on_from_the_last_page(stage, chat):
    await stage.run(chat.saying("Welcome"))
    first = await stage.run(chat.reading())
    assert [item["snippet"]["displayMessage"] for item in first["items"]] == ["Welcome"]
    assert first["items"][0]["authorDetails"]["isChatOwner"] is True
    assert first["pollingIntervalMillis"] == 5000
    await stage.control("/control/hand", json={"do": "say", "id": chat.broadcast_id, "text": "Hello", "author": "Ann"})
    await stage.advance(5)
    later = await stage.run(chat.reading(pageToken=first["nextPageToken"]))
    assert [(item["snippet"]["displayMessage"], item["authorDetails"]["displayName"]) for item in later["items"]] == [
        ("Hello", "Ann")
    ]
    await stage.advance(5)
    assert await chat.texts(pageToken=later["nextPageToken"]) == []


async def test_a_reader_in_a_hurry_is_refused_until_the_interval_is_over(stage, chat):
    await stage.run(chat.reading())
    await stage.advance(4)
    error = await stage.refused(chat.reading())
    assert (error["code"], reason_of(error)) == (403, "rateLimitExceeded")
    await stage.advance(1)
    await stage.run(chat.reading())
    await stage.settings(chat_polling_seconds=0)
    for _ in range(3):
        await stage.run(chat.reading())


async def test_speed_shortens_the_interval_and_says_so():
    async with staged(ManualClock(START), speed=10.0) as stage:
        chat = Chat(stage, await stage.insert_broadcast())
        assert (await stage.run(chat.reading()))["pollingIntervalMillis"] == 500
        await stage.advance(0.5)
        await stage.run(chat.reading())


async def test_a_deleted_line_is_gone_and_moves_no_page(stage, chat):
    message = await stage.run(chat.saying("Wrong"))
    token = (await stage.run(chat.reading()))["nextPageToken"]
    assert await stage.run(chat.api.delete(id=message["id"])) == ""
    error = await stage.refused(chat.api.delete(id=message["id"]))
    assert (error["code"], reason_of(error)) == (404, "liveChatMessageNotFound")
    await stage.run(chat.saying("Right"))
    await stage.advance(5)
    assert await chat.texts(pageToken=token) == ["Right"]
    await stage.advance(5)
    assert await chat.texts() == ["Right"]
    assert (await stage.state())["broadcasts"][0]["messages"] == ["Right"]


@pytest.mark.parametrize(
    ("request_of", "status", "reason"),
    [
        (lambda chat: chat.saying(None), 400, "messageTextRequired"),
        (lambda chat: chat.saying("  "), 400, "messageTextRequired"),
        (lambda chat: chat.saying("x" * 201), 400, "messageTextInvalid"),
        (lambda chat: chat.saying("x", type=None), 400, "typeRequired"),
        (lambda chat: chat.saying("x", type="superChatEvent"), 400, "invalidType"),
        (lambda chat: chat.saying("x", type="shout"), 400, "invalid"),
        (lambda chat: chat.saying("x", liveChatId=None), 400, "liveChatIdRequired"),
        (lambda chat: chat.saying("x", liveChatId="nobody"), 404, "liveChatNotFound"),
        (lambda chat: chat.api.list(part="id", liveChatId="nobody"), 404, "liveChatNotFound"),
    ],
)
async def test_what_cannot_be_said_is_refused(stage, chat, request_of, status, reason):
    error = await stage.refused(request_of(chat))
    assert (error["code"], reason_of(error)) == (status, reason)
    assert (await stage.state())["broadcasts"][0]["messages"] == []


async def test_the_longest_line_is_taken(stage, chat):
    await stage.run(chat.saying("ы" * 200))


@pytest.mark.parametrize("status", ["complete", "revoked"])
async def test_the_chat_ends_with_its_broadcast(stage, chat, status):
    stage.youtube.use.transition_by_hand(chat.broadcast_id, status)
    for request in (chat.saying("Bye"), chat.reading()):
        error = await stage.refused(request)
        assert (error["code"], reason_of(error)) == (403, "liveChatEnded")


async def test_a_chat_may_be_switched_off_and_one_for_kids_is(stage, chat):
    await stage.settings(chat_disabled=True)
    for request in (chat.saying("x"), chat.reading()):
        error = await stage.refused(request)
        assert (error["code"], reason_of(error)) == (403, "liveChatDisabled")
    await stage.settings(chat_disabled=False)
    body = stage.body() | {"status": {"privacyStatus": "public", "selfDeclaredMadeForKids": True}}
    for_kids = Chat(stage, await stage.run(stage.api.liveBroadcasts().insert(part=PARTS, body=body)))
    assert reason_of(await stage.refused(for_kids.saying("x"))) == "liveChatDisabled"
    await stage.settings(kids_have_chat=True)
    await stage.run(for_kids.saying("x"))


async def test_too_many_lines_a_minute_are_refused(stage, chat):
    await stage.settings(max_messages_a_minute=2)
    for _ in range(2):
        await stage.run(chat.saying("x"))
    error = await stage.refused(chat.saying("x"))
    assert (error["code"], reason_of(error)) == (403, "rateLimitExceeded")
    await stage.advance(60)
    await stage.run(chat.saying("x"))


async def test_a_poll_is_open_until_it_is_closed_and_there_is_only_one(stage, chat):
    options = [{"optionText": "Yes"}, {"optionText": "No"}]
    asking = chat.saying(
        None, type="pollEvent", pollDetails={"metadata": {"questionText": "Encore?", "options": options}}
    )
    poll = await stage.run(asking)
    assert poll["snippet"]["pollDetails"]["status"] == "active"
    assert (await stage.run(chat.reading()))["activePollItem"]["id"] == poll["id"]
    error = await stage.refused(asking)
    assert (error["code"], reason_of(error)) == (400, "preconditionCheckFailed")
    closed = await stage.run(chat.api.transition(id=poll["id"], status="closed"))
    assert closed["snippet"]["pollDetails"]["status"] == "closed"
    assert reason_of(await stage.refused(chat.api.transition(id=poll["id"], status="closed"))) == (
        "preconditionCheckFailed"
    )
    await stage.advance(5)
    assert "activePollItem" not in await stage.run(chat.reading())
    assert reason_of(await stage.refused(chat.api.transition(id="nobody", status="closed"))) == (
        "liveChatMessageNotFound"
    )
    assert reason_of(await stage.refused(chat.api.transition(status="closed"))) == "idRequired"
    asking = chat.saying(None, type="pollEvent", pollDetails={"metadata": {"questionText": "Encore?"}})
    assert reason_of(await stage.refused(asking)) == "preconditionCheckFailed"
