"""What does a Meta remember: the posts and photos of Pages, the containers and media of Instagram accounts?"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

LIMIT_WINDOW = timedelta(hours=1)
QUOTA_SECONDS = 86_400
CONTAINER_LIFE = timedelta(hours=24)


def graph_time(instant: datetime) -> str:
    """As the Graph API writes instants."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S+0000")


@dataclass
class Photo:
    """A picture that was uploaded to a Page."""

    id: str
    page: str
    size: int
    digest: str
    caption: str = ""
    about: str = ""
    is_published: bool = False


@dataclass
class Post:
    """One post of a Page, with the texts it had before; `at` is when it shall come out, while it is scheduled."""

    id: str
    page: str
    message: str
    created: datetime
    link: str = ""
    photos: tuple[str, ...] = ()
    at: datetime | None = None
    is_published: bool = True
    earlier: list[str] = field(default_factory=list)

    def is_out(self, now: datetime) -> bool:
        """Whether readers see it."""
        return self.is_published or (self.at is not None and self.at <= now)

    def dated(self, now: datetime) -> datetime:
        """When it came out, or was made while it waits. UNVERIFIED: a scheduled post's `created_time` is its hour."""
        return self.at if self.at is not None and self.is_out(now) else self.created

    def document(self, now: datetime) -> dict[str, Any]:
        """All its fields, as the Graph API names them."""
        fields: dict[str, Any] = {
            "id": self.id,
            "message": self.message,
            "created_time": graph_time(self.dated(now)),
            "from": {"id": self.page, "name": f"Page {self.page}"},
            "is_published": self.is_out(now),
            "permalink_url": f"https://www.facebook.com/{self.id}",
        }
        if self.at is not None:
            fields["scheduled_publish_time"] = int(self.at.timestamp())
        if self.link:
            fields["link"] = self.link
        return fields


@dataclass
class Container:
    """A picture on its way to Instagram; `status_code` is as its field is, but EXPIRED, which age makes."""

    id: str
    account: str
    image_url: str
    caption: str
    about: str
    made: datetime
    status_code: str = "IN_PROGRESS"
    status: str = "In progress"

    def look(self, now: datetime) -> str:
        """Its `status_code` by now."""
        if self.status_code != "PUBLISHED" and now - self.made >= CONTAINER_LIFE:
            return "EXPIRED"
        return self.status_code


@dataclass
class Media:
    """What stands on an Instagram account."""

    id: str
    account: str
    caption: str
    about: str
    timestamp: datetime

    def document(self) -> dict[str, Any]:
        """All its fields, as the Graph API names them."""
        return {
            "id": self.id,
            "caption": self.caption,
            "alt_text": self.about,
            "timestamp": graph_time(self.timestamp),
            "media_type": "IMAGE",
            "media_product_type": "FEED",
            "permalink": f"https://www.instagram.com/p/{self.id}/",
        }


class MetaState:
    """Everything, by id, in the order in which it was made."""

    def __init__(self) -> None:
        self.posts: dict[str, Post] = {}
        self.photos: dict[str, Photo] = {}
        self.containers: dict[str, Container] = {}
        self.media: dict[str, Media] = {}
        self.unknown: set[str] = set()
        self.revoked: set[str] = set()
        self.forbidden: set[str] = set()
        """Permissions that the app was not given."""
        self.quota_total = 100
        self.used_elsewhere = 0
        """What other apps have published in the window."""
        self._calls: dict[str, deque[datetime]] = {}
        self._number = 122_000_000_000_000

    def new_id(self) -> str:
        """An id that nothing else has."""
        self._number += 7
        return str(self._number)

    def wait(self, account: str, now: datetime, limit: int) -> timedelta:
        """How long until the account takes one more call, noting this one when it does; 0 limit takes all."""
        calls = self._calls.setdefault(account, deque())
        while calls and calls[0] + LIMIT_WINDOW <= now:
            calls.popleft()
        if limit and len(calls) >= limit:
            return calls[0] + LIMIT_WINDOW - now
        calls.append(now)
        return timedelta()

    def usage(self, account: str, now: datetime) -> int:
        """How much of the account's quota is used up."""
        since = now - timedelta(seconds=QUOTA_SECONDS)
        own = sum(1 for each in self.media.values() if each.account == account and each.timestamp > since)
        return own + self.used_elsewhere

    def of_page(self, page: str, now: datetime) -> list[Post]:
        """A Page's posts, the newest first."""
        of_it = [post for post in reversed(self.posts.values()) if post.page == page]
        return sorted(of_it, key=lambda post: post.dated(now), reverse=True)

    def snapshot(self, now: datetime) -> dict[str, Any]:
        """For /control/state."""
        return {
            "posts": {
                each.id: {**each.document(now), "photos": list(each.photos), "earlier": each.earlier}
                for each in self.posts.values()
            },
            "photos": {
                each.id: {
                    "page": each.page,
                    "size": each.size,
                    "sha256": each.digest,
                    "caption": each.caption,
                    "about": each.about,
                }
                for each in self.photos.values()
            },
            "containers": {
                each.id: {
                    "account": each.account,
                    "image_url": each.image_url,
                    "caption": each.caption,
                    "about": each.about,
                    "status_code": each.status_code,
                    "status": each.status,
                }
                for each in self.containers.values()
            },
            "media": {each.id: {**each.document(), "account": each.account} for each in self.media.values()},
            "quota_total": self.quota_total,
            "used_elsewhere": self.used_elsewhere,
            "unknown": sorted(self.unknown),
            "forbidden": sorted(self.forbidden),
        }
