"""Does reading, checking and planning a season cost in proportion to its cues?

Writes seasons of about 100, 1,000 and 10,000 cues, in shows of 30 segments, and measures each step in processor time.
`growth` is the cost per cue beside that of the size before: 1.0 is linear, 10 would be quadratic. Exits with 1 above
LIMIT.

    python bench/plan_scale.py [--json]
"""

import argparse
import gc
import itertools
import json
import sys
import tempfile
import time
import tomllib
import tracemalloc
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from broadcaster.adapters.files import load_season
from broadcaster.adapters.files.connection import read_text
from broadcaster.adapters.files.translate import placed
from broadcaster.season.build import build_plan
from broadcaster.season.errors import Problem
from broadcaster.season.model import Season
from broadcaster.season.plan import Plan
from broadcaster.season.rules import season_problems

SIZES = (100, 1_000, 10_000)
SEGMENTS = 30
CUES_PER_SEGMENT = 3
ROUNDS = 3
LIMIT = 2.5
Result = TypeVar("Result")

HEAD = """\
[season]
id = "scale"
title = "Scale"
timezone = "Asia/Almaty"
languages = ["kk", "ru", "en"]
prepare = "12h"
[scenes]
standby = "Countdown"
fallback = "Please stand by"
closing = "Thank you"
[destinations.main]
kind = "youtube"
[audiences.italy]
timezone = "Europe/Rome"
language = "en"
[audiences.kazakhstan]
timezone = "Asia/Almaty"
language = "kk"
[[announcement]]
id = "tonight"
at = { days_before = 0, time = "10:00", zone = "audience" }
audiences = ["italy", "kazakhstan"]
channels = ["telegram"]
text.en = "{{ show.title }} at {{ go_live | local_time }}"
text.kk = "{{ show.title }}: {{ go_live | local_time }}"
"""


def season_text(cues: int) -> str:
    """A season of about so many cues."""
    parts = [HEAD]
    segments_left = max(1, round(cues / (CUES_PER_SEGMENT + 9 / SEGMENTS)))
    number = 0
    while segments_left > 0:
        day = date(2027, 1, 1) + timedelta(days=number)
        parts.append(
            f'[[show]]\nid = "show-{number}"\ntitle = "Show {number}"\ndate = {day}\ngo_live = "19:00"\n'
            'destinations = ["main"]\n'
        )
        for index in range(min(SEGMENTS, segments_left)):
            parts.append(
                f'[[show.segment]]\nid = "s-{index}"\ntitle = "Segment {index}"\nscene = "Runway"\nduration = "2m"\n'
                f'lower_third = {{ title = "Designer {index}", subtitle = "Country" }}\n'
            )
        segments_left -= SEGMENTS
        number += 1
    return "".join(parts)


def fastest(step: Callable[[], Result]) -> tuple[Result, float]:
    """The step's result and its shortest time of ROUNDS, in milliseconds."""
    best = float("inf")
    for _ in range(ROUNDS):
        gc.collect()
        began = time.process_time()
        result = step()
        best = min(best, (time.process_time() - began) * 1000)
    return result, best


def measure(cues: int, folder: Path) -> dict[str, float]:
    """Milliseconds and bytes for a season of about `cues` cues."""
    path = folder / f"{cues}.toml"
    path.write_text(season_text(cues), encoding="utf-8")
    text = read_text(path)
    document, parse = fastest(lambda: tomllib.loads(text))
    season, validate = fastest(lambda: Season.model_validate(document))
    problems, check = fastest(lambda: season_problems(season, channels={"telegram"}))
    assert not problems
    plan, build = fastest(lambda: build_plan(season))
    wrong = [Problem(loc=("show", index, "segment", 0, "scene"), message="x") for index in range(len(season.shows))]
    _, positions = fastest(lambda: placed(wrong, text))
    count = sum(len(show.cues) for show in plan.shows)
    _, look_up = fastest(lambda: _look_up_all(plan))
    gc.collect()
    tracemalloc.start()
    kept = build_plan(load_season(path))
    size, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return {
        "cues": count,
        "file_kb": len(text.encode()) / 1000,
        "parse_ms": parse,
        "validate_ms": validate,
        "check_ms": check,
        "plan_ms": build,
        "look_up_ms": look_up,
        "positions_ms": positions,
        "kept_kb": size / 1000,
        "peak_kb": peak / 1000,
    }


def _look_up_all(plan: Plan) -> int:
    return sum(plan.show(show.id).cue(cue.id) is cue for show in plan.shows for cue in show.cues)


def main() -> int:
    """Measure, print, and say whether the growth is linear."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    as_json = parser.parse_args().json
    with tempfile.TemporaryDirectory() as folder:
        rows = [measure(cues, Path(folder)) for cues in SIZES]
    steps = [name for name in rows[0] if name != "cues"]
    growth = {
        name: [
            (after[name] / after["cues"]) / (before[name] / before["cues"])
            for before, after in itertools.pairwise(rows)
        ]
        for name in steps
    }
    is_linear = all(last[-1] <= LIMIT for last in growth.values())
    if as_json:
        print(json.dumps({"rows": rows, "growth": growth, "linear": is_linear}, indent=2))
        return 0 if is_linear else 1
    print(f"{'':14}" + "".join(f"{row['cues']:>10,.0f} cues" for row in rows) + "   growth per cue")
    for name in steps:
        ratios = " ".join(f"{ratio:6.2f}" for ratio in growth[name])
        print(f"{name:14}" + "".join(f"{row[name]:>15,.1f}" for row in rows) + f"   {ratios}")
    print("linear" if is_linear else f"NOT linear: a growth is above {LIMIT}")
    return 0 if is_linear else 1


if __name__ == "__main__":
    sys.exit(main())
