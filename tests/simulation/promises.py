"""What does the product promise, and was it kept? Judged by what is really so outside, and by the journal."""

from collections import Counter
from datetime import datetime
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

from broadcaster.adapters.journal.translate import faults
from broadcaster.season.errors import BROKEN
from broadcaster.season.plan import Lane, Plan, ShowPlan
from broadcaster.show.fold import fold
from broadcaster.show.observed import Lifecycle
from broadcaster.show.phases import Phase
from broadcaster.show.records import COMMAND_GIVEN, CUE_SETTLED, LANE_HELD, End, Result
from broadcaster.show.rundown import rundown
from broadcaster.show.state import SeasonState, ShowState
from broadcaster.show.turn import Verb
from tests.simulation.promises_posts import posts_in_the_end, posts_true

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

OPENS = ("send", "again", "sent")
"""What an operator may say of a post that has had its end, unless it is out."""


def broken_at_rest(sim: "Simulation") -> list[str]:
    """What must hold whenever nothing has gone wrong for a while: the far ends are as desired, or a hand keeps them."""
    conductor, studio = sim.conductor, sim.studio
    if conductor is None or studio is None or not sim.obs.can_be_reached:
        return []
    found = []
    states = [(show, conductor.state.show(show.id)) for show in sim.plan.shows]
    driving = [(show, state) for show, state in states if state.phase in (Phase.STANDBY, Phase.LIVE)]
    if len(driving) > 1:
        found.append(f"{len(driving)} shows drive the studio at once")
    found += posts_true(sim)
    on_stage = driving or [(show, state) for show, state in states if state.phase is Phase.CLOSING]
    if studio.seen != sim.obs.state:
        found.append(f"OBS is {sim.obs.state.program} and is seen as {studio.seen and studio.seen.program}")
    if len(on_stage) != 1:
        return found
    show, state = on_stage[0]
    if _is_waiting(state, sim) or state.open:
        return found
    return [*found, *_scene(show, state, sim), *_encoder(show, state, sim)]


def _is_waiting(state: ShowState, sim: "Simulation") -> bool:
    """Something was refused or failed, and its pause is not over."""
    return any(at > sim.clock.now() for at in state.retry_at.values())


def _scene(show: ShowPlan, state: ShowState, sim: "Simulation") -> list[str]:
    if Lane.PROGRAM in state.lanes_held:
        return []
    if state.phase is Phase.CLOSING:
        wanted, subject, due = show.closing_scene, "closing", None
    elif state.started:
        subject = list(state.started)[-1]
        wanted = state.shifts.aired[subject].scene  # whatever an edit has made of it since
        due = state.started[subject]
    else:
        wanted, subject, due = show.standby_scene, "standby", show.standby_at
    if state.override is not None and (due is None or state.override.rules_over(due)):
        return []  # whether it rules over the closing is the product's to say
    if show.falls_back and state.alarm_since is not None and state.phase is Phase.LIVE:
        wanted, subject = show.fallback_scene, "nothing arrives"
        if any(name.startswith(f"{show.id}/program/fallback/") for name in state.failures):
            return []
    cue = f"{show.id}/program/take/{subject}"
    settled = state.settled.get(cue)
    if settled is not None and settled.end is End.FAILED:
        return []
    if cue in state.ruled or (settled is not None and settled.end is End.SKIPPED and "late" in settled.why):
        return []  # it was too late, and its own rule has decided
    if state.phase is Phase.CLOSING and all(
        one.id in state.settled for one in show.cues if one.lane in (Lane.PROGRAM, Lane.ENCODER)
    ):
        return []  # it has left the stage
    if sim.obs.state.program != wanted:
        return [f"{show.id} is {state.phase}: {sim.obs.state.program} is on air, {wanted} of {subject} is wanted"]
    return []


def _encoder(show: ShowPlan, state: ShowState, sim: "Simulation") -> list[str]:
    if show.broadcast is None or state.phase is Phase.CLOSING or Lane.ENCODER in state.lanes_held:
        return []
    if sim.clock.now() <= show.standby_at + state.shifts.standby or not state.stream_id:
        return []
    if not sim.obs.state.is_streaming:
        return [f"{show.id} is {state.phase}, and OBS does not stream"]
    return []


