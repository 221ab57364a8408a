"""Drawn cards: are the pixels where they belong, is every letter there, and can nothing in a template reach out?"""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from broadcaster.adapters.cards.drawing import FACES, Fonts, draw, fill
from broadcaster.adapters.cards.letters import font_file
from broadcaster.adapters.cards.order import Order, read_order, write_order
from broadcaster.season.cards import CardWords
from broadcaster.season.errors import TemplateError
from broadcaster.season.frames import Media, Size
from broadcaster.season.look import LookPlan, channels

KAZAKH = "ӘҒҚҢӨҰҮҺІәғқңөұүһі"
HOSTILE = '</text><script>alert("&")</script>{{ 7*7 }}]]>\x00\u202e'
LONG = CardWords(
    language="en",
    kicker="The Central Asian-European Creative Forum of Applied Arts and Fashion Design",
    headline="Maria Fernanda de la Concepción Villanueva-Echeverría & Nguyễn Thị Ánh Tuyết Hồng Phượng, with guests "
    "from Kuala Lumpur, Brussels and Samarkand",
    under="Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren and a second line of words",
    badge="Қазір эфирде",
    date="Wednesday, 20 October 2027",
    time="19:00",
    place="Thành phố Hồ Chí Minh · UTC+7",
)
PLAIN = CardWords(language="en", kicker="K", headline="H", under="", badge="", date="D", time="", place="")
PICTURE = b"\x89PNG\r\n\x1a\n"


def order(
    folder: Path,
    template: str = "",
    *,
    words: CardWords = PLAIN,
    size: Size = Size.LINK,
    media: Media = "image/png",
    look: LookPlan | None = None,
) -> Order:
    if template:
        (folder / "own.svg").write_text(template, "utf-8")
    return Order(
        words=words,
        look=look or LookPlan(template="own.svg" if template else ""),
        size=size,
        media=media,
        folder=folder,
    )


def drawn(wanted: Order) -> Image.Image:
    return Image.open(io.BytesIO(draw(wanted))).convert("RGB")


def svg(inside: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{{{ width }}}} {{{{ height }}}}">{inside}</svg>'


