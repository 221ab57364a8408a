"""The one loop: desire, observe, decide, do, record.

It starts a show, carries on after a crash and rehearses with the same code: each time it looks first, then does only
what is missing. Nothing here decides; `show.decide` does, from what is written down and what is seen.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from broadcaster.conductor.perform import Act, Answered, FarEnds, far_end_of, perform
from broadcaster.ports import Alarm, Clock, Journal
from broadcaster.season.errors import FarEndError, NeedsHuman, OutcomeUnknown, Refused, Unavailable
from broadcaster.season.plan import Plan, ShowPlan
from broadcaster.show.attention import pace
from broadcaster.show.commands import Order, operate
from broadcaster.show.decide import decide
from broadcaster.show.observed import BroadcastSeen, Observed, StreamSeen, StudioSeen
from broadcaster.show.records import (
    FAR_END_BACK,
    FAR_END_LOST,
    INTENT,
    RUN_ENDED,
    RUN_STARTED,
    Note,
    Result,
    outcome,
    stamp,
)
from broadcaster.show.state import SeasonState, fold
from broadcaster.show.turn import Command, Verb
from broadcaster.show.view import view

log = logging.getLogger(__name__)

ARM_AHEAD = timedelta(seconds=0.4)
"""How far ahead a cue's intent is committed: a durable commit takes 1-4 ms, but up to 100 on a busy disk."""
BACK_OFF_FIRST, BACK_OFF_MOST = timedelta(seconds=1), timedelta(seconds=30)
BACK_OFF_ON_STAGE = timedelta(seconds=5)
GONE_AFTER_LOOKS = 3
"""A list may leave out what was made a moment ago: so often has YouTube to say that it has none of that id."""
ACCEPTED_FOR = timedelta(seconds=10)
"""How long an accepted change of the broadcast may take to show before it is asked for again."""
CHANGES = (Verb.BIND, Verb.TESTING, Verb.LIVE, Verb.COMPLETE)
NOTES_A_TURN = 10_000


