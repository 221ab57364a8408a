"""What picture does a channel take?"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Media = Literal["image/png", "image/jpeg"]
ENDINGS: Mapping[Media, str] = {"image/png": ".png", "image/jpeg": ".jpg"}
"""How the name of such a file ends."""


class Size(StrEnum):
    """The shapes that services show whole."""

    STORY = "story"
    POST = "post"
    SQUARE = "square"
    LINK = "link"

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height."""
        return _PIXELS[self]


_PIXELS = {Size.STORY: (1080, 1920), Size.POST: (1080, 1350), Size.SQUARE: (1080, 1080), Size.LINK: (1200, 630)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What picture one kind of channel takes: its best shape and format, and the most bytes of one it is given.

    `longest` is the most that width and height may be together, `ratios` the least and most of width by height.
    """

    size: Size = Size.LINK
    media: Media = "image/png"
    most_bytes: int = 8_000_000
    longest: int = 10_000
    ratios: tuple[float, float] = (1 / 20, 20.0)

    def fault(self, width: int, height: int, length: int) -> str:
        """What keeps a picture of that size out of the channel; empty if nothing does."""
        if length > self.most_bytes:
            return f"is {length / 1e6:.1f} MB; {self.most_bytes / 1e6:g} MB are taken"
        if width + height > self.longest:
            return f"is {width} x {height}; both together may be {self.longest} pixels"
        least, most = self.ratios
        if not least <= width / height <= most:
            return f"is {width} x {height}: width by height has to lie between {least:.3g} and {most:.3g}"
        return ""
