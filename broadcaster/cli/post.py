"""How do I hold, change, send, skip or settle one announcement of the running season?"""

import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from broadcaster.cli.options import print_json
from broadcaster.cli.remote import print_accepted, print_labelled, remote, service_of
from broadcaster.season.errors import BroadcastError
from broadcaster.season.wording import shown
from broadcaster.show.post_orders import POSTS

Function = TypeVar("Function", bound=Callable[..., Any])
MOST_BYTES = 40_000


@click.group()
def post() -> None:
    """Hold, change, send, skip or settle one post. ID is as `broadcaster posts` lists it."""


def _one(function: Function) -> Function:
    return remote(click.argument("post_id", metavar="ID")(function))


@post.command()
@_one
def hold(**options: Any) -> None:
    """Keep the post back until `resume` or `send`."""
    _order("hold", **options)


@post.command()
@_one
def resume(**options: Any) -> None:
    """Let a post that was held go out at its time."""
    _order("resume", **options)


@post.command()
@click.option("--text", help="What it is to say, word for word.")
@click.option("--file", type=click.File("r", encoding="utf-8-sig"), help="Read what it is to say; -: standard input.")
@click.option("--title", help="The subject of an e-mail, the title of a card.")
@_one
def edit(text: str | None, file: Any, title: str | None, **options: Any) -> None:
    """Let the post say something else; where the channel can, also one that is out."""
    if text is not None and file is not None:
        raise click.UsageError("name the text or the file, not both")
    if file is not None:
        text = _read(file)
    if text is None and title is None:
        raise click.UsageError("say what it is to say: --text, --file or --title")
    _order("edit", text=text, title=title, **options)


@post.command()
@_one
def send(**options: Any) -> None:
    """Send the post now, also one that failed or was left out. What tells that a show is live waits until it is so."""
    _order("send", **options)


@post.command()
@_one
def skip(**options: Any) -> None:
    """Leave this post out."""
    _order("skip", **options)


@post.command("cancel")
@click.option("--preview", is_flag=True, help="Only say what would be left out.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask, as in scripts.")
@_one
def cancel_posts(
    preview: bool,
    is_sure: bool,
    post_id: str,
    show: str | None,
    url: str | None,
    config_path: Path | None,
    as_json: bool,
) -> None:
    """Leave out all posts of its announcement, for its show, that are still to come.

    Says which these are, and asks. Each can be sent after all, with `post send`.
    """
    is_asked = not (preview or is_sure)
    if is_asked and (as_json or not sys.stdin.isatty()):
        raise click.UsageError("nobody is there to confirm it: say --yes, or look with --preview")
    service, said = service_of(url, config_path), _said(post_id, "cancel", show)
    looked = service.order("post", said | {"preview": True}, key=str(uuid.uuid4()))
    if preview and as_json:
        print_json(looked)
        return
    count = f"{len(looked['posts'])} post{'' if len(looked['posts']) == 1 else 's'}"
    if preview or is_asked:
        for each in looked["posts"]:
            its_show, _, name = each.partition(POSTS)
            print_labelled("leave out", f"{its_show} {name}")
    if preview:
        click.echo(f"post cancel: {count}, nothing is changed yet: leave --preview out (revision {looked['revision']})")
        return
    if is_asked and looked["posts"]:
        click.confirm(f"Leave {count} out?", abort=True)
        said |= {"revision": looked["revision"]}
    reply = service.order("post", said, key=str(uuid.uuid4()))
    if as_json:
        print_json(reply)
    else:
        print_accepted(f"post cancel, {count} left out", reply)


@post.command()
@_one
def sent(**options: Any) -> None:
    """Of a post whose answer was lost: it is out, as you have seen in the channel."""
    _order("sent", **options)


@post.command()
@_one
def again(**options: Any) -> None:
    """Of a post whose answer was lost: it is not out, send it again."""
    _order("again", **options)


def _read(file: Any) -> str:
    try:
        text: str = file.read(MOST_BYTES + 1)
    except UnicodeDecodeError:
        raise BroadcastError(f"{shown(file.name)} is not UTF-8: save it as such") from None
    if len(text) > MOST_BYTES:
        raise BroadcastError(f"{shown(file.name)} is longer than any channel takes")
    return text.strip()


def _said(post_id: str, act: str, show: str | None, **said: Any) -> dict[str, Any]:
    body = {"post": post_id, "act": act, "show": show, **said}
    return {name: value for name, value in body.items() if value is not None}


def _order(
    act: str, *, post_id: str, show: str | None, url: str | None, config_path: Path | None, as_json: bool, **said: Any
) -> None:
    reply = service_of(url, config_path).order("post", _said(post_id, act, show, **said), key=str(uuid.uuid4()))
    if as_json:
        print_json(reply)
    else:
        print_accepted(f"post {act}", reply)
