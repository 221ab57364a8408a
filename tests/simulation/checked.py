"""Does a decision really hold until something changes, or the first moment comes for which it asks?"""

from datetime import UTC, datetime

from broadcaster.conductor.conductor import ARM_AHEAD
from broadcaster.conductor.decisions import Decisions
from broadcaster.season.plan import ShowPlan
from broadcaster.show.observed import Observed
from broadcaster.show.state import Around, ShowState
from broadcaster.show.turn import Answer


class CheckedDecisions(Decisions):
    """Decides anew each time, and tells where that differs from what was kept."""

    def __init__(self, broken: list[str]) -> None:
        super().__init__(ARM_AHEAD)
        self._broken = broken

    def answer(
        self, plan: ShowPlan, state: ShowState, around: Around, observed: Observed, now: datetime, busy: frozenset[str]
    ) -> Answer:
        kept = super().answer(plan, state, around, observed, now, busy)
        anew = self.decide(plan, state, around, observed, now, busy)
        if _gist(kept) != _gist(anew) or _first(anew) < _first(kept):
            self._broken.append(f"{plan.id} at {now}: kept {kept}, anew {anew}")
        return kept


def _gist(answer: Answer) -> tuple[object, ...]:
    return (
        answer.notes,
        [each.name for each in answer.commands],
        [each.name for each in answer.waiting],
        [each.name for each in answer.kept],
    )


def _first(answer: Answer) -> datetime:
    return min(answer.wakes, default=datetime.max.replace(tzinfo=UTC))
