"""What do all tables of config.toml have in common, and how do they refuse what a user wrote?"""

import ipaddress

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


class Table(BaseModel):
    """One table of the file; unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


def refuse(message: str, hint: str = "") -> PydanticCustomError:
    """What to raise for a value that cannot be; the text comes ready made."""
    # pydantic's own {} formatting must not see what a user wrote.
    return PydanticCustomError("refused", "{said}", {"said": message, "hint": hint})


def is_loopback(host: str) -> bool:
    """Whether the name or address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
