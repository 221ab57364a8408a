"""Colours of a season's look: is the contrast WCAG's, and is a colour that is none refused with its place?"""

from pathlib import Path

import pytest

from broadcaster.adapters.files import load_season
from broadcaster.season.build import build_plan
from broadcaster.season.errors import SeasonError
from broadcaster.season.look import READABLE, LookPlan, contrast, mixed
from tests.card_season import write_season


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#abcdef", "#abcdef") == 1
    assert mixed("#000000", "#ffffff", 0.5) == "#808080"
    with pytest.raises(ValueError, match="no colour"):
        contrast("red", "#ffffff")


def test_the_look_that_is_built_in_can_be_read() -> None:
    assert LookPlan().worst_contrast >= READABLE
    assert LookPlan().small_ink == LookPlan().accent
    assert LookPlan(accent="#5a4a30").small_ink == LookPlan().ink


def test_a_season_has_the_look_that_its_file_says(tmp_path: Path) -> None:
    file = write_season(tmp_path, '\n[look]\nbackground = "#101020"\nfonts = ["more.ttf"]\n')
    assert build_plan(load_season(file)).look == LookPlan(background="#101020", fonts=("more.ttf",))


def test_a_colour_that_is_none_is_an_error_with_its_place(tmp_path: Path) -> None:
    file = write_season(tmp_path, '\n[look]\naccent = "gold"\n')
    with pytest.raises(SeasonError, match=r":\d+:\d+: error: .*'gold' is not a colour") as refused:
        load_season(file)
    assert "#d8a95b" in str(refused.value)
