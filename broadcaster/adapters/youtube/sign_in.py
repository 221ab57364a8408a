"""How does a person let Broadcaster steer a channel, on a machine with a browser or without one?

Two ways, both Google's: a code that is typed on any other device, or the browser of this machine, which Google sends
back to an address on this machine (also through an SSH tunnel). Both end with a SignIn for the token store.
"""

import asyncio
import base64
import hashlib
import hmac
import html
import json
import logging
import os
import secrets
import socketserver
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from broadcaster.adapters.youtube.connection import YouTubeConnection, garbled, static_token
from broadcaster.adapters.youtube.oauth import (
    GRANT_DEVICE,
    SCOPE,
    Addresses,
    Answer,
    Client,
    Transport,
    ask,
    granted,
    refusal,
)
from broadcaster.adapters.youtube.token_store import SIGN_IN, SignIn
from broadcaster.ports import Clock, Secret
from broadcaster.season.errors import FarEndError, NeedsHuman, Refused, Unavailable

log = logging.getLogger(__name__)

INTERVAL = timedelta(seconds=5)
"""Between two questions, where Google does not say; and what "slow down" adds (RFC 8628, 3.5)."""
DEVICE_PATIENCE = timedelta(minutes=30)
BROWSER_PATIENCE = timedelta(minutes=10)
MOST_MISSES = 5
"""So many questions in a row may go unanswered before the wait is given up."""
LISTEN_SECONDS = 0.5
VISITOR_SECONDS = 2.0
"""A browser that connects ahead and asks nothing may not keep the one that brings the answer waiting."""


def transport(timeout: float = 10.0) -> Transport:
    """The way that requests to Google's sign-in are sent; `timeout` in real seconds."""
    import httplib2
    from google_auth_httplib2 import Request

    def send(url: str, method: str, body: bytes, headers: Mapping[str, str]) -> Any:
        http = httplib2.Http(timeout=timeout)  # a new one each time: seconds and minutes lie between two requests
        try:
            return Request(http)(url=url, method=method, body=body, headers=dict(headers))
        finally:
            http.close()

    return send


def client_of(text: str, *, name: str) -> Client:
    """The client in a `client_secret.json` of Google's console; `name` opens the sentence of a ValueError."""
    try:
        document = json.loads(text)
    except ValueError:
        raise ValueError(f"{name} is not JSON: download it again from the Google Cloud console") from None
    kinds = document if isinstance(document, dict) else {}
    if "web" in kinds:
        raise ValueError(
            f"{name} is a client for web servers: make one of the type 'TVs and Limited Input devices', "
            "or 'Desktop app' for --browser"
        )
    fields = kinds.get("installed", kinds)
    found = fields if isinstance(fields, dict) else {}
    name_of_it, secret = found.get("client_id"), found.get("client_secret")
    if not (isinstance(name_of_it, str) and name_of_it and isinstance(secret, str) and secret):
        raise ValueError(
            f"{name} holds no client_id and client_secret: it is the JSON file that the Google Cloud console "
            "offers when an OAuth client is made"
        )
    return Client(id=name_of_it, secret=Secret(secret))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What every way of signing in needs: who asks, for what, where, and a clock to wait by."""

    client: Client
    clock: Clock
    transport: Transport
    addresses: Addresses
    scope: str = SCOPE


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a person types where. Both are meant to be seen."""

    url: str
    user_code: str
    ends_at: datetime


# With a code, on any device.


def sign_in_on_a_device(asking: Asking, show: Callable[[Prompt], None]) -> SignIn:
    """Show a code and return once it was allowed. Blocks; waits on the clock between its questions.

    Raises Unavailable (no network), Refused (declined, or nobody came in time) or NeedsHuman (the client is wrong).
    """
    form = {"client_id": asking.client.id, "scope": asking.scope}
    answer = ask(asking.transport, asking.addresses.device, form)
    if answer.error:
        raise refusal(answer)
    code = answer.text("device_code")
    lifetime = timedelta(seconds=answer.seconds("expires_in") or DEVICE_PATIENCE.total_seconds())
    prompt = Prompt(
        url=answer.text("verification_url") or answer.text("verification_uri"),
        user_code=answer.text("user_code"),
        ends_at=asking.clock.now() + lifetime,
    )
    if not code or not prompt.url or not prompt.user_code:
        raise Unavailable(f"what answers at {asking.addresses.device} is not Google's sign-in: it gives no code")
    show(prompt)
    interval = timedelta(seconds=answer.seconds("interval") or INTERVAL.total_seconds())
    return _complete(asking, _poll(asking, code, interval, prompt.ends_at))


def _poll(asking: Asking, code: str, interval: timedelta, ends_at: datetime) -> Answer:
    form = {
        "grant_type": GRANT_DEVICE,
        "device_code": code,
        "client_id": asking.client.id,
        "client_secret": asking.client.secret.reveal(),
    }
    misses = 0
    while True:
        _wait(asking.clock, interval * 2**misses)
        if asking.clock.now() >= ends_at:
            raise refusal(Answer(status=400, document={"error": "expired_token"}))
        problem: FarEndError
        try:
            answer = ask(asking.transport, asking.addresses.token, form)
        except Unavailable as error:
            problem = error
        else:
            if not answer.error:
                return answer
            if answer.error in ("authorization_pending", "slow_down"):
                misses = 0
                interval += INTERVAL if answer.error == "slow_down" else timedelta()
                continue
            problem = refusal(answer)
        misses += 1
        if not isinstance(problem, Unavailable) or misses >= MOST_MISSES:
            raise problem
        log.debug("Google's sign-in is asked again: %s", problem)