class Conductor:
    """Runs every coming show of one season.

    `run()` it; `order()` is the hand of the operators; `on_turn` is called after every turn, `on_work` when work begins
    and ends.
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
    ) -> None:
        self.plan = plan
        self.state = SeasonState()
        self.wake_at: datetime | None = None
        self.on_turn: list[Callable[[], None]] = []
        self.on_work: Callable[[bool], None] = lambda is_working: None
        self._ends = ends
        self._journal = journal
        self._clock = clock
        self._alarm = alarm
        self._about = about
        self._arm_ahead = arm_ahead
        self._nudge = asyncio.Event()
        self._freed = asyncio.Event()
        self._stopped = asyncio.Event()
        self._writing = asyncio.Lock()
        self._busy: dict[str, str] = {}
        self._broadcasts: dict[str, BroadcastSeen] = {}
        self._streams: dict[str, StreamSeen] = {}
        self._touched: dict[str, int] = {}
        self._looking: set[str] = set()
        self._looked_at: dict[str, datetime] = {}
        self._look_after: dict[str, datetime] = {}
        self._look_failures: dict[str, int] = {}
        self._misses: dict[str, int] = {}
        self._away: set[str] = set()
        self._needs_human: dict[str, str] = {}
        self._pending: list[Note] = []
        self._studio_before: StudioSeen | None = None
        self._is_studio_fresh = False
        self._has_stream_failed = False
        self._is_stopping = False
        self._tasks = asyncio.TaskGroup()

    # -- the life of a run --------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Run until `stop` is called or the task is cancelled. Raises JournalError when the record cannot be kept."""
        self.state = fold(SeasonState(), await self._journal.read())
        await self._record([Note(kind=RUN_STARTED, ids={"season": self.plan.season}, data=self._about)])
        try:
            async with self._tasks:
                sides = [
                    self._tasks.create_task(self._ends.studio.run(self._on_studio), name="studio"),
                    self._tasks.create_task(self._alarm.run(self.look_again), name="alarm"),
                    self._tasks.create_task(self._turns(), name="turns"),
                ]
                self._nudge.set()
                await self._stopped.wait()
                for task in sides:
                    task.cancel()
        finally:
            await asyncio.shield(self._record([Note(kind=RUN_ENDED, ids={}, data={"busy": sorted(self._busy)})]))

    async def stop(self) -> None:
        """Hand over: begin nothing more, let what is under way end, and leave the far ends as they are."""
        self._is_stopping = True
        self._nudge.set()
        while self._busy:
            self._freed.clear()
            await self._freed.wait()
        self._stopped.set()

    def look_again(self) -> None:
        """Take another turn soon."""
        self._nudge.set()

    @property
    def is_quiet(self) -> bool:
        """Nothing is under way, and no show is on stage: a rehearsal may jump ahead to `wake_at`."""
        on_stage = any(self.state.show(show.id).phase.is_on_stage for show in self.plan.shows)
        return not self._busy and not self._looking and not on_stage and not self._nudge.is_set()

    def is_over(self, show: str) -> bool:
        """The show has come to its end, or was missed."""
        return self.state.show(show).phase.is_over

    # -- the loop -------------------------------------------------------------------------------------------------

    async def _turns(self) -> None:
        while True:
            await self._nudge.wait()
            self._nudge.clear()
            self.on_work(True)
            async with self._writing:
                await self._turn()
            self.on_work(bool(self._busy))
            self._alarm.ring_at(self.wake_at)
            for listener in self.on_turn:
                listener()

    async def _turn(self) -> None:
        pending, self._pending = self._pending, []
        await self._record(pending)
        commands: list[Command] = []
        waiting: list[Command] = []
        for _ in range(NOTES_A_TURN):
            now = self._clock.now()
            notes: list[Note] = []
            commands, waiting, wakes = [], [], []
            for show in self.plan.shows:
                answer = decide(
                    show,
                    self.state,
                    self.observed(show),
                    now=now,
                    arm_ahead=self._arm_ahead,
                    busy=frozenset(self._busy),
                )
                notes += answer.notes
                commands += answer.commands
                waiting += answer.waiting
                wakes += answer.wakes
            if not notes:
                break
            await self._record(notes)
        else:
            raise AssertionError("the decisions of one turn do not come to rest")
        if not self._is_stopping:
            for command in commands:
                self._begin(command)
        self._settle_studio([*commands, *waiting])
        wakes += self._look_around(self._clock.now())
        self.wake_at = min(wakes, default=None)

    def _begin(self, command: Command) -> None:
        show = self.state.show(command.show)
        act = f"{command.name}#{show.attempts.get(command.name, 0) + 1}"
        self._busy[command.name] = act
        self._tasks.create_task(self._do(command, act), name=act)

    async def _do(self, command: Command, act: str) -> None:
        """Intent, act, outcome. The lane is busy until the outcome is on the disk."""
        ids = {"show": command.show, "cue": command.cue, "act": act}
        due = stamp(command.at) if command.at else None
        data = {"verb": command.verb, "what": command.what, "why": command.why, "due": due}
        try:
            async with self._writing:
                await self._record([Note(kind=INTENT, ids=ids, data=data)])
            note = await self._attempt(command, act)
            async with self._writing:
                await self._record([note])
        finally:
            del self._busy[command.name]
            self._freed.set()
            self._nudge.set()

    async def _attempt(self, command: Command, act: str) -> Note:
        """Perform once, and say how it ended."""
        show = self.plan.show(command.show)
        state = self.state.show(command.show)
        end = far_end_of(command.verb)
        try:
            answered = await perform(Act(command=command, show=show, state=state, ends=self._ends, now=self._clock.now))
        except FarEndError as error:
            if isinstance(error, Unavailable) and not error.reason and end == "youtube":
                self._lost(end, str(error))
            if isinstance(error, OutcomeUnknown) and end == "youtube":
                self._forget(command.show)
            self._note_need(end, error)
            return self._failure(command, act, error)
        self._needs_human.pop(end, None)
        if end == "youtube":
            self._back(end)
        self._take_in(command, answered)
        data = dict(answered.data)
        if command.verb in CHANGES:
            data["retry_at"] = stamp(self._clock.now() + ACCEPTED_FOR)
        return outcome(command.show, command.cue, act, command.verb, Result.DONE, **data)

    def _failure(self, command: Command, act: str, error: FarEndError) -> Note:
        state = self.state.show(command.show)
        failures = state.failures.get(command.name, 0)
        most = BACK_OFF_ON_STAGE if state.phase.is_on_stage else BACK_OFF_MOST
        pause = min(BACK_OFF_FIRST * 2 ** min(failures, 10), most)
        if isinstance(error, Unavailable) and error.retry_after:
            pause = max(pause, timedelta(seconds=error.retry_after))
        result = Result.FAILED
        if isinstance(error, OutcomeUnknown):
            result = Result.UNKNOWN
        elif isinstance(error, Refused):
            result, pause = Result.REFUSED, BACK_OFF_MOST
        elif isinstance(error, NeedsHuman):
            pause = most  # however few times it has failed: nothing changes before somebody acts
        if failures == 0:
            log.warning("%s: %s", command.name, error, extra={"event": "act_failed", "act": act})
        return outcome(
            command.show,
            command.cue,
            act,
            command.verb,
            result,
            reason=str(error),
            code=error.reason,
            retry_at=stamp(self._clock.now() + pause),
        )

    def _take_in(self, command: Command, answered: Answered) -> None:
        """An answer is an observation too, newer than any look that began before it."""
        if answered.broadcast is not None:
            self._broadcasts[command.show] = answered.broadcast
            self._misses[command.show] = 0
        if far_end_of(command.verb) == "youtube":
            self._touched[command.show] = self._touched.get(command.show, 0) + 1

    def _forget(self, show: str) -> None:
        """What was seen may not be so any more: nothing is decided from it before the next look."""
        self._broadcasts.pop(show, None)
        self._touched[show] = self._touched.get(show, 0) + 1

    async def _record(self, notes: list[Note]) -> None:
        for note in notes:
            ids = {"season": self.plan.season, **note.ids}
            record = await self._journal.append(note.kind, ids, note.data, at=self._clock.now())
            self.state = fold(self.state, [record])

    # -- what is seen -----------------------------------------------------------------------------------------------

    def observed(self, show: ShowPlan) -> Observed:
        """What is known of the far ends, for one show."""
        return Observed(
            studio=self._ends.studio.seen,
            broadcast=self._broadcasts.get(show.id),
            stream=self._streams.get(show.id),
            is_broadcast_gone=self._misses.get(show.id, 0) >= GONE_AFTER_LOOKS,
            is_studio_fresh=self._is_studio_fresh,
            has_stream_failed=self._has_stream_failed,
            away=frozenset(self._away),
            needs_human=dict(self._needs_human),
        )

    def view(self) -> dict[str, Any]:
        """The state for people and panels, as flat JSON."""
        seen = {show.id: self.observed(show) for show in self.plan.shows}
        return view(self.plan, self.state, seen, self._clock.now()) | {"about": dict(self._about)}

    def _on_studio(self) -> None:
        before, after = self._studio_before, self._ends.studio.seen
        self._studio_before = after
        if after is None:
            self._lost("obs", "no connection")
        else:
            self._back("obs")
            if before is None:
                self._is_studio_fresh = True
            elif before.is_reconnecting and not after.is_streaming:
                self._has_stream_failed = True
            if after.is_streaming:
                self._has_stream_failed = False
        self._nudge.set()

    def _settle_studio(self, missing: list[Command]) -> None:
        """Once nothing is missing in the studio, later differences are a hand's."""
        of_studio = (Verb.TAKE, Verb.START, Verb.POINT)
        is_missing = any(command.verb in of_studio for command in missing)
        is_under_way = any(name.rpartition(":")[2] in of_studio for name in self._busy)
        if self._ends.studio.seen is not None and not is_missing and not is_under_way:
            self._is_studio_fresh = False

    def _lost(self, end: str, why: str) -> None:
        if end not in self._away:
            self._away.add(end)
            log.warning("%s is away: %s", end, why, extra={"event": "far_end_lost", "far_end": end})
            self._pending.append(Note(kind=FAR_END_LOST, ids={"far_end": end}, data={"why": why}))
            self._nudge.set()

    def _back(self, end: str) -> None:
        if end in self._away:
            self._away.discard(end)
            log.warning("%s is back", end, extra={"event": "far_end_back", "far_end": end})
            self._pending.append(Note(kind=FAR_END_BACK, ids={"far_end": end}, data={}))
            self._nudge.set()

    def _note_need(self, end: str, error: FarEndError) -> None:
        """Keep the sentence of a far end that waits for a person, until it answers again."""
        if isinstance(error, NeedsHuman):
            self._needs_human[end] = str(error)

    def _look_around(self, now: datetime) -> list[datetime]:
        """Begin the looks at YouTube that are due; return when the others are."""
        later = []
        for show in self.plan.shows:
            every = pace(show, self.state.show(show.id), self.observed(show), now)
            if every is None or show.id in self._looking or self._ends.broadcasts is None:
                continue
            due = max(self._looked_at.get(show.id, now - every) + every, self._look_after.get(show.id, now))
            if due > now:
                later.append(due)
            elif not self._is_stopping:
                self._looking.add(show.id)
                self._looked_at[show.id] = now
                self._tasks.create_task(self._look(show.id), name=f"look at {show.id}")
        return later

    async def _look(self, show: str) -> None:
        broadcasts, state = self._ends.broadcasts, self.state.show(show)
        touched = self._touched.get(show, 0)
        try:
            if broadcasts is None:
                return
            seen = await broadcasts.look(state.broadcast_id)
            stream = await broadcasts.look_stream(state.stream_id) if state.stream_id else None
        except FarEndError as error:
            self._note_need("youtube", error)
            self._lost("youtube", str(error))
            failures = self._look_failures[show] = self._look_failures.get(show, 0) + 1
            most = BACK_OFF_ON_STAGE if state.phase.is_on_stage else BACK_OFF_MOST
            self._look_after[show] = self._clock.now() + min(BACK_OFF_FIRST * 2 ** min(failures, 10), most)
        else:
            self._needs_human.pop("youtube", None)
            self._back("youtube")
            self._look_failures[show] = 0
            if touched == self._touched.get(show, 0):  # else an act was answered since: this look is older
                self._saw(show, seen, stream)
        finally:
            self._looking.discard(show)
            self._nudge.set()

    def _saw(self, show: str, seen: BroadcastSeen | None, stream: StreamSeen | None) -> None:
        if stream is not None:
            self._streams[show] = stream
        if seen is not None:
            self._broadcasts[show] = seen
            self._misses[show] = 0
            return
        self._broadcasts.pop(show, None)
        misses = self._misses[show] = self._misses.get(show, 0) + 1
        self._look_after[show] = self._clock.now() + BACK_OFF_FIRST * 2**misses

    async def order(self, order: Order) -> int:
        """Carry out an operator's order and return the revision after it.

        Raises NotNow or Stale, see show.commands; a repeat of a key changes nothing.
        """
        async with self._writing:
            studio = self._ends.studio.seen
            notes = operate(self.plan, self.state, order, studio.scenes if studio else (), self._clock.now())
            await self._record(notes)
        self._nudge.set()
        return self.state.revision
