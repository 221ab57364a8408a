"""Writes docs/youtube-answers.md: python -m tests.youtube_answers"""

from collections.abc import Iterator
from pathlib import Path

from broadcaster.adapters.youtube.reasons import ANSWERS, UNKNOWN, Answer, Do
from broadcaster.season.errors import Unavailable

PAGE = Path(__file__).parents[1] / "docs" / "youtube-answers.md"

HEAD = """\
# What YouTube refuses, and what we do about it

Made from the table in `broadcaster/adapters/youtube/reasons.py` by `python -m tests.youtube_answers`; do not edit.

| answer | what it means |
|---|---|
| retry | nothing was applied and soon it will work: the same again, shortly |
| wait | nothing was applied and it takes a while: the same again, later |
| look | YouTube is not as was thought, or it is not known whether it happened: it is read back, then decided anew |
| ask | a person has to act; what can be tried again meanwhile is |
| give up | the same again would be refused again: what was asked has to be changed |

Every error also quotes YouTube's own words. `METHOD/reason` is what a reason means from that method alone.

"""


def page() -> str:
    """The page, as it is to be."""
    return HEAD + "\n".join(_tables()) + "\n"


def _tables() -> Iterator[str]:
    for do in Do:
        yield f"## {do.value.capitalize()}\n"
        yield from _table({reason: answer for reason, answer in ANSWERS.items() if answer.do is do}, "reason")
        yield ""
    yield "## Reasons that nobody knows, and none, by HTTP status; the first that fits counts\n"
    yield from _table(UNKNOWN, "status")


def _table(answers: dict[str, Answer], head: str) -> Iterator[str]:
    yield f"| {head} | error | again after | what the operator reads |"
    yield "|---|---|---|---|"
    for name, answer in answers.items():
        again = f"{answer.retry_after:g} s" if answer.error is Unavailable else ""
        yield f"| {name} | {answer.error.__name__} | {again} | {answer.say} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
