"""How does a script or a button look at the running show, and give it an order?

HTTP and JSON on this machine only; docs/api.md tells it to crews, /api/openapi.json to programs.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from aiohttp import web

from broadcaster.panel.glance import EARLY, Glance, is_early
from broadcaster.panel.guard import Handler, answer, lacks, person
from broadcaster.panel.languages import spelled
from broadcaster.panel.openapi import describe
from broadcaster.panel.orders import (
    GET_WORDS,
    MOST_SEASON_BYTES,
    SHAPES,
    BadOrder,
    Giver,
    clean_name,
    read_order,
    read_query,
    read_rewrite,
)
from broadcaster.panel.roles import is_directors
from broadcaster.ports import Clock
from broadcaster.season.errors import JournalError, SeasonError
from broadcaster.season.plan import Plan
from broadcaster.season.wording import near_or_listed, quoted
from broadcaster.show.changes import Edit
from broadcaster.show.commands import NotNow, Stale
from broadcaster.show.orders import Order, Rewrite, Word
from broadcaster.show.people import Deed, Kind, Person, Role
from broadcaster.show.post_list import public_post
from broadcaster.show.post_orders import NoSuchPost, PostAct
from broadcaster.show.records import Record, stamp
from broadcaster.show.ripple import Ripple
from broadcaster.show.state import SeasonState

log = logging.getLogger(__name__)

KEYS_REMEMBERED = 1000
SENTENCES = ("conflicts", "youtube", "posts", "corrections", "tell")
"""What a ripple says in sentences."""


class Desk(Protocol):
    """What the panel needs of the conductor."""

    plan: Plan
    """What it runs."""
    on_turn: list[Callable[[], None]]
    """Called after every turn of the loop."""
    on_record: list[Callable[[Record], None]]
    """Called with every record once it is written."""

    async def order(self, order: Order) -> int:
        """Carry out the order, once for each key, and return the revision after it; raises NotNow or Stale."""
        ...

    def preview(self, order: Order) -> Ripple:
        """What the order would change; raises NotNow or Stale."""
        ...

    def weigh(self, order: Order) -> dict[str, Any]:
        """How a post's new text would weigh, see show.post_list.weighed, or whom a `cancel` is for; raises NotNow."""
        ...

    async def edit(self, rewrite: Rewrite) -> Edit:
        """Run another version of the season; raises SeasonError, NotNow or Stale."""
        ...

    async def audit(self, deed: Deed) -> None:
        """Write down what somebody did about people; raises JournalError when it cannot be."""
        ...

    @property
    def state(self) -> SeasonState:
        """Where the season stands, by the record."""
        ...

    def view(self) -> dict[str, Any]:
        """The state as flat JSON, see show.view; `seq` is 0 until the journal is open."""
        ...

    async def posts(self, show: str) -> list[dict[str, Any]]:
        """Every post of the season, or of one show, as flat JSON; see show.post_list."""
        ...

    async def picture(self, scene: str | None, width: int) -> bytes:
        """A JPEG of a scene, or of the program; Unavailable with reason `take` around a take."""
        ...

    async def preview_scene(self, scene: str) -> None:
        """Put a scene on the studio's preview; raises as ports.Studio.preview."""
        ...

    def screen(self) -> dict[str, Any]:
        """What everybody backstage sees, see show.screen."""
        ...


