"""How are a show's broadcasts made and steered on YouTube?

Names are looked up when they are first used: the file of a sign-in is read without loading any client.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from broadcaster.adapters.youtube.adapter import YouTubeBroadcasts
    from broadcaster.adapters.youtube.connection import static_token, token_file

__all__ = ["YouTubeBroadcasts", "static_token", "token_file"]

_HOMES = {"YouTubeBroadcasts": "adapter", "static_token": "connection", "token_file": "connection"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
