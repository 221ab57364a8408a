"""What will every announcement say, to whom, where, and at which instant?"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from broadcaster.cli.options import check_known, print_json, shared
from broadcaster.cli.seasons import AWAITS, known_channels, utc_text
from broadcaster.season.plan import Plan, ShowPlan
from broadcaster.season.preview import Previewed, preview, readers_of
from broadcaster.season.walltime import local, offset_text
from broadcaster.season.wording import counted, shown, span_text

WIDTH = 80


@click.command()
@click.argument("season", type=click.Path(path_type=Path))
@click.option("--preview", "is_preview", is_flag=True, help="Show every post; nothing is sent.")
@click.option("--show", "show_id", default="", help="Only this show.")
@click.option("--audience", default="", help="Only this audience, or the readers of this language.")
@shared
def announce(
    season: Path, is_preview: bool, show_id: str, audience: str, config_path: Path | None, as_json: bool
) -> None:
    """Show every announcement of SEASON as it would be: its text for every audience on every channel.

    Nothing is sent. Posts go out in a run; see `broadcaster posts` and `broadcaster post` there.
    """
    from broadcaster.adapters.files import load_season
    from broadcaster.season.build import build_plan

    if not is_preview:
        raise click.UsageError("say --preview: posts are sent by 'broadcaster run' alone, each at its time")
    channels = known_channels(config_path)
    plan = build_plan(load_season(season, channels=channels))
    check_known("show", show_id or None, plan.names)
    check_known("audience", audience or None, readers_of(plan))
    posts = preview(plan, channels, show=show_id, audience=audience)
    if as_json:
        print_json(_document(plan, posts, are_channels_known=channels is not None))
        return
    for line in _lines(plan, posts):
        click.echo(line)
    if channels is None:
        click.echo("There is no config.toml here: the channels' limits are those of channels named like a service.")


def _document(plan: Plan, posts: Sequence[Previewed], *, are_channels_known: bool) -> dict[str, Any]:
    return {
        "season": plan.season,
        "title": plan.title,
        "tzdata": plan.tzdata,
        "channels_checked": are_channels_known,
        "posts": [post_document(post) for post in posts],
    }


def post_document(post: Previewed) -> dict[str, Any]:
    """The post as flat JSON; instants as RFC 3339, `at` and `wanted_at` in UTC, `local` with its offset."""
    return {
        "cue": post.cue,
        "show": post.show,
        "announcement": post.announcement,
        "trigger": str(post.trigger),
        "segment": post.segment,
        "channel": post.channel,
        "kind": post.kind,
        "audience": post.audience,
        "city": post.city,
        "language": post.language,
        "fell_back_from": post.fell_back,
        "example_delay": span_text(post.example_delay) if post.example_delay is not None else "",
        "at": utc_text(post.at),
        "local": post.local.isoformat(),
        "zone": post.zone,
        "wanted_at": utc_text(post.wanted_at) if post.wanted_at is not None else None,
        "hand_over": span_text(post.hand_over) if post.hand_over is not None else None,
        "quiet": post.quiet,
        "left_out": post.is_left_out,
        "title": post.title,
        "text": post.text,
        "length": post.length,
        "most": post.most or None,
        "picture": post.picture,
        "pin": post.is_pinned,
        "urgent": post.is_urgent,
        "trouble": post.trouble,
    }


def _lines(plan: Plan, posts: Sequence[Previewed]) -> Iterator[str]:
    """For people, in eighty columns: a show, its instants, and under each the posts of that instant."""
    yield f"{shown(plan.title)} · tzdata {plan.tzdata}"
    for show_id, of_show in groupby(posts, key=lambda post: post.show):
        show = plan.show(show_id)
        yield ""
        yield from _wrapped(_heading(show), "")
        # one announcement at one instant in one text stands once, with all channels that it goes to
        for _, alike in groupby(of_show, key=_same_text):
            yield ""
            yield from _post_lines(show, tuple(alike))
    audiences = len({post.audience for post in posts if post.audience})
    languages = len({post.language for post in posts})
    yield ""
    yield f"{counted(len(posts), 'post')} in {counted(languages, 'language')}, to {counted(audiences, 'audience')}"


def _heading(show: ShowPlan) -> str:
    when = local(show.go_live, show.zone)
    off = " · CANCELLED" if show.is_cancelled else ""
    return f"{show.id} · {shown(show.title)} · live {when:%a %Y-%m-%d %H:%M} {offset_text(when)}{off}"


def _same_text(post: Previewed) -> tuple[object, ...]:
    return post.at, post.announcement, post.segment, post.reader, post.text, post.title


def _post_lines(show: ShowPlan, posts: Sequence[Previewed]) -> Iterator[str]:
    post = posts[0]
    there = post.local
    when = f"{post.at:%Y-%m-%d %H:%MZ} · {there:%a %H:%M}{'' if there.date() == post.at.date() else f' {there:%d %b}'}"
    whom = f"{shown(post.city)} ({post.reader})" if post.audience else f"readers of {post.reader}"
    yield from _wrapped(f"{when} {offset_text(there)} · {whom} · {post.announcement}", "  ", "    ")
    notes = []
    if post.trigger in AWAITS:
        segment = f" (segment {post.segment})" if post.segment else ""
        notes.append(AWAITS[post.trigger] + segment)
    if post.example_delay is not None:
        notes.append(f"an example: the text as after a delay of {span_text(post.example_delay)}")
    if post.quiet:
        notes.append(post.quiet)
    if post.hand_over is not None:
        notes.append(f"handed over {span_text(post.hand_over)} before")
    if post.is_urgent:
        notes.append("urgent: also in quiet hours")
    if post.fell_back:
        notes.append(f"told in {post.language}: there is no text in {post.fell_back}")
    if post.picture:
        notes.append(f"picture: {shown(post.picture)}")
    if post.is_pinned:
        notes.append("pinned")
    for note in notes:
        yield from _wrapped(note, "    ")
    for each in posts:
        kind = "" if each.kind in ("", each.channel) else f" ({each.called})"
        room = f"{each.length} of {each.most}" if each.most else f"{each.length} characters, limit not known"
        trouble = f": {each.trouble}" if each.trouble else ""
        yield from _wrapped(f"{each.channel}{kind}, {each.language}, {room}{trouble}", "    ", "      ")
    if post.title not in (show.title, *show.titles.values()):
        yield from _wrapped(f"[{shown(post.title, len(post.title))}]", "    | ")
    for line in post.text.split("\n"):
        yield from _wrapped(line, "    | ")


def _wrapped(text: str, indent: str, further: str | None = None) -> Iterator[str]:
    """The text in lines as wide as they are on a screen, where a Chinese letter takes two columns."""
    from rich.console import Console
    from rich.text import Text

    below = indent if further is None else further
    lines = Text(text).wrap(Console(), WIDTH - max(len(indent), len(below)), overflow="fold")
    for number, line in enumerate(lines):
        yield f"{below if number else indent}{line.plain.rstrip()}".rstrip()
