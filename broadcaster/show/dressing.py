"""Does the broadcast's page say what the season file says, and what may still be changed?

Title, description, privacy, start, latency and the rest are compared with what YouTube shows, and put right where that
is still allowed. It happens beside the show and is never in its way: what fails is said, and tried again with back-off.
What was in place and was changed in YouTube Studio since is left as the hand left it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from broadcaster.season.plan import Action, BroadcastPlan, Lane
from broadcaster.show.bound import carries, marked
from broadcaster.show.observed import BroadcastSeen, Lifecycle
from broadcaster.show.phases import Phase
from broadcaster.show.records import DRESSING_SEEN, Note
from broadcaster.show.turn import Turn, Verb, fingerprint

LATE_BY = timedelta(minutes=1)
"""A scheduled start is moved once it has passed by so much."""
LATE_STEP = timedelta(minutes=10)
"""Late starts are announced for whole ten minutes: each change of it costs quota."""
QUIET_BEFORE_LIVE, QUIET_AFTER_LIVE = timedelta(seconds=30), timedelta(minutes=1)

_BEFORE_TESTING = frozenset({Lifecycle.CREATED, Lifecycle.READY})
_BEFORE_LIVE = _BEFORE_TESTING | {Lifecycle.TEST_STARTING, Lifecycle.TESTING}
_ALWAYS = frozenset(Lifecycle)
LABELS = {
    "title": "the title",
    "description": "the description",
    "privacy": "the privacy",
    "scheduled_start": "the scheduled start",
    "latency": "the latency",
    "has_dvr": "the rewinding (dvr)",
    "captions": "the captions",
    "is_monitored": "the private preview",
    "is_manual": "auto start and auto stop (off)",
    "category": "the category",
    "tags": "the tags",
    "language": "the language",
    "is_made_for_kids": "made for kids",
    "thumbnail": "the thumbnail",
    "playlist": "the playlist",
}
UNTIL = {"latency", "has_dvr", "captions", "is_monitored", "is_manual"}
"""Settings of the broadcast itself, which YouTube takes only before testing begins (platform-facts 1.2, LIFE)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One thing about the page: what it is to be, and whether it is so. `is_forced`: also against a hand's change."""

    verb: Verb
    name: str
    value: Any
    is_in_place: bool
    is_forced: bool = False

    @property
    def print(self) -> str:
        """The fingerprint of the value."""
        return fingerprint(self.value)


def dress(turn: Turn) -> None:
    """Ask for what differs, and record what is in place and what is left as it is."""
    plan, seen = turn.plan.broadcast, turn.observed.broadcast
    if plan is None or seen is None or not seen.title:
        return
    create = turn.plan.cues_of(Lane.BROADCAST, Action.CREATE)[0].id
    wishes = [*_of_broadcast(turn, plan, seen), *_of_video(turn, plan), *_beside(turn, plan)]
    before = turn.state.dressed
    in_place = {**before.in_place, **{wish.name: wish.print for wish in wishes if wish.is_in_place}}
    looked_at = {wish.name for wish in wishes}
    left = {name: why for name, why in before.left.items() if name not in looked_at}
    missing = []
    for wish in wishes:
        why = "" if wish.is_in_place else _why_left(turn, create, wish, seen)
        if why:
            left[wish.name] = why
        elif not wish.is_in_place:
            missing.append(wish)
    if in_place != before.in_place or left != before.left:
        data = {"in_place": in_place, "left": left}
        turn.answer.notes.append(Note(kind=DRESSING_SEEN, ids={"show": turn.plan.id}, data=data))
    if not _is_in_the_way(turn):
        for verb in (Verb.UPDATE, Verb.DRESS, Verb.THUMBNAIL, Verb.PLAYLIST):
            change_page(turn, create, [wish for wish in missing if wish.verb is verb])


def change_page(turn: Turn, cue: str, missing: list[Wish]) -> None:
    """Ask for these changes, of one verb, in one act; what was refused among others is sent by itself."""
    lonely = [wish for wish in missing if turn.state.dressed.is_alone(cue, wish.name, wish.print)]
    chosen = lonely[:1] or missing
    if not chosen:
        return
    names = ", ".join(wish.name for wish in chosen)
    what = str(chosen[0].value) if chosen[0].verb is Verb.PLAYLIST else names
    change = {wish.name: wish.value for wish in chosen}
    turn.ask(cue, chosen[0].verb, what=what, why=f"the season wants {names}", change=change)


def _is_in_the_way(turn: Turn) -> bool:
    """Around the moment of going live, and while a transition is under way, nothing else is asked of the broadcast."""
    live = turn.plan.cues_of(Lane.BROADCAST, Action.LIVE)[0].id
    if turn.is_busy(live, Verb.TESTING, Verb.LIVE):
        return True
    if turn.state.live_at is not None or not turn.state.phase.is_on_stage:
        return False
    ask_at = turn.plan.go_live - turn.live_ahead
    turn.wake(ask_at + QUIET_AFTER_LIVE)
    return ask_at - QUIET_BEFORE_LIVE <= turn.now < ask_at + QUIET_AFTER_LIVE


