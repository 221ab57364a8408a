"""The one loop: desire, observe, decide, do, record.

It starts a show, carries on after a crash and rehearses with the same code: each time it looks first, then does only
what is missing. Nothing here decides; `show.decide` does, from what is written down and what is seen.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

from broadcaster.conductor.decisions import Decisions
from broadcaster.conductor.doing import Doing
from broadcaster.conductor.forecast import Forecast
from broadcaster.conductor.glance import Glance
from broadcaster.conductor.listing import Listing
from broadcaster.conductor.perform import FarEnds
from broadcaster.conductor.quiet import is_take_near
from broadcaster.conductor.recorder import Recorder
from broadcaster.conductor.rewriting import Reading as Reading
from broadcaster.conductor.rewriting import ReadSeason as ReadSeason
from broadcaster.conductor.rewriting import rewrite_notes
from broadcaster.conductor.sight import Sight
from broadcaster.ports import Alarm, Clock, Journal
from broadcaster.season.errors import JournalUnavailable, Unavailable
from broadcaster.season.plan import Cue, Lane, Plan, ShowPlan
from broadcaster.show.changes import Edit, compare
from broadcaster.show.commands import NotNow, check_revision, operate, post_of
from broadcaster.show.observed import Observed
from broadcaster.show.orders import Order, Rewrite
from broadcaster.show.outlook import Outlook
from broadcaster.show.people import Deed, noted
from broadcaster.show.post_list import weighed
from broadcaster.show.post_orders import Outlets, PostAct, Words, left_out_with
from broadcaster.show.records import CLOCK_STEPPED, LOOP_STALLED, RUN_ENDED, RUN_STARTED, Note
from broadcaster.show.ripple import Ripple, preview
from broadcaster.show.state import Around, SeasonState, ShowState
from broadcaster.show.turn import Command

log = logging.getLogger(__name__)

ARM_AHEAD = timedelta(seconds=0.4)
"""How far ahead a cue's intent is committed: a durable commit takes 1-4 ms, but up to 100 on a busy disk."""
NOTES_A_TURN = 10_000
NOTHING_SEEN = Observed()


