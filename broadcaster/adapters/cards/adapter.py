"""Which picture goes with a post? A card drawn for it, or a file beside the season file."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from broadcaster.adapters.cards.connection import SECONDS, draw_in_child, order_key
from broadcaster.adapters.cards.files import read_picture, suited
from broadcaster.adapters.cards.order import Order
from broadcaster.ports import Picture
from broadcaster.season.cards import card_words
from broadcaster.season.channels import REACH
from broadcaster.season.errors import Refused, TemplateError
from broadcaster.season.frames import Frame, Media, Size
from broadcaster.season.plan import CARD, Cue, Plan, ShowPlan

log = logging.getLogger(__name__)

PLAIN = Frame()
"""For a channel of which no more is known."""
MOST_KEPT = 16
"""Cards are kept for the next post that is to have the same: most channels of an audience are."""


class Cards:
    """The pictures of a season's posts. One is drawn at a time, in a child process.

    `kinds` is channel -> kind (see season.channels); one that is not in it takes what every kind takes. `folder` is
    where the season file is.
    """

    def __init__(self, folder: Path, kinds: Mapping[str, str], *, seconds: float = SECONDS) -> None:
        self._folder = folder
        self._kinds = kinds
        self._seconds = seconds
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._drawing = asyncio.Lock()

    def of(self, plan: Plan) -> Callable[[ShowPlan, Cue], Awaitable[Picture | None]]:
        """The way from a show as it is expected and a cue to its picture, for FarEnds; None: the post has none.

        It raises Refused with reason noPicture for a template, logo or file that cannot be used, and Unavailable.
        """

        async def card(show: ShowPlan, cue: Cue) -> Picture | None:
            try:
                return await self.picture(plan, show, cue)
            except TemplateError as error:
                raise Refused(str(error), reason="noPicture") from None

        return card

    def frame(self, channel: str) -> Frame:
        """What picture the channel takes."""
        reach = REACH.get(self._kinds.get(channel, ""))
        return (reach and reach.frame) or PLAIN

    async def picture(self, plan: Plan, show: ShowPlan, cue: Cue) -> Picture | None:
        """The picture of a post, as its channel takes it. Raises TemplateError and Unavailable."""
        if cue.post is None or not cue.post.picture:
            return None
        if cue.post.picture == CARD:
            return await self.card(plan, show, cue)
        frame = self.frame(cue.post.channel)
        words = card_words(plan, show, cue)
        file = await asyncio.to_thread(read_picture, self._folder, cue.post.picture)
        content, media = await asyncio.to_thread(suited, file, frame)
        return Picture(content=content, media=media, about=f"{words.kicker}: {words.headline}")

    async def card(
        self, plan: Plan, show: ShowPlan, cue: Cue, *, size: Size | None = None, media: Media | None = None
    ) -> Picture:
        """The card of a post, drawn also where it has another or none; `size` and `media` instead of its channel's.

        Raises TemplateError and Unavailable.
        """
        frame = self.frame(cue.post.channel) if cue.post is not None else PLAIN
        words = card_words(plan, show, cue)
        order = Order(
            words=words,
            look=plan.look,
            size=size or frame.size,
            media=media or frame.media,
            folder=await asyncio.to_thread(self._folder.resolve),
        )
        return Picture(content=await self.draw(order), media=order.media, about=words.about)

    async def draw(self, order: Order) -> bytes:
        """The drawing, made once for equal orders. Raises TemplateError and Unavailable."""
        key = await asyncio.to_thread(order_key, order)
        async with self._drawing:
            if key not in self._kept:
                self._kept[key] = await draw_in_child(order, seconds=self._seconds)
                log.info("drew a card of %s bytes for %r", len(self._kept[key]), order.words.headline)
                if len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]
