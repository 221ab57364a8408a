"""How are a show's broadcasts made and steered on YouTube?"""

from broadcaster.adapters.youtube.adapter import YouTubeBroadcasts
from broadcaster.adapters.youtube.connection import static_token, token_file

__all__ = ["YouTubeBroadcasts", "static_token", "token_file"]
