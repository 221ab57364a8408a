"""How do we speak to Meta's Graph API, and what does its no mean to an operator? Pages and Instagram share it.

The token goes into a header, never into an address, where proxies and logs would keep it.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from broadcaster.adapters.posts.answers import LONGEST_QUOTE, asks_to_wait, seconds
from broadcaster.adapters.posts.connection import Answer, Connection, Part
from broadcaster.adapters.posts.posted import too_far_back
from broadcaster.ports import Secret
from broadcaster.season.errors import FarEndError, NeedsHuman, OutcomeUnknown, Refused, Unavailable

VERSION = "v25.0"
ENDPOINT = "https://graph.facebook.com"
USUAL_WAIT = 300.0
MOST_PAGES, PER_PAGE = 10, 50

TOKEN_CODES = frozenset((102, 104, 190))
TOO_MANY_CODES = frozenset((4, 9, 17, 32, 341, 613, *range(80000, 80015)))
UNSURE_CODES = frozenset((-1, 1, 2))
"""Meta's own failures; what was asked may have been done. https://developers.facebook.com/docs/graph-api/guides/error-handling"""
LATER_SUBCODES = frozenset((1390008, 2207003, 2207006, 2207008, 2207020, 2207027, 2207032, 2207042, 2207053))
REMEDIES: Mapping[int, str] = {
    33: "it is not there: it was deleted, its id is not right, or this token may not see it",
    506: "Facebook takes no post that says the same as the one before: look whether it is out, or change its words",
    368: "Facebook holds it for abuse: look at the Page's quality, and change the words or the link",
    1500: "the link is not one that Facebook takes",
    1366046: "the picture is too large, or no JPEG or PNG",
    2069019: "the picture is too large, or no JPEG or PNG",
    2207004: "the picture is larger than 8 MiB",
    2207005: "Instagram takes JPEG pictures only",
    2207009: "Instagram takes pictures between 4:5 and 1.91:1: choose another format",
    2207010: "shorten the announcement to 2200 letters and 30 hashtags",
    2207050: "the account is restricted: sign in to the Instagram app and do what it asks",
    2207051: "Instagram takes it for spam: say so in the app, or change the words",
    2207052: "Instagram cannot fetch the picture: is [api] public_url reachable from the internet?",
}
"""By subcode or code; of Instagram's see https://developers.facebook.com/docs/instagram-platform/.../error-codes"""


class Graph:
    """One token's way to one account of Meta's; `called` is the service's name in a sentence.

    `timeout` is in real seconds for each request.
    """

    def __init__(
        self,
        *,
        called: str,
        token: Secret,
        endpoint: str = ENDPOINT,
        version: str = VERSION,
        timeout: float = 20.0,
    ) -> None:
        self._called = called
        self._token = token
        self._address = f"{endpoint.rstrip('/')}/{version}"
        self._connection = Connection(called=called, timeout=timeout)

    def __repr__(self) -> str:
        return f"Graph({self._address!r})"

    async def read(self, path: str, doing: str, **asked: str) -> dict[str, Any]:
        """What an object or edge holds. Raises Unavailable, Refused or NeedsHuman."""
        url = f"{self._address}/{path}?{urlencode(asked)}"
        answer = await self._connection.ask(url, doing, headers=self._headers())
        return _harmless(self._understood(answer, doing))

    async def read_all(
        self, path: str, doing: str, *, is_past: Callable[[dict[str, Any]], bool] = lambda each: False, **asked: str
    ) -> list[dict[str, Any]]:
        """An edge's objects, the newest first, down to the page whose last one `is_past`.

        Raises as `read`, Unavailable for what is no list, and Refused with reason `noFind` for too many pages: that
        something is not there would be a reason to post again.
        """
        found: list[dict[str, Any]] = []
        for _ in range(MOST_PAGES):
            page = await self.read(path, doing, limit=str(PER_PAGE), **asked)
            listed, paging = page.get("data"), page.get("paging") or {}
            cursors = (paging.get("cursors") or {}) if isinstance(paging, dict) else None
            if not isinstance(listed, list) or not isinstance(cursors, dict):
                raise Unavailable(f"{doing}: {self._called}'s list is not understood")
            found += [each for each in listed if isinstance(each, dict)]
            after = str(cursors.get("after") or "")
            if not after or "next" not in paging or (found and is_past(found[-1])):
                return found
            asked["after"] = after
        raise too_far_back(doing, self._called)

    async def prepare(self, path: str, doing: str, *, document: object = None, form: tuple[Part, ...] = ()) -> str:
        """Make what nobody sees yet, and return its id; what becomes of one whose answer is lost harms nobody."""
        try:
            answer = await self._send(path, doing, document, form)
            return self._id(_harmless(self._understood(answer, doing)), doing)
        except OutcomeUnknown as error:
            why = error.reason
        raise Unavailable(f"{doing}: {self._called} did not answer as it should; nothing is out", reason=why)

    async def publish(self, path: str, doing: str, document: object) -> dict[str, Any]:
        """Do what readers see, sent once. Raises also OutcomeUnknown."""
        found = self._understood(await self._send(path, doing, document, ()), doing)
        if isinstance(found, FarEndError):
            raise found
        return found

    async def publish_new(self, path: str, doing: str, document: object) -> str:
        """Make what readers see, sent once, and return its id."""
        return self._id(await self.publish(path, doing, document), doing)

    async def _send(self, path: str, doing: str, document: object, form: tuple[Part, ...]) -> Answer:
        url = f"{self._address}/{path}"
        return await self._connection.send("POST", url, doing, document=document, form=form, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token.reveal()}"}

    def _understood(self, answer: Answer, doing: str) -> dict[str, Any] | FarEndError:
        document = answer.table()
        if answer.is_good and document and "error" not in document:
            return document
        return _error(self._called, doing, answer)

    def _id(self, document: dict[str, Any], doing: str) -> str:
        if isinstance(found := document.get("id"), str) and found:
            return found
        raise OutcomeUnknown(f"{doing}: {self._called}'s answer holds no id; it may be done")


