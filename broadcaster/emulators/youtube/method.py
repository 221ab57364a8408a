"""What is a method of the API: its address, what it takes, and what it does?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from broadcaster.emulators.youtube.calls import Answer, Call
from broadcaster.emulators.youtube.queries import MAX_RESULTS, PART, TEXT, Parameter
from broadcaster.emulators.youtube.shapes import Shape
from broadcaster.emulators.youtube.tokens import FULL, PARTNER, READ, SSL

WRITERS = frozenset({FULL, SSL})
READERS = WRITERS | {READ}
PARTNERS = WRITERS | {PARTNER}
PARTNER_READERS = READERS | {PARTNER}
"""The scopes of which a token needs one, as most methods declare them."""

OWNER = frozenset({"onBehalfOfContentOwner"})
OWNERS = OWNER | {"onBehalfOfContentOwnerChannel"}
PART_ONLY = {"part": PART}
PAGING = {"maxResults": MAX_RESULTS, "pageToken": TEXT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method of the API. `refused` parameters are answered with 501, `ignored` ones have no effect."""

    name: str
    verb: str
    path: str
    parts: frozenset[str]
    parameters: Mapping[str, Parameter]
    do: Callable[[Call], Answer]
    domain: str
    help: str
    scopes: frozenset[str]
    shape: Mapping[str, Shape] | None = None
    """The body that it wants."""
    ignored: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    before_upload: Callable[[Call], None] | None = None
    """What is looked at before a file is sent, for a method that takes one; raises Refusal."""

    @property
    def is_live(self) -> bool:
        """Whether the channel must be enabled for live streaming."""
        return self.domain in ("youtube.liveBroadcast", "youtube.liveStream")

    @property
    def is_write(self) -> bool:
        """Whether it changes something."""
        return self.verb != "GET"


def choice(*words: str, is_required: bool = False) -> Parameter:
    """A query parameter that takes one of some words."""
    return Parameter(words=frozenset(words), is_required=is_required)
