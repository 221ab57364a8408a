"""Which playlists does the channel have, and which videos stand in them?"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from broadcaster.emulators.youtube import shapes
from broadcaster.emulators.youtube.calls import Answer, Call
from broadcaster.emulators.youtube.errors import Refusal
from broadcaster.emulators.youtube.method import (
    OWNER,
    OWNERS,
    PAGING,
    PART_ONLY,
    PARTNER_READERS,
    PARTNERS,
    Method,
)
from broadcaster.emulators.youtube.queries import FLAG, NEEDED, PART, TEXT, TEXTS, cut_page, one_filter
from broadcaster.emulators.youtube.resources import only, page, sealed, thumbnails, when
from broadcaster.emulators.youtube.state import State

PLAYLIST_PARTS = frozenset({"id", "snippet", "status", "contentDetails", "player", "localizations"})
ITEM_PARTS = frozenset({"id", "snippet", "contentDetails", "status"})


@dataclass(slots=True, kw_only=True)
class Item:
    """A video's place in a playlist."""

    id: str
    video_id: str
    added_at: datetime
    note: str = ""


@dataclass(slots=True, kw_only=True)
class Playlist:
    """One playlist, in order."""

    id: str
    title: str
    made_at: datetime
    description: str = ""
    privacy: str = "public"
    language: str = ""
    items: list[Item] = field(default_factory=list)


def make_playlist(state: State, title: str, **fields: Any) -> Playlist:
    """A new playlist; raises Refusal."""
    if not 1 <= len(title) <= 150:
        raise Refusal("playlistTitleRequired" if not title else "invalidPlaylistSnippet")
    playlist = Playlist(id="PL" + state.letters(32), title=title, made_at=state.clock.now(), **fields)
    state.playlists[playlist.id] = playlist
    return playlist


def list_playlists(call: Call) -> Answer:
    """playlists.list."""
    values, everything = call.values, call.state.playlists
    chosen = one_filter(values, ("id", "mine", "channelId"))
    found = list(everything.values())
    if chosen == "id":
        found = [everything[each] for each in values["id"] if each in everything]
    elif chosen == "channelId" and values["channelId"] != call.state.channel_id:
        raise Refusal("channelNotFound")
    items, tokens = cut_page(found, values["pageToken"], values["maxResults"])
    resources = [_playlist_resource(call.state, each, call.parts) for each in items]
    kind = "youtube#playlistListResponse"
    return page(kind, resources, tokens=tokens, total=len(found), per_page=values["maxResults"])


def insert_playlist(call: Call) -> Answer:
    """playlists.insert."""
    snippet, status = call.body.get("snippet", {}), call.body.get("status", {})
    playlist = make_playlist(
        call.state,
        snippet.get("title", ""),
        description=snippet.get("description", ""),
        privacy=status.get("privacyStatus", "public"),
        language=snippet.get("defaultLanguage", ""),
    )
    return _playlist_resource(call.state, playlist, call.parts)


def list_items(call: Call) -> Answer:
    """playlistItems.list, by playlist or by id."""
    values, state = call.values, call.state
    if one_filter(values, ("id", "playlistId")) == "id":
        places = (_find(state, each) for each in values["id"])
        found = [each for each in places if each is not None]
    else:
        playlist = _playlist(state, values["playlistId"])
        found = [(playlist, each) for each in playlist.items]
    if values["videoId"]:
        found = [(playlist, item) for playlist, item in found if item.video_id == values["videoId"]]
    places_shown, tokens = cut_page(found, values["pageToken"], values["maxResults"])
    resources = [_item_resource(state, playlist, item, call.parts) for playlist, item in places_shown]
    kind = "youtube#playlistItemListResponse"
    return page(kind, resources, tokens=tokens, total=len(found), per_page=values["maxResults"])


def insert_item(call: Call) -> Answer:
    """playlistItems.insert."""
    state, snippet = call.state, call.body.get("snippet", {})
    resource = snippet.get("resourceId", {})
    if not snippet.get("playlistId"):
        raise Refusal("playlistIdRequired")
    if not resource.get("videoId"):
        raise Refusal("resourceIdRequired")
    if resource.get("kind") != "youtube#video":
        raise Refusal("invalidResourceType")
    playlist = _playlist(state, snippet["playlistId"])
    video = state.video(resource["videoId"])
    position = snippet.get("position", len(playlist.items))
    if position > len(playlist.items):
        raise Refusal("invalidPlaylistItemPosition")
    limit = state.settings.max_playlist_items
    if limit is not None and len(playlist.items) >= limit:
        raise Refusal("playlistContainsMaximumNumberOfVideos")
    if not state.settings.playlist_duplicates and any(each.video_id == video.id for each in playlist.items):
        raise Refusal("videoAlreadyInPlaylist", "Video already in playlist.")
    note = call.body.get("contentDetails", {}).get("note", "")
    item = Item(id="UEx" + state.letters(45), video_id=video.id, added_at=state.clock.now(), note=note)
    playlist.items.insert(position, item)
    return _item_resource(state, playlist, item, call.parts)


