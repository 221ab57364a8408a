"""Which picture was given, and does Telegram take it? An upload, an address on this machine, or a file's id.

https://core.telegram.org/bots/api#sendphoto and #sending-files.
"""

import hashlib
import io
import ipaddress
import logging
import warnings
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from broadcaster.emulators.telegram.answers import ApiError
from broadcaster.emulators.telegram.state import Photo

log = logging.getLogger(__name__)

MOST_UPLOADED, MOST_FETCHED = 10 * 1024 * 1024, 5 * 1024 * 1024
MOST_TOGETHER, MOST_RATIO = 10_000, 20
FORMATS = ("PNG", "JPEG", "WEBP")
FETCH_SECONDS = 5.0


async def photo_of(given: object, parameters: Mapping[str, Any], known: Mapping[str, Photo]) -> Photo:
    """The picture that `given` names, `known` by file id; raises ApiError for none, or one that is not taken."""
    if isinstance(given, str) and given.startswith("attach://"):
        given = parameters.get(given.removeprefix("attach://"))
    if isinstance(given, web.FileField):
        content = given.file.read()
        if len(content) > MOST_UPLOADED:
            raise ApiError(413, "Request Entity Too Large")
        return looked_at(content)
    if not isinstance(given, str) or not given:
        raise ApiError(400, "Bad Request: there is no photo in the request")
    if given.startswith(("http://", "https://")):
        return looked_at(await _fetched(given))
    if given not in known:
        raise ApiError(400, "Bad Request: wrong file identifier/HTTP URL specified")
    return known[given]


def looked_at(content: bytes) -> Photo:
    """The picture in the file; raises ApiError for what is none, or is too large or too long."""
    from PIL import Image, UnidentifiedImageError

    wrong_size = ApiError(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                width, height = image.size
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise wrong_size from error
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise ApiError(400, "Bad Request: IMAGE_PROCESS_FAILED") from error
    if width + height > MOST_TOGETHER or max(width, height) > MOST_RATIO * min(width, height):
        raise wrong_size
    id = "AgAC" + hashlib.sha256(content).hexdigest()[:40]
    return Photo(id=id, size=len(content), width=width, height=height)


async def _fetched(url: str) -> bytes:
    """What the address gives. Nothing outside of this machine is asked: there it is as for an address that is away."""
    trouble = ApiError(400, "Bad Request: failed to get HTTP URL content")
    if not _is_here(url):
        log.info("a picture's address is not this machine's: it is not fetched")
        raise trouble
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=FETCH_SECONDS)) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            if response.status != 200:
                log.info("a picture's address answers %d", response.status)
                raise trouble
            if not response.content_type.startswith("image/"):
                raise ApiError(400, "Bad Request: wrong type of the web page content")
            content = await response.content.read(MOST_FETCHED + 1)
            while len(content) <= MOST_FETCHED and (more := await response.content.read(MOST_FETCHED)):
                content += more
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        log.info("a picture's address does not answer: %s", type(error).__name__)
        raise trouble from error
    if len(content) > MOST_FETCHED:
        raise trouble
    return content


def _is_here(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
