"""How do I see the announcements of the running season, and hold, change, send or skip one? And cancel a show?"""

import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from shutil import get_terminal_size
from typing import Any, TypeVar

import click

from broadcaster.cli.options import print_json
from broadcaster.cli.remote import print_accepted, print_ripple, remote, service_of
from broadcaster.cli.seasons import AWAITS
from broadcaster.cli.service import SENTENCE
from broadcaster.season.errors import BroadcastError
from broadcaster.season.walltime import offset_text
from broadcaster.season.wording import shown

Function = TypeVar("Function", bound=Callable[..., Any])
LEAST_COLUMNS, STANDING_COLUMNS = 40, 9
MOST_BYTES = 40_000


@click.command()
@remote
def posts(show: str | None, url: str | None, config_path: Path | None, as_json: bool) -> None:
    """List the posts of the running season, or of one show: when, how each stands, and its words."""
    answer = service_of(url, config_path).posts(show)
    if as_json:
        print_json(answer)
        return
    columns = max(get_terminal_size().columns, LEAST_COLUMNS)
    for line in lines_of(answer["posts"], columns):
        click.echo(line)


def lines_of(listed: list[dict[str, Any]], columns: int) -> Iterator[str]:
    """The posts as lines of at most `columns`, but for an id that is longer; the day stands above its posts."""
    if not listed:
        yield "there are no posts"
    day = ""
    for post in listed:
        if day != (day := f"{datetime.fromisoformat(post['at']):%a %Y-%m-%d} UTC"):
            yield day
        yield _head(post)
        yield f"    {shown(post['show'])} {shown(post['name'], SENTENCE)}"
        for label, text in _said(post):
            room = columns - 4 - len(label)
            yield f"    {label}{shown(_first_line(text), room)}"


def _head(post: dict[str, Any]) -> str:
    at, local = datetime.fromisoformat(post["at"]), datetime.fromisoformat(post["local"])
    clock = f"{at:%H:%M:%SZ}" if at.second else f"{at:%H:%M}Z   "
    theirs = f"{local:%H:%M} {offset_text(local)}"
    if local.date() != at.date():
        theirs += f" {local:%a %d %b}"
    waits = f"once {shown(post['segment'])} is on air" if post["segment"] else AWAITS.get(post["trigger"], "")
    told = f"{post['standing']:{STANDING_COLUMNS}} {clock} {theirs}  {post['language']}"
    return f"  {told}  {waits}".rstrip()


def _said(post: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The first line of its words, and what somebody should know of it."""
    if post["title"] and post["has_title"]:
        yield "", post["title"]
    yield "", post["text"]
    if post["example_delay"]:
        yield "", f"(an example: as after a delay of {post['example_delay']})"
    if post["asks"] == "lost":
        yield "ASKS: ", "is it out? look in the channel: `post sent` or `post again`"
    elif post["asks"] == "late":
        yield "ASKS: ", "it is late: `post send` or `post skip`"
    if post["standing"] == "held" and post["held_by"]:
        yield "held by ", post["held_by"]
    elif post["why"] and (post["standing"] in ("skipped", "failed", "unknown") or post["posted_at"] is None):
        yield "", post["why"]
    elif post["is_edited"]:
        yield "", "(words of an operator)"


def _first_line(text: str) -> str:
    first, _, more = text.strip().partition("\n")
    return f"{first.rstrip()} …" if more else first


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
@_one
def cancel_posts(**options: Any) -> None:
    """Leave out all posts of its announcement, for its show, that are still to come."""
    _order("cancel", **options)


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


def _order(
    act: str, *, post_id: str, show: str | None, url: str | None, config_path: Path | None, as_json: bool, **said: Any
) -> None:
    body = {"post": post_id, "act": act, "show": show, **said}
    body = {name: value for name, value in body.items() if value is not None}
    reply = service_of(url, config_path).order("post", body, key=str(uuid.uuid4()))
    if as_json:
        print_json(reply)
    else:
        print_accepted(f"post {act}", reply)


@click.command()
@click.option("--preview", is_flag=True, help="Only say what it would change.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask, as in scripts.")
@remote
def cancel(
    preview: bool, is_sure: bool, show: str | None, url: str | None, config_path: Path | None, as_json: bool
) -> None:
    """Cancel a show that is not live yet: nothing of it goes on air, and its audiences are told.

    Says what that changes, and asks. It cannot be taken back.
    """
    is_asked = not (preview or is_sure)
    if is_asked and (as_json or not sys.stdin.isatty()):
        raise click.UsageError("nobody is there to confirm it: say --yes, or look with --preview")
    service, said = service_of(url, config_path), {"show": show} if show is not None else {}
    if preview or is_asked:
        looked = service.order("cancel", said | {"preview": True}, key=str(uuid.uuid4()))
        if as_json:
            print_json(looked)
        else:
            print_ripple("cancel", looked["ripple"], looked["revision"] if preview else None)
        if preview:
            return
        click.confirm(f"Cancel {shown(looked['show'])}? It cannot be taken back", abort=True)
        said = {"show": looked["show"], "revision": looked["revision"]}
    reply = service.order("cancel", said, key=str(uuid.uuid4()))
    if as_json:
        print_json(reply)
    else:
        print_accepted("cancel", reply)
