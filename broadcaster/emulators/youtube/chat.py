"""What may be said in a broadcast's live chat, and who reads it?"""

from datetime import timedelta
from typing import Any

from broadcaster.emulators.youtube import shapes
from broadcaster.emulators.youtube.broadcasts import Broadcast
from broadcaster.emulators.youtube.calls import Answer, Call
from broadcaster.emulators.youtube.errors import Refusal
from broadcaster.emulators.youtube.method import PART_ONLY, READERS, WRITERS, Method, choice
from broadcaster.emulators.youtube.queries import NEEDED, PART, TEXT, Parameter, page_token, read_page_token
from broadcaster.emulators.youtube.quota import MINUTE
from broadcaster.emulators.youtube.resources import page, sealed, when
from broadcaster.emulators.youtube.state import State

LONGEST = 200
"""Letters of one message."""
POLL_OPTIONS = range(2, 5)
SLACK = 0.9
"""The part of the polling interval after which a reader counts as patient: timers and networks are not exact."""
PARTS = frozenset({"id", "snippet", "authorDetails"})


def list_messages(call: Call) -> Answer:
    """liveChatMessages.list: pages go on where the last one ended."""
    state, now = call.state, call.state.clock.now()
    broadcast = _open_chat(call, call.values["liveChatId"])
    interval = timedelta(seconds=state.settings.chat_polling_seconds / state.speed)
    if broadcast.chat_read_at is not None and now < broadcast.chat_read_at + interval * SLACK:
        raise Refusal("rateLimitExceeded", "The request was sent too soon after the previous request.")
    broadcast.chat_read_at = now
    begin = read_page_token(call.values["pageToken"])
    taken = broadcast.messages[begin : begin + call.values["maxResults"]]
    tokens = {"nextPageToken": page_token(begin + len(taken))}  # there may always be more to come
    shown = [_shown(each, call.parts) for each in taken if "deleted" not in each]
    answer = page(
        "youtube#liveChatMessageListResponse",
        shown,
        tokens=tokens,
        total=sum("deleted" not in each for each in broadcast.messages),
        per_page=len(shown),
    )
    answer["pollingIntervalMillis"] = round(interval.total_seconds() * 1000)
    poll = _active_poll(broadcast)
    return answer | ({"activePollItem": _shown(poll, call.parts)} if poll else {})


def insert_message(call: Call) -> Answer:
    """liveChatMessages.insert of a text or a poll."""
    snippet, state = call.body.get("snippet", {}), call.state
    if not snippet.get("liveChatId"):
        raise Refusal("liveChatIdRequired")
    kind = snippet.get("type")
    if not kind:
        raise Refusal("typeRequired")
    if kind not in ("textMessageEvent", "pollEvent"):
        raise Refusal("invalidType", f"A message of the type {kind} cannot be inserted.")
    details = _text_details(snippet) if kind == "textMessageEvent" else _poll_details(snippet)
    broadcast = _open_chat(call, snippet["liveChatId"])
    if kind == "pollEvent" and _active_poll(broadcast):
        raise Refusal("preconditionCheckFailed", "There is an active poll already.")
    limit = state.settings.max_messages_a_minute
    state.rates.spend("messages", state.clock.now(), limit=limit, within=MINUTE, reason="rateLimitExceeded")
    return _shown(write_message(state, broadcast, kind, details), call.parts)


def delete_message(call: Call) -> Answer:
    """liveChatMessages.delete."""
    _, message = _message(call.state, call.values["id"])
    message["deleted"] = True
    return None


def transition_message(call: Call) -> Answer:
    """liveChatMessages.transition: close a poll."""
    if not call.values["id"]:
        raise Refusal("idRequired")
    if call.values["status"] != "closed":
        raise Refusal("statusRequired")
    _, message = _message(call.state, call.values["id"])
    poll = message["snippet"].get("pollDetails")
    if poll is None or poll["status"] == "closed":
        raise Refusal("preconditionCheckFailed", "This is no active poll.")
    poll["status"] = "closed"
    return _shown(message, PARTS)


