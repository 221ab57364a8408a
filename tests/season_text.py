"""How does a test write a season file in a few lines? One call a table; the text is TOML as a producer writes it."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any


def head(
    season: str, title: str, languages: tuple[str, ...] = ("en",), *, timezone: str = "Asia/Almaty", **more: Any
) -> str:
    """The season, the scenes and its one destination, `main` on YouTube; `more` is of the season."""
    return (
        _table("[season]", id=season, title=title, timezone=timezone, languages=languages, **more)
        + _table("[scenes]", standby="Countdown", fallback="Please stand by", closing="Thank you")
        + _table("[destinations.main]", kind="youtube")
    )


def audience(name: str, timezone: str, language: str, **more: Any) -> str:
    """People of one place."""
    return _table(f"[audiences.{name}]", timezone=timezone, language=language, **more)


def show(name: str, title: str | Mapping[str, str], day: date, go_live: str, *segments: str, **more: Any) -> str:
    """A show with its segments, on `main`."""
    about = {"id": name, "title": title, "date": day, "go_live": go_live, "destinations": ["main"]}
    return _table("[[show]]", **about, **more) + "".join(segments)


def segment(name: str, title: str | Mapping[str, str], scene: str, duration: str, **more: Any) -> str:
    """A stretch of a show."""
    return _table("[[show.segment]]", id=name, title=title, scene=scene, duration=duration, **more)


def announcement(
    name: str, at: Mapping[str, Any], channels: tuple[str, ...], text: Mapping[str, str], **more: Any
) -> str:
    """A post to each of the channels; `text` by language."""
    return _table("[[announcement]]", id=name, at=at, channels=channels, text=text, **more)


def _table(name: str, **values: Any) -> str:
    return f"\n{name}\n" + "".join(f"{key} = {_written(value)}\n" for key, value in values.items())


def _written(value: Any) -> str:
    match value:
        case Mapping():
            return f"{{ {', '.join(f'{key} = {_written(each)}' for key, each in value.items())} }}"
        case list() | tuple():
            return f"[{', '.join(map(_written, value))}]"
        case date():
            return value.isoformat()
    return json.dumps(value, ensure_ascii=False)
