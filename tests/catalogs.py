"""Which sentences do our sources say to people, and do the catalogs have them all?

`python -m tests.catalogs` brings the catalogs up to date with the sources: new sentences come in empty, at the end, and
those that nobody says any more go.
"""

import ast
import io
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "broadcaster"
PANEL = SOURCES / "panel"
CATALOGS = PANEL / "locale"
LANGUAGES = ("ru", "kk")

HEADER = """# The panel's sentences; see README.md.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {forms}\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""

Message = str | tuple[str, str]

_LITERAL = r'"((?:[^"\\]|\\.)*)"'
_SCRIPT = re.compile(rf"(?<![\w.])(?:t\(\s*{_LITERAL}|tn\(\s*{_LITERAL}\s*,\s*{_LITERAL})")
_COMMENT = re.compile(r"/\*\*.*?\*/", re.DOTALL)
_TEMPLATE = re.compile(rf"(?<!\w)_\(\s*{_LITERAL}")


@cache
def sentences() -> dict[Message, str]:
    """Every sentence with the file that says it: `t` and `tn` of pages, `_` of templates, `say` and `templates`."""
    found: dict[Message, str] = {}
    for path in sorted(PANEL.glob("static/*.mjs")):
        for alone, one, many in _SCRIPT.findall(_COMMENT.sub("", path.read_text(encoding="utf-8"))):
            found.setdefault((_read(one), _read(many)) if one else _read(alone), _name(path))
    for path in sorted(PANEL.glob("templates/*.html")):
        for text in _TEMPLATE.findall(path.read_text(encoding="utf-8")):
            found.setdefault(_read(text), _name(path))
    for path in sorted(SOURCES.rglob("*.py")):
        for text in said_in(path):
            found.setdefault(text, _name(path))
    return found


def said_in(path: Path) -> Iterator[str]:
    """The templates in a module; one may stand in a variable of the function that says it."""
    source = path.read_text(encoding="utf-8")
    if "season.said import" not in source:
        return
    tree = ast.parse(source)
    for scope in (tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))):
        named: dict[str, list[str]] = {}
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                named.setdefault(name, []).extend(_constants(node.value))
        for node in ast.walk(scope):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id not in ("say", "templates") or not node.args:
                continue
            for argument in node.args:
                if isinstance(argument, ast.Name) and (scope is not tree or argument.id in named):
                    assert named.get(argument.id), f"{path.name}:{node.lineno}: write the sentence out"
                    yield from named[argument.id]
                else:
                    yield from _constants(argument)


def _constants(node: ast.AST) -> list[str]:
    if isinstance(node, ast.IfExp):
        return _constants(node.body) + _constants(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def catalog(language: str) -> Catalog:
    """What is there."""
    path = CATALOGS / f"{language}.po"
    if not path.is_file():
        return Catalog(locale=language)
    with path.open(encoding="utf-8") as file:
        return read_po(file, locale=language)


def bring_up_to_date(language: str) -> int:
    """Write the catalog anew; returns how many sentences wait for a translation."""
    before, after = catalog(language), Catalog(locale=language)
    for message, place in sentences().items():
        id = message if isinstance(message, str) else message[0]
        known = before.get(id)
        is_kept = known is not None and (known.id == message)
        after.add(message, known.string if known is not None and is_kept else None, locations=[(place, 0)])
    written = io.BytesIO()
    write_po(written, after, width=0, omit_header=True, include_lineno=False)
    text = HEADER.format(language=language, forms=after.plural_forms) + written.getvalue().decode()
    (CATALOGS / f"{language}.po").write_text(text, encoding="utf-8", newline="\n")
    return sum(not message.string or not all(message.string) for message in after if message.id)


def _read(literal: str) -> str:
    return str(json.loads(f'"{literal}"'))


def _name(path: Path) -> str:
    return path.relative_to(SOURCES).as_posix()


if __name__ == "__main__":
    for each in LANGUAGES:
        print(f"{each}.po: {bring_up_to_date(each)} to translate")
