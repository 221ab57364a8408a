"""What can go wrong, named by what the reader should do about it.

BroadcastError
  SeasonError        mend the file (every problem at once)
  LocalTimeError     mend the time: it does not exist, or exists twice
  TemplateError      mend the text: it names something that is not there
  JournalError       the record cannot be written or trusted: ask for help
    JournalUnavailable   not for now: free the disk, or make the file writable; then it goes on by itself
  PeopleError        who may come in cannot be read or changed so: the message says what to do
  FarEndError        not our doing
    Unavailable      try again later
    Refused          do not try the same again
    NeedsHuman       somebody has to sign in, or allow it
    OutcomeUnknown   sent, no answer: read the far end back first
      Broken           our own code failed at it: the log says where
    Withdrawn        taken back by us before it was sent
"""

from dataclasses import dataclass


class BroadcastError(Exception):
    """Everything that Broadcaster raises on purpose."""


class LocalTimeError(BroadcastError):
    """A local time that a clock change skips, or repeats without the file saying which is meant."""


class TemplateError(BroadcastError):
    """A text with `{{ ... }}` in it that does not render."""


BROKEN = "broken"
"""The `reason` of Broken."""
KEY = "[key]"
"""As the last part of a Problem's `loc`: the key itself is meant, not its value. pydantic's own mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a file.

    `loc` is the path of keys and list indices, as pydantic writes it; `line` and `column` count from 1 and are
    known once the file's positions were looked up.
    """

    loc: tuple[str | int, ...]
    message: str
    hint: str = ""
    severity: str = "error"
    line: int = 0
    column: int = 0

    def text(self, file: str) -> str:
        """`FILE:LINE:COL: error: what (hint)`, the form that editors can jump to."""
        place = f"{file}:{self.line}:{self.column}" if self.line else file
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}: {self.severity}: {self.message}{hint}"


class SeasonError(BroadcastError):
    """A season or config file that cannot be used; carries every problem found."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems
        super().__init__("\n".join(problem.text(file) for problem in problems))


class JournalError(BroadcastError):
    """The journal cannot be read or written, or its chain is broken."""


class JournalUnavailable(JournalError):
    """The journal cannot be written for now; nothing was written, and the same may work later."""


class PeopleError(BroadcastError):
    """Users, tokens or links cannot be read, or not be changed so."""


class FarEndError(BroadcastError):
    """A far end did not do what was asked; `reason` is the far end's own short code, if it gave one."""

    def __init__(self, message: str, *, reason: str = "") -> None:
        self.reason = reason
        super().__init__(message)


class Unavailable(FarEndError):
    """The far end could not be reached, or asked to be left alone for now; nothing was applied."""

    def __init__(self, message: str, *, reason: str = "", retry_after: float = 0.0) -> None:
        self.retry_after = retry_after
        super().__init__(message, reason=reason)


class Refused(FarEndError):
    """The far end understood and said no; asking the same again will not help."""


class NeedsHuman(FarEndError):
    """Only a person can mend this: sign in again, or allow live streaming."""


class OutcomeUnknown(FarEndError):
    """The request went out and no answer came: it may or may not have been applied."""


class Broken(OutcomeUnknown):
    """Code between us and the far end failed, on a strange answer or a mistake of ours: it may have been applied."""

    def __init__(self, message: str, *, reason: str = BROKEN) -> None:
        super().__init__(message, reason=reason)


class Withdrawn(FarEndError):
    """It was taken back before it was sent: nothing was applied, and nothing was in the way."""
