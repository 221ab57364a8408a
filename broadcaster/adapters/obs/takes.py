"""Which takes of ours are under way at OBS, and what do its events say of them?

SceneTransitionStarted names no scene, and CurrentProgramSceneChanged comes only at the end of a transition, sometimes
after a later take has begun. So takes are kept in the order in which they left: one is *flying* from its sending to
its beginning, and *begun* until OBS names its scene.
"""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

CONFIRM_SECONDS = 0.5
"""On top of the transition's own time; a take not reported by then is asked for."""
FIRST_LATENCY_SECONDS = 0.005
LATENCIES_KEPT = 30
LATENCY_LIMIT_SECONDS = 0.5
"""Above it, the clock was stepped or OBS was stuck: nothing to learn for the next take."""


@dataclass(eq=False, slots=True, kw_only=True)
class Take:
    """A take that left for OBS; `began` is settled once OBS reports its beginning."""

    scene: str
    sent: datetime
    began: "asyncio.Future[datetime]" = field(repr=False)

    def settle(self, at: datetime) -> None:
        """Its beginning was reported at `at`."""
        if not self.began.done():
            self.began.set_result(at)


class Takes:
    """Our takes under way, and how long this OBS needs from the sending to the beginning."""

    def __init__(self) -> None:
        self.half_frame = 0.5 / 30
        self._flying: deque[Take] = deque()
        self._begun: deque[str] = deque()
        self._begun_until = 0.0
        self._latencies: deque[float] = deque(maxlen=LATENCIES_KEPT)

    @property
    def lead(self) -> float:
        """How long before its instant a take is sent, in real seconds.

        The middle of the shortest half of the last latencies, which keeps the median error smallest: they lean to one
        side, most within a millisecond or two and some far above, and the median of all would send most takes early.
        At most half a frame, so that one slow evening does not make a take early.
        """
        if not self._latencies:
            return min(FIRST_LATENCY_SECONDS, self.half_frame)
        ordered = sorted(self._latencies)
        half = len(ordered) // 2
        first = min(range(len(ordered) - half), key=lambda index: ordered[index + half] - ordered[index])
        return min((ordered[first] + ordered[first + half]) / 2, self.half_frame)

    def learn(self, latency: float) -> None:
        """Remember the real seconds from sending to beginning."""
        if 0 < latency < LATENCY_LIMIT_SECONDS:
            self._latencies.append(latency)

    def sent(self, take: Take) -> None:
        """It leaves now. The one method that is called in the connection's thread."""
        self._flying.append(take)

    def forget(self, take: Take) -> None:
        """Nobody waits for its beginning any more."""
        with suppress(ValueError):  # it has begun meanwhile
            self._flying.remove(take)

    def clear(self) -> None:
        """The connection is new; what began before it is told by what is read now."""
        self._begun.clear()

    def started(self, at: datetime, *, until: float) -> Take | None:
        """A transition started: of the take that left first, or a hand's (None).

        `until` is the loop time by which OBS has named the scene, if it ever does: an interrupted one it may not name.
        """
        if not self._flying:
            return None
        take = self._flying.popleft()
        self._begun.append(take.scene)
        self._begun_until = until
        take.settle(at)
        return take

    def named(self, scene: str, at: datetime) -> bool:
        """OBS names the scene on program; False when that is old news: a later take of ours has begun since."""
        for take in list(self._flying):
            if take.scene == scene:  # the start of its transition is late, or is not told
                self._flying.remove(take)
                self._begun.clear()
                take.settle(at)
        if scene not in self._begun:
            self._begun.clear()
            return True
        while self._begun.popleft() != scene:
            pass
        return not self._begun

    def is_any(self, now: float) -> bool:
        """Whether one is under way at loop time `now`, so that an answer on the program may be of before or after."""
        if now > self._begun_until:
            self._begun.clear()
        return bool(self._flying or self._begun)
