"""Where do the far ends live, where are their secrets, and where does the journal go?

config.toml says it; a secret is never in it, only the name of the variable or the file that holds it.
"""

import ipaddress
import os
import re
import secrets
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from broadcaster.adapters.files import load_toml
from broadcaster.cli.config_channels import AnyChannel
from broadcaster.cli.config_osc import Osc
from broadcaster.cli.config_secret import Address, SecretRef, absolute, address, reveal_token, settle_secrets
from broadcaster.cli.config_table import Table, refuse
from broadcaster.ports import Secret
from broadcaster.season.errors import Problem, SeasonError
from broadcaster.season.wording import near_or_listed, quoted
from broadcaster.show.quota import COSTS, RESERVE, UNITS_A_DAY, Budget

DEFAULT_FILE = Path("config.toml")


def _host(host: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:_-]+", host):
        raise refuse(
            f"{quoted(host)} is no address to listen at", '"127.0.0.1" is this machine, "0.0.0.0" every network'
        )
    return host


def _network(network: str) -> str:
    try:
        ipaddress.ip_network(network, strict=False)
    except ValueError:
        raise refuse(f"{quoted(network)} is no address", 'such as "10.0.0.5", or "10.0.0.0/24" for many') from None
    return network


def _origin(url: str) -> str:
    address(url)
    if urlsplit(url).path not in ("", "/"):
        raise refuse(
            f"{quoted(url)} has a path, and the panel is at the top", 'it looks like "https://show.example.org"'
        )
    return url.rstrip("/")


Port = Annotated[int, Field(ge=1, le=65535)]


class State(Table):
    """What Broadcaster keeps between starts."""

    dir: Path = Path("state")
    """The folder of the journal and the tokens, relative to config.toml."""


class Obs(Table):
    """The OBS that is the vision mixer and encoder "main"."""

    host: str = Field(default="127.0.0.1", min_length=1)
    """The machine that runs OBS."""
    port: Port = 4455
    """Server Port in OBS: Tools > obs-websocket Settings."""
    password: SecretRef | None = None
    """Server Password in OBS: Tools > obs-websocket Settings; none where authentication is off."""


class Quota(Table):
    """What the Google project may spend on YouTube in a day, and what each call costs."""

    units_a_day: int = Field(default=UNITS_A_DAY, ge=1)
    """The project's "Queries per day" for the YouTube Data API v3 in the Google Cloud console."""
    reserve: int = Field(default=RESERVE, ge=0)
    """Units that looks never touch, beyond what today's shows need: for hands, other tools, second tries."""
    costs: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    """Units of single methods, such as `{ "liveBroadcasts.list" = 5 }`; the others keep their usual ones."""

    @model_validator(mode="after")
    def _known_methods(self) -> Self:
        for method in self.costs:
            if method not in COSTS:
                raise refuse(f"no call {quoted(method)} is made to YouTube", near_or_listed(method, COSTS, what="it"))
        return self

    def budget(self) -> Budget:
        """The budget with these settings."""
        return Budget(units_a_day=self.units_a_day, reserve=self.reserve, costs={**COSTS, **self.costs})


class Youtube(Table):
    """The channel that goes live."""

    endpoint: Address = "https://youtube.googleapis.com/"
    """Another address for an emulator."""
    token: SecretRef | None = None
    """What `broadcaster auth youtube` got; youtube.token in the state folder if not said."""
    bearer: SecretRef | None = None
    """A fixed bearer token instead, for an emulator."""
    client: SecretRef | None = None
    """The client_secret.json of the Google project that `broadcaster auth youtube` signs in with."""
    sign_in: Address | None = None
    """Where Google's sign-in is, for an emulator; Google's own addresses if not said."""
    scope: str = Field(default="https://www.googleapis.com/auth/youtube", min_length=1)
    """The right to ask for. Signing in with a code takes only this one; with --browser also youtube.force-ssl."""
    sign_in_days: int | None = Field(default=None, ge=1, le=3650)
    """How long a sign-in lasts where Google does not say: 7 while the project's consent screen is in testing."""
    stream_title: str = Field(default="Broadcaster main", min_length=1, max_length=128)
    """The reusable stream that the encoder sends to; made when it is not there."""
    quota: Quota = Field(default_factory=Quota)

    @model_validator(mode="after")
    def _one_sign_in(self) -> Self:
        if self.token is not None and self.bearer is not None:
            raise refuse("a channel signs in with 'token' or with 'bearer', not with both", "take one of them away")
        return self


