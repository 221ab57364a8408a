"""What is wrong with the file, in the crew's words?

Pure: pydantic's and tomllib's errors go in, Problems come out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from broadcaster.adapters.files.positions import Positions
from broadcaster.season.errors import KEY, Problem
from broadcaster.season.fields import Table
from broadcaster.season.wording import listed, near, quoted

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_BARE = re.compile(r"=\s*(\d{1,2}:\d{2}(?::\d{2})?|(?:\d+[dhms])+)\s*[,}#\]\n]?")
_PLAIN_SYNTAX = {
    "Cannot overwrite a value": "this key already has a value above",
    "Illegal character '\\n'": "the text does not end on its line: a quote is missing",
    "Invalid value": "this is not a TOML value",
    "Invalid statement": "a line starts with a key or with [",
}
_AFTER_A_VALUE = ("Expected newline", "Unclosed inline table", "Unclosed array")
_EXPECTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list in [ ]",
    "tuple_type": "a list in [ ]",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}


def syntax_problem(error: Exception, text: str) -> Problem:
    """The parser's error as a Problem with its place; `error` is a TOMLDecodeError or what else tomllib raised."""
    if isinstance(error, RecursionError):
        return Problem(loc=(), message="not valid TOML: tables or lists are nested too deeply")
    message = str(error)
    line = column = 0
    if place := _PLACE.search(message):
        message = message[: place.start()]
        lines = text.split("\n")
        line = int(place[1] or len(lines))
        column = int(place[2] or len(lines[-1]) + 1)
    hint = ""
    written = text.split("\n")[line - 1] if line else ""
    if bare := _BARE.search(f"{written}\n"):
        hint = f'write it in quotes: "{bare[1]}"'
    elif message.startswith(_AFTER_A_VALUE) and _has_quote_inside(written, column):
        hint = "a quote inside a text ends it: write the other one, ' or \", around the text"
    if already := re.match(r"Cannot declare (.*) twice", message):
        name = ".".join(re.findall(r"'([^']*)'", already[1]))
        message = f"the table [{name}] is already there above"
    message = _PLAIN_SYNTAX.get(message, message[:1].lower() + message[1:])
    return Problem(loc=(), message=f"not valid TOML: {message}", hint=hint, line=line, column=column)


def _has_quote_inside(written: str, column: int) -> bool:
    """A text ended right before the column, and there are more of its quotes behind."""
    quote = written[: column - 1].rstrip()[-1:]
    return quote in ("'", '"') and quote in written[column - 1 :]


def model_problems(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """Every error of pydantic as a Problem without its place; `loc` is the path in the file."""
    return [_model_problem(dict(entry), model) for entry in error.errors(include_url=False)]


def placed(problems: Sequence[Problem], text: str) -> list[Problem]:
    """The problems in order of their place in `text`.

    A text whose positions cannot be found (a fault of the position parser) gives the problems without places.
    """
    try:
        positions = Positions(text)
    except (ValueError, RecursionError, KeyError, IndexError, AssertionError):
        return list(problems)
    found = [_place(problem, positions) for problem in problems]
    return sorted(found, key=lambda problem: (problem.line, problem.column))


def _place(problem: Problem, positions: Positions) -> Problem:
    if problem.line:
        return problem
    if problem.loc and problem.loc[-1] == KEY:
        line, column = positions.of_key(problem.loc[:-1])
    else:
        line, column = positions.of_value(problem.loc)
    return replace(problem, line=line, column=column)


def _model_problem(entry: Mapping[str, Any], model: type[BaseModel]) -> Problem:
    loc: tuple[str | int, ...] = entry["loc"]
    kind: str = entry["type"]
    value: object = entry["input"]
    context: Mapping[str, Any] = entry.get("ctx", {})
    name = _name_of(loc)
    if kind == "missing":
        return Problem(loc=loc[:-1], message=f"{_table_name(loc[:-1])} has no {quoted(loc[-1])}")
    if kind == "extra_forbidden":
        hint = near(loc[-1], _fields_at(model, loc[:-1]))
        return Problem(loc=(*loc, KEY), message=f"{_table_name(loc[:-1])} has no key {name}", hint=hint)
    if kind in _EXPECTED:
        message = f"{name} must be {_EXPECTED[kind]}, not {in_words(value)}"
        return Problem(loc=loc, message=message, hint=_form(model, loc))
    if kind in ("literal_error", "enum"):
        allowed = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return Problem(
            loc=loc, message=f"{name} must be {listed(allowed)}, not {in_words(value)}", hint=near(value, allowed)
        )
    if kind == "too_short":
        return Problem(loc=loc, message=f"{name} must not be empty")
    message = entry["msg"]
    if kind == "value_error":
        message = str(context.get("error", message))
    elif kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        message = f"must be {message[0].lower()}{message[1:].removeprefix('nput should be ')}, not {in_words(value)}"
    return Problem(loc=loc, message=f"{name}: {message}", hint=str(context.get("hint", "")))


def in_words(value: object) -> str:
    """What a TOML value is, for people: `the number 5`, `'text'`, `a list`."""
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}"
        case str():
            return quoted(value)
        case datetime():
            return f"the date and time {value.isoformat(' ')}"
        case date() | time():
            return f"{'the date' if isinstance(value, date) else 'the time'} {value.isoformat()}"
        case list() | tuple():
            return "a list"
        case dict():
            return "a table"
        case _:
            return quoted(value)


def _name_of(loc: tuple[str | int, ...]) -> str:
    names = [part for part in loc if part != KEY]
    last = next((part for part in reversed(names) if isinstance(part, str)), "the file")
    if names and isinstance(names[-1], int):
        return f"item {names[-1] + 1} of {quoted(last)}"
    return quoted(last)


def _table_name(loc: tuple[str | int, ...]) -> str:
    names = [str(part) for part in loc if isinstance(part, str)]
    if not names:
        return "the file"
    if isinstance(loc[-1], int):
        return f"this {names[-1]}"
    return f"[{'.'.join(names)}]"


def _form(model: type[BaseModel], loc: Sequence[str | int]) -> str:
    """How the value at that place is written, where its table says it."""
    forms = (each.FORMS.get(str(loc[-1]), "") for each in _models_at(model, loc[:-1]) if issubclass(each, Table))
    form = next(filter(None, forms), "")
    return f"write {form}" if form else ""


def _fields_at(model: type[BaseModel], loc: Sequence[str | int]) -> set[str]:
    return {field.alias or name for each in _models_at(model, loc) for name, field in each.model_fields.items()}


def _models_at(model: type[BaseModel], loc: Sequence[str | int]) -> set[type[BaseModel]]:
    models = {model}
    for part in loc:
        if isinstance(part, int):
            continue
        below = {found for each in models for found in _models_below(each, part)}
        models = below or models  # a key of a dict of tables leads to no new model
    return models


def _models_below(model: type[BaseModel], key: str) -> set[type[BaseModel]]:
    for name, field in model.model_fields.items():
        if key == (field.alias or name):
            return _models_in(field.annotation)
    return set()


def _models_in(annotation: Any) -> set[type[BaseModel]]:
    if get_origin(annotation) is not None:
        return {found for argument in get_args(annotation) for found in _models_in(argument)}
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return {annotation} if is_model else set()
