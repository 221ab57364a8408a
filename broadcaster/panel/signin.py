"""How does somebody sign in, out, and change their own password? Pages and forms that work without JavaScript."""

import logging

from aiohttp import web

from broadcaster.panel.forms import read_form, way_on
from broadcaster.panel.guard import answer, person
from broadcaster.panel.guessing import Checked, Passwords
from broadcaster.panel.pages import render
from broadcaster.panel.sessions import Sessions, cookie_name
from broadcaster.season.errors import PeopleError
from broadcaster.season.wording import shown
from broadcaster.show.people import NAME_LETTERS, Kind, checked_password

log = logging.getLogger(__name__)


class SignIn:
    """The part that lets people in and out."""

    def __init__(self, sessions: Sessions, passwords: Passwords) -> None:
        self._sessions = sessions
        self._passwords = passwords

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [
            web.get("/signin", self._page),
            web.post("/signin", self._sign_in),
            web.post("/signout", self._sign_out),
            web.get("/password", self._own_password),
            web.post("/password", self._change_password),
            web.get("/me", self._me),
        ]

    async def _page(self, request: web.Request) -> web.StreamResponse:
        wanted = way_on(request.query.get("next", ""))
        if self._sessions.who(request) is not None or self._sessions.is_open_to(request):
            return _see(wanted)
        return self._asked(request, wanted)

    def _asked(
        self, request: web.Request, wanted: str, *, name: str = "", trouble: str = "", wait: int = 0, status: int = 200
    ) -> web.Response:
        page = render(
            request,
            "signin.html",
            status=status,
            has_users=self._sessions.has_users,
            next=wanted,
            name=name,
            trouble=trouble,
            wait=wait,
        )
        return _later(page, wait)

    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        form = await read_form(request)
        wanted, name = way_on(form.text("next")), form.text("name")[: NAME_LETTERS * 2]
        if self._sessions.people is None or not self._sessions.has_users:
            return self._asked(request, wanted, trouble="nobody", status=403)
        found = await self._passwords.check(self._sessions.people, request, name, form.secret("password"))
        user = self._sessions.roster.user(name)
        if found.trouble or user is None:
            trouble = found.trouble or "wrong"  # removed this very moment
            return self._asked(request, wanted, name=name, trouble=trouble, wait=found.wait, status=found.status)
        response = _see(wanted)
        try:
            await self._sessions.open(user.name, request, response)
        except PeopleError as error:
            log.error("nobody can sign in: %s", error, extra={"event": "people_trouble"})
            return self._asked(request, wanted, name=name, trouble="broken", status=503)
        log.info(
            "%s has signed in from %s", shown(user.name), self._passwords.place(request), extra={"event": "signed_in"}
        )
        return response

    async def _sign_out(self, request: web.Request) -> web.StreamResponse:
        await self._sessions.close(person(request))
        response = _see("/signin")
        response.del_cookie(cookie_name(request), path="/")
        return response

    async def _me(self, request: web.Request) -> web.StreamResponse:
        found = person(request)
        document = {"name": found.name, "role": found.role, "kind": found.kind, "words": sorted(found.words)}
        return answer(document | {"can_sign_out": bool(self._sessions.has_users and found.id)})

    # -- one's own password -----------------------------------------------------------------------------------------

    async def _own_password(self, request: web.Request) -> web.StreamResponse:
        return self._own(request)

    def _own(self, request: web.Request, found: Checked | None = None, *, is_done: bool = False) -> web.Response:
        found = found or Checked()
        page = render(
            request,
            "password.html",
            status=found.status,
            me=person(request),
            trouble=found.trouble,
            wait=found.wait,
            is_done=is_done,
        )
        return _later(page, found.wait)

    async def _change_password(self, request: web.Request) -> web.StreamResponse:
        form, me, people = await read_form(request), person(request), self._sessions.people
        if people is None or me.kind is not Kind.USER:
            return self._own(request, Checked(status=403))
        new = form.secret("new")
        if new.reveal() != form.secret("again").reveal():
            return self._own(request, Checked(trouble="unlike", status=409))
        found = await self._passwords.check(people, request, me.name, form.secret("present"))
        if found.trouble:
            return self._own(request, found)
        try:
            checked_password(new.reveal())
            await people.set_password(me.name, new, self._sessions.deed("password_set", me, user=me.name))
            response = self._own(request, is_done=True)
            await self._sessions.open(me.name, request, response)  # every session has ended, and this one goes on
        except PeopleError as error:
            return self._own(request, Checked(trouble=error.args[0], status=409))
        log.info("%s has another password", shown(me.name), extra={"event": "people_changed"})
        return response


def _see(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path})


def _later(page: web.Response, wait: int) -> web.Response:
    if wait:
        page.headers["Retry-After"] = str(wait)
    return page
