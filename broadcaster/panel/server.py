"""Where does the panel answer, and which rooms does it open?"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from aiohttp import web

from broadcaster.panel.admin import Admin
from broadcaster.panel.api import Api, Desk
from broadcaster.panel.calendars import Calendars
from broadcaster.panel.counts import Counts
from broadcaster.panel.doorway import MOST_AT_ONCE, Doorway, Runner
from broadcaster.panel.glance import Glance
from broadcaster.panel.guard import add_headers, errors_as_json, guards
from broadcaster.panel.guessing import Passwords
from broadcaster.panel.live import Live
from broadcaster.panel.metrics import Metrics, encoder_of
from broadcaster.panel.orders import MOST_BYTES
from broadcaster.panel.origin import Access, is_loopback
from broadcaster.panel.osc import Osc, OscSettings
from broadcaster.panel.overlays import PATH, Overlays
from broadcaster.panel.pages import Pages
from broadcaster.panel.pictures import Pictures
from broadcaster.panel.previews import Previews
from broadcaster.panel.screens import Screens
from broadcaster.panel.seats import make_room
from broadcaster.panel.sessions import Sessions
from broadcaster.panel.shelf import PictureShelf
from broadcaster.panel.signin import SignIn
from broadcaster.panel.tiles import Tiles
from broadcaster.panel.tls import Certificate
from broadcaster.ports import Clock, People, Secret
from broadcaster.season.errors import BroadcastError
from broadcaster.season.wording import quoted
from broadcaster.show.calendar import CalendarText

log = logging.getLogger(__name__)

SHUTDOWN_SECONDS = 2.0


class Part(Protocol):
    """One room of the panel."""

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        ...


class Panel:
    """The operators' way in to one desk. Make it before the desk runs."""

    def __init__(
        self,
        desk: Desk,
        *,
        token: Secret,
        clock: Clock,
        people: People | None = None,
        access: Access | None = None,
        overlays: Overlays | None = None,
        shelf: PictureShelf | None = None,
        osc: OscSettings | None = None,
        calendar_text: CalendarText | None = None,
    ) -> None:
        if not token.reveal().strip():
            raise BroadcastError("the API needs a token: set [api] token in config.toml, or take the line away")
        self._access = access or Access()
        self._clock = clock
        self._certificate: Certificate | None = None
        self._sessions = Sessions(people, token=token, clock=clock, access=self._access, audit=desk.audit)
        self._live = Live(desk, clock=clock)
        self._overlays = overlays or Overlays()
        glance, counts = Glance(desk, clock=clock), Counts()
        desk.on_record.append(counts.note)
        self._osc = Osc(desk, glance, osc or OscSettings(), clock=clock)
        self._parts: list[Part] = [
            Api(desk, glance, clock=clock, has_get_orders=self._access.has_get_orders),
            SignIn(self._sessions, Passwords(self._sessions, clock=clock, access=self._access)),
            Admin(self._sessions, clock=clock, access=self._access),
            self._live,
            Pictures(desk, clock=clock),
            Previews(desk),
            Pages(),
            Screens(desk, clock=clock, access=self._access),
            Calendars(desk, calendar_text, clock=clock, access=self._access),
            self._overlays,
            shelf or PictureShelf(public_url=self._access.public_url, clock=clock),
            Tiles(glance),
            Metrics(glance, counts, encoder=lambda: encoder_of(desk.screen()), sockets=lambda: self._live.screens),
        ]

    @asynccontextmanager
    async def serve(self, host: str, port: int) -> AsyncIterator[int]:
        """Answer for as long as the context lasts; gives the port, a free one for 0. See `keep_up`.

        Raises BroadcastError when `host` is not this machine and nobody has a password, or the port is taken.
        """
        await self.refresh()
        self._check_reach(host)
        cert, key = self._access.tls_cert, self._access.tls_key
        if cert is not None and key is not None:
            self._certificate = await asyncio.to_thread(Certificate, cert, key)
        doorway = Doorway(make_room(), is_known=lambda address: is_loopback(address) or self._access.trusts(address))
        runner = Runner(self.application(doorway), doorway, shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        try:
            # By the address: "localhost" may be two, which would each get a free port of their own.
            address = "127.0.0.1" if host.lower() == "localhost" else host
            context = self._certificate.context if self._certificate is not None else None
            site = web.TCPSite(runner, address, port, ssl_context=context, backlog=MOST_AT_ONCE)
            try:
                await site.start()
            except OSError as error:
                raise BroadcastError(
                    f"the API cannot have port {port} of {host} ({error.strerror}): stop what has it "
                    "(another `broadcaster run`?), or set another [api] port"
                ) from error
            bound: int = runner.addresses[0][1]
            log.info("the API answers at %s:%d", host, bound, extra={"event": "api_open", "port": bound})
            url = self._access.public_url.rstrip("/") or f"{self.scheme}://{host}:{bound}"
            self._overlays.page = f"{url}{PATH}"
            async with self._osc.serve():
                yield bound
        finally:
            await runner.cleanup()

    def _check_reach(self, host: str) -> None:
        """Nobody but this machine, until there are users."""
        if self._sessions.has_users:
            if not is_loopback(host) and self._access.tls_cert is None and not self._access.trusted_proxies:
                log.warning(
                    "passwords and tokens can be read on the way to %s: set [api] tls_cert and tls_key, or put a proxy "
                    "with TLS in front; docs/people.md",
                    host,
                    extra={"event": "not_encrypted"},
                )
            return
        if not is_loopback(host) or self._access.public_url:
            reach = quoted(host) if not is_loopback(host) else f"under {quoted(self._access.public_url)}"
            raise BroadcastError(
                f"the panel cannot serve {reach}: there are no users, so anybody there could steer the show. Add one "
                'with `broadcaster user add NAME --role admin`, or serve this machine alone: [api] host = "127.0.0.1", '
                "without public_url"
            )

    @property
    def scheme(self) -> str:
        """How it is served, http or https."""
        return "http" if self._access.tls_cert is None else "https"

    async def keep_up(self) -> None:
        """Keep up with users and certificates that are changed elsewhere, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._sessions.run(), name="people")
            if self._certificate is not None:
                tasks.create_task(self._certificate.watch(self._clock), name="certificate")

    async def refresh(self) -> None:
        """Take in who may come in by now. Raises PeopleError."""
        await self._sessions.refresh()

    async def reload_certificate(self) -> None:
        """Load the certificate again, if it has changed."""
        if self._certificate is not None:
            await self._certificate.reload()

    def application(self, doorway: Doorway | None = None) -> web.Application:
        """The routes behind their guards, and the doorway."""
        checks = [errors_as_json, *guards(self._sessions, self._access)]
        if doorway is not None:
            checks.insert(0, doorway.check)
        app = web.Application(middlewares=checks, client_max_size=MOST_BYTES)
        app.on_response_prepare.append(add_headers)
        app.on_shutdown.append(self._live.close)
        app.on_shutdown.append(self._overlays.close)
        for part in self._parts:
            app.add_routes(part.routes())
        return app
