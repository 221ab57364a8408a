"""Who stands behind a cookie, a bearer token or a link, and for how long?

Everybody who may come in is held in memory and read anew when the file has changed, so that a request costs the loop
nothing and what a command changes holds within a second. Of a secret only its SHA-256 is kept.
"""

import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from aiohttp import web

from broadcaster.panel.origin import Access, is_here, is_secure, name_of, shown_token, source_of
from broadcaster.panel.roles import GET_ORDERS
from broadcaster.ports import Clock, People, Secret
from broadcaster.season.errors import JournalError, JournalUnavailable, PeopleError
from broadcaster.show.issuing import digest, new_secret
from broadcaster.show.people import THIS_MACHINE, Deed, Kind, Person, Role, Roster, Session, is_over

log = logging.getLogger(__name__)

SESSION_LASTS = timedelta(days=14)
"""Since it was last used; a crew that works every week never signs in again during a show."""
SESSION_MOST = timedelta(days=90)
SEEN_EVERY = timedelta(hours=1)
LOOK_EVERY = timedelta(seconds=1)
DEVICE_LETTERS = 200
SERVICE_TOKEN = "api"  # noqa: S105 a name, no secret
"""The name of the service's own token, [api] token."""

Audit = Callable[[Deed], Awaitable[None]]


