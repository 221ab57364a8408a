"""A small season with announcements, for the tests of cards."""

from pathlib import Path

SEASON = """
[season]
id = "aspara"
title = "Aspara Fashion Week, season V"
timezone = "Asia/Almaty"
languages = ["en", "kk", "ru"]

[scenes]
standby = "Countdown"
fallback = "Please stand by"
closing = "Thank you"

[destinations.main]
kind = "youtube"

[audiences.kazakhstan]
timezone = "Asia/Almaty"
language = "kk"
city = "Алматы"

[audiences.uzbekistan]
timezone = "Asia/Tashkent"
language = "ru"
city = "Ташкент"

[audiences.italy]
timezone = "Europe/Rome"
language = "en"
city = "Rome"

[audiences.singapore]
timezone = "Asia/Singapore"
language = "en"
city = "Singapore"

[[announcement]]
id = "today"
at = { before = "2h" }
audiences = ["kazakhstan", "uzbekistan", "italy", "singapore"]
channels = ["telegram"]
text = { kk = "...", ru = "...", en = "..." }

[[announcement]]
id = "live"
at = { when = "live" }
audiences = ["uzbekistan"]
channels = ["telegram"]
text.ru = "..."

[[announcement]]
id = "thanks"
at = { when = "ended" }
audiences = ["uzbekistan"]
channels = ["telegram"]
text.ru = "..."

[[show]]
id = "online"
title = "60 designers, 32 countries, one evening"
date = 2027-03-27
go_live = "19:00"
destinations = ["main"]

  [[show.segment]]
  id = "opening"
  title = "Opening film"
  scene = "Film"
  duration = "15m"

  [[show.segment]]
  id = "designer-01"
  title = "Aigerim Sarsen (Kazakhstan)"
  scene = "Podium"
  duration = "5m"
  lower_third = { title = "Aigerim Sarsen", subtitle = "Kazakhstan" }
"""


def write_season(folder: Path, more: str = "") -> Path:
    """The season's file in the folder, with more tables behind it."""
    path = folder / "season.toml"
    path.write_text(SEASON + more, "utf-8")
    return path
