"""What is known of the far ends at this moment: who answers, what they say, and when to ask again.

OBS tells by itself. YouTube has to be asked: as often as the moment needs, and less while it does not answer.
"""

import hashlib
import logging
from collections.abc import Callable, Coroutine, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from broadcaster.conductor.broken import sound
from broadcaster.conductor.perform import Answered, FarEnds, far_end_of
from broadcaster.ports import Broadcasts, Clock
from broadcaster.season.errors import Broken, FarEndError, NeedsHuman, OutcomeUnknown, Unavailable
from broadcaster.season.plan import Plan, ShowPlan
from broadcaster.show.attention import VIDEO_MOST, is_needed, pace, video_pace
from broadcaster.show.commands import current_show
from broadcaster.show.observed import BroadcastSeen, Observed, StreamSeen, StudioSeen, VideoSeen
from broadcaster.show.outlook import Outlook, paced
from broadcaster.show.quota import USED_UP, seen_note
from broadcaster.show.records import FAR_END_BACK, FAR_END_LOST, Note
from broadcaster.show.state import SeasonState, ShowState
from broadcaster.show.turn import Command, Verb

log = logging.getLogger(__name__)

BACK_OFF_FIRST, BACK_OFF_MOST = timedelta(seconds=1), timedelta(seconds=30)
BACK_OFF_ON_STAGE = timedelta(seconds=5)
OLD_AFTER = timedelta(seconds=5)
"""What was seen before a gap in time longer than this is seen anew before anything is decided."""
MANY = 10
"""Failures in a row after which the pause grows no more."""
GONE_AFTER_LOOKS = 3
"""A list may leave out what was made a moment ago: so often has YouTube to say that it has none of that id."""


def back_off(failures: int, *, on_stage: bool) -> timedelta:
    """How long to leave a far end alone after so many failures in a row."""
    grown: timedelta = BACK_OFF_FIRST * 2 ** min(failures, MANY)
    return min(grown, BACK_OFF_ON_STAGE if on_stage else BACK_OFF_MOST)


def _who(command: Command) -> str:
    """Who may want a person: a far end, or one of the channels for announcements."""
    end = far_end_of(command.verb)
    return command.channel if end == "posts" and command.channel else end


