"""How does the channel's owner sign in: on a device without a keyboard, or in a browser?

Answers are those of OAuth 2 (RFC 6749, 7636 and 8628) with Google's statuses.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from broadcaster.emulators.youtube.settings import Settings
from broadcaster.emulators.youtube.tokens import FULL, READ, Answer, Tokens, denied

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
DEVICE_SCOPES = frozenset({FULL, READ})
"""The YouTube scopes that may be asked for on a device; the other ones need a browser."""
USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
CODE_LIFETIME = timedelta(minutes=10)
SLACK = 0.9
"""The part of the interval after which a poll counts as patient: timers and networks are not exact."""


class SignInError(ValueError):
    """The browser is shown an error page instead of being sent back; the reason is OAuth's."""


@dataclass(slots=True, kw_only=True)
class DeviceCode:
    """One device that waits for its owner."""

    code: str
    user_code: str
    client_id: str
    scope: str
    expires_at: datetime
    verdict: bool | None = None
    polled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserCode:
    """One consent that a program has not fetched yet."""

    client_id: str
    scope: str
    redirect_uri: str
    challenge: str
    method: str
    is_offline: bool
    expires_at: datetime


class SignIn:
    """The ways to a first token."""

    def __init__(self, tokens: Tokens, chance: Random) -> None:
        self.devices: dict[str, DeviceCode] = {}
        """By device code."""
        self._codes: dict[str, BrowserCode] = {}
        self._tokens = tokens
        self._chance = chance

    # A device.

    def ask_for_device(self, form: Mapping[str, Any], now: datetime, settings: Settings, *, page: str) -> Answer:
        """POST /device/code: the code that its owner types at `page`."""
        client_id, scopes = str(form.get("client_id", "")), str(form.get("scope", "")).split()
        if not client_id:
            return denied("invalid_request", "Missing required parameter: client_id")
        wrong = [each for each in scopes if each not in DEVICE_SCOPES]
        if wrong or not scopes:
            return denied("invalid_scope", f"Invalid device flow scope: {' '.join(wrong)}".strip())
        user_code = "-".join("".join(self._chance.choices(USER_CODE_LETTERS, k=4)) for _ in range(2))
        device = DeviceCode(
            code=f"AH-1{self._secret(45)}",
            user_code=user_code,
            client_id=client_id,
            scope=" ".join(scopes),
            expires_at=now + timedelta(seconds=settings.device_code_lifetime),
        )
        self.devices[device.code] = device
        return 200, {
            "device_code": device.code,
            "user_code": user_code,
            "verification_url": page,
            "expires_in": settings.device_code_lifetime,
            "interval": settings.device_interval,
        }

    def answer_device(self, user_code: str, *, yes: bool, now: datetime) -> None:
        """The owner, having typed the code, says yes or no; raises ValueError when nothing waits for it."""
        for device in self.devices.values():
            if device.user_code == user_code.strip().upper() and now < device.expires_at and device.verdict is None:
                device.verdict = yes
                return
        raise ValueError(f"no device waits for the code {user_code!r}")

    # A browser.

    def ask_in_browser(self, query: Mapping[str, str], now: datetime, settings: Settings) -> str:
        """GET /o/oauth2/auth: where the browser is sent next. Raises SignInError when it is sent nowhere."""
        for name in ("client_id", "redirect_uri", "response_type", "scope"):
            if not query.get(name):
                raise SignInError(f"invalid_request: missing required parameter: {name}")
        if query["response_type"] != "code":
            raise SignInError("unsupported_response_type: only code is served")
        target = urlsplit(query["redirect_uri"])
        if target.hostname not in ("localhost", "127.0.0.1", "::1"):  # also keeps a rehearsal on this machine
            raise SignInError("redirect_uri_mismatch: a desktop program is sent back to this machine only")
        challenge, method = query.get("code_challenge", ""), query.get("code_challenge_method", "plain")
        if method not in ("plain", "S256"):
            raise SignInError("invalid_request: code_challenge_method is plain or S256")
        answer = {"state": query["state"]} if "state" in query else {}
        if settings.consent_denied:
            answer["error"] = "access_denied"
        else:
            code = f"4/{self._secret(60)}"
            self._codes[code] = BrowserCode(
                client_id=query["client_id"],
                scope=query["scope"],
                redirect_uri=query["redirect_uri"],
                challenge=challenge,
                method=method,
                is_offline=query.get("access_type", "offline") == "offline",
                expires_at=now + CODE_LIFETIME,
            )
            answer |= {"code": code, "scope": query["scope"]}
        pairs = "&".join(each for each in (target.query, urlencode(answer)) if each)
        return urlunsplit(target._replace(query=pairs))

    # The token endpoint.

    def answer(self, form: Mapping[str, Any], now: datetime, settings: Settings) -> Answer:
        """Status and body of POST /token."""
        grant = form.get("grant_type")
        if grant not in ("refresh_token", "authorization_code", DEVICE_GRANT):
            return denied("unsupported_grant_type", f"Invalid grant_type: {grant}")
        if not form.get("client_id"):
            return denied("invalid_request", "Missing required parameter: client_id")
        secret = form.get("client_secret")
        if grant != "refresh_token" and not secret:
            return denied("invalid_request", "client_secret is missing.")
        if settings.client_secret is not None and secret != settings.client_secret:
            return denied("invalid_client", "The provided client secret is invalid.", status=401)
        if grant == "refresh_token":
            return self._tokens.refresh(form, now, settings)
        if grant == DEVICE_GRANT:
            return self._redeem_device(form, now, settings)
        return self._redeem_code(form, now, settings)

    def _redeem_device(self, form: Mapping[str, Any], now: datetime, settings: Settings) -> Answer:
        device = self.devices.get(str(form.get("device_code", "")))
        if device is None or device.client_id != form["client_id"]:
            return denied("invalid_grant", "Malformed device code.")
        if now >= device.expires_at:
            return denied("expired_token", "The device code has expired.")
        soonest = device.polled_at and device.polled_at + timedelta(seconds=settings.device_interval * SLACK)
        device.polled_at = now
        if soonest and now < soonest:
            return denied("slow_down", "Forbidden", status=403)
        if device.verdict is None:
            return denied("authorization_pending", "Precondition Required", status=428)
        del self.devices[device.code]
        if not device.verdict:
            return denied("access_denied", "Forbidden", status=403)
        return self._tokens.give(device.client_id, device.scope, now, settings)

    def _redeem_code(self, form: Mapping[str, Any], now: datetime, settings: Settings) -> Answer:
        code = self._codes.pop(str(form.get("code", "")), None)  # whatever comes of it, it works once
        if code is None or now >= code.expires_at or code.client_id != form["client_id"]:
            return denied("invalid_grant", "Malformed auth code.")
        if code.redirect_uri != form.get("redirect_uri"):
            return denied("redirect_uri_mismatch", "Bad Request")
        verifier = str(form.get("code_verifier", ""))
        if code.challenge and _challenge(verifier, code.method) != code.challenge:
            return denied("invalid_grant", "Invalid code verifier.")
        return self._tokens.give(code.client_id, code.scope, now, settings, offline=code.is_offline)

    def _secret(self, count: int) -> str:
        return base64.urlsafe_b64encode(self._chance.randbytes(count)).decode()[:count]


def _challenge(verifier: str, method: str) -> str:
    if method == "plain":
        return verifier
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
