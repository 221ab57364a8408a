"""YouTube as the show sees it: one channel, its broadcasts and streams, driven by video that really arrives."""

from broadcaster.emulators.youtube.service import EmulatedYouTube

__all__ = ["EmulatedYouTube"]
