"""`python -m tests.simulation --seed N [--shows K]`: play seasons from seed N on, until K shows have been played.

With --verbose one seed's story is told; with --shrink the happenings that do not matter are left out first.
"""

import argparse
import logging
import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.simulation.script import without
from tests.simulation.simulation import Simulation, Verdict


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--shows", type=int, default=1, help="how many shows to play")
    parser.add_argument("--verbose", action="store_true", help="tell each story")
    parser.add_argument("--shrink", action="store_true", help="leave out of a failing seed what does not matter")
    parser.add_argument("--journal", action="store_true", help="print the records of each seed too")
    options = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    began, seed, shows, failed, turns = time.perf_counter(), options.seed, 0, 0, 0
    kinds: Counter[str] = Counter()
    while shows < options.shows:
        simulation = Simulation(seed)
        verdict = simulation.run()
        shows += verdict.shows
        turns += verdict.turns
        kinds.update(one.kind for one in verdict.script)
        if verdict.broken:
            failed += 1
            if options.shrink:
                simulation = Simulation(seed, script=shrink(verdict).script)
                verdict = simulation.run()
        if options.verbose or verdict.broken:
            print(tell(verdict), flush=True)
        if options.journal:
            for record in simulation.disk.records:
                print(f"{record.seq:4} {record.at:%H:%M:%S.%f} {record.kind} {dict(record.ids)} {dict(record.data)}")
        seed += 1
    took = time.perf_counter() - began
    print(f"{shows} shows in {took:.1f} s ({shows / took * 60:.0f} a minute), {turns} turns; {failed} seed(s) failed")
    if shows > 1:
        print(", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
