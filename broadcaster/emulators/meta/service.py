"""How does the outside reach the emulated Meta? `/vN.N/ID[/EDGE]`, as the Graph API answers."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from broadcaster.emulators.control import Emulator, Fault, json_response, read_json
from broadcaster.emulators.meta.errors import GraphError, nowhere
from broadcaster.emulators.meta.instagram import Instagram
from broadcaster.emulators.meta.pages import Pages
from broadcaster.emulators.meta.state import Container, MetaState
from broadcaster.ports import Clock

LIMIT_PER_HOUR = 600
PROCESS_SECONDS = 2.0
SHELF_LIFE = timedelta(minutes=30)
"""As long as the panel offers a picture to be fetched."""
POST_EDGES = ("feed", "posts", "published_posts", "scheduled_posts")
USUAL_PAGE, LARGEST_PAGE = 25, 100
CODES = {401: 190, 403: 200, 429: 32}
"""The code of a fault that says only an HTTP status."""

Parameters = dict[str, Any]


class EmulatedMeta(Emulator):
    """A Graph API where every Page and account exists until a hand says otherwise, and any token is good.

    `limit` calls an hour go to one account, then error 32 with the minutes to wait; 0 sets no limit.
    """

    def __init__(self, clock: Clock, *, speed: float = 1.0, limit: int = LIMIT_PER_HOUR) -> None:
        self._limit = limit
        self.state = MetaState()
        self._shelf: dict[str, tuple[bytes, str, datetime]] = {}
        super().__init__(clock, speed=speed)

    def routes(self) -> list[web.RouteDef]:
        """The Graph API, and the hand."""
        return [
            web.post("/control/hand", self._hand),
            web.get("/shelf/{name}", self._fetched),
            web.route("*", r"/{version:v\d+\.\d+}/{id}", self._called),
            web.route("*", r"/{version:v\d+\.\d+}/{id}/{edge}", self._called),
        ]

    def offer(self, content: bytes, media: str) -> str:
        """An address that gives this for half an hour, as ports.Shelf: a rehearsal has no place on the internet."""
        now = self.clock.now()
        self._shelf = {name: each for name, each in self._shelf.items() if now < each[2]}
        name = hashlib.sha256(content).hexdigest()[:32]
        self._shelf[name] = (content, media, now + SHELF_LIFE)
        return f"{self.url}/shelf/{name}"

    def snapshot(self) -> Mapping[str, Any]:
        """Posts, photos, containers and media."""
        return {**self.state.snapshot(self.clock.now()), "limit": self._limit}

    def reset(self) -> None:
        """Forget everything."""
        self.cancel_tasks()
        self.state = MetaState()
        self._shelf.clear()

    def refusal(self, fault: Fault, request: web.Request) -> web.Response:
        """The error that a fault asks for; `reason` is a code, or `code/subcode`; `seconds` say how long to wait."""
        code, _, subcode = fault.reason.partition("/")
        wait = _usage(request.match_info.get("id", "0"), timedelta(seconds=fault.seconds)) if fault.seconds else None
        if code.lstrip("-").isdigit():
            number = int(subcode) if subcode.isdigit() else 0
            return GraphError(int(code), fault.message, subcode=number, status=fault.status, headers=wait).response()
        status = fault.status or 500
        usual = CODES.get(status, 1 if status >= 500 else 100)
        return GraphError(usual, fault.message or fault.reason, status=status, headers=wait).response()

    async def _fetched(self, request: web.Request) -> web.Response:
        found = self._shelf.get(request.match_info["name"])
        if found is None or self.clock.now() >= found[2]:
            raise web.HTTPNotFound
        content, media, _ = found
        return web.Response(body=content, content_type=media)

    async def _called(self, request: web.Request) -> web.Response:
        name, edge = request.match_info["id"], request.match_info.get("edge", "")
        try:
            asked = await _parameters(request)
            self._check_token(request, asked)
            if not re.fullmatch(r"\d{1,32}(_\d{1,32})?|me", name) or name in self.state.unknown:
                raise nowhere(name)
            wait = self.state.wait(name.partition("_")[0], self.clock.now(), self._limit)
            if wait:
                raise GraphError(32, headers=_usage(name, wait))
            result = await self._do(request.method, name, edge, asked)
        except GraphError as error:
            return error.response()
        if isinstance(result, list):
            result = self._page(request, result, asked)
        elif request.method == "GET":
            result = _chosen(result, asked)
        return json_response(result)

    async def _do(self, method: str, name: str, edge: str, asked: Parameters) -> dict[str, Any] | list[dict[str, Any]]:
        pages, instagram = self._pages, self._instagram
        match method, edge:
            case "POST", "feed":
                return pages.post(name, asked)
            case "POST", "photos":
                return pages.upload(name, asked)
            case "GET", _ if edge in POST_EDGES:
                return pages.read(name, edge, asked)
            case "POST", "media":
                return await instagram.make(name, asked)
            case "POST", "media_publish":
                return instagram.publish(name, asked)
            case "GET", "media":
                return instagram.read(name)
            case "GET", "content_publishing_limit":
                return instagram.quota(name)
            case "POST", "" if name in self.state.media:
                return instagram.edit(name, asked)
            case "POST", "":
                return pages.edit(name, asked)
            case "DELETE", "":
                return pages.delete(name)
            case "GET", "":
                return self._look(name)
        raise GraphError(2500, f"Unknown path components: /{edge}")

    def _look(self, name: str) -> dict[str, Any]:
        """GET /{id} of anything."""
        if (post := self.state.posts.get(name)) is not None:
            return post.document(self.clock.now())
        if (container := self.state.containers.get(name)) is not None:
            return self._instagram.look(container)
        if (media := self.state.media.get(name)) is not None:
            return media.document()
        if "_" in name:
            raise nowhere(name)
        return {"id": name, "name": f"Page {name}", "username": f"account_{name}"}

    @property
    def _pages(self) -> Pages:
        return Pages(self.state, self.clock)

    @property
    def _instagram(self) -> Instagram:
        return Instagram(self.state, self.clock, self._process)

    def _process(self, container: Container) -> None:
        async def finish() -> None:
            await self.pause(PROCESS_SECONDS)
            if container.status_code == "IN_PROGRESS":
                container.status_code, container.status = "FINISHED", "Finished: Media has been uploaded."

        self.spawn(finish(), name=f"container {container.id}")

    def _check_token(self, request: web.Request, asked: Parameters) -> None:
        kind, _, shown = request.headers.get("Authorization", "").partition(" ")
        token = shown.strip() if kind in ("Bearer", "OAuth") else str(asked.get("access_token", ""))
        if not token:
            raise GraphError(104)
        if "*" in self.state.revoked or token in self.state.revoked:
            raise GraphError(190, subcode=463)

    def _page(self, request: web.Request, found: list[dict[str, Any]], asked: Parameters) -> dict[str, Any]:
        """One page of a list, with the way to the next."""
        try:
            most = min(LARGEST_PAGE, max(1, int(asked.get("limit", USUAL_PAGE))))
            first = int(asked.get("after", 0))
        except ValueError as error:
            raise GraphError(100, "Invalid cursors values") from error
        shown = found[first : first + most]
        page: dict[str, Any] = {"data": [_chosen(each, asked) for each in shown]}
        if shown:
            page["paging"] = {"cursors": {"before": str(first), "after": str(first + len(shown))}}
            if first + most < len(found):
                query = {**request.query, "after": str(first + len(shown))}
                page["paging"]["next"] = str(request.url.with_query(query))
        return page

    async def _hand(self, request: web.Request) -> web.Response:
        """POST /control/hand: what somebody does at Meta; see docs/emulators.md."""
        try:
            document = await read_json(request)
            verb = document.get("do") if isinstance(document, dict) else None
            value = document.get("value") if isinstance(document, dict) else None
            state = self.state
            match verb, value:
                case "forget", str():
                    state.unknown.add(value)
                case "know", str():
                    state.unknown.discard(value)
                case "revoke", str():
                    state.revoked.add(value)
                case "renew", str():
                    state.revoked.clear()
                case "forbid", str():
                    state.forbidden.add(value)
                case "allow", str():
                    state.forbidden.discard(value)
                case "use_up", int():
                    state.used_elsewhere = value
                case "fail_container", str() if value in state.containers:
                    container = state.containers[value]
                    container.status_code, container.status = "ERROR", "Error: Media upload has failed: 2207001"
                case _:
                    raise ValueError(
                        'say {"do": VERB, "value": ...}: forget ID, know ID, revoke TOKEN or *, renew *, forbid '
                        "PERMISSION, allow PERMISSION, use_up NUMBER, fail_container ID"
                    )
        except ValueError as error:
            return json_response({"error": str(error)}, status=400)
        return json_response({"done": document})


async def _parameters(request: web.Request) -> Parameters:
    """What is asked, from the address and the body alike."""
    asked: Parameters = dict(request.query)
    if request.content_type == "application/json" and request.can_read_body:
        try:
            document = json.loads(await request.text())
        except ValueError as error:
            raise GraphError(100, "Invalid JSON for postcard") from error
        if isinstance(document, dict):
            asked |= document
    elif request.method == "POST":
        asked |= dict(await request.post())
    return asked


def _chosen(document: dict[str, Any], asked: Parameters) -> dict[str, Any]:
    """The fields that were asked for, and the id where there is one."""
    names = [name for each in str(asked.get("fields", "")).split(",") if (name := each.strip())]
    wanted = ["id", *names] if names else ["id", "message", "created_time", "name", "quota_usage"]
    return {name: document[name] for name in dict.fromkeys(wanted) if name in document}


def _usage(name: str, wait: timedelta) -> dict[str, str]:
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    use = {"type": "pages", "call_count": 100, "total_cputime": 20, "total_time": 20}
    return {
        "X-Business-Use-Case-Usage": json.dumps(
            {name.partition("_")[0]: [{**use, "estimated_time_to_regain_access": minutes}]}
        )
    }
