"""How does the video that a broadcast is get its category, its picture, its playlist and its chat line?"""

from broadcaster.adapters.youtube.answers import refused
from broadcaster.adapters.youtube.calls import YouTubeCalls
from broadcaster.adapters.youtube.changes import (
    CHAT_PARTS,
    PLAYLIST_PARTS,
    VIDEO_PARTS,
    chat_line,
    parts_of,
    picture_kind,
    playlist_item,
    video_seen,
    video_update,
)
from broadcaster.adapters.youtube.connection import Upload
from broadcaster.ports import VideoChange
from broadcaster.season.errors import Refused
from broadcaster.show.observed import VideoSeen

MOST_PICTURE_BYTES = 2 * 1024 * 1024
IN_IT_ALREADY = frozenset({"videoAlreadyInPlaylist", "duplicate"})


class YouTubeVideos(YouTubeCalls):
    """The part of ports.Broadcasts that is about videos, playlists and the chat."""

    async def look_video(self, video_id: str) -> VideoSeen | None:
        """The video of a broadcast; None while YouTube does not show it yet."""
        doing = f"look at video {video_id}"
        item = await self._one("videos.list", doing, part=VIDEO_PARTS, id=video_id)
        with self._understanding(doing):
            return video_seen(item) if item else None

    async def update_video(self, seen: VideoSeen, change: VideoChange) -> VideoSeen:
        """Change what `change` names, of the video as it is now; nothing is sent when it is so already.

        Unavailable with the reason videoNotFound while YouTube does not show it yet.
        """
        doing = f"change video {seen.id}"
        async with self._editing:
            item = await self._one("videos.list", doing, part=VIDEO_PARTS, id=seen.id)
            if item is None:
                raise refused(f"{self.name}: {doing}", "videoNotFound")
            with self._understanding(doing):
                body = video_update(item, change, self._markers)
                if not body:
                    return video_seen(item)
            answer = await self._connection.call("videos.update", doing, part=parts_of(body), body=body)
        with self._understanding(doing, changes=True):
            # the answer has the parts that were sent; the others are as they were read
            return video_seen({**item, **answer})

    async def set_thumbnail(self, video_id: str, image: bytes) -> None:
        """Return once YouTube has taken the picture; Refused, unsent, when it is no JPEG or PNG under 2 MB."""
        doing = f"set the thumbnail of video {video_id}"
        kind = picture_kind(image)
        if not kind or len(image) > MOST_PICTURE_BYTES:
            raise refused(f"{self.name}: {doing}", "invalidImage")
        upload = Upload(content=image, kind=kind)
        await self._connection.call("thumbnails.set", doing, videoId=video_id, media_body=upload)

    async def is_in_playlist(self, playlist_id: str, video_id: str) -> bool:
        """Whether the playlist holds the video; Refused when there is no such playlist."""
        doing = f"look for video {video_id} in playlist {playlist_id}"
        items = await self._all(
            "playlistItems.list", doing, part=PLAYLIST_PARTS, playlistId=playlist_id, videoId=video_id
        )
        with self._understanding(doing):
            return any(item["snippet"]["resourceId"].get("videoId") == video_id for item in items)

    async def add_to_playlist(self, playlist_id: str, video_id: str) -> None:
        """Add the video at the end; one that is in it already is done. Sent once."""
        doing = f"add video {video_id} to playlist {playlist_id}"
        body = playlist_item(playlist_id, video_id)
        try:
            await self._connection.call("playlistItems.insert", doing, part=PLAYLIST_PARTS, body=body)
        except Refused as refusal:
            if refusal.reason not in IN_IT_ALREADY:
                raise

    async def say(self, chat_id: str, text: str) -> str:
        """Write a line into the live chat and return its id. Sent once."""
        doing = "write into the live chat"
        body = chat_line(chat_id, text)
        answer = await self._connection.call("liveChatMessages.insert", doing, part=CHAT_PARTS, body=body)
        with self._understanding(doing, changes=True):
            return str(answer["id"])
