"""What does the file hold? Reads a bounded number of bytes and makes text of them, or says what is wrong."""

from difflib import get_close_matches
from pathlib import Path

from broadcaster.season.errors import Problem, SeasonError

LIMIT_BYTES = 2_000_000
"""A season of a hundred shows is a tenth of this; a bigger file is a mistake, and is not read into memory."""


def read_text(path: Path) -> str:
    """The file's text, every line ended by a line feed alone.

    Raises SeasonError for a file that is missing, unreadable, above LIMIT_BYTES or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LIMIT_BYTES + 1)
    except FileNotFoundError:
        raise _refused(path, "there is no such file", _neighbour(path)) from None
    except IsADirectoryError:
        raise _refused(path, "this is a directory; name a file in it") from None
    except PermissionError as error:  # Windows says this of a directory too
        message = "this is a directory; name a file in it" if path.is_dir() else "no permission to read the file"
        raise _refused(path, message) from error
    except OSError as error:
        raise _refused(path, f"the file cannot be read: {error.strerror or error}") from error
    if len(raw) > LIMIT_BYTES:
        raise _refused(path, f"the file is larger than {LIMIT_BYTES / 1e6:g} MB", "is this the season file?")
    try:
        text = raw.decode("utf-8-sig")  # Windows editors write a byte order mark
    except UnicodeDecodeError as error:
        raise SeasonError(str(path), [_not_utf8(raw, error)]) from None
    return text.replace("\r\n", "\n")


def _refused(path: Path, message: str, hint: str = "") -> SeasonError:
    return SeasonError(str(path), [Problem(loc=(), message=message, hint=hint)])


def _neighbour(path: Path) -> str:
    try:
        names = [entry.stem for entry in path.parent.iterdir() if entry.suffix == ".toml"]
    except OSError:
        return ""
    found = get_close_matches(path.stem, names, n=1)
    return f"did you mean '{path.with_name(found[0] + '.toml')}'?" if found else ""


def _not_utf8(raw: bytes, error: UnicodeDecodeError) -> Problem:
    offset = error.start + (3 if raw.startswith(b"\xef\xbb\xbf") else 0)
    before = raw[:offset]
    line_start = before.rfind(b"\n") + 1
    utf16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    return Problem(
        loc=(),
        message=f"byte {offset} (0x{raw[offset]:02x}) is not UTF-8",
        hint="the file looks like UTF-16: save it as UTF-8" if utf16 else "save the file as UTF-8",
        line=before.count(b"\n") + 1,
        column=len(before[line_start:].decode("utf-8-sig")) + 1,
    )
