"""Which of the posts that stand there is the one whose answer was lost? Pure, for services that can be read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

LOOK_BACK = timedelta(hours=12)
"""A post whose answer was lost is looked for among those of this age; older ones of the same words are others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A post as the service shows it. `made` None: the service does not say when."""

    post: str
    text: str
    made: datetime | None


class Posted:
    """The posts of this run, by the keys that they were made under."""

    def __init__(self) -> None:
        self._posts: dict[str, str] = {}

    def note(self, key: str, post: str) -> str:
        """Remember the post, and return it."""
        self._posts[key] = post
        return post

    def under(self, key: str) -> str | None:
        """The post that was made under the key, if it is known."""
        return self._posts.get(key)

    def find(self, key: str, text: str, there: Iterable[Standing], now: datetime) -> str | None:
        """The first that reads the same, is of the last hours and is not known to be another's; remembered."""
        others = {post for other, post in self._posts.items() if other != key}
        for each in there:
            is_recent = each.made is not None and each.made >= now - LOOK_BACK
            if is_recent and each.post not in others and each.text.split() == text.split():
                return self.note(key, each.post)
        return None
