"""A Mastodon server with one account that nobody follows: statuses, media, pins, errors and limits."""

from broadcaster.emulators.mastodon.service import EmulatedMastodon

__all__ = ["EmulatedMastodon"]
