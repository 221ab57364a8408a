"""What do people at the panel do? Orders from the script, edits of the season, and a look at the panel now and then."""

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from broadcaster.conductor.rewriting import Reading
from broadcaster.ports import Message
from broadcaster.season.errors import JournalError
from broadcaster.season.plan import Cue, Lane, ShowPlan
from broadcaster.show.commands import NotNow, Stale
from broadcaster.show.orders import Order, Rewrite, Word
from broadcaster.show.phases import Phase
from broadcaster.show.post_state import PostState
from broadcaster.show.records import End
from broadcaster.show.rundown import rundown
from broadcaster.show.state import ShowState
from tests.simulation.edits import edited
from tests.simulation.promises import broken_by_edit
from tests.simulation.script import Happening
from tests.simulation.seasons import read_season
from tests.simulation.virtual import micro
from tests.simulation.weather import LATEST_ARRIVAL

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

CREW_LOOKS_EVERY = 10.0
CLUMSY_SEEDS = 3
"""In every so many seeds posts are left out by mistake, and those that failed or were left out are sent after all."""
SKIPPED, SENT_AFTER_ALL = 0.01, 0.1
"""How likely that is at each look for each post."""
END_AFTER = 300.0
"""Seconds after the season should be tidied up: what is on stage is ended."""


