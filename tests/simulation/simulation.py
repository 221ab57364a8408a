"""How does one seed play out? A season, its troubles and its crew, in virtual time, and what was broken by the end."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from broadcaster.conductor.conductor import Conductor
from broadcaster.conductor.perform import FarEnds
from broadcaster.season.errors import JournalUnavailable
from broadcaster.season.plan import Plan, ShowPlan
from tests.simulation.checked import CheckedDecisions
from tests.simulation.crew import CREW_LOOKS_EVERY, Crew, words
from tests.simulation.far_ends import (
    STREAM,
    Disk,
    JournalWire,
    Lies,
    Life,
    PostWire,
    StudioWire,
    VirtualAlarm,
    YouTubeWire,
)
from tests.simulation.outside import OBS, Channel, Places
from tests.simulation.promises import broken_at_rest, broken_in_the_end
from tests.simulation.script import Happening, moment, random_script
from tests.simulation.seasons import AHEAD, CHANNELS, beginning, random_season, read_season
from tests.simulation.troubles import Troubles
from tests.simulation.virtual import Broken, SteppedClock, TrueTime, VirtualLoop, micro
from tests.simulation.weather import Weather

STEPS_AT_ONE_INSTANT = 20_000
TURNS_IN_TEN_SECONDS = 400
QUIET = micro(14)
"""How long after the last trouble, record or order everything has to be as it should be."""
SOME_TIME = micro(0.3)
LOOKED_AT_REST_EVERY = micro(5)
TIDY_AFTER, OVER_AFTER = 60.0, 3 * 3600.0
"""Seconds after the last planned end: nothing is left on hold; all has come to rest."""
CHECKED_SEEDS = 16
"""In every so many seeds it is checked that what was decided before would be decided anew."""


@dataclass
class Verdict:
    """What came of one seed."""

    seed: int
    shows: int
    phases: tuple[str, ...]
    broken: list[str]
    story: list[str]
    script: list[Happening]
    records: int
    turns: int
    calls: int
    lives: int
    digest: str = ""
    counts: dict[str, int] = field(default_factory=dict)


class Simulation:
    """One season in virtual time."""

    def __init__(self, seed: int, *, script: Sequence[Happening] | None = None) -> None:
        self.seed = seed
        self.document = random_season(self._chance("season"))
        """The season's file as it is now."""
        self.file = self._read()
        self.plan = self.file
        """What is in the file, and what runs."""
        self.start = beginning(self.plan)
        self.script = random_script(self.plan, self.start, self._chance("script")) if script is None else list(script)
        self.chance = self._chance("world")
        self.time = TrueTime()
        self.loop = VirtualLoop()
        self.clock = SteppedClock(self.start)
        self.weather = Weather(self._chance("weather"))
        self.lies = Lies(time=self.time)
        self.obs = OBS(self.time)
        self.channel = Channel(self.time, self.obs)
        self.places = Places(start=self.start)
        self.disk = Disk()
        self.story: list[str] = []
        self.broken: list[str] = []
        self.life: Life | None = None
        self.lives: list[Life] = []
        self.conductor: Conductor | None = None
        self.studio: StudioWire | None = None
        self.alarm: VirtualAlarm | None = None
        self.main: asyncio.Task[None] | None = None
        self.others: list[asyncio.Task[Any]] = []
        self.stalled_until = 0
        self.last_trouble = 0
        self.kill_in = 0
        self.kill_on = ""
        self.kill_down = 0.0
        self.hand_over_down: float | None = None
        self._turns: list[int] = []
        self.turns = 0
        self._seq = 0
        self._rest: tuple[object, ...] = (None, None, None)
        self._rest_at = 0
        self.over: dict[str, ShowPlan] = {}
        self.troubles, self.crew = Troubles(self), Crew(self)
        self.tidy_at = moment(max(show.off_air for show in self.plan.shows), self.start) + micro(TIDY_AFTER)
        self.last = self.tidy_at + micro(OVER_AFTER)
        chance = self._chance("channel")
        self.channel.live_takes = chance.choice((3.0, 6.0, 6.0, 12.0, 40.0))
        self.channel.testing_takes = chance.choice((1.0, 4.0, 10.0))
        self.channel.complete_takes = chance.choice((0.0, 0.0, 8.0))
        self.obs.tell = self.troubles._obs_event

    def _read(self) -> Plan:
        plan, problem = read_season(self.document)
        if plan is None:
            raise AssertionError(f"a season that breaks the rules: {problem} {self.document}")
        return plan

    def take_plan(self, plan: Plan) -> None:
        """The season runs by this plan from now on."""
        self.plan = plan
        self.tidy_at = max(
            self.tidy_at, moment(max(show.off_air for show in plan.shows), self.start) + micro(TIDY_AFTER)
        )
        self.last = self.tidy_at + micro(OVER_AFTER)

    def _chance(self, name: str) -> Random:
        return Random(f"{self.seed}:{name}")  # a text: the same on every machine, whatever the hash seed

    # -- the run -------------------------------------------------------------------------------------------------------

    def run(self) -> Verdict:
        """Play to the end, or to the first broken promise."""
        asyncio._set_running_loop(self.loop)
        try:
            self._begin_life()
            for happening in self.script:
                self.time.at(happening.at, lambda one=happening: self._happen(one))  # type: ignore[misc]
            self.time.at(micro(CREW_LOOKS_EVERY), self.crew.look)
            try:
                self._go_on()
                self.broken += broken_in_the_end(self)
            except Broken as error:
                self.broken.append(str(error))
        finally:
            self._end_life()
            asyncio._set_running_loop(None)
        for life in self.lives:
            self.broken += life.broken
        return Verdict(
            seed=self.seed,
            shows=len(self.plan.shows),
            phases=tuple(self.phase(show) for show in self.plan.shows),
            broken=self.broken,
            story=self.story,
            script=list(self.script),
            records=len(self.disk.rows),
            turns=self.turns,
            calls=sum(life.calls for life in self.lives),
            lives=len(self.lives),
            digest=self.disk.head.hash,
        )

    def phase(self, show: ShowPlan) -> str:
        return str(self.conductor.state.show(show.id).phase) if self.conductor is not None else ""

    def _go_on(self) -> None:
        at_once = 0
        while True:
            if self.stalled_until <= self.time.now:
                self._let_run()
            upcoming = self._next()
            if self._is_over() or upcoming > self.last:
                return
            at_once = at_once + 1 if upcoming <= self.time.now else 0
            if at_once > STEPS_AT_ONE_INSTANT:
                raise Broken("time stands still: something is due at once for ever")
            if upcoming > self.time.now:
                self._look(upcoming)
                self.clock.go(upcoming - self.time.now)
                self.time.now = upcoming
            self.time.happen()
            if self.stalled_until <= self.time.now:
                self.clock.wake()
                alarm = self.alarm
                if alarm is not None and alarm.at is not None and alarm.at <= self.clock.now():
                    alarm.ring()

    def _next(self) -> int:
        now, upcoming = self.time.now, self.time.next
        upcoming = self.last + 1 if upcoming is None else upcoming
        if self.stalled_until > now:
            return min(upcoming, self.stalled_until)
        for due in (self.clock.next_sleeper(), self.alarm.at if self.alarm is not None else None):
            if due is not None:
                upcoming = min(upcoming, now + self.clock.micros_until(due))
        return upcoming

    def _let_run(self) -> None:
        """Run what is ready at this instant, up to a kill."""
        ready, steps = self.loop.ready, 0
        while ready or self.kill_on == "now":
            if self.kill_on == "now":
                self._kill()
                continue
            self.loop.step()
            steps += 1
            if self.kill_on == "steps":
                self._count_down()
            if steps > STEPS_AT_ONE_INSTANT:
                raise Broken("the loop does not come to rest at one instant")
        self._watch_main()

    def _watch_main(self) -> None:
        main = self.main
        if main is None or not main.done():
            return
        error = None if main.cancelled() else main.exception()
        if self.hand_over_down is not None and error is None:
            self.say("handed over")
            down, self.hand_over_down = self.hand_over_down, None
            self._restart_in(down)
        elif error is not None and _is_only(error, JournalUnavailable) and not self._has_begun():
            self.say("cannot begin: the disk is full")
            self._restart_in(2.0)
        else:
            raise Broken(f"the conductor died: {_causes(error) if error is not None else 'without a word'}")

    def _has_begun(self) -> bool:
        """This run has written its first record."""
        return bool(self.disk.rows) and self.disk.rows[-1].epoch == len(self.lives)

    def _is_over(self) -> bool:
        conductor = self.conductor
        return (
            conductor is not None
            and self.life is not None
            and not self.loop.ready
            and self.time.now > self.tidy_at
            and all(conductor.is_over(show.id) for show in self.plan.shows)
        )

    # -- lives ---------------------------------------------------------------------------------------------------------

    def _begin_life(self) -> None:
        number = len(self.lives) + 1
        if number > 1:
            self.take_plan(self.file)
        life = Life(
            number=number,
            loop=self.loop,
            time=self.time,
            clock=self.clock,
            weather=self.weather,
            chance=self._chance(f"life {number}"),
            tell=self.say,
            on_step=self._on_step,
        )
        self.life = life
        self.lives.append(life)
        self.studio = StudioWire(life, self.obs, self.lies)
        self.alarm = VirtualAlarm(life)
        has_youtube = any(show.broadcast is not None for show in self.plan.shows)
        ends = FarEnds(
            studio=self.studio,
            broadcasts=YouTubeWire(life, self.channel) if has_youtube else None,
            channels={name: PostWire(life, self.places, name) for name in (*CHANNELS, AHEAD)},
            words=words,
            stream_title=STREAM,
            picture=_picture,
        )
        journal = JournalWire(life, self.disk)
        self.conductor = Conductor(
            self.plan, ends, journal=journal, clock=self.clock, alarm=self.alarm, about={"version": "simulated"}
        )
        if self.seed % CHECKED_SEEDS == 0:
            self.conductor._decisions = CheckedDecisions(life.broken)
        self.conductor.on_turn.append(self._count_turn)
        self.main = self.loop.create_task(self.conductor.run(), name="conductor")
        self.trouble()

    def _end_life(self) -> None:
        """As a kill does: nothing that the run would still like to say is heard."""
        life, self.life = self.life, None
        if life is None:
            return
        self._remember_what_is_over()
        life.is_alive = False
        self.kill_on = ""
        self.hand_over_down = None
        tasks = [task for task in (self.main, *self.others) if task is not None]
        self.main, self.others = None, []
        self.alarm = self.studio = None
        for task in tasks:
            task.cancel()
        for _ in range(STEPS_AT_ONE_INSTANT):
            if not self.loop.ready:
                break
            self.loop.step()
        for task in tasks:
            if task.done() and not task.cancelled():
                task.exception()
        self.loop.ready.clear()

    def _kill(self) -> None:
        down = self.kill_down
        self.say(f"killed, down for {down:g} s")
        self._end_life()
        self._restart_in(down)

    def _restart_in(self, seconds: float) -> None:
        self._end_life()
        self.trouble()

        def begin() -> None:
            if self.life is None:
                self.say(f"starts again, run {len(self.lives) + 1}")
                self._begin_life()

        self.time.after(seconds, begin)

    def _on_step(self, step: str, about: str) -> None:
        if self.kill_on in (step, f"{step} {about}"):
            self._count_down()

    def _count_down(self) -> None:
        self.kill_in -= 1
        if self.kill_in <= 0:
            self.kill_on = "now"

    def _count_turn(self) -> None:
        self.turns += 1
        self._remember_what_is_over()
        now = self.time.now
        self._turns.append(now)
        if len(self._turns) > TURNS_IN_TEN_SECONDS:
            if now - self._turns[0] < micro(10):
                raise Broken(f"more than {TURNS_IN_TEN_SECONDS} turns in ten seconds")
            del self._turns[: TURNS_IN_TEN_SECONDS // 2]

    def _remember_what_is_over(self) -> None:
        """A show has the cues that it had when it came to its end, whatever is written into the file after that."""
        conductor = self.conductor
        if conductor is not None:
            for show in conductor.plan.shows:
                if show.id not in self.over and conductor.is_over(show.id):
                    self.over[show.id] = show

    # -- telling and checking ------------------------------------------------------------------------------------------

    def say(self, what: str) -> None:
        """A line of the story."""
        self.story.append(f"{_clock_text(self.time.now)} {what}")

    def trouble(self) -> None:
        """Something is not as usual: what is wrong now may be right in a while."""
        self.last_trouble = self.time.now

    def _look(self, upcoming: int) -> None:
        """Nothing is under way until `upcoming`: what is promised of such moments has to hold."""
        if len(self.disk.records) > self._seq:
            self._seq = len(self.disk.records)
            self.trouble()
        elif self.life is None or self.stalled_until > self.time.now or self.kill_on:
            self.trouble()
        elif not self.weather.is_fair(self.time.now) or self.disk.is_slow or self.disk.is_full:
            self.trouble()
        elif upcoming - self.time.now > SOME_TIME and self.time.now - self.last_trouble > QUIET:
            self._look_at_rest()

    def _look_at_rest(self) -> None:
        """Unless nothing at all is different from a moment ago, when all was well."""
        seen = (self.obs.state, self.studio and self.studio.seen, self.conductor and self.conductor.state)
        is_as_before = all(now is before for now, before in zip(seen, self._rest, strict=True))
        if is_as_before and self.time.now - self._rest_at < LOOKED_AT_REST_EVERY:
            return
        self._rest, self._rest_at = seen, self.time.now
        if broken := broken_at_rest(self):
            raise Broken("; ".join(broken))

    def _happen(self, one: Happening) -> None:
        self.trouble()
        who = self.crew if hasattr(self.crew, f"do_{one.kind}") else self.troubles
        act: Callable[[Happening], object] = getattr(who, f"do_{one.kind}")
        if act(one) is not False:
            self.say(str(one))


def _clock_text(micros: int) -> str:
    seconds, rest = divmod(micros, 1_000_000)
    return f"{seconds // 60:4}:{seconds % 60:02}.{rest // 1000:03}"


def _causes(error: BaseException) -> list[str]:
    if isinstance(error, BaseExceptionGroup):
        return [cause for each in error.exceptions for cause in _causes(each)]
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = f" at {last[0].filename.rpartition('/')[2]}:{last[0].lineno}" if last else ""
    return [f"{error!r}{place}"]


def _is_only(error: BaseException, kind: type[BaseException]) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_is_only(each, kind) for each in error.exceptions)
    return isinstance(error, kind)


async def _picture(name: str) -> bytes:
    return b"a picture"
