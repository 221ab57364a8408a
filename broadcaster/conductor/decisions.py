"""What was decided last for each show, and does it still hold?

A decision follows from what is known of the show alone, and says when it has to be looked at again. Until something
that it follows from changes, or that moment comes, deciding anew would only say the same.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcaster.season.plan import ShowPlan
from broadcaster.show.decide import decide_alone
from broadcaster.show.observed import Observed
from broadcaster.show.state import Around, ShowState
from broadcaster.show.turn import Answer

HOLDS_AT_MOST = timedelta(seconds=30)
"""However little changes, the first turn after so long decides anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An answer that asked for nothing, and all that it follows from."""

    plan: ShowPlan
    state: ShowState
    around: Around
    observed: Observed
    busy: frozenset[str]
    since: datetime
    until: datetime
    answer: Answer


class Decisions:
    """Decides for the shows of one season; keeps one decision for each."""

    def __init__(self, arm_ahead: timedelta) -> None:
        self._arm_ahead = arm_ahead
        self._last: dict[str, Decision] = {}

    def answer(
        self, plan: ShowPlan, state: ShowState, around: Around, observed: Observed, now: datetime, busy: frozenset[str]
    ) -> Answer:
        """As `show.decide` answers; `busy` are the acts of this show that are under way."""
        last = self._last.get(plan.id)
        if (
            last is not None
            and last.since <= now < last.until
            and last.plan is plan  # values that are never changed, only replaced
            and last.state is state
            and last.around == around
            and last.busy == busy
            and last.observed == observed
        ):
            return last.answer
        answer = self.decide(plan, state, around, observed, now, busy)
        if answer.notes or answer.commands:
            self._last.pop(plan.id, None)
        else:
            until = min([*answer.wakes, now + HOLDS_AT_MOST])
            self._last[plan.id] = Decision(
                plan=plan,
                state=state,
                around=around,
                observed=observed,
                busy=busy,
                since=now,
                until=until,
                answer=answer,
            )
        return answer

    def decide(
        self,
        plan: ShowPlan,
        state: ShowState,
        around: Around,
        observed: Observed,
        now: datetime,
        busy: frozenset[str],
    ) -> Answer:
        """Anew."""
        return decide_alone(plan, state, around, observed, now=now, arm_ahead=self._arm_ahead, busy=busy)
