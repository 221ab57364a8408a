"""Who is let in, and to what? Everything that comes in passes here first.

A browser can be made to send requests to this machine by any page (cross-site), also under a name of the attacker's
that points here (DNS rebinding). The first is told by Origin and Sec-Fetch-Site; the second by Host, and it matters
only while there are no users: a cookie or token never reaches a name that it was not given to.
"""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Middleware

from broadcaster.panel.languages import spelled
from broadcaster.panel.origin import Access, is_loopback, is_own_page, name_of, shown_token
from broadcaster.panel.roles import PAGES, PUBLIC, is_allowed, needed
from broadcaster.panel.sessions import Sessions
from broadcaster.season.said import Said, say
from broadcaster.season.wording import quoted
from broadcaster.show.people import ROLE_WORDS, Person, Role

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser hides the Origin of its own forms, too
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What every answer carries that does not say otherwise."""
SERVER = "Broadcaster"

SIGN_IN_AGAIN, NOT_ALLOWED = 4401, 4403
"""How a socket is closed, since a page is not told why a socket was refused."""
CLOSE_SECONDS = 1.0

_PERSON: web.RequestKey[Person] = web.RequestKey("person", Person)
_SESSIONS: web.RequestKey[Sessions] = web.RequestKey("sessions", Sessions)

_CALLED_FROM_ELSEWHERE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Broadcaster</title>'
    '<meta http-equiv="refresh" content="0"></head><body></body></html>'
)
"""A browser keeps a strict cookie to itself when another site's link led here; asked by our own page it sends it."""


def answer(document: object, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON answer, letters of every alphabet as they are; an error also as it was said, for other languages."""
    if isinstance(document, Mapping) and isinstance(error := document.get("error"), Said):
        document = {**document, "said": spelled(error)}
    return web.json_response(text=json.dumps(document, ensure_ascii=False), status=status, headers=headers)


def person(request: web.Request) -> Person:
    """Who stands behind the request. Raises 401 where nobody does: on a public route only."""
    found: Person | None = request.get(_PERSON)
    if found is None:
        raise web.HTTPUnauthorized
    return found


def still(request: web.Request) -> Person | None:
    """Who stands behind the request by now; None: signed out, revoked, or no longer allowed to do this.

    For sockets, which outlive the check that let them in: ask at every beat.
    """
    found, role = request[_SESSIONS].who(request), needed(request)
    if found is None or role is None:
        return None
    return found if role == PUBLIC or is_allowed(found, Role(role), request) else None


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the security headers to every answer, where it has none of its own."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = SERVER


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
            413: "the body is too large: an order fits into 64 KiB, a season into 4 MiB",
        }.get(error.status, error.reason)
        allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
        return answer({"error": said}, status=error.status, headers=allow)
    except web.RequestPayloadError:
        return answer({"error": "the body is broken: it ends too early, or is not packed as it says"}, status=400)
    except Exception:
        log.exception("%s %s failed", request.method, request.path, extra={"event": "request_failed"})
        return answer({"error": "an unexpected failure; the service's log has it"}, status=500)


def guards(sessions: Sessions, access: Access) -> list[Middleware]:
    """The checks, in their order: its own name, its own pages, somebody who may."""

    @web.middleware
    async def own_name(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.headers.get("Host", "")
        if not host or (not sessions.has_users and not is_loopback(name_of(host))):
            said = f"this service answers under 127.0.0.1 and localhost only, not {quoted(host)}"
            return answer({"error": f"{said}, until there are users"}, status=421)
        return await handler(request)

    @web.middleware
    async def own_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
        changes = request.method not in ("GET", "HEAD") or _is_upgrade(request)
        if changes and not shown_token(request) and not is_own_page(request, access):
            return answer({"error": "requests from web pages of other sites are refused"}, status=403)
        return await handler(request)

    @web.middleware
    async def who_may(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[_SESSIONS] = sessions
        role, found = needed(request), sessions.who(request)
        is_first_visit = False
        if found is None and _is_page(request) and sessions.is_open_to(request):
            found, is_first_visit = sessions.machine(request), True
        if found is not None:
            request[_PERSON] = found
        if role != PUBLIC:
            if found is None:
                return await _nobody(request)
            if role is None and request.match_info.route.resource is not None:
                log.error("%s %s is in no table of roles", request.method, request.path, extra={"event": "no_role"})
                return answer({"error": f"nobody may use {quoted(request.path)}"}, status=403)
            if role is not None and not is_allowed(found, Role(role), request):
                return await _not_allowed(request, found, Role(role))
        response = await handler(request)
        if is_first_visit and not response.prepared:
            sessions.remember_machine(request, response)
        return response

    return [own_name, own_pages, who_may]


def _is_upgrade(request: web.Request) -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"


def _is_page(request: web.Request) -> bool:
    resource = request.match_info.route.resource
    return request.method in ("GET", "HEAD") and resource is not None and resource.canonical in PAGES


async def _nobody(request: web.Request) -> web.StreamResponse:
    if _is_upgrade(request):
        return await _closed(request, SIGN_IN_AGAIN, b"sign in again")
    is_shown = shown_token(request) is not None
    if _is_page(request) and not is_shown:
        if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
            return web.Response(text=_CALLED_FROM_ELSEWHERE, content_type="text/html")
        return web.Response(status=303, headers={"Location": f"/signin?next={quote(request.path_qs, safe='')}"})
    said = "this token is not known here" if is_shown else "sign in, or show a token: Authorization: Bearer TOKEN"
    remedy = (
        "the service's own token is where [api] token of its config.toml says, usually in state/api.token; "
        "`broadcaster token add` makes others"
    )
    challenge = 'Bearer realm="broadcaster"' + (', error="invalid_token"' if is_shown else "")
    return answer({"error": f"{said}; {remedy}"}, status=401, headers={"WWW-Authenticate": challenge})


async def _not_allowed(request: web.Request, found: Person, role: Role) -> web.StreamResponse:
    if _is_upgrade(request):
        return await _closed(request, NOT_ALLOWED, b"not allowed")
    if not found.role.covers(role):
        said = lacks(found, role)
    elif found.role is Role.SCREEN:
        said = say("the link {name} does not open {page}", name=quoted(found.name), page=quoted(request.path))
    else:
        known = ", ".join(sorted(found.words))
        said = say("the token {name} is limited to {words}", name=quoted(found.name), words=known)
    return answer({"error": said}, status=403)


def lacks(found: Person, role: Role) -> Said:
    """The sentence for somebody whose role is not enough."""
    needs = "this needs the role {role}, and {who} is {own}"
    return say(needs, role=ROLE_WORDS[role], who=quoted(found.name), own=ROLE_WORDS[found.role])


async def _closed(request: web.Request, code: int, why: bytes) -> web.StreamResponse:
    socket = web.WebSocketResponse(timeout=CLOSE_SECONDS)
    await socket.prepare(request)
    await socket.close(code=code, message=why)
    return socket
