"""How is a sign-in kept, so that only its owner reads it and no reader ever finds half of it?

One JSON file in the form that Google's own tools call an authorized user, mode 0600, replaced as a whole. A lock on a
file beside it keeps a service that renews its access token from writing over a sign-in that somebody has just made.
"""

import contextlib
import json
import os
import secrets
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from broadcaster.ports import Secret
from broadcaster.season.errors import NeedsHuman

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)  # it tries for ten seconds; a write takes milliseconds

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)


TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
SIGN_IN = "run `broadcaster auth youtube`"
NEEDED = ("client_id", "client_secret", "refresh_token")

NO_SECRET = Secret("")

Stamp = tuple[int, int, int]
"""What changes whenever the file is replaced: time, size and number of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What a person allowed us to do.

    `access_token` is good until `access_expires_at`; Google gives new ones for `refresh_token`, until
    `refresh_expires_at` (None: nobody said), or until somebody withdraws it.
    """

    client_id: str
    client_secret: Secret
    refresh_token: Secret
    token_uri: str = TOKEN_URI
    scopes: tuple[str, ...] = ()
    access_token: Secret = NO_SECRET
    access_expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    signed_in_at: datetime | None = None
    channel_id: str = ""
    channel: str = ""


class TokenStore:
    """The file of one sign-in."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def stamp(self) -> Stamp | None:
        """Which version of the file is there; None when none can be seen."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def read(self) -> SignIn:
        """The sign-in; raises NeedsHuman that says what to do when it is missing, open to others, or broken."""
        try:
            with self.path.open(encoding="utf-8") as file:
                mode = os.fstat(file.fileno()).st_mode
                if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
                    raise NeedsHuman(f"others on this machine can read the sign-in {self.path}: chmod 600 it")
                document = json.load(file)
        except FileNotFoundError:
            message = f"nobody is signed in to YouTube: {SIGN_IN}; it is expected in {self.path}"
            raise NeedsHuman(message) from None
        except OSError as error:
            message = f"the sign-in {self.path} cannot be read ({error.strerror}): mend it, or {SIGN_IN}"
            raise NeedsHuman(message) from None
        except ValueError:
            raise NeedsHuman(f"the sign-in {self.path} is not JSON: {SIGN_IN}") from None
        if not isinstance(document, dict):
            document = {}
        missing = [key for key in NEEDED if not document.get(key) or not isinstance(document[key], str)]
        if missing:
            raise NeedsHuman(f"the sign-in {self.path} lacks {', '.join(missing)}: {SIGN_IN}")
        return _understood(document)

    def prepare(self) -> None:
        """See that the file can be written, before somebody goes to the trouble of signing in; raises OSError."""
        with self._locked():
            pass

    def write(self, sign_in: SignIn) -> Stamp | None:
        """Replace the file as a whole, for its owner alone; raises OSError and then leaves what was there."""
        with self._locked():
            return self._replace(sign_in)

    def renew(self, before: SignIn, after: SignIn) -> Stamp | None:
        """Replace `before` by `after`, unless the file holds another sign-in by now: then None, and nothing is done.

        Raises OSError, and NeedsHuman when the file cannot be read any more.
        """
        with self._locked():
            if self.read().refresh_token.reveal() != before.refresh_token.reveal():
                return None
            return self._replace(after)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        target = self._target()
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(target.with_name(target.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(descriptor)
            yield
        finally:
            os.close(descriptor)  # which gives the lock up

    def _target(self) -> Path:
        return self.path.resolve()  # a link stays a link

    def _replace(self, sign_in: SignIn) -> Stamp | None:
        target = self._target()
        text = json.dumps(_document(sign_in), ensure_ascii=False, indent=2) + "\n"
        # beside the target, since only within one file system a file is replaced in one step
        new = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(descriptor)
            os.replace(new, target)
        except BaseException:
            with contextlib.suppress(OSError):  # the first error is the one to tell
                new.unlink()
            raise
        _keep_the_name(target.parent)
        return self.stamp()


def _keep_the_name(folder: Path) -> None:
    """Bring the folder's entry to the disk too, where the system can."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):  # some file systems cannot; the file itself is safe already
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _document(sign_in: SignIn) -> dict[str, Any]:
    """In the form of google.oauth2.credentials.Credentials.from_authorized_user_file, and some keys of our own."""
    return {
        "type": "authorized_user",
        "client_id": sign_in.client_id,
        "client_secret": sign_in.client_secret.reveal(),
        "refresh_token": sign_in.refresh_token.reveal(),
        "token_uri": sign_in.token_uri,
        "scopes": list(sign_in.scopes),
        "token": sign_in.access_token.reveal(),
        "expiry": _written(sign_in.access_expires_at),
        "refresh_expires_at": _written(sign_in.refresh_expires_at),
        "signed_in_at": _written(sign_in.signed_in_at),
        "channel_id": sign_in.channel_id,
        "channel": sign_in.channel,
    }


def _understood(document: Mapping[str, Any]) -> SignIn:
    """What a file says; what is not needed and not understood is left out, since Google gives it anew."""

    def text(key: str) -> str:
        value = document.get(key)
        return value if isinstance(value, str) else ""

    def instant(key: str) -> datetime | None:
        try:
            found = datetime.fromisoformat(text(key))
        except ValueError:
            return None
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)

    scopes = document.get("scopes")
    return SignIn(
        client_id=text("client_id"),
        client_secret=Secret(text("client_secret")),
        refresh_token=Secret(text("refresh_token")),
        token_uri=text("token_uri") or TOKEN_URI,
        scopes=tuple(str(scope) for scope in scopes) if isinstance(scopes, list) else (),
        access_token=Secret(text("token")),
        access_expires_at=instant("expiry"),
        refresh_expires_at=instant("refresh_expires_at"),
        signed_in_at=instant("signed_in_at"),
        channel_id=text("channel_id"),
        channel=text("channel"),
    )


def _written(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if instant else None


def outlives(token_path: Path, instant: datetime) -> str | None:
    """A warning when the sign-in in that file will not be good at `instant`, or is not there; otherwise None."""
    try:
        end = TokenStore(token_path).read().refresh_expires_at
    except NeedsHuman as error:
        return str(error)
    if end is None or end > instant:
        return None
    return (
        f"the sign-in to YouTube ends {_told(end)}, before the last show of the season is off air ({_told(instant)}): "
        f"publish the consent screen of your Google project if it is in testing, then {SIGN_IN} once more, "
        "or sign in again within the week of each show; see docs/youtube-sign-in.md"
    )


def _told(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
