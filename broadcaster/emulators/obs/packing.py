"""How do messages look on the wire, as JSON text or as MessagePack?

Only what obs-websocket sends and takes: nil, booleans, integers, floats, strings, arrays and maps with string keys.
"""

import struct
from typing import Any


class PackingError(ValueError):
    """Bytes that are not MessagePack, or a value that it cannot hold."""


def pack(value: Any) -> bytes:
    """The value as MessagePack."""
    if value is None:
        return b"\xc0"
    if value is True:
        return b"\xc3"
    if value is False:
        return b"\xc2"
    if isinstance(value, int):
        return _pack_int(value)
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)
    if isinstance(value, str):
        data = value.encode()
        return _head(len(data), 0xA0, 32, {0xD9: "B", 0xDA: "H", 0xDB: "I"}) + data
    if isinstance(value, list | tuple):
        return _head(len(value), 0x90, 16, {0xDC: "H", 0xDD: "I"}) + b"".join(pack(each) for each in value)
    if isinstance(value, dict):
        body = b"".join(pack(key) + pack(each) for key, each in value.items())
        return _head(len(value), 0x80, 16, {0xDE: "H", 0xDF: "I"}) + body
    raise PackingError(f"cannot pack {type(value).__name__}")


def _head(length: int, short: int, limit: int, longer: dict[int, str]) -> bytes:
    if length < limit:
        return bytes([short | length])
    for mark, form in longer.items():
        if length < 1 << (8 * struct.calcsize(form)):
            return bytes([mark]) + struct.pack(f">{form}", length)
    raise PackingError("too long")


def _pack_int(value: int) -> bytes:
    if -32 <= value < 128:
        return struct.pack(">b", value)
    if value >= 0:
        return b"\xcf" + struct.pack(">Q", value)
    return b"\xd3" + struct.pack(">q", value)


_SCALARS = {
    0xCA: "f",
    0xCB: "d",
    0xCC: "B",
    0xCD: "H",
    0xCE: "I",
    0xCF: "Q",
    0xD0: "b",
    0xD1: "h",
    0xD2: "i",
    0xD3: "q",
}
_LENGTHS = {
    **{0xD9: "B", 0xDA: "H", 0xDB: "I"},  # strings
    **{0xC4: "B", 0xC5: "H", 0xC6: "I"},  # bytes
    **{0xDC: "H", 0xDD: "I", 0xDE: "H", 0xDF: "I"},  # arrays and maps
}


def unpack(data: bytes) -> Any:
    """The value in `data`; raises PackingError when it holds anything else than one value."""
    try:
        value, end = _unpack(data, 0)
    except (struct.error, IndexError, UnicodeDecodeError, TypeError, RecursionError) as error:
        raise PackingError(f"not MessagePack: {error}") from error
    if end != len(data):
        raise PackingError("bytes after the value")
    return value


def _unpack(data: bytes, at: int) -> tuple[Any, int]:
    mark = data[at]
    at += 1
    if mark < 0x80:
        return mark, at
    if mark >= 0xE0:
        return mark - 256, at
    if mark in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[mark], at
    if mark in _SCALARS:
        form = f">{_SCALARS[mark]}"
        return struct.unpack_from(form, data, at)[0], at + struct.calcsize(form)
    if mark in _LENGTHS:
        form = f">{_LENGTHS[mark]}"
        length = struct.unpack_from(form, data, at)[0]
        at += struct.calcsize(form)
    else:
        length = mark & (0x1F if 0xA0 <= mark < 0xC0 else 0x0F)
    if 0xA0 <= mark < 0xC0 or mark in (0xD9, 0xDA, 0xDB):
        return _slice(data, at, length).decode(), at + length
    if mark in (0xC4, 0xC5, 0xC6):
        return _slice(data, at, length), at + length
    if 0x90 <= mark < 0xA0 or mark in (0xDC, 0xDD):
        values = []
        for _ in range(length):
            value, at = _unpack(data, at)
            values.append(value)
        return values, at
    if mark < 0x90 or mark in (0xDE, 0xDF):
        pairs = {}
        for _ in range(length):
            key, at = _unpack(data, at)
            pairs[key], at = _unpack(data, at)
        return pairs, at
    raise PackingError(f"unknown mark {mark:#x}")


def _slice(data: bytes, at: int, length: int) -> bytes:
    if at + length > len(data):
        raise PackingError("ends too early")
    return data[at : at + length]
