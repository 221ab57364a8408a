"""May the show begin? The go/no-go board: one line for each thing that has to be right, with its evidence.

Pure: what was found goes in, verdicts come out. What cannot be told is said so, and is never a GO.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from broadcaster.season.plan import Plan, ShowPlan
from broadcaster.season.walltime import clock_changes, local, offset_text
from broadcaster.season.wording import listed, near, shown
from broadcaster.show.observed import BroadcastSeen, Lifecycle, StreamSeen, StudioSeen
from broadcaster.show.outlook import DayPrice, Outlook
from broadcaster.show.view import clock_text

LITTLE_DISK_MB = 5_000
MUCH_CPU_PERCENT = 80.0
CLOCK_MAY_BE_OFF = timedelta(seconds=1)


class Verdict(StrEnum):
    """What a line says. WARN does not stop the show; somebody should look."""

    GO = "GO"
    WARN = "WARN"
    NO_GO = "NO-GO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was looked at."""

    group: str
    name: str
    verdict: Verdict
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All lines, in groups."""

    lines: tuple[Line, ...]

    @property
    def is_go(self) -> bool:
        """Nothing speaks against the show."""
        return bool(self.lines) and all(line.verdict is not Verdict.NO_GO for line in self.lines)

    def count(self, verdict: Verdict) -> int:
        """How many lines say so."""
        return sum(line.verdict is verdict for line in self.lines)

    def document(self) -> dict[str, Any]:
        """The board as JSON."""
        lines = [
            {"group": line.group, "name": line.name, "verdict": str(line.verdict), "evidence": line.evidence}
            for line in self.lines
        ]
        return {"go": self.is_go, "lines": lines}


def go(group: str, name: str, evidence: str) -> Line:
    """It is right."""
    return Line(group=group, name=name, verdict=Verdict.GO, evidence=evidence)


def warn(group: str, name: str, evidence: str) -> Line:
    """Somebody should look; it does not stop the show."""
    return Line(group=group, name=name, verdict=Verdict.WARN, evidence=evidence)


def no_go(group: str, name: str, evidence: str) -> Line:
    """The show cannot go on like this."""
    return Line(group=group, name=name, verdict=Verdict.NO_GO, evidence=evidence)


def season_lines(plan: Plan, show: ShowPlan, now: datetime) -> Iterator[Line]:
    """The season is valid, and what its show's time is, by which tzdata."""
    cues = sum(len(each.cues) for each in plan.shows)
    yield go("season", "file", f"valid: {len(plan.shows)} show{'s' * (len(plan.shows) > 1)}, {cues} cues")
    there = local(show.go_live, show.zone)
    when = f"{there:%a %Y-%m-%d %H:%M:%S} {show.zone}, {show.go_live:%H:%M:%S} UTC"
    if show.off_air <= now:
        yield no_go("season", "go live", f"{when}: the show is over")
    elif show.standby_at <= now:
        yield warn("season", "go live", f"{when}: the show has begun (standby from {_clock(show.standby_at, show)})")
    else:
        yield go("season", "go live", f"{when}, in {_until(show.go_live - now)}")
    evidence = f"{plan.tzdata}: {show.zone} is at {offset_text(there)} then"
    if changes := clock_changes(show.zone, now, show.off_air):
        evidence += f", {offset_text(local(now, show.zone))} now; its clocks change on "
        evidence += listed((f"{local(at, show.zone):%Y-%m-%d}" for at in changes), last="and")
    yield go("season", "tzdata", evidence)


def scene_line(plan: Plan, show: ShowPlan, seen: StudioSeen) -> Iterator[Line]:
    """Every scene of the show is in OBS; those of later shows are only warned of."""
    wanted = _scenes(show)
    if missing := [name for name in wanted if name not in seen.scenes]:
        yield no_go("OBS", "scenes", f"OBS has no {_missing(missing, seen.scenes)}")
    else:
        yield go("OBS", "scenes", f"all {len(wanted)} of the show are there: {listed(wanted, last='and')}")
    for later in plan.shows:
        absent = [name for name in _scenes(later) if name not in seen.scenes and name not in wanted]
        if later.go_live > show.go_live and absent:
            yield warn("OBS", f"scenes of {later.id}", f"OBS has no {_missing(absent, seen.scenes)}")


def streaming_line(show: ShowPlan, seen: StudioSeen, target: str, now: datetime) -> Line:
    """OBS does not stream now; or it is this show on its way. `target`: fingerprint of the show's key, if known."""
    if not seen.is_streaming:
        return go("OBS", "encoder", "not streaming now")
    if target and seen.target == target and show.standby_at <= now < show.off_air:
        return go("OBS", "encoder", "streaming to this show's key, as it should by now")
    where = "to this show's key" if target and seen.target == target else "to another server or key"
    if not target:
        where = "to a key that was not compared"
    return no_go("OBS", "encoder", f"streaming already, {where}: stop it in OBS (Stop Streaming)")


def key_line(seen: StudioSeen, target: str) -> Line:
    """OBS holds the key of the show's stream, compared by hash."""
    if not target:
        return warn("OBS", "key", "not compared: the stream on YouTube is not there yet, or was not reached")
    if seen.target == target:
        return go("OBS", "key", f"OBS holds the server and key of the show's stream (hash {target[:8]})")
    held = f"another server and key (hash {seen.target[:8]})" if seen.target else "no server and key"
    return warn("OBS", "key", f"OBS holds {held}; the show's ({target[:8]}) are set at standby, if OBS does not stream")


