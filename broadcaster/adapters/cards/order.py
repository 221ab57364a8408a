"""What is to be drawn?"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from broadcaster.season.cards import CardWords
from broadcaster.season.frames import Media, Size
from broadcaster.season.look import LookPlan

EXIT_TEMPLATE = 3
"""The child ends so when the template, or a file of the look, cannot be used; its stderr says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One card; `folder` is the season file's, where the look's files are."""

    words: CardWords
    look: LookPlan
    size: Size
    media: Media
    folder: Path


def write_order(order: Order) -> bytes:
    """The order as JSON."""
    return json.dumps(asdict(order), default=str).encode()


def read_order(text: bytes) -> Order:
    """The order that `write_order` wrote."""
    data = json.loads(text)
    return Order(
        words=CardWords(**data["words"]),
        look=LookPlan(**data["look"] | {"fonts": tuple(data["look"]["fonts"])}),
        size=Size(data["size"]),
        media=data["media"],
        folder=Path(data["folder"]),
    )
