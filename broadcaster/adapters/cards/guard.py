"""May this SVG be drawn? Nothing in it may reach for a file, an address or a program.

Pictures that a template names are put into it beforehand (see drawing.py), so that all that is left are parts of itself
(`#name`) and pictures that it carries.
"""

import base64
import re
from pathlib import Path
from xml.parsers import expat

from broadcaster.season.errors import TemplateError
from broadcaster.season.wording import quoted, shown

MOST_BYTES = 12_000_000
_CARRIED = re.compile(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=\s]*", re.ASCII)
_URL = re.compile(r"url\s*\(\s*['\"]?\s*([^)'\"]*)", re.IGNORECASE)
_REFUSED = frozenset({"script", "foreignObject", "iframe", "audio", "video", "handler", "listener"})
SIGNATURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}


def check_svg(svg: str) -> None:
    """Raises TemplateError for an SVG that is not well formed, or names anything outside of itself."""
    if len(svg) > MOST_BYTES:
        raise TemplateError(f"the card would be {len(svg) / 1e6:.0f} MB of SVG; {MOST_BYTES // 1_000_000} are drawn")
    parser = expat.ParserCreate()
    styles: list[str] = []
    open_elements: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        kind = name.rsplit(":", 1)[-1]
        open_elements.append(kind)
        if len(open_elements) > 200:
            raise TemplateError("the card's elements are nested too deep")
        if kind in _REFUSED:
            raise TemplateError(f"a card draws no <{shown(kind, 40)}>")
        for key, value in attributes.items():
            key = key.rsplit(":", 1)[-1].lower()
            if key.startswith("on"):
                raise TemplateError(f"a card does nothing {quoted(key)}")
            if key in ("href", "src") and not (value.strip().startswith("#") or _CARRIED.fullmatch(value.strip())):
                raise TemplateError(f"a card may not reach for {quoted(value)}: write {{{{ picture('FILE.png') }}}}")
            _check_style(value)

    def end(name: str) -> None:
        open_elements.pop()

    def letters(data: str) -> None:
        if open_elements[-1:] == ["style"]:
            styles.append(data)

    def refuse(*_: object) -> None:
        raise TemplateError("a card has no DOCTYPE, no entities and no processing instructions")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, letters
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ProcessingInstructionHandler = refuse
    try:
        parser.Parse(svg.encode(), True)
    except expat.ExpatError as error:
        raise TemplateError(f"line {error.lineno} of the card: it is no well-formed SVG: {error}") from None
    _check_style("".join(styles))


def _check_style(style: str) -> None:
    if "\\" in style and ("url" in style.lower() or "@" in style):
        raise TemplateError("a card's style has no backslashes")
    if "@import" in style.lower().replace(" ", ""):
        raise TemplateError("a card's style imports nothing")
    for target in _URL.findall(style):
        if not target.strip().startswith("#"):
            raise TemplateError(f"a card may not reach for {quoted(target)} in its style")


def file_beside(folder: Path, name: str) -> Path:
    """The file of that name in the folder or below it. Raises TemplateError for one that is elsewhere."""
    base = folder.resolve()
    if "\0" in name or "\\" in name or ":" in name or Path(name).is_absolute():
        raise TemplateError(f"{quoted(name)} is not the name of a file beside the season file")
    path = (base / name).resolve()
    if not path.is_relative_to(base) or path == base:
        raise TemplateError(f"{quoted(name)} is outside of the season file's folder")
    return path


def carried(folder: Path, name: str) -> str:
    """The picture as an address that carries it. Raises TemplateError for one that is none, or elsewhere."""
    path = file_beside(folder, name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TemplateError(f"the picture {quoted(name)} cannot be read: {error.strerror or error}") from None
    kind = next((kind for signature, kind in SIGNATURES.items() if content.startswith(signature)), "")
    if not kind:
        raise TemplateError(f"{quoted(name)} is no PNG or JPEG picture")
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
