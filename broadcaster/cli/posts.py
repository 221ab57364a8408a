"""How do I see the announcements of the running season, and how each stands?"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from shutil import get_terminal_size
from typing import Any

import click

from broadcaster.cli.options import print_json
from broadcaster.cli.remote import remote, service_of
from broadcaster.cli.seasons import AWAITS
from broadcaster.cli.service import SENTENCE
from broadcaster.season.walltime import offset_text
from broadcaster.season.wording import shown

LEAST_COLUMNS, STANDING_COLUMNS = 40, 9
ONLY_IF = "only_if"
"""The standing of what goes out if its show is delayed or cancelled."""


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
    for post in sorted(listed, key=lambda post: post["standing"] == ONLY_IF):  # what may never be comes last
        at = datetime.fromisoformat(post["at"])
        if day != (day := "only if it comes to that" if post["standing"] == ONLY_IF else f"{at:%a %Y-%m-%d} UTC"):
            yield day
        yield _head(post)
        yield f"    {shown(post['show'])} {shown(post['name'], SENTENCE)}"
        for label, text in _said(post):
            room = columns - 4 - len(label)
            yield f"    {label}{shown(_first_line(text), room)}"


def _head(post: dict[str, Any]) -> str:
    if post["standing"] == ONLY_IF:
        return f"  {AWAITS[post['trigger']]:{STANDING_COLUMNS}} {post['language']}"
    at, local = datetime.fromisoformat(post["at"]), datetime.fromisoformat(post["local"])
    clock = f"{at:%H:%M:%SZ}" if at.second else f"{at:%H:%M}Z   "
    theirs = f"{local:%H:%M} {offset_text(local)}"
    if local.date() != at.date():
        theirs += f" {local:%a %d %b}"
    waits = f"once {shown(post['segment'])} is on air" if post["segment"] else AWAITS.get(post["trigger"], "")
    told = f"{post['standing'].replace('_', ' '):{STANDING_COLUMNS}} {clock} {theirs}  {post['language']}"
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
        yield "held by ", post["held_by"] + (f": {post['why']}" if post["why"] else "")
    elif post["why"] and (post["standing"] in ("skipped", "failed", "unknown") or post["posted_at"] is None):
        yield "", post["why"]
    elif post["is_edited"]:
        yield "", "(words of an operator)"


def _first_line(text: str) -> str:
    first, _, more = text.strip().partition("\n")
    return f"{first.rstrip()} …" if more else first
