"""A Telegram that posts to nobody: the Bot API's methods, errors and flood control."""

from broadcaster.emulators.telegram.service import EmulatedTelegram

__all__ = ["EmulatedTelegram"]
