"""Do the parts of the emulated OBS hold without a server?"""

from typing import Any

import msgpack
import pytest

from broadcaster.emulators.obs.ingest import IngestUnreachable, _address
from broadcaster.emulators.obs.packing import PackingError, pack, unpack
from broadcaster.emulators.obs.state import Input, Scene

VALUES: list[Any] = [
    None,
    True,
    False,
    *(0, 127, 128, 255, 256, 2**16, 2**32, 2**63, -1, -32, -33, -129, -(2**15) - 1, -(2**31) - 1),
    *(1.5, "", "Сахна", "x" * 31, "x" * 32, "x" * 256, "x" * 70_000),
    *([], [1] * 16, [0] * 70_000, {}, {str(number): number for number in range(20)}, {"a": [{"b": None}]}),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_packing_agrees_with_the_msgpack_library(value: Any) -> None:
    assert msgpack.unpackb(pack(value)) == value
    assert unpack(msgpack.packb(value)) == value


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\xa5ab", b"\x92\x01", b"\x01\x01", b"\xa1\xff", b"\x81\x90\x01"])
def test_what_is_not_messagepack_is_refused(data: bytes) -> None:
    with pytest.raises(PackingError):
        unpack(data)


@pytest.mark.parametrize(
    "server", ["rtmp://127.0.0.1:1935/live2", "rtmp://localhost:1935/live2", "rtmp://[::1]:1935/live2"]
)
def test_this_machine_is_spoken_to(server: str) -> None:
    assert _address(server)[1:] == (1935, "live2")


@pytest.mark.parametrize("server", ["rtmp://a.rtmp.youtube.com:1935/live2", "rtmp://203.0.113.5:1935/live2"])
def test_an_emulated_encoder_never_speaks_to_another_machine(server: str) -> None:
    with pytest.raises(IngestUnreachable, match="not this machine"):
        _address(server)


@pytest.mark.parametrize(
    "server", ["", "auto", "rtmp://127.0.0.1/live2", "http://127.0.0.1:80/x", "rtmp://127.0.0.1:x/y"]
)
def test_an_address_without_host_and_port_is_refused(server: str) -> None:
    with pytest.raises(IngestUnreachable):
        _address(server)


def test_item_ids_are_never_used_twice() -> None:
    scene = Scene("Runway")
    first = scene.add(Input("a"))
    scene.items.remove(first)
    assert (first.id, scene.add(Input("b")).id) == (1, 2)