class Api:
    """State and orders of one desk. Make it before the desk runs: it counts itself ready at the first turn."""

    def __init__(self, desk: Desk, glance: Glance, *, clock: Clock, has_get_orders: bool = False) -> None:
        self._desk = desk
        self._glance = glance
        self._clock = clock
        self._has_get_orders = has_get_orders
        self._turned_at: datetime | None = None
        self._given: OrderedDict[str, Order] = OrderedDict()
        desk.on_turn.append(self._on_turn)

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [
            web.get("/healthz", self._healthz),
            web.get("/readyz", self._readyz),
            web.get("/api/openapi.json", self._openapi),
            web.get("/api/v1/state", self._state),
            web.get("/api/v1/posts", self._posts),
            *(web.post(f"/api/v1/{word}", self._ordering(word)) for word in SHAPES),
            *(
                web.get(f"/api/v1/{word}", self._ordering_by_get(word), allow_head=False)
                for word in GET_WORDS
                if self._has_get_orders
            ),
            web.post("/api/v1/season", self._season),
        ]

    # -- looking --------------------------------------------------------------------------------------------------

    def _on_turn(self) -> None:
        self._turned_at = self._clock.now()

    async def _healthz(self, request: web.Request) -> web.Response:
        return answer({"ok": True, "now": stamp(self._clock.now())})

    async def _readyz(self, request: web.Request) -> web.Response:
        reasons = self._not_ready()
        if trouble := self._desk.view().get("journal_trouble"):
            reasons.append(f"nothing can be written down: {trouble}")
        last_turn = stamp(self._turned_at) if self._turned_at else None
        document = {"ok": not reasons, "reasons": reasons, "last_turn": last_turn}
        return answer(document, status=503 if reasons else 200)

    def _not_ready(self) -> list[str]:
        if self._turned_at is not None:  # no turn without a journal
            return []
        first = [] if self._desk.view()["seq"] else ["the journal is not open yet"]
        return [*first, "the first turn of the loop was not made yet"]

    async def _openapi(self, request: web.Request) -> web.Response:
        return answer(describe(has_get_orders=self._has_get_orders))

    async def _state(self, request: web.Request) -> web.Response:
        return web.Response(body=self._glance.encoded(), content_type="application/json", charset="utf-8")

    async def _posts(self, request: web.Request) -> web.Response:
        show = request.query.get("show", "")
        if (missing := self._no_show(show)) is not None:
            return missing
        posts = await self._desk.posts(show)
        if person(request).role is Role.SCREEN:
            posts = [public_post(post) for post in posts]
        for post in posts:
            post["said"] = spelled(post["why"])
        return answer(
            {"revision": self._glance.document()["revision"], "now": stamp(self._clock.now()), "posts": posts}
        )

    def _no_show(self, show: str) -> web.Response | None:
        """The answer where the season has no such show."""
        shows = [each["id"] for each in self._desk.view()["shows"]] if show else []
        if not show or show in shows:
            return None
        hint = near_or_listed(show, shows, what="shows")
        said = f"the season has no show {quoted(show)}" + (f"; {hint}" if hint else "")
        return answer({"error": said}, status=404)

    # -- ordering -------------------------------------------------------------------------------------------------

    def _ordering(self, word: Word) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                order = read_order(
                    word,
                    await request.read(),
                    key=request.headers.get("Idempotency-Key"),
                    giver=giver_of(request),
                )
            except BadOrder as error:
                return answer({"error": error.args[0]}, status=400)
            return await self._give(order, person(request))

        return handle

    def _ordering_by_get(self, word: Word) -> Handler:
        """For remotes that can only open an address; the token there must be made for just that."""

        async def handle(request: web.Request) -> web.StreamResponse:
            found = person(request)
            if found.kind is not Kind.TOKEN or word not in found.words:
                said = (
                    f"{quoted(word)} by GET needs a token that is limited to its words: "
                    f"broadcaster token add NAME --role operator --word {word}"
                )
                return answer({"error": said}, status=403)
            try:
                order = read_query(word, request.query, giver=giver_of(request))
            except BadOrder as error:
                return answer({"error": error.args[0]}, status=400)
            return await self._give(order, person(request))

        return handle

    async def _give(self, order: Order, found: Person) -> web.Response:
        if reasons := self._not_ready():  # before the journal is read, a repeat would not be known as one
            return answer({"error": f"the service is just starting: {'; '.join(reasons)}; try again"}, status=503)
        if (missing := self._no_show(order.show)) is not None:
            return missing
        if is_directors(order) and not found.role.covers(Role.DIRECTOR):
            return answer({"error": lacks(found, Role.DIRECTOR)}, status=403)
        if (given := self._given.get(order.key)) is not None and not _is_repeat(order, given):
            said = f"the key {quoted(order.key)} was used for another order, {quoted(given.word)}; take a new one"
            return answer({"error": said}, status=422)
        is_new = given is None and not order.preview
        if is_new and not found.role.covers(Role.DIRECTOR) and is_early(self._desk, order, self._clock.now()):
            return answer({"error": EARLY}, status=403)
        try:
            if order.preview:
                return self._weighed(order) if order.word is Word.POST else self._previewed(order)
            revision = await self._desk.order(order)
            self._glance.forget()
        except Stale as error:
            return answer({"error": error.args[0], "revision": self._desk.view()["revision"]}, status=409)
        except NotNow as error:
            return answer({"error": error.args[0]}, status=404 if isinstance(error, NoSuchPost) else 409)
        except JournalError as error:
            log.error("%s by %s is not written down: %s", order.word, order.who, error, extra={"event": "order_lost"})
            return answer({"error": str(error)}, status=503)
        if order.key:
            self._given[order.key] = given or order
            if len(self._given) > KEYS_REMEMBERED:
                self._given.popitem(last=False)
        view = self._desk.view()
        log.info("%s by %s from %s", order.word, order.who, order.source, extra={"event": "order_given"})
        reply = {"ok": True, "revision": revision, "state": view["in_a_line"], "show": view["show"]}
        return answer(reply | {"phase": view["phase"], "alerts": view["alerts"]})

    def _previewed(self, order: Order) -> web.Response:
        ripple = self._desk.preview(order)
        view = self._desk.view()
        reply = {"ok": True, "preview": True, "revision": view["revision"], "state": view["in_a_line"]}
        reply |= {"show": ripple.show, "phase": view["phase"], "alerts": view["alerts"]}
        told = ripple.as_json()
        told["said"] = {name: spelled(told[name]) for name in SENTENCES}
        return answer(reply | {"ripple": told})

    def _weighed(self, order: Order) -> web.Response:
        if order.act != PostAct.CANCEL and (order.act != PostAct.EDIT or not order.text):
            said = "a look ahead at a post is for act 'edit' with its text, and for 'cancel'"
            return answer({"error": said}, status=400)
        found = self._desk.weigh(order)
        told = {"ok": True, "preview": True, "revision": self._desk.view()["revision"]}
        return answer(told | found | ({"said": spelled(found["excess"])} if "excess" in found else {}))

    async def _season(self, request: web.Request) -> web.StreamResponse:
        body = await request.clone(client_max_size=MOST_SEASON_BYTES).read()
        try:
            rewrite = read_rewrite(
                body,
                key=request.headers.get("Idempotency-Key"),
                giver=giver_of(request),
            )
        except BadOrder as error:
            return answer({"error": str(error)}, status=400)
        if reasons := self._not_ready():
            return answer({"error": f"the service is just starting: {'; '.join(reasons)}; try again"}, status=503)
        try:
            edit = await self._desk.edit(rewrite)
        except SeasonError as error:
            problems = [
                {"line": each.line, "column": each.column, "severity": each.severity, "message": each.message}
                | {"hint": each.hint}
                for each in error.problems
            ]
            return answer({"error": str(error), "file": error.file, "problems": problems}, status=400)
        except Stale as error:
            return answer({"error": error.args[0], "revision": self._desk.view()["revision"]}, status=409)
        except NotNow as error:
            return answer({"error": error.args[0]}, status=409)
        except JournalError as error:
            log.error("the edit by %s is not written down: %s", rewrite.who, error, extra={"event": "edit_lost"})
            return answer({"error": str(error)}, status=503)
        view = self._desk.view()
        reply = {"ok": True, "preview": rewrite.preview, "revision": view["revision"], "state": view["in_a_line"]}
        reply |= {"show": view["show"], "phase": view["phase"], "alerts": view["alerts"]}
        return answer(reply | {"changes": [change.as_json() for change in edit.changes]})


def _is_repeat(order: Order, given: Order) -> bool:
    """The same order again, whoever sends it and however the show stands by now."""
    by_the_same = replace(order, who=given.who, kind=given.kind, source=given.source)
    return replace(by_the_same, revision=given.revision) == given


def giver_of(request: web.Request) -> Giver:
    """Who gives the order, for the record: a program may add a name to its token's, "Aliya via companion"."""
    found = person(request)
    named = clean_name(request.headers.get("X-Broadcaster-Who"))
    is_program = found.kind is Kind.TOKEN and named
    return Giver(who=f"{named} via {found.name}" if is_program else found.name, kind=found.kind, source=found.source)
