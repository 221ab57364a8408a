"""How is a request sent exactly once?

httplib2 sends a request again when the connection closes before an answer, whatever it would change. Here only a GET
may go twice.
"""

import logging
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any

import httplib2

log = logging.getLogger(__name__)


class Call:
    """One request's way: may it still leave, and has it left without an answer?"""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left = False
        self._abandoned = False
        self._was_sent = False

    def leave(self) -> None:
        """Note that bytes are about to go; raises ConnectionAbortedError when nobody waits any more."""
        with self._lock:
            if self._abandoned:
                raise ConnectionAbortedError("given up before it was sent")
            self._left = self._was_sent = True

    def answered(self) -> None:
        """Note that an answer came, so that what was sent is settled."""
        with self._lock:
            self._left = False

    def abandon(self) -> None:
        """See that a request which has not left yet never does."""
        with self._lock:
            self._abandoned = True

    @property
    def is_open(self) -> bool:
        """Whether the request left and was not answered."""
        with self._lock:
            return self._left

    @property
    def was_sent(self) -> bool:
        """Whether the request left at all, so that YouTube may count it."""
        with self._lock:
            return self._was_sent


class OnceHttp(httplib2.Http):  # type: ignore[misc]  # httplib2 has no types
    """httplib2 that sends what is not a GET exactly once, and adds the sign-in."""

    def __init__(self, sign_in: Callable[[], Any], timeout: float) -> None:
        """`sign_in` gives credentials as google-auth's; it is called in the thread of the first request."""
        super().__init__(timeout=timeout)
        self.follow_redirects = False
        self.call = Call()
        self._sign_in = sign_in
        self._signed: Any = None
        self._token_http = httplib2.Http(timeout=timeout)

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        redirections: int = 0,
        connection_type: Any = None,
    ) -> tuple[Any, bytes]:
        """Send with the sign-in; on 401 renew it and send once more, since a 401 applied nothing."""
        from google_auth_httplib2 import Request

        if self._signed is None:
            self._signed = self._sign_in()
        renew = Request(self._token_http)
        for last in (False, True):
            signed_headers = dict(headers or {})
            self._signed.before_request(renew, method, uri, signed_headers)
            response, content = super().request(uri, method, body, signed_headers, redirections, connection_type)
            self.call.answered()
            if response.status != 401 or last or not self._signed.refresh_token:
                break
            self._signed.refresh(renew)
        return response, content

    def _conn_request(
        self, conn: Any, request_uri: str, method: str, body: Any, headers: dict[str, str]
    ) -> tuple[Any, bytes]:
        # httplib2's own version sends again when the connection closes unanswered, whatever the method.
        if method == "GET":
            if conn.sock is None:
                conn.connect()
            self.call.leave()
            response, content = super()._conn_request(conn, request_uri, method, body, headers)
            return response, content
        conn.close()
        conn.connect()
        self.call.leave()
        try:
            conn.request(method, request_uri, body, {**headers, "accept-encoding": "identity"})
            answer = conn.getresponse()
            return httplib2.Response(answer), answer.read()
        except BaseException:
            conn.close()
            raise

    def forget(self) -> None:
        """Ask for the sign-in anew at the next request."""
        self._signed = None

    def drop(self) -> None:
        """Close every connection; the next request opens its own."""
        for wire in (self, self._token_http):
            for conn in wire.connections.values():
                conn.close()
            wire.connections.clear()

    def cut(self) -> None:
        """Wake the thread out of a read that drags on; may be called from another thread."""
        for wire in (self, self._token_http):
            for conn in list(wire.connections.values()):
                if (sock := conn.sock) is not None:
                    try:
                        # the plain socket's shutdown, since that of TLS would unwrap it under the reader
                        socket.socket.shutdown(sock, socket.SHUT_RDWR)
                    except OSError:
                        log.debug("the connection was closed already")
