"""What will the pictures of the announcements look like? Drawn as they would be posted, into files."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broadcaster.cli.options import check_known, print_json, shared
from broadcaster.cli.seasons import known_channels
from broadcaster.season.errors import BroadcastError, TemplateError
from broadcaster.season.frames import ENDINGS, Media, Size
from broadcaster.season.plan import CARD, Cue, Lane, Plan, ShowPlan
from broadcaster.season.wording import counted

if TYPE_CHECKING:
    from broadcaster.adapters.cards.adapter import Cards


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One card to draw, for a post."""

    show: ShowPlan
    cue: Cue
    size: Size
    name: str


@click.command()
@click.argument("season", type=click.Path(path_type=Path))
@click.option("--show", "show_id", help="Only this show.  [default: every show]")
@click.option("--announcement", "announcement_id", help="Only this announcement, also one without a card.")
@click.option("--audience", "audience_id", help="Only this audience, or this language where no audience is named.")
@click.option("--size", type=click.Choice([str(size) for size in Size]), help="[default: each channel's own]")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="A folder for all of them; a name that ends in .png or .jpg for the first alone.",
)
@shared
def card(
    season: Path,
    show_id: str | None,
    announcement_id: str | None,
    audience_id: str | None,
    size: str | None,
    output: Path,
    config_path: Path | None,
    as_json: bool,
) -> None:
    """Draw the cards that go with SEASON's announcements, as they would be posted.

    Where no announcement has picture = "card" yet, every announcement's card is drawn: see how yours would look.
    """
    from broadcaster.adapters.cards.adapter import Cards
    from broadcaster.adapters.files import load_season
    from broadcaster.season.build import build_plan

    reaches = known_channels(config_path)
    plan = build_plan(load_season(season, channels=reaches))
    posts = _chosen(plan, show_id, announcement_id, audience_id)
    cards = Cards(season.parent, {name: reach.kind for name, reach in (reaches or {}).items()})
    wanted = list(_wanted(posts, cards, Size(size) if size else None))
    is_file = output.suffix.lower() in (".png", ".jpg", ".jpeg")
    files = asyncio.run(_draw(cards, plan, wanted[:1] if is_file else wanted, output, is_file=is_file))
    if as_json:
        print_json({"cards": files})
        return
    for each in files:
        click.echo(f"{each['file']}  {each['width']} x {each['height']}, {each['bytes'] // 1000} KB: {each['about']}")
    if is_file and len(wanted) > 1:
        count = counted(len(wanted) - 1, "more card")
        click.echo(f"This is the first of them: {count}, for other shows, readers or sizes, with -o FOLDER.", err=True)


def _chosen(
    plan: Plan, show_id: str | None, announcement_id: str | None, audience_id: str | None
) -> list[tuple[ShowPlan, Cue]]:
    """The posts that were asked for; of those, the ones with a card, or all where none has one."""
    posts = [(show, cue) for show in plan.shows for cue in show.cues_of(Lane.POSTS)]
    asked: tuple[tuple[str, str | None, Callable[[Cue], str]], ...] = (
        ("show", show_id, lambda cue: cue.show),
        ("announcement", announcement_id, lambda cue: cue.subject),
        ("audience", audience_id, lambda cue: cue.post.reader if cue.post is not None else ""),
    )
    for what, wish, of in asked:
        known = list(dict.fromkeys(of(cue) for _, cue in posts))
        check_known(what, wish, known, lack="there is no" if what == "announcement" else "no announcement has the")
        posts = [(show, cue) for show, cue in posts if wish in (None, of(cue))]
    if not posts:
        raise click.UsageError("the season has no announcements: add an [[announcement]]")
    return [(show, cue) for show, cue in posts if cue.post is not None and cue.post.picture == CARD] or posts


def _wanted(posts: list[tuple[ShowPlan, Cue]], cards: "Cards", size: Size | None) -> Iterator[Wanted]:
    """Each card once: channels of one shape share it."""
    seen = set()
    for show, cue in posts:
        if cue.post is None:
            continue
        shape = size or cards.frame(cue.post.channel).size
        parts = (show.id, cue.post.announcement, cue.post.segment, cue.post.reader, str(shape))
        name = "-".join(part for part in parts if part)
        if name not in seen:
            seen.add(name)
            yield Wanted(show=show, cue=cue, size=shape, name=name)


async def _draw(
    cards: "Cards", plan: Plan, wanted: list[Wanted], output: Path, *, is_file: bool
) -> list[dict[str, Any]]:
    files = []
    media: Media | None = None
    if is_file:
        media = "image/png" if output.suffix.lower() == ".png" else "image/jpeg"
    for each in wanted:
        try:
            picture = await cards.card(plan, each.show, each.cue, size=each.size, media=media)
        except TemplateError as error:
            raise BroadcastError(f"the card {each.name}: {error}") from None
        path = output if is_file else output / f"{each.name}{ENDINGS[picture.media]}"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture.content)
        except OSError as error:
            raise BroadcastError(f"{path} cannot be written: {error.strerror or error}") from None
        width, height = each.size.pixels
        files.append(
            {
                "file": str(path),
                "cue": each.cue.id,
                "size": str(each.size),
                "width": width,
                "height": height,
                "media": picture.media,
                "bytes": len(picture.content),
                "about": picture.about,
            }
        )
    return files
