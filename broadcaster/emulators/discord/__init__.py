"""A Discord that shows nobody anything: webhooks of channels, their messages, errors and rate limits."""

from broadcaster.emulators.discord.service import EmulatedDiscord

__all__ = ["EmulatedDiscord"]
