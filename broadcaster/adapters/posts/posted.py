"""Which of the posts that stand there is the one whose answer was lost? Pure, for services that can be read.

What stands there is told apart by its words, its age and what the record knows of others: a service keeps no key of
ours, or not for long, and this program may have been started anew since.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcaster.season.errors import Refused

SKEW = timedelta(hours=1)
"""By so much two clocks may differ. Ours may have been wrong, and a post that is sent twice is worse than a second look
at one of the same words that no record knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A post as the service shows it. `made` None: the service does not say when."""

    post: str
    text: str
    made: datetime | None


def is_before(made: datetime | None, since: datetime) -> bool:
    """It was there already when the lost one was sent, whatever the clocks say."""
    return made is not None and made < since - SKEW


def lost_one(text: str, there: Iterable[Standing], *, since: datetime, others: Collection[str]) -> str | None:
    """The first that reads the same, was not there `since` long before, and is none of the others."""
    words = text.split()
    return next(
        (
            each.post
            for each in there
            if not is_before(each.made, since) and each.post not in others and each.text.split() == words
        ),
        None,
    )


def too_far_back(doing: str, called: str) -> Refused:
    """Nobody can tell: more stands there than can be looked through."""
    return Refused(f"{doing}: too much was posted since to look through: look at {called}", reason="noFind")
