"""How does an announcement come to stand on a Facebook Page? The port, in the Graph API's words."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from broadcaster.adapters.posts.connection import Part, picture_part
from broadcaster.adapters.posts.graph import (
    ENDPOINT,
    LOOK_BACK,
    SKEW,
    VERSION,
    Graph,
    Posted,
    instant_of,
    reads_same,
)
from broadcaster.ports import Clock, Message, Secret
from broadcaster.season.errors import Refused

SOONEST, LATEST = timedelta(minutes=10), timedelta(days=30)
"""How far ahead the Page schedules. https://developers.facebook.com/docs/pages-api/posts"""
DUPLICATE = "506"


class FacebookChannel:
    """One Page, as ports.Channel; `page` is its id, `token` a Page access token.

    A picture is uploaded first, unseen; the post that shows it is then one call, as for any other. `timeout` is in
    real seconds for each call.
    """

    def __init__(
        self,
        *,
        name: str,
        token: Secret,
        page: str,
        clock: Clock,
        endpoint: str = ENDPOINT,
        version: str = VERSION,
        timeout: float = 20.0,
    ) -> None:
        self.name = name
        self._page = page
        self._clock = clock
        self._graph = Graph(called="Facebook", token=token, endpoint=endpoint, version=version, timeout=timeout)
        self._posted = Posted()

    def __repr__(self) -> str:
        return f"FacebookChannel(name={self.name!r}, page={self._page!r})"

    async def check(self) -> str:
        """What the Page is called; posts nothing. Whether we may post there is known only by posting."""
        found = await self._graph.read(self._page, f"{self.name}: look for the Page {self._page}", fields="name")
        return f'the Page "{" ".join(str(found.get("name", self._page)).split())}"'

    async def post(self, message: Message, *, key: str) -> str:
        """Post, or schedule for `message.at`, and return the post's id; one that is known to be out is not repeated.

        Facebook refuses a text that the post before had: when that one is ours under this key, it is the answer.
        """
        doing = f"{self.name}: post to the Page"
        if (known := self._posted.under(key)) is not None:
            return known
        said: dict[str, Any] = {"message": message.text}
        if message.at is not None:
            ahead = message.at - self._clock.now()
            if not SOONEST <= ahead <= LATEST:
                raise Refused(f"{doing}: Facebook schedules from 10 minutes to 30 days ahead", reason="notSchedulable")
            said |= {"published": False, "scheduled_publish_time": int(message.at.timestamp())}
        if message.picture is not None:
            photo = await self._upload(message)
            said["attached_media"] = [{"media_fbid": photo}]
        elif message.link:
            said["link"] = message.link
        try:
            post = await self._graph.publish_new(f"{self._page}/feed", doing, said)
        except Refused as error:
            if error.reason.partition("/")[0] != DUPLICATE or (found := await self.find(key, message)) is None:
                raise
            post = found
        return self._posted.note(key, post)

    async def find(self, key: str, message: Message) -> str | None:
        """The Page's newest post that reads the same and is not known to be another's; of the last hours only."""
        doing = f"{self.name}: look for the post on the Page"
        edge, fields = ("feed", "id,message,created_time")
        if message.at is not None and message.at > self._clock.now():
            edge, fields = "scheduled_posts", "id,message,created_time,scheduled_publish_time"
        since = self._clock.now() - LOOK_BACK
        asked = {} if edge == "scheduled_posts" else {"since": str(int((since - SKEW).timestamp()))}
        for each in await self._graph.read_all(f"{self._page}/{edge}", doing, fields=fields, **asked):
            post, created = str(each.get("id", "")), instant_of(each.get("created_time"))
            if created is None or created < since or self._posted.is_anothers(post, key):
                continue
            if edge == "scheduled_posts" and message.at is not None and not _is_for(each, message.at):
                continue
            if reads_same(str(each.get("message", "")), message.text):
                return self._posted.note(key, post)
        return None

    async def edit(self, post: str, message: Message) -> None:
        """Return once the post says this; its picture or link stays."""
        await self._graph.publish(post, f"{self.name}: edit the post on the Page", {"message": message.text})

    async def pin(self, post: str) -> None:
        """Raises Refused: the reference tells of no way to pin."""
        raise Refused(f"{self.name}: a post is pinned on the Page by hand only", reason="noPin")

    async def _upload(self, message: Message) -> str:
        """Upload the picture, unseen, and return its id."""
        if message.picture is None:
            raise ValueError("there is no picture")
        form = [picture_part("source", message.picture), Part(name="published", content="false")]
        if message.picture.about:
            form.append(Part(name="alt_text_custom", content=message.picture.about))
        if message.at is not None:
            form.append(Part(name="temporary", content="true"))
        return await self._graph.prepare(f"{self._page}/photos", f"{self.name}: upload the picture", form=tuple(form))

    def _is_free(self, post: str, key: str) -> bool:
        return bool(post) and not self._posted.is_anothers(post, key)


def _is_for(post: Mapping[str, Any], at: datetime) -> bool:
    """Whether the scheduled post is to come out at that instant."""
    return str(post.get("scheduled_publish_time")) == str(int(at.timestamp()))
