"""What stands on the card that goes with a post?

A card says only what its post says: the truth of its show, on its reader's clock.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from broadcaster.season.announce import Part, post_facts, render_text
from broadcaster.season.plan import Cue, Plan, ShowPlan, Trigger
from broadcaster.season.walltime import offset_text


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
        place="" if is_timeless else f"{known['audience'].city} · {offset_text(at)}",
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
        below = (segment.designer, segment.country, "" if _says(segment.title, segment.designer) else segment.title)
        below = below if any(not _says(headline, each) for each in below) else (show,)
    return headline, " · ".join(dict.fromkeys(each for each in below if not _says(headline, each)))


def _says(text: str, words: str) -> bool:
    """The words, if any, stand in it whole: `Li` is not in Lina's evening."""
    return not words or re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


def _date(at: datetime, language: str) -> str:
    from babel.dates import format_date

    said = str(format_date(at.date(), format="full", locale=language.replace("-", "_")))
    return said[:1].upper() + said[1:]
