"""What does a text say to one audience about one show?

Templates are Jinja2 in its sandbox; a name that is not there is an error, never an empty place. They know

  show.title  show.id  season.title  season.id       titles in the reader's language, where the file has several
  go_live  planned  delay    the instant, the one first planned, and the span between them (zero: on time)
  link  replay               where to watch, now and afterwards
  audience.city  audience.language  audience.zone  audience.offset
  segment.title .id .start .designer .country .guests      of a post at a segment's start alone
  guests                     everybody who joins the show, each with .name and .country

and the filters of season.filters. A span written as it is, `{{ delay }}`, is said in words. There is no `now`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from broadcaster.season.braces import check_braces
from broadcaster.season.errors import TemplateError
from broadcaster.season.filters import FILTERS, country_in, duration, filter_hint, is_code, is_country
from broadcaster.season.model import city_of
from broadcaster.season.names import named
from broadcaster.season.plan import Cue, GuestPlan, Plan, PostPlan, SegmentPlan, ShowPlan
from broadcaster.season.walltime import local, offset_text
from broadcaster.season.wording import near, near_or_listed, quoted, shown
from broadcaster.season.zones import UnknownZone

if TYPE_CHECKING:
    from jinja2 import Template

    from broadcaster.season.sandbox import TextSandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a post says. `title` is for channels that have one, and for cards."""

    text: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A show or a season, as a template sees it."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """An audience, as a template sees it. `offset` is that of its clock at go-live, such as `UTC+5`."""

    city: str
    language: str
    zone: str
    offset: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A guest, as a template sees it; both in the reader's language."""

    name: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A segment, as a template sees it. `designer` and `country`: its first guest's, or its lower third's lines."""

    id: str
    title: str
    start: datetime
    designer: str
    country: str
    guests: tuple[Person, ...]


Facts = Mapping[str, Any]


def render(season: Plan, show: ShowPlan, cue: Cue, *, link: str) -> Words:
    """The words of a post, as they are at the cue's instant and for the show's go-live as it is expected then.

    `link` is where to watch. Raises TemplateError, which a season that passed its rules never does, and ValueError for
    a cue that is no post.
    """
    if (post := cue.post) is None:
        raise ValueError(f"{cue.id} is no post")
    known = post_facts(season, show, cue, post, link=link)
    title = render_text(post.title, known) if post.title else known["show"].title
    return Words(text=render_text(post.text, known), title=title)


def post_facts(season: Plan, show: ShowPlan, cue: Cue, post: PostPlan, *, link: str) -> Facts:
    """What the texts of a post know. Raises TemplateError for a segment that the show has not."""
    known = dict(facts(season, show, language=post.language, zone=cue.zone, city=post.city))
    known |= {"link": link, "replay": link, "posted_at": cue.at}
    if post.segment:
        segment = next((each for each in show.segments if each.id == post.segment), None)
        if segment is None:
            raise TemplateError(f"show {quoted(show.id)} has no segment {quoted(post.segment)}")
        known["segment"] = _part(segment, season, post.language, cue.zone)
    return known


def facts(season: Plan, show: ShowPlan, *, language: str, zone: str, city: str = "") -> Facts:
    """What every text about the show knows. `zone` and `city` are the reader's."""
    there = local(show.go_live, zone)
    planned = show.planned_live or (season.show(show.id).go_live if show.id in season.names else show.go_live)
    people = {guest.id: guest for segment in show.segments for guest in segment.guests}
    return {
        "season": Named(id=season.season, title=_said(season.title, season.titles, language, season)),
        "show": Named(id=show.id, title=_said(show.title, show.titles, language, season)),
        "go_live": there,
        "planned": local(planned, zone),
        "delay": show.go_live - planned,
        "audience": Listener(
            city=city or city_of(zone, language), language=language, zone=zone, offset=offset_text(there)
        ),
        "guests": tuple(_person(guest, season, language) for guest in people.values()),
    }


def _said(name: str, names: Mapping[str, str], language: str, season: Plan) -> str:
    return named(names, language, season.languages) if names else name


def _person(guest: GuestPlan, season: Plan, language: str) -> Person:
    return Person(
        name=_said(guest.name, guest.names, language, season),
        country=_country(guest.country, language),
    )


def _country(written: str, language: str) -> str:
    return country_in(written, language) if is_country(written) else written


def _part(segment: SegmentPlan, season: Plan, language: str, zone: str) -> Part:
    people = tuple(_person(guest, season, language) for guest in segment.guests)
    if people:
        designer, country = people[0].name, people[0].country
    elif (lines := segment.lower_third) is not None:
        designer = lines.title
        country = lines.subtitle if is_code(lines.subtitle) else country_in(lines.subtitle, language)  # TV is no Tuvalu
    else:
        designer = country = ""
    return Part(
        id=segment.id,
        title=_said(segment.title, segment.titles, language, season),
        start=local(segment.start, zone),
        designer=designer,
        country=country,
        guests=people,
    )


