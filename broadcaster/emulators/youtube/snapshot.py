"""What does the emulated YouTube show of all that it remembers?"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from broadcaster.emulators.youtube.broadcasts import Broadcast
from broadcaster.emulators.youtube.state import State
from broadcaster.emulators.youtube.streams import Stream


def snapshot(state: State) -> Mapping[str, Any]:
    """The state as a document, settled."""
    now = state.settle()
    return {
        "channel": {"id": state.channel_id, "title": state.channel_title},
        "broadcasts": [_broadcast(state, each) for each in state.broadcasts.values()],
        "streams": [_stream(each) for each in state.streams.values()],
        "playlists": [
            {"id": each.id, "title": each.title, "videos": [item.video_id for item in each.items]}
            for each in state.playlists.values()
        ],
        "inserts": state.inserts,
        "transitions": state.transitions,
        "quota": state.quota.document(state.settings),
        "grants": [
            {
                "client_id": each.client_id,
                "scope": each.scope,
                "given_at": each.given_at,
                "ends_at": each.ends_at(state.settings),
                "good": each.is_good(now, state.settings),
            }
            for each in state.tokens.grants.values()
        ],
        "devices": [
            {"user_code": each.user_code, "expires_at": each.expires_at, "verdict": each.verdict}
            for each in state.sign_in.devices.values()
        ],
        "settings": state.settings.document(),
    }


def _broadcast(state: State, broadcast: Broadcast) -> Mapping[str, Any]:
    return {
        "id": broadcast.id,
        "title": broadcast.title,
        "description": broadcast.description,
        "privacyStatus": broadcast.privacy,
        "scheduledStartTime": broadcast.scheduled_start,
        "scheduledEndTime": broadcast.scheduled_end,
        "lifeCycleStatus": broadcast.status,
        "boundStreamId": broadcast.stream_id,
        "actualStartTime": broadcast.actual_start,
        "actualEndTime": broadcast.actual_end,
        "history": [{"at": at, "status": status} for at, status in broadcast.history],
        "contentDetails": broadcast.details,
        "categoryId": broadcast.category,
        "tags": broadcast.tags,
        "defaultLanguage": broadcast.language,
        "defaultAudioLanguage": broadcast.audio_language,
        "selfDeclaredMadeForKids": broadcast.declared_for_kids,
        "cuepoints": broadcast.cuepoints,
        "messages": [_words(each["snippet"]) for each in broadcast.messages if "deleted" not in each],
        "thumbnailBytes": broadcast.thumbnail_bytes,
        "playlists": [
            playlist.id
            for playlist in state.playlists.values()
            if any(item.video_id == broadcast.id for item in playlist.items)
        ],
    }


def _words(snippet: Mapping[str, Any]) -> str:
    if "pollDetails" in snippet:
        return str(snippet["pollDetails"]["metadata"]["questionText"])
    return str(snippet["displayMessage"])


def _stream(stream: Stream) -> Mapping[str, Any]:
    return {
        "id": stream.id,
        "title": stream.title,
        "streamName": stream.key,
        "streamStatus": stream.status,
        "health": stream.health,
        "issues": stream.issues,
        "receiving": stream.is_receiving,
        "feed": asdict(stream.feed),
    }
