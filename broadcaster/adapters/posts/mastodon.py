"""How does an announcement come to stand in a Mastodon account? The port, in the words of its REST API.

https://docs.joinmastodon.org/methods/statuses/ and /methods/media/. The server keeps an Idempotency-Key for an hour, so
a post may be sent again under its key within that hour; a later look finds it by its words.
"""

import html
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from broadcaster.adapters.posts.answers import No, Service, far_end_error, instant_of, not_understood, seconds
from broadcaster.adapters.posts.connection import Answer, Connection, Part, picture_part
from broadcaster.adapters.posts.posted import Standing, is_before, lost_one, too_far_back
from broadcaster.ports import Clock, Message, Picture, Secret
from broadcaster.season.errors import FarEndError, OutcomeUnknown, Refused, Unavailable

MASTODON = Service(
    called="Mastodon",
    sign_in="the server does not take the access token: make a new one in Preferences, Development",
    remedies=(
        ("outside the authorized scopes", "give the application the scopes read, write and profile, and its new token"),
        ("character limit", "shorten the announcement"),
        ("text can't be blank", "give the announcement a text"),
        ("record not found", "somebody has deleted the post"),
        ("maximum number of (posts|toots)", "unpin an older post in the account"),
        ("file|media|image", "give the announcement another picture"),
    ),
)
MOST_PAGES, PER_PAGE = 10, 40
PROCESSING_TRIES, PROCESSING_PAUSE = 20, timedelta(seconds=0.5)


