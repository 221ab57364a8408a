"""A whole season on a manual clock: its far ends in memory and the conductor that runs it."""

import asyncio
import copy
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from broadcaster.adapters.clock import ManualClock
from broadcaster.conductor.conductor import Conductor
from broadcaster.conductor.perform import FarEnds
from broadcaster.conductor.posting import Card
from broadcaster.ports import Message, Picture
from broadcaster.season.channels import Reach
from broadcaster.season.errors import BROKEN
from broadcaster.season.plan import Cue, Plan, ShowPlan
from broadcaster.show.orders import Order, Word
from broadcaster.show.records import CUE_SETTLED, Record
from tests.far_ends import MemoryAlarm, MemoryChannel, MemoryGraphics, MemoryJournal, MemoryStudio, MemoryYouTube


@dataclass
class Snapshot:
    """The far ends at one moment, after `count` records."""

    count: int
    at: datetime
    studio: dict[str, Any]
    youtube: dict[str, Any]
    channels: dict[str, dict[str, Any]]
    graphics: dict[str, Any]


_OF_STUDIO = ("state", "streaming_since", "key", "on_air", "calls")
_OF_YOUTUBE = ("videos", "streams", "calls", "live_unhealthy", "playlists", "chat")
_OF_CHANNEL = ("posts", "said", "waiting", "keys", "made", "pinned", "calls")
_OF_GRAPHICS = ("screen", "calls")


class PictureFiles(dict[str, bytes]):
    """Picture files by name; one that is not there is missing as a file is."""

    def __missing__(self, name: str) -> bytes:
        raise FileNotFoundError(2, "No such file", name)


