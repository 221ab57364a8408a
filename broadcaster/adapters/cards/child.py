"""The child process that draws one card: an order on stdin, the picture on stdout, what is wrong on stderr.

It gives way to everything else on the machine, and has no more than this of memory and of processor time where the
system can limit it.
"""

import os
import sys

from broadcaster.adapters.cards.drawing import draw
from broadcaster.adapters.cards.order import EXIT_TEMPLATE, read_order
from broadcaster.season.errors import TemplateError

MEMORY_BYTES, PROCESSOR_SECONDS = 2_000_000_000, 60
NICE = 10


def main() -> None:
    """Draw what stdin says."""
    _limit()
    try:
        picture = draw(read_order(sys.stdin.buffer.read()))
    except TemplateError as error:
        print(error, file=sys.stderr)
        sys.exit(EXIT_TEMPLATE)
    sys.stdout.buffer.write(picture)
    sys.stdout.buffer.flush()


def _limit() -> None:
    if hasattr(os, "nice"):  # Windows: the parent has said so
        os.nice(NICE)
    try:
        import resource
    except ImportError:  # Windows: the time-out of the parent has to do
        return
    for what, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, PROCESSOR_SECONDS)):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):  # macOS does not limit memory so, and a limit may be lower already
            continue


if __name__ == "__main__":
    main()
