"""Do the numbers say what an operator would be woken for, in names that Prometheus takes, without ever growing?"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from broadcaster.panel.counts import Counts
from broadcaster.panel.glance import Glance
from broadcaster.panel.metrics import Metrics
from broadcaster.show.observed import Lifecycle
from broadcaster.show.records import CLOCK_STEPPED, LOOP_STALLED, End, Note, Result, cue_settled, outcome
from tests.plans import GO_LIVE, Story, on_youtube, seen, studio, video
from tests.unit.test_panel_tiles import StageDesk, live

SECOND = timedelta(seconds=1)
DOCS = Path(__file__).parents[2] / "docs"
ALERTS = DOCS / "prometheus-alerts.yml"


async def ask(desk: StageDesk, counts: Counts | None = None, encoder: dict[str, Any] | None = None) -> str:
    app = web.Application()
    metrics = Metrics(
        Glance(desk, clock=desk.clock), counts or Counts(), encoder=lambda: encoder or {}, sockets=lambda: 3
    )
    app.add_routes(metrics.routes())
    async with TestClient(TestServer(app)) as client, client.get("/metrics") as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=")
        return await response.text()


def values(text: str) -> dict[str, float]:
    return {name: value for name, value in _values(text)}


def _values(text: str) -> Iterator[tuple[str, float]]:
    for family in text_string_to_metric_families(text):
        assert family.documentation or not family.name.startswith("broadcaster"), family.name
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            yield sample.name.removeprefix("broadcaster_") + (f"{{{labels}}}" if labels else ""), sample.value


async def test_a_show_on_air_in_numbers() -> None:
    desk = live(StageDesk(about={"broadcaster": "0.1.0", "tzdata": "2026.1"}))
    desk.far = seen(studio("Film"), on_youtube(Lifecycle.LIVE), video())
    desk.clock._now += 30 * SECOND
    said = values(await ask(desk, encoder={"congestion": 0.25, "dropped_percent": 2.0, "kbps": 4000}))
    assert said["live"] == said["show_phase{phase=live}"] == said["end_connected{end=obs}"] == 1
    assert said["build_info{tzdata=2026.1,version=0.1.0}"] == 1
    assert said["show_phase{phase=standby}"] == said["rehearsal"] == said["lane_held{lane=posts}"] == 0
    assert said["go_live_in_seconds"] == -30
    assert said["next_segment_in_seconds"] == 90
    assert said["go_live_timestamp_seconds"] == GO_LIVE.timestamp()
    assert said["obs_congestion_ratio"] == 0.25
    assert said["obs_dropped_frames_ratio"] == 0.02
    assert said["obs_stream_bytes_per_second"] == 500_000
    assert said["panel_sockets"] == 3
    assert "quota_left_units" not in said


async def test_what_happened_is_counted_from_the_records() -> None:
    counts, story = Counts(), Story()
    for late in (0.004, 0.004, 0.7, 400.0, -0.02):
        at = GO_LIVE + timedelta(seconds=late)
        story.add(cue_settled("day-1", "day-1/program/take/film", End.DONE, at=at, planned=GO_LIVE, why=""))
    story.add(cue_settled("day-1", "wild<script>", End.FAILED, at=GO_LIVE, planned=GO_LIVE, why=""))
    story.add(outcome("day-1", "c", "a", "take", Result.DONE), outcome("day-1", "c", "a", "x\n", Result.UNKNOWN))
    story.add(Note(kind=LOOP_STALLED, ids={}, data={"seconds": 1.5}))
    story.add(Note(kind=CLOCK_STEPPED, ids={}, data={"seconds": -3.0}))
    for record in story.records:
        counts.note(record)
    said = values(await ask(StageDesk(), counts))
    assert said["cue_lateness_seconds_bucket{lane=program,le=0.01}"] == 3
    assert said["cue_lateness_seconds_bucket{lane=program,le=1.0}"] == 4
    assert said["cue_lateness_seconds_bucket{lane=program,le=+Inf}"] == 5
    assert said["cue_lateness_seconds_count{lane=program}"] == 5
    assert said["cue_lateness_seconds_sum{lane=program}"] == pytest.approx(400.708)
    assert said["cues_total{end=done,lane=program}"] == 5
    assert said["cues_total{end=failed,lane=other}"] == 1
    assert said["acts_total{result=done,verb=take}"] == said["acts_total{result=unknown,verb=other}"] == 1
    assert said["acts_total{result=failed,verb=post}"] == 0
    assert (said["event_loop_stalls_total"], said["event_loop_stall_seconds_total"]) == (1, 1.5)
    assert said["clock_steps_total"] == 1


async def test_trouble_shows() -> None:
    desk = live(StageDesk())
    desk.far = seen(None)
    said = values(await ask(desk))
    assert said["end_connected{end=obs}"] == 0
    assert said["alerts{end=obs}"] == 1
    assert sum(value for name, value in said.items() if name.startswith("alerts{")) == len(desk.view()["alerts"]) > 0


async def test_a_desk_that_knows_nothing_yet_is_no_failure() -> None:
    desk = StageDesk()
    desk.view = lambda: dict.fromkeys(StageDesk().view())  # type: ignore[method-assign]
    assert values(await ask(desk))["live"] == 0


async def test_names_units_and_the_alert_rules_are_as_prometheus_wants_them(tmp_path: Path) -> None:
    text = await ask(live(StageDesk()), encoder={"congestion": 0.0, "dropped_percent": 0.0, "kbps": 1})
    known = {family.name for family in text_string_to_metric_families(text)}
    rules = ALERTS.read_text("utf-8") + (DOCS / "grafana-dashboard.json").read_text("utf-8")
    for name in set(re.findall(r"broadcaster_[a-z_]+", rules)):
        family = re.sub(r"_(total|bucket|sum|count)$", "", name)
        assert family in known or name in known, name
    if (tool := shutil.which("promtool")) is None:
        pytest.skip("promtool is not installed: names are checked, style is not")
    checked = subprocess.run([tool, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    checked = subprocess.run([tool, "check", "rules", str(ALERTS)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
