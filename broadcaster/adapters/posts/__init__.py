"""How do announcements reach their channels? One module for each service, and one way to send for all over HTTP."""

from broadcaster.adapters.posts.discord import DiscordChannel
from broadcaster.adapters.posts.mastodon import MastodonChannel
from broadcaster.adapters.posts.telegram import TelegramChannel
from broadcaster.adapters.posts.webhook import WebhookChannel

__all__ = ["DiscordChannel", "MastodonChannel", "TelegramChannel", "WebhookChannel"]
