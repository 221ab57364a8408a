"""Seeded seasons in virtual time keep every promise, whatever fails, lags, lies, dies or is changed by a hand."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.simulation.play import play_all, tell
from tests.simulation.simulation import Simulation

IS_CI = bool(os.environ.get("CI"))
SEEDS, WITHIN = (1000, 300.0) if IS_CI else (120, 60.0)
"""In CI more than 1,500 shows; how long they may take, in seconds."""
AT_LEAST = 600 if IS_CI else 40
"""Shows, on a machine that is busy with something else."""


@pytest.mark.timeout(600)
def test_no_seed_breaks_a_promise(
    record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
) -> None:
    tally = play_all(1, SEEDS, within=WITHIN)
    record_property("simulated_shows", tally.shows)
    with capsys.disabled():
        print(f"\nsimulation: {tally}")
    hint = "; python -m tests.simulation --seed N --shrink --verbose tells a story without what does not matter"
    assert not tally.failed, "\n".join([f"seeds {tally.failed}{hint}", *tally.stories[:3]])
    assert tally.shows >= AT_LEAST
    assert tally.phases["done"] > tally.shows / 2


@pytest.mark.parametrize("seed", [7, 20])
def test_a_seed_plays_the_same_every_time(seed: int) -> None:
    first = Simulation(seed).run()
    again = Simulation(seed).run()
    assert again.digest == first.digest, tell(again)
    assert again.story == first.story
    code = f"from tests.simulation.simulation import Simulation; print(Simulation({seed}).run().digest)"
    other = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "123"},
    )
    assert other.stdout.strip() == first.digest
