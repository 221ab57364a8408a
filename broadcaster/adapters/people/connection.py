"""How is the people's file opened, read and written, and what do its failures mean?

Blocking; adapter.py keeps it on a thread of its own. Commands write while the service runs: each change is one short
transaction, and `PRAGMA data_version` tells the service of it.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from broadcaster.adapters.journal.connection import engine
from broadcaster.adapters.people import tables
from broadcaster.adapters.people.translate import (
    deed_of,
    deed_row,
    instant,
    link_of,
    micros,
    secret_row,
    session_of,
    session_row,
    token_of,
    user_of,
)
from broadcaster.season.errors import PeopleError
from broadcaster.season.said import say
from broadcaster.season.wording import quoted
from broadcaster.show.people import (
    FORGOTTEN_AFTER,
    Attempts,
    Deed,
    Link,
    Role,
    Roster,
    Session,
    Token,
    User,
    after_failure,
    folded,
)

REMEDIES = {
    "SQLITE_FULL": "the disk is full. Free some space",
    "SQLITE_READONLY": "it is read-only. Make the file and its folder writable for this user",
    "SQLITE_CANTOPEN": "it cannot be opened. Make sure that its folder exists and that this user may write there",
    "SQLITE_PERM": "this user may not open it. Change the file's owner",
    "SQLITE_NOTADB": "it is not a database. Move it away; `broadcaster user add` begins a new one",
    "SQLITE_CORRUPT": "it is damaged. Put a backup in its place, or move it away and add the users anew",
    "SQLITE_BUSY": "another program holds it. Close the program that has the file open",
    "SQLITE_IOERR": "the disk reports an error. Check the disk",
}


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the database raises into sentences that say what to do."""
    try:
        yield
    except (DBAPIError, sqlite3.Error, OSError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        name = getattr(cause, "sqlite_errorname", "") or ""
        said = next((text for start, text in REMEDIES.items() if name.startswith(start)), str(cause))
        raise PeopleError(f"The file of users, {path}, cannot be used: {said}.") from error


class Store:
    """The hold on one file of people; every method on the one thread that made it."""

    def __init__(self, path: Path) -> None:
        """Open or make the file; raises PeopleError for one of another program, or of a newer version."""
        self._path = path
        self._version = 0
        with explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            path.chmod(0o600)  # SQLite gives its side files the same rights
            self._engine = engine(path, "rwc")
            try:
                with self._engine.begin() as connection:
                    self._prepare(connection)
            except BaseException:
                self._engine.dispose()
                raise

    def _prepare(self, connection: sa.Connection) -> None:
        mark = connection.exec_driver_sql("PRAGMA application_id").scalar()
        version = int(connection.exec_driver_sql("PRAGMA user_version").scalar() or 0)
        is_empty = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar() == 0
        if is_empty and mark == 0:
            tables.metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA application_id = {tables.APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {tables.VERSION}")
        elif mark != tables.APPLICATION_ID:
            raise PeopleError(f"{self._path} is a database of another program, not of users. Move it away.")
        elif version > tables.VERSION:
            raise PeopleError(
                f"The file of users, {self._path}, was written by a newer Broadcaster (tables {version}, this version "
                f"knows {tables.VERSION}). Install that version."
            )
        else:
            for step in range(version + 1, tables.VERSION + 1):
                for statement in tables.STEPS[step]:
                    connection.exec_driver_sql(statement)
                connection.exec_driver_sql(f"PRAGMA user_version = {step}")

    def close(self) -> None:
        """Let the file go."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with explained(self._path), self._engine.connect() as connection:
            yield connection.execution_options(is_reading=True)

    @contextmanager
    def _writing(self, deed: Deed | None = None) -> Iterator[sa.Connection]:
        with explained(self._path), self._engine.begin() as connection:
            yield connection
            if deed is not None:
                connection.execute(sa.insert(tables.deeds).values(deed_row(deed)))

    # -- reading --------------------------------------------------------------------------------------------------

    def read(self) -> Roster:
        """Everybody, as of one moment."""
        with self._reading() as connection:
            self._version = _version_of(connection)
            by_name = {row.folded: row for row in connection.execute(sa.select(tables.users))}
            sessions = connection.execute(sa.select(tables.sessions).order_by(tables.sessions.c.made_at))
            tokens = connection.execute(sa.select(tables.tokens).order_by(tables.tokens.c.folded))
            links = connection.execute(sa.select(tables.links).order_by(tables.links.c.folded))
            return Roster(
                users=tuple(user_of(by_name[name]) for name in sorted(by_name)),
                sessions=tuple(map(session_of, sessions)),
                tokens=tuple(map(token_of, tokens)),
                links=tuple(map(link_of, links)),
            )

    def is_changed(self) -> bool:
        """Whether another connection has written since `read`."""
        with self._reading() as connection:
            return _version_of(connection) != self._version

    def password_of(self, name: str) -> str | None:
        """The hash of a user's password; None: there is no such user."""
        with self._reading() as connection:
            query = sa.select(tables.users.c.password).where(tables.users.c.folded == folded(name))
            return connection.execute(query).scalar_one_or_none()

    # -- users ----------------------------------------------------------------------------------------------------

    def add_user(self, user: User, password: str, deed: Deed) -> None:
        """Add a user with the hash of their password."""
        row = {
            "folded": folded(user.name),
            "name": user.name,
            "role": user.role,
            "password": password,
            "made_at": micros(user.made_at),
            "made_by": user.made_by,
        }
        taken = f"There is a user {quoted(user.name)} already. `broadcaster user role` changes what they may do."
        with self._writing(deed) as connection:
            _insert(connection, tables.users, row, taken)

    def set_role(self, name: str, role: Role, deed: Deed) -> None:
        """Give a user another role."""
        with self._writing(deed) as connection:
            if role is not Role.ADMIN:
                _keep_an_admin(connection, name, stays=True, remedy="give another user the role admin first")
            _change(connection, name, role=role)

    def set_password(self, name: str, password: str, deed: Deed) -> None:
        """Give a user another password, and end their sessions."""
        with self._writing(deed) as connection:
            _change(connection, name, password=password)
            connection.execute(sa.delete(tables.sessions).where(tables.sessions.c.user == folded(name)))

    def remove_user(self, name: str, deed: Deed) -> None:
        """Remove a user; their sessions go with them."""
        with self._writing(deed) as connection:
            remedy = "give another user the role admin first, or remove the others"
            _keep_an_admin(connection, name, stays=False, remedy=remedy)
            gone = connection.execute(sa.delete(tables.users).where(tables.users.c.folded == folded(name)))
            if not gone.rowcount:
                raise _no_user(name)

    # -- sessions, tokens, links --------------------------------------------------------------------------------------

    def open_session(self, session: Session, deed: Deed) -> None:
        """Remember a session, and forget those that are over."""
        with self._writing(deed) as connection:
            over = tables.sessions.c.expires_at <= micros(session.made_at)
            connection.execute(sa.delete(tables.sessions).where(over))
            _insert(connection, tables.sessions, session_row(session), f"{session.user} was removed meanwhile.")

    def renew_session(self, id: str, seen_at: datetime, expires_at: datetime) -> None:
        """Move a session's end."""
        with self._writing() as connection:
            new = {"seen_at": micros(seen_at), "expires_at": micros(expires_at)}
            connection.execute(sa.update(tables.sessions).where(tables.sessions.c.id == id).values(new))

    def close_session(self, id: str, deed: Deed) -> None:
        """End a session."""
        with self._writing(deed) as connection:
            if not connection.execute(sa.delete(tables.sessions).where(tables.sessions.c.id == id)).rowcount:
                raise PeopleError(f"There is no session {quoted(id)}; it has ended already.")

    def add_secret(self, secret: Token | Link, deed: Deed) -> None:
        """Add a token or a link."""
        what, table = _shelf(secret)
        taken = f"There is a {what} {quoted(secret.name)} already. Take another name, or revoke it first."
        with self._writing(deed) as connection:
            _insert(connection, table, secret_row(secret), taken)

    def revoke(self, what: str, id: str, deed: Deed) -> None:
        """End a token or link, by id or name."""
        table = tables.tokens if what == "token" else tables.links
        with self._writing(deed) as connection:
            is_meant = (table.c.id == id) | (table.c.folded == folded(id))
            if not connection.execute(sa.delete(table).where(is_meant)).rowcount:
                raise PeopleError(f"There is no {what} {quoted(id)}. `broadcaster {what} list` shows what there is.")

    # -- attempts and deeds -----------------------------------------------------------------------------------------

    def attempts(self, keys: Sequence[str]) -> list[Attempts]:
        """The wrong passwords under each key."""
        with self._reading() as connection:
            return [_attempts(connection, key) for key in keys]

    def failed(self, keys: Sequence[str], at: datetime) -> None:
        """One more under each key; what is long ago is forgotten."""
        with self._writing() as connection:
            long_ago = tables.attempts.c.last_at <= micros(at - FORGOTTEN_AFTER)
            connection.execute(sa.delete(tables.attempts).where(long_ago))
            for key in keys:
                now = after_failure(_attempts(connection, key), at)
                connection.execute(sa.delete(tables.attempts).where(tables.attempts.c.key == key))
                row = {"key": key, "count": now.count, "last_at": micros(at)}
                connection.execute(sa.insert(tables.attempts).values(row))

    def forget(self, keys: Sequence[str]) -> None:
        """Start anew under these keys."""
        with self._writing() as connection:
            connection.execute(sa.delete(tables.attempts).where(tables.attempts.c.key.in_(keys)))

    def note(self, deed: Deed) -> None:
        """Keep a deed until the journal has it."""
        with self._writing(deed):
            pass

    def untold(self) -> list[Deed]:
        """The deeds that the journal does not have yet."""
        with self._reading() as connection:
            return [deed_of(row) for row in connection.execute(sa.select(tables.deeds).order_by(tables.deeds.c.id))]

    def told(self, deeds: Sequence[Deed]) -> None:
        """The journal has them."""
        with self._writing() as connection:
            connection.execute(sa.delete(tables.deeds).where(tables.deeds.c.id.in_([deed.id for deed in deeds])))


def _version_of(connection: sa.Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA data_version").scalar() or 0)


def _insert(connection: sa.Connection, table: sa.Table, row: Mapping[str, object], taken: str) -> None:
    try:
        connection.execute(sa.insert(table).values(row))
    except IntegrityError as error:
        raise PeopleError(taken) from error


def _change(connection: sa.Connection, name: str, **new: str) -> None:
    is_meant = tables.users.c.folded == folded(name)
    if not connection.execute(sa.update(tables.users).where(is_meant).values(new)).rowcount:
        raise _no_user(name)


def _keep_an_admin(connection: sa.Connection, name: str, *, stays: bool, remedy: str) -> None:
    """While there are users one of them has to be able to let the others in; the last of all may go, not step down."""
    roles = {row.folded: row.role for row in connection.execute(sa.select(tables.users))}
    others = {other: role for other, role in roles.items() if other != folded(name)}
    if roles.get(folded(name)) == Role.ADMIN and Role.ADMIN not in others.values() and (others or stays):
        raise PeopleError(say("{name} is the last admin: {remedy}.", name=quoted(name), remedy=remedy))


def _no_user(name: str) -> PeopleError:
    return PeopleError(say("There is no user {name}. `broadcaster user list` shows who there is.", name=quoted(name)))


def _shelf(secret: Token | Link) -> tuple[str, sa.Table]:
    return ("token", tables.tokens) if isinstance(secret, Token) else ("link", tables.links)


def _attempts(connection: sa.Connection, key: str) -> Attempts:
    row = connection.execute(sa.select(tables.attempts).where(tables.attempts.c.key == key)).first()
    return Attempts(count=row[1], last_at=instant(row[2])) if row is not None else Attempts()
