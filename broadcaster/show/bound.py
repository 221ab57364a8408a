"""Do the show, its broadcast, its stream, its key and the key that OBS really holds belong together?

They are compared from shortly before standby until the end. Where they do not, nothing is tested or taken live by
itself: the wrong show on the channel is worse than a late one.
"""

from datetime import datetime, timedelta

from broadcaster.season.plan import Action, BroadcastPlan, Lane, ShowPlan
from broadcaster.season.said import say
from broadcaster.show.observed import BroadcastSeen, Lifecycle, Observed, StudioSeen
from broadcaster.show.phases import Phase
from broadcaster.show.state import ShowState

POINT_AHEAD = timedelta(minutes=2)
"""How long before standby the encoder is given its server and key, and all are compared."""
OTHER_KEY = say("OBS streams to another server or key than this show's: stop it there, it is then set right")
OVER = (Lifecycle.COMPLETE, Lifecycle.REVOKED)


def carries(description: str, marker: str) -> bool:
    """Whether the marker is a line of its own in the description."""
    return any(line.strip() == marker for line in description.splitlines())


def marked(description: str, marker: str) -> str:
    """The description with the marker as a line of its own, added at the end where it is missing."""
    return description if carries(description, marker) else f"{description.rstrip()}\n\n{marker}".lstrip()


def is_ours(plan: BroadcastPlan, seen: BroadcastSeen) -> bool:
    """By our marker, or by the id that the season file names; never by title or time."""
    if plan.adopt:
        return seen.id == plan.adopt
    return seen.marker == plan.marker or carries(seen.description, plan.marker)


def mismatches(
    plan: ShowPlan, state: ShowState, observed: Observed, now: datetime, *, is_stage_taken: bool = False
) -> tuple[str, ...]:
    """What does not belong together, each as a sentence with its remedy; nothing while it is not compared.

    What is not known is no mismatch: where OBS is away, healthy video on our own bound stream proves the key. While
    another show has the stage, the key that OBS holds is that one's.
    """
    if plan.broadcast is None or not state.broadcast_id or not _is_compared(plan, state, now):
        return ()
    found = _of_the_platform(plan.broadcast, state, observed, is_prepared=_is_prepared(plan, state))
    if observed.studio is not None and not is_stage_taken:
        found.append(_of_the_key(plan, state, observed.studio))
    return tuple(sentence for sentence in found if sentence)


def _is_compared(plan: ShowPlan, state: ShowState, now: datetime) -> bool:
    if state.phase is Phase.READY:
        return now >= plan.standby_at - POINT_AHEAD
    return state.phase in (Phase.STANDBY, Phase.LIVE)


def _is_prepared(plan: ShowPlan, state: ShowState) -> bool:
    return all(cue.id in state.settled for cue in plan.cues_of(Lane.BROADCAST, Action.CREATE))


def _of_the_platform(plan: BroadcastPlan, state: ShowState, observed: Observed, *, is_prepared: bool) -> list[str]:
    seen, stream = observed.broadcast, observed.stream
    found: list[str] = []
    if seen is not None and seen.id != state.broadcast_id:
        other = "YouTube shows broadcast {other}, but this show's is {broadcast}: look in YouTube Studio"
        found.append(say(other, other=seen.id, broadcast=state.broadcast_id))
    elif seen is not None and not is_ours(plan, seen):
        found.append(
            say(
                "the broadcast {broadcast} does not carry the line {marker} any more, so it may be another show's: "
                "put the line back into its description",
                broadcast=seen.id,
                marker=repr(plan.marker),
            )
        )
    if seen is not None and is_prepared and seen.stream_id != state.stream_id and seen.lifecycle not in OVER:
        found.append(_bound_elsewhere(seen, state))
    if stream is not None and stream.id != state.stream_id:
        other = "YouTube shows stream {other}, but this show's is {stream}: look in YouTube Studio"
        found.append(say(other, other=stream.id, stream=state.stream_id))
    return found


def _bound_elsewhere(seen: BroadcastSeen, state: ShowState) -> str:
    if not seen.stream_id:
        return say(
            "the broadcast {broadcast} is bound to no stream, not to this show's ({stream}): in YouTube Studio, "
            "choose the stream key of this show for it",
            broadcast=seen.id,
            stream=state.stream_id,
        )
    return say(
        "the broadcast {broadcast} is bound to another stream ({other}), not to this show's ({stream}): in YouTube "
        "Studio, choose the stream key of this show for it",
        broadcast=seen.id,
        other=seen.stream_id,
        stream=state.stream_id,
    )


def _of_the_key(plan: ShowPlan, state: ShowState, studio: StudioSeen) -> str:
    start = plan.cues_of(Lane.ENCODER, Action.START)
    if not start or studio.target == state.target:
        return ""
    could_not_point = state.failures.get(f"{start[0].id}:point", 0) > 0
    if studio.is_streaming and (state.target or could_not_point):
        return OTHER_KEY
    if not studio.is_streaming and (could_not_point or Lane.ENCODER in state.lanes_held):
        return say(
            "OBS holds another server or key than this show's: give the encoder back with `resume --lane encoder`"
        )
    return ""  # it is just being given its key
