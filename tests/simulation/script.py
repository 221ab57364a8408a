"""What goes wrong, who lays a hand on what, and when? A list of happenings, drawn from the seed.

Most lie around the plan's moments. Each is one line of the story, and each can be left out to find the few that matter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from broadcaster.season.plan import Plan
from broadcaster.show.post_due import looked_at
from tests.simulation.seasons import OTHER_SCENES, SCENES
from tests.simulation.virtual import micro


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happens, at a true time in microseconds; `lasts` in seconds, the rest by kind."""

    at: int
    kind: str
    lasts: float = 0.0
    what: str = ""
    share: float = 1.0
    count: int = 0

    def __str__(self) -> str:
        words = [self.kind, self.what]
        words += [f"for {self.lasts:g} s"] if self.lasts else []
        words += [f"at {self.share:.0%}"] if self.share < 1 else []
        words += [f"n={self.count}"] if self.count else []
        return " ".join(word for word in words if word)


NETWORK, LIES, MACHINE, STUDIO = "network", "lies", "machine", "studio"
HANDS, ORDERS, EDITS, POSTS = "hands", "orders", "edits", "posts"
KINDS: dict[str, tuple[str, ...]] = {
    NETWORK: ("drop", "lose", "unavailable", "refuse", "slow", "away"),
    LIES: ("stale", "late_list", "ignored", "late_events", "repeated_events", "reordered_events"),
    MACHINE: ("kill", "kill", "kill", "kill", "hand_over", "stall", "clock", "disk_full", "disk_slow", "idle_rings"),
    STUDIO: (
        "obs_restart",
        "obs_lost",
        "obs_crash",
        "stream_fails",
        "stream_reconnects",
        "bad_video",
        "no_uplink",
        "no_uplink",
    ),
    HANDS: ("cut", "cut", "stop_stream", "start_stream", "end_in_studio", "delete_in_studio", "unbind", "live_by_hand"),
    ORDERS: (
        "go",
        "hold",
        "resume",
        "take",
        "skip",
        "end",
        "delay",
        "extend",
        "hold_lane",
        "resume_lane",
        "stale_order",
        "post",
        "post",
        "cancel",
    ),
    EDITS: ("edit",),
    POSTS: ("post", "post", "delay", "delay", "cancel", "kill", "unheard", "unheard", "hold_lane", "resume_lane"),
}
OF_POSTS = ("post", "edit", "find_post")
METHODS = (
    *("create", "bind", "live", "testing", "complete", "find", "look", "create_stream"),
    *OF_POSTS,
    *("update", "update_video", "set_thumbnail", "in_playlist", "add_to_playlist"),
    *("take", "start", "stop", "point", ""),
)
CHARACTERS: tuple[tuple[str, ...], ...] = (
    (),
    (NETWORK,),
    (LIES,),
    (MACHINE,),
    (MACHINE,),
    (STUDIO,),
    (HANDS,),
    (ORDERS,),
    (NETWORK, MACHINE),
    (LIES, MACHINE),
    (STUDIO, MACHINE, HANDS),
    (HANDS, ORDERS),
    (ORDERS, MACHINE),
    (EDITS,),
    (EDITS, MACHINE, NETWORK),
    (EDITS, ORDERS, HANDS),
    (POSTS,),
    (POSTS, EDITS),
    tuple(KINDS),
    tuple(KINDS),
)
"""What sort of evening it is: one sort of trouble alone shows more than all at once."""


def random_script(plan: Plan, start: datetime, chance: Random) -> list[Happening]:
    """The happenings in order. They end before the crew tidies up; see simulation.py."""
    character = chance.choice(CHARACTERS)
    found: list[Happening] = []
    if not character:
        return found
    last = moment(max(show.off_air for show in plan.shows), start)
    for show in plan.shows:
        anchors = [
            show.prepare_at,
            show.standby_at,
            show.go_live,
            show.go_live,
            show.end,
            show.off_air,
            *(segment.start for segment in show.segments[1:]),
            *(cue.at for cue in show.cues if cue.lane == "posts"),
            *(looked_at(cue) + timedelta(minutes=1) for cue in show.cues if looked_at(cue) != cue.at),
        ]
        for _ in range(min(14, 1 + round(chance.expovariate(0.25)))):
            at = moment(chance.choice(anchors), start) + micro(_offset(chance))
            found.append(_happening(chance, chance.choice(KINDS[chance.choice(character)]), min(max(at, 0), last)))
    return sorted([*found, *_while_it_waits(plan, start)], key=lambda one: one.at)


