"""How does an announcement come to stand on an Instagram account? A container from an address, then published."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from broadcaster.adapters.posts.answers import instant_of, seconds
from broadcaster.adapters.posts.graph import Graph
from broadcaster.adapters.posts.posted import Standing, is_before, lost_one
from broadcaster.ports import Clock, Message, Shelf
from broadcaster.season.errors import Refused, Unavailable

ASK_EVERY = timedelta(seconds=1)
MOST_ASKED = 60
USUAL_DAY = 86_400


class InstagramChannel:
    """One professional account, as ports.Channel; `account` is its id, `shelf` where Instagram fetches pictures.

    A picture has a minute to be taken in.
    """

    def __init__(self, *, name: str, graph: Graph, account: str, shelf: Shelf, clock: Clock) -> None:
        self.name = name
        self._account = account
        self._shelf = shelf
        self._clock = clock
        self._graph = graph

    def __repr__(self) -> str:
        return f"InstagramChannel(name={self.name!r}, account={self._account!r})"

    async def check(self) -> str:
        """What the account is called, and how many posts it has left; posts nothing."""
        doing = f"{self.name}: look for the account {self._account}"
        found = await self._graph.read(self._account, doing, fields="username")
        used, most, _ = await self._quota()
        left = f", {used} of {most} posts used in a day" if most else ""
        return f"@{found.get('username', self._account)}{left}"

    async def post(self, message: Message, *, key: str) -> str:
        """Put the picture on the shelf, let Instagram take it in, publish it, and return its id.

        Until the last step nothing is seen: a container that is left behind is forgotten within a day.
        """
        doing = f"{self.name}: post to the account"
        if message.picture is None:
            raise Refused(f"{doing}: Instagram takes no post without a picture", reason="noPicture")
        await self._check_quota(doing)
        url = self._shelf.offer(message.picture.content, message.picture.media)  # a JPEG: season.channels
        said = {"image_url": url, "caption": message.text, "alt_text": message.picture.about}
        container = await self._graph.prepare(
            f"{self._account}/media",
            f"{self.name}: hand over the picture",
            document={name: value for name, value in said.items() if value},
        )
        await self._await(container)
        return await self._graph.publish_new(f"{self._account}/media_publish", doing, {"creation_id": container})

    async def find(self, message: Message, *, since: datetime, others: Collection[str]) -> str | None:
        """The account's newest post that reads the same, of those that it lists down to that age."""
        doing = f"{self.name}: look for the post on the account"
        found = await self._graph.read_all(
            f"{self._account}/media",
            doing,
            is_past=lambda each: is_before(instant_of(each.get("timestamp")), since),
            fields="id,caption,timestamp",
        )
        there = (
            Standing(
                post=str(each.get("id", "")), text=str(each.get("caption", "")), made=instant_of(each.get("timestamp"))
            )
            for each in found
        )
        return lost_one(message.text, there, since=since, others=others)

    async def edit(self, post: str, message: Message) -> None:
        """Raises Refused: only whether it may be commented on can be changed."""
        raise Refused(f"{self.name}: Instagram lets no program change a post's text", reason="noEdit")

    async def pin(self, post: str) -> None:
        """Raises Refused: the reference tells of no way to pin."""
        raise Refused(f"{self.name}: a post is pinned on Instagram by hand only", reason="noPin")

    async def _await(self, container: str) -> None:
        """Return once Instagram has taken the picture in."""
        doing = f"{self.name}: wait until Instagram has taken the picture in"
        for _ in range(MOST_ASKED):
            seen = await self._graph.read(container, doing, fields="status_code,status")
            status = seen.get("status_code")
            if status == "FINISHED":
                return
            if status != "IN_PROGRESS":
                said = " ".join(str(seen.get("status", status)).split())[:200]
                raise Unavailable(f"{doing}: it could not; nothing is out (Instagram: {said})", reason=str(status))
            await self._clock.sleep(ASK_EVERY)
        raise Unavailable(f"{doing}: it takes too long; nothing is out", reason="IN_PROGRESS")

    async def _quota(self) -> tuple[int, int, int]:
        """Posts used, posts allowed, and the seconds within which they count; 0 allowed: it does not say."""
        doing = f"{self.name}: ask how many posts are left"
        found = await self._graph.read(f"{self._account}/content_publishing_limit", doing, fields="config,quota_usage")
        listed = found.get("data")
        entry = _table(listed[0]) if isinstance(listed, list) and listed else {}
        config = _table(entry.get("config"))
        numbers = (entry.get("quota_usage", 0), config.get("quota_total", 0), config.get("quota_duration", USUAL_DAY))
        used, most, within = (each if isinstance(each, int) else 0 for each in numbers)
        return used, most, int(seconds(within)) or USUAL_DAY

    async def _check_quota(self, doing: str) -> None:
        used, most, within = await self._quota()
        if not most or used < most:
            return
        now, span = self._clock.now(), timedelta(seconds=within)
        seen = await self._graph.read_all(
            f"{self._account}/media",
            doing,
            is_past=lambda each: (at := instant_of(each.get("timestamp"))) is not None and at <= now - span,
            fields="timestamp",
        )
        times = sorted(at for each in seen if (at := instant_of(each.get("timestamp"))) and at > now - span)
        free = times[0] + span if times else now + timedelta(hours=1)
        raise Unavailable(
            f"{doing}: {used} of {most} posts are used in {within // 3600} h; the next is free at {free:%H:%M} UTC",
            reason="quota",
            retry_after=(free - now).total_seconds(),
        )


def _table(found: object) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}