def write_message(
    state: State, broadcast: Broadcast, kind: str, details: dict[str, Any], *, author: str = ""
) -> dict[str, Any]:
    """Put a message into the chat, of the channel's owner or of a viewer."""
    channel_id = "UC" + state.letters(22) if author else state.channel_id
    text = details["textMessageDetails"]["messageText"] if kind == "textMessageEvent" else ""
    message = {
        "id": f"LCC.{broadcast.id}.{len(broadcast.messages) + 1}",
        "snippet": {
            "type": kind,
            "liveChatId": broadcast.chat_id,
            "authorChannelId": channel_id,
            "publishedAt": when(state.clock.now()),
            "hasDisplayContent": bool(text),
            **({"displayMessage": text} if text else {}),
            **details,
        },
        "authorDetails": {
            "channelId": channel_id,
            "displayName": author or state.channel_title,
            "isVerified": False,
            "isChatOwner": not author,
            "isChatSponsor": False,
            "isChatModerator": False,
        },
    }
    broadcast.messages.append(message)
    return message


def text_details(text: str) -> dict[str, Any]:
    """What a text message carries; raises Refusal."""
    if not text.strip():
        raise Refusal("messageTextRequired")
    if len(text) > LONGEST:
        raise Refusal("messageTextInvalid")
    return {"textMessageDetails": {"messageText": text}}


def _text_details(snippet: dict[str, Any]) -> dict[str, Any]:
    return text_details(snippet.get("textMessageDetails", {}).get("messageText", ""))


def _poll_details(snippet: dict[str, Any]) -> dict[str, Any]:
    metadata = snippet.get("pollDetails", {}).get("metadata", {})
    options = [each.get("optionText", "") if isinstance(each, dict) else "" for each in metadata.get("options", [])]
    if not metadata.get("questionText") or len(options) not in POLL_OPTIONS or not all(options):
        raise Refusal("preconditionCheckFailed", "A poll has a question and two to four options.")
    tallied = [{"optionText": text, "tally": "0"} for text in options]
    question = {"questionText": metadata["questionText"], "options": tallied}
    return {"pollDetails": {"metadata": question, "status": "active"}}


def _shown(message: dict[str, Any], parts: frozenset[str]) -> dict[str, Any]:
    return sealed("youtube#liveChatMessage", {name: message[name] for name in message if name in parts | {"id"}})


def _active_poll(broadcast: Broadcast) -> dict[str, Any] | None:
    polls = (each for each in broadcast.messages if "deleted" not in each and "pollDetails" in each["snippet"])
    return next((each for each in polls if each["snippet"]["pollDetails"]["status"] == "active"), None)


def _message(state: State, message_id: str) -> tuple[Broadcast, dict[str, Any]]:
    for broadcast in state.broadcasts.values():
        for message in broadcast.messages:
            if message["id"] == message_id and "deleted" not in message:
                return broadcast, message
    raise Refusal("liveChatMessageNotFound")


def _open_chat(call: Call, chat_id: str) -> Broadcast:
    settings = call.state.settings
    for broadcast in call.state.broadcasts.values():
        if broadcast.chat_id == chat_id:
            if broadcast.status in ("complete", "revoked"):
                raise Refusal("liveChatEnded")
            if settings.chat_disabled or (broadcast.declared_for_kids and not settings.kids_have_chat):
                raise Refusal("liveChatDisabled")
            return broadcast
    raise Refusal("liveChatNotFound")


def _method(name: str, verb: str, tail: str = "", **fields: Any) -> Method:
    return Method(
        name=f"liveChatMessages.{name}",
        verb=verb,
        path=f"/youtube/v3/liveChat/messages{tail}",
        domain="youtube.liveChat",
        help=f"v3/live/docs/liveChatMessages/{name}",
        **({"parts": PARTS, "scopes": WRITERS} | fields),
    )


METHODS: tuple[Method, ...] = (
    _method(
        "list",
        "GET",
        parameters={
            "part": PART,
            "liveChatId": NEEDED,
            "maxResults": Parameter(bounds=(200, 2000, 500)),
            "pageToken": TEXT,
            "profileImageSize": Parameter(bounds=(16, 720, 0)),
        },
        do=list_messages,
        scopes=READERS,
        ignored=frozenset({"hl"}),
    ),
    _method("insert", "POST", parameters=PART_ONLY, do=insert_message, shape=shapes.CHAT_MESSAGE),
    _method("delete", "DELETE", parameters={"id": NEEDED}, do=delete_message),
    _method(
        "transition", "POST", "/transition", parameters={"id": TEXT, "status": choice("closed")}, do=transition_message
    ),
)
