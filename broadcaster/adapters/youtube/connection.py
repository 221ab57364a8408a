"""How does a request reach YouTube, once, and what is known when no answer comes?

Google's client blocks, so it lives on one thread of its own. Everything that changes something is sent exactly once
(once.py). A connection that raised is dropped.
"""

import asyncio
import http.client
import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httplib2

from broadcaster.adapters.youtube.answers import far_end_error
from broadcaster.adapters.youtube.once import Call, OnceHttp
from broadcaster.adapters.youtube.renewal import KeptSignIn
from broadcaster.adapters.youtube.translate import COSTS
from broadcaster.ports import Clock, Secret
from broadcaster.season.errors import FarEndError, NeedsHuman, OutcomeUnknown, Unavailable
from broadcaster.show.quota import USED_UP, resets_at

log = logging.getLogger(__name__)

DEADLINE_TIMEOUTS = 3
"""A call has this many time-outs of the socket in all: to connect, to renew the sign-in, to be answered."""


class Tokens(Protocol):
    """Where the sign-in comes from; asked on the connection's thread only."""

    def credentials(self, clock: Clock) -> Any:
        """Credentials as google-auth's; raises NeedsHuman when there are none."""
        ...


class _TokenFile:
    def __init__(self, path: Path, token_uri: str | None) -> None:
        self._path = path
        self._token_uri = token_uri

    def __repr__(self) -> str:
        return f"token_file({str(self._path)!r})"

    def credentials(self, clock: Clock) -> Any:
        return KeptSignIn(self._path, clock, token_uri=self._token_uri)


class _StaticToken:
    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def __repr__(self) -> str:
        return "static_token(••••)"

    def credentials(self, clock: Clock) -> Any:
        from google.oauth2 import credentials

        make: Any = credentials.Credentials
        return make(token=self._secret.reveal())


