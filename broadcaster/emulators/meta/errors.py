"""How does the Graph API say no? Code, subcode, type and trace, as its guide to errors shows them."""

import hashlib
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from broadcaster.emulators.control import json_response

MESSAGES: Mapping[int, str] = {
    1: "An unknown error occurred",
    2: "Service temporarily unavailable",
    4: "Application request limit reached",
    10: "Application does not have permission for this action",
    17: "User request limit reached",
    32: "Page request limit reached",
    100: "Invalid parameter",
    104: "An access token is required to request this resource.",
    190: "Error validating access token: Session has expired on Wednesday, 20-Oct-27 05:00:00 PDT.",
    200: "Permissions error",
    368: "The action attempted has been deemed abusive or is otherwise disallowed",
    506: "Duplicate status message",
    613: "Calls to this api have exceeded the rate limit.",
}
TRANSIENT = frozenset((1, 2, 4, 17, 32, 341, 368, 613))
STATUS: Mapping[int, int] = {1: 500, 2: 503, 4: 403, 10: 403, 17: 400, 32: 403, 200: 403, 368: 403}
"""The HTTP status of codes that do not come as 400."""


class GraphError(Exception):
    """An answer with `error`. `said` is what a person is told; `status` 0 leaves it to the code."""

    def __init__(
        self,
        code: int,
        message: str = "",
        *,
        subcode: int = 0,
        said: str = "",
        status: int = 0,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.code = code
        self.subcode = subcode
        self.message = message or MESSAGES.get(code, "Unknown error")
        self.said = said
        self.status = status or STATUS.get(code, 400)
        self.headers = dict(headers or {})
        super().__init__(self.message)

    def response(self) -> web.Response:
        """The answer as the Graph API shapes it."""
        text = self.message if self.message.startswith("(#") or self.code in (104, 190) else self._numbered()
        error: dict[str, Any] = {"message": text, "type": "OAuthException", "code": self.code}
        if self.subcode:
            error["error_subcode"] = self.subcode
        error["is_transient"] = self.code in TRANSIENT
        if self.said:
            error |= {"error_user_title": self.said.partition(".")[0], "error_user_msg": self.said}
        error["fbtrace_id"] = "A" + hashlib.sha256(text.encode()).hexdigest()[:22]
        response = json_response({"error": error}, status=self.status)
        response.headers.update(self.headers)
        if self.code in (104, 190):
            response.headers["WWW-Authenticate"] = f'OAuth "Facebook Platform" "invalid_token" "{self.message}"'
        return response

    def _numbered(self) -> str:
        return f"(#{self.code}) {self.message}" if self.code > 0 else self.message


def nowhere(what: str) -> GraphError:
    """No such object, or not for this token."""
    return GraphError(
        100,
        f"Unsupported request. Object with ID '{what}' does not exist, cannot be loaded due to missing permissions, "
        "or does not support this operation",
        subcode=33,
    )
