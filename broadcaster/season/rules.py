"""What must hold between the parts of a season, beyond each value being well formed?

Every rule adds Problems and none stops the others. A `loc` is the path in the file; KEY as its last part points at
the key itself. The work grows with the number of cues, no faster.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from broadcaster.season.errors import Problem
from broadcaster.season.model import RESERVED_SEGMENTS, Season, Show
from broadcaster.season.post_rules import post_problems, post_warnings
from broadcaster.season.text_rules import text_problems, text_warnings
from broadcaster.season.timing import ShowTimes, time_show
from broadcaster.season.walltime import local
from broadcaster.season.wording import listed, quoted, span_text, unknown

Loc = tuple[str | int, ...]
Times = dict[int, ShowTimes]
"""The times of each show by its place in the file; a show without a go-live has none."""


def season_problems(season: Season, *, channels: Collection[str] | None = None) -> list[Problem]:
    """Everything that keeps the season from being run.

    `channels` are the names in config.toml; None when the settings are not known, and then not checked.
    """
    times: Times = {}
    problems = [*_ids(season), *_guests(season)]
    if not season.shows:
        problems.append(Problem(loc=(), message="the season has no show", hint="add a [[show]]"))
    for index, show in enumerate(season.shows):
        problems += _show(season, show, index)
        found, timing = time_show(season, show)
        problems += [replace(each, loc=("show", index, *each.loc)) for each in timing]
        if found is not None:
            times[index] = found
    problems += _overlaps(season, times)
    problems += text_problems(season, times)
    problems += post_problems(season, times, channels)
    return problems


def season_warnings(season: Season, *, channels: Collection[str] | None = None) -> list[Problem]:
    """What may be meant, but should be looked at. The season must keep the rules."""
    warnings = []
    for name, destination in season.destinations.items():
        if destination.kind != "youtube" and any(name in show.destinations for show in season.shows):
            message = f"destination {quoted(name)}: {destination.kind} is not driven by this version: start it by hand"
            warnings.append(_warning(("destinations", name), message))
    times = {index: found for index, show in enumerate(season.shows) if (found := time_show(season, show)[0])}
    return [*warnings, *text_warnings(season), *post_warnings(season, times, channels)]


def _warning(loc: Loc, message: str) -> Problem:
    return Problem(loc=loc, message=message, severity="warning")


def _ids(season: Season) -> Iterator[Problem]:
    yield from _repeated("show", season.shows, ())
    yield from _repeated("guest", season.guests, ())
    yield from _repeated("announcement", season.announcements, ())
    for index, show in enumerate(season.shows):
        yield from _repeated("segment", show.segments, ("show", index))


def _repeated(kind: str, items: Sequence[object], above: Loc) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, item in enumerate(items):
        name: str = getattr(item, "id")  # noqa: B009 - every item here is a table with an id
        if name in seen:
            message = f"the id {quoted(name)} is taken: {kind} {seen[name] + 1} has it already"
            yield Problem(loc=(*above, kind, index, "id"), message=message)
        else:
            seen[name] = index


def _guests(season: Season) -> Iterator[Problem]:
    for index, guest in enumerate(season.guests):
        if guest.room is not None and guest.room not in season.rooms:
            yield unknown("room", guest.room, season.rooms, ("guest", index, "room"), "[rooms.NAME]")


def _show(season: Season, show: Show, index: int) -> Iterator[Problem]:
    yield from _destinations(season, show, index)
    if show.rundown is not None:
        sheet = ("show", index, "rundown")
        if show.segments:
            message = f"show {quoted(show.id)} has both a rundown sheet and [[show.segment]] tables"
            yield Problem(loc=sheet, message=message, hint="keep one of them")
        else:
            message = f"the sheet {quoted(show.rundown)} is not read by this version"
            yield Problem(loc=sheet, message=message, hint="write the segments as [[show.segment]]")
    elif not show.segments:
        message = f"show {quoted(show.id)} has an empty rundown"
        yield Problem(loc=("show", index), message=message, hint="add a [[show.segment]]")
    known = {guest.id for guest in season.guests}
    for number, segment in enumerate(show.segments):
        loc: Loc = ("show", index, "segment", number)
        if segment.id in RESERVED_SEGMENTS:
            message = f"{quoted(segment.id)} is the name of a scene of [scenes], and cannot be a segment's id"
            yield Problem(loc=(*loc, "id"), message=message)
        for position, guest in enumerate(segment.guests):
            if guest not in known:
                yield unknown("guest", guest, known, (*loc, "guests", position), "[[guest]]")
        if segment.fold is not None and segment.start is None:
            yield Problem(loc=(*loc, "fold"), message="'fold' means nothing without 'start'")


def _destinations(season: Season, show: Show, index: int) -> Iterator[Problem]:
    youtube: list[str] = []
    for position, name in enumerate(show.destinations):
        loc = ("show", index, "destinations", position)
        if name not in season.destinations:
            yield unknown("destination", name, season.destinations, loc, "[destinations.NAME]")
        elif name in show.destinations[:position]:
            yield Problem(loc=loc, message=f"destination {quoted(name)} is named twice")
        elif season.destinations[name].kind == "youtube":
            youtube.append(name)
            if len(youtube) > 1:
                yield Problem(
                    loc=loc,
                    message=f"show {quoted(show.id)} has several YouTube destinations: {listed(youtube, last='and')}",
                    hint="a show is one broadcast on one channel",
                )


def _overlaps(season: Season, times: Times) -> Iterator[Problem]:
    by_encoder: dict[str, list[tuple[ShowTimes, int]]] = {}
    for index, found in times.items():
        if season.shows[index].cancelled:
            continue
        by_encoder.setdefault(season.encoder_of(season.shows[index]), []).append((found, index))
    for encoder, booked in by_encoder.items():
        booked.sort(key=lambda entry: (entry[0].standby_at, entry[1]))
        busy, busy_index = booked[0]
        for found, index in booked[1:]:
            if found.standby_at < busy.off_air:
                show, other = season.shows[index], season.shows[busy_index]
                zone = season.zone_of(show)
                yield Problem(
                    loc=("show", index, "go_live"),
                    message=f"show {quoted(show.id)} needs encoder {quoted(encoder)} from "
                    f"{local(found.standby_at, zone):%Y-%m-%d %H:%M:%S}, while show {quoted(other.id)} holds it until "
                    f"{local(busy.off_air, zone):%H:%M:%S}: an overlap of {span_text(busy.off_air - found.standby_at)}",
                    hint="move one, or give it another encoder",
                )
            if found.off_air > busy.off_air:
                busy, busy_index = found, index
