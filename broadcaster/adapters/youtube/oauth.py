"""How is Google's sign-in asked, and what do its answers mean to an operator?

Addresses and answers are those of developers.google.com/identity/protocols/oauth2, pages "limited-input-device" and
"native-app". An answer is known by its `error`, not by its status: Google answers "pending" with 428, others with 400.
"""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode

from broadcaster.adapters.youtube.token_store import SIGN_IN, TOKEN_URI, SignIn
from broadcaster.ports import Secret
from broadcaster.season.errors import FarEndError, NeedsHuman, Refused, Unavailable
from broadcaster.season.wording import shown

SCOPE = "https://www.googleapis.com/auth/youtube"
"""See and steer the channel. Google's device flow takes only this one and youtube.readonly, not youtube.force-ssl."""

GRANT_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
ACCESS_LIFETIME = 3600
LONGEST = timedelta(days=3650)
"""Seconds that an access token is good for where Google does not say."""


class Transport(Protocol):
    """google-auth's way to send a request; raises its TransportError when there is no answer."""

    def __call__(self, url: str, method: str, body: bytes, headers: Mapping[str, str]) -> Any:
        """Send, and return what has `status` and `data`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where Google's sign-in is."""

    device: str = "https://oauth2.googleapis.com/device/code"
    token: str = TOKEN_URI
    consent: str = "https://accounts.google.com/o/oauth2/v2/auth"

    @classmethod
    def at(cls, base: str | None) -> "Addresses":
        """All of them under one address, for an emulator; None: Google's own."""
        if base is None:
            return cls()
        base = base.rstrip("/")
        return cls(device=f"{base}/device/code", token=f"{base}/token", consent=f"{base}/o/oauth2/v2/auth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """The OAuth client of the Google project that asks."""

    id: str
    secret: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the sign-in answered: the object it sent, empty if it sent none."""

    status: int
    document: Mapping[str, Any]

    @property
    def error(self) -> str:
        """Google's short code; empty when all is well."""
        if self.status == 200:
            return ""
        error = self.document.get("error")
        return error if isinstance(error, str) else str(self.document.get("error_code") or f"status {self.status}")

    def text(self, key: str) -> str:
        """The value of `key` as text, empty when it is not there."""
        value = self.document.get(key)
        return value if isinstance(value, str) else ""

    def seconds(self, key: str) -> float | None:
        """The value of `key` as a positive number of seconds, up to LONGEST; None when it is not there."""
        value = self.document.get(key)
        if isinstance(value, str) and value.isdecimal():
            value = float(value)
        if not isinstance(value, int | float) or isinstance(value, bool) or not value > 0:
            return None
        return min(value, LONGEST.total_seconds())


def ask(transport: Transport, url: str, form: Mapping[str, str]) -> Answer:
    """POST the form. Raises Unavailable when nobody answers, or the answer is none of Google's."""
    from google.auth.exceptions import TransportError

    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    try:
        response = transport(url=url, method="POST", body=urlencode(form).encode(), headers=headers)
    except (TransportError, OSError, http.client.HTTPException) as error:
        why = shown(str(error) or type(error).__name__, 120)
        message = f"Google's sign-in does not answer ({why}): check the network of this machine"
        raise Unavailable(message) from None
    try:
        document = json.loads(response.data)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        document = {}
        if response.status == 200:
            raise Unavailable(f"what answers at {url} is not Google's sign-in: is there a log-in page of the network?")
    return Answer(status=int(response.status), document=document)


_MAKE_CLIENT = "make one as docs/youtube-sign-in.md says, and name its file as [youtube] client in config.toml"

_SAY: Mapping[str, tuple[type[FarEndError], str]] = {
    "invalid_grant": (
        NeedsHuman,
        "Google no longer accepts the sign-in: sign in again with `broadcaster auth youtube`",
    ),
    "access_denied": (Refused, f"it was declined on Google's page: {SIGN_IN} again, and allow it there"),
    "expired_token": (Refused, f"nobody allowed it in time: {SIGN_IN} again, and enter the new code soon"),
    "invalid_client": (
        NeedsHuman,
        f"Google does not know this OAuth client, or it is of the wrong type: {_MAKE_CLIENT}",
    ),
    "deleted_client": (NeedsHuman, f"the OAuth client was deleted: {_MAKE_CLIENT}"),
    "disabled_client": (NeedsHuman, f"Google has switched the OAuth client off: {_MAKE_CLIENT}"),
    "unauthorized_client": (NeedsHuman, f"this OAuth client may not sign in this way: {_MAKE_CLIENT}"),
    "invalid_scope": (
        Refused,
        f"Google does not give that right in this way of signing in: take [youtube] scope away, or use --browser; "
        f"the usual one is {SCOPE}",
    ),
    "org_internal": (
        Refused,
        "the Google project is for its own organization only: set its audience to External, or sign in with "
        "an account of the organization",
    ),
    "admin_policy_enforced": (Refused, "the administrator of this Google account does not allow it: ask them"),
    "redirect_uri_mismatch": (Refused, f"--browser needs an OAuth client of the type Desktop app: {_MAKE_CLIENT}"),
    "rate_limit_exceeded": (Unavailable, "Google asks for fewer sign-ins: try again in an hour"),
    "quota_exceeded": (Unavailable, "Google asks for fewer sign-ins: try again in an hour"),
}


def refusal(answer: Answer) -> FarEndError:
    """The error that an answer other than 200 stands for."""
    if answer.error in _SAY:
        kind, say = _SAY[answer.error]
    elif answer.status >= 500 or answer.status in (408, 429):
        kind, say = Unavailable, "Google's sign-in has trouble: try again in a minute"
    else:
        kind, say = NeedsHuman, f"Google's sign-in refuses it: {SIGN_IN} again"
    told = shown(answer.text("error_description") or "no explanation", 200)
    return kind(f"{say} (Google: {told}, {answer.error})", reason=answer.error if answer.status < 500 else "")


def granted(sign_in: SignIn, answer: Answer, now: datetime, *, address: str) -> SignIn:
    """`sign_in` with what Google has just given. Raises Unavailable when the answer holds no access token."""
    token = answer.text("access_token")
    if not token:
        raise Unavailable(f"what answers at {address} is not Google's sign-in: it gives no access token")
    lasts = answer.seconds("refresh_token_expires_in")
    scopes = tuple(answer.text("scope").split())
    return replace(
        sign_in,
        access_token=Secret(token),
        access_expires_at=now + timedelta(seconds=answer.seconds("expires_in") or ACCESS_LIFETIME),
        refresh_token=Secret(answer.text("refresh_token") or sign_in.refresh_token.reveal()),
        refresh_expires_at=now + timedelta(seconds=lasts) if lasts else sign_in.refresh_expires_at,
        scopes=scopes or sign_in.scopes,
    )
