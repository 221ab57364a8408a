"""What becomes of one command: intent, attempt, outcome?

The intent is on the disk before anything is sent, and the outcome before the lane is free again. A command that was
armed for an instant to come is taken back when something else is wanted then, and none is begun that an order has made
wrong since it was decided.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from broadcaster.conductor.broken import sound
from broadcaster.conductor.drawing import Drawing, picture_of
from broadcaster.conductor.patience import after_failure
from broadcaster.conductor.perform import Act, FarEnds, far_end_of, perform
from broadcaster.conductor.posting import compose, known_posts, publish_at
from broadcaster.conductor.recorder import Recorder
from broadcaster.conductor.sight import Sight
from broadcaster.ports import Clock
from broadcaster.season.errors import Broken, FarEndError, JournalUnavailable, Refused, Withdrawn
from broadcaster.season.plan import Plan
from broadcaster.show.expected import expected
from broadcaster.show.post_state import SEARCHES
from broadcaster.show.records import INTENT, Note, Result, outcome, stamp
from broadcaster.show.turn import OF_CHANNELS, Command, Verb

log = logging.getLogger(__name__)

ACCEPTED_FOR = timedelta(seconds=10)
"""How long an accepted change of the broadcast may take to show before it is asked for again."""
CHANGES = (Verb.BIND, Verb.TESTING, Verb.LIVE, Verb.COMPLETE, Verb.UPDATE, Verb.DRESS)


class Doing:
    """The acts under way, one of each name.

    `writing` is held by whoever writes; `is_wanted` says whether a command would be asked for as things are now, had it
    not been begun; `on_end` is called after each act.
    """

    def __init__(
        self,
        plan: Plan,
        ends: FarEnds,
        *,
        clock: Clock,
        recorder: Recorder,
        sight: Sight,
        writing: asyncio.Lock,
        is_wanted: Callable[[Command], bool],
        start: Callable[[str, Coroutine[Any, Any, None]], "asyncio.Task[None]"],
        on_end: Callable[[], None],
    ) -> None:
        self.plan = plan
        self.ends = ends
        self._clock = clock
        self._recorder = recorder
        self._sight = sight
        self._writing = writing
        self._is_wanted = is_wanted
        self._start = start
        self._on_end = on_end
        self._drawing = Drawing(clock, start, on_end)
        self._freed = asyncio.Event()
        self._is_given_up = False
        self._busy: dict[str, str] = {}
        self._lines: dict[str, str] = {}
        self._armed: dict[str, Command] = {}
        self._withdrawn: set[str] = set()
        self._unwritten: set[str] = set()

    @property
    def names(self) -> list[str]:
        """The acts under way, by the names of their commands."""
        return list(self._busy)

    @property
    def is_busy(self) -> bool:
        """An act is under way, or a picture for one is drawn."""
        return bool(self._busy) or self._drawing.is_busy

    def names_of(self, show: str) -> frozenset[str]:
        """Those of one show."""
        return frozenset(name for name in self._busy if name.startswith(f"{show}/"))

    def in_line(self, commands: list[Command]) -> list[Command]:
        """Those that may begin now: a channel is given one act at a time, by all shows together, as is the one stream.

        What has failed there before lets the others go first, and so do pictures for what is out, and what has no
        picture yet.
        """
        self._drawing.forget_all_but([*self._busy, *(command.name for command in commands)])
        state = self._recorder.state
        ahead = {line for line in self._lines.values() if line}
        found = [command for command in commands if not command.line]
        in_lines = [command for command in commands if command.line]
        failures = {each.name: state.show(each.show).failures.get(each.name, 0) for each in in_lines}
        for command in sorted(in_lines, key=lambda each: (failures[each.name], each.verb is Verb.PICTURE)):
            if command.line not in ahead and (not command.channel or self._has_picture(command)):
                ahead.add(command.line)
                found.append(command)
        return found

    def _has_picture(self, command: Command) -> bool:
        show = expected(self.plan.show(command.show), self._recorder.state.show(command.show), self._clock.now())
        if not show.knows(command.cue):
            return True
        cue = show.cue(command.cue)
        return self._drawing.is_ready(
            command.name, command.verb, self.plan, show, cue, self.ends.card, is_needed=self._needs_picture(command)
        )

    def _needs_picture(self, command: Command) -> bool:
        reach = self.ends.reaches.get(command.channel)
        return command.verb is Verb.PICTURE or (reach is not None and reach.needs_picture)

    def _picture(self, doing: Act) -> tuple[Act, dict[str, Any]]:
        """The act with its picture, and what the intent keeps of that. Raises Refused where it cannot go without."""
        command = doing.command
        picture, made_from = self._drawing.take(command.name, is_needed=self._needs_picture(command))
        if command.verb is not Verb.EDIT:
            return replace(doing, picture=picture), {"picture": made_from} if picture is not None else {}
        reach, cue = self.ends.reaches.get(command.channel), doing.show.cue(command.cue)
        can_edit = self.ends.card is not None and (reach is None or reach.edits_picture)
        shows, shown = picture_of(self.plan, doing.show, cue), doing.state.post(cue.id).picture
        return doing, {"is_picture_old": True} if can_edit and shows != shown else {}

    def begin(self, command: Command) -> None:
        """Start the act; its lane is busy until the outcome is on the disk."""
        show = self._recorder.state.show(command.show)
        act = f"{command.name}#{show.attempts.get(command.name, 0) + 1}"
        self._busy[command.name] = act
        self._lines[command.name] = command.line
        if command.verb is Verb.TAKE and command.at is not None:
            self._armed[command.name] = command
        self._start(act, self._do(command, act, self._recorder.state.revision))

    def withdraw_all_but(self, kept: list[Command]) -> None:
        """Take back what was armed for an instant to come and is not wanted then any more."""
        now, wanted = self._clock.now(), {(command.name, command.what, command.at) for command in kept}
        for name, command in self._armed.items():
            is_wanted = (name, command.what, command.at) in wanted
            if command.at is not None and command.at > now and not is_wanted and name not in self._withdrawn:
                self._withdrawn.add(name)
                self.ends.studio.withdraw(command.what, command.at)

    async def settled(self) -> None:
        """Return once no act is under way but those that only wait for the disk."""
        await self._drawing.stop()
        while self._busy.keys() - self._unwritten:
            self._freed.clear()
            await self._freed.wait()

    def give_up(self) -> None:
        """Wait for the disk no longer."""
        self._is_given_up = True
        self._recorder.give_up()

    async def _do(self, command: Command, act: str, decided: int) -> None:
        """Intent, act, outcome. The lane is busy until the outcome is on the disk.

        `decided` is the revision on which this was decided: an order that forbids it may have been written since.
        """
        ids = {"show": command.show, "cue": command.cue, "act": act}
        due = stamp(command.at) if command.at else None
        data: dict[str, Any] = {"verb": command.verb, "what": command.what, "why": command.why, "due": due}
        if command.change:
            data["change"] = command.prints
        try:
            async with self._writing:
                if command.name in self._withdrawn:
                    return  # not begun, so there is nothing to tell
                if self._recorder.state.revision != decided and not self._is_still_right(command):
                    return  # it is decided anew
                is_paid = far_end_of(command.verb) == "youtube"
                spent = self.ends.meter.due(self._clock.now(), everything=True) if is_paid else []
                self._recorder.keep(*spent)
                doing, problem = self._about(command)
                if doing.said is not None:
                    data |= {"channel": command.channel, "told": doing.said.as_json()}
                    try:
                        doing, kept = self._picture(doing)
                        data["told"] |= kept
                    except Refused as refusal:
                        problem = refusal
                elif (ahead := self._ahead(doing)) is not None:
                    data["told"] = {"publish_at": stamp(ahead)}
                await self._recorder.record([Note(kind=INTENT, ids=ids, data=data)])
            note = await self._attempt(doing, act, problem)
            self._recorder.keep(note)
            await self._written(note, command.name)
        except JournalUnavailable:
            return  # not begun: it is decided anew once it can be written
        finally:
            self._unwritten.discard(command.name)
            self._withdrawn.discard(command.name)
            self._armed.pop(command.name, None)
            del self._busy[command.name], self._lines[command.name]
            self._freed.set()
            self._on_end()

    def _is_still_right(self, command: Command) -> bool:
        """It is wanted after what was ordered since, and so is the picture that was drawn for it."""
        return self._is_wanted(command) and (not command.channel or self._has_picture(command))

    async def _written(self, note: Note, name: str) -> None:
        """Return once what was kept is on the disk, or the run ends before it could be."""
        while not self._is_given_up:
            async with self._writing:
                if not self._recorder.is_kept(note):
                    return
                with contextlib.suppress(JournalUnavailable):  # the recorder has told it, and tries again
                    await self._recorder.record()
                    return
            self._unwritten.add(name)
            self._freed.set()
            await self._recorder.until_tried()

    def _about(self, command: Command) -> tuple[Act, FarEndError | None]:
        """What the act is about as things are now, and what speaks against it."""
        state = self._recorder.state.show(command.show)
        show = expected(self.plan.show(command.show), state, self._clock.now())
        doing = Act(command=command, show=show, state=state, ends=self.ends, now=self._clock.now)
        if command.verb not in OF_CHANNELS:
            return doing, None
        if not show.knows(command.cue):
            return doing, Refused("the season has no such post any more", reason="noPost")
        try:
            post = state.post(command.cue)
            cue, now = show.cue(command.cue), self._clock.now()
            said = compose(self.ends, show, cue, command.verb, post, state.broadcast_id, now=now)
        except Refused as refusal:
            return doing, refusal
        is_search = command.verb in SEARCHES
        others = known_posts(self.plan, self._recorder.state, command.channel) if is_search else frozenset[str]()
        return replace(doing, said=said, others=others), None

    def _ahead(self, doing: Act) -> datetime | None:
        """For when a channel would have had a post whose words cannot be made.

        One that was to be handed over is tried again at its instant; one that was to be moved stays, and people are
        told.
        """
        command, show = doing.command, doing.show
        if command.verb not in (Verb.POST, Verb.EDIT) or not show.knows(command.cue):
            return None
        cue, post = show.cue(command.cue), doing.state.post(command.cue)
        return publish_at(show, cue, command.verb, post, now=self._clock.now())

    async def _attempt(self, doing: Act, act: str, problem: FarEndError | None) -> Note:
        """Perform once, and say how it ended."""
        command = doing.command
        try:
            if command.name in self._withdrawn:
                raise Withdrawn("another order came before it was sent")
            if problem is not None:
                raise problem
            end = command.channel or far_end_of(command.verb)
            answered = await sound(perform(doing), end=end, doing=command.name)
        except Withdrawn as error:
            return outcome(command.show, command.cue, act, command.verb, Result.WITHDRAWN, reason=str(error))
        except FarEndError as error:
            return self._failure(command, act, error)
        self._sight.take_in(command, answered)
        data = dict(answered.data) | ({"channel": command.channel} if command.channel else {})
        if command.verb in CHANGES:
            data["retry_at"] = stamp(self._clock.now() + ACCEPTED_FOR)
        return outcome(command.show, command.cue, act, command.verb, Result.DONE, **data)

    def _failure(self, command: Command, act: str, error: FarEndError) -> Note:
        self._sight.take_in_error(command, error)
        state, now = self._recorder.state.show(command.show), self._clock.now()
        failures = state.failures.get(command.name, 0)
        if command.channel and (before := self._recorder.state.channels.pauses.get(command.channel)):
            failures = before.failures
        result, pause = after_failure(
            error, failures, now, on_stage=state.phase.is_on_stage, is_channel=bool(command.channel)
        )
        if isinstance(error, Broken) and command.verb in SEARCHES:
            result = Result.REFUSED  # nothing was changed, and people have to look: it would fail again
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
            **self._until(command, result, stamp(now + pause)),
        )

    def _until(self, command: Command, result: Result, at: str) -> dict[str, Any]:
        """What is left alone until then: the act, or the whole channel that did not take it."""
        if not command.channel:
            return {"retry_at": at}
        until = "paused_until" if result is Result.FAILED else "retry_at"
        return {"channel": command.channel, until: at}
