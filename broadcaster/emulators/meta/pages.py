"""What may be done with a Page: post text, links and photos, now or later, change a post, and read them back?"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp.web import FileField

from broadcaster.emulators.meta.errors import GraphError, nowhere
from broadcaster.emulators.meta.state import MetaState, Photo, Post
from broadcaster.ports import Clock

SOONEST, LATEST = timedelta(minutes=10), timedelta(days=30)
LOCKED = timedelta(minutes=3)
"""So long before it comes out a scheduled post is neither moved nor deleted any more."""
LONGEST = 63_206
DUPLICATE_WINDOW = timedelta(hours=1)
PHOTO_BYTES = 10 * 1024 * 1024

Parameters = Mapping[str, Any]


class Pages:
    """The verbs of Pages; each raises GraphError."""

    def __init__(self, state: MetaState, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def post(self, page: str, asked: Parameters) -> dict[str, Any]:
        """POST /{page}/feed."""
        self._allow("pages_manage_posts")
        now = self._clock.now()
        message, link = str(asked.get("message", "")).strip(), str(asked.get("link", "")).strip()
        photos = tuple(self._attached(page, asked))
        if not message and not link and not photos:
            raise GraphError(100, "You must provide at least one of: message, link, attached_media")
        if len(message) > LONGEST:
            raise GraphError(100, "Param message must be shorter", said="The text is too long.")
        if link and not link.startswith(("http://", "https://")):
            raise GraphError(100, "link URL is not properly formatted", subcode=1500)
        newest = next((each for each in self._state.of_page(page, now) if each.is_out(now)), None)
        is_same = newest is not None and (newest.message, newest.link) == (message, link)
        if newest is not None and is_same and not photos and now - newest.dated(now) < DUPLICATE_WINDOW:
            raise GraphError(506)
        at = _scheduled(asked, now)
        post = Post(
            id=f"{page}_{self._state.new_id()}",
            page=page,
            message=message,
            created=now,
            link=link,
            photos=photos,
            at=at,
            is_published=_is_published(asked),
        )
        self._state.posts[post.id] = post
        return {"id": post.id}

    def upload(self, page: str, asked: Parameters) -> dict[str, Any]:
        """POST /{page}/photos: `source` is the file; published, it is a post of its own."""
        self._allow("pages_manage_posts")
        source = asked.get("source")
        if not isinstance(source, FileField):
            raise GraphError(324, "Requires upload file")
        content = source.file.read()
        if not content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")):
            raise GraphError(
                100, "Invalid parameter", subcode=2069019, said="Your photos couldn't be uploaded. Try JPEG or PNG."
            )
        if len(content) > PHOTO_BYTES:
            raise GraphError(100, "Invalid parameter", subcode=1366046, said="The photo is too large.")
        photo = Photo(
            id=self._state.new_id(),
            page=page,
            size=len(content),
            digest=hashlib.sha256(content).hexdigest(),
            caption=str(asked.get("caption") or asked.get("message") or ""),
            about=str(asked.get("alt_text_custom", "")),
            is_published=_is_published(asked),
        )
        self._state.photos[photo.id] = photo
        if not photo.is_published:
            return {"id": photo.id}
        made = self.post(page, {"message": photo.caption, "attached_media": json.dumps([{"media_fbid": photo.id}])})
        return {"id": photo.id, "post_id": made["id"]}

    def edit(self, post_id: str, asked: Parameters) -> dict[str, Any]:
        """POST /{post}: its `message`, which cannot become nothing, and `scheduled_publish_time` while it waits."""
        self._allow("pages_manage_posts")
        post = self._state.posts.get(post_id)
        if post is None:
            raise nowhere(post_id)
        at, message = post.at, str(asked.get("message", "")).strip()
        if "scheduled_publish_time" in asked:
            at = self._moved(post, asked)
        elif not message:
            raise GraphError(100, "The parameter message is required")
        if "message" in asked and not message:
            raise GraphError(100, "The parameter message is required")
        if message:
            post.earlier.append(post.message)
            post.message = message
        post.at = at
        return {"success": True}

    def _moved(self, post: Post, asked: Parameters) -> datetime | None:
        """When it comes out from now on."""
        now = self._clock.now()
        if post.at is None or post.is_out(now):
            raise GraphError(100, "You cannot specify a scheduled publish time on a published post")
        if post.at - now < LOCKED:
            raise GraphError(100, "The post is too close to its scheduled publish time to be changed.")
        return _scheduled({**asked, "published": "false"}, now)

    def delete(self, post_id: str) -> dict[str, Any]:
        """DELETE /{post}."""
        self._allow("pages_manage_posts")
        post, now = self._state.posts.get(post_id), self._clock.now()
        if post is None:
            raise nowhere(post_id)
        if post.at is not None and not post.is_out(now) and post.at - now < LOCKED:
            raise GraphError(100, "The post is too close to its scheduled publish time to be deleted.")
        del self._state.posts[post_id]
        return {"success": True}

    def read(self, page: str, edge: str, asked: Parameters) -> list[dict[str, Any]]:
        """GET /{page}/feed, /posts, /published_posts or /scheduled_posts: the newest first.

        `since` and `until`, in Unix seconds or ISO 8601, bound the instant at which a post came out.
        """
        self._allow("pages_read_engagement")
        now, wants_out = self._clock.now(), edge != "scheduled_posts"
        first, last = _bound(asked, "since"), _bound(asked, "until")
        return [
            each.document(now)
            for each in self._state.of_page(page, now)
            if each.is_out(now) == wants_out
            and (wants_out or each.at is not None)
            and (first is None or each.dated(now) >= first)
            and (last is None or each.dated(now) <= last)
        ]

    def _allow(self, permission: str) -> None:
        if permission in self._state.forbidden:
            raise GraphError(
                200,
                f"If posting to a page, requires both pages_read_engagement and {permission} as an admin with "
                "sufficient administrative permission",
            )

    def _attached(self, page: str, asked: Parameters) -> list[str]:
        given = asked.get("attached_media", [])
        try:
            listed = json.loads(given) if isinstance(given, str) else given
            ids = [str(each["media_fbid"]) for each in listed]
        except (ValueError, TypeError, KeyError) as error:
            raise GraphError(100, "Invalid parameter: attached_media") from error
        for each in ids:
            if (photo := self._state.photos.get(each)) is None or photo.page != page:
                raise nowhere(each)
        return ids


def _is_published(asked: Parameters) -> bool:
    return str(asked.get("published", "true")).lower() not in ("false", "0")


def _scheduled(asked: Parameters, now: datetime) -> datetime | None:
    """`scheduled_publish_time`, in Unix seconds or ISO 8601."""
    given = asked.get("scheduled_publish_time")
    if given is None:
        return None
    if _is_published(asked):
        raise GraphError(100, "You cannot specify a scheduled publish time on a published post")
    try:
        at = _instant(given)
    except ValueError as error:
        raise GraphError(100, "The specified scheduled publish time is invalid.") from error
    if not SOONEST <= at - now <= LATEST:
        raise GraphError(100, "The specified scheduled publish time is invalid.")
    return at


def _bound(asked: Parameters, name: str) -> datetime | None:
    """One end of the time that is asked for; UNVERIFIED: in which words Meta refuses one that is no time."""
    if name not in asked:
        return None
    try:
        return _instant(asked[name])
    except ValueError as error:
        raise GraphError(100, f"The parameter {name} is no time") from error


def _instant(given: object) -> datetime:
    """Raises ValueError for what is neither Unix seconds nor ISO 8601 with an offset."""
    text = str(given)
    try:
        at = datetime.fromtimestamp(int(text), UTC) if text.isdecimal() else datetime.fromisoformat(text)
    except OverflowError as error:
        raise ValueError(f"{text} is too far away") from error
    if at.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return at
