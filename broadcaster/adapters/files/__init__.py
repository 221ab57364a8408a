"""The files that a crew writes: the season and the settings."""

from broadcaster.adapters.files.adapter import load_season, load_toml, parse_season, read_season, season_text

__all__ = ["load_season", "load_toml", "parse_season", "read_season", "season_text"]
