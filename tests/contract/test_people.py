"""Is who may come in kept as it was said, whoever else writes, and are failures told in sentences?"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broadcaster.adapters.people import SQLPeople, passwords
from broadcaster.ports import People, Secret
from broadcaster.season.errors import PeopleError
from broadcaster.show.people import Attempts, Deed, Kind, Link, Role, Session, Token, User

NOON = datetime(2027, 10, 20, 12, 0, 0, 123456, tzinfo=UTC)
WORD = Secret("үш сөзден тұрады")
ALIYA = User(name="Әлия", role=Role.ADMIN, made_at=NOON, made_by="test")
BOLAT = replace(ALIYA, name="Bolat", role=Role.VIEWER)
TOKEN = Token(id="t1", digest="d1", name="Deck", role=Role.OPERATOR, words=("go", "hold"), made_at=NOON, made_by="Әлия")
LINK = Link(id="l1", digest="d2", name="Foyer", pages=("/countdown", "/tally"), made_at=NOON, made_by="Әлия")


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least that argon2 takes: here nothing has to be hard to guess."""
    monkeypatch.setattr(passwords, "MEMORY_KIB", 8)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "people.sqlite"


@pytest.fixture
async def people(path: Path) -> AsyncIterator[People]:
    async with SQLPeople.open(path) as people:
        yield people


def deed(act: str, **data: Any) -> Deed:
    return Deed(act=act, by="test", kind=Kind.MACHINE, source="here", at=NOON, data=data)


def session(id: str, user: str = "Әлия", *, lasts: timedelta = timedelta(days=1)) -> Session:
    return Session(
        id=id,
        digest=f"of {id}",
        user=user,
        made_at=NOON,
        seen_at=NOON,
        expires_at=NOON + lasts,
        source="192.0.2.7",
        device="Firefox",
    )


async def test_what_was_said_is_there_after_a_restart_with_every_deed(path: Path) -> None:
    async with SQLPeople.open(path) as people:
        await people.add_user(ALIYA, WORD, deed("user_added", user="Әлия"))
        await people.open_session(session("s1", "ӘЛИЯ"), deed("signed_in"))
        await people.add_token(TOKEN, deed("token_added"))
        await people.add_link(LINK, deed("link_added"))
    async with SQLPeople.open(path) as people:
        roster = await people.read()
        assert (roster.users, roster.tokens, roster.links) == ((ALIYA,), (TOKEN,), (LINK,))
        assert roster.sessions == (session("s1", "әлия"),)
        assert roster.user("ӘЛИЯ") == ALIYA
        untold = await people.untold()
        assert [each.act for each in untold] == ["user_added", "signed_in", "token_added", "link_added"]
        assert replace(untold[0], id=0) == deed("user_added", user="Әлия")
        await people.told(untold[:3])
        assert await people.untold() == untold[3:]
        if os.name == "posix":
            assert modes_beside(path) == {0o600}, "of SQLite's side files, too"


def modes_beside(path: Path) -> set[int]:
    return {file.stat().st_mode & 0o777 for file in path.parent.iterdir()}


async def test_a_password_is_right_under_any_writing_of_the_name_and_never_without_a_user(people: People) -> None:
    await people.add_user(ALIYA, WORD, deed("user_added"))
    assert await people.has_password("әлия ", WORD)
    assert not await people.has_password("Әлия", Secret("үш сөзден тұрад"))
    assert not await people.has_password("Nobody", Secret("nobody has this password"))
    await people.open_session(session("s1"), deed("signed_in"))
    await people.set_password("Әлия", Secret("another one"), deed("password_set"))
    assert not await people.has_password("Әлия", WORD)
    assert await people.has_password("Әлия", Secret("another one"))
    assert (await people.read()).sessions == ()


async def test_names_are_taken_once_and_what_is_not_there_is_named(people: People) -> None:
    await people.add_user(ALIYA, WORD, deed("user_added"))
    await people.add_token(TOKEN, deed("token_added"))
    for refused, said in (
        (people.add_user(replace(ALIYA, name="ӘЛИЯ"), WORD, deed("no")), "already"),
        (people.add_token(replace(TOKEN, id="t2", digest="d3", name="DECK"), deed("no")), "already"),
        (people.set_role("Nobody", Role.ADMIN, deed("no")), "no user 'Nobody'"),
        (people.set_password("Nobody", WORD, deed("no")), "no user 'Nobody'"),
        (people.remove_user("Nobody", deed("no")), "no user 'Nobody'"),
        (people.close_session("s9", deed("no")), "no session 's9'"),
        (people.revoke_token("Nothing", deed("no")), "no token 'Nothing'"),
        (people.revoke_link("Nothing", deed("no")), "no link 'Nothing'"),
        (people.open_session(session("s1", "Nobody"), deed("no")), "removed meanwhile"),
    ):
        with pytest.raises(PeopleError, match=said):
            await refused
    assert [each.act for each in await people.untold()] == ["user_added", "token_added"], "what failed was not done"
    await people.revoke_token("deck", deed("token_revoked"))
    assert (await people.read()).tokens == ()


