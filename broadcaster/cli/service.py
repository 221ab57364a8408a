"""How does a command reach the service that runs, and what does its answer mean to the shell?

Plain http.client: it starts quickly, knows no proxies, and never sends twice by itself.
"""

import http.client
import json
import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import click

from broadcaster.season.errors import (
    BroadcastError,
    NeedsHuman,
    OutcomeUnknown,
    Problem,
    Refused,
    SeasonError,
    Unavailable,
)
from broadcaster.season.wording import quoted, shown

if TYPE_CHECKING:
    from broadcaster.cli.config import Config
    from broadcaster.ports import Secret

TIMEOUT_SECONDS = 10.0
TOKEN_VARIABLE = "BROADCASTER_TOKEN"  # noqa: S105 the variable's name
SENTENCE = 400
LOOPBACK = ("127.0.0.1", "localhost", "::1")

_CUT = (ConnectionResetError, BrokenPipeError, ConnectionAbortedError, http.client.IncompleteRead)
"""The connection broke after it was there: the request may have arrived. (RemoteDisconnected is one of them.)"""


class NoService(Unavailable):
    """Nobody answers at the address."""


def is_here(host: str) -> bool:
    """Whether the address is one that only this machine reaches."""
    return host in LOOPBACK or host.startswith("127.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The service at an address; `token` is asked for only once it is known to answer."""

    host: str
    port: int
    token: Callable[[], "Secret"]
    who: str = ""
    patience: float = TIMEOUT_SECONDS
    """Seconds that an answer may take."""
    certificate: Path | None = None
    """The one that the service shows, where it is served with TLS."""

    @property
    def url(self) -> str:
        """Where it should answer."""
        scheme = "http" if self.certificate is None else "https"
        return f"{scheme}://[{self.host}]:{self.port}" if ":" in self.host else f"{scheme}://{self.host}:{self.port}"

    def look(self) -> dict[str, Any]:
        """The state. Raises Unavailable, Refused or NeedsHuman."""
        return self._ask("GET", "/api/v1/state", None, {})

    def posts(self, show: str | None) -> dict[str, Any]:
        """Every post of the season, or of one show. Raises as `look`; BroadcastError where there is no such show."""
        return self._ask("GET", "/api/v1/posts" + (f"?show={quote(show, safe='')}" if show else ""), None, {})

    def order(self, word: str, said: dict[str, Any], *, key: str) -> dict[str, Any]:
        """Give an order; sent once more, under the same key, when the connection breaks.

        Raises BroadcastError with the service's sentence when it declines, SeasonError with every problem of a season
        that it was to read, and OutcomeUnknown when no answer came.
        """
        body = json.dumps(said, ensure_ascii=False).encode(errors="replace")
        return self._ask("POST", f"/api/v1/{word}", body, {"Idempotency-Key": key})

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> dict[str, Any]:
        try:
            status, answer = self._send(method, path, body, headers)
        except _CUT:
            try:
                status, answer = self._send(method, path, body, headers)
            except (*_CUT, Unavailable) as error:
                raise self._lost(method, "the connection broke") from error
        return self._understood(status, answer)

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        # "localhost" is tried as ::1 first, where nobody answers; on Windows that alone takes two seconds.
        host = "127.0.0.1" if self.host == "localhost" else self.host
        connection = self._connection(host)
        try:
            try:
                connection.connect()
            except ssl.SSLError as error:
                remedy = "see [api] tls_cert in the settings, or whether another program has the port"
                raise Unavailable(f"what answers at {self.url} does not show our certificate: {remedy}") from error
            except OSError as error:
                remedy = "start it with `broadcaster run SEASON`"
                raise NoService(f"no service answers at {self.url}: {remedy}") from error
            sent: dict[str, str | bytes] = {"Authorization": b"Bearer " + self.token().reveal().encode(), **headers}
            if self.who:
                sent["X-Broadcaster-Who"] = self.who.encode(errors="replace")
            if body is not None:
                sent["Content-Type"] = "application/json"
            try:
                connection.request(method, path, body=body, headers=sent)
                response = connection.getresponse()
                return response.status, response.read()
            except TimeoutError as error:
                raise self._lost(method, f"the service did not answer within {TIMEOUT_SECONDS:g} s") from error
            except http.client.IncompleteRead:
                raise
            except http.client.HTTPException as error:
                if isinstance(error, ConnectionResetError):
                    raise
                raise self._stranger() from error
        finally:
            connection.close()

    def _connection(self, host: str) -> http.client.HTTPConnection:
        if self.certificate is None:
            return http.client.HTTPConnection(host, self.port, timeout=self.patience)
        # It is our own certificate that has to be there, under whichever name it was given to the world.
        try:
            context = ssl.create_default_context(cafile=self.certificate)
        except OSError as error:  # ssl.SSLError is one
            raise BroadcastError(f"[api] tls_cert: {self.certificate} cannot be used: {error.strerror}") from error
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return http.client.HTTPSConnection(host, self.port, timeout=self.patience, context=context)

    def _lost(self, method: str, what: str) -> Unavailable | OutcomeUnknown:
        if method == "GET":
            return Unavailable(f"{what} ({self.url}): try again")
        return OutcomeUnknown(f"{what} ({self.url}): the order may have been carried out; see `broadcaster status`")

    def _stranger(self) -> Refused:
        return Refused(f"what answers at {self.url} is not Broadcaster: see [api] port in config.toml, or --url")

    def _understood(self, status: int, answer: bytes) -> dict[str, Any]:
        try:
            document = json.loads(answer)
        except ValueError:
            document = None
        if status == 200 and isinstance(document, dict):
            return document
        if not isinstance(document, dict) or not isinstance(document.get("error"), str):
            raise self._stranger()
        if isinstance(document.get("problems"), list):
            raise _season_error(document)
        sentence = shown(document["error"], SENTENCE)
        if status == 401:
            raise NeedsHuman(f"{sentence}; name the same file with --config, or set {TOKEN_VARIABLE}")
        if status in (403, 421):
            raise Refused(sentence)
        if status >= 500:
            raise Unavailable(sentence)
        raise BroadcastError(sentence)


def _season_error(document: dict[str, Any]) -> SeasonError:
    """The problems of a season, as `check` would tell them."""
    problems = [
        Problem(
            loc=(),
            message=shown(each.get("message", ""), SENTENCE),
            hint=shown(each.get("hint", ""), SENTENCE),
            severity=shown(each.get("severity", "error")),
            line=int(each.get("line") or 0),
            column=int(each.get("column") or 0),
        )
        for each in document["problems"]
        if isinstance(each, dict)
    ]
    return SeasonError(shown(document.get("file", "the season"), SENTENCE), problems)


def find_service(url: str | None, config_path: Path | None, *, who: str, settings: "Config | None" = None) -> Service:
    """The service at `url`, else where the settings say, read already or not. Raises SeasonError for a bad file."""

    def config() -> "Config":
        nonlocal settings
        if settings is None:
            from broadcaster.cli.config import load_config  # slow to import, and not needed by a button that has both

            settings = load_config(config_path)
        return settings

    def token() -> "Secret":
        from broadcaster.ports import Secret

        value = os.environ.get(TOKEN_VARIABLE, "").strip()
        if not value:
            return config().api_token()
        if not value.isprintable():
            raise BroadcastError(f"the variable {TOKEN_VARIABLE} holds letters that no token has: set it anew")
        return Secret(value)

    if config_path is not None:
        config()  # a file that was named must be right, even when nothing of it is needed
    certificate = None
    if url is not None:
        host, port, is_encrypted = parse_url(url)
        if is_encrypted and (certificate := config().api.tls_cert) is None:
            raise click.UsageError("the settings name no certificate, [api] tls_cert: use http://, or --config FILE")
    else:
        host, port = urlsplit(config().api.url).hostname or "", config().api.port
        certificate = config().api.tls_cert
        if port == 0:
            raise BroadcastError("[api] port is 0, any free one: name the address that `run` printed with --url")
    return Service(host=host, port=port, token=token, who=who, certificate=certificate)


def parse_url(url: str) -> tuple[str, int, bool]:
    """Host and port of an address on this machine, and whether it is encrypted; raises click.BadParameter."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise click.BadParameter(f"{quoted(url)} is not an address such as http://127.0.0.1:8787") from None
    is_whole = parts.scheme in ("http", "https") and host and parts.path in ("", "/")
    if not is_whole or parts.query or parts.username:
        raise click.BadParameter(f"{quoted(url)} is not an address such as http://127.0.0.1:8787")
    if not is_here(host):
        raise click.BadParameter(
            f"{quoted(host)} is not this machine, and the token would go there unencrypted; "
            f"open a tunnel, `ssh -L {port}:127.0.0.1:{port} {shown(host)}`, and use --url http://127.0.0.1:{port}"
        )
    return host, port, parts.scheme == "https"
