"""The kinds of channels that test_channel.py holds to one contract.

Apprise is not among them: it says of no failure whether anything was sent. To add a kind that is in cli/channels.py:
one Case in CASES. What opens it, its emulator and the table that points at
it come from there, so a rehearsal's way is tested too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from broadcaster.cli.channels import KINDS
from broadcaster.cli.config_channels import ChannelTable
from broadcaster.cli.config_secret import SecretRef

NAME = "crew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One post as readers see it. `about` is its picture's description, `?` where the service has none, "" without."""

    text: str
    about: str = ""
    is_pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One kind.

    `standing` is what the emulator shows, in order of posting; `posts` finds the requests that post, and no others.
    `finds`: a lost post is `found` by a look; may be posted `again` and is not there twice; or `nobody` can tell.
    """

    kind: str
    standing: Callable[[Any], list[Standing]]
    posts: str
    finds: Literal["found", "again", "nobody"]
    sign_in: str
    """What the error for 401 names."""
    too_long: bool = True
    """The far end itself refuses a text that is longer than its kind takes."""
    misses: bool = True
    """The far end knows that a post which is to be edited is not there."""
    swaps: bool = True
    """An edit can bring another picture."""
    is_http: bool = True
    """It says no with the status codes of HTTP."""
    wait: tuple[float, float] = (4, 7)
    """Between which it asks to wait, when the fault says 7 s."""
    speed: float = 1.0
    """How much faster the clock goes, where we wait for the far end."""


def _telegram(emulator: Any) -> list[Standing]:
    return [
        Standing(text=each.text, about="?" if each.photo else "", is_pinned=each.is_pinned)
        for messages in emulator.state.chats.values()
        for each in messages
    ]


def _discord(emulator: Any) -> list[Standing]:
    posts = [each for messages in emulator.state.webhooks.values() for each in messages]
    assert not any(each.mentions for each in posts), "somebody was mentioned"
    return [
        Standing(text=each.shown, about="".join(file["description"] for file in each.attachments)) for each in posts
    ]


def _mastodon(emulator: Any) -> list[Standing]:
    media = emulator.state.media
    return [
        Standing(text=each.text, about="".join(media[id].about for id in each.media), is_pinned=each.is_pinned)
        for each in emulator.state.statuses.values()
    ]


def _webhook(emulator: Any) -> list[Standing]:
    return [
        Standing(text=each["text"], about=each.get("picture", {}).get("about", ""))
        for each in emulator.state.posts(NAME).values()
    ]


def _email(emulator: Any) -> list[Standing]:
    letters = [each.document() for each in emulator.state.letters]
    return [Standing(text=each["text"], about=each["alt"]) for each in letters]


def _facebook(emulator: Any) -> list[Standing]:
    photos = emulator.state.photos
    return [
        Standing(text=each.message, about="".join(photos[id].about for id in each.photos))
        for each in emulator.state.posts.values()
    ]


def _instagram(emulator: Any) -> list[Standing]:
    return [Standing(text=each.caption, about=each.about) for each in emulator.state.media.values()]


CASES = {
    case.kind: case
    for case in (
        Case(kind="telegram", standing=_telegram, posts=r"/send(Message|Photo)$", finds="nobody", sign_in="@BotFather"),
        Case(kind="discord", standing=_discord, posts=r"^POST .*/webhooks/", finds="nobody", sign_in="URL"),
        Case(kind="mastodon", standing=_mastodon, posts=r"^POST /api/v1/statuses$", finds="found", sign_in="token"),
        Case(
            kind="email",
            standing=_email,
            posts=r"DATA$",
            finds="nobody",
            sign_in="",
            too_long=False,
            is_http=False,
        ),
        Case(
            kind="facebook",
            standing=_facebook,
            posts=r"^POST .*/feed$",
            finds="found",
            sign_in="token",
            too_long=False,
            swaps=False,
            wait=(59, 60),
        ),
        Case(
            kind="instagram",
            standing=_instagram,
            posts=r"^POST .*/media_publish$",
            finds="found",
            sign_in="token",
            too_long=False,
            wait=(59, 60),
            speed=20,
        ),
        Case(
            kind="webhook",
            standing=_webhook,
            posts=r"^POST /hooks/",
            finds="again",
            sign_in="secret",
            too_long=False,
            misses=False,
        ),
    )
}


def table_for(case: Case, emulator: Any) -> ChannelTable:
    """The table that points at the emulator."""
    return KINDS[case.kind].stand_in(NAME, emulator)


def secrets_of(table: ChannelTable) -> list[str]:
    """All that must never be shown: each secret, and the end of one that is an address."""
    whole = [value.reveal().reveal() for _, value in table if isinstance(value, SecretRef)]
    return whole + [each.rpartition("/")[2] for each in whole if each.startswith("http") and NAME not in each]