def _wait(clock: Clock, span: timedelta) -> None:
    asyncio.run(clock.sleep(span))


# In a browser.


def sign_in_in_a_browser(
    asking: Asking, show: Callable[[str, int], None], *, open_page: Callable[[str], object], port: int = 0
) -> SignIn:
    """Show the address of Google's page with our port, open it, and return once it was allowed there. Blocks.

    `port` 0 takes any free one. Raises as `sign_in_on_a_device`, and Refused when the port is taken.
    """
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    try:
        landing = _Landing(port, state)
    except OSError as error:
        raise Refused(
            f"port {port} of this machine cannot be used ({error.strerror}): name another with --port"
        ) from None
    with landing:
        back = f"http://127.0.0.1:{landing.port}/"
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "client_id": asking.client.id,
            "redirect_uri": back,
            "response_type": "code",
            "scope": asking.scope,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "access_type": "offline",
            "prompt": "consent",  # or Google leaves the refresh token out for a person who has agreed before
        }
        url = f"{asking.addresses.consent}?{urlencode(query)}"
        show(url, landing.port)
        # some browsers block until they are closed
        threading.Thread(target=open_page, args=(url,), name="browser", daemon=True).start()
        code = landing.wait(asking.clock)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": verifier,
        "client_id": asking.client.id,
        "client_secret": asking.client.secret.reveal(),
    }
    answer = ask(asking.transport, asking.addresses.token, form)
    if answer.error == "invalid_grant":
        raise Refused(f"Google does not take its own code any more: {SIGN_IN} once more", reason="invalid_grant")
    if answer.error:
        raise refusal(answer)
    return _complete(asking, answer)


class _Landing(socketserver.TCPServer):
    """Where Google sends the browser back to: one address on this machine, for one answer."""

    allow_reuse_address = os.name == "posix"  # on Windows it would let two programs have one port

    def __init__(self, port: int, state: str) -> None:
        super().__init__(("127.0.0.1", port), _Visitor)
        self.timeout = LISTEN_SECONDS
        self.port = int(self.server_address[1])
        self._state = state
        self._answer: dict[str, str] | None = None

    def wait(self, clock: Clock) -> str:
        """The code that the browser brings; raises Refused when it brings a refusal, or nothing in time."""
        ends_at = clock.now() + BROWSER_PATIENCE
        while self._answer is None:
            if clock.now() >= ends_at:
                raise refusal(Answer(status=400, document={"error": "expired_token"}))
            self.handle_request()
        if "code" not in self._answer:
            raise refusal(Answer(status=400, document=self._answer))
        return self._answer["code"]

    def take(self, answer: dict[str, str]) -> str:
        """What to tell the visitor; empty when this is not the answer that is waited for."""
        if not hmac.compare_digest(answer.get("state", "").encode(), self._state.encode()):
            return ""
        if self._answer is None and ("code" in answer or "error" in answer):
            self._answer = answer
        if "error" in answer:
            return f"Google says: {answer['error']}. The terminal says what to do."
        return "Thank you. You may close this page; the terminal says which channel it is."

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor that breaks off is none of our business."""
        log.debug("a visitor of the sign-in broke off", exc_info=True)


class _Visitor(BaseHTTPRequestHandler):
    timeout = VISITOR_SECONDS
    server: _Landing

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        told = self.server.take(dict(parse_qsl(parts.query))) if parts.path == "/" else ""
        text = told or "This page takes the answer of a sign-in that was begun in the terminal, and this is not it."
        page = f"<!doctype html><meta charset=utf-8><title>Broadcaster</title><p>{html.escape(text)}".encode()
        self.send_response(200 if told else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Content-Security-Policy", "default-src 'none'")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the address holds the code."""


# What both end with.


def _complete(asking: Asking, answer: Answer) -> SignIn:
    now = asking.clock.now()
    empty = SignIn(
        client_id=asking.client.id,
        client_secret=asking.client.secret,
        refresh_token=Secret(""),
        token_uri=asking.addresses.token,
        scopes=(asking.scope,),
        signed_in_at=now,
    )
    sign_in = granted(empty, answer, now, address=asking.addresses.token)
    if not set(asking.scope.split()) <= set(sign_in.scopes):
        raise Refused(f"the right to manage the channel was not ticked on Google's page: {SIGN_IN} again, and tick it")
    if not sign_in.refresh_token.reveal():
        raise Refused(
            "Google gave no lasting permission: take Broadcaster away at https://myaccount.google.com/permissions, "
            f"then {SIGN_IN} again"
        )
    return sign_in


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSeen:
    """The channel that a sign-in belongs to."""

    id: str
    title: str


async def channel_of(sign_in: SignIn, *, endpoint: str, clock: Clock, timeout: float = 10.0) -> ChannelSeen:
    """The channel that a fresh sign-in steers, as YouTube says. Raises Unavailable, or NeedsHuman when it has none."""
    doing = "look which channel it is"
    tokens = static_token(sign_in.access_token)
    connection = YouTubeConnection(name="YouTube", endpoint=endpoint, credentials=tokens, clock=clock, timeout=timeout)
    try:
        answer = await connection.call("channels.list", doing, part="snippet", mine=True)
    finally:
        await connection.close()
    items = answer.get("items") or []
    if not items:
        raise NeedsHuman(f"this Google account has no YouTube channel: create one, then {SIGN_IN} again")
    try:
        return ChannelSeen(id=str(items[0]["id"]), title=str(items[0]["snippet"]["title"]))
    except (KeyError, TypeError) as error:
        raise garbled(f"YouTube: {doing}", f"{error} is missing", changes=False) from error
