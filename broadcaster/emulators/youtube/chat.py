"""What may be said in a broadcast's live chat, and who reads it?"""

from typing import Any

from broadcaster.emulators.youtube.broadcasts import Broadcast
from broadcaster.emulators.youtube.calls import Answer, Call
from broadcaster.emulators.youtube.errors import Refusal
from broadcaster.emulators.youtube.queries import cut_page, page_token, read_page_token
from broadcaster.emulators.youtube.resources import page, sealed, when

POLLING_MILLISECONDS = 5000


def list_messages(call: Call) -> Answer:
    """liveChatMessages.list: pages go on where the last one ended."""
    broadcast = _open_chat(call, call.values["liveChatId"])
    token = call.values["pageToken"]
    items, _ = cut_page(broadcast.messages, token, call.values["maxResults"])
    tokens = {"nextPageToken": page_token(read_page_token(token) + len(items))}  # there may always be more to come
    shown = [
        {name: value for name, value in each.items() if name in call.parts | {"kind", "etag", "id"}} for each in items
    ]
    answer = page(
        "youtube#liveChatMessageListResponse",
        shown,
        tokens=tokens,
        total=len(broadcast.messages),
        per_page=len(shown),
    )
    return answer | {"pollingIntervalMillis": POLLING_MILLISECONDS}


def insert_message(call: Call) -> Answer:
    """liveChatMessages.insert of a text."""
    snippet = call.body.get("snippet", {})
    text = snippet.get("textMessageDetails", {}).get("messageText", "")
    if not snippet.get("liveChatId"):
        raise Refusal("liveChatIdRequired")
    if not snippet.get("type"):
        raise Refusal("typeRequired")
    if not text:
        raise Refusal("messageTextRequired")
    if len(text) > 200:
        raise Refusal("messageTextInvalid")
    broadcast = _open_chat(call, snippet["liveChatId"])
    message = _message(call, broadcast, text)
    broadcast.messages.append(message)
    return {name: value for name, value in message.items() if name in call.parts | {"kind", "etag", "id"}}


def _message(call: Call, broadcast: Broadcast, text: str) -> dict[str, Any]:
    state = call.state
    fields = {
        "id": f"LCC.{broadcast.id}.{len(broadcast.messages) + 1}",
        "snippet": {
            "type": "textMessageEvent",
            "liveChatId": broadcast.chat_id,
            "authorChannelId": state.channel_id,
            "publishedAt": when(state.clock.now()),
            "hasDisplayContent": True,
            "displayMessage": text,
            "textMessageDetails": {"messageText": text},
        },
        "authorDetails": {"channelId": state.channel_id, "displayName": state.channel_title, "isChatOwner": True},
    }
    return sealed("youtube#liveChatMessage", fields)


def _open_chat(call: Call, chat_id: str) -> Broadcast:
    for broadcast in call.state.broadcasts.values():
        if broadcast.chat_id == chat_id:
            if broadcast.status == "complete":
                raise Refusal("liveChatEnded")
            return broadcast
    raise Refusal("liveChatNotFound")
