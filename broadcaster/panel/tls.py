"""How is the panel served encrypted, and how does a renewed certificate come in without a restart?

The files are looked at once a minute and on SIGHUP, on a thread. A pair that does not belong together, as while one
file of two is already replaced, changes nothing: the old one goes on.
"""

import asyncio
import logging
import os
import ssl
import stat
from datetime import timedelta
from pathlib import Path

from broadcaster.ports import Clock
from broadcaster.season.errors import BroadcastError

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(minutes=1)


class Certificate:
    """A certificate with its key; `context` serves what was loaded last to every new connection."""

    def __init__(self, cert: Path, key: Path) -> None:
        """Load both; blocking. Raises BroadcastError with the remedy."""
        self._cert, self._key = cert, key
        self._loaded = self._stamp()
        self._trouble = ""
        self._current = self._made()
        self.context = self._made()
        # The listening socket keeps its context for life; a handshake may be handed to another.
        self.context.sni_callback = self._hand_over

    def _hand_over(self, connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        connection.context = self._current

    async def watch(self, clock: Clock) -> None:
        """Load the files again when they have changed, until cancelled."""
        while True:
            await clock.sleep(LOOK_EVERY)
            await self.reload()

    async def reload(self) -> None:
        """Load the files again if they have changed; what is wrong with them is logged, and changes nothing."""
        try:
            found = await asyncio.to_thread(self._changed)
        except BroadcastError as error:
            if str(error) != self._trouble:
                self._trouble = str(error)
                log.error("the certificate stays as it was: %s", error, extra={"event": "certificate_refused"})
            return
        if found is not None:
            self._loaded, self._current = found
            self._trouble = ""
            log.info("the certificate %s is loaded anew", self._cert, extra={"event": "certificate_loaded"})

    def _changed(self) -> tuple[tuple[int, ...], ssl.SSLContext] | None:
        stamp = self._stamp()
        return None if stamp == self._loaded else (stamp, self._made())

    def _stamp(self) -> tuple[int, ...]:
        try:
            seen = [os.stat(path) for path in (self._cert, self._key)]
        except OSError as error:
            raise _trouble(f"{error.filename} cannot be read: {error.strerror}") from error
        if os.name == "posix" and seen[1].st_mode & stat.S_IRWXO:
            raise _trouble(f"everybody may read the key {self._key}: chmod o= {self._key}")
        return tuple(number for each in seen for number in (each.st_mtime_ns, each.st_size, each.st_ino))

    def _made(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)

        def no_password() -> str:  # without it, OpenSSL would ask at the terminal and wait
            raise _trouble(f"the key {self._key} has a password: take it off (openssl pkey -in KEY -out KEY.plain)")

        try:
            context.load_cert_chain(self._cert, self._key, password=no_password)
        except ssl.SSLError as error:
            if error.reason == "KEY_VALUES_MISMATCH":
                raise _trouble(f"{self._key} is not the key of {self._cert}") from error
            raise _trouble(f"{self._cert} and {self._key} are not a certificate and its key, in PEM") from error
        except OSError as error:
            raise _trouble(f"{self._cert} or {self._key} cannot be read: {error.strerror}") from error
        return context


def _trouble(what: str) -> BroadcastError:
    return BroadcastError(f"[api] tls_cert, tls_key: {what}")
