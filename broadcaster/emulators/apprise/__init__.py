"""A receiver of what Apprise sends to `json://`: it stands for all the services behind it."""

from broadcaster.emulators.apprise.service import EmulatedNotices

__all__ = ["EmulatedNotices"]
