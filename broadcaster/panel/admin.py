"""Who may come in, and who is in? The page where an admin sees and changes it; it works without JavaScript."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from broadcaster.panel.forms import Form, read_form
from broadcaster.panel.guard import person
from broadcaster.panel.origin import Access, is_secure
from broadcaster.panel.pages import render
from broadcaster.panel.sessions import Sessions
from broadcaster.ports import Clock, People
from broadcaster.season.errors import PeopleError
from broadcaster.season.said import say
from broadcaster.season.wording import quoted
from broadcaster.show.issuing import WORDS, ends, new_link, new_token, read_role, read_until
from broadcaster.show.people import ROLES, SCREEN_PAGES, Person, User, checked_name, checked_password

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """A secret that was just made: shown on this one page, and never again."""

    name: str
    secrets: tuple[str, ...]
    is_link: bool


Doing = Callable[[People, Person, Form, web.Request], Awaitable[Fresh | None]]


class Admin:
    """The part with the page of people."""

    def __init__(self, sessions: Sessions, *, clock: Clock, access: Access) -> None:
        self._sessions = sessions
        self._clock = clock
        self._access = access
        self._doings: dict[str, Doing] = {
            "add_user": self._add_user,
            "set_role": self._set_role,
            "set_password": self._set_password,
            "remove_user": self._remove_user,
            "end_session": self._end_session,
            "add_token": self._add_token,
            "revoke_token": self._revoke_token,
            "add_link": self._add_link,
            "revoke_link": self._revoke_link,
        }

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [web.get("/people", self._page), web.post("/people", self._change)]

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return self._shown(request)

    def _shown(
        self, request: web.Request, *, trouble: str = "", fresh: Fresh | None = None, status: int = 200
    ) -> web.Response:
        return render(
            request,
            "people.html",
            status=status,
            me=person(request),
            roster=self._sessions.roster,
            can_change=self._sessions.people is not None,
            roles=ROLES,
            words=WORDS,
            pages=SCREEN_PAGES,
            now=self._clock.now(),
            trouble=trouble,
            fresh=fresh,
        )

    async def _change(self, request: web.Request) -> web.StreamResponse:
        form, me, people = await read_form(request), person(request), self._sessions.people
        if people is None:
            return self._shown(request, trouble=say("A rehearsal has no users, tokens or links."), status=409)
        doing = self._doings.get(form.text("do"))
        if doing is None:
            return self._shown(request, trouble=f"Nothing is called {quoted(form.text('do'))}.", status=400)
        try:
            fresh = await doing(people, me, form, request)
            await self._sessions.changed()
        except PeopleError as error:
            return self._shown(request, trouble=error.args[0], status=409)
        log.info("%s by %s", form.text("do"), me.name, extra={"event": "people_changed"})
        if fresh is not None:
            return self._shown(request, fresh=fresh)
        return web.Response(status=303, headers={"Location": "/people"})

    async def _add_user(self, people: People, me: Person, form: Form, request: web.Request) -> None:
        name, role = checked_name(form.text("name")), read_role(form.text("role"))
        checked_password(form.secret("password").reveal())
        user = User(name=name, role=role, made_at=self._clock.now(), made_by=me.name)
        deed = self._sessions.deed("user_added", me, user=name, role=role)
        await people.add_user(user, form.secret("password"), deed)

    async def _set_role(self, people: People, me: Person, form: Form, request: web.Request) -> None:
        name, role = form.text("name"), read_role(form.text("role"))
        await people.set_role(name, role, self._sessions.deed("role_set", me, user=name, role=role))

    async def _set_password(self, people: People, me: Person, form: Form, request: web.Request) -> None:
        name = form.text("name")
        checked_password(form.secret("password").reveal())
        await people.set_password(name, form.secret("password"), self._sessions.deed("password_set", me, user=name))

    async def _remove_user(self, people: People, me: Person, form: Form, request: web.Request) -> None:
        name = form.text("name")
        await people.remove_user(name, self._sessions.deed("user_removed", me, user=name))

    async def _end_session(self, people: People, me: Person, form: Form, request: web.Request) -> None:
        id = form.text("id")
        of = next((each.user for each in self._sessions.roster.sessions if each.id == id), "")
        await people.close_session(id, self._sessions.deed("session_ended", me, session=id, user=of))

    async def _add_token(self, people: People, me: Person, form: Form, request: web.Request) -> Fresh:
        role = read_role(form.text("role"))
        now = self._clock.now()
        until = read_until(form.text("until"), now)
        secret, token = new_token(form.text("name"), role, form.texts("word"), by=me.name, at=now, until=until)
        said = {"token": token.name, "id": token.id, "role": role, "words": list(token.words), **ends(token)}
        await people.add_token(token, self._sessions.deed("token_added", me, **said))
        return Fresh(name=token.name, secrets=(secret.reveal(),), is_link=False)

    async def _revoke_token(self, people: People, me: Person, form: Form, request: web.Request) -> None:
        id = form.text("id")
        of = next((each.name for each in self._sessions.roster.tokens if each.id == id), "")
        await people.revoke_token(id, self._sessions.deed("token_revoked", me, token=of, id=id))

    async def _add_link(self, people: People, me: Person, form: Form, request: web.Request) -> Fresh:
        now = self._clock.now()
        until = read_until(form.text("until"), now)
        secret, link = new_link(form.text("name"), form.texts("page"), by=me.name, at=now, until=until)
        said = {"link": link.name, "id": link.id, "pages": list(link.pages), **ends(link)}
        await people.add_link(link, self._sessions.deed("link_added", me, **said))
        scheme = "https" if is_secure(request, self._access) else "http"
        origin = self._access.origin or f"{scheme}://{request.headers['Host']}"
        urls = tuple(f"{origin}{page}?link={secret.reveal()}" for page in link.pages)
        return Fresh(name=link.name, secrets=urls, is_link=True)

    async def _revoke_link(self, people: People, me: Person, form: Form, request: web.Request) -> None:
        id = form.text("id")
        of = next((each.name for each in self._sessions.roster.links if each.id == id), "")
        await people.revoke_link(id, self._sessions.deed("link_revoked", me, link=of, id=id))
