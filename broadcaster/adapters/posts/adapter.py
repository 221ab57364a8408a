"""How does an announcement come to stand in a Telegram channel? The port, in the Bot API's words."""

from types import TracebackType
from typing import Any, Self

from broadcaster.adapters.posts.connection import TelegramConnection
from broadcaster.adapters.posts.translate import far_end_error, message_id, result
from broadcaster.ports import Message, Secret
from broadcaster.season.errors import FarEndError, OutcomeUnknown, Refused, Unavailable


class TelegramChannel:
    """One Telegram chat that a bot posts to, as ports.Channel. Use it as a context manager, or close it.

    `chat` is @channelname or a chat's number; `timeout` is in real seconds for a whole post.
    """

    def __init__(
        self,
        *,
        name: str,
        token: Secret,
        chat: str,
        endpoint: str = "https://api.telegram.org",
        timeout: float = 10.0,
    ) -> None:
        self.name = name
        self._chat = chat
        self._connection = TelegramConnection(token=token, endpoint=endpoint, timeout=timeout)

    def __repr__(self) -> str:
        return f"TelegramChannel(name={self.name!r}, chat={self._chat!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Return once the connections are closed; closing twice is harmless."""
        await self._connection.close()

    async def check(self) -> str:
        """Who the bot is and what the chat is called, such as `@our_bot in "Our channel"`; posts nothing.

        Whether the bot may post there is known only by posting. Raises Unavailable, Refused or NeedsHuman.
        """
        bot = await self._ask("getMe", "ask who the bot is", {})
        chat = await self._ask("getChat", f"look for {self._chat}", {"chat_id": self._chat})
        title = chat.get("title") or chat.get("username") or chat.get("first_name") or self._chat
        return f'@{bot.get("username", "?")} in "{title}"'

    async def _ask(self, method: str, what: str, arguments: dict[str, str]) -> dict[str, Any]:
        doing = f"{self.name}: {what}"
        problem: FarEndError
        try:
            answer = await self._connection.send(method, doing, arguments)
            if answer.status == 200:
                return result(answer.content)
            problem = far_end_error(doing, answer.status, answer.content)
        except OutcomeUnknown as error:
            problem = error
        except ValueError as error:
            problem = Unavailable(f"{doing}: Telegram's answer is not understood ({error})")
        if isinstance(problem, OutcomeUnknown):  # a question changes nothing, answered or not
            said = f"{doing}: Telegram does not answer as it should; look at the network and its address"
            problem = Unavailable(said, reason=problem.reason)
        raise problem

    async def post(self, message: Message, *, key: str) -> str:
        """Post the text as it is and return Telegram's id of the message. Sent once; the Bot API knows no key."""
        doing = f"{self.name}: post to {self._chat}"
        answer = await self._connection.send("sendMessage", doing, {"chat_id": self._chat, "text": message.text})
        if answer.status != 200:
            raise far_end_error(doing, answer.status, answer.content)
        try:
            return message_id(answer.content)
        except ValueError as error:
            why = str(error)
        raise OutcomeUnknown(f"{doing}: Telegram's answer is not understood ({why}); the post may be out")

    async def find(self, key: str, message: Message) -> str | None:
        """Raises Refused: a bot cannot read what stands in a channel."""
        raise Refused(f"{self.name}: Telegram lets no bot look for a post", reason="noFind")

    async def edit(self, post: str, message: Message) -> None:
        """Return once the message says this; that it does already is no error."""
        doing = f"{self.name}: edit the post in {self._chat}"
        said = {"chat_id": self._chat, "message_id": post, "text": message.text}
        answer = await self._connection.send("editMessageText", doing, said)
        if answer.status != 200 and b"message is not modified" not in answer.content:
            raise far_end_error(doing, answer.status, answer.content)

    async def pin(self, post: str) -> None:
        """Return once the message is pinned, without a sound."""
        doing = f"{self.name}: pin the post in {self._chat}"
        said = {"chat_id": self._chat, "message_id": post, "disable_notification": True}
        answer = await self._connection.send("pinChatMessage", doing, said)
        if answer.status != 200:
            raise far_end_error(doing, answer.status, answer.content)
