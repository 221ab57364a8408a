"""Where does a service fetch a picture that cannot be handed to it? Under an address that nobody guesses, for a while.

The address is the only key: it holds 256 bits of chance, is never listed, and stops working soon.
"""

import logging
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from broadcaster.ports import Clock
from broadcaster.season.errors import Refused
from broadcaster.season.frames import ENDINGS, Media

log = logging.getLogger(__name__)

LIFE = timedelta(minutes=30)
MOST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offered:
    content: bytes
    media: Media
    until: datetime


class PictureShelf:
    """Pictures that may be fetched without signing in, as ports.Shelf; `public_url` is where the internet finds us."""

    def __init__(self, *, public_url: str, clock: Clock) -> None:
        self._public_url = public_url.rstrip("/")
        self._clock = clock
        self._offered: OrderedDict[str, _Offered] = OrderedDict()

    def offer(self, content: bytes, media: Media) -> str:
        """An address that gives this content for half an hour; the oldest of too many goes first.

        Raises Refused with reason `noPublicUrl` when the panel is not offered to the internet.
        """
        if not self._public_url:
            raise Refused(
                "a picture must be fetched from the internet: set [api] public_url to where a reverse proxy offers the "
                "panel, at least its /pictures/; docs/channels.md",
                reason="noPublicUrl",
            )
        self._clear()
        while len(self._offered) >= MOST:
            self._offered.popitem(last=False)
        name = secrets.token_urlsafe(32) + ENDINGS[media]
        self._offered[name] = _Offered(content=content, media=media, until=self._clock.now() + LIFE)
        return f"{self._public_url}/pictures/{name}"

    def routes(self) -> list[web.RouteDef]:
        """The pictures."""
        return [web.get("/pictures/{name}", self._fetched)]

    async def _fetched(self, request: web.Request) -> web.Response:
        self._clear()
        found = self._offered.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        headers = {"X-Robots-Tag": "noindex"}
        return web.Response(body=found.content, content_type=found.media, headers=headers)

    def _clear(self) -> None:
        now = self._clock.now()
        for name in [name for name, each in self._offered.items() if each.until <= now]:
            del self._offered[name]
