"""What an operator types in a hurry is read as meant, or refused with an example."""

from datetime import timedelta

import pytest

from broadcaster.show.spans import read_span, signed


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("10", 600),
        ("+5", 300),
        ("-3m", -180),
        ("−3", -180),
        ("12m", 720),
        ("1.30", 90),
        ("1:30", 90),
        ("0,45", 45),
        ("1.02.03", 3723),
        ("1h10m", 4200),
        ("1h10", 4200),
        ("1m30", 90),
        ("45s", 45),
        (" 2 min ", 120),
        ("1H 5M", 3900),
    ],
)
def test_spans_are_read_as_meant(typed: str, seconds: int) -> None:
    assert read_span(typed) == timedelta(seconds=seconds)


@pytest.mark.parametrize("typed", ["", "-", "soon", "1.5", "1.75", "1h2h", "0", "0s", "25h", "٣", "5x", "1e3", "--5"])
def test_what_is_no_span_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match=r"10 \(minutes\)|reload"):
        read_span(typed)


def test_a_span_is_shown_back_with_its_sign() -> None:
    assert [signed(timedelta(seconds=each)) for each in (720, -45, 0, 5400)] == ["+12m", "-45s", "0s", "+1h30m"]
