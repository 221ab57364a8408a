"""What does a text say to one audience about one show?

Templates are Jinja2 in its sandbox; a name that is not there is an error, never an empty place. They know

  show.title  show.id  season.title  season.id  link
  go_live                    the instant, on the audience's clock
  audience.city  audience.language  audience.zone
  go_live | local_time       21:30, on the audience's clock, or that of a zone: local_time("Asia/Tashkent")
  go_live | local_date       20 October 2027, in the audience's language
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from broadcaster.season.errors import TemplateError
from broadcaster.season.model import city_of
from broadcaster.season.plan import Cue, Plan, ShowPlan
from broadcaster.season.walltime import local
from broadcaster.season.wording import near, near_or_listed, quoted, shown
from broadcaster.season.zones import UnknownZone

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A show or a season, as a template sees it."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """An audience, as a template sees it."""

    city: str
    language: str
    zone: str


def render(season: Plan, show: ShowPlan, cue: Cue, *, link: str) -> str:
    """The text of a post.

    `link` is where to watch. Raises TemplateError, which a season that passed its rules never does, and ValueError for
    a cue that is no post.
    """
    if (post := cue.post) is None:
        raise ValueError(f"{cue.id} is no post")
    return render_text(
        post.text,
        season=Named(id=season.season, title=season.title),
        show=Named(id=show.id, title=show.title),
        go_live=show.go_live,
        audience=Listener(city=post.city, language=post.language, zone=cue.zone),
        link=link,
    )


def at_home(zone: str, language: str) -> Listener:
    """The listener of a text that is for no audience in particular: the show's own place."""
    return Listener(city=city_of(zone), language=language, zone=zone)


def render_text(
    template: str, *, season: Named, show: Named, go_live: datetime, audience: Listener, link: str | None = None
) -> str:
    """The template filled in, without blanks at its ends. Raises TemplateError saying what is wrong in it."""
    from jinja2 import TemplateError as JinjaError
    from jinja2 import TemplateSyntaxError, UndefinedError

    facts: dict[str, Any] = {
        "season": season,
        "show": show,
        "go_live": local(go_live, audience.zone),
        "audience": audience,
    }
    if link is not None:
        facts["link"] = link
    try:
        return _compiled(template).render(facts).strip()
    except TemplateSyntaxError as error:
        said = _filter_hint(str(error.message)) or shown(error.message)
        raise TemplateError(f"line {error.lineno} of the text: {said}") from None
    except UndefinedError as error:
        raise TemplateError(_undefined(str(error.message), facts)) from None
    except (JinjaError, UnknownZone, TypeError, ValueError, AttributeError, ArithmeticError, LookupError) as error:
        raise TemplateError(shown(error, 120)) from None


FILTERS = ("local_time", "local_date")
"""Ours; those that Jinja brings work too, and are not what a season needs."""


def _filter_hint(message: str) -> str:
    """Jinja's word on a filter that is not there, with those that are."""
    if not message.startswith("No filter named '"):
        return ""
    name = message.split("'")[1]
    return f"there is no filter {quoted(name)}; {near_or_listed(name, FILTERS, what='filters')}"


def _undefined(message: str, facts: dict[str, Any]) -> str:
    name = message.split("'")[1::2]
    if "has no attribute" in message and len(name) > 1:
        owner = next((value for value in facts.values() if type(value).__name__ in name[0]), None)
        known = tuple(getattr(owner, "__slots__", ()))
        hint = near(name[-1], known)
        return f"there is no {shown(name[-1])!r} here" + (f"; {hint}" if hint else "")
    hint = near(name[0], (*facts, "link")) if name else ""
    return f"{shown(message, 120)}" + (f"; {hint}" if hint else "")


@lru_cache(maxsize=512)
def _compiled(template: str) -> "Template":
    return _sandbox().from_string(template)


@cache
def _sandbox() -> "SandboxedEnvironment":
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    sandbox = SandboxedEnvironment(autoescape=False, undefined=StrictUndefined)
    sandbox.globals.clear()
    for name, function in zip(FILTERS, (_local_time, _local_date), strict=True):
        sandbox.filters[name] = _with_context(function)
    return sandbox


def _with_context(function: Any) -> Any:
    from jinja2 import pass_context

    return pass_context(function)


def _local_time(context: Any, value: datetime, zone: str = "") -> str:
    return f"{local(value, zone or context['audience'].zone):%H:%M}"


def _local_date(context: Any, value: datetime, zone: str = "") -> str:
    from babel.dates import format_date

    audience: Listener = context["audience"]
    day = local(value, zone or audience.zone).date()
    return str(format_date(day, format="long", locale=audience.language.replace("-", "_")))
