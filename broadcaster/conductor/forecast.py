"""How far does today's quota go, and does what was reckoned last still hold?

It is looked at in every turn, and changes with the record and with what calls cost; time alone changes it slowly.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcaster.season.plan import Plan
from broadcaster.show.outlook import Outlook, Standing, reckoned, standings
from broadcaster.show.quota import Budget, Ledger
from broadcaster.show.state import SeasonState

HOLDS_FOR = timedelta(seconds=5)
"""Units for the looks of so long a time are reckoned too much at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """An outlook, and all that it follows from."""

    plan: Plan
    standings: tuple[Standing, ...]
    quota: Ledger
    budget: Budget
    unrecorded: int
    since: datetime
    outlook: Outlook


class Forecast:
    """Reckons the outlook of a season; keeps the last."""

    def __init__(self) -> None:
        self._last: Reckoned | None = None

    def outlook(self, plan: Plan, season: SeasonState, budget: Budget, unrecorded: int, now: datetime) -> Outlook:
        """As `show.outlook` has it, at most HOLDS_FOR ago."""
        last, stands = self._last, standings(plan, season)
        if (
            last is not None
            and last.since <= now < min(last.since + HOLDS_FOR, last.outlook.resets_at)
            and last.plan is plan  # values that are never changed, only replaced
            and last.quota is season.quota
            and last.budget is budget
            and last.unrecorded == unrecorded
            and last.standings == stands
        ):
            return last.outlook
        ahead = reckoned(plan, stands, season.quota, budget, now, unrecorded=unrecorded)
        self._last = Reckoned(
            plan=plan,
            standings=stands,
            quota=season.quota,
            budget=budget,
            unrecorded=unrecorded,
            since=now,
            outlook=ahead,
        )
        return ahead
