"""How does a record become a row, and how is a changed row found? Pure.

A row holds exactly the bytes that were hashed, so that any change of any field shows, down to a blank in the JSON.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from broadcaster.season.errors import JournalError
from broadcaster.show.records import Record

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A record as it is stored: `at` in microseconds since 1970 UTC, `ids` and `data` as canonical JSON."""

    run: str
    seq: int
    at: int
    kind: str
    ids: str
    data: str
    epoch: int
    previous: str
    hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last link of the chain, kept beside the records so that a cut tail shows; seq 0 and "" when empty."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One place where the chain is broken; seq 0 when no record can be named."""

    seq: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check of the whole chain found. `head` is the hash of the last record: note it elsewhere as a witness."""

    count: int
    head: str
    faults: tuple[Fault, ...]

    @property
    def is_good(self) -> bool:
        """Whether every record is there, unchanged and in order."""
        return not self.faults


def canonical(value: object) -> str:
    """The one spelling of a JSON value: sorted keys, no blanks, ASCII; raises JournalError for what is not JSON."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise JournalError(f"This cannot be recorded, since it is not plain JSON: {error}.") from error


def microseconds(at: datetime) -> int:
    """Whole microseconds since 1970 UTC; raises JournalError for a time without a zone."""
    if at.tzinfo is None:
        raise JournalError(f"A record's time needs a zone; {at.isoformat()} has none.")
    return (at - EPOCH) // timedelta(microseconds=1)


def digest(row: Row) -> str:
    """The sha256 over every field of the row, the previous hash among them."""
    fields = [row.run, row.seq, row.at, row.kind, row.ids, row.data, row.epoch, row.previous]
    # A damaged file can hold bytes where text should be: they too get a digest, only another one.
    text = json.dumps(fields, separators=(",", ":"), ensure_ascii=True, default=repr)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def seal(
    head: Head, *, run: str, at: datetime, kind: str, ids: Mapping[str, str], data: Mapping[str, Any], epoch: int
) -> Row:
    """The next row of the chain; raises JournalError for what cannot be stored as it is."""
    fields: dict[str, Any] = {
        "run": run,
        "seq": head.seq + 1,
        "at": microseconds(at),
        "kind": kind,
        "ids": canonical(dict(ids)),
        "data": canonical(dict(data)),
        "epoch": epoch,
        "previous": head.hash,
    }
    return Row(**fields, hash=digest(Row(**fields)))


def record(row: Row) -> Record:
    """The record that a row holds; raises JournalError for a row that was damaged beyond reading."""
    try:
        return Record(
            run=row.run,
            seq=row.seq,
            at=EPOCH + timedelta(microseconds=row.at),
            kind=row.kind,
            ids=json.loads(row.ids),
            data=json.loads(row.data),
            epoch=row.epoch,
            previous=row.previous,
            hash=row.hash,
        )
    except (TypeError, ValueError, OverflowError) as error:
        raise JournalError(
            f"Record {row.seq} of the journal is damaged and cannot be read ({error}). "
            "'broadcaster journal verify' names every damaged record; go on with a new journal or a backup."
        ) from error


def faults(rows: Iterable[Row], head: Head | None) -> Iterator[Fault]:
    """Every break of the chain, in order; `rows` sorted by seq."""
    last = Head(seq=0, hash="")
    for row in rows:
        if row.seq != last.seq + 1:
            gone = (
                f"record {last.seq + 1} is"
                if row.seq == last.seq + 2
                else f"records {last.seq + 1} to {row.seq - 1} are"
            )
            yield Fault(seq=last.seq + 1, message=f"{gone} missing")
        elif row.previous != last.hash:
            yield Fault(seq=row.seq, message=f"record {row.seq} does not follow from the one before it")
        if digest(row) != row.hash:
            yield Fault(seq=row.seq, message=f"record {row.seq} was changed after it was written")
        last = Head(seq=row.seq, hash=row.hash)
    if head is None:
        yield Fault(seq=last.seq + 1, message="the note of the last record is missing: records may have been cut off")
    elif head.seq > last.seq:
        yield Fault(
            seq=last.seq + 1, message=f"the end is missing: {head.seq} records were written, {last.seq} are left"
        )
    elif head != last:
        yield Fault(seq=last.seq, message=f"the note of the last record does not fit record {last.seq}")
