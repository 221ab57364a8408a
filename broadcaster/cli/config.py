"""Where do the far ends live, where are their secrets, and where does the journal go?

config.toml says it; a secret is never in it, only the name of the variable or the file that holds it.
"""

import ipaddress
import os
import re
import secrets
import stat
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator

from broadcaster.adapters.files import load_toml
from broadcaster.cli.config_osc import Osc
from broadcaster.cli.config_table import Table, is_loopback, refuse
from broadcaster.ports import Secret
from broadcaster.season.errors import Problem, SeasonError
from broadcaster.season.wording import near_or_listed, quoted
from broadcaster.show.quota import COSTS, RESERVE, UNITS_A_DAY, Budget

DEFAULT_FILE = Path("config.toml")
PLACES = 'write { env = "NAME" } or { file = "path" }'


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
    _address(url)
    if urlsplit(url).path not in ("", "/"):
        raise refuse(
            f"{quoted(url)} has a path, and the panel is at the top", 'it looks like "https://show.example.org"'
        )
    return url.rstrip("/")


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port  # raises when it is no number
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https"):
        raise refuse(f"{quoted(url)} is not an address", 'it looks like "https://host/"')
    if parts.username or parts.password or parts.query:
        raise refuse("an address holds no user, password or query", PLACES + " under the secret's own key")
    if parts.scheme == "http" and not is_loopback(host):
        raise refuse(f"{quoted(host)} would get the token unencrypted", "write https://")
    return url


def _variable(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        # It may be the secret itself: not shown.
        raise refuse(
            "this is not the name of an environment variable",
            'such as "OBS_PASSWORD"; the secret itself is not written here',
        )
    return name


def _number_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _chat(name: str) -> str:
    if not re.fullmatch(r"@[A-Za-z0-9_]+|-?[0-9]+", name):
        raise refuse(f"{quoted(name)} names no chat", 'write the channel\'s "@name", or its number')
    return name


Port = Annotated[int, Field(ge=1, le=65535)]
Address = Annotated[str, AfterValidator(_address)]


class SecretRef(Table):
    """Where a secret is kept: `{ env = "NAME" }` or `{ file = "path" }`."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    env: Annotated[str, AfterValidator(_variable)] | None = None
    """The environment variable that holds it."""
    file: Path | None = None
    """The file that holds it, relative to config.toml; only its owner may read it."""

    _key: str = PrivateAttr(default="")
    _source: str = PrivateAttr(default="")

    @model_validator(mode="before")
    @classmethod
    def _never_literal(cls, value: object) -> object:
        if isinstance(value, dict | SecretRef):
            return value
        raise refuse("a secret is never written into this file", PLACES)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise refuse("a secret has one place", PLACES)
        return self

    def reveal(self) -> Secret:
        """The secret, read anew. Raises SeasonError that names the variable or the file, and what to do."""
        value = os.environ.get(self.env, "") if self.env is not None else self._from_file()
        if not value:
            place = f"the variable {self.env} is not set" if self.env is not None else f"the file {self.file} is empty"
            hint = "set it before you start Broadcaster" if self.env is not None else "write the secret into it"
            raise self._trouble(place, hint)
        return Secret(value)

    def settle(self, key: str, source: Path) -> None:
        """Remember which key of which file names this secret, and make its path absolute."""
        self._key, self._source = key, str(source)
        if self.file is not None:
            self.file = _absolute(self.file, source)

    def _from_file(self) -> str:
        if self.file is None:
            return ""
        try:
            mode = self.file.stat().st_mode
            if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise self._trouble(f"others may read the file {self.file}", f"chmod 600 {self.file}")
            return self.file.read_text("utf-8-sig").strip()
        except FileNotFoundError:
            raise self._trouble(f"there is no file {self.file}", "write the secret into it, for you alone") from None
        except OSError as error:
            raise self._trouble(f"the file {self.file} cannot be read: {error.strerror}", "mend its rights") from error
        except UnicodeDecodeError:
            raise self._trouble(f"the file {self.file} is not text", "save it as UTF-8") from None

    def _trouble(self, message: str, hint: str) -> SeasonError:
        named = f"{self._key}: {message}" if self._key else message
        return SeasonError(self._source or str(DEFAULT_FILE), [Problem(loc=(), message=named, hint=hint)])


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


class Telegram(Table):
    """A Telegram channel for announcements."""

    kind: Literal["telegram"]
    token: SecretRef
    """The bot's token, from @BotFather; the bot must be an administrator of the channel."""
    chat: Annotated[str, BeforeValidator(_number_as_text), AfterValidator(_chat)]
    """`@name` of the channel, or its number."""
    endpoint: Address = "https://api.telegram.org"
    """Another address for an emulator."""


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
    channels: dict[str, Telegram] = Field(default_factory=dict)
    api: Api = Field(default_factory=Api)
    osc: Osc = Field(default_factory=Osc)

    _source: Path = PrivateAttr(default=DEFAULT_FILE)

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
            return self.api.token.reveal()
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
        self.state.dir = _absolute(self.state.dir, source)
        for table in ("obs", "youtube", "api"):
            _settle(getattr(self, table), f"[{table}]", source)
        for key in ("tls_cert", "tls_key"):
            if (path := getattr(self.api, key)) is not None:
                setattr(self.api, key, _absolute(path, source))
        for name, channel in self.channels.items():
            _settle(channel, f"[channels.{name}]", source)

    def _usual(self, key: str, name: str) -> SecretRef:
        ref = SecretRef(file=self.state.dir / name)
        ref.settle(key, self._source)
        return ref


def _absolute(path: Path, source: Path) -> Path:
    return source.absolute().parent / path.expanduser()


def _settle(table: Table, name: str, source: Path) -> None:
    for key, value in table:
        if isinstance(value, SecretRef):
            value.settle(f"{name} {key}", source)


def load_config(path: Path | None = None) -> Config:
    """The settings in `path`; without one, of ./config.toml where there is one, else the defaults.

    Raises SeasonError with every problem, as for a season.
    """
    source = path or DEFAULT_FILE
    config = load_toml(source, Config) if path is not None or source.exists() else Config()
    config.settle(source)
    return config
