"""Is this file fit to use? Reads, validates, and reports everything that is wrong in one go."""

import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from broadcaster.adapters.files.connection import read_text
from broadcaster.adapters.files.translate import model_problems, placed, syntax_problem
from broadcaster.season.errors import Problem, SeasonError

Model = TypeVar("Model", bound=BaseModel)
Document = dict[str, Any]
Rules = Callable[[Model], Sequence[Problem]]
StandIn = Callable[[Document, Sequence[Problem]], Document]
"""Gives a document without the problems, so that the rules can still look at the rest of it."""


def load_toml(
    path: Path, model: type[Model], rules: Rules[Model] | None = None, *, stand_in: StandIn | None = None
) -> Model:
    """The file as a model that keeps the rules.

    `rules` returns a Problem for each thing wrong, with `loc` as pydantic writes it (a last part "[key]" means the
    key itself); those of severity "warning" do not refuse the file.
    Raises SeasonError with every Problem, each with line and column.
    """
    text = read_text(path)
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SeasonError(str(path), [syntax_problem(error, text)]) from None
    try:
        found = model.model_validate(document)
    except ValidationError as error:
        problems = model_problems(error, model)
        problems += _beyond(problems, document, model, rules, stand_in)
        raise SeasonError(str(path), placed(problems, text)) from None
    if problems := [each for each in (rules(found) if rules else ()) if each.severity == "error"]:
        raise SeasonError(str(path), placed(problems, text))
    return found


def _beyond(
    problems: Sequence[Problem],
    document: Document,
    model: type[Model],
    rules: Rules[Model] | None,
    stand_in: StandIn | None,
) -> list[Problem]:
    """What the rules say of the parts that are not broken."""
    if rules is None or stand_in is None:
        return []
    try:
        partial = model.model_validate(stand_in(document, problems))
    except ValidationError:
        return []  # too little is left to judge
    return [each for each in rules(partial) if each.severity == "error"]
