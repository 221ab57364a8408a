"""Which methods does this YouTube serve, under which address, and what does each of them do?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from broadcaster.emulators.youtube import chat, shapes, videos
from broadcaster.emulators.youtube.broadcasts import BUCKETS
from broadcaster.emulators.youtube.calls import Answer, Call
from broadcaster.emulators.youtube.queries import (
    FLAG,
    MAX_RESULTS,
    NEEDED,
    PART,
    TEXT,
    TEXTS,
    Parameter,
    cut_page,
    one_filter,
)
from broadcaster.emulators.youtube.resources import broadcast_resource, channel_resource, page, stream_resource

BROADCAST_PARTS = frozenset({"id", "snippet", "contentDetails", "status"})
STREAM_PARTS = frozenset({"id", "snippet", "cdn", "contentDetails", "status"})
VIDEO_PARTS = frozenset(
    "id snippet status contentDetails statistics liveStreamingDetails localizations player recordingDetails "
    "topicDetails fileDetails processingDetails suggestions paidProductPlacementDetails".split()
)
CHANNEL_PARTS = frozenset(
    "id snippet contentDetails statistics status brandingSettings localizations topicDetails auditDetails "
    "contentOwnerDetails".split()
)
CHAT_PARTS = frozenset({"id", "snippet", "authorDetails"})

OWNER = frozenset({"onBehalfOfContentOwner"})
OWNERS = OWNER | {"onBehalfOfContentOwnerChannel"}
PART_ONLY = {"part": PART}
PAGING = {"maxResults": MAX_RESULTS, "pageToken": TEXT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method of the API. `refused` parameters are answered with 501, `ignored` ones have no effect."""

    name: str
    verb: str
    path: str
    parts: frozenset[str]
    parameters: Mapping[str, Parameter]
    do: Callable[[Call], Answer]
    domain: str
    help: str
    shape: Mapping[str, shapes.Shape] | None = None
    """The body that it wants."""
    ignored: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()

    @property
    def is_live(self) -> bool:
        """Whether the channel must be enabled for live streaming."""
        return self.domain in ("youtube.liveBroadcast", "youtube.liveStream")


def list_broadcasts(call: Call) -> Answer:
    """liveBroadcasts.list."""
    values, everything = call.values, list(call.state.broadcasts.values())
    if values["broadcastStatus"] == "broadcastStatusFilterUnspecified":
        values["broadcastStatus"] = ""
    chosen = one_filter(values, ("broadcastStatus", "id", "mine"))
    if chosen == "id":
        found = [call.state.broadcasts[each] for each in values["id"] if each in call.state.broadcasts]
    elif values["broadcastType"] == "persistent":  # none exist any more
        found = []
    else:
        bucket = BUCKETS[values["broadcastStatus"] or "all"]
        found = [each for each in everything if each.status in bucket]
    items, tokens = cut_page(found, values["pageToken"], values["maxResults"])
    resources = [broadcast_resource(call.state, each, call.parts) for each in items]
    kind = "youtube#liveBroadcastListResponse"
    return page(kind, resources, tokens=tokens, total=len(found), per_page=values["maxResults"])


def insert_broadcast(call: Call) -> Answer:
    """liveBroadcasts.insert."""
    return broadcast_resource(call.state, call.state.insert_broadcast(call.body), call.parts)


def update_broadcast(call: Call) -> Answer:
    """liveBroadcasts.update."""
    return broadcast_resource(call.state, call.state.update_broadcast(call.body, call.parts), call.parts)


def delete_broadcast(call: Call) -> Answer:
    """liveBroadcasts.delete."""
    call.state.delete_broadcast(call.values["id"])
    return None


def bind_broadcast(call: Call) -> Answer:
    """liveBroadcasts.bind."""
    bound = call.state.bind(call.values["id"], call.values["streamId"])
    return broadcast_resource(call.state, bound, call.parts)


def transition_broadcast(call: Call) -> Answer:
    """liveBroadcasts.transition."""
    moved = call.state.transition(call.values["id"], call.values["broadcastStatus"])
    return broadcast_resource(call.state, moved, call.parts)


def list_streams(call: Call) -> Answer:
    """liveStreams.list."""
    values, everything = call.values, call.state.streams
    if one_filter(values, ("id", "mine")) == "id":
        found = [everything[each] for each in values["id"] if each in everything]
    else:
        found = [each for each in everything.values() if each.is_reusable]
    items, tokens = cut_page(found, values["pageToken"], values["maxResults"])
    resources = [stream_resource(call.state, each, call.parts, ingest=call.ingest) for each in items]
    kind = "youtube#liveStreamListResponse"
    return page(kind, resources, tokens=tokens, total=len(found), per_page=values["maxResults"])


def insert_stream(call: Call) -> Answer:
    """liveStreams.insert."""
    return stream_resource(call.state, call.state.insert_stream(call.body), call.parts, ingest=call.ingest)


def update_stream(call: Call) -> Answer:
    """liveStreams.update."""
    changed = call.state.update_stream(call.body, call.parts)
    return stream_resource(call.state, changed, call.parts, ingest=call.ingest)


def delete_stream(call: Call) -> Answer:
    """liveStreams.delete."""
    call.state.delete_stream(call.values["id"])
    return None


def list_channels(call: Call) -> Answer:
    """channels.list: there is one channel, and it is ours."""
    values, ours = call.values, call.state.channel_id
    is_ours = one_filter(values, ("id", "mine")) == "mine" or ours in values["id"]
    items = [channel_resource(call.state, call.parts)] if is_ours else []
    kind = "youtube#channelListResponse"
    return page(kind, items, tokens={}, total=len(items), per_page=values["maxResults"])


