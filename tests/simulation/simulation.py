"""How does one seed play out? A season, its troubles and its crew, in virtual time, and what was broken by the end."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any, Literal

from broadcaster.conductor.conductor import Conductor
from broadcaster.conductor.perform import FarEnds
from broadcaster.season.errors import JournalError, JournalUnavailable
from broadcaster.season.plan import Cue, ShowPlan
from broadcaster.show.commands import NotNow, Order, Stale, Word
from broadcaster.show.observed import Health, Lifecycle
from broadcaster.show.phases import Phase
from broadcaster.show.rundown import rundown
from tests.simulation.far_ends import (
    Disk,
    JournalWire,
    Lies,
    Life,
    PostWire,
    StudioWire,
    VirtualAlarm,
    YouTubeWire,
    ingest_of,
)
from tests.simulation.outside import OBS, Channel, Places
from tests.simulation.promises import broken_at_rest, broken_in_the_end
from tests.simulation.script import Happening, moment, random_script
from tests.simulation.seasons import CHANNELS, beginning, random_season
from tests.simulation.virtual import SteppedClock, TrueTime, VirtualLoop, micro
from tests.simulation.weather import Weather, Window

STREAM = "stream-1"
STEPS_AT_ONE_INSTANT = 20_000
TURNS_IN_TEN_SECONDS = 400
QUIET = micro(14)
"""How long after the last trouble, record or order everything has to be as it should be."""
CREW_LOOKS_EVERY = 10.0
TIDY_AFTER, END_AFTER, OVER_AFTER = 60.0, 300.0, 3 * 3600.0
"""Seconds after the last planned end: nothing is left on hold; what is on stage is ended; all has come to rest."""


class Broken(AssertionError):
    """A promise was broken; the simulation stops there."""


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
        self.plan = random_season(self._chance("season"))
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
        self.places = Places()
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
        self._kill_in = 0
        self._kill_on = ""
        self._kill_down = 0.0
        self._hand_over_down: float | None = None
        self._turns: list[int] = []
        self.turns = 0
        self._seq = 0
        self.tidy_at = moment(max(show.off_air for show in self.plan.shows), self.start) + micro(TIDY_AFTER)
        self.last = self.tidy_at + micro(OVER_AFTER)
        chance = self._chance("channel")
        self.channel.live_takes = chance.choice((3.0, 6.0, 6.0, 12.0, 40.0))
        self.channel.testing_takes = chance.choice((1.0, 4.0, 10.0))
        self.channel.complete_takes = chance.choice((0.0, 0.0, 8.0))
        self.obs.tell = self._obs_event

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
            self.time.at(micro(CREW_LOOKS_EVERY), self._crew)
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
        moments = [self.time.next if self.time.next is not None else self.last + 1]
        if self.stalled_until > self.time.now:
            moments.append(self.stalled_until)
        else:
            sleeper = self.clock.next_sleeper()
            ring = self.alarm.at if self.alarm is not None else None
            moments += [self.time.now + self.clock.micros_until(at) for at in (sleeper, ring) if at is not None]
        return min(moments)

    def _let_run(self) -> None:
        """Run what is ready at this instant, up to a kill."""
        ready, steps = self.loop.ready, 0
        while ready or self._kill_on == "now":
            if self._kill_on == "now":
                self._kill()
                continue
            self.loop.step()
            steps += 1
            if self._kill_on == "steps":
                self._count_down()
            if steps > STEPS_AT_ONE_INSTANT:
                raise Broken("the loop does not come to rest at one instant")
        self._watch_main()

    def _watch_main(self) -> None:
        main = self.main
        if main is None or not main.done():
            return
        error = None if main.cancelled() else main.exception()
        if self._hand_over_down is not None and error is None:
            self.say("handed over")
            down, self._hand_over_down = self._hand_over_down, None
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
            channels={name: PostWire(life, self.places, name) for name in CHANNELS},
            words=_words,
            stream_title=STREAM,
        )
        journal = JournalWire(life, self.disk)
        self.conductor = Conductor(
            self.plan, ends, journal=journal, clock=self.clock, alarm=self.alarm, about={"version": "simulated"}
        )
        self.conductor.on_turn.append(self._count_turn)
        self.main = self.loop.create_task(self.conductor.run(), name="conductor")
        self.trouble()

    def _end_life(self) -> None:
        """As a kill does: nothing that the run would still like to say is heard."""
        life, self.life = self.life, None
        if life is None:
            return
        life.is_alive = False
        self._kill_on = ""
        self._hand_over_down = None
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
        down = self._kill_down
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
        if self._kill_on in (step, f"{step} {about}"):
            self._count_down()

    def _count_down(self) -> None:
        self._kill_in -= 1
        if self._kill_in <= 0:
            self._kill_on = "now"

    def _count_turn(self) -> None:
        self.turns += 1
        now = self.time.now
        self._turns.append(now)
        if len(self._turns) > TURNS_IN_TEN_SECONDS:
            if now - self._turns[0] < micro(10):
                raise Broken(f"more than {TURNS_IN_TEN_SECONDS} turns in ten seconds")
            del self._turns[: TURNS_IN_TEN_SECONDS // 2]

    # -- telling and checking ------------------------------------------------------------------------------------------

    def say(self, what: str) -> None:
        """A line of the story."""
        self.story.append(f"{_clock_text(self.time.now)} {what}")

    def trouble(self) -> None:
        """Something is not as usual: what is wrong now may be right in a while."""
        self.last_trouble = self.time.now

    def _look(self, upcoming: int) -> None:
        """Nothing is under way until `upcoming`: what is promised of such moments has to hold."""
        for record in self.disk.records[self._seq :]:
            self._seq = record.seq
            self.last_trouble = self.time.now
        if self.life is None or self.stalled_until > self.time.now or self._kill_on:
            self.trouble()
        elif not self.weather.is_fair(self.time.now) or self.disk.is_slow or self.disk.is_full:
            self.trouble()
        elif upcoming - self.time.now > micro(0.3) and self.time.now - self.last_trouble > QUIET:
            if broken := broken_at_rest(self):
                raise Broken("; ".join(broken))

    # -- happenings ----------------------------------------------------------------------------------------------------

    def _happen(self, one: Happening) -> None:
        self.trouble()
        act: Callable[[Happening], object] = getattr(self, f"_do_{one.kind}")
        if act(one) is not False:
            self.say(str(one))

    def _until(self, one: Happening, undo: Callable[[], None]) -> None:
        def end() -> None:
            undo()
            self.trouble()

        self.time.after(one.lasts, end)

    def _weather(self, one: Happening) -> None:
        end, _, method = one.what.partition(" ")
        until = self.time.now + micro(one.lasts)
        self.weather.add(
            Window(end=end, fate=one.kind, since=self.time.now, until=until, share=one.share, method=method)  # type: ignore[arg-type]
        )
        self._until(one, lambda: None)

    _do_drop = _do_lose = _do_unavailable = _do_refuse = _do_slow = _do_away = _weather

    def _do_stale(self, one: Happening) -> None:
        self.channel.lag = micro(self.chance.choice((0.5, 1.5, 3.0)))
        self._until(one, lambda: setattr(self.channel, "lag", 0))

    def _do_late_list(self, one: Happening) -> None:
        self.channel.is_list_late = True
        self._until(one, lambda: setattr(self.channel, "is_list_late", False))

    def _do_ignored(self, one: Happening) -> None:
        self.channel.ignores_transitions = True
        self._until(one, lambda: setattr(self.channel, "ignores_transitions", False))

    def _do_late_events(self, one: Happening) -> None:
        self.lies.late_until = self.time.now + micro(one.lasts)
        self._until(one, lambda: None)

    def _do_repeated_events(self, one: Happening) -> None:
        self.lies.repeats_until = self.time.now + micro(one.lasts)
        self._until(one, lambda: None)

    def _do_reordered_events(self, one: Happening) -> None:
        self.lies.reorders_until = self.time.now + micro(one.lasts)
        self._until(one, lambda: None)

    def _do_kill(self, one: Happening) -> bool:
        if self.life is None or self._kill_on:
            return False
        self._kill_on, self._kill_in, self._kill_down = one.what, one.count, one.lasts
        return True

    def _do_hand_over(self, one: Happening) -> bool:
        if self.conductor is None or self.life is None or self._hand_over_down is not None:
            return False
        self._hand_over_down = one.lasts
        self.others.append(self.loop.create_task(self.conductor.stop(), name="stop"))
        life = self.life

        def must_be_over() -> None:
            if self.life is life and life.is_alive and self.stalled_until <= self.time.now:
                raise Broken("a hand-over was not over after 60 s")

        self.time.after(60, must_be_over)
        return True

    def _do_stall(self, one: Happening) -> None:
        self.stalled_until = max(self.stalled_until, self.time.now + micro(one.lasts))
        self._until(one, lambda: self._time_trouble("stalled", one.lasts))

    def _time_trouble(self, what: Literal["stepped", "stalled"], seconds: float) -> None:
        if self.alarm is not None and self.stalled_until <= self.time.now:
            self.alarm.on_trouble(what, seconds)
            self.alarm.ring()

    def _do_clock(self, one: Happening) -> None:
        self.clock.step(timedelta(seconds=float(one.what)))
        self.time.after(0.25, lambda: self._time_trouble("stepped", float(one.what)))  # the alarm's poke

    def _ring(self) -> None:
        if self.alarm is not None and self.stalled_until <= self.time.now:
            self.alarm.ring()

    def _do_disk_full(self, one: Happening) -> None:
        self.disk.is_full = True
        self._until(one, lambda: setattr(self.disk, "is_full", False))

    def _do_disk_slow(self, one: Happening) -> None:
        self.disk.is_slow = True
        self._until(one, lambda: setattr(self.disk, "is_slow", False))

    def _do_idle_rings(self, one: Happening) -> None:
        for number in range(one.count):
            self.time.after(number * 0.03, self._ring)

    def _obs_event(self) -> None:
        if self.studio is not None:
            self.studio.event()

    def _cut_connection(self) -> None:
        if self.studio is not None:
            self.studio.lose()

    def _do_obs_restart(self, one: Happening) -> bool:
        if not self.obs.is_up:
            return False
        self.obs.die()
        self._cut_connection()
        self._until(one, lambda: self.obs.rise(one.what))
        return True

    _do_obs_crash = _do_obs_restart

    def _do_obs_lost(self, one: Happening) -> bool:
        if not self.obs.can_be_reached:
            return False
        self.obs.is_linked = False
        self._cut_connection()
        self._until(one, lambda: setattr(self.obs, "is_linked", True))
        return True

    def _do_stream_fails(self, one: Happening) -> bool:
        if not self.obs.state.is_streaming:
            return False
        self.obs.change(is_reconnecting=True)
        self.time.after(3, lambda: self._stream_is_dead())
        return True

    def _stream_is_dead(self) -> None:
        if self.obs.state.is_reconnecting:
            self.obs.change(is_reconnecting=False, is_streaming=False)
            self.trouble()

    def _do_stream_reconnects(self, one: Happening) -> bool:
        if not self.obs.state.is_streaming:
            return False
        self.obs.change(is_reconnecting=True)
        self._until(one, lambda: self._stream_is_back())
        return True

    def _stream_is_back(self) -> None:
        if self.obs.state.is_reconnecting:
            self.obs.change(is_reconnecting=False)

    def _do_bad_video(self, one: Happening) -> None:
        self.channel.health.append((self.time.now, self.chance.choice((Health.BAD, Health.NO_DATA))))
        self._until(one, lambda: self.channel.health.append((self.time.now, Health.GOOD)))

    # -- hands at the far ends -----------------------------------------------------------------------------------------

    def _do_cut(self, one: Happening) -> bool:
        if not self.obs.is_up:
            return False
        self.obs.change(program=one.what)
        return True

    def _do_stop_stream(self, one: Happening) -> bool:
        if not self.obs.state.is_streaming:
            return False
        self.obs.change(is_streaming=False, is_reconnecting=False)
        return True

    def _do_start_stream(self, one: Happening) -> bool:
        if not self.obs.is_up or self.obs.state.is_streaming:
            return False
        if not self.obs.key:  # the crew has typed it in
            self.obs.key = ingest_of(STREAM).key.reveal()
            self.obs.change(target=ingest_of(STREAM).fingerprint)
        self.obs.change(is_streaming=True)
        return True

    def _on_channel(self, *lifecycles: Lifecycle) -> Any:
        there = [one for one in self.channel.videos if one.deleted_at is None and one.now.lifecycle in lifecycles]
        return there[-1] if there else None

    def _do_end_in_studio(self, one: Happening) -> bool:
        video = self._on_channel(Lifecycle.LIVE)
        if video is None:
            return False
        video.touched_by_hand = True
        self.channel.set(video, lifecycle=Lifecycle.COMPLETE)
        return True

    def _do_delete_in_studio(self, one: Happening) -> bool:
        video = self._on_channel(Lifecycle.CREATED, Lifecycle.READY, Lifecycle.TESTING)
        if video is None:
            return False
        video.touched_by_hand = True
        self.channel.delete(video.id, by="hand")
        return True

    def _do_unbind(self, one: Happening) -> bool:
        video = self._on_channel(Lifecycle.READY)
        if video is None:
            return False
        self.channel.set(video, stream_id=None, lifecycle=Lifecycle.CREATED)
        return True

    def _do_live_by_hand(self, one: Happening) -> bool:
        video = self._on_channel(Lifecycle.TESTING)
        if video is None:
            return False
        video.touched_by_hand = True
        self.channel.move(video, "live")
        return True

    # -- orders --------------------------------------------------------------------------------------------------------

    def order(self, word: Word, **more: Any) -> bool:
        """An operator presses a button."""
        conductor = self.conductor
        if conductor is None or self.life is None or self.stalled_until > self.time.now:
            return False
        order = Order(word=word, who="Aigul", source="simulation", **more)

        async def give() -> None:
            try:
                await conductor.order(order)
            except (NotNow, Stale):
                return
            except JournalError:
                return

        self.others = [task for task in self.others if not task.done()]
        self.others.append(self.loop.create_task(give(), name="order"))
        self.trouble()
        return True

    def _do_go(self, one: Happening) -> bool:
        return self.order(Word.GO, key=f"go {one.at}") and self.order(Word.GO, key=f"go {one.at}")

    def _do_hold(self, one: Happening) -> bool:
        return self.order(Word.HOLD)

    def _do_resume(self, one: Happening) -> bool:
        return self.order(Word.RESUME)

    def _do_take(self, one: Happening) -> bool:
        return self.order(Word.TAKE, scene=one.what)

    def _do_skip(self, one: Happening) -> bool:
        return self.order(Word.SKIP, key=f"skip {one.at}")

    def _do_end(self, one: Happening) -> bool:
        return self.order(Word.END)

    def _do_delay(self, one: Happening) -> bool:
        return self.order(Word.DELAY, by=one.what, key=f"delay {one.at}")

    def _do_extend(self, one: Happening) -> bool:
        return self.order(Word.EXTEND, by=one.what, key=f"extend {one.at}")

    def _do_hold_lane(self, one: Happening) -> bool:
        return self.order(Word.HOLD, lane=one.what)

    def _do_resume_lane(self, one: Happening) -> bool:
        return self.order(Word.RESUME, lane=one.what)

    def _do_stale_order(self, one: Happening) -> bool:
        return self.order(Word.SKIP, revision=1)

    def _crew(self) -> None:
        """Somebody looks at the panel now and then, and in the end leaves nothing on hold and nothing on stage."""
        self.time.after(CREW_LOOKS_EVERY, self._crew)
        conductor, now = self.conductor, self.clock.now()
        if conductor is None or self.life is None:
            return
        is_tidying = self.time.now >= self.tidy_at
        if is_tidying and not self.obs.is_linked:
            self.obs.is_linked = True
            self.trouble()
        for show in self.plan.shows:
            state = conductor.state.show(show.id)
            if is_tidying and state.lanes_held and not state.phase.is_over:
                self.order(Word.RESUME, show=show.id)
            if state.phase not in (Phase.STANDBY, Phase.LIVE):
                continue
            if self.time.now > self.tidy_at + micro(END_AFTER):
                self.order(Word.END, show=show.id)
            elif state.is_held and (is_tidying or self.chance.random() < 0.3):
                self.order(Word.RESUME, show=show.id)
            elif not state.is_held and self.chance.random() < 0.7:
                coming = rundown(show, state, now).next
                if coming is not None and coming.due is None and coming.expected <= now and now >= show.go_live:
                    self.order(Word.GO, show=show.id)


def _words(*about: Any) -> str:
    cue = next(one for one in about if isinstance(one, Cue))
    return f"{cue.id} {about[-1]}".strip()


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
