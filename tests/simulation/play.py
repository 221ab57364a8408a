"""How are many seeds played, on all of the machine's processors, and what is told of them?"""

import logging
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

from tests.simulation.script import without
from tests.simulation.simulation import Simulation, Verdict

CHUNK = 10


@dataclass
class Tally:
    """What many seeds came to. `stories` are those of the seeds that broke something."""

    seeds: int = 0
    shows: int = 0
    turns: int = 0
    calls: int = 0
    lives: int = 0
    records: int = 0
    happenings: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    stories: list[str] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)

    def add(self, verdict: Verdict) -> None:
        """Count one seed."""
        self.seeds += 1
        self.shows += verdict.shows
        self.turns += verdict.turns
        self.calls += verdict.calls
        self.lives += verdict.lives
        self.records += verdict.records
        self.happenings.update(one.kind for one in verdict.script)
        self.phases.update(verdict.phases)
        if verdict.broken:
            self.failed.append(verdict.seed)
            self.stories.append(tell(verdict))

    def join(self, other: "Tally") -> None:
        """Count another's seeds too."""
        for name in ("seeds", "shows", "turns", "calls", "lives", "records"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.happenings.update(other.happenings)
        self.phases.update(other.phases)
        self.stories += other.stories
        self.failed += other.failed

    def __str__(self) -> str:
        troubles = sum(self.happenings.values())
        return (
            f"{self.shows} shows of {self.seeds} seeds, {troubles} happenings, {self.lives - self.seeds} restarts, "
            f"{self.calls} requests, {self.records} records, {self.turns} turns; {len(self.failed)} seeds failed"
        )


def play_seeds(first: int, count: int) -> Tally:
    """Play so many seeds one after the other."""
    logging.disable(logging.CRITICAL)
    tally = Tally()
    for seed in range(first, first + count):
        tally.add(Simulation(seed).run())
    return tally


def play_all(first: int, count: int, *, within: float, jobs: int = 0) -> Tally:
    """Play so many seeds, or as many as fit into so many seconds, on all processors."""
    return next(reversed(list(tallies(first, count, within=within, jobs=jobs))))


def tallies(first: int, count: int, *, within: float, jobs: int = 0) -> Iterator[Tally]:
    """The tally so far, each time some more seeds have been played."""
    end = time.monotonic() + within
    tally = Tally()
    yield tally
    # spawn is the same everywhere, and does not copy threads of the test run
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs or os.cpu_count(), mp_context=context) as pool:
        chunks: list[Future[Tally]] = [
            pool.submit(play_seeds, start, min(CHUNK, first + count - start))
            for start in range(first, first + count, CHUNK)
        ]
        try:
            for chunk in chunks:
                with suppress(TimeoutError):
                    tally.join(chunk.result(timeout=max(0.0, end - time.monotonic())))
                    yield tally
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def shrink(verdict: Verdict) -> Verdict:
    """The same seed with as few happenings as still break something."""
    best = verdict
    index = len(best.script) - 1
    while index >= 0:
        tried = Simulation(best.seed, script=without(best.script, index)).run()
        if tried.broken:
            best = tried
        index = min(index, len(best.script)) - 1
    return best


def tell(verdict: Verdict) -> str:
    """What happened, and what was broken."""
    lines = [f"seed {verdict.seed}: {verdict.shows} show(s), {', '.join(verdict.phases)}, {verdict.lives} run(s)"]
    lines += [f"  {line}" for line in verdict.story]
    lines += [f"  BROKEN: {line}" for line in verdict.broken]
    return "\n".join(lines)