@pytest.mark.parametrize("size", list(Size))
def test_a_card_has_its_size_its_colours_and_clean_margins(size: Size, tmp_path: Path) -> None:
    look = LookPlan(background="#102030", ink="#ffffff", accent="#e0b060")
    image = drawn(order(tmp_path, words=LONG, size=size, look=look))
    assert image.size == size.pixels
    width, height = image.size
    assert image.getpixel((2, height - 2)) == pytest.approx(channels("#102030"), abs=14)
    bright = image.convert("L").point(lambda value: 255 if value > 150 else 0)
    left, _, right, bottom = bright.getbbox() or (0, 0, 0, 0)
    assert left >= 60
    assert bottom <= height - 45
    # on the left half, where no ornament is, the words keep to their column
    assert bright.crop((0, height // 2, width, height)).getbbox() is not None
    assert right <= width


def test_instagram_gets_a_jpeg(tmp_path: Path) -> None:
    image = Image.open(io.BytesIO(draw(order(tmp_path, size=Size.POST, media="image/jpeg"))))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (1080, 1350))


TEXTS = (
    "Aspara",
    "ЙЁҺӘ Ẵ Ế Ố Å gjpqy Ңұ",
    LONG.headline,
    "W" * 300,
    HOSTILE,
    "ҒҒҒ-ҚҚҚ " * 30,
    "AVAVAV ToToTo LTLT Ya",
    "ffi fl fi …",
)


@pytest.mark.parametrize("face", list(FACES))
def test_no_ink_lies_outside_of_the_box_of_its_text(face: str, tmp_path: Path) -> None:
    """Every text in a cell of its own, a white box on grey: the grey stays grey."""
    cell_width, cell_height, edge = 300, 315, 40
    cells = [(index % 4 * cell_width, index // 4 * cell_height) for index in range(len(TEXTS))]
    inside = "".join(
        f"{{{{ fit({text!r}, face='{face}', width=220, height=235, largest=90, smallest=14, lines=5, spacing=0.03)"
        f".at({x + edge}, {y + edge}, fill='#000000') }}}}"
        for text, (x, y) in zip(TEXTS, cells, strict=True)
    )
    image = drawn(order(tmp_path, svg(f'<rect width="1200" height="630" fill="#ffffff"/>{inside}')))
    for text, (x, y) in zip(TEXTS, cells, strict=True):
        cell = ImageChops.invert(image.crop((x, y, x + cell_width, y + cell_height))).convert("L")
        left, top, right, bottom = cell.point(lambda value: 255 if value > 60 else 0).getbbox() or (0, 0, 0, 0)
        assert right > left, text
        assert left >= edge - 2, text
        assert top >= edge - 2, text
        assert right <= cell_width - edge + 2, text
        assert bottom <= cell_height - edge + 2, text


@pytest.mark.parametrize("face", list(FACES))
def test_every_kazakh_letter_is_drawn_and_none_is_the_box_of_a_missing_one(face: str, tmp_path: Path) -> None:
    letters = KAZAKH + "\u4e00"
    step = 60
    inside = "".join(
        f"{{{{ fit('{letter}', face='{face}', width=50, height=60, largest=40, smallest=40, lines=1)"
        f".at({number * step + 5}, 10, fill='#000000') }}}}"
        for number, letter in enumerate(letters)
    )
    image = drawn(order(tmp_path, svg(f'<rect width="1200" height="630" fill="#ffffff"/>{inside}'))).convert("L")
    shapes = [image.crop((number * step, 0, (number + 1) * step, 80)).tobytes() for number in range(len(letters))]
    blank = Image.new("L", (step, 80), 255).tobytes()
    assert blank not in shapes[:-1]
    assert shapes[-1] not in shapes[:-1]
    assert len(set(shapes)) == len(shapes)


def test_the_faces_hold_what_our_people_write() -> None:
    for path in FACES.values():
        font = font_file(path)
        assert not [
            letter for letter in f"{KAZAKH}ёЁйЙґўӣҷѓÅåßłŁşğıİőűưạếỗœñç«»„“—…№₸€0123456789&<>" if not font.has(letter)
        ]


def test_letters_that_no_font_has_are_named(tmp_path: Path) -> None:
    assert Fonts(tmp_path, ()).missing("Айым 张三 张") == "张三"


def test_what_is_written_on_a_card_is_escaped(tmp_path: Path) -> None:
    words = CardWords(**{name: HOSTILE for name in CardWords.__slots__ if name != "language"}, language="en")
    filled = fill(order(tmp_path, words=words), Fonts(tmp_path, ()))
    assert "<script" not in filled
    assert "&lt;/text&gt;&lt;script&gt;" in filled
    assert "{{ 7*7 }}" in filled
    draw(order(tmp_path, words=words))
    bare = order(tmp_path, svg("<text>{{ card.headline }}</text>"), words=words)
    assert "<text>&lt;/text&gt;&lt;script&gt;" in fill(bare, Fonts(tmp_path, ()))


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ('<image href="file:///etc/passwd"/>', "may not reach for 'file:///etc/passwd'"),
        ('<image href="logo.png"/>', "may not reach for 'logo.png'"),
        ('<image xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="https://example.org/a.png"/>', "may not reach"),
        ('<image href="data:image/svg+xml;base64,PHN2Zy8+"/>', "may not reach"),
        ('<use href="other.svg#a"/>', "may not reach"),
        ('<rect fill="url(https://example.org/a#b)"/>', "may not reach"),
        ('<rect style="fill:URL( &quot;a.svg#b&quot; )"/>', "may not reach"),
        ("<style>@import url(a.css);</style>", "imports nothing"),
        ("<style>@font-face { src: url(a.ttf) }</style>", "may not reach"),
        ("<style>a { b: u\\72l(a.ttf) } @c</style>", "no backslashes"),
        ("<script>1</script>", "draws no <script>"),
        ("<foreignObject/>", "draws no <foreignObject>"),
        ('<rect onload="1"/>', "does nothing 'onload'"),
        ("<rect>", "no well-formed SVG"),
        ("{{ picture('../secret.png') }}", "outside of the season file's folder"),
        ("{{ picture('/etc/passwd') }}", "not the name of a file beside"),
        ("{{ picture('C:/secret.png') }}", "not the name of a file beside"),
        ("{{ picture('own.svg') }}", "no PNG or JPEG"),
        ("{{ picture('none.png') }}", "cannot be read"),
        ("{% include 'a' %}", "does not render"),
        ("{{ ''.__class__.__mro__ }}", "does not render"),
        ("{{ fit.func.__globals__ }}", "does not render"),
        ("{{ 'a'.rjust(1000000000) }}", "'rjust'"),
        ("{{ 'a' * 1000000000 }}", "is for numbers"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "stands inside of something else"),
        ("{{ card.nothing }}", "nothing"),
        ("{{ card.time", "line 1"),
        ("{% for a in range(10000) %}{% endfor %}", "1000 times"),
    ],
)
def test_a_template_that_reaches_out_is_refused(inside: str, why: str, tmp_path: Path) -> None:
    (tmp_path.parent / "secret.png").write_bytes(PICTURE)
    with pytest.raises(TemplateError, match=why.replace("(", r"\(").replace(".", r"\.")):
        draw(order(tmp_path, svg(inside)))


def test_a_template_with_a_doctype_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="no DOCTYPE"):
        draw(order(tmp_path, '<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + svg("<text>&a;</text>")))


def test_a_template_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    for name in ("../own.svg", "/own.svg", "a\\b.svg"):
        with pytest.raises(TemplateError, match=r"beside the season file|outside of the season"):
            draw(order(tmp_path, look=LookPlan(template=name)))


def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.png").write_bytes(PICTURE)
    try:
        (tmp_path / "in" / "logo.png").symlink_to(tmp_path / "secret.png")
    except OSError:
        pytest.skip("this user may make no links (Windows without developer mode)")
    with pytest.raises(TemplateError, match="outside of the season"):
        draw(order(tmp_path / "in", look=LookPlan(logo="logo.png")))


def test_a_template_of_another_size_is_told(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="draws 630 x 630 for 1200 x 630"):
        draw(order(tmp_path, '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"/>'))


def test_a_logo_is_carried_into_the_card(tmp_path: Path) -> None:
    Image.new("RGB", (40, 20), "#ff0000").save(tmp_path / "logo.png")
    image = drawn(order(tmp_path, look=LookPlan(logo="logo.png")))
    assert image.getpixel((80, 90)) == (255, 0, 0)


def test_a_font_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "own.ttf").write_bytes(b"\0\1\0\0 and nothing more")
    with pytest.raises(TemplateError, match=r"own\.ttf is no TTF or OTF font"):
        draw(order(tmp_path, look=LookPlan(fonts=("own.ttf",))))


def test_an_order_is_read_as_it_was_written(tmp_path: Path) -> None:
    wanted = order(tmp_path, words=LONG, look=LookPlan(fonts=("a.ttf", "b.otf"), logo="l.png"))
    assert read_order(write_order(wanted)) == wanted


@pytest.mark.parametrize("size", [Size.STORY, Size.LINK])
def test_the_template_of_the_docs_draws(size: Size, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "cards.md").read_text("utf-8")
    template = text.split("```svg\n")[1].split("```")[0]
    image = drawn(order(tmp_path, template, words=LONG, size=size))
    assert image.getpixel((5, 5)) == channels(LookPlan().background)
    assert image.convert("L").point(lambda value: 255 if value > 150 else 0).getbbox() is not None


def test_letters_that_ours_lack_come_from_the_seasons_own_font(tmp_path: Path) -> None:
    """A black square, which DejaVu has: solid ink, and as wide as it was measured."""
    own = Path(__file__).parents[2] / "broadcaster" / "panel" / "fonts" / "DejaVuSansCondensed-Bold.ttf"
    (tmp_path / "own.ttf").write_bytes(own.read_bytes())
    look = LookPlan(template="own.svg", fonts=("own.ttf",))
    template = svg(
        '<rect width="1200" height="630" fill="#ffffff"/>'
        "{% set square = fit('■', width=300, height=300, largest=200, smallest=200, lines=1) %}"
        '{{ square.at(50, 50, fill=\'#000000\') }}<rect y="600" width="{{ square.width }}" height="9"/>'
    )
    assert Fonts(tmp_path, ()).missing("■") == "■"
    assert Fonts(tmp_path, ("own.ttf",)).missing("■") == ""
    image = drawn(order(tmp_path, template, look=look)).convert("L")
    left, top, right, bottom = ImageChops.invert(image.crop((0, 0, 1200, 590))).getbbox() or (0, 0, 0, 0)
    inside = image.crop((left + 3, top + 3, right - 3, bottom - 3))
    assert right - left > 60
    assert inside.getextrema() == (0, 0)
    measured = ImageChops.invert(image.crop((0, 595, 1200, 630))).getbbox() or (0, 0, 0, 0)
    assert right <= 50 + measured[2] + 1
