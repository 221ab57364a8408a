"""A Meta that shows nothing to anybody: the Graph API's Pages and Instagram accounts, their errors and limits."""

from broadcaster.emulators.meta.service import EmulatedMeta

__all__ = ["EmulatedMeta"]
