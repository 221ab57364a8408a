"""What may be asked of broadcasts and streams?"""

from collections.abc import Callable
from typing import Any

from broadcaster.emulators.youtube import shapes
from broadcaster.emulators.youtube.broadcasts import BUCKETS
from broadcaster.emulators.youtube.calls import Answer, Call
from broadcaster.emulators.youtube.errors import Refusal
from broadcaster.emulators.youtube.method import OWNERS, PAGING, PART_ONLY, PARTNERS, READERS, WRITERS, Method, choice
from broadcaster.emulators.youtube.queries import FLAG, NEEDED, PART, TEXT, TEXTS, Parameter, cut_page, one_filter
from broadcaster.emulators.youtube.resources import broadcast_resource, page, sealed, stream_resource

BROADCAST_PARTS = frozenset({"id", "snippet", "contentDetails", "status"})
STREAM_PARTS = frozenset({"id", "snippet", "cdn", "contentDetails", "status"})
CUEPOINT_SECONDS = 30


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


def insert_cuepoint(call: Call) -> Answer:
    """liveBroadcasts.insertCuepoint: a break for advertisements, in a broadcast that is live."""
    body = call.body
    if not call.values["id"]:
        raise Refusal("idRequired")
    broadcast = call.state.broadcast(call.values["id"])
    if "insertionOffsetTimeMs" in body and "walltimeMs" in body:
        raise Refusal("conflictingTimeFields")
    if body.get("cueType") != "cueTypeAd":
        raise Refusal("invalidCueType")
    if broadcast.status != "live":
        raise Refusal("insertionNotAllowed")
    cuepoint = {
        "id": call.state.letters(16),
        "cueType": "cueTypeAd",
        "durationSecs": body.get("durationSecs", CUEPOINT_SECONDS),
    }
    cuepoint |= {name: str(body[name]) for name in ("insertionOffsetTimeMs", "walltimeMs") if name in body}
    broadcast.cuepoints.append({"at": call.state.clock.now(), **cuepoint})
    return {name: value for name, value in sealed("", cuepoint).items() if name != "kind"}


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


def _broadcast_method(name: str, verb: str, tail: str, do: Callable[[Call], Answer], **more: Any) -> Method:
    fields = {"parts": BROADCAST_PARTS, "parameters": PART_ONLY, "refused": OWNERS, "scopes": WRITERS} | more
    return Method(
        name=f"liveBroadcasts.{name}",
        verb=verb,
        path=f"/youtube/v3/liveBroadcasts{tail}",
        do=do,
        domain="youtube.liveBroadcast",
        help=f"v3/live/docs/liveBroadcasts/{tail.removeprefix('/') or name}",
        **fields,
    )


def _stream_method(name: str, verb: str, do: Callable[[Call], Answer], **more: Any) -> Method:
    fields = {"parts": STREAM_PARTS, "parameters": PART_ONLY, "refused": OWNERS, "scopes": WRITERS} | more
    return Method(
        name=f"liveStreams.{name}",
        verb=verb,
        path="/youtube/v3/liveStreams",
        do=do,
        domain="youtube.liveStream",
        help=f"v3/live/docs/liveStreams/{name}",
        **fields,
    )


LIST_BROADCASTS = {
    "part": PART,
    "broadcastStatus": choice("broadcastStatusFilterUnspecified", "all", "active", "upcoming", "completed"),
    "broadcastType": choice("broadcastTypeFilterUnspecified", "all", "event", "persistent"),
    "id": TEXTS,
    "mine": FLAG,
    **PAGING,
}
TRANSITION = {"part": PART, "id": NEEDED, "broadcastStatus": choice("testing", "live", "complete", is_required=True)}
BIND_ID = Parameter(is_required=True, reason="idRequired")

METHODS: tuple[Method, ...] = (
    _broadcast_method(
        "list",
        "GET",
        "",
        list_broadcasts,
        parts=BROADCAST_PARTS | {"statistics", "monetizationDetails"},
        parameters=LIST_BROADCASTS,
        scopes=READERS,
    ),
    _broadcast_method("insert", "POST", "", insert_broadcast, shape=shapes.BROADCAST),
    _broadcast_method("update", "PUT", "", update_broadcast, shape=shapes.BROADCAST),
    _broadcast_method("delete", "DELETE", "", delete_broadcast, parameters={"id": NEEDED}),
    _broadcast_method(
        "bind", "POST", "/bind", bind_broadcast, parameters={"part": PART, "id": BIND_ID, "streamId": TEXT}
    ),
    _broadcast_method("transition", "POST", "/transition", transition_broadcast, parameters=TRANSITION),
    _broadcast_method(
        "insertCuepoint",
        "POST",
        "/cuepoint",
        insert_cuepoint,
        parameters={"id": TEXT, "part": TEXTS},
        shape=shapes.CUEPOINT,
        scopes=PARTNERS,
    ),
    _stream_method(
        "list", "GET", list_streams, parameters={"part": PART, "id": TEXTS, "mine": FLAG, **PAGING}, scopes=READERS
    ),
    _stream_method("insert", "POST", insert_stream, shape=shapes.STREAM),
    _stream_method("update", "PUT", update_stream, shape=shapes.STREAM),
    _stream_method("delete", "DELETE", delete_stream, parameters={"id": NEEDED}),
)
