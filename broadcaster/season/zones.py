"""What a zone's clock says, by the pinned tzdata package and never by the host's copy.

zoneinfo looks at the system's files first and at the package only as a fallback, and a stale system file puts
Almaty an hour wrong; so the package's own files are read directly.
"""

from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

import tzdata


class UnknownZone(KeyError):
    """No zone of that name in the pinned tzdata."""


def tzdata_version() -> str:
    """The IANA release of the pinned package, such as `2026f`."""
    return str(tzdata.IANA_VERSION)


@cache
def zone_names() -> frozenset[str]:
    """Every zone name that the pinned package knows."""
    return frozenset((resources.files("tzdata") / "zones").read_text("utf-8").split())


@cache
def zone_named(name: str) -> ZoneInfo:
    """The zone, read from the pinned package; raises UnknownZone."""
    if name not in zone_names():
        raise UnknownZone(name)
    path = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    with path.open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
