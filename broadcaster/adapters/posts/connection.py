"""How does a post reach a service over HTTP, once, without a secret ever showing?

Tokens are part of some addresses, and aiohttp's errors quote addresses; so none of them leaves this module. Each
request has a connection of its own: a kept one may be closed by the far end just as the post leaves, and nobody could
tell. Redirects are answers like others: a secret is not carried to where they point.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import aiohttp

from broadcaster.ports import Picture
from broadcaster.season.errors import OutcomeUnknown, Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer, whole; names of headers in lower case."""

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """The service says that it did what was asked."""
        return 200 <= self.status < 300

    def document(self) -> Any:
        """The JSON inside; raises ValueError when there is none, or one that is nested without end."""
        try:
            return json.loads(self.content)
        except RecursionError:
            raise ValueError("it is nested too deep") from None

    def table(self) -> dict[str, Any]:
        """The JSON object inside; {} where there is none."""
        try:
            document = self.document()
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a form; with a `file` name it is a file of that media type."""

    name: str
    content: bytes | str
    file: str = ""
    media: str = ""


def picture_part(name: str, picture: Picture) -> Part:
    """The part that carries a picture."""
    return Part(name=name, content=picture.content, file=picture.file, media=picture.media)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The way to one service; `called` is its name in a sentence, `timeout` in real seconds for a whole request."""

    called: str
    timeout: float

    async def send(
        self,
        method: str,
        url: str,
        doing: str,
        *,
        document: object = None,
        form: tuple[Part, ...] = (),
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send once and return the answer, whatever its status. The body is `document` as JSON, `form`, or `body`.

        Raises Unavailable when nothing left, OutcomeUnknown when something left and no whole answer came.
        """
        way = SimpleNamespace(left=False)
        data = body if body is not None else _multipart(form) if form else None
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=aiohttp.ClientTimeout(total=self.timeout),
                    connector=aiohttp.TCPConnector(force_close=True),
                    trace_configs=[_trace()],
                ) as session,
                session.request(
                    method,
                    url,
                    json=document,
                    data=data,
                    headers=headers,
                    allow_redirects=False,
                    trace_request_ctx=way,
                ) as response,
            ):
                return Answer(
                    status=response.status,
                    content=await response.read(),
                    headers={name.lower(): value for name, value in response.headers.items()},
                )
        except TimeoutError:
            why = f"no answer within {self.timeout:g} s"
        except (aiohttp.ClientError, OSError) as error:
            why = _plain(error)
        # raised here, so that no error of aiohttp's, with the address inside, hangs on to it
        if way.left:
            raise OutcomeUnknown(f"{doing}: it was sent, and no answer came ({why}); it may be done")
        raise Unavailable(f"{doing}: {self.called} cannot be reached ({why})")

    async def ask(
        self, url: str, doing: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask what changes nothing, answered or not, and return the answer. Raises Unavailable alone."""
        try:
            answer = await self.send(method, url, doing, headers=headers)
        except OutcomeUnknown:
            answer = None
        if answer is not None and answer.status < 500 and answer.status != 408:
            return answer
        status = f" ({answer.status})" if answer is not None else ""
        raise Unavailable(
            f"{doing}: {self.called} does not answer as it should{status}; look at the network and its address"
        )


def _multipart(parts: tuple[Part, ...]) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for part in parts:
        form.add_field(part.name, part.content, filename=part.file or None, content_type=part.media or None)
    return form


def _trace() -> aiohttp.TraceConfig:
    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(_note_left)
    return trace


def _plain(error: Exception) -> str:
    # never the error's own text: it may quote the address, and so the token
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection to {error.host}:{error.port}: {error.os_error.strerror or 'name not found'}"
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError):
        return "the connection was closed"
    number = getattr(error, "errno", None)  # its strerror may be aiohttp's own, with the address
    return os.strerror(number) if number else type(error).__name__


async def _note_left(session: aiohttp.ClientSession, way: SimpleNamespace, parameters: object) -> None:
    # From the moment there is a connection the request may be on it.
    way.trace_request_ctx.left = True
