"""How does a card become a picture? Its template is filled in, looked over, and drawn; all of it in a child process.

Nothing here is trusted: words are escaped, the template runs in Jinja2's sandbox, and what it wrote may not reach
outside of itself (guard.py). The child ends the drawing that never ends (see adapter.py).
"""

import io
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError
from jinja2 import TemplateError as JinjaError
from markupsafe import Markup

from broadcaster.adapters.cards.guard import carried, check_svg, file_beside
from broadcaster.adapters.cards.letters import FontFile, font_file
from broadcaster.adapters.cards.order import Order
from broadcaster.season.card_layout import BASE, LINE, Fitted, fit
from broadcaster.season.errors import TemplateError
from broadcaster.season.look import GLOW, mixed
from broadcaster.season.sandbox import Sandbox
from broadcaster.season.wording import quoted, shown

HERE = Path(__file__).parent
FACES = {"display": HERE / "fonts" / "NotoSerifDisplay-Bold.ttf", "text": HERE / "fonts" / "Inter-SemiBold.ttf"}
JPEG_QUALITY = 90
KERNING_ROOM = 1.01
"""What the widths of single letters may be short of, where a pair is set wider apart."""


def draw(order: Order) -> bytes:
    """The picture. Raises TemplateError for a template or a file of the look that cannot be used."""
    from resvg_py import svg_to_bytes

    width, height = order.size.pixels
    fonts = Fonts(order.folder, order.look.fonts)
    svg = fill(order, fonts)
    check_svg(svg)
    try:
        png = svg_to_bytes(
            svg_string=svg,
            width=width,
            height=height,
            skip_system_fonts=True,
            font_files=[str(path) for path in fonts.paths],
            font_family=fonts.family("text"),
        )
    except ValueError as error:
        raise TemplateError(f"the card cannot be drawn: {shown(error, 120)}") from None
    return _packed(bytes(png), order)


