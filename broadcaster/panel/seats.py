"""Who is connected, from where, and how many more screens may come?"""

import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from broadcaster.panel.hub import Client, Hub
from broadcaster.panel.origin import is_loopback

log = logging.getLogger(__name__)

MOST_SOCKETS = 3000
OTHER_CONNECTIONS = 300
"""Beside the screens: requests, and who has asked nothing yet."""
OTHER_FILES = 500
"""Journal, far ends, logs; and what is accepted before the doorway can refuse it."""
MOST_OF_AN_ADDRESS = 200
"""Of one machine elsewhere; this machine's own address may be a proxy with everybody behind it."""
MOST_PEOPLE = 50


@dataclass(eq=False, slots=True, kw_only=True)
class Seat:
    """One connected screen."""

    socket: web.WebSocketResponse
    request: web.Request
    client: Client
    hub: Hub
    address: str
    name: str
    role: str
    since: str


@dataclass(eq=False, slots=True)
class Seats:
    """Who is connected, and how many more may come."""

    most: int = MOST_SOCKETS
    most_of_an_address: int = MOST_OF_AN_ADDRESS
    taken: set[Seat] = field(default_factory=set)
    _of: Counter[str] = field(default_factory=Counter)

    def refusal(self, address: str) -> tuple[int, str] | None:
        """Why one more screen from there cannot come in, as status and sentence; None: it may."""
        if len(self.taken) >= self.most:
            return 503, f"{self.most} screens are connected, and no more fit: close some, or try again later"
        if self._of[address] >= self.most_of_an_address and not is_loopback(address):
            return 429, f"{self.most_of_an_address} screens of {address} are connected already: close some of them"
        return None

    def take(self, seat: Seat) -> None:
        """One has come."""
        self.taken.add(seat)
        self._of[seat.address] += 1

    def free(self, seat: Seat) -> None:
        """One has gone."""
        self.taken.discard(seat)
        self._of[seat.address] -= 1
        self._of += Counter()  # drop the zeros, or every address would stay for ever

    def people(self) -> dict[str, Any]:
        """Who is connected by name, the longest first; at most MOST_PEOPLE of them."""
        found: dict[str, dict[str, Any]] = {}
        for seat in sorted(self.taken, key=lambda seat: seat.since):
            known = found.setdefault(seat.name, {"role": seat.role, "screens": 0, "since": seat.since})
            known["screens"] += 1
        return dict(list(found.items())[:MOST_PEOPLE])


def make_room() -> int:
    """Let this process have a socket for every screen, and return how many connections fit.

    Many systems begin with 1024 files in all.
    """
    most = MOST_SOCKETS + OTHER_CONNECTIONS
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return most
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most + OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft == resource.RLIM_INFINITY:
        return most
    if soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
        except (OSError, ValueError) as error:
            log.warning("only %d screens and files fit: %s", soft, error, extra={"event": "few_files"})
    return min(most, max(soft - OTHER_FILES, soft // 2))
