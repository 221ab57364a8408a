"""How do announcements reach their channels?"""

from broadcaster.adapters.posts.adapter import TelegramChannel

__all__ = ["TelegramChannel"]
