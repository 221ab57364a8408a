"""How far has a show come, and what may follow? A table, and one function that keeps to it."""

from enum import StrEnum


class Phase(StrEnum):
    """A show's stage, from the first thought of it to the end."""

    PLANNED = "planned"
    PREPARING = "preparing"
    READY = "ready"
    STANDBY = "standby"
    LIVE = "live"
    CLOSING = "closing"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Nothing more will be done for the show, but to post what is still to come."""
        return self in (Phase.DONE, Phase.MISSED, Phase.CANCELLED)

    @property
    def is_on_stage(self) -> bool:
        """The show drives the studio."""
        return self in (Phase.STANDBY, Phase.LIVE, Phase.CLOSING)


MAY_FOLLOW: dict[Phase, frozenset[Phase]] = {
    Phase.PLANNED: frozenset({Phase.PREPARING, Phase.MISSED, Phase.CANCELLED}),
    Phase.PREPARING: frozenset({Phase.READY, Phase.STANDBY, Phase.MISSED, Phase.CANCELLED}),
    Phase.READY: frozenset({Phase.STANDBY, Phase.MISSED, Phase.CANCELLED}),
    Phase.STANDBY: frozenset({Phase.LIVE, Phase.CLOSING}),
    Phase.LIVE: frozenset({Phase.CLOSING}),
    Phase.CLOSING: frozenset({Phase.DONE, Phase.CANCELLED}),
    Phase.DONE: frozenset(),
    Phase.MISSED: frozenset(),
    Phase.CANCELLED: frozenset(),
}


def enter(now: Phase, wanted: Phase) -> Phase:
    """Return `wanted`; raises ValueError where the table does not allow the step."""
    if wanted not in MAY_FOLLOW[now]:
        raise ValueError(f"a show cannot go from {now} to {wanted}")
    return wanted
