"""The posts of the season for all who ask: made beside the loop, once for all of them, and not around a take."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from broadcaster.conductor.quiet import is_take_near
from broadcaster.ports import Clock
from broadcaster.season.plan import Plan
from broadcaster.show.post_list import post_list
from broadcaster.show.post_orders import Outlets
from broadcaster.show.state import SeasonState

KEPT_FOR = timedelta(seconds=5)
"""As long as nothing is recorded: a show that runs late moves what is expected also without a record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    plan: Plan
    seq: int
    at: datetime
    posts: list[dict[str, Any]]


class Listing:
    """The latest list of each show, and of all; `posts` gives copies."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._making = asyncio.Lock()

    async def posts(self, plan: Plan, state: SeasonState, outlets: Outlets, show: str) -> list[dict[str, Any]]:
        """As show.post_list; an older list while a take is about to leave."""
        async with self._making:
            kept, now = self._kept.get(show), self._clock.now()
            if kept is None or kept.plan is not plan or not self._will_do(kept, plan, state, now):
                posts = await asyncio.to_thread(post_list, plan, state, now, outlets, show)
                kept = self._kept[show] = _Kept(plan=plan, seq=state.seq, at=now, posts=posts)
        return [dict(post) for post in kept.posts]

    def _will_do(self, kept: _Kept, plan: Plan, state: SeasonState, now: datetime) -> bool:
        is_new = kept.seq == state.seq and abs(now - kept.at) < KEPT_FOR
        return is_new or is_take_near(plan, state, self._clock)
