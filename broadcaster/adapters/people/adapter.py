"""How does the panel know who may come in, without ever waiting for a disk or a password in the event loop?

SQLAlchemy is imported when people are opened, argon2 with the first password, not before.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from broadcaster.ports import Secret
from broadcaster.season.errors import PeopleError
from broadcaster.show.people import Attempts, Deed, Link, Role, Roster, Session, Token, User

if TYPE_CHECKING:
    from broadcaster.adapters.people.connection import Store

Answer = TypeVar("Answer")


class SQLPeople:
    """The people of one state folder; see ports.People. Many processes may hold it open."""

    def __init__(self, store: "Store", thread: ThreadPoolExecutor, passwords: ThreadPoolExecutor) -> None:
        self._store = store
        self._thread = thread
        self._passwords = passwords

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncIterator["SQLPeople"]:
        """Hold the file open, made if it is not there. Raises PeopleError when it cannot be used."""
        from broadcaster.adapters.people.connection import Store

        with (
            ThreadPoolExecutor(max_workers=1, thread_name_prefix="people") as thread,
            ThreadPoolExecutor(max_workers=1, thread_name_prefix="passwords") as passwords,
        ):
            store = await asyncio.wrap_future(thread.submit(Store, path))
            try:
                yield cls(store, thread, passwords)
            finally:
                await asyncio.shield(asyncio.wrap_future(thread.submit(store.close)))

    async def _on(self, thread: ThreadPoolExecutor, work: Callable[[], Answer]) -> Answer:
        try:
            future = thread.submit(work)
        except RuntimeError as error:
            raise PeopleError("The file of users is closed already.") from error
        return await asyncio.wrap_future(future)

    async def _do(self, work: Callable[[], Answer]) -> Answer:
        return await self._on(self._thread, work)

    async def _hash(self, password: Secret) -> str:
        from broadcaster.adapters.people.passwords import hashed

        return await self._on(self._passwords, lambda: hashed(password))

    async def read(self) -> Roster:
        """Everybody."""
        return await self._do(self._store.read)

    async def is_changed(self) -> bool:
        """Whether another process has written since the last `read`."""
        return await self._do(self._store.is_changed)

    async def has_password(self, name: str, password: Secret) -> bool:
        """Whether the user is there and this is the password."""
        from broadcaster.adapters.people.passwords import is_password

        kept = await self._do(lambda: self._store.password_of(name))
        return await self._on(self._passwords, lambda: is_password(kept, password))

    async def add_user(self, user: User, password: Secret, deed: Deed) -> None:
        """Add a user."""
        hashed = await self._hash(password)
        await self._do(lambda: self._store.add_user(user, hashed, deed))

    async def set_role(self, name: str, role: Role, deed: Deed) -> None:
        """Give a user another role, from now on."""
        await self._do(lambda: self._store.set_role(name, role, deed))

    async def set_password(self, name: str, password: Secret, deed: Deed) -> None:
        """Give a user another password, and end every session of theirs."""
        hashed = await self._hash(password)
        await self._do(lambda: self._store.set_password(name, hashed, deed))

    async def remove_user(self, name: str, deed: Deed) -> None:
        """Remove a user and end every session of theirs."""
        await self._do(lambda: self._store.remove_user(name, deed))

    async def open_session(self, session: Session, deed: Deed) -> None:
        """Remember a browser that has signed in."""
        await self._do(lambda: self._store.open_session(session, deed))

    async def renew_session(self, id: str, *, seen_at: datetime, expires_at: datetime) -> None:
        """Remember that the browser was here."""
        await self._do(lambda: self._store.renew_session(id, seen_at, expires_at))

    async def close_session(self, id: str, deed: Deed) -> None:
        """End a session."""
        await self._do(lambda: self._store.close_session(id, deed))

    async def add_token(self, token: Token, deed: Deed) -> None:
        """Add a token."""
        await self._do(lambda: self._store.add_secret(token, deed))

    async def revoke_token(self, id: str, deed: Deed) -> None:
        """End a token, by its id or name."""
        await self._do(lambda: self._store.revoke("token", id, deed))

    async def add_link(self, link: Link, deed: Deed) -> None:
        """Add a link."""
        await self._do(lambda: self._store.add_secret(link, deed))

    async def revoke_link(self, id: str, deed: Deed) -> None:
        """End a link, by its id or name."""
        await self._do(lambda: self._store.revoke("link", id, deed))

    async def attempts(self, keys: Sequence[str]) -> Sequence[Attempts]:
        """The passwords that were wrong under each key."""
        return await self._do(lambda: self._store.attempts(keys))

    async def failed(self, keys: Sequence[str], at: datetime) -> None:
        """One more under each key."""
        await self._do(lambda: self._store.failed(keys, at))

    async def forget(self, keys: Sequence[str]) -> None:
        """Start anew under these keys."""
        await self._do(lambda: self._store.forget(keys))

    async def untold(self) -> Sequence[Deed]:
        """The deeds that the journal does not have yet."""
        return await self._do(self._store.untold)

    async def told(self, deeds: Sequence[Deed]) -> None:
        """The journal has these now."""
        await self._do(lambda: self._store.told(deeds))

    async def note(self, deed: Deed) -> None:
        """Keep a deed that changes nothing here."""
        await self._do(lambda: self._store.note(deed))