async def test_the_last_admin_stays_until_all_others_have_gone(people: People) -> None:
    await people.add_user(ALIYA, WORD, deed("a"))
    await people.add_user(BOLAT, WORD, deed("b"))
    for refused in (people.remove_user("әлия", deed("no")), people.set_role("Әлия", Role.VIEWER, deed("no"))):
        with pytest.raises(PeopleError, match="last admin"):
            await refused
    await people.set_role("bolat", Role.ADMIN, deed("c"))
    await people.open_session(session("s1"), deed("d"))
    await people.remove_user("Әлия", deed("e"))
    roster = await people.read()
    assert (roster.users, roster.sessions) == ((replace(BOLAT, role=Role.ADMIN),), ())
    with pytest.raises(PeopleError, match="last admin"):
        await people.set_role("Bolat", Role.VIEWER, deed("no"))
    await people.remove_user("Bolat", deed("f"))
    assert (await people.read()).users == ()


async def test_sessions_are_renewed_and_those_that_are_over_are_forgotten(people: People) -> None:
    await people.add_user(ALIYA, WORD, deed("a"))
    await people.open_session(session("old", lasts=timedelta()), deed("b"))
    await people.open_session(session("new"), deed("c"))
    later = NOON + timedelta(days=2)
    await people.renew_session("new", seen_at=later, expires_at=later)
    await people.renew_session("old", seen_at=later, expires_at=later)
    assert (await people.read()).sessions == (replace(session("new", "әлия"), seen_at=later, expires_at=later),)


async def test_wrong_passwords_are_counted_across_a_restart_and_forgotten_after_an_hour(path: Path) -> None:
    async with SQLPeople.open(path) as people:
        for number in range(3):
            await people.failed(["a", "b"], NOON + timedelta(seconds=number))
        await people.forget(["b"])
    async with SQLPeople.open(path) as people:
        three = Attempts(count=3, last_at=NOON + timedelta(seconds=2))
        assert await people.attempts(["a", "b", "c"]) == [three, Attempts(), Attempts()]
        later = NOON + timedelta(hours=2)
        await people.failed(["c"], later)
        assert await people.attempts(["a", "c"]) == [Attempts(), Attempts(count=1, last_at=later)]


async def test_what_another_process_writes_is_noticed_and_nobody_waits_for_a_reader(path: Path) -> None:
    async with SQLPeople.open(path) as service, SQLPeople.open(path) as command:
        await service.read()
        assert not await service.is_changed()
        await service.add_user(ALIYA, WORD, deed("a"))
        assert not await service.is_changed(), "its own changes it knows"
        await asyncio.gather(
            *(command.failed([f"k{n}"], NOON) for n in range(10)), *(service.read() for _ in range(10))
        )
        await command.add_user(BOLAT, WORD, deed("b"))
        assert await service.is_changed()
        assert (await service.read()).users == (BOLAT, ALIYA)
        assert not await service.is_changed()


async def test_a_file_of_the_version_before_is_taken_over_with_all_that_is_in_it(path: Path) -> None:
    async with SQLPeople.open(path) as people:
        await people.add_token(TOKEN, deed("token_added"))
        await people.add_link(LINK, deed("link_added"))
    with closing(sqlite3.connect(path)) as connection:
        for table in ("tokens", "links"):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN until")
        connection.execute("PRAGMA user_version = 1")
    until = NOON + timedelta(days=30, microseconds=7)
    for _ in range(2):
        async with SQLPeople.open(path) as people:
            roster = await people.read()
            assert (roster.tokens, roster.links) == ((TOKEN,), (LINK,))
    async with SQLPeople.open(path) as people:
        ending = replace(TOKEN, id="b", digest="b", name="b", until=until)
        await people.add_token(ending, deed("token_added"))
        assert ending in (await people.read()).tokens


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("PRAGMA user_version = 99", "newer Broadcaster .tables 99"),
        ("PRAGMA application_id = 7", "database of another program"),
    ],
)
async def test_a_file_that_is_not_ours_to_write_is_refused_with_the_remedy(path: Path, spoil: str, said: str) -> None:
    async with SQLPeople.open(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(spoil)
    with pytest.raises(PeopleError, match=said):
        async with SQLPeople.open(path):
            pass


async def test_a_file_that_is_no_database_or_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "people.sqlite").write_text("users:\n" * 500)
    with pytest.raises(PeopleError, match="not a database"):
        async with SQLPeople.open(tmp_path / "people.sqlite"):
            pass
    with pytest.raises(PeopleError, match="cannot be used"):
        async with SQLPeople.open(tmp_path / "people.sqlite" / "below"):
            pass
