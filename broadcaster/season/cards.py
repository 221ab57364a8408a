"""What stands on the card that goes with a post, and how large is it for each kind of channel?

A card says only what its post says: the truth of its show, on its reader's clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from broadcaster.season.announce import Part, post_facts, render_text
from broadcaster.season.channels import Media as Media
from broadcaster.season.filters import offset_of
from broadcaster.season.plan import Cue, Plan, ShowPlan, Trigger


class Size(StrEnum):
    """The shapes that services show whole."""

    STORY = "story"
    POST = "post"
    SQUARE = "square"
    LINK = "link"

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height."""
        return _PIXELS[self]


_PIXELS = {Size.STORY: (1080, 1920), Size.POST: (1080, 1350), Size.SQUARE: (1080, 1080), Size.LINK: (1200, 630)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What picture one kind of channel takes: its best shape and format, and the most bytes of one it is given.

    `longest` is the most that width and height may be together, `ratios` the least and most of width by height.
    """

    size: Size = Size.LINK
    media: Media = "image/png"
    most_bytes: int = 8_000_000
    longest: int = 10_000
    ratios: tuple[float, float] = (1 / 20, 20.0)

    def fault(self, width: int, height: int, length: int) -> str:
        """What keeps a picture of that size out of the channel; empty if nothing does."""
        if length > self.most_bytes:
            return f"is {length / 1e6:.1f} MB; {self.most_bytes / 1e6:g} MB are taken"
        if width + height > self.longest:
            return f"is {width} x {height}; both together may be {self.longest} pixels"
        least, most = self.ratios
        if not least <= width / height <= most:
            return f"is {width} x {height}: width by height has to lie between {least:.3g} and {most:.3g}"
        return ""


PLAIN_FRAME = Frame()
FRAMES: Mapping[str, Frame] = {
    # https://core.telegram.org/bots/api#sendphoto: 10 MB, 10000 pixels together, 20 times as long as wide
    "telegram": Frame(size=Size.POST, most_bytes=10_000_000),
    # https://docs.discord.com/developers/reference#uploading-files: 10 MiB
    "discord": Frame(most_bytes=10_000_000, longest=16_000),
    # https://docs.joinmastodon.org/user/posting/#media: 16 MB, 33 megapixels
    "mastodon": Frame(most_bytes=16_000_000, longest=11_000),
    # https://developers.facebook.com/docs/graph-api/reference/page/photos/: larger PNG is made coarse by the service
    "facebook": Frame(size=Size.POST, media="image/jpeg", most_bytes=4_000_000),
    # https://developers.facebook.com/docs/instagram-platform/content-publishing: JPEG alone, 8 MB, from 4:5 to 1.91:1
    "instagram": Frame(size=Size.POST, media="image/jpeg", ratios=(0.8, 1.91)),
}
"""Kind of channel -> what picture it takes; every other kind takes PLAIN_FRAME."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWords:
    """The words of a card, in the reader's language, on the reader's clock; each but the headline may be empty."""

    language: str
    kicker: str
    headline: str
    under: str
    badge: str
    date: str
    time: str
    place: str
    """The city and how its clock stands to UTC."""

    @property
    def about(self) -> str:
        """The card in a sentence, for those who cannot see it."""
        clock = " ".join(each for each in (self.time, self.place) if each)
        when = ", ".join(each for each in (self.date, clock) if each)
        parts = (self.kicker, self.badge, self.headline, self.under, when)
        return ". ".join(part.rstrip(".") for part in parts if part) + "."


_BADGES: Mapping[Trigger, Mapping[str, str]] = {
    Trigger.LIVE: {"kk": "Тікелей эфир", "ru": "Прямой эфир", "en": "Live now"},
    Trigger.SEGMENT: {"kk": "Қазір эфирде", "ru": "Сейчас в эфире", "en": "On air now"},
    Trigger.ENDED: {"kk": "Эфир аяқталды", "ru": "Эфир завершён", "en": "The show is over"},
    Trigger.DELAYED: {"kk": "Жаңа уақыты", "ru": "Новое время", "en": "New time"},
    Trigger.CANCELLED: {"kk": "Эфир болмайды", "ru": "Эфир отменён", "en": "Cancelled"},
}
_TIMELESS = frozenset({Trigger.ENDED, Trigger.CANCELLED})
"""Posts whose card names the day, and no hour at which anybody should come."""


def card_words(season: Plan, show: ShowPlan, cue: Cue) -> CardWords:
    """What the card of a post says, for the show as it is expected.

    Raises TemplateError as announce.render does, and ValueError for a cue that is no post.
    """
    if (post := cue.post) is None:
        raise ValueError(f"{cue.id} is no post")
    known = post_facts(season, show, cue, post, link="")
    title = render_text(post.title, known) if post.title else ""
    headline, under = _lines(known["show"].title, known.get("segment"), title)
    trigger = _trigger(show, cue, is_moved=bool(known["delay"]))
    at = known["segment"].start if "segment" in known else known["go_live"]
    is_timeless = trigger in _TIMELESS
    badges = _BADGES.get(trigger, {})
    return CardWords(
        language=post.language,
        kicker=known["season"].title,
        headline=headline,
        under=under,
        badge=badges.get(post.language.split("-")[0]) or badges.get("en", ""),
        date=_date(at, post.language),
        time="" if is_timeless else f"{at:%H:%M}",
        place="" if is_timeless else f"{known['audience'].city} · {offset_of(at)}",
    )


def _trigger(show: ShowPlan, cue: Cue, *, is_moved: bool) -> Trigger:
    """What the card has to say first: a show that does not come, or comes at another time, is told as that."""
    if show.is_cancelled:
        return Trigger.CANCELLED
    return Trigger.DELAYED if is_moved and cue.trigger is Trigger.CLOCK else cue.trigger


def _lines(show: str, segment: Part | None, title: str) -> tuple[str, str]:
    """The headline, and what stands below it: of a segment its designer, with country and collection."""
    if segment is None:
        below: tuple[str, ...] = (show,)
        headline = title or show
    else:
        headline = title if title and title != show else segment.designer or segment.title
        below = (segment.designer, segment.country, "" if segment.designer in segment.title else segment.title)
        below = below if any(each and each != headline for each in below) else (show,)
    return headline, " · ".join(dict.fromkeys(each for each in below if each and each != headline))


def _date(at: datetime, language: str) -> str:
    from babel.dates import format_date

    said = str(format_date(at.date(), format="full", locale=language.replace("-", "_")))
    return said[:1].upper() + said[1:]
