"""How did the journal's tables become what they are? Alembic's scripts, oldest first in `versions`."""