class Conductor:
    """Runs every coming show of one season.

    `run()` it; `order()` is the hand of the operators; `on_turn` is called after every turn, `on_work` when work begins
    and ends, `on_record` with every record once it is written.
    """

    def __init__(
        self,
        plan: Plan,
        ends: FarEnds,
        *,
        journal: Journal,
        clock: Clock,
        alarm: Alarm,
        about: Mapping[str, Any],
        arm_ahead: timedelta = ARM_AHEAD,
        read_season: ReadSeason | None = None,
    ) -> None:
        self.plan = plan
        self.wake_at: datetime | None = None
        self.on_turn: list[Callable[[], None]] = []
        self.on_work: Callable[[bool], None] = lambda is_working: None
        self._ends = ends
        self._clock = clock
        self._alarm = alarm
        self._about = about
        self._decisions = Decisions(arm_ahead)
        self._read_season = read_season
        self._trouble: list[Note] = []
        self._differs = ""
        self._forecast = Forecast()
        self._listing = Listing(clock)
        self._nudge = asyncio.Event()
        self._sight = Sight(plan, ends, clock, self._nudge.set)
        self._recorder = Recorder(plan.season, journal, clock, self._sight.forget)
        self.on_record = self._recorder.on_record
        self._stopped = asyncio.Event()
        self._writing = asyncio.Lock()
        self._is_stopping = False
        self._tasks = asyncio.TaskGroup()
        self._doing = Doing(
            plan,
            ends,
            clock=clock,
            recorder=self._recorder,
            sight=self._sight,
            writing=self._writing,
            is_wanted=self._is_wanted,
            start=self._task,
            on_end=self._nudge.set,
        )

    @property
    def state(self) -> SeasonState:
        """Where the season stands, by the record."""
        return self._recorder.state

    # -- the life of a run --------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Run until `stop` is called or the task is cancelled. Raises JournalError when the record cannot be kept."""
        await self._recorder.read()
        ran_last, runs = self.state.season_hash, self._about.get("season_hash", "")
        if ran_last and runs and ran_last != runs:
            self._differs = "the season's file is not the one that ran last: compare `plan` with what you expect"
            log.warning("%s", self._differs, extra={"event": "season_differs"})
        started = {**self._about, "season_differs": bool(self._differs)}
        await self._recorder.record([Note(kind=RUN_STARTED, ids={"season": self.plan.season}, data=started)])
        try:
            async with self._tasks:
                sides = [
                    self._tasks.create_task(self._ends.studio.run(self._sight.on_studio), name="studio"),
                    self._tasks.create_task(self._alarm.run(self.look_again, self._on_time_trouble), name="alarm"),
                    self._tasks.create_task(self._turns(), name="turns"),
                ]
                self._nudge.set()
                await self._stopped.wait()
                for task in sides:
                    task.cancel()
        finally:
            ended = Note(kind=RUN_ENDED, ids={}, data={"busy": sorted(self._doing.names)})
            await asyncio.shield(self._end(ended))

    async def _end(self, ended: Note) -> None:
        try:
            await self._recorder.record([*self._ends.meter.due(self._clock.now(), everything=True), ended])
        except JournalUnavailable as error:  # the next start looks at the far ends, as after a crash
            log.error("the end of this run is not written down: %s", error, extra={"event": "end_lost"})

    async def stop(self) -> None:
        """Hand over: begin nothing more, let what is under way end, and leave the far ends as they are."""
        self._is_stopping = True
        self._nudge.set()
        await self._doing.settled()
        self._stopped.set()
        self._doing.give_up()

    def look_again(self) -> None:
        """Take another turn soon."""
        self._nudge.set()

    @property
    def is_quiet(self) -> bool:
        """Nothing is under way, and no show is on stage: a rehearsal may jump ahead to `wake_at`."""
        on_stage = any(self.state.show(show.id).phase.is_on_stage for show in self.plan.shows)
        return not self._doing.is_busy and not self._sight.looking and not on_stage and not self._nudge.is_set()

    def is_over(self, show: str) -> bool:
        """The show has come to its end, or was missed or cancelled, and every post of it has had its own."""
        state = self.state.show(show)
        return state.phase.is_over and all(cue.id in state.settled for cue in self.plan.show(show).cues_of(Lane.POSTS))

    def _on_time_trouble(self, what: Literal["stepped", "stalled"], seconds: float) -> None:
        kind = CLOCK_STEPPED if what == "stepped" else LOOP_STALLED
        self._trouble.append(Note(kind=kind, ids={}, data={"seconds": round(seconds, 3)}))
        self._sight.doubt(timedelta(seconds=abs(seconds)))
        self._recorder.try_now()
        self._nudge.set()

    async def _turns(self) -> None:
        while True:
            await self._nudge.wait()
            self._nudge.clear()
            self.on_work(True)
            async with self._writing:
                await self._try_turn()
            self.on_work(self._doing.is_busy)
            self._alarm.ring_at(self.wake_at)
            for listener in self.on_turn:
                listener()

    async def _try_turn(self) -> None:
        """While nothing can be written nothing is decided: it is tried again in a moment."""
        if (retry_at := self._recorder.retry_at) is None or retry_at <= self._clock.now():
            with contextlib.suppress(JournalUnavailable):  # the recorder has told it
                return await self._turn()
        self.wake_at = self._recorder.retry_at

    async def _turn(self) -> None:
        trouble, self._trouble = self._trouble, []
        self._recorder.keep(*trouble, *self._sight.take_notes(), *self._ends.meter.due(self._clock.now()))
        await self._recorder.record()
        commands: list[Command] = []
        waiting: list[Command] = []
        kept: list[Command] = []
        for _ in range(NOTES_A_TURN):
            now = self._clock.now()
            notes: list[Note] = []
            commands, waiting, kept, wakes = [], [], [], []
            for show in self.plan.shows:
                answer = self._decisions.answer(*self._known(show), now, self._doing.names_of(show.id))
                notes += answer.notes
                commands += answer.commands
                waiting += answer.waiting
                kept += answer.kept
                wakes += answer.wakes
            if not notes:
                break
            await self._recorder.record(notes)
        else:
            raise AssertionError("the decisions of one turn do not come to rest")
        self._doing.withdraw_all_but(kept)
        if not self._is_stopping:
            for command in self._doing.in_line(commands):
                self._doing.begin(command)
        self._sight.settle_studio([*commands, *waiting], self._doing.names)
        ahead = self.outlook()
        wakes += self._sight.look_around(self.state, None if self._is_stopping else self._task, ahead)
        wakes += [due_at] if (due_at := self._ends.meter.due_at) else []
        self.wake_at = min(wakes, default=None)

    def _known(self, show: ShowPlan) -> tuple[ShowPlan, ShowState, Around, Observed]:
        """What a decision about the show follows from."""
        state = self.state.show(show.id)
        around = replace(self.state.around(show.id, self.plan.names), reaches=self._ends.reaches)
        # one that is over has only posts to come, whatever the far ends of the others say
        return show, state, around, NOTHING_SEEN if state.phase.is_over else self.observed(show)

    def _is_wanted(self, command: Command) -> bool:
        """The act would be asked for as things are now, had it not been begun."""
        if command.show not in self.plan.names:
            return False
        known, others = self._known(self.plan.show(command.show)), self._doing.names_of(command.show) - {command.name}
        return command in self._decisions.decide(*known, self._clock.now(), others).commands

    def _task(self, name: str, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        return self._tasks.create_task(work, name=name)

    def observed(self, show: ShowPlan) -> Observed:
        """What is known of the far ends, for one show."""
        return self._sight.observed(show)

    @property
    def has_looked(self) -> bool:
        """The far ends of the current show were seen, or found away."""
        return self._sight.has_looked(self.state, self._clock.now())

    def outlook(self) -> Outlook:
        """How far the rest of today's YouTube quota goes."""
        now = self._clock.now()
        unrecorded = self._ends.meter.unrecorded(now)
        return self._forecast.outlook(self.plan, self.state, self._ends.budget, unrecorded, now)

    def _glance(self) -> Glance:
        return Glance(
            plan=self.plan,
            state=self.state,
            seen={show.id: self.observed(show) for show in self.plan.shows},
            now=self._clock.now(),
            ahead=self.outlook() if self._ends.broadcasts is not None else None,
            about=self._about,
            differs=self._differs,
            trouble=self._recorder.trouble,
            channels=self._ends.reaches,
        )

    def screen(self) -> dict[str, Any]:
        """What everybody backstage sees at this moment, see show.screen."""
        return self._glance().screen(vitals=self._ends.studio.vitals, recent=tuple(self._recorder.recent))

    async def picture(self, scene: str | None, width: int) -> bytes:
        """A JPEG of a scene, or of the program, see ports.Studio; Unavailable with reason `take` around a take."""
        if is_take_near(self.plan, self.state, self._clock):
            raise Unavailable("a take is about to leave", reason="take", retry_after=1.0)
        return await self._ends.studio.picture(scene, width)

    async def preview_scene(self, scene: str) -> None:
        """Put a scene on the studio's preview, where only the crew sees it; raises as ports.Studio.preview."""
        await self._ends.studio.preview(scene)

    def view(self) -> dict[str, Any]:
        """The state for people and panels, as flat JSON."""
        return self._glance().view()

    async def order(self, order: Order) -> int:
        """Carry out an operator's order and return the revision after it.

        Raises NotNow or Stale, see show.commands; a repeat of a key changes nothing.
        """
        async with self._writing:
            studio = self._ends.studio.seen
            scenes = studio.scenes if studio else ()
            notes = operate(self.plan, self.state, order, scenes, self._clock.now(), self._outlets())
            await self._recorder.record(notes, is_whole=True)
        self._nudge.set()
        return self.state.revision

    def _outlets(self) -> Outlets:
        ends = self._ends

        def words(show: ShowPlan, cue: Cue, link: str) -> Words:
            message = ends.words(show, cue, link)
            return Words(text=message.text, title=message.title)

        return Outlets(reaches=ends.reaches, words=words)

    async def posts(self, show: str) -> list[dict[str, Any]]:
        """Every post of the season, or of one show, see show.post_list."""
        return await self._listing.posts(self.plan, self.state, self._outlets(), show)

    async def audit(self, deed: Deed) -> None:
        """Write down what somebody did about people. Raises JournalUnavailable until the journal was read, too."""
        if not self.state.seq:
            raise JournalUnavailable("the journal was not read yet")
        async with self._writing:
            await self._recorder.record([noted(deed)])

    def preview(self, order: Order) -> Ripple:
        """What the order would change; nothing is changed. Raises NotNow or Stale as `order` would."""
        studio = self._ends.studio.seen
        scenes = studio.scenes if studio else ()
        return preview(self.plan, self.state, order, scenes, self._clock.now(), self._ends.reaches)

    def weigh(self, order: Order) -> dict[str, Any]:
        """How a post's new text would weigh in its channel, see post_list.weighed; for `cancel`: which posts it is for.

        Raises NotNow where none is such, or nothing is to come.
        """
        show, cue = post_of(self.plan, self.state, order, self._clock.now())
        if order.act == PostAct.CANCEL:
            return {"posts": list(left_out_with(show, self.state.show(show.id), cue))}
        return weighed(cue, order.text, self._outlets())

    async def edit(self, rewrite: Rewrite) -> Edit:
        """Read the season anew, compare it with what runs and, unless it is a preview, run it from now on.

        All of it is applied, or nothing. Raises SeasonError with every problem of the text; NotNow when the edit cannot
        be applied to what runs, with every reason; Stale.
        """
        if self._read_season is None:
            raise NotNow("this run plays a season that it was given, not a file: there is nothing to reload")
        reading = await asyncio.to_thread(self._read_season, rewrite.toml)
        return await self.replace_plan(reading, rewrite)

    async def replace_plan(self, reading: Reading, rewrite: Rewrite) -> Edit:
        """Run another plan of the same season from now on; see `edit`."""
        async with self._writing:
            edit = compare(self.plan, reading.plan, self.state, self._clock.now(), cut=rewrite.cut, who=rewrite.who)
            if rewrite.key and rewrite.key in self.state.replies:
                return edit
            check_revision(self.state, rewrite.revision)
            notes = rewrite_notes(edit, reading, rewrite, self._ends)
            if rewrite.preview:
                return edit
            await self._recorder.record(notes, is_whole=True)
            self.plan = self._doing.plan = edit.plan
            self._ends = self._doing.ends = replace(
                self._ends, words=reading.words, card=reading.card or self._ends.card
            )
            self._sight.replace_plan(edit.plan)
            self._differs = ""
        self._nudge.set()
        return edit
