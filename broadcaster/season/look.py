"""How does a season look: which colours, which logo, and can its words be read on them?

Contrast is that of WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

import re
from dataclasses import dataclass

COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE | re.ASCII)
READABLE = 4.5
"""The least contrast of text, for level AA."""
GLOW = 0.22
"""How much of the accent the built-in template mixes into the background where it is brightest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookPlan:
    """The table [look]: colours as `#rrggbb`, and names of files beside the season file (empty: ours)."""

    background: str = "#14110f"
    ink: str = "#f7f1e6"
    accent: str = "#d8a95b"
    logo: str = ""
    template: str = ""
    fonts: tuple[str, ...] = ()

    @property
    def brightest(self) -> str:
        """The background where the accent shines into it most."""
        return mixed(self.background, self.accent, GLOW)

    @property
    def small_ink(self) -> str:
        """What small words are written in: the accent where it can be read everywhere, or else the ink."""
        worst = min(contrast(self.accent, ground) for ground in (self.background, self.brightest))
        return self.accent if worst >= READABLE else self.ink

    @property
    def worst_contrast(self) -> float:
        """The contrast of the ink with the part of the background that is nearest to it."""
        return min(contrast(self.ink, ground) for ground in (self.background, self.brightest))


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white). Raises ValueError for what is no `#rrggbb`."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """`one` with that share of `other` in it, as it looks when `other` lies over it so opaque."""
    pairs = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, from 0 to 255. Raises ValueError for what is no `#rrggbb`."""
    if not COLOUR.fullmatch(colour):
        raise ValueError(f"{colour[:40]!r} is no colour like #d8a95b")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(value / 255) for value in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
