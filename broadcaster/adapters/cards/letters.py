"""Which letters does a font file hold, and how wide are they? Read from the file's own tables.

Facts: https://learn.microsoft.com/en-us/typography/opentype/spec/ (cmap, hhea, hmtx, head).
"""

import struct
from functools import lru_cache
from pathlib import Path

MOST_BYTES = 40_000_000


class FontFile:
    """One TTF or OTF file. Raises ValueError for what is no such file, OSError for one that cannot be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB")
        try:
            self._read(path.read_bytes())
        except (struct.error, KeyError, IndexError):
            raise ValueError(f"{path.name} is no TTF or OTF font") from None

    def _read(self, data: bytes) -> None:
        if data[:4] not in (b"\0\1\0\0", b"OTTO", b"true"):
            raise ValueError(f"{self.path.name} is no TTF or OTF font")
        (count,) = struct.unpack_from(">H", data, 4)
        tables = {}
        for number in range(count):
            tag, _, offset, length = struct.unpack_from(">4sIII", data, 12 + 16 * number)
            tables[tag] = data[offset : offset + length]
        self.units: int = struct.unpack_from(">H", tables[b"head"], 18)[0]
        (metrics,) = struct.unpack_from(">H", tables[b"hhea"], 34)
        self.family = _family(tables[b"name"])
        self._glyphs = _cmap(tables[b"cmap"])
        self._advances: tuple[int, ...] = struct.unpack_from(">" + "Hh" * metrics, tables[b"hmtx"])[::2]
        if not self.units or not self._advances:
            raise ValueError(f"{self.path.name} measures no letters")

    def has(self, letter: str) -> bool:
        """Whether it can show the letter."""
        return ord(letter) in self._glyphs

    def width(self, letter: str, size: float) -> float:
        """How far the pen moves, in pixels, for a letter that it has; for another, that of a box."""
        glyph = self._glyphs.get(ord(letter), 0)
        return self._advances[min(glyph, len(self._advances) - 1)] * size / self.units


@lru_cache(maxsize=16)
def font_file(path: Path) -> FontFile:
    """The font, read once. Raises ValueError and OSError."""
    return FontFile(path)


def _family(table: bytes) -> str:
    """The family's name, as SVG names it; that which holds also for software that knows four styles alone."""
    _, count, start = struct.unpack_from(">HHH", table)
    names: dict[int, str] = {}
    for number in range(count):
        platform, _, _, name, length, offset = struct.unpack_from(">HHHHHH", table, 6 + 12 * number)
        if platform in (0, 3):
            names.setdefault(name, table[start + offset : start + offset + length].decode("utf-16-be", "replace"))
    return names.get(16) or names.get(1, "")


def _cmap(table: bytes) -> dict[int, int]:
    """Code point -> glyph, from the richest table for Unicode."""
    (count,) = struct.unpack_from(">H", table, 2)
    best: tuple[int, int] = (0, 0)
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", table, 4 + 8 * number)
        (form,) = struct.unpack_from(">H", table, offset)
        if form in (4, 12) and (platform == 0 or (platform == 3 and encoding in (1, 10))):
            best = max(best, (form, offset))
    form, offset = best
    if form == 12:
        return _segmented_coverage(table, offset)
    return _segment_mapping(table, offset) if form == 4 else {}


def _segmented_coverage(table: bytes, start: int) -> dict[int, int]:
    found: dict[int, int] = {}
    (groups,) = struct.unpack_from(">I", table, start + 12)
    for number in range(groups):
        first, last, glyph = struct.unpack_from(">III", table, start + 16 + 12 * number)
        if last > 0x10FFFF or first > last:
            raise IndexError(last)
        found.update(zip(range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True))
    return found


def _segment_mapping(table: bytes, start: int) -> dict[int, int]:
    found: dict[int, int] = {}
    segments = struct.unpack_from(">H", table, start + 6)[0] // 2
    ends, begins = start + 14, start + 16 + 2 * segments
    for number in range(segments):
        at = 2 * number
        (last,) = struct.unpack_from(">H", table, ends + at)
        (first,) = struct.unpack_from(">H", table, begins + at)
        (delta,) = struct.unpack_from(">H", table, begins + 2 * segments + at)
        place = begins + 4 * segments + at
        (jump,) = struct.unpack_from(">H", table, place)
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = struct.unpack_from(">H", table, place + jump + 2 * (code - first))[0] if jump else code
            if glyph:
                found[code] = (glyph + delta) & 0xFFFF
    return {code: glyph for code, glyph in found.items() if glyph}
