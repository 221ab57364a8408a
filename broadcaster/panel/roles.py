"""Who may ask for what? The one table; a route that is not in it is refused, and a test goes through all of them."""

from typing import Final, Literal

from aiohttp import web

from broadcaster.panel.orders import GET_WORDS, SHAPES
from broadcaster.show.orders import Order, Word
from broadcaster.show.people import SCREEN_PAGES, Person, Role
from broadcaster.show.post_orders import PostAct

PUBLIC: Final = "public"
Needed = Role | Literal["public"]

PAGES = frozenset({"/", "/panel", "/password", "/people", *SCREEN_PAGES})
"""What a person opens in a browser: without a session they are asked to sign in."""

GET_ORDERS = frozenset(f"/api/v1/{word}" for word in GET_WORDS)
"""What a simple remote may ask for, where [api] get_orders allows it."""

_DIRECTORS = frozenset({Word.END, Word.CANCEL})
_DIRECTORS_ACTS = frozenset({PostAct.EDIT})

TABLE: dict[tuple[str, str], Needed] = {
    ("GET", "/healthz"): PUBLIC,
    ("GET", "/readyz"): PUBLIC,
    ("GET", "/api/openapi.json"): PUBLIC,
    ("GET", "/signin"): PUBLIC,
    ("POST", "/signin"): PUBLIC,
    ("GET", "/static/{path}"): PUBLIC,
    ("GET", "/words/{language}.json"): PUBLIC,
    ("GET", "/pictures/{name}"): PUBLIC,  # for whoever was told the name
    **{("GET", page): Role.SCREEN for page in SCREEN_PAGES},
    ("GET", "/calendar/{name}.ics"): Role.SCREEN,  # of those that may open /calendar
    ("GET", "/qr.svg"): Role.SCREEN,
    ("GET", "/api/v1/overlay"): Role.SCREEN,  # of those that may open its page, see `is_allowed`
    ("GET", "/api/v1/live"): Role.SCREEN,  # of the stage; the desk's view is a viewer's, see `needed`
    ("GET", "/"): Role.VIEWER,
    ("GET", "/panel"): Role.VIEWER,
    ("GET", "/me"): Role.VIEWER,
    ("GET", "/password"): Role.VIEWER,
    ("POST", "/password"): Role.VIEWER,
    ("POST", "/signout"): Role.VIEWER,
    ("GET", "/metrics"): Role.VIEWER,
    ("GET", "/api/v1/state"): Role.VIEWER,
    ("GET", "/api/v1/posts"): Role.SCREEN,  # of those that may open its page; they see what is public
    ("GET", "/api/v1/picture/program.jpg"): Role.VIEWER,
    ("GET", "/api/v1/picture/next.jpg"): Role.VIEWER,
    ("GET", "/api/v1/picture/scene.jpg"): Role.VIEWER,
    ("GET", "/api/v1/tile/{name}.png"): Role.VIEWER,
    **{("POST", f"/api/v1/{word}"): Role.DIRECTOR if word in _DIRECTORS else Role.OPERATOR for word in SHAPES},
    **{("GET", path): Role.OPERATOR for path in GET_ORDERS},
    ("POST", "/api/v1/preview"): Role.OPERATOR,
    ("POST", "/api/v1/season"): Role.DIRECTOR,
    ("GET", "/people"): Role.ADMIN,
    ("POST", "/people"): Role.ADMIN,
}
"""(method, path as the router writes it) -> the least role. HEAD is as GET."""


def needed(request: web.Request) -> Needed | None:
    """The least role for the request; None: not in the table, so nobody may."""
    resource = request.match_info.route.resource
    path = resource.canonical if resource is not None else ""
    role = TABLE.get(("GET" if request.method == "HEAD" else request.method, path))
    if path == "/api/v1/live" and request.query.get("view") != "stage":
        return Role.VIEWER
    return role


def is_directors(order: Order) -> bool:
    """Whether the order is a director's although its word is not: what a post says is not changed by everybody."""
    return order.word is Word.POST and order.act in _DIRECTORS_ACTS


def is_allowed(person: Person, role: Role, request: web.Request) -> bool:
    """Whether the person may, by role and by what their token or link is limited to."""
    if not person.role.covers(role):
        return False
    if person.words and request.method not in ("GET", "HEAD"):
        return request.path.removeprefix("/api/v1/") in person.words
    if person.role is Role.SCREEN and request.path == "/api/v1/overlay":
        return "/overlay/lower-third" in person.pages
    if person.role is Role.SCREEN and request.path == "/api/v1/posts":
        return "/announcements" in person.pages
    if person.role is Role.SCREEN and request.path.startswith("/calendar/"):
        return "/calendar" in person.pages
    if person.role is Role.SCREEN:
        return request.path in person.pages or request.path in ("/api/v1/live", "/qr.svg")
    return True
