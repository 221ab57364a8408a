"""What does a service's no mean to an operator? Pure, and the same for every service over HTTP."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from broadcaster.season.errors import FarEndError, NeedsHuman, OutcomeUnknown, Refused, Unavailable
from broadcaster.season.wording import span_text

Remedies = tuple[tuple[str, str], ...]
"""Regular expressions over the service's words in lower case, and what they ask of the operator; the first counts."""

LONGEST_QUOTE = 200
LONGEST_WAIT = timedelta(days=30).total_seconds()
"""What is read of a longer wait, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How one service says no. `sign_in` is the remedy for 401: the key is not good (any more)."""

    called: str
    sign_in: str
    remedies: Remedies


@dataclass(frozen=True, slots=True, kw_only=True)
class No:
    """An answer that is no yes: its status, the service's own words and code, and the seconds it asks to wait."""

    status: int
    said: str
    reason: str = ""
    wait: float = 0.0


def far_end_error(service: Service, doing: str, no: No) -> FarEndError:
    """The error that the answer stands for. 5xx and 408: it may have been done all the same."""
    said = no.said[:LONGEST_QUOTE]
    quote = f"({service.called}: {' '.join(str(each) for each in (no.status, said) if each)})"
    reason = no.reason or said or str(no.status)
    if no.status >= 500 or no.status == 408:
        text = f"{doing}: {service.called} failed while doing it; it may be done {quote}"
        return OutcomeUnknown(text, reason=no.reason or str(no.status))
    if no.status == 429:
        text = f"{doing}: {service.called} {asks_to_wait(no.wait)} {quote}"
        return Unavailable(text, reason="429", retry_after=no.wait or 1.0)
    if no.status == 401:
        return NeedsHuman(f"{doing}: {service.sign_in} {quote}", reason="401")
    if 300 <= no.status < 400:  # it is not followed: neither the words nor the signature are for another address
        moved = f"{service.called} has moved: write its new address into the channel's settings"
        return Refused(f"{doing}: {moved} {quote}", reason=reason)
    found = f"{no.said.lower()} {no.reason}"
    say = next((say for words, say in service.remedies if re.search(words, found)), f"{service.called} refuses it")
    return Refused(f"{doing}: {say} {quote}", reason=reason)


def seconds(value: object) -> float:
    """What a header or a body says to wait, up to LONGEST_WAIT; 0 where it says nothing that can be understood."""
    try:
        return min(max(0.0, float(str(value))), LONGEST_WAIT)  # "nan" is 0, and "inf" is the longest
    except ValueError:
        return 0.0


def asks_to_wait(wait: float) -> str:
    """The end of a sentence, such as `asks to wait 2m`."""
    return f"asks to wait {span_text(timedelta(seconds=wait))}" if wait >= 1 else "asks to wait a moment"


def host_of(address: object) -> str:
    """Where an answer points to, without the rest of it, which may be a secret; empty where that is not understood."""
    try:
        return urlsplit(str(address)).hostname or ""
    except ValueError:
        return ""


def instant_of(text: object) -> datetime | None:
    """An instant as services write it (`2027-10-20T14:00:00+0000`); None for anything else."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def not_understood(service: Service, doing: str, why: object) -> OutcomeUnknown:
    """A yes without what it should bring, such as the id of the post."""
    return OutcomeUnknown(f"{doing}: {service.called}'s answer is not understood ({why}); it may be done")
