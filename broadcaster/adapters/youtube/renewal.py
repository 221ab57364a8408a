"""How does a sign-in stay good while the service runs, for months, through new sign-ins and away times of Google's?

It is renewed ahead, so that Google's sign-in may be away for minutes unnoticed; what it gives goes into the file at
once; and a file that changed is read before the next request, so that signing in again needs no restart.
"""

import logging
from collections.abc import MutableMapping
from datetime import datetime, timedelta
from pathlib import Path

from broadcaster.adapters.youtube.oauth import Transport, ask, granted, refusal
from broadcaster.adapters.youtube.token_store import SignIn, TokenStore
from broadcaster.ports import Clock
from broadcaster.season.errors import NeedsHuman, Unavailable

log = logging.getLogger(__name__)

AHEAD = timedelta(minutes=10)
"""An access token lasts an hour; it is renewed so long before its end."""
AT_LEAST = timedelta(seconds=30)
"""One with less left is not sent: clocks differ, and requests take time."""
TRY_AGAIN = timedelta(minutes=1)
"""After a renewal ahead that failed; each one may cost a time-out."""


class KeptSignIn:
    """The sign-in of one file, in the shape of google-auth's credentials; used on one thread."""

    def __init__(self, path: Path, clock: Clock, *, token_uri: str | None = None) -> None:
        """`token_uri` overrides the file's."""
        self._store = TokenStore(path)
        self._clock = clock
        self._token_uri = token_uri
        self._stamp = self._store.stamp()
        self._held = self._store.read()
        self._renew_at = self._soonest()
        self._is_kept = True

    @property
    def refresh_token(self) -> bool:
        """Whether a rejected access token can be renewed; google-auth's name for it."""
        return True

    def before_request(self, request: Transport, method: str, url: str, headers: MutableMapping[str, str]) -> None:
        """Add the access token to the headers, renewed where it is time. Raises NeedsHuman or Unavailable."""
        self._notice()
        now = self._clock.now()
        if now >= self._renew_at:
            try:
                self._renew(request)
            except Unavailable as error:
                if not self._is_good(self._held, now):
                    raise
                self._renew_at = now + TRY_AGAIN
                log.warning("YouTube: the sign-in is renewed later: %s", error, extra={"event": "renewal_late"})
        headers["authorization"] = f"Bearer {self._held.access_token.reveal()}"

    def refresh(self, request: Transport) -> None:
        """Get another access token, since the one in hand was rejected. Raises NeedsHuman or Unavailable."""
        rejected = self._held.access_token.reveal()
        self._notice()
        if self._held.access_token.reveal() == rejected or not self._is_good(self._held, self._clock.now()):
            self._renew(request)

    def _renew(self, request: Transport) -> None:
        held = self._held
        address = self._token_uri or held.token_uri
        form = {
            "grant_type": "refresh_token",
            "refresh_token": held.refresh_token.reveal(),
            "client_id": held.client_id,
            "client_secret": held.client_secret.reveal(),
        }
        answer = ask(request, address, form)
        if answer.error:
            raise refusal(answer)
        now = self._clock.now()
        self._held = granted(held, answer, now, address=address)
        lifetime = (self._held.access_expires_at or now) - now
        self._renew_at = now + lifetime - min(AHEAD, lifetime / 4)
        self._keep(held)

    def _keep(self, before: SignIn) -> None:
        try:
            stamp = self._store.renew(before, self._held)
        except (OSError, NeedsHuman) as error:
            if self._is_kept:  # said once, not every hour: a read-only file is a fine place for a sign-in
                log.warning(
                    "YouTube: the renewed sign-in cannot be kept in %s (%s); it is used all the same",
                    self._store.path,
                    error,
                    extra={"event": "sign_in_not_kept"},
                )
            self._is_kept = False
            return
        self._is_kept = True
        if stamp is not None:
            self._stamp = stamp
        # else somebody has just signed in: the next request notices

    def _notice(self) -> None:
        """Read a file that changed. One that is broken or gone does not end what still works."""
        stamp = self._store.stamp()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            found = self._store.read()
        except NeedsHuman as error:
            log.warning("YouTube: %s; until then the sign-in in hand is used", error, extra={"event": "sign_in_broken"})
            return
        if found.refresh_token.reveal() != self._held.refresh_token.reveal():
            log.info("YouTube: there is a new sign-in", extra={"event": "signed_in"})
        self._held = found
        self._renew_at = self._soonest()

    def _soonest(self) -> datetime:
        """When what was read from the file is to be renewed; how long it was good for at first is not known."""
        now, end = self._clock.now(), self._held.access_expires_at
        return end - AHEAD if end is not None and self._is_good(self._held, now) else now

    @staticmethod
    def _is_good(held: SignIn, now: datetime) -> bool:
        end = held.access_expires_at
        return bool(held.access_token.reveal()) and end is not None and now + AT_LEAST < end
