"""Are the pictures of the posts that are due at hand?

A card takes seconds to draw. It is drawn before its post is begun: until then nothing is written down as sent, so a
post may still be held, moved or left out, and a crash meanwhile leaves nobody in doubt whether it is out.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass
from typing import Any

from broadcaster.conductor.posting import Card
from broadcaster.ports import Picture
from broadcaster.season.cards import CardWords, card_words
from broadcaster.season.errors import TemplateError
from broadcaster.season.plan import CHAT, Cue, Plan, ShowPlan
from broadcaster.show.turn import Verb

log = logging.getLogger(__name__)

WITH_PICTURE = (Verb.POST, Verb.FOLLOW, Verb.EDIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """A picture, and what it was made from; `picture` None: it cannot be made."""

    card: Card
    words: CardWords | None
    picture: Picture | None


class Drawing:
    """The pictures that are drawn, and being drawn, by the names of their commands. `on_end` is called after each."""

    def __init__(
        self, start: Callable[[str, Coroutine[Any, Any, None]], "asyncio.Task[None]"], on_end: Callable[[], None]
    ) -> None:
        self._start = start
        self._on_end = on_end
        self._drawn: dict[str, _Drawn] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def is_busy(self) -> bool:
        """Something is being drawn."""
        return bool(self._tasks)

    def is_ready(self, name: str, verb: Verb, plan: Plan, show: ShowPlan, cue: Cue, card: Card | None) -> bool:
        """Whether the command has its picture as things are now, or none; one that is missing is begun."""
        if card is None or verb not in WITH_PICTURE or cue.post is None:
            return True
        if not cue.post.picture or cue.post.channel == CHAT:
            return True
        words = _words(plan, show, cue)
        drawn = self._drawn.get(name)
        if drawn is not None and drawn.card is card and drawn.words == words:
            return True
        if name not in self._tasks:
            self._tasks[name] = self._start(f"picture of {cue.id}", self._draw(name, show, cue, card, words))
        return False

    def take(self, name: str) -> Picture | None:
        """The command's picture, for its post; None: it goes without."""
        drawn = self._drawn.pop(name, None)
        return drawn.picture if drawn is not None else None

    def forget_all_but(self, names: Collection[str]) -> None:
        """Keep no picture that nobody asks for any more."""
        for name in self._drawn.keys() - set(names):
            del self._drawn[name]

    async def stop(self) -> None:
        """Draw nothing more."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _draw(self, name: str, show: ShowPlan, cue: Cue, card: Card, words: CardWords | None) -> None:
        picture = None
        try:
            picture = await card(show, cue)
        except Exception:  # a drawing that fails in any way is told, and its post goes on without
            log.exception("the picture of %s cannot be made; it goes without", cue.id, extra={"event": "no_card"})
        finally:
            del self._tasks[name]
        self._drawn[name] = _Drawn(card=card, words=words, picture=picture)
        self._on_end()


def _words(plan: Plan, show: ShowPlan, cue: Cue) -> CardWords | None:
    with contextlib.suppress(TemplateError):  # what is wrong with the words is told as they are made
        return card_words(plan, show, cue)
    return None
