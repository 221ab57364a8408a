"""check and card: is every picture that cannot be used told with its place, and can a newcomer see the cards?"""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from broadcaster.cli.card import card
from broadcaster.cli.check import check
from tests.card_season import write_season

PICTURED = """
[[announcement]]
id = "pictured"
at = { before = "1h" }
audiences = ["italy"]
channels = ["telegram", "insta"]
picture = "own.png"
text.en = "..."
"""


@pytest.fixture(autouse=True)
def _no_settings_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def checked(folder: Path, more: str) -> Result:
    return CliRunner().invoke(check, [str(write_season(folder, more))])


@pytest.mark.parametrize(
    ("more", "key", "why"),
    [
        (PICTURED, "picture = ", "the picture 'own.png' cannot be read: No such file"),
        ('[look]\nlogo = "none.png"', "logo = ", "the picture 'none.png' cannot be read"),
        ('[look]\nfonts = ["season.toml"]', "fonts = ", "season.toml is no TTF or OTF font"),
        ('[look]\ntemplate = "none.svg"', "template = ", "the template 'none.svg' cannot be read"),
        ('[look]\ntemplate = "../none.svg"', "template = ", "outside of the season file's folder"),
        ('[look]\ntemplate = "season.toml"', "template = ", "for a story:"),
        ('[look]\nbackground = "#f0f0f0"', "background = ", "cannot be read on the background #f0f0f0"),
    ],
)
def test_a_picture_that_cannot_be_used_is_told_with_its_place(more: str, key: str, why: str, tmp_path: Path) -> None:
    result = checked(tmp_path, more)
    assert why in str(result.exception)
    text = (tmp_path / "season.toml").read_text("utf-8")
    line = text[: text.rindex(key)].count("\n") + 1
    assert f"season.toml:{line}:" in str(result.exception)


def test_a_picture_that_is_right_is_no_problem(tmp_path: Path) -> None:
    Image.new("RGB", (1080, 1080)).save(tmp_path / "own.png")
    assert checked(tmp_path, PICTURED).exit_code == 0


def test_a_name_that_the_fonts_lack_is_a_warning_with_its_place(tmp_path: Path) -> None:
    more = '[[guest]]\nid = "china"\nname = "张三"\n' + PICTURED.replace("own.png", "card")
    result = checked(tmp_path, more)
    assert result.exit_code == 0
    assert "warning: the fonts of the cards have no 张 三" in result.output
    result = checked(tmp_path, more.replace('picture = "card"', 'picture = "card"\ntitle.en = "Tonight 🎉"'))
    assert "warning: the fonts of the cards have no 🎉: boxes will stand there, or nothing" in result.output


def drawn(season: Path, *options: str) -> Result:
    return CliRunner().invoke(card, [str(season), *options])


def test_the_cards_of_one_audience_are_drawn_into_a_folder(tmp_path: Path) -> None:
    options = ("--announcement", "today", "--audience", "kazakhstan", "--json", "-o", str(tmp_path / "cards"))
    result = drawn(write_season(tmp_path), *options)
    assert result.exit_code == 0, result.output
    (said,) = json.loads(result.stdout)["cards"]
    with Image.open(said["file"]) as image:
        assert image.size == (said["width"], said["height"])
    assert "Алматы · UTC+5" in said["about"]


def test_one_card_is_drawn_into_a_file_of_its_kind(tmp_path: Path) -> None:
    path = tmp_path / "story.jpg"
    result = drawn(write_season(tmp_path), "--announcement", "today", "--size", "story", "-o", str(path))
    assert result.exit_code == 0, result.output
    with Image.open(path) as image:
        assert (image.format, image.size) == ("JPEG", (1080, 1920))
    assert "for other shows, readers or sizes, with -o FOLDER" in result.stderr


@pytest.mark.parametrize(
    ("option", "value", "why"),
    [
        ("--announcement", "todya", "there is no announcement 'todya' (did you mean 'today'?)"),
        ("--audience", "itali", "no announcement has the audience 'itali' (did you mean 'italy'?)"),
        ("--show", "nowhere", "no announcement has the show 'nowhere'"),
    ],
)
def test_what_is_not_there_is_told_with_what_was_meant(option: str, value: str, why: str, tmp_path: Path) -> None:
    result = drawn(write_season(tmp_path), option, value, "-o", str(tmp_path))
    assert result.exit_code == 2
    assert why in result.output
