"""Who may steer by Open Sound Control, and who is told? The table [osc] of config.toml; off where it says nothing."""

import ipaddress
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from broadcaster.cli.config_table import Table, is_loopback, refuse
from broadcaster.season.wording import quoted

if TYPE_CHECKING:
    from broadcaster.panel.osc import OscSettings

MOST = 16
LOOPBACK = frozenset({"127.0.0.1", "::1"})


def split_address(text: str) -> tuple[str, int]:
    """Host and port of `127.0.0.1:9000` or `[::1]:9000`; raises ValueError."""
    host, _, port = text.rpartition(":")
    address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    if not (port.isascii() and port.isdecimal() and 1 <= int(port[:6]) <= 65535):
        raise ValueError(text)
    return str(address), int(port)


def _with_port(text: str) -> str:
    try:
        split_address(text)
    except ValueError:
        raise refuse(
            f"{quoted(text)} is no address with a port",
            'write the number, not the name, such as "127.0.0.1:9000"; nothing is looked up during a show',
        ) from None
    return text


def _number(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise refuse(f"{quoted(text)} is no address", 'write the number, such as "192.168.1.20"') from None


AddressWithPort = Annotated[str, AfterValidator(_with_port)]
Numbers = Annotated[str, AfterValidator(_number)]


class Osc(Table):
    """Open Sound Control over UDP, for show controllers and lighting desks; docs/osc.md."""

    listen: AddressWithPort | None = None
    """Where orders are heard; nowhere if not said."""
    senders: list[Numbers] = Field(default_factory=list, alias="from", max_length=MOST)
    """The machines that are heard; this machine if not said and `listen` is its own address."""
    send_to: list[AddressWithPort] = Field(default_factory=list, max_length=MOST)
    """Who is told what is on air."""
    role: Literal["operator", "director"] = "operator"
    """What they may order; only a director ends a show."""

    @model_validator(mode="after")
    def _somebody_may(self) -> Self:
        if self.listen is not None and not self.senders and not is_loopback(split_address(self.listen)[0]):
            raise refuse(
                f"at {quoted(self.listen)} everybody on the network could steer the show",
                'name who may: from = ["192.168.1.20"]',
            )
        return self

    def settings(self) -> "OscSettings":
        """The same for the panel."""
        from broadcaster.panel.osc import OscSettings

        return OscSettings(
            listen=split_address(self.listen) if self.listen is not None else None,
            allowed=frozenset(self.senders) or LOOPBACK,
            send_to=tuple(split_address(each) for each in self.send_to),
            is_director=self.role == "director",
        )
