"""Does the chain show every change of every field? Pure: rows in, faults out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.adapters.journal.translate import Head, Row, faults, microseconds, record, seal
from broadcaster.season.errors import JournalError

NOON = datetime(2027, 10, 20, 12, tzinfo=UTC)


def sealed(head: Head, **changed: Any) -> Row:
    fields: dict[str, Any] = {"run": "r", "at": NOON, "kind": "noted/1", "ids": {}, "data": {}, "epoch": 1}
    return seal(head, **(fields | changed))


def chain(count: int) -> tuple[list[Row], Head]:
    head, rows = Head(seq=0, hash=""), []
    for number in range(count):
        rows.append(sealed(head, data={"number": number}, ids={"show": "day-1"}))
        head = Head(seq=rows[-1].seq, hash=rows[-1].hash)
    return rows, head


def test_an_untouched_chain_has_no_faults_and_the_empty_one_neither() -> None:
    rows, head = chain(5)
    assert list(faults(rows, head)) == []
    assert list(faults([], Head(seq=0, hash=""))) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("run", "other"),
        ("at", 1),
        ("kind", "noted/2"),
        ("ids", '{"show":"day-2"}'),
        ("data", '{"number": 2}'),  # one blank more
        ("data", b"\xff"),
        ("epoch", 2),
        ("previous", "0" * 64),
        ("hash", "0" * 64),
    ],
)
@pytest.mark.parametrize("seq", [1, 3, 5])
def test_a_change_of_any_field_of_any_record_is_found_at_that_record(field: str, value: Any, seq: int) -> None:
    rows, head = chain(5)
    rows[seq - 1] = replace(rows[seq - 1], **{field: value})
    assert next(fault.seq for fault in faults(rows, head)) == seq


def test_missing_exchanged_and_added_records_are_found() -> None:
    rows, head = chain(6)
    assert next(fault.message for fault in faults(rows[:2] + rows[4:], head)) == "records 3 to 4 are missing"
    assert next(fault.message for fault in faults(rows[1:], head)) == "record 1 is missing"
    exchanged = [*rows[:2], replace(rows[3], seq=3), replace(rows[2], seq=4), *rows[4:]]
    assert next(iter(faults(exchanged, head))).seq == 3
    added = sealed(head, data={"forged": True})
    assert [fault.message for fault in faults([*rows, added], head)] == [
        "the note of the last record does not fit record 7"
    ]


def test_a_cut_tail_and_a_lost_head_are_found() -> None:
    rows, head = chain(6)
    assert [(fault.seq, fault.message) for fault in faults(rows[:4], head)] == [
        (5, "the end is missing: 6 records were written, 4 are left")
    ]
    assert [fault.seq for fault in faults([], head)] == [1]
    assert "is missing" in next(fault.message for fault in faults(rows, None))


def test_a_record_changed_and_sealed_anew_breaks_the_one_after_it() -> None:
    rows, head = chain(3)
    rows[1] = sealed(Head(seq=1, hash=rows[0].hash), data={"number": 99})
    assert [(fault.seq, fault.message) for fault in faults(rows, head)] == [
        (3, "record 3 does not follow from the one before it")
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    data=st.dictionaries(st.text(), JSON, max_size=4),
    ids=st.dictionaries(st.text(), st.text(), max_size=3),
    at=st.datetimes(timezones=st.just(UTC)),
)
def test_what_goes_in_comes_out(data: dict[str, Any], ids: dict[str, str], at: datetime) -> None:
    row = sealed(Head(seq=41, hash="f" * 64), data=data, ids=ids, at=at)
    back = record(row)
    assert (back.data, back.ids, back.at, back.seq, back.previous) == (data, ids, at, 42, "f" * 64)


def test_the_order_of_keys_does_not_matter_and_every_zone_is_told_in_utc() -> None:
    almaty = timezone(timedelta(hours=5))
    one = sealed(Head(seq=0, hash=""), data={"a": 1, "b": 2}, at=NOON)
    other = sealed(Head(seq=0, hash=""), data={"b": 2, "a": 1}, at=NOON.astimezone(almaty))
    assert one == other
    assert microseconds(NOON + timedelta(microseconds=1)) - microseconds(NOON) == 1


def test_what_cannot_be_kept_as_it_is_is_refused() -> None:
    for data in ({"at": NOON}, {"n": float("nan")}, {"s": {1, 2}}):
        with pytest.raises(JournalError, match="not plain JSON"):
            sealed(Head(seq=0, hash=""), data=data)
    with pytest.raises(JournalError, match="needs a zone"):
        sealed(Head(seq=0, hash=""), at=datetime(2027, 10, 20))  # noqa: DTZ001 - the mistake that is refused
