"""An OBS that needs no OBS: obs-websocket 5 with its scenes, outputs, errors and delays."""

from broadcaster.emulators.obs.service import EmulatedOBS

__all__ = ["EmulatedOBS"]
