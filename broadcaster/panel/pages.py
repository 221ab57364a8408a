"""Which page does a browser get, in which language, and which files does the page need?

Pages are Jinja2 templates of this package; files are served from memory under `/static/VERSION/...`, where VERSION
comes from the bytes of them all: a browser keeps such a file for a year, and asks anew when any of them has changed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from broadcaster.panel.guard import answer
from broadcaster.panel.languages import LANGUAGES, NAMES, city_names, day_text, language_of, remember, translated, words
from broadcaster.season.wording import quoted

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
STATIC, TEMPLATES = HERE / "static", HERE / "templates"

MOST_OPTIONS = 20

TYPES = {
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".json": "application/json",
}
"""What is served; a file of another kind in the folder is not."""

PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One address of the panel: its template, and which document its socket sends (desk or stage)."""

    template: str
    view: str = "stage"


PAGES: Mapping[str, Page] = {
    "/panel": Page(template="panel.html", view="desk"),
    "/backstage": Page(template="backstage.html"),
    "/countdown": Page(template="countdown.html"),
    "/tally": Page(template="tally.html"),
    "/overlay/countdown": Page(template="overlay_countdown.html"),
}
"""Every page that is only a template; who may see it says roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A static file; `tag` is the SHA-256 of its bytes."""

    body: bytes
    kind: str
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """All static files by their path, and the version of them all."""

    files: Mapping[str, File]
    version: str


@cache
def shelf() -> Shelf:
    """The static files of this package, read once."""
    files = {}
    for path in sorted(STATIC.rglob("*")):
        if path.is_file() and path.suffix in TYPES:
            body = path.read_bytes()
            name = path.relative_to(STATIC).as_posix()
            files[name] = File(body=body, kind=TYPES[path.suffix], tag=hashlib.sha256(body).hexdigest())
    whole = hashlib.sha256("".join(f"{name} {file.tag}\n" for name, file in files.items()).encode())
    return Shelf(files=files, version=whole.hexdigest()[:16])


@cache
def environment() -> "Environment":
    """The templates of this package; whatever a person typed is escaped in them."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["static"] = lambda name: f"/static/{shelf().version}/{name}"
    return made


def render(request: web.Request, template: str, *, status: int = 200, view: str = "", **values: object) -> web.Response:
    """A page as the browser gets it; `values` are what its template needs beside the language and options."""
    language = language_of(request)
    options = {name: request.query[name] for name in list(request.query)[:MOST_OPTIONS] if name != "link"}
    text = (
        environment()
        .get_template(template)
        .render(
            _=partial(translated, language),
            day=partial(day_text, language),
            language=language,
            languages=NAMES,
            view=view,
            options=json.dumps(options, ensure_ascii=False),
            path=request.path,
            **values,
        )
    )
    page = web.Response(text=text, content_type="text/html", charset="utf-8", status=status, headers=PAGE_HEADERS)
    if view != "stage":  # the language of a screen is its address's alone
        remember(request, page)
    return page


class Pages:
    """The part that answers browsers: pages, their files, their words."""

    def __init__(self) -> None:
        for language in LANGUAGES:  # before the show: reading takes tens of milliseconds
            words(language)
            city_names(language)

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [
            web.get("/", self._home),
            *(web.get(path, self._page) for path in PAGES),
            web.get("/static/{path:.+}", self._static),
            web.get("/words/{language}.json", self._words),
        ]

    async def _home(self, request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/panel"})

    async def _page(self, request: web.Request) -> web.Response:
        page = PAGES[request.path]
        return render(request, page.template, view=page.view)

    async def _static(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        version, _, rest = path.partition("/")
        is_this_version = version == shelf().version
        file = shelf().files.get(rest if is_this_version else path)
        if file is None:  # a page that was loaded before the service was renewed asks for its own version
            file = shelf().files.get(rest)
        if file is None:
            return answer({"error": f"there is no file {quoted(path)}"}, status=404)
        keep = "public, max-age=31536000, immutable" if is_this_version else "no-cache"
        headers = {"ETag": f'"{file.tag}"', "Cache-Control": keep, "Content-Type": file.kind}
        if any(tag.is_weak is False and tag.value == file.tag for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        return web.Response(body=file.body, headers=headers)

    async def _words(self, request: web.Request) -> web.Response:
        language = request.match_info["language"]
        if language not in LANGUAGES:
            return answer({"error": f"the panel does not speak {quoted(language)}"}, status=404)
        said = {"language": language, "words": words(language), "cities": city_names(language)}
        return answer(said, headers={"Cache-Control": "no-cache"})
