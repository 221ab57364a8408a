"""Who is let in? This machine's own programs that know the token; no web page that a browser was lured to.

A browser can be made to send requests to 127.0.0.1 by any page (cross-site), also under a name of the attacker's
that points to 127.0.0.1 (DNS rebinding). The first is told by Origin and Sec-Fetch-Site, the second by Host.
"""

import hmac
import ipaddress
import json
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from broadcaster.ports import Secret
from broadcaster.season.wording import quoted

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PUBLIC = frozenset({"/healthz", "/readyz", "/api/openapi.json"})
"""What tells nothing of a show; everything else needs the token, also what is not there."""

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Server": "Broadcaster",
}


def answer(document: object, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON answer, letters of every alphabet as they are."""
    return web.json_response(text=json.dumps(document, ensure_ascii=False), status=status, headers=headers)


def is_loopback(host: str) -> bool:
    """Whether the name or address, without a port, is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the security headers to every answer."""
    response.headers.update(HEADERS)


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer in JSON also where something is missing, too large or broken."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        said = {
            404: f"there is no {quoted(request.path)}; /api/openapi.json describes what there is",
            405: f"{quoted(request.path)} does not take {request.method}",
            413: "the body is too large: an order fits into 64 KiB",
        }.get(error.status, error.reason)
        allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
        return answer({"error": said}, status=error.status, headers=allow)
    except Exception:
        log.exception("%s %s failed", request.method, request.path, extra={"event": "request_failed"})
        return answer({"error": "an unexpected failure; the service's log has it"}, status=500)


@web.middleware
async def this_machine_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn away requests under a foreign name, and those that a foreign web page sent."""
    host = request.headers.get("Host", "")
    if not is_loopback(_name_of(f"//{host}")):
        said = f"this service answers under 127.0.0.1 and localhost only, not {quoted(host)}"
        return answer({"error": said}, status=421)
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "none")
    is_foreign = origin is not None and origin.lower() not in (f"http://{host}".lower(), f"https://{host}".lower())
    if is_foreign or site not in ("none", "same-origin"):
        return answer({"error": "requests from web pages of other sites are refused"}, status=403)
    return await handler(request)


def bearer_needed(token: Secret) -> Middleware:
    """The check that lets only those in who show the token, but for what is public."""
    wanted = token.reveal().encode()

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        if resource is not None and resource.canonical in PUBLIC:
            return await handler(request)
        scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(shown.strip().encode(errors="replace"), wanted):
            return await handler(request)
        said = "this token is not the service's" if shown else "a token is needed: Authorization: Bearer TOKEN"
        remedy = "the service keeps it where [api] token of its config.toml says, usually in state/api.token"
        challenge = 'Bearer realm="broadcaster"' + (', error="invalid_token"' if shown else "")
        return answer({"error": f"{said}; {remedy}"}, status=401, headers={"WWW-Authenticate": challenge})

    return check


def _name_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
