"""Who may sign in, and as what? Works while the service runs; it notices within a second."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broadcaster.cli.options import print_json, shared
from broadcaster.cli.people import hand, new_password
from broadcaster.season.wording import shown
from broadcaster.show.people import ROLES, Role, Roster, User, checked_name
from broadcaster.show.records import stamp

if TYPE_CHECKING:
    from broadcaster.ports import People

role_option = click.option(
    "--role", type=click.Choice([str(role) for role in ROLES]), required=True, help="What they may."
)
password_option = click.option(
    "--password-file",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Take the password from a file, or - for standard input.  [default: ask]",
)


@click.group()
def user() -> None:
    """Say who may sign in. Each role may all that the ones before may: viewer, operator, director, admin."""


@user.command()
@click.argument("name")
@role_option
@password_option
@shared
def add(name: str, role: str, password_file: Path | None, config_path: Path | None, as_json: bool) -> None:
    """Add NAME, who may sign in from now on. With the first user, everybody has to sign in."""
    me, name = hand(config_path), checked_name(name)
    password = new_password(password_file)
    made = User(name=name, role=Role(role), made_at=me.now, made_by=me.name)

    async def work(people: "People") -> Roster:
        await people.add_user(made, password, me.deed("user_added", user=name, role=role))
        return await people.read()

    roster = me.do(work)
    if as_json:
        print_json({"user": _document(made, roster)})
        return
    click.echo(f"{name} may sign in as {role}.")
    if all(each.role is not Role.ADMIN for each in roster.users):
        click.echo("warning: there is no admin yet: add one, who can let others in from the panel", err=True)


@user.command("list")
@shared
def list_users(config_path: Path | None, as_json: bool) -> None:
    """List who may sign in."""
    roster = hand(config_path).do(lambda people: people.read())
    if as_json:
        print_json({"users": [_document(each, roster) for each in roster.users]})
        return
    for each in roster.users:
        sessions = len(_sessions(each, roster))
        browsers = {0: "not signed in", 1: "signed in"}.get(sessions, f"signed in on {sessions} browsers")
        click.echo(f"{shown(each.name, 64):20} {each.role:9} {browsers}")
    if not roster.users:
        click.echo("there are no users: only browsers on this machine are let in", err=True)


@user.command()
@click.argument("name")
@click.argument("role", type=click.Choice([str(role) for role in ROLES]))
@shared
def role(name: str, role: str, config_path: Path | None, as_json: bool) -> None:
    """Make NAME a viewer, operator, director or admin, from now on."""
    me = hand(config_path)

    async def work(people: "People") -> None:
        await people.set_role(name, Role(role), me.deed("role_set", user=name, role=role))

    me.do(work)
    _say(as_json, f"{shown(name, 64)} is {role} now.", user=name, role=role)


@user.command()
@click.argument("name")
@password_option
@shared
def password(name: str, password_file: Path | None, config_path: Path | None, as_json: bool) -> None:
    """Give NAME another password. Every browser of theirs has to sign in again."""
    me = hand(config_path)
    new = new_password(password_file)

    async def work(people: "People") -> None:
        await people.set_password(name, new, me.deed("password_set", user=name))

    me.do(work)
    _say(as_json, f"{shown(name, 64)} has another password; every browser of theirs has to sign in again.", user=name)


@user.command()
@click.argument("name")
@shared
def remove(name: str, config_path: Path | None, as_json: bool) -> None:
    """Remove NAME, who is signed out everywhere."""
    me = hand(config_path)

    async def work(people: "People") -> Roster:
        await people.remove_user(name, me.deed("user_removed", user=name))
        return await people.read()

    is_last = not me.do(work).users
    rest = " There are no users any more: only browsers on this machine are let in." if is_last else ""
    _say(as_json, f"{shown(name, 64)} is removed.{rest}", user=name)


def _say(as_json: bool, sentence: str, **document: Any) -> None:
    if as_json:
        print_json({"ok": True, **document})
    else:
        click.echo(sentence)


def _sessions(user: User, roster: Roster) -> list[str]:
    return [session.id for session in roster.sessions if roster.user(session.user) == user]


def _document(user: User, roster: Roster) -> dict[str, Any]:
    return {
        "name": user.name,
        "role": user.role,
        "made_at": stamp(user.made_at),
        "made_by": user.made_by,
        "sessions": len(_sessions(user, roster)),
    }