def _packed(png: bytes, order: Order) -> bytes:
    """Opaque, of the size that was asked for, in the format that is taken."""
    from PIL import Image

    with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
        if image.size != order.size.pixels:
            raise TemplateError(
                f"the template draws {image.size[0]} x {image.size[1]} for {order.size.pixels[0]} x "
                f'{order.size.pixels[1]}: write viewBox="0 0 {{{{ width }}}} {{{{ height }}}}"'
            )
        opaque = Image.new("RGB", image.size, order.look.background)
        opaque.paste(image, mask=image.getchannel("A") if "A" in image.getbands() else None)
    packed = io.BytesIO()
    if order.media == "image/jpeg":
        opaque.save(packed, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    else:
        opaque.save(packed, "PNG")
    return packed.getvalue()


def fill(order: Order, fonts: "Fonts") -> str:
    """The SVG of the card. Raises TemplateError saying what is wrong in the template."""
    width, height = order.size.pixels
    look, folder = order.look, order.folder
    template, beside = (HERE / "card.svg", folder) if not look.template else _own(folder, look.template)
    sandbox = Sandbox(autoescape=True, undefined=StrictUndefined)
    sandbox.globals.clear()
    sandbox.globals["range"] = range_of
    name = quoted(look.template or "card.svg")
    try:
        return sandbox.from_string(template.read_text("utf-8")).render(
            card=order.words,
            look=look,
            size=str(order.size),
            width=width,
            height=height,
            glow=GLOW,
            small_ink=look.small_ink,
            brightest=look.brightest,
            logo=carried(folder, look.logo) if look.logo else "",
            fit=partial(_block, fonts),
            mix=mixed,
            picture=partial(carried, beside),
        )
    except TemplateSyntaxError as error:
        raise TemplateError(f"{name}, line {error.lineno}: {shown(error.message, 120)}") from None
    except OSError as error:
        raise TemplateError(f"the template {name} cannot be read: {error.strerror or error}") from None
    except (RecursionError, SyntaxError):
        raise TemplateError(f"in the template {name} too much stands inside of something else") from None
    except (JinjaError, TypeError, ValueError, AttributeError, ArithmeticError, LookupError) as error:
        raise TemplateError(f"the template {name} does not render: {shown(error, 120)}") from None


def _own(folder: Path, name: str) -> tuple[Path, Path]:
    path = file_beside(folder, name)
    return path, path.parent


def range_of(count: int) -> range:
    """The numbers below `count`; a card repeats nothing more than a thousand times."""
    if count > 1000:
        raise ValueError(f"range({count}): a card repeats nothing more than 1000 times")
    return range(count)


class Fonts:
    """Our two faces, and the season's own fonts for the letters that they lack."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self._faces = {face: font_file(path) for face, path in FACES.items()}
        self._more = [_font(folder, name) for name in names]
        self._widths: dict[tuple[str, str], float] = {}

    @property
    def paths(self) -> list[Path]:
        """Every file."""
        return [font.path for font in (*self._faces.values(), *self._more)]

    def family(self, face: str) -> str:
        """The families of a face, in the order in which letters are looked for."""
        return ", ".join(f"'{font.family}'" for font in self._in_order(face))

    def measure(self, text: str, face: str, size: float) -> float:
        """The width in pixels, on the safe side."""
        widths = self._widths
        return size * sum(widths.get((face, letter)) or self._width(letter, face) for letter in text)

    def _width(self, letter: str, face: str) -> float:
        order = self._in_order(face)
        font = next((font for font in order if font.has(letter)), order[0])
        wide = self._widths[face, letter] = KERNING_ROOM * font.width(letter, 1)
        return wide

    def missing(self, text: str) -> str:
        """The letters that no font here can show, each once."""
        every = [*self._faces.values(), *self._more]
        lacking = (each for each in text if each.isprintable() and not any(font.has(each) for font in every))
        return "".join(dict.fromkeys(lacking))

    def _in_order(self, face: str) -> list[FontFile]:
        if face not in self._faces:
            raise ValueError(f"there is no face {quoted(face)}: 'display' or 'text'")
        return [self._faces[face], *(font for name, font in self._faces.items() if name != face), *self._more]


def _font(folder: Path, name: str) -> FontFile:
    try:
        return font_file(file_beside(folder, name))
    except OSError as error:
        raise TemplateError(f"the font {quoted(name)} cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise TemplateError(str(error)) from None


class Block:
    """Words that fit, to be put somewhere: what `fit` gives to a template."""

    def __init__(self, fitted: Fitted, family: str) -> None:
        self._fitted = fitted
        self._family = family
        self.width = fitted.width
        self.height = fitted.height
        self.size = fitted.size
        self.lines = fitted.lines

    def at(self, left: float, top: float, *, fill: str, align: str = "left", width: float | None = None) -> Markup:
        """SVG text with its box's corner there; `align` left, middle or right, in a box of `width`."""
        box = self.width if width is None else width
        weight = 700 if self._fitted.face == "display" else 600
        drawn = Markup("")
        for number, (line, wide) in enumerate(zip(self._fitted.lines, self._fitted.widths, strict=True)):
            x = left + (box - wide) * {"left": 0.0, "middle": 0.5, "right": 1.0}[align]
            y = top + (number * LINE + BASE) * self.size
            drawn += Markup(
                '<text x="{:.2f}" y="{:.2f}" font-family="{}" font-weight="{}" font-size="{:.2f}" '
                'letter-spacing="{:.3f}" fill="{}" xml:space="preserve">{}</text>'
            ).format(x, y, self._family, weight, self.size, self._fitted.spacing * self.size, fill, line)
        return drawn


def _block(
    fonts: Fonts,
    text: Any,
    *,
    width: float,
    height: float,
    largest: float,
    smallest: float,
    face: str = "display",
    lines: int = 3,
    spacing: float = 0.0,
) -> Block:
    found = fit(
        str(text),
        width=width,
        height=height,
        face=face,
        measure=fonts.measure,
        largest=largest,
        smallest=smallest,
        lines=lines,
        spacing=spacing,
    )
    return Block(found, fonts.family(face))
