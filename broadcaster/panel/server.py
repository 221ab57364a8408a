"""Where does the panel answer, and which rooms does it open?"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from aiohttp import web

from broadcaster.panel.api import Api, Desk
from broadcaster.panel.guard import add_headers, errors_as_json, guards
from broadcaster.panel.live import Live
from broadcaster.panel.orders import MOST_BYTES
from broadcaster.panel.origin import Access, is_loopback
from broadcaster.panel.pages import Pages
from broadcaster.panel.screens import Screens
from broadcaster.panel.sessions import Sessions
from broadcaster.ports import Clock, People, Secret
from broadcaster.season.errors import BroadcastError
from broadcaster.season.wording import quoted

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
        self, desk: Desk, *, token: Secret, clock: Clock, people: People | None = None, access: Access | None = None
    ) -> None:
        if not token.reveal().strip():
            raise BroadcastError("the API needs a token: set [api] token in config.toml, or take the line away")
        self._access = access or Access()
        self._sessions = Sessions(people, token=token, clock=clock, access=self._access, audit=desk.audit)
        self._live = Live(desk, clock=clock)
        self._parts: list[Part] = [
            Api(desk, clock=clock),
            self._live,
            Pages(),
            Screens(desk, clock=clock, access=self._access),
        ]

    @asynccontextmanager
    async def serve(self, host: str, port: int) -> AsyncIterator[int]:
        """Answer for as long as the context lasts; gives the port, a free one for 0.

        Raises BroadcastError when `host` is not this machine, or the port is taken.
        """
        if not is_loopback(host):
            raise BroadcastError(
                f"the API cannot serve {quoted(host)}: this version serves only the machine it runs on; "
                'set [api] host = "127.0.0.1", and reach it from elsewhere through an SSH tunnel'
            )
        runner = web.AppRunner(
            self.application(), handle_signals=False, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS
        )
        await runner.setup()
        try:
            # By the address: "localhost" may be two, which would each get a free port of their own.
            site = web.TCPSite(runner, "127.0.0.1" if host.lower() == "localhost" else host, port)
            try:
                await site.start()
            except OSError as error:
                raise BroadcastError(
                    f"the API cannot have port {port} of {host} ({error.strerror}): stop what has it "
                    "(another `broadcaster run`?), or set another [api] port"
                ) from error
            bound: int = runner.addresses[0][1]
            log.info("the API answers at %s:%d", host, bound, extra={"event": "api_open", "port": bound})
            yield bound
        finally:
            await runner.cleanup()

    def application(self) -> web.Application:
        """The routes behind their guards."""
        checks = [errors_as_json, *guards(self._sessions, self._access)]
        app = web.Application(middlewares=checks, client_max_size=MOST_BYTES)
        app.on_response_prepare.append(add_headers)
        app.on_shutdown.append(self._live.close)
        for part in self._parts:
            app.add_routes(part.routes())
        return app