def _broadcast_method(name: str, verb: str, tail: str, do: Callable[[Call], Answer], **more: Any) -> Method:
    fields = {"parts": BROADCAST_PARTS, "parameters": PART_ONLY, "refused": OWNERS} | more
    return Method(
        name=f"liveBroadcasts.{name}",
        verb=verb,
        path=f"/youtube/v3/liveBroadcasts{tail}",
        do=do,
        domain="youtube.liveBroadcast",
        help=f"v3/live/docs/liveBroadcasts/{name}",
        **fields,
    )


def _stream_method(name: str, verb: str, do: Callable[[Call], Answer], **more: Any) -> Method:
    fields = {"parts": STREAM_PARTS, "parameters": PART_ONLY, "refused": OWNERS} | more
    return Method(
        name=f"liveStreams.{name}",
        verb=verb,
        path="/youtube/v3/liveStreams",
        do=do,
        domain="youtube.liveStream",
        help=f"v3/live/docs/liveStreams/{name}",
        **fields,
    )


def _choice(*words: str, is_required: bool = False) -> Parameter:
    return Parameter(words=frozenset(words), is_required=is_required)


LIST_BROADCASTS = {
    "part": PART,
    "broadcastStatus": _choice("broadcastStatusFilterUnspecified", "all", "active", "upcoming", "completed"),
    "broadcastType": _choice("broadcastTypeFilterUnspecified", "all", "event", "persistent"),
    "id": TEXTS,
    "mine": FLAG,
    **PAGING,
}
TRANSITION = {"part": PART, "id": NEEDED, "broadcastStatus": _choice("testing", "live", "complete", is_required=True)}

BIND_ID = Parameter(is_required=True, reason="idRequired")

METHODS: tuple[Method, ...] = (
    _broadcast_method(
        "list",
        "GET",
        "",
        list_broadcasts,
        parts=BROADCAST_PARTS | {"statistics", "monetizationDetails"},
        parameters=LIST_BROADCASTS,
    ),
    _broadcast_method("insert", "POST", "", insert_broadcast, shape=shapes.BROADCAST),
    _broadcast_method("update", "PUT", "", update_broadcast, shape=shapes.BROADCAST),
    _broadcast_method("delete", "DELETE", "", delete_broadcast, parameters={"id": NEEDED}),
    _broadcast_method(
        "bind", "POST", "/bind", bind_broadcast, parameters={"part": PART, "id": BIND_ID, "streamId": TEXT}
    ),
    _broadcast_method("transition", "POST", "/transition", transition_broadcast, parameters=TRANSITION),
    _stream_method("list", "GET", list_streams, parameters={"part": PART, "id": TEXTS, "mine": FLAG, **PAGING}),
    _stream_method("insert", "POST", insert_stream, shape=shapes.STREAM),
    _stream_method("update", "PUT", update_stream, shape=shapes.STREAM),
    _stream_method("delete", "DELETE", delete_stream, parameters={"id": NEEDED}),
    Method(
        name="videos.list",
        verb="GET",
        path="/youtube/v3/videos",
        parts=VIDEO_PARTS,
        parameters={"part": PART, "id": TEXTS, "maxResults": Parameter(bounds=(1, 50, 5)), "pageToken": TEXT},
        do=videos.list_videos,
        domain="youtube.video",
        help="v3/docs/videos/list",
        ignored=frozenset({"hl", "locale", "maxHeight", "maxWidth"}),
        refused=OWNER | {"chart", "myRating", "regionCode", "videoCategoryId"},
    ),
    Method(
        name="videos.update",
        verb="PUT",
        path="/youtube/v3/videos",
        parts=VIDEO_PARTS,
        parameters=PART_ONLY,
        do=videos.update_video,
        domain="youtube.video",
        help="v3/docs/videos/update",
        shape=shapes.VIDEO,
        refused=OWNER,
    ),
    Method(
        name="thumbnails.set",
        verb="POST",
        path="/upload/youtube/v3/thumbnails/set",
        parts=frozenset(),
        parameters={"videoId": NEEDED},
        do=videos.set_thumbnail,
        domain="youtube.thumbnail",
        help="v3/docs/thumbnails/set",
        refused=OWNER,
    ),
    Method(
        name="channels.list",
        verb="GET",
        path="/youtube/v3/channels",
        parts=CHANNEL_PARTS,
        parameters={"part": PART, "id": TEXTS, "mine": FLAG, **PAGING},
        do=list_channels,
        domain="youtube.channel",
        help="v3/docs/channels/list",
        ignored=frozenset({"hl"}),
        refused=OWNER | {"categoryId", "forHandle", "forUsername", "managedByMe", "mySubscribers"},
    ),
    Method(
        name="liveChatMessages.list",
        verb="GET",
        path="/youtube/v3/liveChat/messages",
        parts=CHAT_PARTS,
        parameters={
            "part": PART,
            "liveChatId": NEEDED,
            "maxResults": Parameter(bounds=(200, 2000, 500)),
            "pageToken": TEXT,
        },
        do=chat.list_messages,
        domain="youtube.liveChat",
        help="v3/live/docs/liveChatMessages/list",
        ignored=frozenset({"hl", "profileImageSize"}),
    ),
    Method(
        name="liveChatMessages.insert",
        verb="POST",
        path="/youtube/v3/liveChat/messages",
        parts=CHAT_PARTS,
        parameters=PART_ONLY,
        do=chat.insert_message,
        domain="youtube.liveChat",
        help="v3/live/docs/liveChatMessages/insert",
        shape=shapes.CHAT_MESSAGE,
    ),
)
