"""Can the pictures that a season file names be used, and can its cards be read? Problems with their places."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path

from broadcaster.adapters.cards.adapter import Cards
from broadcaster.adapters.cards.drawing import Fonts
from broadcaster.adapters.cards.files import PictureFile, read_picture, suited
from broadcaster.adapters.cards.guard import carried, file_beside
from broadcaster.adapters.cards.order import Order
from broadcaster.season.cards import CardWords
from broadcaster.season.channels import Reach
from broadcaster.season.errors import Problem, TemplateError, Unavailable
from broadcaster.season.frames import Size
from broadcaster.season.look import READABLE
from broadcaster.season.model import Look, Season
from broadcaster.season.plan import CARD
from broadcaster.season.wording import quoted, shown

SAMPLE = CardWords(
    language="en",
    kicker="A season of shows",
    headline="A designer with a long name",
    under="A country · A collection",
    badge="Live now",
    date="Wednesday, 20 October 2027",
    time="19:00",
    place="Almaty · UTC+5",
)
"""What a template is tried with."""


def names_pictures(season: Season) -> bool:
    """Whether there is anything to look at."""
    return season.look != Look() or any(announcement.picture is not None for announcement in season.announcements)


async def picture_problems(
    season: Season, folder: Path, reaches: Mapping[str, Reach] | None
) -> tuple[list[Problem], list[Problem]]:
    """Errors and warnings. `folder` is the season file's; `reaches` what each channel takes, None where not known."""
    errors = [*_files(season, folder, reaches or {}), *_look(season, folder)]
    if not errors and season.look.template is not None:
        errors += await _template(season, folder)
    has_cards = any(announcement.picture == CARD for announcement in season.announcements)
    return errors, list(_missing_letters(season, folder)) if has_cards and not errors else []


def _files(season: Season, folder: Path, reaches: Mapping[str, Reach]) -> Iterator[Problem]:
    """Each announcement's picture file, for each of its channels."""
    cards = Cards(folder, {name: reach.kind for name, reach in reaches.items()})
    for index, announcement in enumerate(season.announcements):
        if announcement.picture is None or announcement.picture == CARD:
            continue
        loc = ("announcement", index, "picture")
        try:
            picture = read_picture(folder, announcement.picture)
        except TemplateError as error:
            yield Problem(loc=loc, message=str(error), hint="put a PNG or JPEG file beside the season file")
            continue
        for channel in announcement.channels:
            if fault := _fault(picture, cards, channel):
                what = reaches[channel].called if channel in reaches else channel
                yield Problem(loc=loc, message=f"for channel {quoted(channel)} ({what}) {fault}")


def _fault(picture: PictureFile, cards: Cards, channel: str) -> str:
    try:
        suited(picture, cards.frame(channel))
    except TemplateError as error:
        return str(error)
    return ""


def _look(season: Season, folder: Path) -> Iterator[Problem]:
    look = season.look.plan()
    if look.worst_contrast < READABLE:
        key = "ink" if "ink" in season.look.model_fields_set else "background"
        yield Problem(
            loc=("look", key),
            message=f"the ink {look.ink} cannot be read on the background {look.background} (at its brightest "
            f"{look.brightest}): a contrast of {look.worst_contrast:.1f}; at least {READABLE} is needed",
            hint="take a lighter ink, or a darker background",
        )
    if look.logo:
        try:
            carried(folder, look.logo)
        except TemplateError as error:
            yield Problem(loc=("look", "logo"), message=str(error), hint="put it beside the season file")
    for number, name in enumerate(look.fonts):
        try:
            Fonts(folder, (name,))
        except TemplateError as error:
            yield Problem(loc=("look", "fonts", number), message=str(error), hint="put it beside the season file")


async def _template(season: Season, folder: Path) -> list[Problem]:
    """A template of the season's own is drawn once in each size, before a post needs it."""
    cards = Cards(folder, {})
    loc = ("look", "template")
    try:
        file_beside(folder, season.look.template or "").read_bytes()
    except OSError as error:
        message = f"the template {quoted(season.look.template)} cannot be read: {error.strerror or error}"
        return [Problem(loc=loc, message=message, hint="put it beside the season file")]
    except TemplateError as error:
        return [Problem(loc=loc, message=str(error))]
    look, here = season.look.plan(), await asyncio.to_thread(folder.resolve)
    for size in Size:
        order = Order(words=SAMPLE, look=look, size=size, media="image/png", folder=here)
        try:
            await cards.draw(order)
        except (TemplateError, Unavailable) as error:
            return [Problem(loc=loc, message=f"for a {size}: {error}")]
    return []


def _missing_letters(season: Season, folder: Path) -> Iterator[Problem]:
    """A warning for each title or name that would stand on a card with boxes in it."""
    fonts = Fonts(folder, season.look.fonts)
    texts: list[tuple[tuple[str | int, ...], str]] = [(("season", "title"), _every(season.about.title))]
    for index, show in enumerate(season.shows):
        texts.append((("show", index, "title"), _every(show.title)))
        for number, segment in enumerate(show.segments):
            texts.append((("show", index, "segment", number, "title"), _every(segment.title)))
            if (third := segment.lower_third) is not None:
                texts.append(
                    (("show", index, "segment", number, "lower_third"), f"{third.title} {third.subtitle or ''}")
                )
    texts += [
        (("announcement", index, "title"), _every(announcement.title))
        for index, announcement in enumerate(season.announcements)
        if announcement.picture == CARD and announcement.title
    ]
    texts += [(("guest", index, "name"), _every(guest.name)) for index, guest in enumerate(season.guests)]
    for loc, text in texts:
        if letters := fonts.missing(text):
            lacking = shown(" ".join(letters))
            yield Problem(
                loc=loc,
                message=f"the fonts of the cards have no {lacking}: boxes will stand there, or nothing",
                hint='add a font that has them: [look] fonts = ["FILE.ttf"]',
                severity="warning",
            )


def _every(names: Mapping[str, str]) -> str:
    """What it is called, in all languages."""
    return " ".join(names.values())
