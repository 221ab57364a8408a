"""How does an announcement come to stand on a Facebook Page? The port, in the Graph API's words."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from broadcaster.adapters.posts.answers import instant_of
from broadcaster.adapters.posts.connection import Part, picture_part
from broadcaster.adapters.posts.graph import Graph
from broadcaster.adapters.posts.posted import SKEW, Standing, lost_one
from broadcaster.ports import Clock, Message, Picture
from broadcaster.season.channels import LATEST, LOCKED, SOONEST
from broadcaster.season.errors import Refused

NEARLY_OUT = timedelta(minutes=5)
"""So long before its instant a scheduled post is looked for on the Page too: Meta's clock is not ours."""


class FacebookChannel:
    """One Page, as ports.Channel; `page` is its id, and the graph's token is a Page access token.

    A picture is uploaded first, unseen; the post that shows it is then one call, as for any other.
    """

    def __init__(self, *, name: str, graph: Graph, page: str, clock: Clock) -> None:
        self.name = name
        self._page = page
        self._clock = clock
        self._graph = graph

    def __repr__(self) -> str:
        return f"FacebookChannel(name={self.name!r}, page={self._page!r})"

    async def check(self) -> str:
        """What the Page is called; posts nothing. Whether we may post there is known only by posting."""
        found = await self._graph.read(self._page, f"{self.name}: look for the Page {self._page}", fields="name")
        return f'the Page "{" ".join(str(found.get("name", self._page)).split())}"'

    async def post(self, message: Message, *, key: str) -> str:
        """Post, or schedule for `message.at`, and return the post's id.

        Facebook refuses a text that the post before had. A Page schedules from 10 minutes to 30 days ahead (https://developers.facebook.com/docs/pages-api/posts):
        raises Refused with reason `notSchedulable` for another instant.
        """
        doing = f"{self.name}: post to the Page"
        said: dict[str, Any] = {"message": message.text}
        if message.at is not None:
            self._check_range(message.at, doing)
            said |= {"published": False, "scheduled_publish_time": int(message.at.timestamp())}
        if message.picture is not None:
            photo = await self._upload(message.picture, is_scheduled=message.at is not None)
            said["attached_media"] = [{"media_fbid": photo}]
        elif message.link:
            said["link"] = message.link
        return await self._graph.publish_new(f"{self._page}/feed", doing, said)

    async def find(self, message: Message, *, since: datetime, others: Collection[str]) -> str | None:
        """The Page's newest post that reads the same, of those that it lists since then.

        One that was to be scheduled is looked for among those that wait for the same instant, and then on the Page.
        """
        found, at = None, message.at
        if at is not None:
            found = lost_one(message.text, await self._scheduled(at), since=since, others=others)
        if found is None and (at is None or at <= self._clock.now() + NEARLY_OUT):
            found = lost_one(message.text, await self._published(since), since=since, others=others)
        return found

    async def _scheduled(self, at: datetime) -> list[Standing]:
        """The posts that wait for that instant, which tells them from others whenever they were made."""
        doing, fields = f"{self.name}: look for the post among the scheduled", "id,message,scheduled_publish_time"
        return [
            Standing(post=str(each.get("id", "")), text=str(each.get("message", "")), made=None)
            for each in await self._graph.read_all(f"{self._page}/scheduled_posts", doing, fields=fields)
            if str(each.get("scheduled_publish_time")) == str(int(at.timestamp()))
        ]

    async def _published(self, since: datetime) -> list[Standing]:
        doing, fields = f"{self.name}: look for the post on the Page", "id,message,created_time"
        after = str(int((since - SKEW).timestamp()))
        found = await self._graph.read_all(f"{self._page}/feed", doing, fields=fields, since=after)
        return [
            Standing(
                post=str(each.get("id", "")),
                text=str(each.get("message", "")),
                made=instant_of(each.get("created_time")),
            )
            for each in found
        ]

    async def edit(self, post: str, message: Message) -> None:
        """Return once the post says this; its picture or link stays.

        With `message.at` it is looked at first, so that a move whose answer was lost can be asked for again.
        A scheduled post is moved until 3 minutes before it comes out (Facebook's developer blog, July 2012).
        """
        doing = f"{self.name}: edit the post on the Page"
        said: dict[str, Any] = {"message": message.text}
        if message.at is not None:
            waits_for, at = await self._waits_for(post, doing), int(message.at.timestamp())
            if waits_for != at:
                if waits_for - self._clock.now().timestamp() < LOCKED.total_seconds():
                    raise Refused(f"{doing}: it comes out in less than 3 minutes", reason="notSchedulable")
                self._check_range(message.at, doing)
                said["scheduled_publish_time"] = at
        await self._graph.publish(post, doing, said)

    async def _waits_for(self, post: str, doing: str) -> int:
        """The Unix time at which the Page publishes it. Raises Refused for one that is out, or waits for none."""
        found = await self._graph.read(post, doing, fields="is_published,scheduled_publish_time")
        if found.get("is_published"):
            raise Refused(f"{doing}: it is out already", reason="isOut")
        try:
            return int(float(str(found.get("scheduled_publish_time"))))
        except (ValueError, OverflowError):
            raise Refused(f"{doing}: the Page does not say when it publishes it", reason="notSchedulable") from None

    def _check_range(self, at: datetime, doing: str) -> None:
        if not SOONEST <= at - self._clock.now() <= LATEST:
            raise Refused(f"{doing}: Facebook schedules from 10 minutes to 30 days ahead", reason="notSchedulable")

    async def pin(self, post: str) -> None:
        """Raises Refused: the reference tells of no way to pin."""
        raise Refused(f"{self.name}: a post is pinned on the Page by hand only", reason="noPin")

    async def _upload(self, picture: Picture, *, is_scheduled: bool) -> str:
        """Upload the picture, unseen, and return its id."""
        form = [picture_part("source", picture), Part(name="published", content="false")]
        if picture.about:
            form.append(Part(name="alt_text_custom", content=picture.about))
        if is_scheduled:
            form.append(Part(name="temporary", content="true"))
        return await self._graph.prepare(f"{self._page}/photos", f"{self.name}: upload the picture", form=tuple(form))