class Sight:
    """The far ends as seen from here. `on_news` is called after every change; `take_notes` hands out what to record."""

    def __init__(self, plan: Plan, ends: FarEnds, clock: Clock, on_news: Callable[[], None]) -> None:
        self.looking: set[str] = set()
        self._plan = plan
        self._ends = ends
        self._clock = clock
        self._on_news = on_news
        self._notes: list[Note] = []
        self._away: frozenset[str] = frozenset()
        self._needs_human: Mapping[str, str] = {}
        self._broadcasts: dict[str, BroadcastSeen] = {}
        self._streams: dict[str, StreamSeen] = {}
        self._videos: dict[str, VideoSeen] = {}
        self._video_looked_at: dict[str, datetime] = {}
        self._video_misses: dict[str, int] = {}
        self._receiving_at: dict[str, datetime] = {}
        self._pictures: dict[str, str] = {}
        self._touched: dict[str, int] = {}
        self._looked_at: dict[str, datetime] = {}
        self._look_after: dict[str, datetime] = {}
        self._look_failures: dict[str, int] = {}
        self._misses: dict[str, int] = {}
        self._studio_before: StudioSeen | None = None
        self._is_studio_fresh = False
        self._has_stream_failed = False
        self._is_quota_empty = False
        if ends.graphics is not None:
            ends.graphics.watch(on_news)

    def observed(self, show: ShowPlan) -> Observed:
        """What is known of the far ends, for one show."""
        stream = self._streams.get(show.id)
        is_receiving = stream is not None and stream.is_active
        return Observed(
            studio=self._ends.studio.seen,
            broadcast=self._broadcasts.get(show.id),
            stream=stream,
            video=self._videos.get(show.id),
            graphics=self._ends.graphics.seen if self._ends.graphics is not None else None,
            receiving_at=None if is_receiving else self._receiving_at.get(show.id),
            picture=self._picture(show),
            is_broadcast_gone=self._misses.get(show.id, 0) >= GONE_AFTER_LOOKS,
            is_studio_fresh=self._is_studio_fresh,
            has_stream_failed=self._has_stream_failed,
            away=self._away,
            needs_human={**self._needs_human, **self._ends.closed()},
        )

    def _picture(self, show: ShowPlan) -> str | None:
        """The hash of the thumbnail's file, read once for each plan; None until then, and where there is none."""
        return self._pictures.get(show.broadcast.thumbnail) if show.broadcast and show.broadcast.thumbnail else None

    def _read_pictures(self, season: SeasonState, begin: Callable[[str, Coroutine[Any, Any, None]], object]) -> None:
        shows = [show for show in self._plan.shows if show.broadcast and not season.show(show.id).phase.is_over]
        names = {show.broadcast.thumbnail for show in shows if show.broadcast} - {""}
        for name in sorted(names - self._pictures.keys()):
            if (reading := f"picture {name}") not in self.looking:
                self.looking.add(reading)
                begin(f"read the picture {name}", self._read_picture(name, reading))

    async def _read_picture(self, name: str, reading: str) -> None:
        plan = self._plan
        try:
            found = hashlib.sha256(await self._ends.picture(name)).hexdigest()[:16]
        except OSError:
            found = ""
        finally:
            self.looking.discard(reading)
            self._on_news()
        if plan is self._plan:  # else it is read anew
            self._pictures[name] = found

    def replace_plan(self, plan: Plan) -> None:
        """Look after these shows from now on, with the pictures as they are now."""
        self._plan = plan
        self._pictures.clear()

    def has_looked(self, season: SeasonState, now: datetime) -> bool:
        """Every far end that the current show has to do with was seen, or has been found away."""
        show = current_show(self._plan, season, now)
        if show is None:
            return True
        seen, state = self.observed(show), season.show(show.id)
        is_asked = show.broadcast is not None and bool(state.broadcast_id) and state.phase.is_on_stage
        is_answered = seen.broadcast is not None or seen.is_broadcast_gone or "youtube" in seen.away
        return (seen.studio is not None or "obs" in seen.away) and (is_answered or not is_asked)

    def forget(self) -> None:
        """Nothing that has to be asked for counts any more: it is looked at again before anything is decided."""
        for show in self._plan.shows:
            self._broadcasts.pop(show.id, None)
            self._streams.pop(show.id, None)
            self._videos.pop(show.id, None)
            self._touch(show.id)  # a look that has begun is older
        for looked in (self._looked_at, self._look_after, self._video_looked_at):
            looked.clear()

    def doubt(self, lost: timedelta) -> None:
        """Nothing ran for so long, or the clock was set by so much: what was seen may be old."""
        if lost > OLD_AFTER:
            self.forget()

    def take_notes(self) -> list[Note]:
        """The losses and returns since the last call."""
        notes, self._notes = self._notes, []
        return notes

    def lost(self, end: str, why: str) -> None:
        """A far end does not answer; said once."""
        if end not in self._away:
            self._away |= {end}
            log.warning("%s is away: %s", end, why, extra={"event": "far_end_lost", "far_end": end})
            self._notes.append(Note(kind=FAR_END_LOST, ids={"far_end": end}, data={"why": why}))
            self._on_news()

    def back(self, end: str) -> None:
        """A far end answers; said once."""
        if end in self._away:
            self._away -= {end}
            if end == "youtube":
                self._streams.clear()  # what was seen of the video is from before it was away
            log.warning("%s is back", end, extra={"event": "far_end_back", "far_end": end})
            self._notes.append(Note(kind=FAR_END_BACK, ids={"far_end": end}, data={}))
            self._on_news()

    def _note_quota(self, *, is_empty: bool) -> None:
        """YouTube has refused a call for want of quota, or answers again; said once."""
        if self._is_quota_empty is not is_empty:
            self._is_quota_empty = is_empty
            self._notes.append(seen_note(is_empty=is_empty, now=self._clock.now()))

    # -- the studio: it tells by itself ---------------------------------------------------------------------------

    def on_studio(self) -> None:
        """The studio's state has changed."""
        before, after = self._studio_before, self._ends.studio.seen
        self._studio_before = after
        if after is None:
            self.lost("obs", "no connection")
        else:
            self.back("obs")
            if before is None:
                self._is_studio_fresh = True
            elif before.is_reconnecting and not after.is_streaming:
                self._has_stream_failed = True
            if after.is_streaming:
                self._has_stream_failed = False
        self._on_news()

    def settle_studio(self, missing: list[Command], busy: list[str]) -> None:
        """Once nothing is missing in the studio, later differences are a hand's."""
        of_studio = (Verb.TAKE, Verb.START, Verb.POINT, Verb.RESTART)
        is_missing = any(command.verb in of_studio for command in missing)
        is_under_way = any(name.rpartition(":")[2] in of_studio for name in busy)
        if self._ends.studio.seen is not None and not is_missing and not is_under_way:
            self._is_studio_fresh = False

    # -- YouTube: it has to be asked --------------------------------------------------------------------------------

    def take_in(self, command: Command, answered: Answered) -> None:
        """An answer is an observation too, newer than any look that began before it."""
        end = far_end_of(command.verb)
        self._need_nobody(_who(command))
        if end == "youtube":
            self.back(end)
            self._note_quota(is_empty=False)
        if answered.broadcast is not None:
            known = self._broadcasts.get(command.show)
            if known is None or known.id != answered.broadcast.id:
                self._streams.pop(command.show, None)  # what was seen of the video is from before it
            self._broadcasts[command.show] = answered.broadcast
            self._misses[command.show] = 0
        if answered.video is not None:
            self._videos[command.show] = answered.video
        if end == "youtube":
            self._touch(command.show)

    def take_in_error(self, command: Command, error: FarEndError) -> None:
        """A failure tells something too: the far end is away, wants a person, or may have changed unseen."""
        end = far_end_of(command.verb)
        self._note_need(_who(command), error)
        if end != "youtube":
            return
        if error.reason in USED_UP:
            self._note_quota(is_empty=True)
        if isinstance(error, Unavailable) and not error.reason:
            self.lost(end, str(error))
        if isinstance(error, OutcomeUnknown):
            self._broadcasts.pop(command.show, None)  # nothing is decided from it before the next look
            self._videos.pop(command.show, None)
            self._touch(command.show)

    def _touch(self, show: str) -> None:
        self._touched[show] = self._touched.get(show, 0) + 1

    def _note_need(self, end: str, error: FarEndError) -> None:
        """Keep what a person must do until the far end answers again; a closed channel says it as long as it is."""
        if isinstance(error, NeedsHuman | Broken) and end not in self._ends.closed():
            self._needs_human = {**self._needs_human, end: str(error)}

    def _need_nobody(self, end: str) -> None:
        if end in self._needs_human:
            self._needs_human = {name: need for name, need in self._needs_human.items() if name != end}

    def look_around(
        self, season: SeasonState, begin: Callable[[str, Coroutine[Any, Any, None]], object] | None, ahead: Outlook
    ) -> list[datetime]:
        """Begin the looks at YouTube that are due, unless `begin` is None; return when the others are."""
        later: list[datetime] = []
        now = self._clock.now()
        self._is_quota_empty = ahead.is_empty
        if self._ends.broadcasts is None:
            return later
        if begin is not None:
            self._read_pictures(season, begin)
        for show in self._plan.shows:
            state = season.show(show.id)
            if not state.broadcast_id or state.phase.is_over:
                continue  # nothing to look at
            seen = self.observed(show)
            every = None if show.id in self.looking else pace(show, state, seen, now)
            if every is not None:
                every = paced(every, ahead, is_needed=is_needed(show, state, now))
                due = self._look_due(show.id, every, now) if every is not None else ahead.resets_at
                if due > now:
                    later.append(due)
                elif begin is not None:
                    self.looking.add(show.id)
                    self._looked_at[show.id] = now
                    look = self._look(show.id, state.broadcast_id, state.stream_id, on_stage=state.phase.is_on_stage)
                    begin(f"look at {show.id}", look)
            later += self._look_for_video(show, state, seen, begin, ahead)
        return later

    def _look_due(self, show: str, every: timedelta, now: datetime) -> datetime:
        if self._looked_at.get(show, now) > now:  # the clock was set back
            self._looked_at.pop(show)
            self._look_after.pop(show, None)
        return max(self._looked_at.get(show, now - every) + every, self._look_after.get(show, now))

    def _look_for_video(
        self,
        show: ShowPlan,
        state: ShowState,
        seen: Observed,
        begin: Callable[[str, Coroutine[Any, Any, None]], object] | None,
        ahead: Outlook,
    ) -> Iterator[datetime]:
        name, now = f"{show.id}/video", self._clock.now()
        every = video_pace(show, state, seen, now)
        every = paced(every, ahead, is_needed=False) if every is not None else None
        if every is None or name in self.looking:
            return
        every = min(every * 2 ** min(self._video_misses.get(show.id, 0), MANY), max(every, VIDEO_MOST))
        due = self._video_looked_at.get(show.id, now - every) + every
        if due > now:
            yield due
        elif begin is not None:
            self.looking.add(name)
            self._video_looked_at[show.id] = now
            begin(f"look at the video of {show.id}", self._look_at_video(show.id, state.broadcast_id))

    async def _look_at_video(self, show: str, video_id: str) -> None:
        broadcasts, touched = self._ends.broadcasts, self._touched.get(show, 0)
        try:
            if broadcasts is None:
                return
            looked = broadcasts.look_video(video_id)
            seen = await sound(looked, end="youtube", doing=f"look at the video of {show}")
        except FarEndError as error:
            self._note_need("youtube", error)  # whether YouTube is away is for the looks at the broadcast to say
            self._video_misses[show] = self._video_misses.get(show, 0) + 1
        else:
            self._video_misses[show] = 0 if seen is not None else self._video_misses.get(show, 0) + 1
            if seen is not None and touched == self._touched.get(show, 0):
                self._videos[show] = seen
        finally:
            self.looking.discard(f"{show}/video")
            self._on_news()

    async def _look(self, show: str, broadcast_id: str, stream_id: str, *, on_stage: bool) -> None:
        broadcasts, touched = self._ends.broadcasts, self._touched.get(show, 0)
        try:
            if broadcasts is None:
                return
            seen, stream = await sound(
                _look_at(broadcasts, broadcast_id, stream_id), end="youtube", doing=f"look at {show}"
            )
        except FarEndError as error:
            if error.reason in USED_UP:
                self._note_quota(is_empty=True)
            else:
                self.lost("youtube", str(error))
            self._note_need("youtube", error)
            failures = self._look_failures[show] = self._look_failures.get(show, 0) + 1
            self._look_after[show] = self._clock.now() + back_off(failures, on_stage=on_stage)
        else:
            self.back("youtube")
            self._note_quota(is_empty=False)
            self._need_nobody("youtube")
            self._look_failures[show] = 0
            if touched == self._touched.get(show, 0):  # else an act was answered since: this look is older
                self._saw(show, seen, stream)
        finally:
            self.looking.discard(show)
            self._on_news()

    def _saw(self, show: str, seen: BroadcastSeen | None, stream: StreamSeen | None) -> None:
        if stream is not None:
            self._streams[show] = stream
            if stream.is_active:
                self._receiving_at[show] = self._clock.now()
        if seen is not None:
            self._broadcasts[show] = seen
            self._misses[show] = 0
            return
        self._broadcasts.pop(show, None)
        self._videos.pop(show, None)
        misses = self._misses[show] = self._misses.get(show, 0) + 1
        self._look_after[show] = self._clock.now() + BACK_OFF_FIRST * 2**misses


async def _look_at(
    broadcasts: Broadcasts, broadcast_id: str, stream_id: str
) -> tuple[BroadcastSeen | None, StreamSeen | None]:
    seen = await broadcasts.look(broadcast_id)
    return seen, await broadcasts.look_stream(stream_id) if stream_id else None
