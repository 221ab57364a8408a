"""What does the desk say just now, for many who ask at once?

Buttons and their programs ask several times a second each. The view is made and encoded once for all of them, and
again after a turn, an order, or a quarter of a second.
"""

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from broadcaster.ports import Clock
from broadcaster.season.said import say
from broadcaster.show.commands import NotNow, Stale
from broadcaster.show.orders import Order, Word
from broadcaster.show.records import instant
from broadcaster.show.spans import read_span

if TYPE_CHECKING:
    from broadcaster.panel.api import Desk

EARLY = say("to go live before the time needs the role director")
KEPT_FOR = timedelta(milliseconds=250)


class Glance:
    """The desk's view, at most KEPT_FOR old on the clock and as of its last turn or later. Not to be changed."""

    def __init__(self, desk: "Desk", *, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock
        self._taken_at: datetime | None = None
        self._document: dict[str, Any] = {}
        self._encoded: bytes | None = None
        desk.on_turn.append(self.forget)

    def forget(self) -> None:
        """Look anew when asked next: something has changed."""
        self._taken_at = None

    def document(self) -> dict[str, Any]:
        """The view."""
        now = self._clock.now()
        if self._taken_at is None or abs(now - self._taken_at) >= KEPT_FOR:
            self._document, self._encoded = self._desk.view(), None
            self._taken_at = now
        return self._document

    def encoded(self) -> bytes:
        """The view as JSON in UTF-8."""
        document = self.document()
        if self._encoded is None:
            self._encoded = json.dumps(document, ensure_ascii=False).encode()
        return self._encoded


def is_early(desk: "Desk", order: Order, now: datetime) -> bool:
    """Whether the order takes a show live before its time, which is a director's to decide."""
    if order.word is Word.GO:
        view = desk.view()
        return view["segment"] is None and bool(view["go_live"]) and now < instant(view["go_live"])
    if order.word is not Word.DELAY or read_span(order.by) > timedelta():
        return False
    try:
        ripple = desk.preview(order)
    except (NotNow, Stale):
        return False  # it will be refused as it is given
    if ripple.live >= ripple.live_before:
        return False
    return ripple.live < next(show.go_live for show in desk.plan.shows if show.id == ripple.show)
