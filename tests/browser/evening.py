"""Where do the browser tests play? One show on emulators, with the real conductor and panel, in time that they lead.

Time runs as it does for everybody while a page is looked at or operated; `hurry` lets it run fast until a fact is so.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from broadcaster.adapters.alarm import APSchedulerAlarm
from broadcaster.adapters.clock import ScaledClock
from broadcaster.adapters.files import load_season
from broadcaster.adapters.journal import SQLJournal
from broadcaster.adapters.people import SQLPeople
from broadcaster.cli.stage import Stage, stage
from broadcaster.cli.wiring import about, channels_of, far_ends
from broadcaster.conductor.conductor import Conductor
from broadcaster.emulators.obs import EmulatedOBS
from broadcaster.emulators.youtube import EmulatedYouTube
from broadcaster.panel import Overlays, Panel
from broadcaster.ports import Secret
from broadcaster.season.build import build_plan
from broadcaster.season.plan import Plan
from broadcaster.show.people import Deed, Kind, Role, User
from broadcaster.show.state import ShowState
from tests.waiting import until

HURRY, GOING_LIVE, CALM = 400.0, 10.0, 1.0
"""How many times faster time runs: in a hurry, while a broadcast goes live, and otherwise."""
HURRY_SECONDS = 60.0
PASSWORD = "correct horse"

SEASON = """
[season]
id = "evening"
title = "One evening"
timezone = "Asia/Almaty"
languages = ["en"]
standby = "10m"
closing = "20s"

[scenes]
standby = "Countdown"
fallback = "Please stand by"
closing = "Thank you"

[destinations.main]
kind = "youtube"
privacy = "unlisted"

[[announcement]]
id = "live"
shows = ["*"]
at = { when = "live" }
channels = ["news"]
text.en = "{{ show.title }} is live: {{ link }}"

[[show]]
id = "tonight"
title = "Tonight in Taraz"
date = 2027-10-20
go_live = "19:00"
destinations = ["main"]
notes = "Only the crew may read this."

  [[show.segment]]
  id = "film"
  title = "Opening film"
  scene = "Film"
  duration = "5m"

  [[show.segment]]
  id = "welcome"
  title = "Welcome"
  scene = "Studio"
  duration = "5m"
  advance = "manual"
  lower_third = { title = "Aspara Fashion Week", subtitle = "Taraz" }

  [[show.segment]]
  id = "designer-1"
  title = "Aigerim Sarsen"
  scene = "Runway"
  duration = "5m"
  advance = "manual"

  [[show.segment]]
  id = "designer-2"
  title = "Chiara Conti"
  scene = "Runway"
  duration = "5m"

  [[show.segment]]
  id = "finale"
  title = "Finale"
  scene = "Finale"
  duration = "30m"
