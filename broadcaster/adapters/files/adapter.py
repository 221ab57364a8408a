"""Is this file fit to use? Reads, validates, and reports everything that is wrong in one go."""

import tomllib
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from broadcaster.adapters.files.connection import read_text
from broadcaster.adapters.files.translate import model_problems, placed, syntax_problem
from broadcaster.season.errors import Problem, SeasonError
from broadcaster.season.fields import STAND_INS
from broadcaster.season.model import Season
from broadcaster.season.rules import season_problems, season_warnings
from broadcaster.season.standins import without_errors

Model = TypeVar("Model", bound=BaseModel)
Document = dict[str, Any]
Rules = Callable[[Model], Sequence[Problem]]
Loc = tuple[str | int, ...]
StandIn = Callable[[Document, Sequence[Loc]], tuple[Document, Collection[Loc]]]
"""Gives a document without the errors, so that the rules can still look at the rest, and the places it replaced."""


def load_toml(
    path: Path, model: type[Model], rules: Rules[Model] | None = None, *, stand_in: StandIn | None = None
) -> Model:
    """The file as a model that keeps the rules.

    `rules` returns a Problem for each thing wrong, with `loc` as pydantic writes it (KEY as its last part means the
    key itself).
    Raises SeasonError with every Problem, each with line and column.
    """
    return _load(path, model, rules, stand_in)[0]


def load_season(path: Path, *, channels: Collection[str] | None = None) -> Season:
    """The season, fit to be planned.

    `channels` are the names in config.toml; None when the settings are not known, and then not checked.
    Raises SeasonError with every Problem.
    """
    return _load(path, Season, partial(season_problems, channels=channels), without_errors)[0]


def read_season(path: Path, *, channels: Collection[str] | None = None) -> tuple[Season, list[Problem]]:
    """The season as load_season gives it, and its warnings with their places."""
    season, text = _load(path, Season, partial(season_problems, channels=channels), without_errors)
    return season, placed(season_warnings(season, channels=channels), text)


def _load(path: Path, model: type[Model], rules: Rules[Model] | None, stand_in: StandIn | None) -> tuple[Model, str]:
    text = read_text(path)
    return _parse(text, str(path), model, rules, stand_in), text


def season_text(path: Path) -> str:
    """The text of a season file, as `parse_season` takes it. Raises SeasonError for one that cannot be read."""
    return read_text(path)


def parse_season(text: str, name: str, *, channels: Collection[str] | None = None) -> Season:
    """The season that a text is, as load_season gives it; `name` is what its problems call it. Raises SeasonError."""
    return _parse(text, name, Season, partial(season_problems, channels=channels), without_errors)


def _parse(text: str, name: str, model: type[Model], rules: Rules[Model] | None, stand_in: StandIn | None) -> Model:
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SeasonError(name, [syntax_problem(error, text)]) from None
    try:
        found = model.model_validate(document)
    except ValidationError as error:
        problems = model_problems(error, model)
        if rules is not None and stand_in is not None:
            mended, replaced = stand_in(document, [entry["loc"] for entry in error.errors(include_url=False)])
            problems += _rest(mended, replaced, model, rules)
        raise SeasonError(name, placed(problems, text)) from None
    if rules is not None and (problems := list(rules(found))):
        raise SeasonError(name, placed(problems, text))
    return found


def _rest(mended: Document, replaced: Collection[Loc], model: type[Model], rules: Rules[Model]) -> list[Problem]:
    """What the rules say of the parts that are not broken."""
    try:
        partly = model.model_validate(mended, context=STAND_INS)
    except ValidationError:
        return []  # too little is left to judge
    broken = set(replaced)
    return [
        problem
        for problem in rules(partly)
        if not any(problem.loc[:length] in broken for length in range(1, len(problem.loc) + 1))
    ]
