"""How does a command come by its season, and how are its instants written in JSON?"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.season.plan import Trigger

if TYPE_CHECKING:
    from broadcaster.season.channels import Reach
    from broadcaster.season.model import Season

AWAITS: Mapping[str, str] = {
    Trigger.LIVE: "once live",
    Trigger.ENDED: "once ended",
    Trigger.DELAYED: "if delayed",
    Trigger.CANCELLED: "if cancelled",
    Trigger.SEGMENT: "once on air",
}
"""What a cue waits for that has no instant of its own."""


def known_channels(config_path: Path | None) -> "Mapping[str, Reach] | None":
    """What each channel that the settings name can do; None where there are no settings. Raises SeasonError."""
    from broadcaster.cli.channels import reaches
    from broadcaster.cli.config import DEFAULT_FILE, load_config

    if config_path is None and not DEFAULT_FILE.exists():
        return None
    return reaches(load_config(config_path))


def season_and_channels(path: Path, config_path: Path | None) -> "Season":
    """The season, with its channels looked up in the settings. Raises SeasonError."""
    from broadcaster.adapters.files import load_season

    return load_season(path, channels=known_channels(config_path))


def utc_text(instant: datetime) -> str:
    """RFC 3339 with Z."""
    return instant.isoformat().replace("+00:00", "Z")
