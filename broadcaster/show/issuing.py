"""What does a new token or link look like, and what may it be limited to? For the page and the commands alike."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from broadcaster.season.errors import PeopleError
from broadcaster.season.said import say
from broadcaster.season.secret import Secret
from broadcaster.season.wording import listed, near, near_or_listed, quoted
from broadcaster.show.people import ROLES, SCREEN_PAGES, Link, Role, Token, checked_name
from broadcaster.show.records import stamp
from broadcaster.show.spans import read_long_span

TOKEN_PREFIX, LINK_PREFIX = "bc_", "bl_"
WORDS = (
    "go",
    "hold",
    "resume",
    "take",
    "panic",
    "skip",
    "delay",
    "extend",
    "end",
    "cancel",
    "post",
    "preview",
    "season",
)
"""The orders that a token can be limited to."""
UNTIL_HINT = say("write a day like 2027-10-31, or a span like 12h or 30d")


def digest(secret: str) -> str:
    """What is kept of a secret of 256 random bits."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def new_secret(prefix: str = "") -> tuple[Secret, str, str]:
    """A secret of 256 random bits, its digest, and a short id to name it by."""
    secret = prefix + secrets.token_urlsafe(32)
    return Secret(secret), digest(secret), secrets.token_hex(4)


def read_role(text: str) -> Role:
    """The role of that name; raises PeopleError."""
    if text not in ROLES:
        hint = near_or_listed(text, ROLES, what="roles")
        raise PeopleError(f"There is no role {quoted(text)}; {hint}.")
    return Role(text)


def read_until(text: str, now: datetime) -> datetime | None:
    """Until when something holds: the end of a day (UTC), or a span from now; None: nothing was said.

    Raises PeopleError for what is neither, or past.
    """
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
        end = datetime.combine(day, time(), tzinfo=UTC) + timedelta(days=1)
    except (ValueError, OverflowError):
        try:
            end = now + read_long_span(text)
        except (ValueError, OverflowError):
            raise PeopleError(
                say("{typed} is no day and no span: {hint}.", typed=quoted(text), hint=UNTIL_HINT)
            ) from None
    if end <= now:
        raise PeopleError(say("{typed} is past: {hint}.", typed=quoted(text), hint=UNTIL_HINT))
    return end.replace(microsecond=0)


def new_token(
    name: str, role: Role, words: Sequence[str], *, by: str, at: datetime, until: datetime | None = None
) -> tuple[Secret, Token]:
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
        until=until,
    )
    return secret, made


def new_link(
    name: str, pages: Sequence[str], *, by: str, at: datetime, until: datetime | None = None
) -> tuple[Secret, Link]:
    """A link, and its secret, which is told only now. Raises PeopleError."""
    if not pages:
        raise PeopleError(say("A link opens at least one page: {pages}.", pages=", ".join(SCREEN_PAGES)))
    _check(pages, SCREEN_PAGES, "page for screens")
    secret, mark, id = new_secret(LINK_PREFIX)
    made = Link(
        id=id,
        digest=mark,
        name=checked_name(name),
        pages=tuple(dict.fromkeys(pages)),
        made_at=at,
        made_by=by,
        until=until,
    )
    return secret, made


def ends(secret: Token | Link) -> dict[str, str]:
    """When it ends by itself, for a record or an answer; nothing for one that does not."""
    return {"until": stamp(secret.until)} if secret.until is not None else {}


def _check(names: Sequence[str], known: Sequence[str], what: str) -> None:
    for name in names:
        if name not in known:
            hint = near(name, known) or f"there are: {listed(sorted(known), last='and')}"
            raise PeopleError(f"There is no {what} {quoted(name)}; {hint}")
