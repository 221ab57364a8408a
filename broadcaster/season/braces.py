"""Does a text have the braces that its writer meant? Jinja posts a misspelt `{ go_live }` as it stands.

Other braces are left alone. One that is meant to be read beside a name is written `{{ "{" }}`, or between
`{% raw %}` and `{% endraw %}`.
"""

import re
from collections.abc import Collection, Iterable

from broadcaster.season.errors import TemplateError
from broadcaster.season.wording import shown

Token = tuple[int, str, str]
"""Of Jinja's lexer: line, kind and text."""

_SINGLE = re.compile(r"\{([^{}\n]*)\}")
_NAME = re.compile(r"\s*(\w+)(?:\.\w+)*\s*(?:\|.*)?", re.ASCII)
_ENDED = re.compile(
    r"(?:(?<![\w.])(?P<name>\w+)(?:\.\w+)*|\|\s*(?P<filter>\w+)(?:\([^{}()\n]*\))?)\s*(?P<end>\}\})", re.ASCII
)
_FILTER = re.compile(r"\|\s*(\w+)", re.ASCII)
_INSTANTS = frozenset({"go_live", "planned", "segment.start"})
_BRACE_ITSELF = 'a brace that is to be read is written {{ "%s" }}'


def check_braces(tokens: Iterable[Token], names: Collection[str], filters: Collection[str]) -> None:
    """Raises TemplateError, with line and remedy, for single or triple braces around what the texts know."""
    before, is_raw = "", False
    for line, kind, text in tokens:
        is_raw = kind == "raw_begin" or (is_raw and kind != "raw_end")
        at, fault = 0, ""
        if kind == "data" and not is_raw:
            at, fault = _fault(text, names, filters, is_behind=before in ("variable_end", "block_end"))
        elif before == "variable_begin" and text == "{":
            fault = f"three braces begin it: two do; {_BRACE_ITSELF % '{'}"
        if fault:
            raise TemplateError(f"line {line + text.count(chr(10), 0, at)} of the text: {fault}")
        before = kind


def _fault(text: str, names: Collection[str], filters: Collection[str], *, is_behind: bool) -> tuple[int, str]:
    """Where in what is posted as it stands, and what; empty: nothing is wrong."""
    if is_behind and text.startswith("}"):
        return 0, f"three braces end it: two do; {_BRACE_ITSELF % '}'}"
    for found in _SINGLE.finditer(text):
        said = found[1].strip()
        name = _NAME.fullmatch(said)
        if (name is not None and name[1] in names) or any(each in filters for each in _FILTER.findall(said)):
            meant = f"{{{{ {said} | local_time }}}}" if said in _INSTANTS else f"{{{{ {said} }}}}"
            told = f"{shown(found[0])} would be posted as it stands; write {shown(meant)} ({_BRACE_ITSELF % '{'})"
            return found.start(), told
    for found in _ENDED.finditer(text):
        if found["name"] in names or found["filter"] in filters:
            told = f"'}}}}' ends what nothing began: write '{{{{' before it; {_BRACE_ITSELF % '}}'}"
            return found.start("end"), told
    return 0, ""