def token_file(path: Path, *, token_uri: str | None = None) -> Tokens:
    """A sign-in kept in an authorized-user JSON file (client_id, client_secret, refresh_token, token_uri), mode 0600.

    `token_uri` overrides the file's. What is renewed is written back; a file that changed is read again.
    """
    return _TokenFile(path, token_uri)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Bytes that a request carries, with their MIME type."""

    content: bytes
    kind: str


def static_token(secret: Secret) -> Tokens:
    """One bearer token that is never renewed; for emulators."""
    return _StaticToken(secret)


class YouTubeConnection:
    """One channel's way to the API, on a thread of its own; `timeout` is in real seconds for each step of a call."""

    def __init__(
        self,
        *,
        name: str,
        endpoint: str,
        credentials: Tokens,
        clock: Clock,
        timeout: float,
        costs: Mapping[str, int] = COSTS,
        on_spent: Callable[[str, int], None] | None = None,
    ) -> None:
        """`costs` has every method that is called; `on_spent` gets method and units of each request that left."""
        self.name = name
        self.spent: Counter[str] = Counter()
        self._clock = clock
        self._costs = costs
        self._on_spent = on_spent
        self._endpoint = endpoint.rstrip("/") + "/"
        self._timeout = timeout
        self._http = OnceHttp(lambda: credentials.credentials(clock), timeout)
        self._service: Any = None
        self._turn = asyncio.Lock()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"youtube-{name}")
        self._closed = False

    async def call(self, method: str, doing: str, **arguments: Any) -> dict[str, Any]:
        """Call `resource.verb` and return its answer, empty for a delete; `doing` opens the error's sentence.

        A `media_body` is an Upload. Raises Unavailable, Refused, NeedsHuman and, for all but lists, OutcomeUnknown.
        """
        doing = f"{self.name}: {doing}"
        async with self._turn:
            if self._closed:
                raise Unavailable(f"{doing}: the connection is closed")
            if self._service is None:
                # importing and building Google's client takes most of a second, which no time-out should pay for
                await asyncio.wrap_future(self._worker.submit(self._prepare))
            call = Call()
            work = self._worker.submit(self._perform, call, method, doing, arguments)
            try:
                async with asyncio.timeout(self._timeout * DEADLINE_TIMEOUTS):
                    return await asyncio.wrap_future(work)
            except TimeoutError:
                call.abandon()
                # judged before the cut, which the worker may take for the end of an answer
                problem = self._silence(call, method, doing, "no answer in time")
                self._http.cut()
                raise problem from None
            except asyncio.CancelledError:
                call.abandon()
                raise
            finally:
                if call.was_sent:
                    self._spend(method)

    async def close(self) -> None:
        """Return once the connection is closed and its thread has ended, or at once after one time-out."""
        if self._closed:
            return
        self._closed = True
        self._http.cut()
        dropped = self._worker.submit(self._http.drop)
        self._worker.shutdown(wait=False)
        try:
            async with asyncio.timeout(self._timeout):
                await asyncio.wrap_future(dropped)
        except TimeoutError:
            log.warning("%s: the last request to YouTube still hangs", self.name, extra={"event": "youtube_hangs"})

    def _spend(self, method: str) -> None:
        units = self._costs[method]
        self.spent[method] += units
        if self._on_spent is not None:
            self._on_spent(method, units)

    def _prepare(self) -> None:
        self._service = _service(self._endpoint, self._http)

    def _perform(self, call: Call, method: str, doing: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        from google.auth.exceptions import GoogleAuthError, TransportError
        from googleapiclient.errors import HttpError
        from googleapiclient.http import MediaInMemoryUpload

        resource, verb = method.split(".")
        upload = arguments.get("media_body")
        if isinstance(upload, Upload):
            # in one request: a resumable one would be several, and not sent once
            body = MediaInMemoryUpload(upload.content, mimetype=upload.kind, resumable=False)
            arguments = {**arguments, "media_body": body}
        request: Any = getattr(getattr(self._service, resource)(), verb)(**arguments)
        self._http.call = call
        problem: FarEndError
        try:
            answer = request.execute(num_retries=0)
            if verb == "delete":
                return {}
            if isinstance(answer, dict):
                return answer
            problem = garbled(doing, "the answer is not an object", changes=verb != "list")
        except HttpError as error:
            wait = error.resp.get("retry-after", "")
            problem = far_end_error(
                doing,
                method,
                error.resp.status,
                error.content,
                retry_after=float(wait) if wait.isdecimal() else None,
            )
            if isinstance(problem, Unavailable) and problem.reason in USED_UP:
                now = self._clock.now()
                problem.retry_after = min(problem.retry_after, (resets_at(now) - now).total_seconds())
        except FarEndError as error:
            problem = type(error)(f"{doing}: {error}", reason=error.reason)
        except GoogleAuthError as error:
            if isinstance(error, TransportError) or error.retryable:
                problem = Unavailable(f"{doing}: Google's sign-in does not answer")
            else:
                problem = NeedsHuman(
                    f"{doing}: Google no longer accepts the sign-in: sign in again with `broadcaster auth youtube`",
                    reason="invalid_grant",
                )
        except (OSError, http.client.HTTPException, httplib2.HttpLib2Error) as error:
            problem = self._silence(call, method, doing, str(error) or type(error).__name__)
        except ValueError:
            problem = garbled(doing, "the answer is not JSON", changes=verb != "list")
        self._http.drop()
        if isinstance(problem, NeedsHuman):
            self._http.forget()
        # raised here, so that no error of the client's, with its request inside, hangs on to it
        raise problem

    def _silence(self, call: Call, method: str, doing: str, why: str) -> FarEndError:
        if call.is_open and not method.endswith(".list"):
            return OutcomeUnknown(f"{doing}: it was sent, and no answer came ({why}); it may have happened")
        return Unavailable(f"{doing}: YouTube cannot be reached ({why})")


def garbled(doing: str, why: str, *, changes: bool) -> FarEndError:
    """The error of an answer that YouTube gave and nobody understands."""
    if changes:
        return OutcomeUnknown(f"{doing}: it was done, but the answer is not understood: {why}", reason="garbled")
    return Unavailable(f"{doing}: YouTube's answer is not understood: {why}", reason="garbled")


def _service(endpoint: str, http: OnceHttp) -> Any:
    """Google's client for `endpoint`, built from the description that it ships: no network."""
    from googleapiclient.discovery import build_from_document
    from googleapiclient.discovery_cache import get_static_doc

    get: Callable[[str, str], str | None] = get_static_doc
    text = get("youtube", "v3")
    if text is None:
        raise RuntimeError("google-api-python-client lacks its description of YouTube: install it again")
    # The client options' api_endpoint would leave uploads on https; the document's own addresses cover all.
    document = {**json.loads(text), "rootUrl": endpoint, "baseUrl": endpoint, "servicePath": ""}
    return build_from_document(document, http=http)