def _why_left(turn: Turn, cue: str, wish: Wish, seen: BroadcastSeen) -> str:
    label, dressed = LABELS[wish.name], turn.state.dressed
    if not wish.is_forced and dressed.in_place.get(wish.name) == wish.print:
        return f"{label} was changed in YouTube Studio, and is left so; change the season file to set it again"
    allowed = _allowed(wish.name)
    if seen.lifecycle not in allowed:
        return f"{label} of the season file can no longer be set: the broadcast is {seen.lifecycle.replace('_', ' ')}"
    if dressed.is_spent(cue, wish.name, wish.print):
        said = turn.reason(cue, wish.verb)
        reason = f": {said}" if said else ""
        return f"YouTube does not take {label} of the season file{reason}; set it in YouTube Studio"
    return ""


def _allowed(name: str) -> frozenset[Lifecycle]:
    if name in UNTIL:
        return _BEFORE_TESTING
    return _BEFORE_LIVE if name == "scheduled_start" else _ALWAYS


def _of_broadcast(turn: Turn, plan: BroadcastPlan, seen: BroadcastSeen) -> Iterator[Wish]:
    def wish(name: str, value: Any, is_in_place: bool, *, is_forced: bool = False) -> Wish:
        return Wish(verb=Verb.UPDATE, name=name, value=value, is_in_place=is_in_place, is_forced=is_forced)

    yield wish("is_manual", True, not seen.starts_itself and not seen.stops_itself, is_forced=True)
    start = wanted_start(turn, seen)
    if start is not None and seen.lifecycle in _BEFORE_LIVE:
        is_there = seen.scheduled_start is not None and abs(seen.scheduled_start - start) < LATE_BY
        yield wish("scheduled_start", start, is_there)
    if plan.adopt:
        return  # its page was made by hand, and stays so
    yield wish("title", plan.title, plain(plan.title) == plain(seen.title))
    yield _description(turn, plan, seen)
    if seen.privacy:
        yield wish("privacy", plan.privacy, plan.privacy == seen.privacy)
    if seen.latency:
        yield wish("latency", plan.latency, plan.latency == seen.latency)
    if seen.captions:
        yield wish("captions", plan.captions, plan.captions == seen.captions)
    yield wish("has_dvr", plan.dvr, plan.dvr is seen.has_dvr)
    yield wish("is_monitored", plan.is_monitored, plan.is_monitored is seen.is_monitored)


def _description(turn: Turn, plan: BroadcastPlan, seen: BroadcastSeen) -> Wish:
    wanted = marked(plan.description, plan.marker)
    is_so = plain(wanted) == plain(seen.description)
    is_forced = False
    is_a_hands = turn.state.dressed.in_place.get("description") == fingerprint(wanted)
    if not is_so and is_a_hands and not carries(seen.description, plan.marker):
        # the text is the hand's, the marker is ours: without it nobody could tell whose the broadcast is
        wanted, is_forced = marked(seen.description, plan.marker), True
    return Wish(verb=Verb.UPDATE, name="description", value=wanted, is_in_place=is_so, is_forced=is_forced)


def wanted_start(turn: Turn, seen: BroadcastSeen) -> datetime | None:
    """The start to be announced: the planned one, or a later one once that has passed; None: leave it as it is."""
    state, now = turn.state, turn.now
    if state.live_at is not None or state.live_asked_at is not None or turn.state.phase is Phase.CLOSING:
        return None
    planned = turn.plan.go_live
    if planned > now:
        turn.wake(planned + LATE_BY)
        return planned if planned > now + LATE_BY else None
    announced = max(planned, seen.scheduled_start or planned)
    if now < announced + LATE_BY:
        turn.wake(announced + LATE_BY)
        return None
    passed = (now + LATE_BY - planned) // LATE_STEP
    return planned + (passed + 1) * LATE_STEP


def _of_video(turn: Turn, plan: BroadcastPlan) -> Iterator[Wish]:
    video = turn.observed.video
    if video is None or plan.adopt:
        return

    def wish(name: str, value: Any, is_in_place: bool) -> Wish:
        return Wish(verb=Verb.DRESS, name=name, value=value, is_in_place=is_in_place)

    if plan.category:
        yield wish("category", plan.category, plan.category == video.category)
    if plan.tags:
        yield wish("tags", plan.tags, _tags(plan.tags) == _tags(video.tags))
    if plan.language:
        yield wish("language", plan.language, plan.language.casefold() == video.language.casefold())
    yield wish("is_made_for_kids", plan.made_for_kids, plan.made_for_kids is video.is_made_for_kids)


def _beside(turn: Turn, plan: BroadcastPlan) -> Iterator[Wish]:
    """The thumbnail and the playlist: they cannot be read back, so the record tells whether they are done."""
    in_place, picture = turn.state.dressed.in_place, turn.observed.picture
    if plan.thumbnail and picture is not None:
        is_set = in_place.get("thumbnail") == fingerprint(picture)
        yield Wish(verb=Verb.THUMBNAIL, name="thumbnail", value=picture, is_in_place=is_set, is_forced=True)
    if plan.playlist:
        is_in = in_place.get("playlist") == fingerprint(plan.playlist)
        yield Wish(verb=Verb.PLAYLIST, name="playlist", value=plan.playlist, is_in_place=is_in, is_forced=True)


def plain(text: str) -> str:
    """A text as YouTube keeps it: without blanks at the ends of it and of its lines."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))


def _tags(tags: tuple[str, ...]) -> frozenset[str]:
    return frozenset(tag.strip().casefold() for tag in tags)
