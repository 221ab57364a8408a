"""What may a template do? It makes its words out of what it is told, and takes no more of the machine than they need.

Jinja2's sandbox keeps a template from reaching out. It lets one fill the memory with a few letters, or never end; that
is kept from here, for texts entirely. A card is drawn in a process of its own, whose time is limited.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jinja2 import Template, TemplateSyntaxError, Undefined, nodes, pass_context
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

from broadcaster.season.errors import TemplateError

MOST_LETTERS = 500_000
"""So many are gone through on the way to a text, all together: five times what any channel takes."""
ITEM, TURN = 10, 200
"""What of a list, and each time that a loop goes round, counts as so many letters."""
LARGEST = 10**15

_METHODS: tuple[tuple[type | tuple[type, ...], frozenset[str]], ...] = (
    (
        str,
        frozenset(
            "capitalize casefold count endswith find index isdecimal isdigit islower isspace istitle isupper lower "
            "lstrip partition removeprefix removesuffix rfind rpartition rsplit rstrip split splitlines startswith "
            "strip swapcase title upper".split()
        ),
    ),
    (dict, frozenset({"get", "items", "keys", "values"})),
    ((list, tuple), frozenset({"count", "index"})),
    ((int, float), frozenset({"is_integer"})),
    ((bytes, bytearray, set, frozenset), frozenset()),
)
"""Of the methods of plain values, those that make nothing larger than it was, and change nothing."""
_WITHHELD = frozenset(
    "batch center forceescape format indent pprint random slice tojson urlize wordwrap xmlattr".split()
)
"""Of Jinja's filters: as big as one likes, not the same each time, or not for text."""
_OF_TEXTS = frozenset(
    "capitalize e escape lower replace safe string striptags title trim truncate upper urlencode wordcount".split()
)
"""Of Jinja's filters, those that would make a text of anything."""
_TAGS = (nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Assign, nodes.With)


class Sandbox(SandboxedEnvironment):
    """Plain values have no method, and no operator, that makes much out of little."""

    intercepted_binops = frozenset({"*", "**", "%", "//"})

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Jinja's rule; and of the methods of plain values those above."""
        if not super().is_safe_attribute(obj, attr, value):
            return False
        known = next((methods for kind, methods in _METHODS if isinstance(obj, kind)), None)
        return known is None or not callable(value) or attr in known

    def wrap_str_format(self, value: Any) -> None:
        """`format` of a text is not at hand."""

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:
        """With what to write instead."""
        if attribute in self.filters and isinstance(obj, str):
            raise TemplateError(f"a text has no .{attribute}(...): write | {attribute}")
        return super().unsafe_undefined(obj, attribute)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """For numbers alone, and not for large ones."""
        if operator == "**" or not all(isinstance(each, int | float | timedelta) for each in (left, right)):
            raise TemplateError(f"'{operator}' is for numbers, and not for powers of them")
        if any(isinstance(each, int) and abs(each) > LARGEST for each in (left, right)):
            raise TemplateError(f"'{operator}' is for numbers up to {LARGEST}")
        return super().call_binop(context, operator, left, right)


