"""How does a post reach Telegram, once, without the bot's token ever showing?

The token is part of every address, and aiohttp's errors quote addresses; so none of them leaves this module.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import aiohttp

from broadcaster.ports import Secret
from broadcaster.season.errors import OutcomeUnknown, Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer, whole."""

    status: int
    content: bytes


class TelegramConnection:
    """One bot's way to the Bot API; `timeout` is in real seconds for a whole request."""

    def __init__(self, *, token: Secret, endpoint: str, timeout: float) -> None:
        self._token = token
        self._endpoint = endpoint.rstrip("/")
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return f"TelegramConnection({self._endpoint!r})"

    async def send(self, method: str, doing: str, arguments: Mapping[str, Any]) -> Answer:
        """Send once and return the answer, whatever its status.

        Raises Unavailable when nothing left, OutcomeUnknown when something left and no whole answer came.
        """
        way = SimpleNamespace(left=False)
        try:
            async with self._opened().post(
                f"{self._endpoint}/bot{quote(self._token.reveal(), safe=':')}/{method}",
                json=dict(arguments),
                allow_redirects=False,
                trace_request_ctx=way,
            ) as response:
                return Answer(status=response.status, content=await response.read())
        except TimeoutError:
            why = f"no answer within {self._timeout:g} s"
        except (aiohttp.ClientError, OSError) as error:
            why = _plain(error)
        # raised here, so that no error of aiohttp's, with the address inside, hangs on to it
        if way.left:
            raise OutcomeUnknown(f"{doing}: it was sent, and no answer came ({why}); the post may be out")
        raise Unavailable(f"{doing}: Telegram cannot be reached ({why})")

    async def close(self) -> None:
        """Return once the connections are closed; the next `send` opens new ones."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            trace = aiohttp.TraceConfig()
            trace.on_connection_create_end.append(_note_left)
            trace.on_connection_reuseconn.append(_note_left)
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._timeout),
                # A kept connection may be closed by the far end just as the post leaves, and nobody could tell.
                connector=aiohttp.TCPConnector(force_close=True),
                trace_configs=[trace],
            )
        return self._session


def _plain(error: Exception) -> str:
    # never the error's own text: it may quote the address, and so the token
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection to {error.host}:{error.port}: {error.os_error.strerror or 'name not found'}"
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError):
        return "the connection was closed"
    return getattr(error, "strerror", None) or type(error).__name__


async def _note_left(session: aiohttp.ClientSession, way: SimpleNamespace, parameters: object) -> None:
    # From the moment there is a connection the request may be on it.
    way.trace_request_ctx.left = True