"""


@dataclass
class Evening:
    """A service that can be stopped and started, and the emulators, which go on meanwhile."""

    plan: Plan
    season: Path
    state: Path
    clock: ScaledClock
    far: Stage
    people: SQLPeople | None = None
    port: int = 0
    fastest: float = CALM
    conductor: Conductor = field(init=False)
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)
    _is_working: bool = False

    @property
    def url(self) -> str:
        """Where the panel answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def show(self) -> ShowState:
        """Where the show stands, by the record."""
        return self.conductor.state.show(self.plan.shows[0].id)

    @property
    def obs(self) -> EmulatedOBS:
        """The emulated OBS."""
        found = self.far.emulators["obs"]
        assert isinstance(found, EmulatedOBS)
        return found

    @property
    def scene(self) -> str:
        """What OBS has on program."""
        return str(self.obs.snapshot()["program"])

    @property
    def takes(self) -> list[str]:
        """The scenes that OBS has put on program, in order."""
        return [take["scene"] for take in self.obs.snapshot()["takes"]]

    @property
    def broadcast(self) -> dict[str, Any]:
        """The one broadcast, as the emulated YouTube has it."""
        youtube = self.far.emulators["youtube"]
        assert isinstance(youtube, EmulatedYouTube)
        (found,) = youtube.snapshot()["broadcasts"]
        return dict(found)

    @property
    def current(self) -> str:
        """The segment on air."""
        return str(self.document.get("current", {}).get("id", ""))

    @property
    def document(self) -> dict[str, Any]:
        """What the pages are drawn from."""
        return self.conductor.screen()

    # -- time -----------------------------------------------------------------------------------------------------

    async def hurry(self, fact: Callable[[], object]) -> None:
        """Let time run fast until `fact`, then as for everybody again."""
        self.fastest = HURRY
        self._pace(self._is_working)

        def is_so() -> bool:
            if fact():
                return True
            if self.conductor.is_quiet and self.conductor.wake_at is not None:
                self.clock.skip_to(self.conductor.wake_at)
                self.conductor.look_again()
            return False

        try:
            await until(is_so, HURRY_SECONDS)
        finally:
            self.fastest = CALM
            self._pace(self._is_working)

    async def on_stage(self) -> None:
        """Go on to the standby before the show."""
        await self.hurry(lambda: self.show.phase == "standby" and self.scene == self.plan.shows[0].standby_scene)

    async def on_air(self) -> None:
        """Go on until the show is live, and its first segment on."""
        await self.hurry(lambda: self.show.phase == "live" and self.current == self.plan.shows[0].segments[0].id)

    async def waits_for_go(self) -> None:
        """Go on until the next segment waits for a hand."""
        await self.hurry(lambda: "waits_since" in self.document.get("next", {}))

    def _pace(self, is_working: bool) -> None:
        self._is_working = is_working
        shows = self.conductor.state.shows.values()
        is_going_live = any(show.live_asked_at is not None and show.live_at is None for show in shows)
        speed = CALM if is_working else min(self.fastest, GOING_LIVE if is_going_live else HURRY)
        self.clock.pace(speed, stop=None if speed == CALM else self.conductor.wake_at)

    # -- the service ----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start the service, under the port that it had."""
        await self._running.enter_async_context(self._service())

    async def stop(self) -> None:
        """Stop the service; the far ends go on."""
        await self._running.aclose()

    @asynccontextmanager
    async def _service(self) -> AsyncIterator[None]:
        overlays = Overlays()
        async with (
            SQLJournal.open(self.state / "journal.sqlite", run="evening", clock=self.clock) as journal,
            far_ends(
                self.plan,
                self.clock,
                obs=self.far.obs,
                youtube=self.far.youtube,
                channels=self.far.channels,
                shelf=self.far.shelf,
                stream_title="Browser tests",
                folder=self.season.parent,
                graphics=overlays,
            ) as ends,
        ):
            self.conductor = Conductor(
                self.plan,
                ends,
                journal=journal,
                clock=self.clock,
                alarm=APSchedulerAlarm(self.clock),
                about=about(self.plan, rehearsal=False, speed=CALM),
                arm_ahead=timedelta(seconds=0.05),
            )
            self.conductor.on_work = self._pace
            token = Secret("token-of-the-browser-tests")
            panel = Panel(self.conductor, token=token, clock=self.clock, people=self.people, overlays=overlays)
            async with asyncio.TaskGroup() as tasks:
                async with panel.serve("127.0.0.1", self.port) as self.port:
                    running = tasks.create_task(self.conductor.run(), name="conductor")
                    keeping = tasks.create_task(panel.keep_up(), name="panel")
                    yield
                # The pages lose it first, so that none hears of a far end that the service has left.
                await self.conductor.stop()
                await running
                keeping.cancel()

    # -- people ---------------------------------------------------------------------------------------------------

    def _deed(self, act: str) -> Deed:
        return Deed(act=act, by="test", kind=Kind.MACHINE, source="here", at=self.clock.now())

    async def _let_in(self, names: dict[str, Role]) -> None:
        assert self.people is not None
        for name, role in names.items():
            user = User(name=name, role=role, made_at=self.clock.now(), made_by="test")
            await self.people.add_user(user, Secret(PASSWORD), self._deed("user_added"))


@asynccontextmanager
async def evening(
    folder: Path,
    season: str | Path = SEASON,
    *,
    people: dict[str, Role] | None = None,
    changed: Callable[[Plan], Plan] = lambda plan: plan,
) -> AsyncIterator[Evening]:
    """A running service a second before the first cue of the season's first show; `changed` alters what was read."""
    path = season if isinstance(season, Path) else folder / "season.toml"
    if isinstance(season, str):
        path.write_text(season, encoding="utf-8")
    plan = changed(build_plan(load_season(path)))
    first = min(cue.at for show in plan.shows for cue in show.cues)
    clock = ScaledClock(start=first - timedelta(seconds=1), speed=CALM)
    async with AsyncExitStack() as stack:
        far = await stack.enter_async_context(stage(plan, clock, dict.fromkeys(channels_of(plan), "telegram"), {}))
        users = await stack.enter_async_context(SQLPeople.open(folder / "people.sqlite")) if people else None
        made = Evening(plan=plan, season=path, state=folder, clock=clock, far=far, people=users)
        if people:
            await made._let_in(people)
        stack.push_async_callback(made.stop)
        await made.start()
        yield made