def _while_it_waits(plan: Plan, start: datetime) -> Iterator[Happening]:
    """Edits while a channel has a post that is not out, and what goes wrong with them. Of its own chance."""
    waiting = next((cue for show in plan.shows for cue in show.cues if looked_at(cue) != cue.at), None)
    if waiting is None:
        return
    chance = Random(f"{waiting.id} {waiting.at}")
    for _ in range(chance.choice((1, 2, 3))):
        at = moment(looked_at(waiting) + (waiting.at - looked_at(waiting)) * chance.random(), start)
        match chance.choice(("", "lose", "drop", "refuse", "unavailable", "kill")):
            case "":
                pass
            case "kill":
                what = f"{chance.choice(('sent', 'applied'))} edit"
                yield Happening(at=at, kind="kill", what=what, count=1, lasts=chance.choice((1.0, 60.0, 600.0)))
            case fate:
                lasts = chance.choice((10.0, 900.0))
                yield Happening(at=at, kind=fate, what="posts edit", lasts=lasts, share=chance.choice((1.0, 0.5)))
        yield Happening(at=at + micro(0.5), kind="edit")


def moment(instant: datetime, start: datetime) -> int:
    """The instant as true microseconds since the beginning."""
    return micro((instant - start).total_seconds())


def _offset(chance: Random) -> float:
    """Seconds from the planned moment: most often close to it."""
    return chance.choice((chance.gauss(0, 0.5), chance.gauss(0, 0.5), chance.gauss(0, 8), chance.uniform(-60, 60)))


def _happening(chance: Random, kind: str, at: int) -> Happening:
    short = chance.choice((1.0, 5.0, 20.0))
    match kind:
        case "drop" | "lose" | "unavailable" | "refuse" | "slow" | "away":
            method = chance.choice(METHODS)
            end = "obs" if method in METHODS[-5:-1] else "youtube"
            end = "posts" if method in OF_POSTS else end
            end = chance.choice(("youtube", "obs", "posts")) if not method else end
            lasts = chance.choice((1.0, 10.0, 60.0, 200.0))
            return Happening(
                at=at, kind=kind, lasts=lasts, what=f"{end} {method}".strip(), share=chance.choice((1.0, 0.5))
            )
        case "unheard":
            fate, method = chance.choice(("drop", "lose", "unavailable", "refuse", "slow")), chance.choice(OF_POSTS)
            lasts = chance.choice((5.0, 30.0, 200.0))
            return Happening(at=at, kind=fate, lasts=lasts, what=f"posts {method}", share=chance.choice((1.0, 0.5)))
        case "stale" | "late_list" | "ignored":
            return Happening(at=at, kind=kind, lasts=chance.choice((5.0, 30.0, 120.0)))
        case "late_events" | "repeated_events" | "reordered_events":
            return Happening(at=at, kind=kind, lasts=chance.choice((5.0, 60.0)))
        case "kill":
            trigger = chance.choice(("steps", "steps", "sent", "applied", "committed"))
            count = chance.randrange(1, 60) if trigger == "steps" else chance.randrange(1, 5)
            if trigger in ("sent", "applied") and chance.random() < 0.7:
                trigger, count = f"{trigger} {chance.choice(METHODS[:-1])}", 1
            lasts = chance.choice((0.3, 1.0, 3.0, 8.0, 30.0, 90.0, 600.0))
            return Happening(at=at, kind=kind, what=trigger, count=count, lasts=lasts)
        case "hand_over":
            return Happening(at=at, kind=kind, lasts=chance.choice((0.3, 2.0, 20.0)))
        case "stall":
            return Happening(at=at, kind=kind, lasts=chance.choice((0.2, 0.6, 2.0, 15.0, 600.0)))
        case "clock":
            return Happening(at=at, kind=kind, what=chance.choice(("-5", "5", "-0.6", "0.6", "-60", "60", "-0.05")))
        case "disk_full":
            return Happening(at=at, kind=kind, lasts=short)
        case "disk_slow" | "bad_video":
            return Happening(at=at, kind=kind, lasts=chance.choice((5.0, 30.0)))
        case "idle_rings":
            return Happening(at=at, kind=kind, count=chance.randrange(1, 20))
        case "obs_restart" | "obs_crash" | "obs_lost":
            return Happening(at=at, kind=kind, lasts=chance.choice((0.5, 3.0, 20.0, 90.0)), what=_scene(chance))
        case "stream_reconnects":
            return Happening(at=at, kind=kind, lasts=short)
        case "no_uplink":
            return Happening(at=at, kind=kind, lasts=chance.choice((5.0, 20.0, 40.0, 90.0)))
        case "cut" | "take":
            return Happening(at=at, kind=kind, what=_scene(chance))
        case "delay" | "extend":
            return Happening(at=at, kind=kind, what=chance.choice(("5s", "30s", "2m", "-10s", "-60s", "now")))
        case "post":
            acts = ("hold", "resume", "edit", "send", "skip", "cancel", "sent", "again")
            return Happening(at=at, kind=kind, what=chance.choice(acts), count=chance.randrange(1, 100))
        case "hold_lane" | "resume_lane":
            return Happening(at=at, kind=kind, what=chance.choice(("program", "encoder", "broadcast", "posts")))
        case _:
            return Happening(at=at, kind=kind)


def _scene(chance: Random) -> str:
    return chance.choice((*SCENES, *OTHER_SCENES))


def without(script: Sequence[Happening], index: int) -> list[Happening]:
    """The script with one happening left out."""
    return [one for place, one in enumerate(script) if place != index]