def broken_in_the_end(sim: "Simulation") -> list[str]:
    """What must hold of a season that is over."""
    if sim.conductor is None:
        return ["there is no conductor"]
    state = sim.conductor.state
    found = [
        f"{show.id} is still {state.show(show.id).phase}"
        for show in sim.plan.shows
        if not state.show(show.id).phase.is_over
    ]
    if found:
        return [*found, *broken_journal(sim)]
    for show in sim.over.values():
        found += _one_broadcast(show, sim)
        found += _cues_ended(show, sim)
        found += _told_truly(show, state.show(show.id), sim)
        found += _dressed_truly(show, state.show(show.id), sim)
    found += _hands_that_were_none(sim)
    found += posts_in_the_end(sim)
    found += _nothing_left_on(sim)
    return [*found, *broken_journal(sim)]


def _one_broadcast(show: ShowPlan, sim: "Simulation") -> list[str]:
    if show.broadcast is None:
        return []
    ours = [video for video in sim.channel.videos if video.marker == show.broadcast.marker]
    found = []
    for before, after in pairwise(ours):
        if before.deleted_at is None or before.deleted_at > after.made_at:
            found.append(f"{show.id} has two broadcasts, {before.id} and {after.id}")
    live = [video for video in ours if video.went_live_at is not None]
    if len(live) > 1:
        found.append(f"{show.id} went live {len(live)} times")
    if len({name for _, name in sim.channel.streams}) != len(sim.channel.streams):
        found.append("the channel has two streams of ours")
    return found


def _cues_ended(show: ShowPlan, sim: "Simulation") -> list[str]:
    """Each cue has one end, or one more for each time that an operator sent a post that was not out."""
    ends: dict[str, End] = {}
    found, opened = [], set()
    for record in sim.disk.records:
        if record.ids.get("show") != show.id:
            continue
        if record.kind == COMMAND_GIVEN and record.data["verb"] == "post" and record.data["act"] in OPENS:
            opened.add(record.data["post"])
        if record.kind == CUE_SETTLED:
            cue = record.ids["cue"]
            if cue in ends and (cue not in opened or ends[cue] is End.DONE):
                found.append(f"{cue} ended as {ends[cue]} and as {record.data['end']}")
            ends[cue] = End(record.data["end"])
            opened.discard(cue)
    still_open = {cue for cue in opened if ends.get(cue) is not End.DONE}
    return found + [f"{cue.id} has no end" for cue in show.cues if cue.id not in ends or cue.id in still_open]


def _told_truly(show: ShowPlan, state: ShowState, sim: "Simulation") -> list[str]:
    """A cue that is recorded as done was done; a post that is recorded as left out was not sent."""
    found = []
    for cue in show.cues:
        settled = state.settled.get(cue.id)
        if settled is None:
            continue
        if cue.lane is Lane.PROGRAM and settled.end is End.DONE:
            aired = state.shifts.aired.get(cue.subject)
            what = aired.scene if aired is not None else cue.what
            if all(scene != what for _, scene in sim.obs.on_air):
                found.append(f"{cue.id} is recorded as done and {what} was never on air")
        if cue.lane is Lane.BROADCAST and show.broadcast is not None and settled.end is End.DONE:
            ours = [video for video in sim.channel.videos if video.marker == show.broadcast.marker]
            if cue.action == "live" and all(video.went_live_at is None for video in ours):
                found.append(f"{cue.id} is recorded as done and no broadcast went live")
            if cue.action == "complete" and all(video.now.lifecycle is not Lifecycle.COMPLETE for video in ours):
                found.append(f"{cue.id} is recorded as done and no broadcast is complete")
    return found


def _dressed_truly(show: ShowPlan, state: ShowState, sim: "Simulation") -> list[str]:
    """What is recorded as in place is there, and no video is twice in a playlist."""
    video, held = state.broadcast_id, sim.channel.playlists
    found = [
        f"{name} is {count} times in {playlist}"
        for playlist, videos in held.items()
        for name, count in Counter(videos).items()
        if count > 1 and name == video
    ]
    if "thumbnail" in state.dressed.in_place and video not in sim.channel.thumbnails:
        found.append(f"{show.id} is recorded as having its thumbnail, which was never set")
    if "playlist" in state.dressed.in_place and all(video not in videos for videos in held.values()):
        found.append(f"{show.id} is recorded as being in a playlist, and is in none")
    return found


