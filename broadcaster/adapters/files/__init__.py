"""The files that a crew writes: the season and the settings."""

from broadcaster.adapters.files.adapter import load_toml

__all__ = ["load_toml"]
