"""What may be done with an Instagram account: make a container from an address, publish it, and read it back?"""

import io
import logging
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

from broadcaster.emulators.meta.errors import GraphError, nowhere
from broadcaster.emulators.meta.state import QUOTA_SECONDS, Container, Media, MetaState
from broadcaster.ports import Clock

log = logging.getLogger(__name__)

LONGEST_CAPTION, MOST_HASHTAGS = 2200, 30
IMAGE_BYTES = 8 * 1024 * 1024
NARROWEST, WIDEST = 4 / 5, 1.91
FETCH_SECONDS = 5.0

Parameters = Mapping[str, Any]
Process = Callable[[Container], None]


class Instagram:
    """The verbs of Instagram accounts; each raises GraphError. `process` finishes a container after a while."""

    def __init__(self, state: MetaState, clock: Clock, process: Process) -> None:
        self._state = state
        self._clock = clock
        self._process = process

    async def make(self, account: str, asked: Parameters) -> dict[str, Any]:
        """POST /{account}/media: the picture is fetched at once, as any stranger would."""
        self._allow("instagram_content_publish")
        url, caption = str(asked.get("image_url", "")), str(asked.get("caption", ""))
        if not url:
            raise GraphError(100, "The parameter image_url is required")
        if len(caption.encode("utf-16-le")) // 2 > LONGEST_CAPTION or caption.count("#") > MOST_HASHTAGS:
            raise GraphError(36004, "Invalid caption", subcode=2207010, said="The caption was too long.")
        _look_at(await fetch_image(url))
        container = Container(
            id=self._state.new_id(),
            account=account,
            image_url=url,
            caption=caption,
            about=str(asked.get("alt_text", "")),
            made=self._clock.now(),
        )
        self._state.containers[container.id] = container
        self._process(container)
        return {"id": container.id}

    def publish(self, account: str, asked: Parameters) -> dict[str, Any]:
        """POST /{account}/media_publish."""
        self._allow("instagram_content_publish")
        now = self._clock.now()
        container = self._state.containers.get(str(asked.get("creation_id", "")))
        if container is None or container.account != account:
            raise GraphError(24, subcode=2207006, message="The requested resource does not exist")
        status = container.look(now)
        if status == "EXPIRED":
            raise GraphError(-2, "The media has expired", subcode=2207020)
        if status != "FINISHED":
            raise GraphError(
                9007,
                "Media ID is not available",
                subcode=2207027,
                said="The media is not ready for publishing, please wait for a moment",
            )
        if self._state.usage(account, now) >= self._state.quota_total:
            said = "You reached maximum number of posts that is allowed to be published by Content Publishing API."
            raise GraphError(9, "Application request limit reached", subcode=2207042, said=said)
        container.status_code, container.status = "PUBLISHED", "Published"
        media = Media(
            id=self._state.new_id(),
            account=account,
            caption=container.caption.strip(),
            about=container.about,
            timestamp=now,
        )
        self._state.media[media.id] = media
        return {"id": media.id}

    def look(self, container: Container) -> dict[str, Any]:
        """GET /{container}."""
        return {"id": container.id, "status_code": container.look(self._clock.now()), "status": container.status}

    def read(self, account: str) -> list[dict[str, Any]]:
        """GET /{account}/media: the newest first."""
        self._allow("instagram_basic")
        return [each.document() for each in reversed(self._state.media.values()) if each.account == account]

    def quota(self, account: str) -> list[dict[str, Any]]:
        """GET /{account}/content_publishing_limit."""
        self._allow("instagram_content_publish")
        config = {"quota_total": self._state.quota_total, "quota_duration": QUOTA_SECONDS}
        return [{"config": config, "quota_usage": self._state.usage(account, self._clock.now())}]

    def edit(self, media_id: str, asked: Parameters) -> dict[str, Any]:
        """POST /{media}: only whether it may be commented on; captions stay."""
        if media_id not in self._state.media:
            raise nowhere(media_id)
        if "comment_enabled" not in asked:
            raise GraphError(100, "The parameter comment_enabled is required")
        return {"success": True}

    def _allow(self, permission: str) -> None:
        if permission in self._state.forbidden:
            raise GraphError(10)


async def fetch_image(url: str) -> bytes:
    """What the address gives; GraphError when it gives nothing."""
    trouble = GraphError(
        9004,
        "Only photo or video can be accepted as media type.",
        subcode=2207052,
        said="The media could not be fetched from this URI.",
    )
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=FETCH_SECONDS)) as session,
            session.get(url) as response,
        ):
            if response.status != 200 or not response.content_type.startswith("image/"):
                log.info("the picture's address answers %d", response.status)
                raise trouble
            return await response.content.read(IMAGE_BYTES + 1)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        log.info("the picture's address does not answer: %s", type(error).__name__)
        raise trouble from error


def _look_at(content: bytes) -> None:
    """Take what Instagram takes: a JPEG of at most 8 MiB, between 4:5 and 1.91:1."""
    from PIL import Image, UnidentifiedImageError

    if len(content) > IMAGE_BYTES:
        raise GraphError(36000, "The image size is too large.", subcode=2207004)
    try:
        with Image.open(io.BytesIO(content)) as image:
            kind, (width, height) = image.format, image.size
    except (UnidentifiedImageError, OSError) as error:
        raise GraphError(36001, "The image format is not supported.", subcode=2207005) from error
    if kind != "JPEG":
        raise GraphError(36001, f"The image format {kind} is not supported.", subcode=2207005)
    if not NARROWEST - 0.01 <= width / height <= WIDEST + 0.01:
        raise GraphError(36003, "The submitted image with aspect ratio cannot be published.", subcode=2207009)
