"""Is a show cancelled by its season, and when is nothing left of it to clear away?"""

from broadcaster.season.plan import Lane
from broadcaster.show.left_live import GIVE_UP_AFTER
from broadcaster.show.phases import Phase
from broadcaster.show.records import COMMAND_GIVEN, Note
from broadcaster.show.turn import Turn

BY_THE_FILE = "the season file"


def cancel(turn: Turn) -> None:
    """Cancel a show that the season calls off, as the order does."""
    written, state = turn.written or turn.plan, turn.state
    if not written.is_cancelled or state.cancelled_at is not None:
        return
    may_be = state.phase in (Phase.PLANNED, Phase.PREPARING, Phase.READY, Phase.STANDBY)
    if may_be and state.live_at is None and state.live_asked_at is None:
        data = {"verb": "cancel", "who": BY_THE_FILE, "from": BY_THE_FILE}
        turn.answer.notes.append(Note(kind=COMMAND_GIVEN, ids={"show": turn.plan.id}, data=data))


def is_withdrawn(turn: Turn) -> bool:
    """Nothing of a cancelled show is left on the platform, or it was tried for long enough."""
    cancelled_at = turn.state.cancelled_at
    if cancelled_at is None:
        return False
    given_up_at = cancelled_at + GIVE_UP_AFTER
    turn.wake(given_up_at)
    left = [cue for cue in turn.plan.cues_of(Lane.BROADCAST) if not turn.is_settled(cue)]
    return turn.state.phase is Phase.PLANNED or not left or turn.now >= given_up_at
