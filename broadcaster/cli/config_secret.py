"""Where is a secret kept, and which addresses may be given one? No secret is ever in config.toml itself."""

import os
import re
import stat
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, PrivateAttr, model_validator

from broadcaster.cli.config_table import Table, is_loopback, refuse
from broadcaster.ports import Secret
from broadcaster.season.errors import Problem, SeasonError
from broadcaster.season.wording import quoted

PLACES = 'write { env = "NAME" } or { file = "path" }'


def address(url: str) -> str:
    """The address of a far end as it is; raises for one that is none, or that holds or would leak a secret."""
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


Address = Annotated[str, AfterValidator(address)]


def _variable(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        # It may be the secret itself: not shown.
        raise refuse(
            "this is not the name of an environment variable",
            'such as "OBS_PASSWORD"; the secret itself is not written here',
        )
    return name


def absolute(path: Path, source: Path) -> Path:
    """The path as seen from the folder of `source`."""
    return source.absolute().parent / path.expanduser()


class SecretRef(Table):
    """Where a secret is kept: `{ env = "NAME" }` or `{ file = "path" }`."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    env: Annotated[str, AfterValidator(_variable)] | None = None
    """The environment variable that holds it."""
    file: Path | None = None
    """The file that holds it, relative to config.toml; only its owner may read it."""

    _key: str = PrivateAttr(default="")
    _source: str = PrivateAttr(default="")
    _given: Secret | None = PrivateAttr(default=None)

    @model_validator(mode="before")
    @classmethod
    def _never_literal(cls, value: object) -> object:
        if isinstance(value, dict | SecretRef):
            return value
        raise refuse("a secret is never written into this file", PLACES)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self._given is None and (self.env is None) == (self.file is None):
            raise refuse("a secret has one place", PLACES)
        return self

    def reveal(self) -> Secret:
        """The secret, read anew. Raises SeasonError that names the variable or the file, and what to do."""
        if self._given is not None:
            return self._given
        value = os.environ.get(self.env, "") if self.env is not None else self._from_file()
        if not value:
            place = f"the variable {self.env} is not set" if self.env is not None else f"the file {self.file} is empty"
            hint = "set it before you start Broadcaster" if self.env is not None else "write the secret into it"
            raise self.wrong(place, hint)
        if any("\ud800" <= letter <= "\udfff" for letter in value):  # what the system hands over for other bytes
            raise self.wrong(f"the variable {self.env} is not text", "set it as UTF-8")
        return Secret(value)

    def settle(self, key: str, source: Path) -> None:
        """Remember which key of which file names this secret, and make its path absolute."""
        self._key, self._source = key, str(source)
        if self.file is not None:
            self.file = absolute(self.file, source)

    @classmethod
    def given(cls, value: Secret) -> Self:
        """One that no file holds: the made-up secret of a stand-in."""
        ref = cls.model_construct()
        ref.hold(value)
        return ref

    def hold(self, value: Secret) -> None:
        """Reveal this from now on."""
        self._given = value

    def _from_file(self) -> str:
        if self.file is None:
            return ""
        try:
            mode = self.file.stat().st_mode
            if not stat.S_ISREG(mode):  # a folder, or a pipe that would be waited for
                raise self.wrong(f"{self.file} is no file", "name the file that holds the secret")
            if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise self.wrong(f"others may read the file {self.file}", f"chmod 600 {self.file}")
            return self.file.read_text("utf-8-sig").strip()
        except FileNotFoundError:
            raise self.wrong(f"there is no file {self.file}", "write the secret into it, for you alone") from None
        except OSError as error:
            raise self.wrong(f"the file {self.file} cannot be read: {error.strerror}", "mend its rights") from error
        except UnicodeDecodeError:
            raise self.wrong(f"the file {self.file} is not text", "save it as UTF-8") from None

    def wrong(self, message: str, hint: str) -> SeasonError:
        """The error of a secret that cannot be had or used, naming its key; `message` does not show it."""
        named = f"{self._key}: {message}" if self._key else message
        return SeasonError(self._source or "config.toml", [Problem(loc=(), message=named, hint=hint)])


def reveal_token(ref: SecretRef, form: str = "[!-~]+", hint: str = "it is one line without spaces") -> Secret:
    """A token, as it is kept. Raises SeasonError, which does not show it, for one that no service can have made.

    A second line or a space from copying would stand in the address or the headers of every request.
    """
    token = ref.reveal()
    if not re.fullmatch(form, token.reveal()):
        raise ref.wrong("this is no token", f"{hint}; copy it again, and nothing else")
    return token


def reveal_address(ref: SecretRef) -> Secret:
    """An address that is a secret, as it is kept. Raises SeasonError, which does not show it, for one that is none."""
    url = ref.reveal()
    try:
        parts = urlsplit(url.reveal())
        host = parts.hostname or ""
        _ = parts.port  # raises when it is no number
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https") or not re.fullmatch("[!-~]+", url.reveal()):
        raise ref.wrong("this is no address", 'it looks like "https://host/path"')
    if parts.scheme == "http" and not is_loopback(host):
        raise ref.wrong("what is sent there would not be encrypted", "the address begins with https://")
    return url


def reveal_addresses(ref: SecretRef) -> Secret:
    """Apprise's addresses, one a line, as they are kept. Raises SeasonError that names the line, but does not show it.

    Which of them it knows, only Apprise can say.
    """
    urls = ref.reveal()
    lines = [(number, line.strip()) for number, line in enumerate(urls.reveal().splitlines(), start=1)]
    wanted = [(number, line) for number, line in lines if line and not line.startswith("#")]
    if not wanted:
        raise ref.wrong("there is no address in it", 'write one a line, such as "slack://..."')
    for number, line in wanted:
        if not re.match("[A-Za-z][A-Za-z0-9+.-]*://.", line):
            raise ref.wrong(f"line {number} is no address", 'write one a line, such as "slack://..."')
    return urls


def settle_secrets(table: Table, name: str, source: Path) -> None:
    """Settle every secret that the table names; `name` is the table's, for messages."""
    for key, value in table:
        if isinstance(value, SecretRef):
            value.settle(f"{name} {key}", source)
