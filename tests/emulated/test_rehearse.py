"""Does a rehearsal play every sample season to its end, and say truly how it went?"""

import asyncio
import json
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from broadcaster.adapters.journal import verify

SCHEDULES = Path(__file__).parents[2] / "schedules"
SAMPLES = ("season-v", "season-x", "creative-forum")
SEASON_X = SCHEDULES / "season-x.toml"
PATIENCE = 240.0
LIVE_WITHIN_SECONDS, TAKES_WITHIN_SECONDS = 15.0, 2.0
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

LONG_TITLE = "A title of ninety letters " + "and more " * 7 + "."
HOSTILE = f"""
[season]
id = "hostile"
title = "[bold]x[/]"
timezone = "Asia/Almaty"
languages = ["en"]

[scenes]
standby = "[blink]Countdown[/blink]"
fallback = "Please stand by"
closing = "Thank you"

[destinations.main]
kind = "youtube"
privacy = "private"

[[show]]
id = "tonight"
title = "[red"
date = 2027-10-20
go_live = "19:00"
standby = "2m"
closing = "10s"
destinations = ["main"]

  [[show.segment]]
  id = "first"
  title = "[/] [link=x]{LONG_TITLE}"
  scene = "[/red]Stage"
  duration = "6m"

  [[show.segment]]
  id = "second"
  title = "{LONG_TITLE}"
  scene = "Runway [not a style]"
  duration = "6m"
"""


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on standard output; anything else there is an error."""
        found: dict[str, Any] = json.loads(self.out)
        return found


async def broadcaster(folder: Path, *words: str | Path, **environment: str) -> Said:
    """A command in a process of its own, in a folder without config.toml."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "broadcaster", *map(str, words), cwd=folder,
        env={**os.environ, **environment}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return Said(process.returncode, out.decode(), err.decode())


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _faults(name: str, said: Said, plan: dict[str, Any]) -> list[str]:
    """What is wrong with the rehearsal of a season; its worst figures are said with each."""
    if said.code:
        return [f"{name}: exit code {said.code}: {said.err[-2000:]}"]
    shows = said.document["shows"]
    found = [f"{name}/{show['id']} ended {show['phase']}" for show in shows if show["phase"] != "done"]
    ends = Counter(cue["id"] for show in shows for cue in show["cues"])
    planned = Counter(cue["id"] for cue in plan["cues"])
    if ends != planned:
        found.append(f"{name}: no end for {sorted(planned - ends)}, too many for {sorted(ends - planned)}")
    for show in shows:
        late = (_instant(show["actual_live"]) - _instant(show["planned_live"])).total_seconds()
        if abs(late) >= LIVE_WITHIN_SECONDS:
            found.append(f"{name}/{show['id']} was live {late:+.2f} s from its time")
        found += [
            f"{cue['id']}: {cue['end']}: {cue['why']}" for cue in show["cues"] if cue["end"] not in ("done", "skipped")
        ]
        takes = [cue for cue in show["cues"] if (cue["lane"], cue["action"]) == ("program", "take")]
        found += [f"{cue['id']}: skipped: {cue['why']}" for cue in takes if cue["end"] == "skipped"]
        worst = max(takes, key=lambda cue: abs(cue["late_seconds"]))
        if abs(worst["late_seconds"]) >= TAKES_WITHIN_SECONDS:
            found.append(f"{worst['id']} was the worst take, {worst['late_seconds']:+.3f} s from its time")
    found += [f"{name}: {fault}" for fault in verify(Path(said.document["journal"])).faults]
    for noise in ("Traceback", "The timer", "The clock jumped", "skipped: maximum number"):
        if noise in said.err:
            found.append(f"{name}: standard error says {noise!r}: {said.err[-2000:]}")
    return found


