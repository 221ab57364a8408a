"""What did somebody type into a form, whatever their browser sent?"""

from collections.abc import Mapping
from urllib.parse import parse_qs

from aiohttp import web

from broadcaster.ports import Secret

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 100
HOME = "/panel"


class Form:
    """The fields of a form. One that is missing is empty."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self._fields = fields

    def text(self, name: str) -> str:
        """What was typed, without blanks around it."""
        return self._fields.get(name, [""])[0].strip()

    def secret(self, name: str) -> Secret:
        """What was typed, as it is."""
        return Secret(self._fields.get(name, [""])[0])

    def texts(self, name: str) -> tuple[str, ...]:
        """Every box that was ticked."""
        return tuple(self._fields.get(name, []))


async def read_form(request: web.Request) -> Form:
    """The form in the body; raises 400 for what no form of ours sends, 413 for too much."""
    if request.content_type != FORM:
        raise web.HTTPBadRequest(reason=f"this takes a form, {FORM}")
    body = await request.read()
    try:
        return Form(parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise web.HTTPBadRequest(reason="this is no form that a page of ours sends") from None


def way_on(wanted: str) -> str:
    """The page to go to after signing in: one of ours, whatever the address says."""
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\", "/signin")) and wanted.isprintable()
    return wanted if is_ours and "\\" not in wanted and wanted.isascii() else HOME
