"""The files that a crew writes: the season and the settings."""

from broadcaster.adapters.files.adapter import load_season, load_toml, read_season

__all__ = ["load_season", "load_toml", "read_season"]
