"""Who may do what, and how long does somebody wait who mistypes a password?

Pure: no clock, no disk. A name is shown as it was given and compared by `folded`, so that "Aliya" and "ALIYA" are one.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from broadcaster.season.errors import PeopleError
from broadcaster.season.said import say
from broadcaster.season.wording import is_hidden, quoted
from broadcaster.show.records import PERSON_ACTED, Note, stamp

NAME_LETTERS = 64
PASSWORD_LEAST, PASSWORD_MOST = 8, 1024
THIS_MACHINE = "this machine"


class Role(StrEnum):
    """What somebody may do; each may all that the ones before may."""

    SCREEN = "screen"
    VIEWER = "viewer"
    OPERATOR = "operator"
    DIRECTOR = "director"
    ADMIN = "admin"

    def covers(self, needed: "Role") -> bool:
        """Whether this role is enough where `needed` is asked for."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


ROLE_WORDS: Mapping[str, str] = {
    Role.SCREEN: say("screen"),
    Role.VIEWER: say("viewer"),
    Role.OPERATOR: say("operator"),
    Role.DIRECTOR: say("director"),
    Role.ADMIN: say("admin"),
}
ROLES = tuple(role for role in Role if role is not Role.SCREEN)
"""What a person or a token can be; a screen is let in by a link."""


SCREEN_PAGES = (
    "/backstage",
    "/countdown",
    "/cuesheet",
    "/tally",
    "/season",
    "/calendar",
    "/announcements",
    "/overlay/lower-third",
    "/overlay/countdown",
)
"""What a link may open; each shows only what everybody may know."""


class Kind(StrEnum):
    """By what somebody is known."""

    USER = "user"
    TOKEN = "token"  # noqa: S105 a kind, no secret
    LINK = "link"
    MACHINE = THIS_MACHINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who stands behind a request. `source` is the address it came from."""

    name: str
    role: Role
    kind: Kind
    source: str
    id: str = ""
    """Of the session, token or link that let them in."""
    words: frozenset[str] = frozenset()
    """The orders that a token is limited to; empty: all that its role may."""
    pages: frozenset[str] = frozenset()
    """The pages that a link opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody with a password."""

    name: str
    role: Role
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that is signed in; `digest` is the SHA-256 of its cookie."""

    id: str
    digest: str
    user: str
    made_at: datetime
    seen_at: datetime
    expires_at: datetime
    source: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a program shows instead of a person; `words` empty: every order that its role may give."""

    id: str
    digest: str
    name: str
    role: Role
    words: tuple[str, ...]
    made_at: datetime
    made_by: str
    until: datetime | None = None
    """When it ends by itself; None: never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What opens pages on a screen without a password."""

    id: str
    digest: str
    name: str
    pages: tuple[str, ...]
    made_at: datetime
    made_by: str
    until: datetime | None = None
    """When it ends by itself; None: never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Everybody who may come in."""

    users: tuple[User, ...] = ()
    sessions: tuple[Session, ...] = ()
    tokens: tuple[Token, ...] = ()
    links: tuple[Link, ...] = ()

    def user(self, name: str) -> User | None:
        """The user of that name, however it is written."""
        return next((user for user in self.users if folded(user.name) == folded(name)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody did about people: signed in, made a token, took a role away."""

    act: str
    by: str
    kind: str
    source: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0
    """Its number where it is kept; 0: not kept yet."""


def is_over(secret: Token | Link, now: datetime) -> bool:
    """Whether the token or link has ended by itself."""
    return secret.until is not None and now >= secret.until


def noted(deed: Deed) -> Note:
    """The deed for the journal; nothing that a show depends on."""
    about = {"act": deed.act, "who": deed.by, "kind": deed.kind, "from": deed.source, "at": stamp(deed.at)}
    return Note(kind=PERSON_ACTED, ids={}, data={**deed.data, **about})


def folded(name: str) -> str:
    """The name as it is compared."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def checked_name(name: str) -> str:
    """The name as it is kept; raises PeopleError when nobody could read or type it."""
    name = unicodedata.normalize("NFC", name).strip()
    if not name or len(name) > NAME_LETTERS:
        raise PeopleError(say("A name has 1 to {most} letters, not {count}.", most=NAME_LETTERS, count=len(name)))
    if any(is_hidden(letter) or not letter.isprintable() for letter in name):
        raise PeopleError(say("The name {name} has letters that cannot be seen. Type it anew.", name=quoted(name)))
    return name


def checked_password(password: str) -> str:
    """The password; raises PeopleError when it is too short to be one."""
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
        length = "A password has {least} to {most} letters. Three or four words make a good one."
        raise PeopleError(say(length, least=PASSWORD_LEAST, most=PASSWORD_MOST))
    return password


# -- mistyped passwords -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """Passwords that were wrong, one after the other."""

    count: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """So many are free; then the wait doubles from 2 s up to `most`. After an hour of quiet all is forgotten."""

    free: int
    most: timedelta


BY_PLACE_AND_NAME = Patience(free=5, most=timedelta(minutes=5))
BY_PLACE = Patience(free=30, most=timedelta(minutes=1))
"""A crew behind one router shares an address."""
BY_NAME = Patience(free=20, most=timedelta(seconds=30))
"""Whoever hammers at a name must not keep its owner out; places where the owner signed in before are exempt."""
FORGOTTEN_AFTER = timedelta(hours=1)


def wait_of(attempts: Attempts, patience: Patience, now: datetime) -> timedelta:
    """How long the next attempt has to wait from now; zero: not at all."""
    if attempts.last_at is None or attempts.count < patience.free or now - attempts.last_at >= FORGOTTEN_AFTER:
        return timedelta()
    doubled = timedelta(seconds=2.0 ** min(attempts.count - patience.free + 1, 20))
    # A clock that was set back must not make anybody wait longer than they ever would.
    return min(patience.most, max(timedelta(), attempts.last_at + min(doubled, patience.most) - now))


def after_failure(attempts: Attempts, now: datetime) -> Attempts:
    """The attempts with one more."""
    is_fresh = attempts.last_at is None or now - attempts.last_at >= FORGOTTEN_AFTER
    return Attempts(count=1 if is_fresh else attempts.count + 1, last_at=now)
