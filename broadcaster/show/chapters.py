"""Which chapters does a show's video get, from the times as they really were?

YouTube's rules: the first at 0:00, at least three, in order, each at least ten seconds long.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcaster.season.plan import Action, Lane, ShowPlan
from broadcaster.show.bound import carries
from broadcaster.show.records import End
from broadcaster.show.state import ShowState

SHORTEST = timedelta(seconds=10)
FEWEST = 3
DESCRIPTION_BYTES = 5000
TITLE_LENGTH = 100
_LEADING_TIME = re.compile(r"^(?:[\s\-–—|:.()\[\]]*\d{1,3}(?::\d{2}){1,2})+[\s\-–—|:.()\[\]]*")
_CHAPTER_LINE = re.compile(r"^\s*0?0:00(?::00)?\b", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A place in the video, counted from its beginning in whole seconds."""

    at: int
    title: str

    @property
    def line(self) -> str:
        """As YouTube reads it: `0:00 Opening film`, `1:02:03 Finale`."""
        hours, rest = divmod(self.at, 3600)
        clock = f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
        return f"{clock} {self.title}"


def chapters(plan: ShowPlan, state: ShowState, began: datetime, ended: datetime) -> tuple[Chapter, ...]:
    """The chapters of the video that ran from `began` to `ended`; empty when there are too few for YouTube.

    A segment that was on for less than ten seconds gives its place to the one before it.
    """
    starts = [(max(_on_air_at(plan, state, name), began), name) for name in state.started]
    titles = {segment.id: segment.title for segment in plan.segments}
    entries = [(at, titles[name]) for at, name in starts if name in titles and at < ended]
    if entries and entries[0][0] - began >= SHORTEST:
        entries.insert(0, (began, plan.title))
    found: list[tuple[datetime, str]] = []
    for index, (at, title) in enumerate(entries):
        until = entries[index + 1][0] if index + 1 < len(entries) else ended
        place = at if found else began
        if until - place >= SHORTEST:
            found.append((place, title))
    made = tuple(Chapter(at=int((at - began).total_seconds()), title=plain_title(title)) for at, title in found)
    return made if len(made) >= FEWEST else ()


def _on_air_at(plan: ShowPlan, state: ShowState, segment: str) -> datetime:
    """When OBS began to show it, else when the rundown came to it."""
    for cue in plan.cues_of(Lane.PROGRAM, Action.TAKE):
        if cue.subject == segment and cue.id in state.settled and state.settled[cue.id].end is End.DONE:
            return state.settled[cue.id].at
    return state.started[segment]


def plain_title(title: str) -> str:
    """One line, without a time at its beginning (it would be read as the chapter's), and without < and >."""
    line = " ".join(title.replace("<", " ").replace(">", " ").split())
    return _LEADING_TIME.sub("", line)[:TITLE_LENGTH].strip() or "Untitled"


def with_chapters(description: str, made: tuple[Chapter, ...], marker: str) -> tuple[str, str]:
    """The description with the chapters before our marker, and, where they are left out, why.

    A description that has them already is given back as it is.
    """
    if not made:
        return description, f"fewer than {FEWEST} segments of at least {SHORTEST.seconds} s were on air"
    block = "\n".join(chapter.line for chapter in made)
    text = description.replace("\r\n", "\n")
    if block in text:
        return description, ""
    if _CHAPTER_LINE.search(text):
        return description, "the description has chapters of its own"
    lines = text.rstrip().split("\n")
    place = len(lines)
    if carries(text, marker):
        place = max(index for index, line in enumerate(lines) if line.strip() == marker)
    above, below = "\n".join(lines[:place]).rstrip(), "\n".join(lines[place:])
    whole = "\n\n".join(part for part in (above, block, below) if part)
    if len(whole.encode()) > DESCRIPTION_BYTES:
        return description, f"the description would be longer than YouTube's {DESCRIPTION_BYTES} characters"
    return whole, ""
