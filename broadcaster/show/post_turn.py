"""How does the lane of posts ask for an act on a channel?"""

from broadcaster.season.plan import Cue
from broadcaster.show.turn import Turn, Verb


def channel_of(cue: Cue) -> str:
    """The channel of a post."""
    return cue.post.channel if cue.post is not None else ""


def ask(turn: Turn, cue: Cue, verb: Verb, *, why: str, what: str = "") -> None:
    """Ask for the act, unless its channel is left alone for now."""
    channel = channel_of(cue)
    pause = turn.around.channels.pauses.get(channel)
    if pause is not None and pause.until > turn.now:
        turn.wake(pause.until)
        return
    turn.ask(cue.id, verb, why=why, what=what, channel=channel)
