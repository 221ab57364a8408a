"""What stands where a channel's secret cannot be had yet? It opens by itself once it can; nothing else waits for it."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from broadcaster.ports import Channel, Clock, Message
from broadcaster.season.errors import NeedsHuman, SeasonError

log = logging.getLogger(__name__)

TRIED_EVERY = timedelta(seconds=5)
"""How soon a secret that was put right is noticed, also when nothing is to be posted."""


class ClosedChannel:
    """A channel that is opened by `open`, once, as soon as that raises SeasonError no more.

    Each act tries, and raises NeedsHuman with the remedy until it opens. `trouble` is that remedy; empty once open.
    A mistake in our own code keeps it closed, too, and touches nothing else: nothing was sent.
    """

    def __init__(self, name: str, open: Callable[[], Channel], why: SeasonError) -> None:
        self.name = name
        self.trouble = remedy(why)
        self._open = open
        self._channel: Channel | None = None
        self._opening = asyncio.Lock()
        log.warning(
            "Nothing is posted to %s before this is put right: %s",
            name,
            self.trouble,
            extra={"event": "channel_closed", "channel": name},
        )

    async def opened(self) -> Channel:
        """The channel itself. Raises NeedsHuman."""
        async with self._opening:
            if self._channel is None:
                try:
                    self._channel = await asyncio.to_thread(self._open)
                except SeasonError as error:
                    self.trouble = remedy(error)
                    raise NeedsHuman(self.trouble) from error
                except Exception as error:
                    what = f"our code for it failed ({type(error).__name__}); the log of the service says where"
                    if self.trouble != what:  # it is tried every few seconds
                        log.exception("%s cannot be opened", self.name, extra={"event": "code_broken"})
                    self.trouble = what
                    raise NeedsHuman(what) from error
                self.trouble = ""
                log.warning("%s is open now", self.name, extra={"event": "channel_opened", "channel": self.name})
            return self._channel

    async def post(self, message: Message, *, key: str) -> str:
        """As ports.Channel; raises NeedsHuman while closed, as all of these."""
        return await (await self.opened()).post(message, key=key)

    async def find(self, message: Message, *, since: datetime, others: Collection[str]) -> str | None:
        """As ports.Channel."""
        return await (await self.opened()).find(message, since=since, others=others)

    async def edit(self, post: str, message: Message) -> None:
        """As ports.Channel."""
        await (await self.opened()).edit(post, message)

    async def pin(self, post: str) -> None:
        """As ports.Channel."""
        await (await self.opened()).pin(post)


def closed_of(channels: Iterable[Channel]) -> dict[str, str]:
    """Each channel that is still closed, with what a person has to do about it."""
    return {each.name: each.trouble for each in channels if isinstance(each, ClosedChannel) and each.trouble}


async def open_in_time(channels: Iterable[Channel], clock: Clock, on_news: Callable[[], None]) -> None:
    """Try the closed channels until all are open; call `on_news` when what is said of them changes."""
    closed = [each for each in channels if isinstance(each, ClosedChannel)]
    said = closed_of(closed)
    while said:
        await clock.sleep(TRIED_EVERY)
        for channel in closed:
            try:
                await channel.opened()
            except NeedsHuman as error:
                log.debug("%s stays closed: %s", channel.name, error)
        if said != (said := closed_of(closed)):
            on_news()


def remedy(error: SeasonError) -> str:
    """What is wrong with a secret, and what to do, without the settings' path."""
    return "; ".join(f"{each.message} ({each.hint})" if each.hint else each.message for each in error.problems)
