"""How does a program or a screen get in without a password?

By a token or a link, which is shown once and can be revoked at any time; the service notices within a second.
"""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broadcaster.cli.options import print_json, shared
from broadcaster.cli.people import hand
from broadcaster.ports import Secret
from broadcaster.season.wording import shown
from broadcaster.show.issuing import ends, new_link, new_token, read_until
from broadcaster.show.people import ROLES, Link, Role, Token, is_over
from broadcaster.show.records import stamp

if TYPE_CHECKING:
    from broadcaster.ports import People


until_option = click.option(
    "--until",
    default="",
    help="When it ends by itself: the end of a day (UTC), 2027-10-31, or a span, 12h or 30d.  [default: when revoked]",
)


@click.group()
def token() -> None:
    """Let programs in: a Stream Deck, a script. They send it as `Authorization: Bearer TOKEN`."""


@token.command("add")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([str(role) for role in ROLES]),
    default="operator",
    show_default=True,
    help="What it may.",
)
@click.option("--word", "words", multiple=True, help="Only this order, such as go; may be said more than once.")
@until_option
@shared
def add_token(
    name: str, role: str, words: tuple[str, ...], until: str, config_path: Path | None, as_json: bool
) -> None:
    """Make a token for the program NAME, and print it, this once."""
    me = hand(config_path)
    secret, made = new_token(name, Role(role), words, by=me.name, at=me.now, until=read_until(until, me.now))

    async def work(people: "People") -> None:
        said = {"token": made.name, "id": made.id, "role": role, "words": list(made.words), **ends(made)}
        await people.add_token(made, me.deed("token_added", **said))

    me.do(work)
    if as_json:
        print_json({"token": _token(made) | {"secret": secret.reveal()}})
        return
    click.echo(secret.reveal())
    click.echo(f"That is the token of {made.name}{_ending(made)}. Copy it now: it is shown only this once.", err=True)


@token.command("list")
@shared
def list_tokens(config_path: Path | None, as_json: bool) -> None:
    """List the tokens; what a program shows is not kept, so it cannot be listed."""
    me = hand(config_path)
    tokens = me.do(lambda people: people.read()).tokens
    if as_json:
        print_json({"tokens": [_token(each) for each in tokens]})
        return
    for each in tokens:
        limits = ", ".join(each.words) or "all that the role may"
        click.echo(f"{each.id}  {shown(each.name, 64):20} {each.role:9} {limits}{_ending(each, me.now)}")


@token.command("revoke")
@click.argument("name")
@shared
def revoke_token(name: str, config_path: Path | None, as_json: bool) -> None:
    """Revoke the token of the program NAME (or with that id), which is turned away from now on."""
    me = hand(config_path)

    async def work(people: "People") -> str:
        of = _name(name, (await people.read()).tokens)
        await people.revoke_token(name, me.deed("token_revoked", token=of))
        return of

    _say_revoked(me.do(work), "token", as_json)


@click.group()
def link() -> None:
    """Let screens in: a link opens pages without a password, and whoever has it may look."""


@link.command("add")
@click.argument("name")
@click.option(
    "--page", "pages", multiple=True, required=True, help="A page such as /countdown; may be said more than once."
)
@until_option
@shared
def add_link(name: str, pages: tuple[str, ...], until: str, config_path: Path | None, as_json: bool) -> None:
    """Make a link for the screen NAME, and print its addresses, this once."""
    me = hand(config_path)
    secret, made = new_link(name, pages, by=me.name, at=me.now, until=read_until(until, me.now))

    async def work(people: "People") -> None:
        said = {"link": made.name, "id": made.id, "pages": list(made.pages), **ends(made)}
        await people.add_link(made, me.deed("link_added", **said))

    me.do(work)
    api = me.config.api
    home = (api.public_url or api.url).rstrip("/")
    urls = [f"{home}{page}?link={secret.reveal()}" for page in made.pages]
    feeds = [_feed(home, secret)] if "/calendar" in made.pages else []
    if as_json:
        print_json({"link": _link(made) | {"secret": secret.reveal(), "urls": urls, "webcal": feeds}})
        return
    for url in [*urls, *feeds]:
        click.echo(url)
    click.echo(f"That is the link of {made.name}{_ending(made)}. Copy it now: it is shown only this once.", err=True)


@link.command("list")
@shared
def list_links(config_path: Path | None, as_json: bool) -> None:
    """List the links; their addresses are not kept, so they cannot be listed."""
    me = hand(config_path)
    links = me.do(lambda people: people.read()).links
    if as_json:
        print_json({"links": [_link(each) for each in links]})
        return
    for each in links:
        click.echo(f"{each.id}  {shown(each.name, 64):20} {', '.join(each.pages)}{_ending(each, me.now)}")


@link.command("revoke")
@click.argument("name")
@shared
def revoke_link(name: str, config_path: Path | None, as_json: bool) -> None:
    """Revoke the link of the screen NAME (or with that id); it goes dark within seconds."""
    me = hand(config_path)

    async def work(people: "People") -> str:
        of = _name(name, (await people.read()).links)
        await people.revoke_link(name, me.deed("link_revoked", link=of))
        return of

    _say_revoked(me.do(work), "link", as_json)


def _ending(made: Token | Link, now: datetime | None = None) -> str:
    """When it ends by itself, to be said behind its name; with `now`, also that it has."""
    if made.until is None:
        return ""
    is_past = now is not None and is_over(made, now)
    return f", {'ended' if is_past else 'good until'} {made.until:%Y-%m-%d %H:%M} UTC"


def _name(name: str, known: tuple[Token, ...] | tuple[Link, ...]) -> str:
    return next((each.name for each in known if each.id == name), name)


def _say_revoked(name: str, what: str, as_json: bool) -> None:
    if as_json:
        print_json({"ok": True, what: name})
    else:
        click.echo(f"The {what} of {shown(name, 64)} is revoked.")


def _token(made: Token) -> dict[str, Any]:
    return _document(made) | {"role": made.role, "words": list(made.words)}


def _feed(home: str, secret: Secret) -> str:
    """The address at which a calendar program subscribes to all shows; the page has those of each audience."""
    return f"webcal://{home.partition('://')[2]}/calendar/season.ics?link={secret.reveal()}"


def _link(made: Link) -> dict[str, Any]:
    return _document(made) | {"pages": list(made.pages)}


def _document(made: Token | Link) -> dict[str, Any]:
    return {"id": made.id, "name": made.name, "made_at": stamp(made.made_at), "made_by": made.made_by, **ends(made)}