def machine_lines(disk_mb: float, cpu_percent: float, frames_a_second: float) -> Iterator[Line]:
    """The machine of OBS has room and breath."""
    disk = f"{disk_mb / 1000:,.1f} GB free where OBS records"
    yield go("OBS", "disk", disk) if disk_mb >= LITTLE_DISK_MB else warn("OBS", "disk", f"only {disk}")
    load = f"OBS uses {cpu_percent:.0f}% of the processor, {frames_a_second:.1f} frames a second"
    yield go("OBS", "load", load) if cpu_percent < MUCH_CPU_PERCENT else warn("OBS", "load", f"{load}: too much")


def broadcast_line(show: ShowPlan, seen: BroadcastSeen | None, now: datetime) -> Line:
    """The broadcast was found by its marker (or adopted), or will be made."""
    plan = show.broadcast
    if plan is None:
        return warn("YouTube", "broadcast", "the show does not go to YouTube")
    if seen is None and plan.adopt:
        return no_go("YouTube", "broadcast", f"the channel has no broadcast {plan.adopt}: mend youtube_id in the file")
    if seen is None:
        due = f"{local(show.prepare_at, show.zone):%a %Y-%m-%d %H:%M} {show.zone}"
        if now < show.prepare_at:
            return go("YouTube", "broadcast", f"none yet; it will be made on {due}, while the service runs")
        return warn("YouTube", "broadcast", f"none yet, though due since {due}: start `broadcaster run`, it makes it")
    where = f"{seen.link} {seen.lifecycle}, found {'by youtube_id' if plan.adopt else 'by our marker'}"
    if seen.lifecycle in (Lifecycle.COMPLETE, Lifecycle.REVOKED):
        return no_go("YouTube", "broadcast", f"{where}: it cannot go live again")
    if now < show.standby_at and seen.lifecycle not in (Lifecycle.CREATED, Lifecycle.READY):
        return warn("YouTube", "broadcast", f"{where}: somebody has moved it already; look in YouTube Studio")
    start = seen.scheduled_start
    if start is not None and abs(start - plan.scheduled_start) >= timedelta(minutes=1):
        shift = f"{local(start, show.zone):%Y-%m-%d %H:%M} {show.zone}"
        return warn("YouTube", "broadcast", f"{where}; viewers are told {shift}, not the time of the file")
    return go("YouTube", "broadcast", where)


def stream_line(title: str, seen: StreamSeen | None, *, is_expected: bool) -> Line:
    """The stream is there; video arrives only when the show is on stage."""
    if seen is None:
        return go("YouTube", "stream", f'no "{shown(title)}" yet; it will be made with the broadcast')
    if seen.is_active and not is_expected:
        return warn("YouTube", "stream", f'"{shown(title)}" receives video now, from somewhere')
    state = f"receives video, health {seen.health}" if seen.is_active else "receives nothing now"
    return go("YouTube", "stream", f'"{shown(title)}" is there and {state}')


def quota_line(day: DayPrice | None, ahead: Outlook, show: ShowPlan) -> Line:
    """The quota of the show's day covers it; of today, what is left."""
    until = f"{local(ahead.resets_at, show.zone):%a %H:%M} {show.zone}"
    today = f"{ahead.spent:,} of {ahead.units_a_day:,} units spent by us today; a new lot at {until}"
    if ahead.is_empty:
        return no_go("YouTube", "quota", f"YouTube says that today's is used up, until {until}: ask Google for more")
    if ahead.left < ahead.floor:
        return no_go("YouTube", "quota", f"{today}; today's shows still need {ahead.floor:,} to go live and to end")
    cost = f"; {day.day} (Pacific) will cost about {day.units:,}" if day else ""
    if day is not None and day.least > ahead.units_a_day:
        return no_go("YouTube", "quota", f"{today}{cost}, {day.least:,} at the least: ask Google for more")
    if not ahead.fits or ahead.stretch > 1 or (day is not None and day.units > ahead.units_a_day):
        return warn("YouTube", "quota", f"{today}{cost}: YouTube will be asked more rarely than usual")
    return go("YouTube", "quota", f"{today}{cost}")


def clock_line(is_synchronised: bool | None, error: timedelta) -> Line:
    """The machine's clock is right, as far as its system knows; None: it cannot be asked."""
    if is_synchronised is None:
        return warn("machine", "clock", "not known here: see that this machine's time is set from the network")
    if not is_synchronised:
        return warn("machine", "clock", "not synchronised, says the system: switch time synchronisation on (NTP)")
    evidence = f"synchronised, at most {error.total_seconds() * 1000:,.0f} ms off, says the system"
    return go("machine", "clock", evidence) if error <= CLOCK_MAY_BE_OFF else warn("machine", "clock", evidence)


def _until(span: timedelta) -> str:
    return f"{span.days} days" if span >= timedelta(days=3) else clock_text(span)


def _scenes(show: ShowPlan) -> list[str]:
    names = [show.standby_scene, *(each.scene for each in show.segments), show.closing_scene, show.fallback_scene]
    return list(dict.fromkeys(names))


def _missing(names: list[str], there: tuple[str, ...]) -> str:
    said = []
    for name in names:
        hint = near(name, there)
        said.append(f'scene "{shown(name)}"' + (f" ({hint})" if hint else ""))
    return "; no ".join(said)


def _clock(instant: datetime, show: ShowPlan) -> str:
    return f"{local(instant, show.zone):%H:%M}"
