"""What does a scene look like? One plain colour with its name on it, as a real JPEG; or the colour alone, as a PNG."""

import base64
import hashlib
import io
import struct
import zlib
from functools import lru_cache

FORMATS = ("jpeg", "jpg", "png")
SIZE = (1280, 720)
"""Of the canvas, and so of every scene."""
DEFAULT_QUALITY = 75
PALE = 380
"""A colour whose parts add up to more is written on in black."""


def colour_of(name: str) -> tuple[int, int, int]:
    """A colour that stays with the name: red, green, blue."""
    digest = hashlib.sha256(name.encode()).digest()
    return digest[0], digest[1], digest[2]


@lru_cache(maxsize=32)
def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (b"\0" + bytes(colour) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


@lru_cache(maxsize=32)
def jpeg(width: int, height: int, colour: tuple[int, int, int], name: str, quality: int) -> bytes:
    """A picture of one colour with a name on it, as far as the letters are known to the built-in font."""
    from PIL import Image, ImageDraw, ImageFont  # slow to import, and only pictures need it

    picture = Image.new("RGB", (width, height), colour)
    if name.isascii():
        letters = (0, 0, 0) if sum(colour) > PALE else (255, 255, 255)
        font = ImageFont.load_default(max(height // 10, 6))
        ImageDraw.Draw(picture).text((width / 2, height / 2), name, letters, font=font, anchor="mm")
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=quality)
    return packed.getvalue()


def size_of(width: int | None, height: int | None) -> tuple[int, int]:
    """What OBS makes of the size that was asked for: the side left out keeps the shape."""
    if width is not None and height is not None:
        return width, height
    if width is not None:
        return width, max(int(width * SIZE[1] / SIZE[0]), 1)
    return (max(int(height * SIZE[0] / SIZE[1]), 1), height) if height is not None else SIZE


def data_url(kind: str, size: tuple[int, int], colour: tuple[int, int, int], name: str, quality: int) -> str:
    """The picture as OBS sends it. `quality` is -1 (as OBS likes) to 100."""
    if kind == "png":
        data = png(*size, colour)
    else:
        data = jpeg(*size, colour, name, DEFAULT_QUALITY if quality < 0 else max(quality, 1))
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
