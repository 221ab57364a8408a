"""How do announcements reach their channels? One module for each service, and one way to send for all over HTTP."""

from broadcaster.adapters.posts.telegram import TelegramChannel
from broadcaster.adapters.posts.webhook import WebhookChannel

__all__ = ["TelegramChannel", "WebhookChannel"]
