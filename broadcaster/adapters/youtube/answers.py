"""What does an answer of YouTube's that is not a yes become: which error, and in what words?"""

import json

from broadcaster.adapters.youtube.reasons import ANSWERS, UNKNOWN, Answer
from broadcaster.season.errors import FarEndError, OutcomeUnknown, Unavailable


def reason_of(content: bytes) -> tuple[str, str]:
    """YouTube's short code and sentence from the body of an error; empty strings where it gives none."""
    try:
        error = json.loads(content)["error"]
    except (ValueError, KeyError, TypeError):
        return "", ""
    if not isinstance(error, dict):  # the shape of the token endpoint
        return str(error), ""
    details = error.get("errors")
    first = details[0] if isinstance(details, list) and details and isinstance(details[0], dict) else {}
    return str(first.get("reason", "")), str(error.get("message") or first.get("message", ""))


def answer_to(method: str, status: int, reason: str) -> Answer:
    """Our answer to `reason`, given by `method` (as `resource.verb`) with that HTTP status of 300 or above."""
    if status < 500:
        known = ANSWERS.get(f"{method}/{reason}") or ANSWERS.get(reason)
        if known is not None:
            return known
    elif reason in ANSWERS and ANSWERS[reason].error is OutcomeUnknown:
        return ANSWERS[reason]
    for span, answer in UNKNOWN.items():
        first, _, last = span.partition("-")
        if int(first) <= status <= int(last or first):
            return answer
    return UNKNOWN["400-499"]


def far_end_error(
    doing: str, method: str, status: int, content: bytes, *, retry_after: float | None = None
) -> FarEndError:
    """The error that an HTTP answer of 300 or above stands for; `doing` opens its sentence.

    `retry_after`, the far end's own wish in seconds, wins. A list that failed changed nothing: it is Unavailable.
    """
    reason, message = reason_of(content)
    quote = f" (YouTube: {message or 'no explanation'}, {status} {reason})".replace(" )", ")")
    answer = answer_to(method, status, reason)
    if answer.error is OutcomeUnknown and method.endswith(".list"):
        return Unavailable(
            f"{doing}: YouTube has trouble; it is asked again{quote}", reason=reason, retry_after=retry_after or 0.0
        )
    text = f"{doing}: {answer.say}{quote}"
    if answer.error is Unavailable:
        return Unavailable(text, reason=reason, retry_after=retry_after or answer.retry_after)
    return answer.error(text, reason=reason)


def refused(doing: str, reason: str) -> FarEndError:
    """The error of a reason that was found out without asking YouTube."""
    answer = ANSWERS[reason]
    text = f"{doing}: {answer.say}"
    if answer.error is Unavailable:
        return Unavailable(text, reason=reason, retry_after=answer.retry_after)
    return answer.error(text, reason=reason)
