"""How does an announcement come to stand in a Telegram chat? The port, in the Bot API's words.

https://core.telegram.org/bots/api: sendMessage, sendPhoto, editMessageText, editMessageCaption, editMessageMedia,
pinChatMessage. A post's id is the message's number, and says also whether its text is a picture's caption, because
another method edits that.
"""

import json
import re
from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import quote

from broadcaster.adapters.posts.answers import No, Service, far_end_error, not_understood, seconds
from broadcaster.adapters.posts.connection import Answer, Connection, Part, picture_part
from broadcaster.ports import Message, Picture, Secret
from broadcaster.season.errors import FarEndError, Refused, Unavailable

TELEGRAM = Service(
    called="Telegram",
    sign_in="Telegram does not know the bot's token: ask @BotFather for it and set it anew",
    remedies=(
        ("chat not found", "check the chat in config.toml, and add the bot to it as an administrator"),
        ("not enough rights to manage pinned|rights to pin", "allow the bot to pin messages in the chat"),
        (
            "not a member|was kicked|need administrator|not enough rights|have no rights|can't be edited",
            "make the bot an administrator of the chat, allowed to post",
        ),
        ("caption is too long", "shorten the announcement to 1024 characters, or take its picture away"),
        ("message is too long", "shorten the announcement to 4096 characters"),
        ("text is empty|text must be non-empty", "give the announcement a text"),
        ("message to (edit|pin) not found", "somebody has deleted the post"),
        (
            "image_process_failed|photo_invalid|wrong type|file is too big|entity too large",
            "give the announcement another picture",
        ),
        ("upgraded to a supergroup", "write the chat's new id into config.toml"),
        (r"^(bad request: )?not found", "the bot's token, or Telegram's address in config.toml, is not right"),
    ),
)
CAPTION = "/caption"


class TelegramChannel:
    """One Telegram chat that a bot posts to, as ports.Channel.

    `chat` is @channelname or a chat's number; `timeout` is in real seconds for a whole post.
    """

    def __init__(
        self,
        *,
        name: str,
        token: Secret,
        chat: str,
        endpoint: str = "https://api.telegram.org",
        timeout: float = 20.0,
    ) -> None:
        self.name = name
        self._chat = chat
        self._token = token
        self._endpoint = endpoint.rstrip("/")
        self._connection = Connection(called=TELEGRAM.called, timeout=timeout)

    def __repr__(self) -> str:
        return f"TelegramChannel(name={self.name!r}, chat={self._chat!r})"

    async def check(self) -> str:
        """Who the bot is and what the chat is called, such as `@our_bot in "Our channel"`; posts nothing.

        Whether the bot may post there is known only by posting. Raises Unavailable, Refused or NeedsHuman.
        """
        bot = await self._ask("getMe", "ask who the bot is")
        chat = await self._ask(f"getChat?chat_id={quote(self._chat)}", f"look for {self._chat}")
        title = chat.get("title") or chat.get("username") or chat.get("first_name") or self._chat
        return f'@{bot.get("username", "?")} in "{title}"'

    async def post(self, message: Message, *, key: str) -> str:
        """Post the text as it is and return the post's id. Sent once; the Bot API knows no key."""
        doing = f"{self.name}: post to {self._chat}"
        if message.picture is None:
            answer = await self._send("sendMessage", doing, {"text": message.text})
        else:
            answer = await self._send("sendPhoto", doing, {"caption": message.text}, message.picture, "photo")
        if answer.status != 200:
            raise _error(doing, answer)
        result = answer.table().get("result")
        number = result.get("message_id") if isinstance(result, dict) else None
        if not isinstance(number, int):
            raise not_understood(TELEGRAM, doing, "no message id in the answer")
        return f"{number}{CAPTION if message.picture else ''}"

    async def find(self, message: Message, *, since: datetime, others: Collection[str]) -> str | None:
        """Raises Refused: a bot cannot read what stands in a channel."""
        raise Refused(f"{self.name}: Telegram lets no bot look for a post", reason="noFind")

    async def edit(self, post: str, message: Message) -> None:
        """Return once the message says this; that it does already is no error. A new picture takes the old one's place.

        A post without a picture stays without one.
        """
        doing = f"{self.name}: edit the post in {self._chat}"
        said = {"message_id": _number(post)}
        if not post.endswith(CAPTION):
            answer = await self._send("editMessageText", doing, {**said, "text": message.text})
        elif message.picture is None:
            answer = await self._send("editMessageCaption", doing, {**said, "caption": message.text})
        else:
            media = {"type": "photo", "media": "attach://picture", "caption": message.text}
            answer = await self._send(
                "editMessageMedia", doing, {**said, "media": json.dumps(media)}, message.picture, "picture"
            )
        if answer.status != 200 and b"message is not modified" not in answer.content:
            raise _error(doing, answer)

    async def pin(self, post: str) -> None:
        """Return once the message is pinned, without a sound."""
        doing = f"{self.name}: pin the post in {self._chat}"
        said = {"message_id": _number(post), "disable_notification": True}
        answer = await self._send("pinChatMessage", doing, said)
        if answer.status != 200:
            raise _error(doing, answer)

    async def _send(
        self, method: str, doing: str, said: dict[str, Any], picture: Picture | None = None, file: str = ""
    ) -> Answer:
        arguments = {"chat_id": self._chat, **said}
        if picture is None:
            return await self._connection.send("POST", self._url(method), doing, document=arguments)
        form = (
            *(Part(name=name, content=str(value)) for name, value in arguments.items()),
            picture_part(file, picture),
        )
        return await self._connection.send("POST", self._url(method), doing, form=form)

    async def _ask(self, method: str, what: str) -> dict[str, Any]:
        doing = f"{self.name}: {what}"
        answer = await self._connection.ask(self._url(method), doing)
        if answer.status != 200:
            raise _error(doing, answer)
        result = answer.table().get("result")
        if not isinstance(result, dict):
            raise Unavailable(f"{doing}: Telegram's answer is not understood; look at its address in config.toml")
        return result

    def _url(self, method: str) -> str:
        return f"{self._endpoint}/bot{quote(self._token.reveal(), safe=':')}/{method}"


def _number(post: str) -> str:
    return post.removesuffix(CAPTION)


def _error(doing: str, answer: Answer) -> FarEndError:
    document = answer.table()
    description = str(document.get("description", ""))
    parameters = document.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    if moved := parameters.get("migrate_to_chat_id"):
        description = f"{description}: {moved}"
    wait = seconds(parameters.get("retry_after"))
    said = re.sub(r"^(bad request|forbidden):\s*", "", description, flags=re.IGNORECASE)
    return far_end_error(TELEGRAM, doing, No(status=answer.status, said=said, reason=description, wait=wait))
