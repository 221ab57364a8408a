"""Where does the running service read its season from, at the start and each time that it changes?"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from broadcaster.conductor.rewriting import Reading
from broadcaster.season.channels import Reach

GIVEN = "the season that was sent"


class SeasonFile:
    """A season file; calling it reads it, or the text that it is given instead, and checks it whole."""

    def __init__(self, path: Path, *, channels: Mapping[str, Reach] | None) -> None:
        self._path = path
        self._channels = channels

    def __call__(self, toml: str = "") -> Reading:
        """The season, ready to run. Raises SeasonError with every problem."""
        from broadcaster.adapters.files import parse_season, season_text
        from broadcaster.cli.wiring import card_of, words_of
        from broadcaster.season.build import build_plan

        text, name = (toml.replace("\r\n", "\n"), GIVEN) if toml else (season_text(self._path), str(self._path))
        plan = build_plan(parse_season(text, name, channels=self._channels))
        season_hash = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
        card = card_of(plan, self._path.parent, self._channels or {})
        return Reading(plan=plan, season_hash=season_hash, words=words_of(plan), card=card)