class TextSandbox(Sandbox):
    """For texts: whatever goes through letters or lists is counted, and all of it together is limited."""

    intercepted_binops = Sandbox.intercepted_binops | {"+"}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.globals.clear()
        for name in _WITHHELD:
            del self.filters[name]
        usual = dict(self.filters)

        @pass_context
        def replaced(context: Any, value: Any, old: str, new: str, count: int = -1) -> str:
            text, old, new = str(value), str(old), str(new)
            many = text.count(old) if count < 0 else count
            _count(context, min(many, len(text) + 1) * len(new))
            return text.replace(old, new, count)

        @pass_context
        def joined(context: Any, value: Any, d: str = "", attribute: str | None = None) -> str:
            values = usual["map"](context, value, attribute=attribute) if attribute is not None else value
            parts = [_said(context, each) for each in values]
            _count(context, (ITEM + len(str(d))) * len(parts))
            return str(d).join(parts)

        def rounded(value: Any, precision: int = 0, method: Any = "common") -> Any:
            if abs(precision) > 9:
                raise TemplateError("'round' knows up to 9 places")
            return usual["round"](value, precision, method)

        @pass_context
        def summed(context: Any, value: Any, attribute: str | int | None = None, start: Any = 0) -> Any:
            if not isinstance(start, int | float | timedelta):
                raise TemplateError("'sum' starts from a number")
            return usual["sum"](self, value, attribute, start)

        @pass_context
        def within(context: Any, value: Any, values: Any) -> bool:
            return _weighed(context, value) in _weighed(context, values)

        self.filters |= {"replace": replaced, "join": joined, "round": rounded, "sum": summed}
        self.tests["in"] = within
        ours = {_BESIDE: _beside, _IN_TURN: _in_turn, _WEIGHED: _weighed, _SAID: _said}
        self.filters |= {name: pass_context(function) for name, function in ours.items()}

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Sums of texts and lists are as long as both."""
        if operator != "+":
            return super().call_binop(context, operator, left, right)
        return _weighed(context, left) + _weighed(context, right)

    def call(self, context: Any, method: Any, /, *args: Any, **named: Any) -> Any:
        """A method of a text or list goes through it."""
        _weighed(context, [getattr(method, "__self__", None), *args])
        return super().call(context, method, *args, **named)

    def call_filter(
        self, name: str, value: Any, args: Any = None, kwargs: Any = None, context: Any = None, eval_ctx: Any = None
    ) -> Any:
        """As `map` asks for one, for each of many."""
        given = (_said if name in _OF_TEXTS else _weighed)(context, value)
        return super().call_filter(name, given, args, kwargs, context, eval_ctx)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        for each in parsed.find_all(nodes.Stmt):
            if isinstance(each, nodes.AssignBlock):
                raise TemplateSyntaxError("a text has no endset: write {% set name = ... %}", each.lineno)
            if not isinstance(each, _TAGS) or (isinstance(each, nodes.For) and each.recursive):
                raise TemplateSyntaxError("this tag is not for texts; they have for, if, set and with", each.lineno)
        limited: nodes.Template = _Limiting().visit(parsed)
        limited.set_environment(self)
        return limited


def filled(template: Template, known: Mapping[str, Any]) -> str:
    """The template of a TextSandbox, filled in. Raises what Jinja raises, and TemplateError where it is too much."""
    left, pieces = _Left(), []
    for piece in template.generate({**known, _LEFT: left}):
        left.take(len(piece))
        pieces.append(piece)
    return "".join(pieces)


def of_what_is_there(function: Callable[..., str]) -> Callable[..., str]:
    """The filter; before a name that is not there, Jinja's UndefinedError, which knows the name."""

    def asked(context: Any, value: Any, *more: Any, **named: Any) -> str:
        if isinstance(value, Undefined):
            str(value)
        return function(context, value, *more, **named)

    return asked


_BESIDE, _IN_TURN, _WEIGHED, _SAID, _LEFT = "~", "~for", "~weighed", "~said", "~left"
"""Names that no template can write."""


class _Limiting(NodeTransformer):
    """What Jinja does without asking the sandbox becomes a filter."""

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        found = super().generic_visit(node, *args, **kwargs)
        match found:
            case nodes.Concat():
                return _filter(nodes.List(found.nodes, lineno=found.lineno), _BESIDE)
            case nodes.Filter(name=name, node=nodes.Expr() as value):
                found.node = _filter(value, _SAID if name in _OF_TEXTS else _WEIGHED)
            case nodes.Getitem():
                found.node = _filter(found.node, _WEIGHED)
            case nodes.Compare() | nodes.Operand():
                found.expr = _filter(found.expr, _WEIGHED)
            case nodes.For():
                found.iter = _filter(found.iter, _IN_TURN)
            case nodes.List() | nodes.Dict() | nodes.Tuple(ctx="load"):
                return _filter(found, _WEIGHED)
        return found


def _filter(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _beside(context: Any, values: list[Any]) -> str:
    return "".join([_said(context, each) for each in values])


def _said(context: Any, value: Any) -> str:
    """As it stands in a text."""
    return str(_weighed(context, context.environment.finalize(context, value)))


def _in_turn(context: Any, values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        _count(context, TURN)
        yield value


def _weighed(context: Any, value: Any) -> Any:
    """The value, once its letters are counted, and those of what is in it."""
    if isinstance(value, str):
        _count(context, len(value))
    elif isinstance(value, list | tuple | dict):
        _count(context, ITEM * len(value))
        for each in (*value, *value.values()) if isinstance(value, dict) else value:
            _weighed(context, each)
    return value


def _count(context: Any, letters: int) -> None:
    context[_LEFT].take(letters)


@dataclass(slots=True, kw_only=True)
class _Left:
    """How many letters a text may still go through."""

    letters: int = MOST_LETTERS

    def take(self, letters: int) -> None:
        self.letters -= letters
        if self.letters < 0:
            raise TemplateError("it goes through more letters, lists and loops than a text needs")