@pytest.mark.timeout(PATIENCE + 30)
@pytest.mark.parametrize("name", SAMPLES)
async def test_every_show_of_every_sample_season_is_played_to_its_end_on_time(tmp_path: Path, name: str) -> None:
    season = SCHEDULES / f"{name}.toml"
    plan = await broadcaster(tmp_path, "plan", season, "--json")
    journal = tmp_path / f"{name}.sqlite"
    said = await broadcaster(tmp_path, "rehearse", season, "--all", "--speed", "600", "--json", "--journal", journal)
    assert _faults(name, said, plan.document) == []


async def test_trouble_on_purpose_is_named_and_the_show_is_played_to_its_end(tmp_path: Path) -> None:
    faults = ("--fault", "youtube:down:40@-1m", "--fault", "obs:down:20@+2m")
    said = await broadcaster(tmp_path, "rehearse", SEASON_X, "--show", "day-2", "--speed", "2000", "--json", *faults)
    assert said.code == 0, said.err
    (show,) = said.document["shows"]
    assert (show["id"], show["phase"]) == ("day-2", "done")
    assert not [cue for cue in show["cues"] if cue["end"] in ("failed", "unknown")]
    youtube, obs = show["outages"]
    assert re.match(r"13:59:\d\dZ youtube: ", youtube), "a minute before 14:00 UTC"
    assert re.match(r"14:02:\d\dZ obs: ", obs), "two minutes after it"


async def test_with_json_one_document_is_on_stdout_and_the_progress_on_stderr(tmp_path: Path) -> None:
    season = tmp_path / "season.toml"
    season.write_text(HOSTILE, encoding="utf-8")
    said = await broadcaster(tmp_path, "rehearse", season, "--speed", "2000", "--json")
    assert said.code == 0, said.err
    assert [show["title"] for show in said.document["shows"]] == ["[red"]
    assert (tmp_path / said.document["journal"]).exists()
    phases = re.findall(r"^REHEARSAL x2000  \S+  tonight: (\w+)$", said.err, re.MULTILINE)
    assert phases[-4:] == ["standby", "live", "closing", "done"]


@pytest.mark.parametrize("screen", [{"FORCE_COLOR": "1"}, {"NO_COLOR": "1"}], ids=["screen", "pipe"])
async def test_titles_that_look_like_markup_are_printed_as_they_are(tmp_path: Path, screen: dict[str, str]) -> None:
    season = tmp_path / "season.toml"
    season.write_text(HOSTILE, encoding="utf-8")
    said = await broadcaster(tmp_path, "rehearse", season, "--speed", "2000", COLUMNS="200", **screen)
    assert said.code == 0, said.err
    assert said.err == ""
    text = ANSI.sub("", said.out)
    assert "[red (tonight), Asia/Almaty" in text
    assert "tonight: DONE  live planned 19:00:00" in text
    if "FORCE_COLOR" in screen:
        assert "REHEARSAL x2000: [bold]x[/]" in text
        assert f"[/] [link=x]{LONG_TITLE}"[:60] in text
        assert "[/red]Stage" in text
        assert "Runway [not a style]" in text


@pytest.mark.parametrize(
    ("words", "said_so"),
    [
        (["--show", "nope"], "there is no show 'nope' (there are: day-1, day-2, day-3 and day-4)"),
        (["--fault", "nonsense"], "write END:KIND[:SECONDS][@OFFSET], such as youtube:down:30@-1m"),
        (["--fault", "obs:explode:3"], "unknown kind 'explode'"),
        (["--fault", "obs:down"], "'down' needs 'seconds' above zero"),
        (["--speed", "0"], "0.0 is not in the range"),
    ],
)
async def test_what_cannot_be_rehearsed_is_refused_at_once(tmp_path: Path, words: list[str], said_so: str) -> None:
    said = await broadcaster(tmp_path, "rehearse", SEASON_X, *words)
    assert (said.code, said.out) == (2, "")
    assert said_so in " ".join(said.err.split())
    assert os.listdir(tmp_path) == [], "nothing was begun"
