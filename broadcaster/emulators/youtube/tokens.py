"""Who may call, for what, and for how long?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from broadcaster.emulators.youtube.errors import Refusal
from broadcaster.emulators.youtube.settings import Settings

AUTH = "https://www.googleapis.com/auth/"
FULL, SSL, READ, UPLOAD = (
    f"{AUTH}youtube",
    f"{AUTH}youtube.force-ssl",
    f"{AUTH}youtube.readonly",
    f"{AUTH}youtube.upload",
)
PARTNER, AUDIT = f"{AUTH}youtubepartner", f"{AUTH}youtubepartner-channel-audit"
EVERY_SCOPE = frozenset({FULL, SSL, READ, UPLOAD, PARTNER, AUDIT})

TESTING_LIFETIME = timedelta(days=7)
"""How long consent lasts while the project's consent screen is in testing."""
MOST_GRANTS = 100
"""Refresh tokens of one client and account that work at a time; the oldest goes first."""

Answer = tuple[int, dict[str, Any]]


@dataclass(slots=True, kw_only=True)
class Grant:
    """One consent of the channel's owner, known by its refresh token."""

    refresh_token: str
    client_id: str
    scope: str
    given_at: datetime
    is_revoked: bool = False

    def ends_at(self, settings: Settings) -> datetime | None:
        """When it ends by itself."""
        return self.given_at + TESTING_LIFETIME if settings.consent_in_testing else None

    def is_good(self, now: datetime, settings: Settings) -> bool:
        """Whether it still brings access tokens."""
        ends_at = self.ends_at(settings)
        return not self.is_revoked and (ends_at is None or now < ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What an access token is good for, and until when."""

    grant: Grant
    expires_at: datetime


class Tokens:
    """The tokens. A stranger's is good, until the hand says otherwise; one of ours until it expires."""

    def __init__(self) -> None:
        self.issued: dict[str, Access] = {}
        self.grants: dict[str, Grant] = {}
        """By refresh token; strangers' too, from when they are first seen."""
        self.strangers_are_good = True
        self.strangers_grants_are_good = True
        self._count = 0

    def check(self, token: str, now: datetime) -> frozenset[str]:
        """The scopes of a token that is good now; raises Refusal."""
        if not token:
            message = (
                "Request is missing required authentication credential. "
                "Expected OAuth 2 access token, login cookie or other valid authentication credential."
            )
            raise Refusal("authorizationRequired", message, location="Authorization")
        access = self.issued.get(token)
        if access is None and self.strangers_are_good:
            return EVERY_SCOPE
        if access is None or access.expires_at <= now or access.grant.is_revoked:
            raise Refusal("authError", location="Authorization")
        return frozenset(access.grant.scope.split())

    def expire(self) -> None:
        """Make every access token in anybody's hands bad; those issued from now on are good."""
        self.issued.clear()
        self.strangers_are_good = False

    def revoke_grants(self) -> None:
        """Make every consent that was given so far void; a new one is good."""
        for grant in self.grants.values():
            grant.is_revoked = True
        self.strangers_grants_are_good = False

    def restore_grants(self) -> None:
        """Make every consent that was made void good again."""
        for grant in self.grants.values():
            grant.is_revoked = False
        self.strangers_grants_are_good = True

    def give(self, client_id: str, scope: str, now: datetime, settings: Settings, *, offline: bool = True) -> Answer:
        """A new consent's answer, with its refresh token if it is for use while the owner is away."""
        self._count += 1
        token = f"1//emulated-{self._count}"
        grant = Grant(refresh_token=token, client_id=client_id, scope=scope, given_at=now)
        self.grants[token] = grant
        theirs = [each for each in self.grants.values() if each.client_id == client_id and not each.is_revoked]
        for each in theirs[:-MOST_GRANTS]:
            each.is_revoked = True
        status, body = self._access(grant, now, settings)
        return status, body | ({"refresh_token": token} if offline else {})

    def refresh(self, form: Mapping[str, Any], now: datetime, settings: Settings) -> Answer:
        """Status and body of the token endpoint's answer to a refresh token."""
        token = str(form.get("refresh_token", ""))
        if not token:
            return denied("invalid_request", "Missing required parameter: refresh_token")
        if token not in self.grants:
            self.grants[token] = Grant(
                refresh_token=token,
                client_id=str(form["client_id"]),
                scope=SSL,
                given_at=now,
                is_revoked=not self.strangers_grants_are_good,
            )
        grant = self.grants[token]
        if not grant.is_good(now, settings):
            return denied("invalid_grant", "Token has been expired or revoked.")
        if grant.client_id != form["client_id"]:
            return denied("unauthorized_client", "Unauthorized", status=401)
        return self._access(grant, now, settings)

    def revoke(self, token: str) -> Answer:
        """What revoking an access or refresh token is answered; the consent behind it is void."""
        access = self.issued.get(token)
        grant = access.grant if access else self.grants.get(token)
        if grant is None or grant.is_revoked:
            return denied("invalid_token", "Token expired or revoked")
        grant.is_revoked = True
        return 200, {}

    def info(self, token: str, now: datetime) -> Answer:
        """What is told about an access token."""
        access = self.issued.get(token)
        if access is None or access.expires_at <= now or access.grant.is_revoked:
            return denied("invalid_token", "Invalid Value")
        return 200, {
            "azp": access.grant.client_id,
            "aud": access.grant.client_id,
            "scope": access.grant.scope,
            "exp": str(int(access.expires_at.timestamp())),
            "expires_in": str(int((access.expires_at - now).total_seconds())),
            "access_type": "offline",
        }

    def _access(self, grant: Grant, now: datetime, settings: Settings) -> Answer:
        self._count += 1
        token = f"ya29.emulated-{self._count}"
        self.issued[token] = Access(grant=grant, expires_at=now + timedelta(seconds=settings.token_lifetime))
        body = {
            "access_token": token,
            "expires_in": settings.token_lifetime,
            "scope": grant.scope,
            "token_type": "Bearer",
        }
        ends_at = grant.ends_at(settings)
        if ends_at is not None:
            body["refresh_token_expires_in"] = int((ends_at - now).total_seconds())
        return 200, body


def denied(error: str, description: str, *, status: int = 400) -> Answer:
    """An OAuth error."""
    return status, {"error": error, "error_description": description}