class MastodonChannel:
    """One Mastodon account, as ports.Channel. `longest` is what config.toml says that its server takes.

    `timeout` is in real seconds for each request.
    """

    def __init__(
        self,
        *,
        name: str,
        server: str,
        token: Secret,
        clock: Clock,
        visibility: str = "public",
        longest: int = 500,
        timeout: float = 20.0,
    ) -> None:
        self.name = name
        self._server = server.rstrip("/")
        self._token = token
        self._clock = clock
        self._visibility = visibility
        self._longest = longest
        self._connection = Connection(called=MASTODON.called, timeout=timeout)

    def __repr__(self) -> str:
        return f"MastodonChannel(name={self.name!r}, server={self._server!r})"

    async def check(self) -> str:
        """Who the account is, where, and how long a post may be; posts nothing.

        Raises Unavailable, NeedsHuman, or Refused, also when the server takes less than config.toml says.
        """
        account = await self._ask("/api/v1/accounts/verify_credentials", "ask who the account is")
        server = await self._ask("/api/v2/instance", "ask what the server takes")
        try:
            most = int(server["configuration"]["statuses"]["max_characters"])
        except (KeyError, TypeError, ValueError):
            raise Unavailable(f"{self.name}: {self._server} does not answer as a Mastodon server") from None
        if most < self._longest:
            said = f"{self.name}: the server takes {most} characters: write longest = {most} into config.toml"
            raise Refused(said, reason="longest")
        return f"@{account.get('acct', '?')} at {server.get('domain', self._server)}, up to {most} characters"

    async def post(self, message: Message, *, key: str) -> str:
        """Post under the key and return the status's id. The picture is uploaded first, which nobody sees."""
        doing = f"{self.name}: post"
        said: dict[str, Any] = {"status": message.text, "visibility": self._visibility}
        if message.language:
            said["language"] = message.language
        if message.picture is not None:
            said["media_ids"] = [await self._upload(message.picture)]
        answer = await self._send("POST", "/api/v1/statuses", doing, said, {"Idempotency-Key": key})
        id = answer.table().get("id")
        if not isinstance(id, str) or not id:
            raise not_understood(MASTODON, doing, "no status id in the answer")
        return id

    async def find(self, message: Message, *, since: datetime, others: Collection[str]) -> str | None:
        """The account's newest post of these words, of those that it lists down to that age."""
        account = await self._ask("/api/v1/accounts/verify_credentials", "ask who the account is")
        path = f"/api/v1/accounts/{account.get('id')}/statuses?exclude_reblogs=true&limit={PER_PAGE}"
        there: list[Standing] = []
        for _ in range(MOST_PAGES):
            older = f"&max_id={quote(there[-1].post, safe='')}" if there else ""
            found = await self._ask_list(path + older, "look for the post")
            there += [
                Standing(
                    post=str(each.get("id", "")),
                    text=_words(str(each.get("content", ""))),
                    made=instant_of(each.get("created_at")),
                )
                for each in found
            ]
            if not found or is_before(there[-1].made, since):
                return lost_one(_plain(message.text), there, since=since, others=others)
        raise too_far_back(f"{self.name}: look for the post", self._server)

    async def edit(self, post: str, message: Message) -> None:
        """Return once the status says this. A new picture takes the old one's place; without one it stays."""
        doing = f"{self.name}: edit the post"
        said: dict[str, Any] = {"status": message.text}
        if message.language:
            said["language"] = message.language
        if message.picture is not None:
            said["media_ids"] = [await self._upload(message.picture)]
        else:
            # the server takes off whatever media an edit does not name
            there = (await self._ask(f"/api/v1/statuses/{post}", "look at the post")).get("media_attachments")
            if not isinstance(there, list) or not all(isinstance(each, dict) and "id" in each for each in there):
                raise Unavailable(f"{self.name}: look at the post: Mastodon's answer is not understood")
            said["media_ids"] = [each["id"] for each in there]
        await self._send("PUT", f"/api/v1/statuses/{post}", doing, said)

    async def pin(self, post: str) -> None:
        """Return once the status is pinned to the account's profile."""
        await self._send("POST", f"/api/v1/statuses/{post}/pin", f"{self.name}: pin the post", {})

    async def _upload(self, picture: Picture) -> str:
        """The id of the picture, once the server has taken it in. Raises Unavailable: nothing is posted by it."""
        doing = f"{self.name}: upload the picture"
        form = (picture_part("file", picture), Part(name="description", content=picture.about))
        try:
            answer = await self._connection.send(
                "POST", f"{self._server}/api/v2/media", doing, form=form, headers=self._headers()
            )
            if not answer.is_good:
                raise self._error(doing, answer)
        except OutcomeUnknown as error:
            problem = Unavailable(f"{error}; nothing is posted", reason=error.reason)
        else:
            id = str(answer.table().get("id", ""))
            for _ in range(PROCESSING_TRIES):
                if answer.status not in (202, 206):
                    return id
                await self._clock.sleep(PROCESSING_PAUSE)
                answer = await self._get(f"/api/v1/media/{id}", doing)
            problem = Unavailable(f"{doing}: the server is still at it; nothing is posted")
        raise problem

    async def _send(
        self, method: str, path: str, doing: str, said: dict[str, Any], headers: dict[str, str] | None = None
    ) -> Answer:
        answer = await self._connection.send(
            method, self._server + path, doing, document=said, headers=self._headers() | (headers or {})
        )
        if not answer.is_good:
            raise self._error(doing, answer)
        return answer

    async def _get(self, path: str, doing: str) -> Answer:
        answer = await self._connection.ask(self._server + path, doing, headers=self._headers())
        if not answer.is_good:
            raise self._error(doing, answer)
        return answer

    async def _ask(self, path: str, what: str) -> dict[str, Any]:
        return (await self._get(path, f"{self.name}: {what}")).table()

    async def _ask_list(self, path: str, what: str) -> list[dict[str, Any]]:
        answer = await self._get(path, f"{self.name}: {what}")
        try:
            found = answer.document()
            if isinstance(found, list) and all(isinstance(each, dict) for each in found):
                return found
        except ValueError:
            pass
        raise Unavailable(f"{self.name}: {what}: Mastodon's answer is not understood")

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token.reveal()}"}

    def _error(self, doing: str, answer: Answer) -> FarEndError:
        wait = seconds(answer.headers.get("retry-after"))
        reset = instant_of(answer.headers.get("x-ratelimit-reset"))
        if answer.status == 429 and not wait and reset is not None:
            wait = max(0.0, (reset - self._clock.now()).total_seconds())
        said = str(answer.table().get("error", ""))
        return far_end_error(MASTODON, doing, No(status=answer.status, said=said, wait=wait))


def _words(content: str) -> str:
    """What a status's HTML says, for comparing."""
    lines = re.sub(r"<br\s*/?>|</p>", "\n", content)
    return _plain(html.unescape(re.sub(r"<[^>]*>", "", lines)))


def _plain(text: str) -> str:
    # Mastodon shows a mention without its server
    return re.sub(r"(@\w+)@[\w.-]+\w", r"\1", text)
