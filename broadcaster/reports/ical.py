"""How is one line of an iCalendar file written? RFC 5545: escaped, folded at 75 octets, ended by CRLF.

Written here and not by a library, whose import alone would keep the service's loop from the show for longer than a take
may be late; the tests read it with two libraries.
"""

from datetime import datetime, timedelta

from broadcaster.season.wording import is_hidden

FOLD_AT = 75
LINE_ENDS = "\u2028\u2029\u0085\r\n"


def line(name: str, value: str, **parameters: str) -> bytes:
    """A content line. The value is as its type writes it, see `text`; the parameters need no quotes."""
    head = ";".join([name, *(f"{key}={each}" for key, each in parameters.items())])
    return folded(f"{head}:{clean(value, breaks='')}".encode())


def block(name: str, *lines: bytes) -> bytes:
    """The lines between BEGIN and END."""
    return b"".join([line("BEGIN", name), *lines, line("END", name)])


def text(value: str) -> str:
    """The value of a TEXT property."""
    value = clean(value).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return value.replace("\n", "\\n")


def clean(value: str, *, breaks: str = "\n") -> str:
    """The value without letters that no calendar may hold; every kind of line end is `breaks`."""
    lined = "".join("\n" if letter in LINE_ENDS else letter for letter in value.replace("\r\n", "\n"))
    kept = "".join(letter for letter in lined if letter in "\n\t" or not is_hidden(letter))
    return kept.replace("\n", breaks)


def clock(moment: datetime) -> str:
    """The date and time as they read, without their zone."""
    return f"{moment:%Y%m%dT%H%M%S}"


def offset(span: timedelta) -> str:
    """An offset from UTC; with seconds where it has some, as Monrovia's once had."""
    minutes, seconds = divmod(abs(int(span.total_seconds())), 60)
    sign = "-" if span < timedelta() else "+"
    return f"{sign}{minutes // 60:02}{minutes % 60:02}" + (f"{seconds:02}" if seconds else "")


def folded(content: bytes) -> bytes:
    """The line in pieces of at most 75 octets, no letter torn apart."""
    pieces, most = [], FOLD_AT
    while len(content) > most:
        cut = most
        while content[cut] & 0xC0 == 0x80:  # inside a letter
            cut -= 1
        pieces.append(content[:cut])
        content, most = content[cut:], FOLD_AT - 1
    return b"\r\n ".join([*pieces, content]) + b"\r\n"
