"""How does an operator type a span of time in a hurry, and how is it shown back?

`10` and `10m` are ten minutes, `1.30` and `1:30` a minute and a half, `1h10m` what it says; `+` and `-` before it.
"""

import re
from datetime import datetime, timedelta

from broadcaster.season.said import Said, say, span_said
from broadcaster.season.walltime import local
from broadcaster.season.wording import quoted, span_text

LONGEST = timedelta(hours=24)
HINT = say("write it like 10 (minutes), 1.30, 1h10m, 45s or -3m")

_CLOCK = re.compile(r"(?:(\d{1,2})[.:,])?(\d{1,4})[.:,](\d{2})", re.ASCII)
_UNITS = re.compile(r"(?:(\d{1,2})h)?(?:(\d{1,4})m)?(?:(\d{1,5})s)?", re.ASCII)
_LAST_UNIT = re.compile(r"(.*)([hm])(\d{1,2})", re.ASCII)


def read_span(text: str) -> timedelta:
    """The span that was typed; raises ValueError with a sentence."""
    typed = text.strip().lower().replace(" ", "").replace("\u2212", "-")  # phones type a true minus sign
    sign = -1 if typed.startswith("-") else 1
    body = typed[1:] if typed[:1] in ("+", "-") else typed
    span = _span(body.replace("min", "m").replace("sec", "s"))
    if span is None:
        raise ValueError(say("{typed} is no span of time: {hint}", typed=quoted(text), hint=HINT))
    if not span:
        raise ValueError(say("{typed} moves nothing: {hint}", typed=quoted(text), hint=HINT))
    if span > LONGEST:
        more = "{typed} is more than {span}: edit the season file and `reload` it"
        raise ValueError(say(more, typed=quoted(text), span=span_said(LONGEST)))
    return sign * span


def read_long_span(text: str) -> timedelta:
    """A span that may have days, such as 30d, 12h or 1d12h, and is never negative; raises ValueError."""
    typed = text.strip().lower().replace(" ", "")
    days, _, rest = typed.rpartition("d")
    span = timedelta() if days and not rest else _span(rest)
    if span is None or (days and not (days.isdecimal() and days.isascii() and len(days) <= 4)):
        raise ValueError(say("{typed} is no span of time: {hint}", typed=quoted(text), hint=HINT))
    return timedelta(days=int(days or 0)) + span


def _span(body: str) -> timedelta | None:
    if body.isdecimal() and body.isascii() and len(body) <= 4:
        return timedelta(minutes=int(body))
    if match := _CLOCK.fullmatch(body):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds) if seconds < 60 else None
    if match := _LAST_UNIT.fullmatch(body):  # 1h10 is 1h10m, 1m30 is 1m30s
        body = f"{match[1]}{match[2]}{match[3]}{'m' if match[2] == 'h' else 's'}"
    match = _UNITS.fullmatch(body)
    if not body or match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def signed(span: timedelta) -> str:
    """`+12m`, `-45s`, `0s`."""
    seconds = round(span.total_seconds())
    return Said(f"{'+' if seconds > 0 else '-' if seconds < 0 else ''}{span_text(abs(span))}")


def at_clock(instant: datetime, zone: str) -> str:
    """`19:30:00`, by the clock of `zone`."""
    return f"{local(instant, zone):%H:%M:%S}"


def clock_text(span: timedelta) -> str:
    """`04:12`, `1:04:12`, negative with a minus."""
    seconds = round(abs(span).total_seconds())
    sign = "-" if span < timedelta() and seconds else ""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{sign}{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{sign}{minutes:02}:{seconds % 60:02}"