class Api(Table):
    """How `status`, `go`, `hold` and the other commands reach the running service."""

    host: Annotated[str, AfterValidator(_host)] = "127.0.0.1"
    """Where it listens: this machine only, or another address, or 0.0.0.0 for all; that needs users."""
    port: int = Field(default=8787, ge=0, le=65535)
    """0 takes any free port."""
    token: SecretRef | None = None
    """What a command must show; api.token in the state folder, made at the first run, if not said."""
    tls_cert: Path | None = None
    """The certificate with its chain, in PEM; loaded anew when it changes."""
    tls_key: Path | None = None
    """Its key, in PEM, without a password."""
    public_url: Annotated[str, AfterValidator(_origin)] = ""
    """Under which a reverse proxy offers the panel."""
    trusted_proxies: list[Annotated[str, AfterValidator(_network)]] = Field(default_factory=list)
    """Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    get_orders: bool = False
    """Simple remotes may give orders by GET, with a token of theirs in the address; docs/api.md."""

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise refuse("a certificate and its key belong together", "write both 'tls_cert' and 'tls_key'")
        return self

    @property
    def url(self) -> str:
        """How a program on this machine reaches it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 compared, not bound
        host = f"[{host}]" if ":" in host and not host.startswith("[") else host
        return f"{'http' if self.tls_cert is None else 'https'}://{host}:{self.port}"


class Config(Table):
    """The settings of one machine, every path absolute."""

    state: State = Field(default_factory=State)
    obs: Obs = Field(default_factory=Obs)
    youtube: Youtube = Field(default_factory=Youtube)
    channels: dict[str, AnyChannel] = Field(default_factory=dict)
    api: Api = Field(default_factory=Api)
    osc: Osc = Field(default_factory=Osc)

    _source: Path = PrivateAttr(default=DEFAULT_FILE)

    @model_validator(mode="after")
    def _reached_from_outside(self) -> Self:
        for name, channel in self.channels.items():
            if channel.kind == "instagram" and not self.api.public_url:
                raise refuse(
                    f"[channels.{name}]: Instagram fetches each picture from the internet, and the panel is not there",
                    "set [api] public_url to where a reverse proxy offers it; docs/channels.md",
                )
        return self

    @property
    def source(self) -> str:
        """The file that says all this, for messages about it."""
        return str(self._source)

    @property
    def journal(self) -> Path:
        """The journal's file."""
        return self.state.dir / "journal.sqlite"

    @property
    def people(self) -> Path:
        """The file of users, sessions, tokens and links."""
        return self.state.dir / "people.sqlite"

    def youtube_secret(self) -> SecretRef:
        """Where the channel's sign-in is kept: the bearer, the token, or the token's usual file."""
        usual = self._usual("[youtube] token", "youtube.token")
        return self.youtube.bearer or self.youtube.token or usual

    def api_token(self, *, make: bool = False) -> Secret:
        """What a command must show to the service; with `make`, the usual file is made when it is not there.

        Raises SeasonError when there is none, or it cannot be read.
        """
        if self.api.token is not None:
            return reveal_token(self.api.token, "[^\\x00-\\x1f\\x7f]+", "it is one line")
        usual = self._usual("[api] token", "api.token")
        if usual.file is None or usual.file.exists():
            return usual.reveal()
        if not make:
            message = f"there is no {usual.file}, so no service has run with these settings yet"
            hint = "start 'broadcaster run' first, or name its settings with --config"
            raise SeasonError(str(self._source), [Problem(loc=(), message=message, hint=hint)])
        try:
            self.state.dir.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(usual.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(32) + "\n")
        except FileExistsError:
            pass  # another process was quicker
        except OSError as error:
            message = f"{usual.file} cannot be made: {error.strerror}"
            hint = "make its folder writable, or set another one with `[state] dir`"
            raise SeasonError(str(self._source), [Problem(loc=(), message=message, hint=hint)]) from error
        return usual.reveal()

    def settle(self, source: Path) -> None:
        """Make every path absolute, seen from the folder of `source`, and tell every secret where it is named."""
        self._source = source
        self.state.dir = absolute(self.state.dir, source)
        for table in ("obs", "youtube", "api"):
            settle_secrets(getattr(self, table), f"[{table}]", source)
        for key in ("tls_cert", "tls_key"):
            if (path := getattr(self.api, key)) is not None:
                setattr(self.api, key, absolute(path, source))
        for name, channel in self.channels.items():
            channel.settle(f"[channels.{name}]", source)

    def _usual(self, key: str, name: str) -> SecretRef:
        ref = SecretRef(file=self.state.dir / name)
        ref.settle(key, self._source)
        return ref


def load_config(path: Path | None = None) -> Config:
    """The settings in `path`; without one, of ./config.toml where there is one, else the defaults.

    Raises SeasonError with every problem, as for a season.
    """
    source = path or DEFAULT_FILE
    config = load_toml(source, Config) if path is not None or source.exists() else Config()
    config.settle(source)
    return config
