"""Where does a request come from, under which name was it sent here, and could anybody read it on the way?"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Via")
"""What a proxy adds: the request was not made by this machine's own browser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How the panel is reached; nothing said: by its own address, without a proxy."""

    public_url: str = ""
    """Under which a proxy offers it, such as https://show.example.org."""
    trusted_proxies: tuple[Network, ...] = ()
    """Whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    tls_cert: Path | None = None
    tls_key: Path | None = None

    @staticmethod
    def networks(named: Iterable[str]) -> tuple[Network, ...]:
        """The networks of addresses such as 10.0.0.5 or 10.0.0.0/8; raises ValueError."""
        return tuple(ipaddress.ip_network(each, strict=False) for each in named)

    has_get_orders: bool = False
    """Whether simple remotes may give orders by GET, with a token of theirs in the address."""

    def trusts(self, address: str) -> bool:
        """Whether the address is a proxy of ours."""
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(known in network for network in self.trusted_proxies)

    @property
    def origin(self) -> str:
        """Scheme and host of `public_url`, as a browser writes it; empty: none."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}".lower() if self.public_url else ""


def is_loopback(host: str) -> bool:
    """Whether the name or address, without a port, is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def name_of(host: str) -> str:
    """The name in a Host header, without the port; empty where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def shown_token(request: web.Request) -> str | None:
    """The token that a program shows; empty: what it shows is none; None: it shows nothing."""
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if not shown.strip():
        return None
    return shown.strip() if scheme.lower() == "bearer" else ""


def source_of(request: web.Request, access: Access) -> str:
    """The address of who asks: the last one in the chain that is no proxy of ours."""
    source = request.remote or ""
    if not access.trusts(source):
        return source
    said = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
    for address in reversed([each.strip() for each in said if each.strip()]):
        try:
            source = str(ipaddress.ip_address(address))
        except ValueError:
            return source  # not an address: what is left of it may be forged
        if not access.trusts(source):
            return source
    return source


def is_secure(request: web.Request, access: Access) -> bool:
    """Whether nobody on the way can read it: TLS here, or at our proxy."""
    if request.secure:
        return True
    if access.trusts(request.remote or ""):
        return request.headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip().lower() == "https"
    return False


def is_here(request: web.Request) -> bool:
    """Whether a program of this machine asks, by a name of this machine, and no proxy for somebody else."""
    is_forwarded = any(name in request.headers for name in FORWARDED)
    host = name_of(request.headers.get("Host", ""))
    return is_loopback(request.remote or "") and is_loopback(host) and not is_forwarded


def is_own_page(request: web.Request, access: Access) -> bool:
    """Whether no web page of another site made the browser send this; programs send neither header."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("none", "same-origin"):
        return False
    origin = request.headers.get("Origin")
    if origin is None or (origin == "null" and site == "same-origin"):  # hidden by an extension or a proxy
        return True
    host = request.headers.get("Host", "").lower()
    scheme = "https" if is_secure(request, access) else "http"
    return origin.lower() in {f"{scheme}://{host}", access.origin} - {""}
