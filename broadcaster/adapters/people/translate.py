"""What do the rows of the people's file mean?"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from broadcaster.show.people import Deed, Link, Role, Session, Token, User, folded

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(instant: datetime) -> int:
    """The instant as the file has it."""
    return (instant - EPOCH) // timedelta(microseconds=1)


def instant(micros: int) -> datetime:
    """The instant that `micros` wrote."""
    return EPOCH + timedelta(microseconds=micros)


def user_of(row: Any) -> User:
    """A user, without the password's hash."""
    return User(name=row.name, role=Role(row.role), made_at=instant(row.made_at), made_by=row.made_by)


def session_of(row: Any) -> Session:
    """A session."""
    return Session(
        id=row.id,
        digest=row.digest,
        user=row.user,
        made_at=instant(row.made_at),
        seen_at=instant(row.seen_at),
        expires_at=instant(row.expires_at),
        source=row.source,
        device=row.device,
    )


def session_row(session: Session) -> dict[str, Any]:
    """A session as a row."""
    return {
        "id": session.id,
        "digest": session.digest,
        "user": folded(session.user),
        "made_at": micros(session.made_at),
        "seen_at": micros(session.seen_at),
        "expires_at": micros(session.expires_at),
        "source": session.source,
        "device": session.device,
    }


def token_of(row: Any) -> Token:
    """A token."""
    return Token(
        id=row.id,
        digest=row.digest,
        name=row.name,
        role=Role(row.role),
        words=tuple(json.loads(row.words)),
        made_at=instant(row.made_at),
        made_by=row.made_by,
        until=None if row.until is None else instant(row.until),
    )


def link_of(row: Any) -> Link:
    """A link."""
    return Link(
        id=row.id,
        digest=row.digest,
        name=row.name,
        pages=tuple(json.loads(row.pages)),
        made_at=instant(row.made_at),
        made_by=row.made_by,
        until=None if row.until is None else instant(row.until),
    )


def secret_row(secret: Token | Link) -> dict[str, Any]:
    """A token or link as a row."""
    row: dict[str, Any] = {
        "id": secret.id,
        "digest": secret.digest,
        "folded": folded(secret.name),
        "name": secret.name,
        "made_at": micros(secret.made_at),
        "made_by": secret.made_by,
        "until": None if secret.until is None else micros(secret.until),
    }
    if isinstance(secret, Token):
        return row | {"role": secret.role, "words": json.dumps(secret.words)}
    return row | {"pages": json.dumps(secret.pages)}


def deed_of(row: Any) -> Deed:
    """A deed."""
    return Deed(
        id=row.id,
        act=row.act,
        by=row.by,
        kind=row.kind,
        source=row.source,
        at=instant(row.at),
        data=json.loads(row.data),
    )


def deed_row(deed: Deed) -> dict[str, Any]:
    """A deed as a row; the file numbers it."""
    return {
        "at": micros(deed.at),
        "act": deed.act,
        "by": deed.by,
        "kind": deed.kind,
        "source": deed.source,
        "data": json.dumps(dict(deed.data), ensure_ascii=False),
    }
