"""How does an announcement come to stand in a Discord channel? The port, in the words of Discord's webhooks.

https://docs.discord.com/developers/resources/webhook: Execute Webhook and Edit Webhook Message. Formatting is escaped,
so that a post shows what was written, and nobody is mentioned, whatever a name looks like.
"""

import json
import re
from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from broadcaster.adapters.posts.answers import No, Service, far_end_error, not_understood, seconds
from broadcaster.adapters.posts.connection import Answer, Connection, Part, picture_part
from broadcaster.ports import Message, Picture, Secret
from broadcaster.season.channels import plain_discord
from broadcaster.season.errors import FarEndError, Refused

DISCORD = Service(
    called="Discord",
    sign_in="Discord does not take the webhook's token: copy the webhook's URL anew",
    remedies=(
        (r"\b10015\b", "somebody has deleted the webhook: make another in the channel's settings, Integrations"),
        (r"\b50027\b", "the webhook's URL is not right: copy it anew from the channel's settings, Integrations"),
        (r"\b10008\b", "somebody has deleted the post"),
        (r"\b50006\b", "give the announcement a text"),
        (r"2000 or fewer", "shorten the announcement to 2000 characters"),
        (r"\b40005\b|too large", "give the announcement a smaller picture"),
        (r"\b(50001|50013)\b", "give the webhook's role the right to send messages in the channel"),
    ),
)
WEBHOOK = re.compile(r"/api(/v\d+)?/webhooks/(?P<id>\d{1,20})/(?P<token>[\w-]+)/?")
VERSION = "v10"
NOBODY: dict[str, list[str]] = {"parse": []}


class DiscordChannel:
    """One Discord channel that a webhook posts to, as ports.Channel. `timeout` is in real seconds for a whole post.

    `webhook` is its URL, as Discord shows it. Raises ValueError, which does not show it, for one that is none.
    """

    def __init__(self, *, name: str, webhook: Secret, timeout: float = 20.0) -> None:
        self.name = name
        self._url = Secret(_versioned(webhook))
        self._connection = Connection(called=DISCORD.called, timeout=timeout)

    def __repr__(self) -> str:
        return f"DiscordChannel(name={self.name!r})"

    async def check(self) -> str:
        """What the webhook is called; posts nothing. Raises Unavailable, Refused or NeedsHuman."""
        doing = f"{self.name}: look at the webhook"
        answer = await self._connection.ask(self._url.reveal(), doing)
        if not answer.is_good:
            raise _error(doing, answer)
        found = answer.table()
        return f'the webhook "{found.get("name") or "without a name"}" in channel {found.get("channel_id", "?")}'

    async def post(self, message: Message, *, key: str) -> str:
        """Post the text as it is and return Discord's id of the message. Sent once; a webhook knows no key."""
        doing = f"{self.name}: post"
        answer = await self._send("POST", "?wait=true", doing, _said(message), message.picture)
        id = answer.table().get("id")
        if not isinstance(id, str) or not id.isdecimal():
            raise not_understood(DISCORD, doing, "no message id in the answer")
        return id

    async def find(self, message: Message, *, since: datetime, others: Collection[str]) -> str | None:
        """Raises Refused: a webhook cannot read what stands in the channel."""
        raise Refused(f"{self.name}: Discord lets no webhook look for a post", reason="noFind")

    async def edit(self, post: str, message: Message) -> None:
        """Return once the message says this. A new picture takes the old one's place; without one it stays."""
        doing = f"{self.name}: edit the post"
        await self._send("PATCH", f"/messages/{post}", doing, _said(message), message.picture)

    async def pin(self, post: str) -> None:
        """Raises Refused: only a bot may pin."""
        raise Refused(f"{self.name}: Discord lets no webhook pin a post", reason="noPin")

    async def _send(self, method: str, path: str, doing: str, said: dict[str, Any], picture: Picture | None) -> Answer:
        url = self._url.reveal() + path
        if picture is None:
            answer = await self._connection.send(method, url, doing, document=said)
        else:
            file = picture_part("files[0]", picture)
            said |= {"attachments": [{"id": 0, "filename": file.file, "description": picture.about}]}
            payload = Part(name="payload_json", content=json.dumps(said), media="application/json")
            answer = await self._connection.send(method, url, doing, form=(payload, file))
        if not answer.is_good:
            raise _error(doing, answer)
        return answer


def _said(message: Message) -> dict[str, Any]:
    return {"content": plain_discord(message.text), "allowed_mentions": NOBODY}


def _versioned(webhook: Secret) -> str:
    parts = urlsplit(webhook.reveal())
    found = WEBHOOK.fullmatch(parts.path)
    if found is None:
        raise ValueError("this is no webhook of Discord's: its URL ends in /api/webhooks/NUMBER/TOKEN")
    return f"{parts.scheme}://{parts.netloc}/api/{VERSION}/webhooks/{found['id']}/{found['token']}"


def _error(doing: str, answer: Answer) -> FarEndError:
    found = answer.table()
    wait = seconds(found.get("retry_after")) or seconds(answer.headers.get("retry-after"))
    details = json.dumps(found["errors"]) if "errors" in found else ""
    said = " ".join(str(each) for each in (found.get("message", ""), *re.findall(r'"message": "([^"]*)"', details)))
    no = No(status=answer.status, said=said, reason=str(found.get("code", "")), wait=wait)
    return far_end_error(DISCORD, doing, no)