def broken_by_edit(
    before: SeasonState, was: Plan, after: SeasonState, plan: Plan, now: datetime, *, cut: bool
) -> list[str]:
    """The past is never rewritten, and a segment on air is not cut by an edit unless that was asked for."""
    found = []
    for show in was.shows:
        old, new = before.show(show.id), after.show(show.id)
        ended = [cue for cue, end in old.settled.items() if new.settled.get(cue) != end]
        if any(cue in new.settled or not new.post(cue).sent_by for cue in ended):  # or sent after all
            found.append(f"the edit has changed how a cue of {show.id} ended")
        if any(new.started.get(segment) != at for segment, at in old.started.items()):
            found.append(f"the edit has changed when a segment of {show.id} began")
        if cut or not old.phase.is_on_stage or list(new.started) != list(old.started):
            continue
        if not any(each.id == show.id for each in plan.shows):
            found.append(f"the edit has taken {show.id} out, which is on stage")
            continue
        then, since = rundown(show, old, now), rundown(plan.show(show.id), new, now)
        if then.current is None or since.current is None or then.current_until is None:
            continue
        if since.current.scene != then.current.scene or (since.current_until or now) < then.current_until:
            found.append(f"the edit has cut {then.current.id} of {show.id}")
    return found


HANDS = {
    Lane.PROGRAM: {"cut", "reordered_events", "late_events", "start_stream"},
    Lane.ENCODER: {"stop_stream"},
    Lane.BROADCAST: {"end_in_studio", "delete_in_studio", "unbind"},
}
"""What may make a lane look as if a hand had changed it."""


def _hands_that_were_none(sim: "Simulation") -> list[str]:
    """A lane is put on hold for a hand only where there was one."""
    happened = {one.kind for one in sim.script}
    return [
        f"{record.ids['lane']} of {record.ids['show']} was held for {record.data['by']}, and nobody was there"
        for record in sim.disk.records
        if record.kind == LANE_HELD
        and record.data["by"].startswith("a hand in")
        and not happened & HANDS.get(Lane(record.ids["lane"]), happened)
    ]


def _nothing_left_on(sim: "Simulation") -> list[str]:
    """No broadcast of ours is left live, and OBS does not go on sending to it, unless somebody else keeps it so."""
    found = []
    if sim.conductor is None:
        return found
    for show in sim.over.values():
        if show.broadcast is None or sim.conductor.state.show(show.id).phase is Phase.MISSED:
            continue
        state = sim.conductor.state.show(show.id)
        complete = next(cue for cue in show.cues if cue.lane is Lane.BROADCAST and cue.action == "complete")
        for video in sim.channel.videos:
            if video.marker == show.broadcast.marker and video.deleted_at is None and not video.touched_by_hand:
                if video.now.lifecycle is Lifecycle.LIVE and state.settled[complete.id].end is End.DONE:
                    found.append(f"{video.id} of {show.id} is live and its end is recorded as done")
                refused = state.result(complete.id, Verb.COMPLETE) is Result.REFUSED
                is_held = Lane.BROADCAST in state.lanes_held
                if video.now.lifecycle is Lifecycle.LIVE and not refused and not is_held:
                    found.append(f"{video.id} of {show.id} is left live ({state.settled[complete.id].why})")
    return found


def broken_journal(sim: "Simulation") -> list[str]:
    """The chain verifies, folds to the same state however it is split, and tells of no code that broke."""
    found = [fault.message for fault in faults(sim.disk.rows, sim.disk.head)]
    records = sim.disk.records
    found += [f"{each.ids['act']}: {each.data['reason']}" for each in records if each.data.get("code") == BROKEN]
    states = [SeasonState()]
    for record in records:
        states.append(fold(states[-1], [record]))
    whole = states[-1]
    chance = Random(sim.seed)
    first, second = sorted(chance.randrange(len(records) + 1) for _ in range(2))
    if (between := fold(states[first], records[first:second])) != states[second]:
        found.append(f"the fold differs when it is split at records {first} and {second}")
    elif fold(between, records[second:]) != whole:
        found.append(f"the fold differs when it is split at record {second}")
    if sim.conductor is not None and sim.life is not None and sim.conductor.state != whole:
        found.append("the journal folds to another state than the run's own")
    return found