class Sessions:
    """Everybody who may come in, as of now. Without `people` there are no users, as in a rehearsal."""

    def __init__(self, people: People | None, *, token: Secret, clock: Clock, access: Access, audit: Audit) -> None:
        self.people = people
        self.roster = Roster()
        self.has_untold = True
        """Something was done that the journal may not have yet."""
        self._clock = clock
        self._access = access
        self._audit = audit
        self._service = digest(token.reveal().strip())
        self._here = hmac.new(token.reveal().encode(), b"this machine", hashlib.sha256).hexdigest()
        self._used: set[str] = set()
        self._trouble = ""
        self._index()

    # -- who is it? -----------------------------------------------------------------------------------------------

    @property
    def has_users(self) -> bool:
        """Whether anybody has a password; without, only this machine is let in."""
        return bool(self.roster.users)

    def who(self, request: web.Request) -> Person | None:
        """Who stands behind the request, by bearer, cookie or link; None: nobody that is known."""
        source = source_of(request, self._access)
        if (shown := shown_token(request)) is not None:
            return self._by_token(shown, source)
        if self._access.has_get_orders and request.method == "GET" and request.path in GET_ORDERS:
            return self._by_token(request.query.get("token", ""), source)
        if (cookie := request.cookies.get(cookie_name(request))) and (person := self._by_cookie(cookie, request)):
            return person
        link = request.query.get("link")
        return self._by_link(link, source) if link else None

    def _by_token(self, shown: str, source: str) -> Person | None:
        mark = digest(shown)
        if hmac.compare_digest(mark, self._service):
            return Person(name=SERVICE_TOKEN, role=Role.ADMIN, kind=Kind.TOKEN, source=source)
        token = self._tokens.get(mark)
        if token is None or is_over(token, self._clock.now()):
            return None
        words = frozenset(token.words)
        return Person(name=token.name, role=token.role, kind=Kind.TOKEN, source=source, id=token.id, words=words)

    def _by_cookie(self, cookie: str, request: web.Request) -> Person | None:
        if self.is_open_to(request) and hmac.compare_digest(cookie.encode(errors="replace"), self._here.encode()):
            return self.machine(request)
        session = self._sessions.get(digest(cookie))
        now = self._clock.now()
        if session is None or now >= session.expires_at:
            return None
        user = self.roster.user(session.user)
        if user is None:
            return None
        if now - session.seen_at >= SEEN_EVERY:
            self._used.add(session.id)
        source = source_of(request, self._access)
        return Person(name=user.name, role=user.role, kind=Kind.USER, source=source, id=session.id)

    def _by_link(self, shown: str, source: str) -> Person | None:
        link = self._links.get(digest(shown))
        if link is None or is_over(link, self._clock.now()):
            return None
        pages = frozenset(link.pages)
        return Person(name=link.name, role=Role.SCREEN, kind=Kind.LINK, source=source, id=link.id, pages=pages)

    # -- this machine ---------------------------------------------------------------------------------------------

    def is_open_to(self, request: web.Request) -> bool:
        """Whether a browser of this machine is let in without a password: as long as nobody has one."""
        return not self.has_users and not self._access.public_url and is_here(request)

    def machine(self, request: web.Request) -> Person:
        """The browser of this machine, while there are no users."""
        return Person(name=THIS_MACHINE, role=Role.ADMIN, kind=Kind.MACHINE, source=request.remote or "")

    def remember_machine(self, request: web.Request, response: web.StreamResponse) -> None:
        """Give this machine's browser its cookie."""
        self._set_cookie(request, response, self._here)

    # -- signing in and out -----------------------------------------------------------------------------------------

    async def open(self, user: str, request: web.Request, response: web.StreamResponse) -> None:
        """Remember the browser as the user's, and give it its cookie. Raises PeopleError."""
        if self.people is None:
            raise PeopleError("There are no users here.")
        cookie, mark, id = new_secret()
        now = self._clock.now()
        source = source_of(request, self._access)
        device = "".join(filter(str.isprintable, request.headers.get("User-Agent", "")))[:DEVICE_LETTERS]
        session = Session(
            id=id,
            digest=mark,
            user=user,
            made_at=now,
            seen_at=now,
            expires_at=now + SESSION_LASTS,
            source=source,
            device=device,
        )
        deed = Deed(act="signed_in", by=user, kind=Kind.USER, source=source, at=now, data={"session": id})
        await self.people.open_session(session, deed)
        await self.changed()
        self._set_cookie(request, response, cookie.reveal())

    async def close(self, person: Person) -> None:
        """End the session that the person came with; nothing for who came otherwise. Raises PeopleError."""
        if self.people is not None and person.kind is Kind.USER:
            await self.people.close_session(person.id, self.deed("signed_out", person, session=person.id))
            await self.changed()

    def deed(self, act: str, person: Person, **data: object) -> Deed:
        """What the person does now, for the record."""
        return Deed(act=act, by=person.name, kind=person.kind, source=person.source, at=self._clock.now(), data=data)

    def _set_cookie(self, request: web.Request, response: web.StreamResponse, value: str) -> None:
        response.set_cookie(
            cookie_name(request),
            value,
            max_age=int(SESSION_MOST.total_seconds()),
            path="/",
            httponly=True,
            samesite="Strict",
            secure=is_secure(request, self._access),
        )

    # -- keeping up -----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Keep up with what others change, and let the journal know, until cancelled."""
        while self.people is not None:
            try:
                if await self.people.is_changed():
                    await self.changed()
                await self._renew(self.people)
                await self._tell(self.people)
                self._trouble = ""
            except (PeopleError, JournalError) as error:
                if str(error) != self._trouble:
                    self._trouble = str(error)
                    log.error("%s", error, extra={"event": "people_trouble"})
            except Exception:
                log.exception("the list of people is not kept up", extra={"event": "people_trouble"})
            await self._clock.sleep(LOOK_EVERY)

    async def changed(self) -> None:
        """Somebody was changed: read everybody anew. Raises PeopleError."""
        self.has_untold = True
        await self.refresh()

    async def refresh(self) -> None:
        """Read everybody anew. Raises PeopleError."""
        if self.people is not None:
            self.roster = await self.people.read()
            self._index()

    def _index(self) -> None:
        self._sessions = {session.digest: session for session in self.roster.sessions}
        self._tokens = {token.digest: token for token in self.roster.tokens}
        self._links = {link.digest: link for link in self.roster.links}

    async def _renew(self, people: People) -> None:
        used, self._used = self._used, set()
        now = self._clock.now()
        for session in self.roster.sessions:
            if session.id in used:
                expires_at = min(now + SESSION_LASTS, session.made_at + SESSION_MOST)
                await people.renew_session(session.id, seen_at=now, expires_at=expires_at)
        if used:
            await self.refresh()

    async def _tell(self, people: People) -> None:
        if not self.has_untold:
            return
        self.has_untold = False
        try:
            for deed in await people.untold():
                await self._audit(deed)
                await people.told([deed])
        except (JournalError, PeopleError) as error:
            self.has_untold = True  # it is kept until it can be written
            if not isinstance(error, JournalUnavailable):  # which is said elsewhere already
                raise


def cookie_name(request: web.Request) -> str:
    """One for each port: browsers keep the cookies of a machine's ports in one jar."""
    host = request.headers.get("Host", "")
    _, _, port = host.removeprefix(f"[{name_of(host)}]").rpartition(":")
    return f"broadcaster_{port}" if port.isascii() and port.isdigit() else "broadcaster"
