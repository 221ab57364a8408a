"""What does a scene look like? One plain colour, as a real PNG."""

import base64
import hashlib
import struct
import zlib
from functools import lru_cache


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


def data_url(width: int, height: int, colour: tuple[int, int, int]) -> str:
    """The picture as OBS sends it."""
    return "data:image/png;base64," + base64.b64encode(png(width, height, colour)).decode()
