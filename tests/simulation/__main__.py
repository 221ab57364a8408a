"""`python -m tests.simulation --seed N [--shows K]`: play seasons from seed N on, until about K shows have been played.

One seed alone is told with --verbose, with its records with --journal, and with --shrink without what does not matter.
"""

import argparse
import logging
import sys
import time
from collections.abc import Sequence

from tests.simulation.play import shrink, tallies, tell
from tests.simulation.simulation import Simulation

SEEDS_A_SHOW = 0.6


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--shows", type=int, default=0, help="play on until about so many shows have been played")
    parser.add_argument("--jobs", type=int, default=0, help="processes; as many as there are processors by default")
    parser.add_argument("--verbose", action="store_true", help="tell the story of the one seed")
    parser.add_argument("--shrink", action="store_true", help="leave out of a failing seed what does not matter")
    parser.add_argument("--journal", action="store_true", help="print the records of the one seed")
    options = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    return many(options.seed, options.shows, options.jobs) if options.shows > 1 else one(options)


def one(options: argparse.Namespace) -> int:
    """Play one seed."""
    simulation = Simulation(options.seed)
    verdict = simulation.run()
    if verdict.broken and options.shrink:
        simulation = Simulation(options.seed, script=shrink(verdict).script)
        verdict = simulation.run()
    if options.journal:
        for record in simulation.disk.records:
            print(f"{record.seq:4} {record.at:%H:%M:%S.%f} {record.kind} {dict(record.ids)} {dict(record.data)}")
    if options.verbose or verdict.broken:
        print(tell(verdict))
    print(f"{verdict.shows} show(s), {verdict.turns} turns, {verdict.records} records, digest {verdict.digest[:16]}")
    return 1 if verdict.broken else 0


def many(first: int, shows: int, jobs: int) -> int:
    """Play many seeds."""
    began, told = time.perf_counter(), 0
    tally = None
    for tally in tallies(first, round(shows * SEEDS_A_SHOW), within=24 * 3600.0, jobs=jobs):
        for story in tally.stories[told:]:
            print(story, flush=True)
        told = len(tally.stories)
    if tally is None:
        return 0
    took = time.perf_counter() - began
    print(f"{tally}; {took:.0f} s, {tally.shows / took * 60:.0f} shows a minute")
    print(", ".join(f"{kind} {count}" for kind, count in sorted(tally.happenings.items())))
    print(", ".join(f"{phase} {count}" for phase, count in sorted(tally.phases.items())))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
