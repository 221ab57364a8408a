"""How does the picture of a button look? A word, a text that fits, and a colour that is law; PNG, by Pillow.

Pillow lets go of the interpreter while it draws and packs, so that a thread of its own never holds up a cue.
"""

import io
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

FONT = Path(__file__).with_name("fonts") / "DejaVuSansCondensed-Bold.ttf"
MOST_LETTERS = 120
GRID = 72
"""Every measure below is of a tile of 72 pixels; others are scaled."""
EDGE, WORD_SIZE, SMALL_SIZE = 3, 12, 10
LARGEST, SMALLEST = 36, 9
FRAME = "#ffb300"
LINE = 1.12


class Look(Enum):
    """Background and letters. Red is on air, green next, amber a warning, grey off; plain says nothing."""

    RED = ("#c1121f", "#ffffff")
    GREEN = ("#0b7a35", "#ffffff")
    AMBER = ("#ffb300", "#000000")
    GREY = ("#41464d", "#e6e8eb")
    PLAIN = ("#101316", "#ffffff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """What a button shows: `word` says the colour in letters, `text` is large, `small` below it."""

    look: Look
    word: str
    text: str = ""
    small: str = ""
    is_rehearsal: bool = False


def draw(tile: Tile, size: int) -> bytes:
    """The PNG, `size` pixels wide and high; letters that the font lacks are boxes."""
    from PIL import Image, ImageDraw

    ground, ink = tile.look.value
    scale = size / GRID
    image = Image.new("RGB", (size, size), ground)
    pen = ImageDraw.Draw(image)
    width = size - 2 * EDGE * scale
    top, bottom = EDGE * scale, size - EDGE * scale
    word = _Block(*_fitting(tile.word, width, WORD_SIZE * LINE * scale, scale))
    word.draw(pen, size, top, ink)
    top += word.height
    if small := "REHEARSAL" if tile.is_rehearsal else tile.small:
        lines = 1 if tile.is_rehearsal else 2
        block = _Block(*_fitting(small, width, lines * SMALL_SIZE * LINE * scale, scale, largest=SMALL_SIZE))
        bottom -= block.height
        if tile.is_rehearsal:
            pen.rectangle((0, bottom, size, size), fill=FRAME)
        block.draw(pen, size, bottom, "#000000" if tile.is_rehearsal else ink)
    if tile.text:
        block = _Block(*_fitting(tile.text, width, bottom - top, scale))
        block.draw(pen, size, top + max(0.0, (bottom - top - block.height) / 2), ink)
    if tile.is_rehearsal:
        pen.rectangle((0, 0, size - 1, size - 1), outline=FRAME, width=max(2, round(2 * scale)))
    packed = io.BytesIO()
    image.save(packed, "PNG")
    return packed.getvalue()


def printable(text: str) -> str:
    """The text on one line, without letters that steer instead of showing, and never endless."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * MOST_LETTERS])
    shown = " ".join(shown.split())
    return shown if len(shown) <= MOST_LETTERS else shown[: MOST_LETTERS - 1] + "…"


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines of one size, centred."""

    lines: list[str]
    face: "FreeTypeFont"

    @property
    def height(self) -> float:
        return len(self.lines) * self.face.size * LINE

    def draw(self, pen: "ImageDraw", size: int, top: float, ink: str) -> float:
        for number, line in enumerate(self.lines):
            middle = top + (number + 0.5) * self.face.size * LINE
            pen.text((size / 2, middle), line, font=self.face, fill=ink, anchor="mm")
        return self.height


def _fitting(
    text: str, width: float, height: float, scale: float, *, largest: int = LARGEST
) -> "tuple[list[str], FreeTypeFont]":
    """The largest size in which the words fit into the box; in the smallest, what does not fit is cut."""
    for grade in range(largest, SMALLEST - 1, -1):
        face = _face(round(grade * scale))
        lines = _wrap(text.split(" "), face, width)
        if lines is not None and len(lines) * face.size * LINE <= height:
            return lines, face
    face = _face(round(SMALLEST * scale))
    return _cut(text, face, width, max(1, int(height / (face.size * LINE)))), face


def _wrap(words: list[str], face: "FreeTypeFont", width: float) -> list[str] | None:
    lines: list[str] = []
    for word in words:
        if face.getlength(word) > width:
            return None
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and face.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _cut(text: str, face: "FreeTypeFont", width: float, most: int) -> list[str]:
    """Lines with overlong words broken, the last one ended with dots when there was more."""
    lines = _wrap([part for word in text.split(" ") for part in _broken(word, face, width)], face, width) or [""]
    if len(lines) <= most:
        return lines
    rest = lines[most - 1]
    while rest and face.getlength(f"{rest}…") > width:
        rest = rest[:-1]
    return [*lines[: most - 1], f"{rest.rstrip()}…"]


def _broken(word: str, face: "FreeTypeFont", width: float) -> list[str]:
    parts = [""]
    for letter in word:
        if parts[-1] and face.getlength(parts[-1] + letter) > width:
            parts.append("")
        parts[-1] += letter
    return parts


@lru_cache(maxsize=256)
def _face(pixels: int) -> "FreeTypeFont":
    from PIL import ImageFont

    # The basic engine is in every build of Pillow, so a tile looks the same everywhere.
    return ImageFont.truetype(FONT, max(6, pixels), layout_engine=ImageFont.Layout.BASIC)