def render_text(template: str, known: Facts) -> str:
    """The template filled in, without blanks at its ends. Raises TemplateError saying what is wrong in it."""
    from jinja2 import TemplateError as JinjaError
    from jinja2 import TemplateSyntaxError, UndefinedError

    from broadcaster.season.sandbox import filled

    try:
        return filled(_compiled(template), known).strip()
    except TemplateSyntaxError as error:
        raise TemplateError(f"line {error.lineno} of the text: {_syntax_said(str(error.message))}") from None
    except UndefinedError as error:
        raise TemplateError(_undefined(str(error.message), known)) from None
    except (RecursionError, SyntaxError):
        raise TemplateError("too much in it stands inside of something else") from None
    except MemoryError:
        raise TemplateError("it takes more memory than there is") from None
    except (JinjaError, TypeError, ValueError, AttributeError, ArithmeticError, LookupError) as error:
        unknown_zone = f"there is no time zone {quoted(error.args[0])}" if isinstance(error, UnknownZone) else ""
        raise TemplateError(unknown_zone or shown(error, 120)) from None


def _syntax_said(message: str) -> str:
    """What Jinja cannot read, with what to write instead."""
    named = message.split("'")[1::2]
    if message.startswith("No filter named '"):
        return f"there is no filter {quoted(named[0])}; {filter_hint(named[0])}"
    if "needs to be closed is '" in message:
        tag = shown(named[-1])
        return f"{{% {tag} %}} has no end: write {{% end{tag} %}} behind what it is for"
    if message == "unexpected '}'":
        return "a single } ends it: two do, as in {{ show.title }}"
    if "expected token 'end of print statement'" in message or "'end of print statement'" in message:
        return f"{shown(message, 120)}: a value stands between {{{{ and }}}}, as in {{{{ show.title }}}}"
    return shown(message, 200)


_NAMES = frozenset("show season go_live planned delay link replay audience segment guests".split())
"""All that a text may know, somewhere."""
_SELDOM = {
    "segment": 'a text knows its segment with at = { segment = "*" } alone',
    "link": "a title or description on YouTube knows no link yet",
    "replay": "a title or description on YouTube knows no link yet",
    "now": "a text knows no now: write go_live | relative",
    "designers": "write guests",
}
_SEEN = {each.__name__: tuple(part.name for part in fields(each)) for each in (Named, Listener, Person, Part)}


def _undefined(message: str, known: Facts) -> str:
    name = message.split("'")[1::2]
    if "has no attribute" in message and len(name) > 1:
        owner = next((there for kind, there in _SEEN.items() if name[0].endswith(f".{kind} object")), ())
        hint = near_or_listed(name[-1], owner, what="names") if owner else ""
        return f"there is no {shown(name[-1])!r} here" + (f"; {hint}" if hint else "")
    names = [each for each in (*known, "link") if each != "posted_at"]
    hint = (
        (_SELDOM.get(name[0]) or near(name[0], names) or f"there are: {', '.join(sorted(set(names)))}") if name else ""
    )
    return f"{shown(message, 120)}" + (f"; {hint}" if hint else "")


@lru_cache(maxsize=512)
def _compiled(template: str) -> "Template":
    check_braces(_sandbox().lex(template), _NAMES, FILTERS)
    return _sandbox().from_string(template)


@cache
def _sandbox() -> "TextSandbox":
    from jinja2 import StrictUndefined, pass_context

    from broadcaster.season.sandbox import TextSandbox, of_what_is_there

    sandbox = TextSandbox(autoescape=False, undefined=StrictUndefined, finalize=pass_context(_written))
    for name, function in FILTERS.items():
        sandbox.filters[name] = pass_context(of_what_is_there(function))
    return sandbox


def _written(context: Any, value: object) -> object:
    """A value as it stands in a text: a span in words; what is no text is refused, not printed as Python shows it."""
    from jinja2 import Undefined

    match value:
        case timedelta():
            return duration(context, value)
        case bool():
            hint = "no text but true or false; ask for it, as in {% if delay %}"
        case str() | int() | float() | Undefined():
            return value
        case datetime() | date() | time():
            hint = "an instant; write | local_time or | local_date behind it, as in {{ go_live | local_time }}"
        case Named() | Part():
            hint = "a whole show, season or segment; write .title behind it"
        case Person():
            hint = "a whole guest; write .name or .country behind it"
        case Listener():
            hint = "a whole audience; write .city behind it"
        case _:
            hint = "no text; to list several, write: guests | listed"
    raise TemplateError(f"here stands {hint}")
