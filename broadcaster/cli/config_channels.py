"""Where do announcements go, and who may post there? The tables [channels.NAME] of config.toml, one class per kind.

To add a kind: its class here, in AnyChannel; its entry in cli/channels.py; what it can do in season/channels.py.
"""

import re
from dataclasses import replace
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from broadcaster.cli.config_secret import Address, SecretRef
from broadcaster.cli.config_table import Table, refuse
from broadcaster.season.channels import REACH, Reach
from broadcaster.season.wording import listed, near, quoted


def _number_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _chat(name: str) -> str:
    if not re.fullmatch(r"@[A-Za-z0-9_]+|-?[0-9]+", name):
        raise refuse(f"{quoted(name)} names no chat", 'write the channel\'s "@name", or its number')
    return name


class ChannelTable(Table):
    """What every kind of channel has. A secret is always a SecretRef."""

    kind: str

    def reach(self) -> Reach:
        """What this channel can do: its kind, within the limits of its own server."""
        return REACH[self.kind]


class Telegram(ChannelTable):
    """A Telegram channel."""

    kind: Literal["telegram"]
    token: SecretRef
    """The bot's token, from @BotFather; the bot must be an administrator of the channel."""
    chat: Annotated[str, BeforeValidator(_number_as_text), AfterValidator(_chat)]
    """`@name` of the channel, or its number."""
    endpoint: Address = "https://api.telegram.org"
    """Another address for an emulator."""


class Discord(ChannelTable):
    """A Discord channel, through a webhook of it."""

    kind: Literal["discord"]
    webhook: SecretRef
    """The webhook's URL, from the channel's settings: Integrations, Webhooks, Copy Webhook URL."""


class Mastodon(ChannelTable):
    """A Mastodon account."""

    kind: Literal["mastodon"]
    server: Address
    """The server's address, such as "https://mastodon.social"."""
    token: SecretRef
    """The access token of an application that the account made in Preferences, Development."""
    visibility: Literal["public", "unlisted", "private"] = "public"
    """Who sees the posts; `unlisted` keeps them out of the server's public timelines."""
    longest: int = Field(default=REACH["mastodon"].most, ge=1)
    """The longest text that the server takes; `preflight` compares it with what the server says."""

    def reach(self) -> Reach:
        """With the length that this server takes."""
        return replace(REACH[self.kind], most=self.longest, most_beside=self.longest)


class Webhook(ChannelTable):
    """An address of yours that is told every announcement, signed; docs/channels.md."""

    kind: Literal["webhook"]
    url: SecretRef
    """The address; a secret, because whoever knows such addresses can often post there."""
    secret: SecretRef
    """What the signature is made with: `whsec_` and Base64, as `standardwebhooks` libraries take it."""
    longest: int = Field(default=REACH["webhook"].most, ge=1)
    """The longest text that it takes."""

    def reach(self) -> Reach:
        """With the length that this address takes."""
        return replace(REACH[self.kind], most=self.longest, most_beside=self.longest)


_Any = Telegram | Discord | Mastodon | Webhook
TABLES: dict[str, type[ChannelTable]] = {
    get_args(each.model_fields["kind"].annotation)[0]: each for each in get_args(_Any)
}
"""Kind -> its table."""


def _of_its_kind(value: object) -> object:
    """The table that `kind` names, so that its mistakes are told at the places where the file has them."""
    if not isinstance(value, dict):
        return value
    kind: Any = value.get("kind")
    if not isinstance(kind, str) or kind not in TABLES:
        said = f"there is no channel of the kind {quoted(kind)}" if isinstance(kind, str) else "a channel has a 'kind'"
        hint = near(kind, TABLES) if isinstance(kind, str) else ""
        raise refuse(said, hint or f"kinds: {listed(TABLES)}")
    return TABLES[kind].model_validate(value)


AnyChannel = Annotated[_Any, Field(discriminator="kind"), BeforeValidator(_of_its_kind)]
"""One [channels.NAME]."""
