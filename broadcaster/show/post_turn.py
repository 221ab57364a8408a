"""How does the lane of posts ask for an act on a channel?"""

from broadcaster.season.plan import Cue
from broadcaster.show.turn import Turn, Verb


def ask(turn: Turn, cue: Cue, verb: Verb, *, why: str, what: str = "") -> None:
    """Ask for the act, unless its channel is left alone for now."""
    pause = turn.around.channels.pauses.get(cue.channel)
    if pause is not None and pause.until > turn.now:
        turn.wake(pause.until)
        return
    turn.ask(cue.id, verb, why=why, what=what, channel=cue.channel)
