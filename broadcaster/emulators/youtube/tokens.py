"""Who may call, and for how long?"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from broadcaster.emulators.youtube.errors import Refusal

SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"


class Tokens:
    """The access tokens. A stranger's token is good, until the hand says otherwise; one of ours until it expires."""

    def __init__(self) -> None:
        self.issued: dict[str, datetime] = {}
        """Expiry, by token."""
        self.strangers_are_good = True
        self.grant_is_good = True
        self._count = 0

    def check(self, token: str, now: datetime) -> None:
        """Raise Refusal unless the token is good now."""
        if not token:
            message = (
                "Request is missing required authentication credential. "
                "Expected OAuth 2 access token, login cookie or other valid authentication credential."
            )
            raise Refusal("authorizationRequired", message, location="Authorization")
        good = self.issued[token] > now if token in self.issued else self.strangers_are_good
        if not good:
            raise Refusal("authError", location="Authorization")

    def expire(self) -> None:
        """Make every token in anybody's hands bad; those issued from now on are good."""
        self.issued.clear()
        self.strangers_are_good = False

    def answer(self, form: Mapping[str, Any], now: datetime, *, lifetime: int) -> tuple[int, dict[str, Any]]:
        """Status and body of the token endpoint's answer."""
        grant = form.get("grant_type")
        if grant != "refresh_token":
            return 400, _denied("unsupported_grant_type", f"Invalid grant_type: {grant}")
        for name in ("refresh_token", "client_id"):
            if not form.get(name):
                return 400, _denied("invalid_request", f"Missing required parameter: {name}")
        if not self.grant_is_good:
            return 400, _denied("invalid_grant", "Token has been expired or revoked.")
        self._count += 1
        token = f"ya29.emulated-{self._count}"
        self.issued[token] = now + timedelta(seconds=lifetime)
        return 200, {"access_token": token, "expires_in": lifetime, "scope": SCOPE, "token_type": "Bearer"}


def _denied(error: str, description: str) -> dict[str, Any]:
    return {"error": error, "error_description": description}
