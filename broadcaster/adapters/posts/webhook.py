"""How is an address of the crew's own told an announcement, so that it can know that it was us?

Signed as https://www.standardwebhooks.com/ says: HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`. The id is
the post's key, so a receiver that takes each id once may be told again. docs/channels.md shows the other side.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from broadcaster.adapters.posts.answers import No, Service, asks_to_wait, far_end_error, host_of, seconds
from broadcaster.adapters.posts.connection import Answer, Connection
from broadcaster.ports import Clock, Message, Secret
from broadcaster.season.errors import FarEndError, Refused, Unavailable

WEBHOOK = Service(
    called="the webhook",
    sign_in="the receiver does not take our signature: give both sides the same secret",
    remedies=(
        (r"\b410\b", "the receiver wants no more announcements: take the channel out of the season"),
        (r"\b404\b", "nothing receives at this address: check the channel's url"),
        (r"\b403\b", "the receiver does not take our signature: give both sides the same secret"),
        (r"\b413\b", "the receiver finds it too long: shorten the announcement, or take its picture away"),
    ),
)
PREFIX = "whsec_"
LEAST_BYTES, MOST_BYTES = 24, 64
POSTED, EDITED = "announcement.posted", "announcement.edited"


class WebhookChannel:
    """One address that is told announcements, as ports.Channel. `timeout` is in real seconds for a whole request.

    Raises ValueError, which shows no secret, for a `secret` that is none; see `signing_key`.
    """

    def __init__(self, *, name: str, url: Secret, secret: Secret, clock: Clock, timeout: float = 20.0) -> None:
        self.name = name
        self._url = url
        self._key = signing_key(secret)
        self._clock = clock
        self._connection = Connection(called=WEBHOOK.called, timeout=timeout)

    def __repr__(self) -> str:
        return f"WebhookChannel(name={self.name!r})"

    async def check(self) -> str:
        """Where the address is, without its path; asks with HEAD, which tells the receiver nothing.

        Raises Unavailable when nothing answers there, and Refused where nothing is.
        """
        host = urlsplit(self._url.reveal()).netloc.rpartition("@")[2]
        answer = await self._connection.ask(self._url.reveal(), f"{self.name}: look at {host}", method="HEAD")
        if answer.status in (404, 410):
            raise _error(f"{self.name}: look at {host}", answer)
        return f"{host} answers; whether it takes our signature is known only by posting"

    async def post(self, message: Message, *, key: str) -> str:
        """Tell of the post, under its key, and return the key as the post's id."""
        await self._tell(f"{self.name}: post", POSTED, key, key, message)
        return key

    async def find(self, message: Message, *, since: datetime, others: Collection[str]) -> str | None:
        """None: a receiver takes each id once, so it may be told again."""
        return None

    async def edit(self, post: str, message: Message) -> None:
        """Return once the receiver has taken that the post says this now."""
        # not the words' own hash: an edit back to what a post said before is an edit too
        edit = f"{post}-{int(self._clock.now().timestamp() * 1000):x}"
        await self._tell(f"{self.name}: edit the post", EDITED, edit, post, message)

    async def pin(self, post: str) -> None:
        """Raises Refused."""
        raise Refused(f"{self.name}: a webhook pins nothing", reason="noPin")

    async def _tell(self, doing: str, event: str, id: str, post: str, message: Message) -> None:
        now = self._clock.now()
        body = json.dumps(document(event, post, message, now), ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = str(int(now.timestamp()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Broadcaster",
            "webhook-id": id,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(self._key, id, timestamp, body),
        }
        answer = await self._connection.send("POST", self._url.reveal(), doing, body=body, headers=headers)
        if not answer.is_good:
            raise _error(doing, answer)


def signing_key(secret: Secret) -> bytes:
    """The bytes of `whsec_` and Base64; raises ValueError, which does not show it."""
    try:
        key = base64.b64decode(secret.reveal().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise ValueError(f"the secret is not {PREFIX} and Base64 of {LEAST_BYTES} to {MOST_BYTES} bytes")
    return key


def signature(key: bytes, id: str, timestamp: str, body: bytes) -> str:
    """The value of `webhook-signature`."""
    digest = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def document(event: str, post: str, message: Message, now: datetime) -> dict[str, Any]:
    """What the receiver is told."""
    data: dict[str, Any] = {
        "id": post,
        "text": message.text,
        "title": message.title,
        "language": message.language,
        "link": message.link,
    }
    if message.picture is not None:
        data["picture"] = {
            "media": message.picture.media,
            "about": message.picture.about,
            "base64": base64.b64encode(message.picture.content).decode(),
        }
    return {"type": event, "timestamp": now.isoformat().replace("+00:00", "Z"), "data": data}


def _error(doing: str, answer: Answer) -> FarEndError:
    wait = seconds(answer.headers.get("retry-after"))
    if answer.status == 503 and wait:
        # https://www.standardwebhooks.com/: it is overloaded, and told us when to come again
        return Unavailable(f"{doing}: the webhook {asks_to_wait(wait)} (503)", reason="503", retry_after=wait)
    said, reason = host_of(answer.headers.get("location", "")), str(answer.status)
    return far_end_error(WEBHOOK, doing, No(status=answer.status, said=said, reason=reason, wait=wait))
