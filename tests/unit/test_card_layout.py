"""The layout of cards: does every text fit its box, whatever it says?"""

from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.season.card_layout import LINE, Fitted, fit


def by_letters(text: str, face: str, size: float) -> float:
    return len(text) * size * 0.5


def fitted(text: str, *, width: float = 500, height: float = 300, lines: int = 3) -> Fitted:
    return fit(
        text, width=width, height=height, face="display", measure=by_letters, largest=100, smallest=20, lines=lines
    )


def test_a_short_text_is_as_large_as_it_may_be_on_one_line() -> None:
    assert fitted("Aspara").lines == ("Aspara",)
    assert fitted("Aspara").size == 100


def test_lines_are_as_even_as_they_can_be() -> None:
    assert fitted("one two three four", width=700).lines == ("one two", "three four")


def test_a_long_name_shrinks_before_it_is_cut() -> None:
    found = fitted("Supercalifragilistic")
    assert found.lines == ("Supercalifragilistic",)
    assert found.size < 100


def test_a_name_with_a_hyphen_breaks_behind_it() -> None:
    assert fitted("Sarsenbaeva-Dzhumabekova", width=600).lines == ("Sarsenbaeva-", "Dzhumabekova")
    assert fitted("a-b").lines == ("a-b",)


def test_what_does_not_fit_at_the_smallest_ends_in_dots() -> None:
    found = fitted("word " * 400)
    assert found.size == 20
    assert found.lines[-1].endswith("…")


def test_letters_that_steer_are_not_drawn() -> None:
    assert fitted("a\u202eb\x00c\nd").lines == ("ab c d",)
    assert fitted("Taraz\u00adfashion\u200b").lines == ("Tarazfashion",)


def test_no_text_has_no_lines() -> None:
    assert fitted(" \n ").lines == ()
    assert fitted("").height == 0


@settings(max_examples=200, deadline=None)
@given(
    text=st.text(max_size=600),
    width=st.floats(30, 1000),
    height=st.floats(20 * LINE, 800),
    lines=st.integers(1, 6),
)
def test_no_text_leaves_its_box(text: str, width: float, height: float, lines: int) -> None:
    found = fitted(text, width=width, height=height, lines=lines)
    assert found.width <= width
    assert found.height <= height + 0.1
    assert len(found.lines) <= lines
    assert 20 <= found.size <= 100
