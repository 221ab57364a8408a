"""What does a new token or link look like, and what may it be limited to? For the page and the commands alike."""

from collections.abc import Sequence
from datetime import datetime

from broadcaster.panel.orders import SHAPES
from broadcaster.panel.roles import SCREEN_PAGES
from broadcaster.panel.sessions import new_secret
from broadcaster.ports import Secret
from broadcaster.season.errors import PeopleError
from broadcaster.season.said import say
from broadcaster.season.wording import near_or_listed, quoted
from broadcaster.show.people import ROLES, Link, Role, Token, checked_name

TOKEN_PREFIX, LINK_PREFIX = "bc_", "bl_"
WORDS = (*SHAPES, "preview", "season")
"""The orders that a token can be limited to."""


def read_role(text: str) -> Role:
    """The role of that name; raises PeopleError."""
    if text not in ROLES:
        hint = near_or_listed(text, ROLES, what="roles")
        raise PeopleError(f"There is no role {quoted(text)}; {hint}.")
    return Role(text)


def new_token(name: str, role: Role, words: Sequence[str], *, by: str, at: datetime) -> tuple[Secret, Token]:
    """A token, and what its program has to show, which is told only now. Raises PeopleError."""
    _check(words, WORDS, "order")
    secret, mark, id = new_secret(TOKEN_PREFIX)
    made = Token(
        id=id,
        digest=mark,
        name=checked_name(name),
        role=role,
        words=tuple(dict.fromkeys(words)),
        made_at=at,
        made_by=by,
    )
    return secret, made


def new_link(name: str, pages: Sequence[str], *, by: str, at: datetime) -> tuple[Secret, Link]:
    """A link, and its secret, which is told only now. Raises PeopleError."""
    if not pages:
        raise PeopleError(say("A link opens at least one page: {pages}.", pages=", ".join(SCREEN_PAGES)))
    _check(pages, SCREEN_PAGES, "page for screens")
    secret, mark, id = new_secret(LINK_PREFIX)
    made = Link(id=id, digest=mark, name=checked_name(name), pages=tuple(dict.fromkeys(pages)), made_at=at, made_by=by)
    return secret, made


def _check(names: Sequence[str], known: Sequence[str], what: str) -> None:
    for name in names:
        if name not in known:
            raise PeopleError(
                f"There is no {what} {quoted(name)}; {near_or_listed(name, known, what='them')}".rstrip("; ")
            )
