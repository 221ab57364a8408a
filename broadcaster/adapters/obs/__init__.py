"""OBS Studio through obs-websocket 5: the vision mixer and encoder of a show."""

from broadcaster.adapters.obs.adapter import OBSStudio

__all__ = ["OBSStudio"]