class World:
    """A season, its far ends, its clock and a conductor that runs it."""

    def __init__(self, plan: Plan, start: datetime, *, latency: timedelta = timedelta(milliseconds=20)) -> None:
        self.plan = plan
        self.clock = ManualClock(start)
        self.studio = MemoryStudio(self.clock, latency)
        self.youtube = MemoryYouTube(self.clock, latency, self.studio)
        self.channel = MemoryChannel(self.clock, latency)
        self.channels = {"telegram": self.channel} | {
            name: MemoryChannel(self.clock, latency, name) for name in ("email", "mastodon")
        }
        self.graphics = MemoryGraphics(self.clock, latency)
        self.pictures = PictureFiles({"poster.png": b"a picture"})
        self.card: Card | None = None
        self.reaches: dict[str, Reach] = {}
        self.drawn: list[datetime] = []
        """The go-live that each card told."""
        self.journal = MemoryJournal()
        self.alarm = MemoryAlarm()
        self.conductor = self._conductor()
        self.turns = 0
        self.may_break = False
        """The test breaks the code of a far end on purpose."""
        self.running: asyncio.Task[None] | None = None

    def _conductor(self) -> Conductor:
        ends = FarEnds(
            studio=self.studio,
            broadcasts=self.youtube,
            channels=self.channels,
            words=_words,
            stream_title="stream-1",
            picture=self._picture,
            graphics=self.graphics,
            reaches=self.reaches,
            card=self._card,
        )
        conductor = Conductor(
            self.plan, ends, journal=self.journal, clock=self.clock, alarm=self.alarm, about={"version": "test"}
        )
        conductor.on_turn.append(self._count)
        return conductor

    async def _picture(self, name: str) -> bytes:
        return self.pictures[name]

    async def _card(self, show: ShowPlan, cue: Cue) -> Picture | None:
        return await self.card(show, cue) if self.card is not None else None

    def _count(self) -> None:
        self.turns += 1

    async def __aenter__(self) -> "World":
        self.running = asyncio.create_task(self.conductor.run(), name="conductor")
        await self.settle()
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        await self.kill()
        if kind is None and not self.may_break:
            assert not any(record.data.get("code") == BROKEN for record in self.journal.records)

    async def kill(self) -> None:
        """End the conductor with no hand-over; what the run itself recorded at its end is left out."""
        count = len(self.journal.records)
        if self.running is not None and not self.running.done():
            self.running.cancel()
            await asyncio.wait({self.running})
            del self.journal.records[count:]
        self.running = None
        self.alarm.at = None

    async def restart(self) -> None:
        """A new conductor on the same journal and the same far ends."""
        await self.kill()
        self.alarm = MemoryAlarm()
        self.graphics.change(shown=None)  # what a page shows now, it has told the run before
        self.conductor = self._conductor()
        await self.__aenter__()

    async def settle(self) -> None:
        """Let the loop run until nothing is left to do at this instant."""
        ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
        quiet, steps = 0, 0
        while quiet < 3:
            await asyncio.sleep(0)
            quiet = 0 if ready else quiet + 1
            steps += 1
            assert steps < 20_000, "the loop does not come to rest at one instant"

    async def to(self, instant: datetime) -> None:
        """Move the clock, stopping wherever somebody wants to wake."""
        await self.settle()
        while True:
            if self.running is not None and self.running.done():
                self.running.result()
                return
            moments = [at for at in (self.alarm.at, self.clock.next_sleeper()) if at is not None]
            due = min(moments, default=instant)
            if due >= instant:
                break
            await self._step(due)
        await self._step(instant)

    async def _step(self, instant: datetime) -> None:
        await self.clock.advance_to(max(instant, self.clock.now()), settle=1)
        if self.alarm.at is not None and self.alarm.at <= self.clock.now():
            self.alarm.at = None
            self.alarm.ring()
        await self.settle()

    async def order(self, word: Word, **more: Any) -> int:
        """An operator's word, carried out at this instant."""
        revision = await self.conductor.order(Order(word=word, who="Aigul", source="test", **more))
        await self.settle()
        return revision

    def snapshot(self) -> Snapshot:
        """The far ends as they are."""
        return Snapshot(
            count=len(self.journal.records),
            at=self.clock.now(),
            studio={name: copy.deepcopy(getattr(self.studio, name)) for name in _OF_STUDIO},
            youtube={name: copy.deepcopy(getattr(self.youtube, name)) for name in _OF_YOUTUBE},
            channels={
                channel.name: {name: copy.deepcopy(getattr(channel, name)) for name in _OF_CHANNEL}
                for channel in self.channels.values()
            },
            graphics={name: copy.deepcopy(getattr(self.graphics, name)) for name in _OF_GRAPHICS},
        )

    def restore(self, snapshot: Snapshot, records: Sequence[Record]) -> None:
        """Make the far ends and the journal what they were."""
        self.journal.records = list(records[: snapshot.count])
        for end, values in (
            (self.studio, snapshot.studio),
            (self.youtube, snapshot.youtube),
            *((self.channels[name], values) for name, values in snapshot.channels.items()),
            (self.graphics, snapshot.graphics),
        ):
            for name, value in copy.deepcopy(values).items():
                setattr(end, name, value)

    # -- what came of it --------------------------------------------------------------------------------------------

    def ends(self) -> dict[str, str]:
        """Cue -> how it ended."""
        return {record.ids["cue"]: record.data["end"] for record in self.journal.of(CUE_SETTLED)}

    def doubled(self) -> list[str]:
        """Cues that were settled more than once."""
        counts = Counter(record.ids["cue"] for record in self.journal.of(CUE_SETTLED))
        return [cue for cue, count in counts.items() if count > 1]

    def kinds(self) -> Counter[str]:
        """How many records of each kind there are."""
        return Counter(record.kind for record in self.journal.records)

    @property
    def program(self) -> str:
        return self.studio.state.program

    def show(self, name: str = "day-1") -> Any:
        return self.conductor.state.show(name)


def _words(show: ShowPlan, cue: Cue, link: str) -> Message:
    """A text that tells what its template names."""
    text = cue.subject if cue.post is None or "go_live" not in cue.post.text else f"{cue.subject} {show.go_live:%H:%M}"
    return Message(text=f"{text} {link}".strip(), language=cue.post.language if cue.post is not None else "")
