"""Are the pictures of the posts that are due at hand?

A card takes seconds to draw. It is drawn before its post is begun: until then nothing is written down as sent, so a
post may still be held, moved or left out, and a crash meanwhile leaves nobody in doubt whether it is out.
What puts a post right does not wait: its words go at once, and its picture follows if it has changed.

A drawing that may work in a moment is tried again: for a while where the post can go without, and for as long as the
post is asked for where it cannot.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from broadcaster.conductor.posting import Card
from broadcaster.conductor.sight import back_off
from broadcaster.ports import Clock, Picture
from broadcaster.season.cards import card_words
from broadcaster.season.errors import Refused, TemplateError, Unavailable
from broadcaster.season.plan import CARD, CHAT, Cue, Plan, ShowPlan
from broadcaster.show.turn import Verb

log = logging.getLogger(__name__)

WITH_PICTURE = (Verb.POST, Verb.PICTURE)
"""Acts that show a picture; a follow-up does where its channel takes nothing without."""
PATIENCE = timedelta(minutes=1)
"""How long a post that can go without its picture waits for one that could not be drawn; at most half its grace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """A picture, and what it was made from; `picture` None: it has none, or cannot be made because of its `fault`."""

    card: Card
    made_from: str
    picture: Picture | None
    fault: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class _Run:
    """A picture that is being drawn. `has_failed`: not at the first try."""

    card: Card
    made_from: str
    has_failed: bool = False
    task: "asyncio.Task[None] | None" = None


class Drawing:
    """The pictures that are drawn, and being drawn, by the names of their commands. `on_end` is called after each."""

    def __init__(
        self,
        clock: Clock,
        start: Callable[[str, Coroutine[Any, Any, None]], "asyncio.Task[None]"],
        on_end: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._start = start
        self._on_end = on_end
        self._asked_for: frozenset[str] = frozenset()
        self._drawn: dict[str, _Drawn] = {}
        self._runs: dict[str, _Run] = {}

    @property
    def is_busy(self) -> bool:
        """Something is being drawn."""
        return bool(self._runs)

    def is_ready(
        self, name: str, verb: Verb, plan: Plan, show: ShowPlan, cue: Cue, card: Card | None, *, is_needed: bool
    ) -> bool:
        """Whether the command has its picture as things are now, or none; one that is missing is begun.

        `is_needed`: its channel takes nothing without one.
        """
        if card is None or not (verb in WITH_PICTURE or (verb is Verb.FOLLOW and is_needed)):
            return True
        if cue.post is None or not cue.post.picture or cue.post.channel == CHAT:
            return True
        made_from = picture_of(plan, show, cue)
        drawn = self._drawn.get(name)
        if drawn is not None and drawn.card is card and drawn.made_from == made_from:
            return True
        run = self._runs.get(name)
        if run is not None and (run.card is not card or run.made_from != made_from):
            del self._runs[name]
            if run.task is not None:
                run.task.cancel()  # nobody wants that one any more, and it may be what cannot be drawn
            run = None
        # posts that wait for theirs come first, unless it may be long before they have them
        may_begin = verb is not Verb.PICTURE or all(each.has_failed for each in self._runs.values())
        if run is None and may_begin:
            patience = None if is_needed else min(PATIENCE, cue.late.grace / 2)
            run = self._runs[name] = _Run(card=card, made_from=made_from)
            run.task = self._start(f"picture of {cue.id}", self._draw(run, name, show, cue, patience))
        return False

    def take(self, name: str, *, is_needed: bool) -> tuple[Picture | None, str]:
        """The command's picture, for its post, and what it was made from; None: it goes without.

        Raises Refused where it cannot.
        """
        drawn = self._drawn.pop(name, None)
        if drawn is not None and drawn.fault and is_needed:
            raise Refused(f"its picture cannot be made: {drawn.fault}", reason="noPicture")
        return (drawn.picture, drawn.made_from) if drawn is not None else (None, "")

    def forget_all_but(self, names: Collection[str]) -> None:
        """Keep no picture that nobody asks for any more."""
        self._asked_for = frozenset(names)
        for name in self._drawn.keys() - self._asked_for:
            del self._drawn[name]

    async def stop(self) -> None:
        """Draw nothing more."""
        tasks = [run.task for run in self._runs.values() if run.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _draw(self, run: _Run, name: str, show: ShowPlan, cue: Cue, patience: timedelta | None) -> None:
        try:
            drawn = await self._drawn_in_time(run, name, show, cue, patience)
        finally:
            if self._runs.get(name) is run:
                del self._runs[name]
        if drawn is not None:
            self._drawn[name] = drawn
        self._on_end()

    async def _drawn_in_time(
        self, run: _Run, name: str, show: ShowPlan, cue: Cue, patience: timedelta | None
    ) -> _Drawn | None:
        """The picture, or why there is none after all; None: nobody waits for it any more."""
        began, failures = self._clock.now(), 0
        card, made_from = run.card, run.made_from
        while True:
            try:
                return _Drawn(card=card, made_from=made_from, picture=await card(show, cue))
            except Unavailable as error:
                pause = back_off(failures, on_stage=False)
                if patience is not None and self._clock.now() + pause > began + patience:
                    log.warning("%s goes without its picture: %s", cue.id, error, extra={"event": "no_card"})
                    return _Drawn(card=card, made_from=made_from, picture=None, fault=str(error))
                if failures == 0:
                    log.warning("the picture of %s is tried again: %s", cue.id, error, extra={"event": "card_failed"})
            except Refused as error:
                log.warning("the picture of %s cannot be made: %s", cue.id, error, extra={"event": "no_card"})
                return _Drawn(card=card, made_from=made_from, picture=None, fault=str(error))
            except Exception as error:  # code that breaks here takes no more with it than the picture
                log.exception("the picture of %s cannot be made", cue.id, extra={"event": "no_card"})
                fault = f"our code failed ({type(error).__name__})"
                return _Drawn(card=card, made_from=made_from, picture=None, fault=fault)
            failures += 1
            if not run.has_failed:
                run.has_failed = True
                self._on_end()
            await self._clock.sleep(pause)
            if name not in self._asked_for:
                return None


def picture_of(plan: Plan, show: ShowPlan, cue: Cue) -> str:
    """What the post's picture is made from as things are now, in short; empty: it has none."""
    if cue.post is None or cue.post.picture != CARD:
        return cue.post.picture if cue.post is not None else ""
    try:
        words = card_words(plan, show, cue)
    except TemplateError:  # what is wrong with the words is told as they are made
        return CARD
    return hashlib.sha256(repr(words).encode()).hexdigest()[:16]