class Crew:
    """Each `do_KIND` carries out one happening; False: it could not, as things are."""

    def __init__(self, sim: "Simulation") -> None:
        self.sim = sim

    def order(self, word: Word, **more: Any) -> bool:
        """An operator presses a button."""
        conductor = self.sim.conductor
        if conductor is None or self.sim.life is None or self.sim.stalled_until > self.sim.time.now:
            return False
        order = Order(word=word, who="Aigul", source="simulation", **more)

        async def give() -> None:
            try:
                await conductor.order(order)
            except (NotNow, Stale):
                return
            except JournalError:
                return

        self.sim.others = [task for task in self.sim.others if not task.done()]
        self.sim.others.append(self.sim.loop.create_task(give(), name="order"))
        self.sim.trouble()
        return True

    def do_go(self, one: Happening) -> bool:
        return self.order(Word.GO, key=f"go {one.at}") and self.order(Word.GO, key=f"go {one.at}")

    def do_hold(self, one: Happening) -> bool:
        return self.order(Word.HOLD)

    def do_resume(self, one: Happening) -> bool:
        return self.order(Word.RESUME)

    def do_take(self, one: Happening) -> bool:
        return self.order(Word.TAKE, scene=one.what)

    def do_skip(self, one: Happening) -> bool:
        return self.order(Word.SKIP, key=f"skip {one.at}")

    def do_end(self, one: Happening) -> bool:
        return self.order(Word.END)

    def do_delay(self, one: Happening) -> bool:
        return self.order(Word.DELAY, by=one.what, key=f"delay {one.at}")

    def do_extend(self, one: Happening) -> bool:
        return self.order(Word.EXTEND, by=one.what, key=f"extend {one.at}")

    def do_hold_lane(self, one: Happening) -> bool:
        return self.order(Word.HOLD, lane=one.what)

    def do_resume_lane(self, one: Happening) -> bool:
        return self.order(Word.RESUME, lane=one.what)

    def do_stale_order(self, one: Happening) -> bool:
        return self.order(Word.SKIP, revision=1)

    def do_cancel(self, one: Happening) -> bool:
        return self.order(Word.CANCEL, key=f"cancel {one.at}")

    def do_post(self, one: Happening) -> bool:
        """Somebody does something with one of the posts, whatever it is; only what is true is said of it."""
        cues = [cue for show in self.sim.plan.shows for cue in show.cues_of(Lane.POSTS)]
        if not cues:
            return False
        cue = cues[one.count % len(cues)]
        if one.what in ("sent", "again"):
            return self._answer(cue)
        text = f"{cue.id} by hand" if one.what == "edit" else ""
        return self.order(Word.POST, post=cue.id, act=one.what, text=text, show=cue.show, key=f"post {one.at}")

    def _answer(self, cue: Cue) -> bool:
        """Somebody looks in the channel for a post whose answer was lost."""
        conductor = self.sim.conductor
        post = conductor.state.show(cue.show).post(cue.id) if conductor is not None else PostState()
        if not post.asks:
            return False
        if post.lost is None:
            return self.order(Word.POST, post=cue.id, act=self.sim.chance.choice(("send", "skip")), show=cue.show)
        if self.sim.clock.now() < post.lost.at + timedelta(seconds=LATEST_ARRIVAL * 2):
            return False
        channel = cue.channel
        places = self.sim.places
        is_out = any((where, text) == (channel, post.lost.text) for _, where, text in places.posts)
        return self.order(Word.POST, post=cue.id, act="sent" if is_out else "again", show=cue.show)

    def _send_after_all(self, show: ShowPlan, state: ShowState) -> None:
        """Somebody has mended a channel, or sees that a post was left out by mistake; what is not true is refused."""
        for cue in show.cues_of(Lane.POSTS):
            settled, chance = state.settled.get(cue.id), self.sim.chance.random()
            if settled is None and chance < SKIPPED:
                self.order(Word.POST, post=cue.id, act="skip", show=show.id)
            elif settled is not None and settled.end is not End.DONE and chance < SENT_AFTER_ALL:
                self.order(Word.POST, post=cue.id, act="send", show=show.id)

    def _tidy_posts(self, show: ShowPlan) -> None:
        """In the end no post is left to wait for people."""
        state = self.sim.conductor.state.show(show.id) if self.sim.conductor is not None else ShowState()
        if state.phase.is_over and Lane.POSTS in state.lanes_held:
            self.order(Word.RESUME, show=show.id, lane="posts")
        for cue in show.cues_of(Lane.POSTS):
            post = state.post(cue.id)
            if post.asks:
                self._answer(cue)
            elif post.held_by:
                self.order(Word.POST, post=cue.id, act="resume", show=show.id)

    def do_edit(self, one: Happening) -> bool:
        """Somebody writes the season's file anew and has it reloaded; what is refused is written back."""
        sim, conductor = self.sim, self.sim.conductor
        if conductor is None or sim.life is None or sim.stalled_until > sim.time.now:
            return False
        chance = Random(f"{sim.seed}:edit {one.at}")
        old, (new, what) = (sim.document, sim.file), edited(sim.document, chance)
        plan, refused = read_season(new)
        if plan is None or not what:
            sim.say(f"edit: {what}, refused: {refused}")
            return False
        rewrite = Rewrite(who="Aigul", source="simulation", cut=chance.random() < 0.3, key=f"edit {one.at}")
        reading = Reading(plan=plan, season_hash=f"hash {one.at}", words=words)
        sim.say(f"edit{', cutting' if rewrite.cut else ''}: {what}")
        sim.document, sim.file = new, plan

        async def give() -> None:
            before = conductor.state, conductor.plan
            try:
                await conductor.replace_plan(reading, rewrite)
            except (NotNow, JournalError) as refusal:
                sim.document, sim.file = old
                sim.say(f"the edit is refused: {refusal}")
                if conductor.plan is not before[1]:
                    sim.broken.append("a refused edit was applied")
                return
            sim.take_plan(conductor.plan)
            sim.broken += broken_by_edit(*before, conductor.state, conductor.plan, sim.clock.now(), cut=rewrite.cut)

        self.sim.others.append(sim.loop.create_task(give(), name="edit"))
        sim.trouble()
        return True

    def look(self) -> None:
        """Somebody looks at the panel now and then, and in the end leaves nothing on hold and nothing on stage."""
        self.sim.time.after(CREW_LOOKS_EVERY, self.look)
        conductor, now = self.sim.conductor, self.sim.clock.now()
        if conductor is None or self.sim.life is None:
            return
        is_tidying = self.sim.time.now >= self.sim.tidy_at
        if is_tidying and not self.sim.obs.is_linked:
            self.sim.obs.is_linked = True
            self.sim.trouble()
        for show in self.sim.plan.shows:
            state = conductor.state.show(show.id)
            if is_tidying:
                self._tidy_posts(show)
            elif self.sim.seed % CLUMSY_SEEDS == 0:
                self._send_after_all(show, state)
            if is_tidying and state.lanes_held and not state.phase.is_over:
                self.order(Word.RESUME, show=show.id)
            if state.phase not in (Phase.STANDBY, Phase.LIVE):
                continue
            if self.sim.time.now > self.sim.tidy_at + micro(END_AFTER):
                self.order(Word.END, show=show.id)
            elif state.is_held and (is_tidying or self.sim.chance.random() < 0.3):
                self.order(Word.RESUME, show=show.id)
            elif not state.is_held and self.sim.chance.random() < 0.7:
                coming = rundown(show, state, now).next
                if coming is not None and coming.due is None and coming.expected <= now and now >= show.go_live:
                    self.order(Word.GO, show=show.id)


def words(*about: Any) -> Message:
    """The text of a post: its cue, so that it is known again, the time that it tells, and the link."""
    show, cue, link = about
    return Message(text=f"{cue.id} {show.go_live:%H:%M:%S} {link}".strip())
