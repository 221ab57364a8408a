"""Where does a rehearsal play? On emulators of its own, on free ports, told apart from anything real."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from broadcaster.cli.channels import KINDS, stand_in
from broadcaster.cli.config_channels import ChannelTable
from broadcaster.cli.wiring import ObsAddress, YouTubeAddress, scenes_of
from broadcaster.ports import Clock, Secret, Shelf
from broadcaster.season.plan import Plan, ShowPlan
from broadcaster.season.wording import near_or_listed

if TYPE_CHECKING:
    from broadcaster.emulators.control import Emulator

PASSWORD = Secret("rehearsal")
SERVICES = ("obs", "youtube")
FAULT = re.compile(
    r"(?P<end>[a-z]+):(?P<kind>[a-z_]+)(:(?P<seconds>\d+(\.\d+)?)s?)?"
    r"(@(?P<sign>[+-]?)((?P<minutes>\d+)m)?((?P<late>\d+)s)?)?"
)
FAULT_FORM = "END:KIND[:SECONDS][@OFFSET], such as youtube:down:30@-1m or obs:down:20@+5m (from go-live)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The emulators of one rehearsal and how they are reached."""

    emulators: dict[str, "Emulator"]
    obs: ObsAddress
    youtube: YouTubeAddress
    channels: dict[str, ChannelTable]
    shelf: Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFault:
    """Something that shall go wrong, `after` go-live of the show."""

    end: str
    kind: str
    seconds: float
    after: timedelta

    def at(self, show: ShowPlan) -> datetime:
        """The instant at which it begins."""
        return show.go_live + self.after

    @classmethod
    def parse(cls, text: str) -> "PlannedFault":
        """Read END:KIND[:SECONDS][@OFFSET]; raises ValueError that shows the form."""
        from broadcaster.emulators.control import Fault

        found = FAULT.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is not a fault; write {FAULT_FORM}")
        ends = (*SERVICES, *KINDS)
        if found["end"] not in ends:
            hint = near_or_listed(found["end"], ends, what="end")
            raise ValueError(f"{text!r}: nothing is called {found['end']!r} ({hint})")
        after = timedelta(minutes=int(found["minutes"] or 0), seconds=int(found["late"] or 0))
        fault = cls(
            end=found["end"],
            kind=found["kind"],
            seconds=float(found["seconds"] or 0),
            after=-after if found["sign"] == "-" else after,
        )
        try:
            Fault.parse(fault.document())
        except ValueError as error:
            raise ValueError(f"{text!r} is not a fault: {error}; write {FAULT_FORM}") from error
        return fault

    def document(self) -> dict[str, object]:
        """The fault as an emulator's control room reads it."""
        return {"kind": self.kind} | ({"seconds": self.seconds} if self.seconds else {})


@asynccontextmanager
async def stage(plan: Plan, clock: Clock, kinds: Mapping[str, str], longest: Mapping[str, int]) -> AsyncIterator[Stage]:
    """Start the emulators that the season needs; they share the rehearsal's clock.

    `kinds` is the kind of each channel, `longest` the longest text of those that have a limit of their own.
    """
    from broadcaster.adapters.youtube import static_token
    from broadcaster.emulators.obs import EmulatedOBS
    from broadcaster.emulators.youtube import EmulatedYouTube

    async with AsyncExitStack() as stack:
        obs = await stack.enter_async_context(
            EmulatedOBS(clock, password=PASSWORD.reveal(), scenes=("Before the show", *scenes_of(plan)))
        )
        youtube = await stack.enter_async_context(EmulatedYouTube(clock))
        posts = {
            kind: await stack.enter_async_context(KINDS[kind].emulator(clock, 1.0))
            for kind in sorted(set(kinds.values()))
        }
        yield Stage(
            emulators={"obs": obs, "youtube": youtube, **posts},
            obs=ObsAddress(host=obs.host, port=obs.port, password=PASSWORD),
            youtube=YouTubeAddress(endpoint=youtube.url + "/", tokens=static_token(Secret("rehearsal"))),
            channels={name: stand_in(name, kind, posts[kind], longest.get(name)) for name, kind in kinds.items()},
            shelf=shelf_of(posts.get("instagram"), clock),
        )


def shelf_of(emulator: "Emulator | None", clock: Clock) -> Shelf:
    """The emulator's own, where one fetches pictures: a rehearsal has no place on the internet."""
    from broadcaster.emulators.meta import EmulatedMeta
    from broadcaster.panel.shelf import PictureShelf

    return emulator if isinstance(emulator, EmulatedMeta) else PictureShelf(public_url="", clock=clock)