def delete_item(call: Call) -> Answer:
    """playlistItems.delete."""
    found = _find(call.state, call.values["id"])
    if found is None:
        raise Refusal("playlistItemNotFound")
    playlist, item = found
    playlist.items.remove(item)
    return None


def _playlist(state: State, playlist_id: str) -> Playlist:
    if playlist_id not in state.playlists:
        raise Refusal("playlistNotFound")
    return state.playlists[playlist_id]


def _find(state: State, item_id: str) -> tuple[Playlist, Item] | None:
    places = ((playlist, item) for playlist in state.playlists.values() for item in playlist.items)
    return next((place for place in places if place[1].id == item_id), None)


def _playlist_resource(state: State, playlist: Playlist, parts: frozenset[str]) -> dict[str, Any]:
    snippet = {
        "publishedAt": when(playlist.made_at),
        "channelId": state.channel_id,
        "title": playlist.title,
        "description": playlist.description,
        "channelTitle": state.channel_title,
        "thumbnails": {},
        "localized": {"title": playlist.title, "description": playlist.description},
    }
    player = f'<iframe src="https://www.youtube.com/embed/videoseries?list={playlist.id}"></iframe>'
    whole = {
        "snippet": snippet | ({"defaultLanguage": playlist.language} if playlist.language else {}),
        "status": {"privacyStatus": playlist.privacy},
        "contentDetails": {"itemCount": len(playlist.items)},
        "player": {"embedHtml": player},
    }
    return sealed("youtube#playlist", {"id": playlist.id} | only(whole, parts))


def _item_resource(state: State, playlist: Playlist, item: Item, parts: frozenset[str]) -> dict[str, Any]:
    video = state.broadcasts.get(item.video_id)
    snippet: dict[str, Any] = {
        "publishedAt": when(item.added_at),
        "channelId": state.channel_id,
        "title": video.title if video else "Deleted video",
        "description": video.description if video else "This video is unavailable.",
        "thumbnails": thumbnails(video) if video else {},
        "channelTitle": state.channel_title,
        "playlistId": playlist.id,
        "position": playlist.items.index(item),
        "resourceId": {"kind": "youtube#video", "videoId": item.video_id},
    }
    details = {"videoId": item.video_id} | ({"note": item.note} if item.note else {})
    if video:
        snippet |= {"videoOwnerChannelTitle": state.channel_title, "videoOwnerChannelId": state.channel_id}
        details["videoPublishedAt"] = when(video.published_at)
    whole = {
        "snippet": snippet,
        "contentDetails": details,
        "status": {"privacyStatus": video.privacy if video else "private"},
    }
    return sealed("youtube#playlistItem", {"id": item.id} | only(whole, parts))


def _method(resource: str, name: str, verb: str, **fields: Any) -> Method:
    return Method(
        name=f"{resource}.{name}",
        verb=verb,
        path=f"/youtube/v3/{resource}",
        domain=f"youtube.{resource.removesuffix('s')}",
        help=f"v3/docs/{resource}/{name}",
        scopes=PARTNER_READERS if verb == "GET" else PARTNERS,
        **fields,
    )


METHODS: tuple[Method, ...] = (
    _method(
        "playlists",
        "list",
        "GET",
        parts=PLAYLIST_PARTS,
        parameters={"part": PART, "id": TEXTS, "mine": FLAG, "channelId": TEXT, **PAGING},
        do=list_playlists,
        ignored=frozenset({"hl"}),
        refused=OWNERS,
    ),
    _method(
        "playlists",
        "insert",
        "POST",
        parts=PLAYLIST_PARTS,
        parameters=PART_ONLY,
        do=insert_playlist,
        shape=shapes.PLAYLIST,
        refused=OWNERS,
    ),
    _method(
        "playlistItems",
        "list",
        "GET",
        parts=ITEM_PARTS,
        parameters={"part": PART, "id": TEXTS, "playlistId": TEXT, "videoId": TEXT, **PAGING},
        do=list_items,
        refused=OWNER,
    ),
    _method(
        "playlistItems",
        "insert",
        "POST",
        parts=ITEM_PARTS,
        parameters=PART_ONLY,
        do=insert_item,
        shape=shapes.PLAYLIST_ITEM,
        refused=OWNER,
    ),
    _method(
        "playlistItems",
        "delete",
        "DELETE",
        parts=frozenset(),
        parameters={"id": NEEDED},
        do=delete_item,
        refused=OWNER,
    ),
)