def _harmless(found: dict[str, Any] | FarEndError) -> dict[str, Any]:
    """What was found; an unknown outcome of what nobody sees is only a reason to try again."""
    if isinstance(found, OutcomeUnknown):
        raise Unavailable(str(found), reason=found.reason)
    if isinstance(found, FarEndError):
        raise found
    return found


def _error(called: str, doing: str, answer: Answer) -> FarEndError:
    """The error that an answer stands for which is no yes. `reason` is Meta's `code/subcode`."""
    error = answer.table().get("error")
    if not isinstance(error, dict):
        status = answer.status
        if answer.is_good or status >= 500 or status in (302, 408):
            return OutcomeUnknown(f"{doing}: {called}'s answer is not understood ({status}); it may be done")
        return Refused(f"{doing}: {called} refuses it ({status}); is its address right?", reason=str(status))
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    reason = f"{code}/{subcode}" if subcode else str(code)
    said = " ".join(str(error.get("error_user_msg") or error.get("message") or "").split())[:LONGEST_QUOTE]
    quote = f"(Meta: {reason} {said}, trace {str(error.get('fbtrace_id', '?'))[:40]})"
    if code in TOKEN_CODES:
        say = "the access token is not good any more: make a new one and set it anew; docs/channels.md"
        return NeedsHuman(f"{doing}: {say} {quote}", reason=reason)
    if subcode in (2207050, 2207051):
        return NeedsHuman(f"{doing}: {REMEDIES[subcode]} {quote}", reason=reason)
    if subcode in LATER_SUBCODES or code in TOO_MANY_CODES:
        wait = _wait_of(answer) or USUAL_WAIT
        is_limit = code in TOO_MANY_CODES or subcode in (1390008, 2207042)
        say = f"{called} {asks_to_wait(wait)}" if is_limit else f"{called} cannot do it now"
        return Unavailable(f"{doing}: {say} {quote}", reason=reason, retry_after=wait if is_limit else 0.0)
    if code in (3, 10) or 200 <= code <= 299:
        say = "the app or the token's owner lacks the permission: give it, and make a new token; docs/channels.md"
        return NeedsHuman(f"{doing}: {say} {quote}", reason=reason)
    if code in UNSURE_CODES or answer.status >= 500:
        return OutcomeUnknown(f"{doing}: {called} failed while doing it; it may be done {quote}", reason=reason)
    say = REMEDIES.get(subcode) or REMEDIES.get(code) or f"{called} refuses it"
    return Refused(f"{doing}: {say} {quote}", reason=reason)


def _wait_of(answer: Answer) -> float:
    """Seconds until calls are taken again, as the answer's header says in minutes; 0 where it does not."""
    try:
        usage = json.loads(answer.headers.get("x-business-use-case-usage", "{}"))
        minutes = (each.get("estimated_time_to_regain_access", 0) for uses in usage.values() for each in uses)
        return seconds(60.0 * max(map(seconds, minutes), default=0.0))
    except (ValueError, TypeError, AttributeError):
        return 0.0


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
