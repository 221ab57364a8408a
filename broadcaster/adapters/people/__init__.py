"""Who may come in: one SQLite file, readable for its owner alone, written by the service and by commands alike."""

from broadcaster.adapters.people.adapter import SQLPeople

__all__ = ["SQLPeople"]
