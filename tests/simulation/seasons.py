"""What season does a seed give? Shows, segments of every sort, posts of every trigger, by the real model and plan."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from broadcaster.season.build import build_plan
from broadcaster.season.model import Season
from broadcaster.season.plan import Plan
from broadcaster.season.rules import season_problems
from broadcaster.show.post_due import looked_at

DAY = date(2027, 10, 20)
SCENES = ("Countdown", "Film", "Runway", "Talk", "Interview", "Thank you", "Please stand by")
OTHER_SCENES = ("Somewhere else", "Backstage")
CHANNELS = ("telegram", "whatsapp", "mastodon")
AHEAD = "facebook"
"""The channel that is handed posts ahead, by an announcement of its own."""
EDITS, FINDS = ("telegram", "mastodon", AHEAD), ("mastodon", AHEAD)
"""Channels that can edit a post, and those that can be searched."""
ZONES = ("Asia/Almaty", "Asia/Tashkent", "Europe/Brussels", "Asia/Kathmandu", "America/St_Johns", "UTC")


def random_season(chance: Random) -> dict[str, Any]:
    """A season's document that keeps the rules: shows follow one another, mostly with a pause, sometimes closely."""
    zone = chance.choice(ZONES)
    has_youtube = chance.random() < 0.85
    clock = datetime.combine(DAY, time(12, chance.randrange(60)))
    shows = []
    for number in range(1, chance.choice((1, 1, 1, 2, 2, 3)) + 1):
        show, clock = _show(chance, f"day-{number}", clock, with_youtube=has_youtube and chance.random() < 0.9)
        shows.append(show)
    document: dict[str, Any] = {
        "season": {"id": "season", "title": "A season", "timezone": zone, "languages": ["en"]},
        "scenes": {"standby": "Countdown", "fallback": "Please stand by", "closing": "Thank you"},
        "show": shows,
    }
    document["destinations"] = {"relay": {"kind": "rtmp", "server": "rtmp://relay.invalid/live"}}
    if has_youtube:
        document["destinations"]["main"] = _youtube(chance)
    posts = [*_posts(chance), *_ahead(shows)]
    if posts:
        document["announcement"] = posts
    return document


def _youtube(chance: Random) -> dict[str, Any]:
    destination: dict[str, Any] = {"kind": "youtube", "preview": chance.random() < 0.85}
    if chance.random() < 0.4:
        destination["thumbnail"] = "poster.png"
    if chance.random() < 0.4:
        destination["playlist"] = "PL-season"
    if chance.random() < 0.3:
        destination |= {"category": "24", "tags": ["fashion", "almaty"]}
    if chance.random() < 0.5:
        destination["replay"] = {"privacy": "public", "playlist": "PL-replays", "chapters": chance.random() < 0.7}
    return destination


def read_season(document: dict[str, Any]) -> tuple[Plan | None, str]:
    """The plan, as the service reads it; or why the file is refused."""
    try:
        season = Season.model_validate(document)
    except ValueError as error:
        return None, str(error)
    problems = season_problems(season, channels=(*CHANNELS, AHEAD))
    return (None, problems[0].message) if problems else (build_plan(season), "")


def _span(seconds: int) -> str:
    return f"{seconds}s"


def _show(chance: Random, name: str, earliest: datetime, *, with_youtube: bool) -> tuple[dict[str, Any], datetime]:
    """One show, and when the next may begin to prepare."""
    is_short = chance.random() < 0.9  # what happens in a show matters, not how long nothing does
    standby = chance.choice((10, 15, 20, 30) if is_short else (60, 120, 300))
    prepare = standby + chance.choice((5, 10, 10, 30) if is_short else (60, 300, 900))
    go_live = earliest + timedelta(seconds=prepare + chance.randrange(60))
    cursor, segments = go_live, []
    for number in range(1, min(12, max(1, round(chance.expovariate(0.28)))) + 1):
        duration = chance.choice((5, 5, 10, 15, 30) if is_short else (15, 30, 60, 90))
        segment: dict[str, Any] = {
            "id": f"s{number}",
            "title": f"Segment {number}",
            "scene": chance.choice(SCENES[1:5]),
            "duration": _span(duration),
        }
        if number > 1 and chance.random() < 0.25:
            cursor += timedelta(seconds=chance.choice((0, 0, 20, 60)))
            segment["start"] = f"{cursor:%H:%M:%S}"
        if chance.random() < 0.2:
            segment["advance"] = "manual"
        if chance.random() < 0.4:
            grace = chance.choice((0, 10, 30, 60))
            segment["late"] = {"grace": _span(grace), "then": chance.choice(("fire", "skip", "ask", "fallback"))}
        if chance.random() < 0.3:
            segment["overrun"] = chance.choice(("cut", "push", "shorten"))
        segments.append(segment)
        cursor += timedelta(seconds=duration)
    drop = {"on_drop": "fallback"} if with_youtube and chance.random() < 0.35 else {}
    closing = chance.choice((5, 5, 15) if is_short else (15, 30))
    show = {
        "id": name,
        "title": name,
        "date": go_live.date(),
        "go_live": f"{go_live:%H:%M:%S}",
        "standby": _span(standby),
        "prepare": _span(prepare),
        "closing": _span(closing),
        "destinations": ["main" if with_youtube else "relay"],
        "segment": segments,
        **drop,
    }
    pause = chance.choice((30, 300, 1800, 5400))
    return show, cursor + timedelta(seconds=closing + pause)


def _posts(chance: Random) -> list[dict[str, Any]]:
    moments: dict[str, tuple[float, dict[str, str]]] = {
        "early": (0.3, {"before": "10m"}),
        "soon": (0.7, {"before": chance.choice(("10s", "1m", "5m"))}),
        "now": (0.7, {"when": "live"}),
        "thanks": (0.7, {"when": "ended"}),
        "later": (0.3, {"after": chance.choice(("20s", "10m"))}),
        "delayed": (0.4, {"when": "delayed"}),
        "cancelled": (0.4, {"when": "cancelled"}),
        "segments": (0.3, {"segment": "*"}),
    }
    posts = []
    for name, (share, at) in moments.items():
        if chance.random() >= share:
            continue
        post: dict[str, Any] = {
            "id": name,
            "at": at,
            "channels": chance.sample(CHANNELS, chance.choice((1, 1, 2, 3))),
            "text": {"en": f"{name} {{{{ go_live | local_time }}}}"},
        }
        if chance.random() < 0.3:
            grace = chance.choice(("10s", "1m"))
            post["late"] = {"grace": grace, "then": chance.choice(("fire", "skip", "ask"))}
        posts.append(post)
    return posts


def _ahead(shows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sometimes an announcement that is handed over ahead. Of its own chance, so that old seeds stay what they were."""
    chance = Random(repr(shows))
    if chance.random() >= 0.25:
        return []
    live = datetime.combine(DAY, time.fromisoformat(shows[0]["go_live"]))
    at = {"days_before": 0, "time": f"{live - timedelta(minutes=chance.choice((2, 10, 40))):%H:%M}"}
    spans = {"id": "ahead", "at": at, "hand_over": chance.choice(("10m", "15m", "30m"))}
    return [{**spans, "channels": [AHEAD], "text": {"en": "ahead {{ go_live | local_time }}"}}]


def beginning(plan: Plan) -> datetime:
    """A little before the first thing that the season does."""
    first = min(min(show.prepare_at, *(looked_at(cue) for cue in show.cues)) for show in plan.shows)
    return first.astimezone(UTC) - timedelta(seconds=5)
