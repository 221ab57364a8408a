"""What has to be checked and written down when the running season is replaced by another version of it?"""

from collections.abc import Callable
from dataclasses import dataclass

from broadcaster.conductor.perform import FarEnds, Words
from broadcaster.conductor.posting import Card
from broadcaster.season.plan import CHAT, Plan
from broadcaster.show.changes import Edit
from broadcaster.show.commands import NotNow
from broadcaster.show.dated import facts
from broadcaster.show.orders import Rewrite, given_by
from broadcaster.show.records import COMMAND_GIVEN, SEASON_CHANGED, Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A season that was read and keeps the rules; `season_hash` is of its text."""

    plan: Plan
    season_hash: str
    words: Words
    card: Card | None = None
    """None: posts have the pictures that they had."""


ReadSeason = Callable[[str], Reading]
"""Reads a season's text, or its file for an empty one; may block, and raises SeasonError with every problem."""


def rewrite_notes(edit: Edit, reading: Reading, rewrite: Rewrite, ends: FarEnds) -> list[Note]:
    """The records of the edit; raises NotNow with every reason why it cannot be applied to what runs."""
    if refusals := [*edit.refusals, *_lacks(reading.plan, ends)]:
        raise NotNow(f"the season cannot be changed so: {'; '.join(refusals)}")
    ids = {"key": rewrite.key} if rewrite.key else {}
    given = {"verb": "reload", **given_by(rewrite), "cut": rewrite.cut}
    difference = [each.as_json() for each in edit.changes]
    changed = {"season_hash": reading.season_hash, "difference": difference, "shows": facts(edit.plan)}
    return [
        Note(kind=COMMAND_GIVEN, ids=ids, data=given),
        Note(kind=SEASON_CHANGED, ids={}, data=changed),
        *edit.notes,
    ]


def _lacks(plan: Plan, ends: FarEnds) -> list[str]:
    """What the plan needs and this run was not started with."""
    channels = {cue.post.channel for show in plan.shows for cue in show.cues if cue.post is not None} - {CHAT}
    lacks = [f"it posts to {name!r}, which this run has not opened" for name in channels - set(ends.channels)]
    if ends.broadcasts is None and any(show.broadcast is not None for show in plan.shows):
        lacks.append("it goes to YouTube, where this run is not signed in")
    return [f"{each}: restart the service" for each in lacks]
