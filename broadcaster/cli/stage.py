"""Where does a rehearsal play? On emulators of its own, on free ports, told apart from anything real."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from broadcaster.cli.wiring import ObsAddress, TelegramAddress, YouTubeAddress, channels_of, scenes_of
from broadcaster.ports import Clock, Secret
from broadcaster.season.plan import Plan, ShowPlan

if TYPE_CHECKING:
    from broadcaster.emulators.control import Emulator

PASSWORD = Secret("rehearsal")
FAULT = re.compile(
    r"(?P<end>obs|youtube|telegram):(?P<kind>[a-z_]+)(:(?P<seconds>\d+(\.\d+)?)s?)?"
    r"(@(?P<sign>[+-]?)((?P<minutes>\d+)m)?((?P<late>\d+)s)?)?"
)
FAULT_FORM = "END:KIND[:SECONDS][@OFFSET], such as youtube:down:30@-1m or obs:down:20@+5m (from go-live)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The emulators of one rehearsal and how they are reached."""

    emulators: dict[str, "Emulator"]
    obs: ObsAddress
    youtube: YouTubeAddress
    channels: dict[str, TelegramAddress]


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
async def stage(plan: Plan, clock: Clock) -> AsyncIterator[Stage]:
    """Start the emulators that the season needs; they share the rehearsal's clock."""
    from broadcaster.adapters.youtube import static_token
    from broadcaster.emulators.obs import EmulatedOBS
    from broadcaster.emulators.telegram import EmulatedTelegram
    from broadcaster.emulators.youtube import EmulatedYouTube

    async with AsyncExitStack() as stack:
        obs = await stack.enter_async_context(
            EmulatedOBS(clock, password=PASSWORD.reveal(), scenes=("Before the show", *scenes_of(plan)))
        )
        youtube = await stack.enter_async_context(EmulatedYouTube(clock))
        telegram = await stack.enter_async_context(EmulatedTelegram(clock))
        yield Stage(
            emulators={"obs": obs, "youtube": youtube, "telegram": telegram},
            obs=ObsAddress(host=obs.host, port=obs.port, password=PASSWORD),
            youtube=YouTubeAddress(endpoint=youtube.url + "/", tokens=static_token(Secret("rehearsal"))),
            channels={
                name: TelegramAddress(endpoint=telegram.url, token=Secret("1:rehearsal"), chat=f"@{name}_rehearsal")
                for name in sorted(channels_of(plan))
            },
        )
