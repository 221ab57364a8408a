"""A small season with announcements, for the tests of cards."""

from datetime import date
from pathlib import Path

from tests.season_text import announcement, audience, head, segment, show

READERS = ("kazakhstan", "uzbekistan", "italy", "singapore")
SEASON = (
    head("aspara", "Aspara Fashion Week, season V", ("en", "kk", "ru"))
    + audience("kazakhstan", "Asia/Almaty", "kk", city="Алматы")
    + audience("uzbekistan", "Asia/Tashkent", "ru", city="Ташкент")
    + audience("italy", "Europe/Rome", "en", city="Rome")
    + audience("singapore", "Asia/Singapore", "en", city="Singapore")
    + announcement("today", {"before": "2h"}, ("telegram",), {"kk": "...", "ru": "...", "en": "..."}, audiences=READERS)
    + announcement("live", {"when": "live"}, ("telegram",), {"ru": "..."}, audiences=["uzbekistan"])
    + announcement("thanks", {"when": "ended"}, ("telegram",), {"ru": "..."}, audiences=["uzbekistan"])
    + show(
        "online",
        "60 designers, 32 countries, one evening",
        date(2027, 3, 27),
        "19:00",
        segment("opening", "Opening film", "Film", "15m"),
        segment(
            "designer-01",
            "Aigerim Sarsen (Kazakhstan)",
            "Podium",
            "5m",
            lower_third={"title": "Aigerim Sarsen", "subtitle": "Kazakhstan"},
        ),
    )
)


def write_season(folder: Path, more: str = "") -> Path:
    """The season's file in the folder, with more tables behind it."""
    path = folder / "season.toml"
    path.write_text(SEASON + more, "utf-8")
    return path
